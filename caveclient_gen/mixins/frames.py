"""From Arrow tables, as queries answer, to pandas frames.

The types of a frame follow the Arrow schema alone: whether a column happens to have a gap, or the answer
happens to be empty, changes nothing, so frames of several queries fit together. Columns are of pandas'
nullable types, because an id column with a gap would otherwise become float64 and its ids other ids.

    int64 -> Int64   bool -> boolean   float32 -> Float32   utf8 -> string   timestamp -> datetime64 in UTC

Below are the functions of the documented API that work on frames people already have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.times import to_utc
from caveclient_gen.mixins.positions import (
    Position,
    find_positions,
    join_axes,
    scale_factors,
    stack_points,
    without_axes,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    Names = Mapping[str, Mapping[str, str]]
    Resolution = Iterable[float] | None

_MEDIA_TYPES = ("data.arrow", "application/vnd.apache.arrow.stream")
_FAR_FUTURE = datetime(2262, 4, 11, 23, 47, 16, 854775, tzinfo=UTC)


def table_to_frame(
    table: pa.Table,
    *,
    split_positions: bool = False,
    column_map: Names | None = None,
    given_resolution: Resolution = None,
    desired_resolution: Resolution = None,
) -> pd.DataFrame:
    """
    Turn the answer of a query into a frame.

    Parameters
    ----------
    table : pyarrow.Table
        The answer.
    split_positions : bool
        Leave each position in three columns; faster. Otherwise each becomes one column of points, at the
        place of its x column.
    column_map : mapping, optional
        The server's names: table -> column -> name in the answer.
    given_resolution : iterable of float, optional
        nm per voxel along x, y and z in which the positions are.
    desired_resolution : iterable of float, optional
        nm per voxel in which they are wanted. Positions then are floats, not rounded.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order. A missing point is None.
    """
    factors = scale_factors(given_resolution, desired_resolution)
    positions = _numeric(table, find_positions(table.column_names, column_map))
    if split_positions:
        return _to_pandas(_scaled(table, positions, factors) if factors else table)
    frame = _to_pandas(table.select(list(without_axes(positions, table.num_columns))))
    taken = 0  # columns of earlier positions that stand further left and are no longer there
    for position in positions:
        x = position.places[0]
        inside = sum(place < x for other in positions for place in other.places)
        joined = sum(other.places[0] < x for other in positions)
        frame.insert(x - inside + joined - taken, position.name, _points(table, position, factors))
    return frame
