"""From Arrow tables, as queries answer, to pandas frames.

The types of a frame follow the Arrow schema alone: whether a column happens to have a gap, or the answer
happens to be empty, changes nothing, so frames of several queries fit together. Columns are of pandas'
nullable types, because an id column with a gap would otherwise become float64 and its ids other ids.

    int64 -> Int64   bool -> boolean   float32 -> Float32   utf8 -> string   timestamp -> datetime64 in UTC

Below are the functions of the documented API that work on frames people already have.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.times import to_utc
from caveclient_gen.mixins.materialize.accessor import register_accessor
from caveclient_gen.mixins.materialize.arrays import LooseColumns
from caveclient_gen.mixins.materialize.axes import is_number, join_axes, point_cells, stack_points
from caveclient_gen.mixins.materialize.positions import (
    Position,
    checked_resolution,
    find_positions,
    is_position_name,
    scale_factors,
    without_axes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    Names = Mapping[str, Mapping[str, str]]
    Resolution = Iterable[float] | None

_MEDIA_TYPES = ("data.arrow", "application/vnd.apache.arrow.stream")
_FAR_FUTURE = datetime(2262, 4, 11, 23, 47, 16, 854775, tzinfo=UTC)


def table_to_frame(
    table: pa.Table | LooseColumns,
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
    table : pyarrow.Table or LooseColumns
        The answer. Of `LooseColumns`, all are taken.
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
    columns = table if isinstance(table, LooseColumns) else LooseColumns(table)
    names = columns.schema.names
    positions = numeric_positions(columns, find_positions(names, column_map))
    # Without positions there is nothing to convert, and nothing to know their resolution by.
    factors = scale_factors(given_resolution, desired_resolution) if positions else None
    joined = [] if split_positions else positions
    factor = scales(positions, factors) if split_positions else {}
    made = {
        place: (names[place], columns.take_values(place, factor.get(place)))
        for place in without_axes(joined, len(names))
    }
    for position in joined:
        made[position.places[0]] = position.name, columns.take_points(position, factors)
    return _side_by_side([made[place] for place in sorted(made)], columns.num_rows)


def scales(positions: Iterable[Position], factors: tuple[float, ...] | None) -> dict[int, float]:
    """Return what the column at each place is multiplied with."""
    if factors is None:
        return {}
    return {place: factors[axis] for position in positions for axis, place in enumerate(position.places)}


def _side_by_side(columns: Sequence[tuple[str, Any]], rows: int) -> pd.DataFrame:
    """Make a frame of columns with their names, two of which may be alike. No column is copied."""
    import pandas as pd

    # An answer without columns still has rows, which pandas counts by its index.
    index = pd.RangeIndex(rows)
    frame = pd.DataFrame({i: values for i, (_, values) in enumerate(columns)}, index=index, copy=False)
    frame.columns = pd.Index([name for name, _ in columns])
    return frame


def _place(position: Position, positions: Iterable[Position]) -> int:
    """Count what stands left of a position once each of them is one column."""
    x = position.places[0]
    columns_gone = sum(place < x for other in positions for place in other.places)
    columns_made = sum(other.places[0] < x for other in positions)
    return x - columns_gone + columns_made


def numeric_positions(table: pa.Table | LooseColumns, positions: Iterable[Position]) -> list[Position]:
    """Keep the positions whose three columns hold numbers."""
    kinds = table.schema.types
    return [one for one in positions if all(is_number(kinds[place]) for place in one.places)]


# Functions of the documented API


def concatenate_position_columns(df: pd.DataFrame, inplace: bool = False) -> pd.DataFrame:
    """
    Join each position that stands in three columns (`pt_position_x`, `_y`, `_z`) into one column of points.

    Parameters
    ----------
    df : pandas.DataFrame
        The frame. Columns are a position only if they are named so.
    inplace : bool
        Change this frame instead of making another.

    Returns
    -------
    pandas.DataFrame
        The frame with one column per position, in place of its x column. A cell is an array of shape (3,),
        or None where the position is missing.

    Examples
    --------
    >>> split = pd.DataFrame({"pt_position_x": [376], "pt_position_y": [404], "pt_position_z": [48]})
    >>> concatenate_position_columns(split)
          pt_position
    0  [376, 404, 48]
    """
    import pandas as pd

    numeric = {place for place, dtype in enumerate(df.dtypes) if getattr(dtype, "kind", "O") in "iuf"}
    positions = [position for position in find_positions(_names(df)) if numeric.issuperset(position.places)]
    joined = [pd.Series(_points_of(df, position), index=df.index, dtype=object) for position in positions]
    gone = [df.columns[place] for position in positions for place in position.places]
    result = df if inplace else df.copy(deep=False)
    for name in gone:
        del result[name]
    for position, points in zip(positions, joined, strict=True):
        result.insert(_place(position, positions), position.name, points)
    return result


def convert_position_columns(
    df: pd.DataFrame, given_resolution: Iterable[float], desired_resolution: Iterable[float]
) -> pd.DataFrame:
    """
    Convert positions from one resolution to another.

    Parameters
    ----------
    df : pandas.DataFrame
        The frame; it is not changed. Positions may stand in three columns or be points in one.
    given_resolution : iterable of float
        nm per voxel along x, y and z in which the positions are.
    desired_resolution : iterable of float
        nm per voxel along x, y and z in which they are wanted.

    Returns
    -------
    pandas.DataFrame
        Another frame, whose positions are floats unless both resolutions are the same.

    Raises
    ------
    InvalidArgumentError
        If a resolution is not three positive numbers.

    Examples
    --------
    >>> split = pd.DataFrame({"pt_position_x": [376], "pt_position_y": [404], "pt_position_z": [48]})
    >>> convert_position_columns(split, given_resolution=[4, 4, 40], desired_resolution=[1, 1, 1])
       pt_position_x  pt_position_y  pt_position_z
    0         1504.0         1616.0         1920.0
    """
    result = df.copy(deep=False)
    wanted = checked_resolution(desired_resolution, "desired_resolution")
    factors = scale_factors(given_resolution, wanted)
    result.attrs = {**df.attrs, "dataframe_resolution": list(wanted)}
    if factors is None:
        return result
    for position in find_positions(_names(df)):
        for place, factor in zip(position.places, factors, strict=True):
            result.isetitem(place, (df.iloc[:, place] * factor).array)
    for place in _point_columns(df):
        result.isetitem(place, _scaled_points(df.iloc[:, place], factors).array)
    return result


def _names(df: pd.DataFrame) -> list[str]:
    return list(map(str, df.columns))


def _points_of(df: pd.DataFrame, position: Position) -> npt.NDArray[np.object_]:
    columns = [df.iloc[:, place] for place in position.places]
    is_whole = all(column.dtype.kind in "iu" for column in columns)
    dtype = "int64" if is_whole else "float64"

    def piece(column: pd.Series[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
        gaps = column.isna().to_numpy()
        if not gaps.any():
            return column.to_numpy(dtype=dtype), None
        return column.fillna(0).to_numpy(dtype=dtype), gaps

    return join_axes(len(df), [[piece(column)] for column in columns], is_whole, None)


def _point_columns(df: pd.DataFrame) -> Iterator[int]:
    """Yield the places of columns that hold points: named as positions, with sequences as cells."""
    for place, name in enumerate(_names(df)):
        column = df.iloc[:, place]
        if is_position_name(name) and column.dtype == object:
            cells = column.dropna()
            if len(cells) and not isinstance(cells.iloc[0], str) and hasattr(cells.iloc[0], "__len__"):
                yield place


def _scaled_points(column: pd.Series[Any], factors: tuple[float, ...]) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    points, known = stack_points(column.to_numpy())
    cells = np.full(len(column), None, dtype=object)
    cells[known] = point_cells(points * factors)
    return pd.Series(cells, index=column.index, dtype=object)


def convert_timestamp(ts: Any) -> datetime:
    """
    Return a moment as an aware datetime in UTC.

    Parameters
    ----------
    ts : datetime, str, int, float or None
        The moment; without a zone it is UTC. "now" is the moment of the call, None one after all others.

    Returns
    -------
    datetime.datetime
        The moment, aware, in UTC.

    Raises
    ------
    InvalidArgumentError
        If it is no moment.
    """
    return _FAR_FUTURE if ts is None else to_utc(ts, name="ts")


def string_format_timestamp(ts: Any) -> str:
    """
    Write a moment as the services do: ISO 8601 in UTC, without a zone, with six digits of its fraction.

    Parameters
    ----------
    ts : datetime, str, int or float
        The moment; without a zone it is UTC.

    Returns
    -------
    str
        "2024-01-02T03:04:05.000000".

    Raises
    ------
    InvalidArgumentError
        If it is no moment.
    """
    return to_utc(ts, name="ts").replace(tzinfo=None).isoformat(timespec="microseconds")


def deserialize_query_response(response: Any) -> pd.DataFrame:
    """
    Read the frame in a query's answer that was fetched with `requests`.

    Parameters
    ----------
    response : requests.Response
        The answer, an Arrow stream.

    Returns
    -------
    pandas.DataFrame
        Its rows; positions stay in three columns.

    Raises
    ------
    DecodeError
        If it is something else than an Arrow stream.
    """
    media_type = (response.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES:
        msg = f"Ask the server for Arrow: this answer is {media_type or 'of no type'}, no Arrow stream."
        raise DecodeError(msg)
    register_accessor()
    return table_to_frame(read_stream(response.content), split_positions=True)
