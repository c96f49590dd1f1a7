"""One difference that was found: what, where, how bad for whom, and what to do about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.report.rule import RANKS, Level, Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codegen.report.rule import Rule

_LEVELS: tuple[Level, ...] = ("breaking", "warning", "info")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a descriptor (or of another document)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference."""

    id: str
    """The rule that tells it."""
    wire: Verdict
    source: Verdict
    silent: bool
    service: str
    text: str
    """What differs, in one line without the place."""
    api: str | None = None
    """Number of the API version; of two, "2 -> 3"."""
    operation: str | None = None
    param: str | None = None
    """Parameter, or another part of the operation: "response", "cache", "limits.ids"."""
    old: str | None = None
    """The old value as descriptors write it; None: there was none."""
    new: str | None = None
    hint: str = ""
    """What to do."""
    old_place: Place | None = None
    new_place: Place | None = None
    also: tuple[str, ...] = ()
    """Where else the same edit is seen, as "materialize@2.get_tables": in operations that share a group, in
    versions that inherit it."""
    affects: tuple[str, ...] = ()
    """Known deployments that it breaks, with their versions: "minniev1 (5.13.2)"."""
    docs: bool = False
    """Whether it is about words only: shown on request."""
    of_list: bool = False
    """Whether it is about a list of accepted differences that has rotted: no promise hides it."""

    @property
    def level(self) -> Level:
        """The worst that it does to anybody."""
        return worst(self.wire, self.source)

    @property
    def where(self) -> str:
        """Dotted name of what differs: "materialize.query_table.limit"."""
        return ".".join(part for part in (self.service, self.operation, self.param) if part)

    @property
    def operations(self) -> tuple[str, ...]:
        """Names of the operations in which the edit is seen, its own first."""
        own = (self.operation,) if self.operation else ()
        return tuple(dict.fromkeys((*own, *(operation for _, operation in map(parts, self.also)))))

    @property
    def versions(self) -> tuple[str, ...]:
        """Numbers of the API versions in which the edit is seen; of two that are compared, "2 -> 3"."""
        if self.api and not self.api.isdecimal():
            return (self.api,)
        numbers = {number for number, _ in map(parts, self.also)} | {self.api or ""}
        return tuple(sorted(numbers - {""}, key=lambda number: (len(number), number)))

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that stay the same while the difference does, wherever its lines move.

        What is accepted for one API version, or for one deployment, is not accepted for another.
        """
        told = "\n".join((self.id, self.where, self.text, *self.versions, *self.affects))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def place(self) -> Place | None:
        """Where to look: the new side, or the old one where the new has nothing."""
        return self.new_place or self.old_place

    @property
    def sort_key(self) -> tuple[object, ...]:
        """The order in which findings are told: the worst first, silent ones before loud ones."""
        places = (self.service, self.api or "", self.operation or "", self.param or "")
        return (-RANKS[self.level], not self.silent, *places, self.id, self.text)


def parts(path: str) -> tuple[str, str]:
    """Take "materialize@2.get_tables" apart: the number, which may be missing, and the operation."""
    owner, dot, operation = path.partition(".")
    return owner.partition("@")[2] if dot else "", operation if dot else path


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two sides."""

    old: str
    """What the old side is called: "materialize@2", "main"."""
    new: str
    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    """The rules that the findings are of, by id."""
    kind: str = "diff"
    """Command that made it: it names itself in reports."""
    accepted: tuple[Finding, ...] = ()
    """What differs too and has been accepted: it is counted, and fails nothing."""
    accepted_in: str = "spec/accepted.yaml"
    """The list that says so."""
    entry: Callable[[Finding], str] | None = None
    """Writes the entry of that list which accepts a finding; None: as spec/accepted.yaml has it."""

    @property
    def noun(self) -> str:
        """What the findings are called: of two specs changes, of a spec and a server differences."""
        return "change" if self.kind == "diff" else "difference"

    def count(self, level: Level) -> int:
        """Count the findings of a level."""
        return sum(finding.level == level for finding in self.findings)

    @property
    def summary(self) -> dict[str, int]:
        """How many findings there are of each level, how many of them are silent, and how many accepted."""
        counts: dict[str, int] = {level: self.count(level) for level in _LEVELS}
        silent = sum(finding.silent for finding in self.findings)
        return counts | {"silent": silent, "accepted": len(self.accepted)}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings as they are told."""
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))
