"""A server on this machine that answers with ready bytes, in a process of its own.

    python server.py ROW        prints its address; ends with its standard input

It tells its address at once, so that contestants start beside it, and makes all bytes before it answers the
first request, so that what is measured is the client. `GET /_asked` tells of the requests since it was last
asked; it is not counted itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HERE = "http://here.invalid"
"""Stands in JSON documents for the address of the server, which is known when it runs."""

ASKED = "/_asked"
LONGEST = 3600
"""Seconds after which a server ends, whatever became of who started it."""


@dataclass(frozen=True)
class Ask:
    """A request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    status: int = 200

    def wire(self) -> bytes:
        head = [
            f"HTTP/1.1 {self.status} X",
            f"Content-Type: {self.media_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + self.body


Answer = Reply | Callable[[Ask], Reply]


def document(value: Any) -> Reply:
    """Return a JSON answer."""
    return Reply(json.dumps(value).encode())


@dataclass
class Server:
    """Threads that answer, one per connection."""

    routes: Mapping[str, Answer]
    latency: float = 0.0
    asked: list[tuple[float, float, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.answer_with(self.routes)

    def answer_with(self, routes: Mapping[str, Answer]) -> None:
        """Take other answers than before."""
        self.routes = routes
        replies = {path: reply for path, reply in self.routes.items() if isinstance(reply, Reply)}
        self._ready = {path: self._placed(reply).wire() for path, reply in replies.items()}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _placed(self, reply: Reply) -> Reply:
        if reply.media_type != "application/json" or reply.headers:
            return reply
        return replace(reply, body=reply.body.replace(HERE.encode(), self.address.encode()))

    def serve(self) -> None:
        connections = 0
        while True:
            connection, _ = self._socket.accept()
            connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(connection, connections), daemon=True).start()

    def _talk(self, connection: socket.socket, number: int) -> None:
        with connection, suppress(ConnectionError), connection.makefile("rb", 1 << 20) as reader:
            while (ask := _read(reader)) is not None:
                began = time.monotonic()
                if ask.path == ASKED:
                    connection.sendall(document(self.asked).wire())
                    self.asked.clear()
                    continue
                if self.latency:
                    time.sleep(self.latency)
                connection.sendall(self._answer(ask))
                if not ask.path.startswith("/_"):  # what the benchmark asks itself
                    self.asked.append((began, time.monotonic(), f"{ask.method} {ask.path}", number))

    def _answer(self, ask: Ask) -> bytes:
        ready = self._ready.get(ask.path)
        if ready is not None:
            return ready
        made = self.routes.get(ask.path)
        if callable(made):
            return made(ask).wire()
        print(f"no answer to {ask.method} {ask.path}", file=sys.stderr, flush=True)
        return Reply(b'{"message": "no such route"}', status=404).wire()


def _read(reader: Any) -> Ask | None:
    first = reader.readline()
    if not first.strip():
        return None
    method, target, _ = first.decode("latin1").split(" ", 2)
    headers = {}
    while (line := reader.readline().decode("latin1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Ask(method, path, query, headers, body)


@contextmanager
def served(row: str) -> Iterator[str]:
    """Start the server of a row in a process of its own; give its address."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), row],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is for who started it
    )
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise SystemExit(f"The server of {row!r} did not start.")
        yield address
    finally:
        process.kill()  # it keeps nothing
        process.wait()
        process.stdin.close()
        process.stdout.close()


@dataclass(frozen=True)
class Asked:
    """What a server was asked."""

    requests: int
    round_trips: int
    """The longest chain of requests that each began after the one before was answered."""
    connections: int
    paths: tuple[str, ...]


def asked(address: str) -> Asked:
    """Return what the server was asked since the last time."""
    with urlopen(address + ASKED, timeout=30) as response:
        entries = json.load(response)
    free = trips = 0
    for began, ended, *_ in sorted(entries, key=lambda entry: entry[1]):
        if began >= free:
            trips, free = trips + 1, ended
    paths = tuple(entry[2] for entry in sorted(entries))
    return Asked(len(entries), trips, len({entry[3] for entry in entries}), paths)


def main() -> None:
    from rows import row_of

    signal.alarm(LONGEST)
    threading.Thread(target=_end_with_input, daemon=True).start()
    row = row_of(sys.argv[1])
    server = Server({}, row.latency)
    print(server.address, flush=True)
    server.answer_with(row.routes())
    server.serve()


def _end_with_input() -> None:
    # Bytes may still be in the making then.
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    from server import main  # the classes of this module by the name under which rows import them

    main()
