"""Tables and annotations by the client, against the engine and against queries."""

import numpy as np
import pandas as pd
import pytest
from members import exercises

from caveclient_gen import errors


@pytest.fixture(scope="module")
def mine(own):
    return own.client("editor")


@pytest.fixture(scope="module")
def places(plan):
    """Positions of nuclei in voxels of 8 x 8 x 40 nm, and the supervoxels there."""
    count = len(plan.cells.type)
    return plan.pieces.supervoxels.position[:count], plan.pieces.supervoxels.ids[:count]


@pytest.fixture
def table(mine, request):
    """A table of notes of its own for each test."""
    name = request.node.name.removeprefix("test_")
    mine.annotation.create_table(name, "bound_tag", "Notes", [8, 8, 40])
    return name


def rows(places, count):
    """Return annotations at the first nuclei."""
    return [
        {"pt_position": place.tolist(), "tag": f"cell {at}"} for at, place in enumerate(places[0][:count])
    ]


@exercises("annotation", "aligned_volume_name", "get_tables", "get_table_metadata", "get_annotation_count")
def test_the_tables_of_the_dataset(own, mine, client):
    assert mine.annotation.aligned_volume_name == own.cave.facts.aligned_volume
    tables = client.annotation.get_tables()
    assert set(tables) == {"synapses", "nuclei", "cell_types", "proofreading_status", "tags"}
    for table in tables:
        record = client.annotation.get_table_metadata(table)
        assert record["schema_type"] == client.materialize.get_table_metadata(table)["schema_type"]
        assert client.annotation.get_annotation_count(table) == own.cave.annotations.count(table)
    assert client.annotation.get_table_metadata("cell_types")["reference_table"] == "nuclei"


@exercises(
    "annotation", "create_table", "update_metadata", "get_table_metadata", "delete_table", "get_tables"
)
def test_the_life_of_a_table(own, mine):
    mine.annotation.create_table(
        "somata", "nucleus_detection", "Somata", [4, 4, 40], notice_text="Careful", read_permission="PRIVATE"
    )
    record = mine.annotation.get_table_metadata("somata")
    assert (record["description"], record["notice_text"]) == ("Somata", "Careful")
    assert record["voxel_resolution"] == [4, 4, 40]
    with pytest.raises(errors.PermissionDeniedError):
        own.client("viewer").annotation.update_metadata("somata", description="Theirs")
    mine.annotation.update_metadata("somata", description="Somata, by hand")
    assert own.cave.annotations.record("somata")["description"] == "Somata, by hand"
    assert mine.annotation.delete_table("somata")
    assert "somata" not in mine.annotation.get_tables()
    assert "somata" not in own.cave.annotations.tables()


@exercises("annotation", "post_annotation", "get_annotation", "update_annotation", "delete_annotation")
@exercises("annotation", "get_annotation_count")
def test_the_life_of_annotations(own, mine, places, table):
    ids = mine.annotation.post_annotation(table, rows(places, 5))
    assert len(set(ids)) == 5
    kept = own.cave.annotations.get(table, ids)
    found = mine.annotation.get_annotation(table, ids)
    assert [one["tag"] for one in found] == [one["tag"] for one in kept] == [f"cell {at}" for at in range(5)]
    assert [one["pt_position"] for one in found] == [row["pt_position"] for row in rows(places, 5)]
    changed = mine.annotation.update_annotation(table, {**rows(places, 1)[0], "id": ids[0], "tag": "new"})
    assert list(changed) == [ids[0]]
    assert mine.annotation.get_annotation(table, changed[ids[0]])[0]["tag"] == "new"
    assert mine.annotation.delete_annotation(table, [ids[1], ids[2]]) == [ids[1], ids[2]]
    assert mine.annotation.get_annotation_count(table) == 3
    live = mine.materialize.live_live_query(table, "now")
    assert sorted(live.tag) == ["cell 3", "cell 4", "new"]


@exercises("annotation", "post_annotation_df", "update_annotation_df", "process_position_columns")
@exercises("materialize", "lookup_supervoxel_ids", "live_live_query")
def test_a_frame_of_annotations(own, mine, places, table):
    frame = pd.DataFrame({"pt_position": places[0].tolist(), "tag": "soma"})
    listed = mine.annotation.process_position_columns(frame, {"pt_position": "pt_position"})
    assert listed == [{"tag": "soma", "pt_position": {"position": place}} for place in places[0].tolist()]
    ids = mine.annotation.post_annotation_df(table, frame, ["pt_position"])
    mine.materialize.lookup_supervoxel_ids(table, ids)
    live = mine.materialize.live_live_query(table, "now").set_index("id")
    assert live.loc[ids].pt_supervoxel_id.tolist() == places[1].tolist()
    assert live.loc[ids].pt_root_id.tolist() == own.cave.segmentation.roots(places[1]).tolist()
    better = frame.head(2).assign(id=ids[:2], tag="nucleus")
    changed = mine.annotation.update_annotation_df(table, better, ["pt_position"])
    assert sorted(changed) == sorted(ids[:2])
    after = mine.materialize.live_live_query(table, "now")
    assert (after.tag == "nucleus").sum() == 2
    assert len(after) == len(ids)


@exercises("annotation", "stage_annotations", "upload_staged_annotations", "get_annotation")
@exercises("staged", "table_name", "is_update", "fields", "fields_required", "annotation_list")
@exercises("staged", "annotation_list_nonuploaded", "add_dataframe", "annotation_dataframe")
@exercises("staged", "clear_annotations", "purge_uploaded_annotations", "IS_UPLOADED_FIELD")
@exercises("staged", "UPLOADED_ID_FIELD", "IS_UPLOADED_COLUMN", "NEW_ID_COLUMN")
def test_annotations_are_staged_and_uploaded_once(mine, places, table):
    staged = mine.annotation.stage_annotations(table, annotation_resolution=[4, 4, 40])
    assert (staged.table_name, staged.is_update) == (table, False)
    assert sorted(staged.fields) == ["pt_position", "tag", "valid"]
    assert sorted(staged.fields_required) == ["pt_position", "tag"]
    staged.add(pt_position=(places[0][0] * [2, 2, 1]).tolist(), tag="one")
    more = pd.DataFrame({"pt_position": (places[0][1:4] * [2, 2, 1]).tolist(), "tag": list("abc")})
    staged.add_dataframe(more)
    assert len(staged.annotation_list) == len(staged) == 4
    ids = mine.annotation.upload_staged_annotations(staged, batch_size=3, progress=False)
    found = mine.annotation.get_annotation(table, ids)
    assert [one["pt_position"] for one in found] == places[0][:4].tolist()  # in voxels of the table
    assert staged.annotation_list_nonuploaded == []
    mine.annotation.upload_staged_annotations(staged, progress=False)
    assert mine.annotation.get_annotation_count(table) == 4
    frame = staged.annotation_dataframe(include_tracking=True)
    assert frame[staged.NEW_ID_COLUMN].tolist() == ids
    assert frame[staged.IS_UPLOADED_COLUMN].all()
    assert {staged.IS_UPLOADED_FIELD, staged.UPLOADED_ID_FIELD}.isdisjoint(staged.fields)
    staged.purge_uploaded_annotations()
    assert staged.annotation_list == []
    staged.add(pt_position=[0, 0, 0], tag="not wanted")
    staged.clear_annotations()
    assert len(staged) == 0


@exercises("annotation", "stage_annotations", "upload_staged_annotations")
@exercises("staged", "is_update", "id_field", "unknown_rows", "mark_uploaded", "mark_not_uploaded")
def test_updates_are_staged(mine, places, table):
    ids = mine.annotation.post_annotation(table, rows(places, 3))
    staged = mine.annotation.stage_annotations(table, update=True)
    assert (staged.is_update, staged.id_field) == (True, True)
    for number, row in zip(ids, rows(places, 3), strict=True):
        staged.add(id=number, **{**row, "tag": f"again {number}"})
    staged.mark_not_uploaded([0])  # nothing was sent yet
    staged.add(id=ids[0], **rows(places, 1)[0])
    staged.mark_uploaded([3], [ids[0]])
    assert len(staged.annotation_list_nonuploaded) == 3
    with pytest.raises(errors.InvalidArgumentError, match="they are in the table"):
        staged.mark_not_uploaded([3])
    changed = mine.annotation.upload_staged_annotations(staged, progress=False)
    assert set(changed) == set(ids)
    assert staged.unknown_rows == []
    found = mine.annotation.get_annotation(table, list(changed.values()))
    assert sorted(one["tag"] for one in found) == sorted(f"again {number}" for number in ids)


@exercises("annotation", "schema_client")
def test_a_reference_table(own, mine, client, frozen):
    assert mine.annotation.schema_client is mine.schema
    mine.annotation.create_table(
        "verdicts",
        "reference_tag",
        "Verdicts",
        [4, 4, 40],
        reference_table="nuclei",
        track_target_id_updates=True,
    )
    nuclei = frozen("nuclei").id.tolist()
    staged = mine.annotation.stage_annotations("verdicts")
    staged.add_dataframe(pd.DataFrame({"target_id": nuclei[:4], "tag": list("wxyz")}))
    mine.annotation.upload_staged_annotations(staged, progress=False)
    live = own.client().materialize.tables
    assert "verdicts" not in live.table_names, "it is in no version yet"
    found = mine.materialize.live_live_query(
        "verdicts",
        "now",
        joins=[["verdicts", "target_id", "nuclei", "id"]],
        suffixes={"verdicts": "", "nuclei": "_ref"},
    )
    assert dict(zip(found.target_id, found.tag, strict=True)) == dict(zip(nuclei[:4], "wxyz", strict=True))
    supervoxels = frozen("nuclei").set_index("id").loc[found.target_id].pt_supervoxel_id
    np.testing.assert_array_equal(found.pt_root_id, own.cave.segmentation.roots(supervoxels))


@exercises("materialize", "ingest_annotation_table")
def test_a_table_is_in_the_next_version(own, mine, places, table):
    mine.annotation.post_annotation(table, rows(places, 3))
    assert mine.materialize.ingest_annotation_table(table) == 200
    version = own.cave.versions.materialize()
    fresh = own.client()
    assert fresh.materialize.version == version.number
    assert sorted(fresh.materialize.query_table(table).tag) == ["cell 0", "cell 1", "cell 2"]
    assert fresh.materialize.tables[table](tag="cell 1").query().pt_supervoxel_id.tolist() == [places[1][1]]
