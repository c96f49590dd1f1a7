"""Graphs of one object: its supervoxels, its level-2 nodes, and the way between two points of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.nodes import NOTHING
from caveclient_gen.offline.segmentation.points import positions, supervoxels_of
from caveclient_gen.offline.segmentation.records import Ids, Point, Subgraph, as_ids

if TYPE_CHECKING:
    from caveclient_gen.offline.segmentation.state import State

__all__ = ["contacts", "covering_nodes", "find_path", "level2_graph", "subgraph"]


def subgraph(state: State, node: int, bounds: Ids | None) -> Subgraph:
    """Return the supervoxel graph of a node (its number) as it was when the node came to be."""
    leaves = np.sort(state.leaves(np.array([node]), 1, bounds)[0])
    edges = state.edges.touching(leaves)
    edges = edges[state.edges.active_at(edges, int(state.nodes.created[node]))]
    a, b = state.edges.a[edges], state.edges.b[edges]
    inside = np.isin(a, leaves) & np.isin(b, leaves)
    edges, ids = edges[inside], state.nodes.ids
    pairs = np.stack((ids[a[inside]], ids[b[inside]]), axis=1)
    return Subgraph(ids[leaves], pairs, state.edges.affinity[edges], state.edges.area[edges])


def contacts(state: State, supervoxels: Ids) -> tuple[Ids, Ids]:
    """Return the edges that were ever at supervoxels (numbers), as ids, and their areas; merges have none."""
    edges = state.edges.touching(np.unique(supervoxels))
    pairs = np.stack((state.edges.a[edges], state.edges.b[edges]), axis=1)
    return state.nodes.ids[pairs], state.edges.area[edges]


def level2_graph(state: State, node: int, bounds: Ids | None) -> Subgraph:
    """Return the graph of a node's level-2 nodes; affinities and areas between the same two are summed."""
    whole = subgraph(state, node, None)
    count = state.nodes.count_at(int(state.nodes.created[node]))
    level2, _ = state.leaves(np.array([node]), 2, bounds)
    ends = state.nodes.parents_at(state.nodes.numbers(whole.edges.reshape(-1)), count).reshape(-1, 2)
    ends = state.nodes.ids[ends]
    ids = state.nodes.ids[level2]
    kept = (ends[:, 0] != ends[:, 1]) & np.isin(ends, ids).all(axis=1)
    pairs, where = np.unique(np.sort(ends[kept], axis=1), axis=0, return_inverse=True)
    where = where.reshape(-1)
    affinity = np.bincount(where, whole.affinities[kept].astype(np.float64), len(pairs))
    area = np.bincount(where, whole.areas[kept].astype(np.float64), len(pairs))
    return Subgraph(ids, pairs, affinity.astype(np.float32), area.astype(np.int64))


def find_path(state: State, start: Point, end: Point) -> Ids:
    """Return the level-2 nodes on the shortest way (in nm) between two points of one object.

    Raises
    ------
    Refusal
        400: the points are in different objects.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    ends = supervoxels_of(state, [start, end])
    given = state.nodes.numbers(as_ids([start.node, end.node]))
    roots = state.roots(given, state.newest)
    if roots[0] != roots[1]:
        raise Refusal(400, "Choose two points of one object: these are in different ones.")
    count = state.nodes.count_at(int(state.nodes.created[roots[0]]))
    first, last = state.nodes.ids[state.nodes.parents_at(ends, count)]
    graph = level2_graph(state, int(roots[0]), None)
    places = positions(state, state.nodes.numbers(graph.nodes))
    # Numbers of 32 bits: scipy before 1.13 finds no ways by others.
    a, b = np.searchsorted(graph.nodes, graph.edges).T.astype(np.int32)
    length = np.maximum(np.linalg.norm(places[a] - places[b], axis=1), 1e-3)
    size = len(graph.nodes)
    matrix = coo_array((length, (a, b)), shape=(size, size)).tocsr()
    at, goal = np.searchsorted(graph.nodes, [first, last])
    _, before = dijkstra(matrix, directed=False, indices=goal, return_predecessors=True)
    path = [int(at)]
    while path[-1] != goal:
        path.append(int(before[path[-1]]))
    found: Ids = graph.nodes[path]
    return found


def covering_nodes(state: State, numbers: Ids, count: int) -> Ids:
    """Return the fewest nodes that have exactly the given ones below them, when there were `count` nodes."""
    waiting, done = np.unique(numbers), [NOTHING]
    for layer in range(1, state.layout.layers + 1):
        here = state.layers(waiting) == layer
        ours, waiting = waiting[here], waiting[~here]
        parents, where, given = np.unique(
            state.nodes.parents_at(ours, count), return_inverse=True, return_counts=True
        )
        whole = (parents >= 0) & (given == state.nodes.child_count[parents])
        done.append(ours[~whole[where]])
        waiting = np.union1d(waiting, parents[whole])
    return np.concatenate(done)
