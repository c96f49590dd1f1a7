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
from caveclient_gen.mixins.materialize.positions import (
    Position,
    find_positions,
    is_position_name,
    join_axes,
    point_cells,
    scale_factors,
    stack_points,
    without_axes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
    positions = _numeric(table, find_positions(table.column_names, column_map))
    # Without positions there is nothing to convert, and nothing to know their resolution by.
    factors = scale_factors(given_resolution, desired_resolution) if positions else None
    if split_positions:
        return _to_pandas(_scaled(table, positions, factors) if factors else table)
    frame = _to_pandas(table.select(list(without_axes(positions, table.num_columns))))
    for position in positions:
        frame.insert(_place(position, positions), position.name, _points_column(table, position, factors))
    return frame


def table_to_arrow(
    table: pa.Table,
    *,
    column_map: Names | None = None,
    given_resolution: Resolution = None,
    desired_resolution: Resolution = None,
) -> pa.Table:
    """
    Make of the answer of a query the table that its frame would hold, positions in three columns.

    Parameters
    ----------
    table : pyarrow.Table
        The answer.
    column_map, given_resolution, desired_resolution
        As for `table_to_frame`.

    Returns
    -------
    pyarrow.Table
        The same rows in the same order, without the server's own metadata.
    """
    positions = _numeric(table, find_positions(table.column_names, column_map))
    factors = scale_factors(given_resolution, desired_resolution) if positions else None
    scaled = _scaled(table, positions, factors) if factors else table
    return _in_utc(scaled).replace_schema_metadata(None)


def _place(position: Position, positions: Iterable[Position]) -> int:
    """Count what stands left of a position once each of them is one column."""
    x = position.places[0]
    columns_gone = sum(place < x for other in positions for place in other.places)
    columns_made = sum(other.places[0] < x for other in positions)
    return x - columns_gone + columns_made


def _numeric(table: pa.Table, positions: Iterable[Position]) -> list[Position]:
    import pyarrow as pa

    def is_number(place: int) -> bool:
        kind = table.schema.field(place).type
        return pa.types.is_integer(kind) or pa.types.is_floating(kind)

    return [position for position in positions if all(map(is_number, position.places))]


def _points_column(table: pa.Table, position: Position, factors: tuple[float, ...] | None) -> pd.Series[Any]:
    import pandas as pd
    import pyarrow as pa

    is_whole = all(pa.types.is_integer(table.schema.field(place).type) for place in position.places)
    axes = [_pieces(table.column(place)) for place in position.places]
    # As a Series of a stated type, since pandas would look through an array of objects for dates.
    return pd.Series(join_axes(table.num_rows, axes, is_whole, factors), dtype=object, copy=False)


def _pieces(column: pa.ChunkedArray[Any]) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]]:
    for chunk in column.chunks:
        if chunk.null_count:
            gaps = chunk.is_null().to_numpy(zero_copy_only=False)
            yield chunk.fill_null(0).to_numpy(zero_copy_only=False), gaps
        else:
            yield chunk.to_numpy(zero_copy_only=False), None


def _scaled(table: pa.Table, positions: Iterable[Position], factors: tuple[float, ...]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for position in positions:
        for place, factor in zip(position.places, factors, strict=True):
            scaled = pc.multiply(table.column(place), pa.scalar(factor, pa.float64()))
            table = table.set_column(place, table.schema.field(place).name, scaled)
    return table


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    """Convert by the types of the schema; the server's pandas metadata has no say."""
    import pandas as pd
    import pyarrow as pa

    known: dict[pa.DataType, Any] = {
        pa.bool_(): pd.BooleanDtype(),
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.uint8(): pd.UInt8Dtype(),
        pa.uint16(): pd.UInt16Dtype(),
        pa.uint32(): pd.UInt32Dtype(),
        pa.uint64(): pd.UInt64Dtype(),
        pa.float32(): pd.Float32Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.string(): pd.StringDtype(),
        pa.large_string(): pd.StringDtype(),
    }
    frame = _in_utc(table).to_pandas(types_mapper=known.get, ignore_metadata=True)
    # An answer without columns still has rows, which pandas counts by its index.
    return frame if table.num_columns else frame.reindex(pd.RangeIndex(table.num_rows))


def _in_utc(table: pa.Table) -> pa.Table:
    """Give times the zone UTC: those without a zone are meant so, others are the same instants."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz != "UTC":
            column = table.column(place).cast(pa.timestamp(field.type.unit, "UTC"))
            table = table.set_column(place, field.name, column)
    return table


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
    factors = scale_factors(given_resolution, desired_resolution)
    if factors is None:
        return result
    for position in find_positions(_names(df)):
        for place, factor in zip(position.places, factors, strict=True):
            result[df.columns[place]] = df.iloc[:, place] * factor
    for name in _point_columns(df):
        result[name] = _scaled_points(df[name], factors)
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


def _point_columns(df: pd.DataFrame) -> Iterator[str]:
    """Yield the names of columns that hold points: named as positions, with sequences as cells."""
    for name in _names(df):
        if is_position_name(name) and df[name].dtype == object:
            cells = df[name].dropna()
            if len(cells) and not isinstance(cells.iloc[0], str) and hasattr(cells.iloc[0], "__len__"):
                yield name


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
    return table_to_frame(read_stream(response.content), split_positions=True)
