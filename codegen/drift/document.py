"""What a server's own document says, in the few words that can be compared with a descriptor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

Spot = Literal["path", "query", "header", "body", "form"]
"""Where a value is sent. Documents know forms; descriptors do not."""

UNSAID: Any = ...
"""Stands where a document names no default; null is one."""

_HOLE = re.compile(r"\{([^{}]*)\}")


def shape(path: str) -> str:
    """Leave out the names of the holes: servers and descriptors call them differently."""
    return _HOLE.sub("{}", path)


def holes(path: str) -> tuple[str, ...]:
    """Return the names of the holes, in the order of the path."""
    return tuple(_HOLE.findall(path))


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written on the wire. None: nothing is said of it."""

    type: str | None = None
    items: str | None = None
    """Type of what an array holds."""
    collection: str | None = None
    """How an array becomes text: csv, multi (one name several times), ..."""

    def __str__(self) -> str:
        if self.type != "array":
            return self.type or "anything"
        held = f"array of {self.items}" if self.items else "array"
        return f"{held} ({self.collection})" if self.collection else held


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter, or a field of a body, as a document declares it."""

    name: str
    spot: Spot
    form: Form = Form()
    required: bool = False
    values: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: Any = UNSAID
    text: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    """Under the document's base path."""
    params: tuple[Declared, ...] = ()
    body: Literal["none", "fields", "whole"] = "none"
    """Whether there is a body and its fields are known; whole: it is, and they are not."""
    produces: tuple[str, ...] = ()
    """Media types of the answer."""
    says_produces: bool = False
    """Whether the route itself says so, not the top of the document."""
    deprecated: bool = False
    name: str = ""
    text: str = ""
    """Its summary, or its description where there is none."""
    more: str = ""
    """Its description beside a summary."""
    answer: Form | None = None
    """The JSON of a success, where the document says it."""

    def param(self, name: str, spot: Spot) -> Declared | None:
        """Return a parameter; None if there is none."""
        return next((each for each in self.params if each.name == name and each.spot == spot), None)


@dataclass(frozen=True, slots=True)
class Document:
    """All that a server says of one service."""

    name: str
    """What messages call it: a file, or an address."""
    title: str
    version: str
    """The software's version as it stands there; servers may not fill it in."""
    base: str
    routes: tuple[Route, ...]
