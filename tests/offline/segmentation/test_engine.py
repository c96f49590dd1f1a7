"""Every question that services ask of the segmentation, with answers found by hand on the eight tubes."""

import re
from dataclasses import replace

import numpy as np
import pytest
import tubes
from tubes import INGESTED, SUPERVOXELS, position

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.engine import Edges, Point

RESOLUTION = np.array([8, 8, 40])
NAMES = {node: name for name, node in SUPERVOXELS.items()}
SECOND = 1_000_000
WHOLE = np.array([[0, 256], [0, 256], [0, 64]])


def ids(*names):
    """Return supervoxels by name: "A" is all of tube A, "A1" both of its second chunk."""
    return np.array([node for name in names for other, node in SUPERVOXELS.items() if other.startswith(name)])


def point(name, node=None):
    return Point(
        SUPERVOXELS[name] if node is None else int(node), tuple(np.array(position(name)) * RESOLUTION)
    )


def called(found):
    """Return the names of supervoxels."""
    return sorted(NAMES[node] for node in np.asarray(found).tolist())


@pytest.fixture
def cave(tmp_path):
    with tubes.tubes(tmp_path / "tubes.cave").open() as cave:
        yield cave


@pytest.fixture
def seg(cave):
    return cave.segmentation


@pytest.fixture
def edited(seg):
    """The history of the recorded deployment: C merged, A split, B merged with a part of A, D merged."""
    seg.merge(1, point("C11"), point("C20"), at=INGESTED + SECOND)
    seg.split(1, [point("A10")], [point("A30")], at=INGESTED + 2 * SECOND)
    seg.merge(1, point("B20"), point("A30"), at=INGESTED + 3 * SECOND)
    seg.merge(2, point("D21"), point("D30"), at=INGESTED + 4 * SECOND)
    return seg


def root(seg, name, at=None):
    return int(seg.roots(ids(name), at=at)[0])


def refused(status, text):
    """Expect a refusal."""
    return pytest.raises(Refusal, match=rf"^{status}: .*{re.escape(text)}")


# ---- making it


def test_an_empty_dataset_has_no_segmentation(tmp_path):
    from caveclient_gen.offline.dataset import Dataset

    with Dataset.create(tmp_path / "empty", tubes.FACTS).open() as cave:
        assert not cave.segmentation.exists
        for ask in (
            lambda: cave.segmentation.layout,
            lambda: cave.segmentation.roots(ids("A")),
            lambda: cave.segmentation.merge(1, point("C11"), point("C20")),
        ):
            with refused(404, "no segmentation"):
                ask()
        cave.segmentation.ingest(tubes.LAYOUT, tubes.supervoxels(), tubes.edges(), at=INGESTED)
        assert cave.segmentation.exists


def test_the_tubes_are_the_objects_of_the_recordings(seg):
    assert seg.layout == tubes.LAYOUT
    assert seg.oldest == INGESTED
    svs = ids("")
    found = dict(zip(map(NAMES.get, svs.tolist()), seg.roots(svs).tolist(), strict=True))
    recorded = tubes.DEPLOYMENT["segmentation"]["roots0"]
    pairs = {(found[name], recorded[name]) for name in found}
    assert len(pairs) == len(set(found.values())) == len(set(recorded.values())) == 9
    assert set(found.values()) == set(recorded.values())  # the same ids, given to other objects
    assert seg.roots(ids("A00"), stop_layer=2).tolist() == [144115188075855873]


def test_an_ingest_is_once_and_whole(cave, tmp_path):
    with refused(409, "already"):
        cave.segmentation.ingest(tubes.LAYOUT, tubes.supervoxels(), tubes.edges(), at=INGESTED)


SVS, EDGES = tubes.supervoxels(), tubes.edges()
WRONG = [
    # changed columns of supervoxels, of edges, what the refusal says
    ({"ids": SVS.ids[[0, *range(63)]]}, {}, "twice"),
    ({"ids": SVS.ids + 2**56}, {}, "no supervoxel"),
    ({"ids": SVS.ids & ~np.int64(2**26 - 1)}, {}, "twice"),
    ({"ids": SVS.ids[::-1]}, {}, "not in the chunk"),
    ({"position": SVS.position + np.array([0, 0, 64])}, {}, "outside the volume"),
    ({"position": SVS.position[:5]}, {}, "as many"),
    ({"size": SVS.size * 0}, {}, "at least one voxel"),
    ({"ids": SVS.ids[:0], "position": SVS.position[:0], "size": SVS.size[:0]}, {}, "at least one supervoxel"),
    ({}, {"a": EDGES.a + 2**20}, "none of the supervoxels"),
    ({}, {"a": EDGES.b}, "begin and end at the same"),
    ({}, {"a": EDGES.a[1:]}, "as many"),
    ({}, {"affinity": -EDGES.affinity}, "negative"),
    ({}, {"affinity": EDGES.affinity * np.float32("nan")}, "no numbers"),
    ({}, {"area": -EDGES.area}, "negative"),
]


@pytest.mark.parametrize(("supervoxels", "edges", "text"), WRONG)
def test_what_cannot_be_ingested_leaves_nothing(supervoxels, edges, text, tmp_path):
    from caveclient_gen.offline.dataset import Dataset

    with Dataset.create(tmp_path / "empty", tubes.FACTS).open() as cave:
        with refused(400, text):
            cave.segmentation.ingest(
                tubes.LAYOUT,
                replace(SVS, **supervoxels),
                replace(EDGES, **edges),
                at=INGESTED,
            )
        assert not cave.segmentation.exists
        assert cave.store.read().execute("SELECT count(*) FROM node").fetchone() == (0,)


# ---- nodes


def test_roots_at_moments(edited):
    assert root(edited, "C00") == root(edited, "C31")
    assert root(edited, "C00", INGESTED) != root(edited, "C31", INGESTED)
    before = root(edited, "A00", INGESTED)
    assert edited.roots(ids("A"), at=INGESTED + 2 * SECOND - 1).tolist() == [before] * 8
    assert before not in edited.roots(ids("A"), at=INGESTED + 2 * SECOND)  # an edit is there at its moment
    assert root(edited, "B00") == root(edited, "A31")
    assert root(edited, "E00") == root(edited, "E00", INGESTED)


def test_roots_of_nodes_of_all_layers(edited):
    a00 = ids("A00")
    chain = [int(edited.roots(a00, stop_layer=layer)[0]) for layer in (1, 2, 3, 4)]
    assert edited.layout.layer_of(np.array(chain)).tolist() == [1, 2, 3, 4]
    assert edited.roots(np.array(chain)).tolist() == [chain[-1]] * 4
    assert edited.roots(np.array([0, chain[1], 0])).tolist() == [0, chain[-1], 0]
    assert edited.roots(np.array([], np.int64)).tolist() == []
    # A node above the layer that is asked for is itself.
    assert edited.roots(np.array(chain), stop_layer=2).tolist() == [chain[1], *chain[1:]]


def test_the_root_of_a_node_that_was_replaced_is_the_one_it_had(edited):
    old = edited.roots(ids("A20"), at=INGESTED, stop_layer=2)
    assert edited.roots(old).tolist() == [root(edited, "A20", INGESTED)]
    assert edited.roots(old, at=INGESTED).tolist() == [root(edited, "A20", INGESTED)]


@pytest.mark.parametrize(
    ("node", "at", "text"),
    [
        (123456789, INGESTED, "Cannot find root id 123456789, 4, 2025-01-01 00:00:00+00:00"),
        (SUPERVOXELS["A00"], INGESTED - 1, "id 72057594037927937, 4, 2024-12-31 23:59:59.999000+00:00"),
        (72057594037927937, -(10**30), "Cannot find root id"),
        (123, 10**30, "Cannot find root id"),
        (2**63 + 5, None, "Cannot find root id"),
    ],
)  # fmt: skip
def test_roots_that_there_are_not(seg, node, at, text):
    with refused(404, text) as error:
        seg.roots([node], at=at)
    assert error.value.wire_status == 500
    assert seg.roots([node, SUPERVOXELS["A00"], 0], at=INGESTED, fail_to_zero=True).tolist()[1:] == [
        root(seg, "A00"),
        0,
    ]


def test_a_node_that_is_not_there_yet_has_no_root(edited):
    new = edited.roots(ids("A20"), stop_layer=2)
    with refused(404, "Cannot find root id"):
        edited.roots(new, at=INGESTED)
    assert edited.roots(new, at=INGESTED, fail_to_zero=True).tolist() == [0]


@pytest.mark.parametrize("wrong", [[1.5], ["A00"], [None], [2**70]])
def test_ids_that_are_no_ids(seg, wrong):
    for ask in (seg.roots, seg.leaves, seg.is_latest, seg.exists_between, seg.root_times, seg.lineage):
        with refused(400, "whole numbers"):
            ask(wrong)


@pytest.mark.parametrize("layer", [0, -1, 5, 10**20])
def test_layers_that_there_are_not(seg, layer):
    for ask in (seg.roots, seg.leaves):
        with refused(400, "stop_layer must be 1 to 4"):
            ask(ids("A00"), stop_layer=layer)


def test_when_roots_were(edited):
    old, new = root(edited, "A00", INGESTED), root(edited, "A00")
    assert edited.root_times([old, new, old]).tolist() == [INGESTED, INGESTED + 2 * SECOND, INGESTED]
    assert edited.root_ends([old, new]).tolist() == [INGESTED + 2 * SECOND, -1]
    with refused(404, "There is no node 123"):
        edited.root_times([new, 123])
    with refused(400, "is no root"):
        edited.root_ends([SUPERVOXELS["A00"]])


def test_which_roots_are_latest(edited):
    old, new = root(edited, "A00", INGESTED), root(edited, "A00")
    asked = [old, new, 1234, 0, SUPERVOXELS["A00"], new]
    assert edited.is_latest(asked).tolist() == [False, True, False, False, False, True]
    at = INGESTED + 2 * SECOND
    assert edited.is_latest(asked, at=at - 1).tolist() == [True, False, False, False, False, False]
    assert edited.is_latest(asked, at=at).tolist() == [False, True, False, False, False, True]
    assert not edited.is_latest(asked, at=INGESTED - 1).any()


def test_which_nodes_came_to_be_in_a_period(edited):
    old, new = root(edited, "A00", INGESTED), root(edited, "A00")
    asked = [old, new, SUPERVOXELS["A00"], 288230376151719999, 0]
    assert edited.exists_between(asked).tolist() == [True, True, True, False, False]
    assert edited.exists_between(asked, start=INGESTED + 1).tolist() == [False, True, False, False, False]
    assert edited.exists_between(asked, end=INGESTED).tolist() == [True, False, True, False, False]


def test_children_and_leaves(edited):
    old, new = root(edited, "A00", INGESTED), root(edited, "A00")
    assert called(edited.leaves([old])[0]) == called(ids("A"))
    assert called(edited.leaves([new])[0]) == called(ids("A0", "A1", "A2"))
    assert called(edited.leaves([root(edited, "B00")])[0]) == called(ids("B", "A3"))
    layer3 = edited.children(new)
    assert edited.layout.layer_of(layer3).tolist() == [3, 3]
    assert edited.layout.chunk_of(layer3).tolist() == [[0, 0, 0], [1, 0, 0]]
    level2 = np.concatenate([edited.children(node) for node in layer3.tolist()])
    assert np.array_equal(level2, edited.leaves([new], stop_layer=2)[0])
    assert edited.children(SUPERVOXELS["A00"]).tolist() == []
    assert called(edited.children(level2[0])) == ["A00", "A01"]
    with refused(404, "There is no node 5"):
        edited.children(5)


def test_leaves_of_several_nodes_within_bounds(seg):
    a, e = root(seg, "A00"), root(seg, "E00")
    bounds = np.array([[64, 65], [0, 256], [0, 32]])
    found = seg.leaves([a, e, a, SUPERVOXELS["A10"], SUPERVOXELS["A00"]], bounds=bounds)
    assert [called(part) for part in found] == [["A10", "A11"], [], ["A10", "A11"], ["A10"], []]
    assert seg.leaves([]) == []
    assert len(seg.leaves([a], stop_layer=2, bounds=WHOLE)[0]) == 4
    with refused(400, "Bounds"):
        seg.leaves([a], bounds=np.zeros((2, 3)))


def test_nodes_that_no_edit_touched_keep_their_ids(edited):
    before, after = (
        dict(zip(ids("A").tolist(), edited.roots(ids("A"), at=at, stop_layer=2).tolist(), strict=True))
        for at in (INGESTED, None)
    )
    assert called(sv for sv in before if before[sv] != after[sv]) == called(ids("A2", "A3"))


def test_covering_nodes(edited):
    new = root(edited, "A00")
    whole = edited.leaves([new], stop_layer=2)[0]
    assert edited.covering_nodes(whole).tolist() == [new]
    assert edited.covering_nodes(edited.leaves([new])[0]).tolist() == [new]
    first, second = edited.children(new).tolist()
    assert edited.covering_nodes(edited.leaves([first], stop_layer=2)[0]).tolist() == [first]
    assert edited.covering_nodes(whole[:1]).tolist() == whole[:1].tolist()
    several = np.concatenate(
        (edited.leaves([second])[0], ids("A00"), edited.leaves([root(edited, "E00")])[0])
    )
    expected = sorted([second, SUPERVOXELS["A00"], root(edited, "E00")])
    assert edited.covering_nodes(several).tolist() == expected
    assert edited.covering_nodes([]).tolist() == []


def test_children_of_a_chunk(edited):
    level2 = edited.roots(ids("A20", "B20"), stop_layer=2)
    chunk = int(level2[0]) & ~(2**26 - 1)
    for node in (chunk, int(level2[1]), SUPERVOXELS["A21"]):
        pairs = edited.chunk_children(node)
        assert called(pairs[:, 1]) == called(ids("A2", "B2"))
        assert pairs[:, 0].tolist() == edited.roots(pairs[:, 1], stop_layer=2).tolist()
    assert edited.chunk_children(int(edited.layout.pack(2, np.array([[7, 7, 7]]))[0])).shape == (0, 2)
    with refused(400, "no chunk of layer 2"):
        edited.chunk_children(root(edited, "A00"))


def test_positions_and_sizes(seg):
    svs = ids("")
    assert np.array_equal(
        seg.positions(svs), np.array([position(NAMES[sv]) for sv in svs.tolist()]) * RESOLUTION
    )
    level2 = int(seg.roots(ids("A00"), stop_layer=2)[0])
    assert seg.positions([level2, SUPERVOXELS["E00"]]).tolist() == [
        (np.array(position("A00")) * RESOLUTION).tolist(),
        (np.array(position("E00")) * RESOLUTION).tolist(),
    ]
    one = 32 * 12 * 10
    assert seg.sizes([SUPERVOXELS["A00"], level2, root(seg, "G00"), level2]).tolist() == [
        one, 2 * one, 16 * one, 2 * one,
    ]  # fmt: skip
    assert seg.positions([]).shape == (0, 3)


def test_supervoxels_at_positions(seg):
    middles = seg.positions(ids(""))
    assert np.array_equal(seg.supervoxels_at(middles), ids(""))
    assert np.array_equal(seg.supervoxels_at(middles + np.array([100, 40, 120])), ids(""))
    outside = [[-1e5, 0, 0], [1e300, 0, 0], [0, 1e6, 0]]
    assert seg.supervoxels_at(np.array([*outside, middles[3]])).tolist() == [0, 0, 0, ids("")[3]]
    between = (middles[0] + np.array(position("B00")) * RESOLUTION) / 2 + [0, 0, 1000]
    assert seg.supervoxels_at(between[None]).tolist() == [0]
    for wrong in (np.nan, np.inf):
        with refused(400, "position"):
            seg.supervoxels_at(np.array([[0.0, wrong, 0.0]]))


# ---- graphs


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


def test_edges_between_two_level2_nodes_are_joined(tmp_path):
    from caveclient_gen.offline.dataset import Dataset

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


# ---- edits


def test_merge(seg):
    edit = seg.merge(7, point("C11"), point("C20"))
    (new,) = edit.new_roots
    assert edit.operation_id == 1
    assert called(seg.leaves([new])[0]) == called(ids("C"))
    assert set(edit.new_lvl2_ids) == set(seg.roots(ids("C11", "C20"), stop_layer=2).tolist())
    (entry,) = seg.operations()
    assert (entry.kind, entry.user_id, entry.is_merge, entry.target) == ("merge", 7, True, None)
    assert entry.added_edges.tolist() == [[SUPERVOXELS["C11"], SUPERVOXELS["C20"]]]
    assert entry.removed_edges.shape == (0, 2)
    assert entry.source_positions == (tuple(position("C11")),)
    assert entry.sink_positions == (tuple(position("C20")),)
    assert set(entry.old_roots) == set(seg.roots(ids("C11", "C20"), at=INGESTED).tolist())
    assert entry.new_roots == (new,)
    assert seg.root_times([new]).tolist() == [entry.moment]


def test_a_merge_of_roots_joins_what_is_nearest(seg):
    edit = seg.merge(1, point("A21", root(seg, "A00")), point("B21", root(seg, "B00")))
    assert called(seg.operations([edit.operation_id])[0].added_edges.ravel()) == ["A21", "B21"]


def test_a_position_is_written_as_the_voxel_it_is_in(seg):
    seg.merge(1, Point(SUPERVOXELS["C11"], (967.9, 800.0, 679.9)), Point(SUPERVOXELS["C20"], (-0.5, 0, 0)))
    assert seg.operations()[0].source_positions == ((120, 100, 16),)
    assert seg.operations()[0].sink_positions == ((-1, 0, 0),)


def test_split(seg):
    old = root(seg, "A00")
    edit = seg.split(1, [point("A10")], [point("A30")])
    near, far = edit.new_roots
    assert near == root(seg, "A10")
    assert far == root(seg, "A30")
    assert set(called(np.concatenate(seg.leaves([near, far])))) == set(called(ids("A")))
    (entry,) = seg.operations()
    assert (entry.kind, entry.is_merge, entry.old_roots) == ("split", False, (old,))
    assert entry.source_nodes == (SUPERVOXELS["A10"],)
    assert entry.sink_nodes == (SUPERVOXELS["A30"],)
    assert len(entry.removed_edges) == 1
    assert called(entry.removed_edges[0]) in (["A11", "A20"], ["A21", "A30"])  # the weak ones between


def test_a_split_cuts_the_weakest_place(tmp_path):
    from caveclient_gen.offline.dataset import Dataset

    affinity = EDGES.affinity.copy()
    affinity[2] = 0.1
    assert called([EDGES.a[2], EDGES.b[2]]) == ["A10", "A11"]
    with Dataset.create(tmp_path / "x", tubes.FACTS).open() as cave:
        cave.segmentation.ingest(
            tubes.LAYOUT, SVS, Edges(EDGES.a, EDGES.b, affinity, EDGES.area), at=INGESTED
        )
        cave.segmentation.split(1, [point("A00")], [point("A31")])
        assert called(cave.segmentation.operations()[0].removed_edges[0]) == ["A10", "A11"]


def test_preview_changes_nothing(cave):
    seg = cave.segmentation
    revision = cave.store.revision("segmentation")
    parts = seg.preview_split([point("A10")], [point("A30")])
    assert not parts.illegal
    assert parts.message == ""
    assert SUPERVOXELS["A10"] in parts.components[0]
    assert SUPERVOXELS["A30"] in parts.components[1]
    assert cave.store.revision("segmentation") == revision
    assert seg.operations() == []
    edit = seg.split(1, [point("A10")], [point("A30")])
    assert [part.tolist() for part in seg.leaves(edit.new_roots)] == [
        part.tolist() for part in parts.components
    ]


def test_a_cut_that_leaves_sources_apart_is_illegal(seg):
    points = [point("A00"), point("A31")], [point("A11")]
    parts = seg.preview_split(*points)
    assert parts.illegal
    assert len(parts.components) == 3
    assert SUPERVOXELS["A00"] in parts.components[0]
    assert SUPERVOXELS["A11"] in parts.components[1]
    with refused(400, "several pieces"):
        seg.split(1, *points)


BAD_EDITS = [
    (lambda seg: seg.merge(1, point("A00"), point("A01")), "Supervoxels must belong to different objects."),
    (lambda seg: seg.merge(1, point("A00"), point("A00")), "Supervoxels must belong to different objects."),
    (lambda seg: seg.split(1, *A_AND_A3), "Supervoxels must belong to the same segment."),
    (lambda seg: seg.preview_split(*A_AND_A3), "Supervoxels must belong to the same object."),
    (lambda seg: seg.split(1, [point("A00")], [point("A00")]), "source and a sink"),
    (lambda seg: seg.split(1, [], [point("A00")]), "at least one source and one sink"),
    (lambda seg: seg.preview_split([point("A00")], []), "at least one source and one sink"),
    (lambda seg: seg.split(1, [point("C11")], [point("C20")]), "never cut"),
    (lambda seg: seg.merge(1, point("A00", 5), point("B00")), "There is no node 5"),
    (lambda seg: seg.merge(1, point("A00", 2**65), point("B00")), "whole numbers"),
    (lambda seg: seg.merge(1, Point(SUPERVOXELS["A00"], (0.0, np.nan, 0.0)), point("B00")), "position"),
    (lambda seg: seg.merge(1, point("A00"), point("B00"), at=INGESTED), "later moment"),
    (lambda seg: seg.merge(1, point("A00"), point("B00"), at=INGESTED + 4 * SECOND + 999), "later moment"),
    (lambda seg: seg.merge(1, point("A00"), point("B00"), at=10**30), "later moment"),
]
A_AND_A3 = [point("A00")], [point("A30")]


@pytest.mark.parametrize(("edit", "text"), BAD_EDITS)
def test_edits_that_are_refused_change_nothing(cave, edited, edit, text):
    revision = cave.store.revision("segmentation")
    with refused(400, text):
        edit(edited)
    assert cave.store.revision("segmentation") == revision
    assert len(edited.operations()) == 4
    assert root(edited, "A00") != root(edited, "B00")


def test_what_was_merged_is_cut_elsewhere(edited):
    """The merged edge C11 - C20 is not cut, though it is on the way."""
    edited.split(1, [point("C00")], [point("C31")])
    assert called(edited.operations()[-1].removed_edges[0]) in (["C01", "C10"], ["C21", "C30"])
    assert root(edited, "C11") == root(edited, "C20")


def test_moments_of_edits(seg):
    first = seg.merge(1, point("C11"), point("C20"))
    second = seg.merge(1, point("D21"), point("D30"))
    a, b = (entry.moment for entry in seg.operations([first.operation_id, second.operation_id]))
    assert a % 1000 == b % 1000 == 0
    assert INGESTED < a < b
    future = b + 10**15
    seg.merge(1, point("A00"), point("B00"), at=future + 777)
    assert seg.operations()[-1].moment == future
    seg.merge(1, point("E00"), point("F00"))
    assert seg.operations()[-1].moment == future + 1000


# ---- undo and redo


def partition(seg):
    svs = ids("")
    roots = seg.roots(svs)
    return {frozenset(svs[roots == one].tolist()) for one in set(roots.tolist())}


def test_undo_and_redo_of_a_merge(seg):
    before = partition(seg)
    merged = seg.merge(1, point("D21"), point("D30"))
    after = partition(seg)
    undone = seg.undo(2, 1)
    assert len(undone.new_roots) == 2
    assert not set(undone.new_roots) & set(seg.roots(ids("D"), at=INGESTED).tolist())  # equal, not the same
    assert partition(seg) == before
    redone = seg.redo(3, 1)
    assert partition(seg) == after
    assert redone.new_roots != merged.new_roots
    kinds = [(entry.kind, entry.target, entry.is_merge, entry.user_id) for entry in seg.operations()]
    assert kinds == [("merge", None, True, 1), ("undo", 1, False, 2), ("redo", 1, True, 3)]
    assert seg.operations()[1].source_nodes == ()


def test_undo_of_a_split_after_its_part_was_merged(edited):
    """As recorded: the undo joins all that the parts belong to by then."""
    edit = edited.undo(1, 2)
    (new,) = edit.new_roots
    assert called(edited.leaves([new])[0]) == called(ids("A", "B"))
    assert edited.operations()[-1].is_merge


def test_undo_of_an_undo_is_a_redo(seg):
    seg.merge(1, point("D21"), point("D30"))
    seg.undo(1, 1)
    seg.undo(1, 2)
    assert [(entry.kind, entry.target) for entry in seg.operations()][1:] == [("undo", 1), ("redo", 1)]
    seg.undo(1, 3)  # takes back the redo
    seg.redo(1, 3)  # makes it again
    assert [(entry.kind, entry.target) for entry in seg.operations()][3:] == [("undo", 1), ("redo", 1)]


def test_undo_and_redo_that_are_refused(edited):
    for number in (0, -1, 5, 10**30):
        with refused(404, f"There is no operation {number}"):
            edited.undo(1, number)
    with refused(400, "Operation 1 is in force"):
        edited.redo(1, 1)
    edited.undo(1, 1)
    with refused(400, "Operation 1 is undone already, by operation 5"):
        edited.undo(1, 1)
    with refused(400, "Operation 1 is in force"):
        edited.undo(1, 5) and edited.undo(1, 5)


def test_redo_where_another_edit_removed_the_same_edge(seg):
    seg.split(1, [point("A00")], [point("A31")])
    (edge,) = seg.operations()[0].removed_edges.tolist()
    seg.undo(1, 1)
    a, b = (NAMES[node] for node in edge)
    seg.split(1, [point(a)], [point(b)])
    with refused(400, "Undo operation 3 first"):
        seg.redo(1, 1)
    seg.undo(1, 3)
    seg.redo(1, 1)
    assert seg.roots([SUPERVOXELS[a]]) != seg.roots([SUPERVOXELS[b]])


def test_undo_that_would_change_nothing(seg):
    """A split whose parts were merged again at another place."""
    seg.split(1, [point("A00")], [point("A31")])
    seg.merge(1, point("A00"), point("A31"))
    with refused(400, "Nothing would change"):
        seg.undo(1, 1)
    seg.undo(1, 2)
    seg.undo(1, 1)
    assert len(set(seg.roots(ids("A")).tolist())) == 1


def test_undo_of_a_merge_whose_parts_are_joined_elsewhere(seg):
    """The merge was made between the parts of a split, and the split was undone since."""
    seg.split(1, [point("A00")], [point("A31")])
    seg.merge(1, point("B00"), point("A00"))
    seg.merge(1, point("B31"), point("A31"))
    with refused(400, "Nothing would change"):
        seg.undo(1, 1)
    seg.undo(1, 3)
    seg.undo(1, 1)
    with refused(400, "Nothing would change"):
        seg.redo(1, 3)


# ---- history


def test_operations_by_what_they_are(edited):
    moments = [entry.moment for entry in edited.operations()]
    assert moments == [INGESTED + number * SECOND for number in (1, 2, 3, 4)]
    assert [entry.id for entry in edited.operations([4, 2, 99, 10**30])] == [2, 4]
    assert edited.operations([]) == []
    assert [entry.id for entry in edited.operations(user_id=2)] == [4]
    assert [entry.id for entry in edited.operations(start=moments[1], end=moments[2])] == [2, 3]
    assert [entry.id for entry in edited.operations(start=moments[1] + 1, end=moments[2] - 1)] == []


def test_history(edited):
    assert [entry.id for entry in edited.history(root(edited, "B00"))] == [2, 3]
    assert [entry.id for entry in edited.history(root(edited, "A00"))] == [2]
    assert edited.history(root(edited, "B00", INGESTED)) == []
    with refused(400, "is no root"):
        edited.history(SUPERVOXELS["A00"])


def test_lineage(edited):
    a, b, c = (root(edited, name, INGESTED) for name in ("A00", "B00", "C00"))
    lower, upper = edited.roots(ids("A00", "A31"), at=INGESTED + 2 * SECOND).tolist()
    joined = root(edited, "B00")
    graph = edited.lineage([joined])
    assert set(graph.edges) == {(a, upper), (upper, joined), (b, joined)}
    assert next(iter(graph)) == joined
    assert graph.nodes[joined] == {"timestamp": INGESTED + 3 * SECOND}
    assert graph.nodes[a] == {"timestamp": INGESTED, "operation_id": 2}
    assert graph.nodes[upper] == {"timestamp": INGESTED + 2 * SECOND, "operation_id": 3}
    forwards = edited.lineage([a])
    assert set(forwards.edges) == {(a, lower), (a, upper), (upper, joined)}
    assert set(edited.lineage([joined, c])) >= {c, root(edited, "C00"), joined}
    assert set(edited.lineage([root(edited, "E00")])) == {root(edited, "E00")}
    with refused(404, "There is no node 99"):
        edited.lineage([99])
    with refused(400, "is no root"):
        edited.lineage([SUPERVOXELS["A00"]])


def test_lineage_between_moments(edited):
    """Edits at either end count, as the recordings show."""
    a = root(edited, "A00", INGESTED)
    joined = root(edited, "B00")
    upper = int(edited.roots(ids("A31"), at=INGESTED + 2 * SECOND)[0])
    assert a not in edited.lineage([joined], past=INGESTED + 2 * SECOND + 1)
    assert a in edited.lineage([joined], past=INGESTED + 2 * SECOND)
    assert joined not in edited.lineage([upper], future=INGESTED + 3 * SECOND - 1)
    assert joined in edited.lineage([upper], future=INGESTED + 3 * SECOND)


def test_past_and_future_ids(edited):
    a, b = root(edited, "A00", INGESTED), root(edited, "B00", INGESTED)
    lower, joined = root(edited, "A00"), root(edited, "B00")
    now = INGESTED + 10 * SECOND
    before, after = edited.past_ids([joined, a], past=INGESTED, future=now)
    assert before == {joined: [a, b], a: [a]}
    assert after == {joined: [joined], a: [lower, joined]}
    assert edited.past_ids([joined], past=INGESTED - 1, future=now)[0] == {joined: []}


def test_delta_roots(edited):
    old, new = edited.delta_roots(INGESTED, INGESTED + 10 * SECOND)
    assert set(old.tolist()) == set(edited.roots(ids("A", "B", "C", "D"), at=INGESTED).tolist())
    assert set(new.tolist()) == set(edited.roots(ids("A", "B", "C", "D")).tolist())
    short = int(edited.roots(ids("A31"), at=INGESTED + 2 * SECOND)[0])
    assert short not in (*old, *new)  # came and went in between
    old, new = edited.delta_roots(INGESTED + 2 * SECOND, INGESTED + 3 * SECOND)
    assert set(old.tolist()) == {short, root(edited, "B00", INGESTED)}
    assert new.tolist() == [root(edited, "B00")]
    empty = edited.delta_roots(INGESTED + 3 * SECOND, INGESTED + 3 * SECOND)
    assert [part.tolist() for part in empty] == [[], []]
    everything = edited.delta_roots(INGESTED - 1, INGESTED)
    assert everything[0].tolist() == []
    assert len(everything[1]) == 9
