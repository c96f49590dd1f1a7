"""`new-version`: start the descriptor of an API version that a server has and we lack."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.drift.skeleton import NumberError, skeleton
from codegen.drift.swagger import DocumentError, read_document
from codegen.load import load_spec
from codegen.lookup import service_named
from codegen.outcome import OK, UsageError, spec_of
from codegen.problems import SpecErrors
from codegen.report.tally import counted

if TYPE_CHECKING:
    import argparse


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.description = (
        "Write spec/SERVICE/v<N>.yaml, which extends the newest version. From a document, operations "
        "that the server does not have any more are removed, new ones are written down as far as it "
        "tells, and TODO stands where a person has to decide: `python -m codegen lint` lists the places."
    )
    made.add_argument("service", metavar="SERVICE", help="name of its folder under spec/")
    made.add_argument("number", metavar="N", help="number of the new version")
    made.add_argument("--from-swagger", metavar="FILE", type=Path, help="the server's Swagger 2.0 document")
    made.set_defaults(command=_new_version)


def _new_version(options: argparse.Namespace) -> int:
    service = service_named(spec_of(options), options.service)
    source: Path | None = options.from_swagger
    try:
        document = read_document(source.read_bytes(), source.name) if source is not None else None
        text = skeleton(service, options.number, document)
    except (DocumentError, NumberError) as error:
        raise UsageError(str(error)) from None
    folder: Path = options.root / "spec"
    file = folder / service.name / f"v{options.number}.yaml"
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"spec/{service.name}/{file.name} is there already; nothing was written.") from None
    print(f"spec/{service.name}/{file.name}")
    print(_left_to_do(folder), file=sys.stderr)
    return OK


def _left_to_do(folder: Path) -> str:
    try:
        load_spec(folder)
    except SpecErrors as errors:
        count = counted(len(errors.problems), "thing")
        return f"{count} left to decide: `python -m codegen lint` lists them."
    return "It loads as it is."
