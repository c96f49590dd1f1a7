"""`github`: workflow commands, which become annotations beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.report.advice import advice
from codegen.report.printable import lines, one_line
from codegen.report.tally import SILENT_MEANS, remarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.report.finding import Comparison, Finding
    from codegen.report.manner import Manner
    from codegen.report.rule import Level, Rule

_COMMANDS: Mapping[Level, str] = {"breaking": "error", "warning": "warning", "info": "notice"}

_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github(comparison: Comparison, manner: Manner) -> str:
    """Write one command per finding."""
    return "".join(
        f"{_command(finding, comparison.rules[finding.id], manner)}\n" for finding in comparison.findings
    )


def _command(finding: Finding, rule: Rule, manner: Manner) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(finding))
    message = "\n".join(_message(finding, rule, manner)).translate(_IN_MESSAGES)
    return f"::{_COMMANDS[finding.level]} {properties}::{message}"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    place = finding.place
    if place:
        yield "file", place.file
        if place.line:
            yield "line", str(place.line)
    yield "title", f"{finding.id} (silent)" if finding.silent else finding.id


def _property(value: str) -> str:
    return "\n".join(lines(value)).translate(_IN_PROPERTIES)


def _message(finding: Finding, rule: Rule, manner: Manner) -> Iterator[str]:
    api = f" (API {one_line(finding.api)})" if finding.api else ""
    yield f"{one_line(finding.where)}{api}: {one_line(finding.text)}"
    yield from (
        f"It {remark}." if remark.startswith("breaks") else f"It is {remark}." for remark in remarks(finding)
    )
    if finding.silent:
        yield SILENT_MEANS
    if manner.explain:
        yield one_line(rule.why)
    if manner.explain or finding.hint:
        yield one_line(advice(finding, rule))
