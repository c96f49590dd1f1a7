"""What the commands share: options, where the report goes, what is said beside it, and the exit status."""

import argparse
import io
import json
import os
import pty
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from made import ADDED, ALL, CACHE, DEFAULT, REMOVED, WORDS, comparison

from codegen.problems import SpecErrors
from codegen.report.accepted import FILE, entry
from codegen.report.formats import FORMATS
from codegen.report.options import add_report_options, tell, wants_colour

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch):
    """Take out what the surroundings wish."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def asked(root, *arguments, default="breaking"):
    parser = argparse.ArgumentParser()
    add_report_options(parser, default)
    return parser.parse_args(arguments, argparse.Namespace(root=root))


def told(root, made, *arguments, **more):
    return tell(made, asked(root, *arguments), **more)


def accept(root, *findings, until=None):
    """Write a list that accepts some findings."""
    more = f', until: "{until}"}}' if until else "}"
    lines = [entry(each).replace('reason: ""}', f"reason: It is meant.{more}") for each in findings]
    file = root / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n  ".join(["spec: 1\naccepted:", *lines]) + "\n")


def test_options_have_defaults_and_the_command_says_what_fails(tmp_path):
    assert vars(asked(tmp_path, default="warning")) == {
        "root": tmp_path,
        "format": "text",
        "explain": False,
        "docs": False,
        "promise": "source",
        "fail_on": "warning",
        "output": None,
        "no_color": False,
    }


@pytest.mark.parametrize(
    "arguments", [["--format", "yaml"], ["--promise", "all"], ["--fail-on", "error"], ["--output"]]
)
def test_what_makes_no_sense_is_refused_with_the_choices(tmp_path, capsys, arguments):
    with pytest.raises(SystemExit):
        asked(tmp_path, *arguments)
    assert f"argument {arguments[0]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 1),
        (["--fail-on", "none"], 0),
        (["--fail-on", "silent"], 1),
        (["--promise", "wire"], 0),
        (["--promise", "wire", "--fail-on", "warning"], 1),
        (["--format", "json"], 1),
    ],
)
def test_the_exit_status_is_about_what_is_told(tmp_path, capsys, arguments, status):
    assert told(tmp_path, comparison(REMOVED, DEFAULT, ADDED), *arguments) == status
    assert capsys.readouterr().out


@pytest.mark.parametrize("form", FORMATS)
def test_no_changes_is_said_on_stderr_and_nothing_on_stdout(tmp_path, capsys, form):
    assert told(tmp_path, comparison(), "--format", form, "--fail-on", "info") == 0
    assert capsys.readouterr() == ("", "no changes\n")


@pytest.mark.parametrize(
    ("findings", "arguments", "note"),
    [
        ((WORDS,), [], "no changes; 1 about words only: --docs tells them\n"),
        ((CACHE,), ["--promise", "wire"], "no changes; 1 finding beyond --promise wire\n"),
        ((CACHE, WORDS), ["--promise", "wire", "--docs"], "no changes; 2 findings beyond --promise wire\n"),
        ((WORDS,), ["--docs", "--promise", "silent"], "no changes; 1 finding beyond --promise silent\n"),
    ],
)
def test_what_was_left_out_is_said(tmp_path, capsys, findings, arguments, note):
    assert told(tmp_path, comparison(*findings), *arguments) == 0
    assert capsys.readouterr() == ("", note)


def test_what_is_accepted_is_taken_out_and_said(tmp_path, capsys):
    accept(tmp_path, REMOVED, DEFAULT)
    assert told(tmp_path, comparison(REMOVED, DEFAULT)) == 0
    assert capsys.readouterr() == ("", "no changes; 2 accepted in spec/accepted.yaml\n")


def test_an_acceptance_holds_until_its_last_day(tmp_path, capsys):
    accept(tmp_path, REMOVED, until="2027-01-01")
    assert told(tmp_path, comparison(REMOVED), today=date(2027, 1, 1)) == 0
    assert told(tmp_path, comparison(REMOVED), today=date(2027, 1, 2)) == 1
    assert "expired-acceptance" in capsys.readouterr().out


@pytest.mark.parametrize(("until", "status"), [("2000-01-01", 1), ("9999-12-31", 0)])
def test_without_a_day_today_counts(tmp_path, capsys, until, status):
    accept(tmp_path, REMOVED, until=until)
    assert told(tmp_path, comparison(REMOVED)) == status


@pytest.mark.parametrize("promise", ["source", "wire", "silent"])
@pytest.mark.parametrize("fail_on", ["info", "warning", "breaking", "silent"])
def test_an_unused_entry_fails_every_gate(tmp_path, capsys, promise, fail_on):
    accept(tmp_path, REMOVED)
    assert told(tmp_path, comparison(), "--promise", promise, "--fail-on", fail_on) == 1
    assert "spec/accepted.yaml:3: unused-acceptance" in capsys.readouterr().out


def test_an_entry_of_what_was_not_compared_is_left_alone(tmp_path, capsys):
    accept(tmp_path, REMOVED)
    assert told(tmp_path, comparison(), covers=lambda where: where.startswith("state.")) == 0


def test_a_promise_hides_no_acceptance_that_is_used(tmp_path, capsys):
    """CACHE is nothing that `--promise wire` shows; that it has been accepted is still in use."""
    accept(tmp_path, CACHE)
    assert told(tmp_path, comparison(CACHE), "--promise", "wire") == 0


def test_mistakes_in_the_list_come_before_everything(tmp_path, capsys):
    accept(tmp_path, REMOVED)
    file = tmp_path / FILE
    file.write_text(file.read_text().replace("reason", "reson"))
    with pytest.raises(SpecErrors, match="Did you mean 'reason'"):
        told(tmp_path, comparison(REMOVED))
    assert capsys.readouterr().out == ""


# ---- a file


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_gets_the_report_and_stderr_the_count(tmp_path, capsys, monkeypatch, form):
    monkeypatch.setenv("FORCE_COLOR", "1")
    file = tmp_path / "report"
    assert told(tmp_path, comparison(*ALL), "--format", form, "--output", str(file)) == 1
    assert capsys.readouterr() == ("", f"{file}: 3 breaking, 1 warning, 1 info; 1 of them silent\n")
    assert "param-removed" in file.read_text(encoding="utf-8")
    assert b"\x1b" not in file.read_bytes()


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "markdown", "text"])
def test_a_file_is_whole_even_if_there_is_nothing_to_tell(tmp_path, capsys, form):
    """A file of before must not stay, and tools refuse an empty one."""
    file = tmp_path / "report"
    file.write_text("of before")
    assert told(tmp_path, comparison(), "--format", form, "--output", str(file)) == 0
    written = file.read_text(encoding="utf-8")
    assert {
        "json": lambda: json.loads(written)["findings"] == [],
        "sarif": lambda: json.loads(written)["runs"][0]["results"] == [],
        "junit": lambda: 'tests="0"' in written,
        "markdown": lambda: written.endswith("\n\nno changes.\n"),
        "text": lambda: written.endswith("\n\nno changes\n"),
    }[form]()
    assert capsys.readouterr() == ("", f"{file}: no changes\n")


def test_a_file_that_cannot_be_written_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        told(tmp_path, comparison(ADDED), "--output", str(tmp_path / "none" / "report"))


def test_a_file_explains_too_and_fails_by_the_same_rule(tmp_path, capsys):
    file = tmp_path / "report"
    told(tmp_path, comparison(CACHE), "--explain", "--output", str(file))
    assert "why: " in file.read_text()
    told(tmp_path, comparison(CACHE), "--format", "junit", "--fail-on", "warning", "--output", str(file))
    assert 'failures="1"' in file.read_text()


# ---- colours and encodings


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "wanted"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (io.StringIO(), {}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (io.StringIO(), {"FORCE_COLOR": ""}, False),
    ],
)
def test_colours_are_for_terminals_that_have_them_unless_somebody_says_otherwise(stream, environment, wanted):
    assert wants_colour(stream, environment) is wanted


@pytest.mark.parametrize(("arguments", "coloured"), [([], True), (["--no-color"], False)])
def test_the_option_beats_the_environment(tmp_path, capsys, monkeypatch, arguments, coloured):
    monkeypatch.setenv("FORCE_COLOR", "1")
    told(tmp_path, comparison(REMOVED), *arguments)
    assert ("\x1b[" in capsys.readouterr().out) is coloured


SCRIPT = f"""
import argparse, sys, pathlib
sys.path.insert(0, {str(HERE)!r})
from made import comparison, finding
from codegen.report.options import add_report_options, tell
parser = argparse.ArgumentParser()
add_report_options(parser, "breaking")
options = parser.parse_args(sys.argv[1:], argparse.Namespace(root=pathlib.Path("none")))
sys.exit(tell(comparison(finding("param-removed", text="a → b é")), options))
"""


def run(arguments, **more):
    around = {
        **{
            name: value
            for name, value in os.environ.items()
            if name not in ("PYTHONUTF8", "PYTHONIOENCODING")
        },
        "PYTHONPATH": str(HERE.parents[1]),
        **more.pop("around"),
    }
    return subprocess.run([sys.executable, "-c", SCRIPT, *arguments], env=around, timeout=60, **more)


@pytest.mark.parametrize("form", FORMATS)
def test_a_pipe_gets_the_same_bytes_in_every_encoding(form):
    def piped(encoding):
        around = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        ran = run(["--format", form], around=around, capture_output=True)
        assert (ran.returncode, ran.stderr) == (1, b"")
        return ran.stdout

    assert piped("utf-8") == piped("latin-1") == piped("ascii") != b""


def test_a_terminal_gets_colours_and_what_it_can_show():
    main, terminal = pty.openpty()
    try:
        around = {"PYTHONIOENCODING": "ascii", "TERM": "xterm"}
        ran = run([], around=around, stdout=terminal, stderr=subprocess.PIPE)
        assert (ran.returncode, ran.stderr) == (1, b"")
        shown = os.read(main, 10_000)
    finally:
        os.close(main)
        os.close(terminal)
    assert b"\x1b[1;31mbreaking\x1b[0m" in shown
    assert b"a \\u2192 b \\xe9" in shown
