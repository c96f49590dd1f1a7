"""Positions: three columns on the wire, one column of points in a frame.

Which columns make up a position is read from names that the server gives, never guessed from columns that
happen to end in x, y and z: `size_x, size_y, size_z` is three sizes. A position is called
`<field>_position`, after joins with an ending, and arrives as that name plus `_x`, `_y` and `_z`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

AXES = ("_x", "_y", "_z")

# A field, "_position", and what a join may have put behind it.
_POSITION = re.compile(r".+_position.*")


def is_position_name(name: str) -> bool:
    """Whether a column of this name, or the three columns that begin with it, hold positions."""
    return _POSITION.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Position:
    """A position and the places of its x, y and z column."""

    name: str
    places: tuple[int, int, int]


def find_positions(
    names: Sequence[str], column_map: Mapping[str, Mapping[str, str]] | None = None
) -> list[Position]:
    """
    Find the positions among the columns of a table.

    Parameters
    ----------
    names : sequence of str
        All columns, in order.
    column_map : mapping, optional
        What the server says of them: table -> column -> name in this table. Names there that stand for
        three columns are positions, whatever they are called.

    Returns
    -------
    list of Position
        In the order of their x columns. All three columns of each exist, once: of two columns of the same
        name nobody knows which goes with which.
    """
    counts = Counter(names)
    place = {name: i for i, name in enumerate(names) if counts[name] == 1}
    known = {name for columns in (column_map or {}).values() for name in columns.values()}
    found = []
    for name in names:
        stem = name.removesuffix(AXES[0])
        is_position = stem != name and (stem in known or is_position_name(stem))
        if is_position and stem not in counts and all(stem + axis in place for axis in AXES):
            x, y, z = (place[stem + axis] for axis in AXES)
            found.append(Position(stem, (x, y, z)))
    return found


def scale_factors(given: Iterable[float] | None, desired: Iterable[float] | None) -> tuple[float, ...] | None:
    """
    Return what positions in one resolution are multiplied with to be in another.

    Parameters
    ----------
    given, desired : iterable of float or None
        nm per voxel along x, y and z. None: not known, or no wish.

    Returns
    -------
    tuple of float or None
        One factor per axis. None if nothing has to be converted.

    Raises
    ------
    InvalidArgumentError
        If one of them is not three positive numbers.
    """
    if desired is None:
        return None
    wanted = checked_resolution(desired, "desired_resolution")
    if given is None:
        msg = "Leave desired_resolution out: the resolution in which these positions are is not known."
        raise InvalidArgumentError(msg)
    have = checked_resolution(given, "given_resolution")
    return None if have == wanted else tuple(a / b for a, b in zip(have, wanted, strict=True))


def checked_resolution(values: Iterable[float], name: str) -> tuple[float, ...]:
    """Return a resolution as three floats, or refuse it."""
    try:
        resolution = tuple(float(value) for value in values)
    except (TypeError, ValueError):
        resolution = ()
    if len(resolution) != len(AXES) or not all(0 < value < float("inf") for value in resolution):
        msg = f"Pass {name} as three positive numbers, nm per voxel along x, y and z, not {values!r:.60}."
        raise InvalidArgumentError(msg)
    return resolution


def without_axes(positions: Iterable[Position], width: int) -> Iterator[int]:
    """Yield the places of all columns that are no part of a position."""
    taken = {place for position in positions for place in position.places}
    yield from (place for place in range(width) if place not in taken)
