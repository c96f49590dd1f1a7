"""Names that scripts import or subscribe with, and what became of them: classes, modules, keys, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.migrate.change import Rename
from codegen.naming import types_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codegen import ir
    from codegen.migrate.change import NameKind
    from codegen.migrate.subjects import Subject


def renames(subject: Subject, old: ir.Spec, new: ir.Spec) -> tuple[Rename, ...]:
    """List the names that a finding takes away or replaces."""
    find = _FINDERS.get(subject.finding.id)
    return tuple(find(subject, old, new)) if find else ()


def _class(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    yield from _own("class", lambda service: service.client, subject, old, new)


def _service(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    yield from _own("attribute", lambda service: service.attribute, subject, old, new)
    yield from _own("module", lambda service: service.module, subject, old, new)


def _own(
    kind: NameKind, name: Callable[[ir.Service], str], subject: Subject, old: ir.Spec, new: ir.Spec
) -> Iterator[Rename]:
    """Tell what became of a name of which each service has one: another may have had it, or get it."""
    before, after = name(subject.service), name(subject.new_service) if subject.new_service else None
    if before != after:
        is_taken = after in {name(each) for each in old.services}
        is_freed = before not in {name(each) for each in new.services}
        yield Rename(kind, before, after, clear=is_freed and not is_taken)


def _service_gone(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    if subject.new_service is None:
        yield from _service(subject, old, new)
        yield from _class(subject, old, new)


def _api_version(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    kept = {api.number for api in subject.new_service.apis} if subject.new_service else set()
    for api in subject.service.apis:
        if api.number not in kept and subject.finding.api in (None, api.number):
            yield Rename("versioned class", f"{subject.service.client}V{api.number}", None)


def _endpoint(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    operation = subject.move.old.operation.endpoint if subject.move else None
    told = {subject.finding.param, subject.finding.operation, subject.finding.old, operation}
    kept = _endpoints(subject.new_service) if subject.new_service else set()
    for key in sorted(_endpoints(subject.service) & {name for name in told if name}):
        owners = [service for service in old.services if key in _endpoints(service)]
        # The tables have names of their own, so a key that stands in another one, too, may be meant there.
        is_elsewhere = key in kept and subject.finding.id == "endpoint-removed"
        yield Rename("endpoint", key, None, clear=len(owners) == 1 and not is_elsewhere)


def _endpoints(service: ir.Service) -> set[str]:
    extra = [*service.extra_endpoints, *(each for api in service.apis for each in api.extra_endpoints)]
    routes = [operation.endpoint for api in service.apis for operation in api.operations]
    return {each.name for each in extra} | {name for name in routes if name}


def _errors(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    move = subject.move
    if move is None:
        return
    after = dict(move.new.operation.errors) if move.new else {}
    for status, name in move.old.operation.errors:
        if after.get(status) != name:
            yield Rename("error", name, after.get(status))


def _type(subject: Subject, old: ir.Spec, new: ir.Spec) -> Iterator[Rename]:
    kept = {each.name for each in subject.new_service.types} if subject.new_service else set()
    for each in subject.service.types:
        if each.name not in kept and subject.finding.old in (None, each.name):
            yield Rename("type", f"_generated.{types_module(subject.service)}.{each.name}", None)


_FINDERS: Mapping[str, Callable[[Subject, ir.Spec, ir.Spec], Iterator[Rename]]] = {
    "client-class-renamed": _class,
    "service-renamed": _service,
    "service-removed": _service_gone,
    "api-version-removed": _api_version,
    "endpoint-removed": _endpoint,
    "endpoint-template-changed": _endpoint,
    "error-class-changed": _errors,
    "error-status-removed": _errors,
    "response-type-removed": _type,
}
"""How the names are found of which a rule tells."""
