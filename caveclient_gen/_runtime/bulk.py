"""Making very many Python objects at once."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 100_000
"""Bytes of an answer from which on it pays to ask how it is read best."""


@contextmanager
def paused_gc() -> Iterator[None]:
    """
    Keep the cyclic garbage collector from running while many objects are made.

    It would walk all of them again and again, which doubles the time of parsing a long answer, and finds
    nothing: new lists and numbers hold no cycles. So at the end they count as old, and are walked when old
    ones are. What was garbage before goes first. If another thread pauses it too, the first to finish turns
    it on again, which costs the other some time and nothing else.
    """
    was_running = gc.isenabled()
    if was_running:
        gc.collect(1)
    try:
        gc.disable()
        yield
    finally:
        if was_running:
            if not gc.get_freeze_count():  # else these are the caller's, and must stay frozen
                gc.freeze()
                gc.unfreeze()
            gc.enable()
