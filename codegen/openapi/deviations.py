"""Examples that are not what the schema says: readers must not take them for what servers always send.

Descriptors shorten long records, and show what the client reads although a server should not send it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.openapi.schemas import Json

MARK: Json = {"description": "Not as the schema says: shortened, or from a server that does otherwise."}


def marked(examples: Json, schema: Json, types: Mapping[str, Json]) -> Json:
    """Mark those examples of a body that lack required keys, or have texts for integers."""
    return {
        key: {**shown, **MARK} if "value" in shown and _deviates(shown["value"], schema, types) else shown
        for key, shown in examples.items()
    }


def _deviates(value: Any, schema: Json, types: Mapping[str, Json]) -> bool:
    """Whether `value` is not as the schema says, at any depth."""
    if "$ref" in schema:
        return _deviates(value, types.get(schema["$ref"].rpartition("/")[2], {}), types)
    if "anyOf" in schema:
        return all(_deviates(value, option, types) for option in schema["anyOf"])
    if isinstance(value, list):
        return any(_deviates(item, schema.get("items", {}), types) for item in value)
    if not isinstance(value, dict):
        return isinstance(value, str) and schema.get("type") == "integer"
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    missing = set(schema.get("required", ())) - value.keys()
    return bool(missing) or any(_deviates(item, known.get(key, others), types) for key, item in value.items())
