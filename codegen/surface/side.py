"""One of the two things that are compared: a spec, or one service or API version of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import naming
from codegen.endpoint_tables import tables_of
from codegen.lookup import UnknownNameError, api_numbered, service_named

if TYPE_CHECKING:
    from codegen import ir
    from codegen.endpoint_tables import EndpointTable

CURRENT = Path(__file__).resolve().parents[2] / Path(naming.PACKAGE).parts[0]
"""The package of this project: its runtime, its mixins, its public modules."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared with another: a whole spec, one service, or one API version."""

    spec: ir.Spec
    service: str | None = None
    """Name of a service; None: all of them."""
    api: str | None = None
    """Number of an API version of the service; None: all of them."""
    package: Path = CURRENT
    """Folder of the hand-written package that goes with the spec."""

    @property
    def services(self) -> tuple[ir.Service, ...]:
        """The services that are compared."""
        return self.spec.services if self.service is None else (service_named(self.spec, self.service),)

    def apis(self, service: ir.Service) -> tuple[ir.Api, ...]:
        """List the API versions of a service that are compared."""
        return service.apis if self.api is None else (api_numbered(service, self.api),)

    def tables(self, service: ir.Service) -> tuple[EndpointTable, ...]:
        """List the endpoint tables that are compared: what all versions share, and each version's."""
        common, *versioned = tables_of(service)
        wanted = self.apis(service)
        return (common, *(table for api, table in zip(service.apis, versioned, strict=True) if api in wanted))

    @property
    def modules(self) -> frozenset[str]:
        """Names of the generated modules that are compared."""
        names = {"endpoints"}
        for service in self.services:
            names |= {naming.types_module(service)} if service.types else set()
            names |= {naming.operations_module(service, api) for api in self.apis(service)}
        return frozenset(names)

    @property
    def constants(self) -> frozenset[str]:
        """Names of the constants with addresses that are compared."""
        tables = [table for service in self.services for table in self.tables(service)]
        return frozenset(name for table in tables for name in constants_of(table))


def constants_of(table: EndpointTable) -> tuple[str, ...]:
    """List the constants of an endpoint table: itself, and what its addresses start with."""
    return (table.name, root_of(table.name), *(name for name, _ in table.other_roots))


def root_of(table: str) -> str:
    """Name the constant that holds what the addresses of a table start with."""
    return f"{table}_ROOT"


def check_that_they_match(old: Side, new: Side) -> None:
    """Refuse two sides of different extent: a service has nothing in common with a whole spec."""
    if (old.service is None, old.api is None) != (new.service is None, new.api is None):
        raise UnknownNameError(
            "Both sides need a service and an API version, or neither has one: "
            "write both as materialize@3, both as materialize, or none."
        )
    if old.service is None and old.api is not None:
        raise UnknownNameError(f"API {old.api} of which service? Write it as materialize@{old.api}.")


def renamed(old: Side, new: Side) -> dict[str, str]:
    """Map names of the new side to those that the old one has for the same thing.

    API versions differ in number, so their modules, classes and tables have other names. They are
    compared as if they had the same.
    """
    if old.api == new.api:
        return {}
    ((before, one),) = _api_of(old)
    ((after, other),) = _api_of(new)
    names = {
        naming.operations_module(after, other): naming.operations_module(before, one),
        naming.operations_class(after, other): naming.operations_class(before, one),
    }
    was = f"{naming.service_constant(before)}_V{one.number}"
    now = f"{naming.service_constant(after)}_V{other.number}"
    constants = (constant for constant in new.constants if constant.startswith(now))
    names |= {constant: constant.replace(now, was, 1) for constant in constants}
    return names


def _api_of(side: Side) -> list[tuple[ir.Service, ir.Api]]:
    return [(service, api) for service in side.services for api in side.apis(service)]
