"""Policies about a comparison as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.rules import RULES
from codegen.report.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RULE = RULES["breaking-without-version-bump"]


def bumps(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield a finding for every API version that breaks installed clients under its old number."""
    broken: dict[tuple[str, str], int] = {}
    for finding in findings:
        number = finding.api
        if number is not None and "->" not in number and finding.wire == "breaking":
            broken[finding.service, number] = broken.get((finding.service, number), 0) + 1
    for (service, number), count in sorted(broken.items()):
        plural = "change breaks" if count == 1 else "changes break"
        yield Finding(
            id=_RULE.id,
            wire=_RULE.wire,
            source=_RULE.source,
            silent=_RULE.silent,
            service=service,
            api=number,
            text=f"{count} {plural} installed clients of API {number}",
            hint=f"Describe a new one: python -m codegen new-version {service} {int(number) + 1}",
        )
