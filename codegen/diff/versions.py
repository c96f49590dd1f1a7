"""Arithmetic on version ranges: which of two is wider, and which known deployments fall out.

A range has no subset test. But it is made of finitely many versions and comparisons with them, so two ranges
can only differ at one of the versions that they name or right beside it. Those are tried, with
the versions that known deployments report.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Ranges = tuple[str, ...]
"""Alternatives, any of which will do; none: every version will."""

Relation = Literal["same", "narrower", "wider", "other"]

_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+]*")
_FAR = 999999


def relation(old: Ranges, new: Ranges, more: Iterable[str] = ()) -> Relation:
    """Tell how the new range lies to the old one."""
    sample = {*_neighbours(old), *_neighbours(new), *_parsed(more)}
    lost = any(allows(old, version) and not allows(new, version) for version in sample)
    won = any(allows(new, version) and not allows(old, version) for version in sample)
    if lost and won:
        return "other"
    return "narrower" if lost else "wider" if won else "same"


def allows(ranges: Ranges, version: Version) -> bool:
    """Whether a version lies in one of the ranges."""
    return not ranges or any(_set(each).contains(version, prereleases=True) for each in ranges)


def parse(text: str) -> Version | None:
    """Read a version that a server reports; None if it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


@cache
def _set(text: str) -> SpecifierSet:
    return SpecifierSet(text)


def _parsed(texts: Iterable[str]) -> Iterator[Version]:
    yield from (version for text in texts if (version := parse(text)) is not None)


def _neighbours(ranges: Ranges) -> Iterator[Version]:
    """Yield the versions that ranges name, and what lies right beside each."""
    for text in ranges:
        for version in _parsed(_VERSION.findall(text)):
            yield version
            yield _above(version)
            yield from _below(version)
            # `~=1.4` and `==1.4.*` end where the part before the last goes up.
            for place in range(len(version.release)):
                yield _numbered(version, (*version.release[:place], version.release[place] + 1))


def _above(version: Version) -> Version:
    return _numbered(version, (*version.release, 1))


def _below(version: Version) -> Iterator[Version]:
    for place in reversed(range(len(version.release))):
        if version.release[place] > 0:
            yield _numbered(version, (*version.release[:place], version.release[place] - 1, _FAR))
            return


def _numbered(version: Version, release: tuple[int, ...]) -> Version:
    epoch = f"{version.epoch}!" if version.epoch else ""
    return Version(epoch + ".".join(map(str, release)))
