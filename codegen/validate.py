"""Hold a tree against the language: unknown keys, missing fields, values of another kind.

Whatever does not fit is reported and replaced by a broken node, so that everything after this can
go on with what is sound and nothing is reported twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codegen.kinds import Block, Choice, Data, Either, Flag, Kind, Many, MapOf, Number, OneOrMany, Text, Whole
from codegen.language import BLOCKS
from codegen.problems import Problems, did_you_mean, suggest
from codegen.yaml_source import BrokenNode, Key, ListNode, MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen.language import BlockDef, Field


def checked(node: Node, kind: Kind, problems: Problems) -> Node:
    """Return the tree with every misfit reported and replaced."""
    if isinstance(node, BrokenNode):
        return node
    return _CHECKS[type(kind)](node, kind, problems)


def _misfit(node: Node, kind: Kind, problems: Problems, suggestion: str = "") -> Node:
    if isinstance(node, ScalarNode):
        shown = "null" if node.value is None else repr(node.value)
        if isinstance(node.value, bool):
            shown = shown.lower()
    else:
        shown = "a list" if isinstance(node, ListNode) else "a mapping"
    problems.add(node.origin, f"{shown} is not {kind.what}.", suggestion)
    return BrokenNode(node.origin)


def _text(node: Node, kind: Text, problems: Problems) -> Node:
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        is_scalar = isinstance(node, ScalarNode) and node.value is not None
        return _misfit(node, kind, problems, "Quote it." if is_scalar and kind.pattern is None else "")
    if kind.pattern and not re.fullmatch(kind.pattern, node.value):
        return _misfit(node, kind, problems)
    return node


def _flag(node: Node, kind: Flag, problems: Problems) -> Node:
    if isinstance(node, ScalarNode) and isinstance(node.value, bool):
        return node
    return _misfit(node, kind, problems)


def _whole(node: Node, kind: Whole, problems: Problems) -> Node:
    if not isinstance(node, ScalarNode) or type(node.value) is not int:
        return _misfit(node, kind, problems)
    too_small = kind.minimum is not None and node.value < kind.minimum
    if too_small or (kind.maximum is not None and node.value > kind.maximum):
        return _misfit(node, kind, problems, _bounds(kind))
    return node


def _bounds(kind: Whole) -> str:
    if kind.maximum is None:
        return f"It must be {kind.minimum} or more."
    return f"It must be {kind.minimum} to {kind.maximum}." if kind.minimum != kind.maximum else ""


def _number(node: Node, kind: Number, problems: Problems) -> Node:
    value = node.value if isinstance(node, ScalarNode) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _misfit(node, kind, problems)
    if kind.above is not None and value <= kind.above:
        return _misfit(node, kind, problems)
    return node


def _choice(node: Node, kind: Choice, problems: Problems) -> Node:
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value in kind.names:
        return node
    if not isinstance(node, ScalarNode):
        return _misfit(node, kind, problems, suggest("", kind.names))
    near = did_you_mean(node.value, kind.names)
    problems.add(node.origin, f"{node.value!r} is not one of {', '.join(kind.names)}.", near)
    return BrokenNode(node.origin)


def _data(node: Node, kind: Data, problems: Problems) -> Node:
    if kind.json:
        _report_number_keys(node, problems)
    return node


def _report_number_keys(node: Node, problems: Problems) -> None:
    if isinstance(node, ListNode):
        for item in node.items:
            _report_number_keys(item, problems)
    elif isinstance(node, MapNode):
        for key, item in node.items.items():
            if isinstance(key, int):
                problems.add(
                    item.origin, f"key {key} is a number, and JSON has only texts as keys.", "Quote it."
                )
            _report_number_keys(item, problems)


def _many(node: Node, kind: Many, problems: Problems) -> Node:
    if not isinstance(node, ListNode):
        return _misfit(node, kind, problems)
    if len(node.items) < kind.at_least:
        problems.add(node.origin, f"the list must have at least {kind.at_least} item(s).")
        return BrokenNode(node.origin)
    return ListNode(node.origin, tuple(checked(item, kind.item, problems) for item in node.items))


def _one_or_many(node: Node, kind: OneOrMany, problems: Problems) -> Node:
    if isinstance(node, ListNode):
        return _many(node, Many(kind.item, at_least=1), problems)
    return checked(node, kind.item, problems)


def _either(node: Node, kind: Either, problems: Problems) -> Node:
    for option in kind.kinds:
        attempt = Problems()
        result = checked(node, option, attempt)
        if not attempt:
            return result
    return _misfit(node, kind, problems)


def _map_of(node: Node, kind: MapOf, problems: Problems) -> Node:
    if not isinstance(node, MapNode):
        return _misfit(node, kind, problems)
    items: dict[Key, Node] = {}
    for key, value in node.items.items():
        if key in kind.special:
            items[key] = checked(value, kind.special[str(key)], problems)
        elif isinstance(checked(ScalarNode(value.origin, key), kind.key, problems), BrokenNode):
            continue
        elif kind.nullable and isinstance(value, ScalarNode) and value.value is None:
            items[key] = value
        else:
            items[key] = checked(value, kind.value, problems)
    return MapNode(node.origin, items)


def _block(node: Node, kind: Block, problems: Problems) -> Node:
    if not isinstance(node, MapNode):
        return _misfit(node, kind, problems)
    return checked_block(node, BLOCKS[kind.name], problems)


def checked_block(node: MapNode, block: BlockDef, problems: Problems) -> MapNode:
    """Return a mapping with every unknown key taken out and every misfit replaced, both reported."""
    fields: Mapping[object, Field] = {field.name: field for field in block.fields}
    items: dict[Key, Node] = {}
    for key, value in node.items.items():
        field = fields.get(key)
        if field is None:
            problems.add(value.origin, f"unknown key {key!r}.", suggest(key, map(str, fields)))
        elif block.partial and _takes_away(value, field.kind):
            items[key] = value
        else:
            items[key] = checked(value, field.kind, problems)
    result = MapNode(node.origin, items)
    if not block.partial:
        report_missing(result, block, problems)
    return result


def _takes_away(value: Node, kind: Kind) -> bool:
    """Whether null means "not what the parent says"; where any value may stand, null is a value."""
    return isinstance(value, ScalarNode) and value.value is None and not isinstance(kind, Data)


def report_missing(node: MapNode, block: BlockDef, problems: Problems) -> None:
    """Report every required field of a block that is not there."""
    for field in block.fields:
        if field.required and field.name not in node.items:
            problems.add(node.origin, f"{field.name!r} is missing.", field.doc)


_CHECKS: Mapping[type, Callable[[Node, Any, Problems], Node]] = {
    Text: _text,
    Flag: _flag,
    Whole: _whole,
    Number: _number,
    Choice: _choice,
    Data: _data,
    Many: _many,
    OneOrMany: _one_or_many,
    Either: _either,
    MapOf: _map_of,
    Block: _block,
}
