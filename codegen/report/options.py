"""What commands that compare share: their options, and telling what they found."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from codegen.report.accepted import read_accepted, settle
from codegen.report.formats import FORMATS
from codegen.report.gate import FAIL_ON, PROMISES, exit_status, visible
from codegen.report.manner import Manner
from codegen.report.stream import prepare
from codegen.report.tally import counted, tally

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from codegen.report.accepted import Acceptance
    from codegen.report.finding import Comparison
    from codegen.report.gate import FailOn, Promise


def add_report_options(
    parser: argparse.ArgumentParser, default_fail_on: FailOn, more_formats: tuple[str, ...] = ()
) -> None:
    """Add what every command that compares can be asked; `more_formats` are for the command to write."""
    made = parser.add_argument_group("report")
    made.add_argument(
        "--format", choices=(*FORMATS, *more_formats), default="text", help="default: text, for people"
    )
    made.add_argument("--explain", action="store_true", help="tell why it matters, and what to do")
    made.add_argument("--docs", action="store_true", help="also tell what is about words only")
    made.add_argument(
        "--promise",
        choices=PROMISES,
        default="source",
        help="what must hold: for scripts and installed clients (source, the default), for installed clients "
        "(wire), or that no answer changes without an error (silent)",
    )
    made.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default=default_fail_on,
        help=f"exit with 1 if something is that bad or worse (default: {default_fail_on})",
    )
    made.add_argument(
        "--output", type=Path, metavar="FILE", help="write the report there, whole even if empty"
    )
    made.add_argument("--no-color", action="store_true", help="no colours, as with NO_COLOR=1")


def _everything(where: str) -> bool:
    return True


def tell(
    comparison: Comparison,
    options: argparse.Namespace,
    *,
    acceptances: tuple[Acceptance, ...] | None = None,
    covers: Callable[[str], bool] = _everything,
    today: date | None = None,
) -> int:
    """
    Tell what differs, and return the exit status: 1 if something may not pass, else 0.

    Parameters
    ----------
    comparison : Comparison
        All that differs, with all rules of the command that made it.
    options : Namespace
        Those of `add_report_options`, and `root`, the folder of the project.
    acceptances : tuple of Acceptance
        What has been accepted; by default, what the project's list says.
    covers : callable
        Whether something of this dotted name was compared; by default, everything was.
    today : date
        Day for the accepted differences that hold for a time; by default, today.

    Raises
    ------
    SpecErrors
        If the list of accepted differences has mistakes.
    """
    if acceptances is None:
        acceptances = read_accepted(options.root)
    settled = settle(comparison, acceptances, covers=covers, today=today or datetime.now(UTC).date())
    told = visible(settled, options.promise, options.docs)
    write = FORMATS[options.format]
    if options.output is not None:
        report = write(told, Manner(explain=options.explain, fail_on=options.fail_on))
        options.output.write_text(report, encoding="utf-8", newline="\n")
        sys.stderr.write(f"{options.output}: {tally(told)}\n")
    elif told.findings:
        colour = not options.no_color and wants_colour(sys.stdout, os.environ)
        prepare(sys.stdout)
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        sys.stdout.write(write(told, Manner(colour, options.explain, options.fail_on, width)))
    else:
        sys.stderr.write(f"{_nothing(settled, told, options.promise)}\n")
    return exit_status(told, options.fail_on)


def _nothing(settled: Comparison, told: Comparison, promise: Promise) -> str:
    """Say that there is nothing to tell and, if something was left out, how much and why."""
    covered = len(visible(settled, promise, docs=True).findings)
    words, others = covered - len(told.findings), len(settled.findings) - covered
    left_out = [
        f"{words} about words only: --docs tells them" if words else "",
        f"{counted(others, 'finding')} beyond --promise {promise}" if others else "",
    ]
    return "; ".join([tally(told), *filter(None, left_out)])


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to colour: on terminals that can, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"
