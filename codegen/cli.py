"""The command line: `python -m codegen generate | lint | explain | schema | changes`.

Exit status: 0 all is well; 1 something differs, or could be better; 2 the spec or the call is wrong.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.changes import changes
from codegen.explain import explain
from codegen.generate import plan_generation, plan_schema
from codegen.lint import lint
from codegen.load import load_spec
from codegen.problems import SpecErrors, did_you_mean
from codegen.schema import schema
from codegen.tidy import TidyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codegen import ir
    from codegen.publish import Plan

PROJECT = Path(__file__).resolve().parents[1]

OK, DIFFERS, WRONG = 0, 1, 2


class UsageError(Exception):
    """The call names something that does not exist."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except SpecErrors as errors:
        count = len(errors.problems)
        print(
            f"{errors}\n{count} mistake{'s' if count != 1 else ''} in the spec; nothing was written.",
            file=sys.stderr,
        )
    except (TidyError, UsageError) as error:
        print(error, file=sys.stderr)
    return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codegen", description="Turn descriptors into client modules."
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
    made.add_argument("service")
    made.add_argument("operation")
    made.add_argument("--api", help="API version (default: the newest)")
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
        _service(spec, options.only)
    return _settle(plan_generation(options.root, spec, schema(), only=options.only), options)


def _schema(options: argparse.Namespace) -> int:
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
    warnings = lint(_spec(options))
    for warning in warnings:
        print(warning)
    return DIFFERS if warnings else OK


def _explain(options: argparse.Namespace) -> int:
    service = _service(_spec(options), options.service)
    api = _api(service, options.api) if options.api else service.apis[-1]
    names = [operation.name for operation in api.operations]
    if options.operation not in names:
        hint = did_you_mean(options.operation, names)
        raise UsageError(
            f"{service.name}@{api.number} has no operation {options.operation!r}. {hint}".strip()
        )
    print(explain(options.root / "spec", service.name, options.operation, api.number))
    return OK


def _changes(options: argparse.Namespace) -> int:
    spec = _spec(options)
    print(changes(_named_api(spec, options.old), _named_api(spec, options.new)))
    return OK


def _spec(options: argparse.Namespace) -> ir.Spec:
    return load_spec(options.root / "spec")


def _service(spec: ir.Spec, name: str) -> ir.Service:
    names = [service.name for service in spec.services]
    if name not in names:
        raise UsageError(f"There is no service {name!r}; there are {', '.join(names)}.")
    return spec.service(name)


def _api(service: ir.Service, number: str) -> ir.Api:
    numbers = [api.number for api in service.apis]
    if number not in numbers:
        raise UsageError(f"{service.name} has no API {number!r}; it has {', '.join(numbers)}.")
    return service.api(number)


def _named_api(spec: ir.Spec, name: str) -> ir.Api:
    service, at, number = name.partition("@")
    if not at:
        raise UsageError(f"{name!r} names no API version; write it as materialize@3.")
    return _api(_service(spec, service), number)
