"""What a pass finds: one way in which an object of the new surface is not what the old one was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import griffe

from codegen.surface.annotations import Words


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two objects, as griffe holds them."""

    kind: str
    """Id of the rule that tells it."""
    old: griffe.Object
    new: griffe.Object | None
    """The object of the same path; None: there is none."""
    param: str | None = None
    """Parameter of a function."""
    key: str | None = None
    """Entry of a constant that is a mapping."""
    was: str | None = None
    now: str | None = None
    lines: tuple[int | None, int | None] = (None, None)
    """Lines in the two modules, where they are not those of the objects."""

    @property
    def path(self) -> str:
        """Dotted path of the object, and the part of it that differs."""
        part = f"({self.param})" if self.param else f"[{self.key!r}]" if self.key is not None else ""
        return f"{self.old.path}{part}"


Pass = Callable[[griffe.Object, griffe.Object, Words, Words], Iterator[Difference]]
"""Looks at an object as it was and as it is now, with the words that annotations of each side use."""
