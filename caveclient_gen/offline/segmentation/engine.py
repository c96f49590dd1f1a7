"""The segmentation as services see it: lookups at any moment, edits, and the record of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx
    import numpy as np
    import numpy.typing as npt

    from caveclient_gen.offline.segmentation.layout import Layout
    from caveclient_gen.offline.store import Store

    Ids = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

__all__ = ["Edges", "Edit", "Operation", "Point", "Segmentation", "SplitParts", "Subgraph", "Supervoxels"]


@dataclass(frozen=True)
class Supervoxels:
    """Columns of supervoxels. `ids` fit the layout; `position` is (n, 3) in voxels; `size` in voxels."""

    ids: Ids
    position: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Columns of edges between supervoxels. `area` is in voxels; an affinity of inf is never cut."""

    a: Ids
    b: Ids
    affinity: npt.NDArray[np.float32]
    area: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Point:
    """Where somebody clicked: a node (supervoxel or root) and a position in nm."""

    node: int
    position_nm: tuple[float, float, float]


@dataclass(frozen=True)
class Edit:
    """What an edit did: its number in the operation log, and the roots it made."""

    operation_id: int
    new_roots: tuple[int, ...]
    new_lvl2_ids: tuple[int, ...]


@dataclass(frozen=True)
class Operation:
    """One entry of the operation log; all edits ever made, undo and redo too.

    `kind` is "merge", "split", "undo" or "redo"; `target` the operation that an undo or redo is about.
    `added_edges` and `removed_edges` are (n, 2) supervoxels. Positions are in voxels of the segmentation.
    """

    id: int
    kind: str
    user_id: int
    moment: int
    added_edges: npt.NDArray[np.int64]
    removed_edges: npt.NDArray[np.int64]
    source_nodes: tuple[int, ...]
    sink_nodes: tuple[int, ...]
    source_positions: tuple[tuple[int, int, int], ...]
    sink_positions: tuple[tuple[int, int, int], ...]
    old_roots: tuple[int, ...]
    new_roots: tuple[int, ...]
    target: int | None = None

    @property
    def is_merge(self) -> bool:
        """Whether roots were joined: a merge, its redo, or the undo of a split."""
        raise NotImplementedError


@dataclass(frozen=True)
class SplitParts:
    """What a split would do. `illegal`: the cut would leave sources (or sinks) in several pieces."""

    components: tuple[Ids, ...]
    """Supervoxels of each piece; the one with the sources first, the one with the sinks second."""
    illegal: bool
    message: str


@dataclass(frozen=True)
class Subgraph:
    """Edges between nodes, with affinities and areas, and the nodes."""

    nodes: Ids
    edges: npt.NDArray[np.int64]
    affinities: npt.NDArray[np.float32]
    areas: npt.NDArray[np.int64]


class Segmentation:
    """The segmentation of one dataset.

    All moments are microseconds since 1970 (`moments.py`); `at=None` is the present. Edits happen at whole
    milliseconds, as on real servers. Ids of answers are int64. Whatever cannot be done raises
    `caveclient_gen.offline.http.refusals.Refusal`, in the words of chunkedgraph where they are known.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    # ---- making it

    def ingest(self, layout: Layout, supervoxels: Supervoxels, edges: Edges, *, at: int) -> None:
        """Fill an empty segmentation: pieces, roots and all layers between, valid from `at` on."""
        raise NotImplementedError

    @property
    def exists(self) -> bool:
        """Whether anything was ingested."""
        raise NotImplementedError

    @property
    def layout(self) -> Layout:
        """Sizes of chunks and voxels. Refuses if there is no segmentation."""
        raise NotImplementedError

    @property
    def oldest(self) -> int:
        """The moment of the ingest."""
        raise NotImplementedError

    # ---- nodes

    def roots(self, nodes: Ids, *, at: int | None = None, stop_layer: int | None = None) -> Ids:
        """Return the root (or the node of `stop_layer`) of each node at a moment; 0 of 0. No loop over ids.

        Refuses (400) ids that are no node, and moments before the ingest as chunkedgraph does.
        """
        raise NotImplementedError

    def root_times(self, roots: Ids) -> npt.NDArray[np.int64]:
        """Return when each root came to be."""
        raise NotImplementedError

    def is_latest(self, roots: Ids, *, at: int | None = None) -> Bools:
        """Whether each is a root that is current at a moment; no for what is no root."""
        raise NotImplementedError

    def exists_between(self, nodes: Ids, *, start: int | None = None, end: int | None = None) -> Bools:
        """Whether each is a node that came to be in the period (`valid_nodes`)."""
        raise NotImplementedError

    def children(self, node: int) -> Ids:
        """Return the nodes one layer below; none for a supervoxel."""
        raise NotImplementedError

    def leaves(
        self,
        nodes: Ids,
        *,
        stop_layer: int = 1,
        bounds: npt.NDArray[np.int64] | None = None,
    ) -> list[Ids]:
        """Return what each node is made of, down to `stop_layer`.

        `bounds` is (3, 2) in voxels: only nodes whose chunk touches it.
        """
        raise NotImplementedError

    def covering_nodes(self, nodes: Ids) -> Ids:
        """Return the fewest nodes that have exactly these level-2 nodes (or supervoxels) below them."""
        raise NotImplementedError

    def chunk_children(self, chunk: int) -> npt.NDArray[np.int64]:
        """Return (n, 2): level-2 node and supervoxel, of one chunk (id of any node of it), as of now."""
        raise NotImplementedError

    def positions(self, nodes: Ids) -> npt.NDArray[np.float64]:
        """Return where each supervoxel or level-2 node is, (n, 3) in nm: a supervoxel near its middle."""
        raise NotImplementedError

    def sizes(self, nodes: Ids) -> npt.NDArray[np.int64]:
        """Return how many voxels each supervoxel or level-2 node has."""
        raise NotImplementedError

    def supervoxels_at(self, positions_nm: npt.NDArray[np.float64]) -> Ids:
        """Return the supervoxel at each position (n, 3): the nearest one within reach, else 0. Vectorised."""
        raise NotImplementedError

    # ---- graphs

    def subgraph(self, root: int, *, bounds: npt.NDArray[np.int64] | None = None) -> Subgraph:
        """Return the supervoxel graph of a root as of its own time. `bounds` in voxels, (3, 2)."""
        raise NotImplementedError

    def level2_graph(self, root: int, *, bounds: npt.NDArray[np.int64] | None = None) -> Subgraph:
        """Return the graph of a root's level-2 nodes; edges between the same two are joined."""
        raise NotImplementedError

    def find_path(self, start: Point, end: Point) -> Ids:
        """Return the level-2 nodes on the shortest way between two points of one root, both ends included."""
        raise NotImplementedError

    # ---- edits

    def merge(self, user_id: int, a: Point, b: Point, *, at: int | None = None) -> Edit:
        """Join two objects by an edge that is never cut. Refuses (400) two points of one object."""
        raise NotImplementedError

    def split(
        self, user_id: int, sources: Sequence[Point], sinks: Sequence[Point], *, at: int | None = None
    ) -> Edit:
        """Cut an object between sources and sinks where the affinities are least."""
        raise NotImplementedError

    def preview_split(self, sources: Sequence[Point], sinks: Sequence[Point]) -> SplitParts:
        """Return what `split` would do. Changes nothing."""
        raise NotImplementedError

    def undo(self, user_id: int, operation_id: int, *, at: int | None = None) -> Edit:
        """Take back an edit that is in force."""
        raise NotImplementedError

    def redo(self, user_id: int, operation_id: int, *, at: int | None = None) -> Edit:
        """Make an edit again that was undone."""
        raise NotImplementedError

    # ---- history

    def operations(
        self,
        ids: Sequence[int] | None = None,
        *,
        user_id: int | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> list[Operation]:
        """Return entries of the operation log, oldest first; unknown ids are left out."""
        raise NotImplementedError

    def history(self, root: int) -> list[Operation]:
        """Return the operations that led to a root: of it and of all roots it descends from, oldest first."""
        raise NotImplementedError

    def lineage(
        self, roots: Sequence[int], *, past: int | None = None, future: int | None = None
    ) -> nx.DiGraph[int]:
        """Return ancestors and descendants of roots between two moments, old to new.

        Nodes have `timestamp` (microseconds) and, if an operation ended them, `operation_id`.
        """
        raise NotImplementedError

    def past_ids(
        self, roots: Sequence[int], *, past: int, future: int
    ) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Return for each root its ids at `past`, and for each its ids at `future`."""
        raise NotImplementedError

    def delta_roots(self, past: int, future: int) -> tuple[Ids, Ids]:
        """Return roots that ceased and roots that came to be between two moments; none that did both."""
        raise NotImplementedError
