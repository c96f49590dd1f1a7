"""What a new API version does with the operations of the one before, by what the server's document has.

- The document has the route under the new number: the operation goes along. If it was held at an older route
  (`pin_api`, or a `prefix` of its own), that is taken away.
- It has the old route only: the operation stays there, as `pin_api` says.
- It has neither: the operation is removed.

Routes without a number (uploads, pages) belong to no version and stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.drift.described import ApiNumbers, Key
from codegen.drift.document import Document, Route, shape

if TYPE_CHECKING:
    from codegen import ir


@dataclass(slots=True)
class Changes:
    """How a new version differs from the one that it extends."""

    removed: list[str] = field(default_factory=list)
    changed: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """Fields to write over an inherited operation."""
    new: list[tuple[str, Route]] = field(default_factory=list)
    """Paths under the version's prefix that no operation asks, and their routes."""


def next_prefix(parent: ir.Api, number: str) -> str | None:
    """Return the prefix with another number; None if there is none in it."""
    start, found, end = parent.prefix.rpartition(parent.number)
    return f"{start}{number}{end}" if found else None


def moved(operation: ir.Operation, service: ir.Service, parent: ir.Api, prefix: str) -> str | None:
    """Return an operation's path under another prefix; None if it belongs to no version."""
    if operation.path.startswith(f"{service.server.base}{prefix}/"):
        return operation.path  # a prefix of its own took it there before the version was described
    own = [api.prefix for api in service.apis if api.number == (operation.pin_api or parent.number)]
    known = {*own, *(api.prefix for api in service.apis)} - {""}
    for old in sorted(known, key=len, reverse=True):
        before, found, rest = operation.path.partition(f"{old}/")
        if found and ("base" in operation.origins or before == service.server.base):
            return f"{before}{prefix}/{rest}"
    return None


def changes(
    document: Document, base: str, service: ir.Service, parent: ir.Api, number: str, prefix: str
) -> Changes:
    """
    Tell how a new version differs from its parent.

    Parameters
    ----------
    document : Document
        What the server says.
    base : str
        Base path of its routes.
    service : ir.Service
        The service.
    parent : ir.Api
        The version that is extended.
    number, prefix : str
        Of the new version.
    """
    there: dict[Key, Route] = {(route.method, shape(base + route.path)): route for route in document.routes}
    result = Changes()
    asked: set[Key] = set()
    for operation in parent.operations:
        path = moved(operation, service, parent, prefix)
        if path is None or operation.kind != "request":
            continue
        is_there = (operation.method, shape(path)) in there
        if is_there:
            asked.add((operation.method, shape(path)))
        if path != operation.path:
            has_old = (operation.method, shape(operation.path)) in there
            _settle(operation, parent, is_there, has_old, result)
    number_of = ApiNumbers(service)
    result.new = [
        ((base + route.path).removeprefix(service.server.base + prefix), route)
        for key, route in there.items()
        if number_of.of(base + route.path) == number and key not in asked
    ]
    return result


def _settle(operation: ir.Operation, parent: ir.Api, has_new: bool, has_old: bool, result: Changes) -> None:
    held = next((name for name in ("pin_api", "prefix") if name in operation.origins), None)
    if has_new:
        if held is not None:
            result.changed[operation.name] = {held: None}
    elif not has_old:
        result.removed.append(operation.name)
    elif held is None:
        result.changed[operation.name] = {"pin_api": parent.number}
