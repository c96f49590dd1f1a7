"""`diff`: what differs between two specs, for whom it matters, and whether that may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.changes import changes
from codegen.commands.outcome import OK, spec_of
from codegen.lookup import api_called

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    made = commands.add_parser(
        "changes", help="tell what differs between two API versions: materialize@2 materialize@3"
    )
    made.add_argument("old", metavar="SERVICE@API")
    made.add_argument("new", metavar="SERVICE@API")
    made.set_defaults(command=_changes)


def _changes(options: argparse.Namespace) -> int:
    spec = spec_of(options)
    print(changes(api_called(spec, options.old), api_called(spec, options.new)))
    return OK
