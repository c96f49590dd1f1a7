"""A Jupyter notebook as one script: what one cell assigns, the next uses.

A notebook is written back only if writing it unchanged gives the same bytes: then everything but the
edited lines stays as it was, indentation and outputs included.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from codegen.migrate.edit import edited
from codegen.migrate.magics import readable
from codegen.migrate.scripts import Spot, Unreadable, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from codegen.migrate.edit import Edit

OLDEST_FORMAT = 4
_LINE_END = re.compile(r"\r\n?|\n")
_INDENTS: tuple[int | str | None, ...] = (1, 2, 4, 0, "\t", None)


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell, and where it stands in the notebook's code."""

    number: int
    """Among all cells, from 1."""
    text: str
    line: int
    """Lines before it."""
    start: int
    """Bytes before it."""

    @property
    def end(self) -> int:
        """Bytes up to its end."""
        return self.start + len(self.text.encode())


@dataclass(frozen=True, slots=True)
class Layout:
    """How a notebook's JSON is written."""

    indent: int | str | None
    ascii: bool
    end: str
    newline: str

    def write(self, document: Any) -> bytes:
        """Write a document."""
        text = json.dumps(document, indent=self.indent, ensure_ascii=self.ascii) + self.end
        return text.replace("\n", self.newline).encode(errors="surrogatepass")


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells of a notebook."""

    path: Path
    name: str
    code: str
    document: Any
    cells: tuple[Cell, ...]
    layout: Layout | None
    obstacle: str
    unreadable: tuple[Unreadable, ...] = ()
    encoding: str = "utf-8"

    @classmethod
    def read(cls, path: Path, name: str) -> Notebook:
        """Read a notebook.

        Raises
        ------
        UnreadableError
            If it is no notebook of a format that has cells at its top.
        """
        raw = path.read_bytes()
        document = _document(raw)
        cells: list[Cell] = []
        code: list[str] = []
        lines = start = 0
        unreadable: list[Unreadable] = []
        for number, text in _code_cells(document):
            try:
                shown = readable(text)
            except UnreadableError as error:
                line = getattr(error, "line", 0)
                unreadable.append(Unreadable(name, str(error), line, number))
                continue
            if shown is not None:
                cells.append(Cell(number, text, lines, start))
                code.append(shown + "\n")
                lines += len(_LINE_END.findall(code[-1]))
                start += len(code[-1].encode())
        layout = _layout(raw, document)
        obstacle = "" if layout else "its JSON is laid out in a way that cannot be kept"
        return cls(path, name, "".join(code), document, tuple(cells), layout, obstacle, tuple(unreadable))

    def spot(self, line: int, column: int) -> Spot:
        """Return the cell, and the line in it, where a line of the code stands."""
        cell = [each for each in self.cells if each.line < line][-1]
        return Spot(self.name, cell.number, line - cell.line, column + 1)

    def rewritten(self, edits: Iterable[Edit]) -> bytes:
        """Return the notebook with edits of the code made."""
        if self.layout is None:
            raise ValueError(self.obstacle)
        edits = tuple(edits)
        document = json.loads(json.dumps(self.document))
        for cell in self.cells:
            own = [edit.moved(-cell.start) for edit in edits if edit.within(cell.start, cell.end)]
            if own:
                text = edited(cell.text.encode(), own).decode()
                made = document["cells"][cell.number - 1]
                made["source"] = text if isinstance(made["source"], str) else _split(text, made["source"])
        return self.layout.write(document)


def _document(raw: bytes) -> Any:
    try:
        document = json.loads(raw.decode())
        cells = document["cells"]
        if document["nbformat"] < OLDEST_FORMAT or not all(
            isinstance(each["source"], str | list) for each in cells
        ):
            raise TypeError
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnreadableError("it is no notebook of format 4. Open and save it with Jupyter") from error
    return document


def _code_cells(document: Any) -> Iterator[tuple[int, str]]:
    metadata = document.get("metadata") or {}
    language = (metadata.get("language_info") or {}).get("name") or (metadata.get("kernelspec") or {}).get(
        "language"
    )
    if language not in (None, "python", "ipython"):
        return
    for number, cell in enumerate(document["cells"], 1):
        if cell.get("cell_type") == "code":
            source = cell["source"]
            yield number, source if isinstance(source, str) else "".join(source)


def _layout(raw: bytes, document: Any) -> Layout | None:
    """Find the layout that gives the file's own bytes."""
    newline = "\r\n" if b"\r\n" in raw else "\n"
    end = "\n" if raw.endswith(b"\n") else ""
    for indent, is_ascii in product(_INDENTS, (False, True)):
        layout = Layout(indent, is_ascii, end, newline)
        if layout.write(document) == raw:
            return layout if all(map(_can_be_split, _sources(document))) else None
    return None


def _sources(document: Any) -> Iterator[list[str]]:
    yield from (cell["source"] for cell in document["cells"] if isinstance(cell["source"], list))


def _can_be_split(lines: list[str]) -> bool:
    return _split("".join(lines), lines) == lines


def _split(text: str, like: list[str]) -> list[str]:
    """Split a text into lines as a notebook has them: at all that Python counts as ends, or at newlines."""
    every = text.splitlines(keepends=True)
    if "".join(like).splitlines(keepends=True) == like:
        return every
    return [f"{line}\n" for line in text.split("\n")[:-1]] + (
        [text.rsplit("\n", 1)[-1]] if text and not text.endswith("\n") else []
    )
