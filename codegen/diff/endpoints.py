"""The public tables of address templates, which scripts fill by hand.

A template follows its operation's route, and what changed of that is told there. Here stands what
scripts meet beyond it: keys that came or went, other names of holes, templates without an operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, shown
from codegen.diff.routes import is_moved, route_of, split
from codegen.diff.words import told_anew

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen import ir
    from codegen.diff.context import ApiPair, OperationPair, ServicePair
    from codegen.diff.routes import Route


@dataclass(frozen=True, slots=True)
class Entry:
    """A template of a table."""

    template: str
    route: Route
    """The template without the own base of the service and prefix of the version, which are told once."""
    operation: str | None
    """None: a template that no operation has."""
    at: str
    doc: str | None = None
    """Why it stands there, where no operation says it."""

    @property
    def told(self) -> str:
        """The template as descriptors write it."""
        return self.route.told if self.at == "endpoint" else self.template


def compare_service_endpoints(pair: ServicePair) -> Notes:
    """Tell what differs of the templates that all API versions share."""
    old, new = (_extra(side.extra_endpoints, side.server.base, "") for side in (pair.old, pair.new))
    yield from (note for _, note in _differences(old, new, ()))


def compare_endpoints(
    pair: ApiPair, operations: Iterable[OperationPair]
) -> Iterable[tuple[str | None, Note]]:
    """Tell what differs of an API version's table: notes, and the operations that they are about."""
    old, new = _table(pair.services.old, pair.old), _table(pair.services.new, pair.new)
    both = tuple(operations)
    gone = {op.name for op in pair.old.operations} - {each.old.name for each in both}
    come = {op.name for op in pair.new.operations} - {each.new.name for each in both}
    # What an operation took along, or brought along, is told with the operation.
    before = {key: entry for key, entry in old.items() if key in new or entry.operation not in gone}
    after = {key: entry for key, entry in new.items() if key in old or entry.operation not in come}
    yield from _differences(before, after, both)


def _table(service: ir.Service, api: ir.Api) -> dict[str, Entry]:
    return {
        operation.endpoint: _entry(service, api, operation)
        for operation in reversed(api.operations)
        if operation.endpoint
    } | _extra(api.extra_endpoints, service.server.base, api.prefix)


def _entry(service: ir.Service, api: ir.Api, operation: ir.Operation) -> Entry:
    written = operation.endpoint_path
    if written:
        route = split(written, service.server.base, api.prefix)
        return Entry(written, route, operation.name, "endpoint_path")
    return Entry(operation.path, route_of(service, api, operation), operation.name, "endpoint")


def _extra(listed: Iterable[ir.ExtraEndpoint], base: str, prefix: str) -> dict[str, Entry]:
    return {
        each.name: Entry(
            each.path, split(each.path, base, prefix), None, f"extra_endpoints.{each.name}", each.doc
        )
        for each in listed
    }


def _differences(
    old: Mapping[str, Entry], new: Mapping[str, Entry], both: tuple[OperationPair, ...]
) -> Iterable[tuple[str | None, Note]]:
    moved = {pair.new.name for pair in both if is_moved(pair) or pair.old.pin_api != pair.new.pin_api}
    names = {pair.old.name: pair.new.name for pair in both}
    renamed = {names.get(entry.operation or "") for key, entry in old.items() if key not in new}
    keys = {entry.operation or "": key for key, entry in new.items() if entry.operation and key not in old}
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if after is None and before is not None:
            operation = names.get(before.operation or "", before.operation)
            key_now = keys.get(operation or "")
            words = f"endpoint {key} is gone{f': the route is called {key_now} now' if key_now else ''}"
            yield operation, Note("endpoint-removed", words, key, key_now, at=before.at)
        elif before is None and after is not None:
            # Another key for a route: that the old one is gone says it.
            if after.operation is None or after.operation not in renamed:
                yield after.operation, Note("endpoint-added", f"endpoint {key}", None, key, at=after.at)
        elif before and after:
            if _differ(before, after) and after.operation not in moved:
                words = f"endpoint {key}: {before.told} -> {after.told}"
                values = (shown(before.told), shown(after.told))
                yield after.operation, Note("endpoint-template-changed", words, *values, at=after.at)
            for note in told_anew((f"{after.at}.doc", before.doc, after.doc)):
                yield after.operation, note


def _differ(before: Entry, after: Entry) -> bool:
    return before.template != after.template and before.route != after.route
