"""One edit, one finding: a line that several operations share is told once, with the others named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.report.rule import RANKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.diff.judgement import Judged
    from codegen.report.finding import Finding
    from codegen.report.rule import Verdict


def merged(judged: Iterable[Judged]) -> list[Finding]:
    """Join findings that come of one edit: of a group, a service's defaults, a version that others extend."""
    found: dict[object, list[Judged]] = {}
    for number, each in enumerate(judged):
        finding = each.finding
        same = (finding.id, finding.service, finding.param, finding.text, each.edit)
        found.setdefault(same if any(each.edit) else number, []).append(each)
    return [_joined(group) for group in found.values()]


def _joined(group: list[Judged]) -> Finding:
    """Tell it where it does most harm: a private method may soften what a public one shows."""
    first, *others = sorted(group, key=lambda each: (*each.finding.sort_key[:2], each.path))
    if not others:
        return first.finding
    also = [path for each in group for path in (*each.finding.also, each.path)]
    own = {first.path} if first.finding.operation else set()
    return replace(
        first.finding,
        wire=_worst(each.finding.wire for each in group),
        source=_worst(each.finding.source for each in group),
        silent=any(each.finding.silent for each in group),
        also=tuple(path for path in sorted(set(also)) if path not in own),
    )


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=RANKS.__getitem__)
