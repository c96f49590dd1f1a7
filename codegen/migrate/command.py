"""`--migrate`: the edits that scripts need and, with paths of scripts, the places where."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.migrate.plan import plan
from codegen.migrate.told import edits_told, places_told, summary
from codegen.outcome import DIFFERS, OK, WRONG, UsageError
from codegen.report.stream import prepare

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from codegen import ir
    from codegen.migrate.change import ScriptChange
    from codegen.migrate.find import Places
    from codegen.report.finding import Comparison


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of a command that compares two specs."""
    group = parser.add_argument_group(
        "scripts",
        "Scripts are taken to be written for the old side. Only places that are sure are rewritten.",
    )
    group.add_argument(
        "--migrate",
        dest="scripts",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="tell the edits that scripts need, as --format migrate does; with paths of .py files, .ipynb "
        "notebooks and folders, the places in them",
    )
    group.add_argument("--write", action="store_true", help="make the edits that need no person")
    group.add_argument(
        "--show-diff", action="store_true", help="show the edits that --write makes; write nothing"
    )
    group.add_argument(
        "--pin-defaults",
        action="store_true",
        help="also write the old default into calls that leave out an argument whose default changed",
    )


def run(comparison: Comparison, old_spec: ir.Spec, new_spec: ir.Spec, options: argparse.Namespace) -> int:
    """Tell the edits, or the places in scripts; 0: there are none, 1: some, 2: a script cannot be read."""
    for stream in (sys.stdout, sys.stderr):
        # Lines of scripts hold whatever people write.
        prepare(stream)
    changes = plan(comparison, old_spec, new_spec)
    if not options.scripts:
        if options.write or options.show_diff or options.pin_defaults:
            raise UsageError("Name the scripts that are meant: --migrate PATH.")
        _say(edits_told(changes) or "Nothing for scripts to change.", plain=bool(changes))
        return _status(changes, options)
    if options.write and options.show_diff:
        raise UsageError("--show-diff writes nothing. Leave out --show-diff or --write.")
    return _in_scripts(changes, options)


def _in_scripts(changes: Sequence[ScriptChange], options: argparse.Namespace) -> int:
    try:
        # Only who names scripts needs the parser.
        from codegen.migrate.find import find
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Looking into scripts needs {error.name}: pip install 'caveclient-gen[codegen]'."
        ) from error
    found = find(changes, options.scripts, pin_defaults=options.pin_defaults)
    if options.show_diff:
        show(found)
    elif found.places:
        _say(places_told(found.places))
    written = _write(found) if options.write else 0
    for each in found.unreadable:
        _say(str(each), plain=False)
    _say(summary(found, written), plain=False)
    if found.unreadable:
        return WRONG
    left = [place for place in found.places if not (options.write and place.edits)]
    return _status(left, options)


def _status(left: Sequence[object], options: argparse.Namespace) -> int:
    """Return 1 if something is left to do, unless nothing may fail."""
    return DIFFERS if left and options.fail_on != "none" else OK


def show(found: Places) -> None:
    """Print what rewriting changes, as a patch."""
    from codegen.migrate.find import difference

    for script in found.edited:
        sys.stdout.write(difference(script))


def _write(found: Places) -> int:
    from codegen.migrate.write import write

    for script in found.edited:
        write(script)
    return len(found.edited)


def _say(text: str, *, plain: bool = True) -> None:
    """Print results to stdout, and what is said about them to stderr."""
    (sys.stdout if plain else sys.stderr).write(f"{text}\n")
