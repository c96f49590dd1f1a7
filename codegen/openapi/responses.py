"""Answers of an operation: its arms by status and media type, then what servers say when they refuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.openapi import merge, refusals, schemas
from codegen.openapi.words import described, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen import ir
    from codegen.openapi.examples import Answer, Examples
    from codegen.openapi.schemas import Json

SUCCESS = "2XX"
"""Status of an answer for which the descriptor names none: every 2xx is a success."""

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_JSON, _OCTETS = "application/json", "application/octet-stream"

USUAL: Mapping[str, str | None] = {
    "json": _JSON,
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

_HEADERS: Mapping[str, Json] = {
    "text": {"schema": schemas.TEXT},
    "bool": {"schema": {"type": "string", "enum": ["True", "False", "true", "false", "1", "0"]}},
    "float_csv": {"style": "simple", "schema": schemas.array(schemas.NUMBER)},
    "python_literal": {"schema": schemas.TEXT},
}
"""Reader of a header -> what the header holds."""

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


def responses(service: ir.Service, operation: ir.Operation, examples: Examples) -> Json:
    """Describe every answer of an operation, by status."""
    found: dict[str, list[Json]] = {}
    answers = [answer for answer in examples.answers if not answer.is_refusal]
    for arm in operation.response:
        made = _arm(operation, arm, [answer for answer in answers if answer.arm is arm])
        for status in map(str, arm.status or (SUCCESS,)):
            found.setdefault(status, []).append(made)
    if not operation.response:
        found[SUCCESS] = [{"description": "The server did it. The answer has no content that is read."}]
    told = {status: merge.answer(forms) for status, forms in found.items()}
    for status, refusal in refusals.refusals(service, operation, examples).items():
        told[status] = merge.answer([told[status], refusal]) if status in told else refusal
    return dict(sorted(told.items()))


def _arm(operation: ir.Operation, arm: ir.Arm, answers: list[Answer]) -> Json:
    made: Json = {"description": described(arm.doc or "Success.")}
    if headers := _headers(operation, arm):
        made["headers"] = headers
    labels = _labels(arm, answers)
    # What is no media type cannot stand as a key: it is told beside those that can.
    valid = [label for label in labels if _MEDIA_TYPE.fullmatch(label)]
    if arm.decode != "none":
        odd = [label for label in labels if label not in valid]
        usual = USUAL[arm.decode]
        made["content"] = {
            label: _media(operation, arm, label, odd, answers) for label in valid or [usual or _OCTETS]
        }
    return made


def _labels(arm: ir.Arm, answers: list[Answer]) -> list[str]:
    """List content types of an arm: those of the descriptor, or the usual one and those of its examples."""
    if arm.media_type:
        return list(arm.media_type)
    shown = [answer.media_type for answer in answers]
    return [label for label in dict.fromkeys([USUAL[arm.decode], *shown]) if label]


def _media(operation: ir.Operation, arm: ir.Arm, label: str, odd: list[str], answers: list[Answer]) -> Json:
    made: Json = {"schema": _schema(arm, label)}
    told = [answer for answer in answers if _label_of(arm, answer) in (label, *odd)]
    if told:
        made["examples"] = {answer.key: answer.shown for answer in told}
    wire = {param.name: param.wire_names[0] for param in operation.params}
    found: Json = {
        "x-also-labelled": odd or None,
        "x-when": {wire.get(name, name): schemas.plain(value) for name, value in arm.when} or None,
        "x-decode": arm.decode if label != _JSON else None,
        "x-select": list(arm.select) or None,
        "x-order": f"one result for each item of `{operation.counted}`, in order" if arm.order else None,
        "x-keyed-by": arm.keyed_by,
        "x-columns": dict(arm.columns) or None,
    }
    return made | {name: value for name, value in found.items() if value is not None}


def _label_of(arm: ir.Arm, answer: Answer) -> str | None:
    return answer.media_type or (arm.media_type[0] if arm.media_type else USUAL[arm.decode])


def _schema(arm: ir.Arm, label: str) -> Json:
    """Return the schema of a body under a label; what gzip hides stands under `x-unpacked`."""
    if arm.decode == "ndarray":
        return schemas.binary(arm.dtype or "<u8")
    packed = arm.decode.startswith("gzip_")
    inner = _UNPACKED.get(arm.decode.removeprefix("gzip_"), _bytes)(arm)
    if packed and label not in (_JSON, "text/plain"):
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
    return {"type": "array", "minItems": -step}


def _headers(operation: ir.Operation, arm: ir.Arm) -> Json:
    found: Json = {name: {**_HEADERS[reader], "x-reader": reader} for name, reader in arm.headers}
    if operation.rows is not None:
        words = " or ".join(f"`{words}`" for words in operation.rows.contains)
        text = described(sentences([f"Notices. When the answer was cut short, one of them contains {words}"]))
        found.setdefault(operation.rows.header, {"description": text, "schema": schemas.TEXT})
    return found
