"""A document against the descriptors of a service.

1. One edit is one finding. A base path that differs, and an API version that is new or gone, claim the
   routes below them; a route that is unknown or gone claims its parameters; another method claims both.
2. A difference that several operations on a route have is told once, for the operation of the API version
   that the route belongs to; `also` names the others.
3. What nobody says is no difference: a parameter without a type fits any type.
4. What is described for newer servers is not missed on an older one, and what lies outside the base path is
   not missed at all: the document is not about it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.drift.described import ApiNumbers, Described, Key, described
from codegen.drift.document import Document, Route, shape
from codegen.drift.note import finding
from codegen.drift.route import ANSWER, differences, fits_answer
from codegen.drift.swagger import DocumentError
from codegen.drift.versions import read_version
from codegen.facts import at
from codegen.report.tally import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.version import Version

    from codegen import ir
    from codegen.drift.note import Note
    from codegen.report.finding import Finding


@dataclass(frozen=True, slots=True)
class _There:
    """A route of the document, with its whole path."""

    route: Route
    path: str

    @property
    def told(self) -> str:
        return f"{self.route.method} {self.path}"


def compare(document: Document, service: ir.Service, api: str | None = None) -> list[Finding]:
    """
    Tell where a document and the descriptors of a service differ.

    Parameters
    ----------
    document : Document
        What the server says.
    service : ir.Service
        What the descriptors say.
    api : str, optional
        Number of the only API version to look at.

    Raises
    ------
    DocumentError
        They have nothing in common: it is another service's document.
    """
    return list(_Comparing(document, service, api).findings())


class _Comparing:
    def __init__(self, document: Document, service: ir.Service, api: str | None) -> None:
        self._document = document
        self._service = service
        self._api = api
        self._here = described(service)
        self._base = true_base(document, (path for _, path in self._here), service)
        self._there: Mapping[Key, _There] = {
            (route.method, shape(self._base + route.path)): _There(route, self._base + route.path)
            for route in document.routes
        }
        self._number = ApiNumbers(service)
        self._version: Version | None = read_version(document.version)

    def findings(self) -> Iterator[Finding]:
        if self._base != self._document.base:
            origin = at(self._service.origins, "server.base")
            text = (
                f"the routes stand under {self._base}, the document says {self._document.base or 'nothing'}"
            )
            yield finding(
                "base-path-differs", self._service.name, text, origin, old=self._base, new=self._document.base
            )
        missing = [key for key in self._here if key not in self._there and self._is_missed(key)]
        unknown = [key for key in self._there if key not in self._here]
        yield from self._apis(missing, unknown)
        yield from self._methods(missing, unknown)
        yield from (self._gone(key) for key in missing)
        yield from (
            self._new(key) for key in unknown if self._is_asked(self._number.of(self._there[key].path))
        )
        yield from self._common()

    def _is_asked(self, number: str | None) -> bool:
        return self._api is None or number == self._api

    def _asked(self, key: Key) -> tuple[Described, ...]:
        """Return the operations on a route, if the call is about any of them."""
        by = self._here[key]
        return by if any(self._api in (None, each.api.number) for each in by) else ()

    def _is_missed(self, key: Key) -> bool:
        return key[1].startswith(f"{self._base}/") and any(
            each.is_expected and each.is_for(self._version) for each in self._asked(key)
        )

    def _apis(self, missing: list[Key], unknown: list[Key]) -> Iterator[Finding]:
        """Tell API versions that are new or gone, and take their routes off the lists."""
        described_numbers = {api.number for api in self._service.apis}
        there = Counter(self._number.of(each.path) for each in self._there.values())
        for number in sorted({*there} - {None, *described_numbers}, key=lambda each: int(each or 0)):
            if number is not None and self._is_asked(number):
                told = counted(there[number], "route")
                text = f"the document has {told} of API {number}, which has no descriptor"
                yield api_unknown(self._service, number, text)
            unknown[:] = [key for key in unknown if self._number.of(self._there[key].path) != number]
        here = Counter(self._number.of(path) for _, path in missing)
        for api in self._service.apis:
            if here[api.number] and not there[api.number] and api.stability != "legacy":
                text = f"the document has no route of API {api.number}, which is described"
                yield api_gone(self._service, api, text)
                missing[:] = [key for key in missing if self._number.of(key[1]) != api.number]

    def _methods(self, missing: list[Key], unknown: list[Key]) -> Iterator[Finding]:
        """Tell routes whose method differs, and take them off the lists."""
        others: dict[str, list[Key]] = {}
        for each in unknown:
            others.setdefault(each[1], []).append(each)
        for key in list(missing):
            if others.get(key[1]):
                other = others[key[1]].pop(0)
                missing.remove(key)
                unknown.remove(other)
                text = f"{self._there[other].path}: {key[0]} is described, the server has {other[0]}"
                yield self._told("method-differs", key, text, "method", key[0], other[0])

    def _gone(self, key: Key) -> Finding:
        operation = self._asked(key)[0].operation
        return self._told(
            "route-gone", key, f"{key[0]} {operation.path}: the document does not have it", "path"
        )

    def _told(
        self, rule: str, key: Key, text: str, field: str, old: str | None = None, new: str | None = None
    ) -> Finding:
        """Return a finding about a whole route."""
        first, *others = self._asked(key)
        return finding(
            rule,
            self._service.name,
            text,
            at(first.operation.origins, field),
            api=first.api.number,
            operation=first.operation.name,
            old=old,
            new=new,
            also=tuple(each.name for each in others),
        )

    def _new(self, key: Key) -> Finding:
        there = self._there[key]
        number = self._number.of(there.path)
        owner = next((api for api in self._service.apis if api.number == number), self._service.apis[-1])
        name = f" ({there.route.text})" if there.route.text else ""
        return finding(
            "route-unknown",
            self._service.name,
            f"no operation describes it{name}",
            at(owner.origins, "operations"),
            api=number,
            operation=there.told,
            new=there.told,
        )

    def _common(self) -> Iterator[Finding]:
        all_wrong = self._answers_differ()
        if all_wrong:
            top = ", ".join(self._document.routes[0].produces)
            origin = at(self._service.origins, "server")
            text = f"the document says {top} of all answers, and none is read so"
            yield finding(ANSWER, self._service.name, text, origin, new=top)
        for key, there in self._there.items():
            told: dict[tuple[str, str | None, str], list[Note]] = {}
            for note in differences(there.route, there.path, self._requests(key), self._version):
                if not (all_wrong and note.rule == ANSWER and not there.route.says_produces):
                    told.setdefault((note.rule, note.param, note.text), []).append(note)
            yield from (self._of_route(there, notes) for notes in told.values())

    def _requests(self, key: Key) -> list[Described]:
        if key not in self._here:
            return []
        return [each for each in self._asked(key) if each.operation.kind == "request"]

    def _answers_differ(self) -> bool:
        """Whether the media types that the document gives to all answers fit none of several."""
        judged = [
            {fits_answer(there.route, each) for each in self._requests(key)} - {None}
            for key, there in self._there.items()
            if not there.route.says_produces
        ]
        known = [fits for fits in judged if fits]
        return len(known) > 1 and not any(True in fits for fits in known)

    def _of_route(self, there: _There, notes: list[Note]) -> Finding:
        first = notes[0]
        return finding(
            first.rule,
            self._service.name,
            f"{there.told}: {first.text}",
            first.origin,
            api=first.by.api.number,
            operation=first.by.operation.name,
            param=first.param,
            old=first.old,
            new=first.new,
            also=tuple(note.by.name for note in notes[1:]),
        )


def true_base(document: Document, shapes: Iterable[str], service: ir.Service) -> str:
    """
    Return the base path under which the routes of a document are those of the descriptors.

    Parameters
    ----------
    document : Document
        What the server says.
    shapes : iterable of str
        Whole paths that are described, without the names of their holes.
    service : ir.Service
        What messages name.

    Raises
    ------
    DocumentError
        There is none.
    """
    known = set(shapes)
    found = {shape(route.path) for route in document.routes}
    if any(document.base + path in known for path in found):
        return document.base
    bases = Counter(own.removesuffix(path) for own in known for path in found if own.endswith(path))
    best = max(sorted(bases), key=bases.__getitem__, default="")
    # Some paths of other services end alike; of the same service, most do.
    if bases[best] * 2 < min(len(found), len(known)) or not bases:
        raise DocumentError(
            f"{document.name}: none of its routes is described for {service.name}. "
            "Is it another service's document? Name the service that it is of."
        )
    return best


def api_unknown(service: ir.Service, number: str, text: str) -> Finding:
    """Tell an API version that a server speaks and that is not described."""
    hint = f"Start one with `python -m codegen new-version {service.name} {number}`."
    return finding(
        "api-unknown",
        service.name,
        text,
        at(service.apis[-1].origins, "api"),
        api=number,
        new=number,
        hint=hint,
    )


def api_gone(service: ir.Service, api: ir.Api, text: str) -> Finding:
    """Tell an API version that is described and that a server speaks no longer."""
    return finding("api-gone", service.name, text, at(api.origins, "api"), api=api.number, old=api.number)
