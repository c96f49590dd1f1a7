"""`text`: for people at a terminal. Silent changes first, then by service and operation, one line each."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from codegen.report.accepted import entry
from codegen.report.advice import advice, before_and_after
from codegen.report.printable import lines, one_line
from codegen.report.rule import RANKS
from codegen.report.tally import SILENT_MEANS, elsewhere, only_version, remarks, tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codegen.report.finding import Comparison, Finding
    from codegen.report.manner import Manner
    from codegen.report.rule import Level

_COLOURS: Mapping[Level, str] = {"breaking": "1;31", "warning": "33", "info": "36"}
_BOLD = "1"
_WIDTH = max(map(len, _COLOURS))
_DEEP, _LABEL, _LEAST = 12, 9, 40
"""Columns before what explains a finding; of its labels; and, at least, for the words."""


def text(comparison: Comparison, manner: Manner) -> str:
    """Write a report for people."""
    silent = [finding for finding in comparison.findings if finding.silent]
    loud = [finding for finding in comparison.findings if not finding.silent]
    teller = _Teller(comparison, manner)
    nouns = f"{comparison.noun}s"
    parts = [f"{one_line(comparison.old)} -> {one_line(comparison.new)}"]
    if silent:
        parts.append(teller.section(f"Silent {nouns} ({len(silent)})", silent, f" {SILENT_MEANS}"))
    if loud:
        title = f"Other {nouns}" if silent else nouns.capitalize()
        parts.append(teller.section(f"{title} ({len(loud)})", loud))
    return "\n\n".join([*parts, tally(comparison)]) + "\n"


class _Teller:
    """Writes the findings of one comparison."""

    def __init__(self, comparison: Comparison, manner: Manner) -> None:
        self._rules = comparison.rules
        self._entry = comparison.entry or entry
        self._manner = manner

    def section(self, title: str, findings: Sequence[Finding], remark: str = "") -> str:
        """Return a title and what stands below it."""
        return "\n".join([self._painted(f"{title}:", _BOLD) + remark, *self._by_service(findings)])

    def _by_service(self, findings: Sequence[Finding]) -> Iterator[str]:
        for service, held in groupby(sorted(findings, key=_group), key=lambda finding: finding.service):
            told = list(held)
            version = only_version(told)
            api = f", API {one_line(version)}" if version else ""
            yield f"  {self._painted(one_line(service), _BOLD)}{api}"
            for same in _worst_first(told):
                yield f"    {_operation(same[0], version)}"
                for finding in same:
                    yield self._line(finding)
                    if self._manner.explain:
                        yield from (f"{' ' * _DEEP}{line}".rstrip() for line in self._explained(finding))

    def _line(self, finding: Finding) -> str:
        level = self._painted(f"{finding.level:<{_WIDTH}}", _COLOURS[finding.level])
        place = f"{one_line(str(finding.place))}: " if finding.place else ""
        part = f"{one_line(finding.param)}: " if finding.param else ""
        more = "".join(f" [{remark}]" for remark in remarks(finding))
        mark = "!" if finding.silent else " "
        return f"      {mark} {level}  {place}{finding.id}: {part}{one_line(finding.text)}{more}"

    def _explained(self, finding: Finding) -> Iterator[str]:
        rule = self._rules[finding.id]
        yield from self._sentences("why:", rule.why)
        for label, value in before_and_after(finding, rule):
            yield f"{label}:"
            yield from (f"  {line}" for line in lines(value))
        yield from self._sentences("to do:", advice(finding, rule))
        if finding.also:
            yield from self._sentences("also in:", elsewhere(finding))
        if not finding.of_list:
            yield f"accept:  {self._entry(finding)}"

    def _sentences(self, label: str, words: str) -> Iterator[str]:
        """Lay words out beside their label, in as many lines as a terminal needs."""
        told = f"{label:<{_LABEL}}{one_line(words)}"
        room = max((self._manner.width or len(told) + _DEEP) - _DEEP, _LEAST)
        yield from textwrap.wrap(
            told, room, subsequent_indent=" " * _LABEL, break_long_words=False, break_on_hyphens=False
        )

    def _painted(self, words: str, colour: str) -> str:
        return f"\x1b[{colour}m{words}\x1b[0m" if self._manner.colour else words


def _group(finding: Finding) -> tuple[str, str, str]:
    return finding.service, finding.operation or "", finding.api or ""


def _worst_first(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Group findings of a service by operation: what breaks comes before what is good to know."""
    groups = [list(alike) for _, alike in groupby(findings, key=_group)]
    return sorted(groups, key=lambda group: -max(RANKS[each.level] for each in group))


def _operation(finding: Finding, version: str | None) -> str:
    api = f"API {one_line(finding.api)}" if finding.api and finding.api != version else ""
    if finding.operation:
        return f"{one_line(finding.operation)}{api and f', {api}'}"
    return f"({api or ('the API version' if finding.api else 'the service')})"
