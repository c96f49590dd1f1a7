"""Where an object is cut: the least sum of affinities between sources and sinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.hierarchy import connected

if TYPE_CHECKING:
    from caveclient_gen.offline.segmentation.records import Bools, Ids

__all__ = ["Cut", "least_cut"]

UNIT = 2.0**24
"""Affinities are cut as whole numbers of this part of one, so that sums are exact. float32 has 24 bits."""


@dataclass(frozen=True)
class Cut:
    """What a cut does to an object."""

    is_cut: Bools
    """Which of its edges are removed."""
    pieces: Ids
    """The piece of each supervoxel afterwards; 0 has the first source, 1 the first sink."""
    is_legal: bool
    """Whether all sources are in one piece, and all sinks in another."""


def least_cut(count: int, a: Ids, b: Ids, affinity: npt.NDArray[np.float32], sources: Ids, sinks: Ids) -> Cut:
    """Cut an object of `count` supervoxels, given its edges, sources and sinks as places 0 to count - 1.

    What an infinite edge joins is one thing here, and so are all sources, and all sinks. An edge without
    affinity counts as the least there is: nothing is cut off for free.

    Raises
    ------
    Refusal
        400: a source is a sink, or edges that are never cut join them.
    """
    import networkx as nx
    from networkx.algorithms.flow import shortest_augmenting_path

    if np.isin(sources, sinks).any():
        raise Refusal(400, "Take one of them away: the same supervoxel is a source and a sink.")
    fast = np.isinf(affinity)
    joined = [
        (a[fast], b[fast]),
        (sources[:1].repeat(len(sources)), sources),
        (sinks[:1].repeat(len(sinks)), sinks),
    ]
    group = connected(
        count, np.concatenate([one for one, _ in joined]), np.concatenate([other for _, other in joined])
    )
    source, sink = int(group[sources[0]]), int(group[sinks[0]])
    if source == sink:
        raise Refusal(
            400,
            "No cut separates these sources and sinks: merged edges, which are never cut, join them. "
            "Move the points, or undo the merge.",
        )
    pairs, capacity = _joined(group, a, b, affinity)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from((source, sink))
    graph.add_weighted_edges_from(
        zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), capacity, strict=True), weight="capacity"
    )
    _, (near, _) = nx.minimum_cut(graph, source, sink, flow_func=shortest_augmenting_path)
    side = np.isin(group, np.fromiter(near, np.int64, len(near)))
    is_cut = side[a] != side[b]
    pieces = connected(count, a[~is_cut], b[~is_cut])
    is_legal = len(np.unique(pieces[sources])) == len(np.unique(pieces[sinks])) == 1
    return Cut(is_cut, _in_order(pieces, int(sources[0]), int(sinks[0])), is_legal)


def _joined(group: Ids, a: Ids, b: Ids, affinity: npt.NDArray[np.float32]) -> tuple[Ids, list[int]]:
    """Return edges between groups, each pair once, and what cutting all edges between two costs."""
    ends = np.sort(np.stack((group[a], group[b]), axis=1), axis=1)
    between = ends[:, 0] != ends[:, 1]
    pairs, where = np.unique(ends[between], axis=0, return_inverse=True)
    cost = np.maximum(np.rint(affinity[between].astype(np.float64) * UNIT), 1)
    sums = np.bincount(where.reshape(-1), weights=cost, minlength=len(pairs))
    return pairs, [int(total) for total in sums.tolist()]


def _in_order(pieces: Ids, source: int, sink: int) -> Ids:
    """Give pieces new numbers: the one of a source is 0, that of a sink 1, all others follow."""
    order = np.concatenate(([pieces[source], pieces[sink]], np.unique(pieces)))
    _, first = np.unique(order, return_index=True)
    ranks: Ids = np.argsort(np.argsort(first)).astype(np.int64)
    return ranks[pieces]
