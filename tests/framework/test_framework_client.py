"""The framework client over real HTTP: a shared server, a datastack's own server, one token."""

from __future__ import annotations

import inspect
import json
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caveclient_gen import (
    CAVEclient,
    CAVEclientFull,
    CAVEclientGlobal,
    get_session_defaults,
    set_session_defaults,
)
from caveclient_gen.auth import default_token_file
from caveclient_gen.datastack_lookup import get_datastack_cache, write_map
from caveclient_gen.errors import (
    AuthError,
    GlobalClientError,
    InvalidArgumentError,
    NotFoundError,
    ServiceConnectionError,
    UnsupportedFeatureError,
)

TOKEN, SECOND, BAD = "a" * 32, "b" * 32, "f" * 32
MOMENT = "2026-11-22T12:47:03"


@dataclass
class Server:
    """One CAVE server on the loopback; it answers by path and keeps what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    @property
    def tokens(self) -> set[str | None]:
        return {token for _, token in self.asked}

    def answer(self, path: str, token: str | None) -> tuple[int, Any]:
        if token is not None and token != f"Bearer {TOKEN}" and token != f"Bearer {SECOND}":
            return 401, {"error": "invalid_token", "message": "Token is Invalid"}
        if path in self.answers:
            return 200, self.answers[path]
        return 404, {"message": "not found"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    return tmp_path


@pytest.fixture
def start() -> Iterator[Callable[[], Server]]:
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def run() -> Server:
        described = Server()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = self.headers.get("Authorization")
                described.asked.append((self.path, token))
                status, document = described.answer(self.path.partition("?")[0], token)
                body = json.dumps(document).encode()
                self.send_response_only(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        described.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return described

    yield run
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def local(start: Callable[[], Server]) -> Server:
    server = start()
    server.answers = {
        "/materialize/api/versions": [2, 3],
        "/materialize/version": "5.26.4",
        "/materialize/api/v3/datastack/testds/versions": [1, 2],
        "/materialize/api/v3/datastack/testds/version/2": {
            "version": 2,
            "datastack": "testds",
            "time_stamp": MOMENT,
            "expires_on": "2036-11-22T12:47:03.100000",
            "valid": True,
        },
        "/segmentation/table/testpcg/info": {"scales": [{"resolution": [8, 8, 40]}]},
    }
    return server


@pytest.fixture
def shared(start: Callable[[], Server], local: Server) -> Server:
    server = start()
    server.answers = {
        FULL: {
            "aligned_volume": {"id": 1, "name": "testvol", "image_source": "precomputed://gs://b/i"},
            "segmentation_source": f"graphene://{local.address}/segmentation/table/testpcg",
            "viewer_site": None,
            "synapse_table": "synapses",
            "local_server": f"{local.address}/",
            "viewer_resolution_x": 4.0,
            "viewer_resolution_y": 4.0,
            "viewer_resolution_z": 40.0,
        },
        "/info/api/v2/datastacks": ["testds"],
        "/schema/api/v2/type": ["synapse"],
        "/auth/api/v1/user/me": {"id": 1, "name": "Ada"},
    }
    return server


FULL = "/info/api/v2/datastack/full/testds"


def make(shared: Server, **more: Any) -> Any:
    return CAVEclient("testds", shared.address, auth_token=TOKEN, **{"max_retries": 0, **more})


# What is made


def test_kinds(shared: Server) -> None:
    full = make(shared)
    assert type(full) is CAVEclientFull
    for alone in (
        CAVEclient(server_address=shared.address),
        CAVEclient("testds", shared.address, global_only=True),
        CAVEclientGlobal(shared.address),
    ):
        assert type(alone) is CAVEclientGlobal
        assert isinstance(alone, CAVEclient)  # F074
        assert alone.datastack_name is None
    assert isinstance(full, CAVEclient)
    assert issubclass(CAVEclientFull, CAVEclientGlobal)
    assert full.datastack_name == "testds"
    assert shared.asked == []


def test_subclass_of_the_factory_is_an_ordinary_class(shared: Server) -> None:
    class Ours(CAVEclient):
        """A lab's own client."""

    client = Ours("testds", shared.address, auth_token=TOKEN)
    assert type(client) is Ours
    assert client.info.get_datastacks() == ["testds"]


DOCUMENTED = {
    CAVEclient: {
        "datastack_name": None,
        "server_address": None,
        "auth_token_file": None,
        "auth_token_key": None,
        "auth_token": None,
        "global_only": False,
        "max_retries": 3,
        "pool_maxsize": None,
        "pool_block": None,
        "desired_resolution": None,
        "info_cache": None,
        "write_server_cache": True,
    },
    CAVEclientFull: {
        "datastack_name": None,
        "server_address": None,
        "auth_token_file": "~/.cloudvolume/secrets/cave-secret.json",
        "auth_token_key": "token",
        "auth_token": None,
        "max_retries": 3,
        "pool_maxsize": None,
        "pool_block": None,
        "desired_resolution": None,
        "info_cache": None,
    },
    CAVEclientGlobal: {
        "server_address": None,
        "auth_token_file": None,
        "auth_token_key": None,
        "auth_token": None,
        "max_retries": 3,
        "pool_maxsize": None,
        "pool_block": None,
        "info_cache": None,
    },
}


@pytest.mark.parametrize("cls", list(DOCUMENTED))
def test_documented_parameters(cls: type[CAVEclient]) -> None:
    parameters = inspect.signature(cls).parameters.values()
    documented = {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}
    assert list(documented.items()) == list(DOCUMENTED[cls].items())
    newer = [p.name for p in parameters if p.name not in documented]
    assert {p.kind for p in parameters if p.name in newer} == {inspect.Parameter.KEYWORD_ONLY}


def test_unknown_argument_is_refused(shared: Server) -> None:
    with pytest.raises(TypeError, match="datastak"):
        CAVEclient(datastak="testds")  # type: ignore[call-arg]  # that is the mistake


def test_making_and_looking_sends_nothing(shared: Server, local: Server) -> None:
    client = make(shared, version=2)
    names = ("auth", "info", "schema", "chunkedgraph", "materialize")
    shown = [repr(client), client._repr_html_(), *(repr(getattr(client, name)) for name in names)]
    assert not any(TOKEN in text for text in shown)
    assert client.version == 2
    assert shared.asked == []
    assert local.asked == []


def test_html_is_escaped(shared: Server) -> None:
    client = CAVEclient("<script>x</script>", shared.address)
    assert "<script>" not in client._repr_html_()


# What each service gets


def test_services_share_everything(shared: Server, local: Server) -> None:
    client = make(shared, desired_resolution=np.array([4, 4, 40]))
    assert client.info.get_datastacks() == ["testds"]
    assert client.schema.get_schemas() == ["synapse"]
    assert client.auth.whoami()["name"] == "Ada"
    assert client.chunkedgraph.table_name == "testpcg"
    assert client.chunkedgraph.base_resolution == [8, 8, 40]
    assert list(client.materialize.get_versions()) == [1, 2]
    assert client.desired_resolution == [4.0, 4.0, 40.0]
    assert client.materialize.synapse_table == "synapses"
    services = [client.auth, client.info, client.schema, client.chunkedgraph, client.materialize]
    assert all(service._transport is client._transport for service in services)
    assert all(service.fc is client for service in services)
    assert client.info is client.info
    assert shared.paths.count(FULL) == 1
    assert client.local_server == local.address
    assert client.auth.local_server == local.address
    assert local.tokens == {f"Bearer {TOKEN}"}
    assert dict(shared.asked)["/schema/api/v2/type"] is None


def test_records_of_another_session_spare_the_question(shared: Server, local: Server) -> None:
    first = make(shared)
    first.info.get_datastack_info()
    shared.asked.clear()
    second = make(shared, info_cache=first.info.info_cache)
    assert second.chunkedgraph.base_resolution == [8, 8, 40]
    assert shared.asked == []
    assert local.tokens == {f"Bearer {TOKEN}"}


def test_each_service_fails_alone(shared: Server) -> None:
    shared.answers[FULL]["local_server"] = "http://127.0.0.1:9"
    client = make(shared)
    with pytest.warns(UserWarning, match="materialize"), pytest.raises(ServiceConnectionError):
        client.materialize.get_versions()
    assert client.info.get_datastacks() == ["testds"]


def test_flat_segmentation_has_no_chunkedgraph(shared: Server) -> None:
    shared.answers[FULL]["segmentation_source"] = "precomputed://gs://bucket/flat"
    client = make(shared)
    with pytest.raises(UnsupportedFeatureError, match="no chunkedgraph"):
        client.chunkedgraph.get_roots([1])
    assert list(client.materialize.get_versions()) == [1, 2]


NEEDS_DATASTACK = [
    "annotation",
    "chunkedgraph",
    "materialize",
    "l2cache",
    "skeleton",
    "version",
    "timestamp",
    "local_server",
    "segmentation_table",
]


@pytest.mark.parametrize("name", NEEDS_DATASTACK)
def test_client_without_datastack_says_so(name: str, shared: Server) -> None:
    with pytest.raises(GlobalClientError, match="CAVEclient"):  # F073
        getattr(CAVEclientGlobal(shared.address), name)
    assert not hasattr(CAVEclientGlobal(shared.address), name)
    with pytest.raises(GlobalClientError):
        CAVEclientGlobal(shared.address).version = 3


@pytest.mark.parametrize("name", NEEDS_DATASTACK)
def test_full_client_without_its_datastack_says_so(name: str, shared: Server) -> None:
    client = CAVEclientFull(server_address=shared.address)
    assert client.datastack_name is None
    assert client.state is not None
    with pytest.raises(GlobalClientError, match="CAVEclient"):
        getattr(client, name)
    assert shared.asked == []


def test_threads_ask_for_the_record_once(shared: Server) -> None:
    client = make(shared)
    ready = threading.Barrier(8)
    found: list[str] = []

    def use() -> None:
        ready.wait(5)
        found.append(client.chunkedgraph.table_name)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == ["testpcg"] * 8
    assert shared.paths.count(FULL) == 1


# Version and moment


def test_version_is_checked_when_it_is_set(shared: Server, local: Server) -> None:
    client = make(shared)
    assert (client.version, client.timestamp) == (None, None)
    client.version = np.int64(2)  # F061
    assert client.version == 2
    assert type(client.version) is int
    assert client.timestamp == datetime(2026, 11, 22, 12, 47, 3, tzinfo=UTC)
    assert local.paths.count("/materialize/api/v3/datastack/testds/version/2") == 1
    assert client.chunkedgraph.timestamp == client.timestamp
    with pytest.raises(ValueError, match="get_versions"):
        client.version = 7
    assert client.version == 2
    client.version = None
    assert (client.version, client.timestamp) == (None, None)


def test_version_given_at_first_is_looked_up_when_needed(shared: Server, local: Server) -> None:
    client = make(shared, version=2)
    assert client.timestamp == datetime(2026, 11, 22, 12, 47, 3, tzinfo=UTC)
    assert client.timestamp == client.chunkedgraph.timestamp
    assert local.paths.count("/materialize/api/v3/datastack/testds/version/2") == 1


@pytest.mark.parametrize("bad", [2.0, "2", True, [2]])
def test_version_is_a_whole_number(bad: Any, shared: Server) -> None:
    with pytest.raises(InvalidArgumentError, match="whole number"):
        make(shared, version=bad)
    with pytest.raises(InvalidArgumentError, match="whole number"):
        make(shared).version = bad
    assert shared.asked == []


# The token


def test_all_places_are_asked_for_the_token(shared: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAVE_TOKEN", SECOND)
    for client in (
        CAVEclient("testds", shared.address),
        CAVEclientFull("testds", shared.address),  # its default file is not the only place
        CAVEclientGlobal(shared.address),
    ):
        assert client.auth.token == SECOND
        assert client.info.get_datastacks() == ["testds"]
    assert shared.tokens == {f"Bearer {SECOND}"}


def test_change_auth_keeps_file_and_key(shared: Server, home: Path) -> None:
    file = home / "mine.json"
    file.write_text(json.dumps({"one": TOKEN, "two": SECOND}))
    client = CAVEclient("testds", shared.address, str(file), "one")
    assert client.chunkedgraph.base_resolution
    materialize = client.materialize
    client.change_auth(auth_token_key="two")
    assert client.auth.token == SECOND  # F021: from the same file
    assert client.auth.local_server is not None
    assert client.materialize is not materialize
    other = home / "other.json"
    other.write_text(json.dumps({"two": TOKEN}))
    client.change_auth(auth_token_file=other)
    assert client.auth.token == TOKEN  # under the same key
    client.change_auth(auth_token=SECOND)
    client.info.get_datastacks()
    assert shared.asked[-1][1] == f"Bearer {SECOND}"
    client.change_auth()
    assert client.auth.token == TOKEN


def test_bad_token_is_an_error_that_does_not_show_it(shared: Server) -> None:
    client = CAVEclient("testds", shared.address, auth_token=BAD)
    with pytest.raises(AuthError) as caught:
        client.chunkedgraph.get_roots([1])
    assert BAD not in str(caught.value)
    with pytest.raises(AuthError):
        client.info.get_datastacks()


def test_pickle(shared: Server, home: Path) -> None:
    client = make(shared)
    assert client.chunkedgraph.table_name == "testpcg"
    packed = pickle.dumps(client)
    assert TOKEN.encode() not in packed
    again = pickle.loads(packed)
    assert type(again) is CAVEclientFull
    assert again.chunkedgraph.fc is again
    assert again.chunkedgraph._transport is again._transport
    with pytest.raises(AuthError, match="CAVE_TOKEN"):
        again.info.get_datastacks()
    token_file = Path(default_token_file).expanduser()
    token_file.parent.mkdir(parents=True, exist_ok=True)
    token_file.write_text(json.dumps({"token": SECOND}))
    assert again.info.get_datastacks() == ["testds"]


# Which server a datastack is on


def test_server_is_remembered_once_it_has_answered(shared: Server) -> None:
    client = make(shared)
    assert get_datastack_cache() == {}
    client.info.get_datastack_info()
    assert get_datastack_cache() == {"testds": shared.address}
    assert CAVEclient("testds").server_address == shared.address
    assert CAVEclient().server_address == "https://global.daf-apis.com"
    assert CAVEclient("testds", global_only=True).server_address == "https://global.daf-apis.com"


@pytest.mark.parametrize(
    ("arguments", "use"),
    [
        ({"write_server_cache": False}, lambda c: c.info.get_datastack_info()),
        ({}, lambda c: c.info.get_datastacks()),  # says nothing of this datastack
        ({"auth_token": BAD}, lambda c: c.info.get_datastack_info()),  # F024
        ({"datastack_name": "typo"}, lambda c: c.info.get_datastack_info()),
    ],
)
def test_server_is_not_remembered(arguments: dict[str, Any], use: Any, shared: Server) -> None:
    given = {"datastack_name": "testds", "server_address": shared.address, "auth_token": TOKEN, **arguments}
    with suppress(AuthError, NotFoundError):
        use(CAVEclient(**given))
    assert shared.asked
    assert get_datastack_cache() == {}


def test_what_is_remembered_is_not_replaced(shared: Server) -> None:
    write_map({"testds": "https://elsewhere.org"})
    make(shared).info.get_datastack_info()
    assert get_datastack_cache() == {"testds": "https://elsewhere.org"}  # F024: a one-off address


# The dialogue


@pytest.fixture
def dialogue(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    pasted: list[str] = []
    monkeypatch.setattr("caveclient_gen.token_setup.getpass", lambda _: pasted.pop(0))
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    return pasted


def test_setup_token(
    shared: Server, local: Server, dialogue: list[str], capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    dialogue += [BAD, f" {TOKEN}\n"]  # F075: a rejected token is asked for again
    CAVEclient.setup_token(shared.address, open=False)
    text = capsys.readouterr().out
    assert "does not accept" in text
    assert "saved" in text
    assert TOKEN not in text
    secrets = home / ".cloudvolume" / "secrets"
    hosts = [address.removeprefix("http://") for address in (shared.address, local.address)]
    for name in ("cave-secret.json", *(f"{host}-cave-secret.json" for host in hosts)):
        assert json.loads((secrets / name).read_text()) == {"token": TOKEN}
    assert get_datastack_cache() == {"testds": shared.address}


def test_setup_token_keeps_what_is_there(
    shared: Server, dialogue: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    there = Path(default_token_file).expanduser()
    there.parent.mkdir(parents=True)
    there.write_text(json.dumps({"token": SECOND}))
    dialogue.append(TOKEN)
    CAVEclient.setup_token(shared.address, overwrite=False, open=False)  # F087
    assert "Nothing was saved" in capsys.readouterr().out
    assert json.loads(there.read_text()) == {"token": SECOND}


@pytest.mark.parametrize(
    ("address", "pasted", "words"),
    [
        (None, [BAD] * 3, "Nothing was saved"),
        (None, ["", "  ", "two words"], "Nothing was saved"),
        ("http://127.0.0.1:9", [TOKEN], "could not be tried"),
    ],
)
def test_setup_token_ends_without_saving(
    address: str | None,
    pasted: list[str],
    words: str,
    shared: Server,
    dialogue: list[str],
    capsys: pytest.CaptureFixture[str],
    home: Path,
) -> None:
    waits = get_session_defaults()["backoff_factor"]
    set_session_defaults(backoff_factor=0)
    try:
        dialogue += pasted
        CAVEclient.setup_token(address or shared.address, open=False)
    finally:
        set_session_defaults(backoff_factor=waits)
    assert words in capsys.readouterr().out
    assert list(home.iterdir()) == []
