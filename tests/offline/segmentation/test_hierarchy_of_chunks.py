"""Chunks and layers after many edits, in every moment there was, and questions about many ids at once."""

import random
import time

import numpy as np
import pytest
from whole_file import File

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.database import SCHEMA
from caveclient_gen.offline.segmentation.engine import Edges, Point, Segmentation, Supervoxels
from caveclient_gen.offline.segmentation.layout import Layout
from caveclient_gen.offline.store import Store

START = 1_700_000_000_000_000


def columns(layout, count, objects, seed):
    """Make objects that wander through the volume, with loops here and there."""
    choose = np.random.default_rng(seed)
    volume = np.array(layout.volume)
    member = np.arange(count) % objects
    steps = choose.integers(-1, 2, (count, 3)) * np.array(layout.chunk_size) // 3
    position = np.empty((count, 3), np.int64)
    for one in range(objects):
        walk = choose.integers(0, volume) + np.cumsum(steps[member == one], axis=0)
        position[member == one] = np.abs(walk % (2 * volume) - volume + 0.5)  # turned back at the faces
    chunks = layout.pack(1, layout.chunk_at(position))
    order = np.argsort(chunks, kind="stable")
    _, starts, counts = np.unique(chunks[order], return_index=True, return_counts=True)
    ids = np.empty(count, np.int64)
    ids[order] = chunks[order] + 1 + np.arange(count) - np.repeat(starts, counts)
    a = np.arange(objects, count)
    b = a - objects
    loops = a[a >= 3 * objects][::2]
    a, b = np.concatenate((a, loops)), np.concatenate((b, loops - 3 * objects))
    edges = Edges(ids[a], ids[b], choose.random(len(a), np.float32), choose.integers(1, 99, len(a)))
    return Supervoxels(ids, position, np.full(count, 5)), edges


def edited(path, layout, supervoxels, edges, edits):
    """Make it and edit it at random."""
    segmentation = Segmentation(Store.create(path, [SCHEMA]))
    segmentation.ingest(layout, supervoxels, edges, at=START)
    choose, done = random.Random(3), 0
    places = supervoxels.position * np.array(layout.resolution)
    with segmentation._store.write():
        while done < edits:
            one, other = (
                Point(int(supervoxels.ids[at]), tuple(places[at]))
                for at in choose.sample(range(len(supervoxels.ids)), 2)
            )
            try:
                if done % 3 == 2:
                    segmentation.undo(1, choose.randint(1, done), at=START + 1000 * (done + 1))
                elif done % 3:
                    mates = segmentation.leaves(segmentation.roots([one.node]))[0]
                    other = Point(int(choose.choice(mates)), (0.0, 0.0, 0.0))
                    segmentation.split(1, [one], [other], at=START + 1000 * (done + 1))
                else:
                    segmentation.merge(1, one, other, at=START + 1000 * (done + 1))
            except Refusal:
                continue
            done += 1
    return segmentation


@pytest.mark.parametrize(
    "layout",
    [
        Layout.fitting((8.0, 8.0, 40.0), (16, 16, 8), (100, 60, 40)),
        Layout((4.0, 4.0, 40.0), (32, 32, 32), (256, 64, 64), 6),  # one layer more than needed
        Layout.fitting((1.0, 1.0, 1.0), (64, 64, 64), (64, 64, 64)),
    ],
)
def test_pieces_of_every_layer_at_every_moment(layout, tmp_path):
    """Look into the file: what a piece is, says `whole_file.py`."""
    segmentation = edited(tmp_path / "cave.sqlite", layout, *columns(layout, 150, 6, 1), edits=30)
    assert {entry.kind for entry in segmentation.operations()} >= {"merge", "split", "undo"}
    File(tmp_path / "cave.sqlite").check()
    segmentation._store.close()


def test_questions_about_many_ids(tmp_path):
    """Ask all at once and one by one: many are found by a hash table, few by a search."""
    layout = Layout.fitting((8.0, 8.0, 40.0), (256, 256, 64), (4096, 4096, 1024))
    supervoxels, edges = columns(layout, 20_000, 100, 2)
    started = time.perf_counter()
    segmentation = edited(tmp_path / "cave.sqlite", layout, supervoxels, edges, edits=60)
    moments = [START, START + 1000 * 30, None]
    asked = np.random.default_rng(0).choice(np.append(supervoxels.ids, 0), 25_000)
    for at in moments:
        found = segmentation.roots(asked, at=at)
        some = np.arange(0, len(asked), 617)
        assert [int(segmentation.roots(asked[[one]], at=at)[0]) for one in some] == found[some].tolist()
        wrong = asked.copy()
        wrong[77] = 5
        assert np.flatnonzero(segmentation.roots(wrong, at=at, fail_to_zero=True) != found).tolist() in (
            [77],
            [],
        )
        with pytest.raises(Refusal, match="Cannot find root id 5, "):
            segmentation.roots(wrong, at=at)
    roots = np.unique(segmentation.roots(supervoxels.ids))
    assert np.array_equal(np.sort(np.concatenate(segmentation.leaves(roots))), np.sort(supervoxels.ids))
    # A loop over ids would take seconds for each of these. The limit is wide: this machine may be busy.
    begin = time.perf_counter()
    for _ in range(20):
        segmentation.roots(asked, at=moments[1])
    assert (time.perf_counter() - begin) / 20 < 0.1
    assert begin - started < 30
    segmentation._store.close()
