"""A CAVE server on the loopback that answers by path and keeps what it was asked, and with which token."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class CaveServer:
    """The running server."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""
    rejected: tuple[str, ...] = ()
    """Tokens that it does not accept."""
    before: Callable[[], object] = lambda: None
    """Called before each answer."""

    @property
    def names(self) -> list[str]:
        """The last part of each path, in the order in which they were asked for."""
        return [path.rpartition("/")[2] for path, _ in self.asked]

    def answer(self, path: str, token: str | None) -> tuple[int, Any]:
        """Return status and body."""
        self.asked.append((path, token))
        self.before()
        if token in self.rejected:
            return 401, {"error": "invalid_token", "message": "Token is Invalid"}
        if path in self.answers:
            return 200, self.answers[path]
        return 404, {"message": "not found"}


@contextmanager
def running(**answers: Any) -> Iterator[CaveServer]:
    """Run a server for as long as the block lasts."""
    server = CaveServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # a connection for each, so that none stays open when the block ends

        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ") or None
            status, body = server.answer(self.path, token)
            data = json.dumps(body).encode()
            self.send_response_only(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    wire = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    wire.daemon_threads = False
    server.address = f"http://127.0.0.1:{wire.server_address[1]}"
    thread = threading.Thread(target=wire.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        wire.shutdown()
        wire.server_close()
        thread.join(5)
