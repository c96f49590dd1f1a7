"""Arguments that scripts give by position: who is pushed on, who moves up, and who changed places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, shown

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.context import OperationPair


def pushes(pair: OperationPair, param: ir.Param) -> bool:
    """Whether a new argument stands before some that scripts may give by position already."""
    known = {new.name for old, new in pair.params.both if _is_positional(old)}
    return _is_positional(param) and _stands_before(pair.new, param, known)


def pulls(pair: OperationPair, param: ir.Param) -> bool:
    """Whether an argument that goes lets others, that may still be given by position, move up."""
    stay = {old.name for old, new in pair.params.both if _is_positional(new)}
    return _is_positional(param) and _stands_before(pair.old, param, stay)


def still_runs(pair: OperationPair) -> bool:
    """Whether a call can give by position what both sides take: as much as either asks for, and no more."""
    least = max(_least(side) for side in (pair.old, pair.new))
    return least <= min(len(_order(side)) for side in (pair.old, pair.new))


def _least(operation: ir.Operation) -> int:
    return sum(_is_positional(param) and param.required for param in operation.params)


def compare_order(pair: OperationPair) -> Notes:
    """Tell when arguments that are on both sides change places, and nothing else about them says why."""
    stays = {
        old.name: new.name
        for old, new in pair.params.both
        if _is_positional(old) and _is_positional(new) and old.required == new.required
    }
    before = [stays[name] for name in _order(pair.old) if name in stays]
    after = [name for name in _order(pair.new) if name in stays.values()]
    while before and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    if before:
        one, other = shown(tuple(before)), shown(tuple(after))
        words, at = f"order of arguments {one} -> {other}", f"params.{after[0]}"
        was_at = next(f"params.{old.name}" for old, new in pair.params.both if new.name == before[0])
        yield Note("param-order-changed", words, one, other, at=at, was_at=was_at, in_signature=True)


def _order(operation: ir.Operation) -> list[str]:
    return [param.name for param in operation.arguments if not param.keyword_only]


def _is_positional(param: ir.Param) -> bool:
    return param.is_argument and not param.keyword_only


def _stands_before(operation: ir.Operation, param: ir.Param, others: set[str]) -> bool:
    order = _order(operation)
    return any(name in others for name in order[order.index(param.name) + 1 :])
