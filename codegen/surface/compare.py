"""All that scripts lose between two sides.

It is a second opinion on the comparison of the specs, made from the other end: from the text of the
generated modules. It knows nothing of the spec diff, so that where both agree they do so for a reason.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import naming
from codegen.report.finding import Place
from codegen.surface.change import SurfaceChange
from codegen.surface.hooks import missing_hooks
from codegen.surface.owners import owner_of, owners_of
from codegen.surface.passes import both, differences
from codegen.surface.rules import OF_THE_ANSWER
from codegen.surface.side import Side
from codegen.surface.trees import GENERATED, grow

if TYPE_CHECKING:
    from collections.abc import Iterator

    import griffe

    from codegen import ir
    from codegen.surface.difference import Difference
    from codegen.surface.owners import Owners


def surface_changes(old: ir.Spec, new: ir.Spec) -> tuple[SurfaceChange, ...]:
    """Compare the packages that two whole specs generate."""
    return compare(Side(old), Side(new))


def compare(old: Side, new: Side) -> tuple[SurfaceChange, ...]:
    """Compare what two sides generate.

    Two API versions of a service are compared as if their modules, classes and tables had the same
    names. Two sides with packages of their own are compared in their errors and exports, too.

    Raises
    ------
    UnknownNameError
        If a side names what its spec has not, or the sides differ in extent.
    """
    with tempfile.TemporaryDirectory(prefix="codegen-") as name:
        folder = Path(name).resolve()
        trees = grow(old, new, folder)
        owners = owners_of(old)
        told = [*differences(*trees), *_hooks(*trees, old, new)]
        changes = set(_once({_change(each, owners, folder) for each in told}))
    if old.api != new.api:
        changes = {replace(each, api=each.api and f"{old.api} -> {new.api}") for each in changes}
    return tuple(sorted(changes, key=lambda change: change.sort_key))


def _hooks(old_tree: griffe.Module, new_tree: griffe.Module, old: Side, new: Side) -> Iterator[Difference]:
    """Look for raw operations that are gone, class by class, with the mixins of the new side."""
    for service in old.services:
        for api in old.apis(service):
            module, cls = naming.operations_module(service, api), naming.operations_class(service, api)
            for one, other in both(old_tree, new_tree, (f"{GENERATED}.{module}.{cls}",)):
                yield from missing_hooks(one, other, service, new.package)


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
