"""The command line, in a process of its own and on a real server."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cave_server import CaveServer

from caveclient_gen import __version__
from caveclient_gen.__main__ import main

TOKEN, SECOND, BAD = "a" * 32, "b" * 32, "f" * 32
HERE = Path(__file__).parents[2]


def run(*words: str, pasted: str = "") -> subprocess.CompletedProcess[str]:
    # Without a terminal, as in a job; else the prompt would go to whoever runs the tests.
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "caveclient_gen", *words],
        input=pasted,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )


@pytest.fixture
def cave(server: CaveServer) -> CaveServer:
    server.answers = {
        "/info/api/v2/datastacks": ["ds"],
        "/info/api/v2/datastack/full/ds": {"local_server": server.address},
    }
    server.rejected = (BAD,)
    return server


def saved(home: Path) -> str | None:
    file = home / ".cloudvolume" / "secrets" / "cave-secret.json"
    return json.loads(file.read_text())["token"] if file.exists() else None


def save(home: Path, token: str) -> None:
    file = home / ".cloudvolume" / "secrets" / "cave-secret.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"token": token}))


def test_a_token_is_tried_and_saved(cave: CaveServer, home: Path) -> None:
    done = run("setup-token", cave.address, "--no-open", pasted=f"{BAD}\n {TOKEN}\n")  # F075
    assert (done.returncode, saved(home)) == (0, TOKEN)
    assert [token for _, token in cave.asked][:2] == [BAD, TOKEN]
    assert "saved" in done.stdout
    assert done.stderr.startswith("Copy the token again")
    assert TOKEN not in done.stdout + done.stderr
    assert BAD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "code", "kept"),
    [
        ([], 0, TOKEN),
        (["--overwrite"], 0, TOKEN),
        (["--no-overwrite"], 1, SECOND),  # F087: there was no way to say no
    ],
)
def test_what_is_saved_is_kept_if_wanted(
    words: list[str], code: int, kept: str, cave: CaveServer, home: Path
) -> None:
    save(home, SECOND)
    done = run("setup-token", cave.address, *words, "--no-open", pasted=f"{TOKEN}\n")
    assert (done.returncode, saved(home)) == (code, kept)
    if code:
        assert "overwrite" in done.stderr.splitlines()[0]
        assert "Nothing was saved" in done.stderr


def test_a_place_that_cannot_be_written_to_is_no_success(cave: CaveServer, home: Path) -> None:
    (home / ".cloudvolume").write_text("a file, where a folder should be")
    done = run("setup-token", cave.address, "--no-open", pasted=f"{TOKEN}\n")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Make {home / '.cloudvolume'}")
    assert "is saved" not in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("pasted", "first"),
    [("", "Start again with a token"), (f"{BAD}\n", "Copy the token again"), ("\n\n\n", "Copy the token")],
)
def test_without_a_good_token_nothing_is_saved(pasted: str, first: str, cave: CaveServer, home: Path) -> None:
    done = run("setup-token", cave.address, "--no-open", pasted=pasted)
    assert done.returncode == 1
    assert done.stderr.startswith(first)
    assert "Traceback" not in done.stderr
    assert saved(home) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["setup-token"], "SERVER"),
        ([], "COMMAND"),
        (["setup"], "invalid choice"),
        (["setup-token", "x", "--no-opn"], "--no-opn"),
    ],
)
def test_what_cannot_be_understood(words: list[str], told: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_an_address_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments=["setup-token", "ftp://files.org", "--no-open"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Give server_address with http or https: 'ftp' is neither.\n"


def test_the_page_of_tokens_is_opened(cave: CaveServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url, *_: opened.append(url) or True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{TOKEN}\n"))
    assert main(arguments=["setup-token", cave.address]) == 0
    assert [url.startswith(cave.address) for url in opened] == [True]


def test_stopping_it_is_no_crash(
    cave: CaveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("caveclient_gen.__main__._read_line", interrupted)
    assert main(arguments=["setup-token", cave.address, "--no-open"]) == 130
    assert capsys.readouterr().err.startswith("Stopped.")


def test_version() -> None:
    assert run("--version").stdout == f"caveclient-gen {__version__}\n"


def test_the_console_script_is_the_same_function() -> None:
    text = (HERE / "pyproject.toml").read_text()
    assert 'caveclient-gen = "caveclient_gen.__main__:main"' in text
