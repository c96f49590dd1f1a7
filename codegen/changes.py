"""What differs between two API versions of a service, in the words of the people who read it.

Two complete versions are compared, never their text: an operation that is inherited, or moved into a
group, has not changed. A change of the prefix is told once and claims every route that differs in
nothing else.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from codegen import ir

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


_TOLD = frozenset({"name", "method", "path", "holes", "params", "pin_api"})
"""Fields of an operation that other groups tell."""

_WRITTEN = {
    "is_property": "property",
    "rows": "limits.rows",
    "items": "limits",
    "location": "in",
    "wire_names": "wire",
    "client_default": "default",
    "is_const": "const",
    "minimum": "min",
    "maximum": "max",
}
"""What descriptors call fields of the representation."""


def changes(old: ir.Api, new: ir.Api) -> str:
    """Return the differences between two API versions, grouped and counted."""
    before = {operation.name: operation for operation in old.operations}
    after = {operation.name: operation for operation in new.operations}
    renamed = {
        operation.renamed_from: name for name, operation in after.items() if operation.renamed_from in before
    }
    both = [
        (before[name], after[renamed.get(name, name)]) for name in before if renamed.get(name, name) in after
    ]
    added = [
        f"{name}  {_route(after[name])}"
        for name in after
        if name not in before and name not in renamed.values()
    ]
    removed = [
        f"{name}  {_route(before[name])}" for name in before if name not in after and name not in renamed
    ]
    groups = (
        ("Renamed", [f"{one} -> {other}" for one, other in renamed.items()]),
        ("Added", added),
        ("Removed", removed),
        ("Re-routed", _rerouted(old, new, both)),
        (f"Still on the routes of API {old.number}", _still_old(old, new, both)),
        ("Parameters", _parameters(both)),
        ("Calls", _calls(both)),
        ("Extra endpoints", _extra_endpoints(old, new)),
    )
    told = [_group(title, lines) for title, lines in groups if lines]
    title = f"{old.service}: API {old.number} -> API {new.number}"
    return "\n\n".join([title, *_prefix(old, new, both), *(told or ["Nothing differs."])])


Pairs = list[tuple[ir.Operation, ir.Operation]]


def _group(title: str, lines: Iterable[str]) -> str:
    ordered = sorted(lines)
    return "\n".join([f"{title} ({len(ordered)})", *(f"  {line}" for line in ordered)])


def _route(operation: ir.Operation) -> str:
    return f"{operation.method} {operation.path}"


def _prefix(old: ir.Api, new: ir.Api, both: Pairs) -> list[str]:
    if old.prefix == new.prefix:
        return []
    count = sum(one.path != other.path and _same_route(old, new, one, other) for one, other in both)
    return [f"Prefix {old.prefix or '(none)'} -> {new.prefix or '(none)'} ({count} routes move with it)"]


def _same_route(old: ir.Api, new: ir.Api, one: ir.Operation, other: ir.Operation) -> bool:
    return one.method == other.method and _bare(old, one.path) == _bare(new, other.path)


def _bare(api: ir.Api, path: str) -> str:
    """Return a route without the version's prefix; unchanged if another prefix is in its place."""
    return path.replace(f"{api.prefix}/", "/", 1)


def _rerouted(old: ir.Api, new: ir.Api, both: Pairs) -> list[str]:
    return [
        f"{other.name}  {_route(one)} -> {_route(other)}"
        for one, other in both
        if _route(one) != _route(other) and not _same_route(old, new, one, other)
    ]


def _still_old(old: ir.Api, new: ir.Api, both: Pairs) -> list[str]:
    """Name the operations that keep calling the old version: that they have not moved is worth telling."""
    if old.prefix == new.prefix:
        return []
    return [
        f"{other.name}  {_route(other)}"
        for one, other in both
        if _route(one) == _route(other) and _bare(old, one.path) != one.path
    ]


def _parameters(both: Pairs) -> list[str]:
    lines: list[str] = []
    for one, other in both:
        before = {param.name: param for param in one.params}
        after = {param.name: param for param in other.params}
        renamed = {param.renamed_from: name for name, param in after.items() if param.renamed_from in before}
        marks = [f"{name}->{later}" for name, later in renamed.items()]
        marks += [f"+{name}" for name in after if name not in before and name not in renamed.values()]
        marks += [f"-{name}" for name in before if name not in after and name not in renamed]
        marks += [
            f"~{name} ({differences})"
            for name, param in before.items()
            if name in after and (differences := _differences(param, after[name]))
        ]
        if marks:
            lines.append(f"{other.name}  {' '.join(marks)}")
    return lines


def _differences(one: ir.Param, other: ir.Param) -> str:
    """Tell in what a parameter means something else; words are not compared."""
    # Each place has its own usual form, so the place says it.
    done = {"encode"} if one.location != other.location else set()
    return ", ".join(_fields(one, other, done))


def _calls(both: Pairs) -> list[str]:
    """Tell what else differs of a call: its answer, its limits, who can do it, how often it may be sent."""
    return [
        f"{other.name}  {', '.join(told)}" for one, other in both if (told := [*_fields(one, other, _TOLD)])
    ]


def _fields(one: Any, other: Any, done: Collection[str] = (), place: str = "") -> Iterator[str]:
    """Tell the fields in which two nodes mean something else."""
    for name in _meaning(one):
        before, after = getattr(one, name), getattr(other, name)
        if name not in done:
            yield from _difference(f"{place}{_WRITTEN.get(name, name)}", before, after)


def _difference(place: str, before: Any, after: Any) -> Iterator[str]:
    if is_dataclass(before) and is_dataclass(after):
        yield from _fields(before, after, place=f"{place}.")
    elif _are_nodes(before) and _are_nodes(after) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _fields(one, other, place=f"{place}[{number}]." if len(before) > 1 else f"{place}.")
    elif before != after:
        yield f"{place}: {_value(before)} -> {_value(after)}"


def _are_nodes(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(map(is_dataclass, value))


def _meaning(node: Any) -> list[str]:
    """List the fields that clients and scripts depend on; words are none of them."""
    return [field.name for field in fields(node) if field.metadata["facet"] in ("wire", "python")]


def _value(value: Any) -> str:
    if value is None or value in ("", ()):
        return "none"
    if is_dataclass(value):
        held = ((name, getattr(value, name)) for name in _meaning(value))
        return " ".join(f"{_WRITTEN.get(name, name)}={_value(each)}" for name, each in held if each)
    return " ".join(map(_value, value)) if isinstance(value, tuple) else str(value)


def _extra_endpoints(old: ir.Api, new: ir.Api) -> list[str]:
    before = {extra.name: extra.path for extra in old.extra_endpoints}
    after = {extra.name: extra.path for extra in new.extra_endpoints}
    return [
        f"{name}  {before.get(name, 'none')} -> {after.get(name, 'none')}"
        for name in {**before, **after}
        if _bare(old, before.get(name, "")) != _bare(new, after.get(name, ""))
    ]
