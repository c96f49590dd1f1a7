"""Rows of an answer: which to keep, which columns were asked for. Arrow in, Arrow out.

Servers accept exclusion filters and ignore them, and they add columns that nobody selected. Both are put
right here, on the Arrow table, before a frame is made of it: a comparison never passes through float.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.arrow import give_back
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.times import to_utc

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.filters import Filters, Tables

    Column = pa.ChunkedArray[Any]

INDEX_COLUMN = "__index_level_0__"
"""Row labels of the server's own frame, which some answers carry along."""

_AXES = ("_x", "_y", "_z")

_IN_PLACE_OF_MISSING = 1
_SEGMENT_COLUMN = re.compile(r"(.*_)?(root|supervoxel)_id(_[A-Za-z0-9]+)?")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Where each column of each table stands in an answer: a join puts endings after names that clash."""

    named: Mapping[str, Mapping[str, str]]

    def find(self, table: str, column: str) -> str:
        """Return the name in the answer of a table's column."""
        return self.named.get(table, {}).get(column, column)

    def find_in_result(self, column: str) -> set[str]:
        """Return the columns of the answer that `column` means: the one so named, else those made of it."""
        made = {name for columns in self.named.values() for name in columns.values()}
        if column in made:
            return {column}
        return {column, *(columns[column] for columns in self.named.values() if column in columns)}


def column_names(headers: Mapping[str, Any]) -> ColumnNames:
    """Read the names that the server sends along; without them names are as they are in the tables."""
    named = headers.get("column_names")
    return ColumnNames(named if isinstance(named, Mapping) else {})


def keep_selected(table: pa.Table, wanted: Iterable[str]) -> pa.Table:
    """Keep the columns that were asked for; a position stands in three columns."""
    names = set(wanted)
    kept = [
        name for name in table.column_names if name in names or (name.endswith(_AXES) and name[:-2] in names)
    ]
    return table.select(kept)


def drop_index(table: pa.Table) -> pa.Table:
    """Drop the server's own row labels."""
    return table.drop_columns([INDEX_COLUMN]) if INDEX_COLUMN in table.column_names else table


def is_one_of(column: Column, values: Any, name: str) -> Any:
    """
    Tell of each value whether it is among `values`; a missing one is not.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        A column of the answer.
    values : list
        The values of a filter.
    name : str
        What an error calls the filter.

    Returns
    -------
    pyarrow.ChunkedArray
        Booleans, none missing.

    Raises
    ------
    InvalidArgumentError
        The values are of another type than the column.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(column.type):
        return pa.chunked_array([pa.repeat(False, len(column))])
    try:
        value_set = _values_as(column.type, values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise InvalidArgumentError(
            f"Pass {name} as values of type {column.type}, like its column."
        ) from error
    return pc.is_in(column, value_set=value_set.drop_null(), skip_nulls=True)


def _values_as(kind: pa.DataType, values: list[Any]) -> Any:
    """Return the values of a filter as an Arrow array of a column's type, none of them changed."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind):
        # Filters hold moments as text; a column without a zone is in UTC.
        moments = [None if value is None else to_utc(value) for value in values]
        return pa.array(moments, pa.timestamp("us", "UTC")).cast(kind)
    if pa.types.is_integer(kind) and float in set(map(type, values)):
        # Made directly, 1.5 would become 1 and leave out other rows; the cast refuses it.
        return pa.array(values, pa.float64()).cast(kind)
    return pa.array(values, type=kind)


def leave_out(table: pa.Table, excluded: Tables, names: ColumnNames) -> pa.Table:
    """
    Leave out the rows that an exclusion filter excludes. A row without a value stays.

    Parameters
    ----------
    table : pyarrow.Table
        The answer; it must have the columns that are filtered by.
    excluded : mapping
        Table -> column -> values to leave out.
    names : ColumnNames
        Where the columns stand.

    Returns
    -------
    pyarrow.Table
        The rows that are left, in their order.
    """
    import pyarrow.compute as pc

    masks = [
        is_one_of(column, values, f"filter_out_dict[{name!r}]")
        for name, column, values in _filtered_columns(table, excluded, names)
    ]
    if not masks:
        return table
    return table.filter(pc.invert(_combined(pc.or_, masks)))


def keep_matching(table: pa.Table, filters: Filters, names: ColumnNames) -> pa.Table:
    """
    Keep the rows that match the IN and equality filters.

    Parameters
    ----------
    table : pyarrow.Table
        The answer.
    filters : Filters
        The filters of the query.
    names : ColumnNames
        Where the columns stand.

    Returns
    -------
    pyarrow.Table
        The rows that are left, in their order.
    """
    import pyarrow.compute as pc

    masks = [
        is_one_of(column, values, f"filter_in_dict[{name!r}]")
        for name, column, values in _filtered_columns(table, filters.of("filter_in_dict"), names)
    ] + [
        is_one_of(column, [value], f"filter_equal_dict[{name!r}]")
        for name, column, value in _filtered_columns(table, filters.of("filter_equal_dict"), names)
    ]
    return table.filter(_combined(pc.and_, masks)) if masks else table


def _combined(how: Any, masks: list[Any]) -> Any:
    return functools.reduce(how, masks)


def _filtered_columns(
    table: pa.Table, tables: Tables, names: ColumnNames
) -> Iterable[tuple[str, Column, Any]]:
    for owner, columns in tables.items():
        for column, value in columns.items():
            found = names.find(owner, column)
            if found not in table.column_names:
                raise InvalidArgumentError(
                    f"Filter by a column that the answer has: there is no {column!r} of {owner!r} among "
                    f"{', '.join(table.column_names)}."
                )
            yield column, table.column(found), value


def without_autapses(box: list[pa.Table]) -> pa.Table:
    """Leave out synapses of a cell with itself; where a root id is missing, nobody knows: the row stays.

    The table is taken out of its box, and freed batch by batch if nobody else holds it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    table = box.pop()
    schema, waiting, kept = table.schema, table.to_batches()[::-1], []
    del table
    while waiting:
        batch = waiting.pop()
        differs: Any = pc.not_equal(batch.column("pre_pt_root_id"), batch.column("post_pt_root_id"))
        kept.append(batch.filter(pc.fill_null(differs, True)))
    give_back()
    return pa.Table.from_batches(kept, schema)


def suspected_in_records(rows: list[dict[str, Any]]) -> list[str]:
    """Find columns of root and supervoxel ids that hold a 1, as `suspected_missing` does for tables."""
    names = filter(_SEGMENT_COLUMN.fullmatch, rows[0] if rows else ())
    return [name for name in names if any(row[name] == _IN_PLACE_OF_MISSING for row in rows)]


def suspected_missing(table: pa.Table) -> list[str]:
    """
    Find columns of root and supervoxel ids that hold a 1.

    In a version whose tables are not merged, servers put 1 in place of an id that is missing
    (`COALESCE(column, 1)` in their queries).
    """
    import pyarrow as pa

    names = filter(_SEGMENT_COLUMN.fullmatch, table.column_names)
    columns: dict[str, Any] = {name: table.column(name) for name in names}
    return [
        name for name, column in columns.items() if pa.types.is_integer(column.type) and _holds_a_one(column)
    ]


def _holds_a_one(column: Any) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    # The least value nearly always settles it, without a comparison per value.
    least = pc.min(column).as_py()
    if least is None or least >= _IN_PLACE_OF_MISSING:
        return bool(least == _IN_PLACE_OF_MISSING)
    ones = pc.equal(column, pa.scalar(_IN_PLACE_OF_MISSING, column.type))
    return bool(pc.any(ones).as_py())


def with_missing(table: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Make ids missing again that stand as 1 in an answer."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in columns:
        column: Any = table.column(name)
        is_missing = pc.equal(column, pa.scalar(_IN_PLACE_OF_MISSING, column.type))
        restored = pc.if_else(is_missing, pa.scalar(None, column.type), column)
        table = table.set_column(table.column_names.index(name), name, restored)
    return table


def records_with_missing(rows: list[dict[str, Any]], columns: Iterable[str]) -> list[dict[str, Any]]:
    """Make ids missing again that stand as 1 in JSON records, as `with_missing` does for tables."""
    ones = dict.fromkeys(columns)
    return [
        {
            name: None if name in ones and value == _IN_PLACE_OF_MISSING else value
            for name, value in row.items()
        }
        for row in rows
    ]


def records_left(rows: list[dict[str, Any]], excluded: Tables, names: ColumnNames) -> list[dict[str, Any]]:
    """Leave out JSON records that an exclusion filter excludes, as `leave_out` does for tables."""
    for owner, columns in excluded.items():
        for column, values in columns.items():
            of_row = operator.itemgetter(names.find(owner, column))
            unwanted = set(values)
            # These rows are Python dicts already, so there is no array to filter at once.
            rows = [row for row in rows if of_row(row) not in unwanted]
    return rows
