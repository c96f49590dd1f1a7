"""Recorded exchanges as values: what was asked by whom, and what came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
from wire_form import RECORDINGS, body_of

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
                        body_of(request),
                        response["status"],
                        response["headers"],
                        response.get("repeated_headers", {}),
                        response.get("content_encoding"),
                        body_of(response),
                    )
                )
    return tuple(found)


def arrow_rows(name: str) -> Any:
    """Return the rows of the first Arrow answer of a recording."""
    for one in exchanges():
        if one.name.startswith(f"{name}[") and one.media_type == "data.arrow":
            return pa.ipc.open_stream(one.answer).read_all()
    raise LookupError(name)
