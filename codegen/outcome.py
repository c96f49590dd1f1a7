"""What the commands share: the exit statuses, what ends one early, and the spec that `--root` points at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from codegen import ir

OK, DIFFERS, WRONG = 0, 1, 2
INTERRUPTED = 130


class CommandError(Exception):
    """What ends a command: the message says what is wrong, and what to do."""

    def told(self) -> str:
        """Say it to whoever called the command."""
        return str(self)


class UsageError(CommandError, ValueError):
    """The call of a command makes no sense; the message says what to write instead."""


def spec_of(options: argparse.Namespace) -> ir.Spec:
    """Load the descriptors of the project that the command is about."""
    # Slow to load, and what is known to be right needs none of it.
    from codegen.load import load_spec

    return load_spec(options.root / "spec")
