"""Where reports are printed: a terminal says what it can show, all else gets the same bytes everywhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def prepare(stream: TextIO) -> None:
    """Let a stream take any text: in a file or a pipe it comes out the same in every locale."""
    if isinstance(stream, io.TextIOWrapper):
        encoding = None if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="backslashreplace", newline="\n")
