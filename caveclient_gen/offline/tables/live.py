"""Tables as of a moment, and the few last ones that were asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.store import Store

__all__ = ["LiveTables"]

KEPT = 8
"""How many tables as of a moment are kept."""


class LiveTables:
    """The rows of tables at moments.

    What is kept goes as soon as anything in the dataset was changed, since a look-up or an edit may reach
    back: the sum of all revisions tells.
    """

    def __init__(self, annotations: Annotations, store: Store) -> None:
        self._annotations = annotations
        self._store = store
        self._lock = threading.Lock()
        self._revision = -1
        self._kept: OrderedDict[tuple[str, int], pa.Table] = OrderedDict()

    def rows(self, table: str, at: int) -> pa.Table:
        """Return the rows of a table at a moment, in microseconds since 1970."""
        revision = self._store.revisions()
        key = table, at
        with self._lock:
            if revision != self._revision:
                self._kept.clear()
                self._revision = revision
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        rows = self._annotations.rows_at(table, at)
        with self._lock:
            if revision == self._revision:
                self._kept[key] = rows
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return rows
