"""Whether a value that a script writes is still allowed for an argument."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst

from codegen.literals import conforms

if TYPE_CHECKING:
    from codegen import ir
    from codegen.migrate.change import Move
    from codegen.migrate.fit import Likelihood, Passed


def is_refused(passed: Passed, move: Move) -> Likelihood:
    """Tell whether the new method refuses a value; what is no literal may be refused."""
    old = move.old.arguments[passed.name]
    new = move.new.arguments.get(move.partner.get(passed.name, "")) if move.new else None
    try:
        value = ast.literal_eval(cst.Module([]).code_for_node(passed.node.value))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return "maybe"
    if new is None or (value is None and not new.required):
        return "sure" if new is None else "no"
    if not conforms(old.type, value):
        # The script knows more than the descriptor's literals: it says nothing about the new type either.
        return "maybe"
    return "no" if conforms(new.type, value) and _is_within(new, _most_items(move, new), value) else "sure"


def _is_within(param: ir.Param, most: int | None, value: Any) -> bool:
    if param.choices and value not in param.choices:
        return False
    if most is not None and isinstance(value, list | tuple) and len(value) > most:
        return False
    if not isinstance(value, int | float):
        return True
    low, high = param.minimum, param.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def _most_items(move: Move, param: ir.Param) -> int | None:
    """Return how many items a list may have before the call is refused."""
    limits = [param.max_items] if param.max_items is not None else []
    if move.new is not None:
        own = (limit for limit in move.new.operation.items if limit.key == param.name)
        limits += [limit.max for limit in own if limit.on_exceed == "error"]
    return min(limits, default=None)
