"""Rows of a table with the columns of the table that it refers to, as viewers need them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    Columns that both have are those of `rows`. Rows that name no target stay as they are.
    """
    if "target_id" not in rows.column_names:
        return rows
    pc = arrow_functions()
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
    import pyarrow as pa

    return [
        field.name
        for field in rows.schema
        if field.name.endswith("_root_id") and pa.types.is_integer(field.type)
    ]


def is_plain(column: str) -> bool:
    """Whether a column is neither an id nor a part of a position: something to be shown."""
    return column not in OWN_COLUMNS and not column.endswith((*POSITION_ENDINGS, *ID_ENDINGS))
