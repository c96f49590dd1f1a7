"""Check and format what is generated: by Python's parser, and by one run of ruff over all of it."""

from __future__ import annotations

import subprocess
import tempfile
from importlib import metadata
from pathlib import Path
from symtable import symtable
from typing import TYPE_CHECKING

from codegen.outcome import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

RUFF = "0.17.6"
"""The formatter's version: another one may write other bytes. pyproject.toml pins the same."""

CONFIG = Path(__file__).with_name("formatting.toml")


class TidyError(CommandError, RuntimeError):
    """Generated text is no Python, or the formatter is missing, another version, or refuses it."""


def tidy(files: Mapping[str, str]) -> dict[str, str]:
    """Check and format modules, and the code blocks of pages, by path.

    Raises
    ------
    TidyError
        If a text is not Python, or ruff does not do its part.
    """
    parse(files)
    return formatted(files)


def parse(files: Mapping[str, str]) -> None:
    """Let Python read the modules, as far as its tables of names: a copy of the tree takes longer.

    Raises
    ------
    TidyError
        If a text is not Python: a defect of a template, never of a descriptor.
    """
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        try:
            symtable(text, path, "exec")
        except (SyntaxError, ValueError) as error:
            raise TidyError(f"{path}: the generator wrote what is no Python: {error}") from error


def formatted(files: Mapping[str, str]) -> dict[str, str]:
    """Let ruff tidy the files. It works in a process of its own, so this can wait in a thread.

    Raises
    ------
    TidyError
        If ruff is missing, another version, or refuses a text.
    """
    _check_version()
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        return _formatted(files, Path(folder).resolve())


def _formatted(files: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write the files side by side, let ruff work on them, read them back."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    _ruff("check", "--fix", "--quiet", "--no-cache", folder=folder)
    _ruff("format", "--quiet", "--no-cache", folder=folder)
    return {path: (folder / path).read_bytes().decode() for path in files}


def _check_version() -> None:
    try:
        found = metadata.version("ruff")
    except metadata.PackageNotFoundError:
        found = "none"
    if found != RUFF:
        raise TidyError(f"Generating needs ruff {RUFF}, found {found}: pip install -e '.[codegen]'")


def _ruff(command: str, *options: str, folder: Path) -> None:
    # The program itself: `python -m ruff` would start Python first.
    from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it comes without types

    try:
        program = find_ruff_bin()
    except FileNotFoundError as error:
        raise TidyError(f"Install ruff {RUFF} anew (pip install -e '.[codegen]'): {error}") from error
    arguments = [program, command, *options, "--config", str(CONFIG), "."]
    # The arguments are ours and no shell is involved.
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  see above
    if done.returncode != 0:
        raise TidyError(f"ruff {command} failed:\n{done.stdout}{done.stderr}")
