"""What a refusal means: one reader for every form in which CAVE's servers refuse.

The forms
---------
- JSON `{"error", "message", "data"}`: the authorization layer in front of every service; its codes are exact.
- JSON `{"code", "message": "404 Not Found: text", "traceback"}` under **500**: annotation and materialize,
  for nearly everything. The status meant stands at the start of the message.
- JSON `{"code", "message": "[400]: text"}`: chunkedgraph; the status is true.
- JSON `{"schema_errors"}` or `{"errors", "message"}` under 500: a body that breaks the schema, so 400.
- JSON `{"Error"}`, `{"<function>() RateLimitExceeded"}`: skeletons.
- JSON that is a string, a list or null: materialize, auth.
- Plain text under `text/html`: auth. HTML: proxies, crashes. Nothing at all.

Laws
----
- Reading a refusal never raises: whatever the body, an error with the true status comes out.
- A page or a traceback is never the message. The parsed document is kept in `data`.
- The first line says what to do; then what was asked, then what the server calls this request.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

import requests

from caveclient_gen._runtime import errors
from caveclient_gen._runtime.request import Response, scrub, without_secrets
from caveclient_gen._runtime.retry import RATE_LIMITED, read_retry_after

Overrides = tuple[tuple[int, str], ...]

_LONGEST = 400
_READ_AT_MOST = 1 << 20
_MEANT = re.compile(r"(?P<status>[45]\d\d) (?P<name>[A-Z][A-Za-z' -]*?)(?:: *(?P<rest>.*))?", re.DOTALL)
# What `requests` writes when a server's own call to another server failed; that status is not ours.
_UPSTREAM = ("Client Error", "Server Error")
_BRACKETED = re.compile(r"\[[45]\d\d\]:? *")
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
# Control characters and those that reorder text: a message ends up on a terminal.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_REQUEST_IDS = ("X-Request-ID", "X-Correlation-ID", "X-Cloud-Trace-Context", "traceparent")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What one refusing answer says."""

    intended: int
    said: str
    """In one line, without status and without markup."""
    code: str = ""
    """The authorization layer's name for the reason: "missing_tos"."""
    details: Any = None
    """What it adds to that."""
    document: Any = None
    """The whole JSON body."""
    beyond_login: bool = False
    """The service itself refused: the token was accepted."""


def read_refusal(response: Response) -> Refusal:
    """Return what a refusing answer says, whatever its form; never raises."""
    text = response.text if len(response.body) <= _READ_AT_MOST else ""
    document = _document(text)
    if isinstance(document, dict):
        return _read_mapping(response.status, document)
    if document is None:
        said = _from_page(text) if text.lstrip()[:1] == "<" else _from_text(text)
    else:
        said = _joined(document)
    return Refusal(response.status, _one_line(said), document=document)


def intended_status(response: Response) -> int:
    """Return the status that the server meant."""
    return read_refusal(response).intended if response.status == 500 else response.status


def _document(text: str) -> Any:
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_mapping(status: int, document: dict[str, Any]) -> Refusal:
    intended, said = status, _message_in(document)
    if status == 500 and ("schema_errors" in document or document.get("errors")):
        intended = 400
    elif (meant := _MEANT.fullmatch(said)) and meant["name"] not in _UPSTREAM:
        intended = int(meant["status"]) if status == 500 else status
        said = meant["rest"] or meant["name"]
    said = _BRACKETED.sub("", said, count=1) if _BRACKETED.match(said) else said
    code = document.get("error")
    return Refusal(
        intended,
        _one_line(said),
        code=code if isinstance(code, str) else "",
        details=document.get("data"),
        document=document,
        beyond_login="code" in document,
    )


def _message_in(document: dict[str, Any]) -> str:
    for key in ("schema_errors", "errors"):
        if document.get(key):
            return _joined(document[key])
    for key in ("message", "Error", "error", "detail", "msg"):
        if document.get(key):
            return _joined(document[key])
    for key, value in document.items():
        if "RateLimitExceeded" in str(key):
            return f"{key}: {_joined(value)}"
    return ""


def _joined(value: Any, depth: int = 3) -> str:
    """Return a JSON value as a phrase: `{"limit": ["Not a number."]}` -> "limit: Not a number."."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and depth:
        return "; ".join(f"{key}: {_joined(item, depth - 1)}" for key, item in list(value.items())[:10])
    if isinstance(value, list) and depth:
        return "; ".join(_joined(item, depth - 1) for item in value[:10])
    return "" if value is None else str(value)[:_LONGEST]


def _from_page(page: str) -> str:
    found = _TITLE.search(page[:65536])
    return html.unescape(_TAG.sub(" ", found[2])) if found else ""


def _from_text(text: str) -> str:
    text = text.strip()
    if text in ("null", "[]", "{}"):
        return ""
    # Of a traceback only its last line speaks to the caller.
    return (
        text.splitlines()[-1] if "Traceback (most recent call last)" in text[:2000] else text[: 2 * _LONGEST]
    )


def _one_line(text: str) -> str:
    line = " ".join(scrub(_UNPRINTABLE.sub(" ", text[: 4 * _LONGEST])).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def error_for(
    response: Response, overrides: Overrides = ()
) -> errors.HTTPStatusError | errors.UnknownOutcomeError:
    """Return the error for an answer that is not a success.

    Parameters
    ----------
    response : Response
        The answer.
    overrides : tuple of (int, str)
        From the descriptor: status meant -> name of a class in `errors`.

    Returns
    -------
    HTTPStatusError or UnknownOutcomeError
        To be raised. A write that a proxy answered with 502 or 504 gives the latter: the proxy passed it
        on and lost the answer.
    """
    refusal = read_refusal(response)
    kind, extra = _classify(response, refusal, overrides)
    error = kind(
        _message(response, refusal, kind, extra),
        status=response.status,
        intended_status=404 if kind is errors.UnknownDatastackError else refusal.intended,
        url=response.request.shown_url,
        method=response.request.method,
        operation=response.request.operation,
        server_message=refusal.said,
        request_id=next((found for name in _REQUEST_IDS if (found := response.headers.get(name))), None),
        retry_after=read_retry_after(response.headers.get("Retry-After")),
        data=refusal.document,
        response=_as_requests(response),
        **extra,
    )
    if not response.request.safe and response.status in (502, 504):
        return unknown_outcome(response.request.operation, response.request.check, error)
    return error


def unknown_outcome(operation: str, check: str | None, cause: Exception) -> errors.UnknownOutcomeError:
    """Return the error for a write whose answer was lost."""
    find_out = check or "Look at what it should have changed before sending it again."
    return errors.UnknownOutcomeError(
        f"Find out whether {operation or 'this write'} happened before you repeat it: {find_out}\n"
        f"It was sent once, and its answer was lost.\n{cause}",
        check=check,
        cause=cause,
        operation=operation,
    )


_Extra = dict[str, Any]
_BY_STATUS: dict[int, type[errors.HTTPStatusError]] = {
    401: errors.AuthError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    410: errors.ExpiredVersionError,
    RATE_LIMITED: errors.RateLimitError,
    502: errors.ServiceUnavailableError,
    503: errors.ServiceUnavailableError,
    504: errors.ServiceUnavailableError,
}


def _classify(
    response: Response, refusal: Refusal, overrides: Overrides
) -> tuple[type[errors.HTTPStatusError], _Extra]:
    details = refusal.details if isinstance(refusal.details, dict) else {}
    # The authorization layer refuses before the service sees the request, so its codes go first.
    if refusal.code == "missing_tos":
        return errors.TermsNotAcceptedError, {
            "tos_url": _page_address(details.get("tos_form_url")),
            "tos_name": _text_or_none(details.get("tos_name")),
            "tos_id": details.get("tos_id") if isinstance(details.get("tos_id"), int) else None,
        }
    if refusal.code == "invalid_table_id":
        return errors.UnknownDatastackError, {
            "name": _text_or_none(details.get("table_id")),
            "namespace": _text_or_none(details.get("resource_namespace")),
        }
    # With 404, "invalid_token" is the auth service's answer about a token that was asked about.
    if refusal.code in ("no_token", "invalid_token", "bad_auth_header") and refusal.intended != 404:
        return errors.AuthError, {}
    if (named := _named(overrides, refusal.intended)) is not None:
        return named, {}
    # A service's own 401 ("only its owner may read it") comes after the login: another token of the same
    # user would not help.
    if refusal.intended == 401 and refusal.beyond_login:
        return errors.PermissionDeniedError, {}
    return _BY_STATUS.get(refusal.intended) or _by_hundreds(refusal.intended), {}


def _named(overrides: Overrides, status: int) -> type[errors.HTTPStatusError] | None:
    # The generator checks the names; one that is wrong all the same must not hide the server's answer.
    found = getattr(errors, dict(overrides).get(status, ""), None)
    return found if isinstance(found, type) and issubclass(found, errors.HTTPStatusError) else None


def _by_hundreds(status: int) -> type[errors.HTTPStatusError]:
    if 400 <= status < 500:
        return errors.BadRequestError
    return errors.ServerError if 500 <= status < 600 else errors.HTTPStatusError


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _one_line(str(value))


def _page_address(value: Any) -> str | None:
    # Shown for a person to open: anything but a web page ("file:", "javascript:") is left out.
    text = _text_or_none(value)
    return text if text and re.match(r"https?://\S+$", text) else None


_NAMESPACES = {"aligned_volume": "aligned volume", "pychunkedgraph": "segmentation table"}
LOGIN_ELSEWHERE = "Check the address: {host} wants a login, and the CAVE token does not go there"
_REMEDIES: dict[type[errors.HTTPStatusError], str] = {
    errors.BadRequestError: "Correct the arguments of {call}",
    errors.AuthError: "Get a token with client.auth.setup_token(), or put one into CAVE_TOKEN",
    errors.PermissionDeniedError: "Ask the owner or an administrator of this dataset for permission",
    errors.NotFoundError: "Check the names, ids and version given to {call}",
    errors.ExpiredVersionError: (
        "Choose a version that client.materialize.get_versions() lists, or pass the moment of this one, "
        "client.materialize.get_timestamp(...), to live_live_query"
    ),
    errors.RateLimitError: "Call again {later}, with fewer requests at a time",
    errors.ServiceUnavailableError: "Try again {later}: {host} does not serve {call} now",
    # Servers crash at names and ids that they do not know, so the arguments are the first thing to look at.
    errors.ServerError: (
        "Check the names and ids given to {call}; if they are right, tell the service's maintainers: "
        "{host} failed"
    ),
    errors.HTTPStatusError: "Check the server address: {host} gave an unexpected answer to {call}",
}


def _message(response: Response, refusal: Refusal, kind: type[errors.HTTPStatusError], extra: _Extra) -> str:
    request = response.request
    shown = request.shown_url
    meant = f", which means {refusal.intended}" if refusal.intended != response.status else ""
    lines = [
        _first_line(response, refusal, kind, extra),
        f"{request.operation or 'request'}: {request.method} {shown} answered {response.status}{meant}",
    ]
    if not request.safe and refusal.intended >= 500:
        lines.append(_fate_of_write(response, refusal))
    return "\n".join(lines)


def _fate_of_write(response: Response, refusal: Refusal) -> str:
    # 501 says that the server cannot do it at all, 503 that nobody took it: ingresses send that when no
    # server is there to pass the request to, servers when they turn it away unread. So the outcome counts as
    # known, unlike with 502 and 504, which a proxy sends after passing it on. Others may come halfway.
    if refusal.intended in (501, 503):
        return "It was sent once and not repeated."
    check = f" {response.request.check}" if response.request.check else ""
    return f"It was sent once and not repeated; part of it may have happened.{check}"


def _first_line(
    response: Response, refusal: Refusal, kind: type[errors.HTTPStatusError], extra: _Extra
) -> str:
    if kind is errors.TermsNotAcceptedError:
        terms = f' "{extra["tos_name"]}"' if extra["tos_name"] else ""
        where = extra["tos_url"] or "the auth server's page"
        return f"Accept the terms of service{terms} at {where} , then call again."
    if kind is errors.UnknownDatastackError:
        what = _NAMESPACES.get(extra["namespace"] or "", "datastack")
        return f'Check the name of the {what} "{extra["name"]}": the servers know none of that name.'
    remedy = next(_REMEDIES[base] for base in kind.__mro__ if base in _REMEDIES)
    if kind is errors.AuthError and not response.request.auth:
        remedy = LOGIN_ELSEWHERE
    if refusal.intended == 501:
        remedy = "Do without {call}, or ask another server: {host} does not offer it"
    wait = read_retry_after(response.headers.get("Retry-After"))
    remedy = remedy.format(
        call=response.request.operation or "this request",
        host=without_secrets(response.url).partition("://")[2].partition("/")[0] or "the server",
        later=f"in {wait:.0f} s" if wait else "later",
    )
    return f"{remedy}: {_ended(refusal.said)}" if refusal.said else f"{remedy}."


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".!?" else f"{sentence}."


def _as_requests(response: Response) -> requests.Response:
    """Return the answer as scripts know it that read `error.response.status_code`."""
    answer = requests.Response()
    answer.status_code = response.status
    answer._content = response.body
    answer.url = without_secrets(response.url)
    answer.headers.update({name: response.headers.get(name) or "" for name in response.headers})
    answer.encoding = requests.utils.get_encoding_from_headers(answer.headers)
    asked = requests.PreparedRequest()
    asked.method, asked.url = response.request.method, response.request.shown_url
    asked.headers = requests.structures.CaseInsensitiveDict()
    answer.request = asked
    return answer
