"""Finds the pieces of each chunk of each layer, and makes nodes of those that are new.

Rule 1: a piece of layer 2 is what edges join within one chunk.
Rule 2: a piece of layer n > 2 is what edges join within one chunk of that layer, which is 2 x 2 x 2 chunks of
        the layer below. The top layer has one chunk: its pieces are the objects.
Rule 3: an edit makes anew the level-2 nodes at both ends of each edge that it adds or removes, and every node
        above those. All other nodes stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.segmentation.nodes import NOTHING

if TYPE_CHECKING:
    from caveclient_gen.offline.segmentation.layout import Layout
    from caveclient_gen.offline.segmentation.nodes import Nodes
    from caveclient_gen.offline.segmentation.records import Bools, Ids

__all__ = ["Growth", "connected", "grow"]


@dataclass(frozen=True)
class Growth:
    """New nodes, to be numbered from `first` on, and links: `parents` are new, `children` any."""

    first: int
    ids: Ids
    parents: Ids
    children: Ids
    roots: Ids
    """The root of each supervoxel that was asked about, by number."""


def connected(count: int, a: Ids, b: Ids) -> Ids:
    """Return for each of `count` things the number of the group that edges join it into."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    labels: Ids = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def grow(nodes: Nodes, layout: Layout, supervoxels: Ids, a: Ids, b: Ids, ends: Bools | None = None) -> Growth:
    """Make the nodes that a set of whole objects needs after its edges changed.

    Parameters
    ----------
    nodes : Nodes
        All nodes up to now; the supervoxels at least.
    layout : Layout
        Sizes.
    supervoxels : array
        Numbers, ascending: all of each object that the change is about.
    a, b : array
        Active edges after the change, as places in `supervoxels`.
    ends : array of bool
        Which supervoxels are at an end of a changed edge; without it all nodes are new.
    """
    ids = nodes.ids[supervoxels]
    new_ids, parents, children = NOTHING, [NOTHING], [NOTHING]
    first = len(nodes)
    below = before = supervoxels
    touched = np.ones(len(supervoxels), np.bool_) if ends is None else ends
    for layer in range(2, layout.layers + 1):
        chunks = layout.parent_chunk(ids, layer)
        inside = chunks[a] == chunks[b]
        labels = connected(len(supervoxels), a[inside], b[inside])
        if ends is not None:
            before = nodes.parent[before]
            touched = np.isin(before, before[touched])
        at = np.flatnonzero(touched)
        _, where, piece = np.unique(labels[at], return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(where))  # numbered by their first supervoxel
        piece, where = order[piece], np.sort(where)
        made = _next_ids(nodes, layout, layer, chunks[at[where]])
        node = before.copy()
        node[at] = first + len(new_ids) + piece
        links = np.unique(np.stack((node[at], below[at]), axis=1), axis=0)
        parents.append(links[:, 0])
        children.append(links[:, 1])
        new_ids = np.concatenate((new_ids, made))
        below = node
    return Growth(first, new_ids, np.concatenate(parents), np.concatenate(children), below)


def _next_ids(nodes: Nodes, layout: Layout, layer: int, chunks: Ids) -> Ids:
    """Return an unused id for each new node, given the id of its chunk: the numbers that come next there."""
    last = np.int64((1 << layout.number_bits(layer)) - 1)
    places = np.searchsorted(nodes.sorted_ids, chunks | last, "right") - 1
    used = np.where(places >= 0, nodes.sorted_ids[np.maximum(places, 0)], 0)
    highest = np.where(used >= chunks, used - chunks, 0)
    order = np.argsort(chunks, kind="stable")
    _, starts, counts = np.unique(chunks[order], return_index=True, return_counts=True)
    rank = np.empty(len(chunks), np.int64)
    rank[order] = np.arange(len(chunks)) - np.repeat(starts, counts)
    return layout.pack(layer, layout.chunk_of(chunks), highest + 1 + rank)
