"""Refusals, in the form in which each service writes them.

Real servers refuse in many forms; scripts that handle errors must meet the same here. Where real servers
fail by an accident of their code (a 500 with a Python message), offline CAVE refuses with a 4xx and says what
to do.
Source of the forms: the recorded refusals, and `tests/data/server_routes.json`.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import spaced_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Refusal", "aborted", "not_offline", "refusal_reply", "wrong_arguments", "wrong_fields"]


@dataclass(eq=False)
class Refusal(Exception):
    """A request is refused.

    Parameters
    ----------
    status : int
        What is meant: 400, 403, 404, 409, 413...
    message : str
        What is wrong and what to do, in one or two sentences.
    wire_status : int, optional
        What stands on the status line, where the real server writes another one than it means (500).
    body : Any, optional
        A JSON body to answer instead of the service's usual form.
    headers : tuple
        More headers.
    reply : Reply, optional
        The whole answer, where it is written in another form than the service's.
    """

    status: int
    message: str
    wire_status: int | None = None
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    reply: Reply | None = None

    def __str__(self) -> str:
        return f"{self.status}: {self.message}"


MOST_SHOWN = 20
"""Wrong fields that one refusal names."""

PHRASES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}
"""What servers write where newer versions of Python have other words."""


def aborted(status: int, text: str) -> Refusal:
    """Refuse as annotation and materialize servers do on purpose.

    They write HTTP 500, and the status that is meant at the start of the message.
    """
    phrase = PHRASES.get(status) or HTTPStatus(status).phrase
    return Refusal(status, f"{status} {phrase}: {text}", wire_status=500)


def not_offline(operation: str, reason: str) -> Refusal:
    """Refuse an operation that offline CAVE does not have."""
    return Refusal(501, f"Not in offline CAVE: {operation}. {reason}")


def wrong_fields(errors: Mapping[str, Any]) -> Refusal:
    """Refuse a body as annotation and materialize servers do: HTTP 500, and what is wrong of each field."""
    shown = {_shown(name): said for name, said in list(errors.items())[:MOST_SHOWN]}
    name, said = next(iter(shown.items()))
    body = {"schema_errors": shown}
    return Refusal(400, f"{name}: {' '.join(map(str, said))}", wire_status=500, body=body)


def wrong_arguments(errors: Mapping[str, str]) -> Refusal:
    """Refuse query arguments as annotation and materialize servers do: HTTP 500, what is wrong of each."""
    name, said = next(iter(errors.items()))
    body = {"errors": dict(errors), "message": "Input payload validation failed"}
    return Refusal(400, f"{name}: {said}", wire_status=500, body=body)


def _shown(name: str) -> str:
    """Return a caller's word so that it can be answered: not too long, without halves of letters."""
    return name[:80].encode("utf-8", "replace").decode()


def refusal_reply(service: str, refusal: Refusal) -> Reply:
    """Write a refusal in the form of a service."""
    if refusal.reply is not None:
        return refusal.reply
    status = refusal.wire_status or refusal.status
    if refusal.body is not None:
        return spaced_json(refusal.body, status=status, headers=refusal.headers)
    kind, body = _FORMS.get(service, _plain)(status, refusal.message)
    return Reply(body, kind, status=status, headers=refusal.headers)


def _with_traceback(status: int, message: str) -> tuple[str, bytes]:
    return _document({"code": status, "message": message, "traceback": []})


def _chunkedgraph(status: int, message: str) -> tuple[str, bytes]:
    marked = message if status >= 500 or message.startswith("[") else f"[{status}]: {message}"
    now = str(datetime.now(UTC).replace(tzinfo=None))
    facts = {"code": status, "duration": 0.0, "message": marked, "timestamp": now}
    if status >= 500:
        return _document({**facts, "traceback": []})
    return "application/json", json.dumps(facts, separators=(",", ":")).encode() + b"\n"


def _message(status: int, message: str) -> tuple[str, bytes]:
    kind, body = _document({"message": message})
    return kind, body + b"\n"


def _skeleton(status: int, message: str) -> tuple[str, bytes]:
    return _document({"Error": message})


def _auth(status: int, message: str) -> tuple[str, bytes]:
    # It is said to be HTML, and may repeat what was asked.
    return "text/html; charset=utf-8", html.escape(message, quote=False).encode()


def _plain(status: int, message: str) -> tuple[str, bytes]:
    title = html.escape(f"{status} {HTTPStatus(status).phrase}")
    head = f"<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{title}</h1>\n"
    return "text/html; charset=utf-8", f"{head}<p>{html.escape(message)}</p>\n".encode()


def _document(value: Mapping[str, Any]) -> tuple[str, bytes]:
    return "application/json", json.dumps(value).encode()


_FORMS: dict[str, Callable[[int, str], tuple[str, bytes]]] = {
    "annotation": _with_traceback,
    "materialize": _with_traceback,
    "chunkedgraph": _chunkedgraph,
    "l2cache": _chunkedgraph,
    "info": _message,
    "schema": _message,
    "skeleton": _skeleton,
    "auth": _auth,
    "state": _plain,
}
