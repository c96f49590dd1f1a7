"""`make help` shows what there is, and pages name nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/guides").glob("*.md"))


def targets():
    return re.findall(r"^([a-z][a-z0-9-]*):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_shows_all_targets_in_order_and_lines_up():
    asked = ["make", "--no-print-directory", "help"]  # which a make within a make would print, too
    shown = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    lines = [re.fullmatch(r"(\S+)( +)(\S.*)", line) for line in shown.stdout.splitlines()]
    assert [line[1] for line in lines] == targets()
    assert len({line.start(3) for line in lines}) == 1


def test_all_targets_are_phony():
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert set(phony.replace("\\", " ").split()) == set(targets())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_targets_that_exist(page):
    named = re.findall(r"(?:`|^)make ([a-z][a-z0-9-]*)", page.read_text(), re.MULTILINE)
    assert set(named) <= set(targets())
