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
    """Return the row of a name; modules may have `OTHER_SIZES` beside the rows of the table."""
    modules = [importlib.import_module(f"rows.{module}") for module in MODULES]
    others = [row for module in modules for row in getattr(module, "OTHER_SIZES", [])]
    rows = {row.name: row for row in [*all_rows(), *others]}
    if name not in rows:
        raise SystemExit(f"There is no row {name!r}. Rows:\n  " + "\n  ".join(rows))
    return rows[name]
