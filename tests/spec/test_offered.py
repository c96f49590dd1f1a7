"""The routes that people want most: each can be reached through a public method of its service's client."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import textwrap
from functools import cache

import pytest
from described import DATA, SPEC, SPOKEN, shape

from codegen import ir

WANTED = [
    (row["service"], row["method"], row["path"])
    for row in json.loads((DATA / "wanted_routes.json").read_text())
]
DESCRIBED = {service.name: service for service in SPEC.services}

NOT_OFFERED: dict[tuple[str, str, str], str] = {}
"""Routes that no public method reaches, and why."""


@cache
def used_by(service: str) -> dict[str, set[str]]:
    """Map each attribute of the service's client to the attributes of `self` that it uses, in any class."""
    described = DESCRIBED[service]
    module = importlib.import_module(f"caveclient_gen.{described.module}")
    uses: dict[str, set[str]] = {}
    for owner in inspect.getmro(getattr(module, described.client)):
        if not owner.__module__.startswith("caveclient_gen."):
            continue
        # Of `ClientBase` too: properties of every client ask servers for versions.
        for node in ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0].body:  # type: ignore[attr-defined]  # a class
            if isinstance(node, ast.FunctionDef):
                uses.setdefault(node.name, set()).update(on_self(node))
    return uses


def on_self(function: ast.FunctionDef) -> set[str]:
    """List the attributes of `self` in a function; `super().x` counts as `self.x`."""
    return {
        node.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "super()")
    }


@cache
def reachable(service: str) -> frozenset[str]:
    """List what the public methods and properties of the service's client come to use."""
    uses = used_by(service)
    waiting = [name for name in uses if not name.startswith("_")]
    found = set(waiting)
    while waiting:
        new = uses.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def operations(service: str, method: str, path: str) -> list[ir.Operation]:
    key = (method, shape(path))
    return [each.operation for each in SPOKEN if each.service.name == service and each.key == key]


def asked_by_every_client(service: str, path: str) -> bool:
    """Whether `server_version` or `api_version` of the client ask for it."""
    server = DESCRIBED[service].server
    return path in {server.base + tail for tail in (server.version_path, server.api_versions_path) if tail}


@pytest.mark.parametrize("route", WANTED, ids=" ".join)
def test_a_public_method_reaches(route: tuple[str, str, str]) -> None:
    service, method, path = route
    offered = {operation.python_name for operation in operations(*route)} & reachable(service)
    is_there = bool(offered) or (method == "GET" and asked_by_every_client(service, path))
    if route in NOT_OFFERED:
        assert not is_there, "an exception that is none"
    else:
        assert is_there


def test_a_raw_operation_that_no_method_uses_is_noticed() -> None:
    """The test above can fail: what is private is reached through something public or not at all."""
    uses = used_by("chunkedgraph")
    assert "_get_root_id" in reachable("chunkedgraph")
    assert "_get_root_id" in uses["get_root_id"]
    assert "_nothing" not in reachable("chunkedgraph")
