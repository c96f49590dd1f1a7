"""What a parameter is on the wire: the schema of its value as it is written, and what else is known of it.

The encoder decides. In paths, queries and headers a value is text, which OpenAPI tells by `style`,
`explode` or `content`; in a body it is JSON. Both tables have one row for each encoder that changes the
value's own schema.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codegen.literals import conforms
from codegen.openapi import schemas
from codegen.openapi.schemas import Json, plain
from codegen.openapi.words import described, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen import ir

_AS_TEXT: Mapping[str, Json] = {
    "epoch_seconds": schemas.NUMBER,
    "iso_utc_micros": schemas.VALUES["datetime"],
    "iso_utc_offset": schemas.VALUES["datetime"],
    "bounds_str": schemas.BOUNDS_TEXT,
}
"""Encoder -> schema, wherever it writes."""

_IN_BODY: Mapping[str, Json] = {
    "csv": schemas.TEXT,
    "json": schemas.JSON_TEXT,
    "json_list": schemas.JSON_TEXT,
}
"""Encoder -> schema in a JSON body, where it makes one text of a value."""

AS_JSON = ("json", "json_list", "native")
"""Encoders that write JSON into an address or a header."""

_WORDS: Mapping[str, str] = {
    "epoch_seconds": "Seconds since 1970, in UTC; fractions count.",
    "iso_utc_micros": "ISO 8601 in UTC with six digits of a fraction and `Z`.",
    "iso_utc_offset": "ISO 8601 in UTC with six digits of a fraction and `+00:00`.",
    "bounds_str": "A box as text: `x0-x1_y0-y1_z0-z1`.",
    "csv": "Items with commas between them.",
    "json": "JSON as text.",
    "json_list": "A JSON list as text, `[1,2]`.",
    "browser_json": "Integers beyond 2^53 are sent as texts, because browsers would round them.",
}
"""Encoder -> sentence for people."""


def value_schema(param: ir.Param) -> Json:
    """Return the schema of a parameter's value as it is sent, with its bounds and its default."""
    if _is_packed(param):
        return _with_default(param, _IN_BODY[param.encode])
    schema = _AS_TEXT.get(param.encode) or schemas.VALUES[param.type]
    return _with_default(param, _bounded(param, schema))


def description(param: ir.Param) -> str:
    """Say in words what a parameter is and how it is written."""
    deprecated = sentences(["Deprecated.", param.deprecated.message]) if param.deprecated else None
    return described(param.doc, _WORDS.get(param.encode), deprecated)


def facts(param: ir.Param) -> Json:
    """Return what OpenAPI has no word for, as `x-` extensions."""
    found: Json = {
        "x-argument": param.name if param.wire_names != (param.name,) else None,
        "x-also-sent-as": list(param.wire_names) if len(param.wire_names) > 1 else None,
        "x-unit": param.unit,
        "x-encoding": param.encode if param.encode not in ("scalar", "native", "") else None,
        "x-choices-from": param.choices_from,
        "x-client-default": _client_default(param),
        "x-default-from": _default_from(param),
        "x-server-default": plain(param.server_default),
        "x-server-versions": list(param.server) or None,
        "x-deprecated": deprecation(param.deprecated),
    }
    return {name: value for name, value in found.items() if value is not None}


def deprecation(deprecated: ir.Deprecated | None) -> Json | None:
    """Return since when something is deprecated, and what to use instead."""
    if deprecated is None:
        return None
    words = {"since": deprecated.since, "use": deprecated.use, "message": deprecated.message}
    return {key: value for key, value in (words | {"sunset": deprecated.sunset}).items() if value is not None}


def _is_packed(param: ir.Param) -> bool:
    """Whether a body has it as one text that holds several values."""
    return param.location == "body" and param.encode in _IN_BODY


def _bounded(param: ir.Param, schema: Json) -> Json:
    if param.max_items is not None and schema.get("type") == "array":
        schema = {**schema, "maxItems": param.max_items}
    if schema.get("type") == "array" and (param.choices or (param.minimum, param.maximum) != (None, None)):
        return {**schema, "items": _item_bounds(param, schema["items"])}
    return _item_bounds(param, schema)


def _item_bounds(param: ir.Param, schema: Json) -> Json:
    bounds = {"minimum": param.minimum, "maximum": param.maximum}
    found: Json = {name: bound for name, bound in bounds.items() if bound is not None}
    if param.choices:
        found["enum"] = [_written(param, choice) for choice in param.choices]
    return {**schema, **found}


def _with_default(param: ir.Param, schema: Json) -> Json:
    if param.is_const:
        return {**schema, "const": _written(param, param.default)}
    value = param.default if param.default is not None else param.server_default
    return {**schema, "default": _written(param, value)} if _default_from(param) else schema


def _default_from(param: ir.Param) -> str | None:
    """Say who fills in the default that the schema names: the client, which sends it, or the server."""
    if param.is_const or param.client_default is not None or param.location == "path":
        return None  # what stands in a path cannot be left out, so that a default there means nothing
    if param.default is not None:
        return None if param.default == "now" and param.type == "datetime" else "client"
    return "server" if _can_be_sent(param, param.server_default) else None


def _can_be_sent(param: ir.Param, literal: Any) -> bool:
    """Whether what the server uses could be an argument: only then it is a default in JSON Schema's sense."""
    if literal is None or literal == "now" or not conforms(param.type, literal):
        return False
    return not param.choices or literal in param.choices


def _client_default(param: ir.Param) -> Json | None:
    if param.client_default is None:
        if param.default == "now" and param.type == "datetime":
            return {"attribute": "now"}
        is_told = param.location == "path" and param.default is not None
        return {"value": _written(param, param.default)} if is_told else None
    found = {"attribute": param.client_default}
    return found if param.default_for is None else {**found, "of": param.default_for}


def _written(param: ir.Param, literal: Any) -> Any:
    """Write a literal of a descriptor as the encoder writes it."""
    if _is_packed(param):
        return ",".join(map(str, literal)) if param.encode == "csv" else json.dumps(plain(literal))
    write = _LITERALS.get(param.encode)
    return plain(literal) if write is None else write(literal)


def _moment(literal: Any) -> datetime:
    if isinstance(literal, (int, float)):
        return datetime.fromtimestamp(literal, UTC)
    moment = datetime.fromisoformat(literal)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(literal: Any) -> float:
    return _moment(literal).timestamp()


def _iso(literal: Any) -> str:
    return _moment(literal).astimezone(UTC).isoformat(timespec="microseconds")


def _bounds(literal: Any) -> str:
    return "_".join(f"{low}-{high}" for low, high in literal)


_LITERALS: Mapping[str, Callable[[Any], Any]] = {
    "epoch_seconds": _seconds,
    "iso_utc_micros": lambda literal: _iso(literal).replace("+00:00", "Z"),
    "iso_utc_offset": _iso,
    "bounds_str": _bounds,
}
"""Encoder -> how a literal reads once it is written, where that is another value."""
