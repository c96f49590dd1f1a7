"""Moments: stored as whole microseconds since 1970 in UTC, so that comparing them is exact."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

__all__ = ["Clock", "as_datetime", "as_micros", "as_seconds", "from_iso", "from_seconds", "iso"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LAST_SECOND = 1e11
"""In the year 5138: later moments are mistakes."""


def as_micros(moment: datetime) -> int:
    """Return `moment` as microseconds since 1970; a naive one is UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - EPOCH) // MICROSECOND


def as_datetime(micros: int) -> datetime:
    """Return microseconds since 1970 as an aware moment."""
    return EPOCH + micros * MICROSECOND


def as_seconds(micros: int) -> float:
    """Return microseconds since 1970 as seconds, the form that chunkedgraph answers in."""
    return micros / 1_000_000


def iso(micros: int) -> str:
    """Write a moment as annotation and materialize servers do: no zone, no fraction where it is zero."""
    return as_datetime(micros).replace(tzinfo=None).isoformat()


def from_iso(text: str) -> int:
    """Read a moment as ISO 8601 writes it; without a zone it is UTC. Else raises `ValueError`."""
    return as_micros(datetime.fromisoformat(text))


def from_seconds(seconds: float) -> int:
    """Read a moment in seconds since 1970. Raises `ValueError` for what is no number, or no moment."""
    if not abs(seconds) < LAST_SECOND:
        raise ValueError(f"{seconds} is no moment")
    return round(seconds * 1_000_000)


class Clock:
    """The present, and never the same moment twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def now(self, *, after: int = 0, step: int = 1) -> int:
        """Return the present in microseconds; later than `after` and than any moment returned before.

        A multiple of `step` that is still to come is waited for: what is dated by it is not seen before by
        another process, which asks for a moment a little earlier.

        Parameters
        ----------
        after : int
            A moment that must have passed.
        step : int
            The answer is a multiple of it: 1000 for whole milliseconds.
        """
        with self._lock:
            least = max(self._last, after) + 1
            present = max(time.time_ns() // 1000, least)
            self._last = -(-present // step) * step
            ahead = self._last - time.time_ns() // 1000
            if 0 < ahead < step:
                time.sleep(ahead / 1_000_000)
            return self._last
