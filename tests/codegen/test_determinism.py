"""The same descriptors give the same bytes: on any hash seed, locale, folder and working directory."""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen.generate import outputs_of
from codegen.load import load_spec
from codegen.naming import PACKAGE
from codegen.schema import schema

ROOT = Path(__file__).parents[2]


def generated(folder, working_directory, **environment):
    """Generate the real descriptors in a copy of the project, in a process of its own."""
    for name in ("spec", "codegen"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "spec/descriptor.schema.json").unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-m", "codegen", "generate"],
        check=True,
        cwd=working_directory(folder),
        env={
            **os.environ,
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(folder / "caches"),
            **environment,
        },
        timeout=60,
        capture_output=True,
    )
    assert (folder / "codegen/cli.py").exists()
    written = [*(folder / PACKAGE).rglob("*.*"), *(folder / "docs").rglob("*.md")]
    made = {path.relative_to(folder).as_posix(): path.read_bytes() for path in written}
    return made | {"schema": (folder / "spec/descriptor.schema.json").read_bytes()}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return generated(tmp_path_factory.mktemp("a"), lambda folder: folder, PYTHONHASHSEED="0", LC_ALL="C")


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("another seed", {"PYTHONHASHSEED": "1"}),
        ("another locale, and a folder with words", {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8"}),
        (
            "no utf-8 anywhere é",
            {"PYTHONHASHSEED": "7", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "TZ": "Asia/Tokyo"},
        ),
    ],
)
def test_same_bytes_everywhere(first, tmp_path, name, environment):
    folder = tmp_path / name
    folder.mkdir()
    # A stricter configuration next door must not reach the generator's formatter.
    (folder / "ruff.toml").write_text("line-length = 60\n")
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 50\n")
    assert generated(folder, lambda folder: folder.parent, **environment) == first


def test_the_first_run_is_this_process_too(first):
    outputs = outputs_of(load_spec(ROOT / "spec"), schema())
    made = {output.path: output.text.encode() for output in outputs if output.path.endswith((".py", ".md"))}
    assert {path: first[path] for path in made} == made
    assert "docs/support.md" in made


def test_no_trace_of_the_machine(first):
    everything = b"\n".join(first.values()).lower()
    for trace in (f"{ROOT}/", time.strftime("%Y-%m-%d"), "python 3"):
        assert trace.lower().encode() not in everything


def test_generating_takes_about_a_second():
    """Five seconds of work, because build servers are slow; waiting for a busy machine does not count."""

    def worked() -> float:
        return sum(
            sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )

    start = worked()
    outputs_of(load_spec(ROOT / "spec"), schema())
    assert worked() - start < 5
