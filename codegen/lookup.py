"""Services, API versions and operations by the names that people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.outcome import CommandError
from codegen.problems import suggest

if TYPE_CHECKING:
    from codegen import ir


class UnknownNameError(CommandError, LookupError):
    """There is no service, API version or operation of that name."""


def service_named(spec: ir.Spec, name: str) -> ir.Service:
    """Return a service."""
    for service in spec.services:
        if service.name == name:
            return service
    known = suggest(name, (service.name for service in spec.services))
    raise UnknownNameError(f"There is no service {name!r}. {known}")


def api_numbered(service: ir.Service, number: str) -> ir.Api:
    """Return an API version of a service."""
    for api in service.apis:
        if api.number == number:
            return api
    known = ", ".join(api.number for api in service.apis)
    raise UnknownNameError(f"{service.name} has no API {number}. Known: {known}.")


def api_called(spec: ir.Spec, name: str) -> ir.Api:
    """Return the API version called `materialize@3`."""
    service, _, number = name.partition("@")
    found = service_named(spec, service)
    if not number:
        example = f"{service}@{found.apis[-1].number}"
        raise UnknownNameError(f"{name!r} names no API version; write it as {example}.")
    return api_numbered(found, number)


def api_with(service: ir.Service, operation: str, number: str | None = None) -> ir.Api:
    """Return the newest API version that has an operation, or the one asked for if it has it.

    An operation is found by an old name, too.
    """
    apis = [api_numbered(service, number)] if number is not None else list(reversed(service.apis))
    for api in apis:
        if any(other.answers_to(operation) for other in api.operations):
            return api
    known = suggest(operation, {other.name for api in apis for other in api.operations})
    where = service.name if number is None else f"{service.name} API {number}"
    raise UnknownNameError(f"{where} has no operation {operation!r}. {known}")
