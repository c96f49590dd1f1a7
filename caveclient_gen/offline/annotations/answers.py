"""Rows as the annotation service answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.schemas import AXES
from caveclient_gen.offline.moments import as_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.offline.annotations.catalogue import Entry
    from caveclient_gen.offline.annotations.rows import Stored
    from caveclient_gen.offline.annotations.schemas import Field

__all__ = ["answered", "fields_of"]


def answered(entry: Entry, stored: Sequence[Stored]) -> list[dict[str, Any]]:
    """Return rows flattened: positions as lists, moments as text, without what is looked up."""
    return [
        {
            **fields_of(entry.schema.fields, row),
            "valid": row.deleted is None,
            "id": row.id,
            "superceded_id": row.superceded_id,
            "created": _written(row.created),
            "deleted": "None" if row.deleted is None else _written(row.deleted),
        }
        for row in stored
    ]


def fields_of(fields: Sequence[Field], row: Stored) -> dict[str, Any]:
    """Return what people posted of a row, flattened."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.is_point:
            position = [row.cells[f"{field.position}_{axis}"] for axis in AXES]
            found[field.position] = None if None in position else position
            for column in field.columns[4:]:
                found[column.name] = row.cells[column.name]
        elif field.kind == "boolean":
            value = row.cells[field.name]
            found[field.name] = None if value is None else bool(value)
        else:
            found[field.name] = row.cells[field.name]
    return found


def _written(moment: int) -> str:
    return str(as_datetime(moment).replace(tzinfo=None))
