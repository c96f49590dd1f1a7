"""Where a call goes: method, address, the holes of the address and what fills them.

An address has three parts: the service's base, the prefix of an API version, and the rest. A base or a prefix
that changed for the whole service or version is told there, once; here only the rest counts.
The names of holes are no part of the address: what fills a hole is compared by the hole's position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, became, shown
from codegen.grammar import holes

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.context import OperationPair
    from codegen.report.rule import Verdict

Filler = tuple[str, str]
"""What fills a hole: ("param", its name) or ("attribute", its name)."""


OWN = None
"""Stands for the base of the service, or the prefix of the version: what it is, is told there."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address in its parts."""

    base: str | None
    prefix: str | None
    rest: str

    @property
    def told(self) -> str:
        """The address without what all routes of the version have in common."""
        return f"{self.base or ''}{self.prefix or ''}{self.rest}"

    @property
    def shape(self) -> tuple[str | None, str | None, str]:
        """The address without the names of its holes."""
        return self.base, self.prefix, shape(self.rest)


def route_of(service: ir.Service, api: ir.Api, operation: ir.Operation) -> Route:
    """Take an address of an operation apart."""
    return split(operation.path, service.server.base, _prefix(service, api, operation))


def split(path: str, base: str, prefix: str) -> Route:
    """Take an address apart; parts that are the service's or the version's own are not spelled out."""
    if path.startswith(f"{base}{prefix}/"):
        return Route(OWN, OWN, path.removeprefix(f"{base}{prefix}"))
    if base and path.startswith(f"{base}/"):
        return Route(OWN, "", path.removeprefix(base))
    before, found, rest = path.partition(f"{prefix}/")
    if prefix and found:
        return Route(before, OWN, f"/{rest}")
    return Route("", "", path)


def _prefix(service: ir.Service, api: ir.Api, operation: ir.Operation) -> str:
    for other in service.apis:
        if other.number == operation.pin_api:
            return other.prefix
    return api.prefix


def shape(path: str) -> str:
    """Leave out the names of the holes."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def compare_routes(pair: OperationPair) -> Notes:
    """Tell what differs of the address and the method."""
    old, new = pair.old, pair.new
    if old.kind != new.kind:
        # Everything about the route follows from it.
        yield became("op-kind-changed", "kind", old.kind, new.kind, at="kind")
        return
    if old.method != new.method:
        yield became("op-method-changed", "method", old.method, new.method, at="method")
    if old.scheme != new.scheme:
        yield became("address-scheme-changed", "scheme", old.scheme, new.scheme, at="scheme")
    yield from _addresses(pair)
    yield from _rebound(pair)


def _addresses(pair: OperationPair) -> Notes:
    old, new = pair.old, pair.new
    if old.pin_api != new.pin_api:
        pinned = f"pin_api {shown(old.pin_api)} -> {shown(new.pin_api)}"
        if shape(old.path) == shape(new.path):
            yield Note("pin-unchanged-route", f"{pinned}, so still at {new.path}", at="pin_api")
        else:
            words = f"{pinned}: {old.path} -> {new.path}"
            yield Note("op-pin-changed-route", words, old.path, new.path, at="pin_api")
    elif is_moved(pair):
        before, after = _told(pair)
        # An address that is only handed out: nothing of ours asks there, but scripts may.
        wire: Verdict | None = None if new.kind == "request" else "none"
        source: Verdict | None = None if new.kind == "request" else "warning"
        words, at = f"path {before} -> {after}", _field(*_routes(pair))
        yield Note("op-path-changed", words, before, after, at=at, wire=wire, source=source)


def _field(before: Route, after: Route) -> str:
    """Name the field of an operation that says what differs of two addresses."""
    if before.shape[2] != after.shape[2]:
        return "path"
    return "base" if before.base != after.base else "prefix"


def is_moved(pair: OperationPair) -> bool:
    """Whether an operation has another address for a reason of its own."""
    if shape(pair.old.path) == shape(pair.new.path):
        return False
    before, after = _routes(pair)
    return before.shape != after.shape


def _routes(pair: OperationPair) -> tuple[Route, Route]:
    apis, services = pair.apis, pair.apis.services
    return route_of(services.old, apis.old, pair.old), route_of(services.new, apis.new, pair.new)


def _told(pair: OperationPair) -> tuple[str, str]:
    """Return the parts of the two addresses that differ, without what is told elsewhere."""
    before, after = _routes(pair)
    if (before.base, before.prefix) != (after.base, after.prefix):
        return pair.old.path, pair.new.path
    return before.told, after.told


def _fillers(operation: ir.Operation) -> tuple[Filler, ...]:
    given = {wire: p.name for p in operation.params if p.location == "path" for wire in p.wire_names}
    held = dict(operation.holes)
    return tuple(
        ("param", given[hole]) if hole in given else ("attribute", held.get(hole, ""))
        for hole in holes(operation.path)
    )


def _refilled(pair: OperationPair) -> list[tuple[Filler, Filler]]:
    """List the holes that something else fills; none where the holes themselves are others."""
    before, after = _fillers(pair.old), _fillers(pair.new)
    if len(before) != len(after) or is_moved(pair):
        return []
    return [
        (one, other)
        for one, other in zip(before, after, strict=True)
        if (one[0], pair.new_name.get(one[1], one[1]) if one[0] == "param" else one[1]) != other
    ]


def _rebound(pair: OperationPair) -> Notes:
    """Tell of holes that something else fills."""
    moved = [(one, other) for one, other in _refilled(pair) if not _is_told_by_service(pair, one, other)]
    scoped = [(one, other) for one, other in moved if one[0] != other[0]]
    for one, other in scoped:
        argument = other[1] if other[0] == "param" else one[1]
        before, after = _filler(one), _filler(other)
        words, at = f"{before} -> {after}", f"params.{argument}"
        yield Note("param-scope-changed", words, before, after, part=argument, at=at)
    rest = [(one, other) for one, other in moved if one[0] == other[0]]
    if rest:
        old, new = ([_filler(side[number]) for side in rest] for number in (0, 1))
        before, after = ", ".join(old), ", ".join(new)
        words = f"holes of the path: {before} -> {after}"
        hint = _renames(pair, rest)
        yield Note("op-path-hole-rebound", words, before, after, at="path", hint=hint)


def _renames(pair: OperationPair, refilled: list[tuple[Filler, Filler]]) -> str:
    """Guess renames that nobody declared: an argument that is gone, and a new one in its place."""
    gone = {param.name: param.type for param in pair.params.removed}
    come = {param.name: param.type for param in pair.params.added}
    both = [(one[1], other[1]) for one, other in refilled if one[0] == "param"]
    if not both or not all(old in gone and gone[old] == come.get(new) for old, new in both):
        return ""
    said = " and ".join(f"{old} to {new}, say `renamed_from: {old}` there" for old, new in both)
    return f"If you renamed {said}."


def _is_told_by_service(pair: OperationPair, one: Filler, other: Filler) -> bool:
    """Whether the service fills the hole with another attribute, for all operations at once."""
    services = pair.apis.services
    before, after = dict(services.old.hole_defaults), dict(services.new.hole_defaults)
    return one[0] == other[0] == "attribute" and any(
        before.get(hole) == one[1] and after.get(hole) == other[1] for hole in before.keys() & after.keys()
    )


def _filler(filler: Filler) -> str:
    kind, name = filler
    return name if kind == "param" else f"client.{name}"


def claimed(pair: OperationPair) -> frozenset[str]:
    """Return the parameters whose coming or going is told as a change of what fills a hole."""
    return frozenset(name for each in _refilled(pair) for kind, name in each if kind == "param")
