"""From two sides to two trees of objects, of the same names where they mean the same.

Both sides are generated into a temporary folder, as `generate` would write them, so lines are those
of the real files. griffe reads them without importing anything. Modules that say the same on both
sides are left out: nothing in them can differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import griffe

from codegen import naming
from codegen.render import render
from codegen.surface.annotations import type_aliases
from codegen.surface.extent import check_that_they_match, constants, modules, renamed
from codegen.surface.typed_dicts import as_class, is_functional
from codegen.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen.diff.sides import Side

PACKAGE, GENERATED = naming.PACKAGE.split("/")
ERRORS = "_runtime/errors.py"
TYPING = "_runtime/typing.py"

WORDS = f"{PACKAGE}/{TYPING}"

CURRENT = Path(__file__).resolve().parents[2] / PACKAGE
"""The package of this project: its runtime, its mixins, its public modules."""

Packages = tuple[Path, Path]
"""Folders of the hand-written package that goes with each side."""

Texts = dict[str, str]
"""Text of modules, by their path from the project's root."""


def grow(old: Side, new: Side, packages: Packages, folder: Path) -> tuple[griffe.Module, griffe.Module]:
    """Generate both sides into `folder`, beside what people write of their packages, and load them."""
    check_that_they_match(old, new)
    written = [_hand_written(package, is_same=len(set(packages)) == 1) for package in packages]
    means_the_same = written[0].get(WORDS) == written[1].get(WORDS)
    made = generated(old, new, leave_out_the_same=means_the_same)
    trees = []
    for name, side, *texts in zip(("old", "new"), (old, new), made, written, strict=True):
        plant(folder / name, {path: text for part in texts for path, text in part.items()})
        trees.append(load(folder / name))
        _keep_constants(trees[-1], constants(side))
    before, after = trees
    _rename(after, renamed(old, new))
    return before, after


def generated(old: Side, new: Side, *, leave_out_the_same: bool) -> tuple[Texts, Texts]:
    """Render and format the modules of both sides."""
    before = _rendered(old)
    after = before if new.spec is old.spec else _rendered(new)
    before, after = _chosen(before, old), _chosen(after, new)
    if leave_out_the_same and not renamed(old, new):
        same = {path for path, text in before.items() if after.get(path) == text}
        before, after = _without(before, same), _without(after, same)
    # One run of the formatter for both.
    unformatted = {f"old/{path}": text for path, text in before.items()}
    unformatted |= {f"new/{path}": text for path, text in after.items()}
    texts = tidy(unformatted) if unformatted else {}
    return {path: texts[f"old/{path}"] for path in before}, {path: texts[f"new/{path}"] for path in after}


def plant(folder: Path, texts: Mapping[str, str]) -> None:
    """Write modules below a folder, and make each folder of them a package."""
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for inner in (PACKAGE, naming.PACKAGE, f"{PACKAGE}/_runtime"):
        (folder / inner).mkdir(parents=True, exist_ok=True)
        (folder / inner / "__init__.py").write_text("", encoding="utf-8")


def load(folder: Path) -> griffe.Module:
    """Read a planted package without importing it."""
    tree = griffe.load(
        PACKAGE,
        search_paths=[folder],
        allow_inspection=False,
        try_relative_path=False,  # the working folder may have a package of this name
        resolve_aliases=False,
    )
    assert isinstance(tree, griffe.Module)
    for module in modules_of(tree):
        _settle(module)
    return tree


def modules_of(module: griffe.Module) -> Iterable[griffe.Module]:
    """Yield a module and all below it."""
    yield module
    for _, inner in sorted(module.modules.items()):
        yield from modules_of(inner)


def _rendered(side: Side) -> Texts:
    return {output.path: output.text for output in render(side.spec)}


def _chosen(texts: Texts, side: Side) -> Texts:
    paths = [f"{naming.PACKAGE}/{name}.py" for name in sorted(modules(side))]
    return {path: texts[path] for path in paths}


def _without(texts: Texts, paths: set[str]) -> Texts:
    return {path: text for path, text in texts.items() if path not in paths}


def _hand_written(package: Path, *, is_same: bool) -> Texts:
    """Read the hand-written modules that have a part in it: the names of types, and what can differ."""
    paths = [TYPING]
    if not is_same:
        public = (file.name for file in package.glob("*.py") if not file.name.startswith("_"))
        paths += [ERRORS, *sorted(public)]
    return {
        f"{PACKAGE}/{path}": (package / path).read_text(encoding="utf-8")
        for path in paths
        if (package / path).is_file()
    }


def _settle(module: griffe.Module) -> None:
    """Hide aliases of types, which are spelt out where they are used; make all `TypedDict`s classes."""
    for _, alias in type_aliases(module):
        alias.public = False
    for name, member in list(module.members.items()):
        if isinstance(member, griffe.Attribute) and is_functional(member):
            module.set_member(name, as_class(member))


def _keep_constants(tree: griffe.Module, names: frozenset[str]) -> None:
    endpoints = tree[GENERATED].members.get("endpoints")
    for name in [] if endpoints is None else list(endpoints.members):
        if name not in names:
            endpoints.del_member(name)


def _rename(tree: griffe.Module, names: Mapping[str, str]) -> None:
    """Give objects of the generated modules the names of the old side."""
    for module in list(tree[GENERATED].modules.values()):
        for holder in (module, module.parent):
            for name in names.keys() & holder.members.keys():
                member = holder.members[name]
                holder.del_member(name)
                member.name = names[name]
                holder.set_member(names[name], member)
