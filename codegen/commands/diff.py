"""`diff`: what differs between two specs, for whom it matters, and whether that may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.commands.outcome import OK, UsageError
from codegen.deployments import load_deployments
from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.sides import SideError, side, sides

if TYPE_CHECKING:
    import argparse

    from codegen.diff.sides import Side


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    made = commands.add_parser(
        "diff",
        help="tell what differs between two specs: what breaks, for whom, and what silently changes",
        description="Each side is a file (spec/materialize/v2.yaml), an API version (materialize@2), "
        "a service, a folder, a git revision (main), or one of them at a revision (v1.2.0:materialize@3).",
        epilog="Exit status: 0 nothing at or above --fail-on; 1 findings; 2 the spec or the call is wrong.",
    )
    made.add_argument(
        "sides", nargs="*", metavar="OLD NEW", help="what to compare; with --against, the new side"
    )
    made.add_argument("--against", metavar="REVISION", help="the old side: the same at this git revision")
    made.set_defaults(command=_diff)


def _diff(options: argparse.Namespace) -> int:
    try:
        old, new = _sides(options)
    except SideError as error:
        raise UsageError(str(error)) from None
    facts = Facts(deployments=load_deployments(options.root / "spec"))
    comparison = compare(old, new, facts)
    for f in comparison.findings:
        if not f.docs:
            print(f"{f.level:8} {'!' if f.silent else ' '} {f.where}  [{f.id}]  {f.text}  {f.place} {f.also}")
    print(comparison.summary)
    return OK


def _sides(options: argparse.Namespace) -> tuple[Side, Side]:
    """Find the two sides that the call names."""
    given = options.sides
    if options.against is None:
        if len(given) != 2:
            raise UsageError("Name two sides, like materialize@2 materialize@3, or use --against REVISION.")
        return sides(given[0], given[1], options.root)
    if len(given) > 1:
        raise UsageError("With --against, name one side at most: the new one.")
    new = side(given[0] if given else str(options.root / "spec"), options.root)
    old = side(options.against, options.root)
    return old.like(new), new
