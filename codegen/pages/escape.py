"""Filters that put spec text into Markdown: one per context, and each proves its own output.

A descriptor is data from outside. Whatever it holds (tags, links, code fences, table bars, text that
looks like a directive or like a template) must be read on the page as the same text, and must never
become anything else. So every filter renders its output, in a paragraph and in a table, and refuses
to hand it over when the page would not show what went in.

One form of Markdown is meant: descriptors write names as `name`, and the page shows them as code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from codegen.escape import EscapeError, identifier
from codegen.pages.proof import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SPAN = re.compile(r"`([^`]*[^`\s][^`]*)`")
_IN_SPAN = r"[\w ,;:()/.'\"{}\[\]<>=+@?%*$#!-]"
_HARMLESS = re.compile(
    rf"(?:[A-Za-z]|`{_IN_SPAN}+`(?!`))(?:[A-Za-z0-9 ,;:()/.'\"-]|\\_|`{_IN_SPAN}+`)*", re.ASCII
)
_HARMLESS_CODE = re.compile(rf"{_IN_SPAN}+", re.ASCII)
"""What needs no proof, because nothing in it has a meaning where it stands: rendering takes its time."""

_ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]+", re.ASCII)


def text(words: str) -> str:
    """Write `words` as one line of Markdown that reads as they do, names between backticks as code.

    Raises
    ------
    EscapeError
        If the line would be read as anything else.
    """
    return _text(" ".join(words.split()))


@lru_cache(maxsize=8192)
def _text(words: str) -> str:
    spans = _spans(words)
    source = ""
    for part, is_code in spans:
        # Beside another backtick, the one that opens a span would be read as part of a longer run.
        source += _code(part, as_tag=source.endswith("`")) if is_code else _plain(part)
    source = _start_escaped(source)
    if source.replace(r"\_", "_") != words or not _HARMLESS.fullmatch(source):
        _prove(source, [("code" if is_code else "", visible(part)) for part, is_code in spans])
    return source


@lru_cache(maxsize=8192)
def code(value: str) -> str:
    """Write `value` as code within a line.

    Raises
    ------
    EscapeError
        If the line would be read as anything else.
    """
    value = " ".join(value.split())
    if not value:
        raise EscapeError("code of no characters cannot be shown: leave it out")
    source = _code(value)
    if not _HARMLESS_CODE.fullmatch(value):
        _prove(source, [("code", visible(value))])
    return source


def block(lines: str, language: str) -> str:
    """Write `lines` as a block of code.

    Raises
    ------
    EscapeError
        If the block would hold anything else, or end before its end.
    """
    if not lines.strip():
        raise EscapeError("a block of no lines cannot be shown: leave it out")
    if not _LANGUAGE.fullmatch(language):
        raise EscapeError(f"{language!r} is no language of a code block")
    shown = "\n".join(visible(line) for line in lines.strip("\n").split("\n"))
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    source = f"{fence}{language}\n{shown}\n{fence}"
    if "`" in shown and read(source) != [("pre code", f"{shown}\n")]:
        raise EscapeError(f"cannot write {lines!r} as a block of code")
    return source


def anchor(name: str) -> str:
    """Hand over `name` when it can be the name of a place on a page: "param-default-changed".

    Raises
    ------
    EscapeError
        If it cannot.
    """
    if not _ANCHOR.fullmatch(name):
        raise EscapeError(f"{name!r} cannot be the name of a place on a page")
    return name


FILTERS: Mapping[str, Callable[..., str]] = {
    "text": text,
    "code": code,
    "block": block,
    "identifier": identifier,
    "anchor": anchor,
}
"""The only ways from a descriptor into a page; templates know them by these names."""


def visible(words: str) -> str:
    """Show what cannot be seen as the escapes that Python knows."""
    if words.isprintable():
        return words  # most texts: not looked at letter by letter
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
        for char in words
    )


def _prove(source: str, wanted: list[tuple[str, str]]) -> None:
    """Refuse a line that is not read as `wanted`, by itself or between the bars of a table."""
    alone = read(source)
    in_table = read(f"| a |\n|---|\n| {source} |")
    cells = [("table tbody tr td" + (f" {tag}" if tag else ""), words) for tag, words in wanted]
    if alone != [(f"p {tag}".strip(), words) for tag, words in wanted] or in_table != [
        ("table thead tr th", "a"),
        *cells,
    ]:
        raise EscapeError(f"cannot write {source!r} as a line of Markdown")


def _spans(words: str) -> list[tuple[str, bool]]:
    """Cut a text into what is plain and what stands between backticks."""
    parts = _SPAN.split(words)
    spans = [(part.strip() if number % 2 else part, bool(number % 2)) for number, part in enumerate(parts)]
    return [(part, is_code) for part, is_code in spans if part]


def _plain(words: str) -> str:
    escaped = re.sub(r"[\\`*_{}\[\]|]", r"\\\g<0>", visible(words))
    return _as_entities(r"[&<>~^]", escaped)


def _as_entities(pattern: str, words: str) -> str:
    return re.sub(pattern, lambda found: f"&#{ord(found[0])};", words)


def _code(value: str, *, as_tag: bool = False) -> str:
    """Write a code span; where it holds a bar or a backtick, as a tag, which no table cuts."""
    shown = visible(value)
    if as_tag or re.search(r"[|`\\]", shown):
        return "<code>" + _as_entities(r"[^\w ,.:;()'/=-]|_", shown) + "</code>"
    return f"`{shown}`"


def _start_escaped(source: str) -> str:
    """Take from the beginning of a line what would make it a heading, a list, a directive or a note."""
    number = re.match(r"\d+(?=[.)])|", source)
    start = number.end() if number else 0
    head = source[start : start + 1]
    if start or (head and head in "#+-!"):
        return f"{source[:start]}\\{source[start:]}"
    return f"&#{ord(head)};{source[1:]}" if head and head in ":=?" else source
