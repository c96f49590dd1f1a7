"""The code in the documentation runs: Python against replayed servers, commands in a copy of the project.

Each kind of block has its test below. What is no program is written as a `text` block; what is one and
can't run here stands in `NOT_RUN`, with the reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from document_blocks import (
    COMMAND,
    PROGRAMS,
    ROOT,
    Block,
    Command,
    all_blocks,
    blocks_of,
    commands_of,
    run_command,
    run_python,
    shows,
)
from recorded import ADMIN, FUTURE_LOST, background, prepared, replayed
from replay_server import Ask, Exchange, Recording, serve
from served import running, whole
from test_docstrings_of_mixins import answers

from codegen.problems import Problems
from codegen.yaml_source import is_intact, parse, plain

NOT_RUN = {
    "docs/testing.md python": "are tests, which test_the_tests_of_the_page_pass runs with pytest",
    "docs/compat.md python": "needs pcg_skel and a real datastack; tests/downstream runs such programs",
}
"""Programs on pages that don't run as the others do: the page and the kind, and why."""

SHOWN_ONLY = {"", "text", "json"}
"""Kinds that are no programs. Blocks without a kind are those of the READMEs and of architecture.md."""

ELSEWHERE = {
    "pycon": "tests/vectors/test_page_examples.py runs the examples of generated pages",
    "pyi": "tests/vectors/test_page_examples.py compares them with the methods",
}

RUN_HERE = {"python", "console", "diff", "yaml", "csv", "toml"}

RECORDINGS = (
    "info/001_get_datastacks",
    "materialize/009_get_tables",
    "materialize/014_get_table_metadata_404",
    "materialize/064_live_live_query",
    "materialize/080_query_table_v1",
    "materialize/101_tables_synapses_bbox",
    "annotation/028_post_annotation_df",
)
"""What pages ask beside what docstrings do."""


def test_every_block_is_run_or_is_no_program() -> None:
    kinds = {block.kind for block in all_blocks()}
    assert kinds <= SHOWN_ONLY | RUN_HERE | set(ELSEWHERE)


def test_blocks_without_a_kind_are_old() -> None:
    """New pages say `text`, so that a program whose kind was forgotten is found."""
    pages = {block.page for block in all_blocks("")}
    assert pages <= {"README.md", "spec/README.md", "docs/architecture.md", "docs/compat.md"}


# ---- Python

PYTHON_PAGES = sorted({block.page for block in all_blocks("python")})
RUN_PAGES = [page for page in PYTHON_PAGES if f"{page} python" not in NOT_RUN]


def python_of(page: str) -> list[Block]:
    return [block for block in blocks_of(ROOT / page) if block.kind == "python"]


def test_there_is_python_to_run() -> None:
    assert {
        "README.md",
        "docs/index.md",
        "docs/client.md",
        "docs/errors.md",
        "docs/guides/scientist.md",
    } <= set(RUN_PAGES)
    assert sum(len(python_of(page)) for page in RUN_PAGES) >= 20


def exchanges() -> list[Exchange]:
    """Return what pages ask."""
    return [version_record(1), rows_of("t_tags", 6), *answers()]


def version_record(number: int) -> Exchange:
    """Take the record of one version out of the recorded list: nobody asked for it alone."""
    (listed,) = Recording.load("materialize/005_get_versions_metadata").exchanges
    (record,) = (one for one in listed.reply.json() if one["version"] == number)
    path = f"/materialize/api/v3/datastack/testds/version/{number}"
    return Exchange(Ask.read("GET", path), replace(listed.reply, body=json.dumps(record).encode()))


def rows_of(table: str, count: int) -> Exchange:
    """Answer how many rows a table has, as a recorded count does: an upload looks before it sends."""
    (counted,) = Recording.load("annotation/013_get_annotation_count_0").exchanges
    path = f"/annotation/api/v2/aligned_volume/testvol/table/{table}/count"
    return Exchange(Ask.read("GET", path), replace(counted.reply, body=f"{count}\n".encode()))


@pytest.mark.parametrize("page", RUN_PAGES)
def test_python_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CAVE_OFFLINE_CACHE", str(tmp_path / "cave"))
    monkeypatch.chdir(tmp_path)
    with replayed(exchanges(), RECORDINGS) as replay:
        names: dict[str, Any] = {"server": replay.address, "token": ADMIN}
        printed = run_python(page, python_of(page), names)
        assert replay.unmatched == []
    assert ADMIN not in printed
    EXPECTED.get(page, nothing_more)(names, printed)


def nothing_more(names: dict[str, Any], printed: str) -> None:
    """Pages say themselves what they print."""


def readme(names: dict[str, Any], printed: str) -> None:
    """The README shows no output, so what it does is looked at here."""
    assert names["root"] == 288230376151712180
    assert list(names["history"].edges) == [(288230376151711746, 288230376151712180)]
    assert len(names["synapses"]) == 3
    assert set(names["cells"]["cell_type"]) == {"23P", "BC"}
    for words in ("['testds', 'testds_public']", "2 [1.0, 1.0, 1.0]", "curl", "No table named 'nope' found"):
        assert words in printed


EXPECTED = {"README.md": readme}


@pytest.mark.parametrize(
    ("source", "is_right"),
    [
        ("print(1)  # prints: 1", True),
        ("print(1)  # prints: 2", False),
        ("print(1)", True),
        ("print('a long text')  # prints: a ... text", True),
        ("print(1)  # prints: 1\nprint(2)", False),
    ],
)
def test_what_a_page_says_that_is_printed_is_printed(source: str, is_right: bool) -> None:
    block = Block("page.md", 1, "python", source)
    if is_right:
        run_python("page.md", [block], {})
    else:
        with pytest.raises(AssertionError):
            run_python("page.md", [block], {})


# ---- commands, and the edits between them

CONSOLE_PAGES = sorted({block.page for block in all_blocks("console")})
COMMANDS = [command for block in all_blocks("console") for command in commands_of(block)]

SERVER = "https://cave.example.org"
"""How pages write the address of a server; it is one on this machine when the command runs."""


@dataclass(frozen=True)
class Project:
    """A copy of this project, with a history of one commit, that commands may change."""

    root: Path
    environment: dict[str, str]

    def git(self, *arguments: str, text: str | None = None) -> None:
        """Run git there."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("spec", "codegen", "caveclient_gen", "docs", "tests/data"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    # The copy comes first on the path, and no settings of this machine reach it.
    environment = {**os.environ, **who, "PYTHONPATH": str(tmp_path), "GIT_CONFIG_GLOBAL": os.devnull}
    environment |= {"HOME": str(tmp_path), "CAVE_OFFLINE_CACHE": str(tmp_path / "cave")}
    made = Project(tmp_path, {name: value for name, value in environment.items() if name != "GIT_DIR"})
    made.git("init", "--quiet", "--initial-branch", "main")
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "What is released")
    return made


def test_there_are_commands_to_run() -> None:
    assert {"docs/guides/change-a-service.md", "docs/guides/release-manager.md"} <= set(CONSOLE_PAGES)
    assert len(COMMANDS) >= 20
    assert [command.line for command in COMMANDS if not command.line.startswith(tuple(PROGRAMS))] == []


@pytest.mark.parametrize("page", CONSOLE_PAGES)
def test_commands_end_as_shown(page: str, project: Project) -> None:
    """The blocks of a page, one after the other: commands run, and edits are made."""
    ran = 0
    with running(whole()) as deployment:
        for block in blocks_of(ROOT / page):
            if block.kind == "csv":
                (project.root / block.title).write_text(block.text, encoding="utf-8")
            if block.kind == "diff":
                project.git("apply", "--whitespace=nowarn", text=block.text)
            for command in commands_of(block) if block.kind == "console" else ():
                run_command(command.at(SERVER, deployment.address), project.root, project.environment)
                ran += 1
    assert ran


def test_the_steps_of_the_build_server_run(project: Project) -> None:
    """What a pull request without any change answers: all is well."""
    (workflow,) = (block for block in all_blocks("yaml") if block.text.startswith("name:"))
    node = parse(workflow.text, str(workflow), Problems())
    steps = plain(node)["jobs"]["descriptors"]["steps"]
    lines = [step["run"] for step in steps if step.get("run", "").startswith(COMMAND)]
    assert [line.split()[3] for line in lines] == ["generate", "diff", "diff", "diff"]
    for line in lines:
        here = line.replace("origin/main", "main").replace('"$GITHUB_STEP_SUMMARY"', "summary.md")
        run_command(Command(here, "", 0), project.root, project.environment)
    assert (project.root / "summary.md").read_text(encoding="utf-8").startswith("## `main` → ")


def test_the_descriptor_of_a_new_version_is_one(project: Project) -> None:
    """The guide shows it beside the command that writes one."""
    (block,) = (
        block
        for block in blocks_of(ROOT / "docs/guides/change-a-service.md")
        if block.kind == "yaml" and block.text.startswith('api: "3"')
    )
    (project.root / "spec" / "info" / "v3.yaml").write_text(block.text, encoding="utf-8")
    run_command(
        Command(f"{COMMAND}lint", "No mistakes and no warnings ...", 0), project.root, project.environment
    )
    diff = f"{COMMAND}diff info@2 info@3"
    run_command(
        Command(diff, "...op-removed...optional-param-added...", 1), project.root, project.environment
    )


@pytest.mark.parametrize(
    ("shown", "printed", "is_shown"),
    [
        ("", "anything", True),
        ("a\nb\n", "a\nb\n", True),
        ("a ... c\n", "a  b  c\n", True),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n", "", False),
    ],
)
def test_an_output_is_held_against_what_is_shown(shown: str, printed: str, is_shown: bool) -> None:
    assert shows(shown, printed) == is_shown


def test_a_console_block_is_read() -> None:
    text = "$ python -m codegen lint\nall well\n$ python -m codegen diff a\n$ echo $?\n2\n"
    lint, diff = commands_of(Block("page.md", 1, "console", text))
    (serve,) = commands_of(Block("page.md", 1, "console", "$ caveclient-gen serve 'my fly.cave'\n"))
    assert (PROGRAMS[serve.program], serve.arguments) == ("caveclient_gen", ["serve", "my fly.cave"])
    assert (lint.line, lint.output, lint.status) == ("python -m codegen lint", "all well\n", 0)
    assert (diff.arguments, diff.status) == (["diff", "a"], 2)


# ---- descriptors


@pytest.mark.parametrize("block", all_blocks("yaml"), ids=str)
def test_yaml_is_read_by_the_strict_reader(block: Block) -> None:
    problems = Problems()
    node = parse(block.text, str(block), problems)
    problems.raise_if_any()
    assert node is not None
    assert is_intact(node)


def test_there_is_yaml_to_read() -> None:
    assert len([block for block in all_blocks("yaml") if block.page == "spec/README.md"]) >= 3


# ---- files that pages show


def test_files_have_a_name() -> None:
    assert [str(block) for block in all_blocks("csv") if not block.title] == []


# ---- tests that pages show

TESTING = "docs/testing.md"


def run_pytest(folder: Path, *options: str, **environment: str) -> str:
    """Run the tests of a folder as its reader would; return what pytest says."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def passed_of(said: str) -> int:
    """Read how many tests passed; none did anything else."""
    (number,) = re.findall(r"^(\d+) passed in ", said, re.MULTILINE)
    return int(number)


def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    """All its blocks are one file of tests; its settings are settings; its cassettes hold no token."""
    from caveclient_gen.offline import new_dataset
    from caveclient_gen.offline import serve as serve_offline

    blocks = python_of(TESTING)
    (settings,) = (block for block in all_blocks("toml") if block.page == TESTING)
    (tmp_path / "pyproject.toml").write_text(settings.text, encoding="utf-8")
    options = tomllib.loads(settings.text)["tool"]["pytest"]["ini_options"]
    dataset = new_dataset(tmp_path / options["cave_dataset"], small=True, progress=False)
    test_count = sum(block.text.count("def test_") for block in blocks)
    assert test_count >= 8

    # Another process of this machine stands for the real server while its answers are recorded.
    with serve_offline(dataset.copy(tmp_path / "real.cave")) as server:
        text = "\n\n".join(block.text for block in blocks).replace(SERVER, server.address)
        (tmp_path / "test_page.py").write_text(text, encoding="utf-8")
        token = server.token()
        recorded = run_pytest(tmp_path, "--cave-record=once", CAVE_TOKEN=token)
    cassettes = sorted((tmp_path / options["cave_cassettes"]).iterdir())
    assert cassettes
    for file in cassettes:
        assert token not in file.read_text(encoding="utf-8")
    replayed_ones = run_pytest(tmp_path, CAVE_TOKEN="a" * 32)
    assert passed_of(replayed_ones) == passed_of(recorded) >= test_count


# ---- scripts


SUPERVOXELS = (72057594037927937, 72057594037927939, 72057662757404673, 72268768989937665)
SUPERVOXELS += (72057731476881409, 72268837709414401, 72057800263467009, 72057800263467011)
EDITED_ROOT = 288230376151712180


def quickstart_exchanges() -> list[Exchange]:
    """Return the recorded exchanges that answer the quickstart."""
    _, roots = prepared("chunkedgraph/005_get_roots", now=["timestamp"])
    _, synapses = prepared("materialize/020_query_table_desired_resolution")
    _, metadata = prepared("materialize/017_query_table_synapses")
    _, lineage = prepared("chunkedgraph/045_get_lineage_graph", corrections=[FUTURE_LOST])
    return [*roots, *synapses, *metadata, *lineage, *background()]


def test_the_quickstart_runs(tmp_path: Path) -> None:
    """Against replayed servers, each request answered from a recording."""
    with serve(quickstart_exchanges()) as replay:
        asked = [
            "--lineage-of",
            str(EDITED_ROOT),
            "--token",
            "a" * 32,
            "--supervoxels",
            *map(str, SUPERVOXELS),
        ]
        done = subprocess.run(
            [sys.executable, "docs/examples/quickstart.py", replay.address, "testds", *asked],
            cwd=ROOT,
            env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert replay.unmatched == []
    for line in (
        "1. The datastack 'testds'",
        "72057594037927937 288230376151712180",
        "288230376151711746  ->  288230376151712180",
    ):
        assert line in done.stdout


def test_the_demo_runs(tmp_path: Path) -> None:
    """What `make demo` runs, from the comparison to the pictures; in a copy: nothing is written here."""
    for name in ("spec", "codegen", "caveclient_gen", "docs", "tests/data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = subprocess.run(
        [sys.executable, "docs/examples/demo.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "CAVE_OFFLINE_CACHE": str(tmp_path / "cave")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in (
        "materialize@2 -> materialize@3",
        "breaking  spec/materialize/v3.yaml",
        "are basket cells (BC).",
        "Undone: root",
        "docs/examples/tour.ipynb",
    ):
        assert line in done.stdout
    *_, connectivity, history = (Path(line.strip()) for line in done.stdout.splitlines())
    for picture in (connectivity, history):
        assert picture.parent == tmp_path / "build" / "demo"
        assert picture.read_bytes().startswith(b"\x89PNG")
