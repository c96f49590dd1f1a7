"""The database of a dataset: whole changes only, even if the disk is full; what is kept is of one moment."""

import sqlite3
import time
from contextlib import closing

import pytest

from caveclient_gen.offline.moments import Clock
from caveclient_gen.offline.store import Kept, Store

SCHEMA = """
CREATE TABLE line (text TEXT NOT NULL) STRICT;
CREATE TABLE version (number INTEGER NOT NULL) STRICT;
CREATE TABLE part (version INTEGER NOT NULL) STRICT;
"""


@pytest.fixture
def store(tmp_path):
    store = Store.create(tmp_path / "cave.sqlite", [SCHEMA])
    yield store
    store.close()


def lines(store):
    """Return what another process would find."""
    with closing(sqlite3.connect(store.path)) as other:
        return [text for (text,) in other.execute("SELECT text FROM line")]


def add(store, text):
    with store.write() as connection:
        connection.execute("INSERT INTO line VALUES (?)", (text,))
        store.touch("line")


def test_a_full_disk_is_said_to_be_full_and_changes_nothing(store):
    store.read().execute("PRAGMA max_page_count = 20")
    with pytest.raises(sqlite3.OperationalError, match="full"), store.write() as connection:  # noqa: PT012  no row of many is known to be the last
        while True:
            connection.execute("INSERT INTO line VALUES (?)", ("x" * 4000,))
    assert lines(store) == []
    add(store, "after")
    assert lines(store) == ["after"]


class FailingAtTheEnd:
    """A connection whose COMMIT fails, as on a disk that is full by then."""

    def __init__(self, connection):
        self.connection = connection

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, sql, *values):
        if sql == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return self.connection.execute(sql, *values)


def test_a_commit_that_fails_leaves_no_open_change(store):
    """Else the next change of this thread would be taken for a part of it, and never be committed."""
    plain = store.read()
    kept = Kept(store, "line", lambda: store.read().execute("SELECT text FROM line").fetchall())
    assert kept.get() == []
    store._local.connection = FailingAtTheEnd(plain)
    with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
        add(store, "lost")
    store._local.connection = plain
    assert not plain.in_transaction
    assert kept.get() == []
    add(store, "kept")
    assert lines(store) == ["kept"]


def test_what_is_kept_is_of_one_moment(store):
    """A change that is committed between two of its queries is in none of them."""
    changes = iter(range(1, 10))

    def change():
        number = next(changes)
        with closing(sqlite3.connect(store.path)) as other, other:
            other.execute("INSERT INTO version VALUES (?)", (number,))
            other.execute("INSERT INTO part VALUES (?)", (number,))
            other.execute(
                "INSERT INTO revision VALUES ('versions', 1)"
                " ON CONFLICT (topic) DO UPDATE SET value = value + 1"
            )

    def make():
        parts = store.read().execute("SELECT version FROM part").fetchall()
        if len(parts) < 2:
            change()
        return parts, store.read().execute("SELECT number FROM version").fetchall()

    kept = Kept(store, "versions", make)
    assert kept.get() == ([], [])
    assert kept.get() == ([(1,)], [(1,)])
    assert kept.get() == ([(1,), (2,)], [(1,), (2,)])
    assert kept.get() == ([(1,), (2,)], [(1,), (2,)])


def test_nothing_is_written_within_a_view(store):
    with store.view(), pytest.raises(RuntimeError, match="before or after"), store.write():
        pass
    with store.write() as connection, store.view() as view:
        connection.execute("INSERT INTO line VALUES ('seen')")
        assert view.execute("SELECT count(*) FROM line").fetchone() == (1,)
    assert lines(store) == ["seen"]


def test_nothing_is_dated_ahead_for_a_whole_millisecond():
    """A version that another process makes right after an edit has the edit."""
    clock = Clock()
    moments = [(clock.now(step=1000), time.time_ns() // 1000) for _ in range(50)]
    assert all(moment % 1000 == 0 and moment <= present for moment, present in moments)
    assert len({moment for moment, _ in moments}) == 50
    far = moments[-1][0] + 3_600_000_000
    assert far < clock.now(after=far, step=1000) < far + 2000  # after a moment to come: it is not waited for


def test_a_change_that_fails_midway_leaves_nothing(store):
    def half():
        with store.write() as connection:
            connection.execute("INSERT INTO line VALUES ('half')")
            with store.write() as inner:
                inner.execute("INSERT INTO line VALUES ('more')")
            raise LookupError

    with pytest.raises(LookupError):
        half()
    assert lines(store) == []
