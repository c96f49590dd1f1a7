"""Public tables of address templates: "{cg_server_address}/segmentation/api/v1/table/{table_id}/undo"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.naming import service_constant

if TYPE_CHECKING:
    from codegen import ir


@dataclass(frozen=True, slots=True)
class EndpointTable:
    """The addresses of one API version, or those that all versions share."""

    name: str
    root: str
    """What every address of the table starts with."""
    routes: tuple[tuple[str, str], ...]


def tables_of(service: ir.Service) -> tuple[EndpointTable, ...]:
    """Build the tables of a service: what all versions share, then each version."""
    return (_common(service), *(_versioned(service, api) for api in service.apis))


def _common(service: ir.Service) -> EndpointTable:
    server = service.server
    root = f"{{{server.key}}}{server.base}"
    paths = (("get_api_versions", server.api_versions_path), ("get_version", server.version_path))
    routes = tuple((name, root + path) for name, path in paths if path is not None)
    return EndpointTable(f"{service_constant(service)}_COMMON", root, routes)


def _versioned(service: ir.Service, api: ir.Api) -> EndpointTable:
    host = f"{{{service.server.key}}}"
    routes = tuple(
        (operation.endpoint, _address(host, operation)) for operation in api.operations if operation.endpoint
    )
    name = f"{service_constant(service)}_V{api.number}"
    return EndpointTable(name, host + service.server.base + api.prefix, routes)


def _address(host: str, operation: ir.Operation) -> str:
    scheme = f"{operation.scheme}://" if operation.scheme else ""
    return scheme + host + (operation.endpoint_path or operation.path)
