"""Answers that outlive the process: which, for whom, how long, and what a folder may not do."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
from typing import Any

import pytest
from materialize_bench import served
from test_first_query import INFO, SOFTWARE, VERSIONS, begin, paths, table

from caveclient_gen import errors
from caveclient_gen._runtime import lasting
from caveclient_gen._runtime.credentials import StaticToken
from caveclient_gen._runtime.lasting import NOTHING, LastingAnswers
from caveclient_gen.tools.caching import empty_cache_folder

ROWS = [table("synapses", "query")]
TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def ask(bench, folder):
    """Return a function that makes a client, queries, and returns what was asked."""

    def query(*, at: Any = bench, version: int | None = 2, **more: Any) -> list[str]:
        at.asked.clear()
        client = begin(at, cache_folder=folder, version=version, **{"auth_token": TOKEN, **more})
        assert len(client.materialize.query_table("synapses")) == 6
        return paths(at)

    return query


def test_one_request(ask):
    assert len(ask()) == 4
    assert ask() == ROWS
    assert ask(version=None) == sorted([VERSIONS, *ROWS])  # the newest may have changed


def test_what_is_another_question(ask):
    ask()
    other_version = [
        path.replace("version/2", "version/1") for path in (table("synapses", "metadata"), *ROWS)
    ]
    assert ask(version=1) == sorted(other_version)
    assert len(ask(auth_token="f" * 32)) == 4
    with served() as another:
        assert len(ask(at=another)) == 4
    assert ask() == ROWS


def test_nothing_secret_is_in_it(ask, folder):
    ask()
    files = list(folder.iterdir())
    assert len(files) == 3
    assert not any(TOKEN in file.name or TOKEN in file.read_text() for file in files)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"key": 1, "until": "x"}', b"[" * 50_000]
)
def test_broken_files_are_made_anew(ask, folder, content):
    ask()
    for file in folder.iterdir():
        file.write_bytes(content)
    assert len(ask()) == 4
    assert ask() == ROWS


def test_what_others_may_have_written_is_not_read(ask, folder):
    """The record of a datastack says where the token goes."""
    ask()
    folder.chmod(0o777)
    assert len(ask()) == 4
    folder.chmod(0o700)
    for file in folder.iterdir():
        file.chmod(0o666)
    assert len(ask()) == 4


def test_nothing_is_written_where_others_may_write(folder, tmp_path):
    """Whoever may write there may have put a link there, in place of the file that is about to be written."""
    kept = LastingAnswers(folder, StaticToken(None))
    kept.put({"asks": 1}, "mine", 60)
    (file,) = folder.iterdir()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    file.unlink()
    file.symlink_to(precious)
    folder.chmod(0o777)
    kept.put({"asks": 1}, "mine", 60)
    folder.chmod(0o700)
    assert kept.get({"asks": 1}) is NOTHING
    kept.put({"asks": 1}, "mine", 60)
    assert kept.get({"asks": 1}) == "mine"
    assert precious.read_text() == "mine"


def test_what_can_be_none_of_ours_is_not_read(folder, monkeypatch):
    """A pipe, for which a reader waits for ever, or more than an answer can be."""
    kept = LastingAnswers(folder, StaticToken(None))
    kept.put({"asks": 1}, "mine", 60)
    monkeypatch.setattr(lasting, "_LARGEST_FILE", 10)
    assert kept.get({"asks": 1}) is NOTHING
    (file,) = folder.iterdir()
    file.unlink()
    os.mkfifo(file)
    assert kept.get({"asks": 1}) is NOTHING


def test_a_folder_that_cannot_be(ask, folder):
    folder.write_text("a file")
    assert len(ask()) == 4
    assert len(ask()) == 4


def test_other_files_stay(ask, folder):
    folder.mkdir(0o700)
    (folder / "mine.json").write_text("{}")
    ask()
    assert empty_cache_folder(folder) == 3
    assert [file.name for file in folder.iterdir()] == ["mine.json"]
    assert len(ask()) == 4


def test_the_environment_names_it(bench, folder, monkeypatch):
    monkeypatch.setenv("CAVE_CACHE_FOLDER", str(folder))
    for _ in range(2):
        bench.asked.clear()
        begin(bench, version=2).materialize.query_table("synapses")
    assert paths(bench) == ROWS


def test_who_asks_again_is_answered_by_the_server(bench, folder):
    begin(bench, cache_folder=folder).info.get_datastack_info()
    client = begin(bench, cache_folder=folder, synapse_table="newer")
    assert client.info.get_datastack_info()["synapse_table"] == "synapses"
    assert client.info.get_datastack_info(use_stored=False)["synapse_table"] == "newer"
    client.info.refresh_stored_data()
    assert paths(bench) == [INFO] * 3
    again = begin(bench, cache_folder=folder)
    assert again.info.get_datastack_info()["synapse_table"] == "newer"


def test_a_server_that_was_updated(bench, folder):
    bench.software = "5.12.9"
    with pytest.raises(errors.ServerIncompatibilityError):
        begin(bench, cache_folder=folder, version=2).materialize.query_table("synapses")
    bench.software = "5.26.4"
    assert len(begin(bench, cache_folder=folder, version=2).materialize.query_table("synapses")) == 6
    assert bench.count(SOFTWARE) == 2


def test_refusals_are_not_kept(bench, folder):
    for _ in range(2):
        with pytest.raises(errors.NotFoundError):
            begin(bench, cache_folder=folder, version=2).materialize.query_table("nope")
    assert bench.count("/nope/metadata") == 2


def test_copies_of_a_client(bench, folder, monkeypatch):
    monkeypatch.setenv("CAVE_TOKEN", TOKEN)
    client = begin(bench, cache_folder=folder, auth_token=None, version=2)
    client.materialize.query_table("synapses")
    data = pickle.dumps(client)
    assert TOKEN.encode() not in data
    bench.asked.clear()
    copy = pickle.loads(data)
    assert copy._transport.lasting.folder == folder
    copy.materialize.query_table("synapses")
    assert paths(bench) == ROWS


def test_a_transport_without_folders(bench, folder):
    class Other:
        def send(self, request: Any) -> Any:
            raise AssertionError

    with pytest.raises(errors.InvalidArgumentError, match="Leave out cache_folder"):
        begin(bench, cache_folder=folder, transport=Other())


def test_lifetime_and_size(folder, monkeypatch):
    now = [1000.0]
    kept = LastingAnswers(folder, StaticToken(None), clock=lambda: now[0])
    kept.put({"asks": 1}, {"a": None}, 60)
    assert kept.get({"asks": 1}) == {"a": None}
    now[0] += 60
    assert kept.get({"asks": 1}) is NOTHING
    monkeypatch.setattr(lasting, "MOST", 3)
    for number in range(6):
        kept.put({"asks": number}, number, 60)
        os.utime(max(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns), (number, number))
    assert len(list(folder.iterdir())) == 3
    assert kept.get({"asks": 5}) == 5


@pytest.mark.parametrize("answer", [{1: "a key that is no text"}, (1, 2), {"a": object()}, "x" * 4_000_001])
def test_what_a_file_would_change_is_not_kept(folder, answer):
    kept = LastingAnswers(folder, StaticToken(None))
    kept.put({"asks": 1}, answer, 60)
    assert kept.get({"asks": 1}) is NOTHING


def test_processes_that_write_at_once(folder):
    """A reader sees a whole answer of one of them, or none."""
    writer = (
        "import sys\nfrom caveclient_gen._runtime.lasting import LastingAnswers\n"
        "class Nobody:\n    token = None\n"
        "kept = LastingAnswers(sys.argv[1], Nobody())\n"
        "for _ in range(60):\n    kept.put({'asks': 1}, [sys.argv[2]] * 5000, 60)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", writer, str(folder), name]) for name in "ab"]
    kept, seen = LastingAnswers(folder, StaticToken(None)), set()
    while any(one.poll() is None for one in writers):
        answer = kept.get({"asks": 1})
        if answer is not NOTHING:
            assert len(answer) == 5000
            seen.add(*set(answer))
    assert [one.returncode for one in writers] == [0, 0]
    assert seen <= {"a", "b"}
    assert kept.get({"asks": 1})[0] in seen | {"a", "b"}
    assert len(list(folder.iterdir())) == 1
