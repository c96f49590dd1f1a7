"""The body of an answer by its form: the labels that it comes under, and the schema of what is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.openapi import schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen import ir
    from codegen.openapi.examples import Answer
    from codegen.openapi.schemas import Json

JSON = "application/json"

_OCTETS = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")

USUAL: Mapping[str, str | None] = {
    "json": JSON,
    "ndarray": _OCTETS,
    "arrow_stream": "application/vnd.apache.arrow.stream",
    "text": "text/plain",
    "bytes": _OCTETS,
    "none": None,
    "gzip_json": _OCTETS,
    "gzip_text": _OCTETS,
    "gzip_bytes": _OCTETS,
}
"""Decoder -> media type of the answer where the descriptor does not say."""

_CASTS: Mapping[str, Json] = {
    "id": schemas.ID,
    "id_array": schemas.array(schemas.ID),
    "datetime": schemas.TEXT,
    "datetime_array": schemas.array(schemas.NUMBER),
    "id_array_map": {
        "type": "object",
        "additionalProperties": schemas.array(schemas.ID),
        "propertyNames": schemas.INTEGER_KEYS,
    },
    "bool_array": schemas.array({"type": "boolean"}),
}
"""Cast -> JSON that it reads."""


def labels_of(arm: ir.Arm, answers: list[Answer]) -> tuple[list[str], list[str]]:
    """
    List the content types of an answer's form.

    Parameters
    ----------
    arm : ir.Arm
        The form.
    answers : list of Answer
        Examples of it: servers mislabel, and examples show how.

    Returns
    -------
    tuple of two lists of str
        Those that are media types, of which there is at least one; and those that are none, so that a
        document cannot have them as keys.
    """
    usual = USUAL[arm.decode] or _OCTETS
    shown = [usual, *(label_of(arm, answer) for answer in answers)]
    found = list(dict.fromkeys(arm.media_type or shown))
    valid = [label for label in found if _MEDIA_TYPE.fullmatch(label)]
    return valid or [usual], [label for label in found if label not in valid]


def label_of(arm: ir.Arm, answer: Answer) -> str:
    """Return the content type of an example's answer."""
    return answer.media_type or (arm.media_type or (USUAL[arm.decode] or _OCTETS,))[0]


def body_schema(arm: ir.Arm, label: str) -> Json:
    """Return the schema of a body under a label; what gzip hides stands under `x-unpacked`."""
    if arm.decode == "ndarray":
        return schemas.binary(arm.dtype or "<u8")
    packed = arm.decode.startswith("gzip_")
    inner = _UNPACKED.get(arm.decode.removeprefix("gzip_"), _bytes)(arm)
    if packed and label not in (JSON, "text/plain"):
        return {**schemas.BYTES, "contentMediaType": "application/gzip", "x-unpacked": inner}
    return inner


def _bytes(arm: ir.Arm) -> Json:
    return schemas.BYTES


def _text(arm: ir.Arm) -> Json:
    return schemas.TEXT


def _document(arm: ir.Arm) -> Json:
    """Return the schema of a JSON answer: what is selected, inside of what surrounds it."""
    schema = _value(arm)
    for step in reversed(arm.select):
        schema = _around(step, schema)
    if arm.keyed_by is None:
        return schema
    # For a single item some servers leave the object out and send its value.
    return schemas.either([schema, schema.get("additionalProperties", {})])


_UNPACKED: Mapping[str, Callable[[ir.Arm], Json]] = {"json": _document, "text": _text, "bytes": _bytes}
"""Decoder, without its gzip -> schema of what it reads."""


def _value(arm: ir.Arm) -> Json:
    if arm.cast == "array":
        number = schemas.numbers(arm.dtype or "float64")
        return schemas.array(schemas.either([number, schemas.array(number)]))
    if arm.cast is not None:
        return _CASTS[arm.cast]
    if arm.returns is not None:
        return schemas.answer(arm.returns)
    return {"type": "object", "propertyNames": schemas.INTEGER_KEYS} if arm.map_keys == "int" else {}


def _around(step: str | int, schema: Json) -> Json:
    if isinstance(step, str):
        return {"type": "object", "properties": {step: schema}, "required": [step]}
    if step >= 0:
        return {"type": "array", "prefixItems": [*[{}] * step, schema], "minItems": step + 1}
    return {**schemas.array({}), "minItems": -step}
