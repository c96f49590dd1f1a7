"""Queries by the client, against pandas over the frozen files."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from members import exercises

from caveclient_gen import errors
from caveclient_gen.offline.moments import as_datetime, as_micros


@pytest.fixture(scope="module")
def mat(client):
    return client.materialize


def same_rows(found, expected):
    """Whether two tables have the same ids."""
    assert sorted(found.id) == sorted(expected.id)
    assert len(found) > 0


def inside(rows, column, box):
    """Return rows whose position lies in a box."""
    places = rows[[f"{column}_{axis}" for axis in "xyz"]].to_numpy()
    return rows[((places >= box[0]) & (places <= box[1])).all(axis=1)]


FILTERS = {
    "filter_in_dict": (
        lambda c: {"pre_pt_root_id": [c.pre, c.post]},
        lambda t, c: t.pre_pt_root_id.isin([c.pre, c.post]),
    ),
    "filter_out_dict": (lambda c: {"pre_pt_root_id": [c.pre]}, lambda t, c: t.pre_pt_root_id != c.pre),
    "filter_equal_dict": (lambda c: {"post_pt_root_id": c.post}, lambda t, c: t.post_pt_root_id == c.post),
    "filter_greater_dict": (lambda c: {"size": 500}, lambda t, c: t["size"] > 500),
    "filter_less_dict": (lambda c: {"size": 500}, lambda t, c: t["size"] < 500),
    "filter_greater_equal_dict": (lambda c: {"id": 250}, lambda t, c: t.id >= 250),
    "filter_less_equal_dict": (lambda c: {"id": 250}, lambda t, c: t.id <= 250),
}  # fmt: skip
"""Filter to a value that is made of cells, and the rows that it keeps."""


@pytest.mark.parametrize("name", FILTERS)
@exercises("materialize", "query_table", "join_query", "live_live_query")
def test_each_filter_keeps_the_rows_that_pandas_keeps(mat, frozen, cells, name):
    make, kept = FILTERS[name]
    table, value = frozen("synapses"), make(cells)
    expected = table[kept(table, cells)]
    same_rows(mat.query_table("synapses", **{name: value}), expected)
    joined = mat.join_query(
        [["synapses", "pre_pt_root_id"], ["nuclei", "pt_root_id"]],
        suffixes={"synapses": "", "nuclei": "_n"},
        **{name: {"synapses": value}},
    )
    pairs = expected.merge(frozen("nuclei"), left_on="pre_pt_root_id", right_on="pt_root_id")
    assert len(joined) == len(pairs)
    shortly_after = mat.get_timestamp(3) + timedelta(microseconds=1)
    same_rows(mat.live_live_query("synapses", shortly_after, **{name: {"synapses": value}}), expected)


@exercises("materialize", "query_table")
def test_pages_samples_and_columns(mat, frozen):
    table = frozen("synapses")
    assert len(mat.query_table("synapses", limit=7)) == 7
    assert len(mat.query_table("synapses", offset=490)) == len(table) - 490
    some = mat.query_table("synapses", random_sample=50)
    assert 0 < len(some) < len(table)
    assert set(some.id) <= set(table.id)
    chosen = mat.query_table("synapses", select_columns=["size", "id"], limit=3)
    assert set(chosen.columns) == {"size", "id"}
    assert mat.query_table("synapses", get_counts=True)["count"].tolist() == [len(table)]
    box = [[0, 0, 0], [6000, 30000, 400]]
    found = mat.query_table("synapses", filter_spatial_dict={"ctr_pt_position": box})
    same_rows(found, inside(table, "ctr_pt_position", box))
    kinds = mat.query_table("cell_types", filter_regex_dict={"cell_type": "^L[0-9]"})
    assert sorted(kinds.cell_type) == sorted(
        kind for kind in frozen("cell_types").cell_type if kind[0] == "L"
    )


@exercises("materialize", "query_table", "join_query", "desired_resolution")
def test_positions_in_the_unit_that_is_asked_for(served, mat, frozen):
    nuclei = frozen("nuclei").set_index("id")
    nanometres = nuclei[[f"pt_position_{axis}" for axis in "xyz"]].to_numpy() * [4, 4, 40]
    found = mat.query_table("nuclei", desired_resolution=[1, 1, 1]).set_index("id").loc[nuclei.index]
    np.testing.assert_allclose(np.vstack(found.pt_position), nanometres)
    split = mat.query_table("nuclei", desired_resolution=[8, 8, 40], split_positions=True).set_index("id")
    split = split.loc[nuclei.index][[f"pt_position_{axis}" for axis in "xyz"]].to_numpy(float)
    np.testing.assert_allclose(split * [8, 8, 40], nanometres)
    fine = served.client().materialize
    fine.desired_resolution = [1000, 1000, 1000]
    joined = fine.join_query(
        [["cell_types", "target_id"], ["nuclei", "id"]], suffixes={"cell_types": "", "nuclei": "_n"}
    )
    expected = nuclei.loc[joined.target_id][[f"pt_position_{axis}" for axis in "xyz"]].to_numpy()
    np.testing.assert_allclose(np.vstack(joined.pt_position), expected * [4, 4, 40] / 1000, atol=1e-3)


@exercises("materialize", "query_table", "join_query")
def test_a_reference_table_comes_with_what_it_refers_to(mat, frozen):
    types, nuclei = frozen("cell_types"), frozen("nuclei")
    expected = types.merge(nuclei, left_on="target_id", right_on="id", suffixes=("", "_ref")).set_index("id")
    found = mat.query_table("cell_types").set_index("id").loc[expected.index]
    assert found.pt_root_id.tolist() == expected.pt_root_id.tolist()
    assert found.id_ref.tolist() == expected.id_ref.tolist()
    plain = mat.query_table("cell_types", merge_reference=False)
    assert "pt_root_id" not in plain
    assert dict(zip(plain.id, plain.cell_type, strict=True)) == expected.cell_type.to_dict()
    joined = mat.join_query(
        [["cell_types", "target_id"], ["nuclei", "id"]], suffixes={"cell_types": "_t", "nuclei": "_n"}
    )
    assert sorted(joined.id_t) == sorted(expected.index)
    assert joined.set_index("id_t").pt_root_id.to_dict() == expected.pt_root_id.to_dict()


@exercises("materialize", "synapse_query", "synapse_table")
def test_synapses_by_their_cells(served, mat, frozen, cells):
    table = frozen("synapses")
    assert mat.synapse_table == served.cave.facts.synapse_table
    for ids in (cells.pre, [cells.pre], np.array([cells.pre, cells.post]), cells.frozen):
        wanted = table[table.pre_pt_root_id.isin(np.atleast_1d(ids))]
        own = wanted.pre_pt_root_id == wanted.post_pt_root_id
        same_rows(mat.synapse_query(pre_ids=ids), wanted[~own])
        same_rows(mat.synapse_query(pre_ids=ids, remove_autapses=False), wanted)
    pair = table[(table.pre_pt_root_id == cells.pre) & (table.post_pt_root_id == cells.post)]
    same_rows(mat.synapse_query(cells.pre, cells.post), pair)
    box = [[0, 0, 0], [6000, 30000, 400]]
    found = mat.synapse_query(bounding_box=box, remove_autapses=False)
    same_rows(found, inside(table, "post_pt_position", box))
    assert len(mat.synapse_query(pre_ids=[])) == 0


@exercises("materialize", "live_live_query", "live_query")
def test_rows_of_any_moment(served, mat, frozen):
    """live_live_query has the rows of the moment; live_query those of the version before, with its roots."""
    segmentation, annotations = served.cave.segmentation, served.cave.annotations
    second, third = mat.get_timestamp(2), mat.get_timestamp(3)
    for moment in (second + (third - second) / 2, third + timedelta(days=30), datetime.now(UTC)):
        at = as_micros(moment)
        rows = annotations.rows_at("synapses", at).to_pandas()
        found = mat.live_live_query("synapses", moment)
        assert found.set_index("id").pre_pt_root_id.to_dict() == rows.set_index("id").pre_pt_root_id.to_dict()
        base = frozen("synapses", 2 if moment < third else 3).set_index("id")
        found = mat.live_query("synapses", moment).set_index("id").loc[base.index]
        roots = segmentation.roots(base.post_pt_supervoxel_id, at=at)
        assert found.post_pt_root_id.tolist() == roots.tolist()


@exercises("materialize", "live_query", "query_table", "synapse_query", "map_filters", "cg_client")
def test_a_cell_of_now_has_its_synapses_live(served, client, mat, cells):
    assert mat.cg_client is client.chunkedgraph
    now = datetime.now(UTC)
    rows = served.cave.annotations.rows_at("synapses", as_micros(now)).to_pandas()
    frozen_ids = set(mat.query_table("synapses", select_columns=["id"]).id)
    expected = rows[(rows.pre_pt_root_id == cells.edited) & rows.id.isin(frozen_ids)]
    same_rows(mat.live_query("synapses", now, filter_equal_dict={"pre_pt_root_id": cells.edited}), expected)
    same_rows(
        mat.query_table("synapses", filter_in_dict={"pre_pt_root_id": [cells.edited]}, timestamp=now),
        expected,
    )
    own = expected.pre_pt_root_id == expected.post_pt_root_id
    same_rows(mat.synapse_query(pre_ids=cells.edited, timestamp=now), expected[~own])
    (past,), future = mat.map_filters([{"pre_pt_root_id": [cells.edited]}], now, mat.get_timestamp(2))
    roots = served.cave.segmentation.roots(expected.pre_pt_supervoxel_id, at=as_micros(mat.get_timestamp(2)))
    assert set(roots.tolist()) <= {int(one) for one in past["pre_pt_root_id"]}
    assert set(future) <= {int(one) for one in past["pre_pt_root_id"]}


@exercises("materialize", "live_query", "live_live_query")
def test_ids_that_are_no_more_are_refused_live(served, mat, cells):
    ends = served.cave.segmentation.root_ends(cells.frozen)
    gone = cells.frozen[ends != -1][:1].tolist()
    wanted = {"pre_pt_root_id": gone}
    with pytest.raises(errors.InvalidArgumentError, match="suggest_latest_roots"):
        mat.live_query("synapses", "now", filter_in_dict=wanted)
    with pytest.raises(errors.BadRequestError, match="not valid at the query timestamp"):
        mat.live_live_query("synapses", "now", filter_in_dict={"synapses": wanted})
    allowed = mat.live_live_query(
        "synapses", "now", filter_in_dict={"synapses": wanted}, allow_invalid_root_ids=True
    )
    assert len(allowed) == 0
    assert list(allowed.columns) == list(mat.live_live_query("synapses", "now", limit=1).columns)


@exercises("materialize", "live_live_query", "query_table", "get_timestamp")
def test_an_expired_version_is_asked_for_by_its_moment(served, mat):
    with pytest.raises(errors.ExpiredVersionError, match=r"get_timestamp\(\.\.\.\), to live_live_query"):
        mat.query_table("synapses", materialization_version=1)
    found = mat.live_live_query("synapses", mat.get_timestamp(1)).set_index("id")
    expected = pd.read_parquet(served.cave.versions.file(1, "synapses")).set_index("id")
    assert found.pre_pt_root_id.to_dict() == expected.pre_pt_root_id.to_dict()
    with pytest.raises(errors.BadRequestError, match="materialized timestamp"):
        mat.live_live_query("synapses", mat.get_timestamp(2))
    assert as_datetime(served.cave.versions.get(1).moment) == mat.get_timestamp(1)


@exercises(
    "materialize", "query_view", "get_views", "get_view_metadata", "get_view_schema", "get_view_schemas"
)
@exercises("materialize", "live_live_query")
def test_views(mat, frozen, cells):
    table = frozen("synapses")
    pairs = table[table.pre_pt_root_id != table.post_pt_root_id]
    pairs = pairs.groupby(["pre_pt_root_id", "post_pt_root_id"]).size()
    views = mat.get_views()
    assert set(views) == {"connections", "nucleus_types"}
    assert views["connections"]["description"] == mat.get_view_metadata("connections")["description"]
    assert mat.get_view_schemas()["connections"] == mat.get_view_schema("connections")
    found = mat.query_view("connections", filter_equal_dict={"pre_pt_root_id": cells.pre})
    assert set(found.columns) == set(mat.get_view_schema("connections"))
    assert found.set_index("post_pt_root_id").n_syn.to_dict() == pairs[cells.pre].to_dict()
    assert mat.query_view("connections", get_counts=True)["count"].tolist() == [len(pairs)]
    many = mat.query_view("connections", filter_greater_equal_dict={"n_syn": 3})
    assert len(many) == (pairs >= 3).sum()
    now = mat.query_view("nucleus_types", materialization_version=0)
    assert len(now) >= len(mat.query_view("nucleus_types"))
    with pytest.raises(errors.NotFoundError, match="it is a view"):
        mat.live_live_query("connections", "now")
