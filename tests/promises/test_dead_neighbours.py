"""A service that is down takes down itself only, and says so once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from promise_bench import MOMENT, TOKEN, Handler, Seen, Server, chunkedgraph, quick, serve

from caveclient_gen import CAVEclient
from caveclient_gen.errors import ServerIncompatibilityError, ServiceUnavailableError

ANSWERS: dict[str, Any] = {
    "/info/api/v2/datastacks": ["ds"],
    "/auth/api/v1/user/me": {"id": 1, "name": "Ada"},
    "/schema/api/v2/type": ["synapse"],
    "/segmentation/api/versions": [0, 1],
    "/segmentation/api/version": "2.21.1",
    "/segmentation/api/v1/table/tbl/node/1/root": {"root_id": 11},
    "/segmentation/api/v1/table/tbl/root_timestamps": {"timestamp": [0.0]},
    "/segmentation/api/v1/table/tbl/undo": {"operation_id": 1, "new_root_ids": []},
    "/materialize/api/versions": [2, 3],
    "/materialize/version": "5.26.4",
    "/materialize/api/v3/datastack/ds/versions": [1],
    "/skeletoncache/api/versions": [-1, 0, 4],
    "/skeletoncache/api/version": "0.23.11",
    "/materialize/api/v2/datastack/ds/version/1/tables": ["t"],  # API 3 has no such route of its own
}


@dataclass
class Town:
    """A server with all services; those that `dead` names the beginnings of the paths of are down."""

    dead: list[str] = field(default_factory=list)
    answers: bool = True
    """Whether what is down answers 503, as a proxy does for it, or hangs up."""

    def __call__(self, handler: Handler, seen: Seen) -> None:
        path = seen.path.partition("?")[0]
        if any(path.startswith(one) for one in self.dead):
            handler.reply(503, {"message": "down"}) if self.answers else handler.hang_up()
        elif path in ANSWERS:
            handler.reply(200, ANSWERS[path])
        else:
            handler.reply(404, {"message": path})


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def server(town: Town) -> Iterator[Server]:
    with serve(town) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[CAVEclient]:
    record = {
        "local_server": server.url,
        "segmentation_source": f"graphene://{server.url}/segmentation/table/tbl",
        "aligned_volume": {"id": 1, "name": "vol"},
        "synapse_table": "synapses",
    }
    transport = quick(TOKEN, server.url)
    yield CAVEclient("ds", server.url, auth_token=TOKEN, info_cache={"ds": record}, transport=transport)
    transport.close()


CALLS: dict[str, Any] = {
    "info": (lambda c: c.info.get_datastacks(), ["ds"]),
    "auth": (lambda c: c.auth.whoami()["name"], "Ada"),
    "schema": (lambda c: c.schema.get_schemas(), ["synapse"]),
    "chunkedgraph": (lambda c: int(c.chunkedgraph.get_root_id(1)), 11),
    "materialize": (lambda c: c.materialize.get_tables(version=1), ["t"]),
    "skeleton": (lambda c: c.skeleton.get_versions(), [-1, 0, 4]),
}
ROOTS = {
    "info": "/info",
    "auth": "/auth",
    "schema": "/schema",
    "chunkedgraph": "/seg",
    "materialize": "/mat",
    "skeleton": "/skel",
}


@pytest.mark.parametrize("dead", CALLS)
@pytest.mark.parametrize("service", CALLS)
def test_the_others_go_on(client: CAVEclient, town: Town, service: str, dead: str) -> None:
    town.dead = [ROOTS[dead]]
    call, expected = CALLS[service]
    if service != dead:
        assert call(client) == expected
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a version is unknown: the next tests look at that
        with pytest.raises(ServiceUnavailableError):
            call(client)


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize(
    "dead", ["/segmentation/api/version", "/materialize/version", "/materialize/api/versions"]
)
def test_reads_go_on_without_versions(client: CAVEclient, town: Town, dead: str, answers: bool) -> None:
    town.dead, town.answers = [dead], answers
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        for call, expected in CALLS.values():
            assert call(client) == expected


def test_one_warning_that_names_the_service(client: CAVEclient, town: Town, server: Server) -> None:
    town.dead = ["/materialize/api/versions", "/materialize/version"]  # either would do
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            assert client.materialize.get_tables(version=1) == ["t"]
            assert client.materialize.get_versions() == [1]
            assert client.chunkedgraph.get_root_id(1) == 11
    (only,) = caught
    assert "materialize" in str(only.message)
    assert "503" in str(only.message)
    assert only.filename == __file__


def test_a_read_that_needs_a_version_goes_on_with_one_warning(
    client: CAVEclient, town: Town, server: Server
) -> None:
    town.dead = ["/segmentation/api/version"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            client.chunkedgraph.get_root_timestamps([1], latest=True, timestamp=MOMENT)
    (only,) = caught
    assert "chunkedgraph" in str(only.message)
    assert only.filename == __file__
    # A dead route is not asked before every call.
    assert [seen.path for seen in server.seen].count(
        "/segmentation/api/version"
    ) == 3  # once, with its retries


def test_a_server_that_is_back_is_asked_without_a_warning(client: CAVEclient) -> None:
    client.chunkedgraph.get_root_timestamps([1], latest=True, timestamp=MOMENT)  # warnings are errors here
    assert str(client.chunkedgraph.server_version) == "2.21.1"


def test_a_write_that_needs_a_version_is_refused(server: Server, town: Town) -> None:
    """No write of this release depends on the version, so one is made to."""
    town.dead = ["/segmentation/api/version"]
    transport = quick(TOKEN, server.url)
    graph = chunkedgraph(server.url, transport, server_version=...)
    needy = needing(type(graph), "undo_operation", ">=2.0.0")
    graph.__class__ = needy
    with pytest.raises(ServerIncompatibilityError) as caught:
        graph.undo_operation(1)
    first, _, rest = str(caught.value).partition("\n")
    assert first.startswith("Pass server_version")
    assert "chunkedgraph.undo_operation" in rest
    assert "503" in rest
    assert [seen for seen in server.seen if seen.method == "POST"] == []
    told = chunkedgraph(server.url, transport)
    told.__class__ = needy
    assert told.undo_operation(1)["operation_id"] == 1
    transport.close()


def needing(kind: type, name: str, version: str) -> type:
    """Return a client whose operation needs a version of the server."""
    (api,) = kind._operations_by_api
    table = kind._operations_by_api[api]
    changed = {**table, name: replace(table[name], server=(version,))}
    return type(kind)("Needy", (kind,), {"_operations": changed, "_operations_by_api": {api: changed}})
