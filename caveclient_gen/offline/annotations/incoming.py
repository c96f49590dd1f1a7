"""Rows that somebody sends, read into columns; what does not fit the schema is refused with its place.

Columns are lists with None where a row says nothing, as SQLite takes them. Whole columns are checked at a time;
rows are looked at one by one only to say which of them is wrong.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.annotations.schemas import AXES
from caveclient_gen.offline.http.refusals import Refusal, aborted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caveclient_gen.offline.annotations.schemas import Field, Schema, Sort

    Columns = dict[str, list[Any]]

__all__ = ["columns_of_arrays", "columns_of_rows", "read_row_ids"]

RANGES: Mapping[str, tuple[int, int]] = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


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
            columns[field.name] = _read_values(field, [row.get(field.name, field.default) for row in rows])
    return columns


def columns_of_arrays(schema: Schema, arrays: Mapping[str, Any], count: int) -> Columns:
    """Read columns of numpy: positions (n, 3) under `pt_position`, everything else (n,) under its name.

    A float that is not a number is an empty cell.
    """
    known = {field.position for field in schema.points} | {
        column.name for column in schema.columns if not column.name.endswith(("_x", "_y", "_z"))
    }
    known |= {field.name for field in schema.fields if not field.is_point}
    if unknown := sorted(set(arrays) - known - {"id"}):
        raise Refusal(422, f"Leave out {unknown[0]!r}: {schema.name} has {', '.join(sorted(known))}.")
    columns: Columns = {}
    for field in schema.fields:
        if field.is_point:
            positions = arrays.get(field.position)
            columns.update(_split_positions(field, None if positions is None else list(positions), count))
            columns |= {
                column.name: _read_sort(column.name, "int64", _as_list(arrays.get(column.name), count))
                for column in field.columns[3:]
            }
        else:
            columns[field.name] = _read_values(field, _as_list(arrays.get(field.name), count))
    return columns


def read_row_ids(rows: Sequence[Any], *, required: bool) -> list[int | None]:
    """Return the ids that rows choose (None where they choose none); all of them if `required`."""
    ids = [row.get("id") if isinstance(row, dict) else None for row in rows]
    for place, value in enumerate(ids):
        if (value is None and not required) or (type(value) is int and 0 < value < 2**63):
            continue
        raise Refusal(422, f"id of row {place} must be a whole number above 0 and below 2**63.")
    return ids


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


def _split_positions(field: Field, positions: Sequence[Any] | None, count: int) -> Columns:
    """Return the three columns of positions, in whole voxels."""
    positions = [None] * count if positions is None else positions
    places = [place for place, position in enumerate(positions) if position is not None]
    if field.required and len(places) < count:
        empty = next(place for place, position in enumerate(positions) if position is None)
        raise _missing(field.position, empty)
    given = [positions[place] for place in places]
    voxels = _voxels(given)
    if voxels is None:
        wrong = next(place for place in places if _voxels([positions[place]]) is None)
        raise Refusal(422, f"{field.position} of row {wrong} must be three numbers below 2**31, in voxels.")
    columns: Columns = {}
    for number, axis in enumerate(AXES):
        column: list[Any] = [None] * count
        if len(places) == count:
            column = voxels[:, number].tolist()
        else:
            for place, value in zip(places, voxels[:, number].tolist(), strict=True):
                column[place] = value
        columns[f"{field.position}_{axis}"] = column
    return columns


def _voxels(positions: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """Return positions as (n, 3) whole numbers; None if one of them is no position."""
    if not positions:
        return np.empty((0, 3), np.int64)
    try:
        found = np.array(positions)
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
            said = repr(value)[:40]
            raise aborted(422, f"{name} of row {place} must be {WORDS[sort]}, and {said} is not.") from None
    return found


def _fits(sort: Sort, values: list[Any]) -> bool:
    """Whether values of the right type are within bounds too."""
    there = [value for value in values if value is not None]
    if not there or sort == "bool":
        return True
    if sort == "text":
        whole = "".join(there)
        return "\0" not in whole and whole.isprintable() or _is_plain(whole)
    if sort == "float":
        return all(map(math.isfinite, there))
    low, high = RANGES[sort]
    return low <= min(there) and max(there) <= high


def _is_plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str):
            value = int(value) if len(value) <= 20 else low - 1
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
    if not math.isfinite(found):
        raise ValueError
    return found


def _written(value: Any) -> str:
    if not isinstance(value, str) or not _is_plain(value):
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
    "float": "a finite number",
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
    if found.dtype.kind == "O":
        return [None if isinstance(value, float) and math.isnan(value) else value for value in values]
    return values


def _missing(name: str, place: int) -> Refusal:
    return aborted(422, f"{name} of row {place} is missing, and a row must have it.")
