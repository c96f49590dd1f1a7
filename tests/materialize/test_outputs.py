"""The same rows as a pandas frame, an Arrow table and a polars frame, from every query, through real HTTP."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from materialize_bench import NOW, A, B
from tables_bench import tables_served

from caveclient_gen import errors
from caveclient_gen.positions import read_attrs, xyz

JOINED = [["cell_types", "target_id"], ["nuclei", "id"]]
MOMENT = "2024-01-04T00:00:00Z"


@pytest.fixture(scope="module")
def servers():
    with tables_served() as running:
        running.bench.tables["nucleus_types"] = running.bench.tables["nuclei"]
        yield running


@pytest.fixture(scope="module")
def materialize(servers):
    return servers.framework(synapse_table="synapses").materialize


def plain(value):
    """Return a cell as all three forms have it."""
    if value is None or (np.ndim(value) == 0 and pd.isna(value)):
        return None
    if np.ndim(value):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return pd.Timestamp(value).to_pydatetime()
    return value.item() if isinstance(value, np.generic) else value


def rows_of(frame):
    """Return the names of the columns, and their values."""
    if isinstance(frame, pa.Table):
        columns = {name: frame[name].to_pylist() for name in frame.column_names}
    elif isinstance(frame, pl.DataFrame):
        columns = {name: frame[name].to_list() for name in frame.columns}
    else:
        columns = {name: frame[name].tolist() for name in frame.columns}
    return {name: [plain(value) for value in values] for name, values in columns.items()}


QUERIES = {
    "query_table": lambda m, **o: m.query_table("synapses", **o),
    "filter_out": lambda m, **o: m.query_table("synapses", filter_out_dict={"pre_pt_root_id": [A]}, **o),
    "columns": lambda m, **o: m.query_table("synapses", select_columns=["ctr_pt_position", "id"], **o),
    "no rows": lambda m, **o: m.query_table("synapses", filter_in_dict={"id": []}, **o),
    "no position": lambda m, **o: m.query_table("flat", **o),
    "missing point": lambda m, **o: m.query_table("nuclei", **o),
    "reference": lambda m, **o: m.query_table("cell_types", **o),
    "moment": lambda m, **o: m.query_table("synapses", timestamp=MOMENT, **o),
    "join_query": lambda m, **o: m.join_query(JOINED, suffixes=["_ct", "_n"], **o),
    "query_view": lambda m, **o: m.query_view("nucleus_types", **o),
    "live_query": lambda m, **o: m.live_query("synapses", MOMENT, **o),
    "live_live_query": lambda m, **o: m.live_live_query("synapses", NOW, **o),
    "synapse_query": lambda m, **o: m.synapse_query(pre_ids=[A, B], **o),
    "synapse_query, live": lambda m, **o: m.synapse_query(post_ids=B, timestamp=MOMENT, **o),
    "tables": lambda m, **o: m.tables.synapses(id=[1, 2]).query(**o),
    "tables, joined": lambda m, **o: m.tables.cell_types().query(**o),
    "tables, joined and live": lambda m, **o: m.tables.cell_types().query(timestamp=MOMENT, **o),
    "tables, live": lambda m, **o: m.tables.synapses().live_query(NOW, **o),
    "views": lambda m, **o: m.views.nucleus_types().query(**o),
}


SPLIT = ("query_table", "columns", "no rows", "missing point")


@pytest.mark.parametrize(
    ("name", "split"), [*((name, False) for name in QUERIES), *((n, True) for n in SPLIT)]
)
def test_all_forms_have_the_same_rows(materialize, name, split):
    query = QUERIES[name]
    frame = query(materialize, split_positions=split)
    assert (len(frame) > 0) == (name != "no rows")
    table = query(materialize, split_positions=split, output="arrow")
    polars = query(materialize, split_positions=split, output="polars")
    assert isinstance(table, pa.Table)
    assert isinstance(polars, pl.DataFrame)
    assert rows_of(table) == rows_of(polars) == rows_of(frame)
    assert read_attrs(table) == frame.attrs != {}
    assert read_attrs(polars) == {}
    for name in frame.cave.positions:
        expected = frame.cave.xyz(name)
        for one in (table, polars):
            assert np.array_equal(xyz(one, name, resolution=frame.cave.resolution), expected, equal_nan=True)


def test_types(servers, materialize):
    naive = pa.array([datetime(2024, 1, 2), None], pa.timestamp("us"))
    servers.bench.tables["timed"] = servers.bench.tables["nuclei"].append_column("created", naive)
    table = materialize.query_table("timed", output="arrow")
    assert dict(zip(table.schema.names, table.schema.types, strict=True)) == {
        "id": pa.int64(),
        "pt_position": pa.list_(pa.int32(), 3),
        "pt_supervoxel_id": pa.int64(),
        "pt_root_id": pa.int64(),
        "created": pa.timestamp("us", "UTC"),
    }
    assert table["pt_position"].null_count == 1
    assert table["created"].to_pylist() == [datetime(2024, 1, 2, tzinfo=UTC), None]
    polars = materialize.query_table("timed", output="polars")
    assert polars.schema == {
        "id": pl.Int64(),
        "pt_position": pl.Array(pl.Int32, 3),
        "pt_supervoxel_id": pl.Int64(),
        "pt_root_id": pl.Int64(),
        "created": pl.Datetime("us", "UTC"),
    }


def keeps_attrs():
    """Whether this version of pyarrow takes `attrs` into tables and back; older ones leave it to pandas."""
    frame = pd.DataFrame({"id": [1]})
    frame.attrs["table_name"] = "t"
    return pa.Table.from_pandas(frame).to_pandas().attrs == frame.attrs


def test_what_pandas_wrote_tells_of_its_query(materialize, tmp_path):
    ours = materialize.query_table("synapses", split_positions=True)
    ours.to_parquet(tmp_path / "rows.parquet")
    table = pq.read_table(tmp_path / "rows.parquet")
    assert read_attrs(table) == ours.attrs
    assert np.array_equal(xyz(table, "ctr_pt"), ours.cave.xyz("ctr_pt"))


def test_ids_stay_exact_when_a_table_becomes_a_frame(materialize, tmp_path):
    table = materialize.query_table("synapses", output="arrow")
    pq.write_table(table, tmp_path / "rows.parquet")
    ours = materialize.query_table("synapses")
    read = pd.read_parquet(tmp_path / "rows.parquet")
    for frame in (read, table.to_pandas(), pq.read_table(tmp_path / "rows.parquet").to_pandas()):
        assert frame["pre_pt_root_id"].tolist() == [A, A, B, B, B, pd.NA]
        assert frame.dtypes.equals(ours.dtypes)
        if frame is read or keeps_attrs():
            assert frame.attrs == ours.attrs
            assert np.array_equal(frame.cave.xyz("ctr_pt"), ours.cave.xyz("ctr_pt"))
    fewer = table.select(["id", "pre_pt_root_id"]).rename_columns(["id", "root"])
    assert fewer.to_pandas()["id"].tolist() == [1, 2, 3, 4, 5, 6]


def test_positions_are_scaled_where_the_server_does_not(servers, materialize):
    servers.bench.sends_resolution = False
    try:
        for split in (False, True):
            asked = {"desired_resolution": [8, 8, 40], "split_positions": split, "output": "arrow"}
            table = materialize.query_table("synapses", **asked)
            assert read_attrs(table)["dataframe_resolution"] == [8.0, 8.0, 40.0]
            assert xyz(table, "ctr_pt", unit="voxel")[0].tolist() == [5.0, 5.0, 10.0]
        assert table.schema.field("ctr_pt_position_x").type == pa.float64()
        # Nobody said in what resolution positions are: it is that in which the table is stored.
        assert materialize.query_table("synapses").cave.resolution == [4.0, 4.0, 40.0]
    finally:
        servers.bench.sends_resolution = True


def test_ones_in_place_of_missing_ids_are_null(servers, materialize):
    synapses = servers.bench.tables["synapses"]
    filled = pc.fill_null(synapses["pre_pt_root_id"], 1)
    servers.bench.tables["ones"] = synapses.set_column(
        synapses.column_names.index("pre_pt_root_id"), "pre_pt_root_id", filled
    )
    servers.bench.merged = False
    try:
        table = servers.bench.client(version=2).query_table("ones", output="arrow")
        assert table["pre_pt_root_id"].to_pylist() == [A, A, B, B, B, None]
    finally:
        servers.bench.merged = True


def test_counts_have_the_form_that_was_asked_for(materialize):
    for output, kind in (("arrow", pa.Table), ("polars", pl.DataFrame)):
        counted = materialize.query_table("synapses", get_counts=True, output=output)
        assert isinstance(counted, kind)
        assert rows_of(counted) == {"count": [6]}


@pytest.mark.parametrize(("output", "kind"), [("arrow", pa.Table), ("polars", pl.DataFrame)])
def test_what_came_of_a_cut_answer_has_the_form_that_was_asked_for(servers, materialize, output, kind):
    servers.bench.cap = 3
    try:
        with pytest.raises(errors.TruncatedResultError) as caught:
            materialize.query_table("synapses", filter_out_dict={"id": [1]}, output=output)
    finally:
        servers.bench.cap = 200_000
    assert isinstance(caught.value.partial, kind)
    assert rows_of(caught.value.partial)["id"] == [2, 3]


def test_what_has_no_answer_is_refused_before_anything_is_sent(servers, materialize):
    materialize.query_table("synapses")
    before = len(servers.bench.asked)
    with pytest.raises(errors.InvalidArgumentError, match="Leave out return_df=False with output='arrow'"):
        materialize.query_table("synapses", return_df=False, output="arrow")
    with pytest.raises(
        errors.InvalidArgumentError, match="Pass output as one of 'pandas', 'arrow', 'polars'"
    ):
        materialize.join_query(JOINED, output="dataframe")
    assert len(servers.bench.asked) == before


def test_polars_is_asked_for_before_anything_is_sent(servers, materialize, monkeypatch):
    materialize.query_table("synapses")
    before = len(servers.bench.asked)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=r"pip install 'caveclient-gen\[polars\]'"):
        materialize.query_table("synapses", output="polars")
    assert len(servers.bench.asked) == before


def test_without_metadata_nothing_is_remembered(materialize):
    table = materialize.query_table("synapses", metadata=False, output="arrow")
    assert read_attrs(table) == {}
    assert xyz(table, "ctr_pt", unit="voxel")[0].tolist() == [10, 10, 10]
    with pytest.raises(errors.InvalidArgumentError, match="Pass resolution, the nm"):
        xyz(table, "ctr_pt")
