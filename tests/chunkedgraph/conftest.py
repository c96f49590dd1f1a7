"""A chunkedgraph server on the loopback that answers as a test says, and a client of it."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from caveclient_gen.chunkedgraph import ChunkedGraphClientV1

TOKEN = "a" * 32


@dataclass
class Seen:
    """One request as the server got it."""

    method: str
    path: str
    query: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def ids(self):
        return np.frombuffer(self.body, dtype="<u8").tolist()


@dataclass
class GraphServer:
    """Answers by the last part of the path; what it was asked is in `seen`.

    An answer is a JSON value, bytes, (status, JSON value), (status, JSON value, headers), or a function of
    the request that returns one of these.
    """

    url: str = ""
    answers: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)

    def calls(self, name):
        return [one for one in self.seen if one.path.rsplit("/", 1)[1] == name]

    @property
    def names(self):
        return [one.path.rsplit("/", 1)[1] for one in self.seen]


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen = Seen(self.command, parts.path, dict(parse_qsl(parts.query)), body)
            server.seen.append(seen)
            answer = server.answers.get(parts.path.rsplit("/", 1)[1], (599, {"message": "not scripted"}))
            self._reply(*_parts(answer(seen) if callable(answer) else answer))

        do_GET = do_POST = _serve  # noqa: N815  the names that http.server calls

        def _reply(self, status, value, headers):
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            kind = "text/html; charset=utf-8" if isinstance(value, bytes) else "application/json"
            self.send_response_only(status)
            for name, text in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def _parts(answer):
    if not isinstance(answer, tuple):
        return 200, answer, {}
    return (*answer, {})[:3]


@pytest.fixture
def graph():
    server = GraphServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as http:
        http.daemon_threads = True
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        http.shutdown()
        thread.join(timeout=5)


@pytest.fixture
def make(graph):
    """Make a client of the server; keywords go to its constructor."""

    def make_client(**keywords):
        known = {"table_name": "tbl", "server_version": "2.21.1", "max_retries": 0} | keywords
        return ChunkedGraphClientV1(graph.url, {"Authorization": f"Bearer {TOKEN}"}, 1, None, **known)

    return make_client


@pytest.fixture
def client(make):
    return make()


@pytest.fixture
def as_bytes():
    """Write ids as the server does."""
    return lambda *ids: np.array(ids, dtype="<u8").tobytes()
