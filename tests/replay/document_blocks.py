"""The code blocks of the documentation: where each stands, what it is, and how it is run."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<kind>\w*)(?: +title=\"(?P<title>[^\"\n`]+)\")?[^\n`]*\n"
    r"(?P<text>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
PRINTS = re.compile(r"(?:  |^)# prints: (.+)$", re.MULTILINE)
SHELL_LINE = re.compile(r"^\$ ", re.MULTILINE)
COMMAND = "python -m codegen "
PROGRAMS = {COMMAND: "codegen", "caveclient-gen ": "caveclient_gen"}
"""How the lines of commands begin, and the package whose `__main__` they run."""
SERVES = "End it with Ctrl-C."
"""What a command prints that goes on until somebody ends it."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page. Its title, if it has one, is the name of the file that it shows."""

    page: str
    line: int
    kind: str
    text: str
    title: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of a console block, the output that is shown, and the status that it ends with."""

    line: str
    output: str
    status: int

    def at(self, shown: str, address: str) -> Command:
        """Return the command for a server at another address than the one that is shown."""
        return replace(self, line=self.line.replace(shown, address))

    @property
    def program(self) -> str:
        """How the line begins: one of `PROGRAMS`."""
        return next(program for program in PROGRAMS if self.line.startswith(program))

    @property
    def arguments(self) -> list[str]:
        """What follows the program."""
        return shlex.split(self.line.removeprefix(self.program))


def documents() -> list[Path]:
    """List the pages that people read: everything under docs/, and what stands at the folders' tops."""
    return sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "spec" / "README.md"])


def blocks_of(page: Path) -> list[Block]:
    """List the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(
            name,
            text.count("\n", 0, found.start()) + 1,
            found["kind"],
            textwrap.dedent(found["text"]),
            found["title"] or "",
        )
        for found in FENCE.finditer(text)
    ]


def all_blocks(*kinds: str) -> list[Block]:
    """List the blocks of all pages, or those of some kinds."""
    found = [block for page in documents() for block in blocks_of(page)]
    return [block for block in found if not kinds or block.kind in kinds]


def commands_of(block: Block) -> list[Command]:
    """Read a console block: `$ command`, its output, and `$ echo $?` where the status is shown."""
    found: list[Command] = []
    for part in SHELL_LINE.split(block.text)[1:]:
        line, _, output = part.partition("\n")
        if line.strip() == "echo $?":
            found[-1] = Command(found[-1].line, found[-1].output, int(output))
        else:
            found.append(Command(line.strip(), output, 0))
    return found


def shows(want: str, got: str) -> bool:
    """Whether an output is the one that is shown: `...` stands for anything, and nothing shown for any."""
    if not want.strip():
        return True
    return doctest.OutputChecker().check_output(
        want.rstrip() + "\n", got.rstrip() + "\n", doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )


def run_python(page: str, blocks: list[Block], names: dict[str, Any]) -> str:
    """Run the blocks of a page one after the other, in one namespace; return what they printed.

    A line `print(x)  # prints: y` is held to its word; what is long stands on the line below it.
    """
    everything = io.StringIO()
    for block in blocks:
        printed = io.StringIO()
        # The line numbers of a traceback are those of the page.
        source = "\n" * block.line + block.text
        with contextlib.redirect_stdout(printed):
            exec(compile(source, page, "exec"), names)
        everything.write(printed.getvalue())
        if wanted := PRINTS.findall(block.text):
            want = "\n".join(wanted)
            assert shows(want, printed.getvalue()), f"{block}\n{want}\n--- printed:\n{printed.getvalue()}"
    return everything.getvalue()


def run_command(command: Command, project: Path, environment: Mapping[str, str]) -> None:
    """Run a command in a project, and hold its output and status against what the page shows."""
    words = [sys.executable, "-m", PROGRAMS[command.program], *command.arguments]
    with subprocess.Popen(
        words,
        cwd=project,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        assert running.stdout is not None
        got = ""
        try:
            for line in running.stdout:
                got += line
                if line.startswith(SERVES):
                    running.send_signal(signal.SIGINT)
            status = running.wait(timeout=120)
        finally:
            running.kill()
    assert status == command.status, f"$ {command.line}\n{got}"
    assert shows(command.output, got), f"$ {command.line}\n--- shown:\n{command.output}--- printed:\n{got}"
