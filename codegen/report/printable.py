"""Text from specs and servers, made harmless to look at: what cannot be seen is written as an escape.

Terminals obey escape sequences, bidi marks turn sentences around, and XML has no place for most control
characters. Each format escapes what is special to itself; this comes before, for all that people read.
"""

from __future__ import annotations


def one_line(text: str) -> str:
    r"""Return a text on one line: runs of white space become one blank, what cannot be seen `\x1b`."""
    return _seen(" ".join(text.split()))


def short(text: str, most: int = 80) -> str:
    """Return a text on one line, cut where it is longer than anybody reads."""
    told = one_line(text)
    return told if len(told) <= most else f"{told[: most - 1]}…"


def lines(text: str) -> list[str]:
    """Return the lines of a text with their blanks, without those at the very end."""
    return [_seen(line).rstrip() for line in text.replace("\r\n", "\n").rstrip().split("\n")]


def _seen(text: str) -> str:
    return "".join(char if char.isprintable() else _code(char) for char in text)


def _code(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
