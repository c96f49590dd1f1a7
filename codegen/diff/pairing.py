"""Which of the old things is which of the new ones: by name, or by a rename that a descriptor declares.

A rename is never guessed: a wrong guess would hide that something is gone. It is looked for on both
sides, since the older of two descriptors may as well be the one that knows the other's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen import ir


class HasName(Protocol):
    """Whatever descriptors give a name. Some also say what it was called, or may still be called."""

    @property
    def name(self) -> str:
        """What it is called."""


Named = TypeVar("Named", bound=HasName)


@dataclass(frozen=True, slots=True)
class Pairs(Generic[Named]):
    """Things that are on both sides, and those that are on one."""

    both: tuple[tuple[Named, Named], ...]
    removed: tuple[Named, ...]
    added: tuple[Named, ...]


def pair(old: Iterable[Named], new: Iterable[Named]) -> Pairs[Named]:
    """Pair things by `name`, and those left over by `renamed_from` and `aliases` of either side."""
    before, after = {each.name: each for each in old}, {each.name: each for each in new}
    same = before.keys() & after.keys()
    partner = {name: name for name in same}
    free = {name: each for name, each in after.items() if name not in same}
    places = {name: place for place, name in enumerate(free)}
    successors: dict[str, list[str]] = {}
    for name, each in free.items():
        for former in _other_names(each):
            successors.setdefault(former, []).append(name)
    for name, each in before.items():
        if name in same:
            continue
        found = [other for other in (*successors.get(name, ()), *_other_names(each)) if other in free]
        if found:
            partner[name] = min(found, key=places.__getitem__)
            del free[partner[name]]
    return Pairs(
        both=tuple((before[name], after[partner[name]]) for name in before if name in partner),
        removed=tuple(each for name, each in before.items() if name not in partner),
        added=tuple(free.values()),
    )


def pair_params(old: Iterable[ir.Param], new: Iterable[ir.Param]) -> Pairs[ir.Param]:
    """Pair parameters as above, and constants, whose names nobody sees, by what they are sent as."""
    found = pair(old, new)
    free = {_sent_as(param): param for param in found.added if param.is_const}
    alike = tuple(
        (param, free[_sent_as(param)])
        for param in found.removed
        if param.is_const and _sent_as(param) in free
    )
    known = {param.name for both in alike for param in both}
    return Pairs(
        both=found.both + alike,
        removed=tuple(param for param in found.removed if param.name not in known),
        added=tuple(param for param in found.added if param.name not in known),
    )


def _sent_as(param: ir.Param) -> tuple[str, tuple[str, ...]]:
    return param.location, param.wire_names


def _other_names(each: HasName) -> tuple[str, ...]:
    former = getattr(each, "renamed_from", None)
    return (*getattr(each, "aliases", ()), *([former] if former else []))
