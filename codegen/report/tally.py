"""The findings counted, and the words that several formats say about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.report.finding import parts
from codegen.report.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    words = []
    if len(finding.operations) > (finding.operation is not None):
        words.append(f"used by {counted(len(finding.operations), 'operation')}")
    if len(finding.versions) > 1:
        words.append(f"in API {listed(finding.versions)}")
    if words:
        yield ", ".join(words)


def elsewhere(finding: Finding) -> str:
    """Name where else the same edit is seen: "get_tables (API 3); get_views, query_view (API 2 and 3)"."""
    seen: dict[str, list[str]] = {}
    for path in finding.also:
        number, operation = parts(path)
        seen.setdefault(one_line(operation), []).append(number)
    alike: dict[str, list[str]] = {}
    for operation, numbers in seen.items():
        alike.setdefault(listed(sorted(filter(None, numbers), key=int)), []).append(operation)
    return "; ".join(
        f"{', '.join(operations)}{f' (API {numbers})' if numbers else ''}"
        for numbers, operations in alike.items()
    )


def listed(words: Sequence[str]) -> str:
    """Write a list as people say it: "2, 3 and 4"."""
    *first, last = map(one_line, words) if words else ("",)
    return f"{', '.join(first)} and {last}" if first else last


def only_version(findings: Iterable[Finding]) -> str | None:
    """Return the API version that all findings of a service are about; None if they are about several."""
    versions = {finding.api for finding in findings}
    return versions.pop() if len(versions) == 1 else None
