"""All rows of the table, in its order. Each module has the rows of one part of CAVE."""

from __future__ import annotations

import importlib

from row import Row

MODULES = (
    "imports",
    "start",
    "queries",
    "positions",
    "many_cells",
    "graphs",
    "level2",
    "uploads",
    "generator",
)
"""In the order of the table."""


def all_rows() -> list[Row]:
    """Return the rows."""
    found: list[Row] = []
    for name in MODULES:
        found += importlib.import_module(f"rows.{name}").ROWS
    return found


def row_named(name: str) -> Row:
    """Return the row of a name."""
    rows = {row.name: row for row in all_rows()}
    if name not in rows:
        raise SystemExit(f"There is no row {name!r}. Rows:\n  " + "\n  ".join(rows))
    return rows[name]
