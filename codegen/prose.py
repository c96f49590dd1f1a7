"""Words for docstrings: paragraphs filled to a width, and sentences that end as sentences do."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100


def sentence(text: str) -> str:
    """Bring `text` onto one line and end it with a full stop."""
    words = " ".join(text.split())
    return words if not words or words[-1] in ".!?:" else f"{words}."


def paragraphs(text: str, width: int) -> list[str]:
    """Split `text` at blank lines and fill each paragraph; lists and indented blocks stay as they are."""
    blocks = re.split(r"\n[ \t]*\n", text)
    filled = [_block(block, width) for block in blocks]
    return [block for block in filled if block]


def fill(text: str, width: int) -> str:
    """Fill one paragraph. Words and addresses are never broken."""
    return textwrap.fill(" ".join(text.split()), width, break_long_words=False, break_on_hyphens=False)


def either(parts: Iterable[str]) -> str:
    """Offer the parts for choice: "a or b or c"."""
    return " or ".join(parts)


def _block(text: str, width: int) -> str:
    lines = [re.sub(r"\s", " ", line).rstrip() for line in text.split("\n")]
    if any(re.match(r"\s+\S|[-*] ", line) for line in lines[1:]):
        return textwrap.dedent("\n".join(lines)).strip("\n")
    return fill(text, width)
