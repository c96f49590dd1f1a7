"""Which service, API version and operation an object of the generated package belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen import naming
from codegen.surface.extent import apis, constants_of, tables

if TYPE_CHECKING:
    from codegen.diff.sides import Side

_PACKAGE = naming.PACKAGE.replace("/", ".")


@dataclass(frozen=True, slots=True)
class Owner:
    """The part of a spec that decides an object."""

    service: str | None = None
    api: str | None = None
    operation: str | None = None


Owners = dict[str, Owner]
"""Dotted path -> the part of the spec that decides it and all below it."""


def owners_of(side: Side) -> Owners:
    """Map every module, class, method and constant of a side."""
    found: Owners = {}
    for service in side.services:
        found[f"{_PACKAGE}.{naming.types_module(service)}"] = Owner(service.name)
        common, *versioned = tables(side, service)
        for name in constants_of(common):
            found[f"{_PACKAGE}.endpoints.{name}"] = Owner(service.name)
        for api, table in zip(apis(side, service), versioned, strict=True):
            owner = Owner(service.name, api.number)
            module = f"{_PACKAGE}.{naming.operations_module(service, api)}"
            found[module] = owner
            found |= {f"{_PACKAGE}.endpoints.{name}": owner for name in constants_of(table)}
            for operation in api.operations:
                of_it = Owner(service.name, api.number, operation.name)
                for name in (operation.python_name, *operation.aliases):
                    found[f"{module}.{naming.operations_class(service, api)}.{name}"] = of_it
                if operation.endpoint:
                    found.setdefault(f"{_PACKAGE}.endpoints.{table.name}[{operation.endpoint!r}]", of_it)
    return found


def owner_of(path: str, owners: Owners) -> Owner:
    """Find the owner of a path: its own, or that of what it is part of."""
    if path in owners:
        return owners[path]
    path = path.partition("(")[0].partition("[")[0]
    while path:
        if path in owners:
            return owners[path]
        path = path.rpartition(".")[0]
    return Owner()
