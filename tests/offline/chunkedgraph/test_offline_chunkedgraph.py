"""Every question of the chunkedgraph, asked through the client over HTTP."""

from datetime import UTC, datetime, timedelta

import networkx as nx
import numpy as np
import pytest
from edited_tubes import ids, named, place
from tubes import SUPERVOXELS

from caveclient_gen import errors

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
JUST_BEFORE = timedelta(milliseconds=1)
"""What the client takes off the moment of an edit, at which a root is gone already."""
EVERYWHERE = [[0, 256], [0, 256], [0, 64]]


def after(seconds):
    return BEGIN + timedelta(seconds=seconds)


def root(graph, name, **more):
    return int(graph.get_root_id(SUPERVOXELS[name], **more))


def roots(graph, *names, **more):
    return graph.get_roots([SUPERVOXELS[name] for name in names], **more).tolist()


# ---- what it is


def test_the_segmentation(shared, graph):
    info = graph.segmentation_info
    assert info["scales"][0]["resolution"] == [8, 8, 40]
    assert info["graph"]["n_layers"] == 4
    assert info["graph"]["spatial_bit_masks"] == {"1": 10, "2": 10, "3": 1, "4": 1}
    assert list(graph.base_resolution) == [8, 8, 40]
    assert graph.cloudvolume_path == f"graphene://{shared.address}/segmentation/api/v1/testpcg"
    assert graph.table_name == "testpcg"
    assert (str(graph.server_version), graph.api_version) == ("2.21.1", 1)
    assert graph.get_oldest_timestamp() == BEGIN
    assert graph.timestamp is None
    assert graph.timestamp_or_now > after(10)


# ---- nodes


def test_roots_now_and_earlier(graph):
    a, c1, c2 = roots(graph, "A00", "C11", "C20")
    assert c1 == c2
    assert a != root(graph, "A30") == root(graph, "B00")
    before = roots(graph, "A00", "A30", "C11", "C20", timestamp=after(0.5))
    assert before[0] == before[1]
    assert before[2] != before[3]
    assert roots(graph, "A00", "A30", timestamp=after(2)) != [a, a]
    nodes = [*ids("A", "B"), 0]
    assert graph.get_roots_json(nodes).tolist() == graph.get_roots(nodes).tolist()


def test_what_has_no_root(graph):
    node = SUPERVOXELS["A00"]
    assert graph.get_roots([node, 0, 123], timestamp=after(1)).tolist()[1:] == [0, 0]
    assert graph.get_roots([node], timestamp=after(-1)).tolist() == [0]
    with pytest.raises(errors.ServerError, match="Cannot find root id 123, 4, "):
        graph.get_roots([node, 123], assert_roots=True)
    with pytest.raises(errors.ServerError, match=f"Cannot find root id {node}, 4, 2020-06-01 00:00:00"):
        graph.get_root_id(node, timestamp="2020-06-01")


def test_nodes_of_other_layers(graph):
    node = SUPERVOXELS["A00"]
    level2 = int(graph.get_root_id(node, level2=True))
    assert level2 == 144115188075855873
    assert graph.get_roots([node], stop_layer=2).tolist() == [level2]
    assert named(graph.get_children(level2)) == ["A00", "A01"]
    assert graph.get_children(node).tolist() == []


def test_leaves(graph):
    a, joined = root(graph, "A00"), root(graph, "B00")
    assert named(graph.get_leaves(a)) == ["A00", "A01", "A10", "A11", "A20", "A21"]
    assert len(graph.get_leaves(joined, stop_layer=2)) == 5
    assert named(graph.get_leaves(joined, bounds=[[64, 128], [0, 64], [0, 32]])) == ["B10", "B11"]
    many = graph.get_leaves_many([a, joined], stop_layer=2)
    assert {node: found.tolist() for node, found in many.items()} == {
        node: graph.get_leaves(node, stop_layer=2).tolist() for node in (a, joined)
    }
    assert graph.get_leaves(288230376151799999).tolist() == []  # well formed, and nobody's


def test_covering_nodes(graph):
    old, joined = root(graph, "A00", timestamp=after(0.5)), root(graph, "B00")
    assert graph.get_minimal_covering_nodes(graph.get_leaves(joined, stop_layer=2)).tolist() == [joined]
    level2 = graph.get_leaves(old, stop_layer=2)
    assert graph.get_minimal_covering_nodes(level2, timestamp=after(0.5)).tolist() == [old]
    assert graph.get_minimal_covering_nodes(level2[:1]).tolist() == level2[:1].tolist()


def test_children_of_chunks(graph):
    chunk = 144115188075855872
    pairs = graph.get_l2_chunk_children(chunk).reshape(-1, 2)
    assert named(pairs[:, 1]) == ["A00", "A01", "B00", "B01"]
    assert graph.get_l2_chunk_children_json(chunk).reshape(-1, 2).tolist() == pairs.tolist()
    assert set(pairs[:, 0]) == set(graph.get_roots(pairs[:, 1], stop_layer=2))
    node = SUPERVOXELS["A20"]  # its level-2 node was replaced by the split
    chunk = int(graph.get_roots([node], stop_layer=2)[0]) >> 20 << 20
    for moment in (after(0.5), after(10)):
        pairs = graph.get_l2_chunk_children(chunk, timestamp=moment).reshape(-1, 2)
        expected = graph.get_roots(pairs[:, 1], stop_layer=2, timestamp=moment)
        assert pairs[:, 0].tolist() == expected.tolist()


def test_supervoxels_at_points(shared, graph):
    joined = root(graph, "B00")
    points = np.array([place("A30"), place("B10")])
    found = graph.supervoxel_lookup([joined, joined], points)
    assert named(found) == ["A30", "B10"]
    with pytest.raises(errors.PermissionDeniedError):
        shared.client("editor").chunkedgraph.supervoxel_lookup([joined], points[:1])


# ---- graphs


def test_graphs(graph):
    joined = root(graph, "B00")
    edges, affinities, areas = graph.get_subgraph(joined, EVERYWHERE)
    assert len(edges) == len(affinities) == len(areas) == 7 + 1 + 1  # B, the end of A, the merge
    assert np.isinf(affinities).sum() == 1  # the merge: it is never cut
    assert np.unique(edges).tolist() == sorted(graph.get_leaves(joined).tolist())
    part, *_ = graph.get_subgraph(joined, [[0, 64], [0, 64], [0, 32]])
    assert named(np.unique(part)) == ["B00", "B01"]
    level2 = graph.level2_chunk_graph(joined)
    assert sorted(np.unique(level2).tolist()) == sorted(graph.get_leaves(joined, stop_layer=2).tolist())
    assert graph.level2_chunk_graph(joined, bounds=[[0, 128], [0, 256], [0, 64]]) == [
        pair for pair in level2 if set(pair) <= set(graph.get_roots(ids("B0", "B1"), stop_layer=2).tolist())
    ]
    with pytest.raises(errors.BadRequestError, match="only_internal_edges"):
        graph.get_subgraph(joined, EVERYWHERE, only_internal_edges=False)


def test_paths(graph):
    joined = root(graph, "B00")
    ends = [place(name) for name in ("B00", "A30")]
    rough, path, failed = graph.find_path(joined, *ends)
    assert path[[0, -1]].tolist() == graph.get_roots(ids("B00", "A30"), stop_layer=2).tolist()
    assert failed.tolist() == []
    steps = {frozenset(pair) for pair in graph.level2_chunk_graph(joined)}
    assert all(frozenset(pair) in steps for pair in zip(path[:-1].tolist(), path[1:].tolist(), strict=True))
    assert rough[0].tolist() == [256, 256, 640]  # the middle of the chunk
    fine, same, _ = graph.find_path(joined, *ends, precision_mode=True)
    assert same.tolist() == path.tolist()
    assert fine[0].tolist() in (place("B00"), place("B01"))
    with pytest.raises(errors.BadRequestError, match="one object"):
        graph._find_path([[root(graph, "A00"), *place("A00")], [joined, *place("B00")]])


# ---- roots through time


def test_latest_and_valid(graph):
    old, new = root(graph, "A00", timestamp=after(0.5)), root(graph, "A00")
    assert graph.is_latest_roots([old, new, 5, 0]).tolist() == [False, True, False, False]
    assert graph.is_latest_roots([old, new], timestamp=after(0.5)).tolist() == [True, False]
    assert graph.is_valid_nodes([old, new, 7]).tolist() == [True, True, False]
    assert graph.is_valid_nodes([old, new], start_timestamp=after(1)).tolist() == [False, True]
    assert graph.is_valid_nodes([old, new], end_timestamp=after(1)).tolist() == [True, False]


def test_when_roots_were(graph):
    old, new = root(graph, "A00", timestamp=after(0.5)), root(graph, "A00")
    assert graph.get_root_timestamps([new, old, new]).tolist() == [after(2), BEGIN, after(2)]
    last = graph.get_root_timestamps([new, old], latest=True, timestamp=after(60)).tolist()
    assert last == [after(60) - JUST_BEFORE, after(2) - JUST_BEFORE]
    early = graph.get_root_timestamps([old], latest=True, timestamp=after(1)).tolist()
    assert early == [after(1) - JUST_BEFORE]  # the edit was later than asked about
    assert graph.is_latest_roots([old], timestamp=last[1]).tolist() == [True]
    assert graph.is_latest_roots([old], timestamp=last[1] + JUST_BEFORE).tolist() == [False]


def test_lineage(graph):
    joined = root(graph, "B00")
    b, a = roots(graph, "B00", "A00", timestamp=after(0.5))
    middle = root(graph, "A30", timestamp=after(2.5))
    document = graph.get_lineage_graph(joined)
    links = {(link["source"], link["target"]) for link in document["links"]}
    assert links == {(b, joined), (middle, joined), (a, middle)}
    facts = {node["id"]: node for node in document["nodes"]}
    assert facts[a] == {"id": a, "operation_id": 2, "timestamp": BEGIN.timestamp()}
    assert facts[joined] == {"id": joined, "timestamp": after(3).timestamp()}
    assert {node["id"] for node in graph.get_root_lineage_graph(joined)["nodes"]} == set(facts)
    drawn = graph.get_lineage_graph([joined, root(graph, "C00")], as_nx_graph=True)
    assert nx.is_directed_acyclic_graph(drawn)
    assert len(drawn) == len(facts) + 3
    recent = graph.get_lineage_graph(joined, timestamp_past=after(2.5))
    assert {node["id"] for node in recent["nodes"]} == {joined, b, middle}


def test_latest_and_original_roots(graph):
    joined, left = root(graph, "B00"), root(graph, "A00")
    b, a = roots(graph, "B00", "A00", timestamp=after(0.5))
    assert set(graph.get_latest_roots(a).tolist()) == {left, joined}
    assert set(graph.get_original_roots(joined).tolist()) == {a, b}
    assert graph.suggest_latest_roots(b) == joined


def test_past_ids(graph):
    joined, c = root(graph, "B00"), root(graph, "C00")
    b, a = roots(graph, "B00", "A00", timestamp=after(0.5))
    c1, c2 = roots(graph, "C11", "C20", timestamp=after(0.5))
    found = graph.get_past_ids([joined, c], timestamp_past=after(0.5))
    assert {key: sorted(value) for key, value in found["past_id_map"].items()} == {
        joined: sorted([a, b]),
        c: sorted([c1, c2]),
    }
    assert found["future_id_map"] == {b: joined, c1: c, c2: c}  # A was split: it is no one root
    assert graph.get_past_ids([joined], timestamp_past="1970-01-02")["past_id_map"] == {
        joined: sorted([a, b])
    }


def test_delta_roots(graph):
    b, a = roots(graph, "B00", "A00", timestamp=after(0.5))
    old, new = graph.get_delta_roots(after(1.5), after(3.5))
    assert set(old.tolist()) == {a, b}
    assert set(new.tolist()) == {root(graph, "A00"), root(graph, "B00")}


# ---- the log


def test_logs_of_an_object(graph):
    joined = root(graph, "B00")
    b, a = roots(graph, "B00", "A00", timestamp=after(0.5))
    middle = root(graph, "A30", timestamp=after(2.5))
    log = graph.get_change_log(joined)
    assert (log["n_mergers"], log["n_splits"], log["operations_ids"]) == (1, 1, [2, 3])
    assert set(log["past_ids"]) == {a, b, middle}
    assert log["user_info"] == {"1": {"n_mergers": 1, "n_splits": 1}}
    table = graph.get_tabular_change_log([joined], filtered=False)[joined]
    assert table["operation_id"].tolist() == [2, 3]
    assert table["after_root_ids"].tolist() == [[middle], [joined]]
    assert table["before_root_ids"].tolist()[0] == [a]
    assert table["is_merge"].tolist() == [False, True]
    assert table["in_neuron"].tolist() == table["is_relevant"].tolist() == [True, True]
    assert table["user_name"].tolist() == ["Offline Admin"] * 2
    assert table["user_affiliation"].tolist() == ["Offline"] * 2
    one = graph.get_root_tabular_change_log(joined)
    assert one["operation_id"].tolist() == [2, 3]
    assert "in_neuron" not in one
    merges = graph.get_merge_log(joined)
    assert [named(pair) for pair in merges["merge_edges"][0]] == [["A30", "B20"]]
    assert merges["merge_edge_coords"] == [[[[144, 44, 16]], [[208, 20, 16]]]]


def test_an_object_without_edits(graph):
    untouched = root(graph, "E00")
    assert graph.get_change_log(untouched) == {
        "n_mergers": 0,
        "n_splits": 0,
        "operations_ids": [],
        "past_ids": [],
        "user_info": {},
    }
    assert len(graph.get_tabular_change_log([untouched])[untouched]) == 0
    assert graph.get_merge_log(untouched) == {"merge_edge_coords": [], "merge_edges": []}


def test_logs_of_people(graph):
    everything = graph.get_tabular_change_log_recent()
    assert everything["operation_id"].tolist() == [1, 2, 3, 4]
    assert everything["is_merge"].tolist() == [True, False, True, True]
    recent = graph.get_tabular_change_log_recent(after(1.5), timestamp_end=after(3.5))
    assert recent["operation_id"].tolist() == [2, 3]
    assert graph.get_user_operations(2, BEGIN)["operation_id"].tolist() == [4]
    assert graph.get_user_operations(1, after(1.5))["operation_id"].tolist() == [2, 3]
    assert graph.get_user_operations(0, BEGIN)["operation_id"].tolist() == [1, 2, 3, 4]
    assert len(graph.get_user_operations(99, BEGIN)) == 0
    lines = graph.get_full_change_log().splitlines()
    assert lines[0] == "user_id,action,root_ids,timestamp"
    assert lines[1] == f"1,merge,[{root(graph, 'C00')}],2025-01-01 00:00:01"
    assert len(lines) == 5


def test_entries_of_the_log(graph):
    details = graph.get_operation_details([1, 2])
    assert details["1"]["added_edges"] == [[SUPERVOXELS["C11"], SUPERVOXELS["C20"]]]
    assert details["2"]["source_ids"] == [SUPERVOXELS["A10"]]
    assert details["2"]["sink_coords"] == [[208, 20, 16]]
    assert details["2"]["operation_ts"] == "2025-01-01 00:00:02+00:00"
    with pytest.raises(errors.NotFoundError, match="no operation 99"):
        graph.get_operation_details([1, 99])


# ---- who may


@pytest.mark.parametrize("person", ["viewer", "editor"])
def test_people_see_no_others(shared, person):
    graph = shared.client(person).chunkedgraph
    for ask in (
        lambda: graph.get_user_operations(1, BEGIN),
        graph.get_tabular_change_log_recent,
        graph.get_full_change_log,
    ):
        with pytest.raises(errors.PermissionDeniedError):
            ask()
    assert len(graph.get_roots([SUPERVOXELS["A00"]])) == 1


def test_strangers_see_nothing(shared):
    with pytest.raises(errors.PermissionDeniedError):
        shared.client("stranger").chunkedgraph.get_roots([SUPERVOXELS["A00"]])
