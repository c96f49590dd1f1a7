"""What the segmentation is made of and answers with: columns of supervoxels and edges, edits, graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Bools",
    "Edges",
    "Edit",
    "Floats",
    "Ids",
    "Operation",
    "Point",
    "SplitParts",
    "Subgraph",
    "Supervoxels",
    "as_ids",
]

Ids = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def as_ids(values: Ids | Sequence[int]) -> Ids:
    """Return ids as an array of one dimension.

    Ids from 2**63 on become negative: no node has such an id, so they are found to be none.

    Raises
    ------
    Refusal
        400: some are no whole numbers below 2**64.
    """
    given = np.asarray(values).reshape(-1)
    if len(given) and given.dtype.kind not in "iu":
        # Whole numbers on both sides of 2**63 in one list have no type in common that is whole.
        if not all(isinstance(value, int) and 0 <= value < 2**64 for value in values):
            raise Refusal(400, "Ids are whole numbers below 2**64, and some of these are not.")
        given = np.array(values, np.uint64)
    return given.astype(np.int64)


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
        return len(self.added_edges) > 0


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
