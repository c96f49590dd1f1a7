"""Functions: what they accept and what comes back, as type checkers see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import griffe

from codegen.surface.annotations import fits, shown, without_none
from codegen.surface.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codegen.surface.annotations import Words

_Choice = tuple[tuple[str, str], ...]
"""Arguments that choose an overload, each with the annotation that says so."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """One overload."""

    returns: object
    is_default: bool
    """Whether it is what a call without the choosing arguments gets."""


def parameters(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell parameters that no longer take what they took."""
    assert isinstance(old, griffe.Function)
    assert isinstance(new, griffe.Function)
    for was in old.parameters:
        now = _parameter(new, was.name)
        if now is None or was.name == "self":
            continue
        taken = before.types(was.annotation, old.module)
        if _is_none(was) and not _is_none(now):
            # None stood for the default: whoever tells the default tells this, too.
            taken = without_none(taken)
        if not fits(taken, after.types(now.annotation, new.module)):
            yield Difference(
                "annotation-narrowed",
                old,
                new,
                param=was.name,
                was=shown(was.annotation, old.module),
                now=shown(now.annotation, new.module),
            )


def answers(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell overloads that are gone or return something else; else, a return type that does not fit.

    A function that returned None promised nothing: it may return something now.
    """
    assert isinstance(old, griffe.Function)
    assert isinstance(new, griffe.Function)

    def fit(now: object, was: object) -> bool:
        return fits(after.types(now, new.module), before.types(was, old.module))

    shapes, others = _shapes(old), _shapes(new)
    told = [
        Difference(kind, old, new, was=f"{_called(choice)} -> {shown(shape.returns, old.module)}", now=now)
        for choice, shape in shapes.items()
        for kind, now in _overload(choice, shape, new, others, fit, after)
    ]
    yield from told
    if told or str(old.returns) == "None":
        return
    chosen = _unasked(others, old) if not shapes else None
    returned = chosen.returns if chosen else new.returns
    if not fit(returned, old.returns):
        was, now = shown(old.returns, old.module), shown(returned, new.module)
        yield Difference("return-type-changed", old, new, was=was, now=now)


def waiting(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell functions that must be awaited now, or no longer can be."""
    was, now = ("async" if "async" in function.labels else "sync" for function in (old, new))
    if was != now:
        yield Difference("sync-became-async", old, new, was=was, now=now)


def _overload(
    choice: _Choice,
    shape: _Shape,
    new: griffe.Function,
    others: dict[_Choice, _Shape],
    fit: Callable[[object, object], bool],
    after: Words,
) -> Iterator[tuple[str, str | None]]:
    """Tell what has become of one overload.

    Where its arguments are no longer accepted, that is told of the parameter.
    """
    if choice in others:
        if not fit(others[choice].returns, shape.returns):
            yield "overload-changed", shown(others[choice].returns, new.module)
    elif _is_accepted(choice, new, after) and not fit(new.returns, shape.returns):
        yield "overload-removed", None


def _is_accepted(choice: _Choice, new: griffe.Function, after: Words) -> bool:
    """Whether a call with these arguments is still one that the function takes."""
    found = [(_parameter(new, name), annotation) for name, annotation in choice]
    return all(
        now is not None and fits(after.types(annotation, new.module), after.types(now.annotation, new.module))
        for now, annotation in found
    )


def _unasked(shapes: dict[_Choice, _Shape], old: griffe.Function) -> _Shape | None:
    """Find the overload that calls get which were written before it could be chosen."""
    for choice, shape in shapes.items():
        if shape.is_default and all(_parameter(old, name) is None for name, _ in choice):
            return shape
    return None


def _shapes(function: griffe.Function) -> dict[_Choice, _Shape]:
    """List the overloads that arguments choose; the one that says the same as the function itself is none."""
    usual = {each.name: str(each.annotation) for each in function.parameters}
    shapes = {}
    for overload in function.overloads or ():
        chosen = [each for each in overload.parameters if str(each.annotation) != usual.get(each.name)]
        if chosen:
            choice = tuple((each.name, str(each.annotation)) for each in chosen)
            is_default = not any(each.required for each in chosen)
            shapes[choice] = _Shape(overload.returns, is_default)
    return shapes


def _parameter(function: griffe.Function, name: str) -> griffe.Parameter | None:
    return next((each for each in function.parameters if each.name == name), None)


def _is_none(parameter: griffe.Parameter) -> bool:
    """Whether a parameter that is left out is None."""
    return not parameter.required and str(parameter.default) == "None"


def _called(choice: _Choice) -> str:
    """Show the arguments that choose an overload: "as_list=True"."""
    return ", ".join(
        f"{name}={annotation.removeprefix('Literal[').removesuffix(']')}" for name, annotation in choice
    )
