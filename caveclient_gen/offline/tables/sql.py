"""From a query to SQL. All names in it are ours or the catalogue's; all values are bound or registered.

Columns of the answer are c0, c1... in SQL and get their names afterwards: endings are the caller's words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.output import live_order, outputs
from caveclient_gen.offline.tables.sources import nearest
from caveclient_gen.offline.tables.values import box_of, list_of, pattern_of, refused, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from caveclient_gen.offline.tables.output import Output
    from caveclient_gen.offline.tables.query import Filter, Join, Query
    from caveclient_gen.offline.tables.sources import Column, Source

__all__ = ["Statement", "count_statement", "rows_statement"]

COMPARISONS = {"equal": "=", "greater": ">", "less": "<", "greater_equal": ">=", "less_equal": "<="}
LISTS = ("in", "notin")
LARGEST = 2**63 - 1
LARGEST_SAMPLE = 10**9
"""In rows, as DuckDB takes it."""


@dataclass
class Statement:
    """SQL with its values.

    Parameters
    ----------
    check_pattern : callable
        Why a pattern cannot be used; None if it can.
    """

    check_pattern: Callable[[str], str | None]
    sql: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    registered: dict[str, pa.Table] = field(default_factory=dict)
    found: list[Output] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        """Return what stands in SQL for a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def register(self, values: pa.Array[Any]) -> str:
        """Return the name under which SQL finds a list of values, in a column `value`."""
        name = f"values_{len(self.registered)}"
        self.registered[name] = pa.table({"value": values})
        return name


def rows_statement(
    query: Query, sources: Sequence[Source], check_pattern: Callable[[str], str | None]
) -> Statement:
    """Return the SQL of a query's rows; `found` says what its columns are, in their order."""
    statement = Statement(check_pattern)
    statement.found = outputs(query, sources)
    resolution = query.resolution or sources[-1].resolution
    order = live_order(statement.found) if query.segmentation_last and not query.select else statement.found
    columns = [
        _column(statement, output, part, sources[output.table], resolution)
        for output in order
        for part, _ in output.parts
    ]
    statement.found = order
    listed = ", ".join(f"{column} AS c{place}" for place, column in enumerate(columns))
    statement.sql = f"SELECT {listed} {_from_where(statement, query, sources)}"
    statement.sql += _order(query, sources) + _page(statement, query, sources)
    return statement


def count_statement(
    query: Query, sources: Sequence[Source], check_pattern: Callable[[str], str | None]
) -> Statement:
    """Return the SQL that counts the rows of a query, whatever its limit and offset."""
    outputs(query, sources)  # what cannot be selected is refused here, too
    statement = Statement(check_pattern)
    statement.sql = f"SELECT count(*) {_from_where(statement, query, sources)}"
    return statement


def _column(
    statement: Statement, output: Output, part: str, source: Source, resolution: tuple[float, float, float]
) -> str:
    column = source.cell(output.table, part)
    if output.column.kind != "position":
        return column
    axis = "xyz".index(part[-1])
    if resolution[axis] == source.resolution[axis]:
        return column
    own, wanted = statement.bind(source.resolution[axis]), statement.bind(resolution[axis])
    # Multiplied first: so a position that falls on a whole voxel is not cut to the one before it.
    scaled = f"{column} * CAST({own} AS DOUBLE) / CAST({wanted} AS DOUBLE)"
    if pa.types.is_floating(output.column.type):
        return f"CAST({scaled} AS {'FLOAT' if pa.types.is_float32(output.column.type) else 'DOUBLE'})"
    return f"CAST(trunc({scaled}) AS INTEGER)"


def _from_where(statement: Statement, query: Query, sources: Sequence[Source]) -> str:
    for source in sources:
        statement.registered.update(source.registered)
    tables = f"FROM {_sampled(query, sources[0])} AS {sources[0].as_table(0)}"
    for place, join in enumerate(query.joins, 1):
        other = sources[place]
        tables += f" JOIN {other.relation} AS {other.as_table(place)} ON {_join(query, join, sources, place)}"
    conditions = [_condition(statement, one, query, sources) for one in query.filters]
    return f"{tables} WHERE {' AND '.join(conditions)}" if conditions else tables


def _sampled(query: Query, source: Source) -> str:
    """Return a table, or as many of its rows as are to be drawn at random."""
    if query.sample is None:
        return source.relation
    if query.sample < 1:
        raise Refusal(400, "random_sample must be 1 or more.")
    if source.length is not None and query.sample >= source.length:
        return source.relation
    rows = min(query.sample, LARGEST_SAMPLE)
    return f"(SELECT * FROM {source.relation} USING SAMPLE reservoir({rows:d} ROWS))"  # noqa: S608 - a number


def _join(query: Query, join: Join, sources: Sequence[Source], place: int) -> str:
    to = query.tables.index(join.to)
    own, other = sources[place].column(join.column), sources[to].column(join.to_column)
    if own.kind != other.kind or own.kind not in ("integer", "string"):
        raise Refusal(
            400,
            f"Join columns of one kind, ids or text: {join.table}.{own.name} has {own.kind}s, "
            f"{join.to}.{other.name} has {other.kind}s.",
        )
    return f"{sources[place].cell(place, own.name)} = {sources[to].cell(to, other.name)}"


def _condition(statement: Statement, condition: Filter, query: Query, sources: Sequence[Source]) -> str:
    if condition.table not in query.tables:
        raise Refusal(
            400,
            f"A filter is about {condition.table[:80]!r}, which the query is not about."
            f"{nearest(condition.table, query.tables)}",
        )
    place = query.tables.index(condition.table)
    column = sources[place].column(condition.column)
    if condition.kind == "spatial":
        return _within(statement, condition, sources[place], place)
    name = sources[place].cell(place, column.name)
    if condition.kind == "regex":
        pattern = pattern_of(condition, column)
        if trouble := statement.check_pattern(pattern):
            raise refused(condition, f"must be a pattern of RE2 ({trouble})")
        return f"regexp_matches({name}, {statement.bind(pattern)})"
    if condition.kind in LISTS:
        listed = statement.register(list_of(condition, column))
        if condition.kind == "in":
            return f"{name} IN (SELECT value FROM {listed})"  # noqa: S608 - quoted, registered
        return f"({name} IS NULL OR {name} NOT IN (SELECT value FROM {listed}))"  # noqa: S608 - as above
    return f"{name} {COMPARISONS[condition.kind]} {_compared(statement, condition, column)}"


def _compared(statement: Statement, condition: Filter, column: Column) -> str:
    if column.kind == "boolean" and condition.kind != "equal":
        raise refused(condition, "cannot be asked of a column of true and false; use filter_equal_dict")
    return statement.bind(value_of(condition, column))


def _within(statement: Statement, condition: Filter, source: Source, place: int) -> str:
    column = source.column(condition.column)
    box = box_of(condition, column)
    return " AND ".join(
        f"{source.cell(place, part)} BETWEEN CAST({statement.bind(least)} AS DOUBLE)"
        f" AND CAST({statement.bind(greatest)} AS DOUBLE)"
        for part, (least, greatest) in zip(column.parts, box, strict=True)
    )


def _order(query: Query, sources: Sequence[Source]) -> str:
    """Return how rows are put in order, so that pages fit together. A plain scan keeps the file's order."""
    shuffled = query.joins or query.sample or any(one.kind in LISTS for one in query.filters)
    if sources[0].is_ordered and not shuffled:
        return ""
    ids = [source.cell(place, "id") for place, source in enumerate(sources) if "id" in source.columns]
    return (
        f" ORDER BY {', '.join(ids)}" if len(ids) == len(sources) and not query.of_view else " ORDER BY ALL"
    )


def _page(statement: Statement, query: Query, sources: Sequence[Source]) -> str:
    if query.offset < 0 or (query.limit is not None and query.limit < 0):
        raise Refusal(400, "limit and offset must not be negative.")
    length = sources[0].length if not query.joins else None
    page = ""
    if query.limit is not None and (query.offset or length is None or length > query.limit):
        page = f" LIMIT {statement.bind(min(query.limit, LARGEST))}"
    if query.offset:
        page += f" OFFSET {statement.bind(min(query.offset, LARGEST))}"
    return page
