"""Annotation layers over HTTP: what a viewer asks for, one after the other."""

import numpy as np
import pytest
import requests
from frozen_bench import ADMIN, RESOLUTION
from precomputed_reader import read_many, read_one

from caveclient_gen.errors import BadRequestError, CAVEError, NotFoundError
from caveclient_gen.offline.services.materialize import layers


@pytest.fixture
def mat(bench_server):
    return bench_server.client().materialize


def everything(mat, table):
    """Read a whole layer through its spatial index, as a viewer does."""
    info = mat.neuroglancer_annotation_info(table)
    found = {}
    for level in info["spatial"]:
        for place in np.ndindex(*level["grid_shape"]):
            found |= read_many(mat.neuroglancer_annotations_in(table, level["key"], *place), info)
    return found


def test_a_layer_has_the_rows_of_the_newest_version(mat, bench_server):
    frozen = mat.query_table(
        "synapses", materialization_version=2, desired_resolution=[1, 1, 1], split_positions=True
    )
    found = everything(mat, "synapses")
    assert sorted(found) == sorted(frozen["id"])
    for row in frozen.to_dict("records"):
        one = found[row["id"]]
        sides = [row[f"{side}_pt_position_{axis}"] for side in ("pre", "post") for axis in "xyz"]
        assert one["geometry"] == sides
        assert one["size"] == pytest.approx(row["size"])


def test_related_annotations_are_those_of_a_query(mat):
    info = mat.neuroglancer_annotation_info("synapses")
    frozen = mat.query_table("synapses")
    for column in ("pre_pt_root_id", "post_pt_root_id"):
        for root, rows in frozen.groupby(column):
            found = read_many(mat.neuroglancer_annotations_of("synapses", column, root), info)
            assert sorted(found) == sorted(rows["id"])


def test_one_annotation_names_its_segments(mat):
    info = mat.neuroglancer_annotation_info("synapses")
    row = mat.query_table("synapses", filter_equal_dict={"id": 3}).to_dict("records")[0]
    _, related = read_one(mat.neuroglancer_annotation("synapses", 3), info)
    assert related == {column: [row[column]] for column in ("pre_pt_root_id", "post_pt_root_id")}
    with pytest.raises(NotFoundError, match="no annotation 4"):
        mat.neuroglancer_annotation("synapses", 4)  # deleted before the newest version


def test_a_reference_table_is_shown_where_its_targets_are(mat):
    cells, nuclei = everything(mat, "cell_types"), everything(mat, "nuclei")
    assert [cells[one]["cell_type"] for one in sorted(cells)] == ["23P", "4P", "5P", "BC", "MC", "NGC"]
    assert {one: words["geometry"] for one, words in cells.items()} == {
        one: words["geometry"] for one, words in nuclei.items()
    }


def test_the_links_that_viewers_get_lead_there(mat, bench_server):
    headers = {"Authorization": f"Bearer {bench_server.token()}"}
    for link in (
        mat.neuroglancer_annotation_path("synapses"),
        mat.neuroglancer_segprop_path("cell_types"),
    ):
        source, _, address = link.partition("://middleauth+")
        assert source == "precomputed"
        assert address.startswith(bench_server.address)
        answer = requests.get(f"{address}/info", headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["@type"][:13]) == (200, "neuroglancer_")


def test_a_new_table_is_shown_before_it_is_frozen(own_server):
    cave = own_server.cave
    cave.annotations.create_table(ADMIN, "new", "bound_tag", {"description": "new", **RESOLUTION})
    cave.annotations.post(ADMIN, "new", [{"pt": {"position": [32, 40, 16]}, "tag": "here"}])
    mat = own_server.client().materialize
    assert everything(mat, "new") == {1: {"geometry": [128.0, 160.0, 640.0], "tag": "here"}}
    cave.versions.materialize()
    cave.annotations.delete(ADMIN, "new", [1])
    assert [*everything(own_server.client().materialize, "new")] == [1]


def test_a_newer_version_is_shown_once_it_is_there(own_server):
    mat = own_server.client().materialize
    assert len(everything(mat, "tags")) == 3
    own_server.cave.annotations.delete(ADMIN, "tags", [2])
    assert len(everything(mat, "tags")) == 3
    own_server.cave.versions.materialize()
    assert sorted(everything(own_server.client().materialize, "tags")) == [1, 3]


def test_tables_that_are_too_large_say_so(mat, monkeypatch):
    monkeypatch.setattr(layers, "LARGEST_LAYER", 5)
    with pytest.raises(CAVEError, match="too large"):
        mat.neuroglancer_annotation_info("synapses")


def test_tables_above_the_cap_are_no_segment_properties(own_server, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(own_server.cave, "facts", replace(own_server.cave.facts, row_cap=5))
    mat = own_server.client().materialize
    asked = [
        lambda: mat.neuroglancer_segprop_info("nuclei"),
        lambda: mat.neuroglancer_live_segprop_info("nuclei"),
        lambda: mat.neuroglancer_view_segprop_info("nucleus_types"),
    ]
    for ask in asked:
        with pytest.raises(CAVEError, match="too large"):
            ask()
    assert len(mat.neuroglancer_segprop_info("tags")["inline"]["ids"]) == 3


def test_views_of_the_newest_version_and_of_now(bench_server, mat):
    base = f"{bench_server.address}/materialize/api/v3/datastack/testds/version"
    headers = {"Authorization": f"Bearer {bench_server.token()}"}

    def ids(version):
        answer = requests.get(f"{base}/{version}/view/nucleus_types/info", headers=headers, timeout=10)
        return answer.json()["inline"]["ids"]

    assert ids(-1) == ids(2) == mat.neuroglancer_view_segprop_info("nucleus_types")["inline"]["ids"]
    assert ids(0) != ids(2)
    assert ids(0) == mat.neuroglancer_live_segprop_info("cell_types")["inline"]["ids"]


def test_labels_are_made_as_asked(mat):
    labels = mat.neuroglancer_segprop_info("cell_types", label_format="{cell_type} {id}")
    assert labels["inline"]["properties"][0]["values"][:2] == ["23P 1", "4P 2"]
    joined = mat.neuroglancer_live_segprop_info("cell_types", label_columns=["id", "cell_type"])
    assert joined["inline"]["properties"][0]["values"][:2] == ["1_23P", "2_4P"]
    with pytest.raises(CAVEError, match="none of them"):
        mat.neuroglancer_segprop_info("cell_types", label_format="{nope}")


@pytest.mark.parametrize("table", ["tags", "synapses"])
def test_a_frozen_file_that_is_broken_is_named_whoever_asks(own_server, table):
    file = own_server.cave.versions.file(2, table)
    content = file.read_bytes()
    # a file that is none, and one whose rows alone cannot be read
    broken = b"junk" * 10 if table == "tags" else content[:100] + b"\xff" * 500 + content[600:]
    file.unlink()  # copies of a dataset share their files
    file.write_bytes(broken)
    mat = own_server.client().materialize
    asked = [
        lambda: mat.neuroglancer_segprop_info(table, materialization_version=2),
        lambda: mat.neuroglancer_annotation_info(table),
    ]
    if table == "tags":
        asked += [lambda: mat.get_annotation_count(table, version=2), lambda: mat.query_table(table)]
    for ask in asked:
        with pytest.raises(
            BadRequestError, match=rf"Get the dataset again: 2/{table}.parquet cannot be read"
        ):
            ask()
