"""The forms in which servers write JSON. Callers may compare bytes, so each service keeps its own."""

from __future__ import annotations

import json
from typing import Any

import orjson

from caveclient_gen.offline.http.answers import Reply

__all__ = ["graph_json", "indented_json", "sorted_json", "spaced_json"]

GRAPH = (
    orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
)


def spaced_json(
    value: Any,
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    compress: bool = False,
    end: str = "\n",
) -> Reply:
    """Answer JSON as servers on Flask-RESTX write it: with blanks; `end` stands after it."""
    return Reply((json.dumps(value) + end).encode(), "application/json", status, headers, compress)


def indented_json(value: Any, *, indent: int = 4) -> Reply:
    """Answer JSON as schema and skeleton servers write it: indented, a newline at the end."""
    return Reply((json.dumps(value, indent=indent) + "\n").encode(), "application/json")


def sorted_json(value: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Answer JSON as auth servers write it: keys sorted, no blanks, ASCII, a newline at the end."""
    body = json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"
    return Reply(body.encode(), "application/json", status, headers)


def graph_json(
    value: Any, *, media_type: str = "application/json", headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    """Answer JSON as chunkedgraph and L2 cache write it: keys sorted, no blanks, UTF-8, a newline, gzip.

    Numpy arrays are lists; millions of ids are written without a loop.
    """
    return Reply(orjson.dumps(value, option=GRAPH), media_type, headers=headers, compress=True)
