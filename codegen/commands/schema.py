"""`schema`: write what lets editors complete and check descriptors."""

from __future__ import annotations

from errno import ENOENT
from typing import TYPE_CHECKING

from codegen.commands.generate import settle
from codegen.generate import plan_schema
from codegen.schema import schema

if TYPE_CHECKING:
    import argparse


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.add_argument("--check", action="store_true", help="write nothing; tell whether it is up to date")
    made.set_defaults(command=_schema, diff=False)


def _schema(options: argparse.Namespace) -> int:
    if not (options.root / "spec").is_dir():
        raise FileNotFoundError(ENOENT, "there is no such folder", str(options.root / "spec"))
    return settle(plan_schema(options.root, schema()), options)
