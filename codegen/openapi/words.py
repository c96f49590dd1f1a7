"""Texts of descriptors as CommonMark that can bring in neither HTML nor links.

Every `description` of an OpenAPI document is read as CommonMark, and pages show it as HTML. A descriptor's
text is data, so whatever could become a tag, an entity or a link is written so that it stays text. Code
between backticks stays code, unless it holds such characters: they cannot be escaped there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.prose import paragraphs, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_RISKY = re.compile(r"[<>&\\]|\][(\[:]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\\": "\\\\", "](": "]\\(", "][": "]\\[", "]:": "]\\:"}
_NO_LIMIT = 1 << 30


def described(*texts: str | None) -> str:
    """Write texts as paragraphs of CommonMark; those that are missing or empty are left out."""
    filled = [block for text in texts if text for block in paragraphs(text, _NO_LIMIT)]
    return "\n\n".join(markdown(block) for block in filled)


def markdown(text: str) -> str:
    """Write one text as CommonMark without tags, entities and links of its own."""
    plain = _CODE.sub(lambda code: code[2] if _RISKY.search(code[2]) else code[0], text)
    return _RISKY.sub(lambda risk: _ESCAPES[risk[0]], plain)


def sentences(texts: Iterable[str | None]) -> str:
    """Put short texts behind each other, each ended as a sentence; equal ones once."""
    return " ".join(dict.fromkeys(sentence(text) for text in texts if text))
