"""What is asked of tables, and what comes back. Plain values: no SQL, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

__all__ = [
    "MOST_TABLES",
    "Answer",
    "At",
    "Filter",
    "FilterKind",
    "Frozen",
    "Join",
    "Live",
    "Query",
    "check_tables",
]

MOST_TABLES = 10
"""How many tables one query may join."""

FilterKind = Literal[
    "in",
    "notin",
    "equal",
    "greater",
    "less",
    "greater_equal",
    "less_equal",
    "spatial",
    "regex",
]
"""How a column is held against a value. A row without a value passes "notin" and no other."""


@dataclass(frozen=True)
class Frozen:
    """Tables as they were frozen in a version."""

    version: int


@dataclass(frozen=True)
class Live:
    """Tables as they are at a moment, in microseconds since 1970."""

    moment: int


At = Frozen | Live


@dataclass(frozen=True)
class Filter:
    """One condition. All conditions of a query must hold.

    Parameters
    ----------
    kind : str
        One of `FilterKind`.
    table, column : str
        What is compared. A position is named as a whole (`pt_position`).
    value : object
        "in", "notin": a list. "spatial": [[x0, y0, z0], [x1, y1, z1]] in the table's voxels, both ends
        included. "regex": a pattern of RE2, which may match anywhere. Else one value of the column's type.
    """

    kind: FilterKind
    table: str
    column: str
    value: Any


@dataclass(frozen=True)
class Join:
    """Rows of `table` beside rows of `to`: those whose `column` equals its `to_column`."""

    table: str
    column: str
    to: str
    to_column: str


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question to tables.

    Parameters
    ----------
    at : Frozen or Live
        Which state of the tables.
    tables : tuple of str
        Tables in the order of the answer's columns; the first one, then one for each of `joins`.
    joins : tuple of Join
        How each table but the first is joined, in the same order.
    filters : tuple of Filter
        Conditions.
    select : dict, list or None
        Table to columns; a list means each table that has such a column; None or nothing means all.
    suffixes : dict
        Table to ending of those names that several tables have; "x", "y", "z", "xx"... where none is said.
    offset : int
        Rows to skip.
    limit : int or None
        Most rows to return.
    sample : int or None
        How many rows of the first table to draw at random before filters apply.
    resolution : tuple of float or None
        Size of the voxels in which positions are returned, in nm; None: those of the last table.
    of_view : bool
        `tables` names one view instead.
    with_supervoxels : bool
        A selected root id brings its supervoxel id along, as frozen queries of real servers do.
    segmentation_last : bool
        Columns stand as in live queries of tables that changed: ids of the segmentation, then `valid`, last.
    """

    at: At
    tables: tuple[str, ...]
    joins: tuple[Join, ...] = ()
    filters: tuple[Filter, ...] = ()
    select: Mapping[str, Sequence[str]] | Sequence[str] | None = None
    suffixes: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    limit: int | None = None
    sample: int | None = None
    resolution: tuple[float, float, float] | None = None
    of_view: bool = False
    with_supervoxels: bool = False
    segmentation_last: bool = False


def check_tables(tables: Sequence[str]) -> None:
    """Refuse too many tables, and a table that is named twice."""
    if len(tables) > MOST_TABLES:
        raise Refusal(400, f"Join at most {MOST_TABLES} tables in one query.")
    if len(set(tables)) < len(tables):
        raise Refusal(400, "Name each table once: filters and suffixes are told apart by its name.")


@dataclass(frozen=True)
class Answer:
    """Rows, and what their columns are.

    Parameters
    ----------
    rows : pyarrow.Table
        Positions are three columns each (`pt_position_x`...).
    column_names : dict
        Table to column to its name in `rows`; a position under its name as a whole.
    resolution : tuple of float
        Size of the voxels that positions are in, in nm.
    """

    rows: pa.Table
    column_names: Mapping[str, Mapping[str, str]]
    resolution: tuple[float, float, float]
