"""The project's documents, as values: made once, from the descriptors as they stand."""

from __future__ import annotations

import json
from pathlib import Path

from codegen import ir
from codegen.load import load_spec
from codegen.openapi import outputs_of

ROOT = Path(__file__).resolve().parents[2]
SPEC = load_spec(ROOT / "spec")
OUTPUTS = outputs_of(SPEC)
METHODS = ("get", "post", "put", "delete")

DOCUMENTS = {Path(output.path).stem: json.loads(output.text) for output in OUTPUTS}
"""`chunkedgraph-v1` -> document."""

VERSIONS = {
    f"{service.name}-v{api.number}": (service, api) for service in SPEC.services for api in service.apis
}
"""The same names -> what is described."""


def operations_in(document):
    """List the operations of a document with their places: (path, method, operation)."""
    return [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def members_of(operation):
    """List what a descriptor calls operations: those that share a route stand in one."""
    return operation.get("x-operations", [operation])


def found(document, name):
    """Return the operation of a document that a descriptor calls `name`."""
    [operation] = [
        member
        for _, _, operation in operations_in(document)
        for member in members_of(operation)
        if member["operationId"] == name
    ]
    return operation


def described(name, operation):
    """Return what the descriptor says of an operation."""
    _, api = VERSIONS[name]
    return api.operation(operation)


def service_with(*operations, **more):
    """Make a service with some operations."""
    server = ir.Server("/demo", "demo_server_address", "local")
    api = ir.Api("demo", "1", "/api/v1", tuple(operations), doc="A version.")
    made = {"server": server, "apis": (api,), **more}
    return ir.Service("demo", "DemoClient", "demo", "demo", "A service.", **made)
