"""Scripts as people keep them: Python files, and notebooks' code cells read as one script.

A source gives code to read, says where a line of it stands for people, and takes edits back into the file;
all bytes that no edit touches stay. What cannot be read is named with the reason, and does not
keep the others from being read.
"""

from __future__ import annotations

import io
import os
import tokenize
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import libcst as cst

from codegen.migrate.edit import edited
from codegen.outcome import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen.migrate.edit import Edit

SUFFIXES = (".py", ".ipynb")
_NOT_SCRIPTS = frozenset({"__pycache__", "node_modules", "site-packages"})


class UnreadableError(ValueError):
    """A file cannot be read as a script; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Unreadable:
    """A file, or a cell of one, that is left out."""

    file: str
    reason: str
    line: int = 0
    cell: int | None = None

    def __str__(self) -> str:
        cell = f":cell {self.cell}" if self.cell else ""
        return f"{self.file}{cell}{f':{self.line}' if self.line else ''}: not looked at: {self.reason}"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a script, as editors count: from 1."""

    file: str
    cell: int | None
    line: int
    column: int

    def __str__(self) -> str:
        cell = f":cell {self.cell}" if self.cell else ""
        return f"{self.file}{cell}:{self.line}:{self.column}"


class Source(Protocol):
    """A file with code."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def encoding(self) -> str:
        """How its bytes are written."""

    @property
    def code(self) -> str:
        """All its code."""

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Parts that are left out of the code."""

    @property
    def obstacle(self) -> str:
        """Why edits cannot be written back; empty: they can."""

    @classmethod
    def read(cls, path: Path, name: str) -> Source:
        """Read a file."""

    def spot(self, line: int, column: int) -> Spot:
        """Return where a line (from 1) and column (from 0) of the code stand for people."""

    def rewritten(self, edits: Iterable[Edit]) -> bytes:
        """Return the file with edits of the code made."""


@dataclass(frozen=True, slots=True)
class PythonFile:
    """A Python file, in whatever encoding it declares."""

    path: Path
    name: str
    code: str
    encoding: str
    bom: bytes
    obstacle: str = ""
    unreadable: tuple[Unreadable, ...] = ()

    @classmethod
    def read(cls, path: Path, name: str) -> PythonFile:
        """Read a file.

        Raises
        ------
        UnreadableError
            If it has no text in the encoding that it declares.
        """
        raw = path.read_bytes()
        bom = BOM_UTF8 if raw.startswith(BOM_UTF8) else b""
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(raw[len(bom) :]).readline)
            code = raw[len(bom) :].decode(encoding)
        except (SyntaxError, UnicodeDecodeError, LookupError) as error:
            raise UnreadableError(f"its text cannot be decoded: {error}. Save it as UTF-8") from error
        whole = code.encode(encoding) == raw[len(bom) :]
        obstacle = "" if whole else f"its encoding {encoding} does not give the same bytes back"
        return cls(path, name, code, encoding, bom, obstacle)

    def spot(self, line: int, column: int) -> Spot:
        """Return where a line and column of the code stand: the same."""
        return Spot(self.name, None, line, column + 1)

    def rewritten(self, edits: Iterable[Edit]) -> bytes:
        """Return the file with edits of the code made."""
        return self.bom + edited(self.code.encode(), edits).decode().encode(self.encoding)


def parsed(code: str) -> cst.Module:
    """Parse code.

    Raises
    ------
    UnreadableError
        If it is no Python that this version of the parser knows.
    """
    try:
        return cst.parse_module(code)
    except cst.ParserSyntaxError as error:
        raise SyntaxMistakeError(error.raw_line) from error
    except (RecursionError, UnicodeEncodeError, cst.CSTValidationError) as error:
        raise UnreadableError(f"it cannot be parsed ({type(error).__name__})") from error


class SyntaxMistakeError(UnreadableError):
    """Code has a syntax error in some line."""

    def __init__(self, line: int) -> None:
        super().__init__("syntax error. Mend it, or leave the file out")
        self.line = line


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the scripts among paths and in folders, in order, each once.

    Raises
    ------
    UsageError
        If a path is not there, or is neither a script nor a folder.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path):
            if (real := file.resolve()) not in seen:
                seen.add(real)
                yield file


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(each for each in folders if each[0] != "." and each not in _NOT_SCRIPTS)
            yield from (
                Path(folder, name)
                for name in sorted(names)
                if name.endswith(SUFFIXES) and Path(folder, name).is_file()
            )
    elif path.suffix in SUFFIXES and path.is_file():
        yield path
    elif path.exists():
        raise UsageError(f"{path} is no script. Name .py files, .ipynb notebooks, or folders of them.")
    else:
        raise UsageError(f"There is no {path}. Name .py files, .ipynb notebooks, or folders of them.")
