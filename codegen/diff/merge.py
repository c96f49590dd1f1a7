"""One edit, one finding: a line that several operations share is told once, with the others named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.diff.judgement import Judged
    from codegen.report.finding import Finding


def merged(judged: Iterable[Judged]) -> list[Finding]:
    """Join findings that come of one edit: of a group, a service's defaults, a version that others extend."""
    found: dict[object, list[Judged]] = {}
    for number, each in enumerate(judged):
        finding = each.finding
        same = (finding.id, finding.service, finding.param, finding.text, finding.level, each.edit)
        found.setdefault(same if any(each.edit) else number, []).append(each)
    return [_joined(group) for group in found.values()]


def _joined(group: list[Judged]) -> Finding:
    first, *others = sorted(group, key=lambda each: each.path)
    if not others:
        return first.finding
    also = (*first.finding.also, *(other.path for other in others))
    return replace(first.finding, also=tuple(dict.fromkeys(also)))
