"""The arguments of a call: which came, went and moved. What differs of one of them is told in `param.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.lifecycle import gone
from codegen.diff.note import Note, Notes, shown
from codegen.diff.param import compare_param, default_of
from codegen.diff.routes import claimed

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.context import OperationPair


def compare_params(pair: OperationPair) -> Notes:
    """Tell what differs of the arguments."""
    told = claimed(pair)
    removed = [param for param in pair.params.removed if param.name not in told]
    added = [param for param in pair.params.added if param.name not in told]
    for old, new in pair.params.both:
        yield from compare_param(pair, old, new)
    for param in removed:
        yield _removed(pair, param, added)
    for param in added:
        yield _added(pair, param)
    yield from _order(pair)


def _removed(pair: OperationPair, param: ir.Param, added: list[ir.Param]) -> Note:
    at = f"params.{param.name}"
    if param.is_const:
        return Note(
            "const-changed", f"{shown(param.default)} -> none", shown(param.default), part=param.name, at=at
        )
    rule, words = gone(param.deprecated, pair.facts.today, "param-removed")
    # Rule 4 of renames: a guess may be offered, never judged.
    alike = [other.name for other in added if (other.type, other.location) == (param.type, param.location)]
    hint = (
        f"If it was renamed to {alike[0]!r}, say `renamed_from: {param.name}` there."
        if len(alike) == 1 and len(pair.params.removed) == 1
        else ""
    )
    text = f"argument is gone{words}"
    return Note(rule, text, _described(param), part=param.name, at=at, in_signature=True, hint=hint)


def _added(pair: OperationPair, param: ir.Param) -> Note:
    at = f"params.{param.name}"
    if param.is_const:
        return Note(
            "const-changed",
            f"none -> {shown(param.default)}",
            None,
            shown(param.default),
            part=param.name,
            at=at,
        )
    kind = "keyword-only argument" if param.keyword_only else "argument"
    default = "" if param.can_be_unset or param.required else f", default {shown(default_of(param))}"
    rule, words = _addition(pair, param), f"new {kind} {_described(param)}{default}"
    signature = rule != "sent-param-added"
    return Note(rule, words, None, _described(param), part=param.name, at=at, in_signature=signature)


def _addition(pair: OperationPair, param: ir.Param) -> str:
    if param.required:
        return "required-param-added"
    if _is_inserted(pair, param):
        return "positional-param-inserted"
    # What fills a hole of the path is told with the path.
    is_sent = param.location not in ("none", "path") and not param.can_be_unset
    return "sent-param-added" if is_sent else "optional-param-added"


def _is_inserted(pair: OperationPair, param: ir.Param) -> bool:
    """Whether it stands before arguments that scripts may give by position."""
    if param.keyword_only:
        return False
    known = {new.name for old, new in pair.params.both if not old.keyword_only and old.is_argument}
    order = [each.name for each in pair.new.arguments if not each.keyword_only]
    return any(name in known for name in order[order.index(param.name) :])


def _described(param: ir.Param) -> str:
    return f"({param.type})" if param.is_optional else f"({param.type}, required)"


def _order(pair: OperationPair) -> Notes:
    """Tell when arguments that are on both sides change places, and nothing else about them says why."""
    stays = [
        (old.name, new.name)
        for old, new in pair.params.both
        if not (old.keyword_only or new.keyword_only) and old.required == new.required
        if old.is_argument and new.is_argument
    ]
    renamed = dict(stays)
    before = [renamed[param.name] for param in pair.old.arguments if param.name in renamed]
    after = [param.name for param in pair.new.arguments if param.name in renamed.values()]
    if before != after:
        text = f"order of arguments {shown(tuple(before))} -> {shown(tuple(after))}"
        yield Note(
            "param-order-changed",
            text,
            shown(tuple(before)),
            shown(tuple(after)),
            at="params",
            in_signature=True,
        )
