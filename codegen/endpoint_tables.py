"""Public tables of address templates: "{cg_server_address}/segmentation/api/v1/table/{table_id}/undo"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.naming import service_constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir


@dataclass(frozen=True, slots=True)
class EndpointTable:
    """The addresses of one API version, or those that all versions share."""

    name: str
    root: str
    """What every address of the table starts with."""
    routes: tuple[tuple[str, str], ...]
    other_roots: tuple[tuple[str, str], ...] = ()
    """What addresses on another base start with, by the name of the constant."""


def tables_of(service: ir.Service) -> tuple[EndpointTable, ...]:
    """Build the tables of a service: what all versions share, then each version."""
    return (_common(service), *(_versioned(service, api) for api in service.apis))


def _common(service: ir.Service) -> EndpointTable:
    server = service.server
    host = f"{{{server.key}}}"
    root = host + server.base
    paths = (("get_api_versions", server.api_versions_path), ("get_version", server.version_path))
    routes = tuple((name, root + path) for name, path in paths if path is not None)
    return EndpointTable(
        f"{service_constant(service)}_COMMON", root, (*routes, *_extra(host, service.extra_endpoints))
    )


def _versioned(service: ir.Service, api: ir.Api) -> EndpointTable:
    host = f"{{{service.server.key}}}"
    routes = tuple(
        (operation.endpoint, _address(host, operation)) for operation in api.operations if operation.endpoint
    )
    name = f"{service_constant(service)}_V{api.number}"
    return EndpointTable(
        name=name,
        root=host + service.server.base + api.prefix,
        routes=(*routes, *_extra(host, api.extra_endpoints)),
        other_roots=tuple(_other_roots(name, host, service, api)),
    )


def _extra(host: str, extra: tuple[ir.ExtraEndpoint, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, host + each.path) for each in extra)


def _other_roots(name: str, host: str, service: ir.Service, api: ir.Api) -> Iterator[tuple[str, str]]:
    """Yield a root for each other base of one segment: "/meshing" before the version's own prefix."""
    if not api.prefix:
        return
    bases = dict.fromkeys(
        operation.path.partition(f"{api.prefix}/")[0]
        for operation in api.operations
        if f"{api.prefix}/" in operation.path
    )
    for base in bases:
        word = base.removeprefix("/")
        if base != service.server.base and word.isidentifier():
            yield f"{name}_{word.upper()}_ROOT", host + base + api.prefix


def _address(host: str, operation: ir.Operation) -> str:
    scheme = f"{operation.scheme}://" if operation.scheme else ""
    return scheme + host + (operation.endpoint_path or operation.path)
