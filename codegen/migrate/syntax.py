"""Small questions to a syntax tree: what a script defines, and what an expression is called."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import libcst as cst
from libcst import helpers

if TYPE_CHECKING:
    from collections.abc import Mapping


class Definitions:
    """What functions return, what classes hold, and whose names come with a star.

    Parameters
    ----------
    parents : mapping
        All nodes of a script, and the node around each.
    """

    def __init__(self, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> None:
        self._parents = parents
        self.returns: dict[cst.CSTNode, list[cst.BaseExpression]] = defaultdict(list)
        self.methods: dict[cst.CSTNode, dict[str, cst.FunctionDef]] = defaultdict(dict)
        self.assigned: dict[cst.CSTNode, dict[str, list[cst.CSTNode]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.stars: list[str] = []
        for node in parents:
            self._note(node)

    def _note(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.FunctionDef):
            owner = around(node, self._parents, cst.ClassDef, cst.FunctionDef)
            if isinstance(owner, cst.ClassDef):
                self.methods[owner][node.name.value] = node
        elif isinstance(node, cst.Return) and node.value is not None:
            function = around(node, self._parents, cst.FunctionDef)
            if function is not None:
                self.returns[function].append(node.value)
        elif isinstance(node, cst.AssignTarget | cst.AnnAssign):
            self._hold(node.target)
        elif isinstance(node, cst.ImportFrom) and isinstance(node.names, cst.ImportStar):
            self.stars.append(module_of(node))

    def _hold(self, target: cst.CSTNode) -> None:
        """Note an attribute of an instance, or of a class."""
        if isinstance(target, cst.Attribute) and last_word(target.value) in ("self", "cls"):
            owner = around(target, self._parents, cst.ClassDef)
            if owner is not None:
                self.assigned[owner][target.attr.value].append(target)
        elif isinstance(target, cst.Name):
            owner = around(target, self._parents, cst.ClassDef, cst.FunctionDef)
            if isinstance(owner, cst.ClassDef):
                self.assigned[owner][target.value].append(target)


def walk(root: cst.CSTNode) -> dict[cst.CSTNode, cst.CSTNode]:
    """Map all nodes of a tree but its root to the node around each; each stands before those within it."""
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for child in reversed(node.children):
            parents[child] = node
            waiting.append(child)
    return parents


def around(
    node: cst.CSTNode, parents: Mapping[cst.CSTNode, cst.CSTNode], *kinds: type[cst.CSTNode]
) -> cst.CSTNode | None:
    """Return the nearest node of some kinds around one."""
    above = parents.get(node)
    while above is not None and not isinstance(above, kinds):
        above = parents.get(above)
    return above


def module_of(node: cst.ImportFrom) -> str:
    """Return the dotted name after `from`; a relative one begins with a dot and is nobody else's package."""
    name = helpers.get_full_name_for_node(node.module) if node.module is not None else ""
    return "." * len(node.relative) + (name or "")


def last_word(node: cst.CSTNode) -> str:
    """Return the last name of an expression: "client" of `self.client` and of `make.client()`."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return last_word(node.func) if isinstance(node, cst.Call) else ""


def text_of(node: cst.CSTNode) -> str | None:
    """Return the text of a plain string."""
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def words_of(node: cst.CSTNode) -> set[str]:
    """Return the names in an expression, also in one that is written as a string."""
    text = text_of(node)
    if text is not None:
        return set(text.replace(".", " ").replace("|", " ").split())
    found = {last_word(node)} - {""}
    return found | {word for child in node.children for word in words_of(child)}
