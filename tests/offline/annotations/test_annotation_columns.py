"""Rows that come by columns, rows at a moment, and supervoxels: the engine without HTTP."""

import time

import numpy as np
import pyarrow as pa
import pytest
import tubes
from offline_annotations import metadata, recorded, tag

from caveclient_gen.offline.annotations import engine, image
from caveclient_gen.offline.http.refusals import Refusal


def named(*names):
    return np.array([tubes.position(name) for name in names])


def now(cave):
    return cave.store.clock.now()


def test_the_columns_of_frozen_tables_are_those_of_real_servers(cave, annotations):
    """Names, order and types of recorded query answers."""
    import base64

    annotations.create_table(1, "nuclei", "nucleus_detection", metadata())
    annotations.create_table(1, "synapses", "synapse", metadata())
    annotations.create_table(1, "tags", "bound_tag", metadata())
    for name, table in [
        ("017_query_table_synapses", "synapses"),
        ("037_query_table_notice", "nuclei"),
        ("042_query_table_tags_text", "tags"),
    ]:
        (exchange,) = (one for one in recorded(f"materialize/{name}") if one["request"]["method"] == "POST")
        body = base64.b64decode(exchange["response"]["body"]["base64"])
        expected = pa.ipc.open_stream(body).schema
        found = annotations.rows_at(table, now(cave)).schema
        assert found.names == expected.names
        assert found.types == expected.types


def test_columns_are_rows(cave, annotations, tags):
    ids = annotations.add_columns(
        1, tags, {"pt_position": named("E00", "F00"), "tag": np.array(["e", "\u4e2d"])}, at=tubes.INGESTED * 2
    )
    assert ids.dtype == np.int64
    assert ids.tolist() == [4, 5]
    rows = annotations.get(tags, [4, 5])
    assert [row["tag"] for row in rows] == ["e", "\u4e2d"]
    assert rows[0]["pt_position"] == tubes.position("E00")


def test_given_supervoxels_are_kept(cave, annotations, tags):
    given = np.array([tubes.SUPERVOXELS["H31"], 0])
    columns = {"pt_position": named("E00", "F00"), "tag": np.array(["e", "f"]), "pt_supervoxel_id": given}
    annotations.add_columns(1, tags, columns)
    found = annotations.rows_at(tags, now(cave))["pt_supervoxel_id"].to_pylist()[-2:]
    assert found == [tubes.SUPERVOXELS["H31"], tubes.SUPERVOXELS["F00"]]


def test_empty_cells(cave, annotations):
    annotations.create_table(1, "cells", "nucleus_detection", metadata())
    columns = {
        "pt_position": named("A00", "B00", "C00"),
        "bb_start_position": np.array([[1.0, 2, 3], [np.nan] * 3, [4, 5, 6]]),
        "volume": np.array([1.5, np.nan, 2.5], np.float32),
    }
    annotations.add_columns(1, "cells", columns)
    rows = annotations.rows_at("cells", now(cave))
    assert rows["volume"].to_pylist() == [1.5, None, 2.5]
    assert rows["bb_start_position_x"].to_pylist() == [1, None, 4]
    assert rows["bb_end_position_x"].to_pylist() == [None] * 3
    assert annotations.get("cells", [2])[0]["bb_start_position"] is None


def test_roots_are_those_of_the_moment(cave, annotations, tags):
    from caveclient_gen.offline.segmentation.engine import Point

    segmentation = cave.segmentation
    before = now(cave)
    old = annotations.rows_at(tags, before)["pt_root_id"].to_pylist()
    ends = ("C11", "C20")
    points = [
        Point(tubes.SUPERVOXELS[name], tuple(np.array(tubes.position(name)) * (8.0, 8.0, 40.0)))
        for name in ends
    ]
    annotations.add_columns(1, tags, {"pt_position": named(*ends), "tag": np.array(list(ends))})
    segmentation.merge(1, *points)
    rows = annotations.rows_at(tags, now(cave))["pt_root_id"].to_pylist()
    assert rows[:3] == old
    assert rows[3] == rows[4] != 0
    assert annotations.rows_at(tags, before)["pt_root_id"].to_pylist() == old
    assert "pt_root_id" not in annotations.rows_at(tags, before, with_roots=False).schema.names


def test_points_beside_everything_have_no_root(cave, annotations, tags):
    annotations.post(1, tags, [{"pt": {"position": [100_000, 0, 0]}, "tag": "far away"}])
    rows = annotations.rows_at(tags, now(cave))
    assert rows["pt_supervoxel_id"].to_pylist()[3] is None
    assert rows["pt_root_id"].to_pylist()[3] is None
    assert rows["pt_root_id"].null_count == 1


def test_rows_before_the_segmentation_have_no_root(annotations):
    annotations.create_table(1, "early", "bound_tag", metadata(), at=tubes.INGESTED - 100)
    annotations.post(1, "early", [tag(16)], at=tubes.INGESTED - 50)
    assert annotations.rows_at("early", tubes.INGESTED - 1)["pt_root_id"].to_pylist() == [None]
    assert annotations.rows_at("early", tubes.INGESTED)["pt_root_id"].null_count == 0


def test_without_a_segmentation_supervoxels_stay_as_given(alone):
    alone.create_table(1, "tags", "bound_tag", metadata())
    alone.post(1, "tags", [tag(1), {"pt": {"position": [1, 2, 3], "supervoxel_id": 12}, "tag": "b"}])
    rows = alone.rows_at("tags", 2**60)
    assert rows["pt_supervoxel_id"].to_pylist() == [None, 12]
    assert rows["pt_root_id"].to_pylist() == [None, None]
    alone.update(1, "tags", [{"id": 2, "tag": "c"}])
    assert alone.rows_at("tags", 2**60)["pt_supervoxel_id"].to_pylist() == [None, 12]
    alone.update(1, "tags", [{"id": 3, "pt": {"position": [3, 2, 1]}}])
    assert alone.rows_at("tags", 2**60)["pt_supervoxel_id"].to_pylist() == [None, None]
    assert alone.look_up("tags") == 0


def test_looking_up_later(tmp_path):
    """Rows that were there before the segmentation get their supervoxels when somebody asks for it."""
    from caveclient_gen.offline.dataset import Dataset

    with Dataset.create(tmp_path / "later.cave", tubes.FACTS).open() as cave:
        annotations = cave.annotations
        annotations.create_table(1, "tags", "bound_tag", metadata())
        rows = [{"pt": {"position": tubes.position(name)}, "tag": name} for name in ("A00", "B00", "C00")]
        annotations.post(1, "tags", [*rows, {"pt": {"position": [100_000, 0, 0]}, "tag": "far"}])
        at = now(cave)
        assert annotations.rows_at("tags", at)["pt_supervoxel_id"].null_count == 4
        cave.segmentation.ingest(tubes.LAYOUT, tubes.supervoxels(), tubes.edges(), at=tubes.INGESTED)
        assert annotations.look_up("tags", [1, 99]) == 1
        assert annotations.rows_at("tags", at)["pt_supervoxel_id"].null_count == 3
        assert annotations.look_up("tags") == 2
        expected = [tubes.SUPERVOXELS[name] for name in ("A00", "B00", "C00")]
        assert annotations.rows_at("tags", at)["pt_supervoxel_id"].to_pylist() == [*expected, None]
        assert annotations.look_up("tags") == 0
        with pytest.raises(Refusal, match="There is no annotation table"):
            annotations.look_up("nowhere")


def test_positions_are_whole_voxels(annotations, tags):
    annotations.post(1, tags, [{"pt": {"position": [70.9, 20.2, -16.7]}, "tag": "a"}])
    assert annotations.get(tags, [4])[0]["pt_position"] == [70, 20, -16]


def test_fifty_thousand_rows(alone):
    """All columns are right, and nothing is done row by row: bounds are wide, a loop would be beyond them."""
    alone.create_table(1, "many", "synapse", metadata())
    count, random = 50_000, np.random.default_rng(0)
    columns = {
        f"{name}_position": random.integers(-(2**20), 2**20, (count, 3))
        for name in ("pre_pt", "post_pt", "ctr_pt")
    }
    columns["size"] = random.random(count).astype(np.float32)
    start = time.perf_counter()
    assert alone.add_columns(1, "many", columns).tolist() == list(range(1, count + 1))
    rows = alone.rows_at("many", 2**60)
    first = time.perf_counter()
    for _ in range(5):
        alone.rows_at("many", 2**60)
    again = time.perf_counter()
    for name in ("pre_pt", "post_pt", "ctr_pt"):
        for axis, letter in enumerate("xyz"):
            assert np.array_equal(
                rows[f"{name}_position_{letter}"].to_numpy(), columns[f"{name}_position"][:, axis]
            )
    assert np.array_equal(rows["size"].to_numpy(), columns["size"])
    assert first - start < 5
    assert again - first < 1


def test_ids_need_not_be_in_order(alone):
    alone.create_table(1, "mixed", "bound_tag", metadata())
    columns = {
        "pt_position": np.zeros((4, 3), int),
        "tag": np.array(list("abcd")),
        "id": np.array([9, 3, 7, 1]),
    }
    assert alone.add_columns(1, "mixed", columns).tolist() == [9, 3, 7, 1]
    assert alone.rows_at("mixed", 2**60)["id"].to_pylist() == [1, 3, 7, 9]
    alone.post(1, "mixed", [tag(1, "e", id=5)])
    rows = alone.rows_at("mixed", 2**60)
    assert rows["id"].to_pylist() == [1, 3, 5, 7, 9]
    assert rows["tag"].to_pylist() == ["d", "b", "e", "c", "a"]


def test_reading_that_fails_is_done_again_from_where_it_was(alone, monkeypatch):
    alone.create_table(1, "tags", "bound_tag", metadata())
    alone.post(1, "tags", [tag(1)])
    assert alone.rows_at("tags", 2**60).num_rows == 1
    alone.post(1, "tags", [tag(2)])
    with monkeypatch.context() as broken:
        broken.setattr(image, "_joined", lambda parts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            alone.rows_at("tags", 2**60)
    assert alone.rows_at("tags", 2**60).num_rows == 2


def test_large_tables_are_read_in_parts(alone, monkeypatch):
    monkeypatch.setattr(image, "AT_ONCE", 7)
    alone.create_table(1, "tags", "bound_tag", metadata())
    ids = np.arange(1, 31)[::-1]
    columns = {"pt_position": np.zeros((30, 3), int), "tag": ids.astype(str), "id": ids}
    alone.add_columns(1, "tags", columns)
    assert alone.rows_at("tags", 2**60)["tag"].to_pylist() == [str(n) for n in range(1, 31)]
    alone.update(1, "tags", [{"id": n, "tag": f"new {n}"} for n in range(1, 31, 2)])
    rows = alone.rows_at("tags", 2**60)
    assert rows["id"].to_pylist() == [*range(2, 31, 2), *range(31, 46)]
    assert rows["tag"].to_pylist() == [*map(str, range(2, 31, 2)), *(f"new {n}" for n in range(1, 31, 2))]


def test_columns_are_taken_in_parts(alone, monkeypatch):
    monkeypatch.setattr(engine, "AT_ONCE", 4)
    alone.create_table(1, "tags", "bound_tag", metadata())
    columns = {"pt_position": np.zeros((10, 3), int), "tag": np.arange(10).astype(str)}
    assert alone.add_columns(1, "tags", columns).tolist() == list(range(1, 11))
    columns["tag"] = np.array([*"abcdefgh", None, "j"])
    with pytest.raises(Refusal, match=r"tag of row 0 is missing.* counted from 8 on"):
        alone.add_columns(1, "tags", columns)
    assert alone.count("tags") == 10
