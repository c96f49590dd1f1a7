"""Changes of the Python surface as findings, for the reports that tell all findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.report.finding import Comparison, Finding, in_order
from codegen.surface.compare import compare
from codegen.surface.prediction import forecast
from codegen.surface.rules import BY_ID
from codegen.surface.trees import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.diff.sides import Side
    from codegen.surface.change import SurfaceChange

_SAID = {
    "object-removed": "is gone",
    "object-kind-changed": "was a {old}, is a {new}",
    "class-base-removed": "is no longer a {old}",
    "exception-base-changed": "is no longer a {old}",
    "all-export-removed": "is no longer exported",
    "parameter-removed": "the parameter is gone",
    "parameter-added-required": "the parameter is new and must be passed",
    "parameter-became-required": "the parameter must be passed",
    "parameter-kind-changed": "the parameter was {old}, is {new}",
    "parameter-moved": "positions of parameters: {old} -> {new}",
    "parameter-default-changed": "default {old} -> {new}",
    "annotation-narrowed": "took {old}, takes {new}",
    "return-type-changed": "returned {old}, returns {new}",
    "overload-changed": "the call {old} returns {new}",
    "overload-removed": "there is no call {old}",
    "sync-became-async": "was {old}, is {new}",
    "attribute-type-changed": "was {old}, is {new}",
    "attribute-value-changed": "{old} -> {new}",
    "entry-removed": "the entry is gone",
    "key-removed": "the key is gone",
    "key-type-changed": "was {old}, is {new}",
    "key-became-optional": "can be missing",
    "mixin-hook-missing": "is gone, and used at {new}",
    "mixin-hook-misfit": "does not take what mixins pass: {new}",
    "no-longer-picklable": "can no longer be pickled: {new}",
}
"""Kind -> what is said of the object."""

UNFORESEEN = "the spec diff did not foresee this"


def findings(changes: Iterable[SurfaceChange], foreseen_by: Iterable[Finding]) -> tuple[Finding, ...]:
    """Tell changes as findings, with those of the spec diff that foresaw them.

    What none of them foresaw says so in its text.
    """
    foreseen = forecast(foreseen_by)
    return in_order(_finding(change, foreseen.cause(change)) for change in changes)


def with_surface(comparison: Comparison, old: Side, new: Side) -> Comparison:
    """Add to what a spec diff of two sides found what their Python surface shows, and the rules for it."""
    shown = findings(compare(old, new), comparison.findings)
    together = in_order((*comparison.findings, *shown))
    return replace(comparison, findings=together, rules={**comparison.rules, **BY_ID})


def _finding(change: SurfaceChange, cause: Finding | None) -> Finding:
    rule = BY_ID[change.kind]
    text = f"{change.name}: {_SAID[change.kind].format(old=change.old, new=change.new)}"
    if cause is None and change.is_generated:
        text = f"{text} ({UNFORESEEN})"
    return Finding(
        id=change.kind,
        wire=rule.wire,
        source=rule.source,
        silent=rule.silent,
        service=change.service or PACKAGE,
        text=text,
        api=change.api,
        operation=change.operation,
        param=change.param,
        old=change.old,
        new=change.new,
        hint=f"See {cause.id}, from which this follows." if cause else "",
        old_place=change.old_place,
        new_place=change.new_place,
    )
