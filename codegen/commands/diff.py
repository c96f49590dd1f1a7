"""`diff`: what differs between two specs, for whom it matters, and whether that may pass."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from codegen.deployments import load_deployments
from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.sides import SPEC, SideError, sides, since
from codegen.migrate.command import add_options as add_script_options
from codegen.migrate.command import run as migrate
from codegen.outcome import UsageError
from codegen.report.options import add_report_options, tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

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
    _refuse(options)
    try:
        old, new = _sides(options)
    except SideError as error:
        raise UsageError(str(error)) from None
    facts = Facts(deployments=load_deployments(options.root / SPEC))
    comparison = compare(old, new, facts, require_bump=options.require_version_bump)
    if _is_about_scripts(options):
        return _told_to(options.output, lambda: migrate(comparison, old.spec, new.spec, options))
    if options.python:
        # Only who asks for it needs the generator and griffe.
        from codegen.surface.findings import with_surface

        comparison = with_surface(comparison, old, new)
    return tell(comparison, options, covers=_covers(new, is_present=options.against is not None))


def _is_about_scripts(options: argparse.Namespace) -> bool:
    return options.format == "migrate" or options.scripts is not None


def _refuse(options: argparse.Namespace) -> None:
    """Refuse options that would be passed over without a word."""
    if not _is_about_scripts(options):
        if options.write or options.show_diff or options.pin_defaults:
            raise UsageError("Name the scripts that are meant: --migrate PATH.")
    elif options.python:
        raise UsageError("--python adds to reports about descriptors. Leave out --python or --migrate.")
    elif options.format not in ("text", "migrate"):
        raise UsageError(
            f"--migrate has a form of its own. Leave out --format {options.format}, or --migrate."
        )


def _told_to(file: Path | None, told: Callable[[], int]) -> int:
    """Write to a file what would go to stdout; to stdout, if there is none."""
    if file is None:
        return told()
    with redirect_stdout(io.StringIO()) as written:
        status = told()
    file.write_bytes(written.getvalue().encode(errors="backslashreplace"))
    return status


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
    return since(options.against, given[0] if given else None, options.root)


def _covers(new: Side, *, is_present: bool) -> Callable[[str], bool]:
    """Tell which accepted differences a comparison would show if they were still there.

    They are accepted against a revision. Two API versions, or two revisions of long ago, say nothing of them.
    """
    judged = is_present and new.api is None
    return lambda where: judged and new.service in (None, where.split(".")[0])
