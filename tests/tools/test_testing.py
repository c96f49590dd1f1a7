"""Mock clients, as the tests of other packages use them: on the `responses` package, with no server."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import responses
from packaging.version import Version
from responses import matchers

from caveclient_gen import CAVEclientGlobal, endpoints
from caveclient_gen.chunkedgraph import ChunkedGraphClient
from caveclient_gen.errors import GlobalClientError, InvalidArgumentError, ServerIncompatibilityError
from caveclient_gen.tools import testing
from caveclient_gen.tools.testing import (
    CAVEclientMock,
    CloudVolumeMock,
    api_version_url,
    default_info,
    get_api_versions,
    get_materialiation_info,
    get_server_information,
    get_server_versions,
    get_table_name,
    info_url,
    version_url,
)

SERVERS = get_server_information()
CHUNKEDGRAPH = f"{SERVERS['local_server']}/segmentation/api/v1/table/test_v1"
TABLES = f"{SERVERS['local_server']}/materialize/api/v3/datastack/test_stack"


@pytest.fixture
def wire() -> Any:
    """Answers of the test's own; whatever has none fails, so nothing can be asked unnoticed."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize(
    ("arguments", "read", "expected"),
    [
        ({}, lambda c: c.datastack_name, "test_stack"),
        ({}, lambda c: c.server_address, "https://test.cave.com"),
        ({"global_server": "https://g.org"}, lambda c: c.server_address, "https://g.org"),
        ({"datastack_name": "ds"}, lambda c: (c.datastack_name, c.info.datastack_name), ("ds", "ds")),
        ({}, lambda c: c.local_server, "https://local.cave.com"),
        ({}, lambda c: c.info.get_datastack_info(), default_info()),
        ({}, lambda c: c.info.server_version, Version("999.0.0")),
        ({"info_server_version": "4.5.6"}, lambda c: c.info.server_version, Version("4.5.6")),
        ({"info_file": default_info("https://a.org")}, lambda c: c.local_server, "https://a.org"),
        ({"info_file": {"local_server": "https://a.org"}}, lambda c: c.local_server, "https://a.org"),
        ({"local_server": "https://a.org"}, lambda c: c.local_server, "https://a.org"),
        ({}, lambda c: (c.schema.api_version, c.schema.server_version), (2, Version("999.0.0"))),
        ({"schema_api_versions": [2]}, lambda c: c.schema.api_version, 2),
        ({}, lambda c: c.chunkedgraph.table_name, "test_v1"),
        ({"chunkedgraph": True}, lambda c: c.chunkedgraph.server_version, Version("2.999.0")),
        (
            {"chunkedgraph": True, "chunkedgraph_server_version": "2.1"},
            lambda c: c.chunkedgraph.server_version,
            Version("2.1"),
        ),
        ({"materialization": True}, lambda c: c.materialize.server_version, Version("999.0.0")),
        ({"materialization": True}, lambda c: c.materialize.api_version, 3),
        ({"materialization": True}, lambda c: c.chunkedgraph.server_version, Version("2.999.0")),
        (
            {"materialization": True, "materialization_api_versions": [2]},
            lambda c: c.materialize.api_version,
            2,
        ),
        (
            {"materialization": True, "available_materialization_versions": [4, 6, 5]},
            lambda c: c.materialize.version,
            6,
        ),
        ({"set_version": 2}, lambda c: (c.version, c.materialize.version), (2, 2)),
        (
            {"set_version": 1, "materialization_api_versions": [2]},
            lambda c: c.chunkedgraph.timestamp,
            datetime(2024, 6, 5, 10, 10, 1, 203215, UTC),
        ),
        (
            {"set_version": 1, "set_version_metadata": {"time_stamp": "2020-01-02T03:04:05"}},
            lambda c: c.timestamp,
            datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        ),
        ({"json_service": True}, lambda c: c.state.server_version, Version("999.0.0")),
        ({"skeleton_service": True}, lambda c: c.skeleton.server_version, Version("999.0.0")),
        ({"l2cache": True}, lambda c: c.l2cache.has_cache(), True),
        ({"l2cache": True, "l2cache_disabled": True}, lambda c: c.l2cache.has_cache(), False),
    ],
)
def test_what_a_mock_client_knows(arguments: dict[str, Any], read: Any, expected: Any, wire: Any) -> None:
    client = CAVEclientMock(**arguments)
    assert read(client) == expected
    assert len(wire.calls) == 0


def test_the_helpers_say_what_the_client_takes(wire: Any) -> None:
    client = CAVEclientMock(
        chunkedgraph=True, materialization=True, **SERVERS, **get_server_versions(), **get_api_versions()
    )
    assert client.materialize.server_version == get_server_versions()["materialization_server_version"]
    assert len(wire.calls) == 0


@responses.activate
def test_a_call_ends_at_the_answer_that_the_test_registers() -> None:
    client = CAVEclientMock(chunkedgraph=True, materialization=True, **SERVERS)
    assert isinstance(client.chunkedgraph, ChunkedGraphClient)
    responses.get(f"{CHUNKEDGRAPH}/node/1/root", json={"root_id": 864691135122603047})
    assert client.chunkedgraph.get_root_id(1) == 864691135122603047
    responses.get(f"{TABLES}/versions", json=[1, 3])
    assert client.materialize.version == 3
    assert [call.request.url.partition("?")[0] for call in responses.calls] == [
        f"{CHUNKEDGRAPH}/node/1/root",
        f"{TABLES}/versions",
    ]


@responses.activate
def test_matchers_see_what_is_sent() -> None:
    client = CAVEclientMock(chunkedgraph=True)
    responses.post(
        f"{CHUNKEDGRAPH}/node/leaves_many",
        json={"1": [2, 3]},
        match=[matchers.json_params_matcher({"node_ids": [1]})],
    )
    assert client.chunkedgraph.get_leaves_many([1])[1].tolist() == [2, 3]

    def roots(request: Any) -> tuple[int, dict[str, str], str]:
        assert request.headers["Authorization"].startswith("Bearer ")
        return 200, {}, json.dumps({"root_id": len(request.body or b"")})

    responses.add_callback("GET", f"{CHUNKEDGRAPH}/node/7/root", roots)
    assert client.chunkedgraph.get_root_id(7) == 0


def test_answers_of_an_activated_test_stay(wire: Any) -> None:
    wire.get(f"{CHUNKEDGRAPH}/node/1/root", json={"root_id": 5})
    assert CAVEclientMock(chunkedgraph=True).chunkedgraph.get_root_id(1) == 5


def test_gates_hold(wire: Any) -> None:
    client = CAVEclientMock(chunkedgraph=True, chunkedgraph_server_version="2.1.0")
    with pytest.raises(ServerIncompatibilityError):
        client.chunkedgraph.get_minimal_covering_nodes([1])
    assert len(wire.calls) == 0


def test_test_suites_put_their_own_in_the_place_of_methods(wire: Any) -> None:
    client = CAVEclientMock(materialization=True, l2cache=True, l2cache_disabled=True)
    with (
        patch.object(client.materialize, "_get_version", return_value=Version("4.35.0")),
        patch.object(client.chunkedgraph, "level2_chunk_graph", return_value=[[1, 2]]),
        patch.object(client.info, "segmentation_cloudvolume", return_value=CloudVolumeMock()),
        patch.object(client.l2cache, "has_cache", return_value=True),
        patch.object(type(client.materialize), "synapse_table", new="theirs"),
    ):
        assert client.materialize.server_version == Version("4.35.0")
        assert client.chunkedgraph.level2_chunk_graph(5) == [[1, 2]]
        assert client.info.segmentation_cloudvolume().meta.n_layers == 1
        assert client.l2cache.has_cache()
        assert client.materialize.synapse_table == "theirs"
    assert client.materialize.server_version == Version("999.0.0")
    assert client.l2cache.has_cache() is False
    assert len(wire.calls) == 0


def test_without_a_datastack(wire: Any) -> None:
    client = CAVEclientMock(global_only=True, chunkedgraph=True, materialization=True, l2cache=True)
    assert type(client) is CAVEclientGlobal
    assert client.info.server_version == Version("999.0.0")
    with pytest.raises(GlobalClientError):
        _ = client.chunkedgraph
    assert len(wire.calls) == 0


def test_a_version_that_there_is_not() -> None:
    with pytest.raises(InvalidArgumentError, match=r"\[1, 2\]"):
        CAVEclientMock(set_version=7)


def test_nothing_is_remembered_on_this_computer(home: Path) -> None:
    CAVEclientMock(chunkedgraph=True, materialization=True, set_version=2)
    assert list(home.iterdir()) == []


def test_addresses() -> None:
    assert info_url("ds", "https://a.org") == "https://a.org/info/api/v2/datastack/full/ds"
    table = endpoints.chunkedgraph_endpoints_common
    assert version_url("https://a.org", table, "cg_server_address") == (
        "https://a.org/segmentation/api/version"
    )
    assert api_version_url("https://a.org", table, "cg_server_address") == (
        "https://a.org/segmentation/api/versions"
    )
    assert get_table_name(default_info("https://a.org")) == "test_v1"
    assert [default_info()[f"viewer_resolution_{axis}"] for axis in "xyz"] == [4, 4, 40]


@pytest.mark.parametrize("make", [default_info, get_materialiation_info, get_api_versions])
def test_every_call_makes_new_values(make: Any) -> None:
    first = make()
    for value in first.values():
        if isinstance(value, list | dict):
            value.clear()
    assert make() != first


def test_what_a_cloudvolume_stands_in_for() -> None:
    meta = CloudVolumeMock().meta
    is_root = {node: meta.decode_layer_id(node) == meta.n_layers for node in (0, 1, 2, 864691135122603047)}
    assert is_root == {0: True, 1: True, 2: False, 864691135122603047: True}


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "imports_worked", False)
    with pytest.raises(ImportError, match="pip install responses"):
        CAVEclientMock()


def test_importing_it_does_not_need_the_package() -> None:
    script = (
        "import sys; sys.modules['responses'] = None\n"
        "from importlib import machinery\n"
        "plain = machinery.PathFinder.find_spec\n"
        "machinery.PathFinder.find_spec = classmethod("
        "lambda c, name, *a: None if name == 'responses' else plain(name, *a))\n"
        "del sys.modules['responses']\n"
        "from caveclient_gen.tools import testing\n"
        "print(testing.imports_worked, testing.default_info()['synapse_table'])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "False test_synapse_table\n"
