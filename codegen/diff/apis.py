"""One API version as a whole: its prefix, how settled it is, and which operations it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.endpoints import compare_endpoints
from codegen.diff.lifecycle import compare_deprecation, compare_stability, gone
from codegen.diff.note import Note, Notes, became
from codegen.diff.routes import route_of
from codegen.diff.words import told_anew

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir
    from codegen.diff.context import ApiPair

Sided = tuple["ir.Operation | None", "ir.Operation | None", Note]
"""An operation on both sides, and what is said of it."""


def compare_api_head(pair: ApiPair) -> Notes:
    """Tell what differs of the version itself."""
    old, new = pair.old, pair.new
    if int(old.number) > int(new.number):
        words = f"API {old.number} is newer than API {new.number}"
        yield Note("versions-reversed", words, hint="Give the older side first.", at="api")
    if old.prefix != new.prefix:
        # Of one version that servers speak, a new prefix is a new address; of two, each has its own.
        rule = "base-url-changed" if pair.same_number else "api-prefix-changed"
        yield became(rule, "prefix", old.prefix, new.prefix, at="prefix")
    yield from compare_deprecation(old.deprecated, new.deprecated)
    yield from compare_stability(old.stability, new.stability)
    yield from told_anew(("doc", old.doc, new.doc))


def compare_api(pair: ApiPair) -> Iterator[Sided]:
    """Tell which operations came and went, and what differs of the version's address templates."""
    pairs, services = pair.paired, pair.services
    come = {each.name: _route(services.new, pair.new, each) for each in pairs.added}
    for operation in pairs.removed:
        rule, words = gone(operation.deprecated, services.facts.today, "op-removed")
        route = _route(services.old, pair.old, operation)
        hint = _hint(operation, [name for name, other in come.items() if other == route])
        yield operation, None, Note(rule, f"{route} is gone{words}", operation.name, hint=hint)
    for operation in pairs.added:
        yield None, operation, Note("op-added", come[operation.name], None, operation.name)
    old, new = ({each.name: each for each in side.operations} for side in (pair.old, pair.new))
    partner = {after.name: before for before, after in pairs.both}
    for name, note in compare_endpoints(pair, pair.operations):
        if name is None:
            yield None, None, note
        else:
            yield partner.get(name, old.get(name)), new.get(name), note


def _route(service: ir.Service, api: ir.Api, operation: ir.Operation) -> str:
    """Write a route without what all routes of the version have in common."""
    kind = operation.method if operation.kind == "request" else "address"
    return f"{kind} {route_of(service, api, operation).told}"


def _hint(operation: ir.Operation, alike: list[str]) -> str:
    """Guess a rename that nobody declared: the same route under one other name."""
    if len(alike) != 1:
        return ""
    return f"If it was renamed to {alike[0]!r}, say `renamed_from: {operation.name}` there."
