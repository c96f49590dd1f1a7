"""Segment properties: what Neuroglancer shows beside segments, searches and filters by.

The format: github.com/google/neuroglancer, `src/datasource/precomputed/segment_properties.md`.

| column | property |
|---|---|
| the first one of root ids | the segments |
| `id` (or else the segment), or `label_columns`, or the pattern `label_format` | the label |
| text of at most 1,000 different words | tags |
| other text | text |
| yes or no | a tag with the column's name where it is yes |
| numbers | numbers |
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.viewing.rows import is_plain, pc, root_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["segment_properties"]

MOST_TAGS = 1000
"""Different words of a column up to which they are tags."""

LONGEST_FORMAT = 200
MOST_COLUMNS = 20
"""Letters of a label's pattern, and columns in a label: each stands in memory once per row."""


def segment_properties(
    rows: pa.Table, *, label_format: str | None = None, label_columns: Sequence[str] = ()
) -> dict[str, Any]:
    """Return rows as properties of the segments that they lie on; rows on none are left out.

    Parameters
    ----------
    rows : pa.Table
        As `Annotations.rows_at` gives them, with the columns of a table that they refer to.
    label_format : str, optional
        Pattern of the label, with columns in braces: "{cell_type} ({id})".
    label_columns : list of str
        Columns that make up the label, joined by "_", if there is no pattern.

    Returns
    -------
    dict
        The `info` document.

    Raises
    ------
    Refusal
        There is no column of root ids, or a label asks for a column that there is not.
    """
    roots = root_columns(rows)
    if not roots:
        raise Refusal(400, "Choose a table with a column of root ids: this one is bound to no segment.")
    rows = rows.filter(pc.fill_null(pc.greater(rows.column(roots[0]), 0), False))
    label = _label(rows, label_format, label_columns)
    properties = [{"id": "label", "type": "label", "values": label.to_pylist()}, *_tags(rows)]
    for column in _columns(rows, "text"):
        if not _is_tags(rows.column(column)):
            values = pc.fill_null(rows.column(column), "")
            properties.append({"id": column, "type": "string", "values": values.to_pylist()})
    properties.extend(_numbers(rows))
    ids = rows.column(roots[0]).cast(pa.string()).to_pylist()
    return {"@type": "neuroglancer_segment_properties", "inline": {"ids": ids, "properties": properties}}


def _columns(rows: pa.Table, kind: str) -> list[str]:

    is_kind: Callable[[pa.DataType], bool] = {
        "text": lambda one: pa.types.is_string(one) or pa.types.is_large_string(one),
        "number": lambda one: pa.types.is_integer(one) or pa.types.is_floating(one),
        "flag": lambda one: pa.types.is_boolean(one),
    }[kind]
    return [field.name for field in rows.schema if is_plain(field.name) and is_kind(field.type)]


def _is_tags(column: pa.ChunkedArray[Any]) -> bool:
    found: int = pc.count_distinct(column).as_py()
    return found <= MOST_TAGS


def _tags(rows: pa.Table) -> list[dict[str, Any]]:
    """Return the one property of tags: per row the numbers of its words in the list of all words."""
    words: list[str] = []
    places = []
    for column in _columns(rows, "text"):
        values = rows.column(column)
        if _is_tags(values):
            known = pc.unique(values.drop_null())
            known = known.take(pc.sort_indices(known))
            places.append(pc.add(pc.index_in(values, value_set=known).cast(pa.int32()), len(words)))
            words.extend(known.to_pylist())
    for column in _columns(rows, "flag"):
        is_set = pc.fill_null(rows.column(column), False)
        places.append(pc.if_else(is_set, pa.scalar(len(words), pa.int32()), pa.scalar(None, pa.int32())))
        words.append(column)
    if not words:
        return []
    words, renumbered = _joined(words)
    lists = _lists([pc.take(pa.array(renumbered, pa.int32()), one) for one in places])
    return [{"id": "tags", "type": "tags", "tags": words, "values": lists}]


def _joined(words: list[str]) -> tuple[list[str], list[int]]:
    """Return words without repetition, and for each of the given words its place among them."""
    places: dict[str, int] = {}
    renumbered = [places.setdefault(word, len(places)) for word in words]
    return list(places), renumbered


def _lists(places: list[pa.ChunkedArray[Any]]) -> list[list[int]]:
    """Return per row the places that are not null, from one column of places per word list."""
    table = np.stack([pc.fill_null(one, -1).to_numpy() for one in places], axis=1)
    kept = table >= 0
    ends = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    words: Any = pa.array(table[kept], pa.int32())
    lists: Any = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), words).to_pylist()
    return list(lists)


def _numbers(rows: pa.Table) -> list[dict[str, Any]]:

    found = []
    for column in _columns(rows, "number"):
        values = rows.column(column)
        least, most = pc.min_max(values).values()
        fits = pa.types.is_integer(values.type) and (
            least.as_py() is None or (least.as_py() >= -(2**31) and most.as_py() < 2**31)
        )
        kind = "int32" if fits else "float32"
        shown = values if fits else values.cast(pa.float32(), safe=False)
        found.append({"id": column, "type": "number", "values": shown.to_pylist(), "data_type": kind})
    return found


# ---- labels


def _label(rows: pa.Table, pattern: str | None, columns: Sequence[str]) -> Any:

    if pattern is not None:
        parts = _parts(pattern)
    elif columns:
        parts = [piece for column in columns for piece in (("", "_"), (column, ""))][1:]
    else:
        parts = [("id" if "id" in rows.column_names else root_columns(rows)[0], "")]
    if sum(bool(column) for column, _ in parts) > MOST_COLUMNS:
        raise Refusal(400, f"A label can have at most {MOST_COLUMNS} columns.")
    nothing = pa.chunked_array([pa.repeat("", rows.num_rows)])  # as long as the rows, if all else is text
    pieces = [nothing, *(_text(rows, column) if column else text for column, text in parts)]
    return pc.binary_join_element_wise(*pieces, "", null_handling="replace")


def _parts(pattern: str) -> list[tuple[str, str]]:
    """Read a pattern as columns and text, in order. No attribute, index or conversion of Python's is read."""
    if len(pattern) > LONGEST_FORMAT:
        raise Refusal(400, f"label_format may have at most {LONGEST_FORMAT} characters.")
    parts: list[tuple[str, str]] = []
    try:
        for text, column, form, conversion in string.Formatter().parse(pattern):
            if form or conversion:
                raise ValueError("only names of columns may stand in braces")
            parts.append(("", text))
            if column is not None:
                parts.append((column or " ", ""))
    except ValueError as error:
        raise Refusal(400, f"label_format cannot be read: {error}.") from None
    return parts


def _text(rows: pa.Table, column: str) -> pa.ChunkedArray[Any]:

    if column not in rows.column_names:
        known = ", ".join(rows.column_names)
        raise Refusal(400, f"A label can have the columns {known}, and {column[:60]!r} is none of them.")
    values = rows.column(column)
    try:
        return values if pa.types.is_string(values.type) else values.cast(pa.string())
    except pa.ArrowNotImplementedError:
        raise Refusal(400, f"A label cannot have the column {column}: it is no text.") from None
