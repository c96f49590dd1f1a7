"""The dataset that is served when nobody names one."""

import functools
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import serve, starter_dataset
from caveclient_gen.offline.generator import building, starter
from caveclient_gen.offline.generator.starter import FOLDER_VARIABLE, cache_folder
from caveclient_gen.offline.workplaces import MARK


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return building.new_dataset(tmp_path_factory.mktemp("made") / "small.cave", small=True)


@pytest.fixture
def cache(tmp_path, monkeypatch, made):
    """Let it be small, made in no time, and in a folder of this test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    monkeypatch.setattr(starter, "new_dataset", lambda path, **_: made.copy(path))
    return folder


def test_it_is_made_once(cache):
    first = starter_dataset()
    made = (first.path / "dataset.json").stat().st_mtime_ns
    assert starter_dataset().path == first.path
    assert (first.path / "dataset.json").stat().st_mtime_ns == made
    assert [path.name for path in cache.iterdir()] == [first.path.name]


def test_two_that_make_it_at_once_get_the_same(cache, monkeypatch):
    monkeypatch.setattr(starter, "new_dataset", functools.partial(building.new_dataset, small=True))
    found, failed = [], []

    def make():
        try:
            found.append(starter_dataset().path)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(found)) == 1
    assert len(list(cache.iterdir())) == 1


def test_what_is_left_of_a_cleared_one_is_made_anew(cache):
    (starter_dataset().path / "dataset.json").unlink()
    assert (starter_dataset().path / "dataset.json").is_file()


def test_why_it_could_not_be_made_is_said(cache, monkeypatch):
    def refuse(path, **_):
        raise CAVEError("Run `pip install`: something is missing.")

    monkeypatch.setattr(starter, "new_dataset", refuse)
    with pytest.raises(CAVEError, match="something is missing"):
        starter_dataset()


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.raises(CAVEError, match=f"Let {FOLDER_VARIABLE} name a folder"):
        starter_dataset()


def test_serving_nothing_serves_a_copy_that_vanishes(cache):
    original = starter_dataset()
    with serve() as server:
        copy = server.dataset.path
        assert copy != original.path
        size = {f"voxel_resolution_{axis}": 4.0 for axis in "xyz"}
        server.cave.annotations.create_table(1, "mine", "bound_tag", {"description": "mine", **size})
        assert "mine" in server.client().annotation.get_tables()
    assert not copy.exists()
    assert not copy.parent.exists()
    with original.open() as cave:
        assert "mine" not in cave.annotations.tables()


KILLED = """
from caveclient_gen.offline import serve
server = serve()
print(server.dataset.path, flush=True)
input()
"""


def test_a_copy_of_a_killed_process_is_cleared_away(cache, monkeypatch, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    starter_dataset()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    ) as process:
        left = Path(process.stdout.readline().strip())
        with serve() as server:
            assert server.dataset.path != left
            assert left.is_dir()
        process.kill()
    mark = left.parent / MARK
    os.utime(mark, (1e9, 1e9))
    with serve() as server:
        assert list(temporary.iterdir()) == [server.dataset.path.parent]
    assert list(temporary.iterdir()) == []


def test_a_port_that_is_taken_leaves_no_copy(cache, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with serve() as server:
        port = int(server.address.rsplit(":", 1)[1])
        before = list((tmp_path / "temporary").iterdir())
        with pytest.raises(CAVEError, match="Choose another port"):
            serve(port=port)
        assert list((tmp_path / "temporary").iterdir()) == before


def test_tokens_end_with_the_server(cache):
    dataset = starter_dataset()
    with serve(dataset) as server:
        token = server.token("viewer")
        assert server.cave.identity.user_of(token).name == "Offline Viewer"
    with dataset.open() as cave:
        assert cave.identity.user_of(token) is None


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "{home}/.cache/caveclient-gen"),
        ("linux", {"XDG_CACHE_HOME": "/var/caches"}, "/var/caches/caveclient-gen"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "{home}/.cache/caveclient-gen"),
        ("darwin", {}, "{home}/Library/Caches/caveclient-gen"),
        ("win32", {"LOCALAPPDATA": "/Users/a/AppData/Local"}, "/Users/a/AppData/Local/caveclient-gen/Cache"),
        ("win32", {}, "{home}/AppData/Local/caveclient-gen/Cache"),
        ("linux", {FOLDER_VARIABLE: "~/mine"}, "{home}/mine"),
    ],
)
def test_where_it_is_kept(monkeypatch, platform, environment, expected):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", FOLDER_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == Path(expected.format(home=Path.home()))


def test_loading_it_is_cheap():
    """In a process of its own: nothing heavy is loaded before a dataset is made."""
    script = "import sys, caveclient_gen.offline; print(sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60, env=os.environ
    )
    heavy = ("numpy", "pandas", "pyarrow", "duckdb", "scipy", "networkx")
    assert not [name for name in heavy if f"'{name}'" in run.stdout]
