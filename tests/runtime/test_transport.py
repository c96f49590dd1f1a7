import gzip
import io
import os
import pickle
import socket
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from http_loopback import replies, serve

from caveclient_gen._runtime import session_defaults
from caveclient_gen._runtime.credentials import Credentials
from caveclient_gen._runtime.errors import (
    AuthError,
    CAVEError,
    DecodeError,
    InvalidArgumentError,
    RedirectError,
    RequestTimeoutError,
    ServiceConnectionError,
    ServiceUnavailableError,
    UnknownOutcomeError,
)
from caveclient_gen._runtime.redirects import Hop, next_hop
from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.retry import RetryPolicy
from caveclient_gen._runtime.server_errors import error_for
from caveclient_gen._runtime.transport import HTTPTransport

TOKEN = "5ecre7" * 6
CHECK = "Look it up in the operation log."


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def always_one():
    return 1.0


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def make(pauses):
    made = []

    def build(*addresses, **options):
        options.setdefault("spread", always_one)
        transport = HTTPTransport(Credentials(TOKEN, addresses), sleep=pauses.append, **options)
        made.append(transport)
        return transport

    yield build
    for transport in made:
        transport.close()


def ask(server, path="/x", method="GET", **more):
    more.setdefault("connect_timeout", 1.0)
    more.setdefault("read_timeout", 2.0)
    return Request(method, server.url + path, **more)


def write(server, **more):
    return ask(
        server, method="POST", body=b"{}", safe=False, check=CHECK, operation="chunkedgraph.do_merge", **more
    )


# --- what is sent ---------------------------------------------------------------------------------


def test_sends_what_the_request_says(make):
    with serve(
        replies(200, body=b"ok", headers=[("X-A", "1"), ("X-A", "2"), ("Content-Type", "text/plain")])
    ) as it:
        request = ask(
            it, "/p%2Fq", "POST", query=(("a", "1,2"), ("b", "é &")), headers=(("X-B", "b"),), body=b"\0\1"
        )
        response = make(it.url).send(request)
    (seen,) = it.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/p%2Fq?a=1,2&b=%C3%A9%20%26", b"\0\1")
    assert seen.header("x-b") == "b"
    assert seen.header("accept-encoding") == "gzip"
    assert seen.header("authorization") == f"Bearer {TOKEN}"
    assert seen.header("user-agent").startswith("caveclient-gen")
    assert response.status == 200
    assert response.text == "ok"
    assert response.headers.get_all("x-a") == ("1", "2")
    assert response.request is request


def test_accept_encoding_is_the_requests_own(make):
    with serve(replies(200)) as it:
        make(it.url).send(ask(it, headers=(("accept-encoding", "zstd"),)))
    assert [value for name, value in it.seen[0].headers if name.lower() == "accept-encoding"] == ["zstd"]


def test_get_may_have_a_body(make):
    with serve(replies(200)) as it:
        make(it.url).send(ask(it, body=b'{"a":1}', headers=(("Content-Type", "application/json"),)))
    assert (it.seen[0].method, it.seen[0].body) == ("GET", b'{"a":1}')


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
def test_requests_without_body_end(make, method):
    with serve(replies(200)) as it:
        assert make(it.url).send(ask(it, method=method)).status == 200
    assert it.seen[0].body == b""


@pytest.mark.parametrize(
    ("coding", "squeeze"),
    [
        ("gzip", gzip.compress),
        (" GZIP", gzip.compress),
        ("gzip", lambda plain: gzip.compress(plain[:9]) + gzip.compress(plain[9:])),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
def test_body_is_decoded(make, coding, squeeze):
    plain = b"0123456789" * 5000
    with serve(replies(200, body=squeeze(plain), headers=[("Content-Encoding", coding)])) as it:
        assert make(it.url).send(ask(it)).body == plain


@pytest.mark.parametrize("body", [b"plain", gzip.compress(b"plain", mtime=0)[:-8] + b"checksum"])
def test_a_wrong_label_is_a_decode_error(make, body):
    with (
        serve(replies(200, body=body, headers=[("Content-Encoding", "gzip")])) as it,
        pytest.raises(DecodeError, match="not compressed as its header says"),
    ):
        make(it.url).send(ask(it))
    assert len(it.seen) == 1  # the same again would be no better


def test_connections_are_reused(make):
    ports = set()

    def answer(handler, seen, count):
        ports.add(handler.client_address[1])
        handler.reply(200, b"x" * 100)

    with serve(answer) as it:
        transport = make(it.url)
        for _ in range(5):
            transport.send(ask(it))
        transport.close()
    assert len(ports) == 1


# --- credentials ----------------------------------------------------------------------------------


def test_token_only_to_its_servers(make):
    with serve(replies(200)) as cave, serve(replies(200)) as stranger:
        transport = make(cave.url)
        transport.send(ask(cave))
        transport.send(ask(stranger))
        transport.send(ask(cave, auth=False))
    assert [seen.header("authorization") is not None for seen in cave.seen + stranger.seen] == [
        True,
        False,
        False,
    ]


def test_netrc_and_cookies_are_ignored(make, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password pw\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serve(replies(200, headers=[("Set-Cookie", "session=1; Path=/")])) as it:
        transport = make(it.url)
        transport.send(ask(it))
        transport.send(ask(it, auth=False))
    assert [seen.header("authorization") for seen in it.seen] == [f"Bearer {TOKEN}", None]
    assert [seen.header("cookie") for seen in it.seen] == [None, None]


def test_proxy_of_the_environment_is_used(make, monkeypatch):
    with serve(replies(200, body=b"via proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        response = make().send(Request("GET", "http://cave.invalid/x"))
    assert response.body == b"via proxy"
    assert proxy.seen[0].path == "http://cave.invalid/x"


class Spy(requests.adapters.BaseAdapter):
    """Keeps how it was called instead of connecting."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def send(self, request, **settings):
        self.calls.append(settings)
        raise requests.ConnectionError("spied")

    def close(self):
        pass


@pytest.mark.parametrize(
    ("verify", "bundle", "expected"),
    [
        (True, None, True),
        (True, "/env.pem", "/env.pem"),
        (False, None, False),
        (False, "/env.pem", False),
        ("/mine.pem", "/env.pem", "/mine.pem"),
    ],
)
def test_certificates_are_checked_as_told(make, monkeypatch, verify, bundle, expected):
    if bundle:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    transport = make(verify=verify, retry=RetryPolicy(max_retries=0))
    spy = Spy()
    transport._session.mount("https://", spy)
    with pytest.raises(ServiceConnectionError):
        transport.send(Request("GET", "https://cave.org/", connect_timeout=3, read_timeout=4))
    assert (spy.calls[0]["verify"], spy.calls[0]["timeout"]) == (expected, (3, 4))


# --- repetition -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "safe", "sent", "status"),
    [
        ((503, 503, 200), True, 3, 200),
        ((503,), True, 4, 503),
        ((502,), True, 4, 502),
        ((504, 200), True, 2, 200),
        ((429, 200), True, 2, 200),
        ((500,), True, 1, 500),
        ((404,), True, 1, 404),
        ((502, 200), False, 1, 502),
        ((503, 200), False, 1, 503),
        ((504, 200), False, 1, 504),
        ((429, 200), False, 1, 429),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_safe_requests_are_repeated(make, pauses, method, statuses, safe, sent, status):
    with serve(replies(*statuses)) as it:
        response = make(it.url).send(ask(it, method=method, safe=safe, body=b"payload"))
    assert (len(it.seen), response.status, len(pauses)) == (sent, status, sent - 1)
    assert {seen.body for seen in it.seen} == {b"payload"}


def test_pauses_grow_and_obey_the_policy(make, pauses):
    with serve(replies(503)) as it:
        make(it.url, retry=RetryPolicy(max_retries=5, backoff_factor=1, backoff_max=5)).send(ask(it))
    assert pauses == [1, 2, 4, 5, 5]


def test_a_limit_told_as_500_is_a_limit(make, pauses):
    body = b'{"code": 500, "message": "429 Too Many Requests: slow down", "traceback": []}'
    with serve(lambda h, s, n: h.reply(500, body) if n == 1 else h.reply(200)) as it:
        assert make(it.url).send(ask(it)).status == 200
    assert pauses == [1.0]


@pytest.mark.parametrize(("asked", "paused"), [("7", [7.0]), ("61", []), ("0", [0.1]), ("soon", [0.1])])
def test_retry_after_is_obeyed_up_to_a_bound(make, pauses, asked, paused):
    with serve(lambda h, s, n: h.reply(503 if n == 1 else 200, headers=[("Retry-After", asked)])) as it:
        response = make(it.url).send(ask(it))
    assert pauses == paused
    assert response.status == (200 if paused else 503)


def test_max_retries_zero(make):
    with serve(replies(503)) as it:
        make(it.url, retry=RetryPolicy(max_retries=0)).send(ask(it))
    assert len(it.seen) == 1


def test_an_interrupted_answer_is_closed(make, monkeypatch):
    read = []

    def interrupted(answer, *_, **__):
        read.append(answer)
        raise KeyboardInterrupt

    with serve(replies(200, body=b"x" * 100)) as it:
        transport = make(it.url)
        with monkeypatch.context() as patch:
            patch.setattr("urllib3.response.HTTPResponse.read", interrupted)
            with pytest.raises(KeyboardInterrupt):
                transport.send(ask(it))
        assert read[0].closed
        assert transport.send(ask(it)).body == b"x" * 100


@pytest.mark.parametrize("size", [0, -1, 2.5, "3", True])
def test_no_transport_without_connections(size):
    with pytest.raises(InvalidArgumentError, match=r"^Give pool_maxsize as a whole number from 1 up"):
        HTTPTransport(Credentials(None), pool_maxsize=size)


def test_defaults_of_the_process_are_taken_when_built(make, monkeypatch):
    monkeypatch.setattr(
        session_defaults, "_current", session_defaults.SessionDefaults(max_retries=1, pool_maxsize=4)
    )
    with serve(replies(503)) as it:
        transport = make(it.url)
        transport.send(ask(it))
    assert (len(it.seen), transport.pool_maxsize) == (2, 4)


# --- lost answers ---------------------------------------------------------------------------------


def cut_off(handler, seen, count):
    handler.reply(200, b"half", length=100)
    handler.hang_up()


def break_chunk(handler, seen, count):
    handler.send_response_only(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"ff\r\nonly this")
    handler.hang_up()


def drop(handler, seen, count):
    handler.hang_up()


def reset(handler, seen, count):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()
    handler.rfile = handler.wfile = io.BytesIO()
    handler.hang_up()


def nonsense(handler, seen, count):
    handler.wfile.write(b"this is no HTTP\r\n\r\n")
    handler.hang_up()


def cut_gzip(handler, seen, count):
    """A proxy that kept the beginning of a compressed answer: every length fits."""
    plain = bytes(range(256)) * 100
    handler.reply(200, gzip.compress(plain)[:-20], [("Content-Encoding", "gzip")])


BROKEN = [cut_off, break_chunk, drop, reset, nonsense, cut_gzip]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_answer_is_asked_for_again(make, broken):
    with serve(lambda h, s, n: h.reply(200, b"whole") if n == 3 else broken(h, s, n)) as it:
        assert make(it.url).send(ask(it, method="POST", body=b"q")).body == b"whole"
    assert len(it.seen) == 3


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_stays_broken_is_an_error(make, broken):
    with serve(broken) as it, pytest.raises(ServiceConnectionError) as caught:
        make(it.url).send(ask(it, operation="info.get_datastacks"))
    assert len(it.seen) == 4
    assert isinstance(caught.value, requests.ConnectionError)
    assert caught.value.operation == "info.get_datastacks"


@pytest.mark.parametrize("broken", BROKEN)
def test_a_write_with_a_lost_answer_is_sent_once(make, broken):
    with serve(broken) as it, pytest.raises(UnknownOutcomeError) as caught:
        make(it.url).send(write(it))
    assert len(it.seen) == 1
    assert caught.value.check == CHECK
    assert CHECK in str(caught.value).splitlines()[0]
    assert isinstance(caught.value.cause, ServiceConnectionError)


@pytest.mark.parametrize("status", [502, 504])
def test_a_write_lost_behind_a_proxy(make, status):
    with serve(replies(status)) as it:
        error = error_for(make(it.url).send(write(it)))
    assert len(it.seen) == 1
    assert isinstance(error, UnknownOutcomeError)
    assert isinstance(error.cause, ServiceUnavailableError)


def test_a_write_that_nobody_took_is_sent_once(make):
    with serve(replies(503, 200)) as it:
        error = error_for(make(it.url).send(write(it)))
    assert len(it.seen) == 1
    assert isinstance(error, ServiceUnavailableError)
    assert "sent once and not repeated" in str(error)


# --- time -----------------------------------------------------------------------------------------


def stall_at_once(handler, seen, count):
    handler.stall()


def stall_in_headers(handler, seen, count):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")
    handler.wfile.flush()
    handler.stall()


def stall_in_body(handler, seen, count):
    handler.reply(200, b"half", length=100)
    handler.stall()


STALLS = [stall_at_once, stall_in_headers, stall_in_body]


@pytest.mark.parametrize("stall", STALLS)
def test_a_silent_server_is_a_timeout(make, stall):
    start = time.monotonic()
    with serve(stall) as it, pytest.raises(RequestTimeoutError) as caught:
        make(it.url).send(ask(it, read_timeout=0.2))
    assert time.monotonic() - start < 5
    error = caught.value
    assert isinstance(error, requests.Timeout)
    assert (error.phase, error.seconds) == ("read", 0.2)
    assert len(it.seen) == 1  # a heavy query is not sent again


@pytest.mark.parametrize("stall", STALLS)
def test_a_write_without_answer_in_time(make, stall):
    with serve(stall) as it, pytest.raises(UnknownOutcomeError) as caught:
        make(it.url).send(write(it, read_timeout=0.2))
    assert len(it.seen) == 1
    assert isinstance(caught.value.cause, RequestTimeoutError)


@pytest.mark.parametrize("safe", [True, False])
def test_a_server_that_takes_no_connection(make, pauses, safe):
    start = time.monotonic()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        # Fill the queue of connections that nobody accepts; the next one waits.
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        request = Request(
            "POST", f"http://127.0.0.1:{port}/", safe=safe, body=b"", connect_timeout=0.2, read_timeout=0.2
        )
        with pytest.raises(RequestTimeoutError) as caught:
            make(retry=RetryPolicy(max_retries=1)).send(request)
        for filler in fillers:
            filler.close()
    assert time.monotonic() - start < 5
    assert caught.value.phase == "connect"
    assert len(pauses) == (1 if safe else 0)


def narrow_listener():
    """Return a listener whose connections take in little at a time, so that large bodies must wait."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def test_a_large_body_may_take_longer_than_connecting(make):
    size, pause = 24_000_000, threading.Event()

    def take_slowly(listener):
        with listener.accept()[0] as connection:
            connection.settimeout(10)
            total = paused = 0
            while total < size:
                piece = connection.recv(1 << 16)
                if not piece:
                    return  # the client gave up
                total += len(piece)
                if total > paused * 2_000_000:
                    paused += 1
                    pause.wait(0.05)  # 0.6 s in all
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with narrow_listener() as listener, ThreadPoolExecutor(1) as pool:
        done = pool.submit(take_slowly, listener)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        request = Request("POST", url, body=bytes(size), connect_timeout=0.25, read_timeout=5)
        assert make().send(request).status == 200
        done.result(5)


@pytest.mark.parametrize(("safe", "error"), [(True, RequestTimeoutError), (False, UnknownOutcomeError)])
def test_a_server_that_stops_reading(make, safe, error):
    with narrow_listener() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        request = Request("POST", url, body=bytes(24_000_000), connect_timeout=0.2, safe=safe)
        with pytest.raises(error) as caught:
            make().send(request)
    cause = caught.value if safe else caught.value.cause
    assert (cause.phase, cause.seconds) == ("send", 0.2)


# --- no connection --------------------------------------------------------------------------------


@pytest.mark.parametrize("safe", [True, False])
def test_a_refused_connection_is_not_an_unknown_outcome(make, pauses, safe):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(ServiceConnectionError, match="Nothing was sent") as caught:
        make().send(
            Request("POST", f"http://127.0.0.1:{port}/?token=sesame", body=b"", safe=safe, check=CHECK)
        )
    assert "refused" in caught.value.reason
    assert len(pauses) == (3 if safe else 0)
    assert "sesame" not in str(caught.value)


def test_an_unknown_host(make, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ServiceConnectionError, match=r"Nothing was sent") as caught:
        make().send(Request("GET", "http://cave.invalid/x"))
    assert "Name or service not known" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["cave.org/x", "ftp://cave.org/x", "http://", "http://[::1/x", "file:///etc/passwd"]
)
def test_what_is_no_address(make, url):
    with pytest.raises(InvalidArgumentError, match=r"^Give the server address as https://host"):
        make().send(Request("GET", url))


# --- redirects ------------------------------------------------------------------------------------


def redirect_to(target, status=302):
    def answer(handler, seen, count):
        if seen.path == "/start":
            handler.reply(
                status, b"moved", headers=[("Location", target(handler) if callable(target) else target)]
            )
        else:
            handler.reply(200, b"there")

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_same_origin_redirects_are_followed_with_token(make, method, status):
    with serve(redirect_to("/there/?a=1#part", status)) as it:
        body = b"q" if method == "POST" else None
        response = make(it.url).send(
            ask(it, "/start", method, body=body, headers=(("Content-Type", "text/q"),))
        )
    assert response.body == b"there"
    assert response.url == f"{it.url}/there/?a=1"
    _, seen = it.seen
    assert seen.path == "/there/?a=1"
    assert seen.header("authorization") == f"Bearer {TOKEN}"
    expected = ("GET", b"") if status == 303 else (method, body or b"")
    assert (seen.method, seen.body) == expected


def test_another_host_gets_neither_token_nor_headers(make):
    with (
        serve(replies(200, body=b"file")) as bucket,
        serve(redirect_to(lambda h: f"{bucket.url}/file")) as it,
    ):
        # Even a server that may have the token gets none by way of a redirect from another one.
        transport = make(it.url, bucket.url)
        response = transport.send(ask(it, "/start", headers=(("X-Private", "1"), ("Accept", "a/b"))))
    assert response.body == b"file"
    (seen,) = bucket.seen
    assert (seen.header("authorization"), seen.header("x-private")) == (None, None)
    assert seen.header("accept") == "a/b"


def test_the_token_does_not_come_back(make):
    with serve(lambda h, s, n: h.reply(302, headers=[("Location", f"{cave.url}/end")])) as stranger:
        with serve(redirect_to(lambda h: f"{stranger.url}/")) as cave:
            make(cave.url).send(ask(cave, "/start"))
        assert [seen.header("authorization") is not None for seen in cave.seen] == [True, False]


def test_a_body_goes_to_no_other_host(make):
    with serve(replies(200)) as stranger:
        with (
            serve(redirect_to(lambda h: f"{stranger.url}/", 307)) as it,
            pytest.raises(RedirectError) as caught,
        ):
            make(it.url).send(ask(it, "/start", "POST", body=b"ids"))
        assert stranger.seen == []
        assert caught.value.location == f"{stranger.url}/"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_write_is_never_redirected(make, status):
    with (
        serve(redirect_to("/there", status)) as it,
        pytest.raises(RedirectError, match=r"^Set the server address to") as caught,
    ):
        make(it.url).send(ask(it, "/start", "POST", body=b"{}", safe=False, check=CHECK))
    assert len(it.seen) == 1
    assert CHECK.rstrip(".") in str(caught.value)


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize(
    "page",
    [
        "/sticky_auth/api/v1/authorize?redirect=%2Fstart",
        "https://auth.cave.org/authorize",
        "https://accounts.google.com/o/oauth2/auth?client_id=1",
    ],
)
def test_a_login_page_is_an_auth_error(make, page, safe):
    with serve(redirect_to(page)) as it, pytest.raises(AuthError, match=r"^Get a token") as caught:
        make(it.url).send(ask(it, "/start", safe=safe, operation="info.get_datastacks"))
    assert (caught.value.status, caught.value.intended_status) == (302, 401)
    assert len(it.seen) == 1


def test_a_login_page_where_no_token_goes(make):
    """A token would not help there."""
    with serve(redirect_to("/authorize")) as it, pytest.raises(AuthError) as caught:
        make().send(ask(it, "/start", auth=False))
    host = it.url.removeprefix("http://")
    said = f"Check the address: {host} wants a login, and the CAVE token does not go there."
    assert str(caught.value).partition("\n")[0] == said


def test_an_endless_redirect_ends(make):
    with (
        serve(lambda h, s, n: h.reply(302, headers=[("Location", f"/{n}")])) as it,
        pytest.raises(RedirectError),
    ):
        make(it.url).send(ask(it))
    assert len(it.seen) == 6


def test_a_redirect_without_location_is_an_answer(make):
    with serve(replies(302)) as it:
        assert make(it.url).send(ask(it)).status == 302


@pytest.mark.parametrize(
    ("here", "location", "expected"),
    [
        ("http://cave.org/a", "https://cave.org/a", ("https://cave.org/a", True)),
        ("http://cave.org/a", "https://CAVE.org:443/a", ("https://CAVE.org:443/a", True)),
        ("https://cave.org/a", "b", ("https://cave.org/b", True)),
        ("https://cave.org/a", "//other.org/b", ("https://other.org/b", False)),
        ("https://cave.org/a", "https://cave.org:8443/b", ("https://cave.org:8443/b", False)),
        ("http://cave.org:8000/a", "https://cave.org:8443/a", ("https://cave.org:8443/a", False)),
        ("https://cave.org/a", "https://cave.org.evil.org/", ("https://cave.org.evil.org/", False)),
        ("https://cave.org/a", "https://cave.org@evil.org/", ("https://cave.org@evil.org/", False)),
        ("https://cave.org/a", "https://evil.org\\@cave.org/", ("https://evil.org\\@cave.org/", False)),
        ("https://cave.org/a", "http://cave.org/a", None),
        ("https://cave.org/a", "http://other.org/a", None),
        ("https://cave.org/a", "file:///etc/passwd", None),
        ("https://cave.org/a", "javascript:alert(1)", None),
        ("https://cave.org/a", "https://[broken/", None),
    ],
)
def test_where_redirects_lead(here, location, expected):
    request = Request("GET", here)
    response = Response(302, Headers([("Location", location)]), b"", here, request)
    hop = Hop("GET", here, (), None, with_token=True)
    if expected is None:
        with pytest.raises(RedirectError):
            next_hop(request, hop, response)
    else:
        onward = next_hop(request, hop, response)
        assert (onward.url, onward.with_token) == expected


# --- sharing --------------------------------------------------------------------------------------


def test_threads_share_one_transport(make):
    def answer(handler, seen, count):
        handler.reply(200, seen.path.encode() * 1000)

    with serve(answer) as it, ThreadPoolExecutor(8) as pool:
        transport = make(it.url, pool_maxsize=2, pool_block=True)
        paths = [f"/{n}" for n in range(200)]
        bodies = list(pool.map(lambda path: transport.send(ask(it, path)).body, paths))
        transport.close()
    assert bodies == [path.encode() * 1000 for path in paths]
    assert {seen.header("authorization") for seen in it.seen} == {f"Bearer {TOKEN}"}


def test_copies_do_not_pause_in_step():
    """Clients that are sent to the processes of a pool must not come back all at once."""
    stored = pickle.dumps(HTTPTransport(Credentials(None)))
    first, second = pickle.loads(stored), pickle.loads(stored)
    assert [first._spread() for _ in range(3)] != [second._spread() for _ in range(3)]


def test_pickles_without_token(monkeypatch):
    transport = HTTPTransport(
        Credentials(TOKEN, ["http://127.0.0.1"]), RetryPolicy(max_retries=7), verify="/ca.pem"
    )
    copy = pickle.loads(pickle.dumps(transport))
    assert (copy.retry.max_retries, copy.verify, copy.pool_maxsize) == (7, "/ca.pem", 10)
    with serve(replies(200)) as it:
        copy.verify = True
        copy.credentials.allow(it.url)
        monkeypatch.delenv("CAVE_TOKEN", raising=False)
        with pytest.raises(AuthError, match=r"^Set the environment variable CAVE_TOKEN"):
            copy.send(ask(it))
        assert it.seen == []
        monkeypatch.setenv("CAVE_TOKEN", "fresh")
        copy.send(ask(it))
        copy.close()
    assert it.seen[0].header("authorization") == "Bearer fresh"


def test_a_forked_process_opens_its_own_connections(make, monkeypatch):
    with serve(replies(200)) as it:
        transport = make(it.url)
        before = transport._session
        transport.send(ask(it))
        monkeypatch.setattr(os, "getpid", lambda: -1)
        assert transport._session is not before
        assert transport.send(ask(it)).status == 200
        before.close()


def test_the_token_is_nowhere_to_be_seen(make, caplog):
    caplog.set_level("DEBUG")
    texts = []
    with serve(drop) as it:
        transport = make(it.url)
        request = write(it)
        for attempt in (request, ask(it)):
            with pytest.raises(CAVEError) as caught:
                transport.send(attempt)
            error = caught.value
            texts += [repr(error), str(error), repr(vars(error)), caught.getrepr(style="long").__str__()]
            assert TOKEN.encode() not in pickle.dumps(error)
            assert type(pickle.loads(pickle.dumps(error))) is type(error)
        texts += [repr(transport), repr(request), request.as_curl(), repr(transport.credentials), caplog.text]
        assert TOKEN.encode() not in pickle.dumps(transport)
        assert it.seen[0].header("authorization") == f"Bearer {TOKEN}"
    assert [text for text in texts if TOKEN in text] == []
