"""`generate`: write what is generated, or tell what is not as it should be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codegen.outcome import DIFFERS, OK, spec_of
from codegen.remembered import inputs_of, remember, right_files

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
    if options.only is not None:
        return settle(_planned(options), options)
    inputs = inputs_of(options.root)
    files = None if inputs is None else right_files(options.root, inputs)
    if files is not None:
        _tell_all_is_well(files, options)
        return OK
    plan = _planned(options)
    status = settle(plan, options)
    if inputs is not None and status == OK:
        remember(options.root, inputs, plan.wanted[plan.lock])
    return status


def _planned(options: argparse.Namespace) -> Plan:
    # Slow to load, and only needed where something may have changed.
    from codegen.generate import plan_generation
    from codegen.lookup import service_named
    from codegen.schema import schema

    spec = spec_of(options)
    if options.only is not None:
        service_named(spec, options.only)
    return plan_generation(options.root, spec, schema(), only=options.only)


def settle(plan: Plan, options: argparse.Namespace) -> int:
    """Report on a plan, or carry it out."""
    if options.check:
        _report(plan, options)
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
        _tell_all_is_well(len(plan.wanted), options)
    return OK


def _report(plan: Plan, options: argparse.Namespace) -> None:
    for mismatch in plan.mismatches:
        print(mismatch)
    if plan.mismatches:
        print(
            f"{len(plan.mismatches)} of {len(plan.wanted)} files are not what the descriptors say.",
            file=sys.stderr,
        )
    else:
        _tell_all_is_well(len(plan.wanted), options)


def _tell_all_is_well(files: int, options: argparse.Namespace) -> None:
    if options.check or not options.diff:  # a diff of nothing is nothing
        told = "No drift" if options.check else "Nothing to write"
        print(f"{told}: {files} generated files are what the descriptors say.", file=sys.stderr)
