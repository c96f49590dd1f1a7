"""The paths of a document: operations by route, and the addresses that are made and not asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.openapi import merge
from codegen.openapi.examples import Examples
from codegen.openapi.operations import operation_object, words_of
from codegen.openapi.parameters import parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.openapi.schemas import Json

_HOLE = re.compile(r"\{([^{}]*)\}")


def paths(service: ir.Service, api: ir.Api, document: Json) -> Json:
    """
    Describe every request of an API version.

    Parameters
    ----------
    service, api : ir.Service, ir.Api
        What is described.
    document : dict
        Has the `servers`, `security` and `components` of the whole document.

    Returns
    -------
    dict
        Paths in their order in the alphabet; under each, its methods.
    """
    routes: dict[tuple[str, str], list[ir.Operation]] = {}
    templates: dict[str, str] = {}
    for operation in api.operations:
        if operation.kind == "request":
            template = templates.setdefault(_shape(operation.path), operation.path)
            routes.setdefault((template, operation.method.lower()), []).append(operation)
    found: Json = {}
    for (template, method), sharing in sorted(routes.items(), key=lambda route: route[0]):
        members = [
            _member(service, api, each, template, _examples(each, api, document, alone=len(sharing) == 1))
            for each in sharing
        ]
        found.setdefault(template, {})[method] = merge.operations(members, document)
    return found


def addresses(service: ir.Service, api: ir.Api, document: Json) -> Json:
    """Describe the addresses that the client makes for other programs: nothing is sent."""
    return {
        operation.name: _address(service, api, operation, document)
        for operation in api.operations
        if operation.kind == "url"
    }


def _examples(operation: ir.Operation, api: ir.Api, document: Json, *, alone: bool) -> Examples:
    types = document["components"]["schemas"]
    return Examples(operation, api.number, types, "" if alone else f"{operation.name}-")


def _member(
    service: ir.Service, api: ir.Api, operation: ir.Operation, template: str, examples: Examples
) -> Json:
    made = operation_object(service, api, operation, examples)
    return _renamed(made, dict(zip(_holes(operation.path), _holes(template), strict=True)))


def _renamed(operation: Json, names: Mapping[str, str]) -> Json:
    """Call the holes of a path what the path item calls them: paths that differ in that only are one."""
    if all(old == new for old, new in names.items()):
        return operation
    told = [
        {**each, "name": names[each["name"]], "x-argument": each.get("x-argument", each["name"])}
        if each["in"] == "path" and names[each["name"]] != each["name"]
        else each
        for each in operation["parameters"]
    ]
    return {**operation, "parameters": told}


def _address(service: ir.Service, api: ir.Api, operation: ir.Operation, document: Json) -> Json:
    [server] = document["servers"]
    examples = _examples(operation, api, document, alone=True)
    shown = [example.returns for example in operation.examples if example.api in (None, api.number)]
    scheme = f"{operation.scheme}://" if operation.scheme else ""
    return {
        **words_of(service, api, operation),
        "address": f"{scheme}{server['url']}{operation.path}",
        "parameters": parameters(service, operation, examples),
        "examples": [address for address in shown if address is not None],
    }


def _shape(path: str) -> str:
    return _HOLE.sub("{}", path)


def _holes(path: str) -> list[str]:
    return _HOLE.findall(path)
