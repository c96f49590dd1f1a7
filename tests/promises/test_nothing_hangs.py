"""Servers that fall silent, at every stage, on reads and on writes: an error comes in time."""

from __future__ import annotations

import math
import socket
import time
from typing import Any

import pytest
from promise_bench import CLIENTS, TOKEN, Wire, public_operations, quick, serve

from caveclient_gen import CAVEclient
from caveclient_gen.auth import AuthClient
from caveclient_gen.errors import RequestTimeoutError, UnknownOutcomeError
from caveclient_gen.materializationengine import MaterializationClient

PATIENCE = 0.1
READS = [
    ("chunkedgraph", "get_roots", ([1],)),
    ("chunkedgraph", "get_root_id", (1,)),
    ("materialize 3", "get_tables", ()),
    ("auth", "whoami", ()),
    ("info", "get_datastacks", ()),
    ("schema", "get_schemas", ()),
    ("skeleton", "get_versions", ()),
    ("skeleton", "get_skeleton", (1,)),
    ("skeleton", "fetch_skeletons", ([1],)),
    ("state", "get_state_json", (1,)),
    ("l2cache", "get_l2data", ([1],)),
]
WRITES = [
    ("chunkedgraph", "undo_operation", (1,)),
    ("materialize 3", "ingest_annotation_table", ("t",)),
    ("auth", "create_token", ("d",)),
    ("state", "upload_state_json", ({},)),
]
STAGES: dict[str, Any] = {
    "before its answer": lambda handler: handler.stall(),
    "after the head of its answer": lambda handler: (handler.reply(200, b"", length=9), handler.stall()),
    "within its answer": lambda handler: (handler.reply(200, b"[1", length=9), handler.stall()),
}


def call(client: Any, method: str, arguments: tuple[Any, ...]) -> BaseException:
    """Return the error of a call that must fail within a second."""
    client.timeout = PATIENCE
    begun = time.monotonic()
    with pytest.raises((RequestTimeoutError, UnknownOutcomeError)) as caught:
        getattr(client, method)(*arguments)
    assert time.monotonic() - begun < 1
    client._transport.close()
    return caught.value


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("client", "method", "arguments"), READS)
def test_a_read(client: str, method: str, arguments: tuple[Any, ...], stage: str) -> None:
    with serve(lambda handler, seen: STAGES[stage](handler)) as server:
        error = call(CLIENTS[client](server.url, quick(TOKEN, server.url)), method, arguments)
    assert isinstance(error, RequestTimeoutError)
    assert (error.phase, error.seconds) == ("read", PATIENCE)
    assert len(server.seen) == 1


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("client", "method", "arguments"), WRITES)
def test_a_write(client: str, method: str, arguments: tuple[Any, ...], stage: str) -> None:
    """Its answer is lost, so the timeout stands as the cause below the sentence that tells how to check."""
    with serve(lambda handler, seen: STAGES[stage](handler)) as server:
        error = call(CLIENTS[client](server.url, quick(TOKEN, server.url)), method, arguments)
    assert isinstance(error, UnknownOutcomeError)
    assert isinstance(error.cause, RequestTimeoutError)
    assert len(server.seen) == 1


@pytest.mark.parametrize(("client", "method", "arguments"), [READS[0], WRITES[0]])
def test_a_socket_that_nobody_serves(client: str, method: str, arguments: tuple[Any, ...]) -> None:
    """The kernel takes the connection and the request; no program ever reads it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        call(CLIENTS[client](url, quick(TOKEN, url)), method, arguments)


@pytest.mark.filterwarnings("ignore::UserWarning")  # that nobody told the version
@pytest.mark.parametrize(
    "make",
    [
        lambda url: CLIENTS["materialize 3"](url, quick(TOKEN, url), server_version=...),
        lambda url: MaterializationClient(url, "ds", AuthClient(token=TOKEN, server_address=url), version=1),
    ],
)
def test_a_server_that_does_not_tell_its_version(make: Any) -> None:
    """The questions before the call keep to the caller's timeout too."""
    with serve(lambda handler, seen: handler.stall()) as server:
        client = make(server.url)
        client.timeout = PATIENCE
        begun = time.monotonic()
        with pytest.raises(RequestTimeoutError):
            client.query_table("t", materialization_version=1, merge_reference=False, metadata=False)
        assert time.monotonic() - begun < 2
        client._transport.close()
    *before, _ = [seen.path for seen in server.seen]
    assert any(path.endswith("/version") for path in before[-2:])


def test_a_framework_client() -> None:
    with serve(lambda handler, seen: handler.stall()) as server:
        client = CAVEclient(server_address=server.url, auth_token=TOKEN)
        assert isinstance(call(client.info, "get_datastacks", ()), RequestTimeoutError)


@pytest.mark.parametrize("name", CLIENTS)
def test_every_request_has_an_end(name: str) -> None:
    """Without a timeout of the caller's own, that of the service or the operation holds."""
    wire = Wire()
    client = CLIENTS[name](transport=wire)
    without = {
        "chunkedgraph": "get_full_change_log",
        "info": "get_datastacks",
        "schema": "get_schemas",
        "skeleton": "get_versions",
        "state": "get_table_info",
        "l2cache": "table_mapping",
        "annotation": "get_tables",
    }
    method = without.get(name, "get_server_health" if name.startswith("mat") else "whoami")
    request = client.prepare(method)
    assert 0 < request.connect_timeout < math.inf
    assert 0 < request.read_timeout < math.inf
    client.timeout = PATIENCE
    assert client.prepare(method).read_timeout == PATIENCE


def test_no_operation_waits_for_ever() -> None:
    limits = [op.timeout for _, op in public_operations() if op.timeout is not None]
    assert all(0 < limit <= 3600 for limit in limits)
