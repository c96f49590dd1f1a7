"""Columns of a table as JSON cells: numpy and pandas values become plain ones, missing ones become None.

Everything here works on whole columns: tables of annotations have millions of rows.
"""

from __future__ import annotations

import math
import operator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, compress, repeat
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from caveclient_gen._runtime.browser_json import LARGEST_NUMBER
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.jsonable import jsonable

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN: tuple[frozenset[type], ...] = (
    frozenset({str}),
    frozenset({bool}),
    frozenset({int}),
    frozenset({int, float}),
)
_NONE = type(None)


@dataclass(frozen=True)
class Column:
    """One column: its cells, None where one is missing."""

    name: str
    given: list[Any] | None = None
    """The cells; None where `numbers` has them."""
    missing: np.ndarray | None = None
    """Mask of the missing cells; None if there is none."""
    numbers: np.ndarray | None = None
    """The cells as an array, (n,) of numbers or bools or (n, 3) of points; only if none is missing."""
    kinds: frozenset[type] = field(default_factory=frozenset)
    """Python types of the cells that are there."""

    @cached_property
    def cells(self) -> list[Any]:
        """The cells, made only when they are needed: a million points are a million lists."""
        if self.given is not None:
            return self.given
        return [] if self.numbers is None else self.numbers.tolist()

    def __len__(self) -> int:
        return len(self.cells if self.numbers is None else self.numbers)

    def part(self, first: int, last: int) -> Column:
        """Return the rows from one number to another."""
        return Column(
            self.name,
            self.given and self.given[first:last],
            None if self.missing is None else self.missing[first:last],
            None if self.numbers is None else self.numbers[first:last],
            self.kinds,
        )

    @property
    def present(self) -> list[Any]:
        """The cells that are there."""
        return self.cells if self.missing is None else [cell for cell in self.cells if cell is not None]

    def row_of(self, present_index: int) -> int:
        """Return the row of the i-th cell that is there."""
        return present_index if self.missing is None else int(np.flatnonzero(~self.missing)[present_index])


def read_column(name: str, values: Any) -> Column:
    """
    Read a column of numbers, texts, bools or anything else that JSON has.

    Parameters
    ----------
    name : str
        Name of the column, for errors.
    values : pandas.Series or sequence
        Its cells. None, NaN, NA and NaT are missing ones.

    Returns
    -------
    Column
        The cells.

    Raises
    ------
    InvalidArgumentError
        A cell is infinite, or is nothing that JSON has.
    """
    import pandas as pd

    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    mask = series.isna().to_numpy(dtype=bool)
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iufb" and not mask.any():
        return _from_numbers(name, series.to_numpy())
    missing = mask if mask.any() else None
    cells = series.tolist() if missing is None else series.astype(object).where(~mask, None).tolist()
    kinds = frozenset(map(type, cells)) - {_NONE}
    if kinds not in _PLAIN and kinds != {float}:
        cells = _plain(name, cells)
        kinds = frozenset(map(type, cells)) - {_NONE}
    if float in kinds:
        _refuse_infinite(name, cells)
    return Column(name, cells, missing, kinds=kinds)


def read_points(name: str, values: Any) -> Column:
    """
    Read a column of points: three numbers in each cell.

    Parameters
    ----------
    name : str
        Name of the column, for errors.
    values : pandas.Series or sequence
        Its cells: lists, tuples or arrays. None and NaN are missing ones.

    Returns
    -------
    Column
        The points, as lists; whole numbers as integers.
    """
    items = values.tolist() if hasattr(values, "tolist") else list(values)
    there, missing = items, None
    are_points = _are_triples(items)
    if not are_points:
        missing = np.fromiter(map(_is_missing, items), dtype=bool, count=len(items))
        there = list(compress(items, ~missing))
        are_points = _are_triples(there)
    points = _point_array(there) if are_points else None
    if points is None:
        _refuse_point(name, items)
    if missing is None or not missing.any():
        return Column(name, numbers=points)
    cells = np.full(len(missing), None, dtype=object)
    cells[~missing] = _objects(points.tolist())
    return Column(name, cells.tolist(), missing)


def scaled(column: Column, factor: np.ndarray) -> Column:
    """Return a column of points with each axis multiplied by its factor."""
    given = np.array(column.present).reshape(-1, 3) if column.numbers is None else column.numbers
    points = _whole(given * factor)
    if column.missing is None:
        return Column(column.name, numbers=points)
    cells = np.full(len(column), None, dtype=object)
    cells[~column.missing] = _objects(points.tolist())
    return Column(column.name, cells.tolist(), column.missing)


def _from_numbers(name: str, numbers: np.ndarray) -> Column:
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        _refuse_infinite(name, numbers.tolist())
    kind = {"b": bool, "f": float}.get(numbers.dtype.kind, int)
    # As wide as they get: not all that write JSON know all widths. Copied, since what is staged stays as it
    # was, whatever becomes of the frame.
    widest = {"f": np.float64, "i": np.int64, "u": np.uint64}.get(numbers.dtype.kind, np.bool_)
    return Column(name, numbers=numbers.astype(widest), kinds=frozenset({kind}))


def _plain(name: str, cells: list[Any]) -> list[Any]:
    # Rare: numpy scalars in a column of objects, times, nested values.
    plain: list[Any] = jsonable(cells, name)
    return plain


def _refuse_infinite(name: str, cells: Sequence[Any]) -> None:
    for row, cell in enumerate(cells):
        if isinstance(cell, float) and not math.isfinite(cell):
            raise InvalidArgumentError(
                f"Replace {cell} in row {row} of {name!r}, or leave the cell empty (None): JSON has no such "
                "number."
            )


def _is_missing(item: Any) -> bool:
    return item is None or type(item).__name__ == "NAType" or (isinstance(item, float) and item != item)


def _are_triples(items: list[Any]) -> bool:
    try:
        return set(map(len, items)) <= {3} and str not in set(map(type, items))
    except TypeError:  # a cell without a length: missing, or no point
        return False


def _point_array(items: list[Any]) -> np.ndarray | None:
    """Return points as an array, integers as integers; None if one of them is no point."""
    try:
        flat = _joined_arrays(items)
        if flat is None:
            flat = np.fromiter(chain.from_iterable(items), dtype=np.float64, count=3 * len(items))
        if flat.dtype.kind == "f" and _largest(flat) >= LARGEST_NUMBER:
            with suppress(TypeError, OverflowError):  # if all are integers, of which floats lose digits
                whole = map(operator.index, chain.from_iterable(items))
                flat = np.fromiter(whole, dtype=np.int64, count=3 * len(items))
    except (TypeError, ValueError, OverflowError):
        return None
    return _whole(flat.reshape(-1, 3)) if np.isfinite(flat).all() else None


def _largest(numbers: np.ndarray) -> float:
    return max(numbers.max(), -numbers.min()) if numbers.size else 0


def _joined_arrays(items: list[Any]) -> np.ndarray | None:
    """Return the numbers of cells that are arrays, one after another; None if they are anything else."""
    if not items or type(items[0]) is not np.ndarray or set(map(type, items)) != {np.ndarray}:
        return None
    flat = np.concatenate(items)
    if flat.ndim != 1 or flat.dtype.kind not in "iuf":
        return None
    return flat if flat.dtype == np.int64 else flat.astype(np.float64)


def _whole(points: np.ndarray) -> np.ndarray:
    """Return points as integers, if all of them are whole: servers keep voxels as integers."""
    if points.dtype.kind == "i" or _largest(points) >= 2.0**63:  # beyond 64 bits
        return points
    whole = np.rint(points)
    return whole.astype(np.int64) if np.array_equal(whole, points) else points


def _objects(items: list[Any]) -> np.ndarray:
    cells = np.empty(len(items), dtype=object)
    cells[:] = items
    return cells


def _refuse_point(name: str, items: list[Any]) -> NoReturn:
    row = next(row for row, item in enumerate(items) if not _is_missing(item) and not _is_point(item))
    raise InvalidArgumentError(
        f"Give row {row} of {name!r} as three numbers, x, y and z: it is {items[row]!r:.80}."
    )


def _is_point(item: Any) -> bool:
    try:
        return len(item) == 3 and all(math.isfinite(one) for one in item)
    except (TypeError, OverflowError):
        return False


# ---- rows


def point_dicts(column: Column) -> list[Any]:
    """Return points as servers want them, `{"position": [x, y, z]}`; None where one is missing."""
    if column.missing is not None:
        return [None if cell is None else {"position": cell} for cell in column.cells]
    return list(map(dict, zip(zip(repeat("position"), column.cells, strict=False), strict=True)))
