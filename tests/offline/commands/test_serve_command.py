"""`caveclient-gen serve`, as a process that somebody starts and ends."""

import argparse
import json
import os
import signal
import stat
import subprocess
import sys

import pytest

from caveclient_gen import CAVEclient
from caveclient_gen.__main__ import main
from caveclient_gen.offline import commands, new_dataset


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return new_dataset(tmp_path_factory.mktemp("served") / "small.cave", small=True)


class Started:
    """A server in a process of its own. What it prints is read up to the line that is waited for."""

    def __init__(self, *words, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "caveclient_gen", "serve", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
        )
        self.lines = []

    def read_until(self, word):
        while not self.lines or word not in self.lines[-1]:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(self.process.stderr.read())
            self.lines.append(line.rstrip("\n"))
        return self.lines

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def test_a_client_with_the_token_file(made, tmp_path):
    file = tmp_path / "secret" / "token.json"
    with Started(made.path, "--token-file", file, "--person", "editor") as started:
        lines = started.read_until("End it with Ctrl-C")
        assert lines[0].startswith(f"Offline CAVE serves minicortex ({made.path}) at http://127.0.0.1:")
        address = lines[0].split(" at ")[1]
        assert lines[3] == (
            f'    client = CAVEclient("minicortex", server_address="{address}", '
            f"auth_token_file={str(file)!r})"
        )
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        token = json.loads(file.read_text())["token"]
        assert token not in "\n".join(lines)
        client = CAVEclient(
            "minicortex", server_address=address, auth_token_file=file, write_server_cache=False
        )
        assert client.materialize.get_versions() == [2, 3]
        assert started.end() == (0, "Ended.\n", "")


def test_termination_ends_it_as_cleanly(made, tmp_path):
    with Started(made.path, "--token-file", tmp_path / "t") as started:
        started.read_until("End it")
        assert started.end(signal.SIGTERM) == (0, "Ended.\n", "")


def test_a_token_goes_into_no_log(made, capsys):
    assert main(arguments=["serve", str(made.path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err == "Give --token-file FILE: the output is not a terminal, and a token should not be in a log.\n"
    )


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no such terminals")
def test_on_a_terminal_the_token_is_shown(made):
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "caveclient_gen", "serve", str(made.path)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = ""
    try:
        while "End it" not in shown:
            shown += os.read(ours, 4096).decode()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        os.close(ours)
    line = next(line for line in shown.splitlines() if "client = " in line)
    names = {}
    made_by = line.strip().removeprefix("client = CAVEclient(").removesuffix(")")
    for part in made_by.split(", ")[1:]:
        name, value = part.split("=")
        names[name] = value.strip('"')
    assert len(names["auth_token"]) == 32
    assert names["server_address"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--host", "0.0.0.0"), "Say --allow-others if you mean it: on 0.0.0.0 everybody"),
        (("--host", "::"), "Say --allow-others"),
        (("--host", "192.0.2.7"), "Say --allow-others"),
        (("--host", "example.org"), "Say --allow-others"),
        (("--host", "0.0.0.0", "--allow-others"), "Say under which address others reach it"),
        (("--person", "nobody"), "Choose one of admin"),
        (("--token-file", "/dev/null/token"), "Choose another file for the token"),
    ],
)
def test_what_is_refused(made, tmp_path, capsys, words, message):
    if "--token-file" not in words:
        words = (*words, "--token-file", tmp_path / "t")
    assert main(arguments=["serve", str(made.path), *map(str, words)]) == 1
    assert capsys.readouterr().err.startswith(message)


def test_letting_others_in_is_warned_of(capsys):
    """Without a server: tests let nobody in."""
    asked = argparse.Namespace(host="0.0.0.0", allow_others=True, public_address="http://cave.example:80")
    commands._check_openness(asked)
    assert capsys.readouterr() == (
        "",
        "Everybody in the network can ask this server on 0.0.0.0, and tokens travel unencrypted.\n",
    )
    for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"):
        commands._check_openness(argparse.Namespace(host=host, allow_others=False, public_address=None))
    assert capsys.readouterr().err == ""


def test_a_folder_without_dataset(tmp_path, capsys):
    assert main(arguments=["serve", str(tmp_path), "--token-file", str(tmp_path / "t")]) == 1
    assert capsys.readouterr().err.startswith("Make one with `caveclient-gen dataset new")
    assert list(tmp_path.iterdir()) == []


def test_another_address_for_clients(made, tmp_path):
    words = ("--public-address", "http://cave.example:8000/", "--token-file", tmp_path / "t")
    with Started(made.path, *words) as started:
        lines = started.read_until("End it")
        assert lines[0].endswith(" at http://cave.example:8000")
        assert started.end()[0] == 0
