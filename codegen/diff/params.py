"""The arguments of a call: which came, went and moved. What differs of one of them is told in `param.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.lifecycle import gone
from codegen.diff.note import Note, Notes, shown
from codegen.diff.param import compare_param, default_of
from codegen.diff.positions import compare_order, pulls, pushes, still_runs
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
    yield from compare_order(pair)


def _removed(pair: OperationPair, param: ir.Param, added: list[ir.Param]) -> Note:
    at = f"params.{param.name}"
    if param.is_const:
        return Note(
            "const-changed", f"{shown(param.default)} -> none", shown(param.default), part=param.name, at=at
        )
    rule, words = gone(param.deprecated, pair.facts.today, "param-removed")
    # Nothing is guessed (law 3 of `compare.py`): a likely rename is offered, not judged.
    alike = [other.name for other in added if (other.type, other.location) == (param.type, param.location)]
    hint = (
        f"If it was renamed to {alike[0]!r}, say `renamed_from: {param.name}` there."
        if len(alike) == 1 and len(pair.params.removed) == 1
        else ""
    )
    # Calls by position go on where others move up, with each value for another argument.
    silent = (pulls(pair, param) and still_runs(pair)) or None
    text, was = f"argument is gone{words}", _described(param)
    return Note(rule, text, was, part=param.name, at=at, in_signature=True, hint=hint, silent=silent)


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
    return Note(
        rule,
        words,
        None,
        _described(param),
        part=param.name,
        at=at,
        in_signature=rule != "sent-param-added",
        silent=(pushes(pair, param) and still_runs(pair)) or None,
    )


def _addition(pair: OperationPair, param: ir.Param) -> str:
    if param.required:
        return "required-param-added"
    if pushes(pair, param):
        return "positional-param-inserted"
    # What fills a hole of the path is told with the path.
    is_sent = param.location not in ("none", "path") and not param.can_be_unset
    return "sent-param-added" if is_sent else "optional-param-added"


def _described(param: ir.Param) -> str:
    return f"({param.type})" if param.is_optional else f"({param.type}, required)"
