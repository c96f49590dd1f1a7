"""Compare two sides, from the service down to the last field, and judge what differs.

Theory
------
Two complete representations are compared, never the text that they came from. So order, quotes, comments,
groups, inheritance and version ranges that are written differently but mean the same cannot be seen.

Each module of this package compares one kind of node and yields notes. Three laws keep them honest:

1. *Every difference is told.* A field of `ir.py` that no rule watches fails a test, and so does an edit of a
   real spec after which nothing is found.
2. *One edit is told once.* Whatever follows from another change is left to that one (it "claims" it): routes
   under a new prefix, encoders that go with a type, keys of a cache when an argument went. What several
   operations share by a group, by the service, or by inheritance is joined by the edited line (`merge.py`).
3. *Nothing is guessed.* Renames are declared; a likely one is a hint in the finding about what is gone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.diff.answers import compare_answers
from codegen.diff.apis import compare_api, compare_api_head
from codegen.diff.context import ApiPair, Facts, OperationPair, ServicePair
from codegen.diff.endpoints import compare_service_endpoints
from codegen.diff.gates import compare_gates
from codegen.diff.judgement import Judged, Scene, judge
from codegen.diff.lifecycle import gone
from codegen.diff.limits import compare_limits
from codegen.diff.merge import merged
from codegen.diff.methods import compare_method
from codegen.diff.note import Note
from codegen.diff.pairing import pair
from codegen.diff.params import compare_params
from codegen.diff.policy import bumps
from codegen.diff.requests import compare_requests
from codegen.diff.routes import compare_routes
from codegen.diff.rules import RULES
from codegen.diff.services import compare_service, compare_types, only
from codegen.report.finding import Comparison, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codegen import ir
    from codegen.diff.note import Notes
    from codegen.diff.sides import Side

ALWAYS: tuple[Callable[[OperationPair], Notes], ...] = (
    compare_method,
    compare_routes,
    compare_params,
    compare_gates,
)
"""What is compared of every operation."""

SENT: tuple[Callable[[OperationPair], Notes], ...] = (compare_requests, compare_answers, compare_limits)
"""What is compared besides, unless what made a request only makes an address now: that says it all."""


def compare(old: Side, new: Side, facts: Facts | None = None, *, require_bump: bool = False) -> Comparison:
    """
    Compare two sides.

    Parameters
    ----------
    old, new : Side
        What is compared: whole specs, a service each, or an API version each.
    facts : Facts, optional
        Known deployments, and the day by which sunsets are judged. Left out: no deployments, today.
    require_bump : bool, default False
        Add a finding for every API version that breaks installed clients and kept its number.

    Returns
    -------
    Comparison
        All findings, the worst first, silent ones before loud ones.
    """
    judged = list(_specs(old, new, facts or Facts()))
    findings = merged(judged)
    if require_bump:
        findings.extend(bumps(findings, new.services))
    return Comparison(old.label, new.label, in_order(findings), RULES)


def _specs(old: Side, new: Side, facts: Facts) -> Iterator[Judged]:
    services = pair(old.services, new.services)
    for service in services.removed:
        yield judge(only(service, None), Scene(service.name, service.origins, {}))
    for service in services.added:
        yield judge(only(None, service), Scene(service.name, {}, service.origins))
    for before, after in services.both:
        yield from _services(old, new, ServicePair(before, after, facts))


def _services(old: Side, new: Side, services: ServicePair) -> Iterator[Judged]:
    scene = Scene(services.new.name, services.old.origins, services.new.origins)
    for compared in (compare_service, compare_types, compare_service_endpoints):
        yield from (judge(note, scene) for note in compared(services))
    if old.api is not None and new.api is not None:
        # Two versions that were named stand for each other, whatever their numbers.
        yield from _apis(ApiPair(services.old.api(old.api), services.new.api(new.api), services))
        return
    numbers_old = {api.number: api for api in services.old.apis}
    numbers_new = {api.number: api for api in services.new.apis}
    for number, api in numbers_old.items():
        if number in numbers_new:
            yield from _apis(ApiPair(api, numbers_new[number], services))
        else:
            rule, words = gone(api.deprecated, services.facts.today, "api-version-removed")
            note = Note(rule, f"API {number} is gone{words}", number, at="api")
            yield judge(note, Scene(scene.service, api.origins, {}, number, number))
    for number, api in numbers_new.items():
        if number not in numbers_old:
            note = Note("api-version-added", f"API {number}", None, number, at="api")
            yield judge(note, Scene(scene.service, {}, api.origins, number, number))


def _apis(apis: ApiPair) -> Iterator[Judged]:
    name = apis.services.new.name
    label = apis.new.number if apis.same_number else f"{apis.old.number} -> {apis.new.number}"
    scene = Scene(name, apis.old.origins, apis.new.origins, label, apis.new.number)
    shared = (_shared(apis.services.old), _shared(apis.services.new))
    inherited = _inherited(apis)
    yield from (judge(note, scene) for note in compare_api_head(apis))
    for old, new, note in compare_api(apis):
        inner = _scene(scene, old, new, shared)
        if old is not None and new is None:
            place = apis.new.origins.get("removed") if old.name in inherited else None
            inner = replace(inner, new_origins={"": place} if place else {})
        yield judge(note, inner)
    for both in apis.operations:
        inner = _scene(scene, both.old, both.new, shared)
        for part in (*ALWAYS, *(SENT if both.old.kind == both.new.kind else ())):
            yield from (judge(note, inner) for note in part(both))


def _inherited(apis: ApiPair) -> frozenset[str]:
    """Name the operations that the new version takes over, or takes out by its list `removed`."""
    parents = [api for api in apis.services.new.apis if f"v{api.number}" == apis.new.extends]
    return frozenset(each.name for api in parents for each in api.operations)


def _shared(service: ir.Service) -> ir.Origins:
    """Return the places of what a service says for all its operations."""
    return {path: origin for path, origin in service.origins.items() if path.startswith("errors")}


def _scene(
    outer: Scene,
    old: ir.Operation | None,
    new: ir.Operation | None,
    shared: tuple[ir.Origins, ir.Origins],
) -> Scene:
    """Set the scene of an operation that is on one side or both; of the version, if on none."""
    shown = new or old
    if shown is None:
        return outer
    return Scene(
        service=outer.service,
        old_origins={**shared[0], **old.origins} if old else {},
        new_origins={**shared[1], **new.origins} if new else {},
        api=outer.api,
        number=outer.number,
        operation=shown.name,
        raw=old is not None and new is not None and old.raw and new.raw,
        beta=old is not None and old.stability == "beta",
    )
