"""The chunkedgraph by the client: nodes, graphs, history, against engine, plan and frozen tables."""

from datetime import timedelta

import networkx as nx
import numpy as np
import pytest
import requests
from members import exercises

from caveclient_gen import errors
from caveclient_gen.offline.moments import as_datetime, as_micros


@pytest.fixture(scope="module")
def graph(client):
    return client.chunkedgraph


@pytest.fixture(scope="module")
def engine(served):
    return served.cave.segmentation


@pytest.fixture(scope="module")
def moments(served):
    """The moments of the three versions."""
    return [as_datetime(version.moment) for version in served.cave.versions.all()]


@exercises("chunkedgraph", "base_resolution", "table_name", "segmentation_info", "cloudvolume_path")
@exercises("chunkedgraph", "default_url_mapping", "get_oldest_timestamp")
def test_what_the_segmentation_is(served, graph, plan):
    assert tuple(graph.base_resolution) == plan.volume.layout.resolution
    assert graph.table_name == served.cave.facts.segmentation_table
    scale = graph.segmentation_info["scales"][0]
    assert tuple(scale["size"]) == tuple(plan.volume.layout.volume)
    assert tuple(scale["chunk_sizes"][0]) == tuple(plan.volume.layout.chunk_size)
    assert graph.cloudvolume_path.startswith(f"graphene://{served.address}/segmentation/")
    assert graph.cloudvolume_path.endswith(graph.default_url_mapping["table_id"])
    assert as_micros(graph.get_oldest_timestamp()) == served.cave.segmentation.oldest


@pytest.mark.parametrize("version", [2, 3])
@exercises("chunkedgraph", "get_roots", "get_root_id")
def test_roots_at_a_version_are_those_of_its_tables(graph, frozen, moments, version):
    synapses = frozen("synapses", version)
    for side in ("pre_pt", "post_pt"):
        found = graph.get_roots(synapses[f"{side}_supervoxel_id"], timestamp=moments[version - 1])
        np.testing.assert_array_equal(found, synapses[f"{side}_root_id"])
    one = synapses.iloc[0]
    assert graph.get_root_id(one.pre_pt_supervoxel_id, moments[version - 1]) == one.pre_pt_root_id


@exercises("chunkedgraph", "get_roots", "get_root_id")
def test_nodes_of_a_layer_and_the_background(graph, engine, plan):
    supervoxels = np.concatenate([plan.pieces.supervoxels.ids[:50], [0]])
    found = graph.get_roots(supervoxels, stop_layer=2)
    np.testing.assert_array_equal(found[:-1], engine.roots(supervoxels[:-1], stop_layer=2))
    assert found[-1] == 0
    assert graph.get_root_id(int(supervoxels[0]), level2=True) == found[0]


@exercises("chunkedgraph", "get_leaves", "get_leaves_many", "get_children")
def test_leaves_and_children_make_up_a_root(graph, plan, cells):
    every = plan.pieces.supervoxels.ids
    many = graph.get_leaves_many(cells.now)
    roots = dict(zip(every.tolist(), graph.get_roots(every).tolist(), strict=True))
    for root, leaves in many.items():
        assert sorted(leaves.tolist()) == sorted(one for one, its in roots.items() if its == root)
    assert sorted(graph.get_leaves(cells.edited).tolist()) == sorted(many[cells.edited].tolist())
    level2 = graph.get_leaves(cells.edited, stop_layer=2)
    below = [graph.get_children(node) for node in level2[:20]]
    assert {roots[leaf] for part in below for leaf in part.tolist()} == {cells.edited}
    assert set(graph.get_roots(level2).tolist()) == {cells.edited}


@exercises("chunkedgraph", "get_leaves", "get_subgraph", "level2_chunk_graph")
def test_a_box_has_some_of_a_cell(graph, engine, plan, cells):
    layout = plan.volume.layout
    root = cells.edited
    level2 = engine.leaves([root], stop_layer=2)[0]
    chunk = layout.chunk_of(level2[:1])[0]
    box = np.stack([chunk * layout.chunk_size, (chunk + 1) * np.array(layout.chunk_size)], axis=1)
    inside = level2[(layout.chunk_of(level2) == chunk).all(axis=1)]
    found = graph.get_leaves(root, bounds=box, stop_layer=2)
    assert set(inside.tolist()) <= set(found.tolist()) < set(level2.tolist())
    edges, affinities, areas = graph.get_subgraph(root, box)
    leaves = np.concatenate(engine.leaves(inside))
    within = plan.pieces.edges
    known = {
        frozenset(pair): at for at, pair in enumerate(zip(within.a.tolist(), within.b.tolist(), strict=True))
    }
    assert len(edges) > 0
    assert np.isin(edges, leaves).any(axis=1).all()
    for edge, affinity, area in zip(edges.tolist(), affinities, areas, strict=True):
        at = known.get(frozenset(edge))
        if at is not None:  # else it was added by a merge
            assert (affinity, area) == (within.affinity[at], within.area[at])
    part = np.array(graph.level2_chunk_graph(root, bounds=box))
    whole = {frozenset(pair) for pair in graph.level2_chunk_graph(root)}
    assert {frozenset(pair) for pair in part.tolist()} <= whole


@exercises("chunkedgraph", "level2_chunk_graph", "find_path", "get_leaves")
def test_a_path_goes_along_the_level_2_graph(graph, engine, cells):
    edges = graph.level2_chunk_graph(cells.edited)
    network = nx.Graph(edges)
    assert nx.is_connected(network)
    assert set(network) == set(graph.get_leaves(cells.edited, stop_layer=2).tolist())
    leaves = graph.get_leaves(cells.edited)
    start, end = engine.positions(leaves[[0, -1]])
    for precise in (False, True):
        places, path, failed = graph.find_path(cells.edited, start, end, precision_mode=precise)
        assert len(places) == len(path)
        assert len(failed) == 0
        steps = list(zip(path[:-1].tolist(), path[1:].tolist(), strict=True))
        assert all(network.has_edge(*step) for step in steps)
        ends = engine.roots(leaves[[0, -1]], stop_layer=2)
        assert path[[0, -1]].tolist() == ends.tolist()


@exercises("chunkedgraph", "get_minimal_covering_nodes")
def test_covering_nodes_cover_exactly(graph, engine, cells):
    level2 = engine.leaves([cells.edited], stop_layer=2)[0]
    assert graph.get_minimal_covering_nodes(level2).tolist() == [cells.edited]
    some = level2[: len(level2) // 2]
    found = graph.get_minimal_covering_nodes(some)
    under = np.concatenate(engine.leaves(found))
    assert len(found) < len(some)
    assert sorted(under.tolist()) == sorted(np.concatenate(engine.leaves(some)).tolist())


@exercises("chunkedgraph", "is_latest_roots", "is_valid_nodes", "get_root_timestamps")
def test_when_roots_were_there(graph, engine, frozen, moments):
    roots = np.unique(frozen("synapses", 2).pre_pt_root_id)
    born = np.array([as_micros(time) for time in graph.get_root_timestamps(roots)])
    np.testing.assert_array_equal(born, engine.root_times(roots))
    ends = engine.root_ends(roots)
    assert graph.is_latest_roots(roots, timestamp=moments[1]).all()
    np.testing.assert_array_equal(graph.is_latest_roots(roots), ends == -1)
    assert 0 < graph.is_latest_roots(roots).sum() < len(roots)
    assert graph.is_latest_roots([0, 1, int(roots[0])], timestamp=moments[1]).tolist() == [False, False, True]
    before = as_datetime(int(born.max())) - timedelta(microseconds=1)
    np.testing.assert_array_equal(graph.is_valid_nodes(roots, end_timestamp=before), born < born.max())
    assert not graph.is_valid_nodes([12345]).any()


@exercises("chunkedgraph", "get_latest_roots", "get_original_roots", "suggest_latest_roots", "get_past_ids")
@exercises("chunkedgraph", "get_lineage_graph")
def test_where_roots_went_and_came_from(graph, engine, frozen, moments):
    old = np.unique(frozen("nuclei", 2).pt_root_id)
    gone = old[engine.root_ends(old) != -1]
    assert len(gone) > 0
    for root in gone.tolist():
        leaves = engine.leaves([root])[0]
        now, counts = np.unique(engine.roots(leaves), return_counts=True)
        latest = set(graph.get_latest_roots(root).tolist())
        future = engine.lineage([root])
        ends = {node for node in nx.descendants(future, root) if not future.out_degree(node)}
        assert set(now.tolist()) <= latest == ends  # more than `now`: what it was merged with and split from
        best, share = graph.suggest_latest_roots(root, return_fraction_overlap=True)
        assert best == now[counts.argmax()]
        assert 0 < share <= 1
        assert graph.suggest_latest_roots(root, return_all=True)[0] == best
    oldest = as_datetime(engine.oldest)
    for root in graph.get_latest_roots(gone).tolist():
        first = np.unique(engine.roots(engine.leaves([root])[0], at=engine.oldest))
        found = graph.get_original_roots(root)
        assert set(first.tolist()) <= set(found.tolist())
        assert graph.is_latest_roots(found, timestamp=oldest).all()
    root = int(gone[0])
    lineage = graph.get_lineage_graph(root, as_nx_graph=True)
    assert nx.is_directed_acyclic_graph(lineage)
    assert {node for node, out in lineage.out_degree() if not out} >= set(
        graph.get_latest_roots(root).tolist()
    )
    past = graph.get_past_ids(graph.get_latest_roots(root), timestamp_past=moments[1])
    assert root in {one for ids in past["past_id_map"].values() for one in ids}


@exercises("chunkedgraph", "get_lineage_graph")
def test_links_that_cross_a_moment_are_there_unless_they_are_left_out(graph, engine, cells, moments):
    """Of a cell that was edited before and after version 2."""
    middle = as_micros(moments[1])
    (old,) = set(engine.roots(engine.leaves([cells.edited])[0][:1], at=middle).tolist())
    born = dict(engine.lineage([old, cells.edited]).nodes(data="timestamp"))
    for kept in (True, False):
        back = graph.get_lineage_graph(
            cells.edited, timestamp_past=moments[1], as_nx_graph=True, exclude_links_to_past=not kept
        )
        ahead = graph.get_lineage_graph(
            old, timestamp_future=moments[1], as_nx_graph=True, exclude_links_to_future=not kept
        )
        for found in (back, ahead):
            crossing = [edge for edge in found.edges if born[edge[0]] <= middle < born[edge[1]]]
            assert bool(crossing) is kept
        assert all(born[new] >= middle for _, new in back.edges)
        assert all(born[old] <= middle for old, _ in ahead.edges)
        assert nx.ancestors(ahead, old) == nx.ancestors(engine.lineage([old]), old)


@exercises("chunkedgraph", "get_delta_roots")
def test_what_changed_between_two_versions(graph, engine, plan, moments):
    old, new = graph.get_delta_roots(moments[1], moments[2])
    every = plan.pieces.supervoxels.ids
    before, after = (set(engine.roots(every, at=as_micros(moment)).tolist()) for moment in moments[1:])
    assert set(old.tolist()) == before - after
    assert set(new.tolist()) == after - before


@exercises("chunkedgraph", "get_tabular_change_log", "get_change_log", "get_merge_log")
@exercises("chunkedgraph", "get_operation_details", "get_user_operations")
def test_logs_tell_of_the_edits_that_were_planned(served, graph, engine, plan, cells):
    everything = graph.get_tabular_change_log(cells.edited, filtered=False)[cells.edited]
    assert everything.operation_id.tolist() == [one.id for one in engine.history(cells.edited)]
    log = graph.get_tabular_change_log(cells.edited)[cells.edited]
    assert 0 < len(log) <= len(everything)
    assert set(log.operation_id) <= set(everything.operation_id)
    planned = sorted(edit.moment for edit in plan.edits)
    base = engine.oldest
    details = graph.get_operation_details(list(range(1, len(planned) + 1)))
    assert len(details) == len(planned)
    kinds = {"merge": "added_edges", "split": "removed_edges", "undo": "undo_operation_id"}
    for number, edit in enumerate(plan.edits, 1):
        said = details[str(number)]
        assert kinds.get(edit.kind, "redo_operation_id") in said
        assert said["timestamp"][:10] == as_datetime(base + edit.moment).isoformat()[:10]
    summary = graph.get_change_log(cells.edited)
    assert summary["operations_ids"] == log.operation_id.tolist()
    assert summary["n_mergers"] + summary["n_splits"] == len(log)
    assert log.is_merge.sum() == summary["n_mergers"]
    merges = graph.get_merge_log(cells.edited)
    assert len(merges["merge_edges"]) == summary["n_mergers"]
    users = {int(one["user"]) for one in details.values()}
    found = [graph.get_user_operations(user, as_datetime(base)) for user in sorted(users)]
    assert sorted(number for one in found for number in one.operation_id) == list(range(1, len(planned) + 1))


@exercises("chunkedgraph", "package_bounds", "package_timestamp", "package_split_data")
@exercises("chunkedgraph", "root_id_int_list_check")
def test_requests_that_are_written_by_hand(served, client, engine, cells, moments):
    from caveclient_gen import chunkedgraph

    def ask(route, method="get", **more):
        address = f"{served.address}/segmentation/api/v1/table/minicortex_pcg/{route}"
        header = client.auth.request_header
        return getattr(requests, method)(address, headers=header, timeout=10, **more).json()

    box = chunkedgraph.package_bounds([[0, 3000], [0, 30000], [0, 512]])
    found = ask(f"node/{cells.edited}/leaves", params={"bounds": box, "stop_layer": 2})
    boxed = engine.leaves([cells.edited], stop_layer=2, bounds=np.array([[0, 3000], [0, 30000], [0, 512]]))[0]
    assert sorted(found["leaf_ids"]) == sorted(boxed.tolist())
    leaf = int(engine.leaves([cells.edited])[0][0])
    moment = chunkedgraph.package_timestamp(moments[1])
    root = ask(f"node/{leaf}/root", params=moment)["root_id"]
    assert root == engine.roots([leaf], at=as_micros(moments[1]))[0]
    assert chunkedgraph.root_id_int_list_check([str(root), root], make_unique=True).tolist() == [root]
    leaves = engine.leaves([cells.edited])[0][[0, -1]]
    places = engine.positions(leaves)
    points = chunkedgraph.package_split_data(cells.edited, places[:1], places[1:], leaves[:1], leaves[1:])
    parts = ask("graph/split_preview", "post", json=points)
    source, sink, _ = client.chunkedgraph.preview_split(
        places[:1], places[1:], cells.edited, leaves[:1], leaves[1:]
    )
    assert sorted(map(sorted, parts["supervoxel_connected_components"][:2])) == sorted(
        map(sorted, (source, sink))
    )


@pytest.mark.parametrize("member", ["get_contact_sites", "get_pairwise_contact_sites", "get_mesh_manifest"])
@exercises("chunkedgraph", "get_contact_sites", "get_pairwise_contact_sites", "get_mesh_manifest")
@pytest.mark.filterwarnings("ignore:.*contact_sites:DeprecationWarning")  # broken on servers
def test_what_needs_surfaces_is_not_in_offline_cave(graph, cells, member):
    more = {
        "get_contact_sites": [[[0, 100], [0, 100], [0, 10]]],
        "get_pairwise_contact_sites": [cells.post],
        "get_mesh_manifest": [],
    }
    with pytest.raises(errors.ServerError, match="does not offer it: Not in offline CAVE"):
        getattr(graph, member)(cells.pre, *more[member])
