"""More items than one request may carry: send the parts, put the answers together, lose nothing.

Order of the answer is order of the items. Writes go out one after another, and end with the first that
fails. Reads go out a few at a time:

    a part whose answer the server cut    is divided in halves, if the descriptor says so, and the parts to
                                          come are made as small
    a part that is refused because it     has no rows, if the descriptor knows the words; if all parts are
      finds nothing                       refused so, the call is
    a part that is refused                the others go on: most refusals are about single items. After a
                                          few of them the call ends all the same
    any other failure                     ends the call: it would be the same for all parts

A call that ends with an error keeps what came: see `CAVEError.partial`, `answered` and `failed`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
from caveclient_gen._runtime.parts import Part, parts_of
from caveclient_gen._runtime.pool import Pool
from caveclient_gen._runtime.progress import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caveclient_gen._runtime.operation import Operation

    Call = Callable[[Mapping[str, Any]], Any]

WORKERS = 4
"""Parts under way at the same time. More would crowd out the server's other users."""

MOST_FAILURES = 3
"""Refused parts after which a call ends: what is wrong is not a single item then."""

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
        Sends one request and returns its decoded answer.
    transport : Transport
        What requests are sent with: no more of them at a time than it keeps connections.

    Returns
    -------
    Any
        The merged answer.
    """
    parts = parts_of(operation, values)
    if len(parts) == 1:
        try:
            return call(parts[0].values)
        except TruncatedResultError as error:
            halves = _halves(operation, parts[0])
            if halves is None:
                raise
            run = _Run(operation, call, _Pace(parts[0].count), deque(halves))
            run.pace.cut(parts[0].count, error)
    else:
        run = _Run(operation, call, _Pace(parts[0].count), deque(parts))
    # Of a transport, only `send` can be relied on.
    workers = max(1, min(WORKERS, getattr(transport, "pool_maxsize", WORKERS)))
    return run.answer(workers, _wish(operation, values))


def _wish(operation: Operation, values: Mapping[str, Any]) -> bool | None:
    """Return whether the caller wants a bar."""
    names = (param.name for param in operation.params if param.effect == "progress")
    return next((values.get(name) for name in names), None)


def _halves(operation: Operation, part: Part) -> list[Part] | None:
    """Return the halves that a cut answer is asked again in; None if that is not to be."""
    is_divided = operation.rows is not None and operation.rows.on_truncate == "split"
    return part.halves() if is_divided else None


@dataclass(slots=True)
class _Pace:
    """How many items the next part may hold: halved by a cut answer, doubled by one far from the cap.

    So one item with very many rows does not make all parts small for good.
    """

    most: int
    size: int = field(init=False)
    cap: int | None = None

    def __post_init__(self) -> None:
        self.size = self.most

    def cut(self, count: int, error: TruncatedResultError) -> None:
        self.cap = error.limit or error.got
        self.size = max(1, min(self.size, (count + 1) // 2))

    def came(self, count: int, answer: Any) -> None:
        if self.cap is not None and count >= self.size:
            rows = row_count(answer.value if isinstance(answer, Answer) else answer)
            if 2 * rows < self.cap:
                self.size = min(self.most, 2 * count)


@dataclass(slots=True)
class _Run:
    """The parts of one call: those to come, those whose answers came, those that failed."""

    operation: Operation
    call: Call
    pace: _Pace
    waiting: deque[Part]
    under_way: dict[tuple[int, ...], Part] = field(default_factory=dict)
    came: dict[tuple[int, ...], tuple[Part, Any]] = field(default_factory=dict)
    empty: dict[tuple[int, ...], tuple[Part, CAVEError]] = field(default_factory=dict)
    failed: dict[tuple[int, ...], tuple[Part, CAVEError]] = field(default_factory=dict)

    def answer(self, workers: int, progress: bool | None) -> Any:
        spans = [part.spans[0] for part in self.waiting]
        total = max(end for _, end in spans) - min(first for first, _ in spans)
        with bar(total, self._what(), progress) as advance:
            try:
                if is_write(self.operation):
                    self._one_by_one(advance)
                else:
                    self._in_threads(workers, advance)
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
                answer = self.call(part.values)
            except CAVEError as error:
                _tell_part(error, part)
                self.failed[part.place] = part, error
                raise
            self.came[part.place] = part, answer
            advance(part.count)

    def _in_threads(self, workers: int, advance: Callable[[int], object]) -> None:
        pool: Pool[Part] = Pool(lambda part: self.call(part.values), "cave-batch")
        try:
            while self.waiting or self.under_way:
                while self.waiting and len(self.under_way) < workers:
                    part = self._next()
                    self.under_way[part.place] = part
                    pool.begin(part, workers)
                part, answer, error = pool.take()
                del self.under_way[part.place]
                if error is None:
                    self.came[part.place] = part, answer
                    self.pace.came(part.count, answer)
                    advance(self._newly_done(part))
                elif isinstance(error, BadRequestError) and self._found_nothing(error):
                    self.empty[part.place] = part, error
                    advance(self._newly_done(part))
                else:
                    self._face(part, error)
        finally:
            pool.end()

    def _next(self) -> Part:
        """Take the next part, of as many items as it may hold."""
        first, *rest = self.waiting.popleft().pieces(self.pace.size)
        self.waiting.extendleft(reversed(rest))
        return first

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
