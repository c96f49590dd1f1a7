"""What other tools tell and what CAVE's past asks for: each is a rule of ours, or left out for a reason."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from codegen.diff.rules import RULEBOOK, RULES

CATALOGUE = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
LEFT_OUT = yaml.safe_load((RULEBOOK / "left_out.yaml").read_text(encoding="utf-8"))
LISTED = [name for group in CATALOGUE.values() for name in group]
LEVELS = [(level, name) for level in ("breaking", "warning", "info") for name in CATALOGUE[level]]
OTHERWISE = {"const-changed": "warning"}
"""It stands among those that break, but what it says of clients and scripts is a warning."""

AT_LEAST = {"breaking": 75, "warning": 16, "info": 28}


def test_the_catalogue_names_each_once():
    assert [name for name, count in Counter(LISTED).items() if count > 1] == []


@pytest.mark.parametrize("name", LISTED)
def test_each_is_a_rule_or_left_out(name):
    assert (name in RULES) != (name in LEFT_OUT)


def test_nothing_is_left_out_that_nobody_asks_for():
    assert sorted(LEFT_OUT.keys() - set(LISTED)) == []


@pytest.mark.parametrize(("level", "name"), [(level, name) for level, name in LEVELS if name in RULES])
def test_we_judge_as_the_catalogue_does(level, name):
    assert RULES[name].level == OTHERWISE.get(name, level)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_reason_names_rules_that_exist(name):
    """A reason is a sentence; words with hyphens in it are rules of ours."""
    reason = LEFT_OUT[name]
    named = {word.strip(".,:;") for word in reason.split() if "-" in word}
    assert reason.endswith(".")
    assert named <= set(RULES)


COUNTED = {level: sum(rule.level == level for rule in RULES.values()) for level in AT_LEAST}


@pytest.mark.parametrize(("level", "count"), COUNTED.items())
def test_there_are_enough_rules(level, count):
    assert count >= AT_LEAST[level]
