"""What two nodes have to say about each other, before it is judged how bad that is.

A comparison of two nodes yields notes: the rule, the words, and the dotted paths under which the descriptors
say it. Where that is in a file, in which operation, and what a private method or a beta softens is
added by `judgement.py`, once for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.report.rule import Verdict

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Note:
    """One difference between two nodes."""

    rule: str
    text: str
    """What differs, in one line, without the place."""
    old: str | None = None
    new: str | None = None
    part: str | None = None
    """Part of the operation: a parameter, "response", "cache"."""
    at: str = ""
    """Dotted path of the value in both descriptors."""
    was_at: str | None = None
    """Dotted path on the old side, where it is another."""
    in_signature: bool = False
    """Whether scripts meet it in the generated signature alone, so that a hand-written method may hide it."""
    wire: Verdict | None = None
    """Instead of the rule's verdict."""
    source: Verdict | None = None
    silent: bool | None = None
    hint: str = ""
    affects: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """What else depends on it."""


Notes = Iterator[Note]


def shown(value: object) -> str:
    """Write a value in one line, as a descriptor would."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        text = f"[{', '.join(map(shown, value))}]"
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    elif isinstance(value, str):
        text = value if value and value.isprintable() else json.dumps(value)
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def became(
    rule: str,
    label: str,
    old: object,
    new: object,
    at: str = "",
    *,
    nothing: str = "none",
    part: str | None = None,
    in_signature: bool = False,
    wire: Verdict | None = None,
    source: Verdict | None = None,
    silent: bool | None = None,
) -> Note:
    """Note that one value took another's place: "max 500 -> 100".

    `nothing` is what an empty list means; the rest are fields of a note.
    """
    before, after = (nothing if value == () else shown(value) for value in (old, new))
    return Note(
        rule,
        f"{label} {before} -> {after}",
        _given(old),
        _given(new),
        part=part,
        at=at,
        in_signature=in_signature,
        wire=wire,
        source=source,
        silent=silent,
    )


def _given(value: object) -> str | None:
    return None if value is None or value == () else shown(value)
