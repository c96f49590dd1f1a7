"""A few calls at a time, in threads that nobody waits for.

After a failure or Ctrl-C, requests still under way may take as long as their timeouts. The threads of
`concurrent.futures` would keep the interpreter from ending for as long.

Where the system has no more threads to give, those that there are do the work; without any, who waits does.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

_HEARS_CTRL_C_AFTER = 0.5
_HERE = threading.local()


def is_one_of_several() -> bool:
    """Tell whether this is a pool's thread, beside which others are at work already."""
    return getattr(_HERE, "is_of_pool", False)


class Pool(Generic[T]):
    """Threads that call one function.

    Parameters
    ----------
    call : callable
        Takes an item and returns its result.
    name : str
        What the threads are called.
    """

    def __init__(self, call: Callable[[T], Any], name: str) -> None:
        self._call = call
        self._name = name
        self._todo: SimpleQueue[list[T] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[T, Any, BaseException | None]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0

    def begin(self, item: T, most: int) -> None:
        """Have an item called, in a thread of its own up to `most`."""
        if len(self._threads) < most:
            name = f"{self._name}-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            with suppress(RuntimeError):  # the interpreter is ending, or there are too many threads
                thread.start()
                self._threads.append(thread)
        self._todo.put([item])
        self._under_way += 1

    def take(self) -> tuple[T, Any, BaseException | None]:
        """Wait for the next item that is done: with its result, or with what went wrong."""
        if not self._threads and (box := self._todo.get()) is not None:
            self._done.put(self._called(box))
        while True:
            try:
                # Not for ever: on some systems Ctrl-C is not heard during a wait.
                done = self._done.get(timeout=_HEARS_CTRL_C_AFTER)
            except Empty:
                continue
            self._under_way -= 1
            return done

    def each(self, items: Iterable[T], most: int) -> Iterator[tuple[T, Any, BaseException | None]]:
        """Call all items, at most so many at once, and yield them as they are done."""
        waiting = iter(items)
        for item in islice(waiting, most):
            self.begin(item, most)
        while self._under_way:
            done = self.take()
            for item in islice(waiting, 1):
                self.begin(item, most)
            yield done

    def end(self) -> None:
        """Let the threads go: at once if all is done, else each with the end of what it has under way."""
        for _ in self._threads:
            self._todo.put(None)
        if not self._under_way:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        _HERE.is_of_pool = True
        while (box := self._todo.get()) is not None:
            self._done.put(self._called(box))

    def _called(self, box: list[T]) -> tuple[T, Any, BaseException | None]:
        item = box.pop()  # an idle thread keeps neither item nor result alive
        try:
            return item, self._call(item), None
        except BaseException as error:  # whatever it is: who waits for the result raises it
            return item, None, error


def at_once(*calls: Callable[[], Any]) -> list[Callable[[], Any]]:
    """
    Make calls at the same time that do not depend on each other.

    Parameters
    ----------
    *calls : callable
        The calls.

    Returns
    -------
    list of callable
        For each call, what waits for it and returns its result, or raises its error. Who asks for results in
        the order in which the calls would have been made one after the other gets the same errors; nobody
        waits for a result that is not asked for.
    """
    pool: Pool[int] = Pool(lambda place: calls[place](), "cave-at-once")
    for place in range(len(calls)):
        pool.begin(place, len(calls))
    pool.end()  # each thread ends with what it has under way
    done: dict[int, tuple[Any, BaseException | None]] = {}

    def result(place: int) -> Any:
        while place not in done:
            other, value, error = pool.take()
            done[other] = value, error
        value, error = done[place]
        if error is not None:
            raise error
        return value

    return [partial(result, place) for place in range(len(calls))]
