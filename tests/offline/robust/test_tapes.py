"""Cassettes of all that a client does: several threads, binary bodies, Arrow, refusals, tokens anywhere."""

import re
import time

import numpy as np
import pytest
import requests
from tubes import SUPERVOXELS, tubes
from vcr.request import Request

from caveclient_gen import CAVEclient
from caveclient_gen.errors import NotFoundError, ServiceUnavailableError
from caveclient_gen.offline import new_dataset, serve
from caveclient_gen.offline.testing.cassettes import NotRecordedError, _Cleaner, cassette

IDS = np.array(sorted(SUPERVOXELS.values()))
MANY = np.resize(IDS, 330_000)
"""What a client asks in four parts, in several threads, none like another."""


@pytest.fixture
def server(tmp_path):
    with serve(tubes(tmp_path / "tubes.cave")) as server:
        yield server


def without_server(server):
    """A client with no token that was ever used."""
    return CAVEclient(
        server.dataset.facts.datastack,
        server_address=server.address,
        auth_token="f" * 32,
        write_server_cache=False,
    )


def test_what_is_sent_in_several_threads(server, tmp_path):
    tape = tmp_path / "roots.yaml"
    with cassette(tape) as opened:
        roots = server.client().chunkedgraph.get_roots(MANY)
    assert opened.recorded >= 4
    recorded = opened.recorded
    server.stop()
    with cassette(tape, mode="none") as opened:
        assert (without_server(server).chunkedgraph.get_roots(MANY) == roots).all()
    assert opened.played == recorded


def test_a_part_that_was_not_recorded(server, tmp_path):
    tape = tmp_path / "roots.yaml"
    with cassette(tape):
        server.client().chunkedgraph.get_roots(MANY)
    server.stop()
    with pytest.raises(NotRecordedError, match="Record again"), cassette(tape, mode="none"):
        without_server(server).chunkedgraph.get_roots(MANY[::-1])


def test_tables_skeletons_and_refusals(tmp_path):
    tape = tmp_path / "all.yaml"

    def ask(client):
        synapses = client.materialize.query_table("synapses", limit=100)
        root = int(client.chunkedgraph.get_roots(synapses["pre_pt_supervoxel_id"][:1])[0])
        with pytest.raises(NotFoundError) as refused:
            client.materialize.get_table_metadata("no_such_table")
        return [
            synapses.to_csv(),
            client.materialize.live_live_query("nuclei", timestamp="now", limit=5).to_csv(),
            root,
            str(refused.value).splitlines()[0],
        ]

    with serve(new_dataset(tmp_path / "small.cave", small=True, progress=False)) as server:
        token = server.token("viewer")
        with cassette(tape):
            said = ask(server.client("viewer"))
    assert token not in tape.read_text()
    with cassette(tape, mode="none"):
        assert ask(without_server(server)) == said


def test_a_refusal_and_what_followed_it_are_replayed_in_their_order(server, tmp_path):
    tape = tmp_path / "again.yaml"
    server.app.faults.fail_next(status=503, times=1, on="upload_state_json")
    client = server.client()
    with cassette(tape):
        with pytest.raises(ServiceUnavailableError):
            client.state.upload_state_json({"layers": []})
        number = client.state.upload_state_json({"layers": []})
    server.stop()
    again = without_server(server)
    with cassette(tape, mode="none"):
        with pytest.raises(ServiceUnavailableError):
            again.state.upload_state_json({"layers": []})
        assert again.state.upload_state_json({"layers": []}) == number


def test_no_token_of_any_person_wherever_it_stands(server, tmp_path):
    tape = tmp_path / "tokens.yaml"
    tokens = [server.token(person) for person in ("admin", "editor", "viewer", "stranger", "newcomer")]
    state = f"{server.address}/nglstate/api/v1/post"
    with cassette(tape) as opened:
        for token in tokens:
            bearer = {"Authorization": f"Bearer {token}"}
            requests.get(f"{server.address}/info/api/v2/datastacks", headers=bearer, timeout=30)
            requests.get(
                f"{server.address}/info/api/v2/datastacks", params={"middle_auth_token": token}, timeout=30
            )
            requests.get(
                f"{server.address}/info/api/v2/datastacks", cookies={"middle_auth_token": token}, timeout=30
            )
            requests.get(f"{server.address}/auth/api/v1/user/token/{token}/ttl", headers=bearer, timeout=30)
            requests.post(state, json={"secret": token}, headers=bearer, timeout=30)
            requests.post(state, data={"token": token}, headers=bearer, timeout=30)
            requests.post(state, data=f"my {token}.", headers=bearer, timeout=30)
    assert opened.recorded == 7 * len(tokens)
    stored = tape.read_text()
    assert [token for token in tokens if token in stored] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/json", '{{"token": "{}", "token_type": "Bearer"}}'),  # what a storage is read with
        ("application/json", '{{"access_token" : "{}"}}'),
        ("text/html; charset=utf-8", '<a href="/there?a=1&amp;token={}">there</a>'),
        ("text/plain", "http://somewhere/?token={}#there"),
    ],
)
def test_a_token_of_another_form_in_an_answer(kind, text):
    """Storages give tokens that do not look like CAVE's, and nobody sent them before."""
    odd = "ya29.a0-opaque_one"
    answer = {"status": {"code": 200}, "headers": {"Content-Type": [kind]}}
    cleaner = _Cleaner()
    stored = cleaner.response(answer | {"body": {"string": text.format(odd).encode()}})
    assert stored["body"]["string"].decode() == text.format("TOKEN")
    assert cleaner.plain(f"and later {odd}.") == "and later TOKEN."


@pytest.mark.parametrize(
    ("uri", "body"),
    [
        ("http://somewhere/?middle_auth_token=opaque%2Fone%2Btwo", None),
        ("http://somewhere/", b"a=1&token=opaque%2Fone%2Btwo"),
        ("http://somewhere/", b'{"access_token": "opaque/one+two"}'),
        ("http://somewhere/?token=short", b"token=short"),
    ],
)
def test_a_token_of_another_form_in_a_request(uri, body):
    cleaner = _Cleaner()
    stored = cleaner.request(Request("POST", uri, body, {}))
    assert not {"opaque", "short"} & set(re.findall(r"\w+", f"{stored.uri} {stored.body}"))
    assert "TOKEN" in f"{stored.uri} {stored.body}"
    later = cleaner.request(Request("POST", "http://somewhere/", b"opaque/one+two", {}))
    assert later.body == (b"opaque/one+two" if "short" in uri else b"TOKEN")


def test_of_two_tokens_the_longer_one_is_replaced_first():
    cleaner = _Cleaner()
    for token in ("opaque-one", "opaque-one-and-more"):
        cleaner.request(Request("GET", "http://somewhere/", None, {"Authorization": f"Bearer {token}"}))
    assert cleaner.plain("opaque-one-and-more, opaque-one") == "TOKEN, TOKEN"


@pytest.mark.parametrize(
    ("name", "token"), [("token", "0af1" * 8), ("t", "0af1" * 8), ("token", "opaque.one")]
)
def test_where_an_answer_sends_to(name, token):
    """Servers may answer a log-in by an address with a token in it."""
    answer = {
        "status": {"code": 302},
        "headers": {"Location": [f"http://somewhere/?{name}={token}"], "Set-Cookie": ["a=b"]},
        "body": {"string": b""},
    }
    assert _Cleaner().response(answer)["headers"] == {"Location": [f"http://somewhere/?{name}=TOKEN"]}


def test_each_mode(server, tmp_path):
    tape = tmp_path / "modes.yaml"

    def ask(mode, ids):
        client = server.client()
        with cassette(tape, mode=mode) as opened:
            for one in ids:
                client.chunkedgraph.get_roots([one])
        return opened

    assert ask("once", IDS[:1]).recorded > 0
    size = tape.stat().st_size
    assert ask("once", IDS[:1]).recorded == 0
    with pytest.raises(NotRecordedError):
        ask("once", IDS[:2])
    assert tape.stat().st_size == size
    more = ask("new_episodes", IDS[:2])
    assert (more.played > 0, more.recorded) == (True, 1)
    assert ask("none", IDS[:2]).recorded == 0
    before = tape.stat().st_mtime_ns
    assert ask("all", IDS[:2]).played == 0
    assert tape.stat().st_mtime_ns > before


def test_threads_of_a_test_itself(server, tmp_path):
    """Threads that a test starts record and replay, too."""
    from concurrent.futures import ThreadPoolExecutor

    tape = tmp_path / "threads.yaml"

    def ask(client):
        with ThreadPoolExecutor(8) as pool:
            found = pool.map(lambda one: int(client.chunkedgraph.get_roots([one])[0]), IDS.tolist())
            return list(found)

    with cassette(tape) as opened:
        roots = ask(server.client())
    recorded = opened.recorded
    assert recorded >= len(IDS)
    server.stop()
    begin = time.monotonic()
    with cassette(tape, mode="none") as opened:
        assert ask(without_server(server)) == roots
    assert opened.played == recorded
    assert time.monotonic() - begin < 60
