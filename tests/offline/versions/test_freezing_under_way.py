"""Versions that are made while people post, update and delete: each is a picture of one moment, whole."""

import threading

import pyarrow.parquet as pq
import pytest
import tubes

VOXELS = {"voxel_resolution_x": 8.0, "voxel_resolution_y": 8.0, "voxel_resolution_z": 40.0}


@pytest.fixture
def cave(tmp_path):
    with tubes.tubes(tmp_path / "tubes.cave").open() as cave:
        cave.annotations.create_table(1, "marks", "bound_tag", {"description": "Marks", **VOXELS})
        yield cave


def row(text):
    return {"pt": {"position": tubes.position("A00")}, "tag": text}


def work(cave, name, begun, ended):
    """Post pairs of rows, replace one of each pair and delete the other, over and over."""
    done = 0
    while not ended.is_set():
        first, second = cave.annotations.post(1, "marks", [row(f"{name}{done}a"), row(f"{name}{done}b")])
        cave.annotations.update(1, "marks", [{"id": first, "tag": f"{name}{done}c"}])
        cave.annotations.delete(1, "marks", [second])
        done += 1
        begun.set()


def test_a_version_has_what_was_there_at_its_moment_and_nothing_else(cave):
    ended, begun = threading.Event(), [threading.Event() for _ in "xy"]
    workers = [
        threading.Thread(target=work, args=(cave, name, one, ended))
        for name, one in zip("xy", begun, strict=True)
    ]
    for worker in workers:
        worker.start()
    try:
        assert all(one.wait(20) for one in begun)
        versions = [cave.versions.materialize() for _ in range(6)]
    finally:
        ended.set()
        for worker in workers:
            worker.join(20)
    for version in versions:
        frozen = pq.read_table(cave.versions.file(version.number, "marks"))
        assert frozen.equals(cave.annotations.rows_at("marks", version.moment))
        pairs = {}
        for tag in frozen.column("tag").to_pylist():
            pairs.setdefault(tag[:-1], set()).add(tag[-1])
        # Posted together, then one replaced, then the other deleted: nothing between these was ever there.
        assert all(endings in ({"a", "b"}, {"b", "c"}, {"c"}) for endings in pairs.values())
    assert frozen.num_rows > 0
