"""What a full, read-only or busy disk does to requests: a clear refusal, and nothing half."""

import random
import sqlite3
import threading

import pytest
import requests
import tubes

from caveclient_gen.__main__ import main
from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import serve
from caveclient_gen.offline.store import Kept, Store


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(tubes.tubes(tmp_path_factory.mktemp("disks") / "tubes.cave")) as server:
        server.token()  # so that asking changes nothing any more
        yield server


@pytest.fixture
def store(tmp_path):
    store = Store.create(tmp_path / "some.sqlite", ["CREATE TABLE thing (name TEXT);"])
    yield store
    store.close()


def things(store):
    return [name for (name,) in store.read().execute("SELECT name FROM thing")]


def add(store, *names):
    with store.write() as db:
        db.executemany("INSERT INTO thing VALUES (?)", [(name,) for name in names])
        store.touch("thing")


def fill(store):
    """Let the database have no more pages than it has, on the connections of this thread."""
    db = store.read()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def test_a_change_that_does_not_fit_is_rolled_back(store):
    fill(store)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        add(store, "small", "x" * 100_000)
    store.read().execute("PRAGMA max_page_count = 1000000")
    assert things(store) == []
    add(store, "later")
    assert things(store) == ["later"]


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
    kept = Kept(store, "thing", lambda: things(store))
    assert kept.get() == []
    store._local.connection = FailingAtTheEnd(plain)
    with pytest.raises(sqlite3.OperationalError):
        add(store, "lost")
    store._local.connection = plain
    assert not plain.in_transaction
    assert kept.get() == []
    add(store, "kept")
    other = sqlite3.connect(store.path)
    assert other.execute("SELECT name FROM thing").fetchall() == [("kept",)]
    other.close()


def test_what_is_kept_is_of_one_moment(store):
    """Somebody changes two tables while they are read: both are read as they were, or both as they are."""
    other = sqlite3.connect(store.path, isolation_level=None)

    def make():
        names = things(store)
        other.execute("BEGIN")
        other.execute("INSERT INTO thing VALUES ('new')")
        other.execute("INSERT INTO revision VALUES ('thing', 1)")
        other.execute("COMMIT")
        return names, things(store)

    kept = Kept(store, "thing", make)
    assert kept.get() == ([], [])
    other.close()


def state_of(server):
    """All that edits and posts change."""
    db = sqlite3.connect(server.dataset.path / "cave.sqlite")
    found = "\n".join(line for line in db.iterdump() if 'INTO "token"' not in line)
    db.close()
    return found


def post_state(server):
    return requests.post(
        f"{server.address}/nglstate/api/v1/post",
        json={"layers": [random.Random(1).randbytes(100_000).hex()]},
        headers={"Authorization": f"Bearer {server.token()}"},
        timeout=60,
    )


def test_over_http_a_full_disk_is_said_to_be_full(tmp_path, monkeypatch):
    with serve(tubes.tubes(tmp_path / "tubes.cave")) as server:
        check_a_full_disk(server, monkeypatch)


def check_a_full_disk(server, monkeypatch):
    token = server.token()
    before = state_of(server)
    read = Store.read

    def read_full(self):
        db = read(self)
        if threading.current_thread() is not threading.main_thread():
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
        return db

    with monkeypatch.context() as patch:
        patch.setattr(Store, "read", read_full)
        answer = post_state(server)
    assert answer.status_code == 507
    assert "Make room and ask again" in answer.text
    assert token not in answer.text
    assert state_of(server) == before


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OSError(28, "No space left on device"), 507, "Make room"),
        (OSError(27, "File too large"), 507, "Make room"),
        (OSError(30, "Read-only file system"), 403, "Let the folder of the dataset be written"),
        (PermissionError(13, "Permission denied"), 403, "Let the folder of the dataset be written"),
        (OSError(5, "Input/output error"), 500, "Report this"),
    ],
)
def test_files_that_cannot_be_written(server, monkeypatch, caplog, error, status, words):
    def fail(*_, **__):
        raise error

    before = state_of(server)
    monkeypatch.setattr("caveclient_gen.offline.states.States.add", fail)
    answer = post_state(server)
    assert answer.status_code == status
    assert words in answer.text
    assert state_of(server) == before
    assert bool(caplog.records) == (status == 500)


def test_a_database_that_another_process_changes_all_the_time(tmp_path, monkeypatch):
    monkeypatch.setattr("caveclient_gen.offline.store.PATIENCE", 0.05)  # before anybody opens it
    with serve(tubes.tubes(tmp_path / "tubes.cave")) as server:
        server.token()
        other = sqlite3.connect(server.dataset.path / "cave.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = post_state(server)
        assert answer.status_code == 503
        assert "another process is changing the dataset" in answer.text
        other.execute("ROLLBACK")
        other.close()
        assert post_state(server).status_code == 200


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    """SQLite cannot open a database in WAL mode there, as files beside it cannot be made."""
    dataset = tubes.tubes(tmp_path / "tubes.cave")

    def unable(*_, **__):
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("caveclient_gen.offline.store.sqlite3.connect", unable)
    with pytest.raises(CAVEError, match=r"Use a copy of it in a folder .*cave.sqlite cannot"):
        serve(dataset)


def test_a_file_that_is_no_database(tmp_path, capsys):
    dataset = tubes.tubes(tmp_path / "tubes.cave")
    (dataset.path / "cave.sqlite").write_bytes(b"something else entirely" * 100)
    words = ["serve", str(dataset.path), "--token-file", str(tmp_path / "token")]
    assert main(arguments=words) == 1
    assert "cannot be read (file is not a database)" in capsys.readouterr().err


def test_a_command_on_a_full_disk(tmp_path, capsys, monkeypatch):
    dataset = tubes.tubes(tmp_path / "tubes.cave")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("caveclient_gen.offline.versions.files.FrozenFiles.finish", full)
    assert main(arguments=["dataset", "materialize", str(dataset.path)]) == 1
    assert capsys.readouterr().err.startswith("Make room and ask again")
    assert list((dataset.path / "versions").iterdir()) == []
