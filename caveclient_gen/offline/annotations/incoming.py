"""Rows that somebody sends, read into columns; what does not fit the schema is refused with its place.

Columns are lists with None where a row says nothing, as SQLite takes them. Whole columns are checked at
a time; rows are looked at one by one only to say which of them is wrong.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.annotations.schemas import AXES
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.store import is_storable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from caveclient_gen.offline.annotations.schemas import Column, Field, Schema, Sort

    Columns = dict[str, list[Any]]

__all__ = ["chosen_ids", "columns_of_arrays", "columns_of_rows", "read_chosen_ids", "read_row_ids"]

LARGEST_FLOAT = float(np.finfo(np.float32).max)
RANGES: Mapping[str, tuple[float, float]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-LARGEST_FLOAT, LARGEST_FLOAT),
}


def columns_of_rows(schema: Schema, rows: Sequence[Any], *, user_id: int) -> Columns:
    """Read rows as the annotation service takes them: points nested, or flattened.

    Parameters
    ----------
    schema : Schema
        What they must fit. Fields that it does not know are left aside, as on servers.
    rows : sequence of dict
        `{"pre_pt": {"position": [x, y, z]}, "size": 3}` or `{"pre_pt_position": [x, y, z], "size": 3}`.
    user_id : int
        Who sends them; it stands in fields that the server fills in.

    Returns
    -------
    dict of list
        A list per column of the schema.

    Raises
    ------
    Refusal
        422: a row does not fit, and which.
    """
    wrong = next((place for place, row in enumerate(rows) if not isinstance(row, dict)), None)
    if wrong is not None:
        raise Refusal(422, f"Row {wrong} must be an object with the fields of {schema.name}.")
    columns: Columns = {}
    for field in schema.fields:
        if field.is_point:
            columns.update(_read_points(field, rows))
        elif field.kind == "user":
            columns[field.name] = [user_id] * len(rows)
        else:
            columns[field.name] = _read_values(field, [row.get(field.name) for row in rows])
    return columns


def columns_of_arrays(schema: Schema, arrays: Mapping[str, Any], *, user_id: int) -> Columns:
    """Read columns of numpy: positions (n, 3) under `pt_position`, everything else (n,) under its name.

    A float that is not a number is an empty cell. `user_id` stands where the server fills it in and no column
    says it.
    """
    known = {field.position for field in schema.points} | {"id"}
    known |= {column.name for field in schema.fields for column in _plain_columns(field)}
    if unknown := sorted(set(arrays) - known):
        raise Refusal(422, f"Leave out {unknown[0]!r}: {schema.name} has {', '.join(sorted(known))}.")
    count = len(next(iter(arrays.values())))
    columns: Columns = {}
    for field in schema.fields:
        if field.is_point:
            columns.update(_split_positions(field, arrays.get(field.position), count))
        for column in _plain_columns(field):
            values = _as_list(arrays.get(column.name), count)
            if field.kind == "user":
                values = [user_id if value is None else value for value in values]
            if field.is_point:
                columns[column.name] = _read_sort(column.name, column.sort, values)
            else:
                columns[column.name] = _read_values(field, values)
    return columns


def _plain_columns(field: Field) -> tuple[Column, ...]:
    """Return the columns of a field, the three of its position left aside."""
    return field.columns[3:] if field.is_point else field.columns


def read_row_ids(rows: Sequence[Any]) -> list[int]:
    """Return the ids of rows, which all must have one."""
    return [
        _read_id(place, row.get("id") if isinstance(row, dict) else None) for place, row in enumerate(rows)
    ]


def read_chosen_ids(rows: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """Return the ids that rows choose; None where they choose none."""
    return [None if row.get("id") is None else _read_id(place, row["id"]) for place, row in enumerate(rows)]


def _read_id(place: int, value: Any) -> int:
    if type(value) is not int or not 0 < value < 2**63:
        raise Refusal(422, f"id of row {place} must be a whole number above 0 and below 2**63.")
    return value


def chosen_ids(ids: Any, count: int) -> list[int | None]:
    """Return the ids of a column; None for each of `count` rows if there is no such column."""
    if ids is None:
        return [None] * count
    found = np.asarray(ids)
    if found.dtype.kind not in "iu" or (found.size and not 0 < int(found.min()) <= int(found.max()) < 2**63):
        raise Refusal(422, "id must be whole numbers above 0 and below 2**63.")
    chosen: list[int | None] = found.tolist()
    return chosen


# ---- points


def _read_points(field: Field, rows: Sequence[Mapping[str, Any]]) -> Columns:
    nested = [row.get(field.name) for row in rows]
    wrong = next((n for n, point in enumerate(nested) if point is not None and type(point) is not dict), None)
    if wrong is not None:
        raise Refusal(422, f'{field.name} of row {wrong} must be {{"position": [x, y, z]}}.')
    columns = _split_positions(field, _inner(field, "position", nested, rows), len(rows))
    for column in field.columns[3:]:
        inner = column.name.removeprefix(f"{field.name}_")
        columns[column.name] = _read_sort(column.name, "int64", _inner(field, inner, nested, rows))
    return columns


def _inner(
    field: Field, name: str, nested: Sequence[Mapping[str, Any] | None], rows: Sequence[Mapping[str, Any]]
) -> list[Any]:
    flat = f"{field.name}_{name}"
    return [
        row.get(flat) if point is None else point.get(name) for point, row in zip(nested, rows, strict=True)
    ]


def _split_positions(field: Field, positions: Any, count: int) -> Columns:
    """Return the three columns of positions, in whole voxels."""
    names = [f"{field.position}_{axis}" for axis in AXES]
    empty = _empty_positions([None] * count if positions is None else positions)
    if field.required and empty.any():
        raise _missing(field.position, int(empty.argmax()))
    if empty.all():
        return {name: [None] * count for name in names}
    places = np.flatnonzero(~empty)
    whole = isinstance(positions, np.ndarray)
    given = positions[places] if whole else [positions[place] for place in places]
    voxels = _voxels(given)
    if voxels is None:
        wrong = next((n for n, position in enumerate(given) if _voxels([position]) is None), 0)
        raise Refusal(
            422, f"{field.position} of row {places[wrong]} must be three numbers below 2**31, in voxels."
        )
    cells = np.full((3, count), None, object)
    cells[:, places] = voxels.T
    return dict(zip(names, cells.tolist(), strict=True))


def _empty_positions(positions: Any) -> npt.NDArray[np.bool_]:
    """Return which positions are none: not given, or not a number on all axes."""
    if isinstance(positions, np.ndarray) and positions.ndim == 2 and positions.dtype.kind == "f":
        return np.asarray(np.isnan(positions).all(axis=1))
    return np.fromiter((position is None for position in positions), np.bool_, len(positions))


def _voxels(positions: Any) -> npt.NDArray[np.int64] | None:
    """Return positions as (n, 3) whole numbers; None if one of them is no position."""
    try:
        found = np.asarray(positions)
    except (ValueError, OverflowError, RecursionError):
        return None
    if found.shape != (len(positions), 3) or found.dtype.kind not in "iuf":
        return None
    if not (np.abs(found.astype(np.float64)) < 2**31).all():  # no for what is not a number
        return None
    return found.astype(np.int64)


# ---- single values


def _read_values(field: Field, values: list[Any]) -> list[Any]:
    if field.required and None in values:
        raise _missing(field.name, values.index(None))
    found = _read_sort(field.name, field.columns[0].sort, values)
    if field.choices and not set(found) <= {*field.choices, None}:
        wrong = next(place for place, value in enumerate(found) if value not in (*field.choices, None))
        choices = ", ".join(map(repr, field.choices))
        raise aborted(422, f"{field.name} of row {wrong} must be one of {choices}.")
    return found


def _read_sort(name: str, sort: Sort, values: list[Any]) -> list[Any]:
    """Read the values of a column; whole columns at once if all of them have the type that is meant."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= EXACT[sort] and _fits(sort, values):
        return values
    read = READERS[sort]
    found: list[Any] = []
    for place, value in enumerate(values):
        try:
            found.append(None if value is None else read(value))
        except (ValueError, OverflowError, TypeError):
            raise aborted(
                422, f"{name} of row {place} must be {WORDS[sort]}, and {_shown(value)} is not."
            ) from None
    return found


def _fits(sort: Sort, values: list[Any]) -> bool:
    """Whether values of the right type are within bounds too."""
    there = [value for value in values if value is not None]
    if not there or sort == "bool":
        return True
    if sort == "text":
        return is_storable("".join(there))
    low, high = RANGES[sort]
    if sort == "float" and not all(map(math.isfinite, there)):
        return False
    return bool(low <= min(there) and max(there) <= high)


def _whole(low: float, high: float) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str):
            value = int(value) if len(value) <= 20 else math.inf
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise ValueError
        if not low <= value <= high:
            raise ValueError
        return int(value)

    return read


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    found = float(value)
    if not abs(found) <= LARGEST_FLOAT:
        raise ValueError
    return found


def _written(value: Any) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise ValueError
    return value


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower())
    if value in (0, 1) and isinstance(value, int):
        return bool(value)
    raise ValueError


EXACT: Mapping[Sort, set[type]] = {
    "int32": {int},
    "int64": {int},
    "float": {float},
    "text": {str},
    "bool": {bool},
}
READERS: Mapping[Sort, Callable[[Any], Any]] = {
    "int32": _whole(*RANGES["int32"]),
    "int64": _whole(*RANGES["int64"]),
    "float": _float,
    "text": _written,
    "bool": _yes_or_no,
}
WORDS: Mapping[Sort, str] = {
    "int32": "a whole number below 2**31",
    "int64": "a whole number below 2**63",
    "float": "a number below 3.4e38",
    "text": "text",
    "bool": "true or false",
}


def _as_list(array: Any, count: int) -> list[Any]:
    """Return a column of numpy as a list; cells that are not a number are empty."""
    if array is None:
        return [None] * count
    found = np.asarray(array)
    values: list[Any] = found.tolist()
    if found.dtype.kind == "f" and np.isnan(found).any():
        return [None if missing else value for value, missing in zip(values, np.isnan(found), strict=True)]
    return [_plain(value) for value in values] if found.dtype.kind == "O" else values


def _plain(value: Any) -> Any:
    """Return a cell of a column of objects as Python has it."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain


def _shown(value: Any) -> str:
    """Write a value for a message; lists and objects may be too deep for that."""
    if isinstance(value, str | int | float):
        return repr(value[:30] if isinstance(value, str) else value)[:40]
    return "a list" if isinstance(value, list) else "an object"


def _missing(name: str, place: int) -> Refusal:
    return aborted(422, f"{name} of row {place} is missing, and a row must have it.")
