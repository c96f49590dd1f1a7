"""Every rule shows a smallest edit, which gives its finding and no other; backwards, it gives a mirror."""

from dataclasses import replace
from datetime import date

import pytest
from rule_spec import both, load, written

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

REFUSED = {"cache-added-to-unsafe": "what changes something is not cached."}
"""Rules about what the loader refuses, and its words: representations need not come from descriptors."""


REPRESENTED = {
    "cache-added-to-unsafe": ("add_cell", {}, {"cache": ir.Cache(60, 10, ("name",))}),
}
"""The edits of those, made on representations: the operation, and its fields on both sides."""

BUMP = "breaking-without-version-bump"

PLACED = [rule for rule in RULES.values() if rule.id not in {BUMP} | REPRESENTED.keys() | VERSIONS.keys()]
"""Rules about edits of one line or a few."""


def with_fields(spec: ir.Spec, name: str, fields) -> ir.Spec:
    """Give an operation other fields, in every API version."""

    def changed(operation):
        values = {key: value(operation) if callable(value) else value for key, value in fields.items()}
        return replace(operation, **values) if operation.name == name else operation

    cells, *others = spec.services
    apis = tuple(replace(api, operations=tuple(map(changed, api.operations))) for api in cells.apis)
    return ir.Spec((replace(cells, apis=apis), *others))


def found(old: ir.Spec, new: ir.Spec, rule: Rule, *, back: bool = False):
    """Compare two specs as a rule wants it."""
    numbers = VERSIONS.get(rule.id, (None, None))
    both = zip((old, new), numbers, strict=True)
    sides = [Side(spec, "", "cells" if number else None, number) for spec, number in both]
    if back:
        sides.reverse()
    return compare(*sides, FACTS.get(rule.id, TODAY), require_bump=rule.id == BUMP).findings


@pytest.fixture
def specs(rule):
    """Load both sides of a rule's edit."""
    if rule.id in VERSIONS:
        return load(written()), load(written())
    if rule.id in REPRESENTED:
        name, *fields = REPRESENTED[rule.id]
        return tuple(with_fields(load(written()), name, each) for each in fields)
    return tuple(map(load, both(rule)))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_the_shown_edit_gives_this_finding_and_no_other(rule, specs):
    findings = found(*specs, rule)
    if rule.id == BUMP:
        # It sums up what broke, which is told as well.
        findings = tuple(finding for finding in findings if finding.id != "op-path-changed")
        assert len(found(*specs, rule)) == len(findings) + 1
        assert [finding.api for finding in findings] == ["1", "2"]
        findings = findings[:1]  # one for each API version that has the edit
    assert [(each.id, each.text) for each in findings if each.id != rule.id] == []
    [finding] = findings
    assert (finding.wire, finding.source, finding.silent) == (rule.wire, rule.source, rule.silent)
    assert (finding.level, finding.docs) == (rule.level, rule.docs)


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.mirror], ids=lambda rule: rule.id)
def test_the_same_edit_backwards_gives_a_mirror(rule, specs):
    findings = found(*specs, rule, back=True)
    if rule.id in VERSIONS:
        # Versions the wrong way round are told besides.
        findings = tuple(finding for finding in findings if finding.id != "versions-reversed")
    [finding] = findings
    assert finding.id in rule.mirror


@pytest.mark.parametrize("rule", PLACED, ids=lambda rule: rule.id)
def test_a_finding_names_lines_on_each_side_that_has_any(rule, specs):
    [finding] = found(*specs, rule)
    assert bool(rule.before) <= (finding.old_place is not None)
    assert bool(rule.after) <= (finding.new_place is not None)


@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_what_the_loader_refuses_is_said_so(name, words):
    with pytest.raises(SpecErrors, match=words):
        tuple(map(load, both(RULES[name])))


def test_what_descriptors_can_say_is_shown_by_descriptors():
    assert REPRESENTED.keys() == REFUSED.keys()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule):
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    assert rule.safely.endswith(".")
    assert rule.before != rule.after
    assert rule.watches
    assert rule.mirror or rule.waiver
    assert set(rule.mirror) <= set(RULES)


def test_no_two_rules_say_the_same():
    for field in ("what", "why", "safely"):
        texts = [getattr(rule, field) for rule in RULES.values()]
        assert sorted({text for text in texts if texts.count(text) > 1}) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_mirror_points_back(rule):
    """Of two rules that are one edit seen from both sides, each names the other."""
    assert [name for name in rule.mirror if rule.id not in RULES[name].mirror] == []
