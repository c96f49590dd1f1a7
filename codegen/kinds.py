"""Kinds of values that a field of a descriptor can have: the words in which `language` is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Text:
    """A text. `pattern` is what all of it must match; `what` names it in messages."""

    what: str = "a text"
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    what: str = "true or false"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None
    what: str = "an int"


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `above` is a bound that it must exceed."""

    above: float | None = None
    what: str = "a number"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set of texts."""

    names: tuple[str, ...]
    what: str = "a name of the closed set"


@dataclass(frozen=True, slots=True)
class Data:
    """Any value. With `json`, one that JSON can hold: every key a text."""

    json: bool = False
    what: str = "any value"


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    item: Kind
    at_least: int = 0
    what: str = "a list"


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """A value, or a list of such values."""

    item: Kind

    @property
    def what(self) -> str:
        """Name of the kind in messages."""
        return f"{self.item.what}, or a list of such"


@dataclass(frozen=True, slots=True)
class Either:
    """A value of one of several scalar kinds."""

    kinds: tuple[Kind, ...]

    @property
    def what(self) -> str:
        """Name of the kind in messages."""
        return " or ".join(kind.what for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with keys of the author's choice; `special` keys have a meaning of their own."""

    key: Text | Whole
    value: Kind
    special: Mapping[str, Kind] = field(default_factory=dict)
    nullable: bool = False
    what: str = "a mapping"


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping with the fields of one of `language.BLOCKS`."""

    name: str
    what: str = "a mapping"


Kind = Text | Flag | Whole | Number | Choice | Data | Many | OneOrMany | Either | MapOf | Block
