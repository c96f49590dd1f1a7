"""What holds for every format: nothing breaks out, nothing is said of nothing, the bytes are the same."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from made import ADDED, ALL, HOSTILE, RULES, WORDS, comparison, hostile, written

from codegen.report.formats import FORMATS
from codegen.report.manner import Manner

HERE = Path(__file__).parent
MACHINE = ("json", "junit", "sarif")
"""Formats for programs only: in ASCII, so that no locale and no encoding can change them."""


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("form", FORMATS)
def test_nothing_that_cannot_be_seen_comes_through(form, text, explain):
    report = written(hostile(text), form, explain=explain)
    assert [char for char in report if not char.isprintable() and char != "\n"] == []
    assert report.encode("utf-8")
    assert report.endswith("\n")
    assert not report.endswith("\n\n")


@pytest.mark.parametrize("form", MACHINE)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_only_programs_read_is_ascii(form, text):
    assert written(hostile(text), form).isascii()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("empty", [comparison(), comparison(accepted=(ADDED,)), comparison(WORDS)])
def test_nothing_to_tell_is_an_empty_text(form, empty):
    assert written(empty, form) == ""


@pytest.mark.parametrize("form", FORMATS)
def test_every_finding_is_told(form):
    report = written(comparison(*ALL), form, docs=True)
    assert [finding.id for finding in ALL if finding.id not in report] == []


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_about_words_only_is_told_on_request(form):
    assert "doc-changed" not in written(comparison(*ALL), form)
    assert "doc-changed" in written(comparison(*ALL), form, docs=True)


@pytest.mark.parametrize("form", FORMATS)
def test_the_order_in_which_findings_come_does_not_matter(form):
    shuffled = list(ALL)
    random.Random(1).shuffle(shuffled)
    assert shuffled != list(ALL)
    made = comparison(*ALL)
    assert written(replace(made, findings=tuple(shuffled)), form) == written(made, form)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("explain", [False, True])
def test_each_format_can_be_written_whole_even_if_there_is_nothing(form, explain):
    report = FORMATS[form](comparison(), Manner(explain=explain))
    assert report.endswith("\n") or form == "github"


@pytest.mark.parametrize("form", ["markdown", "github"])
def test_explaining_adds_why_and_what_to_do(form):
    rule = RULES[ADDED.id]
    assert rule.why not in written(comparison(ADDED), form)
    explained = written(comparison(ADDED), form, explain=True)
    assert rule.why in explained
    assert rule.safely in explained


SCRIPT = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
from made import ALL, HOSTILE, comparison, hostile, written
from codegen.report.formats import FORMATS
for made in [comparison(*ALL), *map(hostile, HOSTILE.values())]:
    for form in FORMATS:
        sys.stdout.buffer.write(written(made, form, colour=True, explain=True, docs=True).encode())
"""


def test_the_bytes_do_not_depend_on_hash_seed_folder_and_locale(tmp_path):
    def bytes_with(seed, folder, locale):
        around = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": str(HERE.parents[1])}
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=folder,
            env=around,
            check=True,
            capture_output=True,
            timeout=60,
        )
        return run.stdout

    first = bytes_with("1", tmp_path, "C")
    assert len(first) > 10_000
    assert bytes_with("2", HERE, "C.UTF-8") == first
