"""Parameter objects: what an operation sends in its path, its query and its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi import arguments, merge, schemas
from codegen.openapi.words import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir
    from codegen.openapi.examples import Examples
    from codegen.openapi.schemas import Json

PLACES = ("path", "query", "header")

NOT_PARAMETERS = ("accept", "content-type", "authorization")
"""Request headers that OpenAPI describes by other means, and ignores among the parameters."""


def parameters(service: ir.Service, operation: ir.Operation, examples: Examples) -> list[Json]:
    """List what an operation sends outside of its body; names that several arguments share come once."""
    made = [
        _parameter(param, name, examples)
        for param in operation.params
        if param.location in PLACES
        for name in param.wire_names
        if not is_set_elsewhere(param.location, name)
    ]
    made += [*_holes(service, operation, examples), *_constant_headers(operation)]
    return merge.alternatives(made)


def is_set_elsewhere(location: str, name: str) -> bool:
    """Whether OpenAPI ignores a parameter of that name there."""
    return location == "header" and name.lower() in NOT_PARAMETERS


def _parameter(param: ir.Param, name: str, examples: Examples) -> Json:
    shown = {} if param.is_const else examples.of_parameter(param, name)
    made: Json = {
        "name": name,
        "in": param.location,
        "description": arguments.description(param),
        "required": param.location == "path" or param.required or param.is_const,
        **({"deprecated": True} if param.deprecated else {}),
        **_form(param, {"examples": shown} if shown else {}),
    }
    return {**made, **arguments.facts(param)}


def _form(param: ir.Param, shown: Json) -> Json:
    """Say how a value becomes text: the style of lists, or that it is JSON."""
    schema = arguments.value_schema(param)
    if param.encode in arguments.AS_JSON:
        return {"content": {"application/json": {"schema": schema, **shown}}}
    if param.encode in ("csv", "repeat"):
        style = "form" if param.location == "query" else "simple"
        return {"style": style, "explode": param.encode == "repeat", "schema": schema, **shown}
    return {"schema": schema, **shown}


def _holes(service: ir.Service, operation: ir.Operation, examples: Examples) -> Iterator[Json]:
    """Describe the parts of the path that no argument fills: the client has their values."""
    attributes = {attribute.name: attribute for attribute in service.attributes}
    for hole, name in operation.holes:
        attribute = attributes.get(name)
        made = {
            "name": hole,
            "in": "path",
            "description": described(attribute.doc if attribute else None),
            "required": True,
            "schema": schemas.VALUES[attribute.type if attribute else "str"],
        }
        shown = examples.of_hole(hole)
        yield {**made, **({"examples": shown} if shown else {}), "x-client-default": {"attribute": name}}


def _constant_headers(operation: ir.Operation) -> Iterator[Json]:
    for name, value in operation.headers:
        if not is_set_elsewhere("header", name):
            yield {
                "name": name,
                "in": "header",
                "description": "The client always sends this value.",
                "required": False,
                # Not `const`: servers take others, and generators leave out operations with such a header.
                "schema": {**schemas.TEXT, "default": value},
                "x-default-from": "client",
            }
