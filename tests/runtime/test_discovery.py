import threading
from dataclasses import replace

import pytest
from http_loopback import serve
from packaging.version import Version
from toy_service import ADDRESS, SERVICE, RecordingTransport, reply

from caveclient_gen._runtime.credentials import Credentials
from caveclient_gen._runtime.discovery import FAILURE_KEPT, Discovery
from caveclient_gen._runtime.errors import AuthError, ServiceConnectionError
from caveclient_gen._runtime.retry import RetryPolicy
from caveclient_gen._runtime.transport import HTTPTransport


@pytest.fixture
def over_http():
    """Discovery over real HTTP, from a server that answers as given."""
    opened = []

    def make(answer):
        server = serve(answer)
        loopback = server.__enter__()
        transport = HTTPTransport(Credentials("a" * 32, [loopback.url]), RetryPolicy(max_retries=0))
        opened.append((server, transport))
        return Discovery(SERVICE, loopback.url, transport.send), loopback

    yield make
    for server, transport in opened:
        transport.close()
        server.__exit__(None, None, None)


def test_versions_are_asked_for_once_with_the_token(over_http):
    def answer(handler, seen, count):
        handler.reply(body=b"[2, 3]" if "api" in seen.path else b'"5.26.4"')

    discovery, server = over_http(answer)
    for _ in range(3):
        assert discovery.server_version().value == Version("5.26.4")
        assert discovery.api_versions().value == ("2", "3")
    assert [seen.path for seen in server.seen] == ["/toy/version", "/toy/api/versions"]
    assert {seen.header("Authorization") for seen in server.seen} == {"Bearer " + "a" * 32}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (503, b"<html>down</html>", "answered 503"),
        (401, b"{}", "answered 401"),
        (404, b"", "answered 404"),
        (200, b"<html>a login page</html>", "should be JSON"),
        (200, b"{}", "no API versions"),
        (200, b"\xff\xfe", "should be JSON"),
    ],
)
def test_a_server_that_does_not_tell_is_a_reason_not_an_error(over_http, status, body, reason):
    discovery, _ = over_http(lambda handler, seen, count: handler.reply(status, body))
    found = discovery.api_versions()
    assert found.value is None
    assert reason in found.reason
    assert "/toy/api/versions" in found.reason


@pytest.mark.parametrize("error", [ServiceConnectionError("Check the network.\nmore"), AuthError("Log in.")])
def test_no_connection_and_no_token_are_reasons_too(error):
    found = Discovery(SERVICE, ADDRESS, RecordingTransport(error).send).server_version()
    assert found.value is None
    assert str(error).splitlines()[0] in found.reason
    assert "more" not in found.reason


def test_a_failure_is_kept_for_a_while_and_then_asked_again():
    now = [0.0]
    transport = RecordingTransport(lambda request: reply(request, status=503))
    discovery = Discovery(SERVICE, ADDRESS, transport.send, clock=lambda: now[0])
    for moment in (0.0, FAILURE_KEPT / 2, FAILURE_KEPT):
        now[0] = moment
        assert discovery.server_version().value is None
    assert len(transport.requests) == 1
    now[0] = FAILURE_KEPT + 1
    transport.default = "5.1.0"
    assert discovery.server_version().value == Version("5.1.0")
    now[0] = 1e9
    assert discovery.server_version().value == Version("5.1.0")
    assert len(transport.requests) == 2


def test_a_service_without_such_routes_is_not_asked():
    transport = RecordingTransport()
    discovery = Discovery(replace(SERVICE, version_path=None), ADDRESS, transport.send)
    assert "no route" in discovery.server_version().reason
    assert transport.requests == []


def test_it_waits_only_shortly():
    transport = RecordingTransport("5.0.0")
    Discovery(replace(SERVICE, read_timeout=600.0), ADDRESS, transport.send).server_version()
    assert transport.requests[0].read_timeout == 10.0


def test_threads_ask_once_together():
    transport = RecordingTransport("5.0.0")
    discovery = Discovery(SERVICE, ADDRESS, transport.send)
    start = threading.Barrier(8)
    found = []

    def ask():
        start.wait(5)
        found.append(discovery.server_version().value)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [Version("5.0.0")] * 8
    assert len(transport.requests) == 1
