"""Answers that end too early, because a test asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from caveclient_gen.offline.http.faults import ConnectionDroppedError

__all__ = ["BrokenResponse"]


class BrokenResponse(Response):
    """Closes the connection: at once, or after the first bytes of an answer.

    ASGI has no word for this. The server's own connection is reached through its `receive`, a method of the
    object that holds it (uvicorn's `RequestResponseCycle.transport`); a test holds that this works.
    """

    def __init__(self, dropped: ConnectionDroppedError) -> None:
        super().__init__()
        self._dropped = dropped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break it."""
        reply = self._dropped.reply
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is None:
            raise RuntimeError("This server gives no way to break a connection: run it under uvicorn.")
        if reply is None:
            transport.abort()
            await _disconnected(receive)
            return
        length = str(max(len(reply.body), self._dropped.keep + 1)).encode()
        headers = [(b"content-type", reply.media_type.encode("latin-1")), (b"content-length", length)]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": reply.body[: self._dropped.keep], "more_body": True}
        )
        transport.close()  # what was written is sent first
        await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    """Wait until the connection is gone: else uvicorn would tell the log of a request without an answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
