"""Recorded exchanges asked again of offline CAVE, and whether the answers have the same form."""

import base64
import json
from pathlib import Path

import requests

RECORDINGS = Path(__file__).parents[1] / "recordings"
HEADERS = ("Content-Type", "Vary", "Content-Disposition")


def recorded(name, part=-1):
    """Return one exchange of a recording: "state/001_upload_state_json"."""
    return json.loads((RECORDINGS / f"{name}.json").read_text())["exchanges"][part]


def body_of(message):
    """Return the body of a recorded request or response as bytes, not compressed."""
    body = message.get("body", {})
    return base64.b64decode(body["base64"]) if "base64" in body else body.get("text", "").encode()


def ask(server, path, *, method="GET", person="admin", headers=(), **more):
    """Ask a server with nothing but requests."""
    return requests.request(
        method,
        server.address + path,
        headers={"Authorization": f"Bearer {server.token(person)}", **dict(headers)},
        timeout=10,
        **more,
    )


def ask_again(server, exchange, *, replace=()):
    """Ask what was recorded; `replace` has parts of the request that differ here."""
    request = exchange["request"]
    path, body = request["url"], request.get("body", {}).get("text")
    for before, now in dict(replace).items():
        path = path.replace(before, now)
        body = body and body.replace(before, now)
    return ask(server, path, method=request["method"], headers=request["headers"], data=body)


def assert_same_form(exchange, answer):
    """Compare status, media type, other headers that clients see, and compression."""
    response = exchange["response"]
    assert answer.status_code == response["status"], answer.text[:300]
    told = {name.lower(): value for name, value in response["headers"].items()}
    for name in HEADERS:
        assert answer.headers.get(name) == told.get(name.lower()), name
    assert answer.headers.get("Content-Encoding") == response.get("content_encoding")


def form(value):
    """Return the names and types of a JSON value, keys in order; lists are known by their first value."""
    if isinstance(value, dict):
        return {key: form(one) for key, one in value.items()}, list(value)
    if isinstance(value, list):
        return [form(one) for one in value[:1]]
    return type(value).__name__
