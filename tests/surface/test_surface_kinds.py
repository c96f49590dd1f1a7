"""Every kind of change, on the smallest modules that show it; and what griffe would miss."""

import re

import pytest
from written_package import found, found_by_griffe, package

from codegen.surface.rules import BY_ID, RULES

ALONE = {
    "object-removed": "OBJECT_REMOVED",
    "object-kind-changed": "OBJECT_CHANGED_KIND",
    "parameter-removed": "PARAMETER_REMOVED",
    "parameter-added-required": "PARAMETER_ADDED_REQUIRED",
    "parameter-became-required": "PARAMETER_CHANGED_REQUIRED",
    "parameter-kind-changed": "PARAMETER_CHANGED_KIND",
    "parameter-moved": "PARAMETER_MOVED",
    "parameter-default-changed": "PARAMETER_CHANGED_DEFAULT",
    "class-base-removed": "CLASS_REMOVED_BASE",
    "key-removed": "OBJECT_REMOVED",
}
"""Kinds that griffe tells by itself, and what it calls them."""

HOOKS = {"mixin-hook-missing", "mixin-hook-misfit"}

MISSED = set(BY_ID) - set(ALONE) - HOOKS
"""Kinds that it does not. Hooks are found in mixins, which it is not shown."""

CLASS = re.compile(r"class \w+Error")
MODULE = re.compile(r"class |[A-Z_a-z]+ = ")


def planted(folder, lines):
    """Put the lines of a rule where they belong: among the errors, in a module or in a class."""
    if CLASS.match(lines):
        return package(
            folder,
            errors=f"class CAVEError(Exception): ...\nclass HTTPStatusError(CAVEError): ...\n{lines}\n",
        )
    if MODULE.match(lines):
        return package(folder, lines + "\n")
    inner = "\n".join(f"    {line}" for line in lines.splitlines())
    if "@overload" in lines:
        inner += "\n    def get_rows(self, as_text: bool = False) -> list[Row] | str | bytes: ..."
    return package(folder, f"class Demo(ClientBase):\n{inner}\n")


def both(tmp_path, rule):
    return planted(tmp_path / "old", rule.before), planted(tmp_path / "new", rule.after)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id not in HOOKS], ids=lambda rule: rule.id)
def test_the_example_of_a_rule_is_told_as_that_rule(tmp_path, rule):
    assert {line.partition(" ")[0] for line in found(*both(tmp_path, rule))} == {rule.id}


@pytest.mark.parametrize("kind", sorted(MISSED))
def test_griffe_alone_misses_a_kind(tmp_path, kind):
    assert found_by_griffe(*both(tmp_path, BY_ID[kind])) == []


@pytest.mark.parametrize("kind", sorted(ALONE))
def test_griffe_alone_tells_a_kind(tmp_path, kind):
    assert set(found_by_griffe(*both(tmp_path, BY_ID[kind]))) == {ALONE[kind]}
