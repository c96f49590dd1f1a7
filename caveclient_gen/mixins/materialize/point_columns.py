"""Where frames and tables hold positions, and how they become one array, shape (n, 3).

`PandasColumns` and `ArrowColumns` answer alike. Polars frames hold their columns in Arrow's layout, so one
is read as an Arrow table of the few columns that are needed.

A position stands in three columns, or in one column of points. Which columns are positions is told by their
names (`positions`) and by what they hold; a name that is asked for may be any that has all three axes.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.axes import (
    axes_of_lists,
    filled,
    is_number,
    is_points,
    pieces_of,
    stack_points,
    values_of,
)
from caveclient_gen.mixins.materialize.facts import facts_of_schema
from caveclient_gen.mixins.materialize.positions import AXES, find_positions, is_position_name

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.axes import Column

    Factors = Sequence[float] | None
    Places = tuple[int, ...]


class PointColumns(ABC):
    """The positions of a frame or table."""

    names: list[str]
    """All columns."""
    facts: Mapping[str, Any]
    """What the rows are an answer to, as `df.attrs` has it."""

    @abstractmethod
    def is_number(self, place: int) -> bool:
        """Whether a column holds numbers."""

    @abstractmethod
    def is_points(self, place: int) -> bool:
        """Whether a column holds points."""

    @abstractmethod
    def array(self, places: Places, factors: Factors) -> npt.NDArray[Any]:
        """Return a position, which stands in one column or in three, as one array."""

    def positions(self) -> dict[str, Places]:
        """Return where each position stands, by its name, in the order of the columns."""
        split = {one.places[0]: one for one in find_positions(self.names) if self._are_numbers(one.places)}
        found: dict[str, Places] = {}
        for place, name in enumerate(self.names):
            if place in split:
                found[split[place].name] = split[place].places
            elif self.is_points(place):
                found[name] = (place,)
        return found

    def find(self, name: str) -> Places | None:
        """Return where a position of this very name stands; views name positions as they like."""
        axes = [name + axis for axis in AXES]
        if name in self.names:
            place = self.names.index(name)
            return (place,) if self.is_points(place) else None
        if all(axis in self.names for axis in axes):
            places = tuple(map(self.names.index, axes))
            return places if self._are_numbers(places) else None
        return None

    def _are_numbers(self, places: Places) -> bool:
        return all(map(self.is_number, places))


class ArrowColumns(PointColumns):
    """Positions of an Arrow table."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.names = table.column_names
        self.facts = facts_of_schema(table.schema)

    def is_number(self, place: int) -> bool:
        """Whether a column holds numbers."""
        return is_number(self._table.schema.field(place).type)

    def is_points(self, place: int) -> bool:
        """Whether a column holds lists of three numbers."""
        return is_points(self._table.schema.field(place).type)

    def array(self, places: Places, factors: Factors) -> npt.NDArray[Any]:
        """Return a position as one array; a view of the table's memory if that has what is asked for."""
        import pyarrow as pa

        columns: list[Any] = [self._table.column(place) for place in places]
        kinds = [column.type if len(places) > 1 else column.type.value_type for column in columns]
        if len(columns) == 1:
            view = _as_it_is(columns[0]) if factors is None else None
            if view is not None:
                return view
            axes = axes_of_lists(columns[0])
        else:
            axes = [list(pieces_of(column)) for column in columns]
        return _of_axes(self._table.num_rows, axes, all(map(pa.types.is_integer, kinds)), factors)


class PandasColumns(PointColumns):
    """Positions of a pandas frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.names = list(map(str, frame.columns))
        self.facts = cast("Mapping[str, Any]", frame.attrs)

    def is_number(self, place: int) -> bool:
        """Whether a column holds numbers."""
        return getattr(self._frame.dtypes.iloc[place], "kind", "O") in "iuf"

    def is_points(self, place: int) -> bool:
        """Whether a column holds points: of a position by its name, else arrays of three numbers."""
        import numpy as np

        column = self._frame.iloc[:, place]
        if column.dtype != object:
            return False
        cell = _first_known(column)
        if cell is None:
            return is_position_name(self.names[place])
        may_be = isinstance(cell, np.ndarray) or is_position_name(self.names[place])
        return may_be and _is_point(cell)

    def array(self, places: Places, factors: Factors) -> npt.NDArray[Any]:
        """Return a position as one array."""
        columns = [self._frame.iloc[:, place] for place in places]
        if len(columns) == 1:
            return _of_cells(columns[0], factors)
        values = [_values(column) for column in columns]
        is_whole = all(one.dtype.kind in "iu" for one in values)
        return _of_axes(len(self._frame), [[(one, None)] for one in values], is_whole, factors)


def columns_of(frame: Any) -> PointColumns:
    """Return the positions of a frame or table, of whichever package it is."""
    for package, names, read in _READERS:
        module = sys.modules.get(package)  # else this is nothing of it
        classes = tuple(one for name in names if (one := getattr(module, name, None)))
        if isinstance(frame, classes):
            found: PointColumns = read(frame)
            return found
    raise InvalidArgumentError(
        f"Pass a DataFrame of pandas or polars or a Table of pyarrow, not {type(frame).__name__}."
    )


def _read_batch(batch: Any) -> PointColumns:
    import pyarrow as pa

    return ArrowColumns(pa.Table.from_batches([batch]))


class _PolarsColumns(ArrowColumns):
    """Positions of a polars frame: only columns of numbers and points are taken over, without copies."""

    def __init__(self, frame: Any) -> None:
        kept = [name for name, kind in frame.schema.items() if kind.is_numeric() or kind.is_nested()]
        super().__init__(frame.select(kept).to_arrow())


_READERS: tuple[tuple[str, tuple[str, ...], Any], ...] = (
    ("pandas", ("DataFrame",), PandasColumns),
    ("pyarrow", ("Table",), ArrowColumns),
    ("pyarrow", ("RecordBatch",), _read_batch),
    ("polars", ("DataFrame",), _PolarsColumns),
)


def _as_it_is(column: Any) -> npt.NDArray[Any] | None:
    """Return a column of lists as an array in its own memory, if that is whole and of a type we return."""
    import pyarrow as pa

    if column.num_chunks != 1 or column.type.value_type not in (pa.int64(), pa.float64()):
        return None
    chunk = column.chunk(0)
    values = values_of(chunk)
    if chunk.null_count or values.null_count:
        return None
    array: npt.NDArray[Any] = values.to_numpy(zero_copy_only=True).reshape(-1, len(AXES))
    return array


def _of_axes(
    length: int, axes: Sequence[Sequence[Column]], is_whole: bool, factors: Factors
) -> npt.NDArray[Any]:
    import numpy as np

    is_complete = all(gaps is None for pieces in axes for _, gaps in pieces)
    dtype = np.int64 if is_whole and is_complete and factors is None else np.float64
    points, missing = filled(length, axes, dtype, factors)
    if missing is not None:
        points[missing] = np.nan
    return points


def _values(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """Return the values of a column of numbers; as floats with NaN if some are missing."""
    import numpy as np

    kind: Any = column.dtype
    if column.hasnans:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.to_numpy(dtype=getattr(kind, "numpy_dtype", kind))


def _of_cells(column: pd.Series[Any], factors: Factors) -> npt.NDArray[Any]:
    """Return a column with one object per row as an array.

    The cells of our frames are views of one array. Whether they still stand in its order cannot be told but
    by looking at each of them, as sorted and filtered frames have the same first and last cell; and that
    takes as long as to copy them.
    """
    import numpy as np

    points = _stacked(column.to_numpy())
    if factors is None:
        return points.astype(np.int64 if points.dtype.kind in "iu" else np.float64, copy=False)
    scaled = np.empty(points.shape)
    for axis, factor in enumerate(factors):
        np.multiply(points[:, axis], factor, out=scaled[:, axis], dtype=np.float64)
    return scaled


def _stacked(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Copy points into one array, of integers if all are; a missing one becomes NaN."""
    import numpy as np

    try:
        points = np.array(cells.tolist())
    except ValueError:  # not all cells are points: some may be missing
        points = np.empty(0)
    if points.shape == (len(cells), len(AXES)) and points.dtype.kind in "iuf":
        return points
    known_points, known = stack_points(cells)
    points = np.full((len(cells), len(AXES)), np.nan)
    points[known] = known_points
    return points


def _first_known(column: pd.Series[Any]) -> Any:
    if len(column) and _is_point(column.iloc[0]):
        return column.iloc[0]
    known = column.dropna()
    return known.iloc[0] if len(known) else None


def _is_point(cell: Any) -> bool:
    import numpy as np

    if isinstance(cell, (str, bytes, Mapping)) or not hasattr(cell, "__len__") or len(cell) != len(AXES):
        return False
    return np.asarray(cell).dtype.kind in "iuf"
