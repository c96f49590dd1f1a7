"""Old names that still work: a parameter that may be passed under its old name has not gone.

It stands in a signature under both names. As far as scripts of the old side can see it is what it was,
so the new signature is read with the old name in the place of the new one, and the old name at its end,
which says nothing of its own, is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen import ir


def take_back(
    old: griffe.Object,
    new: griffe.Object,
    before: Iterable[ir.Operation],
    after: Iterable[ir.Operation],
) -> None:
    """Read two classes as if parameters had kept the names under which they still may be passed."""
    was, now = _methods(before), _methods(after)
    for name in was.keys() & now.keys():
        one, other = old.members.get(name), new.members.get(name)
        if isinstance(one, griffe.Function) and isinstance(other, griffe.Function):
            for param in now[name].params:
                _rename(other, param, {each.name for each in was[name].params})
            for param in was[name].params:
                _forget(one, [alias for alias in param.aliases if alias in _names(other)])


def _methods(operations: Iterable[ir.Operation]) -> dict[str, ir.Operation]:
    return {name: each for each in operations for name in (each.python_name, *each.aliases)}


def _rename(function: griffe.Function, param: ir.Param, known: set[str]) -> None:
    former = next((alias for alias in param.aliases if alias in known), None)
    if former is None or param.name in known:
        return
    _forget(function, [former])
    for shape in _shapes(function):
        shape.parameters[param.name].name = former


def _forget(function: griffe.Function, aliases: Iterable[str]) -> None:
    for alias in aliases:
        for shape in _shapes(function):
            del shape.parameters[alias]


def _shapes(function: griffe.Function) -> Iterator[griffe.Function]:
    yield function
    yield from function.overloads or ()


def _names(function: griffe.Function) -> set[str]:
    return {each.name for each in function.parameters}
