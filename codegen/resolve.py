"""Inheritance ends here: groups are inserted and a version that extends another is made complete.

The rules, for version C that extends version P:

1. C has every operation of P, in P's order, except those under `removed`; new ones come after.
2. An operation in both is P's with C's fields put over it. How a field is put over is told by its
   `merge` in the language table: `replace` as a whole (the rule), `entries` entry by entry
   (headers, errors, limits), `blocks` entry by entry and inside each entry field by field (params).
3. null takes away what P says: an entry or a field. In a field that may hold any value (a default)
   null is that value.
4. Groups are inserted before versions are put over each other. A parameter that stands beside `use`
   and in the group is the group's with the fields written beside put over it.
5. Examples are a list, so they are replaced as a whole. Those that stay move with the version: base and
   prefix at the beginning of `request.path` (where an address is made, in `returns`) become C's, and
   examples for another API are dropped.

Every node keeps the place it came from, so `explain` and every message point at the line to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.kinds import Data, MapOf
from codegen.language import FIELDS, Field
from codegen.problems import Problems, suggest
from codegen.yaml_source import Key, ListNode, MapNode, Node, ScalarNode, is_intact

Operations = Mapping[str, MapNode]


@dataclass(frozen=True, slots=True)
class ServiceSource:
    """The files of one service. A tree is None if its file cannot be read at all."""

    name: str
    service: MapNode | None
    versions: Mapping[str, MapNode | None]
    """By API number, oldest first."""


def resolve(source: ServiceSource, problems: Problems) -> dict[str, Operations]:
    """Return the complete operations of each API version; a version that cannot be known is left out."""
    resolver = _Resolver(source, problems)
    resolved = {number: resolver.operations(number) for number in source.versions}
    # What is broken may use a group: then nothing can be said about unused ones.
    is_known = all(tree is not None and is_intact(tree) for tree in source.versions.values())
    if is_known and None not in resolved.values():
        resolver.report_unused_groups()
    return {number: operations for number, operations in resolved.items() if operations is not None}


def text_of(node: MapNode | None, key: str) -> str | None:
    """Return a text of a mapping; None if there is none."""
    value = node.get(key) if node else None
    return value.value if isinstance(value, ScalarNode) and isinstance(value.value, str) else None


def is_null(node: Node | None) -> bool:
    """Whether a node says null."""
    return isinstance(node, ScalarNode) and node.value is None


class _Resolver:
    def __init__(self, source: ServiceSource, problems: Problems) -> None:
        self._source = source
        self._problems = problems
        self._done: dict[str, Operations | None] = {}
        self._used_groups: set[str] = set()
        groups = source.service.get("groups") if source.service else None
        self._groups = groups if isinstance(groups, MapNode) else None

    def operations(self, number: str, chain: tuple[str, ...] = ()) -> Operations | None:
        if number not in self._done:
            self._done[number] = self._resolved(number, chain)
        return self._done[number]

    def _resolved(self, number: str, chain: tuple[str, ...]) -> Operations | None:
        version = self._source.versions[number]
        if version is None:
            return None
        extends = version.get("extends")
        if extends is None:
            return self._put_over(version, {}, None)
        parent = self._parent(extends, (*chain, number))
        inherited = self.operations(parent, (*chain, number)) if parent is not None else None
        if parent is None or inherited is None:
            return None
        return self._put_over(version, inherited, self._source.versions[parent])

    def _parent(self, extends: Node, chain: tuple[str, ...]) -> str | None:
        if not isinstance(extends, ScalarNode):
            return None
        number = str(extends.value).removeprefix("v")
        if number in chain:
            circle = " -> ".join(f"v{link}" for link in (*chain, number))
            self._problems.add(extends.origin, f"a version cannot extend itself: {circle}.")
            return None
        if number not in self._source.versions:
            known = [f"v{known}" for known in self._source.versions]
            self._problems.add(
                extends.origin, f"there is no {extends.value}.yaml.", suggest(extends.value, known)
            )
            return None
        return number

    def _put_over(self, version: MapNode, inherited: Operations, parent: MapNode | None) -> Operations:
        result = dict(inherited)
        self._remove(version, result)
        own = version.get("operations")
        written = own.items if isinstance(own, MapNode) else {}
        for name, operation in written.items():
            if isinstance(operation, MapNode):
                result[str(name)] = self._merged_operation(
                    result.get(str(name)), self._with_groups(operation)
                )
        if parent is None:
            return result
        for name in inherited.keys() & result.keys():
            child = written.get(name)
            if not isinstance(child, MapNode) or "examples" not in child.items:
                old, new = self._route(inherited[name], parent), self._route(result[name], version)
                result[name] = _moved(result[name], old, new, text_of(version, "api"))
        return result

    def _route(self, operation: MapNode, version: MapNode) -> str:
        """Return what stands before the operation's path in this version."""
        server = self._source.service.get("server") if self._source.service else None
        shared = text_of(server, "base") if isinstance(server, MapNode) else None
        pinned = text_of(operation, "pin_api")
        usual = text_of(self._source.versions.get(pinned) if pinned else version, "prefix")
        base, prefix = text_of(operation, "base"), text_of(operation, "prefix")
        return (
            f"{(base if base is not None else shared) or ''}{(prefix if prefix is not None else usual) or ''}"
        )

    def _remove(self, version: MapNode, operations: dict[str, MapNode]) -> None:
        removed, own = version.get("removed"), version.get("operations")
        for item in removed.items if isinstance(removed, ListNode) else ():
            if not isinstance(item, ScalarNode):
                continue
            if isinstance(own, MapNode) and str(item.value) in own.items:
                self._problems.add(
                    item.origin, f"{item.value!r} is removed and described here.", "Do one of the two."
                )
            elif operations.pop(str(item.value), None) is None:
                known = suggest(item.value, operations)
                self._problems.add(item.origin, f"the parent has no operation {item.value!r}.", known)

    def _with_groups(self, operation: MapNode) -> MapNode:
        params = operation.get("params")
        if not isinstance(params, MapNode) or "use" not in params.items:
            return operation
        grouped = self._grouped(params.items["use"])
        result: dict[Key, Node] = {}
        for name, param in params.items.items():
            if name == "use":
                result.update({each: node for each, node in grouped.items() if each not in result})
            elif name in grouped:
                result[name] = self._put_entry(grouped[name], param)
            else:
                result[name] = param
        kept = {name: param for name, param in result.items() if not (name in grouped and is_null(param))}
        return MapNode(operation.origin, {**operation.items, "params": MapNode(params.origin, kept)})

    def _grouped(self, use: Node) -> dict[Key, Node]:
        result: dict[Key, Node] = {}
        for item in use.items if isinstance(use, ListNode) else (use,):
            if not isinstance(item, ScalarNode):
                continue
            group = self._groups.get(str(item.value)) if self._groups else None
            self._used_groups.add(str(item.value))
            if group is None:
                known = suggest(item.value, map(str, self._groups.items)) if self._groups else ""
                self._problems.add(item.origin, f"there is no group {item.value!r}.", known)
            elif isinstance(group, MapNode):
                for name in group.items.keys() & result.keys():
                    self._problems.add(item.origin, f"parameter {name!r} stands in two of these groups.")
                result.update(group.items)
        return result

    def _merged_operation(self, parent: MapNode | None, child: MapNode) -> MapNode:
        result = dict(parent.items) if parent else {}
        for name, node in child.items.items():
            field = FIELDS["operation"].get(name)
            if is_null(node):
                self._take_away(result, name, node)
            elif field is not None:
                result[name] = self._merged_field(field, result.get(name), node)
        return MapNode(child.origin, result)

    def _merged_field(self, field: Field, parent: Node | None, child: Node) -> Node:
        if field.merge == "replace" or not isinstance(child, MapNode) or not isinstance(field.kind, MapOf):
            return child
        result = dict(parent.items) if isinstance(parent, MapNode) else {}
        for key, node in child.items.items():
            if is_null(node):
                self._take_away(result, key, node)
            elif field.merge == "blocks":
                result[key] = self._put_entry(result.get(key, MapNode(node.origin)), node)
            else:
                result[key] = node
        return MapNode(child.origin, result)

    def _put_entry(self, parent: Node, child: Node) -> Node:
        """Put the fields of one parameter over another's."""
        if not isinstance(parent, MapNode) or not isinstance(child, MapNode):
            return child
        result = dict(parent.items)
        for name, node in child.items.items():
            if is_null(node) and not isinstance(FIELDS["parameter"][name].kind, Data):
                self._take_away(result, name, node)
            else:
                result[name] = node
        return MapNode(child.origin, result)

    def _take_away(self, items: dict[Key, Node], name: Key, node: Node) -> None:
        if items.pop(name, None) is None:
            self._problems.add(
                node.origin, f"null takes away what is inherited, and there is no {name!r} to take away."
            )

    def report_unused_groups(self) -> None:
        for name, group in self._groups.items.items() if self._groups else ():
            if name not in self._used_groups:
                self._problems.add(
                    group.origin, f"no operation uses the group {name!r}.", "Use it or remove it."
                )


def _moved(operation: MapNode, old: str, new: str, number: str | None) -> MapNode:
    """Take an inherited operation's examples along to the version's own route."""
    examples = operation.get("examples")
    if not isinstance(examples, ListNode):
        return operation
    move = _moved_address if text_of(operation, "kind") == "url" else _moved_example
    kept = tuple(
        move(example, old, new) if isinstance(example, MapNode) else example
        for example in examples.items
        if not isinstance(example, MapNode) or text_of(example, "api") in (None, number)
    )
    return MapNode(operation.origin, {**operation.items, "examples": ListNode(examples.origin, kept)})


def _moved_example(example: MapNode, old: str, new: str) -> MapNode:
    request = example.get("request")
    path = text_of(request, "path") if isinstance(request, MapNode) else None
    if not isinstance(request, MapNode) or path is None or not path.startswith(f"{old}/"):
        return example
    moved = ScalarNode(request.items["path"].origin, new + path.removeprefix(old))
    return MapNode(
        example.origin,
        {**example.items, "request": MapNode(request.origin, {**request.items, "path": moved})},
    )


def _moved_address(example: MapNode, old: str, new: str) -> MapNode:
    """Move what an operation that makes an address returns; it sends no request."""
    returns = text_of(example, "returns")
    if not old or returns is None or f"{old}/" not in returns:
        return example
    moved = ScalarNode(example.items["returns"].origin, returns.replace(f"{old}/", f"{new}/", 1))
    return MapNode(example.origin, {**example.items, "returns": moved})
