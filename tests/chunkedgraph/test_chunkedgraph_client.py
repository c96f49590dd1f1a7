"""The client object: names and signatures, its table and moment, and what it shows of itself."""

import copy
import inspect
import pickle
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import numpy as np
import pytest

from caveclient_gen import chunkedgraph
from caveclient_gen.chunkedgraph import (
    ChunkedGraphClient,
    ChunkedGraphClientV1,
    package_bounds,
    package_timestamp,
    root_id_int_list_check,
)
from caveclient_gen.errors import InvalidArgumentError, InvalidIdError

MOMENT = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
POOL = "verify=True, max_retries=None, pool_maxsize=None, pool_block=None, over_client=None"
SIDES = "source_points, sink_points, root_id, source_supervoxels=None, sink_supervoxels=None"
CUTS = "as_nx_graph=False, exclude_links_to_future=False, exclude_links_to_past=False"

# The documented parameters: what is newer stands after them and takes keywords only.
SIGNATURES = {
    "ChunkedGraphClient": "server_address=None, table_name=None, auth_client=None, api_version='latest', "
    "timestamp=None, " + POOL,
    "ChunkedGraphClientV1": "server_address, auth_header, api_version, endpoints, "
    "server_key='cg_server_address', timestamp=None, table_name=None, " + POOL,
    "package_bounds": "bounds",
    "package_split_data": "root_id, source_points, sink_points, source_supervoxels, sink_supervoxels",
    "package_timestamp": "timestamp, name='timestamp'",
    "root_id_int_list_check": "root_id, make_unique=False",
}
METHODS = {
    "do_merge": "supervoxels, coords, resolution=(4, 4, 40)",
    "execute_split": SIDES,
    "find_path": "root_id, src_pt, dst_pt, precision_mode=False",
    "get_change_log": "root_id, filtered=True",
    "get_children": "node_id",
    "get_contact_sites": "root_id, bounds, calc_partners=False",
    "get_delta_roots": "timestamp_past, timestamp_future=None",
    "get_latest_roots": "root_id, timestamp=None, timestamp_future=None",
    "get_leaves": "root_id, bounds=None, stop_layer=None",
    "get_leaves_many": "root_ids, bounds=None, stop_layer=None",
    "get_lineage_graph": "root_id, timestamp_past=None, timestamp_future=None, " + CUTS,
    "get_merge_log": "root_id",
    "get_minimal_covering_nodes": "node_ids",
    "get_oldest_timestamp": "",
    "get_operation_details": "operation_ids",
    "get_original_roots": "root_id, timestamp_past=None",
    "get_past_ids": "root_ids, timestamp_past=None, timestamp_future=None",
    "get_root_id": "supervoxel_id, timestamp=None, level2=False",
    "get_root_timestamps": "root_ids",
    "get_roots": "supervoxel_ids, timestamp=None, stop_layer=None",
    "get_subgraph": "root_id, bounds",
    "get_tabular_change_log": "root_ids, filtered=True",
    "get_user_operations": "user_id, timestamp_start, include_undo=True, timestamp_end=None",
    "is_latest_roots": "root_ids, timestamp=None",
    "is_valid_nodes": "node_ids, start_timestamp=None, end_timestamp=None",
    "level2_chunk_graph": "root_id",
    "preview_split": SIDES + ", return_additional_ccs=False",
    "remesh_level2_chunks": "chunk_ids",
    "suggest_latest_roots": "root_id, timestamp=None, stop_layer=None, return_all=False, "
    "return_fraction_overlap=False",
    "undo_operation": "operation_id",
}
PROPERTIES = (
    "base_resolution",
    "cloudvolume_path",
    "default_url_mapping",
    "segmentation_info",
    "table_name",
    "timestamp",
)


def documented(function):
    """Write the positional parameters, without annotations."""
    parameters = inspect.signature(function).parameters.values()
    kept = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD and one.name != "self"]
    return ", ".join(str(one.replace(annotation=one.empty)) for one in kept)


@pytest.mark.parametrize(("name", "expected"), SIGNATURES.items())
def test_documented_functions(name, expected):
    assert documented(getattr(chunkedgraph, name)) == expected


@pytest.mark.parametrize(("name", "expected"), METHODS.items())
def test_documented_methods(name, expected):
    assert documented(getattr(ChunkedGraphClientV1, name)) == expected


@pytest.mark.parametrize("name", PROPERTIES)
def test_documented_properties(name):
    assert isinstance(inspect.getattr_static(ChunkedGraphClientV1, name), property)


@pytest.mark.parametrize("name", [*METHODS, *PROPERTIES])
def test_every_name_explains_itself(name):
    assert inspect.getdoc(getattr(ChunkedGraphClientV1, name))


def test_the_factory_makes_the_class(graph):
    client = ChunkedGraphClient(graph.url, "tbl", SimpleNamespace(token="a" * 32), timestamp=MOMENT)
    assert type(client) is ChunkedGraphClientV1
    assert isinstance(client, ChunkedGraphClient)
    assert (client.table_name, client.timestamp, client.server_address) == ("tbl", MOMENT, graph.url)
    assert graph.seen == []


def test_an_api_that_is_not_spoken(graph):
    with pytest.raises(InvalidArgumentError, match="api_version"):
        ChunkedGraphClient(graph.url, "tbl", SimpleNamespace(token="a" * 32), api_version=0)


def test_the_newest_common_api(graph):
    graph.answers |= {"versions": [0, 1], "version": "2.21.1", "children": {"children_ids": [1]}}
    client = ChunkedGraphClient(graph.url, "tbl", SimpleNamespace(token="a" * 32))
    assert client.get_children(5).tolist() == [1]
    assert client.api_version == 1
    assert str(client.server_version) == "2.21.1"


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT.replace(tzinfo=None),
        "2024-01-02T03:04:05",
        1704164645,
        MOMENT.astimezone(timezone(timedelta(hours=9))),
    ],
)
def test_the_moment_in_any_form(make, moment):
    client = make(timestamp=moment)
    assert (client.timestamp, client.timestamp.tzinfo) == (MOMENT, UTC)
    client.timestamp = None
    assert client.timestamp is None
    client.timestamp = moment
    assert client.timestamp_or_now == MOMENT


def test_the_present_is_read_at_the_call(client):
    assert client.timestamp is None
    first = client.timestamp_or_now
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert client.timestamp_or_now >= first


def test_the_version_of_the_framework_client_decides(graph, make, as_bytes):
    over = SimpleNamespace(timestamp=MOMENT.replace(tzinfo=None))
    client = make(over_client=over, timestamp="2020-01-01")
    graph.answers["roots_binary"] = as_bytes(1)
    client.get_roots([1])
    assert graph.seen[0].query == {"timestamp": "1704164645.0"}
    with pytest.raises(ValueError, match="version of the CAVEclient"):
        client.timestamp = None
    over.timestamp = None
    assert client.timestamp == datetime(2020, 1, 1, tzinfo=UTC)


def test_resolution_is_asked_once(graph, client):
    graph.answers["info"] = {"scales": [{"resolution": [8, 8, 40]}, {"resolution": [16, 16, 40]}]}
    assert client.base_resolution == [8, 8, 40]
    client.segmentation_info["scales"].clear()  # a copy: what is kept stays whole
    assert client.base_resolution == [8, 8, 40]
    assert graph.names == ["info"]
    assert graph.seen[0].path == "/segmentation/table/tbl/info"


def test_addresses(graph, client):
    assert client.cloudvolume_path == f"graphene://{graph.url}/segmentation/api/v1/tbl"
    assert client.default_url_mapping == {"cg_server_address": graph.url, "table_id": "tbl"}
    assert graph.seen == []


def test_a_client_without_a_table_says_so(make):
    with pytest.raises(InvalidArgumentError, match="table"):
        make(table_name=None).get_children(1)


def test_copies_keep_what_they_ask_about(make):
    client = make(timestamp=MOMENT)
    for twin in (pickle.loads(pickle.dumps(client)), copy.copy(client)):
        assert (twin.table_name, twin.timestamp, type(twin)) == ("tbl", MOMENT, ChunkedGraphClientV1)
    assert b"aaaaaaaa" not in pickle.dumps(client)
    assert "aaaaaaaa" not in repr(client)
    assert "tbl" in repr(client)


@pytest.mark.parametrize(
    "bounds",
    [[[0, 5], [1, 6], [2, 7]], np.array([[0, 5], [1, 6], [2, 7]]), np.array([[0.0, 5], [1, 6], [2, 7]])],
)
def test_bounds(bounds):
    assert package_bounds(bounds) == "0-5_1-6_2-7"


@pytest.mark.parametrize(
    "bounds",
    [
        [[0, 5.5], [1, 6], [2, 7]],  # F056: what the server cannot read
        [[-1, 5], [1, 6], [2, 7]],
        [[5, 5], [1, 6], [2, 7]],
        [[6, 5], [1, 6], [2, 7]],
        [[0, 1, 2], [5, 6, 7]],
        [0, 5, 1, 6, 2, 7],
    ],
)
def test_malformed_bounds(graph, client, bounds):
    for call in (
        package_bounds,
        lambda box: client.get_leaves(1, box),
        lambda box: client.get_subgraph(1, box),
    ):
        with pytest.raises(ValueError, match="bounds"):
            call(bounds)
    assert graph.seen == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((None,), {}),
        ((MOMENT,), {"timestamp": 1704164645.0}),
        ((MOMENT.replace(tzinfo=None), "start"), {"start": 1704164645.0}),
        (("2024-01-02T03:04:05.5Z",), {"timestamp": 1704164645.5}),
    ],
)
def test_timestamps(arguments, expected):
    assert package_timestamp(*arguments) == expected


@pytest.mark.parametrize(
    ("ids", "unique", "expected"),
    [
        (5, False, [5]),
        ("864691136008567725", False, [864691136008567725]),
        ({7}, False, [7]),
        ([3, 1, 3], False, [3, 1, 3]),
        ([3, 1, 3], True, [1, 3]),
        (np.array([], dtype=float), False, []),
    ],
)
def test_id_lists(ids, unique, expected):
    found = root_id_int_list_check(ids, unique)
    assert (found.tolist(), found.dtype) == (expected, np.int64)


@pytest.mark.parametrize("ids", [864691136008567725.0, np.array([1.0]), [None], "12a", [[1]]])
def test_id_lists_that_are_none(ids):
    with pytest.raises(InvalidIdError):
        root_id_int_list_check(ids)


def test_a_request_can_be_seen_before_it_is_sent(graph, client):
    request = client.prepare("get_roots", supervoxel_ids=[1], timestamp=MOMENT)
    assert (
        request.full_url == f"{graph.url}/segmentation/api/v1/table/tbl/roots_binary?timestamp=1704164645.0"
    )
    assert "aaaaaaaa" not in request.as_curl()
    assert graph.seen == []


def test_contact_sites_are_gone(graph, client):
    graph.answers["contact_sites"] = (500, {"code": 500, "message": "gone"})
    with pytest.warns(DeprecationWarning, match="contact sites"), pytest.raises(Exception, match="gone"):
        client.get_contact_sites(1, [[0, 5], [1, 6], [2, 7]])
