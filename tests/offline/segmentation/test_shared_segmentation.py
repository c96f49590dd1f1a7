"""One segmentation in several threads, several processes, and in changes that fail."""

import threading

import numpy as np
import pytest
import tubes
from tube_names import called, ids, point, root
from whole_file import File

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.engine import Edges, Segmentation
from caveclient_gen.offline.store import Store

MERGES = [("A00", "B00"), ("C11", "C20"), ("D21", "D30"), ("E00", "F00"), ("A00", "C00"), ("D00", "E00")]


def test_readers_beside_a_writer(cave):
    """Readers see whole edits only, whichever thread they are in, and nobody waits for ever."""
    seg, svs = cave.segmentation, ids("")
    before = seg.roots(svs)
    stop, wrong = threading.Event(), []

    def look():
        while not stop.is_set():
            roots = seg.roots(svs)
            leaves = seg.leaves(np.unique(roots))
            entries = seg.operations()
            if (
                sum(map(len, leaves)) != len(svs)
                or not np.array_equal(seg.roots(svs, at=seg.oldest), before)
                or [entry.id for entry in entries] != list(range(1, len(entries) + 1))
            ):
                wrong.append(roots)

    def edit(part):
        for _ in range(4):
            for a, b in MERGES[part::2]:
                edit = seg.merge(part, point(a), point(b))
                seg.undo(part, edit.operation_id)

    readers = [threading.Thread(target=look, daemon=True) for _ in range(3)]
    writers = [threading.Thread(target=edit, args=(part,), daemon=True) for part in range(2)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join(30)
    stop.set()
    for thread in readers:
        thread.join(30)
    assert not any(thread.is_alive() for thread in (*readers, *writers))
    assert not wrong
    assert len(seg.operations()) == 2 * 4 * len(MERGES)
    File(cave.store.path).check()


def test_two_processes_on_one_file(cave):
    """What another process writes is seen at the next question."""
    store = Store(cave.store.path)
    other, seg = Segmentation(store), cave.segmentation
    for number, (a, b) in enumerate(MERGES):
        one, two = (seg, other) if number % 2 else (other, seg)
        one.merge(1, point(a), point(b))
        assert root(two, a) == root(two, b)
        assert [entry.id for entry in two.operations()] == list(range(1, number + 2))
    store.close()


def test_a_change_that_fails_leaves_nothing_in_memory_either(cave):
    seg, svs = cave.segmentation, ids("")
    before = seg.roots(svs)

    def fail():
        with cave.store.write():
            seg.merge(1, point("A00"), point("B00"))
            assert root(seg, "A00") == root(seg, "B00")
            seg.merge(1, point("A00"), point("C00"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert np.array_equal(seg.roots(svs), before)
    assert seg.operations() == []
    # As many edits as were lost, but others.
    for a, b in (("E00", "F00"), ("E00", "D00")):
        seg.merge(1, point(a), point(b))
    assert root(seg, "A00") != root(seg, "B00")
    assert root(seg, "D00") == root(seg, "F00")
    File(cave.store.path).check()


def test_a_change_that_fails_before_another_process_makes_as_many(cave):
    """What was read within the change looks as new as what is there by then, and is not that."""
    seg = cave.segmentation

    def fail():
        with cave.store.write():
            seg.merge(1, point("A00"), point("B00"))
            assert root(seg, "A00") == root(seg, "B00")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    store = Store(cave.store.path)
    Segmentation(store).merge(1, point("E00"), point("F00"))
    store.close()
    assert root(seg, "E00") == root(seg, "F00")
    assert root(seg, "A00") != root(seg, "B00")
    assert called(seg.operations()[0].added_edges.ravel()) == ["E00", "F00"]


def test_an_ingest_that_fails_before_another_process_makes_one(tmp_path):
    with Dataset.create(tmp_path / "empty", tubes.FACTS).open() as cave:
        seg, svs, edges = cave.segmentation, tubes.supervoxels(), tubes.edges()

        def fail():
            with cave.store.write():
                seg.ingest(tubes.LAYOUT, svs, edges, at=tubes.INGESTED)
                assert len(np.unique(seg.roots(svs.ids))) == 9
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        store = Store(cave.store.path)
        none = Edges(*(column[:0] for column in vars(edges).values()))
        Segmentation(store).ingest(tubes.LAYOUT, svs, none, at=tubes.INGESTED)
        store.close()
        assert len(np.unique(seg.roots(svs.ids))) == 64


def test_many_edits_in_one_change(cave):
    """All of them or none: how a generator writes hundreds of edits quickly."""
    seg = cave.segmentation
    with cave.store.write():
        for a, b in MERGES:
            seg.merge(1, point(a), point(b))
        seg.undo(1, 2)
    assert len(seg.operations()) == len(MERGES) + 1
    File(cave.store.path).check()


def test_a_refused_edit_makes_nothing_old(cave):
    """What is kept in memory of any topic is read anew only when something may have changed."""
    with pytest.raises(Refusal):
        cave.segmentation.merge(1, point("A00"), point("A01"))
    assert cave.store.failures == 0
