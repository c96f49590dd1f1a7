"""Classes: what they are, and whether their objects can still be sent to another process."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import griffe

from codegen.surface.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.surface.annotations import Words

_STATE = frozenset({"__getstate__", "__reduce__", "__reduce_ex__"})
"""Methods that decide what is pickled."""

_HAS_STATE = re.compile(r"self\.\w+\s*=|__getstate__|__reduce")
"""What stands in a class of which there is something to say."""

_RESTORE = _STATE | {"__setstate__", "__getnewargs__", "__getnewargs_ex__"}

_UNPICKLABLE_CALLS = frozenset(
    ["open", "Lock", "RLock", "Condition", "Event", "Semaphore", "local", "Thread", "socket", "iter"]
)
"""Calls whose results no pickle can hold, by the last part of their name."""


def bases(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell classes that are no longer what `isinstance()` and `except` take them for."""
    assert isinstance(old, griffe.Class)
    assert isinstance(new, griffe.Class)
    was, now = _ancestors(old), _ancestors(new)
    if lost := [name for name in was if name not in now]:
        kind = "exception-base-changed" if _is_exception([old.name, *was]) else "class-base-removed"
        yield Difference(kind, old, new, was=", ".join(lost), now=_listed(new))


def pickling(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell classes whose objects could be pickled, as far as their own text says, and no longer can be.

    Seen are: a method of the pickle protocol that now only raises, one that is gone, and attributes of
    `self` that now hold a function without a name, a generator, a lock, a thread or an open file. What
    is decided at run time, or in another module, is not.
    """
    was, now = (_obstacles(each) for each in (old, new))
    gained = [each for each in now if each not in was]
    lost = [f"{name} is gone" for name in sorted(_RESTORE & old.members.keys() - new.members.keys())]
    if (gained or lost) and not was:
        yield Difference("no-longer-picklable", old, new, now="; ".join([*gained, *lost]))


def _ancestors(cls: griffe.Class) -> list[str]:
    """List what a class is, as far as its module says, by name."""
    found: dict[str, None] = {}
    waiting = [str(base) for base in cls.bases]
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = None
        above = cls.module.members.get(name)
        if isinstance(above, griffe.Class):
            waiting += [str(base) for base in above.bases]
    return list(found)


def _listed(cls: griffe.Class) -> str:
    return ", ".join(str(base) for base in cls.bases) or "object"


def _is_exception(names: list[str]) -> bool:
    return any(name.endswith(("Error", "Exception")) for name in names)


def _obstacles(cls: griffe.Object) -> list[str]:
    """List why objects of a class cannot be pickled."""
    if not _HAS_STATE.search(cls.source):
        return []  # most classes, and the largest: not even parsed
    tree = ast.parse(cls.source).body[0]
    methods = [node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.FunctionDef)]
    if raising := [node.name for node in methods if node.name in _STATE and _only_raises(node)]:
        return [f"{name} raises" for name in raising]
    if any(node.name in _STATE for node in methods):
        # It says itself what is pickled.
        return []
    return [
        f"self.{target.attr} holds {ast.unparse(node.value)}"
        for method in methods
        for node in ast.walk(method)
        if isinstance(node, ast.Assign) and _is_unpicklable(node.value)
        for target in node.targets
        if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self"
    ]


def _only_raises(method: ast.FunctionDef) -> bool:
    return isinstance(method.body[-1], ast.Raise)


def _is_unpicklable(value: ast.expr) -> bool:
    if isinstance(value, (ast.Lambda, ast.GeneratorExp)):
        return True
    return isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in _UNPICKLABLE_CALLS
