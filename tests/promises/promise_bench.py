"""Public clients on a transport that keeps what it is given, or on a server on the loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from caveclient_gen._runtime.credentials import Credentials
from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.retry import RetryPolicy
from caveclient_gen._runtime.transport import HTTPTransport
from caveclient_gen.annotationengine import AnnotationClientV2
from caveclient_gen.auth import AuthClient
from caveclient_gen.chunkedgraph import ChunkedGraphClientV1
from caveclient_gen.emannotationschemas import SchemaClient
from caveclient_gen.infoservice import InfoServiceClient
from caveclient_gen.jsonservice import JSONServiceV1
from caveclient_gen.l2cache import L2CacheClientLegacy
from caveclient_gen.materializationengine import MaterializationClientV2, MaterializationClientV3
from caveclient_gen.skeletonservice import SkeletonClient

TOKEN = "0123456789abcdef" * 2
MOMENT = "2024-01-02T03:04:05Z"
ADDRESS = "http://127.0.0.1:9"
VERSIONS = {"chunkedgraph": "2.21.1", "materialize": "5.26.4", "skeleton": "0.23.11", "state": "0.7.2"}
RECORD = {"version": 1, "datastack": "ds", "time_stamp": "2024-01-01T00:00:00", "valid": True}


class Halt(Exception):
    """Raised instead of an answer: what a test looks at is on the wire by then."""


@dataclass
class Wire:
    """A transport that keeps requests. `answers` has some of their answers, by the end of the path."""

    answers: dict[str, Any] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        for end, value in self.answers.items():
            if request.url.endswith(end):
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                kind = Headers([("Content-Type", "application/json")])
                return Response(200, kind, body, request.url, request)
        raise Halt

    @property
    def bytes_sent(self) -> list[tuple[Any, ...]]:
        return [(r.method, r.full_url, r.headers, r.body) for r in self.sent]


def quick(token: str | None, *addresses: str, retries: int = 2, pauses: list[float] | None = None):
    """Return the transport of real clients, which waits for nothing."""
    sleep = (pauses if pauses is not None else []).append
    return HTTPTransport(Credentials(token, addresses), retry=RetryPolicy(max_retries=retries), sleep=sleep)


def chunkedgraph(address: str = ADDRESS, transport: Any = None, **more: Any) -> ChunkedGraphClientV1:
    # With a moment of its own, so that no request holds the present.
    known = {"table_name": "tbl", "server_version": VERSIONS["chunkedgraph"], "timestamp": MOMENT} | more
    return ChunkedGraphClientV1(address, _header(), 1, None, transport=transport, **known)


def _materialize(kind: Any, api: int, address: str, transport: Any, **more: Any) -> Any:
    known = {"server_version": VERSIONS["materialize"], "version": 1} | more
    return kind(address, _header(), api, None, "me_server_address", "ds", transport=transport, **known)


def materialize_2(address: str = ADDRESS, transport: Any = None, **more: Any) -> MaterializationClientV2:
    return _materialize(MaterializationClientV2, 2, address, transport, **more)


def materialize_3(address: str = ADDRESS, transport: Any = None, **more: Any) -> MaterializationClientV3:
    return _materialize(MaterializationClientV3, 3, address, transport, **more)


def auth(address: str = ADDRESS, transport: Any = None) -> AuthClient:
    return AuthClient(token=TOKEN, server_address=address, transport=transport)


def info(address: str = ADDRESS, transport: Any = None) -> InfoServiceClient:
    return InfoServiceClient(address, "ds", auth(address), transport=transport)


def schema(address: str = ADDRESS, transport: Any = None) -> SchemaClient:
    return SchemaClient(address, auth(address), transport=transport)


def skeleton(address: str = ADDRESS, transport: Any = None, **more: Any) -> SkeletonClient:
    known = {"server_version": VERSIONS["skeleton"]} | more
    return SkeletonClient(address, "ds", auth(address), transport=transport, **known)


def state(address: str = ADDRESS, transport: Any = None, **more: Any) -> JSONServiceV1:
    known = {"ngl_url": "https://viewer.example", "server_version": VERSIONS["state"]} | more
    return JSONServiceV1(address, _header(), 1, None, None, transport=transport, **known)


def l2cache(address: str = ADDRESS, transport: Any = None, **more: Any) -> L2CacheClientLegacy:
    known = {"table_name": "tbl"} | more
    return L2CacheClientLegacy(address, _header(), 1, None, None, transport=transport, **known)


def annotation(address: str = ADDRESS, transport: Any = None) -> AnnotationClientV2:
    return AnnotationClientV2(
        address,
        _header(),
        2,
        None,
        None,
        "vol",
        schema_client=schema(address, transport),
        transport=transport,
    )


CLIENTS: dict[str, Callable[..., Any]] = {
    "chunkedgraph": chunkedgraph,
    "materialize 2": materialize_2,
    "materialize 3": materialize_3,
    "auth": auth,
    "info": info,
    "schema": schema,
    "skeleton": skeleton,
    "state": state,
    "l2cache": l2cache,
    "annotation": annotation,
}


METHODS = {
    "upload_state_json_with_id": "upload_state_json",
    "upload_property_json_with_id": "upload_property_json",
}
"""Operation -> public method, where it has another name."""


def _header() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Seen:
    """One request as the server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """The running server: its address, what it saw, and an event that ends its stalls."""

    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    served: Server
    answer: Callable[..., None]

    def setup(self) -> None:
        super().setup()
        self.served.connections.append(self.connection)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client hung up, as some tests mean it to
            self.close_connection = True

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        seen = Seen(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        self.served.seen.append(seen)
        type(self).answer(self, seen)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  names that http.server looks for

    def reply(self, status: int = 200, value: Any = b"", length: int | None = None, **headers: str) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response_only(status)
        kind = "text/html" if isinstance(value, bytes) else "application/json"
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        for name, text in ({"Content-Type": kind} | named).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True

    def stall(self) -> None:
        self.served.over.wait(20)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serve(answer: Callable[[Handler, Seen], None]) -> Iterator[Server]:
    """Run a server that answers every request by calling `answer`."""
    served = Server()
    handler = type("_Handler", (Handler,), {"served": served, "answer": staticmethod(answer)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.over.set()
        server.shutdown()
        for connection in served.connections:
            with suppress(OSError):  # closed already
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()  # waits for the threads of all connections
        thread.join(5)


def public_operations() -> Iterator[tuple[str, Any]]:
    """Yield every operation that a public client speaks, with the name of the client."""
    for name, make in CLIENTS.items():
        client = make(transport=Wire())
        tables = type(client)._operations_by_api
        operations = tables[str(client.api_version)] if tables else client._operations
        for operation in operations.values():
            yield name, operation
