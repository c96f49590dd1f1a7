"""The open dataset behind the services, and how many requests are asking it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caveclient_gen.offline.cave import Cave

__all__ = ["InUse"]


class InUse:
    """Which dataset requests are about. One that is exchanged is closed when the last request left it.

    Parameters
    ----------
    cave : Cave
        The open dataset.
    """

    def __init__(self, cave: Cave) -> None:
        self._cave = cave
        self._left = threading.Condition()
        self._requests: Counter[int] = Counter()

    @property
    def cave(self) -> Cave:
        """What the next request is about."""
        return self._cave

    @contextmanager
    def request(self) -> Iterator[Cave]:
        """Hold the dataset open as long as a request is about it."""
        with self._left:
            cave = self._cave
            self._requests[id(cave)] += 1
        try:
            yield cave
        finally:
            with self._left:
                self._requests[id(cave)] -= 1
                self._left.notify_all()

    def exchange(self, cave: Cave) -> Cave:
        """Let requests be about another dataset from now on, and return the one before."""
        with self._left:
            before, self._cave = self._cave, cave
        return before

    def close(self, cave: Cave, patience: float) -> None:
        """Close a dataset as soon as no request is about it, after `patience` seconds anyway."""
        end = time.monotonic() + patience
        with self._left:
            while self._requests[id(cave)] and time.monotonic() < end:
                self._left.wait(max(0.0, end - time.monotonic()))
            del self._requests[id(cave)]
        cave.close()
