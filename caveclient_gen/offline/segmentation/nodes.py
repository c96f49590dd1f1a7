"""All nodes that ever were, as arrays: who is whose parent at which moment, without a loop over nodes.

Nodes are spoken of by number (their order of coming to be: supervoxels first, by id). A moment is spoken of
as the count of nodes that exist at it, which is exact because numbers never go back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from caveclient_gen.offline.segmentation.records import Ids

__all__ = ["NEVER", "Nodes", "ranges"]

NEVER = 2**62
"""The operation that ended a node that is not ended."""
NUMBER = 31
"""Bits of a node's number in a key of (child, parent)."""

MANY = 5_000
"""Ids in one question from which on they are found by a hash table."""

NOTHING = np.zeros(0, np.int64)


def ranges(starts: Ids, counts: Ids) -> Ids:
    """Return start, start + 1, ... of each pair, one after the other."""
    offsets = np.cumsum(counts) - counts
    total = int(counts.sum())
    found: Ids = np.arange(total, dtype=np.int64) + np.repeat(starts - offsets, counts)
    return found


@dataclass(frozen=True)
class Nodes:
    """Nodes by number. Never changed: `grown` gives new ones."""

    ids: Ids = field(default_factory=NOTHING.copy)
    created: Ids = field(default_factory=NOTHING.copy)
    """The operation that made each; 0 is the ingest."""
    ended: Ids = field(default_factory=NOTHING.copy)
    """The operation that put other nodes in its place, or NEVER."""
    parent: Ids = field(default_factory=NOTHING.copy)
    """The newest parent; -1 of roots."""
    child_start: Ids = field(default_factory=NOTHING.copy)
    child_count: Ids = field(default_factory=NOTHING.copy)
    children: Ids = field(default_factory=NOTHING.copy)
    """Children of all nodes: those of one stand from `child_start` on."""
    keys: Ids = field(default_factory=NOTHING.copy)
    """Child and parent in one number, sorted: the parents of a child stand together, oldest first."""
    sorted_ids: Ids = field(default_factory=NOTHING.copy)
    by_id: Ids = field(default_factory=NOTHING.copy)
    """Numbers in the order of `sorted_ids`."""

    def __len__(self) -> int:
        return len(self.ids)

    def grown(self, ids: Ids, created: Ids, parents: Ids, children: Ids) -> Nodes:
        """Return these and new nodes. Links have new parents only, and stand in the order of parents."""
        before = len(self)
        all_created = np.concatenate((self.created, created))
        counts = np.bincount(parents - before, minlength=len(ids)).astype(np.int64)
        starts = len(self.children) + np.cumsum(counts) - counts
        new_keys = np.sort(children << NUMBER | parents)
        keys = np.insert(self.keys, np.searchsorted(self.keys, new_keys), new_keys)
        child, parent = keys >> NUMBER, keys & (2**NUMBER - 1)
        is_newest = np.append(child[1:] != child[:-1], True)[: len(keys)]
        newest = np.full(before + len(ids), -1, np.int64)
        newest[child[is_newest]] = parent[is_newest]
        ended = np.full(before + len(ids), NEVER, np.int64)
        older = np.flatnonzero(~is_newest)
        ended[parent[older]] = all_created[parent[older + 1]]
        order = np.argsort(ids)
        places = np.searchsorted(self.sorted_ids, ids[order])
        return Nodes(
            ids=np.concatenate((self.ids, ids)),
            created=all_created,
            ended=ended,
            parent=newest,
            child_start=np.concatenate((self.child_start, starts)),
            child_count=np.concatenate((self.child_count, counts)),
            children=np.concatenate((self.children, children)),
            keys=keys,
            sorted_ids=np.insert(self.sorted_ids, places, ids[order]),
            by_id=np.insert(self.by_id, places, order + before),
        )

    @cached_property
    def _hashed(self) -> Any:
        """Find numbers of many ids ten times as fast as a search does; worth it from some thousands on."""
        import pandas as pd

        return pd.Index(self.ids)

    def numbers(self, ids: Ids) -> Ids:
        """Return the number of each id; -1 of what is no node."""
        if len(ids) > MANY:
            hashed: Ids = self._hashed.get_indexer(ids).astype(np.int64)
            return hashed
        places = np.searchsorted(self.sorted_ids, ids)
        places[places == len(self.sorted_ids)] = 0
        if not len(self):
            return np.full(len(ids), -1, np.int64)
        found: Ids = np.where(self.sorted_ids[places] == ids, self.by_id[places], -1)
        return found

    def count_at(self, operation: int) -> int:
        """Return how many nodes there were right after an operation."""
        return int(np.searchsorted(self.created, operation, "right"))

    def parents_at(self, numbers: Ids, count: int) -> Ids:
        """Return the parent of each node at a moment; -1 where there was none."""
        parents = self.parent[numbers]
        late = np.flatnonzero(parents >= count)
        if len(late):
            child = numbers[late]
            places = np.searchsorted(self.keys, child << NUMBER | count) - 1
            keys = self.keys[places]
            parents[late] = np.where((places >= 0) & (keys >> NUMBER == child), keys & (2**NUMBER - 1), -1)
        return parents

    def lifted(self, numbers: Ids, layers: Ids, stop_layer: int, count: int) -> Ids:
        """Follow parents at a moment up to a layer; -1 where a way ends before it."""
        lifted = numbers.copy()
        left = stop_layer - layers
        for step in range(int(left.max(initial=0))):
            rising = np.flatnonzero((left > step) & (lifted >= 0))
            lifted[rising] = self.parents_at(lifted[rising], count)
        return lifted

    def below(self, numbers: Ids) -> tuple[Ids, Ids]:
        """Return the children of nodes, and for each the place of its parent in `numbers`."""
        counts = self.child_count[numbers]
        found = self.children[ranges(self.child_start[numbers], counts)]
        return found, np.repeat(np.arange(len(numbers)), counts)
