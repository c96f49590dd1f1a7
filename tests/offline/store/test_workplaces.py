"""Workplaces vanish, also those of processes that were killed; nothing else does."""

import os
import signal
import subprocess
import sys

import pytest

from caveclient_gen.offline.workplaces import MARK, YOUNG, workplace

WORKER = """
import sys
from pathlib import Path
from caveclient_gen.offline.workplaces import workplace
with workplace(Path(sys.argv[1]), ".fly-") as folder:
    (folder / "half").write_text("made")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def worker(tmp_path):
    """Work in another process, until somebody kills it."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def age(folder):
    """Let its mark be older than a folder that somebody is about to lock."""
    mark = folder / MARK
    then = mark.stat().st_mtime - 2 * YOUNG
    os.utime(mark, (then, then))


def test_it_vanishes_with_its_block(tmp_path):
    with pytest.raises(LookupError), workplace(tmp_path, ".fly-") as folder:  # noqa: PT012  what was made before counts
        (folder / "half").write_text("made")
        raise LookupError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_away_and_what_a_living_one_makes_is_not(tmp_path, worker):
    left = tmp_path / worker.stdout.readline().strip()
    age(left)
    with workplace(tmp_path, ".fly-"):
        assert (left / "half").read_text() == "made"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    with workplace(tmp_path, ".other-"):
        assert left.exists()
    with workplace(tmp_path, ".fly-"):
        assert not left.exists()


def test_what_is_young_is_left_alone(tmp_path):
    young = tmp_path / ".fly-abcdefgh"
    young.mkdir()
    (young / MARK).touch()
    with workplace(tmp_path, ".fly-"):
        assert young.exists()
    age(young)
    with workplace(tmp_path, ".fly-"):
        assert not young.exists()


@pytest.mark.parametrize("name", [".fly-abcdefgh", ".fly-notes", ".fly-2.cave", "fly-abcdefgh"])
def test_what_is_not_marked_is_left_alone(tmp_path, name):
    """Somebody's own folder may be called so."""
    own = tmp_path / name
    own.mkdir()
    (own / "thesis.txt").write_text("years of work")
    with workplace(tmp_path, ".fly-"):
        pass
    assert (own / "thesis.txt").read_text() == "years of work"


def test_what_has_a_mark_of_somebody_else_is_left_alone(tmp_path):
    """Ours is empty; a database that has something is not opened."""
    other = tmp_path / ".fly-abcdefgh"
    other.mkdir()
    (other / MARK).write_bytes(b"SQLite format 3\0")
    age(other)
    with workplace(tmp_path, ".fly-"):
        assert other.exists()


def test_a_link_is_left_alone(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / MARK).touch()
    age(tmp_path / "elsewhere")
    (tmp_path / ".fly-abcdefgh").symlink_to(tmp_path / "elsewhere")
    with workplace(tmp_path, ".fly-"):
        pass
    assert (tmp_path / "elsewhere" / MARK).exists()
    assert (tmp_path / ".fly-abcdefgh").is_symlink()


def test_what_somebody_else_left_stays(tmp_path, worker, monkeypatch):
    left = tmp_path / worker.stdout.readline().strip()
    age(left)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    monkeypatch.setattr("caveclient_gen.offline.workplaces.os.getuid", lambda: -1, raising=False)
    with workplace(tmp_path, ".fly-"):
        assert (left / "half").read_text() == "made"
