# Generated from spec/chunkedgraph/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the chunkedgraph service."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class OperationResult(TypedDict):
    """Answer of an edit."""

    operation_id: int
    """Entry of the edit in the operation log."""
    new_root_ids: list[int]
    """Roots that the edit made."""


class RolledBack(TypedDict):
    """Answer of a rollback."""

    operation_id: list[int]
    """Operations that were undone."""
    timestamp: list[str]
    """When each of them had happened."""


class SplitPreview(TypedDict):
    """What a split would do."""

    supervoxel_connected_components: list[list[int]]
    """Supervoxels of each part: source side, sink side, then the others."""
    illegal_split: bool
    """Whether the split would not tell the sources from the sinks."""


class MergeLog(TypedDict):
    """Merges that made an object."""

    merge_edges: list[list[list[int]]]
    """Per merge, the pairs of supervoxels that were joined."""
    merge_edge_coords: list[list[list[list[int]]]]
    """Per merge, the points of its source and of its sink side, in voxels."""


class UserEdits(TypedDict):
    """Edits of one person on an object."""

    n_mergers: int
    """Number of merges."""
    n_splits: int
    """Number of splits."""


class ChangeLog(TypedDict):
    """Summary of the edits that made an object."""

    n_mergers: int
    """Number of merges."""
    n_splits: int
    """Number of splits."""
    operations_ids: list[int]
    """Entries of the operation log."""
    past_ids: list[int]
    """Earlier roots of the object."""
    user_info: dict[str, UserEdits]
    """Edits by user, keyed by user id as text."""


class OperationDetails(TypedDict):
    """One entry of the operation log."""

    user: str
    """Who edited. A user id as text."""
    roots: NotRequired[list[int]]
    """Roots that the edit made."""
    timestamp: NotRequired[str]
    """When the edit happened. ISO text with zone."""
    operation_ts: NotRequired[str]
    """When the edit got its place in the history. ISO text with zone."""
    operation_status: NotRequired[int]
    """0 when the edit succeeded."""
    operation_exception: NotRequired[str]
    """Why it failed. Empty when it succeeded."""
    added_edges: NotRequired[list[list[int]]]
    """Merges: pairs of supervoxels that were joined."""
    removed_edges: NotRequired[list[list[int]]]
    """Splits: pairs of supervoxels that were parted."""
    source_coords: NotRequired[list[list[int]]]
    """Points on the source side, in voxels."""
    sink_coords: NotRequired[list[list[int]]]
    """Points on the sink side, in voxels."""
    source_ids: NotRequired[list[int]]
    """Supervoxels on the source side."""
    sink_ids: NotRequired[list[int]]
    """Supervoxels on the sink side."""
    bb_offset: NotRequired[list[int]]
    """Splits: margin around the points that was searched for a cut, in voxels."""
    undo_operation_id: NotRequired[int]
    """The operation that this one undid."""
    redo_operation_id: NotRequired[int]
    """The operation that this one did again."""


class LineageNode(TypedDict):
    """One root in the history of an object."""

    id: int
    """Root id."""
    timestamp: float
    """When the root came to be, in unix seconds."""
    operation_id: NotRequired[int]
    """The edit that ended it. Missing on roots that no edit has ended."""


class LineageLink(TypedDict):
    """A root and what became of it."""

    source: int
    """The older root."""
    target: int
    """The root that an edit made of it."""


class LineageGraph(TypedDict):
    """History of one or several objects."""

    directed: bool
    """Always true."""
    multigraph: bool
    """Always false."""
    graph: dict[str, Any]
    """Attributes of the graph as a whole."""
    nodes: list[LineageNode]
    """The roots."""
    links: list[LineageLink]
    """The edits."""


class PastIdMaps(TypedDict):
    """Roots that were or became parts of the given ones. Keys are root ids as text."""

    past_id_map: dict[str, list[int]]
    """Given root: its roots at the earlier moment."""
    future_id_map: dict[str, int]
    """Past root: the one root that became of it. Past roots that were split since are left out."""


class DeltaRoots(TypedDict):
    """Roots that edits ended, and those that they began, in a stretch of time."""

    old_roots: list[int]
    """Roots that were edited away. May name one several times."""
    new_roots: list[int]
    """Roots that edits made."""


class Subgraph(TypedDict):
    """Edges between supervoxels."""

    nodes: list[list[int]]
    """Pairs of supervoxels."""
    affinities: list[float]
    """Affinity of each edge. Infinite for edges that no cut may pass."""
    areas: list[int]
    """Contact area of each edge, in voxel faces."""


class PathBetweenPoints(TypedDict):
    """A way through the level 2 graph."""

    centroids_list: list[list[float]]
    """Points along the way, in nm."""
    l2_path: list[int]
    """Level 2 ids along the way."""
    failed_l2_ids: list[int]
    """Level 2 ids without a centroid."""


class MeshManifest(TypedDict):
    """Where the pieces of a mesh are."""

    fragments: list[str]
    """Names of the pieces."""
    seg_ids: NotRequired[list[int]]
    """Node that each piece belongs to."""
    seg_id_layers: NotRequired[list[int]]
    """Layer of each node."""
    seg_chunk_coordinates: NotRequired[list[list[int]]]
    """Chunk of each node."""
