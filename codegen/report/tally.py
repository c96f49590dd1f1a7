"""The findings counted, and the words that several formats say about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.report.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen.report.finding import Comparison, Finding

SILENT_MEANS = "The call still runs, but its answer can differ."


def counted(number: int, word: str) -> str:
    """Return a number with its word: "1 operation", "2 operations"."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def tally(comparison: Comparison) -> str:
    """Return the count of the findings on one line: "2 breaking, 1 warning; 1 of them silent"."""
    found = comparison.summary
    levels = [
        f"{found['breaking']} breaking" if found["breaking"] else "",
        counted(found["warning"], "warning") if found["warning"] else "",
        f"{found['info']} info" if found["info"] else "",
    ]
    told = ", ".join(level for level in levels if level) or f"no {comparison.noun}s"
    silent = f"; {found['silent']} of them silent" if found["silent"] else ""
    accepted = f"; {found['accepted']} accepted in {comparison.accepted_in}" if found["accepted"] else ""
    return f"{told}{silent}{accepted}"


def remarks(finding: Finding) -> Iterator[str]:
    """Yield what a finding does beyond its own place: whom it breaks, and who else has the same edit."""
    if finding.affects:
        yield f"breaks {', '.join(map(one_line, finding.affects))}"
    if finding.also:
        # The operation that is named shares the edit with those in `also`.
        yield f"used by {counted(len(finding.also) + (finding.operation is not None), 'operation')}"


def only_version(findings: Iterable[Finding]) -> str | None:
    """Return the API version that all findings of a service are about; None if they are about several."""
    versions = {finding.api for finding in findings}
    return versions.pop() if len(versions) == 1 else None
