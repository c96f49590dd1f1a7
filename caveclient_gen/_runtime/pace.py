"""How large the parts of a divided call are, and how many are under way: what came decides on what follows.

Values in, numbers out; times are given, so nothing here looks at a clock.

    a list that is too long           parts of `max`
    one where dividing pays before    small parts to begin with (`first`), which tell how many rows an item
                                      has and how long the server takes. Those that follow hold as many items
                                      as are expected to take a second or so and to stay at half of the
                                      server's cap; the last ones are small enough to keep all workers busy
    an answer that was cut            half as many; then at most twice as many from part to part
    a part that took very long        as many as would take a second or so
    a server that wanted a pause      half as many at the same time, for the rest of the call
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caveclient_gen._runtime.errors import TruncatedResultError

AT_FIRST = 4
"""Parts under way at the same time when a call begins. Each that is answered makes room for one more."""

_SECONDS = 1.5
"""Time that a part is made to take. Longer ones would bring little, and show no progress."""
_LONG = 15.0
"""Time from which a part is too large, whatever the descriptor allows: proxies lose patience next."""
_BOLD, _CAREFUL = 16, 2
"""How many times larger a part may be than the one that it is judged by: before, and after a cut."""


@dataclass(slots=True)
class Pace:
    """The size and the number of parts.

    Parameters
    ----------
    most : int
        Most items of a part.
    workers : int
        Most parts at the same time.
    first : int, optional
        Items of the first parts, where dividing pays. None: parts are as large as they may be.
    usual : int, optional
        Most rows that servers send at once, until one says otherwise.
    """

    most: int
    workers: int
    first: int | None = None
    usual: int | None = None
    size: int = field(init=False)
    """Most items of the next part."""
    at_once: int = field(init=False)
    """Most parts under way now."""
    _cap: int | None = None
    _items: int = 0
    _rows: int = 0
    _eased: float = float("-inf")

    def __post_init__(self) -> None:
        self.size = min(self.first or self.most, self.most)
        self.at_once = min(AT_FIRST, self.workers) if self.first else self.workers

    def next_size(self, piece: int, remaining: int) -> int:
        """Return how many items of a piece to send now, where so many remain in all."""
        if self.first is None:
            return self.size
        share = -(-remaining // self.at_once)
        size = min(self.size, max(share, -(-self.size // 2), self.first))
        # Two alike rather than a large one and a rest.
        return -(-piece // 2) if size < piece < 2 * size else size

    def cut(self, count: int, error: TruncatedResultError) -> None:
        """Take in that the answer for so many items was cut."""
        self._cap = error.limit or error.got
        self.size = max(1, min(self.size, (count + 1) // 2))

    def came(self, count: int, rows: int, began: float, ended: float, *, paused: bool = False) -> None:
        """Take in an answer: for how many items, its rows, when it was asked for and came.

        `paused`: the request had to be repeated, because the server or the network wanted a pause.
        """
        self._items += count
        self._rows += rows
        if paused:
            self._ease(began, ended)
            return
        if self.first is not None:
            self.at_once = min(self.at_once + 1, self.workers)
        if 2 * count >= self.size:  # else it was sent when parts were smaller, or is a rest
            growth = _BOLD if self.first is not None and self._cap is None else _CAREFUL
            fits = min(self.most, growth * count, self._by_time(count, ended - began), self._by_rows())
            self.size = max(1, int(fits))

    def _ease(self, began: float, ended: float) -> None:
        # What was under way already when the last pause was over, is the same event.
        if began >= self._eased:
            self.workers = self.at_once = max(1, self.at_once // 2)
            self._eased = ended

    def _by_time(self, count: int, seconds: float) -> float:
        if seconds <= 0:
            return float("inf")
        if _SECONDS < seconds <= _LONG:
            return self.size
        return count * _SECONDS / seconds

    def _by_rows(self) -> float:
        cap = self._cap or (self.usual if self.first else None)
        return cap / 2 * self._items / self._rows if cap and self._rows else float("inf")
