"""The token goes to its server, and into nothing that is printed, logged, raised or stored."""

from __future__ import annotations

import json
import logging
import os
import pickle
import pprint
import stat
import traceback
from pathlib import Path
from typing import Any

import pytest
from promise_bench import ADDRESS, CLIENTS, TOKEN, Wire, quick, serve

from caveclient_gen import CAVEclient, CAVEclientGlobal
from caveclient_gen.annotationengine import AnnotationClientV2
from caveclient_gen.auth import AuthClient, write_token
from caveclient_gen.chunkedgraph import ChunkedGraphClientV1
from caveclient_gen.errors import CAVEError, InvalidArgumentError, RedirectError
from caveclient_gen.infoservice import InfoServiceClientV2
from caveclient_gen.jsonservice import JSONServiceV1
from caveclient_gen.l2cache import L2CacheClientLegacy
from caveclient_gen.materializationengine import MaterializationClientV2, MaterializationClientV3

RECORDED = Path(__file__).parents[1] / "recordings"
INFO = {
    "local_server": "http://127.0.0.1:9",
    "segmentation_source": "graphene://http://127.0.0.1:9/segmentation/table/tbl",
    "aligned_volume": {"id": 1, "name": "vol", "image_source": "precomputed://gs://a/b"},
    "synapse_table": "synapses",
}


def refusals() -> list[Any]:
    """Return all refusals of the recordings."""
    found = {}
    for file in sorted(RECORDED.glob("*/*.json")):
        for exchange in json.loads(file.read_text()).get("exchanges") or ():
            answer = exchange["response"]
            text = answer["body"].get("text", "") if answer.get("body") else ""
            if answer["status"] >= 400:
                found[answer["status"], text] = (file.stem, answer["status"], answer["headers"], text)
    return [pytest.param(*facts, id=stem) for stem, *facts in found.values()]


ECHOES = {
    "message": (401, {}, json.dumps({"error": "invalid_token", "message": f"no token {TOKEN} known"})),
    "data": (403, {}, json.dumps({"error": "missing_tos", "data": {"tos_name": TOKEN, "headers": [TOKEN]}})),
    "a key": (500, {}, json.dumps({TOKEN: "x", "message": "Traceback ..."})),
    "a validation error": (422, {}, json.dumps({"errors": {"token": [TOKEN]}})),
    "text": (500, {}, f"Authorization: Bearer {TOKEN}"),
    "a page": (502, {}, f"<html><title>{TOKEN}</title><body>Bearer {TOKEN}</body></html>"),
    "a request id": (404, {"X-Request-Id": TOKEN}, "{}"),
    "a challenge": (401, {"WWW-Authenticate": f'Bearer realm="x", token="{TOKEN}"'}, "{}"),
    "a cookie": (400, {"Set-Cookie": f"middle_auth_token={TOKEN}"}, "{}"),
    "an address": (302, {"Location": f"http://127.0.0.2:9/x?middle_auth_token={TOKEN}"}, ""),
    "an address of a file": (302, {"Location": f"file:///etc/{TOKEN}"}, ""),
    "a login page": (302, {"Location": f"/auth/api/v1/authorize?redirect={TOKEN}"}, ""),
    "a page instead": (200, {}, f"<html><title>{TOKEN}</title></html>"),
    "no JSON": (200, {}, f"{{{TOKEN}"),
}


def texts_of(error: BaseException) -> dict[str, str]:
    """Return all the ways in which an error gets into logs and files."""
    chain = [error]
    while inner := chain[-1].__cause__ or (None if chain[-1].__suppress_context__ else chain[-1].__context__):
        chain.append(inner)
    seen = {
        "traceback": "".join(traceback.format_exception(error)),
        "attributes": pprint.pformat(vars(error)),
    }
    for depth, one in enumerate(chain):
        seen |= {
            f"str {depth}": str(one),
            f"repr {depth}": repr(one),
            f"args {depth}": repr(one.args),
            f"notes {depth}": repr(getattr(one, "__notes__", ())),
        }
    stored = pickle.dumps(error)
    seen["pickle"] = stored.decode("latin-1")
    # Some libraries teach pickle to keep these, too.
    origin, seen["origins"] = error.__cause__ or error.__context__, ""
    while origin is not None:
        seen["origins"] += f"{origin!r} {pprint.pformat(vars(origin))} {getattr(origin, 'doc', '')}"
        origin = origin.__cause__ or origin.__context__
    seen["unpickled"] = f"{pickle.loads(stored)!r} {pprint.pformat(vars(pickle.loads(stored)))}"
    answer = getattr(error, "response", None)
    if answer is not None:
        seen["answer"] = f"{answer.text} {dict(answer.headers)} {answer.url} {answer.request.headers}"
    return seen


def leaks(texts: dict[str, str]) -> set[str]:
    return {place for place, text in texts.items() if TOKEN in text}


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.DEBUG)
    yield caplog
    records = caplog.get_records("call")
    assert records, "nothing was logged: this test would see no leak"
    assert TOKEN not in "\n".join(f"{r.getMessage()} {r.args!r} {r.exc_text}" for r in records)


def refused(
    client: str, method: str, arguments: tuple[Any, ...], status: int, headers: Any, body: str
) -> Any:
    """Return the error of a call that a server answers so, after checking that it got the token."""
    named = {name.replace("-", "_"): text for name, text in headers.items()}
    for name in ("Content_Length", "Content_Encoding", "Transfer_Encoding", "Connection"):
        named.pop(name, None)
    with serve(lambda handler, seen: handler.reply(status, body.encode(), **named)) as server:
        transport = quick(TOKEN, server.url, retries=1)
        with pytest.raises(CAVEError) as caught:
            getattr(CLIENTS[client](server.url, transport), method)(*arguments)
        transport.close()
    assert server.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
    return caught.value


@pytest.mark.parametrize(("status", "headers", "body"), refusals())
def test_recorded_refusals(status: int, headers: Any, body: str, everything_logged: Any) -> None:
    error = refused("chunkedgraph", "get_root_id", (1,), status, headers, body)
    assert leaks(texts_of(error)) == set()


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize(
    ("client", "method", "arguments"),
    [
        ("chunkedgraph", "get_root_id", (1,)),
        ("chunkedgraph", "undo_operation", (1,)),
        ("auth", "get_user", (1,)),
    ],
)
def test_servers_that_repeat_the_token(
    client: str, method: str, arguments: tuple[Any, ...], echo: str, everything_logged: Any
) -> None:
    assert leaks(texts_of(refused(client, method, arguments, *ECHOES[echo]))) == set()


def test_an_answer_of_another_form(everything_logged: Any) -> None:
    body = json.dumps({"root_id": TOKEN})
    assert leaks(texts_of(refused("chunkedgraph", "get_root_id", (1,), 200, {}, body))) == set()


@pytest.mark.parametrize("how", ["hang_up", "stall"])
@pytest.mark.parametrize(("method", "arguments"), [("get_root_id", (1,)), ("undo_operation", (1,))])
def test_lost_answers(method: str, arguments: tuple[Any, ...], how: str, everything_logged: Any) -> None:
    with serve(lambda handler, seen: getattr(handler, how)()) as server:
        client = CLIENTS["chunkedgraph"](server.url, quick(TOKEN, server.url, retries=1))
        client.timeout = 0.1
        with pytest.raises(CAVEError) as caught:
            getattr(client, method)(*arguments)
        client._transport.close()
    assert leaks(texts_of(caught.value)) == set()


def test_a_token_as_an_argument(everything_logged: Any) -> None:
    """The address of this route holds a token; nothing that shows the address shows it."""
    with serve(lambda handler, seen: handler.reply(404, {"error": "invalid_token"})) as server:
        client = CLIENTS["auth"](server.url, quick(TOKEN, server.url))
        with pytest.raises(CAVEError) as caught:
            client.get_token_ttl(TOKEN)
        request = client.prepare("get_token_ttl", token=TOKEN)
        client._transport.close()
    assert TOKEN in server.seen[0].path
    assert leaks(texts_of(caught.value) | {"repr": repr(request), "curl": request.as_curl()}) == set()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_redirect_to_another_server_gets_no_token(status: int, host: str) -> None:
    with serve(lambda handler, seen: handler.reply(200, {"root_id": 11})) as other:
        there = f"http://{host}:{other.port}/x?a=1"
        with serve(lambda handler, seen: handler.reply(status, b"", Location=there)) as server:
            transport = quick(TOKEN, server.url)
            client = CLIENTS["chunkedgraph"](server.url, transport)
            assert client.get_root_id(1) == 11
            if status != 303:  # which means: GET that instead, without the body
                with pytest.raises(RedirectError):  # ids in a body go to no other host either
                    client.get_leaves_many([1])
            with pytest.raises(RedirectError):
                client.undo_operation(1)
            transport.close()
    assert [seen.path for seen in other.seen] == ["/x?a=1"]
    assert TOKEN not in repr(other.seen)
    assert {seen.headers["Authorization"] for seen in server.seen} == {f"Bearer {TOKEN}"}


def test_a_redirect_within_the_server_keeps_the_token() -> None:
    def answer(handler: Any, seen: Any) -> None:
        if seen.path == "/there":
            handler.reply(200, {"root_id": 11})
        else:
            handler.reply(307, b"", Location="/there")

    with serve(answer) as server:
        transport = quick(TOKEN, server.url)
        assert CLIENTS["chunkedgraph"](server.url, transport).get_root_id(1) == 11
        transport.close()
    assert server.seen[1].headers["Authorization"] == f"Bearer {TOKEN}"


def framework() -> CAVEclient:
    return CAVEclient("ds", "http://127.0.0.1:9", auth_token=TOKEN, info_cache={"ds": INFO})


def clients() -> dict[str, Any]:
    client = framework()
    shared = CAVEclientGlobal("http://127.0.0.1:9", auth_token=TOKEN)
    parts = {
        name: getattr(client, name)
        for name in ("info", "auth", "schema", "chunkedgraph", "materialize", "skeleton")
    }
    alone = {f"{name} alone": make() for name, make in CLIENTS.items()}
    assert client.auth.token == shared.auth.token == TOKEN
    return {"framework": client, "global": shared, **parts, **alone}


@pytest.mark.parametrize("name", clients())
def test_clients_do_not_show_it(name: str) -> None:
    client = clients()[name]
    texts = {
        "repr": repr(client),
        "str": str(client),
        "format": f"{client}",
        "html": client._repr_html_() if hasattr(client, "_repr_html_") else "",
        "vars": pprint.pformat(vars(client), width=300),
        "transport": repr(client._transport),
        "pickle": pickle.dumps(client).decode("latin-1"),
        "pickle of all protocols": "".join(repr(pickle.dumps(client, n)) for n in range(2, 6)),
        "reduced": repr(client.__getstate__()),
    }
    assert leaks(texts) == set()


@pytest.mark.parametrize("name", ["chunkedgraph", "materialize 3", "auth", "info", "schema", "skeleton"])
def test_requests_do_not_hold_it(name: str) -> None:
    client = CLIENTS[name](transport=Wire())
    method = {
        "info": "get_datastacks",
        "schema": "get_schemas",
        "auth": "whoami",
        "skeleton": "get_versions",
    }.get(name)
    request = client.prepare(method or ("get_server_health" if "mat" in name else "get_full_change_log"))
    assert (
        leaks({"repr": repr(request), "curl": request.as_curl(), "pickle": repr(pickle.dumps(request))})
        == set()
    )
    assert "$CAVE_TOKEN" in request.as_curl() or name == "schema"


def test_calls_that_work_are_logged_without_it(
    everything_logged: Any, recwarn: pytest.WarningsRecorder, capfd: pytest.CaptureFixture[str]
) -> None:
    def answer(handler: Any, seen: Any) -> None:
        handler.reply(200, [1], Warning=f'299 - "token {TOKEN} expires soon"')

    with serve(answer) as server:
        client = CLIENTS["info"](server.url, quick(TOKEN, server.url))
        assert client.get_datastacks() == [1]
        client._transport.close()
    assert {record.name.partition(".")[0] for record in everything_logged.get_records("call")} >= {"urllib3"}
    assert TOKEN not in repr([str(warning.message) for warning in recwarn])
    assert TOKEN not in "".join(capfd.readouterr())


@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_token_files_are_private(tmp_path: Path, before: int | None) -> None:
    file = tmp_path / "new" / "secret.json"
    if before is not None:
        file.parent.mkdir()
        file.write_text('{"other": "x"}')
        file.chmod(before)
    old = os.umask(0)
    try:
        write_token(TOKEN, file, "token")
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["token"] == TOKEN
    assert [one.name for one in file.parent.iterdir()] == ["secret.json"]


def test_saved_tokens_are_private(home: Path) -> None:
    with serve(lambda handler, seen: handler.reply(200, {"id": 1})) as server:
        client = CAVEclientGlobal(server.url, auth_token=TOKEN)
        client.auth.save_token(token=TOKEN, overwrite=True)
        client._transport.close()
    files = [file for file in home.rglob("*") if file.is_file()]
    holding = [file for file in files if TOKEN in file.read_text()]
    assert len(holding) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in holding} == {0o600}


BY_VERSION = [
    (AnnotationClientV2, ["vol"]),
    (ChunkedGraphClientV1, []),
    (InfoServiceClientV2, ["ds"]),
    (JSONServiceV1, [None]),
    (L2CacheClientLegacy, []),
    (MaterializationClientV2, ["ds"]),
    (MaterializationClientV3, ["ds"]),
]


@pytest.mark.parametrize(("kind", "more"), BY_VERSION, ids=[kind.__name__ for kind, _ in BY_VERSION])
def test_a_client_of_one_version_takes_a_header_or_an_auth_client(kind: Any, more: list[Any]) -> None:
    header = {"Authorization": f"Bearer {TOKEN}"}
    with_header = kind(ADDRESS, header, "latest", None, None, *more)
    with_client = kind(ADDRESS, None, "latest", None, None, *more, auth_client=AuthClient(token=TOKEN))
    for client in (with_header, with_client):
        assert client._transport.credentials.header_for(f"{ADDRESS}/x") == header
    with pytest.raises(InvalidArgumentError, match="only one of auth_header and auth_client"):
        kind(ADDRESS, header, "latest", None, None, *more, auth_client=AuthClient(token=TOKEN))
