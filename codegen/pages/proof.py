"""How a page reads: Markdown as the site renders it, taken apart into texts and where they stand."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser

from markdown import Markdown

EXTENSIONS = ("admonition", "attr_list", "fenced_code", "tables")
"""What gives Markdown more meaning on our pages than it has by itself."""


def read(source: str) -> list[tuple[str, str]]:
    """Render Markdown; return each text with the tags that it stands in: `("p code", "get_roots")`."""
    reader = _Reader()
    reader.feed(_markdown().reset().convert(source))
    reader.close()
    return reader.found


@cache
def _markdown() -> Markdown:
    return Markdown(extensions=list(EXTENSIONS))


class _Reader(HTMLParser):
    """Collects texts; an attribute or a tag that is never closed is part of where they stand."""

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
        """Take a text; white space between tags is none."""
        place = " ".join(self._open)
        if not data.strip() and not (self._open and self._open[-1] == "code"):
            if "\n" in data or not self.found:
                return
        if self.found and self.found[-1][0] == place and place:
            data = self.found.pop()[1] + data
        self.found.append((place, data))

    def handle_comment(self, data: str) -> None:
        """Take a comment for what it is."""
        self.found.append(("comment", data))


_OF_THE_RENDERER = {"class"}
"""The language of a block of code."""
