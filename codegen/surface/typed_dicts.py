"""Shapes of answers: what scripts read out of a `TypedDict`, however it is written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import griffe

from codegen.surface.annotations import fits
from codegen.surface.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.surface.annotations import Words

_NAME = "TypedDict"
_OPTIONAL = "NotRequired["


def is_functional(attribute: griffe.Attribute) -> bool:
    """Whether a constant is `X = TypedDict("X", {...})`."""
    return str(attribute.value).startswith(f"{_NAME}(")


def as_class(attribute: griffe.Attribute) -> griffe.Class:
    """Make the class that would say the same: keys that are no Python names do not matter here."""
    first, last = attribute.lineno, attribute.endlineno
    made = griffe.Class(attribute.name, bases=[_NAME], lineno=first, endlineno=last)
    call = ast.parse(str(attribute.value), mode="eval").body
    assert isinstance(call, ast.Call)
    for key, kind in ast.literal_eval(call.args[1]).items():
        # In a tuple, since griffe takes dots in a text for a path.
        made.set_member((key,), griffe.Attribute(key, annotation=kind, lineno=first, endlineno=last))
    return made


def is_key(obj: griffe.Object) -> bool:
    """Whether an object is a key of a `TypedDict`."""
    return isinstance(obj.parent, griffe.Class) and [str(base) for base in obj.parent.bases] == [_NAME]


def keys(old: griffe.Object, new: griffe.Object, before: Words, after: Words) -> Iterator[Difference]:
    """Tell keys whose values are of another type, or that may be missing now."""
    assert isinstance(old, griffe.Attribute)
    assert isinstance(new, griffe.Attribute)
    if not is_key(old):
        return
    was, now = _required(old), _required(new)
    if not fits(after.types(now, new.module), before.types(was, old.module)):
        yield Difference("key-type-changed", old, new, was=was, now=now)
    if _is_optional(new) and not _is_optional(old):
        yield Difference("key-became-optional", old, new)


def _is_optional(key: griffe.Attribute) -> bool:
    return str(key.annotation).startswith(_OPTIONAL)


def _required(key: griffe.Attribute) -> str:
    text = str(key.annotation)
    return text[len(_OPTIONAL) : -1] if _is_optional(key) else text
