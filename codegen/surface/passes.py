"""Everything that is looked at in two packages: what griffe finds, and what passes of our own add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import griffe

from codegen.surface import classes, signatures, typed_dicts, values
from codegen.surface.annotations import Words, aliases_of
from codegen.surface.breakages import breakages
from codegen.surface.trees import ERRORS, GENERATED, TYPING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen.surface.difference import Difference, Pass

Pair = tuple[griffe.Object, griffe.Object]

PASSES: dict[griffe.Kind, tuple[Pass, ...]] = {
    griffe.Kind.MODULE: (values.exports,),
    griffe.Kind.CLASS: (classes.bases, classes.pickling),
    griffe.Kind.FUNCTION: (signatures.parameters, signatures.answers, signatures.waiting),
    griffe.Kind.ATTRIBUTE: (values.types, values.constants, typed_dicts.keys),
}
"""Kind of object -> what is looked at of it beyond what griffe does."""


def differences(old: griffe.Module, new: griffe.Module) -> Iterator[Difference]:
    """Compare two packages as they stand: all that is generated, the errors, and what modules export."""
    words = _words(old), _words(new)
    for one, other in both(old, new, (GENERATED, _dotted(ERRORS))):
        yield from breakages(one, other)
        for pair in pairs(one, other):
            for look in PASSES.get(pair[0].kind, ()):
                yield from look(*pair, *words)
    public = [name for name in old.modules if not name.startswith("_")]
    for one, other in both(old, new, public):
        yield from values.exports(one, other, *words)


def pairs(old: griffe.Object, new: griffe.Object) -> Iterator[Pair]:
    """Yield the public objects that both sides have, as objects of one kind."""
    yield old, new
    for name, member in old.members.items():
        other = new.members.get(name)
        if not isinstance(member, griffe.Object) or not isinstance(other, griffe.Object):
            continue  # an import: it is looked at where it is defined
        if member.is_public and member.kind is other.kind:
            yield from pairs(member, other)


def both(old: griffe.Module, new: griffe.Module, names: Iterable[str]) -> Iterator[Pair]:
    """Yield the objects of these dotted names that both packages have."""
    for name in names:
        one, other = _find(old, name), _find(new, name)
        if one is not None and other is not None:
            yield one, other


def _find(tree: griffe.Object, name: str) -> griffe.Object | None:
    found = tree
    for part in name.split("."):
        member = found.members.get(part)
        if not isinstance(member, griffe.Object):
            return None
        found = member
    return found


def _words(tree: griffe.Module) -> Words:
    """Read the names that the runtime gives to types."""
    module = _find(tree, _dotted(TYPING))
    return Words(aliases_of(module)) if isinstance(module, griffe.Module) else Words()


def _dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")
