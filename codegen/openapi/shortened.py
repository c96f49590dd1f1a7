"""Whether an example leaves out what answers always have: readers must not take it for the whole answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.openapi.schemas import Json

MARK: Json = {"description": "Shortened: real answers have all required keys."}


def marked(examples: Json, schema: Json, types: Mapping[str, Json]) -> Json:
    """Mark those examples of a body that lack required keys of its schema."""
    return {
        key: {**shown, **MARK} if "value" in shown and _lacks(shown["value"], schema, types) else shown
        for key, shown in examples.items()
    }


def _lacks(value: Any, schema: Json, types: Mapping[str, Json]) -> bool:
    """Whether `value` lacks a required key at any depth; what is of another kind lacks nothing."""
    if "$ref" in schema:
        return _lacks(value, types.get(schema["$ref"].rpartition("/")[2], {}), types)
    if "anyOf" in schema:
        return all(_lacks(value, option, types) for option in schema["anyOf"])
    if isinstance(value, list):
        return any(_lacks(item, schema.get("items", {}), types) for item in value)
    if not isinstance(value, dict):
        return False
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    missing = set(schema.get("required", ())) - value.keys()
    return bool(missing) or any(_lacks(item, known.get(key, others), types) for key, item in value.items())
