"""The ASGI application: finds the route, reads the request within its bounds, asks, answers.

Handlers are plain functions and run in threads; nothing here waits for a database.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import zlib
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route as Path

from caveclient_gen.offline.http.access import admit, read_token, returning_to
from caveclient_gen.offline.http.answers import Reply, header_text
from caveclient_gen.offline.http.broken import BrokenResponse
from caveclient_gen.offline.http.browsers import Hosts, own_cookie
from caveclient_gen.offline.http.call import Call
from caveclient_gen.offline.http.disk_faults import disk_faults
from caveclient_gen.offline.http.faults import ConnectionDroppedError, Faults
from caveclient_gen.offline.http.in_use import InUse
from caveclient_gen.offline.http.refusals import Refusal, refusal_reply
from caveclient_gen.offline.http.routes import SERVICES, Route, route_table
from caveclient_gen.offline.http.served import service_info

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from caveclient_gen.offline.cave import Cave

__all__ = ["App"]

log = logging.getLogger(__name__)

MOST_THROWN_AWAY = 128 * 2**20
"""Bytes. Who sends more meets a closed connection."""

LONG = 1_000_000
"""Bytes of an answer whose compression takes a while."""

PATIENCE_WITH_BODIES = 600.0
"""Seconds. A body that has not come by then never comes; what came of it is let go."""

GATEWAY_404 = (
    "<html>\n<head><title>404 Not Found</title></head>\n<body>\n"
    "<center><h1>404 Not Found</h1></center>\n</body>\n</html>\n"
)


class App:
    """The nine services of one dataset.

    Parameters
    ----------
    cave : Cave
        The open dataset. It may be exchanged (`in_use`) while requests run.
    address : str
        Under which address callers reach this server; it stands in answers that name one.
    hosts : Hosts, optional
        Under which names it answers. Left out: any.
    """

    def __init__(self, cave: Cave, address: str, hosts: Hosts | None = None) -> None:
        self.in_use = InUse(cave)
        self.address = address
        self._hosts = hosts
        self.faults = Faults()
        self._reading: set[asyncio.Task[object]] = set()
        paths = [
            Path(_pattern(route.operation.path), self._endpoint(route), methods=[route.operation.method])
            for route in route_table()
        ]
        self._app = Starlette(routes=paths, exception_handlers={404: self._no_page, 405: self._no_page})
        self._app.router.redirect_slashes = False

    @property
    def cave(self) -> Cave:
        """What the next request is about."""
        return self.in_use.cave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._hosts is not None and not self._hosts.has(scope):
            await _misdirected(self.address)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _endpoint(self, route: Route) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            names = route.service, route.operation.name
            try:
                fault = await self.faults.meet(*names)
                if fault is not None:
                    return _response(fault, request)
                body = await self._read(request, route.endpoint.largest_body)
                reply = await run_in_threadpool(self._answer, route, request, body)
                self.faults.leave(*names, reply)
            except Refusal as refusal:
                reply = refusal_reply(route.service, refusal)
            except ConnectionDroppedError as dropped:
                return BrokenResponse(dropped)
            except (ClientDisconnect, asyncio.CancelledError):
                # Whoever asked is gone, or the server ends and does not wait for the rest of a body.
                return BrokenResponse(ConnectionDroppedError())
            if reply.compress and len(reply.body) > LONG:  # others are answered meanwhile
                return await run_in_threadpool(_response, reply, request)
            return _response(reply, request)

        return endpoint

    async def _read(self, request: Request, largest: int) -> bytes:
        task = asyncio.current_task()
        if task is None:  # each request has one; only types do not know it
            return await _read_body(request, largest)
        self._reading.add(task)
        try:
            return await _read_body(request, largest)
        finally:
            self._reading.discard(task)

    def abandon_bodies(self) -> None:
        """Break the connections of those who do not send the rest of a body. From any thread."""
        for task in self._reading.copy():
            task.get_loop().call_soon_threadsafe(task.cancel)

    def _answer(self, route: Route, request: Request, body: bytes) -> Reply:
        try:
            with self.in_use.request() as cave, disk_faults():
                return self._ask(cave, route, request, body)
        except Refusal as refusal:
            return refusal_reply(route.service, refusal)
        except Exception:
            # A defect of ours. It must not end the server, and the caller must not be shown our insides.
            log.exception("offline CAVE failed at %s", route.operation.name)
            return refusal_reply(
                route.service, Refusal(500, "Report this: offline CAVE failed, its log says where.")
            )

    def _ask(self, cave: Cave, route: Route, request: Request, body: bytes) -> Reply:
        path = {name: str(value) for name, value in request.path_params.items()}
        headers = dict(request.headers)
        query: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name, []).append(value)
        token = read_token(
            headers,
            own_cookie(request),
            request.query_params.get("middle_auth_token"),
            self.address,
        )
        page = returning_to(headers, self.address + request.scope["path"])
        user = admit(cave.identity, route.endpoint.needs, path, token, self.address, page)
        call = Call(cave, route.operation, self.address, user, token, path, query, headers, body, self.faults)
        return route.endpoint.handler(call)

    async def _no_page(self, request: Request, error: Exception) -> Response:
        status: int = getattr(error, "status_code", 404)
        service = next(
            (name for name in SERVICES if request.scope["path"].startswith(service_info(name).base + "/")),
            None,
        )
        if service is None:
            return Response(GATEWAY_404, status, {"Content-Type": "text/html"})
        text = {
            404: "The requested URL was not found on the server.",
            405: "The method is not allowed for the requested URL.",
        }[status]
        headers = dict(getattr(error, "headers", None) or {})
        reply = refusal_reply("", Refusal(status, text))
        return Response(reply.body, status, headers | {"Content-Type": reply.media_type})


class _Piece(StringConvertor):
    """A hole that shares its segment with others ("{x_bin}_{y_bin}_{z_bin}").

    It has no "_". If it could, a long row of them would be cut in all ways there are, which takes for ever.
    """

    regex = "[^/_]+"


register_url_convertor("cave_piece", _Piece())


def _pattern(path: str) -> str:
    """Return a path as Starlette reads it."""
    segments = path.split("/")
    return "/".join(
        re.sub(r"\{(\w+)\}", r"{\1:cave_piece}", one) if one.count("{") > 1 else one for one in segments
    )


def _misdirected(address: str) -> Response:
    text = f"Ask under {address}, or start the server with --public-address: it answers no other name.\n"
    return Response(text, 421, {"Content-Type": "text/plain; charset=utf-8"})


async def _read_body(request: Request, largest: int) -> bytes:
    """Read the body; refuse one that does not come."""
    try:
        async with asyncio.timeout(PATIENCE_WITH_BODIES):
            return await _whole_body(request, largest)
    except TimeoutError:
        words = f"Send the body at once: it was not there after {PATIENCE_WITH_BODIES:g} seconds."
        raise Refusal(408, words, headers=(("Connection", "close"),)) from None


async def _whole_body(request: Request, largest: int) -> bytes:
    """Read the body. What is too long is thrown away as it comes, so that callers can read the refusal."""
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > MOST_THROWN_AWAY:
            raise _too_long(largest)
        if length > largest:
            chunks.clear()
        else:
            chunks.append(chunk)
    if length > largest:
        raise _too_long(largest)
    body = b"".join(chunks)
    if request.headers.get("content-encoding", "").lower() != "gzip":
        return body
    inflate = zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(body, largest + 1)
    except zlib.error:
        raise Refusal(400, "The body says that it is gzip, and cannot be read as that.") from None
    if len(plain) > largest:
        raise _too_long(largest)
    if not inflate.eof:
        raise Refusal(400, "The body says that it is gzip, and ends too early.")
    return plain


def _too_long(largest: int) -> Refusal:
    return Refusal(413, f"Send less at once: a body here may have at most {largest:,} bytes.")


def _response(reply: Reply, request: Request) -> Response:
    body = reply.body
    response = Response(status_code=reply.status)
    if reply.compress and 200 <= reply.status < 300:
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
    response.body = body
    response.headers["Content-Length"] = str(len(body))
    response.headers["Content-Type"] = reply.media_type
    for name, value in reply.headers:
        response.headers.append(name, header_text(value))
    return response
