"""Views: one SELECT of whoever made the dataset, run among the tables of a version and nothing else.

The tables stand before the SELECT as common table expressions (`WITH synapses AS (...)`), so that a name
means the table of the version that is asked, and no other name means anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.sources import Column, Source, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from caveclient_gen.offline.tables.database import Database
    from caveclient_gen.offline.tables.sources import Kind
    from caveclient_gen.offline.versions import View

__all__ = ["ViewSyntax", "read_view", "view_source"]

TYPES: dict[str, tuple[Kind, pa.DataType, str]] = {
    "integer": ("integer", pa.int64(), "BIGINT"),
    "float": ("float", pa.float64(), "DOUBLE"),
    "number": ("float", pa.float64(), "DOUBLE"),
    "string": ("string", pa.string(), "VARCHAR"),
    "boolean": ("boolean", pa.bool_(), "BOOLEAN"),
    "SpatialPoint": ("position", pa.int32(), "INTEGER"),
}
"""Kind of a view's column to how it is compared, its type in the answer, and that type in SQL."""

FUNCTIONS = ("range", "generate_series", "unnest")
"""Functions that a view may select from. Others read files, or tell of the database itself."""

HUNGRY = (
    "array_resize",
    "bar",
    "format",
    "list_resize",
    "lpad",
    "printf",
    "repeat",
    "rpad",
)
"""Functions that make one value of any size; the bounds on memory and time do not count that."""

TELLING = ("current_setting", "getenv", "getvariable")
"""Functions that tell of this machine."""


@dataclass(frozen=True)
class ViewSyntax:
    """What a view's SQL asks: which tables, and whether it puts its rows in order."""

    tables: tuple[str, ...]
    is_ordered: bool


def read_view(database: Database, view: View) -> ViewSyntax:
    """Read a view's SQL.

    Raises
    ------
    Refusal
        It is not one SELECT, or it selects from something other than tables.
    """
    document = json.loads(database.syntax_of(view.sql))
    if document.get("error") or len(document.get("statements", ())) != 1:
        said = str(document.get("error_message", "it has several statements"))[:200]
        raise Refusal(400, f"The SQL of view {view.name} must be one SELECT: {said}.")
    node = document["statements"][0]["node"]
    local = {str(entry["key"]) for part in _parts(node) for entry in part.get("cte_map", {}).get("map", ())}
    tables: dict[str, None] = {}
    for part in _parts(node):
        if part.get("type") == "BASE_TABLE":
            if part.get("schema_name") or part.get("catalog_name"):
                raise Refusal(400, f"View {view.name} must name tables alone, without a schema before them.")
            if part["table_name"] not in local:
                tables[str(part["table_name"])] = None
        elif part.get("type") == "TABLE_FUNCTION" and _function(part) not in FUNCTIONS:
            raise Refusal(400, f"View {view.name} may not select from {_function(part)}().")
        else:
            _refuse_function(view, part)
    is_ordered = any(part.get("type") == "ORDER_MODIFIER" for part in node.get("modifiers", ()))
    return ViewSyntax(tuple(tables), is_ordered)


def view_source(view: View, syntax: ViewSyntax, table: Callable[[str], Source]) -> Source:
    """Return a view as something that can be queried.

    Parameters
    ----------
    view : View
        The view.
    syntax : ViewSyntax
        What its SQL asks.
    table : callable
        Finds a table by its name in the state of the dataset that is asked.
    """
    sources = [table(name) for name in syntax.tables]
    named = ", ".join(
        f"{quoted(source.name)} AS (SELECT * FROM {source.relation})"  # noqa: S608 - quoted
        for source in sources
    )
    columns = {name: _column(view, name) for name in view.columns}
    listed = ", ".join(
        f"CAST({quoted(part)} AS {TYPES[view.columns[name]][2]}) AS {quoted(part)}"
        for name, column in columns.items()
        for part in column.parts
    )
    # On lines of its own: a comment at the end of the view's SQL ends there.
    select = view.sql.rstrip().rstrip(";")
    body = f"SELECT {listed} FROM (\n{select}\n) AS whole"  # noqa: S608 - read by `read_view` before
    return Source(
        name=view.name,
        columns=columns,
        resolution=view.resolution,
        relation=f"({f'WITH {named} ' if named else ''}{body})",
        registered={name: rows for source in sources for name, rows in source.registered.items()},
        is_ordered=syntax.is_ordered,
    )


def _column(view: View, name: str) -> Column:
    kind = view.columns[name]
    if kind not in TYPES:
        raise Refusal(
            400, f"Column {name} of view {view.name} must be one of {', '.join(TYPES)}; it is {kind}."
        )
    return Column(name, TYPES[kind][0], TYPES[kind][1])


def _refuse_function(view: View, part: Mapping[str, Any]) -> None:
    if part.get("type") == "SHOW_REF":
        raise Refusal(400, f"View {view.name} must select rows, not describe tables.")
    name = str(part.get("function_name", "")).lower()
    if name in HUNGRY + TELLING:
        raise Refusal(400, f"View {view.name} may not use {name}().")


def _function(part: Mapping[str, Any]) -> str:
    return str(part.get("function", {}).get("function_name", "")).lower()


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects of a syntax tree."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
