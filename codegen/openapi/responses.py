"""Answers of an operation: its arms by status and media type, then what servers say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi import merge, refusals, schemas
from codegen.openapi.arms import JSON, body_schema, label_of, labels_of
from codegen.openapi.deviations import marked
from codegen.openapi.words import described, sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.openapi.examples import Answer, Examples
    from codegen.openapi.schemas import Json

SUCCESS = "2XX"
"""Status of an answer for which the descriptor names none: every 2xx is a success."""

_HEADERS: Mapping[str, Json] = {
    "text": {"schema": schemas.TEXT},
    "bool": {"schema": {"type": "string", "enum": ["True", "False", "true", "false", "1", "0"]}},
    # Servers put spaces behind the commas, or send the header once for each number.
    "float_csv": {"schema": {"type": "string", "pattern": r"^ *[-+.\deE]+( *, *[-+.\deE]+)*$"}},
    "python_literal": {"schema": schemas.TEXT},
}
"""Reader of a header -> what the header holds."""


def responses(service: ir.Service, operation: ir.Operation, examples: Examples) -> Json:
    """Describe every answer of an operation, by status."""
    found: dict[str, list[Json]] = {}
    answers = [answer for answer in examples.answers if not answer.is_refusal]
    for arm in operation.response:
        made = _arm(operation, arm, [answer for answer in answers if answer.arm is arm], examples.types)
        for status in map(str, arm.status or (SUCCESS,)):
            found.setdefault(status, []).append(made)
    if not operation.response:
        found[SUCCESS] = [{"description": "The server did it. The answer has no content that is read."}]
    told = {status: merge.answer(forms) for status, forms in found.items()}
    for status, refusal in refusals.refusals(service, operation, examples).items():
        told[status] = merge.answer([told[status], refusal]) if status in told else refusal
    return dict(sorted(told.items()))


def _arm(operation: ir.Operation, arm: ir.Arm, answers: list[Answer], types: Mapping[str, Json]) -> Json:
    made: Json = {"description": described(arm.doc or "Success.")}
    if headers := _headers(operation, arm):
        made["headers"] = headers
    if arm.decode == "none":
        return made
    valid, odd = labels_of(arm, answers)
    facts = _facts(operation, arm) | ({"x-also-labelled": odd} if odd else {})
    content: Json = {}
    for label in valid:
        schema = body_schema(arm, label)
        # What has no label of its own here is shown under the first one.
        known = (label, *odd) if label == valid[0] else (label,)
        shown = {answer.key: answer.shown for answer in answers if label_of(arm, answer) in known}
        content[label] = {
            "schema": schema,
            **({"examples": marked(shown, schema, types)} if shown else {}),
            **({"x-decode": arm.decode} if label != JSON else {}),
            **facts,
        }
    return {**made, "content": content}


def _facts(operation: ir.Operation, arm: ir.Arm) -> Json:
    wire = {param.name: param.wire_names[0] for param in operation.params}
    found: Json = {
        "x-when": {wire.get(name, name): schemas.plain(value) for name, value in arm.when} or None,
        "x-select": list(arm.select) or None,
        "x-order": f"one result for each item of `{operation.counted}`, in order" if arm.order else None,
        "x-keyed-by": arm.keyed_by,
        "x-columns": dict(arm.columns) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _headers(operation: ir.Operation, arm: ir.Arm) -> Json:
    found: Json = {name: {**_HEADERS[reader], "x-reader": reader} for name, reader in arm.headers}
    if operation.rows is not None:
        words = " or ".join(f"`{words}`" for words in operation.rows.contains)
        text = described(sentences([f"Notices. When the answer was cut short, one of them contains {words}"]))
        found.setdefault(operation.rows.header, {"description": text, "schema": schemas.TEXT})
    return found
