"""`drift`: what servers say of themselves, against the descriptors."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codegen.deployments import FILE
from codegen.drift.compare import compare
from codegen.drift.fetch import AddressError, Fetcher, Patience, UnansweredError, UnreachableError, origin_of
from codegen.drift.guess import service_of
from codegen.drift.record import RecordError, Report, known, recorded
from codegen.drift.reviewed import FILE as REVIEWED
from codegen.drift.reviewed import apply, entry, load_reviewed
from codegen.drift.rules import ONLY_OF_DOCUMENTS, RULES
from codegen.drift.server import Fault, Told, ask, findings
from codegen.drift.swagger import DocumentError, read_document
from codegen.lookup import api_called, api_numbered, service_named
from codegen.outcome import WRONG, UsageError, spec_of
from codegen.publish import replace_file
from codegen.report.finding import Comparison, Finding, in_order
from codegen.report.options import add_report_options, tell
from codegen.report.printable import short

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from codegen import ir

TOKEN = "CAVE_TOKEN"  # noqa: S105  # the name of the variable

_DESCRIPTION = (
    "Tell what differs between the descriptors and what servers say of themselves. Differences that "
    "spec/drift_reviewed.yaml gives a reason for are left out."
)
_EPILOG = (
    "Exit status: 0 nothing at or above --fail-on; 1 there is; 2 the spec, the call or a document is "
    "wrong, or a service does not answer (the others are told all the same)."
)


def add(made: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    made.description, made.epilog = _DESCRIPTION, _EPILOG
    made.add_argument("service", nargs="?", metavar="SERVICE[@API]", help="look only at this one")
    side = made.add_mutually_exclusive_group(required=True)
    side.add_argument(
        "--swagger",
        action="append",
        metavar="FILE_OR_URL",
        help="a Swagger 2.0 document; may be given several times. Without SERVICE its paths tell whose it is",
    )
    side.add_argument("--server", metavar="ADDRESS", help="a running deployment, like https://host")
    made.add_argument(
        "--token-from-environment",
        action="store_true",
        help=f"send the token in {TOKEN} to that server, and to no other",
    )
    made.add_argument(
        "--record",
        metavar="NAME",
        help=f"write the versions that the server reports into spec/{FILE}, under this name",
    )
    add_report_options(made, "warning")
    made.set_defaults(command=_drift)


@dataclass(slots=True)
class _Found:
    """What a run has come to."""

    what: str
    findings: list[Finding] = field(default_factory=list)
    compared: set[str] = field(default_factory=set)
    """Services whose document was compared whole: of these, entries without use are told."""
    is_whole: bool = True
    """Whether everything that was asked answered."""


def _drift(options: argparse.Namespace) -> int:
    if options.record is not None and options.server is None:
        raise UsageError("--record writes down what a server reports: say --server ADDRESS, too.")
    if options.record is not None and not (options.record.strip() and options.record.isprintable()):
        raise UsageError("--record takes a name that people can read, like minniev1.")
    spec = spec_of(options)
    names = [service.name for service in spec.services]
    entries = load_reviewed(options.root / "spec", names)
    try:
        if options.server is not None:
            documented = {entry.service for entry in entries if entry.what in ONLY_OF_DOCUMENTS}
            found = _of_server(options, spec, documented)
        else:
            found = _of_documents(options, spec)
    except (AddressError, DocumentError, RecordError) as error:
        raise UsageError(str(error)) from None
    today = datetime.now(UTC).date()
    # A document that is given twice, or two of the same software, differs once.
    left, reviewed = apply(entries, dict.fromkeys(found.findings), found.compared, today)
    comparison = Comparison(
        "descriptors",
        found.what,
        in_order(left),
        RULES,
        kind="drift",
        accepted=in_order(reviewed),
        accepted_in=f"spec/{REVIEWED}",
        entry=entry,
    )
    # Drift has a list of its own, so that of the diff has nothing to say here.
    status = tell(comparison, options, acceptances=())
    return status if found.is_whole else WRONG


def _named(options: argparse.Namespace, spec: ir.Spec) -> tuple[ir.Service | None, str | None]:
    """Return the service and the API version that the call names, if it names any."""
    if options.service is None:
        return None, None
    name, _, number = options.service.partition("@")
    if number or "@" in options.service:
        api = api_called(spec, options.service)
        return service_named(spec, api.service), api.number
    return service_named(spec, name), None


def _of_documents(options: argparse.Namespace, spec: ir.Spec) -> _Found:
    named, api = _named(options, spec)
    found = _Found("")
    told = []
    for source in options.swagger:
        name, text = _source(source, options)
        document = read_document(text, name)
        service = named or service_of(document, spec)
        if api is not None:
            api_numbered(service, api)
        else:
            found.compared.add(service.name)
        found.findings += compare(document, service, api)
        told.append(f"{service.name} {short(document.version)}".strip())
    found.what = ", ".join(told)
    return found


def _source(source: str, options: argparse.Namespace) -> tuple[str, bytes]:
    """Return what a document is called, and its text."""
    if not source.lower().startswith(("http://", "https://")):
        # A name that does not depend on the folder that the command runs in.
        return Path(source).name, Path(source).read_bytes()
    parts = urlsplit(source)
    name = f"{origin_of(source)}{parts.path}"
    try:
        answer = _fetcher(source, options).get(parts.path + (f"?{parts.query}" if parts.query else ""))
        if answer.status != 200:
            raise UnansweredError(f"it answers {answer.status}")
        answer.json()
    except UnansweredError as error:
        raise UsageError(f"{name}: {error}. See whether it is the address of the document itself.") from None
    return name, answer.body


def _fetcher(address: str, options: argparse.Namespace) -> Fetcher:
    token = None
    if options.token_from_environment:
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise UsageError(f"There is no token in {TOKEN}. Set it, or leave out --token-from-environment.")
        if not re.fullmatch(r"[!-~]+", token):
            raise UsageError(f"{TOKEN} holds characters that are in no token. Copy the token into it anew.")
    return Fetcher(address, token, Patience())


def _of_server(options: argparse.Namespace, spec: ir.Spec, documented: Collection[str]) -> _Found:
    named, api = _named(options, spec)
    fetcher = _fetcher(options.server, options)
    if urlsplit(options.server).path.strip("/"):
        raise UsageError(f"Write the server without a path: {fetcher.origin}")
    folder: Path = options.root / "spec"
    services, versions = known(folder, fetcher.origin)
    found = _Found(fetcher.origin)
    replies: list[Told] = []
    for service in (named,) if named else spec.services:
        try:
            told = ask(service, fetcher)
        except UnreachableError as error:
            if not replies:
                raise UsageError(f"{fetcher.origin}: {error}. Nothing was compared.") from None
            told = Told(service, "silent", faults=(Fault("server", service.server.base, str(error)),))
        replies.append(told)
        is_expected = named is not None or service.name in services
        print(told, file=sys.stderr)
        more = list(
            findings(
                told,
                api=api,
                expected=is_expected,
                documented=service.name in documented,
                known_version=versions.get(service.name),
            )
        )
        found.findings += more
        found.is_whole &= not any(each.id == "service-silent" for each in more)
    if options.record is not None:
        _record(folder / FILE, options.record, fetcher.origin, replies)
    return found


def _record(file: Path, name: str, address: str, replies: list[Told]) -> None:
    versions = {told.service.name: told.version for told in replies if told.version is not None}
    if not versions:
        raise UsageError(f"{address} reports no version, so there is nothing to record.")
    roles = {told.service.server.address for told in replies if told.version is not None}
    report = Report(name, address, roles.pop() if len(roles) == 1 else "both", versions)
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    after = recorded(before, report)
    if after != before:
        replace_file(file, after)
        print(f"{file.parent.name}/{file.name}: {name} written.", file=sys.stderr)
