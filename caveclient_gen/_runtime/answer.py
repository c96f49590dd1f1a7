"""What an operation hands to a mixin beside the bare value, and how short answers are recognised.

An answer is short when its *reply* says so: a cap is announced in a header, in words that differ between
frozen and live queries. The number of rows says nothing, because a caller may have asked for exactly as
many, and later filtering changes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caveclient_gen._runtime.request import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.request import Response

T = TypeVar("T")

_NUMBER_OF_CAP = re.compile(r"limit(?:ed query to| of)?\D{0,10}?(\d+)", re.IGNORECASE)

# How the servers' own notices begin. Several headers may arrive joined by ", ", which notices contain too.
_BEGINNING = re.compile(
    r",\s+(?=\d{3} \S+ \"|(?:Table|View) Owner Notice|result has \d|Some \w+ passed are"
    r"|Suffixes is deprecated|Limited query to)"
)
# `201 - "text`, as RFC 7234 numbers warnings; the closing quote is often missing.
_CODED = re.compile(r'\d{3} \S+ "(.*?)"?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Truncation:
    """The server says that there is more than it sent."""

    got: int
    """Rows that came."""
    message: str
    """The server's words."""
    limit: int | None = None
    """Most rows the server sends at once, if its words name it."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A decoded value with what the reply said about it."""

    value: T
    headers: dict[str, Any] = field(default_factory=dict)
    """Headers that the descriptor asks for, read; those that were not sent are missing."""
    warnings: tuple[str, ...] = ()
    """The server's notices: of table owners, about limits and deprecated arguments."""
    truncated: Truncation | None = None


def notices(response: Response) -> tuple[str, ...]:
    """
    Return the notices in the `Warning` headers of a reply.

    Parameters
    ----------
    response : Response
        The reply.

    Returns
    -------
    tuple of str
        One text per notice, in order, without codes, stray quotes and repetitions.
    """
    pieces = (piece for text in response.headers.get_all("Warning") for piece in _BEGINNING.split(text))
    cleaned = (_cleaned(piece) for piece in pieces)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _cleaned(piece: str) -> str:
    text = " ".join(piece.split())
    coded = _CODED.fullmatch(text)
    return scrub((coded.group(1) if coded else text).strip())


def truncation(
    operation: Operation, arguments: Mapping[str, Any], response: Response, got: int
) -> Truncation | None:
    """
    Tell whether the server cut this answer short.

    The caller's own limit is no truncation, unless the server's cap was lower: it lowers a limit
    beyond its cap without a word, and announces the cap.

    Parameters
    ----------
    operation : Operation
        What was called; its descriptor says how the server announces its cap.
    arguments : mapping
        The normalised arguments of the call.
    response : Response
        The reply.
    got : int
        Rows that came, before any filtering.

    Returns
    -------
    Truncation or None
        None if the answer is complete, or as long as the caller wanted it.
    """
    rows = operation.rows
    if rows is None:
        return None
    text = " ".join(", ".join(response.headers.get_all(rows.header)).split())
    if not any(" ".join(needle.split()) in text for needle in rows.contains):
        return None
    found = _NUMBER_OF_CAP.search(text)
    cap = int(found.group(1)) if found else None
    wanted = arguments.get(rows.limit_param) if rows.limit_param else None
    if wanted is not None and (got if cap is None else cap) >= wanted:
        return None
    message = next((notice for notice in notices(response) if _names_cap(notice, rows.contains)), text)
    return Truncation(got=got, message=message, limit=cap)


def _names_cap(notice: str, needles: tuple[str, ...]) -> bool:
    return any(" ".join(needle.split()) in notice for needle in needles)
