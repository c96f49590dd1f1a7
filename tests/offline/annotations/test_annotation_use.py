"""Annotation tables as people use them: through the client, over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import tubes
from offline_annotations import metadata

from caveclient_gen import errors
from caveclient_gen.offline.serving import serve

RESOLUTION = [8, 8, 40]


@pytest.fixture(scope="module")
def shared(tmp_path_factory, segmented):
    """A server for tests that each make their own tables."""
    with serve(segmented.copy(tmp_path_factory.mktemp("use") / "use.cave")) as server:
        yield server


@pytest.fixture(scope="module")
def client(shared):
    return shared.client().annotation


def synapse(before, after, **more):
    return {
        "pre_pt": {"position": tubes.position(before)},
        "post_pt": {"position": tubes.position(after)},
        "ctr_pt": {"position": tubes.position(before)},
        **more,
    }


def roots(shared, table, column="pt_root_id"):
    rows = shared.cave.annotations.rows_at(table, shared.cave.store.clock.now())
    return dict(zip(rows["id"].to_pylist(), rows[column].to_pylist(), strict=True))


def test_the_life_of_a_table(shared, client):
    assert client.create_table("syn", "synapse", "Synapses", voxel_resolution=RESOLUTION) == "syn"
    assert "syn" in client.get_tables()
    ids = client.post_annotation("syn", [synapse("A00", "B00", size=3.5), synapse("C00", "D00")])
    assert ids == [1, 2]
    assert client.get_annotation_count("syn") == 2
    first, second = client.get_annotation("syn", [1, 2])
    assert first["pre_pt_position"] == tubes.position("A00")
    assert (first["size"], second["size"]) == (3.5, None)
    assert client.update_annotation("syn", [{"id": 2, "size": 7}]) == {2: 3}
    (old, new) = client.get_annotation("syn", [2, 3])
    assert (old["superceded_id"], old["valid"], new["size"]) == (3, False, 7.0)
    assert new["pre_pt_position"] == old["pre_pt_position"]
    assert client.delete_annotation("syn", [1]) == [1]
    assert client.get_annotation_count("syn") == 1
    assert client.get_annotation("syn", [1])[0]["deleted"] is not None
    assert client.delete_table("syn") is True
    assert "syn" not in client.get_tables()
    with pytest.raises(errors.NotFoundError, match="deleted"):
        client.get_annotation_count("syn")
    with pytest.raises(errors.CAVEError, match="Choose another name"):
        client.create_table("syn", "synapse", "again", voxel_resolution=RESOLUTION)


def test_points_get_their_supervoxels_at_once(shared, client):
    client.create_table("bound", "synapse", "Synapses", voxel_resolution=[4, 4, 40])
    twice = {
        name: {"position": [x * 2, y * 2, z]}
        for name, (x, y, z) in [
            ("pre_pt", tubes.position("A00")),
            ("post_pt", tubes.position("B31")),
            ("ctr_pt", tubes.position("A00")),
        ]
    }
    client.post_annotation("bound", [twice, {**twice, "post_pt": {"position": [500, 500, 60]}}])
    rows = shared.cave.annotations.rows_at("bound", shared.cave.store.clock.now())
    assert rows["pre_pt_supervoxel_id"].to_pylist() == [tubes.SUPERVOXELS["A00"]] * 2
    assert rows["post_pt_supervoxel_id"].to_pylist()[0] == tubes.SUPERVOXELS["B31"]
    expected = shared.cave.segmentation.roots(np.array([tubes.SUPERVOXELS[name] for name in ("A00", "B31")]))
    assert rows["pre_pt_root_id"][0].as_py() == expected[0]
    assert rows["post_pt_root_id"][0].as_py() == expected[1]


def test_supervoxels_that_somebody_sends_are_looked_up_instead(shared, client):
    client.create_table("given", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    point = {"position": tubes.position("A00"), "supervoxel_id": 12, "root_id": 13}
    client.post_annotation("given", [{"pt": point, "tag": "a"}])
    assert roots(shared, "given", "pt_supervoxel_id") == {1: tubes.SUPERVOXELS["A00"]}


def test_an_update_moves_the_supervoxel_with_the_point(shared, client):
    client.create_table("moved", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    client.post_annotation("moved", [{"pt": {"position": tubes.position("A00")}, "tag": "a"}])
    client.update_annotation("moved", [{"id": 1, "pt": {"position": tubes.position("E00")}}])
    assert roots(shared, "moved", "pt_supervoxel_id") == {2: tubes.SUPERVOXELS["E00"]}
    client.update_annotation("moved", [{"id": 2, "tag": "b"}])
    assert roots(shared, "moved", "pt_supervoxel_id") == {3: tubes.SUPERVOXELS["E00"]}
    client.update_annotation("moved", [{"id": 3, "pt_position": tubes.position("F00")}])
    assert roots(shared, "moved", "pt_supervoxel_id") == {4: tubes.SUPERVOXELS["F00"]}


def test_frames(shared, client):
    client.create_table("frames", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    frame = pd.DataFrame({"pt_position": [[16, 20, 16], [48, 20, 16]], "tag": ["a", "\u4e2d"]})
    assert client.post_annotation_df("frames", frame, ["pt_position"]) == [1, 2]
    frame = frame.assign(id=[1, 2], tag=["b", "c"])
    assert client.update_annotation_df("frames", frame, ["pt_position"]) == {1: 3, 2: 4}
    assert [row["tag"] for row in client.get_annotation("frames", [2, 3, 4])] == ["\u4e2d", "b", "c"]


def test_flattened_rows(client):
    client.create_table("flat", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    assert client.post_annotation("flat", [{"pt_position": [16, 20, 16], "tag": "a"}]) == [1]
    assert client.get_annotation("flat", [1])[0]["pt_position"] == [16, 20, 16]


def test_staged_annotations(client):
    client.create_table("staged", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    stage = client.stage_annotations("staged", annotation_resolution=[4, 4, 40])
    stage.add(pt_position=[32, 40, 16], tag="a")
    stage.add(pt_position=[96, 40, 16], tag="b")
    assert client.upload_staged_annotations(stage, progress=False) == [1, 2]
    assert [row["pt_position"] for row in client.get_annotation("staged", [1, 2])] == [
        [16, 20, 16],
        [48, 20, 16],
    ]
    update = client.stage_annotations("staged", update=True)
    update.add(id=1, pt_position=[17, 20, 16], tag="c")
    assert client.upload_staged_annotations(update, progress=False) == {1: 3}


def test_ids_that_people_choose(client):
    client.create_table("chosen", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    rows = [{"id": 2**40, "pt": {"position": [16, 20, 16]}, "tag": "a"}]
    assert client.post_annotation("chosen", rows) == [2**40]
    assert client.post_annotation("chosen", [{"pt": {"position": [16, 20, 16]}, "tag": "b"}]) == [2**40 + 1]
    with pytest.raises(errors.CAVEError, match="Choose another id"):
        client.post_annotation("chosen", rows)


def test_more_rows_than_one_request_takes(client):
    client.create_table("many", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    rows = [{"pt": {"position": [n % 256, 20, 16]}, "tag": "a"} for n in range(10_001)]
    assert client.post_annotation("many", rows) == list(range(1, 10_002))
    assert client.get_annotation_count("many") == 10_001


def test_many_people_at_once(shared, client):
    """Posts at the same time: every row is in once, under the id that its sender was told."""
    client.create_table("crowd", "bound_tag", "Tags", voxel_resolution=RESOLUTION)
    clients = [shared.client().annotation for _ in range(6)]

    def work(number):
        told = {}
        for n in range(8):
            rows = [{"pt": {"position": [16, 20, 16]}, "tag": f"{number} {n} {m}"} for m in range(3)]
            told |= dict(
                zip(clients[number].post_annotation("crowd", rows), (row["tag"] for row in rows), strict=True)
            )
        return told

    with ThreadPoolExecutor(6) as pool:
        told = {one: text for part in pool.map(work, range(6)) for one, text in part.items()}
    rows = shared.cave.annotations.rows_at("crowd", shared.cave.store.clock.now())
    assert dict(zip(rows["id"].to_pylist(), rows["tag"].to_pylist(), strict=True)) == told
    assert sorted(told) == list(range(1, 6 * 8 * 3 + 1))


def test_rows_about_rows(shared, client):
    client.create_table("cells", "nucleus_detection", "Nuclei", voxel_resolution=RESOLUTION)
    names = ("A00", "B00", "C00")
    client.post_annotation("cells", [{"pt": {"position": tubes.position(name)}} for name in names])
    for table, tracks in (("types", False), ("tracked", True)):
        client.create_table(
            table,
            "cell_type_reference",
            "Types",
            voxel_resolution=RESOLUTION,
            reference_table="cells",
            track_target_id_updates=tracks,
        )
        rows = [{"target_id": n, "classification_system": "s", "cell_type": "t"} for n in (1, 2)]
        assert client.post_annotation(table, rows) == [1, 2]
    before = shared.cave.store.clock.now()
    assert client.update_annotation("cells", [{"id": 2, "volume": 5.0}]) == {2: 4}
    assert client.update_annotation("cells", [{"id": 4, "volume": 6.0}]) == {4: 5}
    now = shared.cave.store.clock.now()
    at = shared.cave.annotations.rows_at
    assert at("types", now)["target_id"].to_pylist() == [1, 2]
    assert at("tracked", now)["target_id"].to_pylist() == [1, 5]
    assert at("tracked", before)["target_id"].to_pylist() == [1, 2]
    assert [row["target_id"] for row in client.get_annotation("tracked", [1, 2])] == [1, 5]
    assert "will update the 'target_id'" in client.get_table_metadata("tracked")["description"]
    assert client.get_table_metadata("types")["description"] == "Types"
    with pytest.raises(errors.CAVEError, match="target_id must be a row of cells, and 9 is none"):
        client.post_annotation("types", [{"target_id": 9, "classification_system": "s", "cell_type": "t"}])


@pytest.mark.parametrize(
    ("schema", "more", "says"),
    [
        ("cell_type_reference", {}, "Say reference_table"),
        (
            "cell_type_reference",
            {"reference_table": "nowhere"},
            "reference_table that exists",
        ),
        ("cell_type_reference", {"reference_table": "self"}, "cannot be about itself"),
        ("bound_tag", {"reference_table": "moved"}, "Leave out reference_table"),
        ("derived_spatial_point", {}, "is a point, not a row"),
    ],
)
def test_tables_that_cannot_be_made(shared, schema, more, says):
    described = metadata(**({"table_metadata": more} if more else {}))
    before = shared.cave.annotations.tables_ever()
    with pytest.raises(Exception, match=says):
        shared.cave.annotations.create_table(1, "self", schema, described)
    assert shared.cave.annotations.tables_ever() == before


def test_who_sends_a_row_stands_in_it(shared, client):
    client.create_table(
        "signed", "bound_tag_user", "Tags", voxel_resolution=RESOLUTION, write_permission="PUBLIC"
    )
    editor = shared.client("editor").annotation
    row = {"pt": {"position": [16, 20, 16]}, "tag": "a"}
    assert editor.post_annotation("signed", [row, {**row, "user_id": 1}]) == [1, 2]
    assert [one["user_id"] for one in client.get_annotation("signed", [1, 2])] == [2, 2]
    client.update_annotation("signed", [{"id": 1, "tag": "b"}])
    assert client.get_annotation("signed", [3])[0]["user_id"] == 1


def test_metadata_is_changed_piece_by_piece(client):
    client.create_table("told", "bound_tag", "Tags", voxel_resolution=RESOLUTION, notice_text="cite me")
    changed = client.update_metadata("told", description="Better tags")
    assert (changed["description"], changed["notice_text"]) == ("Better tags", "cite me")
    changed = client.update_metadata("told", notice_text="none", read_permission="PRIVATE")
    assert (changed["notice_text"], changed["read_permission"]) == (None, "PRIVATE")
    assert changed["last_modified"] > changed["created"]


def test_every_schema_makes_a_table_that_takes_a_row(shared):
    from caveclient_gen.offline.annotations.schemas import schema_names, schema_of

    annotations = shared.cave.annotations
    annotations.create_table(1, "aims", "bound_tag", metadata())
    annotations.post(1, "aims", [{"pt": {"position": [16, 20, 16]}, "tag": "a"}])
    for name in schema_names():
        schema = schema_of(name)
        if not schema.is_table:
            continue
        more = {"table_metadata": {"reference_table": "aims"}} if schema.is_reference else {}
        annotations.create_table(1, f"a_{name}", name, metadata(**more))
        values = {
            "integer": 1,
            "id": 2**40,
            "user": 1,
            "reference": 1,
            "float": 0.5,
            "string": "s",
            "boolean": True,
        }
        row = {
            field.name: {"position": [16, 20, 16]}
            if field.is_point
            else (field.choices[0] if field.choices else values[field.kind])
            for field in schema.fields
        }
        assert annotations.post(1, f"a_{name}", [row]) == [1]
        (found,) = annotations.get(f"a_{name}", [1])
        for field in schema.fields:
            if not field.is_point:
                assert found[field.name] == row[field.name]
        rows = annotations.rows_at(f"a_{name}", shared.cave.store.clock.now())
        assert rows.num_rows == 1
        assert {str(kind) for kind in rows.schema.types} <= {"int64", "int32", "float", "string", "bool"}
