"""`diff`: what differs between two specs, for whom it matters, and whether that may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.deployments import load_deployments
from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.sides import SPEC, SideError, side, sides
from codegen.migrate.command import add_options as add_script_options
from codegen.migrate.command import run as migrate
from codegen.outcome import UsageError
from codegen.report.options import add_report_options, tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from codegen.diff.sides import Side

DESCRIPTION = (
    "Each side is a file (spec/materialize/v2.yaml), an API version (materialize@2), a service, a folder, "
    "a git revision (main), or one of them at a revision (v1.2.0:materialize@3)."
)
STATUS = "Exit status: 0 nothing at or above --fail-on; 1 findings; 2 the spec or the call is wrong."


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.description, made.epilog = DESCRIPTION, STATUS
    made.add_argument("sides", nargs="*", metavar="SIDE", help="OLD and NEW; with --against, NEW or nothing")
    made.add_argument(
        "--against", metavar="REVISION", help="the old side: the same as the new one, at this git revision"
    )
    made.add_argument(
        "--require-version-bump",
        action="store_true",
        help="an API version that breaks installed clients must get a new number",
    )
    made.add_argument(
        "--python", action="store_true", help="also generate both sides, and tell what scripts lose by it"
    )
    add_report_options(made, "breaking", ("migrate",))
    add_script_options(made)
    made.set_defaults(command=_diff)


def _diff(options: argparse.Namespace) -> int:
    try:
        old, new = _sides(options)
    except SideError as error:
        raise UsageError(str(error)) from None
    facts = Facts(deployments=load_deployments(options.root / SPEC))
    comparison = compare(old, new, facts, require_bump=options.require_version_bump)
    if options.format == "migrate" or options.scripts is not None:
        return migrate(comparison, old.spec, new.spec, options)
    if options.python:
        # Only who asks for it needs the generator and griffe.
        from codegen.surface.findings import with_surface

        comparison = with_surface(comparison, old, new)
    return tell(comparison, options, covers=_covers(new, is_present=options.against is not None))


def _sides(options: argparse.Namespace) -> tuple[Side, Side]:
    """Find the two sides that the call names."""
    given = options.sides
    if options.against is None:
        if len(given) != 2:
            raise UsageError(
                "Name two sides, like materialize@2 materialize@3, or one revision: --against main."
            )
        return sides(given[0], given[1], options.root)
    if len(given) > 1:
        raise UsageError("With --against, name one side at most: the new one.")
    new = side(given[0] if given else str(options.root / SPEC), options.root)
    return side(options.against, options.root).like(new), new


def _covers(new: Side, *, is_present: bool) -> Callable[[str], bool]:
    """Tell which accepted differences a comparison would show if they were still there.

    They are accepted against a revision. Two API versions, or two revisions of long ago, say nothing of them.
    """
    judged = is_present and new.api is None
    return lambda where: judged and new.service in (None, where.split(".")[0])
