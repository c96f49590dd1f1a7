"""What a finding is about, looked up on both sides: the service, the method, the argument.

Findings name things as the new side does, or the old one where the new has nothing. The two sides are paired
as the comparison itself pairs them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from codegen.diff.pairing import Pairs, pair
from codegen.migrate.change import Callee, Move

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codegen import ir
    from codegen.report.finding import Finding

Named = TypeVar("Named", bound=Any)

_ARROW = " -> "
_ABOUT_CALLS = ("response-", "cache-", "error-", "limit-", "truncation-")
"""Rules whose findings name a part of the operation that an argument might be called like: "cache"."""

LEAST_DISTINCTIVE = 9
"""Letters of the shortest method name that says by itself whose it is."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about."""

    finding: Finding
    service: ir.Service
    new_service: ir.Service | None
    move: Move | None = None
    old_param: ir.Param | None = None
    new_param: ir.Param | None = None


@dataclass(frozen=True)
class Sides:
    """Both specs."""

    old: ir.Spec
    new: ir.Spec

    def subjects(self, finding: Finding) -> Iterator[Subject]:
        """Look up what a finding is about; nothing, if scripts cannot know it yet."""
        for each in _spelled_out(finding):
            service = self._old_service(each)
            if service is None:
                continue
            new_service = self._new_service(service)
            move = self._move(each, service, new_service) if each.operation else None
            params = (None, None) if move is None else _params(each, move)
            yield Subject(finding, service, new_service, move, *params)

    def _old_service(self, finding: Finding) -> ir.Service | None:
        new = _named(self.new.services, finding.service)
        before = next((old for old, after in self._services.both if after is new), None)
        return before or _named(self.old.services, finding.service)

    def _new_service(self, old: ir.Service) -> ir.Service | None:
        return next((new for before, new in self._services.both if before is old), None)

    @cached_property
    def _services(self) -> Pairs[ir.Service]:
        return pair(self.old.services, self.new.services)

    def _move(self, finding: Finding, service: ir.Service, new_service: ir.Service | None) -> Move | None:
        for old_api, new_api in _apis(finding, service, new_service):
            both = pair(old_api.operations, new_api.operations if new_api else ()).both
            old = _old(finding.operation, both) or _named(old_api.operations, finding.operation)
            if old is not None:
                new = next((after for before, after in both if before is old), None)
                is_named = new_api is not None and new_api.number != old_api.number
                is_current = is_named or _is_newest(service, old_api, old.name)
                return self._paired(Callee(service, old, old.name), new_service, new, is_current)
        return None

    def _paired(
        self, old: Callee, new_service: ir.Service | None, operation: ir.Operation | None, is_current: bool
    ) -> Move:
        is_distinctive = self._is_distinctive(old.name)
        if operation is None or new_service is None:
            return Move(old, None, {}, is_current, is_distinctive)
        new = Callee(new_service, operation, operation.name)
        arguments = pair(old.operation.arguments, operation.arguments).both
        return Move(old, new, {one.name: other.name for one, other in arguments}, is_current, is_distinctive)

    def _is_distinctive(self, method: str) -> bool:
        return "_" in method and len(method) >= LEAST_DISTINCTIVE and self._owners.get(method) == 1

    @cached_property
    def _owners(self) -> Mapping[str, int]:
        """How many services have a method of each name."""
        found: dict[str, int] = {}
        for service in self.old.services:
            for name in {operation.name for api in service.apis for operation in api.operations}:
                found[name] = found.get(name, 0) + 1
        return found


def _spelled_out(finding: Finding) -> Iterator[Finding]:
    """Yield a finding once for each operation that the same edit is seen in: "demo@1.get_rows"."""
    others = []
    for path in finding.also:
        owner, _, operation = path.partition(".")
        service, _, number = owner.partition("@")
        api = number if number and _ARROW not in (finding.api or "") else finding.api
        if service == finding.service and operation:
            others.append(replace(finding, operation=operation, api=api))
    if finding.operation or not others:
        yield finding
    yield from others


def _named(things: Iterable[Named], name: str | None) -> Named | None:
    return next((each for each in things if each.name == name), None)


def _old(name: str | None, both: Iterable[tuple[ir.Operation, ir.Operation]]) -> ir.Operation | None:
    """Return the old side of the operation that the new side calls so."""
    return next((old for old, new in both if new.name == name), None)


def _apis(
    finding: Finding, service: ir.Service, new_service: ir.Service | None
) -> Iterator[tuple[ir.Api, ir.Api | None]]:
    """Yield the API versions that a finding may be about, the newest first."""
    numbers = finding.api.split(_ARROW) if finding.api else []
    new_apis = {api.number: api for api in new_service.apis} if new_service else {}
    for api in reversed(service.apis):
        if not numbers or api.number == numbers[0]:
            yield api, new_apis.get(numbers[-1] if numbers else api.number)


def _is_newest(service: ir.Service, api: ir.Api, operation: str) -> bool:
    having = [each.number for each in service.apis if _named(each.operations, operation)]
    return having[-1] == api.number


def _params(finding: Finding, move: Move) -> tuple[ir.Param | None, ir.Param | None]:
    """Return the argument that a finding names, on the old and on the new side."""
    before, after = move.old.arguments, move.new.arguments if move.new else {}
    name = finding.param
    if name is None or finding.id.startswith(_ABOUT_CALLS):
        return None, None
    by_new = next((old for old, new in move.partner.items() if new == name), None)
    old = before.get(name) if by_new is None else before[by_new]
    if old is None:
        return None, after.get(name)
    return old, after.get(move.partner.get(old.name, ""))
