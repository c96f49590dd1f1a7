"""Values of filters: held against the type of their column before anything is compared.

Whole lists are read by Arrow at once; a list of a million ids takes no loop here.
"""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from caveclient_gen.offline.tables.query import Filter
    from caveclient_gen.offline.tables.sources import Column

__all__ = ["box_of", "list_of", "pattern_of", "value_of"]

WANTED = {
    "integer": "whole numbers below 2**63",
    "float": "finite numbers",
    "boolean": "true or false",
    "string": "text",
}
LONGEST_PATTERN = 1000


def list_of(condition: Filter, column: Column) -> pa.Array[Any]:
    """Return the values of a list, in a type that compares exactly with the column's."""
    if not isinstance(condition.value, list):
        raise refused(condition, f"must be a list of {wanted(column)}")
    return _typed(condition, column, condition.value)


def value_of(condition: Filter, column: Column) -> Any:
    """Return the one value of a condition, as Python has it."""
    return _typed(condition, column, [condition.value])[0].as_py()


def box_of(condition: Filter, column: Column) -> tuple[tuple[float, float], ...]:
    """Return the least and the greatest coordinate along x, y and z."""
    if column.kind != "position":
        raise refused(condition, "is about positions, and this column is none")
    corners = condition.value
    if not (isinstance(corners, list) and len(corners) == 2 and all(map(_is_corner, corners))):
        raise refused(condition, "must be a box [[x0, y0, z0], [x1, y1, z1]] in voxels of the table")
    box = tuple((float(least), float(greatest)) for least, greatest in zip(*corners, strict=True))
    if any(least >= greatest for least, greatest in box):
        raise refused(condition, "must be a box whose first corner is less than the second along each axis")
    return box


def _is_corner(corner: Any) -> bool:
    return isinstance(corner, list) and len(corner) == 3 and all(map(_is_coordinate, corner))


def _is_coordinate(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 2**53  # neither NaN nor infinity is less


def pattern_of(condition: Filter, column: Column) -> str:
    """Return a pattern. Whether it can be understood is for DuckDB to say."""
    if column.kind != "string":
        raise refused(condition, f"needs a column of text, and {column.name} has {column.kind}s")
    pattern: str = value_of(condition, column)
    if len(pattern) > LONGEST_PATTERN:
        raise refused(condition, f"must have at most {LONGEST_PATTERN} characters")
    return pattern


def refused(condition: Filter, what: str) -> Refusal:
    """Refuse a condition: what it must be, and what was given."""
    place = f"filter_{condition.kind}_dict of {condition.table}.{condition.column}"
    return Refusal(400, f"{place} {what}; given: {_shown(condition.value)}.")


def wanted(column: Column) -> str:
    """Return what values a column has, in words."""
    return WANTED[column.kind]


def _typed(condition: Filter, column: Column, values: list[Any]) -> pa.Array[Any]:
    if column.kind == "position":
        raise refused(condition, "is no way to compare a position; use filter_spatial_dict")
    if column.kind == "other":
        raise refused(condition, f"is about a column of {column.type}, which cannot be compared")
    try:
        found: pa.Array[Any] = pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
        raise refused(condition, f"must hold {wanted(column)}, one kind of value only") from None
    if len(found) == 0:
        return pa.array([], column.type)
    if found.null_count or not _fits(column, found.type):
        raise refused(condition, f"must hold {wanted(column)}")
    return _as_column(condition, column, found)


def _fits(column: Column, kind: pa.DataType) -> bool:
    if column.kind == "integer":
        return pa.types.is_int64(kind)
    if column.kind == "float":
        return pa.types.is_int64(kind) or pa.types.is_float64(kind)
    return pa.types.is_boolean(kind) if column.kind == "boolean" else pa.types.is_string(kind)


def _as_column(condition: Filter, column: Column, found: pa.Array[Any]) -> pa.Array[Any]:
    if column.kind != "float":
        return found  # an int32 column compares exactly with int64
    found = found.cast(pa.float64(), safe=False)
    if not pc.all(pc.is_finite(found)).as_py():
        raise refused(condition, f"must hold {wanted(column)}")
    # As the column has them: 0.1 equals the 0.1 of a column of float32.
    return found.cast(column.type, safe=False)


def _shown(value: Any) -> str:
    return reprlib.repr(value)[:80]
