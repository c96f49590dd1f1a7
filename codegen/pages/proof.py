"""How a page reads: Markdown as the site renders it, taken apart into texts and where they stand."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from importlib import import_module

from markdown import Markdown  # type: ignore[import-untyped]  # it comes without types

EXTENSIONS = ("admonition", "attr_list", "def_list", "fenced_code", "tables")
"""What gives Markdown more meaning on our pages than it has by itself."""


def read(source: str) -> list[tuple[str, str]]:
    """Render Markdown; return each text with the tags that it stands in: `("p code", "get_roots")`."""
    reader = _Reader()
    reader.feed(_markdown().reset().convert(source))
    reader.close()
    return reader.found


@cache
def _markdown() -> Markdown:
    # By their modules: to look a name up, Markdown reads what every installed package offers.
    return Markdown(
        extensions=[import_module(f"markdown.extensions.{name}").makeExtension() for name in EXTENSIONS]
    )


class _Reader(HTMLParser):
    """Collects texts. Attributes, and tags that are never closed, are part of where they stand."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into a tag."""
        written = [f"{name}={value}" for name, value in attrs if name not in _OF_THE_RENDERER]
        self._open.append(" ".join([tag, *written]))

    def handle_endtag(self, tag: str) -> None:
        """Leave a tag."""
        if self._open and self._open[-1].split(" ")[0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take a text; line ends between tags are the renderer's."""
        if data.strip() or "\n" not in data:
            self.found.append((" ".join(self._open), data))

    def handle_comment(self, data: str) -> None:
        """Take a comment for what it is."""
        self.found.append(("comment", data))


_OF_THE_RENDERER = {"class"}
"""The language of a block of code."""
