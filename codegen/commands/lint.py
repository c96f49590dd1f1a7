"""`lint`: what is wrong with the descriptors, and what could be better."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codegen.lint import lint
from codegen.outcome import DIFFERS, OK, spec_of

if TYPE_CHECKING:
    import argparse


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command: there are none."""
    made.set_defaults(command=_lint)


def _lint(options: argparse.Namespace) -> int:
    spec = spec_of(options)
    warnings = lint(spec)
    for warning in warnings:
        print(warning)
    if not warnings:
        print(f"No mistakes and no warnings in {len(spec.services)} services.", file=sys.stderr)
    return DIFFERS if warnings else OK
