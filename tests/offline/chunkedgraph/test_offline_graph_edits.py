"""Merges, splits, undo, redo and rollback, through the client over HTTP."""

from datetime import UTC, datetime

import numpy as np
import pytest
from edited_tubes import fingerprint, named, place
from tubes import SUPERVOXELS, position
from wire_form import ask

from caveclient_gen import errors

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
VOXEL = (8, 8, 40)


def root(graph, name):
    return int(graph.get_root_id(SUPERVOXELS[name]))


def leaves(graph, name):
    return named(graph.get_leaves(root(graph, name)))


def merge(graph, a, b, **more):
    return graph.do_merge([SUPERVOXELS[a], SUPERVOXELS[b]], [position(a), position(b)], VOXEL, **more)


def partition(graph):
    """Return which supervoxels are one object."""
    roots = graph.get_roots(list(SUPERVOXELS.values())).tolist()
    return {
        frozenset(name for name, root in zip(SUPERVOXELS, roots, strict=True) if root == one) for one in roots
    }


def test_merge_undo_redo(editing):
    before = partition(editing)
    done = merge(editing, "E00", "F00")
    assert done["operation_id"] == 5
    assert done["new_root_ids"] == [root(editing, "E00")] == [root(editing, "F30")]
    joined = partition(editing)
    undone = editing.undo_operation(5)
    assert (undone["operation_id"], len(undone["new_root_ids"])) == (6, 2)
    assert partition(editing) == before
    again = editing.redo_operation(5)
    assert (again["operation_id"], again["new_root_ids"]) == (7, [root(editing, "E00")])
    assert partition(editing) == joined
    details = editing.get_operation_details([6, 7])
    assert (details["6"]["undo_operation_id"], details["7"]["redo_operation_id"]) == (5, 5)
    newest = root(editing, "E00")
    assert editing.get_change_log(newest)["operations_ids"] == [5]  # an undo and what it undid are left out
    everything = editing.get_tabular_change_log(newest, filtered=False)[newest]
    assert everything["operation_id"].tolist() == [5, 6, 7]
    assert everything["is_relevant"].tolist() == [True, False, False]
    assert everything["is_merge"].tolist() == [True, False, True]
    assert editing.get_user_operations(1, datetime(2026, 1, 1, tzinfo=UTC))["operation_id"].tolist() == [
        5,
        6,
        7,
    ]


def test_edits_that_were_undone_can_be_left_out(editing):
    since = datetime(2026, 1, 1, tzinfo=UTC)

    def listed():
        return editing.get_user_operations(1, since, include_undo=False)["operation_id"].tolist()

    merge(editing, "E00", "F00")
    assert listed() == [5]
    editing.undo_operation(5)
    assert listed() == []
    editing.redo_operation(5)
    assert listed() == [5, 7]
    everything = editing.get_user_operations(1, since, include_undo=True)
    assert everything["operation_id"].tolist() == [5, 6, 7]


def test_a_split_that_was_undone_shows_no_more(server, editing):
    """As in the recorded log of an object (`routes/069`): rows keep the numbers of the whole log."""
    (joined,) = editing.undo_operation(2)["new_root_ids"]
    assert joined == root(editing, "A00") == root(editing, "B00")
    whole = editing.get_tabular_change_log(joined, filtered=False)[joined]
    assert whole["operation_id"].tolist() == [2, 3, 5]
    assert whole["is_relevant"].tolist() == [False, True, False]
    assert len(whole["after_root_ids"][0]) == 2  # both parts of the split are in this object's past
    answer = ask(server, f"/segmentation/api/v1/table/testpcg/root/{joined}/tabular_change_log")
    assert answer.json()["operation_id"] == {"1": 3}
    assert editing.get_change_log(joined, filtered=False)["operations_ids"] == [2, 3, 5]
    assert editing.get_change_log(joined)["operations_ids"] == [3]


def test_a_split_that_was_merged_over_shows_no_more(editing):
    merge(editing, "A00", "A30")  # elsewhere than it was cut: the cut edge stays cut
    joined = root(editing, "A00")
    assert joined == root(editing, "A30")
    whole = editing.get_tabular_change_log(joined, filtered=False)[joined]
    assert whole["operation_id"].tolist() == [2, 3, 5]
    assert whole["in_neuron"].tolist() == [True, True, True]
    assert whole["is_relevant"].tolist() == [False, True, True]


def test_preview_and_split(server, editing):
    old = root(editing, "E00")
    ends = [place("E00")], [place("E30")]
    before = fingerprint(server)
    near, far, may_be_made = editing.preview_split(*ends, old)
    assert may_be_made is True
    assert fingerprint(server) == before
    operation, roots = editing.execute_split(*ends, old)
    assert (operation, roots) == (5, [root(editing, "E00"), root(editing, "E30")])
    assert sorted(near) == sorted(editing.get_leaves(roots[0]).tolist())
    assert sorted(far) == sorted(editing.get_leaves(roots[1]).tolist())
    assert "E00" in named(near)
    assert len(near) + len(far) == 8
    assert editing.is_latest_roots([old]).tolist() == [False]


def test_split_with_supervoxels(editing):
    _, roots = editing.execute_split(
        [place("E10")],
        [place("E11")],
        root(editing, "E00"),
        source_supervoxels=[SUPERVOXELS["E10"]],
        sink_supervoxels=[SUPERVOXELS["E11"]],
    )
    assert leaves(editing, "E10") == ["E00", "E01", "E10"]
    assert roots == [root(editing, "E10"), root(editing, "E11")]


def test_edits_that_are_refused(server, editing):
    before = fingerprint(server)
    with pytest.raises(errors.BadRequestError, match="must belong to different objects"):
        merge(editing, "E00", "E10")
    with pytest.raises(errors.BadRequestError, match="same segment"):
        editing.execute_split(
            [place("E00")],
            [place("F00")],
            root(editing, "E00"),
            source_supervoxels=[SUPERVOXELS["E00"]],
            sink_supervoxels=[SUPERVOXELS["F00"]],
        )
    with pytest.raises(errors.BadRequestError, match="never cut"):
        editing.execute_split([place("C11")], [place("C20")], root(editing, "C11"))
    points = [position("E00"), position("F00")]
    with pytest.raises(errors.BadRequestError, match="allow_same_segment_merge"):
        editing.do_merge_admin(
            [SUPERVOXELS["E00"], SUPERVOXELS["F00"]], points, VOXEL, allow_same_segment_merge=True
        )
    with pytest.raises(errors.BadRequestError, match="mincut"):
        editing.execute_split([place("E00")], [place("E30")], root(editing, "E00"), mincut=False)
    with pytest.raises(errors.NotFoundError, match="no operation 99"):
        editing.undo_operation(99)
    with pytest.raises(errors.BadRequestError, match="in force"):
        editing.redo_operation(1)
    assert fingerprint(server) == before


def test_points_that_are_far_apart(server, editing):
    before = fingerprint(server)
    with pytest.raises(errors.BadRequestError, match="2 chunks apart"):
        merge(editing, "E00", "F20", chebyshev_distance=1)
    assert fingerprint(server) == before
    assert merge(editing, "E00", "F20", chebyshev_distance=2)["operation_id"] == 5
    points = [position("B00"), position("C30")]
    done = editing.do_merge_admin([SUPERVOXELS["B00"], SUPERVOXELS["C30"]], points, VOXEL)
    assert done["new_root_ids"] == [root(editing, "B00")]


def test_rollback(editing):
    before = partition(editing)
    since = datetime.now(UTC)
    merge(editing, "E00", "F00")
    merge(editing, "E00", "G00")
    merge(editing, "E00", "B00")
    editing.undo_operation(6)
    until = datetime.now(UTC)
    rolled = editing.rollback_user(1, since, until, skip_operation_ids=[7])
    assert rolled["operation_id"] == [5]
    assert len(rolled["timestamp"]) == 1
    assert datetime.fromisoformat(rolled["timestamp"][0]) > since.replace(microsecond=0)
    assert editing.rollback_user(1, since, until)["operation_id"] == [7]
    assert partition(editing) == before
    assert editing.rollback_user(1, since, until) == {"operation_id": [], "timestamp": []}
    assert editing.rollback_user(2, BEGIN, until)["operation_id"] == [4]


def test_a_rollback_goes_from_new_to_old(editing):
    before = partition(editing)
    since = datetime.now(UTC)
    merge(editing, "E00", "F00")
    merge(editing, "E00", "G00")
    rolled = editing.rollback_user(1, since, datetime.now(UTC))
    assert rolled["operation_id"] == [6, 5]
    assert rolled["timestamp"] == sorted(rolled["timestamp"], reverse=True)
    assert partition(editing) == before


def test_a_rollback_is_all_or_nothing(server, editing, monkeypatch):
    since = datetime.now(UTC)
    merge(editing, "E00", "F00")
    merge(editing, "E00", "G00")
    before = fingerprint(server)
    engine, undo = server.cave.segmentation, server.cave.segmentation.undo

    def fails_at_the_second(user_id, operation_id):
        return undo(user_id, 99 if operation_id == 5 else operation_id)

    monkeypatch.setattr(engine, "undo", fails_at_the_second)
    with pytest.raises(errors.NotFoundError, match=r"Nothing was undone\. Name operation 5"):
        editing.rollback_user(1, since, datetime.now(UTC))
    assert fingerprint(server) == before
    assert root(editing, "E00") == root(editing, "G00")


@pytest.mark.parametrize(
    ("person", "edit"),
    [
        ("viewer", lambda graph: merge(graph, "E00", "F00")),
        ("viewer", lambda graph: graph.execute_split([place("E00")], [place("E30")], root(graph, "E00"))),
        ("viewer", lambda graph: graph.undo_operation(1)),
        ("viewer", lambda graph: graph.redo_operation(1)),
        ("viewer", lambda graph: graph.remesh_level2_chunks([144115188075855873])),
        ("editor", lambda graph: graph.rollback_user(1, BEGIN, datetime.now(UTC))),
        (
            "editor",
            lambda graph: graph.do_merge_admin(
                [SUPERVOXELS["E00"], SUPERVOXELS["F00"]], np.array([[16, 1, 1], [17, 1, 1]]), VOXEL
            ),
        ),
    ],
)
def test_who_may_not_edit(server, person, edit):
    graph = server.client(person).chunkedgraph
    before = fingerprint(server)
    with pytest.raises(errors.PermissionDeniedError):
        edit(graph)
    assert fingerprint(server) == before


def test_an_editor_edits(server):
    graph = server.client("editor").chunkedgraph
    assert merge(graph, "E00", "F00")["operation_id"] == 5
    assert server.client().chunkedgraph.get_operation_details([5])["5"]["user"] == "2"
