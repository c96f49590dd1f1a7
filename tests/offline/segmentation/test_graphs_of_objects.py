"""Graphs of one object, and ways through it."""

import numpy as np
import pytest
import tubes
from tube_names import NAMES, called, ids, point, refused, root
from tubes import INGESTED, SUPERVOXELS

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.segmentation.engine import Edges

SVS, EDGES = tubes.supervoxels(), tubes.edges()


def test_subgraph(edited):
    graph = edited.subgraph(root(edited, "A00"))
    assert called(graph.nodes) == called(ids("A0", "A1", "A2"))
    pairs = [tuple(called(pair)) for pair in graph.edges]
    assert sorted(pairs) == [("A00", "A01"), ("A01", "A10"), ("A10", "A11"), ("A11", "A20"), ("A20", "A21")]
    by_pair = dict(zip(pairs, zip(graph.affinities.tolist(), graph.areas.tolist(), strict=True), strict=True))
    assert by_pair["A00", "A01"] == (np.float32(0.9), 120)
    assert by_pair["A01", "A10"] == (np.float32(0.8), 100)
    merged = edited.subgraph(root(edited, "C00"))
    assert np.isinf(merged.affinities).sum() == 1
    assert merged.areas[np.isinf(merged.affinities)].tolist() == [0]


def test_a_subgraph_is_of_the_time_of_its_root(edited):
    graph = edited.subgraph(root(edited, "A00", INGESTED))
    assert len(graph.edges) == 7
    assert len(edited.subgraph(root(edited, "C00", INGESTED)).edges) == 3


def test_a_subgraph_after_an_undo_has_the_edges_again(edited):
    (new,) = edited.undo(1, 2).new_roots
    pairs = [called(pair) for pair in edited.subgraph(new).edges]
    assert len(pairs) == 7 + 7 + 1
    assert called(edited.operations([2])[0].removed_edges[0]) in pairs


def test_a_subgraph_within_bounds(edited):
    bounds = np.array([[0, 64], [0, 256], [0, 64]])
    graph = edited.subgraph(root(edited, "A00"), bounds=bounds)
    assert called(graph.nodes) == ["A00", "A01"]
    assert [called(pair) for pair in graph.edges] == [["A00", "A01"]]


def test_level2_graph(seg):
    graph = seg.level2_graph(root(seg, "G00"))
    level2 = {name: int(seg.roots(ids(name), stop_layer=2)[0]) for name in NAMES.values()}
    assert set(graph.nodes.tolist()) == {level2[name] for name in NAMES.values() if name[0] in "GH"}
    assert level2["G30"] == level2["H31"]  # one piece: a bridge joins the two within the chunk
    expected = {tuple(sorted((level2[f"{t}{i}1"], level2[f"{t}{i + 1}0"]))) for t in "GH" for i in range(3)}
    assert set(map(tuple, graph.edges.tolist())) == expected
    assert set(graph.areas.tolist()) == {100}
    within = seg.level2_graph(root(seg, "A00"), bounds=np.array([[0, 128], [0, 256], [0, 64]]))
    assert (len(within.nodes), len(within.edges)) == (2, 1)
    with refused(400, "is a supervoxel"):
        seg.level2_graph(SUPERVOXELS["A00"])


def test_edges_between_two_level2_nodes_are_joined(tmp_path):
    more = Edges(*(np.concatenate((column, column[[1, 1]])) for column in vars(EDGES).values()))
    assert (NAMES[int(more.a[-1])], NAMES[int(more.b[-1])]) == ("A01", "A10")
    with Dataset.create(tmp_path / "x", tubes.FACTS).open() as cave:
        cave.segmentation.ingest(tubes.LAYOUT, SVS, more, at=INGESTED)
        graph = cave.segmentation.level2_graph(root(cave.segmentation, "A00"))
        assert sorted(graph.areas.tolist()) == [100, 100, 300]
        assert sorted(graph.affinities.tolist()) == pytest.approx([0.8, 0.8, 2.4])


def test_find_path(edited):
    way = edited.find_path(point("A00"), point("A21"))
    assert way.tolist() == edited.roots(ids("A00", "A10", "A20"), stop_layer=2).tolist()
    back = edited.find_path(point("A21"), point("A00"))
    assert back.tolist() == way[::-1].tolist()
    across = edited.find_path(point("G00"), point("H00"))
    expected = ids("G00", "G10", "G20", "G30", "H20", "H10", "H00")
    assert across.tolist() == edited.roots(expected, stop_layer=2).tolist()
    assert len(edited.find_path(point("A00"), point("A01"))) == 1
    new = root(edited, "A00")
    assert edited.find_path(point("A00", new), point("A21", new)).tolist() == way.tolist()
    old = root(edited, "A00", INGESTED)
    assert len(edited.find_path(point("A00", old), point("A31", old))) == 4  # as it was
    for other in (point("A31"), point("A31", old), point("A00", old)):
        with refused(400, "one object"):
            edited.find_path(point("A00"), other)
    with refused(400, "There is no node 7"):
        edited.find_path(point("A00"), point("A00", 7))
