"""What a service answers: bytes, a media type, a status, headers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson

__all__ = ["Reply"]


@dataclass(frozen=True)
class Reply:
    """An answer.

    Parameters
    ----------
    body : bytes
        As it goes on the wire, before compression.
    media_type : str
        The whole Content-Type header.
    status : int
        The status line.
    headers : tuple of (str, str)
        More headers; a name may stand several times.
    compress : bool
        Whether it is gzipped for those who accept it, with `Vary`. Which services do: `tests/recordings`.
    """

    body: bytes
    media_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    compress: bool = False

    @classmethod
    def json(
        cls,
        value: Any,
        *,
        status: int = 200,
        headers: tuple[tuple[str, str], ...] = (),
        compress: bool = False,
        media_type: str = "application/json",
    ) -> Reply:
        """Answer a JSON document; numpy arrays are lists."""
        body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
        return cls(body, media_type, status, headers, compress)

    @classmethod
    def spaced_json(
        cls,
        value: Any,
        *,
        status: int = 200,
        headers: tuple[tuple[str, str], ...] = (),
        compress: bool = False,
        end: str = "\n",
    ) -> Reply:
        """Answer a JSON document of plain Python values as `json` writes it, with spaces, and `end` after it.

        Servers on Flask-RESTX write all of theirs so.
        """
        return cls((json.dumps(value) + end).encode(), "application/json", status, headers, compress)

    @classmethod
    def text(cls, text: str, *, status: int = 200, compress: bool = False) -> Reply:
        """Answer text, under the media type that Flask gives it."""
        return cls(text.encode(), "text/html; charset=utf-8", status, (), compress)
