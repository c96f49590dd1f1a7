"""The language table as a JSON schema: editors complete and underline with it while a descriptor is written.

What a schema cannot say (that names exist, that holes are filled) stays with the loader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.kinds import Block, Choice, Data, Either, Flag, Kind, Many, MapOf, Number, OneOrMany, Text, Whole
from codegen.language import BLOCKS, BlockDef, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_Json = dict[str, Any]


def schema() -> _Json:
    """Return the JSON schema of service.yaml and v<N>.yaml."""
    return {
        "$schema": _DIALECT,
        "title": "CAVE service descriptor",
        "type": "object",
        "if": {"required": ["service"]},
        "then": {"$ref": "#/$defs/service"},
        "else": {"$ref": "#/$defs/version"},
        "$defs": {name: _block(block) for name, block in BLOCKS.items()},
    }


def _block(block: BlockDef) -> _Json:
    result: _Json = {
        "description": block.doc,
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _field(field, block.partial) for field in block.fields},
    }
    required = [field.name for field in block.fields if field.required]
    if required and not block.partial:
        result["required"] = required
    return result


def _field(field: Field, partial: bool) -> _Json:
    result = _kind(field.kind)
    if partial and not isinstance(field.kind, Data):
        result = {"anyOf": [result, {"type": "null"}]}
    described = {"description": field.doc, **result}
    if field.default is not None:
        described["default"] = field.default
    return described


def _kind(kind: Kind) -> _Json:
    return _KINDS[type(kind)](kind)


def _text(kind: Text) -> _Json:
    return {"type": "string", "pattern": _anchored(kind.pattern)} if kind.pattern else {"type": "string"}


def _anchored(pattern: str) -> str:
    # JSON schema knows ECMA patterns only: they have no inline flags, and search where ours match.
    flagless = pattern.removeprefix("(?s)")
    return r"\S" if flagless != pattern else f"^(?:{flagless})$"


def _whole(kind: Whole) -> _Json:
    bounds = {"minimum": kind.minimum, "maximum": kind.maximum}
    return {"type": "integer", **{name: bound for name, bound in bounds.items() if bound is not None}}


def _number(kind: Number) -> _Json:
    return {"type": "number"} if kind.above is None else {"type": "number", "exclusiveMinimum": kind.above}


def _many(kind: Many) -> _Json:
    result: _Json = {"type": "array", "items": _kind(kind.item)}
    return {**result, "minItems": kind.at_least} if kind.at_least else result


def _map_of(kind: MapOf) -> _Json:
    value = _kind(kind.value)
    result: _Json = {
        "type": "object",
        "additionalProperties": {"anyOf": [value, {"type": "null"}]} if kind.nullable else value,
    }
    names = _key(kind.key)
    if names:
        result["propertyNames"] = names
    if kind.special:
        result["properties"] = {name: _kind(special) for name, special in kind.special.items()}
    return result


def _key(kind: Text | Whole) -> _Json:
    """Describe the keys of a mapping; JSON has only texts as keys."""
    if isinstance(kind, Whole):
        return {"pattern": "^[0-9]+$"}
    return {"pattern": _anchored(kind.pattern)} if kind.pattern else {}


_KINDS: Mapping[type, Callable[[Any], _Json]] = {
    Text: _text,
    Flag: lambda kind: {"type": "boolean"},
    Whole: _whole,
    Number: _number,
    Choice: lambda kind: {"enum": list(kind.names)},
    Data: lambda kind: {},
    Many: _many,
    OneOrMany: lambda kind: {"anyOf": [_kind(kind.item), _many(Many(kind.item, at_least=1))]},
    Either: lambda kind: {"anyOf": [_kind(option) for option in kind.kinds]},
    MapOf: _map_of,
    Block: lambda kind: {"$ref": f"#/$defs/{kind.name}"},
}
