"""`openapi`: the services as OpenAPI documents, for programs that speak that language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.commands.generate import settle
from codegen.generate import plan_openapi
from codegen.lookup import api_called, service_named
from codegen.outcome import spec_of

if TYPE_CHECKING:
    import argparse


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.add_argument(
        "name",
        nargs="?",
        metavar="SERVICE[@API]",
        help="leave other documents as they are: materialize, materialize@3",
    )
    made.add_argument("--check", action="store_true", help="write nothing; tell what is not as it should be")
    made.set_defaults(command=_openapi, diff=False)


def _openapi(options: argparse.Namespace) -> int:
    spec = spec_of(options)
    if options.name is None:
        return settle(plan_openapi(options.root, spec), options)
    if "@" in options.name:
        api = api_called(spec, options.name)
        return settle(plan_openapi(options.root, spec, api.service, api.number), options)
    return settle(plan_openapi(options.root, spec, service_named(spec, options.name).name), options)
