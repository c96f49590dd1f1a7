"""Trees as arrays agree with a simple model, and with scipy's and networkx' words for them."""

import networkx as nx
import numpy as np
import pytest

from caveclient_gen.offline.skeletons.compartments import compartments
from caveclient_gen.offline.skeletons.tree import Tree, spanning_tree


def random_graph(seed, count, parts=1):
    """Return positions, and edges of a graph of `parts` parts."""
    random = np.random.default_rng(seed)
    positions = random.integers(0, 6, (count, 3)).astype(float) * 1000  # some lie in the same place
    part = np.arange(count) % parts
    pairs = [(one, random.choice(np.flatnonzero(part[:one] == part[one]))) for one in range(parts, count)]
    more = random.integers(0, count, (count, 2))
    more = more[(part[more[:, 0]] == part[more[:, 1]]) & (more[:, 0] != more[:, 1])]
    return positions, np.vstack([np.array(pairs, np.int64).reshape(-1, 2), more, more[:3, ::-1]])


def as_graph(positions, pairs):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(positions)))
    graph.add_weighted_edges_from((a, b, np.linalg.norm(positions[a] - positions[b])) for a, b in pairs)
    return graph


def edges(tree):
    return [(node, above) for node, above in enumerate(tree.parent.tolist()) if above >= 0]


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("count", [3, 20, 200])
@pytest.mark.parametrize("seed", range(3))
def test_the_tree_is_the_shortest_one(seed, count, parts):
    positions, pairs = random_graph(seed, count, parts)
    tree = spanning_tree(positions, pairs, count - 1)
    found, graph = as_graph(positions, edges(tree)), as_graph(positions, pairs)
    assert set(found.edges) <= set(graph.edges)
    assert nx.is_forest(found)
    assert nx.number_connected_components(found) == parts
    best = nx.minimum_spanning_tree(graph)
    assert found.size("weight") == pytest.approx(best.size("weight"))
    assert (tree.root, tree.parent[tree.root]) == (count - 1, -1)


@pytest.mark.parametrize("seed", range(3))
def test_parents_stand_before_their_children(seed):
    tree = spanning_tree(*random_graph(seed, 100, 2), 7)
    place = np.argsort(tree.order)
    assert sorted(tree.order) == list(range(100))
    assert all(place[above] < place[node] for node, above in edges(tree))


@pytest.mark.parametrize("seed", range(3))
def test_without_a_start_it_begins_at_the_end_of_the_longest_branch(seed):
    positions, pairs = random_graph(seed, 60)
    tree = spanning_tree(positions, pairs, None)
    graph = as_graph(positions, edges(tree))
    longest = max(max(far.values()) for _, far in nx.all_pairs_dijkstra_path_length(graph))
    assert max(nx.single_source_dijkstra_path_length(graph, tree.root).values()) == pytest.approx(longest)


def test_a_single_node_is_a_tree():
    for start in (0, None):
        tree = spanning_tree(np.zeros((1, 3)), np.empty((0, 2), np.int64), start)
        assert (tree.parent.tolist(), tree.order.tolist(), tree.root) == ([-1], [0], 0)


@pytest.mark.parametrize("count", [1, 2, 50, 300])
def test_sums_above_and_below(count):
    random = np.random.default_rng(count)
    parent = np.array([-1, *(random.integers(0, one) for one in range(1, count))], np.int64)
    values = random.random(count)
    above, below = values.copy(), values.copy()
    for node in range(1, count):
        above[node] += above[parent[node]]
    for node in range(count - 1, 0, -1):
        below[parent[node]] += below[node]
    tree = Tree(parent, np.arange(count), 0)
    np.testing.assert_allclose(tree.sums_above(values), above)
    np.testing.assert_allclose(tree.sums_below(values), below)
    for node in range(min(count, 5)):
        mark = np.zeros(count, bool)
        mark[node] = True
        for one in range(1, count):
            mark[one] |= parent[one] >= 0 and mark[parent[one]]
        assert (tree.below(node) == mark).all()


def test_a_long_tree_is_no_slower_than_its_logarithm():
    count = 100_000
    tree = Tree(np.arange(-1, count - 1), np.arange(count), 0)
    np.testing.assert_array_equal(tree.sums_above(np.ones(count)), np.arange(1, count + 1))


#  0 (soma) - 1 - 2 - 3        a dendrite
#           \ 4 - 5 - 6        an axon from 5 on
FORK = Tree(np.array([-1, 0, 1, 2, 0, 4, 5]), np.arange(7), 0)
FAR = np.array([0.0, 1, 2, 3, 1, 2, 3])


@pytest.mark.parametrize(
    ("soma", "outputs", "inputs", "expected"),
    [
        (0, {5: 3, 6: 2}, {2: 4, 3: 1, 4: 1}, [1, 3, 3, 3, 3, 2, 2]),
        (0, {6: 1}, {3: 1}, [1, 3, 3, 3, 2, 2, 2]),  # the nearest of edges that are equally good
        (0, {5: 1, 6: 3}, {1: 5, 6: 1}, [1, 3, 3, 3, 2, 2, 2]),  # an input on the axon changes nothing
        (0, {}, {2: 4}, [1, 3, 3, 3, 3, 3, 3]),
        (0, {6: 2}, {}, [1, 3, 3, 3, 3, 3, 3]),  # no inputs: where the axon begins is not known
        (0, {}, {}, [1, 3, 3, 3, 3, 3, 3]),
        (None, {}, {}, [3] * 7),
        (None, {6: 2}, {}, [2] * 7),  # a piece that only gives
        (None, {5: 3, 6: 2}, {2: 4, 3: 1}, [2, 3, 3, 3, 2, 2, 2]),  # all up to the first input
        (None, {0: 2, 1: 2}, {5: 2, 6: 1}, [2, 2, 2, 2, 3, 3, 3]),  # begun in the axon
        (0, {0: 2}, {6: 2}, [1, 3, 3, 3, 3, 3, 3]),  # the soma is no axon
    ],
)
def test_where_the_axon_is(soma, outputs, inputs, expected):
    counts = [np.array([places.get(one, 0) for one in range(7)], float) for places in (outputs, inputs)]
    assert compartments(FORK, soma, *counts, FAR).tolist() == expected
