"""What a running deployment says of itself, service by service.

A service that is down hides no other: each is asked for itself. Only where nobody answers at the address at
all is nothing asked any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar

from codegen.drift.compare import api_gone, api_unknown, compare
from codegen.drift.fetch import Answer, Fetcher, UnansweredError, UnreachableError
from codegen.drift.note import finding
from codegen.drift.swagger import DocumentError, read_document
from codegen.drift.versions import read_api_versions, read_version
from codegen.facts import at

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from codegen import ir
    from codegen.drift.document import Document
    from codegen.report.finding import Finding

DOCUMENT_PATHS = ("/api/swagger.json", "/swagger.json")
"""Where services publish their document, under `base`."""

_DOCUMENT = "server.base"
"""Field of the descriptor that says where documents are looked for."""
_Read = TypeVar("_Read")
_GONE = (404, 410)
_NOT_ALLOWED = (401, 403)


class _AbsentError(UnansweredError):
    """There is no such route."""


class _SkippedError(UnansweredError):
    """Another question showed that it is no use to ask."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A question that was not answered."""

    field: str
    """Field of the descriptor that says where to ask."""
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one service said."""

    service: ir.Service
    state: Literal["there", "absent", "silent"]
    """silent: something is there, and answers none of the questions."""
    version: str | None = None
    apis: tuple[str, ...] | None = None
    document: Document | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def reason(self) -> str:
        """Why it is silent or absent."""
        return self.faults[0].reason if self.faults else "it says nothing of itself"

    def __str__(self) -> str:
        if self.state != "there":
            what = "does not answer" if self.state == "silent" else "not there"
            return f"{self.service.name}: {what}: {self.reason}"
        apis = f", API {', '.join(self.apis)}" if self.apis else ""
        compared = "document compared" if self.document else "no document"
        return f"{self.service.name} {self.version or '(version not told)'}{apis}: {compared}"


def ask(service: ir.Service, fetcher: Fetcher) -> Told:
    """
    Ask one service for its version, its API versions and its document.

    Raises
    ------
    UnreachableError
        Nobody answers at the address.
    """
    return _Asking(service, fetcher).told()


class _Asking:
    def __init__(self, service: ir.Service, fetcher: Fetcher) -> None:
        self._service = service
        self._fetcher = fetcher
        self._faults: list[Fault] = []
        self._is_absent = True
        self._is_over = False

    def told(self) -> Told:
        found = self._asked("version_path", "version", lambda answer: read_version(answer.text))
        apis = self._asked(
            "api_versions_path", "list of API versions", lambda answer: read_api_versions(answer.json())
        )
        document = self._document()
        if found is not None and document is not None:
            document = replace(document, version=str(found))
        elif document is not None:
            found = read_version(document.version)
        is_there = bool(found or apis or document)
        state: Literal["there", "absent", "silent"] = (
            "there" if is_there else "absent" if self._is_absent else "silent"
        )
        version = str(found) if found else None
        return Told(self._service, state, version, apis, document, tuple(self._faults))

    def _asked(self, field: str, called: str, read: Callable[[Answer], _Read | None]) -> _Read | None:
        path: str | None = getattr(self._service.server, field)
        if path is None:
            return None
        try:
            found = read(self._get(path))
            if found is None:
                raise UnansweredError(f"it answers something that is no {called}")
        except UnansweredError as error:
            self._note(f"server.{field}", path, error)
            return None
        return found

    def _document(self) -> Document | None:
        failed: list[tuple[str, UnansweredError]] = []
        for path in DOCUMENT_PATHS:
            try:
                answer = self._get(path)
                answer.json()
                return read_document(answer.body, f"{self._fetcher.origin}{self._service.server.base}{path}")
            except _AbsentError:
                continue
            except UnansweredError as error:
                failed.append((path, error))
            except DocumentError as error:
                failed.append((path, UnansweredError(str(error))))
        for path, reason in failed[:1]:
            self._note(_DOCUMENT, path, reason)
        return None

    def _get(self, path: str) -> Answer:
        if self._is_over:
            raise _SkippedError("it was not asked any more")
        try:
            answer = self._fetcher.get(self._service.server.base + path)
        except UnansweredError as error:
            self._is_absent = False
            self._is_over = error.ends
            raise
        if answer.status in _GONE:
            raise _AbsentError(f"it answers {answer.status}")
        self._is_absent = False
        if answer.status != 200:
            _refuse(answer.status, self._fetcher.has_token)
        return answer

    def _note(self, field: str, path: str, error: UnansweredError) -> None:
        if isinstance(error, UnreachableError):
            raise error
        if isinstance(error, _SkippedError):
            return
        self._faults.append(Fault(field, self._service.server.base + path, str(error)))


def _refuse(status: int, has_token: bool) -> NoReturn:
    if status in _NOT_ALLOWED and has_token:
        raise UnansweredError(f"it answers {status}: it does not take the token")
    if status in _NOT_ALLOWED:
        raise UnansweredError(
            f"it answers {status}: it wants a token. Set CAVE_TOKEN and say --token-from-environment"
        )
    raise UnansweredError(f"it answers {status}")


def findings(
    told: Told, *, api: str | None, expected: bool, documented: bool, known_version: str | None
) -> Iterator[Finding]:
    """
    Tell where a service and its descriptor differ.

    Parameters
    ----------
    told : Told
        What the service said.
    api : str, optional
        Number of the only API version to look at.
    expected : bool
        Whether the service has to be there.
    documented : bool
        Whether its document has to be there: differences from it have been reviewed.
    known_version : str, optional
        Version that spec/deployments.yaml has of it.
    """
    service = told.service
    if told.state == "silent" or (told.state == "absent" and expected):
        what = "it does not answer" if told.state == "silent" else "it is not there"
        yield finding("service-silent", service.name, f"{what}: {told.reason}", at(service.origins, "server"))
    if told.state != "there":
        return
    yield from _unanswered(told, documented)
    if known_version and told.version and known_version != told.version:
        text = f"it runs {told.version}, and {known_version} is written down"
        origin = at(service.origins, "service")
        yield finding("software-changed", service.name, text, origin, old=known_version, new=told.version)
    listed = list(_apis(service, told.apis, api))
    yield from listed
    heard = {(each.id, each.api) for each in listed}
    yield from (each for each in _drift(told, api) if (each.id, each.api) not in heard)


def _unanswered(told: Told, documented: bool) -> Iterator[Finding]:
    service = told.service
    faults = told.faults
    if documented and told.document is None and all(fault.field != _DOCUMENT for fault in faults):
        reason = "there is no document, and spec/drift_reviewed.yaml is about one: nothing was compared"
        faults = (*faults, Fault(_DOCUMENT, service.server.base + DOCUMENT_PATHS[0], reason))
    for fault in faults:
        rule = "document-unread" if fault.field == _DOCUMENT else "question-unanswered"
        text = f"GET {fault.path}: {fault.reason}"
        yield finding(rule, service.name, text, at(service.origins, fault.field), old=fault.path)


def _drift(told: Told, api: str | None) -> list[Finding]:
    if told.document is None:
        return []
    try:
        return compare(told.document, told.service, api)
    except DocumentError as error:
        origin = at(told.service.origins, _DOCUMENT)
        return [finding("document-unread", told.service.name, str(error), origin)]


def _apis(service: ir.Service, numbers: Collection[str] | None, api: str | None) -> Iterator[Finding]:
    if numbers is None:
        return
    described: Mapping[str, ir.Api] = {each.number: each for each in service.apis}
    for number in numbers:
        if number not in described and api in (None, number):
            yield api_unknown(service, number, f"the server speaks API {number}, which has no descriptor")
    for number, each in described.items():
        if number not in numbers and each.stability != "legacy" and api in (None, number):
            spoken = ", ".join(numbers)
            yield api_gone(service, each, f"API {number} is described, and the server speaks {spoken} only")
