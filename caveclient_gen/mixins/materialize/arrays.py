"""From the columns of an Arrow table to those of a frame, one at a time.

An answer of two million rows and its frame are too much together where each alone would do. So columns
are handed out once, and the memory of each is free again as soon as the frame has its values.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.arrow import give_back
from caveclient_gen.mixins.materialize.axes import axes_of_lists, is_points, join_axes, pieces_of
from caveclient_gen.mixins.materialize.facts import PANDAS_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.positions import Position

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
        import pyarrow as pa

        column = self.take_scaled(place, factor)
        dtype = _extension_types().get(column.type)
        if dtype is not None:
            return dtype.__from_arrow__(column)
        if is_points(column.type):
            is_whole = pa.types.is_integer(column.type.value_type)
            return _as_column(join_axes(self.num_rows, axes_of_lists(column), is_whole, None))
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
        import pyarrow as pa

        is_whole = all(pa.types.is_integer(self.schema.field(place).type) for place in position.places)
        # Generators, which let their column go once it is read.
        axes = (pieces_of(self.take(place)) for place in position.places)
        return _as_column(join_axes(self.num_rows, axes, is_whole, factors))


def _as_column(cells: Any) -> pd.Series[Any]:
    import pandas as pd

    # As a Series of a stated type, since pandas would look through an array of objects for dates.
    return pd.Series(cells, dtype=object, copy=False)


def _scaled(column: Column, factor: float) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    # Cast first, since Arrow would refuse integers that floats round.
    return pc.multiply(column.cast(pa.float64(), safe=False), pa.scalar(factor, pa.float64()))


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

    of_name: Any = pa.type_for_alias  # the stubs list each name as a type of its own
    return {of_name(arrow): pd.api.types.pandas_dtype(name) for arrow, name in PANDAS_TYPES.items()}
