"""Differences that are known and meant: `spec/accepted.yaml`, and what it does to a comparison.

Nothing disappears without a trace: what is accepted is counted, and an entry that fits nothing any more
or whose last day is over is a finding of its own, so that the list stays true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import yaml

from codegen.kinds import Text
from codegen.language import DATE, SENTENCE, BlockDef
from codegen.lists import entries, field
from codegen.problems import Problems
from codegen.report.finding import Finding, Place, in_order
from codegen.report.rule import Rule
from codegen.yaml_source import MapNode, Node, ScalarNode, is_intact, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from codegen.report.finding import Comparison

FILE = "spec/accepted.yaml"
"""The list, below the project's folder; messages call it so, too."""


_Key = tuple[str, str, str]
"""Fingerprint, rule and dotted name: an entry is about the findings that have the same."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An entry of the list."""

    fingerprint: str
    id: str
    where: str
    reason: str
    until: date | None
    """Last day on which it holds; None: for good."""
    line: int

    @property
    def key(self) -> _Key:
        """What it has in common with the finding that it is about."""
        return self.fingerprint, self.id, self.where

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and self.until < today


_ENTRY = BlockDef(
    "One accepted difference.",
    (
        field(
            "fingerprint",
            Text("a fingerprint in quotes, as reports tell it", r"[0-9a-f]{12}"),
            "Copy the entry that --explain prints.",
        ),
        field(
            "id", Text("the name of a rule, like param-removed", r"[a-z0-9]+(-[a-z0-9]+)*"), "Name the rule."
        ),
        field(
            "where", Text("what differs, like materialize.query_table.limit", r"(?s).+"), "Name what differs."
        ),
        field("reason", SENTENCE, "Say why it may stay."),
        field("until", DATE, "Last day on which it holds.", required=False),
    ),
)


def read_accepted(root: Path) -> tuple[Acceptance, ...]:
    """
    Read the list of a project; empty if there is none.

    Parameters
    ----------
    root : Path
        Folder of the project, with spec/.

    Raises
    ------
    SpecErrors
        With every mistake in it.
    """
    problems = Problems()
    found: dict[str, Acceptance] = {}
    for node in entries(root / FILE, FILE, "accepted", _ENTRY, problems):
        acceptance = _acceptance(node, problems)
        if acceptance is None:
            continue
        first = found.setdefault(acceptance.fingerprint, acceptance)
        if first is not acceptance:
            told = f"{acceptance.fingerprint!r} stands at line {first.line} already."
            problems.add(node.origin, told, "Remove one of the two.")
    problems.raise_if_any()
    return tuple(found.values())


def _acceptance(node: MapNode, problems: Problems) -> Acceptance | None:
    until = _day(node.get("until"), problems)
    values = plain(node) if is_intact(node) else {}
    if not all(each.name in values for each in _ENTRY.fields if each.required):
        return None
    return Acceptance(**(values | {"until": until, "line": node.origin.line}))


def _day(node: Node | None, problems: Problems) -> date | None:
    if not isinstance(node, ScalarNode):
        return None
    try:
        return date.fromisoformat(str(node.value))
    except ValueError:
        problems.add(node.origin, f"{node.value!r} is no day of the calendar.", "Correct the date.")
        return None


def entry(finding: Finding) -> str:
    """Write the entry that accepts a finding. Its reason is left to be written: an empty one is refused."""
    fields = {"fingerprint": finding.fingerprint, "id": finding.id, "where": finding.where, "reason": ""}
    return "- {" + ", ".join(f"{name}: {_quoted(value)}" for name, value in fields.items()) + "}"


def _quoted(value: str) -> str:
    # Always in quotes: plain 123456789012 would be a number, 12345678e901 one that readers disagree about.
    return yaml.safe_dump(value, default_style='"', width=len(value) * 10 + 80).strip()


# ---- what the list does to a comparison

UNUSED = Rule(
    id="unused-acceptance",
    wire="none",
    source="breaking",
    what="An entry of the list of accepted differences fits none.",
    why="Nobody can tell any more what the entry allows. A later difference could slip through with it.",
    safely="Remove the entry. If the difference is still there and reads otherwise, accept it anew.",
    waiver="It is about the list, not about two specs.",
)
EXPIRED = Rule(
    id="expired-acceptance",
    wire="none",
    source="breaking",
    what="The last day of an accepted difference is over.",
    why="It was accepted for a time only, and that time is over. The difference counts again.",
    safely="Undo the difference, or decide again and write a later day.",
    waiver="It is about the list, not about two specs.",
)
RULES: Mapping[str, Rule] = {rule.id: rule for rule in (UNUSED, EXPIRED)}


def settle(
    comparison: Comparison,
    acceptances: tuple[Acceptance, ...],
    *,
    covers: Callable[[str], bool],
    today: date,
) -> Comparison:
    """
    Take out what has been accepted, and add what is wrong with the list.

    Parameters
    ----------
    comparison : Comparison
        All that differs. Its rules say which entries are about such comparisons at all.
    acceptances : tuple of Acceptance
        The list.
    covers : callable
        Whether something of this dotted name was compared: entries of what was not are not unused.
    today : date
        Entries whose last day is earlier no longer hold.
    """
    ours = [acceptance for acceptance in acceptances if acceptance.id in comparison.rules]
    valid = {acceptance.key for acceptance in ours if not acceptance.is_over(today)}
    keyed = [(_key(finding), finding) for finding in comparison.findings]
    accepted = [finding for key, finding in keyed if key in valid]
    left = [finding for key, finding in keyed if key not in valid]
    present = {key for key, _ in keyed}
    for acceptance in ours:
        if acceptance.key not in present and covers(acceptance.where):
            left.append(_unused(acceptance, comparison.findings))
        elif acceptance.is_over(today):
            left.append(_expired(acceptance))
    return replace(
        comparison,
        findings=in_order(left),
        rules={**comparison.rules, **RULES},
        accepted=in_order((*comparison.accepted, *accepted)),
    )


def _key(finding: Finding) -> _Key:
    return finding.fingerprint, finding.id, finding.where


def _unused(acceptance: Acceptance, findings: tuple[Finding, ...]) -> Finding:
    place = (acceptance.id, acceptance.where)
    others = [finding.fingerprint for finding in findings if (finding.id, finding.where) == place]
    hint = ""
    if others:
        hint = f"The difference reads otherwise now: if it may still stay, write fingerprint {others[0]!r}."
    told = f"no difference fits the accepted {acceptance.id} {acceptance.fingerprint} any more."
    return _of_the_list(UNUSED, acceptance, told, hint)


def _expired(acceptance: Acceptance) -> Finding:
    told = (
        f"{acceptance.id} {acceptance.fingerprint} was accepted until {acceptance.until}: {acceptance.reason}"
    )
    return _of_the_list(EXPIRED, acceptance, told)


def _of_the_list(rule: Rule, acceptance: Acceptance, told: str, hint: str = "") -> Finding:
    service, operation, param = (*acceptance.where.split(".", 2), None, None)[:3]
    return Finding(
        id=rule.id,
        wire=rule.wire,
        source=rule.source,
        silent=False,
        service=str(service),
        operation=operation,
        param=param,
        text=told,
        hint=hint,
        new_place=Place(FILE, acceptance.line),
        of_list=True,
    )
