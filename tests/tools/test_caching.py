"""Framework clients that share the record of a datastack: asked once, per identity, handed out as copies."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cave_server import CaveServer

from caveclient_gen._runtime.credentials import Credentials
from caveclient_gen._runtime.transport import HTTPTransport
from caveclient_gen.datastack_lookup import write_map
from caveclient_gen.errors import NotFoundError
from caveclient_gen.tools import caching
from caveclient_gen.tools.caching import CachedClient, server_key, stored_info_cache

RECORD = {"local_server": "https://local.example.org", "aligned_volume": {"name": "vol", "id": 1}}
MINE, THEIRS = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def nothing_stored() -> Iterator[None]:
    caching.info_cache_cache.clear()
    yield
    caching.info_cache_cache.clear()


@pytest.fixture
def cave(server: CaveServer) -> CaveServer:
    for name in ("ds", "other_ds"):
        server.answers[f"/info/api/v2/datastack/full/{name}"] = RECORD
    return server


def test_the_second_client_asks_nothing(cave: CaveServer) -> None:
    for _ in range(3):
        client = CachedClient("ds", cave.address, auth_token=MINE)
        assert client.info.get_datastack_info()["aligned_volume"]["name"] == "vol"
    assert cave.names == ["ds"]


def test_what_one_may_see_is_not_handed_to_another(
    cave: CaveServer, other_server: CaveServer, tmp_path: Path
) -> None:
    """F084: the key had neither token nor server."""
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"token": MINE, "second": THEIRS}))
    CachedClient("ds", cave.address, auth_token=MINE)
    CachedClient("ds", cave.address, auth_token=THEIRS)
    assert len(cave.asked) == 2
    CachedClient("ds", cave.address, auth_token_file=file)  # the first one again, from a file
    CachedClient("ds", cave.address, auth_token_file=file, auth_token_key="second")
    assert len(cave.asked) == 2
    CachedClient("other_ds", cave.address, auth_token=MINE)
    assert cave.asked[2:] == [("/info/api/v2/datastack/full/other_ds", MINE)]
    other_server.answers = cave.answers
    CachedClient("ds", other_server.address, auth_token=MINE)
    assert other_server.names == ["ds"]


def test_a_token_that_is_changed_counts_at_once(cave: CaveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for token in (MINE, THEIRS, MINE):
        monkeypatch.setenv("CAVE_TOKEN", token)
        CachedClient("ds", cave.address)
    assert len(cave.asked) == 2


def test_every_client_has_a_copy(cave: CaveServer) -> None:
    """F084: one dict went to every client."""
    first = stored_info_cache("ds", cave.address, auth_token=MINE)
    first["ds"]["aligned_volume"]["name"] = "changed"
    assert stored_info_cache("ds", cave.address, auth_token=MINE) == {"ds": RECORD}
    client = CachedClient("ds", cave.address, auth_token=MINE)
    client.info.get_datastack_info()["aligned_volume"]["name"] = "changed"
    assert CachedClient("ds", cave.address, auth_token=MINE).info.get_aligned_volume_info()["name"] == "vol"


def test_the_key_holds_no_token() -> None:
    key = server_key("ds", "https://shared.example.org", auth_token=MINE)
    assert MINE not in repr(key)


@pytest.mark.parametrize("address", ["https://a.org/", "a.org", "https://A.org"])
def test_one_server_has_one_key(address: str) -> None:
    assert server_key("ds", address, auth_token=MINE) == server_key("ds", "https://a.org", auth_token=MINE)


def test_a_server_that_is_left_out_is_the_one_remembered() -> None:
    write_map({"ds": "https://a.org"})
    assert server_key("ds", None, auth_token=MINE) == server_key("ds", "https://a.org", auth_token=MINE)
    assert server_key("elsewhere", None)[1] == "https://global.daf-apis.com"


def test_transports_that_equal_each_other_are_two_identities(cave: CaveServer) -> None:
    @dataclass
    class Wrapped:
        """Has no hash, and is equal to every other one."""

        inner: HTTPTransport = field(compare=False)

        def send(self, request: Any) -> Any:
            return self.inner.send(request)

    one, other = (Wrapped(HTTPTransport(Credentials(token, [cave.address]))) for token in (MINE, THEIRS))
    for transport in (one, other, one):
        CachedClient("ds", cave.address, transport=transport)
    assert [token for _, token in cave.asked] == [MINE, THEIRS]
    one.inner.close()
    other.inner.close()


def test_a_transport_of_ones_own_is_an_identity(cave: CaveServer) -> None:
    one, other = (
        HTTPTransport(Credentials.from_header({"Authorization": f"Bearer {token}"}, [cave.address]))
        for token in (MINE, THEIRS)
    )
    for transport in (one, other, one):
        CachedClient("ds", cave.address, transport=transport)
    assert [token for _, token in cave.asked] == [MINE, THEIRS]


def test_a_refusal_is_not_stored(cave: CaveServer) -> None:
    for _ in range(2):
        with pytest.raises(NotFoundError):
            CachedClient("missing", cave.address, auth_token=MINE)
    assert cave.names == ["missing", "missing"]
    assert len(caching.info_cache_cache) == 0


def test_a_record_that_one_has_already_is_used(cave: CaveServer) -> None:
    mine: dict[str, Any] = {"ds": {**RECORD, "synapse_table": "mine"}}
    client = CachedClient("ds", cave.address, auth_token=MINE, info_cache=mine)
    assert client.info.get_datastack_info()["synapse_table"] == "mine"
    assert cave.asked == []


def test_a_client_without_a_datastack_stores_nothing(cave: CaveServer) -> None:
    client = CachedClient("ds", cave.address, auth_token=MINE, global_only=True)
    assert (client.datastack_name, cave.asked, len(caching.info_cache_cache)) == (None, [], 0)


def test_threads_that_start_together_ask_once(cave: CaveServer) -> None:
    begun, go = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go.wait(10)

    cave.before = wait
    threads = [
        threading.Thread(target=stored_info_cache, args=("ds", cave.address), kwargs={"auth_token": MINE})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert cave.names == ["ds"]
