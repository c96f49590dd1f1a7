"""The command: what it says, writes and exits with."""

import argparse
import io
import json
import os
import stat

import pytest
from changed_spec import AS_LIST, HEADER, NAME, RENAMED_ARGUMENT, both, finding, script

from codegen.migrate.command import add_options, run
from codegen.migrate.find import find
from codegen.migrate.plan import plan
from codegen.migrate.write import write
from codegen.outcome import DIFFERS, OK, WRONG, UsageError
from codegen.report.finding import Comparison

TOLD = (
    finding("param-renamed", param="max_rows"),
    finding("param-default-changed", param="as_list", silent=True, text="default true -> false\x1b[31m"),
)
CALL = "client.demo.get_rows('t', limit=5, as_list=True)\n"


@pytest.fixture
def command(tmp_path):
    """Run the command on the small spec with a renamed argument and another default."""
    default = ((AS_LIST, AS_LIST.replace("default: true", "default: false")),)
    specs = both(tmp_path, **RENAMED_ARGUMENT, v1=default)

    def called(*arguments, told=TOLD):
        parser = argparse.ArgumentParser()
        add_options(parser)
        parser.set_defaults(fail_on="breaking")
        return run(Comparison("old", "new", told, {}), *specs, parser.parse_args(list(map(str, arguments))))

    return called


EDITS = """\
client.demo.get_rows
  ! add as_list=True to keep what the call means
      Calls of client.demo.get_rows that leave out as_list mean something else now: \
default true -> false\\x1b[31m. [param-default-changed, automatic with --pin-defaults]
    limit= -> max_rows=
      limit of client.demo.get_rows has another name. [param-renamed, automatic]
"""


def test_without_scripts_the_edits_are_told(command, capsys):
    assert command() == DIFFERS
    assert capsys.readouterr().out == EDITS


def test_nothing_to_change_is_said_beside_the_results(command, capsys):
    assert command(told=()) == OK
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Nothing for scripts to change.\n"


def test_places_are_told_and_nothing_is_written(command, capsys, tmp_path):
    path = script(tmp_path, HEADER + CALL + "client.demo.get_rows('t', **more)\n")
    assert command("--migrate", path) == DIFFERS
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{path.as_posix()}:3:1: client.demo.get_rows('t', limit=5, as_list=True)",
        "    sure: limit= -> max_rows= [param-renamed]",
        f"{path.as_posix()}:4:1: client.demo.get_rows('t', **more)",
        "  ! maybe, look: add as_list=True to keep what the call means (what * or ** passes cannot be read) "
        "[param-default-changed]",
        "    maybe, look: limit= -> max_rows= (what * or ** passes cannot be read) [param-renamed]",
    ]
    assert said.err == (
        "3 edits at 2 places in 1 of 1 file: 1 for --write to make, 2 to look at (2 of them maybe).\n"
    )
    assert CALL in path.read_text()


def test_write_makes_the_edits_and_a_second_run_finds_nothing(command, capsys, tmp_path):
    path = script(tmp_path, HEADER + CALL)
    assert command("--migrate", path, "--write") == OK
    assert "1 made in 1 file, 0 to look at" in capsys.readouterr().err
    assert path.read_text() == HEADER + CALL.replace("limit", "max_rows")
    assert command("--migrate", path, "--write") == OK
    assert capsys.readouterr().out == ""


def test_what_write_leaves_to_people_differs_still(command, tmp_path):
    path = script(tmp_path, HEADER + "client.demo.get_rows('t', limit=5)\n")
    assert command("--migrate", path, "--write") == DIFFERS
    assert command("--migrate", path, "--write", "--pin-defaults") == OK
    assert path.read_text() == HEADER + "client.demo.get_rows('t', max_rows=5, as_list=True)\n"


def test_the_diff_is_shown_and_nothing_is_written(command, capsys, tmp_path):
    path = script(tmp_path, HEADER + CALL.rstrip("\n"))
    assert command("--migrate", path, "--show-diff") == DIFFERS
    name = path.as_posix().lstrip("/")
    assert capsys.readouterr().out.splitlines() == [
        f"--- a/{name}",
        f"+++ b/{name}",
        "@@ -1,3 +1,3 @@",
        " from caveclient_gen import CAVEclient",
        " client = CAVEclient()",
        f"-{CALL}".rstrip("\n"),
        "\\ No newline at end of file",
        f"+{CALL}".rstrip("\n").replace("limit", "max_rows"),
        "\\ No newline at end of file",
    ]
    assert "max_rows" not in path.read_text()


def test_the_diff_is_shown_in_letters_whatever_the_encoding(command, capsys, tmp_path):
    path = tmp_path / "script.py"
    path.write_bytes(f"# -*- coding: latin-1 -*-\n{HEADER}s = 'caf\xe9'; {CALL}".encode("latin-1"))
    assert command("--migrate", path, "--show-diff") == DIFFERS
    assert "+s = 'caf\xe9'; client.demo.get_rows('t', max_rows=5" in capsys.readouterr().out


def test_of_a_notebook_that_cannot_be_kept_no_diff_is_shown(command, capsys, tmp_path):
    path = tmp_path / "book.ipynb"
    path.write_text(
        json.dumps(
            {"cells": [{"cell_type": "code", "source": HEADER + CALL}], "nbformat": 4}, separators=(" ,", ":")
        )
    )
    assert command("--migrate", path, "--show-diff") == DIFFERS
    said = capsys.readouterr()
    assert said.out == ""
    assert "0 for --write to make, 1 to look at" in said.err


def test_unreadable_scripts_are_named_and_the_others_written(command, capsys, tmp_path):
    broken, path = script(tmp_path, "def (:\n", "a.py"), script(tmp_path, HEADER + CALL, "b.py")
    assert command("--migrate", broken, path, "--write") == WRONG
    assert f"{broken.as_posix()}:1: not looked at: syntax error" in capsys.readouterr().err
    assert "max_rows" in path.read_text()


MISUSES = [
    (("--write",), "--migrate PATH"),
    (("--show-diff",), "--migrate PATH"),
    (("--pin-defaults",), "--migrate PATH"),
    (("--migrate", ".", "--write", "--show-diff"), "Leave out"),
    (("--migrate", "nowhere.py"), "There is no nowhere.py"),
]


@pytest.mark.parametrize(("arguments", "said"), MISUSES)
def test_a_call_that_makes_no_sense_is_refused(arguments, said, command):
    with pytest.raises(UsageError, match=said):
        command(*arguments)


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(command, tmp_path):
    (tmp_path / "real").mkdir()
    real = script(tmp_path / "real", HEADER + CALL)
    real.chmod(0o750)
    link = tmp_path / "link.py"
    link.symlink_to(real)
    assert command("--migrate", link, "--write") == OK
    assert link.is_symlink()
    assert "max_rows" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o750
    assert os.listdir(tmp_path / "real") == ["script.py"]


def test_a_file_that_changes_meanwhile_is_not_overwritten(tmp_path):
    specs = both(tmp_path, **RENAMED_ARGUMENT)
    path = script(tmp_path, HEADER + CALL)
    [found] = find(plan(Comparison("old", "new", TOLD[:1], {}), *specs), [path]).scripts
    path.write_text("pass\n")
    with pytest.raises(UsageError, match="changed meanwhile"):
        write(found)
    assert path.read_text() == "pass\n"


def test_an_edit_that_would_break_a_script_is_not_written(tmp_path, monkeypatch):
    specs = both(tmp_path, **RENAMED_ARGUMENT)
    path = script(tmp_path, HEADER + CALL)
    [found] = find(plan(Comparison("old", "new", TOLD[:1], {}), *specs), [path]).scripts
    wrong = type(found)(found.source, ())
    monkeypatch.setattr(type(found), "rewritten", lambda self: b"def (:\n")
    with pytest.raises(UsageError, match="stays as it is"):
        write(wrong)
    assert path.read_text() == HEADER + CALL
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["script.py"]


def test_lines_of_scripts_cannot_steer_the_terminal(command, capsys, tmp_path):
    path = script(tmp_path, HEADER + "client.demo.get_rows('\x1b]0;x\x07', limit=5, as_list=True)\n")
    assert command("--migrate", path) == DIFFERS
    assert "\x1b" not in capsys.readouterr().out


class Terminal(io.TextIOWrapper):
    """Shows ASCII alone."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("kind", "shown"), [(Terminal, rb"'\xe9'"), (io.TextIOWrapper, "'é'".encode())])
def test_every_line_can_be_shown_in_every_locale(command, tmp_path, monkeypatch, kind, shown):
    path = script(tmp_path, HEADER + "client.demo.get_rows('é', limit=5, as_list=True)\n")
    stream = kind(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    assert command("--migrate", path) == DIFFERS
    stream.flush()
    assert b"get_rows(" + shown + b", limit=5" in stream.buffer.getvalue()


def test_a_hand_written_method_is_told_as_such(tmp_path, capsys):
    raw = ((NAME, "  get_rows:\n    raw: true\n"),)
    specs = both(tmp_path, v1=raw)
    parser = argparse.ArgumentParser()
    add_options(parser)
    parser.set_defaults(fail_on="breaking")
    comparison = Comparison("old", "new", (finding("op-became-raw"),), {})
    assert run(comparison, *specs, parser.parse_args([])) == DIFFERS
    assert "client.demo.get_rows is hand-written now" in capsys.readouterr().out
