"""Are rows that were sent in the table? Their content, compared with what can be read from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from caveclient_gen.mixins.annotation.rows import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Look = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]

SETTLED_AFTER = 300.0
"""Seconds after which a server has finished or dropped whatever it was doing when the answer was lost."""
_WINDOW = 1000
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
    return isinstance(kept, list) and all(abs(a - b) < 1 for a, b in zip(sent, kept, strict=True))


def _same_value(sent: Any, kept: Any) -> bool:
    if isinstance(sent, float) and isinstance(kept, (int, float)):
        return math.isclose(sent, kept, rel_tol=1e-6)
    return bool(sent == kept)


def find_rows(staged: Sequence[Mapping[str, Any]], after_id: int, look: Look) -> list[int] | None:
    """
    Search for rows that were inserted together, after a known id.

    A batch is one transaction, and its rows get their ids in order. Other people may have written in between;
    what was rolled back leaves gaps. So the rows are searched for by what is in them.

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
        Their ids; None if not exactly all of them were found, one after another.
    """
    for start in range(after_id + 1, after_id + 1 + _MOST_SEARCHED, _WINDOW):
        seen = look(range(start, start + _WINDOW))
        for first in sorted(seen):
            if is_same(staged[0], seen[first]):
                ids = _all_from(first, staged, look)
                if ids is not None:
                    return ids
    return None


def _all_from(first: int, staged: Sequence[Mapping[str, Any]], look: Look) -> list[int] | None:
    ids = range(first, first + len(staged))
    rows = look(ids)
    there = all(one in rows for one in ids) and all(map(is_same, staged, (rows[one] for one in ids)))
    return list(ids) if there else None
