"""What a finding and its rule say together: what was, what is, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.report.finding import Finding
    from codegen.report.rule import Rule


def advice(finding: Finding, rule: Rule) -> str:
    """Return what to do: about this finding if that is known, else about all of its kind."""
    return finding.hint or rule.safely


def before_and_after(finding: Finding, rule: Rule) -> list[tuple[str, str]]:
    """Return the old and new side as descriptors write them, each with its label.

    The finding's own values come first; a rule has an example for those that have none.
    """
    own = (("before", finding.old), ("after", finding.new))
    example = (("before, for example", rule.before), ("after, for example", rule.after))
    has_own = finding.old is not None or finding.new is not None
    return [(label, value) for label, value in (own if has_own else example) if value]
