"""Edits of a text by the place of its bytes: what is not edited stays what it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Edit:
    """Put a text in the place of some bytes."""

    start: int
    end: int
    text: str

    def within(self, start: int, end: int) -> bool:
        """Whether it touches nothing outside a range."""
        return start <= self.start and self.end <= end

    def moved(self, by: int) -> Edit:
        """Return the edit for a text that begins elsewhere."""
        return Edit(self.start + by, self.end + by, self.text)


def edited(text: bytes, edits: Iterable[Edit]) -> bytes:
    """Make edits; those at one place in the order in which they come.

    Raises
    ------
    ValueError
        If two of them change the same bytes.
    """
    parts: list[bytes] = []
    done = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: edit.start):
        if edit.start < done:
            raise ValueError(f"two edits change byte {edit.start}")
        parts += [text[done : edit.start], edit.text.encode()]
        done = edit.end
    return b"".join([*parts, text[done:]])
