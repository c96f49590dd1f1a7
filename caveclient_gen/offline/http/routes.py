"""The table of routes: every path of the spec, with what answers it.

Several operations may share a route (`get_user_information` and `find_users`): one handler answers it. A
route whose operations are all missing answers "not in offline CAVE" with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import not_offline
from caveclient_gen.offline.http.served import LARGEST_BODY, Endpoint, Served, operations_of

if TYPE_CHECKING:
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

__all__ = ["SERVICES", "Route", "all_served", "is_asked", "route_table"]

SERVICES = (
    "annotation",
    "auth",
    "chunkedgraph",
    "info",
    "l2cache",
    "materialize",
    "schema",
    "skeleton",
    "state",
)


@dataclass(frozen=True)
class Route:
    """One method and path, and what answers it."""

    service: str
    operation: Operation
    endpoint: Endpoint

    @property
    def order(self) -> tuple[tuple[bool, int, str], ...]:
        """Where it stands among routes: of two segments, the one that says more in letters goes first.

        "info" before "{column}", and "{x}_{y}_{z}" before "{id}"; how holes are named says nothing.
        """
        segments = _shape(self.operation.path).split("/")
        return tuple(("{" in part, -len(part.replace("{}", "")), part) for part in segments)


def all_served() -> dict[str, Served]:
    """Return what each service answers, by its name."""
    return {
        service: import_module(f"caveclient_gen.offline.services.{service}").served for service in SERVICES
    }


def route_table() -> list[Route]:
    """Return all routes, in the order in which they are tried."""
    routes: dict[tuple[str, str], Route] = {}
    for name, served in all_served().items():
        for operation in served.others:
            routes[operation.method, _shape(operation.path)] = Route(
                name, operation, served.others[operation]
            )
        for api, operations in operations_of(name).items():
            for operation in operations.values():
                _add(routes, Route(name, operation, _endpoint(served, api, operation)))
    return sorted(routes.values(), key=lambda route: route.order)


def _endpoint(served: Served, api: str, operation: Operation) -> Endpoint:
    found = served.endpoints.get((api, operation.name))
    if found is not None:
        return found
    reason = served.missing.get((api, operation.name), "Nothing answers it.")
    name = f"{served.service}.{operation.name}"

    def refuse(call: Call) -> Reply:
        raise not_offline(name, reason)

    return Endpoint(refuse, "login", LARGEST_BODY, is_missing=True)


def _add(routes: dict[tuple[str, str], Route], route: Route) -> None:
    if not is_asked(route.operation):
        return
    key = route.operation.method, _shape(route.operation.path)
    there = routes.get(key)
    if there is None or there.endpoint.is_missing:
        routes[key] = route
    elif not route.endpoint.is_missing and there.endpoint.handler is not route.endpoint.handler:
        names = f"{there.operation.name} and {route.operation.name}"
        raise LookupError(f"{key}: one handler must answer {names}, and there are two.")


def is_asked(operation: Operation) -> bool:
    """Whether a server is ever asked: not a link that people open, nor an address that the caller gives."""
    is_elsewhere = any(param.location == "address" for param in operation.params)
    return operation.kind == "request" and not is_elsewhere


def _shape(path: str) -> str:
    """Return a path without the names of its holes, in which equal routes may differ."""
    return re.sub(r"\{\w+\}", "{}", path)
