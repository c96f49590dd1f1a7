"""`json`: for tools. `comparison.schema.json` beside this file is what they may rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codegen.report.finding import Comparison, Finding, Place
    from codegen.report.manner import Manner

SCHEMA = 1
"""Number of the shape: another one only for what would break those who read it."""


def json_report(comparison: Comparison, manner: Manner) -> str:
    """Write all that is known, in ASCII: the same bytes wherever it is written."""
    document = {
        "schema": SCHEMA,
        "kind": comparison.kind,
        "old": comparison.old,
        "new": comparison.new,
        "summary": comparison.summary,
        "findings": [_finding(finding) for finding in comparison.findings],
    }
    return json.dumps(_sound(document), indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "level": finding.level,
        "wire": finding.wire,
        "source": finding.source,
        "silent": finding.silent,
        "service": finding.service,
        "api": finding.api,
        "operation": finding.operation,
        "param": finding.param,
        "where": {"old": _place(finding.old_place), "new": _place(finding.new_place)},
        "text": finding.text,
        "old": finding.old,
        "new": finding.new,
        "hint": finding.hint,
        "affects": list(finding.affects),
        "also": list(finding.also),
        "fingerprint": finding.fingerprint,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line or None} if place else None


def _sound(value: Any) -> Any:
    """Write half a character as an escape: JSON has a way to hold one, and many readers refuse it."""
    if isinstance(value, dict):
        return {key: _sound(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sound(item) for item in value]
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
