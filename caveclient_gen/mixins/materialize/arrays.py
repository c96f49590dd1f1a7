"""From the columns of an Arrow table to those of a frame, one at a time.

An answer of two million rows and its frame are too much together where each alone would do. So columns
are handed out once, and the memory of each is free again as soon as the frame has its values.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.arrow import give_back
from caveclient_gen.mixins.materialize.positions import Position, join_axes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    Column = pa.ChunkedArray[Any]
    Values = Any
    """What pandas takes as a column: an array of an extension type, or a Series."""

_WORTH_GIVING_BACK = 24 * 2**20
"""Bytes of columns that are gone, from which on it pays to give their memory back."""


class LooseColumns:
    """
    The columns of a table, to be taken one by one.

    Parameters
    ----------
    table : pyarrow.Table
        The table. Whoever else keeps it keeps its memory.
    """

    def __init__(self, table: pa.Table) -> None:
        self.schema = table.schema
        self.num_rows = table.num_rows
        self._held = dict(enumerate(table.columns))
        self._handed_out = 0

    def take(self, place: int) -> Column:
        """Hand out a column; it is held here no longer."""
        if self._handed_out >= _WORTH_GIVING_BACK:
            # Arrow's allocator keeps what columns of several answers were in, and frames cannot use it.
            give_back()
            self._handed_out = 0
        column = self._held.pop(place)
        self._handed_out += column.get_total_buffer_size()
        return column

    def take_scaled(self, place: int, factor: float | None) -> Column:
        """Hand out a column, with times in UTC, and its numbers multiplied if there is a factor."""
        column = _in_utc(self.take(place))
        return column if factor is None else _scaled(column, factor)

    def take_values(self, place: int, factor: float | None) -> Values:
        """
        Hand out a column as pandas holds it.

        Parameters
        ----------
        place : int
            Its place in the table.
        factor : float, optional
            What its numbers are multiplied with; they then are float64.

        Returns
        -------
        pandas.api.extensions.ExtensionArray or pandas.Series
            Of the type that goes with its Arrow type. The server's pandas metadata has no say.
        """
        column = self.take_scaled(place, factor)
        dtype = _extension_types().get(column.type)
        if dtype is not None:
            return dtype.__from_arrow__(column)
        # pandas may look at Arrow's own memory here, which nobody can write to.
        return column.to_pandas().copy()

    def take_points(self, position: Position, factors: tuple[float, ...] | None) -> pd.Series[Any]:
        """
        Hand out the three columns of a position as one of points.

        Parameters
        ----------
        position : Position
            Where they are.
        factors : tuple of float, optional
            What each axis is multiplied with; points then are float64.

        Returns
        -------
        pandas.Series
            Objects: arrays of shape (3,), or None.
        """
        import pandas as pd
        import pyarrow as pa

        is_whole = all(pa.types.is_integer(self.schema.field(place).type) for place in position.places)
        # Generators, which let their column go once it is read.
        axes = [_pieces(self.take(place)) for place in position.places]
        cells = join_axes(self.num_rows, axes, is_whole, factors)
        # As a Series of a stated type, since pandas would look through an array of objects for dates.
        return pd.Series(cells, dtype=object, copy=False)


def _pieces(column: Column) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]]:
    for chunk in column.chunks:
        if chunk.null_count:
            gaps = chunk.is_null().to_numpy(zero_copy_only=False)
            yield chunk.fill_null(0).to_numpy(zero_copy_only=False), gaps
        else:
            yield chunk.to_numpy(zero_copy_only=False), None


def _scaled(column: Column, factor: float) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.multiply(column, pa.scalar(factor, pa.float64()))


def _in_utc(column: Column) -> Column:
    """Give times the zone UTC: those without a zone are meant so, others are the same instants."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz != "UTC":
        return column.cast(pa.timestamp(kind.unit, "UTC"))
    return column


@cache
def _extension_types() -> Mapping[pa.DataType, Any]:
    import pandas as pd
    import pyarrow as pa

    return {
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
