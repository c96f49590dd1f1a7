"""All that scripts lose between two sides.

It is a second opinion on the comparison of the specs, made from the other end: from the text of the
generated modules. It takes from the spec diff nothing but the sides, so that where both agree they do so
for a reason.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import naming
from codegen.diff.sides import Side
from codegen.report.finding import Place
from codegen.surface.change import SurfaceChange
from codegen.surface.extent import paired
from codegen.surface.hooks import misfit_hooks, missing_hooks
from codegen.surface.owners import owner_of, owners_of
from codegen.surface.passes import both, differences
from codegen.surface.renames import take_back
from codegen.surface.rules import OF_THE_ANSWER
from codegen.surface.trees import CURRENT, GENERATED, grow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import griffe

    from codegen import ir
    from codegen.surface.difference import Difference
    from codegen.surface.extent import Versions
    from codegen.surface.owners import Owners
    from codegen.surface.trees import Packages


def surface_changes(old: ir.Spec, new: ir.Spec) -> tuple[SurfaceChange, ...]:
    """Compare the packages that two whole specs generate."""
    return compare(Side(old, "old"), Side(new, "new"))


def compare(old: Side, new: Side, packages: Packages = (CURRENT, CURRENT)) -> tuple[SurfaceChange, ...]:
    """
    Compare what two sides generate.

    Two API versions of a service are compared as if their modules, classes and tables had the same
    names.

    Parameters
    ----------
    old, new : Side
        Whole specs, a service each, or an API version each.
    packages : tuple of Path, optional
        Folders of the hand-written package that goes with each side. Where they are two, as of two git
        revisions, errors and exports are compared, too. Left out: that of this project for both.

    Returns
    -------
    tuple of SurfaceChange
        What scripts lose, by place.

    Raises
    ------
    SideError, UnknownNameError
        If the sides differ in extent, or a side names what its spec has not.
    """
    with tempfile.TemporaryDirectory(prefix="codegen-") as name:
        folder = Path(name).resolve()
        trees = grow(old, new, packages, folder)
        classes = list(_classes(*trees, paired(old, new)))
        for versions, one, other in classes:
            take_back(one, other, versions.old.operations, versions.new.operations)
        hooks = (
            look(one, other, each.new_service, packages[1])
            for each, one, other in classes
            for look in (missing_hooks, misfit_hooks)
        )
        told = [*differences(*trees), *chain.from_iterable(hooks)]
        owners = owners_of(old)
        changes = set(_once({_change(each, owners, folder) for each in told}))
    if old.api != new.api:
        changes = {replace(each, api=each.api and f"{old.api} -> {new.api}") for each in changes}
    return tuple(sorted(changes, key=lambda change: change.sort_key))


def _classes(
    old: griffe.Module, new: griffe.Module, versions: Iterable[Versions]
) -> Iterator[tuple[Versions, griffe.Object, griffe.Object]]:
    """Find the generated classes of API versions in both trees."""
    for each in versions:
        module = naming.operations_module(each.service, each.old)
        name = f"{GENERATED}.{module}.{naming.operations_class(each.service, each.old)}"
        yield from ((each, one, other) for one, other in both(old, new, (name,)))


def _change(found: Difference, owners: Owners, folder: Path) -> SurfaceChange:
    """Say of a difference whose it is and where it stands."""
    owner = owner_of(found.path, owners)
    line, other = found.lines
    return SurfaceChange(
        kind=found.kind,
        path=found.path,
        service=owner.service,
        api=owner.api,
        operation=owner.operation,
        param=found.param or ("response" if owner.operation and found.kind in OF_THE_ANSWER else None),
        old=found.was,
        new=found.now,
        old_place=_place(found.old, line, folder / "old"),
        new_place=_place(found.new, other, folder / "new") if found.new else None,
    )


def _place(obj: griffe.Object, line: int | None, folder: Path) -> Place:
    file = obj.filepath
    assert isinstance(file, Path)
    return Place(file.relative_to(folder).as_posix(), line or obj.lineno or 1)


def _once(changes: set[SurfaceChange]) -> Iterator[SurfaceChange]:
    """Leave out the addresses of an API version that is gone: its module tells it."""
    removed = [change for change in changes if change.kind == "object-removed"]
    gone = {
        (change.service, api) for change in removed if "." not in change.name for api in (change.api, None)
    }
    for change in changes:
        is_address = change.kind == "object-removed" and change.name.startswith("endpoints.")
        if not (is_address and (change.service, change.api) in gone):
            yield change
