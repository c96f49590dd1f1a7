"""More items than one request may carry: send the parts, put the answers together, lose nothing.

Order of the answer is order of the items. Writes go out one after another, and end with the first that
fails. Reads go out a few at a time:

    a part whose answer the server cut    is divided in halves, if the descriptor says so, and the parts to
                                          come are made as small (`pace` says how large parts are)
    a part that is refused because it     has no rows, if the descriptor knows the words; if all parts are
      finds nothing                       refused so, the call is
    a part that is refused                the others go on: most refusals are about single items. After a
                                          few of them the call ends all the same
    any other failure                     ends the call: it would be the same for all parts

A call that ends with an error keeps what came: see `CAVEError.partial`, `answered` and `failed`.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from caveclient_gen._runtime import session_defaults
from caveclient_gen._runtime.answer import Answer
from caveclient_gen._runtime.decode import row_count
from caveclient_gen._runtime.errors import (
    BadRequestError,
    CAVEError,
    DecodeError,
    NotFoundError,
    PartFailure,
    ServerError,
    ServiceUnavailableError,
    TruncatedResultError,
)
from caveclient_gen._runtime.gates import is_write
from caveclient_gen._runtime.merge import merge
from caveclient_gen._runtime.pace import Pace
from caveclient_gen._runtime.parts import Part, parts_of
from caveclient_gen._runtime.pool import Pool
from caveclient_gen._runtime.progress import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.request import Request, Response
    from caveclient_gen._runtime.transport import Transport

    Call = Callable[[Mapping[str, Any], Transport], Any]

MOST_FAILURES = 3
"""Refused parts after which a call ends: what is wrong is not a single item then."""

_undivided: ContextVar[bool] = ContextVar("cave_undivided", default=False)

_ABOUT_ITEMS = (BadRequestError, NotFoundError, ServerError, DecodeError, TruncatedResultError)


def answer_in_parts(operation: Operation, values: Mapping[str, Any], call: Call, transport: Any) -> Any:
    """Send a call as one request or several, and return the answers as one.

    Parameters
    ----------
    operation : Operation
        What is called.
    values : mapping
        The resolved arguments.
    call : callable
        Takes arguments and a transport, sends one request and returns its decoded answer.
    transport : Transport
        What requests are sent with: no more of them at a time than it keeps connections.

    Returns
    -------
    Any
        The merged answer.
    """
    parts = parts_of(operation, values)
    first = _first_size(operation, parts[0])
    cut: TruncatedResultError | None = None
    waiting = [part.distinct() for part in parts] if first else parts
    if is_one_request(operation, parts):
        try:
            return call(parts[0].values, transport)
        except TruncatedResultError as error:
            halves = _halves(operation, parts[0])
            if halves is None:
                raise
            waiting, cut = halves, error
    usual = operation.rows.usual if operation.rows else None
    pace = Pace(parts[0].count, _workers(transport, first), first, usual)
    if cut is not None:
        pace.cut(parts[0].count, cut)
    return _Run(operation, call, transport, pace, deque(waiting)).answer(_wish(operation, values))


def is_one_request(operation: Operation, parts: list[Part]) -> bool:
    """Whether a call, divided as far as the server demands, goes out as one request."""
    first = _first_size(operation, parts[0])
    return len(parts) == 1 and (first is None or parts[0].distinct().count <= first)


@contextmanager
def undivided() -> Iterator[None]:
    """Divide calls in this block only where the server demands it: who calls is one of several already."""
    token = _undivided.set(True)
    try:
        yield
    finally:
        _undivided.reset(token)


def _first_size(operation: Operation, part: Part) -> int | None:
    """Return how many items the first requests carry, where dividing pays."""
    if _undivided.get():
        return None
    limits = (limit for limit in operation.items if part.slots and limit.param == part.slots[0][0])
    return next((limit.first for limit in limits), None)


def _workers(transport: Any, first: int | None) -> int:
    """Return how many parts may be under way at the same time."""
    most = session_defaults.current().parallel_requests
    # Requests as large as servers take them are more of a burden than those that are fitted to the server.
    most = most if first else max(1, most // 2)
    # Of a transport, only `send` can be relied on.
    kept = getattr(transport, "pool_maxsize", None)
    return max(1, min(most, kept) if isinstance(kept, int) else most)


def _wish(operation: Operation, values: Mapping[str, Any]) -> bool | None:
    """Return whether the caller wants a bar."""
    names = (param.name for param in operation.params if param.effect == "progress")
    return next((values.get(name) for name in names), None)


def _halves(operation: Operation, part: Part) -> list[Part] | None:
    """Return the halves that a cut answer is asked again in; None if that is not to be."""
    is_divided = operation.rows is not None and operation.rows.on_truncate == "split"
    return part.halves() if is_divided else None


class _Listening:
    """A transport for one part, which notices whether its request had to be repeated."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.paused = False

    def send(self, request: Request) -> Response:
        response = self._transport.send(request)
        self.paused = response.attempts > 1
        return response

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Timed(NamedTuple):
    """An answer, and how it came."""

    answer: Any
    began: float
    ended: float
    paused: bool


@dataclass(slots=True)
class _Run:
    """The parts of one call: those to come, those whose answers came, those that failed."""

    operation: Operation
    call: Call
    transport: Transport
    pace: Pace
    waiting: deque[Part]
    under_way: dict[tuple[int, ...], Part] = field(default_factory=dict)
    came: dict[tuple[int, ...], tuple[Part, Any]] = field(default_factory=dict)
    empty: dict[tuple[int, ...], tuple[Part, CAVEError]] = field(default_factory=dict)
    failed: dict[tuple[int, ...], tuple[Part, CAVEError]] = field(default_factory=dict)

    def answer(self, progress: bool | None) -> Any:
        spans = [part.spans[0] for part in self.waiting]
        total = max(end for _, end in spans) - min(first for first, _ in spans)
        with bar(total, self._what(), progress) as advance:
            try:
                if is_write(self.operation):
                    self._one_by_one(advance)
                else:
                    self._in_threads(advance)
                if self.came and not self.failed:
                    return self._merged()
            except CAVEError as error:
                self._keep_what_came(error)
                raise
        if not self.failed:
            # All were refused because there is nothing to find, as one request would have been.
            raise self.empty[min(self.empty)][1]
        first = self.failed[min(self.failed)][1]
        self._keep_what_came(first)
        raise first

    def _what(self) -> str:
        return self.waiting[0].slots[0][-1]

    def _one_by_one(self, advance: Callable[[int], object]) -> None:
        while self.waiting:
            part = self.waiting.popleft()
            try:
                answer = self.call(part.values, self.transport)
            except CAVEError as error:
                _tell_part(error, part)
                self.failed[part.place] = part, error
                raise
            self.came[part.place] = part, answer
            advance(part.count)

    def _in_threads(self, advance: Callable[[int], object]) -> None:
        pool: Pool[Part] = Pool(self._timed, "cave-batch")
        try:
            while self.waiting or self.under_way:
                while self.waiting and len(self.under_way) < self.pace.at_once:
                    part = self._next()
                    self.under_way[part.place] = part
                    pool.begin(part, self.pace.at_once)
                part, found, error = pool.take()
                del self.under_way[part.place]
                if error is None:
                    self._take_in(part, found)
                    advance(self._newly_done(part))
                elif isinstance(error, BadRequestError) and self._found_nothing(error):
                    self.empty[part.place] = part, error
                    advance(self._newly_done(part))
                else:
                    self._face(part, error)
        finally:
            pool.end()

    def _timed(self, part: Part) -> _Timed:
        transport = _Listening(self.transport)
        began = time.monotonic()
        answer = self.call(part.values, transport)
        return _Timed(answer, began, time.monotonic(), transport.paused)

    def _take_in(self, part: Part, found: _Timed) -> None:
        answer = found.answer
        self.came[part.place] = part, answer
        rows = row_count(answer.value if isinstance(answer, Answer) else answer)
        self.pace.came(part.count, rows, found.began, found.ended, paused=found.paused)

    def _next(self) -> Part:
        """Take the next part, of as many items as it may hold."""
        part = self.waiting.popleft()
        remaining = part.count + sum(other.count for other in self.waiting)
        part, rest = part.first_of(self.pace.next_size(part.count, remaining))
        if rest is not None:
            self.waiting.appendleft(rest)
        return part

    def _newly_done(self, part: Part) -> int:
        """Return how many items are done with this part; one whose other lists are divided is not yet."""
        if part.count > 1 or len(part.spans) == 1:
            return part.count
        others = (*self.waiting, *self.under_way.values())
        return 0 if any(other.first == part.first for other in others) else 1

    def _found_nothing(self, error: BadRequestError) -> bool:
        words = [limit.nothing_found for limit in self.operation.items if limit.nothing_found is not None]
        return any(one.lower() in error.server_message.lower() for one in words)

    def _face(self, part: Part, error: BaseException) -> None:
        """Divide the part, go on without it, or end the call."""
        if isinstance(error, TruncatedResultError) and (halves := _halves(self.operation, part)):
            self.pace.cut(part.count, error)
            self.waiting.extendleft(reversed(halves))
            return
        if not isinstance(error, CAVEError):
            raise error
        _tell_part(error, part)
        self.failed[part.place] = part, error
        of_items = isinstance(error, _ABOUT_ITEMS) and not isinstance(error, ServiceUnavailableError)
        if not of_items or len(self.failed) >= MOST_FAILURES:
            raise error

    def _merged(self) -> Any:
        return self._put_together([answer for _, (_, answer) in sorted(self.came.items(), key=_place)])

    def _put_together(self, answers: list[Any]) -> Any:
        slot = next(iter(self.came.values()))[0].slots[0] if self.came else None
        how = next(
            (limit.merge for limit in self.operation.items if slot and limit.param == slot[0]), "concat"
        )
        return merge(answers, how)

    def _keep_what_came(self, error: CAVEError) -> None:
        """Put into an error what came, and what did not."""
        answered: dict[tuple[int, ...], tuple[Part, Any]] = {**self.came, **self.empty}
        came = [part for _, (part, _) in sorted(answered.items(), key=_place)]
        lost = [PartFailure(*_items_of(part), why) for part, why in self.failed.values()]
        lost += [PartFailure(*_items_of(part), None) for part in (*self.under_way.values(), *self.waiting)]
        error.failed = tuple(sorted(lost, key=lambda one: (one.first, one.last)))
        cut = {place: _rows_of(why) for place, (_, why) in self.failed.items()}
        found = {place: answer for place, (_, answer) in self.came.items()}
        answers = {**found, **{place: rows for place, rows in cut.items() if rows is not None}}
        error.partial = self._partial([answers[place] for place in sorted(answers)])
        error.answered = merge([part.items for part in came], "concat") if came else None
        error.add_note(
            f"Of this call's {len(came) + len(lost)} requests {len(came)} were answered: see `partial` and "
            "`answered` of this error, and `failed` for the items that have no answer and why."
        )

    def _partial(self, answers: list[Any]) -> Any:
        try:
            return self._put_together(answers) if answers else None
        except DecodeError:
            # They do not fit together, but came: the caller gets them one by one.
            return answers


def _place(entry: tuple[tuple[int, ...], Any]) -> tuple[int, ...]:
    return entry[0]


def _rows_of(error: CAVEError) -> Any:
    return error.partial if isinstance(error, TruncatedResultError) else None


def _items_of(part: Part) -> tuple[str, int, int, Any]:
    return part.param, part.first, part.last, part.items


def _tell_part(error: CAVEError, part: Part) -> None:
    error.add_note(f"This was the request for {part.param}[{part.first}:{part.last + 1}].")
