"""Every rule is shown by a smallest edit, which gives its finding and no other; backwards, it gives a mirror."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rule_spec import both, files, load, places, written

from codegen import ir
from codegen.deployments import Deployment
from codegen.diff.compare import compare
from codegen.diff.context import Facts
from codegen.diff.rules import RULES
from codegen.diff.sides import Side
from codegen.problems import SpecErrors
from codegen.report.rule import Rule

TODAY = Facts(today=date(2026, 6, 1))
"""Between the sunsets of the small spec: one has passed, the others have not."""

KNOWN = Facts((Deployment("main", "https://main.example.org", "local", ("cells",), {"cells": "5.12.0"}),))
FACTS = {"server-constraint-tightened": KNOWN}

VERSIONS = {"api-prefix-changed": ("1", "2"), "versions-reversed": ("4", "3")}
"""Rules about two API versions: `before` stands in one of them, `after` in the other."""

WAITING = {
    "op-renamed-with-alias": "unknown key 'aliases'",
    "alias-added": "unknown key 'aliases'",
    "alias-removed": "unknown key 'aliases'",
    "param-renamed-with-alias": "unknown key 'aliases'",
}
"""Rules whose edits the descriptor language does not know yet, and what the loader says. When it loads one, the row goes."""

REFUSED = {"cache-added-to-unsafe": "what changes something is not cached."}
"""Rules about what the loader refuses, and its words: representations need not come from descriptors."""

SHOWN = [rule for rule in RULES.values() if rule.id not in WAITING | REFUSED]


def found(old: ir.Spec, new: ir.Spec, rule: Rule, *, back: bool = False):
    """Compare two specs as a rule wants it."""
    one, other = VERSIONS.get(rule.id, (None, None))
    sides = [
        Side(spec, "", "cells" if api else None, api) for spec, api in zip((old, new), (one, other), strict=True)
    ]
    if back:
        sides.reverse()
    bump = rule.id == "breaking-without-version-bump"
    return compare(*sides, FACTS.get(rule.id, TODAY), require_bump=bump).findings


@pytest.fixture
def specs(rule, tmp_path):
    """Load both sides of a rule's edit."""
    if rule.id in VERSIONS:
        whole = load(written(), tmp_path)
        return whole, whole
    return tuple(load(text, tmp_path / name) for name, text in zip(("old", "new"), both(rule), strict=True))


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_shown_edit_gives_this_finding_and_no_other(rule, specs):
    findings = found(*specs, rule)
    if rule.id == "breaking-without-version-bump":
        # It sums up what broke, so there is one more.
        findings = tuple(finding for finding in findings if finding.id != "op-path-changed")
    assert [(each.id, each.text) for each in findings if each.id != rule.id] == []
    [finding] = findings
    assert (finding.wire, finding.source, finding.silent) == (rule.wire, rule.source, rule.silent)
    assert (finding.level, finding.docs) == (rule.level, rule.docs)


@pytest.mark.parametrize(
    "rule", [rule for rule in SHOWN if rule.mirror], ids=lambda rule: rule.id
)
def test_the_same_edit_backwards_gives_a_mirror(rule, specs):
    [finding] = found(*specs, rule, back=True)
    assert finding.id in rule.mirror
