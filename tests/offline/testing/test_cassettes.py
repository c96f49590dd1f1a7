"""Cassettes: what is recorded is replayed without a server, and no secret is on the tape."""

import time

import pytest
from tubes import SUPERVOXELS, tubes

from caveclient_gen.errors import InvalidArgumentError
from caveclient_gen.offline import serve
from caveclient_gen.offline.testing.cassettes import NotRecordedError, cassette

IDS = [SUPERVOXELS["A00"], SUPERVOXELS["B10"]]


@pytest.fixture
def dataset(tmp_path):
    return tubes(tmp_path / "tubes.cave")


def test_recorded_once_and_replayed_without_a_server(dataset, tmp_path):
    tape = tmp_path / "roots.yaml"
    with serve(dataset) as server:
        token, port = server.token(), int(server.address.rsplit(":", 1)[1])
        client = server.client()
        with cassette(tape) as opened:
            roots = client.chunkedgraph.get_roots(IDS)
            oldest = client.chunkedgraph.get_oldest_timestamp()
        assert opened.recorded > 0
    stored = tape.read_text()
    assert token not in stored
    assert "uthorization" not in stored

    fresh = client_without_server(port, token="b" * 32)
    with cassette(tape, mode="none") as opened:
        assert fresh.chunkedgraph.get_roots(IDS).tolist() == roots.tolist()
        assert fresh.chunkedgraph.get_oldest_timestamp() == oldest
        assert opened.played > 0
        assert opened.recorded == 0


def client_without_server(port, token):
    from caveclient_gen import CAVEclient

    return CAVEclient(
        "testds", server_address=f"http://127.0.0.1:{port}", auth_token=token, write_server_cache=False
    )


def test_the_present_matches_a_later_present(dataset, tmp_path, monkeypatch):
    tape = tmp_path / "roots.yaml"
    with serve(dataset) as server:
        port = int(server.address.rsplit(":", 1)[1])
        client = server.client()
        with cassette(tape):
            roots = client.chunkedgraph.get_roots(IDS)
    assert "timestamp=NOW" in tape.read_text()
    later = time.time() + 1e6
    monkeypatch.setattr(time, "time", lambda: later)
    with cassette(tape, mode="none"):
        from datetime import UTC, datetime

        at = datetime.fromtimestamp(later, UTC)
        again = client_without_server(port, "c" * 32).chunkedgraph.get_roots(IDS, timestamp=at)
        assert again.tolist() == roots.tolist()


def test_what_is_not_on_the_tape_is_refused(dataset, tmp_path):
    tape = tmp_path / "roots.yaml"
    with serve(dataset) as server:
        port = int(server.address.rsplit(":", 1)[1])
        client = server.client()
        with cassette(tape):
            client.chunkedgraph.get_roots(IDS)
    fresh = client_without_server(port, "d" * 32)
    with (
        pytest.raises(NotRecordedError, match="Record again"),
        cassette(tape, mode="none"),
    ):
        fresh.chunkedgraph.get_roots(IDS[:1])


def test_tokens_in_answers_and_addresses_are_not_stored(dataset, tmp_path):
    tape = tmp_path / "tokens.yaml"
    with serve(dataset) as server:
        client = server.client()
        with cassette(tape):
            made = client.auth.create_token(description="for a test")
            client.auth.get_token_ttl(made)
        stored = tape.read_text()
    assert made not in stored
    assert "TOKEN" in stored


def test_nothing_to_replay(tmp_path):
    with pytest.raises(InvalidArgumentError, match="Record it first"), cassette(tmp_path / "x", mode="none"):
        pass


def test_an_unknown_mode(tmp_path):
    with pytest.raises(InvalidArgumentError, match="Choose a mode"), cassette(tmp_path / "x", mode="some"):
        pass
