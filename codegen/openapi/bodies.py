"""Request bodies: a JSON object of fields, one JSON document, or bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi import arguments, schemas
from codegen.openapi.words import described, sentences

if TYPE_CHECKING:
    from codegen import ir
    from codegen.openapi.examples import Examples
    from codegen.openapi.schemas import Json

_BODY_OF_GET = "This body goes along with a GET. Programs and proxies that drop it get an error."


def request_body(operation: ir.Operation, examples: Examples) -> Json | None:
    """Describe what an operation sends as its body; None if there is nothing."""
    if operation.body is not None:
        return _whole(operation, operation.body, examples)
    fields = [param for param in operation.params if param.location == "body"]
    if not fields:
        return None
    required = any(_is_required(param) for param in fields)
    made: Json = {"required": required or operation.method != "GET"}
    return (
        _described(operation, None)
        | made
        | _content("application/json", _object(fields, operation), examples)
    )


def _whole(operation: ir.Operation, body: ir.Body, examples: Examples) -> Json:
    param = next(param for param in operation.params if param.name == body.param)
    made: Json = _described(operation, arguments.description(param)) | {"required": param.required}
    if body.kind == "binary":
        schema = schemas.binary(body.dtype or "<u8")
        if param.max_items is not None:
            schema["x-max-items"] = param.max_items
        content = _content("application/octet-stream", schema, examples)
    else:
        content = _content("application/json", arguments.value_schema(param), examples)
    return made | content | {"x-argument": param.name} | arguments.facts(param)


def _described(operation: ir.Operation, text: str | None) -> Json:
    about = described(_BODY_OF_GET) if operation.method == "GET" else None
    words = "\n\n".join(part for part in (text, about) if part)
    return {"description": words} if words else {}


def _content(media_type: str, schema: Json, examples: Examples) -> Json:
    shown = examples.of_body()
    return {"content": {media_type: {"schema": schema, **({"examples": shown} if shown else {})}}}


def _is_required(param: ir.Param) -> bool:
    return param.required or param.is_const


def _object(fields: list[ir.Param], operation: ir.Operation) -> Json:
    properties: Json = {}
    for param in fields:
        for name in param.wire_names:
            field = _field(param, operation)
            known = properties.get(name)
            properties[name] = field if known is None else schemas.either([known, field])
    made: Json = {"type": "object", "properties": properties}
    required = [name for param in fields if _is_required(param) for name in param.wire_names]
    return {**made, "required": list(dict.fromkeys(required))} if required else made


def _field(param: ir.Param, operation: ir.Operation) -> Json:
    schema = arguments.value_schema(param)
    words = arguments.description(param)
    if param.wrap is not None:
        wrapper = next((other for other in operation.params if other.name == param.wrap), None)
        name = wrapper.wire_names[0] if wrapper else param.wrap
        words = f"{words} {described(sentences([f'Sent under the value of `{name}` as its only key']))}"
        schema = {"type": "object", "additionalProperties": schema, "minProperties": 1, "maxProperties": 1}
        schema["x-wrap"] = name
    deprecated = {"deprecated": True} if param.deprecated else {}
    return {**schema, "description": words.strip(), **deprecated, **arguments.facts(param)}
