"""Versions, records and their caches; the filters' own rules; the public surface."""

from __future__ import annotations

import inspect
import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from materialize_bench import NOW, V1_AT, A, B, record

from caveclient_gen import errors
from caveclient_gen import materializationengine as public
from caveclient_gen.mixins.materialize.filters import join_filters, table_filters


def pinned(version):
    return SimpleNamespace(version=version, desired_resolution=None)


def test_making_a_client_sends_nothing(bench):
    client = bench.client(version=1)
    assert client.datastack_name == "ds"
    assert bench.asked == []
    assert "ds" in repr(client)


def test_version_is_the_newest_and_found_once(bench):
    client = bench.client()
    assert client.version == client.most_recent_version() == 2
    assert type(client.version) is int
    bench.versions["ds"][3] = NOW[:-1]
    assert client.version == 2, "all queries of a script see one version"


@pytest.mark.parametrize("value", [1, np.int64(1), np.uint8(1)])
def test_version_can_be_set(bench, value):  # F061
    client = bench.client()
    client.version = value
    assert client.version == 1
    assert client.get_timestamp() == datetime(2024, 1, 1, tzinfo=UTC)
    client.version = None
    assert client.version == 2


def test_expired_version_can_be_set(bench):
    bench.expired = {1}
    client = bench.client()
    client.version = 1
    assert client.version == 1


@pytest.mark.parametrize("bad", ["2", 1.0, True, pd.NA])
def test_version_is_a_whole_number(bench, bad):
    with pytest.raises(errors.InvalidArgumentError, match="Pass the version as an int"):
        bench.client().version = bad


def test_unknown_version_names_those_there_are(bench):
    with pytest.raises(ValueError, match=r"there is no 9\. Versions: 1, 2\."):
        bench.client().version = 9


def test_framework_clients_version_holds(bench):
    client = bench.client(over_client=pinned(np.int64(1)), version=2)
    assert client.version == 1
    assert client.query_table("synapses").attrs["materialization_version"] == 1
    with pytest.raises(errors.InvalidArgumentError, match=r"Set the version on the framework client"):
        client.version = 2
    client.version = 1


def test_version_of_another_datastack(bench):
    client = bench.client(version=2)
    assert client.get_timestamp(7, "other") == datetime(2024, 1, 1, tzinfo=UTC)
    assert client.get_timestamp(datastack_name="other") == datetime(2024, 1, 1, tzinfo=UTC)
    assert client.get_version_metadata(datastack_name="other")["version"] == 7
    assert client.most_recent_version("other") == 7


def test_no_version(bench):
    bench.versions["ds"] = {}
    with pytest.raises(errors.InvalidArgumentError, match="Query ds live"):
        bench.client().most_recent_version()


def test_times_are_aware_with_and_without_fraction(bench):  # F047
    one, two = sorted(bench.client().get_versions_metadata(), key=lambda found: found["version"])
    assert one["time_stamp"] == datetime(2024, 1, 1, tzinfo=UTC)
    assert two["time_stamp"] == datetime(2024, 1, 2, 0, 0, 0, 500000, tzinfo=UTC)
    assert one["expires_on"] == datetime(2126, 11, 28, 11, 46, 55, tzinfo=UTC)
    assert bench.client().get_version_metadata(1) == one
    assert V1_AT.endswith("00:00:00")


def test_records_are_of_the_version_in_use(bench):  # F010
    bench.records = {
        ("synapses", 1): record("synapses", size=8.0),
        ("synapses", 2): record("synapses", size=4.0),
    }
    client = bench.client()
    sizes = []
    for version in (2, 1, 2):
        client.version = version
        sizes.append(client.get_table_metadata("synapses")["voxel_resolution"])
    assert sizes == [[4.0, 4.0, 40.0], [8.0, 8.0, 40.0], [4.0, 4.0, 40.0]]
    assert bench.count("/table/synapses/metadata") == 2


def test_records_handed_out_are_the_callers(bench):  # F010, F083
    client = bench.client()
    client.get_table_metadata("synapses")["description"] = "spoiled"
    client.get_table_metadata("synapses")["voxel_resolution"].clear()
    assert client.get_table_metadata("synapses")["description"] == "about synapses"
    assert client.get_table_metadata("synapses")["voxel_resolution"] == [4.0, 4.0, 40.0]


def test_records_of_other_clients_and_datastacks_are_theirs(bench):  # F011
    asked = []

    def answer(ask):
        asked.append(ask.path)
        return 200, [record(ask.path)]

    bench.overrides["/tables/metadata"] = answer
    client = bench.client()
    names = [
        client.get_tables_metadata()[0]["table_name"],
        client.get_tables_metadata("other")[0]["table_name"],
        client.get_tables_metadata("ds", 1)[0]["table_name"],
        client.get_tables_metadata(version=2)[0]["table_name"],
        bench.client().get_tables_metadata()[0]["table_name"],
    ]
    prefix = "/materialize/api/v3/datastack"
    assert [name.removeprefix(prefix).removesuffix("/tables/metadata") for name in names] == [
        "/ds/version/2", "/other/version/7", "/ds/version/1", "/ds/version/2", "/ds/version/2",
    ]  # fmt: skip
    assert len(asked) == 4


def test_resolution_that_is_not_known(bench):  # F098
    bench.records[("synapses", 2)] = {**record("synapses"), "voxel_resolution_x": None}
    assert bench.client().get_table_metadata("synapses")["voxel_resolution"] is None


@pytest.mark.parametrize(
    ("call", "path", "empty"),
    [("get_tables_metadata", "/tables/metadata", []), ("get_view_schemas", "/views/schemas", {})],
)
def test_nothing_there_is_empty_and_other_404s_are_errors(bench, call, path, empty):  # F044
    bench.overrides[path] = lambda ask: (404, empty)
    assert getattr(bench.client(), call)() == empty
    bench.overrides[path] = lambda ask: (404, "gone")
    with pytest.raises(errors.NotFoundError):
        getattr(bench.client(), call)()


def test_api_2_has_no_views(bench):
    bench.apis, bench.software = (2,), "5.12.0"  # newer ones are known to speak API 3
    client = bench.client()
    assert client.get_versions() == [1, 2]
    assert bench.asked[-1].path == "/materialize/api/v2/datastack/ds/versions"
    for call in (client.get_views, client.get_tables_metadata, lambda: client.query_view("v")):
        with pytest.raises(errors.UnsupportedFeatureError):
            call()
    client.version = 1
    assert client.version == 1


def test_addresses(bench):
    client = bench.client()
    base = f"{bench.address}/materialize"
    table = f"{base}/api/v3/datastack/ds"
    assert client.homepage == f"{base}/views/datastack/ds"
    assert f'href="{client.homepage}"' in client.homepage._repr_html_()
    assert client.neuroglancer_annotation_path("t") == f"precomputed://middleauth+{table}/table/t/precomputed"
    assert client.neuroglancer_annotation_path("t", None, False) == f"{table}/table/t/precomputed"
    assert (
        client.neuroglancer_segprop_path("t", None, 1)
        == f"precomputed://middleauth+{table}/version/1/table/t"
    )
    assert bench.asked == [] or bench.count("/table/") == 0


def test_pickle(bench):
    client = bench.client()
    assert client.version == 2
    again = pickle.loads(pickle.dumps(client))
    assert (again.version, again.datastack_name, again.synapse_table) == (2, "ds", "synapses")
    assert b"tttttttt" not in pickle.dumps(client)


GOOD = [
    ("filter_in_dict", "pre_pt_root_id", np.array([A, B]), [A, B]),
    ("filter_in_dict", "pre_pt_root_id", str(A), [A]),
    ("filter_in_dict", "pt_root_id_ref", pd.Series([A], dtype="Int64"), [A]),
    ("filter_in_dict", "id", range(3), [0, 1, 2]),
    ("filter_in_dict", "cell_type", {"BC"}, ["BC"]),
    ("filter_in_dict", "size", 3, [3]),
    ("filter_in_dict", "size", np.float32(1.5), [1.5]),
    ("filter_in_dict", "valid", [True], [True]),
    ("filter_out_dict", "cell_type", pd.Series(["a", "b"]), ["a", "b"]),
    ("filter_equal_dict", "target_id", np.uint64(7), 7),
    ("filter_equal_dict", "cell_type", "BC", "BC"),
    ("filter_greater_dict", "size_ref", np.int32(3), 3),  # F101
    ("filter_less_dict", "created", datetime(2024, 1, 2), "2024-01-02T00:00:00+00:00"),
    ("filter_spatial_dict", "pt_position", np.array([[0, 1, 2], [3, 4, 5]]), [[0, 1, 2], [3, 4, 5]]),
    ("filter_regex_dict", "tag", "a.*", "a.*"),
]


@pytest.mark.parametrize(("name", "column", "value", "read"), GOOD)
def test_filter_values(name, column, value, read):
    found = table_filters("t", {name: {column: value}}).for_table("t")
    assert found == {name: {column: read}}
    assert json.loads(json.dumps(found)) == found


BAD = [
    ("filter_in_dict", "pre_pt_root_id", [float(A)], "not as floats"),
    ("filter_in_dict", "id", [None], "missing"),
    ("filter_in_dict", "cell_type", "BC", r"\['BC'\]"),  # F079
    ("filter_in_dict", "size", [float("nan")], "nan"),
    ("filter_equal_dict", "pt_root_id", 1.0, "not as"),
    ("filter_equal_dict", "size", [1, 2], "use filter_in_dict"),
    ("filter_greater_dict", "size", None, "cannot be compared"),
    ("filter_spatial_dict", "pt_position", [[0, 1], [2, 3], [4, 5]], r"\[\[x0, y0, z0\]"),
    ("filter_spatial_dict", "pt_position", [[0, 0, 0], [0, 1, 1]], "below its upper"),
    ("filter_spatial_dict", "pt_position", [[0, 0], [1]], r"\[\[x0, y0, z0\]"),
    ("filter_regex_dict", "tag", 3, "a pattern"),
]


@pytest.mark.parametrize(("name", "column", "value", "words"), BAD)
def test_filter_values_that_cannot_be_compared(name, column, value, words):
    with pytest.raises(errors.InvalidArgumentError, match=words) as caught:
        table_filters("t", {name: {column: value}})
    assert f"{name}[{column!r}]" in str(caught.value)


def test_filters_of_joins_are_by_table():
    with pytest.raises(errors.InvalidArgumentError, match=r"\{column: value\}, for 'size'"):
        join_filters({"filter_in_dict": {"size": [3]}})
    assert join_filters({"filter_in_dict": {"t": {}}}).named == {}


def test_documented_bases_and_aliases():
    assert issubclass(public.MaterializationClientV3, public.MaterializationClientV2)
    assert issubclass(public.MaterializationClientV2, public.MaterializationClient)
    assert public.MaterializatonClientV2 is public.MaterializationClientV2
    assert public.MaterializatonClientV3 is public.MaterializationClientV3


DOCUMENTED = json.loads((Path(__file__).parent / "documented_signatures.json").read_text())


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_documented_arguments_stand_first_and_in_order(name):  # F071
    target = public
    for part in name.split("."):
        target = getattr(target, part)
    if isinstance(target, property):
        assert DOCUMENTED[name] is None
        return
    parameters = [one for one in inspect.signature(target).parameters.values() if one.name != "self"]
    positional = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    found = [one.name if one.default is one.empty else f"{one.name}={one.default!r}" for one in positional]
    assert found == DOCUMENTED[name]
    assert all(one.kind in (one.KEYWORD_ONLY, one.VAR_KEYWORD) for one in parameters if one not in positional)


@pytest.mark.parametrize("api", [2, "2", 3, "latest"])
def test_factory(api):
    client = public.MaterializationClient("https://cave.example", "ds", api_version=api)
    expected = public.MaterializationClientV2 if str(api) == "2" else public.MaterializationClientV3
    assert type(client) is expected
    assert isinstance(client, public.MaterializationClient)


def test_classes_as_documented():
    client = public.MaterializationClientV2(
        "https://cave.example", {"Authorization": "Bearer x"}, 2, {}, "me_server_address", "ds", version=3,
        server_version="5.26.4",
    )  # fmt: skip
    assert client.version == 3
    request = client.prepare("query_table", table="synapses")
    assert (
        request.url == "https://cave.example/materialize/api/v3/datastack/ds/version/3/table/synapses/query"
    )


def test_older_positional_order_of_live_live_query(bench):
    bench.apis = (2,)
    client = bench.client(api_version=2)
    client.live_live_query("synapses", NOW, None, None, None, None, None, {"synapses": ["id"]})
    assert bench.bodies("/ds/query")[0]["select_columns"] == {"synapses": ["id"]}
