"""What the commands share: the exit statuses, and reading the spec that `--root` points at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.load import load_spec

if TYPE_CHECKING:
    import argparse

    from codegen import ir

OK, DIFFERS, WRONG = 0, 1, 2
INTERRUPTED = 130


class UsageError(ValueError):
    """The call of a command makes no sense; the message says what to write instead."""


def spec_of(options: argparse.Namespace) -> ir.Spec:
    """Load the descriptors of the project that the command is about."""
    return load_spec(options.root / "spec")
