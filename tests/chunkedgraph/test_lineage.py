"""Lineage graphs, and the roots found through them."""

import copy
from datetime import UTC, datetime

import networkx as nx
import numpy as np
import pytest

from caveclient_gen.errors import InvalidArgumentError
from caveclient_gen.mixins.chunkedgraph.lineage_graphs import to_networkx, without_links_across

# 1 was split into 2 and 3 at second 10; 2 and 9 were merged into 4 at second 20.
BEGAN = {1: 0.0, 9: 0.0, 2: 10.0, 3: 10.0, 4: 20.0}
LINKS = [(1, 2), (1, 3), (2, 4), (9, 4)]
SIDES = (("past", 0), ("future", "inf"))
GRAPH = {
    "directed": True,
    "multigraph": False,
    "graph": {},
    "nodes": [{"id": node, "timestamp": began, "operation_id": node} for node, began in BEGAN.items()],
    "links": [{"source": source, "target": target} for source, target in LINKS],
}


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def alive(node, moment):
    ends = [BEGAN[target] for source, target in LINKS if source == node]
    return BEGAN[node] <= moment and all(end > moment for end in ends)


def reached(roots, step, goes_on):
    """Walk from the roots, through every node that the walk goes on at."""
    found, todo = set(roots), list(roots)
    while todo:
        node = todo.pop()
        if goes_on(node):
            todo += [near for near in step(node) if near not in found]
            found.update(step(node))
    return found


def lineage(seen):
    """Answer as servers do: a link that crosses either moment is kept."""
    past, future = (float(seen.query.get(f"timestamp_{side}", end)) for side, end in SIDES)
    roots = seen.json["root_ids"]
    found = reached(roots, lambda node: [a for a, b in LINKS if b == node], lambda node: BEGAN[node] >= past)
    found |= reached(
        roots, lambda node: [b for a, b in LINKS if a == node], lambda node: BEGAN[node] <= future
    )
    return part(found)


def part(nodes):
    return GRAPH | {
        "nodes": [node for node in GRAPH["nodes"] if node["id"] in nodes],
        "links": [link for link in GRAPH["links"] if {link["source"], link["target"]} <= set(nodes)],
    }


@pytest.fixture
def history(graph):
    graph.answers |= {
        "lineage_graph_multiple": lineage,
        "root_timestamps": lambda seen: {"timestamp": [BEGAN[node] for node in seen.json["node_ids"]]},
        "is_latest_roots": lambda seen: {
            "is_latest": [alive(node, float(seen.query["timestamp"])) for node in seen.json["node_ids"]]
        },
    }
    return graph


def test_as_the_server_tells_it(history, client):
    assert client.get_lineage_graph([4, 1, 4]) == GRAPH
    (seen,) = history.seen
    assert (seen.method, seen.json, seen.query) == ("POST", {"root_ids": [1, 4]}, {})


@pytest.mark.parametrize(
    ("pinned", "given", "sent"),
    [
        (None, None, None),
        (at(5), None, "5.0"),  # F009: a client that is set to a moment does not look beyond it
        (at(5), at(7), "7.0"),
    ],
)
def test_how_far_forward(history, make, pinned, given, sent):
    make(timestamp=pinned).get_lineage_graph(1, timestamp_future=given)
    assert history.seen[0].query.get("timestamp_future") == sent
    assert set(history.seen[0].query) <= {"timestamp_future"}


def test_as_networkx(history, client):
    found = client.get_lineage_graph([1, 9], as_nx_graph=True)
    assert type(found) is nx.DiGraph
    assert sorted(found.edges) == LINKS
    assert found.nodes[4] == {"timestamp": 20.0, "operation_id": 4}
    assert set(map(type, found)) == {int}


@pytest.mark.parametrize("zone", [UTC, None])  # F057: without a zone it is UTC
@pytest.mark.parametrize(
    ("past", "future", "options", "nodes", "links"),
    [
        (10, None, {"exclude_links_to_past": True}, {2, 3, 4}, [(2, 4)]),
        (None, 10, {"exclude_links_to_future": True}, {1, 9, 2, 3}, [(1, 2), (1, 3)]),
        (5, 15, {"exclude_links_to_past": True, "exclude_links_to_future": True}, {2, 3}, []),
        (5, 15, {}, {1, 9, 2, 3, 4}, LINKS),
        (
            None,
            None,
            {"exclude_links_to_past": True, "exclude_links_to_future": True},
            {1, 9, 2, 3, 4},
            LINKS,
        ),
    ],
)
@pytest.mark.parametrize("as_nx_graph", [False, True])
def test_cut_links(history, client, zone, past, future, options, nodes, links, as_nx_graph):
    history.answers["lineage_graph_multiple"] = GRAPH
    times = [None if second is None else at(second).replace(tzinfo=zone) for second in (past, future)]
    found = client.get_lineage_graph(1, *times, as_nx_graph, **options)
    if as_nx_graph:
        assert (set(found.nodes), sorted(found.edges)) == (nodes, links)
    else:
        assert {node["id"] for node in found["nodes"]} == nodes
        assert [(link["source"], link["target"]) for link in found["links"]] == links


def test_cut_at_the_clients_moment(history, make):
    """F057: without `timestamp_future` the cut was not made at all."""
    found = make(timestamp=at(5)).get_lineage_graph(1, exclude_links_to_future=True)
    assert ([node["id"] for node in found["nodes"]], found["links"]) == ([1], [])


def test_the_answer_is_not_changed_by_a_cut(history, client):
    graph = client.get_lineage_graph([1, 9])
    before = copy.deepcopy(graph)
    assert without_links_across(graph, past=at(5))["links"] == [{"source": 2, "target": 4}]
    assert graph == before == GRAPH


@pytest.mark.parametrize(
    ("roots", "moment", "expected"),
    [
        (1, 30, [3, 4]),
        ([1, 9], 30, [3, 4]),
        (1, 15, [2, 3]),
        (2, 10, [2]),
        ([], 30, []),
    ],
)
def test_latest_roots(history, client, roots, moment, expected):
    latest = client.get_latest_roots(roots, at(moment))
    assert (latest.tolist(), latest.dtype) == (expected, np.int64)


def test_roots_before(history, client):
    """A moment before the root came to be is a question about its past."""
    assert client.get_latest_roots(4, at(5)).tolist() == [1, 9]
    assert history.calls("lineage_graph_multiple")[0].query == {
        "timestamp_past": "5.0",
        "timestamp_future": "20.0",
    }


def test_both_directions_in_one_call(history, client):
    client.get_latest_roots([1, 4], at(15))
    asked = [(one.json["root_ids"], one.query) for one in history.calls("lineage_graph_multiple")]
    assert asked == [
        ([1], {"timestamp_past": "0.0", "timestamp_future": "15.0"}),
        ([4], {"timestamp_past": "15.0", "timestamp_future": "20.0"}),
    ]


def test_incomplete_lineage_is_completed_from_supervoxels(history, client, as_bytes, caplog):
    """The recorded graph ends at 2, which is no root at the moment asked for."""
    history.answers |= {
        "lineage_graph_multiple": part({1, 2, 3, 9}),
        "leaves_many": {"2": [21, 22], "9": [91, 22]},
        "roots_binary": lambda seen: as_bytes(*[0 if leaf == 21 else 4 for leaf in seen.ids]),
    }
    assert client.get_latest_roots([1, 9], at(30)).tolist() == [3, 4]
    assert history.calls("leaves_many")[0].json == {"node_ids": [2, 9]}
    assert history.calls("roots_binary")[0].ids == [21, 22, 91]
    assert history.calls("roots_binary")[0].query == {"timestamp": "30.0"}
    assert "incomplete at 2 roots" in caplog.text


def test_ids_without_supervoxels_are_no_objects(history, client):
    history.answers |= {"lineage_graph_multiple": part({1, 2, 3}), "leaves_many": {}}
    assert client.get_latest_roots(1, at(30)).tolist() == [3]


def test_latest_roots_of_a_client_set_to_a_moment(history, make):
    assert make(timestamp=at(15)).get_latest_roots(1).tolist() == [2, 3]


def test_the_old_name_of_the_moment(history, client):
    with pytest.warns(DeprecationWarning, match="timestamp"):
        assert client.get_latest_roots(1, timestamp_future=at(30)).tolist() == [3, 4]
    with pytest.raises(InvalidArgumentError, match="old name"):
        client.get_latest_roots(1, at(30), at(30))


def test_original_roots(history, client):
    assert client.get_original_roots([4, 4]).tolist() == [1, 9]
    assert history.names == ["root_timestamps", "lineage_graph_multiple"]
    assert history.seen[1].query == {"timestamp_future": "20.0"}


def test_original_roots_at_a_moment_are_checked(history, client, as_bytes):
    history.answers |= {
        "lineage_graph_multiple": GRAPH,
        "leaves_many": {"1": [11]},
        "roots_binary": as_bytes(2),
    }
    assert client.get_original_roots(4, at(15)).tolist() == [2, 9]


def test_past_ids(graph, client):
    graph.answers["past_id_mapping"] = {"past_id_map": {"4": [2, 9]}, "future_id_map": {"9": 4}}
    maps = client.get_past_ids(4, timestamp_past=datetime(1970, 1, 1, 0, 0, 15))
    assert maps == {"past_id_map": {4: [2, 9]}, "future_id_map": {9: 4}}
    (seen,) = graph.seen
    assert (seen.method, seen.json, seen.query) == ("GET", {"root_ids": [4]}, {"timestamp_past": "15.0"})


def test_the_future_that_servers_ignore(graph, client):
    graph.answers["past_id_mapping"] = {"past_id_map": {}, "future_id_map": {}}
    with pytest.warns(UserWarning, match="timestamp_future"):
        client.get_past_ids([4], timestamp_future=at(30))


@pytest.mark.parametrize(
    ("nodes", "links"),
    [
        (GRAPH["nodes"], GRAPH["links"]),
        (GRAPH["nodes"], GRAPH["links"] * 2),
        (GRAPH["nodes"], []),
        ([], []),
        (GRAPH["nodes"][:2], GRAPH["links"]),  # links to nodes that are not there
        ([*GRAPH["nodes"], {"id": 1, "more": True}], GRAPH["links"]),  # a node twice
    ],
)
def test_networkx_holds_what_its_own_methods_would_put_in(nodes, links):
    expected = nx.DiGraph(name="g")
    expected.add_nodes_from((node["id"], {key: node[key] for key in node if key != "id"}) for node in nodes)
    expected.add_edges_from((link["source"], link["target"]) for link in links)
    before = copy.deepcopy(nodes)
    found = to_networkx({**GRAPH, "graph": {"name": "g"}, "nodes": nodes, "links": links})
    for change in (nx.DiGraph.to_directed, nx.DiGraph.reverse, lambda graph: graph):
        one, other = change(found), change(expected)
        assert list(one.nodes(data=True)) == list(other.nodes(data=True))
        assert list(one.edges(data=True)) == list(other.edges(data=True))
        assert [list(one.pred[node]) for node in one] == [list(other.pred[node]) for node in other]
    for one in found.edges:
        found.edges[one]["seen"] = one
        assert found.pred[one[1]][one[0]] == {"seen": one}  # one dict, as in all graphs of networkx
    found.add_edge(100, 101)
    found.remove_nodes_from([100, 101])
    assert nx.utils.graphs_equal(found.subgraph(expected), found)
    assert nodes == before
