"""What differs between two API versions of a service, in the words of the people who read it.

Two complete versions are compared, never their text: an operation that is inherited, or moved into a
group, has not changed. A change of the prefix is told once and claims every route that differs in
nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import ir

if TYPE_CHECKING:
    from collections.abc import Iterable


_WRITTEN = {
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
    )
    told = [_group(title, lines) for title, lines in groups if lines]
    title = f"{old.service}: API {old.number} -> API {new.number}"
    return "\n\n".join([title, *_prefix(old, new, both), *(told or ["No operation differs."])])


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
    return one.method == other.method and _without_prefix(old, one) == _without_prefix(new, other)


def _without_prefix(api: ir.Api, operation: ir.Operation) -> tuple[str, ...]:
    """Return the route around the version's prefix; unsplit if another prefix is in its place."""
    before, found, rest = operation.path.partition(f"{api.prefix}/")
    return (before, rest) if api.prefix and found else (operation.path,)


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
        if _route(one) == _route(other) and len(_without_prefix(old, one)) > 1
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
    told = []
    for field in ir.Param.__dataclass_fields__.values():
        before, after = getattr(one, field.name), getattr(other, field.name)
        if field.name == "encode" and one.location != other.location:
            continue  # each place has its own usual form, so the place says it
        if field.metadata["facet"] in ("wire", "python") and before != after:
            name = _WRITTEN.get(field.name, field.name)
            told.append(f"{name}: {_value(before)} -> {_value(after)}")
    return ", ".join(told)


def _value(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
