"""Rows as annotation servers take them: from tables, column by column, and from dicts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from itertools import groupby, repeat
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.jsonable import WrittenJSON, is_plain, jsonable
from caveclient_gen.mixins.annotation.cells import Column, point_dicts, read_column, read_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

SUFFIX = "_position"


def columns_of(df: pd.DataFrame, position_columns: Any) -> tuple[list[Column], list[tuple[str, Column]]]:
    """
    Read a frame: its plain columns, and its points with the fields that they go into.

    Parameters
    ----------
    df : pandas.DataFrame
        The rows.
    position_columns : iterable of str, mapping of str to str, or None
        The columns with points; a mapping says which field each goes into. None: those whose name ends
        in "_position".

    Returns
    -------
    tuple
        Columns, and pairs of field and column.
    """
    if not hasattr(df, "columns"):
        raise InvalidArgumentError(f"Pass df as a pandas DataFrame, not as {type(df).__name__}.")
    fields = _point_fields(df, position_columns)
    plain = [read_column(str(name), df[name]) for name in df.columns if name not in fields]
    points = [(field, read_points(str(name), df[name])) for name, field in fields.items()]
    targets = [column.name for column in plain] + [field for field, _ in points]
    doubled = {name for name in targets if targets.count(name) > 1}
    if doubled:
        raise InvalidArgumentError(f"Rename one of the columns for {sorted(doubled)}: there are two of each.")
    return plain, points


def _point_fields(df: pd.DataFrame, given: Any) -> dict[Any, str]:
    if given is None:
        given = [name for name in df.columns if str(name).endswith(SUFFIX)]
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, Iterable):
        raise InvalidArgumentError(
            f"Pass position_columns as a list of columns, a dict or None, not as {type(given).__name__}."
        )
    if isinstance(given, Mapping):
        fields = {name: str(field) for name, field in given.items()}
    else:
        fields = {name: str(name) for name in given}
        wrong = [name for name in fields.values() if not name.endswith(SUFFIX)]
        if wrong:
            raise InvalidArgumentError(
                f"Pass position_columns as a dict, {{column: field}}, for columns whose name does not end in "
                f"{SUFFIX!r}: {wrong}."
            )
        fields = {name: field.removesuffix(SUFFIX) for name, field in fields.items()}
    absent = [name for name in fields if name not in df.columns]
    if absent:
        raise InvalidArgumentError(f"Name columns of the frame in position_columns: it has no {absent}.")
    return fields


def records(plain: Sequence[Column], points: Sequence[tuple[str, Column]]) -> list[dict[str, Any]]:
    """Return rows as dicts; what is missing is left out."""
    names = [column.name for column in plain] + [field for field, _ in points]
    cells = [column.cells for column in plain] + [point_dicts(column) for _, column in points]
    rows = list(map(dict, map(zip, repeat(names), zip(*cells, strict=True))))
    if any(column.missing is not None for column in [*plain, *(column for _, column in points)]):
        rows = list(map(_without_missing, rows))
    return rows


def _without_missing(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if cell is not None}


class RowTexts:
    """
    The JSON text of the rows of a table, made column by column; what is missing is left out.

    orjson writes columns of numbers at once, Arrow joins the cells of a row: no Python code runs for each of
    them, and only the text of the batch that is asked for is in memory.

    Parameters
    ----------
    plain : sequence of Column
        Columns, at least one here or among the points.
    points : sequence of (str, Column)
        Columns of points, with the fields that they go into.
    """

    def __init__(self, plain: Sequence[Column], points: Sequence[tuple[str, Column]]) -> None:
        columns = [*((column.name, column, False) for column in plain), *((*pair, True) for pair in points)]
        # What no row lacks comes first: it needs no look at each row whether a comma goes before it.
        self._columns = sorted(columns, key=lambda entry: entry[1].missing is not None)
        self._count = len(columns[0][1]) if columns else 0

    def __len__(self) -> int:
        return self._count

    def batch(self, first: int, last: int) -> WrittenJSON:
        """Return rows as one list."""
        pieces: list[Any] = ["{"]
        for field, column, is_point in self._columns:
            some = column.part(first, last)
            is_whole = column.missing is None
            if is_whole and len(pieces) > 1:
                pieces.append(",")
            pieces += _point_pieces(field, some) if is_point else _pieces(field, some)
        is_led_by_comma = bool(self._columns) and self._columns[0][1].missing is not None
        rows = _joined([*pieces, "},"], is_led_by_comma=is_led_by_comma)
        _, offsets, text = rows.buffers()
        end = int.from_bytes(memoryview(offsets)[8 * len(rows) : 8 * len(rows) + 8], sys.byteorder)
        return WrittenJSON(b"".join((b"[", memoryview(text)[: max(end - 1, 0)], b"]")))


def _pieces(field: str, column: Column) -> list[Any]:
    """Return the texts that make up one field of each row: the same for all, or an array of one for each."""
    key = json.dumps(field)
    if column.numbers is not None:
        return [key, _number_texts(column.numbers)]
    cells = _cell_texts(column)
    return [f"{key}:", cells] if column.missing is None else [_optional(f"{key}:", cells, column.missing)]


def _point_pieces(field: str, column: Column) -> list[Any]:
    key = f"{json.dumps(field)}:"
    if column.numbers is not None:
        return [f'{key}{{"position"', _number_texts(column.numbers), "}"]
    cells = _texts([json.dumps(one, separators=(",", ":")) for one in point_dicts(column)])
    return [_optional(key, cells, column.missing)]


def _joined(pieces: Sequence[Any], *, is_led_by_comma: bool) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts: list[Any] = []
    for is_same, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        some = list(group)  # as few texts as can be: each costs as much as a column
        texts += [pa.scalar("".join(some), pa.large_string())] if is_same else some
    between = pa.scalar("", pa.large_string())
    rows = pc.binary_join_element_wise(*texts, between)
    # Anchored, because a text may have the same two characters.
    return pc.replace_substring_regex(rows, r"^\{,", "{") if is_led_by_comma else rows


def _texts(values: Sequence[str]) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.large_string())


def _number_texts(numbers: np.ndarray) -> Any:
    """
    Return the JSON of each number, or of each row of an array with three columns, with a colon before it.

    orjson writes all of them as one list, which is cut at what stands between them; that becomes the colon.
    """
    import numpy as np
    import orjson
    import pyarrow as pa

    written = orjson.dumps(np.ascontiguousarray(numbers), option=orjson.OPT_SERIALIZE_NUMPY)
    text = np.frombuffer(written, np.uint8).copy()
    offsets = np.zeros(len(numbers) + 1, np.int64)  # begins with the bracket of the list
    if numbers.ndim == 1:
        offsets[1:-1] = np.flatnonzero(text == ord(","))
        offsets[-1] = len(text) - 1
    else:
        offsets[1:] = np.flatnonzero(text == ord("]"))[:-1] + 1
    text[offsets[:-1]] = ord(":")
    return pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(offsets.data), pa.py_buffer(text.data))


def _cell_texts(column: Column) -> Any:
    """Return the JSON of each cell, as an array of texts."""
    if column.kinds == {str} and column.missing is None:
        return _texts(list(map(encode_basestring_ascii, column.cells)))
    return _texts([json.dumps(cell, separators=(",", ":")) for cell in column.cells])


def _optional(key: str, cells: Any, missing: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.scalar("", pa.large_string())
    there = pc.binary_join_element_wise(pa.scalar(f",{key}", pa.large_string()), cells, nothing)
    return pc.if_else(pa.array(missing), nothing, there)


def written_records(rows: Sequence[Mapping[str, Any]]) -> WrittenJSON:
    """Return clean rows as one list of JSON."""
    import orjson

    try:
        return WrittenJSON(orjson.dumps(rows))
    except TypeError:  # integers beyond 64 bits, halves of surrogate pairs
        return WrittenJSON(json.dumps(rows, separators=(",", ":"), allow_nan=False).encode())


def clean_records(data: Any) -> list[dict[str, Any]]:
    """
    Read rows that somebody wrote by hand.

    Parameters
    ----------
    data : mapping or iterable of mapping
        One row or several; with numpy values, say. What is None, NaN or NA is left out.

    Returns
    -------
    list of dict
        Rows that JSON can write: the same where nothing has to be done, else new ones.
    """
    if isinstance(data, Mapping):
        data = [data]
    if hasattr(data, "columns"):
        raise InvalidArgumentError("Use post_annotation_df or update_annotation_df for a DataFrame.")
    if isinstance(data, (str, bytes)) or not isinstance(data, Iterable):
        raise InvalidArgumentError(f"Pass data as a dict or a list of dicts, not as {type(data).__name__}.")
    rows = list(data)
    if set(map(type, rows)) <= {dict} and is_plain(rows):
        return rows
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InvalidArgumentError(
                f"Pass each annotation as a dict: number {number} is of type {type(row).__name__}."
            )
    return [_clean(row, f"data[{number}]") for number, row in enumerate(rows)]


def _clean(row: Mapping[Any, Any], path: str) -> dict[str, Any]:
    kept = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            value = _clean(value, f"{path}.{key}")
        if not _is_missing_value(value):
            kept[str(key)] = jsonable(value, f"{path}.{key}")
    return kept


def _is_missing_value(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    # NaN is the one value that differs from itself; arrays compare item by item and are none.
    return getattr(value, "ndim", 0) == 0 and hasattr(value, "__float__") and bool(value != value)
