"""Which operations a service module answers.

    served = Served("chunkedgraph")

    @served("get_roots", needs="view")
    def roots(call: Call) -> Reply: ...

    served.not_here("get_contact_sites", reason="It needs the surfaces of voxels, and a dataset has none.")

The method and the path come from the generated operation: a handler never says them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from caveclient_gen._generated import services
from caveclient_gen._runtime.operation import Operation

if TYPE_CHECKING:
    from caveclient_gen._runtime.operation import ServiceInfo
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

__all__ = ["LARGEST_BODY", "Handler", "Needs", "Served", "operations_of"]

Handler = Callable[["Call"], "Reply"]
Needs = Literal["nothing", "login", "view", "edit", "admin"]
"""What a caller must have: no token; a token; a permission in the permission set of the table, datastack or
volume that the path names; all rights."""

LARGEST_BODY = 8 * 2**20


@dataclass(frozen=True)
class Endpoint:
    """One handler and what it asks of requests."""

    handler: Handler
    needs: Needs
    largest_body: int = LARGEST_BODY
    is_missing: bool = False
    """It only says that offline CAVE does not have the operation."""


@dataclass
class Served:
    """The operations of one service, each with its handler or the reason why there is none.

    Parameters
    ----------
    service : str
        Its name in the spec.
    """

    service: str
    endpoints: dict[tuple[str, str], Endpoint] = field(default_factory=dict)
    """(API version, operation) to what answers it."""
    missing: dict[tuple[str, str], str] = field(default_factory=dict)
    """(API version, operation) to why offline CAVE does not have it."""
    others: dict[Operation, Endpoint] = field(default_factory=dict)
    """Routes that are no operation of the spec: what clients ask of a server's versions."""

    def __call__(
        self,
        *names: str,
        needs: Needs,
        apis: tuple[str, ...] | None = None,
        largest_body: int = LARGEST_BODY,
    ) -> Callable[[Handler], Handler]:
        """Say that a function answers operations, in all API versions that have them or in `apis` only."""

        def keep(handler: Handler) -> Handler:
            for key in self._keys(names, apis):
                self.endpoints[key] = Endpoint(handler, needs, largest_body)
            return handler

        return keep

    def not_here(self, *names: str, reason: str, apis: tuple[str, ...] | None = None) -> None:
        """Say that offline CAVE does not have operations, and why. `reason` is a sentence for users."""
        for key in self._keys(names, apis):
            self.missing[key] = reason

    def also(
        self, path: str, *, method: str = "GET", needs: Needs = "nothing", base: str | None = None
    ) -> Callable[[Handler], Handler]:
        """Say that a function answers a path below the service that is no operation ("/version").

        `base` is what the path lies below, if it is not the service's own.
        """
        whole = (service_info(self.service).base if base is None else base) + path
        operation = Operation(f"{method} {whole}", method, whole, safe=method == "GET")

        def keep(handler: Handler) -> Handler:
            self.others[operation] = Endpoint(handler, needs)
            return handler

        return keep

    def _keys(self, names: tuple[str, ...], apis: tuple[str, ...] | None) -> list[tuple[str, str]]:
        known = operations_of(self.service)
        keys = [(api, name) for name in names for api in apis or known if name in known[api]]
        unknown = set(names) - {name for _, name in keys}
        if unknown:
            raise LookupError(f"{self.service} has no operation {sorted(unknown)} in API {apis or [*known]}")
        return keys


def service_info(service: str) -> ServiceInfo:
    """Return what the spec says of a service."""
    found: ServiceInfo = getattr(services, service.upper())
    return found


def operations_of(service: str) -> dict[str, dict[str, Operation]]:
    """Return the operations of a service: API version to name to operation."""
    found: dict[str, dict[str, Operation]] = {}
    for api in service_info(service).api_versions:
        module = import_module(f"caveclient_gen._generated.{service}_v{api}")
        (table,) = (
            value._operations
            for value in vars(module).values()
            if isinstance(value, type)
            and value.__module__ == module.__name__
            and hasattr(value, "_operations")
        )
        found[api] = dict(table)
    return found
