"""What a finding is about, looked up on both sides: the service, the method, the argument.

Findings name things as the side has them on which they stand; a rename has two names. So everything is
looked up under either name, and paired by name, by a declared rename (`renamed_from`, `aliases`), or by what
a finding of this comparison says was renamed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from codegen.migrate.change import Callee, Move

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codegen import ir
    from codegen.report.finding import Comparison, Finding

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
    """Both specs, and the renames that the comparison tells of."""

    comparison: Comparison
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
        old = _named(self.old.services, finding.service)
        name = next((old for old, new in self._services.items() if new == finding.service), None)
        return old or _named(self.old.services, name)

    def _new_service(self, old: ir.Service) -> ir.Service | None:
        return _named(self.new.services, self._services.get(old.name))

    @cached_property
    def _services(self) -> Mapping[str, str]:
        """Old names of services -> new ones; a public name that two have in common says that they are one."""
        found = partners(self.old.services, self.new.services, self._renamed("service-renamed"))
        free = [new for new in self.new.services if new.name not in found.values()]
        for old in self.old.services:
            same = next((new for new in free if old.name not in found and _same(old, new)), None)
            if same is not None:
                found[old.name] = same.name
                free.remove(same)
        return found

    def _move(self, finding: Finding, service: ir.Service, new_service: ir.Service | None) -> Move | None:
        for old_api, new_api in _apis(finding, service, new_service):
            new_operations = new_api.operations if new_api else ()
            partner = partners(old_api.operations, new_operations, self._renamed("op-renamed"))
            name = _old_name(finding.operation or "", partner, old_api.operations)
            if name is not None:
                old = Callee(service, old_api.operation(name), name)
                is_current = (
                    new_api is None or old_api.number != new_api.number or _is_newest(service, old_api, name)
                )
                return self._paired(old, new_service, _named(new_operations, partner.get(name)), is_current)
        return None

    def _paired(
        self, old: Callee, new_service: ir.Service | None, operation: ir.Operation | None, is_current: bool
    ) -> Move:
        is_distinctive = self._is_distinctive(old.name)
        if operation is None or new_service is None:
            return Move(old, None, {}, is_current, is_distinctive)
        new = Callee(new_service, operation, operation.name)
        partner = partners(old.operation.arguments, operation.arguments, self._renamed("param-renamed"))
        return Move(old, new, partner, is_current, is_distinctive)

    def _renamed(self, rule: str) -> Mapping[str, str]:
        """Map old names to new ones, as findings of a rule tell them."""
        told = (finding for finding in self.comparison.findings if finding.id.startswith(rule))
        return {finding.old: finding.new for finding in told if finding.old and finding.new}

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


def partners(
    old: Iterable[Named], new: Iterable[Named], told: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Map old names to new ones: equal ones, and those that one side declares as renamed."""
    before, after = {each.name: each for each in old}, {each.name: each for each in new}
    found = {name: name for name in before if name in after}
    free = [name for name in after if name not in found]
    for name, each in before.items():
        if name not in found:
            other = next((other for other in free if _is_renamed(each, after[other], told or {})), None)
            if other is not None:
                found[name] = other
                free.remove(other)
    return found


def _is_renamed(old: Any, new: Any, told: Mapping[str, str]) -> bool:
    return old.name in _other_names(new) or new.name in _other_names(old) or told.get(old.name) == new.name


def _other_names(each: Any) -> tuple[str, ...]:
    # Not everything that has a name has other ones.
    former = getattr(each, "renamed_from", None)
    return (*getattr(each, "aliases", ()), *([former] if former else []))


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


def _same(old: ir.Service, new: ir.Service) -> bool:
    """Whether two services of different names are one: a public name of theirs is the same."""
    return old.client == new.client or old.attribute == new.attribute or old.module == new.module


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


def _old_name(name: str, partner: Mapping[str, str], old: Iterable[ir.Operation]) -> str | None:
    """Return what the old side calls the operation that a finding calls `name`."""
    if _named(old, name) is not None:
        return name
    return next((before for before, after in partner.items() if after == name), None)


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
