"""Attributes, properties and constants: their types and values, and what modules export."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import griffe

from codegen.surface.annotations import fits
from codegen.surface.difference import Difference
from codegen.surface.extent import root_of
from codegen.surface.typed_dicts import is_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.surface.annotations import Words


def types(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell attributes and properties that hold something else than before."""
    assert isinstance(old, griffe.Attribute)
    assert isinstance(new, griffe.Attribute)
    if is_key(old) or old.annotation is None:
        return
    if not fits(after.types(new.annotation, new.module), before.types(old.annotation, old.module)):
        yield Difference(
            "attribute-type-changed", old, new, was=str(old.annotation), now=str(new.annotation or "Any")
        )


def constants(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell constants of modules that have another value; of a mapping, the entries."""
    assert isinstance(old, griffe.Attribute)
    assert isinstance(new, griffe.Attribute)
    if not isinstance(old.parent, griffe.Module) or old.value is None:
        return
    was, now = _entries(old), _entries(new)
    if was is not None and now is not None:
        yield from _changed_entries(old, new, was, now)
    elif str(old.value) != str(new.value):
        yield Difference("attribute-value-changed", old, new, was=str(old.value), now=str(new.value))


def exports(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell names that `from module import *` no longer brings, and that are no longer promised."""
    assert isinstance(old, griffe.Module)
    assert isinstance(new, griffe.Module)
    promised = {str(name) for name in new.exports or ()}
    for name in sorted({str(name) for name in old.exports or ()} - promised):
        if new.exports is not None or name not in new.members or name.startswith("_"):
            listed = old.members["__all__"]
            assert isinstance(listed, griffe.Attribute)
            yield Difference("all-export-removed", listed, new, key=name)


_Entries = dict[str, tuple[str, int]]
"""Key of a mapping -> its value, and the line that says so."""


def _entries(constant: griffe.Attribute) -> _Entries | None:
    """Read a mapping of texts; None: the constant is something else."""
    match ast.parse(constant.source).body:
        case [ast.Assign(value=ast.Dict() as value) | ast.AnnAssign(value=ast.Dict() as value)]:
            pass
        case _:
            return None
    first = constant.lineno or 1
    return {
        ast.literal_eval(key): (ast.unparse(item), first + item.lineno - 1)
        for key, item in zip(value.keys, value.values, strict=True)
        if isinstance(key, ast.Constant)
    }


def _changed_entries(
    old: griffe.Attribute, new: griffe.Attribute, was: _Entries, now: _Entries
) -> Iterator[Difference]:
    for key, (before, line) in was.items():
        if key not in now:
            yield Difference("entry-removed", old, new, key=key, was=before, lines=(line, None))
            continue
        after, other = now[key]
        if before != after and _beyond_root(old, before) != _beyond_root(new, after):
            lines = (line, other)
            yield Difference("attribute-value-changed", old, new, key=key, was=before, now=after, lines=lines)


def _beyond_root(table: griffe.Attribute, address: str) -> str:
    """Take from an address what all of its table begin with: where that changes, it is told once."""
    name = root_of("")
    roots = [
        str(ast.literal_eval(str(each.value)))
        for each in table.module.attributes.values()
        if each.name.startswith(f"{table.name}_") and each.name.endswith(name)
    ]
    for root in sorted(roots, key=len, reverse=True):
        if root in address:
            return address.replace(root, "", 1)
    return address
