"""Merges, splits and previews, undo and redo."""

import numpy as np
import pytest
import tubes
from tube_names import NAMES, SECOND, called, ids, point, refused, root
from tubes import INGESTED, SUPERVOXELS, position

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.segmentation.engine import Edges, Point

SVS, EDGES = tubes.supervoxels(), tubes.edges()


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
def test_edits_that_are_refused_change_nothing(edited_cave, edited, edit, text):
    revision = edited_cave.store.revision("segmentation")
    with refused(400, text):
        edit(edited)
    assert edited_cave.store.revision("segmentation") == revision
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
