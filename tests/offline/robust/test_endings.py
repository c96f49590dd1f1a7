"""Servers that end, and callers that go away, within a request: nothing waits, and the log is silent."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
import tubes
from waiting import wait_until

from caveclient_gen.errors import UnknownOutcomeError
from caveclient_gen.offline import serve


@pytest.fixture
def dataset(tmp_path):
    return tubes.tubes(tmp_path / "tubes.cave")


def half_sent(address, token):
    """A connection with a request whose body does not come."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    connection = socket.create_connection((host, int(port)))
    head = f"POST /nglstate/api/v1/post HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
    connection.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
    return connection


def test_a_caller_who_goes_away(dataset, caplog):
    with serve(dataset) as server:
        connection = half_sent(server.address, server.token())
        wait_until(lambda: server.app._reading)
        connection.close()
        wait_until(lambda: not server.app._reading)
        assert requests.get(f"{server.address}/info/version", timeout=20).status_code == 200
    assert caplog.records == []


def test_the_end_does_not_wait_for_a_body_that_does_not_come(dataset, caplog, monkeypatch):
    monkeypatch.setattr("caveclient_gen.offline.serving.SHORT_PATIENCE", 0.01)
    monkeypatch.setattr("caveclient_gen.offline.serving.PATIENCE", 60.0)
    server = serve(dataset)
    with half_sent(server.address, server.token()):
        wait_until(lambda: server.app._reading)
        begin = time.monotonic()
        server.stop()
        assert time.monotonic() - begin < 30
    assert caplog.records == []
    assert not server.is_running


def test_the_end_does_not_wait_for_delays(dataset, caplog):
    server = serve(dataset)
    server.app.faults.delay(500, on="get_roots")
    client = server.client()
    roots = []
    asking = threading.Thread(
        target=lambda: roots.extend(client.chunkedgraph.get_roots(tubes.supervoxels().ids))
    )
    asking.start()
    wait_until(lambda: not server.app.faults.waiting)
    begin = time.monotonic()
    server.stop()
    asking.join(20)
    assert time.monotonic() - begin < 30
    assert len(roots) == 64
    assert caplog.records == []


@pytest.mark.parametrize("how", [{"when": "before"}, {"when": "after"}, {"after_bytes": 3}])
def test_dropped_connections_tell_the_log_nothing(dataset, caplog, how):
    with serve(dataset) as server:
        client = server.client()
        server.app.faults.drop_connection(on="upload_state_json", **how)
        with pytest.raises(UnknownOutcomeError):
            client.state.upload_state_json({"layers": []})
        assert client.state.upload_state_json({"layers": []}) > 0
    assert caplog.records == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_end_of_the_command_leaves_nothing(tmp_path, name):
    if not hasattr(signal, name):
        pytest.skip("this system has no such signal")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    words = [sys.executable, "-m", "caveclient_gen", "serve", "--token-file", str(tmp_path / "token")]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[3])},
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    ) as process:
        while "End it" not in process.stdout.readline():
            assert process.poll() is None
        assert list(temporary.iterdir()) != []
        process.send_signal(getattr(signal, name))
        assert process.communicate(timeout=30) == ("Ended.\n", "")
        assert process.returncode == 0
    assert list(temporary.iterdir()) == []
