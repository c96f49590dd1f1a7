"""Are rows that were sent in the table? Their content, compared with what can be read from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from caveclient_gen.mixins.annotation.rows import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Look = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]

_WINDOW = 1000
_PROBE = 250
_MOST_SEARCHED = 20_000


def is_same(staged: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """
    Tell whether a row of the table has what was sent.

    Servers flatten points, cut their coordinates to integers, and keep some numbers in single precision.
    """
    compared = 0
    for key, sent in staged.items():
        is_point = isinstance(sent, dict) and "position" in sent
        name, value = (f"{key}{SUFFIX}", sent["position"]) if is_point else (key, sent)
        if name not in row or name in ("id", "valid"):
            continue
        if not (_same_point(value, row[name]) if is_point else _same_value(value, row[name])):
            return False
        compared += 1
    return compared > 0


def _same_point(sent: Sequence[float], kept: Any) -> bool:
    fits = isinstance(kept, list) and len(kept) == len(sent)
    return fits and all(abs(a - b) < 1 for a, b in zip(sent, kept, strict=True))


def _same_value(sent: Any, kept: Any) -> bool:
    if isinstance(sent, float) and isinstance(kept, (int, float)):
        return math.isclose(sent, kept, rel_tol=1e-6)
    return bool(sent == kept)


def find_rows(staged: Sequence[Mapping[str, Any]], after_id: int, look: Look) -> list[int] | None:
    """
    Search for rows that were inserted together, after a known id.

    A batch is one transaction, and its rows get their ids in order. Rows that other people insert at the same
    time may stand between them; what was rolled back leaves gaps. So the rows are searched for by what is in
    them: all of them, in order, none of them deleted or replaced.

    Parameters
    ----------
    staged : sequence of mapping
        The rows that were sent.
    after_id : int
        An id that is older than all of them.
    look : callable
        Returns the rows of ids, by id, for those that are there.

    Returns
    -------
    list of int or None
        Their ids; None if not all of them were found, or in more than one way.
    """
    seen: dict[int, Mapping[str, Any]] = {}
    first: list[int] = []
    start, end = after_id + 1, after_id + 1 + _MOST_SEARCHED + len(staged)
    while start < end:
        rows = look(range(start, start + _WINDOW))
        new = {one: rows[one] for one in sorted(rows) if rows[one].get("valid", True)}
        first += _in_order(staged[len(first) :], new)
        seen.update(new)
        start += _WINDOW
        if len(first) == len(staged):
            end = min(end, first[-1] + _WINDOW)  # a little further: is there another way?
    return _only_way(staged, seen, first) if len(first) == len(staged) else None


def _in_order(staged: Sequence[Mapping[str, Any]], seen: Mapping[int, Mapping[str, Any]]) -> list[int]:
    """Return the first rows, in the order of `seen`, that have what the staged ones have; as many as fit."""
    found: list[int] = []
    for one, row in seen.items():
        if len(found) == len(staged):
            break
        if is_same(staged[len(found)], row):
            found.append(one)
    return found


def _only_way(
    staged: Sequence[Mapping[str, Any]], seen: dict[int, Mapping[str, Any]], first: list[int]
) -> list[int] | None:
    """Return where the rows stand. Of several ways, the one without other people's rows in between."""
    last = _in_order(staged[::-1], {one: seen[one] for one in reversed(seen)})[::-1]
    for way in (first, last):
        if way[-1] - way[0] == len(way) - 1:
            return way
    return first if first == last else None


def search_after(count: int, look: Look) -> int:
    """
    Return an id after which new rows of a table are to be searched, where only their number is known.

    Rows that were deleted or replaced keep their ids, so the newest id may be far beyond the number of rows.

    Parameters
    ----------
    count : int
        Rows of the table before the new ones.
    look : callable
        As for `find_rows`.

    Returns
    -------
    int
        At least `count`.
    """
    low, step = count, _WINDOW
    while look(range(low + step, low + step + _PROBE)):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > _PROBE:
        middle = (low + high) // 2
        low, high = (middle, high) if look(range(middle, middle + _PROBE)) else (low, middle)
    return max(count, low - _MOST_SEARCHED)
