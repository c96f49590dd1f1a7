"""What people name to be compared: a file, a folder, an API version, and any of them at a git revision.

| name | what it is |
|---|---|
| `materialize@2` | an API version of a service |
| `materialize` | a service with all its API versions |
| `spec/materialize/v2.yaml` | an API version, by its file (`service.yaml`: the service) |
| `spec/`, `spec/materialize`, any folder of descriptors | all services in it, or its one |
| `v1.2.0`, `main`, `HEAD~3` | all services at a git revision |
| `v1.2.0:materialize@3`, `main:spec/materialize/v2.yaml` | one of the above at a revision |
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.load import load_spec
from codegen.lookup import api_numbered, service_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen import ir

    Load = Callable[[Path], ir.Spec]

SPEC = "spec"
GIT_SECONDS = 60

_NAMED = re.compile(r"(?P<service>[a-z][a-z0-9_]*)(@(?P<api>[0-9]+))?")
_FILE = re.compile(r"v(?P<api>0|[1-9][0-9]*)\.yaml")


class SideError(ValueError):
    """A side cannot be found; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Side:
    """A spec, and the part of it that is compared."""

    spec: ir.Spec
    label: str
    service: str | None = None
    api: str | None = None

    @property
    def services(self) -> tuple[ir.Service, ...]:
        """The services that are compared."""
        if self.service is None:
            return self.spec.services
        return (service_named(self.spec, self.service),)

    def like(self, other: Side) -> Side:
        """Narrow a whole spec to the part that the other side names."""
        if self.service is not None or other.service is None:
            return self
        names = {service.name for service in self.spec.services}
        former = [s.renamed_from for s in other.spec.services if s.name == other.service]
        name = other.service if other.service in names else (former[0] if former else None) or other.service
        part = Side(self.spec, f"{self.label}:{name}", name)
        service = service_named(part.spec, name)
        if other.api is None:
            return part
        api_numbered(service, other.api)
        return Side(self.spec, f"{self.label}:{name}@{other.api}", name, other.api)


def sides(old: str, new: str, root: Path) -> tuple[Side, Side]:
    """
    Find both sides of a comparison.

    Parameters
    ----------
    old, new : str
        Names as the table above has them. Where one is a whole spec, it is narrowed to what the other names.
    root : Path
        Project with `spec/` and the git repository.

    Returns
    -------
    tuple of Side
        Old and new.

    Raises
    ------
    SideError, UnknownNameError
        A name means nothing, or the two cannot be compared.
    SpecErrors
        The descriptors of a side have mistakes.
    """
    # Both may be in one spec, which is read once.
    load = cache(load_spec)
    before, after = side(old, root, load), side(new, root, load)
    before, after = before.like(after), after.like(before)
    if (before.api is None) != (after.api is None):
        narrow, wide = (before, after) if before.api else (after, before)
        raise SideError(
            f"{narrow.label} is one API version, {wide.label} is a whole service. "
            f"Name an API version there too, like {wide.label}@{narrow.api}."
        )
    if before.service != after.service and not _is_rename(before, after):
        raise SideError(
            f"{before.label} and {after.label} are two services. Compare versions of one service."
        )
    return before, after


def _is_rename(old: Side, new: Side) -> bool:
    renamed = {service.renamed_from for service in new.services} | {s.renamed_from for s in old.services}
    return bool(renamed & {old.service, new.service} - {None})


def side(name: str, root: Path, load: Load = load_spec) -> Side:
    """Find one side; `load` reads a folder of descriptors."""
    path = Path(name)
    if path.exists():
        return _at_path(path, name, load)
    revision, colon, inner = name.partition(":")
    if colon:
        return _at_revision(revision, inner, root)
    match = _NAMED.fullmatch(name)
    if match and (match["api"] or (root / SPEC / name).is_dir()):
        return _part(load(root / SPEC), name)
    return _at_revision(name, "", root, hint=match is not None)


def _part(spec: ir.Spec, name: str, revision: str = "") -> Side:
    """Return what a name like `materialize@2` means in a spec; an empty name is all of it."""
    label = f"{revision}:{name}" if revision and name else name or revision
    if not name:
        return Side(spec, label)
    match = _NAMED.fullmatch(name)
    if match is None:
        raise SideError(f"{name!r} names nothing. Write a service, or an API version like materialize@3.")
    service = service_named(spec, match["service"])
    if match["api"] is not None:
        api_numbered(service, match["api"])
    return Side(spec, label, match["service"], match["api"])


def _at_path(path: Path, label: str, load: Load = load_spec) -> Side:
    """Find what lies at a path: a descriptor, the folder of a service, or a folder with services."""
    place = path.resolve()
    if place.is_file():
        match = _FILE.fullmatch(place.name)
        if match is None and place.name != "service.yaml":
            raise SideError(f"{label} is no descriptor. Name a v<number>.yaml, or the folder of a service.")
        found = _at_path(place.parent, label, load)
        if found.service is None:
            raise SideError(f"{label} lies in no service's folder.")
        part = _part(found.spec, f"{found.service}@{match['api']}" if match else found.service)
        return Side(part.spec, label, part.service, part.api)
    if any(place.glob("v*.yaml")) or (place / "service.yaml").is_file():
        return Side(load(place.parent), label, place.name)
    return Side(load(place / SPEC if (place / SPEC).is_dir() else place), label)


def _at_revision(revision: str, inner: str, root: Path, *, hint: bool = False) -> Side:
    """Find all descriptors, or a part, at a git revision."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        also = f" If {revision} is a service, there is no spec/{revision}." if hint else ""
        raise SideError(
            f"{revision!r} is no file, folder, API version or git revision.{also} "
            "Write materialize@2, spec/materialize/v2.yaml, or main:materialize@2."
        )
    top = (_git(root, "rev-parse", "--show-prefix") or b"").decode().strip()
    archive = _git(root, "archive", "--format=tar", commit.decode().strip(), "--", SPEC)
    if archive is None:
        raise SideError(f"There is no {top}{SPEC}/ at {revision}.")
    with tempfile.TemporaryDirectory(prefix="codegen-diff-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        if inner.startswith(f"{SPEC}/"):
            return _file_at(Path(folder), inner, revision)
        return _part(load_spec(Path(folder) / SPEC), inner, revision)


def _file_at(folder: Path, inner: str, revision: str) -> Side:
    if ".." in Path(inner).parts or not (folder / inner).exists():
        raise SideError(f"There is no {inner} at {revision}.")
    found = _at_path(folder / inner, inner)
    return Side(found.spec, f"{revision}:{inner}", found.service, found.api)


def _git(root: Path, *arguments: str) -> bytes | None:
    """Ask git; None if it says no."""
    try:
        # The words are ours but for a revision, which stands behind --end-of-options; no shell is involved.
        done = subprocess.run(  # noqa: S603  see above
            ["git", "-C", str(root), *arguments],  # noqa: S607  git is found as every tool is
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise SideError("Comparing with a git revision needs git; it is not installed.") from None
    except subprocess.TimeoutExpired:
        words = f"git {arguments[0]} took more than {GIT_SECONDS} s. See what it waits for in {root}."
        raise SideError(words) from None
    return done.stdout if done.returncode == 0 else None
