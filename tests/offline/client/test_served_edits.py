"""Edits by the client, each looked at by the engine and by another route."""

from datetime import UTC, datetime

import numpy as np
import pytest
from members import exercises

from caveclient_gen import errors


@pytest.fixture(scope="module")
def graph(own):
    return own.client("editor").chunkedgraph


@pytest.fixture(scope="module")
def engine(own):
    return own.cave.segmentation


def points(engine, supervoxels):
    """Return where supervoxels are, in voxels of the segmentation."""
    return np.round(engine.positions(np.array(supervoxels)) / engine.layout.resolution).astype(int)


@pytest.fixture
def pair(engine, plan):
    """Two supervoxels of one cell that are far from each other."""
    nuclei = plan.pieces.supervoxels.ids[: len(plan.cells.type)]
    roots, counts = np.unique(engine.roots(plan.pieces.supervoxels.ids), return_counts=True)
    root = next(one for one in engine.roots(nuclei).tolist() if counts[roots == one][0] > 50)
    leaves = engine.leaves([root])[0]
    places = engine.positions(leaves)
    far = ((places - places[0]) ** 2).sum(axis=1).argmax()
    return int(leaves[0]), int(leaves[far])


@exercises("chunkedgraph", "preview_split", "execute_split", "undo_operation", "redo_operation", "do_merge")
def test_a_split_and_its_way_back(graph, engine, pair):
    a, b = pair
    root = int(engine.roots([a])[0])
    places = engine.positions(np.array(pair))
    source, sink, connected = graph.preview_split(places[:1], places[1:], root, [a], [b])
    assert connected
    assert a in source
    assert b in sink
    assert not set(source) & set(sink)
    assert engine.is_latest([root])[0], "a preview changes nothing"
    before = datetime.now(UTC)
    operation, roots = graph.execute_split(places[:1], places[1:], root, [a], [b])
    first, second = engine.roots([a, b]).tolist()
    assert sorted(roots) == sorted([first, second])
    parts = {
        one: set(part.tolist())
        for one, part in zip((first, second), engine.leaves([first, second]), strict=True)
    }
    assert set(source) <= parts[first]
    assert set(sink) <= parts[second]
    assert graph.get_root_id(a, timestamp=before) == root
    assert graph.get_tabular_change_log(first)[first].operation_id.tolist()[-1] == operation
    undone = graph.undo_operation(operation)["new_root_ids"]
    whole = set(engine.leaves(undone)[0].tolist())
    assert whole == parts[first] | parts[second]
    again = graph.redo_operation(operation)["new_root_ids"]
    assert {frozenset(part.tolist()) for part in engine.leaves(again)} == {
        frozenset(p) for p in parts.values()
    }
    clicked = points(engine, [a, b])
    merged = graph.do_merge([a, b], clicked, graph.base_resolution, chebyshev_distance=10**6)["new_root_ids"]
    assert set(engine.leaves(merged)[0].tolist()) == whole
    assert engine.roots([a, b]).tolist() == [*merged, *merged]


@exercises("chunkedgraph", "execute_split")
def test_an_edit_that_cannot_be_changes_nothing(graph, engine, own, pair):
    a, b = pair
    root = int(engine.roots([a])[0])
    places = engine.positions(np.array(pair))
    count = len(engine.operations())
    with pytest.raises(errors.PermissionDeniedError):
        own.client("viewer").chunkedgraph.execute_split(places[:1], places[1:], root, [a], [b])
    with pytest.raises(errors.BadRequestError):
        graph.execute_split(places[:1], places[:1], root, [a], [a])
    assert len(engine.operations()) == count
    assert engine.roots([a])[0] == root


@exercises("chunkedgraph", "remesh_level2_chunks")
def test_remeshing_is_taken_and_does_nothing(graph, engine, pair):
    level2 = engine.roots(pair, stop_layer=2)
    assert graph.remesh_level2_chunks(level2) is None
    assert engine.roots(pair, stop_layer=2).tolist() == level2.tolist()


@exercises("chunkedgraph", "do_merge_admin", "rollback_user")
def test_what_an_administrator_can_do(own, engine, plan):
    graph = own.client("admin").chunkedgraph
    nuclei = plan.pieces.supervoxels.ids[: len(plan.cells.type)]
    roots = engine.roots(nuclei)
    a = int(nuclei[0])
    b = int(nuclei[roots != roots[0]][0])
    began = datetime.now(UTC)
    graph.do_merge_admin([a, b], points(engine, [a, b]), engine.layout.resolution, chebyshev_distance=10**6)
    assert len(np.unique(engine.roots([a, b]))) == 1
    graph.rollback_user(1, began, datetime.now(UTC))
    first, second = engine.roots([a, b]).tolist()
    assert first != second


@exercises("chunkedgraph", "supervoxel_lookup", "get_roots_json", "get_l2_chunk_children")
@exercises(
    "chunkedgraph", "get_l2_chunk_children_json", "get_root_lineage_graph", "get_root_tabular_change_log"
)
@exercises("chunkedgraph", "get_tabular_change_log_recent", "get_full_change_log", "timestamp_or_now")
@exercises("chunkedgraph", "timestamp")
def test_what_more_this_client_asks_the_graph(graph, engine, pair, own):
    own_id = engine.roots(list(pair))
    found = own.client("admin").chunkedgraph.supervoxel_lookup(own_id, engine.positions(np.array(pair)))
    assert found.tolist() == list(pair)
    assert graph.get_roots_json(list(pair)).tolist() == own_id.tolist()
    chunk = int(engine.layout.pack(2, engine.layout.chunk_of(np.array(pair[:1])))[0])
    children = engine.chunk_children(chunk)
    assert graph.get_l2_chunk_children(chunk).reshape(-1, 2).tolist() == children.reshape(-1, 2).tolist()
    assert graph.get_l2_chunk_children_json(chunk).tolist() == children.ravel().tolist()
    root = int(own_id[0])
    assert root in {node["id"] for node in graph.get_root_lineage_graph(root)["nodes"]}
    log = graph.get_root_tabular_change_log(root, filtered=False)
    assert log.operation_id.tolist() == [one.id for one in engine.history(root)]
    graph = own.client("admin").chunkedgraph
    recent = graph.get_tabular_change_log_recent(datetime(2024, 1, 1, tzinfo=UTC))
    assert sorted(recent.operation_id) == [one.id for one in engine.operations()]
    assert graph.get_full_change_log().count("\n") >= len(recent)
    assert graph.timestamp is None
    assert abs((graph.timestamp_or_now - datetime.now(UTC)).total_seconds()) < 10
