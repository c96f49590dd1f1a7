"""`lint` and `explain`: what people ask of the descriptors as they stand."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codegen.explain import explain
from codegen.lint import lint
from codegen.outcome import DIFFERS, OK, spec_of

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the parser."""
    made = commands.add_parser("lint", help="check the descriptors and warn of what could be better")
    made.set_defaults(command=_lint)

    made = commands.add_parser("explain", help="show an operation complete, with the place of every value")
    made.add_argument("service", help="name of its folder under spec/")
    made.add_argument("operation", help="name in the descriptor, like get_roots")
    made.add_argument("--api", help="API version (default: the newest that has the operation)")
    made.set_defaults(command=_explain)


def _lint(options: argparse.Namespace) -> int:
    spec = spec_of(options)
    warnings = lint(spec)
    for warning in warnings:
        print(warning)
    if not warnings:
        print(f"No mistakes and no warnings in {len(spec.services)} services.", file=sys.stderr)
    return DIFFERS if warnings else OK


def _explain(options: argparse.Namespace) -> int:
    print(explain(options.root / "spec", options.service, options.operation, options.api))
    return OK
