"""The public tables of address templates, which scripts fill by hand.

A template follows its operation's route, and what changed of that is told there. Here stands what
scripts meet beyond it: keys that came or went, other names of holes, templates without an operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, shown
from codegen.diff.routes import is_moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen import ir
    from codegen.diff.context import ApiPair, OperationPair, ServicePair


@dataclass(frozen=True, slots=True)
class Entry:
    """A template of a table."""

    template: str
    bare: str
    """The template without the version's own prefix, which is told once for all."""
    operation: str | None
    """None: a template that no operation has."""
    at: str


def compare_service_endpoints(pair: ServicePair) -> Notes:
    """Tell what differs of the templates that all API versions share."""
    old = {each.name: Entry(each.path, each.path, None, _extra_at(each)) for each in pair.old.extra_endpoints}
    new = {each.name: Entry(each.path, each.path, None, _extra_at(each)) for each in pair.new.extra_endpoints}
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
    prefix = f"{service.server.base}{api.prefix}"
    extra = {
        each.name: Entry(each.path, _bare(each.path, prefix), None, _extra_at(each))
        for each in api.extra_endpoints
    }
    return {
        operation.endpoint: _entry(operation, prefix)
        for operation in reversed(api.operations)
        if operation.endpoint
    } | extra


def _entry(operation: ir.Operation, prefix: str) -> Entry:
    written = operation.endpoint_path
    template = written or operation.path
    at = "endpoint_path" if written else "endpoint"
    return Entry(template, _bare(template, prefix), operation.name, at)


def _bare(template: str, prefix: str) -> str:
    return template.removeprefix(prefix) if prefix and template.startswith(f"{prefix}/") else template


def _extra_at(extra: ir.ExtraEndpoint) -> str:
    return f"extra_endpoints.{extra.name}"


def _differences(
    old: Mapping[str, Entry], new: Mapping[str, Entry], both: tuple[OperationPair, ...]
) -> Iterable[tuple[str | None, Note]]:
    moved = {pair.new.name for pair in both if is_moved(pair) or pair.old.pin_api != pair.new.pin_api}
    names = {pair.old.name: pair.new.name for pair in both}
    renamed = {names.get(entry.operation or "") for key, entry in old.items() if key not in new}
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if after is None and before is not None:
            words = f"endpoint {key} is gone"
            operation = names.get(before.operation or "", before.operation)
            yield operation, Note("endpoint-removed", words, key, at=before.at)
        elif before is None and after is not None:
            # Another key for a route: that the old one is gone says it.
            if after.operation is None or after.operation not in renamed:
                yield after.operation, Note("endpoint-added", f"endpoint {key}", None, key, at=after.at)
        elif before and after and _differ(before, after) and after.operation not in moved:
            words = f"endpoint {key}: {before.template} -> {after.template}"
            values = (shown(before.template), shown(after.template))
            yield after.operation, Note("endpoint-template-changed", words, *values, at=after.at)


def _differ(before: Entry, after: Entry) -> bool:
    return before.template != after.template and before.bare != after.bare
