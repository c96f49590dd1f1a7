"""Filling an empty segmentation."""

from dataclasses import replace

import numpy as np
import pytest
import tubes
from tube_names import NAMES, ids, point, refused
from tubes import INGESTED

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.segmentation.engine import Edges, Point, Supervoxels


def test_an_empty_dataset_has_no_segmentation(tmp_path):
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
    ({"position": SVS.position + 0.5}, {}, "whole numbers"),
    ({}, {"area": EDGES.area * 1.0}, "whole numbers"),
]


@pytest.mark.parametrize(("supervoxels", "edges", "text"), WRONG)
def test_what_cannot_be_ingested_leaves_nothing(supervoxels, edges, text, tmp_path):
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


@pytest.mark.parametrize("reach_nm", [0.0, -1.0, float("nan"), float("inf")])
def test_a_reach_that_is_none(reach_nm, tmp_path):
    with Dataset.create(tmp_path / "empty", tubes.FACTS).open() as cave:
        with refused(400, "reach_nm"):
            cave.segmentation.ingest(tubes.LAYOUT, SVS, EDGES, at=INGESTED, reach_nm=reach_nm)
        assert not cave.segmentation.exists


def test_a_reach_that_is_chosen(tmp_path):
    with Dataset.create(tmp_path / "empty", tubes.FACTS).open() as cave:
        cave.segmentation.ingest(tubes.LAYOUT, SVS, EDGES, at=INGESTED, reach_nm=50.0)
        middles = cave.segmentation.positions(SVS.ids)
        for step, expected in ((50, SVS.ids), (51, 0 * SVS.ids)):
            found = cave.segmentation.supervoxels_at(middles + np.array([0, step, 0]))
            assert np.array_equal(found, expected)


def test_one_supervoxel_is_a_segmentation(tmp_path):
    one = Supervoxels(SVS.ids[:1], SVS.position[:1], SVS.size[:1])
    none = Edges(EDGES.a[:0], EDGES.b[:0], EDGES.affinity[:0], EDGES.area[:0])
    with Dataset.create(tmp_path / "empty", tubes.FACTS).open() as cave:
        seg = cave.segmentation
        seg.ingest(tubes.LAYOUT, one, none, at=INGESTED)
        (root,) = seg.roots(one.ids)
        assert seg.leaves([root])[0].tolist() == one.ids.tolist()
        assert seg.supervoxels_at(seg.positions(one.ids)).tolist() == one.ids.tolist()
        assert seg.subgraph(root).edges.shape == (0, 2)
        assert seg.level2_graph(root).edges.shape == (0, 2)
        anywhere = Point(int(root), (0.0, 0.0, 0.0))
        assert len(seg.find_path(anywhere, anywhere)) == 1
        with refused(400, "different objects"):
            seg.merge(1, anywhere, anywhere)
        with refused(400, "source and a sink"):
            seg.split(1, [anywhere], [anywhere])
