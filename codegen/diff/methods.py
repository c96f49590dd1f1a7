"""What an operation is called and how it is emitted: names, private or public, method or property, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.lifecycle import compare_aliases, compare_deprecation, compare_stability
from codegen.diff.note import Note, Notes
from codegen.diff.words import told_anew

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.context import OperationPair


def compare_method(pair: OperationPair) -> Notes:
    """Tell what differs of an operation as a method."""
    old, new = pair.old, pair.new
    yield from _names(old, new)
    if old.raw != new.raw:
        rule = "op-became-raw" if new.raw else "op-became-public"
        yield Note(
            rule, f"{old.python_name} -> {new.python_name}", old.python_name, new.python_name, at="raw"
        )
    if old.is_property != new.is_property:
        rule = "op-became-property" if new.is_property else "op-became-method"
        words = "is a property now" if new.is_property else "is a method now"
        yield Note(rule, words, at="property")
    if old.override != new.override:
        words = (
            "hand-written code may replace it" if new.override else "hand-written code may replace it no more"
        )
        yield Note("op-override-changed", words, at="override")
    yield from compare_deprecation(old.deprecated, new.deprecated)
    if not _is_told_by_version(pair):
        yield from compare_stability(old.stability, new.stability)
    yield from told_anew(
        ("summary", old.summary, new.summary),
        ("doc", old.doc, new.doc),
        ("check", old.check, new.check),
        ("aliases_since", old.aliases_since, new.aliases_since),
        ("server_message", old.server_message, new.server_message),
    )
    if old.examples != new.examples:
        before, after = len(old.examples), len(new.examples)
        words = f"{before} examples -> {after}" if before != after else "examples read otherwise"
        yield Note("example-changed", words, at="examples")


def _names(old: ir.Operation, new: ir.Operation) -> Notes:
    if old.name != new.name:
        rule = "op-renamed-with-alias" if old.name in new.aliases else "op-renamed"
        yield Note(rule, f"renamed: {old.name} -> {new.name}", old.name, new.name, at="renamed_from")
    yield from compare_aliases(old, new)


def _is_told_by_version(pair: OperationPair) -> bool:
    """Whether the stability is that of the API version on both sides."""
    apis = pair.apis
    return (pair.old.stability, pair.new.stability) == (apis.old.stability, apis.new.stability)
