"""A small HTTP server on the loopback that answers as a test says and keeps what it was asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Seen:
    """One request as the server got it."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Loopback:
    """The running server: its address, what it saw, and an event that ends its stalls."""

    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Answer = Callable[["Handler", Seen, int], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms between its head and its body
    loopback: Loopback
    answer: Answer

    def setup(self):
        super().setup()
        self.loopback.connections.append(self.connection)

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:  # the client hung up, as some tests mean it to
            self.close_connection = True

    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        seen = Seen(self.command, self.path, self.headers.items(), self.rfile.read(length))
        self.loopback.seen.append(seen)
        type(self).answer(self, seen, len(self.loopback.seen))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815  names that http.server looks for

    def reply(self, status=200, body=b"", headers=(), length=None):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self):
        self.close_connection = True

    def stall(self):
        self.loopback.over.wait(20)
        self.close_connection = True

    def log_message(self, *args):
        pass


@contextmanager
def serve(answer: Answer) -> Iterator[Loopback]:
    loopback = Loopback()
    handler = type("_Handler", (Handler,), {"loopback": loopback, "answer": staticmethod(answer)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    loopback.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield loopback
    finally:
        loopback.over.set()
        server.shutdown()
        for connection in loopback.connections:
            with suppress(OSError):  # closed already
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()  # waits for the threads of all connections
        thread.join(5)


def replies(*statuses, **more) -> Answer:
    """Answer with these statuses in turn, the last one for ever."""

    def answer(handler, seen, count):
        handler.reply(statuses[min(count, len(statuses)) - 1], **more)

    return answer
