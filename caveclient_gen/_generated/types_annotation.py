# Generated from spec/annotation/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the annotation service."""

from __future__ import annotations

from typing import TypedDict


class Annotation(TypedDict):
    """One row of a table. Beside these keys it has those of the table's schema; a point `pt` stands under `pt_position`."""

    id: int
    """Id of the annotation."""
    valid: bool
    """False when it was deleted or replaced."""
    created: str
    """When it was made, in UTC: "2024-01-02 03:04:05.123456"."""
    deleted: str | None
    """When it was deleted, in UTC. None when it was not."""
    superceded_id: int | None
    """The annotation that replaced it."""


class TableMetadata(TypedDict):
    """What is known of a table."""

    id: int
    """Number of the table."""
    schema_type: str
    """Name of the schema."""
    table_name: str
    """Name of the table."""
    valid: bool
    """False when it was deleted."""
    created: str
    """When it was made. ISO text without zone; it is UTC."""
    deleted: str | None
    """When it was deleted, likewise. None when it was not."""
    user_id: str
    """Its owner."""
    description: str
    """What is in it."""
    notice_text: str | None
    """What everybody is told who queries it."""
    reference_table: str | None
    """The table whose rows its rows refer to."""
    flat_segmentation_source: str | None
    """A flat segmentation that belongs to it."""
    voxel_resolution_x: float
    """Size along x, in nm, of the voxels that its points count."""
    voxel_resolution_y: float
    """Size along y."""
    voxel_resolution_z: float
    """Size along z."""
    write_permission: str
    """Who may write: PRIVATE, GROUP or PUBLIC."""
    read_permission: str
    """Who may read: PRIVATE, GROUP or PUBLIC."""
    last_modified: str
    """When it last changed. ISO text without zone; it is UTC."""
