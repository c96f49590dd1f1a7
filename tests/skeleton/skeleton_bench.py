"""A skeleton server on the loopback that keeps some skeletons."""

import gzip
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote, urlsplit

from caveclient_gen._runtime.errors import ServiceConnectionError

TOKEN = "a" * 32

# A fork: 2 - 1 - 0, and 3 from 1. Its compartments are floats, as in skeletons of version 2.
FORK = {
    "vertices": [[0.0, 0.0, 0.0], [1000.0, 0.0, 0.0], [2000.0, 500.0, 40.0], [1000.0, 1000.0, 0.0]],
    "edges": [[2, 1], [1, 0], [1, 3]],
    "root": 2,
    "radius": [100.0, 200.0, 300.0, 400.4444],
    "compartment": [3.0, 3.0, 1.0, 2.0],
    "mesh_to_skel_map": [0, 1, 1, 2, 3],
    "lvl2_ids": [2**57 + 1, 2**57 + 3, 2**57 + 5, 2**57 + 7, 2**57 + 9],
    "meta": {"soma_pt_x": None},
}
FORK_SWC = "0 1 2.000 0.500 0.040 0.300 -1\n1 3 1.000 0.000 0.000 0.200 0\n2 3 0.000 0.000 0.000 0.100 1\n"


def packed(document=FORK):
    return gzip.compress(json.dumps(document).encode())


@dataclass
class Seen:
    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def last(self):
        return self.path.rsplit("/", 1)[1]


@dataclass
class SkeletonServer:
    """Answers as the service does, from `kept`; `say` has other answers by a part of the path."""

    url: str = ""
    kept: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)
    say: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)

    def asked(self, part):
        return [one for one in self.seen if part in one.path]

    def answer(self, seen):
        for part, answer in self.say.items():
            if part in seen.path:
                return answer(seen) if callable(answer) else answer
        for part, method in (
            ("/exists", self._exists),
            ("/get_skeletons/", self._bulk),
            ("/get_cached_skeletons/", self._cached),
            ("/gen_", lambda seen: 60.0 * len(seen.json["root_ids"])),
            ("/get_skeleton/", lambda seen: packed()),
            ("/precomputed/skeleton/", lambda seen: packed()),
        ):
            if part in seen.path:
                return method(seen)
        return 404, {"Error": seen.path}

    def _exists(self, seen):
        found = {str(one): one in self.kept for one in seen.json["root_ids"][:1000]}
        return found if len(found) > 1 else next(iter(found.values()))

    def _bulk(self, seen):
        asked = [int(one) for one in seen.last.split(",")][:10]  # the eleventh is dropped without a word
        return {str(one): self.words.get(one) or self._hex(one) or "async" for one in asked}

    def _cached(self, seen):
        asked = seen.json["root_ids"]
        if len(asked) > 500:
            return 400, {"Error": "too many"}
        return {str(one): self._hex(one) for one in asked if one in self.kept}

    def _hex(self, one):
        return self.kept[one].hex() if one in self.kept else None


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self):
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen = Seen(
                self.command,
                unquote(parts.path),
                dict(parse_qsl(parts.query)),
                dict(self.headers.items()),
                body,
            )
            server.seen.append(seen)
            answer = server.answer(seen)
            self._reply(*((200, answer, {}) if not isinstance(answer, tuple) else (*answer, {})[:3]))

        do_GET = do_POST = _serve  # noqa: N815  the names that http.server calls

        def _reply(self, status, value, headers):
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            kind = "application/octet-stream" if isinstance(value, bytes) else "application/json"
            self.send_response_only(status)
            for name, text in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


@contextmanager
def running(server):
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as http:
        http.daemon_threads = True
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join(timeout=5)


def neighbours(layers=4, has_cache=True, dead=False):
    """Stand for the framework client: what it knows of the segmentation and of the L2 cache."""

    def ask(name):
        if dead:
            raise ServiceConnectionError("down")
        return has_cache

    class Graph:
        @property
        def segmentation_info(self):
            if dead:
                raise ServiceConnectionError("down")
            return {"graph": {"n_bits_for_layer_id": 8, "n_layers": layers}}

    return SimpleNamespace(
        datastack_name="ds", chunkedgraph=Graph(), l2cache=SimpleNamespace(has_cache=ask), timestamp=None
    )
