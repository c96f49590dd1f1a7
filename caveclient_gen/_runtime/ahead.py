"""Requests that go out before their answers are needed, so that a call waits once and not for each of them.

A call asks step by step: which version, which tables, then the query. Where a later question is known
already, it is sent beside an earlier one. The step that asks it finds it under way, by its request, and
waits for that instead of sending it again.

Rules
-----
1. Steps stay as they are, and in their order: each judges its own answer, in the caller's thread. So which
   error is raised, and with which words, does not depend on which answer came first.
2. Only reads go ahead, and only requests that the steps would build alike. What was guessed wrong is
   another request; nobody takes its answer, and neither the answer nor its failure matters.
3. Nobody waits for an answer that is not taken: threads end with what they have under way.
4. No more at a time than the transport keeps connections; none with a transport that does not tell.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from caveclient_gen._runtime.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caveclient_gen._runtime.request import Request, Response
    from caveclient_gen._runtime.transport import Transport

MOST = 4
"""Requests ahead at the same time."""


class Ahead:
    """Requests of one call that are under way; for one thread.

    Parameters
    ----------
    transport : Transport
        Sends them.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._under_way: dict[Request, Pool[Request]] = {}
        # Of a transport only `send` can be relied on; one that does not say how many connections it keeps may
        # count on the order of the steps.
        kept = getattr(transport, "pool_maxsize", None)
        self._most = min(MOST, kept) if isinstance(kept, int) else 0

    def begin(self, request: Request) -> bool:
        """Send a request, if it is a read and there is room; tell whether it is under way now."""
        if request in self._under_way:
            return True
        if not request.safe or len(self._under_way) >= self._most:
            return False
        pool: Pool[Request] = Pool(self.transport.send, "cave-ahead")
        pool.begin(request, 1)
        self._under_way[request] = pool
        return True

    def take(self, request: Request) -> Response | None:
        """Wait for the answer to a request that is under way; None if it is not.

        Raises
        ------
        CAVEError
            No answer came: the error that sending it now would have raised.
        """
        pool = self._under_way.pop(request, None)
        if pool is None:
            return None
        try:
            _, response, error = pool.take()
        finally:
            pool.end()
        if error is not None:
            raise error
        answer: Response = response
        return answer

    def drop(self) -> None:
        """Let go of what nobody took."""
        while self._under_way:
            _, pool = self._under_way.popitem()
            pool.end()


_current: ContextVar[Ahead | None] = ContextVar("cave_ahead", default=None)


@contextmanager
def opened(transport: Transport) -> Iterator[Ahead]:
    """Let requests go ahead until the block ends; within another such block, it is that one."""
    outer = _current.get()
    if outer is not None and outer.transport is transport:
        yield outer
        return
    ahead = Ahead(transport)
    token = _current.set(ahead)
    try:
        yield ahead
    finally:
        _current.reset(token)
        ahead.drop()


def send(transport: Transport, request: Request) -> Response:
    """Send a request, or take its answer if it went ahead.

    Parameters
    ----------
    transport : Transport
        Sends it.
    request : Request
        What to send.

    Returns
    -------
    Response
        The whole answer, whatever its status.

    Raises
    ------
    CAVEError
        No answer came.
    """
    ahead = _current.get()
    found = ahead.take(request) if ahead is not None and ahead.transport is transport else None
    return transport.send(request) if found is None else found
