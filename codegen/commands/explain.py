"""`explain`: an operation as it is after inheritance, with the place of every value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.explain import explain
from codegen.outcome import OK

if TYPE_CHECKING:
    import argparse


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.add_argument("service", help="name of its folder under spec/")
    made.add_argument("operation", help="name in the descriptor, like get_roots")
    made.add_argument("--api", help="API version (default: the newest that has the operation)")
    made.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    print(explain(options.root / "spec", options.service, options.operation, options.api))
    return OK
