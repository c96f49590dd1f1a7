"""Layers of annotations: read back as Neuroglancer reads them, with a small reader of its format."""

import math

import numpy as np
import pyarrow as pa
import pytest
from fixed_tables import tags
from precomputed_reader import read_many, read_one

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.viewing import annotation_layer
from caveclient_gen.offline.viewing.annotation_layer import AnnotationLayer
from caveclient_gen.offline.viewing.rows import with_target

RESOLUTION = (4.0, 4.0, 40.0)


def synapses(count, seed=0):
    """Return rows of synapses: two sides that are bound, a middle that is not, a size."""
    dice = np.random.default_rng(seed)
    columns = {"id": np.arange(1, count + 1), "valid": np.ones(count, bool)}
    middle = dice.integers(0, (10_000, 10_000, 1_000), (count, 3))
    for point, shift in (("pre_pt", -5), ("post_pt", 5), ("ctr_pt", 0)):
        for axis, values in zip("xyz", (middle + np.array([shift, 0, 0])).T, strict=True):
            columns[f"{point}_position_{axis}"] = values.astype(np.int32)
        if shift:
            columns[f"{point}_supervoxel_id"] = np.arange(count) + 7
            columns[f"{point}_root_id"] = dice.integers(1, 20, count) + 2**58
    columns["size"] = dice.random(count).astype(np.float32)
    return pa.table(columns)


def test_a_layer_of_points():
    layer = AnnotationLayer(tags(1, 2, 5), RESOLUTION)
    info = layer.info()
    assert info == {
        "@type": "neuroglancer_annotations_v1",
        "dimensions": {"x": [1e-9, "m"], "y": [1e-9, "m"], "z": [1e-9, "m"]},
        "lower_bound": [40.0, 80.0, 1200.0],
        "upper_bound": [201.0, 401.0, 6001.0],
        "annotation_type": "point",
        "properties": [
            {"id": "tag", "type": "uint32", "enum_values": [0, 1, 2], "enum_labels": ["t1", "t2", "t5"]}
        ],
        "relationships": [{"id": "pt_root_id", "key": "pt_root_id"}],
        "by_id": {"key": "by_id"},
        "spatial": [
            {
                "key": "spatial_overview",
                "grid_shape": [1, 1, 1],
                "chunk_size": [161.0, 321.0, 4801.0],
                "limit": 3,
            }
        ],
    }
    assert read_one(layer.one(5), info) == (
        {"geometry": [200.0, 400.0, 6000.0], "tag": "t5"},
        {"pt_root_id": [2**58 + 5]},
    )
    assert layer.one(3) is None
    assert read_many(layer.related("pt_root_id", 2**58 + 2), info) == {
        2: {"geometry": [80.0, 160.0, 2400.0], "tag": "t2"}
    }
    assert layer.related("pt_root_id", 17) == bytes(8)
    assert layer.related("id", 1) is None
    assert [*read_many(layer.cell("spatial_overview", (0, 0, 0)), info)] == [1, 2, 5]


def test_a_synapse_is_a_line_between_its_two_sides():
    rows = synapses(50)
    layer = AnnotationLayer(rows, RESOLUTION)
    info = layer.info()
    assert info["annotation_type"] == "line"
    assert [one["id"] for one in info["relationships"]] == ["pre_pt_root_id", "post_pt_root_id"]
    found, related = read_one(layer.one(7), info)
    row = rows.slice(6, 1).to_pylist()[0]
    assert found["geometry"] == [
        row[f"{side}_position_{axis}"] * size
        for side in ("pre_pt", "post_pt")
        for axis, size in zip("xyz", RESOLUTION, strict=True)
    ]
    assert found["size"] == row["size"]
    assert related == {name: [row[name]] for name in ("pre_pt_root_id", "post_pt_root_id")}
    root = row["post_pt_root_id"]
    expected = {one["id"] for one in rows.to_pylist() if one["post_pt_root_id"] == root}
    assert set(read_many(layer.related("post_pt_root_id", root), info)) == expected


def test_each_annotation_is_in_one_level_and_in_the_cells_of_its_ends(monkeypatch):
    monkeypatch.setattr(annotation_layer, "LIMIT", 100)
    layer = AnnotationLayer(synapses(3_000), RESOLUTION)
    info = layer.info()
    lower, upper = np.array(info["lower_bound"]), np.array(info["upper_bound"])
    level_of = {}
    for number, level in enumerate(info["spatial"]):
        assert level["key"] == ("spatial_overview" if number == 0 else f"spatial_level_{number}")
        cells = level["grid_shape"][0]
        assert np.allclose(np.array(level["chunk_size"]) * cells, upper - lower)
        fullest = 0
        for place in np.ndindex(cells, cells, cells):
            found = read_many(layer.cell(level["key"], place), info)
            fullest = max(fullest, len(found))
            start = lower + np.array(place) * level["chunk_size"]
            for one, words in found.items():
                assert level_of.setdefault(one, number) == number
                ends = np.array(words["geometry"]).reshape(2, 3)
                assert ((ends >= start) & (ends < start + level["chunk_size"])).all(axis=1).any()
        assert fullest == level["limit"] < 150
    assert sorted(level_of) == list(range(1, 3_001))
    assert len(info["spatial"]) > 2
    again = AnnotationLayer(synapses(3_000), RESOLUTION)
    assert again.cell("spatial_level_1", (0, 1, 0)) == layer.cell("spatial_level_1", (0, 1, 0))


def test_many_annotations_at_one_place_end_in_the_last_level(monkeypatch):
    monkeypatch.setattr(annotation_layer, "LIMIT", 10)
    rows = tags(*range(1, 201))
    for axis in "xyz":
        place = rows.column_names.index(f"pt_position_{axis}")
        rows = rows.set_column(place, f"pt_position_{axis}", pa.array([5] * 200, pa.int32()))
    layer = AnnotationLayer(rows, RESOLUTION)
    info = layer.info()
    found = [
        read_many(layer.cell(level["key"], place), info) for level in info["spatial"] for place in [(0, 0, 0)]
    ]
    assert len(info["spatial"]) == annotation_layer.MOST_LEVELS
    assert sorted(one for cell in found for one in cell) == list(range(1, 201))


@pytest.mark.parametrize("place", [(1, 0, 0), (0, 0, 2**62), (-1, 0, 0)])
def test_cells_beyond_the_grid_are_none(place):
    assert AnnotationLayer(tags(1), RESOLUTION).cell("spatial_overview", place) is None
    assert AnnotationLayer(tags(1), RESOLUTION).cell("by_id", (0, 0, 0)) is None


def test_an_empty_table_is_an_empty_layer():
    layer = AnnotationLayer(tags(), RESOLUTION)
    assert layer.info()["spatial"][0]["grid_shape"] == [1, 1, 1]
    assert layer.cell("spatial_overview", (0, 0, 0)) == bytes(8)
    assert layer.one(1) is None


def test_properties_of_all_kinds_and_what_is_missing():
    rows = tags(1, 2)
    for name, values in {
        "good": pa.array([True, None]),
        "count": pa.array([3, -4], pa.int64()),
        "long": pa.array([3, 2**40], pa.int64()),
        "gaps": pa.array([None, 5], pa.int32()),
        "volume": pa.array([None, 1.5], pa.float32()),
        "word": pa.array(["x", None], pa.string()),
    }.items():
        rows = rows.append_column(name, values)
    layer = AnnotationLayer(rows, RESOLUTION)
    info = layer.info()
    assert {one["id"]: one["type"] for one in info["properties"]} == {
        "tag": "uint32",
        "good": "uint32",
        "count": "int32",
        "long": "float32",
        "gaps": "float32",
        "volume": "float32",
        "word": "uint32",
    }
    first, second = (read_one(layer.one(number), info)[0] for number in (1, 2))
    assert (first["good"], first["count"], first["long"], first["word"]) == ("yes", 3, 3.0, "x")
    assert math.isnan(first["gaps"])
    assert math.isnan(first["volume"])
    assert (second["good"], second["count"], second["long"], second["gaps"]) == ("no", -4, 2.0**40, 5.0)
    assert (second["volume"], second["word"]) == (1.5, "")


def test_text_that_is_different_in_each_row_is_no_property():
    words = [f"w{number}" for number in range(annotation_layer.MOST_LABELS + 1)]
    rows = tags(*range(1, len(words) + 1), words=words)
    assert AnnotationLayer(rows, RESOLUTION).info()["properties"] == []


def test_properties_are_named_as_viewers_take_it():
    plain = tags(1)
    names = ["Word" if name == "tag" else name for name in plain.column_names]
    rows = plain.rename_columns(names).append_column("_n", pa.array([7], pa.int64()))
    layer = AnnotationLayer(rows, RESOLUTION)
    assert [one["id"] for one in layer.info()["properties"]] == ["column_Word", "column__n"]
    assert read_one(layer.one(1), layer.info())[0]["column__n"] == 7


def test_rows_without_a_segment_are_on_none():
    rows = tags(1, 2)
    place = rows.column_names.index("pt_root_id")
    rows = rows.set_column(place, "pt_root_id", pa.array([None, 0], pa.int64()))
    layer = AnnotationLayer(rows, RESOLUTION)
    for one in (1, 2):
        assert read_one(layer.one(one), layer.info())[1] == {"pt_root_id": []}


def test_a_table_of_no_segmentation_is_a_layer_without_relationships():
    layer = AnnotationLayer(tags(1).drop_columns(["pt_supervoxel_id", "pt_root_id"]), RESOLUTION)
    assert layer.info()["relationships"] == []
    assert read_one(layer.one(1), layer.info()) == ({"geometry": [40.0, 80.0, 1200.0], "tag": "t1"}, {})
    assert layer.related("pt_root_id", 1) is None


def test_a_reference_has_the_place_of_what_it_refers_to():
    types = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "valid": [True] * 3,
            "target_id": pa.array([5, 1, 99], pa.int64()),
            "cell_type": ["BC", "23P", "lost"],
        }
    )
    layer = AnnotationLayer(with_target(types, tags(1, 5)), RESOLUTION)
    info = layer.info()
    found = read_many(layer.cell("spatial_overview", (0, 0, 0)), info)
    assert {
        one: (words["cell_type"], words["tag"], words["geometry"][0]) for one, words in found.items()
    } == {
        1: ("BC", "t5", 200.0),
        2: ("23P", "t1", 40.0),
    }


def test_rows_without_a_place_are_left_out():
    rows = tags(1, 2, 3)
    place = rows.column_names.index("pt_position_y")
    rows = rows.set_column(place, "pt_position_y", pa.array([1.5, math.nan, None], pa.float64()))
    layer = AnnotationLayer(rows, RESOLUTION)
    assert [*read_many(layer.cell("spatial_overview", (0, 0, 0)), layer.info())] == [1]
    assert layer.one(2) is None


def test_a_table_that_names_no_targets_stays_as_it_is():
    assert with_target(tags(1), tags(2)).equals(tags(1))


def test_without_points_there_is_no_layer():
    half = tags(1).drop_columns(["pt_position_z"])
    with pytest.raises(Refusal, match="with positions"):
        AnnotationLayer(half, RESOLUTION)
    with pytest.raises(Refusal, match="with positions"):
        AnnotationLayer(pa.table({"id": pa.array([1], pa.int64())}), RESOLUTION)
    columns = {f"p{point}_position_{axis}": pa.array([1], pa.int32()) for point in range(3) for axis in "xyz"}
    with pytest.raises(Refusal, match="one or two points"):
        AnnotationLayer(pa.table({"id": pa.array([1], pa.int64()), **columns}), RESOLUTION)
