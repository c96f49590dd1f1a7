"""What comes back: the forms of the answer, what chooses them, and how each is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, became, shown
from codegen.diff.words import told_anew
from codegen.python_types import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen import ir
    from codegen.diff.context import OperationPair

ArmPair = tuple[int, "ir.Arm", "ir.Arm"]
"""Position on the new side, and the form on both sides."""


def compare_answers(pair: OperationPair) -> Notes:
    """Tell what differs of the answer."""
    old, new = pair.old.response, pair.new.response
    if pair.old.kind != pair.new.kind:
        return
    both, removed, added = _paired(pair)
    several = len(old) > 1 or len(new) > 1
    for number, before, after in both:
        yield from _placed(_arm(pair, before, after), number, after, several=several)
        if _when(pair, before) != _when(None, after) and not (removed or added):
            chosen = f"chosen by {_shown(before)} -> {_shown(after)}"
            yield Note(
                "response-selector-changed", chosen, part="response", at=_at(number, several) + ".when"
            )
    for arm in removed:
        words = f"form {_described(arm)} is gone"
        yield Note("response-arm-removed", words, _described(arm), part="response", at="response")
    for arm in added:
        words = f"new form {_described(arm)}"
        yield Note("response-arm-added", words, None, _described(arm), part="response", at="response")


def _paired(pair: OperationPair) -> tuple[list[ArmPair], list[ir.Arm], list[ir.Arm]]:
    """Pair forms by what chooses them, then by what they are, then by their place."""
    left, found = list(enumerate(pair.new.response)), []
    waiting = list(pair.old.response)
    rest = len(pair.old.response) == len(pair.new.response)
    for alike in (_same_choice, _same_form, lambda *_: rest):
        for old in tuple(waiting):
            match = next((each for each in left if alike(pair, old, each[1])), None)
            if match is not None:
                found.append((match[0], old, match[1]))
                left.remove(match)
                waiting.remove(old)
    if not found and waiting and left:
        # One form became several, or several one, and all of them are new: the first stand for each other.
        (number, new), old = left.pop(0), waiting.pop(0)
        found.append((number, old, new))
    return sorted(found, key=lambda each: each[0]), waiting, [arm for _, arm in left]


def _when(pair: OperationPair | None, arm: ir.Arm) -> frozenset[tuple[str, str]]:
    names = pair.new_name if pair else {}
    return frozenset((names.get(name, name), shown(value)) for name, value in arm.when)


def _same_choice(pair: OperationPair, old: ir.Arm, new: ir.Arm) -> bool:
    return _when(pair, old) == _when(None, new)


def _same_form(pair: OperationPair, old: ir.Arm, new: ir.Arm) -> bool:
    return replace(old, when=(), doc=None) == replace(new, when=(), doc=None)


def _shown(arm: ir.Arm) -> str:
    return ", ".join(f"{name}={shown(value)}" for name, value in arm.when) or "everything else"


def _described(arm: ir.Arm) -> str:
    chosen = f" with {_shown(arm)}" if arm.when else ""
    return f"{arm.decode}{chosen}"


def _at(number: int, several: bool) -> str:
    return f"response[{number}]" if several else "response"


def _placed(notes: Notes, number: int, arm: ir.Arm, *, several: bool) -> Notes:
    for note in notes:
        words = f"{note.text} (with {_shown(arm)})" if several and arm.when else note.text
        yield replace(note, text=words, part="response", at=f"{_at(number, several)}.{note.at}")


def _arm(pair: OperationPair, old: ir.Arm, new: ir.Arm) -> Notes:
    if old.decode != new.decode:
        # What else differs of the value follows from it. Scripts need not see it: ids are ids.
        source = "none" if answer(pair.old, old) == answer(pair.new, new) else None
        yield became("response-decoder-changed", "decode", old.decode, new.decode, at="decode", source=source)
        parts: tuple[Callable[[ir.Arm, ir.Arm], Notes], ...] = (_carried, _headers)
    else:
        parts = (_carried, _headers, _value, _keys, _columns)
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
            yield became(won if is_wider else lost, field, before, after, at=field)


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
        yield became("response-select-changed", "select", old.select, new.select, at="select")
    if old.cast != new.cast:
        # The type that arrays have, and the type expression of JSON, follow the cast.
        yield became("response-annotation-changed", "cast", old.cast, new.cast, at="cast")
        return
    if old.dtype != new.dtype:
        yield became("response-dtype-changed", "dtype", old.dtype, new.dtype, at="dtype")
    if _alternatives(old.returns) != _alternatives(new.returns):
        yield became(
            _returns_rule(old.returns, new.returns), "returns", old.returns, new.returns, at="returns"
        )


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
    if old.order != new.order:
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
