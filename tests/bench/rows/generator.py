"""The generator: whole processes, as a person or a build server starts them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from row import FLOOR, OURS, ProcessRow, Target

PACKAGE = "caveclient_gen/_generated"

BEGIN = """
import sys
sys.dont_write_bytecode = False  # as for everybody: the modules are compiled once, not at each start
"""

RUN = """
import contextlib, io, os, runpy
os.environ["XDG_CACHE_HOME"] = {caches!r}
sys.argv = ["codegen", "--root", {project!r}, *{words!r}]
with contextlib.redirect_stderr(io.StringIO()) as told:
    try:
        runpy.run_module("codegen", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        status = ended.code
if status != {status}:
    raise SystemExit(f"codegen ended with {{status}}: {{told.getvalue()}}")
"""

FORGET = """
import shutil
shutil.rmtree({caches!r}, ignore_errors=True)
"""

REMOVE = """
for folder in ("caveclient_gen", "docs"):
    shutil.rmtree({project!r} + "/" + folder, ignore_errors=True)
"""

GENERATED = """
import json
with open({lock!r}) as file:
    answer = json.load(file)["outputs"]
"""

READ = """
import hashlib, json, pathlib
root = pathlib.Path({root!r})
for file in root.glob("spec/*/*.yaml"):
    file.read_bytes()
with open({lock!r}) as file:
    paths = json.load(file)["outputs"]
answer = {{path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in paths}}
"""

READ_BOTH = """
import pathlib
for folder in {folders!r}:
    for file in pathlib.Path(folder).glob("*/*.yaml"):
        file.read_bytes()
"""


@cache
def _folder(root: Path) -> Path:
    """Make a project with the real descriptors and what is generated of them."""
    folder = Path(tempfile.mkdtemp(prefix="bench-generator-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(root / "spec", folder / "project/spec")
    for name in (PACKAGE, "docs/api", "docs/openapi", "docs/changes"):
        shutil.copytree(root / name, folder / "project" / name)
    for file in ("docs/support.md", "docs/diff-rules.md"):
        shutil.copy(root / file, folder / "project" / file)
    newer = folder / "newer"
    shutil.copytree(root / "spec", newer)
    file = newer / "materialize/v3.yaml"
    file.write_text(file.read_text().replace("extends: v2\n", "extends: v2\nremoved: [cancel_upload]\n"))
    return folder


@dataclass
class Generate(ProcessRow):
    """The generator, on a copy of the descriptors."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "generate, everything anew"
    floor_is: ClassVar[str] = (
        "A Python process that reads all descriptors, and reads and hashes all generated files."
    )
    target: ClassVar[Target] = Target(seconds=1.0)
    contestants: ClassVar[tuple[str, ...]] = (OURS, FLOOR)
    of_own_files: ClassVar[bool] = True
    before: ClassVar[str] = FORGET + REMOVE
    words: ClassVar[tuple[str, ...]] = ("generate",)

    def routes(self):
        return {}

    def script(self, who: str, url: str, root: Path) -> str:
        if who == FLOOR:
            return READ.format(root=str(root), lock=str(root / PACKAGE / "LOCK.json"))
        project = _folder(root) / "project"
        places = {"project": str(project), "caches": str(_folder(root) / "caches")}
        run = RUN.format(words=self.words, status=0, **places)
        return (
            BEGIN
            + self.before.format(**places)
            + run
            + GENERATED.format(lock=str(project / PACKAGE / "LOCK.json"))
        )


@dataclass
class Check(Generate):
    """As often as somebody commits."""

    quick: ClassVar[bool] = True
    title: ClassVar[str] = "generate --check, nothing changed"
    target: ClassVar[Target] = Target(seconds=0.2)
    before: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("generate", "--check")


@dataclass
class FirstCheck(Check):
    """As on a build server, which remembers nothing."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "generate --check, for the first time"
    target: ClassVar[Target] = Target(seconds=1.0)
    before: ClassVar[str] = FORGET


@dataclass
class Diff(ProcessRow):
    """An operation is gone from one of the sides."""

    title: ClassVar[str] = "diff, two folders of descriptors"
    floor_is: ClassVar[str] = "A Python process that reads all descriptors of both."
    contestants: ClassVar[tuple[str, ...]] = (OURS, FLOOR)

    def routes(self):
        return {}

    def script(self, who: str, url: str, root: Path) -> str:
        project, newer = _folder(root) / "project", str(_folder(root) / "newer")
        folders = (str(project / "spec"), newer)
        if who == FLOOR:
            return READ_BOTH.format(folders=folders)
        words = ("diff", *folders)
        return BEGIN + RUN.format(
            words=words, status=1, project=str(project), caches=str(_folder(root) / "caches")
        )


ROWS = [Generate(), Check(), FirstCheck(), Diff()]
