"""Turns: threads that want to know the same of a server wait while one of them asks.

A process may be forked meanwhile. The thread that asks does not exist in the child, and a lock that it
holds would never be released there. So each process has locks of its own.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turn:
    """A reentrant lock that may be held while a server is asked. Copies, and children of a fork, are free."""

    def __init__(self) -> None:
        self._held = os.getpid(), threading.RLock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait until nobody else in this process has it, and hold it in this block."""
        process, lock = self._held
        if process != os.getpid():
            lock = threading.RLock()
            self._held = os.getpid(), lock
        with lock:
            yield

    def __reduce__(self) -> tuple[type[Turn], tuple[()]]:
        return Turn, ()
