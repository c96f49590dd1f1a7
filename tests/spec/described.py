"""What the descriptors say, and what the servers' own route tables say, in one form."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from codegen import ir
from codegen.load import load_spec

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SPEC = load_spec(ROOT / "spec")

SERVER_NAMES = {"materialize": "materialization", "state": "jsonservice"}
"""Services that the route tables call something else."""

READ_ONLY, ADMINISTRATORS = {"none", "view"}, {"admin", "superadmin", "admin_view"}
SOME_ADMINISTRATORS = {"some_admin", "dataset_admin", "group_admin"}


def shape(path):
    """Leave out the names of the holes: servers and descriptors call them differently."""
    return re.sub(r"\{\w+\}", "{}", path)


@dataclass(frozen=True)
class Route:
    """One row of a server's route table."""

    method: str
    path: str
    kind: str
    permission: str
    query: tuple[str, ...] = ()
    body: tuple[str, ...] | str | None = None
    required: tuple[str, ...] = ()
    broken: bool = False
    called: bool = False

    @property
    def key(self):
        return self.method, shape(self.path)

    def __str__(self):
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Described:
    """One operation of one API version."""

    service: ir.Service
    api: ir.Api
    operation: ir.Operation

    @property
    def key(self):
        return self.operation.method, shape(self.operation.path)

    @property
    def name(self):
        return f"{self.service.name}.{self.operation.name}"

    @property
    def route(self):
        return ROUTES[self.service.name].get(self.key)

    def wire_names(self, location):
        """Names that it can send there."""
        return {
            wire for param in self.operation.params if param.location == location for wire in param.wire_names
        }

    def __str__(self):
        return f"{self.service.name}@{self.api.number}.{self.operation.name}"


def _routes(service):
    table = json.loads((DATA / "server_routes.json").read_text())[SERVER_NAMES.get(service, service)]
    rows = [
        Route(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})
        for row in table["routes"]
    ]
    by_key = {route.key: route for route in rows}
    assert len(by_key) == len(rows), "two routes that only differ in the names of holes"
    return by_key


ROUTES = {service.name: _routes(service.name) for service in SPEC.services}

SPOKEN = [
    Described(service, api, operation)
    for service in SPEC.services
    for api in service.apis
    # API 0 of these is legacy too, but servers still answer it.
    if api.stability != "legacy" or service.name in ("chunkedgraph", "state")
    for operation in api.operations
]
"""All operations of the API versions that servers speak."""

ELSEWHERE = [each for each in SPOKEN if any(param.location == "address" for param in each.operation.params)]
"""Those that ask an address which is an argument: no server of ours has their routes."""

REQUESTS = [each for each in SPOKEN if each.operation.kind == "request" and each not in ELSEWHERE]


def by_name(each):
    return str(each)
