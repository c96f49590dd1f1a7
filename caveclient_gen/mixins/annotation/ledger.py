"""Which staged rows are in the table, which are not, and of which that is not known.

A row is marked as unknown *before* it is sent. So whatever ends an upload, an interrupt or a lost answer,
no row
that may be in the table is taken for one that is not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

PENDING, UPLOADED, UNKNOWN = range(3)
NO_ID = -1
SETTLED_AFTER = 300.0
"""Seconds after which a server has finished or dropped whatever it was doing when the answer was lost."""


@dataclass
class Sent:
    """One request that may have brought its rows into the table, and what helps to find out."""

    rows: np.ndarray
    volume: str | None = None
    """The aligned volume of the table."""
    count_before: int | None = None
    """Rows of the table before it."""
    after_id: int | None = None
    """An id of the table that is older than the rows."""
    sent_at: float = field(default_factory=time.time)
    """Unix seconds."""
    failed_at: float | None = None
    """Unix seconds; None if nobody saw it end."""
    is_over: bool = False
    """The server is known to be done with it."""

    def may_come_for(self) -> float:
        """Return for how many seconds from now the server may still put the rows into the table."""
        if self.is_over:
            return 0.0
        ended = self.sent_at + SETTLED_AFTER if self.failed_at is None else self.failed_at
        return max(0.0, ended + SETTLED_AFTER - time.time())


@dataclass
class Ledger:
    """The state of each row."""

    states: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    ids: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sent: list[Sent] = field(default_factory=list)
    """Requests whose rows are unknown."""

    def grow(self, count: int) -> None:
        """Add rows that are not in."""
        self.states = np.concatenate([self.states, np.full(count, PENDING, dtype=np.int8)])
        self.ids = np.concatenate([self.ids, np.full(count, NO_ID, dtype=np.int64)])

    def rows(self, state: int) -> np.ndarray:
        """Return the indices of the rows in a state."""
        return np.flatnonzero(self.states == state)

    def begin(self, sent: Sent) -> None:
        """Note that rows are about to be sent."""
        self.sent.append(sent)  # first, so that an interrupt leaves no unknown row that nobody looks for
        self.states[sent.rows] = UNKNOWN

    def mark_uploaded(self, rows: Any, ids: Any) -> None:
        """Note that rows are in, with their ids."""
        chosen, new = self.checked(rows), np.asarray(ids, dtype=np.int64)
        if len(chosen) != len(new):
            raise InvalidArgumentError(
                f"Pass one id for each row: there are {len(chosen)} rows and {len(new)} ids."
            )
        self.states[chosen], self.ids[chosen] = UPLOADED, new
        self._settle(chosen)

    def mark_pending(self, rows: Any) -> None:
        """Note that rows are not in."""
        chosen = self.checked(rows)
        self.states[chosen], self.ids[chosen] = PENDING, NO_ID
        self._settle(chosen)

    def checked(self, rows: Any) -> np.ndarray:
        """Return row indices, checked."""
        from caveclient_gen._runtime.ids import as_ids

        chosen = as_ids(rows, name="rows")
        if len(chosen) and chosen.max() >= len(self.states):
            raise InvalidArgumentError(f"Pass rows below {len(self.states)}: there is no {chosen.max()}.")
        return chosen

    def keep(self, kept: np.ndarray) -> None:
        """Forget all rows but those of a mask."""
        new_place = np.cumsum(kept) - 1
        self.states, self.ids = self.states[kept], self.ids[kept]
        for one in self.sent:
            one.rows = new_place[one.rows[kept[one.rows]]]

    def _settle(self, rows: Sequence[int] | np.ndarray) -> None:
        for one in self.sent:
            one.rows = one.rows[~np.isin(one.rows, rows)]
        self.sent = [one for one in self.sent if len(one.rows)]
