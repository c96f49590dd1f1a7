"""Queries through the client, from keyword to frame."""

import dataclasses
import json
import time
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from bench import NOW, RECORDINGS, Guests, bench, client_of

from caveclient_gen.errors import BadRequestError, NotFoundError, TruncatedResultError
from caveclient_gen.offline.moments import as_datetime
from caveclient_gen.offline.serving import serve


class RecordedSchemas:
    """The schema service, as it was recorded."""

    def schema_definition(self, name):
        """Return the definition of a schema."""
        return self.schema_definition_all()[name]

    def schema_definition_multi(self, names):
        """Return the definitions of several schemas."""
        return {name: self.schema_definition(name) for name in names}

    def schema_definition_all(self):
        """Return the definitions of all schemas."""
        for path in sorted((RECORDINGS / "schema").iterdir()):
            for exchange in json.loads(path.read_text())["exchanges"]:
                if exchange["request"]["url"].endswith("/types_all"):
                    return json.loads(exchange["response"]["body"]["text"])
        raise LookupError("no recording has all definitions")


@pytest.fixture(scope="module")
def managed(served):
    """A client whose table manager knows schemas."""
    return client_of(served, over_client=SimpleNamespace(schema=RecordedSchemas(), desired_resolution=None))


def test_a_table_is_a_frame(materialize):
    frame = materialize.query_table("synapses")
    assert len(frame) == 40
    assert frame["pre_pt_root_id"].dtype == "Int64"
    assert frame["size"].dtype == "Float32"
    assert frame["pre_pt_position"][0].shape == (3,)
    assert frame.attrs["truncated"] is False


def test_filters_find_columns_of_the_reference_table(materialize):
    root = int(materialize.query_table("nuclei", filter_equal_dict={"id": 4})["pt_root_id"].iloc[0])
    frame = materialize.query_table("cell_types", filter_equal_dict={"pt_root_id": root})
    assert frame["cell_type"].tolist() == ["BC"]
    with pytest.raises(BadRequestError, match="there is no 'nope' in"):
        materialize.query_table("cell_types", filter_equal_dict={"nope": 1})
    with pytest.raises(BadRequestError, match="there is no 'nope' in synapses"):
        materialize.query_table("synapses", filter_equal_dict={"nope": 1})


def test_exclusion_counts_and_samples(materialize):
    assert materialize.query_table("synapses", filter_out_dict={"id": [1, 2, 3]})["id"].min() > 3
    assert int(materialize.query_table("synapses", get_counts=True)["count"].iloc[0]) == 40
    assert materialize.get_annotation_count("synapses") == 40
    assert len(materialize.query_table("synapses", random_sample=7)) == 7


def test_joins_synapses_and_texts(materialize):
    joined = materialize.join_query(
        [["cell_types", "target_id"], ["nuclei", "id"]], suffixes={"cell_types": "_ct", "nuclei": "_nuc"}
    )
    assert {"id_ct", "id_nuc", "valid_ct", "pt_root_id"} <= set(joined.columns)
    root = int(materialize.query_table("synapses")["post_pt_root_id"].mode()[0])
    inputs = materialize.synapse_query(post_ids=root)
    assert set(inputs["post_pt_root_id"]) == {root}
    assert materialize.get_unique_string_values("cell_types")["cell_type"] == [
        *("23P", "4P", "5P", "BC", "MC", "NGC"),
    ]


def test_views_and_moments(materialize):
    frame = materialize.query_view("nucleus_types", filter_equal_dict={"cell_type": "BC"})
    assert frame["id"].tolist() == [4]
    assert frame["volume"].dtype == "Float64"
    live = materialize.live_live_query("synapses", as_datetime(NOW))
    assert sorted(set(live["id"]) - set(materialize.query_table("synapses")["id"])) == [43, 44]
    assert live["valid"].all()
    scaled = materialize.live_live_query("nuclei", as_datetime(NOW), desired_resolution=[1, 1, 1])
    plain = materialize.live_live_query("nuclei", as_datetime(NOW))
    assert (np.stack(scaled["pt_position"]) == np.stack(plain["pt_position"]) * [4, 4, 40]).all()


def test_the_table_manager(managed):
    types = managed.tables.cell_types(cell_type=["23P", "BC"]).query()
    assert sorted(types["cell_type"]) == ["23P", "BC"]
    assert managed.tables.synapses(id=[1, 2]).query(get_counts=True)["count"].tolist() == [2]
    box = managed.tables.synapses(ctr_pt_position_bbox=[[0, 0, 0], [200, 200, 40]]).query()
    assert len(box) == 9  # as recorded
    live = managed.tables.synapses(id=[43]).live_query(as_datetime(NOW))
    assert live["id"].tolist() == [43]
    assert managed.views.nucleus_types(cell_type="BC").query()["id"].tolist() == [4]


def test_records_instead_of_a_frame(materialize):
    rows = materialize.query_table("tags", return_df=False)
    frame = materialize.query_table("tags")
    assert [row["pt_root_id"] for row in rows] == frame["pt_root_id"].tolist()
    assert rows[0]["tag"] == "tags 0"


def test_refusals_are_errors_of_their_kind(materialize):
    with pytest.raises(NotFoundError, match="version 99 not found in testds"):
        materialize.query_table("synapses", materialization_version=99)
    with pytest.raises(NotFoundError):
        materialize.query_view("nope")
    with pytest.raises(BadRequestError, match="pattern of RE2"):
        materialize.query_table("tags", filter_regex_dict={"tag": "("})


@pytest.fixture(scope="module")
def capped(tmp_path_factory):
    """The deployment with a cap of ten rows."""
    dataset = bench(tmp_path_factory.mktemp("capped") / "bench.cave")
    dataset.facts = dataclasses.replace(dataset.facts, row_cap=10)
    with serve(dataset) as server:
        server.cave.identity = Guests()
        yield client_of(server)


def test_the_cap_of_rows_is_said_and_the_client_notices(capped):
    with pytest.raises(TruncatedResultError) as cut:
        capped.query_table("synapses")
    assert len(cut.value.partial) == 10
    with pytest.raises(TruncatedResultError):
        capped.live_live_query("synapses", as_datetime(NOW))
    with pytest.raises(TruncatedResultError):
        capped.query_table("synapses", return_df=False)
    assert len(capped.query_table("synapses", limit=10)) == 10
    assert len(capped.query_table("synapses", limit=9, offset=35)) == 5
    assert len(capped.query_table("nuclei")) == 7
    # a list is asked in halves until each part is whole
    assert len(capped.query_table("synapses", filter_in_dict={"id": list(range(1, 43))})) == 40


def synapses(count):
    """Return rows of a large synapse table."""
    rng = np.random.default_rng(1)
    columns = {"id": np.arange(1, count + 1), "valid": np.ones(count, bool)}
    for point in ("pre_pt", "post_pt", "ctr_pt"):
        for axis in "xyz":
            columns[f"{point}_position_{axis}"] = rng.integers(0, 10**5, count).astype(np.int32)
        if point != "ctr_pt":
            columns[f"{point}_supervoxel_id"] = rng.integers(7 * 10**16, 8 * 10**16, count)
            columns[f"{point}_root_id"] = 864691135000000000 + rng.integers(0, 300, count)
    columns["size"] = rng.random(count).astype(np.float32)
    return pa.table(columns)


def test_fifty_thousand_synapses_take_less_than_a_tenth_of_a_second(tmp_path):
    from mixed import mixed_dataset, resolution

    dataset = mixed_dataset(tmp_path / "large.cave")
    rows = synapses(50_000)
    with dataset.open() as cave:
        cave.versions.add_frozen(1, "synapses", rows, resolution(4.0, 4.0, 40.0))
    with serve(dataset) as server:
        server.cave.identity = Guests()
        client = client_of(server, version=1)
        times = [1.0]
        while min(times) >= 0.1 and len(times) < 30:  # others may use this machine, too
            begun = time.perf_counter()
            frame = client.query_table("synapses")
            times.append(time.perf_counter() - begun)
        assert len(frame) == 50_000
        assert frame["pre_pt_root_id"].tolist() == rows["pre_pt_root_id"].to_pylist()
        assert min(times) < 0.1
