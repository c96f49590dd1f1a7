# Generated from spec/materialize/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the materialize service."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class VersionMetadata(TypedDict):
    """A frozen version. Times are UTC, without a zone, and without a fraction when it is zero."""

    id: int
    """Number of the record."""
    datastack: str
    """Datastack that the version belongs to."""
    version: int
    """Number of the version."""
    time_stamp: str
    """Moment at which the tables were frozen."""
    valid: bool
    """Whether it can be queried."""
    expires_on: str
    """Moment at which it is dropped."""
    status: str | None
    """State of the version; AVAILABLE when it can be queried."""
    is_merged: bool
    """Whether annotations and segmentation ids stand in one table. Where they do not, servers send 1 for ids that are missing."""


class TableMetadata(TypedDict):
    """A table of annotations. Those whose points are bound to the segmentation have the last three fields too."""

    id: int
    """Number of the record."""
    aligned_volume: str
    """Aligned volume that the table belongs to."""
    schema: str
    """Schema of the frozen table."""
    schema_type: str
    """Schema of the annotations."""
    table_name: str
    """Name of the table."""
    valid: bool
    """Whether it can be queried."""
    created: str
    """Moment of creation."""
    last_modified: str
    """Moment of the last change."""
    user_id: str
    """Owner."""
    description: str
    """What the table holds and how it was made."""
    notice_text: str | None
    """What its owner wants users to know."""
    reference_table: str | None
    """Table whose rows this one says more about."""
    flat_segmentation_source: str | None
    """Segmentation without a graph that the ids refer to."""
    voxel_resolution_x: float | None
    """Size of a voxel of the stored positions along x, in nm."""
    voxel_resolution_y: float | None
    """Size of a voxel of the stored positions along y, in nm."""
    voxel_resolution_z: float | None
    """Size of a voxel of the stored positions along z, in nm."""
    write_permission: str
    """Who may write: PRIVATE, GROUP or PUBLIC."""
    read_permission: str
    """Who may read: PRIVATE, GROUP or PUBLIC."""
    superceded_id: NotRequired[int | None]
    """Record that replaces this one."""
    annotation_table: NotRequired[str]
    """Table that holds the annotations (API 2)."""
    segmentation_source: NotRequired[str | None]
    """Segmentation that the ids come from."""
    pcg_table_name: NotRequired[str]
    """Graph that the ids come from."""
    last_updated: NotRequired[str | None]
    """Moment of the last id look-up."""


class ViewMetadata(TypedDict):
    """A view, which joins or sums up tables."""

    id: int
    """Number of the record."""
    table_name: NotRequired[str]
    """Name of the view; left out in listings."""
    description: str
    """What the view shows."""
    datastack_name: str
    """Datastack that the view belongs to."""
    voxel_resolution_x: float
    """Size of a voxel of the positions along x, in nm."""
    voxel_resolution_y: float
    """Size of a voxel of the positions along y, in nm."""
    voxel_resolution_z: float
    """Size of a voxel of the positions along z, in nm."""
    notice_text: str | None
    """What its owner wants users to know."""
    live_compatible: bool
    """Whether it can be queried live."""


class ColumnSchema(TypedDict):
    """What a column of a view holds."""

    type: str
    """string, integer, float, boolean, number or SpatialPoint."""
    format: NotRequired[str]
    """How the text is written."""


class CsvDump(TypedDict):
    """Where a dumped table lies."""

    message: str
    """What the server did."""
    csv_path: str
    """Cloud path of the rows."""
    header_path: str
    """Cloud path of the column names."""


class DeltalakeJob(TypedDict):
    """An export that was started."""

    message: str
    """What the server did."""
    job_id: str
    """Id of the job."""


class DeltalakeDefaults(TypedDict):
    """What an export uses where its settings say nothing."""

    target_partition_size_mb: int
    """Size of a part in MB."""
    output_bucket: str
    """Bucket that exports are written to; empty if there is none."""
    bloom_filter_fpp: float
    """Rate of false hits of Bloom filters."""


class DeltalakePlan(TypedDict):
    """A table's size and how it would be exported."""

    row_count: int
    """Rows of the table."""
    row_count_estimated: bool
    """Whether the count is an estimate."""
    bytes_per_row: float
    """Size of a row."""
    available_columns: list[Any]
    """Columns to partition or sort by."""
    geometry_columns: list[Any]
    """Position columns."""
    specs: list[dict[str, Any]]
    """Settings that `start_deltalake_export` takes."""


class DeltalakeExists(TypedDict):
    """Which exports of a table exist."""

    exists: bool
    """Whether there is any."""
    existing_specs: list[str]
    """Names of the exports that exist."""


class UploadUrl(TypedDict):
    """Where to put a file."""

    resumableUrl: str
    """Address of a resumable upload."""
    origin: str
    """Origin that the upload must come from."""


class UploadStart(TypedDict):
    """An upload job that was started."""

    status: str
    """start."""
    task_id: str
    """Id of the job."""
