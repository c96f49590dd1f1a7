"""What materialize says of versions and tables; queries by `tables` and `views`; layers for viewers."""

import struct
from datetime import UTC, datetime

import numpy as np
import pytest
import requests
from members import exercises

from caveclient_gen import errors
from caveclient_gen.offline.moments import as_datetime

TABLES = ["cell_types", "nuclei", "proofreading_status", "synapses", "tags"]


@pytest.fixture(scope="module")
def mat(client):
    return client.materialize


@exercises("materialize", "get_versions", "get_versions_metadata", "get_version_metadata", "get_timestamp")
@exercises("materialize", "most_recent_version", "version", "version_of", "datastack_name", "homepage")
def test_versions(served, mat):
    known = served.cave.versions.all()
    assert (mat.get_versions(), mat.get_versions(expired=True)) == ([2, 3], [1, 2, 3])
    assert (mat.version, mat.most_recent_version(), mat.version_of()) == (3, 3, 3)
    for version, record in zip(known, mat.get_versions_metadata(expired=True), strict=True):
        assert mat.get_timestamp(version.number) == as_datetime(version.moment) == record["time_stamp"]
        assert mat.get_version_metadata(version.number)["version"] == version.number
        assert record["expires_on"] == as_datetime(version.expires)
        assert record["valid"] == (as_datetime(version.expires) > datetime.now(UTC))
    assert mat.datastack_name == "minicortex"
    assert mat.homepage == f"{served.address}/materialize/views/datastack/minicortex"
    assert requests.get(mat.homepage, headers=mat.fc.auth.request_header, timeout=10).status_code == 404


@exercises("materialize", "get_tables", "get_tables_metadata", "get_table_metadata", "get_annotation_count")
@exercises("materialize", "list_tables", "get_unique_string_values")
def test_tables(mat, frozen, client):
    assert sorted(mat.get_tables()) == sorted(mat.list_tables()) == TABLES
    records = {one["table_name"]: one for one in mat.get_tables_metadata()}
    assert sorted(records) == TABLES
    for table in TABLES:
        rows = frozen(table)
        assert mat.get_annotation_count(table) == len(rows)
        assert mat.get_annotation_count(table, version=2) == len(frozen(table, 2))
        record = mat.get_table_metadata(table)
        assert record["voxel_resolution"] == client.annotation.get_table_metadata(table)["voxel_resolution"]
        assert record["schema"] == records[table]["schema"]
        texts = mat.get_unique_string_values(table)
        assert set(texts) == set(rows.select_dtypes(["object", "string"]))
        assert all(sorted(rows[column].unique()) == sorted(values) for column, values in texts.items())


@exercises("materialize", "tables", "views")
@exercises("manager", "table_names", "find", "to_frame", "keys", "values", "items", "get")
def test_queries_by_table(mat, frozen, cells):
    synapses, types = frozen("synapses"), frozen("cell_types")
    assert mat.tables.table_names == TABLES
    assert list(mat.tables.keys()) == list(dict(mat.tables.items())) == TABLES
    assert list(mat.tables.values())[TABLES.index("tags")] is mat.tables.get("tags")
    assert mat.tables.find("syn") == ["synapses"]
    assert sorted(mat.tables.to_frame().index) == TABLES
    query = mat.tables.synapses(pre_pt_root_id=[cells.pre, cells.post], size={">": 300})
    rows = synapses[synapses.pre_pt_root_id.isin([cells.pre, cells.post]) & (synapses["size"] > 300)]
    assert sorted(query.query().id) == sorted(rows.id)
    assert query.query(get_counts=True)["count"].tolist() == [len(rows)]
    box = [[0, 0, 0], [6000, 30000, 400]]
    places = frozen("nuclei")[[f"pt_position_{axis}" for axis in "xyz"]].to_numpy()
    inside = frozen("nuclei")[((places >= box[0]) & (places <= box[1])).all(axis=1)]
    assert sorted(mat.tables.nuclei(pt_position_bbox=box).query().id) == sorted(inside.id)
    kind = types.cell_type.mode()[0]
    found = mat.tables.cell_types(cell_type=kind).query()
    assert sorted(found.target_id) == sorted(types[types.cell_type == kind].target_id)
    assert sorted(mat.tables["cell_types"](cell_type=kind).live_query("now").target_id) == sorted(
        found.target_id
    )
    assert sorted(mat.tables.cell_types(cell_type=kind).query(timestamp="now").id) == sorted(found.id)
    assert "cell_type" in repr(mat.tables.cell_types)
    with pytest.raises(errors.InvalidArgumentError, match="cell_type"):
        mat.tables.cell_types(cell_typ=kind)
    assert sorted(mat.views.table_names) == ["connections", "nucleus_types"]
    view = mat.views.nucleus_types(cell_type=kind).query()
    assert sorted(view.id) == sorted(found.target_id)


@exercises("materialize", "neuroglancer_annotation_path", "neuroglancer_annotation_info")
@exercises(
    "materialize", "neuroglancer_annotation", "neuroglancer_annotations_of", "neuroglancer_annotations_in"
)
def test_a_layer_of_annotations(client, mat, frozen):
    rows = frozen("tags").set_index("id")  # the newest version, as servers have it
    path = mat.neuroglancer_annotation_path("tags", for_neuroglancer=False)
    info = mat.neuroglancer_annotation_info("tags")
    plain = requests.get(f"{path}/info", headers=client.auth.request_header, timeout=10)
    assert plain.json() == info
    nanometres = rows[[f"pt_position_{axis}" for axis in "xyz"]].to_numpy() * [8, 8, 40]
    assert (np.array(info["lower_bound"]) <= nanometres.min(0)).all()
    assert (np.array(info["upper_bound"]) >= nanometres.max(0)).all()
    one = rows.index[0]
    assert struct.unpack_from("<3f", mat.neuroglancer_annotation("tags", one)) == tuple(nanometres[0])
    root = rows.pt_root_id.iloc[0]
    of_root = mat.neuroglancer_annotations_of("tags", "pt_root_id", root)
    assert struct.unpack_from("<Q", of_root)[0] == (rows.pt_root_id == root).sum()
    level = info["spatial"][-1]
    shape = level["grid_shape"]
    cells = [(x, y, z) for x in range(shape[0]) for y in range(shape[1]) for z in range(shape[2])]
    counts = [
        struct.unpack_from("<Q", mat.neuroglancer_annotations_in("tags", level["key"], *cell))[0]
        for cell in cells
    ]
    assert 0 < sum(counts) <= len(rows)


@exercises("materialize", "neuroglancer_segprop_path", "neuroglancer_segprop_info")
@exercises("materialize", "neuroglancer_live_segprop_info", "neuroglancer_view_segprop_info")
def test_properties_of_segments(served, client, mat, frozen):
    types = frozen("cell_types").merge(frozen("nuclei"), left_on="target_id", right_on="id")
    path = mat.neuroglancer_segprop_path("cell_types", for_neuroglancer=False)
    info = mat.neuroglancer_segprop_info("cell_types")
    assert requests.get(f"{path}/info", headers=client.auth.request_header, timeout=10).json() == info
    assert sorted(map(int, info["inline"]["ids"])) == sorted(types.pt_root_id)
    live = mat.neuroglancer_live_segprop_info("cell_types")
    now = served.cave.annotations.rows_at("cell_types", 2**60, with_roots=False).to_pandas()
    assert len(live["inline"]["ids"]) == len(now)
    view = mat.neuroglancer_view_segprop_info("nucleus_types")
    assert sorted(map(int, view["inline"]["ids"])) == sorted(types.pt_root_id)


NOT_OFFERED = {
    "check_deltalake_exists": ("tags",),
    "create_virtual_version": (3, ["tags"], "mine"),
    "discover_deltalake_specs": ("tags",),
    "dump_csv_table": ("tags",),
    "generate_upload_url": ("tags.csv",),
    "get_deltalake_export": ("tags",),
    "save_upload_metadata": ({},),
    "start_deltalake_export": ("tags",),
    "start_spatial_lookup": ("tags",),
    "start_upload": ("tags.csv", {}, {}),
}


@pytest.mark.parametrize("member", NOT_OFFERED)
@exercises("materialize", *NOT_OFFERED)
def test_what_needs_a_cloud_is_not_in_offline_cave(mat, member):
    with pytest.raises(errors.ServerError, match="does not offer it: Not in offline CAVE") as refused:
        getattr(mat, member)(*NOT_OFFERED[member])
    assert "may have happened" not in str(refused.value)


@exercises("materialize", "get_server_health", "get_upload_jobs", "get_upload_schemas", "get_upload_schema")
@exercises("materialize", "get_upload_schema_model", "get_upload_aligned_volumes", "get_deltalake_defaults")
@exercises("materialize", "get_active_spatial_lookups", "get_all_active_spatial_lookups")
@exercises("materialize", "get_spatial_lookup_details", "get_spatial_lookup_status")
@exercises("materialize", "get_upload_status", "cancel_upload")
def test_jobs_of_which_there_are_none(served, client, mat):
    assert mat.get_server_health() == {"database": "ok"}
    assert mat.get_upload_jobs() == mat.get_active_spatial_lookups() == []
    assert mat.get_all_active_spatial_lookups() == []
    assert set(mat.get_upload_schemas()) < set(client.schema.get_schemas())  # some make no table
    definition = client.schema.schema_definition("bound_tag")
    assert mat.get_upload_schema("bound_tag")["definitions"].keys() == definition["definitions"].keys()
    assert {"id", "pt_position", "tag"} <= set(mat.get_upload_schema_model("bound_tag")["fields"])
    (volume,) = mat.get_upload_aligned_volumes()
    assert volume["aligned_volume"] == served.cave.facts.aligned_volume
    assert mat.get_deltalake_defaults()["target_partition_size_mb"] > 0
    for ask in (
        lambda: mat.get_spatial_lookup_details("none"),
        lambda: mat.get_spatial_lookup_status("tags"),
        lambda: mat.get_upload_status("none"),
        lambda: mat.cancel_upload("none"),
    ):
        with pytest.raises(errors.NotFoundError):
            ask()
