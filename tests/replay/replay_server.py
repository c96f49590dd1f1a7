"""Serve recorded exchanges over real HTTP on loopback.

Rule 1: a request is answered only by an exchange with the same method, path, query and body.
Rule 2: equal means equal to the server: `true` is `True`, `1.0` is `1`, JSON objects have no order.
Rule 3: a moment that the recording client took from its clock ("now") matches any moment close to
        the present; which parameters those are is said by the caller, never guessed.
Rule 4: of several equal exchanges the first unused one answers; the last one answers again and again.
Rule 5: a request that nothing matches gets status 599 and a text that lists what was recorded for
        that path, and is kept in `unmatched`, so that a test can fail on it.
"""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
RECORDED_ADDRESS = b"http://cave.local"
NOW_TOLERANCE = 600.0
"""Seconds around the present that still count as "now"."""

NO_MATCH = 599
HOP_BY_HOP = {"content-length", "transfer-encoding", "connection", "content-encoding"}


def _plain(value: str) -> Any:
    """Read one query value the way the servers do."""
    if value.startswith("["):
        return json.loads(value)
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        number = float(value)
    except ValueError:
        return value
    return value if number != number or abs(number) >= 2**53 else number


@dataclass(frozen=True)
class Ask:
    """What is asked: the part of a request that decides which exchange answers it."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @classmethod
    def read(cls, method: str, url: str, body: bytes = b"") -> Ask:
        """Split `url` into path and query."""
        parts = urlsplit(url)
        return cls(method, unquote(parts.path), tuple(parse_qsl(parts.query, keep_blank_values=True)), body)

    def sorted_query(self) -> list[tuple[str, Any]]:
        """Return the query in one order, values read as the servers read them."""
        return sorted(((key, _plain(value)) for key, value in self.query), key=repr)

    def document(self) -> Any:
        """Return the body: a JSON value where it is one, bytes otherwise; nothing and `{}` are the same."""
        try:
            return json.loads(self.body) if self.body else {}
        except ValueError:
            return self.body

    def __str__(self) -> str:
        body = self.body.decode("utf-8", "backslashreplace") if self.body else ""
        query = "&".join(f"{key}={value}" for key, value in self.query)
        return f"{self.method} {self.path}{'?' if query else ''}{query} {body}".strip()


@dataclass(frozen=True)
class Reply:
    """What was answered, as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    encoding: str | None = None

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer."""

    ask: Ask
    reply: Reply
    now: frozenset[str] = frozenset()
    """Query parameters and top-level JSON keys that held the recording client's "now"."""
    source: str = ""

    def answers(self, ask: Ask) -> bool:
        """Whether `ask` is what was asked then."""
        if (ask.method, ask.path) != (self.ask.method, self.ask.path):
            return False
        mine, theirs = dict(self.ask.sorted_query()), dict(ask.sorted_query())
        document, other = self.ask.document(), ask.document()
        for name in self.now:
            if not (_settle_now(mine, theirs, name) or _settle_now(document, other, name)):
                return False
        return mine == theirs and len(self.ask.query) == len(ask.query) and document == other


def _settle_now(recorded: Any, asked: Any, name: str) -> bool:
    """Take `name` out of both sides if it is a moment close to the present in `asked`."""
    if not (isinstance(recorded, dict) and isinstance(asked, dict) and name in recorded and name in asked):
        return False
    if abs(float(asked[name]) - time.time()) > NOW_TOLERANCE:
        return False
    del recorded[name], asked[name]
    return True


def _body_bytes(body: dict[str, str]) -> bytes:
    if "base64" in body:
        return base64.b64decode(body["base64"])
    return body.get("text", "").encode()


def _read_headers(answer: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    repeated = answer.get("repeated_headers") or {}
    single = [(name, value) for name, value in answer["headers"].items() if name not in repeated]
    return (*single, *((name, value) for name, values in repeated.items() for value in values))


@dataclass(frozen=True)
class Recording:
    """One recorded call with its exchanges."""

    name: str
    call: str
    args: list[Any]
    kwargs: dict[str, Any]
    outcome: str
    exchanges: tuple[Exchange, ...]

    @classmethod
    def load(cls, name: str) -> Recording:
        """Read `tests/recordings/<name>.json`; a name is "service/file"."""
        data = json.loads((RECORDINGS / f"{name}.json").read_text())
        exchanges = tuple(
            Exchange(
                Ask.read(
                    one["request"]["method"],
                    one["request"]["url"],
                    _body_bytes(one["request"].get("body", {})),
                ),
                Reply(
                    one["response"]["status"],
                    _read_headers(one["response"]),
                    _body_bytes(one["response"]["body"]),
                    one["response"].get("content_encoding"),
                ),
                source=name,
            )
            for one in data["exchanges"]
        )
        return cls(
            name, data["call"], data.get("args", []), data.get("kwargs", {}), data["outcome"], exchanges
        )

    @classmethod
    def load_all(cls, service: str) -> list[Recording]:
        """Read all recordings of one folder, in their order."""
        return [cls.load(f"{service}/{path.stem}") for path in sorted((RECORDINGS / service).glob("*.json"))]


@dataclass
class Replay:
    """A running replay server: where it is, what it was asked."""

    address: str
    exchanges: list[Exchange]
    asked: list[Ask] = field(default_factory=list)
    authorized: list[str | None] = field(default_factory=list)
    """The Authorization header of each request, in the order of `asked`."""
    unmatched: list[Ask] = field(default_factory=list)
    used: list[Exchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answer(self, ask: Ask, authorization: str | None) -> Reply:
        """Find the exchange that answers `ask`."""
        with self._lock:
            self.asked.append(ask)
            self.authorized.append(authorization)
            fitting = [exchange for exchange in self.exchanges if exchange.answers(ask)]
            if not fitting:
                self.unmatched.append(ask)
                return Reply(NO_MATCH, (("Content-Type", "text/plain"),), self._explain(ask).encode())
            unused = [one for one in fitting if not any(one is other for other in self.used)]
            chosen = unused[0] if unused else fitting[-1]
            self.used.append(chosen)
            return self._at_home(chosen.reply)

    def _explain(self, ask: Ask) -> str:
        near = [str(exchange.ask) for exchange in self.exchanges if exchange.ask.path == ask.path]
        listed = "\n  ".join(near) or "(nothing for this path)"
        return f"No recorded exchange answers\n  {ask}\nRecorded for this path:\n  {listed}"

    def _at_home(self, reply: Reply) -> Reply:
        """Rewrite the recorded deployment's address to this server's."""
        here = self.address.encode()
        return replace(reply, body=reply.body.replace(RECORDED_ADDRESS, here))


def _deflated(
    content: bytes, headers: list[tuple[str, str]], accepted: str
) -> tuple[bytes, list[tuple[str, str]]]:
    """Answer as the state service does: what it says of its compression is not always what it does."""
    gzip_too, deflate = "gzip" in accepted, "deflate" in accepted
    label = [("Content-Encoding", "deflate")] if gzip_too else []
    return zlib.compress(content) if deflate else content, [*headers, *label]


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = replay.answer(Ask.read(self.command, self.path, body), self.headers.get("Authorization"))
            content = reply.body
            headers = [(name, value) for name, value in reply.headers if name.lower() not in HOP_BY_HOP]
            if reply.encoding == "gzip" and "gzip" in self.headers.get("Accept-Encoding", ""):
                content = gzip.compress(content)
                headers.append(("Content-Encoding", "gzip"))
            if reply.encoding == "deflate":
                content, headers = _deflated(content, headers, self.headers.get("Accept-Encoding", ""))
            self.send_response(reply.status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  (names given by http.server)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  named by http.server
            """Keep the test output quiet; `Replay.asked` has it all."""

    return Handler


@contextmanager
def serve(exchanges: Iterable[Exchange]) -> Iterator[Replay]:
    """Serve `exchanges` on a free loopback port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    replay = Replay(f"http://127.0.0.1:{server.server_address[1]}", list(exchanges))
    server.RequestHandlerClass = _handler(replay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
