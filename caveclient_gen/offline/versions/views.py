"""Views: queries that are asked by their name."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.versions.files import NAME

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["KINDS", "View", "check_view", "keep_view", "read_views"]

KINDS = ("integer", "float", "string", "boolean", "SpatialPoint")
"""What a column of a view may be, in the words of servers."""


@dataclass(frozen=True)
class View:
    """A query that is asked by its name.

    Parameters
    ----------
    name, description : str
        For people.
    sql : str
        One SELECT over tables of a version, in DuckDB's words. Positions are three columns (`pt_position_x`).
    columns : dict
        Name to kind ("integer", "float", "string", "boolean", "SpatialPoint"), in the order of the answer.
    resolution : tuple of float
        Size of the voxels that positions are in, in nm.
    """

    name: str
    description: str
    sql: str
    columns: Mapping[str, str]
    resolution: tuple[float, float, float]
    notice: str | None = None
    live_compatible: bool = True


def check_view(view: View) -> None:
    """Refuse a view that could not be asked."""
    if not NAME.fullmatch(view.name):
        raise Refusal(400, f"Name a view in lower-case letters, digits and _: {view.name[:60]!r} is not.")
    if not view.columns:
        raise Refusal(400, f"Say which columns the view {view.name} answers.")
    for column, kind in view.columns.items():
        if not NAME.fullmatch(column.lower()):
            raise Refusal(400, f"Name columns in letters, digits and _: {column[:60]!r} is not.")
        if kind not in KINDS:
            raise Refusal(400, f"{column} must be one of {', '.join(KINDS)}, and is {str(kind)[:60]!r}.")
    sizes = list(view.resolution)
    if len(sizes) != 3 or not all(0 < size < math.inf for size in sizes):
        raise Refusal(400, f"The resolution of {view.name} must be three sizes in nm, above 0.")
    _check_query(view)


def _check_query(view: View) -> None:
    import duckdb

    try:
        statements = duckdb.extract_statements(view.sql)
    except duckdb.Error as error:
        raise Refusal(400, f"The SQL of {view.name} cannot be read: {str(error)[:300]}") from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refusal(400, f"The SQL of {view.name} must be one SELECT.")


def keep_view(database: sqlite3.Connection, view: View) -> None:
    """Write a view; one of the same name is replaced."""
    database.execute(
        """
        INSERT INTO view_definition (name, description, sql, columns, resolution, notice, live_compatible)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
            description = excluded.description, sql = excluded.sql, columns = excluded.columns,
            resolution = excluded.resolution, notice = excluded.notice,
            live_compatible = excluded.live_compatible
        """,
        (
            view.name,
            view.description,
            view.sql,
            json.dumps(dict(view.columns)),
            json.dumps([float(size) for size in view.resolution]),
            view.notice,
            view.live_compatible,
        ),
    )


def read_views(database: sqlite3.Connection) -> dict[str, View]:
    """Read all views, in the order in which they were defined."""
    rows = database.execute(
        "SELECT name, description, sql, columns, resolution, notice, live_compatible"
        " FROM view_definition ORDER BY id"
    )
    return {
        name: View(name, description, sql, json.loads(columns), _sizes(resolution), notice, bool(live))
        for name, description, sql, columns, resolution, notice, live in rows
    }


def _sizes(text: str) -> tuple[float, float, float]:
    x, y, z = json.loads(text)
    return x, y, z
