"""Between which ids the rows of a table are: asked with queries of one row each, so it is certain.

No route tells it. Servers look an id up in the index of the table, so each question takes them no time;
there are a handful where ids are dense, and some dozens at worst.
"""

from __future__ import annotations

from collections.abc import Callable

from caveclient_gen.mixins.materialize.extraction.partitions import BEYOND, LEAST, Extent

Find = Callable[[int | None, int | None], int | None]
"""Finds the id of some row from a first id to below an end; None: there is no row. None is open."""

_SLACK = 16
"""An edge is known well enough within this part of the whole."""


def find_extent(find: Find, rows: int) -> Extent | None:
    """
    Find between which ids all rows are.

    Parameters
    ----------
    find : callable
        Asks for one row.
    rows : int
        About how many rows there are; it only saves questions to be near.

    Returns
    -------
    Extent or None
        No row is outside; the rows begin and end near its edges. None if there is no row.
    """
    some = find(None, None)
    if some is None:
        return None
    highest, end = _above(find, some, max(rows, 1))
    lowest, low = _below(find, some, max(rows, 1))
    while end - highest > max(1, (end - low) // _SLACK):
        middle = (highest + end) // 2
        found = find(middle, end)
        highest, end = (highest, middle) if found is None else (found, end)
    while lowest - low > (end - low) // _SLACK:
        middle = (lowest + low + 1) // 2
        found = find(low, middle)
        lowest, low = (lowest, middle) if found is None else (found, low)
    return Extent(low, end)


def _above(find: Find, highest: int, step: int) -> tuple[int, int]:
    """Return the id of a row, and one that no row has or exceeds."""
    while highest + step < BEYOND:
        found = find(highest + step, None)
        if found is None:
            return highest, highest + step
        highest, step = found, 2 * step
    return highest, BEYOND


def _below(find: Find, lowest: int, step: int) -> tuple[int, int]:
    """Return the id of a row, and one that no row is below of."""
    found = find(None, lowest)
    while found is not None:
        lowest = found
        if lowest - step <= LEAST:
            return lowest, LEAST
        found = find(None, lowest - step)
        if found is None:
            return lowest, lowest - step
        step *= 2
    return lowest, lowest
