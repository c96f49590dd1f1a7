"""Recorded exchanges as values: what was asked by whom, and what came."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

RECORDINGS = Path(__file__).parents[2] / "recordings"
FOLDERS = (
    "frame",
    "info",
    "schema",
    "materialize",
    "chunkedgraph",
    "annotation",
    "auth",
    "l2cache",
    "skeleton",
    "state",
    "routes",
)
"""In the order in which they were recorded: some calls change what later ones see."""


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer."""

    name: str
    """File and place in it: "state/002_get_state_json[0]"."""
    method: str
    url: str
    asked: dict[str, str]
    body: bytes
    status: int
    headers: dict[str, str]
    repeated: dict[str, list[str]]
    encoding: str | None
    answer: bytes

    @property
    def key(self) -> str:
        """Its name without the words: "state/002[0]"."""
        call, _, words = self.name.partition("_")
        return call + words[words.index("[") :]

    @property
    def media_type(self) -> str:
        """The recorded Content-Type."""
        return self.headers.get("Content-Type", "")


def _bytes(body: dict[str, str] | None) -> bytes:
    body = body or {}
    return base64.b64decode(body["base64"]) if "base64" in body else body.get("text", "").encode()


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Return all recorded exchanges, in their order."""
    found = []
    for folder in FOLDERS:
        for path in sorted((RECORDINGS / folder).glob("*.json")):
            for place, one in enumerate(json.loads(path.read_text())["exchanges"]):
                request, response = one["request"], one["response"]
                found.append(
                    Exchange(
                        f"{folder}/{path.stem}[{place}]",
                        request["method"],
                        request["url"],
                        request["headers"],
                        _bytes(request.get("body")),
                        response["status"],
                        response["headers"],
                        response.get("repeated_headers", {}),
                        response.get("content_encoding"),
                        _bytes(response["body"]),
                    )
                )
    return tuple(found)


def arrow_rows(name: str) -> Any:
    """Return the rows of the first Arrow answer of a recording."""
    for one in exchanges():
        if one.name.startswith(f"{name}[") and one.media_type == "data.arrow":
            return pa.ipc.open_stream(one.answer).read_all()
    raise LookupError(name)
