"""What must hold for a service, for an API version, and between services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import alias_checks, naming
from codegen.arm_checks import expression
from codegen.facts import at
from codegen.grammar import identifier_fault, range_fault
from codegen.literals import article, conforms
from codegen.problems import Problem, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codegen import ir


def service(service: ir.Service, declared: str | None, numbers: tuple[str, ...]) -> Iterator[Problem]:
    """Check that a service is what its folder says, and that what it names exists."""
    origins = service.origins
    yield from _folder(service, declared)
    if service.renamed_from == service.name:
        yield Problem(at(origins, "renamed_from"), "that is its name now.", "Say the old one, or remove it.")
    fallback = service.server.fallback_api
    if fallback is not None and fallback not in numbers:
        known = suggest(fallback, numbers)
        yield Problem(at(origins, "server.fallback_api"), f"there is no v{fallback}.yaml.", known)
    yield from _fallback_servers(service)
    yield from _attributes(service)
    yield from _types(service)
    told = {
        "get_version": service.server.version_path,
        "get_api_versions": service.server.api_versions_path,
    }
    for extra in service.extra_endpoints:
        if told.get(extra.name) is not None:
            message = f"{extra.name!r} stands under 'server' already."
            yield Problem(at(origins, f"extra_endpoints.{extra.name}"), message, "Leave it out here.")


def _fallback_servers(service: ir.Service) -> Iterator[Problem]:
    """Check that ranges can be read, and that there is something to conclude, and from something."""
    server = service.server
    origin = at(service.origins, "server.fallback_servers")
    for text in server.fallback_servers:
        if fault := range_fault(text):
            yield Problem(origin, fault)
    for needed in ("fallback_api", "version_path"):
        if server.fallback_servers and getattr(server, needed) is None:
            yield Problem(origin, f"without {needed!r} it says nothing.", "Add that, or remove it.")


def _folder(service: ir.Service, declared: str | None) -> Iterator[Problem]:
    if declared is not None and declared != service.name:
        message = f"the service {declared!r} lies in the folder {service.name!r}."
        yield Problem(at(service.origins, "service"), message, "Let both have one name.")
    for field in ("attribute", "module"):
        fault = identifier_fault(getattr(service, field), ())
        if fault:
            yield Problem(at(service.origins, field), fault)


def _attributes(service: ir.Service) -> Iterator[Problem]:
    for attribute in service.attributes:
        if attribute.example is not None and not conforms(attribute.type, attribute.example):
            origin = at(service.origins, f"attributes.{attribute.name}.example")
            yield Problem(origin, f"{attribute.example!r} is not {article(attribute.type)}.")
    known = {attribute.name for attribute in service.attributes}
    for hole, attr in service.hole_defaults:
        if attr not in known:
            origin = at(service.origins, f"defaults.{hole}.attr")
            yield Problem(origin, f"'attributes' have no {attr!r}.", suggest(attr, known))


def _types(service: ir.Service) -> Iterator[Problem]:
    names = tuple(type_.name for type_ in service.types)
    classes = {naming.operations_class(service, api) for api in service.apis}
    taken = naming.CLASS_BODY | {"None", service.client, naming.service_constant(service), *classes}
    for type_ in service.types:
        if type_.name in taken:
            yield Problem(
                at(type_.origins), f"{type_.name!r} is taken by the generated modules.", "Choose another."
            )
        for field in type_.fields:
            yield from expression(field.type, names, at(type_.origins, f"fields.{field.name}.type"))


def api(api: ir.Api, declared: str) -> Iterator[Problem]:
    """Check that a version is what its file says, and that endpoint keys and old names have one meaning."""
    if declared != api.number:
        yield Problem(
            at(api.origins, "api"), f"API {declared!r} stands in v{api.number}.yaml.", "Let both agree."
        )
    yield from alias_checks.between_operations(api)
    templates: dict[str, ir.Operation] = {}
    for operation in api.operations:
        if operation.endpoint is None:
            continue
        other = templates.setdefault(operation.endpoint, operation)
        if _template(other) != _template(operation):
            message = f"{other.name!r} is the endpoint {operation.endpoint!r} already, with another route."
            yield Problem(at(operation.origins, "endpoint"), message)
    for extra in api.extra_endpoints:
        if extra.name in templates:
            message = f"{extra.name!r} is the endpoint of {templates[extra.name].name!r} already."
            yield Problem(at(api.origins, f"extra_endpoints.{extra.name}"), message, "Leave it out here.")


def _template(operation: ir.Operation) -> str:
    return operation.endpoint_path or operation.path


def between_services(spec: ir.Spec) -> Iterator[Problem]:
    """Check that no two services share a client or an attribute, and what they say of each other."""
    yield from _unique(spec.services, "client", lambda service: service.client)
    yield from _unique(spec.services, "attribute", lambda service: service.attribute)
    yield from _renamed(spec.services)
    known = {
        f"{service.name}.{operation.name}"
        for service in spec.services
        for api in service.apis
        for operation in api.operations
    }
    for service in spec.services:
        for api in service.apis:
            for operation in api.operations:
                yield from _choices_from(operation, known)


def _unique(
    services: Iterable[ir.Service], field: str, value: Callable[[ir.Service], str]
) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for service in services:
        owner = owners.setdefault(value(service), service.name)
        if owner != service.name:
            yield Problem(at(service.origins, field), f"{value(service)!r} belongs to {owner} already.")


def _renamed(services: Iterable[ir.Service]) -> Iterator[Problem]:
    """Check that what a service was called is no other's name, nor what another was called."""
    owners = {service.name: service.name for service in services}
    for service in services:
        old = service.renamed_from
        owner = owners.setdefault(old, service.name) if old is not None else service.name
        # Of its own name it is told already.
        if owner != service.name:
            yield Problem(at(service.origins, "renamed_from"), f"{old!r} belongs to {owner} already.")


def _choices_from(operation: ir.Operation, known: set[str]) -> Iterator[Problem]:
    for param in operation.params:
        source = param.choices_from
        if source and "." in source and source not in known:
            yield Problem(
                at(param.origins, "choices_from"),
                f"there is no operation {source!r}.",
                suggest(source, known),
            )
