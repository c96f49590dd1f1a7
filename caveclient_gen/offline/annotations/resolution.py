"""The size of a table's voxels: three fields in its record, three numbers everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["RESOLUTION", "resolution_fields", "resolution_of"]

RESOLUTION = ("voxel_resolution_x", "voxel_resolution_y", "voxel_resolution_z")
"""The fields of a record, in nm."""


def resolution_of(record: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return the size of a voxel, in nm, that a table's record says."""
    x, y, z = (float(record[name]) for name in RESOLUTION)
    return x, y, z


def resolution_fields(sizes: Sequence[float]) -> dict[str, float]:
    """Return the size of a voxel, in nm, as fields of a table's record."""
    return dict(zip(RESOLUTION, sizes, strict=True))
