"""Hooks: the raw operations that mixins call, and the places that do.

A raw operation is private, so no script sees it go, or sees its arguments change. The public method that a
mixin builds on it breaks all the same.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import griffe

from codegen.surface.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codegen import ir

Uses = dict[str, tuple[str, ...]]
"""Private name -> the lines of mixins that use it: "caveclient_gen/mixins/state/documents.py:40"."""


_BY_POSITION = (griffe.ParameterKind.positional_only, griffe.ParameterKind.positional_or_keyword)


@dataclass(frozen=True, slots=True)
class HookCall:
    """What a mixin passes to a private method."""

    name: str
    place: str
    by_position: int
    keywords: tuple[str, ...]
    is_open: bool
    """Whether `*` or `**` passes more."""

    def misfit(self, function: griffe.Function) -> str:
        """Tell why a method does not take what is passed; empty: it does, as far as can be seen."""
        params = [param for param in function.parameters if param.name != "self"]
        places = [param.name for param in params if param.kind in _BY_POSITION]
        taken = {*places[: self.by_position], *self.keywords}
        unknown = [word for word in self.keywords if word not in {param.name for param in params}]
        missing = [param.name for param in params if param.default is None and param.name not in taken]
        if unknown:
            return f"passes {', '.join(unknown)}"
        if self.by_position > len(places):
            return f"passes {self.by_position} by position"
        return f"leaves out {', '.join(missing)}" if missing and not self.is_open else ""


def uses_of(service: ir.Service, package: Path) -> Uses:
    """List the private names that the mixins of a service use.

    They are found from the service's public module, along its imports. A service without one has none.
    """
    uses: dict[str, list[str]] = {}
    for shown, tree in _files(service, package):
        for name, line in _private_names(tree):
            uses.setdefault(name, []).append(f"{shown}:{line}")
    return {name: tuple(sorted(lines)) for name, lines in uses.items()}


def calls_of(service: ir.Service, package: Path) -> tuple[HookCall, ...]:
    """List the calls of private methods in the mixins of a service, with what they pass."""
    return tuple(call for shown, tree in _files(service, package) for call in _private_calls(tree, shown))


def _files(service: ir.Service, package: Path) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of a service's mixins, and how they are called in reports."""
    waiting = [package.joinpath(*service.module.split(".")).with_suffix(".py")]
    done: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in done or not file.is_file():
            continue
        done.add(file)
        tree = ast.parse(file.read_bytes())
        waiting += _mixins(tree, package)
        yield file.relative_to(package.parent).as_posix(), tree


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


def misfit_hooks(
    old: griffe.Object, new: griffe.Object, service: ir.Service, package: Path
) -> Iterator[Difference]:
    """Tell raw operations that no longer take what a mixin in `package` passes to them."""
    stay = {
        name: (one, other)
        for name, one in old.members.items()
        if name.startswith("_")
        and isinstance(one, griffe.Function)
        and isinstance(other := new.members.get(name), griffe.Function)
        and _signature(one) != _signature(other)
    }
    found: dict[str, list[str]] = {}
    for call in calls_of(service, package) if stay else ():
        if call.name in stay and not call.misfit(stay[call.name][0]):
            reason = call.misfit(stay[call.name][1])
            found.setdefault(call.name, []).extend([f"{call.place} {reason}"] if reason else [])
    for name, reasons in found.items():
        if reasons:
            yield Difference("mixin-hook-misfit", *stay[name], now="; ".join(sorted(reasons)))


def _signature(function: griffe.Function) -> list[tuple[object, ...]]:
    return [(param.name, param.kind, param.default is None) for param in function.parameters]


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


def _private_calls(tree: ast.Module, shown: str) -> Iterator[HookCall]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, words = node.func.attr, [keyword.arg for keyword in node.keywords]
            spread = any(isinstance(argument, ast.Starred) for argument in node.args) or None in words
            given = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
            keywords = tuple(word for word in words if word is not None)
            yield HookCall(name, f"{shown}:{node.lineno}", len(given), keywords, spread)
