"""What of a generated package belongs to a side: a whole spec, one service, or one API version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen import naming
from codegen.diff.sides import SideError
from codegen.endpoint_tables import tables_of
from codegen.lookup import api_numbered

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.sides import Side
    from codegen.endpoint_tables import EndpointTable


@dataclass(frozen=True, slots=True)
class Versions:
    """An API version on both sides, with its services."""

    service: ir.Service
    old: ir.Api
    new_service: ir.Service
    new: ir.Api


def apis(side: Side, service: ir.Service) -> tuple[ir.Api, ...]:
    """List the API versions of a service that are compared."""
    return service.apis if side.api is None else (api_numbered(service, side.api),)


def tables(side: Side, service: ir.Service) -> tuple[EndpointTable, ...]:
    """List the endpoint tables that are compared: what all versions share, then each version's."""
    common, *versioned = tables_of(service)
    wanted = apis(side, service)
    return (common, *(table for api, table in zip(service.apis, versioned, strict=True) if api in wanted))


def modules(side: Side) -> frozenset[str]:
    """Name the generated modules that are compared."""
    names = {"endpoints"}
    for service in side.services:
        names |= {naming.types_module(service)} if service.types else set()
        names |= {naming.operations_module(service, api) for api in apis(side, service)}
    return frozenset(names)


def constants(side: Side) -> frozenset[str]:
    """Name the constants with addresses that are compared."""
    found = [table for service in side.services for table in tables(side, service)]
    return frozenset(name for table in found for name in constants_of(table))


def constants_of(table: EndpointTable) -> tuple[str, ...]:
    """List the constants of an endpoint table: itself, and what its addresses start with."""
    return (table.name, root_of(table.name), *(name for name, _ in table.other_roots))


def root_of(table: str) -> str:
    """Name the constant that holds what the addresses of a table start with."""
    return f"{table}_ROOT"


def check_that_they_match(old: Side, new: Side) -> None:
    """Refuse two sides of different extent: a service has nothing in common with a whole spec."""
    if _extent(old) != _extent(new):
        raise SideError(
            f"{old.label} is {_extent(old)}, {new.label} is {_extent(new)}. "
            "Name two API versions, two services, or two whole specs."
        )


def paired(old: Side, new: Side) -> list[Versions]:
    """Pair API versions: two that were named stand for each other, others have the same number."""
    if old.service is not None:
        services = [(*old.services, *new.services)]
    else:
        named = {service.name: service for service in new.services}
        services = [(each, named[each.name]) for each in old.services if each.name in named]
    return [
        Versions(before, one, after, other)
        for before, after in services
        for one in apis(old, before)
        for other in apis(new, after)
        if old.api is not None or one.number == other.number
    ]


def renamed(old: Side, new: Side) -> dict[str, str]:
    """Map names of the new side to those that the old one has for the same thing.

    API versions differ in number, so their modules, classes and tables have other names. They are
    compared as if they had the same.
    """
    if (old.service, old.api) == (new.service, new.api):
        return {}
    (before,), (after,) = old.services, new.services
    names = {naming.types_module(after): naming.types_module(before)}
    tables = {_constant(after, "COMMON"): _constant(before, "COMMON")}
    for pair in paired(old, new):
        names[naming.operations_module(after, pair.new)] = naming.operations_module(before, pair.old)
        names[naming.operations_class(after, pair.new)] = naming.operations_class(before, pair.old)
        tables[_constant(after, f"V{pair.new.number}")] = _constant(before, f"V{pair.old.number}")
    for name in constants(new):
        for table, former in tables.items():
            # A table, or what its addresses start with, which is called after it.
            if name == table or name.startswith(f"{table}_"):
                names[name] = former + name.removeprefix(table)
    return names


def _constant(service: ir.Service, end: str) -> str:
    return f"{naming.service_constant(service)}_{end}"


def _extent(side: Side) -> str:
    if side.api is not None:
        return "one API version"
    return "a whole spec" if side.service is None else "one service"
