"""Descriptors at a git revision: taken out of the repository, and gone again when they have been read."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codegen.problems import SpecErrors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.problems import Problem

GIT_SECONDS = 60


class RevisionError(ValueError):
    """A revision cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository that a project lies in."""

    root: Path
    """Folder of the project: paths are taken from here."""
    name: str
    commit: str

    def has(self, path: PurePosixPath) -> bool:
        """Whether something lies at a path of the project."""
        return _git(self.root, "cat-file", "-e", f"{self.commit}:./{path}").ok

    @contextmanager
    def taken_out(self, path: PurePosixPath) -> Iterator[Path]:
        """
        Yield a folder that holds what lies at a path of the project.

        Raises
        ------
        RevisionError
            If nothing lies there, or links lead out of it.
        SpecErrors
            From below, with the revision before the names of the files.
        """
        archive = _git(self.root, "archive", "--format=tar", self.commit, "--", str(path))
        if not archive.ok:
            raise RevisionError(f"There is no {path}/ at {self.name}.")
        with tempfile.TemporaryDirectory(prefix="codegen-diff-") as folder:
            try:
                with tarfile.open(fileobj=io.BytesIO(archive.out)) as tar:
                    tar.extractall(folder, filter="data")
            except tarfile.FilterError as error:
                raise RevisionError(
                    f"{error.tarinfo.name} at {self.name} is a link that leads out of the repository. "
                    "Compare a revision that has the descriptors themselves."
                ) from None
            with self.named_in_mistakes():
                yield Path(folder)

    @contextmanager
    def named_in_mistakes(self) -> Iterator[None]:
        """Put the revision before the files of mistakes: those of the same name on the disk may be well."""
        try:
            yield
        except SpecErrors as errors:
            raise SpecErrors(map(self._named, errors.problems)) from None

    def _named(self, problem: Problem) -> Problem:
        origin = problem.origin
        return replace(problem, origin=replace(origin, file=f"{self.name}:{origin.file}"))


def revision(name: str, root: Path) -> Revision | None:
    """Find a revision by what people call it; None if there is none of that name."""
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return Revision(root, name, found.out.decode().strip()) if name and found.ok else None


def why_not_there(root: Path) -> str:
    """Tell what may be the reason that a revision is not found; empty if nothing is wrong with the clone."""
    asked = _git(root, "rev-parse", "--is-shallow-repository")
    if not asked.ok:
        said = asked.error.strip().splitlines()
        return f"git cannot look into {root}: {said[0] if said else 'it gives no reason'}"
    if asked.out.strip() == b"true":
        return "This clone is shallow, and has the newest commits only: `git fetch --unshallow` brings all."
    return ""


@dataclass(frozen=True, slots=True)
class _Answer:
    ok: bool
    out: bytes
    error: str


def _git(root: Path, *arguments: str) -> _Answer:
    try:
        # The words are ours but for a revision, which stands behind --end-of-options or before a colon in
        # one word with what git itself called it; no shell is involved.
        done = subprocess.run(  # noqa: S603  see above
            ["git", "-C", str(root), *arguments],  # noqa: S607  git is found as every tool is
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError("Comparing with a git revision needs git; it is not installed.") from None
    except subprocess.TimeoutExpired:
        words = f"git {arguments[0]} took more than {GIT_SECONDS} s. See what it waits for in {root}."
        raise RevisionError(words) from None
    return _Answer(done.returncode == 0, done.stdout, done.stderr.decode(errors="replace"))
