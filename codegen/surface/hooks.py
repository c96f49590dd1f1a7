"""Hooks: the raw operations that mixins call, and the places that do.

A raw operation is private, so no script sees it go. The public method that a mixin builds on it
breaks all the same.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import griffe

from codegen.surface.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codegen import ir

Uses = dict[str, tuple[str, ...]]
"""Private name -> the lines of mixins that use it: "caveclient_gen/mixins/state/documents.py:40"."""


def uses_of(service: ir.Service, package: Path) -> Uses:
    """List the private names that the mixins of a service use.

    They are found from the service's public module, along its imports. A service without one has none.
    """
    waiting = [package.joinpath(*service.module.split(".")).with_suffix(".py")]
    done: set[Path] = set()
    uses: dict[str, list[str]] = {}
    while waiting:
        file = waiting.pop()
        if file in done or not file.is_file():
            continue
        done.add(file)
        tree = ast.parse(file.read_bytes())
        waiting += _mixins(tree, package)
        shown = file.relative_to(package.parent).as_posix()
        for name, line in _private_names(tree):
            uses.setdefault(name, []).append(f"{shown}:{line}")
    return {name: tuple(sorted(lines)) for name, lines in uses.items()}


def missing_hooks(
    old: griffe.Object, new: griffe.Object, service: ir.Service, package: Path
) -> Iterator[Difference]:
    """Tell raw operations of a generated class that are gone while a mixin in `package` uses them."""
    gone = [
        member
        for name, member in old.members.items()
        if isinstance(member, griffe.Function) and name.startswith("_") and name not in new.members
    ]
    uses = uses_of(service, package) if gone else {}
    for member in gone:
        if member.name in uses:
            yield Difference("mixin-hook-missing", member, None, now=", ".join(uses[member.name]))


def _mixins(tree: ast.Module, package: Path) -> Iterator[Path]:
    """Yield the files of mixins that a module imports, absolutely as this package does."""
    start = f"{package.name}.mixins."
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and f"{node.module}.".startswith(start):
            base = package.parent.joinpath(*str(node.module).split("."))
            yield base.with_suffix(".py")
            yield from ((base / alias.name).with_suffix(".py") for alias in node.names)


def _private_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            yield node.attr, node.lineno
