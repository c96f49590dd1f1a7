"""The database of a dataset: SQLite, one transaction per change.

Rule 1: whatever a request changes is one transaction; a process that dies in it leaves nothing of it.
Rule 2: one writer at a time; readers never wait for it and see whole changes only.
Rule 3: what is kept in memory is kept together with the revision of its topic, and read anew when that moved:
        another process may serve or change the same dataset. It is read as of one moment, so no change is
        seen by halves.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caveclient_gen.offline.moments import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Kept", "Store"]

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds that a change waits for one of another process."""

REVISIONS = """
CREATE TABLE revision (topic TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""


class Store:
    """One SQLite file, shared by all threads of this process.

    Parameters
    ----------
    path : Path
        The file. It must exist: `Store.create` makes it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Clock()
        self._writing = threading.RLock()
        self._listing = threading.Lock()  # its own: who opens a connection must not wait for who writes
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self.failures = 0
        """How many changes failed after a `touch`: what was kept within one is of a state that never was."""
        self._touched = False

    @classmethod
    def create(cls, path: Path, schemas: Iterable[str]) -> Store:
        """Make the file with the tables of `schemas`, which are SQL of this package."""
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            for schema in (REVISIONS, *schemas):
                connection.executescript(schema)
        finally:
            connection.close()
        return cls(path)

    def read(self) -> sqlite3.Connection:
        """Return this thread's connection. Change nothing through it: use `write`."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?mode=rw",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=PATIENCE,
            )
            connection.execute("PRAGMA trusted_schema = OFF")  # the file may be a stranger's
            connection.execute("PRAGMA cell_size_check = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            with self._listing:
                self._open.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Change something: all of it if the block ends, nothing if it raises.

        Blocks may be nested: then the outermost one decides, and an error must not end before it.
        """
        connection = self.read()
        if getattr(self._local, "is_viewing", False):
            raise RuntimeError("Write before or after a view, not within: nothing of it would stay.")
        with self._writing:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            self._touched = False
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self.failures += self._touched
                connection.rollback()  # does nothing after a full disk, which ends a change by itself
                raise

    @contextmanager
    def view(self) -> Iterator[sqlite3.Connection]:
        """Read several things as of one moment, and write nothing. Within `write` that is so anyway."""
        connection = self.read()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        self._local.is_viewing = True
        try:
            yield connection
        finally:
            self._local.is_viewing = False
            connection.execute("ROLLBACK")

    def touch(self, *topics: str) -> None:
        """Within `write`: say that what is kept of these topics is old."""
        self._touched = True
        self.read().executemany(
            "INSERT INTO revision VALUES (?, 1) ON CONFLICT (topic) DO UPDATE SET value = value + 1",
            [(topic,) for topic in topics],
        )

    def revision(self, topic: str) -> int:
        """Return how often a topic was touched."""
        row = self.read().execute("SELECT value FROM revision WHERE topic = ?", (topic,)).fetchone()
        return int(row[0]) if row else 0

    def revisions(self) -> int:
        """Return how often any topic was touched."""
        (total,) = self.read().execute("SELECT coalesce(sum(value), 0) FROM revision").fetchone()
        return int(total)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._writing, self._listing:
            while self._open:
                self._open.pop().close()
            self._local = threading.local()


class Kept(Generic[T]):
    """One value made from the database, made anew when its topic was touched.

    Parameters
    ----------
    store : Store
        Where the topic's revision is looked up at each `get`.
    topic : str
        What the value depends on.
    make : callable
        Reads the value.
    """

    def __init__(self, store: Store, topic: str, make: Callable[[], T]) -> None:
        self._store = store
        self._topic = topic
        self._make = make
        self._lock = threading.Lock()
        self._value: tuple[tuple[int, int], Any] | None = None

    def get(self) -> T:
        """Return the value as of now."""
        with self._lock:
            if self._value is None or self._value[0] != self._revision():
                with self._store.view():
                    self._value = (self._revision(), self._make())
            value: T = self._value[1]
            return value

    def _revision(self) -> tuple[int, int]:
        return self._store.failures, self._store.revision(self._topic)
