"""Places where a script names what has another name now, or none.

Client classes, modules, attributes of the client, keys of endpoint tables, errors, shapes of answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from codegen.migrate.syntax import module_of, text_of
from codegen.migrate.uses import Told
from codegen.migrate.values import PACKAGES, is_called_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codegen.migrate.change import Rename, ScriptChange
    from codegen.migrate.infer import Inference
    from codegen.migrate.rewrite import Text
    from codegen.migrate.uses import Certainty, Use
    from codegen.migrate.values import Value

Mention = tuple[cst.CSTNode, Told]
"""A node, and what a change means there."""


class Mentions:
    """Looks for names in one script.

    Parameters
    ----------
    changes : iterable of ScriptChange
        Those that are about names.
    inference : Inference
        What the script's expressions are.
    text : Text
        The script.
    words : frozenset of str
        Every name that the script writes: a new name that is among them may be taken.
    trusts_names : bool
        Whether what is called a client is one: the script imports the package.
    """

    def __init__(
        self,
        changes: Iterable[ScriptChange],
        inference: Inference,
        text: Text,
        words: frozenset[str],
        *,
        trusts_names: bool,
    ) -> None:
        self._inference, self._text, self._words = inference, text, words
        self._trusts_names = trusts_names
        named = [(name, change) for change in changes for name in change.names]
        self._named = {kind: [each for each in named if each[0].kind == kind] for kind in _KINDS}

    def attribute(self, node: cst.Attribute) -> Iterator[Mention]:
        """Yield what an attribute says: `client.materialize`, `caveclient.chunkedgraph`."""
        yield from self.service(node.value, node.attr, node.attr.value)
        yield from self._of_package(node, node.attr, node.attr.value)

    def service(self, receiver: cst.CSTNode, written: cst.CSTNode, word: str | None) -> Iterator[Mention]:
        """Yield what a client is asked for, as an attribute or with `getattr`."""
        for name, change in self._named["attribute"]:
            certainty = self._is_client(receiver) if word == name.old else None
            if certainty is not None:
                yield written, self._told(name, change, written, certainty)

    def _is_client(self, node: cst.CSTNode) -> Certainty | None:
        """Tell whether something is a client with all services, or is called one."""
        values = self._inference.values(node)
        known = [value for value in values if value.kind == "client"]
        named = [value for value in values if value.kind == "unknown" and is_called_client(value.name)]
        if not known and not named:
            return None
        is_sure = len(known) + len(named) == len(values) and (self._trusts_names or not named)
        return "sure" if is_sure else "maybe"

    def name(self, node: cst.Name) -> Iterator[Mention]:
        """Yield what a name says that an import has brought in."""
        yield from self._of_package(node, node, node.value)

    def _of_package(self, node: cst.CSTNode, written: cst.Name, word: str) -> Iterator[Mention]:
        named = [
            *self._named["class"],
            *self._named["versioned class"],
            *self._named["module"],
            *self._named["type"],
        ]
        for name, change in named:
            if word == name.old.rpartition(".")[2] and _all(self._inference.values(node), name):
                yield written, self._told(name, change, written, "sure")

    def imports(self, node: cst.ImportFrom | cst.Import) -> Iterator[Mention]:
        """Yield what an import says."""
        base = module_of(node) if isinstance(node, cst.ImportFrom) else ""
        if isinstance(node, cst.ImportFrom) and node.module is not None:
            yield from self._dotted(node.module, base)
        for alias in node.names if not isinstance(node.names, cst.ImportStar) else ():
            yield from self._dotted(
                alias.name, f"{base}.{alias.evaluated_name}" if base else alias.evaluated_name
            )

    def _dotted(self, node: cst.CSTNode, dotted: str) -> Iterator[Mention]:
        """Yield what a dotted name in an import says; each part of it stands for a module or class."""
        root, _, inner = dotted.partition(".")
        if root not in PACKAGES or not inner:
            return
        last: Any = node.attr if isinstance(node, cst.Attribute) else node
        known = {self._inference.known.ours(inner)}
        for kind in ("class", "versioned class", "module", "type"):
            for name, change in self._named[kind]:
                if last.value == name.old.rpartition(".")[2] and _all(known, name):
                    yield last, self._told(name, change, last, "sure")

    def key(self, node: cst.Subscript) -> Iterator[Mention]:
        """Yield what a subscript of an endpoint table says: `endpoints.chunkedgraph_endpoints_v1["info"]`."""
        for element in node.slice:
            index = element.slice
            key = text_of(index.value) if isinstance(index, cst.Index) else None
            for name, change in self._named["endpoint"] if key else ():
                values = self._inference.values(node.value)
                if key == name.old and any(_is_table(value) for value in values):
                    yield node, self._told(name, change, index, "sure" if name.clear else "maybe")

    def handlers(self, node: cst.Try | cst.TryStar, uses: Sequence[Use]) -> Iterator[Mention]:
        """Yield the except clauses that catch what a method in the `try` no longer raises."""
        changes = [each for each in self._named["error"] if self._calls(node, each[1], uses)]
        for handler in node.handlers:
            caught = handler.type
            types = [each.value for each in caught.elements] if isinstance(caught, cst.Tuple) else [caught]
            for each in filter(None, types):
                for name, change in changes:
                    if any(
                        value.name.rpartition(".")[2] == name.old for value in self._inference.values(each)
                    ):
                        yield each, self._told(name, change, each, "sure")

    def _calls(self, node: cst.Try | cst.TryStar, change: ScriptChange, uses: Sequence[Use]) -> bool:
        key = change.move.key if change.move else None
        return any(
            self._is_within(use.node, node.body)
            and any((value.name, value.member) == key for value in self._inference.values(use.node))
            for use in uses
        )

    def _is_within(self, node: cst.CSTNode, block: cst.CSTNode) -> bool:
        above: cst.CSTNode | None = node
        while above is not None and above is not block:
            above = self._inference.parents.get(above)
        return above is not None

    def _told(self, name: Rename, change: ScriptChange, node: cst.CSTNode, certainty: Certainty) -> Told:
        if not change.automatic or name.new is None or certainty != "sure":
            return Told(change, certainty, change.edit or change.sentence)
        said = f"{name.old} -> {name.new}"
        if name.kind != "attribute" and name.new in self._words:
            return Told(change, certainty, f"{said} (the script has something called {name.new} already)")
        return Told(change, certainty, said, (self._text.named(node, name.new),))


_KINDS = ("class", "versioned class", "attribute", "module", "endpoint", "error", "type")


def _all(values: Iterable[Value], name: Rename) -> bool:
    """Whether values are what a name stood for."""
    values = tuple(values)
    if name.kind in ("class", "versioned class"):
        return bool(values) and all(value.kind == "class" and value.name for value in values)
    return bool(values) and all(value.kind == "ours" and value.name == name.old for value in values)


def _is_table(value: Value) -> bool:
    return value.kind == "ours" and value.name.startswith("endpoints.")
