"""Voxel sizes in the records of tables, alike in all services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

AXES = ("voxel_resolution_x", "voxel_resolution_y", "voxel_resolution_z")


def with_resolution(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a table with its resolution as one list; None where it is not known."""
    sizes = [record.get(axis) for axis in AXES]
    others = {name: value for name, value in record.items() if name not in AXES}
    return {**others, "voxel_resolution": None if None in sizes else sizes}
