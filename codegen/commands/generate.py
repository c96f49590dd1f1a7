"""`generate`: write what is generated, or tell what is not as it should be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codegen.generate import plan_generation
from codegen.lookup import service_named
from codegen.outcome import DIFFERS, OK, spec_of
from codegen.schema import schema

if TYPE_CHECKING:
    import argparse

    from codegen.publish import Plan


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.add_argument("--check", action="store_true", help="write nothing; tell what is not as it should be")
    made.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    made.add_argument("--only", metavar="SERVICE", help="leave the modules of other services as they are")
    made.set_defaults(command=_generate)


def _generate(options: argparse.Namespace) -> int:
    spec = spec_of(options)
    if options.only is not None:
        service_named(spec, options.only)
    return settle(plan_generation(options.root, spec, schema(), only=options.only), options)


def settle(plan: Plan, options: argparse.Namespace) -> int:
    """Report on a plan, or carry it out."""
    if options.check:
        _report(plan)
    if options.diff:
        print(plan.diff(), end="")
    if options.check or options.diff:
        return DIFFERS if plan.mismatches else OK
    for mismatch in plan.mismatches:
        if mismatch.kind == "edited by hand":
            print(f"{mismatch.path}: edited by hand: the edit is discarded", file=sys.stderr)
    written = plan.publish()
    for path in written:
        print(path)
    if not written:
        print(f"Nothing to write: {_as_it_should_be(plan)}", file=sys.stderr)
    return OK


def _report(plan: Plan) -> None:
    for mismatch in plan.mismatches:
        print(mismatch)
    if plan.mismatches:
        print(
            f"{len(plan.mismatches)} of {len(plan.wanted)} files are not what the descriptors say.",
            file=sys.stderr,
        )
    else:
        print(f"No drift: {_as_it_should_be(plan)}", file=sys.stderr)


def _as_it_should_be(plan: Plan) -> str:
    return f"{len(plan.wanted)} generated files are what the descriptors say."
