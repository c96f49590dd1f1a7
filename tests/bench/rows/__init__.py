"""All rows of the table, in its order. Each module has the rows of one part of CAVE."""

from __future__ import annotations

import importlib
import json

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


def quick_rows() -> list[Row]:
    """Return the rows of `make bench-quick`: of each kind the first, without those that take long."""
    kinds: dict[type[Row], Row] = {}
    for row in all_rows():
        kinds.setdefault(type(row), row)
    return [row for row in kinds.values() if row.quick and not row.slow]


def row_of(reference: str) -> Row:
    """Return the row that a `Row.reference` stands for."""
    module, kind, size = reference.split(" ", 2)
    found: Row = getattr(importlib.import_module(f"rows.{module}"), kind)(**json.loads(size))
    return found
