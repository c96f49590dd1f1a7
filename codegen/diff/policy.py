"""Policies about a comparison as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.rules import RULES
from codegen.report.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen import ir

_RULE = RULES["breaking-without-version-bump"]


def bumps(findings: Iterable[Finding], services: Iterable[ir.Service]) -> Iterator[Finding]:
    """Yield a finding for every API version that breaks installed clients under its old number."""
    newest = {service.name: max(int(api.number) for api in service.apis) for service in services}
    broken: dict[tuple[str, str], int] = {}
    for finding in findings:
        # Of two versions that are compared, each keeps what it has.
        numbers = finding.versions if finding.wire == "breaking" and "->" not in (finding.api or "") else ()
        for number in numbers:
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
            hint=f"Describe a new one: python -m codegen new-version {service} {newest[service] + 1}",
        )
