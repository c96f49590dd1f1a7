"""Which of the old forms of an answer is which of the new ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codegen.diff.note import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.diff.context import OperationPair

Choice = frozenset[tuple[str, str]]
"""Arguments with the values that choose a form; empty: everything else."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an answer, and what chooses it."""

    number: int
    """Its place among the forms."""
    arm: ir.Arm
    choice: Choice

    @property
    def chosen(self) -> str:
        """What chooses it, as people read it."""
        return ", ".join(sorted(f"{name}={value}" for name, value in self.choice)) or "everything else"


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms that are on both sides, and those that are on one."""

    both: tuple[tuple[Form, Form], ...]
    removed: tuple[Form, ...]
    added: tuple[Form, ...]


def paired(pair: OperationPair) -> Forms:
    """Pair forms by what chooses them, then by what they are, then by their place."""
    waiting, left = _forms(pair.old, pair.new_name), _forms(pair.new, {})
    found: list[tuple[Form, Form]] = []
    by_place = len(waiting) == len(left)
    for alike in (_same_choice, _same_value, lambda *_: by_place):
        for old in tuple(waiting):
            new = next((each for each in left if alike(old, each)), None)
            if new is not None:
                found.append((old, new))
                waiting.remove(old)
                left.remove(new)
    if not found and waiting and left:
        # One form became several, or several one, and all of them are new: the first stand for each other.
        found.append((waiting.pop(0), left.pop(0)))
    return Forms(tuple(sorted(found, key=lambda both: both[1].number)), tuple(waiting), tuple(left))


def _forms(operation: ir.Operation, new_name: Mapping[str, str]) -> list[Form]:
    return [
        Form(
            number,
            # What refers to a renamed argument refers to its new name.
            replace(arm, keyed_by=new_name.get(arm.keyed_by or "", arm.keyed_by)),
            frozenset(
                (new_name.get(name, name), shown(value)) for name, value in arm.when or _rest(operation)
            ),
        )
        for number, arm in enumerate(operation.response)
    ]


def _rest(operation: ir.Operation) -> tuple[tuple[str, bool], ...]:
    """Return the one value that is left for a form without `when`; none if it is more than one."""
    names = {name for arm in operation.response for name, _ in arm.when}
    chosen = {value for arm in operation.response for _, value in arm.when}
    params = {param.name: param for param in operation.params}
    name = names.pop() if len(names) == 1 else ""
    if name not in params or params[name].type != "bool" or params[name].can_be_unset:
        return ()
    left = {True, False} - chosen
    return ((name, left.pop()),) if len(left) == 1 else ()


def _same_choice(old: Form, new: Form) -> bool:
    return old.choice == new.choice


def _same_value(old: Form, new: Form) -> bool:
    return replace(old.arm, when=(), doc=None) == replace(new.arm, when=(), doc=None)
