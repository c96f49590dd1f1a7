"""Lines of notebooks that are not Python: magics, shell commands, questions.

They are hidden from the parser behind Python of the same number of bytes, so that every place
in the code stays where it was. Code that a magic runs (`%time x = f()`) stays code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.migrate.scripts import UnreadableError, parsed

if TYPE_CHECKING:
    from collections.abc import Callable

_PYTHON_CELLS = frozenset({"capture", "debug", "prun", "time", "timeit"})
"""Cell magics whose cell is Python."""

_LINE = re.compile(r"^([ \t]*)([%!?].*|[\w.]+\?{1,2}[ \t]*)$")
_ASSIGNED = re.compile(r"^([ \t]*[\w.,\[\]() \t]+=[ \t]*)([%!].*)$")
_RUNS_CODE = re.compile(r"^([ \t]*)(%(?:time|timeit|prun)(?:[ \t]+-\w+(?:[ \t]+\d+)?)*[ \t]+)(?=[^-\s])(.*)$")
_CELL = re.compile(r"^\s*%%(\w+)")


def readable(code: str) -> str | None:
    """Return a cell's code with its magics hidden; None if it is in another language.

    Raises
    ------
    UnreadableError
        If it is no Python even so.
    """
    cell = _CELL.match(code)
    if cell is not None and cell.group(1) not in _PYTHON_CELLS:
        return None
    try:
        # Where everything is Python, a line that begins with % goes on with an expression.
        parsed(code)
    except UnreadableError:
        pass
    else:
        return code
    for keep in (_shown, _hidden):
        try:
            hidden = _each_line(code, keep)
            parsed(hidden)
        except UnreadableError as error:
            last = error
        else:
            return hidden
    raise last


def _each_line(code: str, hide: Callable[[str], str]) -> str:
    lines: list[str] = []
    goes_on = False
    for line in code.split("\n"):
        is_magic = goes_on or hide(line) != line
        lines.append(_blank("", line) if goes_on else hide(line))
        goes_on = is_magic and line.endswith("\\")
    return "\n".join(lines)


def _shown(line: str) -> str:
    """Hide a magic, but not the code that it runs."""
    runs = _RUNS_CODE.match(line)
    if runs is None:
        return _hidden(line)
    indent, magic, code = runs.groups()
    return f"{indent}0{' ' * (len(magic) - 2)};{code}"


def _hidden(line: str) -> str:
    found = _LINE.match(line) or _ASSIGNED.match(line)
    return _blank(*found.groups()) if found else line


def _blank(before: str, magic: str) -> str:
    """Put a number and a comment in the place of a magic."""
    width = len(magic.encode(errors="surrogatepass"))
    return before + ("0#" + "-" * (width - 2) if width > 1 else "0" * width)
