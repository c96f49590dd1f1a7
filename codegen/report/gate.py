"""What of a comparison is told, and whether it may pass.

A promise says to whom something was promised. `source` is the strictest: to scripts and to clients that
are installed. `wire` is what a server team promises: that clients which are installed still work.
`silent` looks only for answers that change without an error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from codegen.report.finding import in_order
from codegen.report.rule import RANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen.report.finding import Comparison, Finding

Promise = Literal["source", "wire", "silent"]
FailOn = Literal["none", "info", "warning", "breaking", "silent"]

PROMISES: tuple[Promise, ...] = ("source", "wire", "silent")
FAIL_ON: tuple[FailOn, ...] = ("none", "info", "warning", "breaking", "silent")


def visible(comparison: Comparison, promise: Promise, docs: bool) -> Comparison:
    """
    Return a comparison with only what somebody who made this promise has to see.

    Parameters
    ----------
    comparison : Comparison
        All that differs.
    promise : {"source", "wire", "silent"}
        Under `wire`, the verdict about scripts becomes none, so that the level is that of the wire.
    docs : bool
        Whether to tell what is about words only.
    """
    told = [
        seen
        for finding in comparison.findings
        if (seen := finding if finding.of_list else _SEEN[promise](finding)) and (docs or not seen.docs)
    ]
    return replace(comparison, findings=in_order(told))


def exit_status(comparison: Comparison, fail_on: FailOn) -> int:
    """Return 1 if anything fails, else 0."""
    return int(any(fails(finding, fail_on) for finding in comparison.findings))


def fails(finding: Finding, fail_on: FailOn) -> bool:
    """Whether a finding is at or above what may not pass."""
    if fail_on == "none":
        return False
    if fail_on == "silent":
        return finding.silent or finding.of_list
    return RANKS[finding.level] >= RANKS[fail_on]


def _on_the_wire(finding: Finding) -> Finding | None:
    return replace(finding, source="none") if finding.wire != "none" else None


_SEEN: Mapping[Promise, Callable[[Finding], Finding | None]] = {
    "source": lambda finding: finding,
    "wire": _on_the_wire,
    "silent": lambda finding: finding if finding.silent else None,
}
"""What each promise makes of a finding; None: nothing."""
