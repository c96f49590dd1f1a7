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
from caveclient_gen.offline.store import Store


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(tubes.tubes(tmp_path_factory.mktemp("disks") / "tubes.cave")) as server:
        server.token()  # so that asking changes nothing any more
        yield server


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
