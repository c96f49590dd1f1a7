"""`sarif`: the static analysis results interchange format 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from codegen.report.advice import advice
from codegen.report.printable import lines, one_line
from codegen.report.tally import SILENT_MEANS, remarks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.report.finding import Comparison, Finding, Place
    from codegen.report.manner import Manner
    from codegen.report.rule import Level, Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Mapping[Level, str] = {"breaking": "error", "warning": "warning", "info": "note"}
_FINGERPRINT = "codegenFinding/v1"


def sarif(comparison: Comparison, manner: Manner) -> str:
    """Write a log with one run, in ASCII: rules with their help, results with their fingerprints."""
    findings = (*comparison.findings, *comparison.accepted)
    rules = {name: number for number, name in enumerate(sorted({finding.id for finding in findings}))}
    accepted = set(comparison.accepted)
    driver = {
        "name": f"codegen {comparison.kind}",
        "rules": [_rule(comparison.rules[name]) for name in rules],
    }
    results = [_result(each, comparison.rules[each.id], rules[each.id]) for each in findings]
    for finding, result in zip(findings, results, strict=True):
        # Services show suppressed results apart, instead of taking them for mended.
        result["suppressions"] = [{"kind": "external", "status": "accepted"}] if finding in accepted else []
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": _message(rule.what)},
        "fullDescription": {"text": _message(rule.why)},
        "help": {"text": _message(f"{rule.why} {rule.safely}")},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": ["silent"] if rule.silent else []},
    }


def _result(finding: Finding, rule: Rule, number: int) -> dict[str, Any]:
    silent = [SILENT_MEANS] if finding.silent else []
    told = [f"{finding.where}: {finding.text}", *remarks(finding), *silent, advice(finding, rule)]
    return {
        "ruleId": finding.id,
        "ruleIndex": number,
        "level": _LEVELS[finding.level],
        "message": {"text": "\n".join(map(_message, told))},
        "locations": [_location(finding)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        "properties": {
            "wire": finding.wire,
            "source": finding.source,
            "silent": finding.silent,
            **({"api": one_line(finding.api)} if finding.api else {}),
        },
    }


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": one_line(finding.where)}]}
    if finding.place:
        location["physicalLocation"] = _physical(finding.place)
    return location


def _physical(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file, errors="surrogatepass")}}
    if place.line:
        physical["region"] = {"startLine": place.line}
    return physical


def _message(text: str) -> str:
    """Write a text as a message: there, {0} is a hole, [a](b) a link, and a backslash makes them letters."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", "\n".join(lines(text))).replace("{", "{{").replace("}", "}}")
