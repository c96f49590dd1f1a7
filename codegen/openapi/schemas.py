"""JSON schemas of values: of arguments by their type, and of answers by their type expression.

Answers count integers as int64, because that is what the client makes of every id, whatever the wire's
layout. Only bytes that are declared `<u8` are told as uint64.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from codegen.openapi.words import described

if TYPE_CHECKING:
    from codegen import ir

Json = dict[str, Any]

INTEGER: Json = {"type": "integer", "format": "int64"}
ID: Json = {**INTEGER, "minimum": 0}
NUMBER: Json = {"type": "number"}
TEXT: Json = {"type": "string"}
BYTES: Json = {"type": "string", "format": "binary"}
JSON_TEXT: Json = {"type": "string", "contentMediaType": "application/json"}
BOUNDS_TEXT: Json = {"type": "string", "pattern": r"^\d+-\d+_\d+-\d+_\d+-\d+$"}
INTEGER_KEYS: Json = {"pattern": r"^-?\d+$"}


def array(items: Json, length: int | None = None) -> Json:
    """Return the schema of a list, of a fixed length if one is given."""
    made = {"type": "array", "items": items}
    return made if length is None else {**made, "minItems": length, "maxItems": length}


_POINT = array(NUMBER, 3)

VALUES: Mapping[str, Json] = {
    "bool": {"type": "boolean"},
    "int": INTEGER,
    "float": NUMBER,
    "str": TEXT,
    "datetime": {"type": "string", "format": "date-time"},
    "id": ID,
    "id_array": array(ID),
    "int_array": array(INTEGER),
    "str_array": array(TEXT),
    "bounds": array(array({**INTEGER, "minimum": 0}, 2), 3),
    "point": _POINT,
    "point_array": array(_POINT),
    "resolution": array({**NUMBER, "exclusiveMinimum": 0}, 3),
    "mapping": {"type": "object"},
    "json": {},
    "any": {},
}
"""Type of a parameter -> what JSON holds for it."""

_SIMPLE: Mapping[str, Json] = {
    "int": INTEGER,
    "float": NUMBER,
    "str": TEXT,
    "bool": {"type": "boolean"},
    "Any": {},
    "None": {"type": "null"},
}

_DTYPES = {"f": NUMBER, "i": INTEGER, "u": INTEGER, "b": {"type": "boolean"}}


def component(name: str) -> Json:
    """Refer to a named type."""
    return {"$ref": f"#/components/schemas/{name}"}


def plain(value: Any) -> Any:
    """Return a value of the representation as JSON has it: lists for tuples, texts for keys."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def answer(expression: str) -> Json:
    """Return the schema of a type expression: `dict[str, list[int]] | None`."""
    return _term(ast.parse(expression.strip(), mode="eval").body)


def numbers(dtype: str) -> Json:
    """Return the schema of one number of an array with numpy's name `dtype`."""
    return _DTYPES.get(dtype.lstrip("<>=|")[:1], {})


def binary(dtype: str) -> Json:
    """Return the schema of raw bytes that are an array of `dtype`."""
    letter, count = dtype.lstrip("<>=|")[:1], int("".join(filter(str.isdigit, dtype)) or 8)
    bits = count * 8 if count <= 8 else count
    if letter == "f":
        item: Json = {"type": "number", "format": "float" if bits == 32 else "double"}
    else:
        item = {"type": "integer", "format": f"{'uint' if letter == 'u' else 'int'}{bits}"}
    return {**BYTES, "x-dtype": dtype, "x-items": item}


def named_types(service: ir.Service) -> Json:
    """Return the schemas of the answer types that a service names."""
    return {named.name: _record(named) for named in service.types}


def either(options: list[Json]) -> Json:
    """Offer schemas for choice; equal ones count once, and one alone is itself."""
    flat = [part for schema in options for part in (schema["anyOf"] if [*schema] == ["anyOf"] else [schema])]
    found = distinct(flat)
    return found[0] if len(found) == 1 else {"anyOf": found}


def distinct(items: Iterable[Any]) -> list[Any]:
    """Return equal values once, in their order; true and 1 are not equal."""
    found: dict[str, Any] = {}
    for item in items:
        found.setdefault(repr(item), item)
    return list(found.values())


def _record(named: ir.NamedType) -> Json:
    made: Json = {"type": "object"}
    if named.doc:
        made["description"] = described(named.doc)
    made["properties"] = {field.name: _field(field) for field in named.fields}
    required = [field.name for field in named.fields if field.required]
    return {**made, "required": required} if required else made


def _field(field: ir.TypeField) -> Json:
    schema = answer(field.type)
    return {**schema, "description": described(field.doc)} if field.doc else schema


def _term(node: ast.expr) -> Json:
    match node:
        case ast.Constant(value=None):
            return _SIMPLE["None"]
        case ast.Name(id=name):
            return _SIMPLE[name] if name in _SIMPLE else component(name)
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return array(_term(item))
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[ast.Name(id=key), item])):
            made: Json = {"type": "object", "additionalProperties": _term(item)}
            return {**made, "propertyNames": INTEGER_KEYS} if key == "int" else made
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _optional(either([_term(left), _term(right)]))
    raise ValueError(f"{ast.unparse(node)!r} is not a type expression")


def _optional(schema: Json) -> Json:
    """Write "this or null" as one schema with two types, where that says the same."""
    match schema.get("anyOf"):
        case [{"type": str(kind)} as value, {"type": "null"}]:
            return {**value, "type": [kind, "null"]}
    return schema
