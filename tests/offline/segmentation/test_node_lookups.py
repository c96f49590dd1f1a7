"""Questions about nodes at moments, with answers found by hand on the eight tubes."""

import numpy as np
import pytest
from tube_names import NAMES, RESOLUTION, SECOND, called, ids, refused, root
from tubes import INGESTED, SUPERVOXELS, position

WHOLE = np.array([[0, 256], [0, 256], [0, 64]])


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
    old = root(edited, "A00", INGESTED)
    assert edited.covering_nodes(ids("A"), at=INGESTED).tolist() == [old]
    assert old not in edited.covering_nodes(ids("A"))


def test_children_of_a_chunk(edited):
    level2 = edited.roots(ids("A20", "B20"), stop_layer=2)
    chunk = int(level2[0]) & ~(2**26 - 1)
    for node in (chunk, int(level2[1]), SUPERVOXELS["A21"]):
        pairs = edited.chunk_children(node)
        assert called(pairs[:, 1]) == called(ids("A2", "B2"))
        assert pairs[:, 0].tolist() == edited.roots(pairs[:, 1], stop_layer=2).tolist()
    assert edited.chunk_children(int(edited.layout.pack(2, np.array([[7, 7, 7]]))[0])).shape == (0, 2)
    before = edited.chunk_children(chunk, at=INGESTED)
    assert before[:, 0].tolist() == edited.roots(before[:, 1], at=INGESTED, stop_layer=2).tolist()
    assert set(before[:, 0].tolist()) != set(edited.chunk_children(chunk)[:, 0].tolist())
    assert edited.chunk_children(chunk, at=INGESTED - 1).shape == (0, 2)
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
