"""Rows of a table with the columns of the table that it refers to, as viewers need them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

__all__ = [
    "ID_ENDINGS",
    "POSITION_ENDINGS",
    "arrow_functions",
    "geometries",
    "is_plain",
    "root_columns",
    "with_target",
]

POSITION_ENDINGS = ("_position_x", "_position_y", "_position_z")
ID_ENDINGS = ("_root_id", "_supervoxel_id")
OWN_COLUMNS = ("id", "valid", "target_id")


def arrow_functions() -> Any:
    """Return `pyarrow.compute`, without the promises of its stubs, which are about single values."""
    import pyarrow.compute

    return pyarrow.compute


def with_target(rows: pa.Table, target: pa.Table) -> pa.Table:
    """Return `rows` with the columns of the rows that their `target_id` names; null where there is none.

    Columns that both have are those of `rows`.
    """
    pc = arrow_functions()
    places = pc.index_in(rows.column("target_id"), value_set=target.column("id"))
    for name in target.column_names:
        if name not in rows.column_names and name not in OWN_COLUMNS:
            rows = rows.append_column(target.schema.field(name), target.column(name).take(places))
    return rows


def geometries(columns: Iterable[str]) -> list[str]:
    """Return the points that rows with these columns have, by the beginnings of their columns ("pre_pt")."""
    ending = POSITION_ENDINGS[0]
    return [name.removesuffix(ending) for name in columns if name.endswith(ending)]


def root_columns(rows: pa.Table) -> list[str]:
    """Return the columns that hold root ids."""
    return [name for name in rows.column_names if name.endswith("_root_id")]


def is_plain(column: str) -> bool:
    """Whether a column is neither an id nor a part of a position: something to be shown."""
    return column not in OWN_COLUMNS and not column.endswith((*POSITION_ENDINGS, *ID_ENDINGS))
