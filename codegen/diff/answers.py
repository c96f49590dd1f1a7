"""What comes back: the forms of the answer, what chooses them, and how each is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.diff.forms import Form, paired
from codegen.diff.note import Note, Notes, became
from codegen.diff.words import told_anew
from codegen.python_types import answer
from codegen.vocabulary import ARM_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen import ir
    from codegen.diff.context import OperationPair
    from codegen.report.rule import Verdict


def compare_answers(pair: OperationPair) -> Notes:
    """Tell what differs of the answer."""
    forms = paired(pair)
    services = pair.apis.services
    several = len(pair.old.response) > 1 or len(pair.new.response) > 1
    for old, new in forms.both:
        at, was_at = _at(pair.new, new), _at(pair.old, old)
        words = f" (with {new.chosen})" if several and new.arm.when else ""
        returns = old.arm.returns and services.with_new_shapes(old.arm.returns)
        for note in _arm(pair, replace(old.arm, returns=returns), new.arm):
            inner, was_inner = f"{at}.{note.at}", f"{was_at}.{note.at}"
            yield replace(note, text=f"{note.text}{words}", part="response", at=inner, was_at=was_inner)
        # What chooses the rest follows from what chooses the others.
        is_rest = not (old.arm.when or new.arm.when)
        if old.choice != new.choice and not (is_rest or forms.removed or forms.added):
            chosen = f"chosen by {old.chosen} -> {new.chosen}"
            yield Note("response-selector-changed", chosen, part="response", at=at, was_at=was_at)
    for form in forms.removed:
        told = _described(form)
        yield Note("response-arm-removed", f"form {told} is gone", told, part="response", at="response")
    for form in forms.added:
        told = _described(form)
        yield Note("response-arm-added", f"new form {told}", None, told, part="response", at="response")


def _described(form: Form) -> str:
    return f"{form.arm.decode}{f' with {form.chosen}' if form.arm.when else ''}"


def _at(operation: ir.Operation, form: Form) -> str:
    """Return the path of a form: descriptors write several as a list, and one as they like."""
    listed = f"response[{form.number}]"
    return listed if listed in operation.origins else "response"


def _arm(pair: OperationPair, old: ir.Arm, new: ir.Arm) -> Notes:
    if old.decode != new.decode:
        # What else differs of the value follows from it. Scripts need not see it: ids are ids.
        source: Verdict | None = "none" if answer(pair.old, old) == answer(pair.new, new) else None
        yield became("response-decoder-changed", "decode", old.decode, new.decode, at="decode", source=source)
        parts: tuple[Callable[[ir.Arm, ir.Arm], Notes], ...] = (_carried, _headers, _order)
    else:
        parts = (_carried, _headers, _value, _keys, _order, _columns)
    for part in parts:
        yield from part(old, new)
    yield from told_anew(("doc", old.doc, new.doc))


def _carried(old: ir.Arm, new: ir.Arm) -> Notes:
    """Tell of media types and statuses. None named means that any will do."""
    for field, before, after, lost, won in (
        ("media_type", old.media_type, new.media_type, "response-media-type-changed", "media-type-added"),
        ("status", old.status, new.status, "response-success-status-removed", "success-status-added"),
    ):
        if set(before) != set(after):
            is_wider = bool(before) and (not after or set(before) < set(after))
            yield became(won if is_wider else lost, field, before, after, at=field, nothing="any")


def _headers(old: ir.Arm, new: ir.Arm) -> Notes:
    before, after = dict(old.headers), dict(new.headers)
    for name in {**before, **after}:
        if name not in after:
            yield Note("response-header-removed", f"header {name} is read no more", name, at="headers")
        elif name not in before:
            yield Note("response-header-added", f"header {name} is read", None, name, at=f"headers.{name}")
        elif before[name] != after[name]:
            rule = "response-header-reader-changed"
            yield became(rule, f"header {name}", before[name], after[name], at=f"headers.{name}")


def _value(old: ir.Arm, new: ir.Arm) -> Notes:
    if old.select != new.select:
        before, after = _path(old.select), _path(new.select)
        yield became("response-select-changed", "select", before, after, at="select", nothing="all of it")
    if old.cast != new.cast:
        # The type that arrays have, and the type expression of JSON, follow the cast.
        yield became("response-annotation-changed", "cast", old.cast, new.cast, at="cast")
        return
    if old.dtype != new.dtype:
        yield became("response-dtype-changed", "dtype", old.dtype, new.dtype, at="dtype")
    if _alternatives(old.returns) != _alternatives(new.returns) and not _follows_keys(old, new):
        rule = _returns_rule(old.returns, new.returns)
        yield became(rule, "returns", old.returns, new.returns, at="returns")


def _path(select: tuple[str | int, ...]) -> object:
    """Return a path as descriptors write it: a single key without brackets."""
    return select[0] if len(select) == 1 and isinstance(select[0], str) else select


def _follows_keys(old: ir.Arm, new: ir.Arm) -> bool:
    """Whether the type expression differs in the kind of the keys alone, which is told by itself."""
    both = [(arm.returns or "").replace("dict[int", "dict[str", 1) for arm in (old, new)]
    return old.map_keys != new.map_keys and both[0] == both[1]


def _returns_rule(old: str | None, new: str | None) -> str:
    before, after = _alternatives(old), _alternatives(new)
    if after == before | {"None"}:
        return "response-became-optional"
    return "response-narrowed" if before == after | {"None"} else "response-annotation-changed"


def _alternatives(expression: str | None) -> frozenset[str]:
    """Split a type expression at its outer bars."""
    parts, depth, start = [], 0, 0
    text = expression or "Any"
    for position, letter in enumerate(text):
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return frozenset(part.strip() for part in (*parts, text[start:]))


def _keys(old: ir.Arm, new: ir.Arm) -> Notes:
    for field, before, after in (
        ("map_keys", old.map_keys, new.map_keys),
        ("keyed_by", old.keyed_by, new.keyed_by),
    ):
        if before != after:
            yield became("response-map-keys-changed", field, before, after, at=field)


def _order(old: ir.Arm, new: ir.Arm) -> Notes:
    """Tell of the promise to keep the order, unless a decoder that cannot give it says so."""
    can_both = all("order" in ARM_FIELDS[arm.decode] for arm in (old, new))
    if old.order != new.order and (can_both or old.decode == new.decode):
        rule = "response-row-order-promised" if new.order else "response-row-order-dropped"
        yield became(rule, "order", old.order, new.order, at="order")


def _columns(old: ir.Arm, new: ir.Arm) -> Notes:
    before, after = dict(old.columns), dict(new.columns)
    for name in {**before, **after}:
        if name not in after:
            yield Note("response-column-removed", f"column {name} is gone", name, at="columns")
        elif name not in before:
            yield Note("response-column-added", f"new column {name}", None, name, at=f"columns.{name}")
        elif before[name] != after[name]:
            rule = "response-column-type-changed"
            yield became(rule, f"column {name}", before[name], after[name], at=f"columns.{name}")
    stay = [name for name in before if name in after]
    order = [name for name in after if name in before]
    if stay != order:
        yield became("response-column-order-changed", "columns", tuple(stay), tuple(order), at="columns")
