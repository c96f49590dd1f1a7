"""What servers answer when they refuse: each status that means something, and the forms that bodies have.

Every service has its own form, the layer that checks tokens has another, and proxies answer pages. So each
refusal may have any of the forms below; the examples of descriptors show which a service uses where. Two
services answer nearly everything with 500 and put the status that they mean before the message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi.schemas import INTEGER, TEXT, Json, array, component
from codegen.openapi.words import described, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen import ir
    from codegen.openapi.examples import Answer, Examples


def _object(description: str, required: list[str], **properties: Json) -> Json:
    return {"type": "object", "description": description, "properties": properties, "required": required}


_ANY_OBJECT: Json = {"type": "object"}

FORMS: Mapping[str, Json] = {
    "refusal-code": _object(
        "A code and a message. Under status 500 the message may begin with the status that is meant, like "
        "`404 Not Found: no such table`.",
        ["code", "message"],
        code=INTEGER,
        message=TEXT,
        traceback=array(TEXT),
        timestamp=TEXT,
        duration={"type": "number"},
    ),
    "refusal-login": _object(
        "What the layer that checks tokens and permissions answers. `missing_tos` comes with the page where "
        "terms of service are accepted, `invalid_table_id` with the name that nobody knows.",
        ["error"],
        error=TEXT,
        message=TEXT,
        data=_ANY_OBJECT,
    ),
    "refusal-message": _object("A message.", ["message"], message=TEXT, status=TEXT, errors=_ANY_OBJECT),
    "refusal-fields": _object(
        "What is wrong with the fields of the body, whatever the status says.",
        ["schema_errors"],
        schema_errors=_ANY_OBJECT,
    ),
    "refusal-error": _object("An error in words.", ["Error"], Error=TEXT),
    "refusal-rate": {
        "type": "object",
        "description": "Too many requests at a time.",
        "patternProperties": {"RateLimitExceeded": TEXT},
        "minProperties": 1,
        "additionalProperties": False,
    },
    "refusal-bare": {
        "description": "A text, or nothing at all.",
        "anyOf": [
            {"type": ["string", "null"]},
            {**array({}), "maxItems": 0},
            {"type": "object", "maxProperties": 0},
        ],
    },
}
"""Name of a component -> a form of a refusal's body. No answer type has a hyphen in its name."""

ANY_FORM: Json = {
    "refusal": {
        "description": "Why a request was refused, in one of the forms that servers use.",
        "anyOf": [component(name) for name in FORMS],
    }
}

_CONTENT: Json = {
    "application/json": {"schema": component("refusal")},
    "text/html": {"schema": TEXT},
    "text/plain": {"schema": TEXT},
}
"""A page or a plain text comes where the request never reached the service, or the service broke."""

COMPONENTS: Json = {
    "refused": {"description": "The request was refused, or it failed.", "content": _CONTENT},
    "not-logged-in": {
        "description": "There is no token, or it is not valid.",
        "headers": {"WWW-Authenticate": {"description": "Where to get a token.", "schema": TEXT}},
        "content": _CONTENT,
        "x-errors": ["AuthError"],
    },
    "not-allowed": {
        "description": "A permission is missing, or terms of service have to be accepted first.",
        "content": _CONTENT,
        "x-errors": ["PermissionDeniedError", "TermsNotAcceptedError"],
    },
}
"""Answers that every operation can have."""

_OF_LOGIN = {"401": "not-logged-in", "403": "not-allowed"}


def refusals(service: ir.Service, operation: ir.Operation, examples: Examples) -> Json:
    """Describe the refusals of an operation, by status."""
    shown: dict[str, list[Answer]] = {}
    for answer in examples.answers:
        if answer.is_refusal:
            shown.setdefault(str(answer.status), []).append(answer)
    meant = {str(status): error for status, error in operation.errors}
    found: Json = {"default": _reference("refused")}
    if service.server.auth == "bearer" and not any(each.location == "address" for each in operation.params):
        found |= {status: _reference(name) for status, name in _OF_LOGIN.items()}
    for status in {*shown, *meant}:
        found[status] = _refusal(status, meant.get(status), shown.get(status, []))
    return found


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/responses/{name}"}


def _refusal(status: str, meant: str | None, shown: list[Answer]) -> Json:
    raised = [answer.raises for answer in shown if answer.raises]
    errors = list(dict.fromkeys([*([meant] if meant else []), *raised]))
    made: Json = {"description": _words(status, errors), "content": _with_examples(shown)}
    return {**made, **({"x-errors": errors} if errors else {})}


def _words(status: str, errors: Iterable[str]) -> str:
    names = " or ".join(f"`{error}`" for error in errors)
    if status == "500" and names:
        text = f"Refused, or the server failed: its message tells the client whether to raise {names}"
    else:
        text = f"Refused: the client raises {names}" if names else "Refused"
    return described(sentences([text]))


def _with_examples(shown: list[Answer]) -> Json:
    content: Json = {media_type: dict(media) for media_type, media in _CONTENT.items()}
    for answer in shown:
        media = content.setdefault(answer.media_type or "text/plain", {"schema": TEXT})
        media.setdefault("examples", {})[answer.key] = answer.shown
    return content
