"""The command line: `python -m codegen generate | lint | explain | schema | changes`.

Exit status: 0 all is well; 1 something differs, or could be better; 2 the spec or the call is wrong,
or a file cannot be read or written; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from errno import ENOENT
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.changes import changes
from codegen.explain import explain
from codegen.generate import plan_generation, plan_schema
from codegen.lint import lint
from codegen.load import load_spec
from codegen.lookup import UnknownNameError, api_called, service_named
from codegen.problems import SpecErrors
from codegen.schema import schema
from codegen.tidy import TidyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codegen import ir
    from codegen.publish import Plan

PROJECT = Path(__file__).resolve().parents[1]

OK, DIFFERS, WRONG = 0, 1, 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        status = command(options)
        sys.stdout.flush()
        return status
    except SpecErrors as errors:
        count = len(errors.problems)
        print(
            f"{errors}\n{count} mistake{'s' if count != 1 else ''} in the spec; nothing was written.",
            file=sys.stderr,
        )
    except (TidyError, UnknownNameError) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        # `| head` has read enough: nothing is wrong, and Python must not try to write the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        # A folder that cannot be written, a full disk: the cause lies outside, a traceback helps nobody.
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}. See to it and run the same command again.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again.", file=sys.stderr)
        return INTERRUPTED
    return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codegen",
        description="Turn descriptors into client modules.",
        epilog="Exit status: 0 all is well; 1 something differs or could be better; 2 something is wrong.",
    )
    parser.add_argument(
        "--root", type=Path, default=PROJECT, help="folder with spec/ (default: this project)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    made = commands.add_parser("generate", help="write caveclient_gen/_generated/ from spec/")
    made.add_argument("--check", action="store_true", help="write nothing; tell what is not as it should be")
    made.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    made.add_argument("--only", metavar="SERVICE", help="leave the modules of other services as they are")
    made.set_defaults(command=_generate)

    made = commands.add_parser("lint", help="check the descriptors and warn of what could be better")
    made.set_defaults(command=_lint)

    made = commands.add_parser("explain", help="show an operation complete, with the place of every value")
    made.add_argument("service", help="name of its folder under spec/")
    made.add_argument("operation", help="name in the descriptor, like get_roots")
    made.add_argument("--api", help="API version (default: the newest that has the operation)")
    made.set_defaults(command=_explain)

    made = commands.add_parser("schema", help="write spec/descriptor.schema.json")
    made.add_argument("--check", action="store_true", help="write nothing; tell whether it is up to date")
    made.set_defaults(command=_schema, diff=False)

    made = commands.add_parser(
        "changes", help="tell what differs between two API versions: materialize@2 materialize@3"
    )
    made.add_argument("old", metavar="SERVICE@API")
    made.add_argument("new", metavar="SERVICE@API")
    made.set_defaults(command=_changes)
    return parser


def _generate(options: argparse.Namespace) -> int:
    spec = _spec(options)
    if options.only is not None:
        service_named(spec, options.only)
    return _settle(plan_generation(options.root, spec, schema(), only=options.only), options)


def _schema(options: argparse.Namespace) -> int:
    if not (options.root / "spec").is_dir():
        raise FileNotFoundError(ENOENT, "there is no such folder", str(options.root / "spec"))
    return _settle(plan_schema(options.root, schema()), options)


def _settle(plan: Plan, options: argparse.Namespace) -> int:
    """Report on a plan, or carry it out."""
    if options.check:
        _report(plan)
    if options.diff:
        print(plan.diff(), end="")
    if options.check or options.diff:
        return DIFFERS if plan.findings else OK
    for finding in plan.findings:
        if finding.kind == "edited by hand":
            print(f"{finding.path}: edited by hand: the edit is discarded", file=sys.stderr)
    written = plan.publish()
    for path in written:
        print(path)
    if not written:
        print(f"Nothing to write: {_as_it_should_be(plan)}", file=sys.stderr)
    return OK


def _report(plan: Plan) -> None:
    for finding in plan.findings:
        print(finding)
    if plan.findings:
        print(
            f"{len(plan.findings)} of {len(plan.wanted)} files are not what the descriptors say.",
            file=sys.stderr,
        )
    else:
        print(f"No drift: {_as_it_should_be(plan)}", file=sys.stderr)


def _as_it_should_be(plan: Plan) -> str:
    return f"{len(plan.wanted)} generated files are what the descriptors say."


def _lint(options: argparse.Namespace) -> int:
    spec = _spec(options)
    warnings = lint(spec)
    for warning in warnings:
        print(warning)
    if not warnings:
        print(f"No mistakes and no warnings in {len(spec.services)} services.", file=sys.stderr)
    return DIFFERS if warnings else OK


def _explain(options: argparse.Namespace) -> int:
    print(explain(options.root / "spec", options.service, options.operation, options.api))
    return OK


def _changes(options: argparse.Namespace) -> int:
    spec = _spec(options)
    print(changes(api_called(spec, options.old), api_called(spec, options.new)))
    return OK


def _spec(options: argparse.Namespace) -> ir.Spec:
    return load_spec(options.root / "spec")
