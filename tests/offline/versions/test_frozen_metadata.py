"""Versions, tables and views over HTTP, asked by the client."""

from datetime import UTC, timedelta

import pytest
from fixed_tables import tags
from frozen_bench import EXPIRED, FIRST, SECOND, imported_rows
from tubes import FACTS, NUCLEUS_TYPES

from caveclient_gen.errors import CAVEError, ExpiredVersionError, NotFoundError, PermissionDeniedError
from caveclient_gen.materializationengine import MaterializationClient
from caveclient_gen.offline.moments import as_datetime

TABLES = ["nuclei", "cell_types", "tags", "grouped", "secret", "synapses"]


@pytest.fixture
def mat(bench_server):
    return bench_server.client().materialize


# ---- versions


def test_versions_that_are_offered(mat):
    assert mat.get_versions() == [1, 2]
    assert mat.get_versions(expired=True) == [1, 2, 9]
    assert mat.most_recent_version() == 2
    assert mat.version == 2


def test_moments(mat):
    assert mat.get_timestamp() == SECOND
    assert mat.get_timestamp(version=1) == FIRST
    assert mat.get_timestamp(version=9) == EXPIRED
    assert {one["version"]: one["time_stamp"] for one in mat.get_versions_metadata()} == {1: FIRST, 2: SECOND}


def test_a_version_is_described(mat, bench_server):
    version = bench_server.cave.versions.get(2)
    assert mat.get_version_metadata() == {
        "datastack": "testds",
        "id": 2,
        "version": 2,
        "time_stamp": SECOND,
        "expires_on": as_datetime(version.expires),
        "is_merged": True,
        "status": "AVAILABLE",
        "valid": True,
    }


def test_an_expired_version_is_known_and_not_offered(mat):
    (record,) = [one for one in mat.get_versions_metadata(expired=True) if one["version"] == 9]
    assert record == mat.get_version_metadata(9)
    assert (record["valid"], record["status"]) == (False, "EXPIRED")
    assert record["expires_on"] == EXPIRED + timedelta(days=5)
    assert mat.get_tables(version=9) == TABLES
    assert mat.get_table_metadata("nuclei", version=9)["valid"]
    with pytest.raises(ExpiredVersionError, match="not available"):
        mat.neuroglancer_segprop_info("nuclei", materialization_version=9)


def test_unknown_versions_are_refused(mat):
    for ask in (mat.get_version_metadata, mat.get_timestamp, lambda number: mat.get_tables(version=number)):
        with pytest.raises(NotFoundError):
            ask(99)


def test_a_version_ends_when_its_time_has_come(own_server, monkeypatch):
    client = own_server.client().materialize
    ends = own_server.cave.versions.get(2).expires
    assert client.get_versions() == [1, 2]
    monkeypatch.setattr(own_server.cave.store.clock, "now", lambda **_: ends)
    fresh = own_server.client().materialize
    assert 2 not in fresh.get_versions()
    assert 2 in fresh.get_versions(expired=True)


def test_a_dataset_without_versions(tmp_path):
    from caveclient_gen.offline import Dataset, serve

    with serve(Dataset.create(tmp_path / "empty.cave", FACTS)) as server:
        client = server.client().materialize
        assert client.get_versions() == []
        with pytest.raises(NotFoundError):
            client.get_versions_metadata()
        with pytest.raises(CAVEError, match="no version"):
            client.most_recent_version()


# ---- tables


def test_tables_in_the_order_in_which_they_were_made(mat):
    assert mat.get_tables() == TABLES
    assert mat.list_tables() == TABLES
    assert [one["table_name"] for one in mat.get_tables_metadata()] == TABLES


def test_a_table_is_described(mat):
    record = mat.get_table_metadata("nuclei")
    assert record["schema"] == record["schema_type"] == "nucleus_detection"
    assert record["notice_text"] == "please cite the bench"
    assert record["voxel_resolution"] == [4.0, 4.0, 40.0]
    assert record["pcg_table_name"] == "testpcg"
    reference = mat.get_table_metadata("cell_types")
    assert reference["reference_table"] == "nuclei"
    assert "pcg_table_name" not in reference


def test_unknown_tables_are_refused(mat):
    with pytest.raises(NotFoundError, match="No table named 'nope' found for version '2'"):
        mat.get_table_metadata("nope")


def test_the_managers_list_tables_and_views(bench_server):
    mat = bench_server.client().materialize
    assert sorted(mat.tables.find("")) == sorted(TABLES)
    assert "cell_type" in mat.tables.cell_types.fields
    assert mat.views.find("") == ["nucleus_types"]


def test_everybody_is_told_of_private_tables(bench_server):
    mat = bench_server.client("viewer").materialize
    assert mat.get_tables() == TABLES
    assert mat.get_table_metadata("secret")["read_permission"] == "PRIVATE"


def test_who_has_no_rights_is_told_nothing(bench_server):
    with pytest.raises(PermissionDeniedError):
        bench_server.client("stranger").materialize.get_versions()


# ---- views


def test_views(mat):
    assert [*mat.get_views()] == ["nucleus_types"]
    assert mat.get_view_metadata("nucleus_types")["description"] == NUCLEUS_TYPES.description
    schema = {column: {"type": kind} for column, kind in NUCLEUS_TYPES.columns.items()}
    assert mat.get_view_schema("nucleus_types") == schema
    assert mat.get_view_schemas() == {"nucleus_types": schema}
    with pytest.raises(NotFoundError):
        mat.get_view_metadata("nope")


def test_live_views_are_those_that_may_be(own_server):
    from dataclasses import replace

    own_server.cave.versions.define_view(replace(NUCLEUS_TYPES, name="frozen_only", live_compatible=False))
    mat = own_server.client().materialize
    assert [*mat.get_views(2)] == ["nucleus_types", "frozen_only"]
    assert [*mat.get_views(0)] == ["nucleus_types"]


# ---- API 2


def test_a_client_of_api_2(bench_server, caplog):
    client = bench_server.client()
    mat = MaterializationClient(
        bench_server.address,
        datastack_name="testds",
        auth_client=client.auth,
        api_version=2,
        over_client=client,
    )
    assert mat.get_versions() == [1, 2]
    assert mat.get_timestamp() == SECOND
    assert [one["version"] for one in mat.get_versions_metadata()] == [1, 2]
    assert mat.get_tables() == TABLES
    assert mat.get_table_metadata("nuclei")["annotation_table"] == "nuclei"
    assert "please cite the bench" in caplog.text


# ---- a new version


def test_a_new_version_is_one_call_and_the_old_ones_stay(own_server):
    cave = own_server.cave
    folder = own_server.dataset.path / "versions"

    def old_files():
        return {file: file.read_bytes() for number in "129" for file in (folder / number).iterdir()}

    files, records = old_files(), cave.versions.all()
    client = own_server.client()
    before = client.materialize.neuroglancer_segprop_info("nuclei", materialization_version=2)
    cave.annotations.delete(1, "nuclei", [1])
    cave.annotations.update_metadata(1, "nuclei", {"description": "five nuclei"})
    version = cave.versions.materialize()
    assert version.number == 10

    client = own_server.client()
    assert client.materialize.get_versions() == [1, 2, 10]
    assert client.materialize.version == 10
    assert client.materialize.get_timestamp().astimezone(UTC) == as_datetime(version.moment)
    assert client.materialize.get_table_metadata("nuclei")["description"] == "five nuclei"
    assert client.materialize.get_table_metadata("nuclei", version=2)["description"] != "five nuclei"
    now = client.materialize.neuroglancer_segprop_info("nuclei")
    assert len(now["inline"]["ids"]) == 5
    assert client.materialize.neuroglancer_segprop_info("nuclei", materialization_version=2) == before
    assert old_files() == files
    assert cave.versions.all()[:3] == records


def test_roots_are_those_of_the_version(bench_server):
    mat = bench_server.client().materialize
    (first, second) = (
        mat.neuroglancer_segprop_info("nuclei", materialization_version=version)["inline"]["ids"]
        for version in (1, 2)
    )
    live = mat.neuroglancer_live_segprop_info("nuclei")["inline"]["ids"]
    # The third nucleus is in C, which was merged between the versions; the fourth in D, merged afterwards.
    assert [a == b for a, b in zip(first, second, strict=True)] == [True, True, False, True, True, True]
    assert [a == b for a, b in zip(second, live, strict=True)] == [True, True, True, False, True, True]


def test_an_imported_table_stands_in_its_version_only(own_server):
    own_server.cave.versions.add_frozen(2, "notes", imported_rows(), {"schema_type": "notes"})
    own_server.cave.versions.add_frozen(1300, "neurons", tags(1, 2), {"schema_type": "bound_tag"})
    mat = own_server.client().materialize
    assert mat.get_tables(version=2) == [*TABLES, "notes"]
    assert mat.get_tables(version=1300) == ["neurons"]
    assert mat.get_table_metadata("notes", version=2)["schema"] == "notes"
    assert mat.neuroglancer_segprop_info("neurons")["inline"]["ids"] == [str(2**58 + 1), str(2**58 + 2)]
