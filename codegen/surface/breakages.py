"""What griffe finds by itself.

It defines twelve kinds of breakage. Three of them it never tells, or not as scripts meet them: a
return or an attribute of another type is no breakage to it while both are annotated, and a base is
removed only where the number of bases falls. Passes of our own tell those.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import griffe
from griffe import BreakageKind

from codegen.surface.difference import Difference
from codegen.surface.typed_dicts import is_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PARAMETERS: dict[BreakageKind, str] = {
    BreakageKind.PARAMETER_REMOVED: "parameter-removed",
    BreakageKind.PARAMETER_CHANGED_KIND: "parameter-kind-changed",
    BreakageKind.PARAMETER_CHANGED_DEFAULT: "parameter-default-changed",
    BreakageKind.PARAMETER_CHANGED_REQUIRED: "parameter-became-required",
    BreakageKind.PARAMETER_ADDED_REQUIRED: "parameter-added-required",
}
"""griffe's kind -> the rule that tells it, for those of one parameter."""

TOLD_BY_PASSES = frozenset(
    [
        BreakageKind.RETURN_CHANGED_TYPE,
        BreakageKind.ATTRIBUTE_CHANGED_TYPE,
        BreakageKind.ATTRIBUTE_CHANGED_VALUE,
        BreakageKind.CLASS_REMOVED_BASE,
    ]
)
"""Kinds that are left to passes of our own, which see more of them."""

_SHOWN: dict[BreakageKind, Callable[[griffe.Parameter], str]] = {
    BreakageKind.PARAMETER_CHANGED_KIND: lambda parameter: parameter.kind.value if parameter.kind else "",
    BreakageKind.PARAMETER_CHANGED_DEFAULT: lambda parameter: str(parameter.default),
}
"""What of a parameter is shown, where it is not the whole of it."""


def breakages(old: griffe.Object, new: griffe.Object) -> Iterator[Difference]:
    """Tell what griffe finds between two modules; parameters that moved are told once for a function."""
    found = [
        each
        for each in griffe.find_breaking_changes(old, new)
        if each.kind not in TOLD_BY_PASSES and not _is_told_elsewhere(each.obj)
    ]
    for (_, kind), group in groupby(found, key=lambda each: (each.obj.path, each.kind)):
        if kind is BreakageKind.PARAMETER_MOVED:
            yield _moved(_old_of(next(group), old), new)
        else:
            yield from (_difference(each, old, new) for each in group)


def _is_told_elsewhere(obj: griffe.Object) -> bool:
    """Whether a class has it from another one, which tells it, or it is gone from a list of exports."""
    exported = obj.parent.exports if isinstance(obj.parent, griffe.Module) else None
    return obj.is_alias or obj.name in (exported or ())


def _difference(found: griffe.Breakage, old: griffe.Object, new: griffe.Object) -> Difference:
    if found.kind is BreakageKind.OBJECT_REMOVED:
        return Difference("key-removed" if is_key(found.obj) else "object-removed", found.obj, None)
    before = _old_of(found, old)
    after = found.obj
    if found.kind is BreakageKind.OBJECT_CHANGED_KIND:
        return Difference("object-kind-changed", before, after, was=_kind(before), now=_kind(after))
    parameter = found.old_value or found.new_value
    show = _SHOWN.get(found.kind)
    was, now = (show(found.old_value), show(found.new_value)) if show else (None, None)
    return Difference(_PARAMETERS[found.kind], before, after, param=parameter.name, was=was, now=now)


def _moved(old: griffe.Object, new_tree: griffe.Object) -> Difference:
    new = new_tree[_below(old, new_tree)]
    return Difference("parameter-moved", old, new, was=_positions(old), now=_positions(new))


def _old_of(found: griffe.Breakage, tree: griffe.Object) -> griffe.Object:
    """Find the old object of the path: all but a removal are told of the new one."""
    old: griffe.Object = tree[_below(found.obj, tree)]
    return old


def _below(obj: griffe.Object, tree: griffe.Object) -> str:
    return obj.path.removeprefix(f"{tree.path}.")


def _kind(obj: griffe.Object) -> str:
    """Name the kind of an object in the words of scripts."""
    if "property" in obj.labels:
        return "property"
    return "method" if obj.is_function and isinstance(obj.parent, griffe.Class) else obj.kind.value


def _positions(function: griffe.Object) -> str:
    assert isinstance(function, griffe.Function)
    kinds = (griffe.ParameterKind.positional_only, griffe.ParameterKind.positional_or_keyword)
    return ", ".join(each.name for each in function.parameters if each.kind in kinds and each.name != "self")
