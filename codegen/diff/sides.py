"""What people name to be compared: a file, a folder, an API version, and any of them at a git revision.

| name | what it is |
|---|---|
| `materialize@2` | an API version of a service |
| `materialize` | a service with all its API versions |
| `spec/materialize/v2.yaml` | an API version, by its file (`service.yaml`: the service) |
| `spec/`, `spec/materialize`, any folder of descriptors | all services in it, or its one |
| `v1.2.0`, `main`, `HEAD~3` | all services at a git revision |
| `v1.2.0:materialize@3`, `main:spec/materialize/v2.yaml` | one of the above at a revision |

Paths are looked for where people are, then in the project. A folder without descriptors stands in the way
of no revision that is called the same.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codegen.diff.revisions import RevisionError, revision, why_not_there
from codegen.load import load_spec
from codegen.lookup import api_numbered, service_named
from codegen.problems import SpecErrors

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen import ir
    from codegen.diff.revisions import Revision

    Load = Callable[[Path], ir.Spec]

SPEC = "spec"

_NAMED = re.compile(r"(?P<service>[a-z][a-z0-9_]*)(@(?P<api>[0-9]+))?")
_FILE = re.compile(r"v(?P<api>0|[1-9][0-9]*)\.yaml")
_DESCRIPTORS = ("service.yaml", "v*.yaml", "*/service.yaml", "*/v*.yaml", f"{SPEC}/*/*.yaml")


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
    return _matched(side(old, root, load), side(new, root, load))


def since(name: str, new: str | None, root: Path) -> tuple[Side, Side]:
    """
    Find a side, and what it was at a revision.

    Parameters
    ----------
    name : str
        The revision; with a part of it, that is compared.
    new : str or None
        The new side; None: all descriptors of the project.
    root : Path
        Project with `spec/` and the git repository.

    Raises
    ------
    SideError, UnknownNameError, SpecErrors
        As `sides` does.
    """
    if new is not None:
        after = side(new, root)
    elif (root / SPEC).is_dir():
        # Wherever the project lies, reports call it the same.
        after = replace(_at_path(root / SPEC, SPEC), label=SPEC)
    else:
        raise SideError(f"There is no {SPEC}/ in {root}. Name the folder of the new side.")
    at, _, inner = name.partition(":")
    found = _revision(at, root)
    return _matched(_at_revision(found, inner, name) if found else side(name, root), after)


def _matched(before: Side, after: Side) -> tuple[Side, Side]:
    """Narrow each side to what the other names."""
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
    if not name.strip():
        raise SideError("The name of a side is empty. Is a variable unset that should hold a revision?")
    path = _path(name, root)
    if path is not None and (path.is_file() or _has_descriptors(path)):
        return _at_path(path, name, load)
    at, colon, inner = name.partition(":")
    match = _NAMED.fullmatch(name)
    if match and (match["api"] or (root / SPEC / name).is_dir()):
        return _part(load(root / SPEC), name)
    found = _revision(at, root)
    if found is not None:
        return _at_revision(found, inner, name)
    if path is not None:
        raise SideError(f"{name} holds no descriptors. Name {SPEC}/, or the folder of a service.")
    raise SideError(_unknown(at, root, is_part=bool(colon), may_be_service=match is not None))


def _path(name: str, root: Path) -> Path | None:
    """Find what lies at a path, seen from where people are or from the project."""
    return next((path for path in (Path(name), root / name) if path.exists()), None)


def _has_descriptors(folder: Path) -> bool:
    return any(True for pattern in _DESCRIPTORS for _ in folder.glob(pattern))


def _revision(name: str, root: Path) -> Revision | None:
    try:
        return revision(name, root)
    except RevisionError as error:
        raise SideError(str(error)) from None


def _unknown(name: str, root: Path, *, is_part: bool, may_be_service: bool) -> str:
    if is_part and not name:
        return "There is no revision before the colon. Write HEAD:materialize@2, or the part alone."
    also = f" If {name} is a service, there is no {SPEC}/{name}." if may_be_service and not is_part else ""
    told = f"{name!r} is no file, folder, API version or git revision.{also}"
    reason = why_not_there(root) or "Write materialize@2, spec/materialize/v2.yaml, or main:materialize@2."
    return f"{told} {reason}"


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
        return Side(_beside_others(place, load), label, place.name)
    return Side(load(place / SPEC if (place / SPEC).is_dir() else place), label)


def _beside_others(service: Path, load: Load) -> ir.Spec:
    """Read a service with those beside it, which it may refer to; alone, if something is wrong with them."""
    try:
        return load(service.parent)
    except SpecErrors as errors:
        here = f"{service.parent.name}/{service.name}"
        own = [each for each in errors.problems if f"{each.origin.file}/".startswith(f"{here}/")]
        if own:
            raise SpecErrors(own) from None
        with tempfile.TemporaryDirectory(prefix="codegen-diff-") as folder:
            alone = Path(folder, service.parent.name)
            shutil.copytree(service, alone / service.name)
            return load_spec(alone)


def _at_revision(at: Revision, inner: str, label: str) -> Side:
    """Find all descriptors, or a part, at a git revision."""
    path = PurePosixPath(inner)
    if ".." in path.parts or path.is_absolute():
        raise SideError(f"There is no {inner} at {at.name}.")
    try:
        if not inner or not _is_path(at, inner):
            with at.taken_out(PurePosixPath(SPEC)) as folder:
                return _part(load_spec(folder / SPEC), inner, at.name)
        # A service is read with those beside it: the folder at the top holds all that is needed.
        with at.taken_out(PurePosixPath(*path.parts[:1])) as folder:
            if not (folder / path).exists():
                raise SideError(f"There is no {inner} at {at.name}.")
            found = _at_path(folder / path, inner)
            return Side(found.spec, label, found.service, found.api)
    except RevisionError as error:
        raise SideError(str(error)) from None


def _is_path(at: Revision, inner: str) -> bool:
    """Whether what is named at a revision is a path: what can be a service is one if there is one."""
    if _NAMED.fullmatch(inner) is None or inner == SPEC:
        return at.has(PurePosixPath(inner)) or "/" in inner
    return not at.has(PurePosixPath(SPEC, inner)) and at.has(PurePosixPath(inner))
