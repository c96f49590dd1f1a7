"""Rows of a table with the columns of the table that it refers to, as viewers need them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ID_ENDINGS",
    "POSITION_ENDINGS",
    "geometries",
    "is_plain",
    "pc",
    "root_columns",
    "with_target",
]

POSITION_ENDINGS = ("_position_x", "_position_y", "_position_z")
ID_ENDINGS = ("_root_id", "_supervoxel_id")
OWN_COLUMNS = ("id", "valid", "target_id")

pc: Any = pyarrow.compute
"""Without the promises of its stubs, which are about single values."""


def with_target(rows: pa.Table, target: pa.Table) -> pa.Table:
    """Return `rows` with the columns of the rows that their `target_id` names; null where there is none.

    Columns that both have are those of `rows`. Rows that name no target stay as they are.
    """
    if "target_id" not in rows.column_names:
        return rows
    ids = target.column("id")
    places = pc.index_in(rows.column("target_id").cast(ids.type), value_set=ids)
    for name in target.column_names:
        if name not in rows.column_names and name not in OWN_COLUMNS:
            rows = rows.append_column(target.schema.field(name), target.column(name).take(places))
    return rows


def geometries(columns: Sequence[str]) -> list[str]:
    """Return the points that rows with these columns have, by the beginnings of their columns ("pre_pt")."""
    x, *others = POSITION_ENDINGS
    points = [name.removesuffix(x) for name in columns if name.endswith(x)]
    return [point for point in points if all(f"{point}{other}" in columns for other in others)]


def root_columns(rows: pa.Table) -> list[str]:
    """Return the columns that hold root ids."""
    return [
        field.name
        for field in rows.schema
        if field.name.endswith("_root_id") and pa.types.is_integer(field.type)
    ]


def is_plain(column: str) -> bool:
    """Whether a column is neither an id nor a part of a position: something to be shown."""
    return column not in OWN_COLUMNS and not column.endswith((*POSITION_ENDINGS, *ID_ENDINGS))
