"""Everything that is known of a segmentation, in memory, as of one operation. Never changed once made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.nodes import NOTHING, Nodes, ranges

if TYPE_CHECKING:
    import numpy.typing as npt

    from caveclient_gen.offline.segmentation.layout import Layout
    from caveclient_gen.offline.segmentation.records import Bools, Floats, Ids, Operation

__all__ = ["EdgeTable", "Ground", "State"]

OPERATION = 24
"""Bits of an operation's number in a key of (edge, operation)."""


@dataclass(frozen=True)
class Ground:
    """What no edit changes: sizes, and the supervoxels by number."""

    layout: Layout
    ingested: int
    mark: int
    reach_nm: float
    position: Ids
    """(n, 3), in voxels."""
    size: Ids

    @cached_property
    def position_nm(self) -> Floats:
        """Where supervoxels are, (n, 3)."""
        places: Floats = self.position.astype(np.float64) * np.array(self.layout.resolution)
        return places

    @cached_property
    def tree(self) -> Any:
        """Find the nearest of them."""
        from scipy.spatial import cKDTree

        return cKDTree(self.position_nm)


@dataclass(frozen=True)
class EdgeTable:
    """All edges that ever were, by number, between numbers of supervoxels."""

    a: Ids
    b: Ids
    affinity: npt.NDArray[np.float32]
    area: Ids
    created: Ids
    """The operation that added each; 0 is the ingest."""
    changes: Ids
    """Edge and operation in one number, sorted, and whether it is active since then."""
    becomes: Bools
    first: Ids
    """Edges at a supervoxel, of the first `indexed` ones: from `first[number]` to `first[number + 1]`."""
    at: Ids
    indexed: int
    active: Bools
    """As of now."""

    @classmethod
    def empty(cls) -> EdgeTable:
        """Return no edges."""
        no, never = NOTHING, np.zeros(0, np.bool_)
        return cls(no, no, np.zeros(0, np.float32), no, no, no, never, np.zeros(1, np.int64), no, 0, never)

    def grown(
        self,
        columns: tuple[Ids, Ids, npt.NDArray[np.float32], Ids, Ids],
        changes: Ids,
        becomes: Bools,
        n: int,
    ) -> EdgeTable:
        """Return these and new edges and changes. `n`: how many supervoxels there are."""
        a, b, affinity, area, created = columns
        a, b = np.concatenate((self.a, a)), np.concatenate((self.b, b))
        order = np.argsort(changes)
        places = np.searchsorted(self.changes, changes[order])
        keys = np.insert(self.changes, places, changes[order])
        values = np.insert(self.becomes, places, becomes[order])
        active = np.ones(len(a), np.bool_)
        active[keys >> OPERATION] = values  # sorted: the last change of an edge is written last
        first, at, indexed = self.first, self.at, self.indexed
        if len(a) - indexed > indexed // 8 + 500 or not indexed:
            ends = np.concatenate((a, b))
            at = np.argsort(ends, kind="stable") % max(len(a), 1)
            first = np.searchsorted(np.sort(ends), np.arange(n + 1))
            indexed = len(a)
        return EdgeTable(
            a,
            b,
            np.concatenate((self.affinity, affinity)),
            np.concatenate((self.area, area)),
            np.concatenate((self.created, created)),
            keys,
            values,
            first,
            at,
            indexed,
            active,
        )

    def touching(self, supervoxels: Ids) -> Ids:
        """Return the edges, ever, with an end in some supervoxels; sorted, each once."""
        counts = self.first[supervoxels + 1] - self.first[supervoxels]
        found = self.at[ranges(self.first[supervoxels], counts)]
        later = slice(self.indexed, None)
        is_at = np.isin(self.a[later], supervoxels) | np.isin(self.b[later], supervoxels)
        return np.unique(np.concatenate((found, np.flatnonzero(is_at) + self.indexed)))

    def active_at(self, edges: Ids, operation: int) -> Bools:
        """Whether each edge was there right after an operation."""
        places = np.searchsorted(self.changes, edges << OPERATION | operation, "right") - 1
        known = self.created[edges] <= operation
        if not len(self.changes):
            return known
        is_changed = (places >= 0) & (self.changes[places] >> OPERATION == edges)
        active: Bools = np.where(is_changed, self.becomes[places], known)
        return active


@dataclass(frozen=True)
class State:
    """The segmentation after its newest operation, with all that was before."""

    ground: Ground
    nodes: Nodes
    edges: EdgeTable
    operations: tuple[Operation, ...] = ()
    moments: Ids = field(default_factory=NOTHING.copy)
    """When each operation was."""
    descent: Ids = field(default_factory=np.zeros((0, 3), np.int64).copy)
    """(n, 3): operation, old root and new root, by number."""
    mark: int = 0
    """Of the newest operation."""

    @property
    def layout(self) -> Layout:
        """Sizes."""
        return self.ground.layout

    @cached_property
    def ended(self) -> Ids:
        """For each node, the operation that put other nodes in its place, or NEVER; for roots too."""
        ended = self.nodes.ended.copy()
        ended[self.descent[:, 1]] = self.descent[:, 0]
        return ended

    @cached_property
    def rows_by_old(self) -> dict[int, list[int]]:
        """Rows of `descent` by old root."""
        return _places(self.descent[:, 1])

    @cached_property
    def rows_by_new(self) -> dict[int, list[int]]:
        """Rows of `descent` by new root."""
        return _places(self.descent[:, 2])

    @property
    def newest(self) -> int:
        """The newest operation; 0 right after the ingest."""
        return len(self.operations)

    @property
    def last_moment(self) -> int:
        """When the newest operation was."""
        return int(self.moments[-1]) if len(self.moments) else self.ground.ingested

    def operation_at(self, at: int | None) -> int:
        """Return the newest operation of a moment; -1 before the ingest."""
        if at is None:
            return self.newest
        if at < self.ground.ingested:
            return -1
        if at >= self.last_moment:
            return self.newest
        return int(np.searchsorted(self.moments, at, "right"))

    def moment_of(self, operations: Ids) -> Ids:
        """Return when operations were; the ingest is operation 0."""
        moments: Ids = np.concatenate(([self.ground.ingested], self.moments)).astype(np.int64)[operations]
        return moments

    def layers(self, numbers: Ids) -> Ids:
        """Return the layer of each node."""
        return self.layout.layer_of(self.nodes.ids[numbers])

    def roots(self, numbers: Ids, operation: int, stop_layer: int | None = None) -> Ids:
        """Return the root, or node of a layer, of each node right after an operation; -1 without one."""
        top = self.layout.layers if stop_layer is None else stop_layer
        return self.nodes.lifted(numbers, self.layers(numbers), top, self.nodes.count_at(operation))

    def leaves(self, numbers: Ids, stop_layer: int = 1, bounds: Ids | None = None) -> tuple[Ids, Ids]:
        """Return what nodes are made of, sorted for each, and for each the place of its node in `numbers`."""
        owners = np.arange(len(numbers))
        for _ in range(self.layout.layers + 1):
            if bounds is not None:
                inside = self.layout.touches(self.nodes.ids[numbers], bounds)
                numbers, owners = numbers[inside], owners[inside]
            above = self.layers(numbers) > stop_layer
            if not above.any():
                break
            found, places = self.nodes.below(numbers[above])
            numbers = np.concatenate((numbers[~above], found))
            owners = np.concatenate((owners[~above], owners[above][places]))
        else:  # a node is below itself; nobody but a stranger writes that
            raise Refusal(
                400, "Get the dataset again: its segmentation has an object that is part of itself."
            )
        order = np.lexsort((self.nodes.ids[numbers], owners))
        return numbers[order], owners[order]

    def supervoxels(self, number: int) -> Ids:
        """Return the supervoxels of one node."""
        return self.leaves(np.array([number]))[0]


def _places(values: Ids) -> dict[int, list[int]]:
    """Return where each value stands."""
    places: dict[int, list[int]] = {}
    for place, value in enumerate(values.tolist()):
        places.setdefault(value, []).append(place)
    return places
