"""Parameters of a route: what the descriptor sends, against what the document declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codegen.drift.document import UNSAID, Declared, Route, holes
from codegen.drift.note import Note
from codegen.drift.wire_form import collection_fits, forms, type_fits
from codegen.facts import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codegen import ir
    from codegen.drift.described import Described

_SENT = ("query", "header", "body")

Sent = dict[tuple[str, str], list["ir.Param"]]
"""By name and place; arguments that exclude each other may share a name."""


def sent(operation: ir.Operation) -> Sent:
    """Return what an operation may send, without the holes of its path and bodies sent whole."""
    found: Sent = {}
    whole = operation.body.param if operation.body else None
    for param in operation.params:
        if param.location in _SENT and param.name != whole:
            for name in param.wire_names:
                found.setdefault((name, param.location), []).append(param)
    return found


def pair(declared: Declared, params: Sequence[ir.Param], by: Described) -> Iterator[Note]:
    """Compare a parameter with those of the descriptor that have its name."""
    if not any(type_fits(declared.form, param) for param in params):
        own = " or ".join(dict.fromkeys(str(form) for param in params for form in forms(param)))
        yield _note("type-differs", declared, params[0], by, "type", own, str(declared.form))
    else:
        yield from _details(declared, params, by)
    if declared.spot != "path":
        yield from _needs(declared, params, by)


def _note(
    rule: str, declared: Declared, param: ir.Param, by: Described, field: str, old: object, new: object
) -> Note:
    what = _NAMED[rule].format(old=old, new=new)
    text = f"{declared.spot} parameter {declared.name!r}: {what}"
    return Note(rule, text, at(param.origins, field), by, declared.name, str(old), str(new))


_NAMED = {
    "type-differs": "{old} is sent, the server declares {new}",
    "collection-format-differs": "the array is sent as {old}, the server reads {new}",
    "required-there": "callers may leave it out, the server demands it",
    "required-here": "callers have to pass it, the server does not demand it",
    "values-unknown": "of {new}, the descriptor allows {old} only",
    "values-gone": "the descriptor allows {old}, the server {new} only",
    "values-open": "the descriptor allows {old} only, the document any {new}",
    "bound-tighter": "the descriptor allows {old}, the server {new} only",
    "bound-wider": "the descriptor allows {old} only, the document {new}",
    "server-default-differs": "the documentation says {old}, the server uses {new}",
}


def _needs(declared: Declared, params: Sequence[ir.Param], by: Described) -> Iterator[Note]:
    if declared.required and all(param.can_be_unset for param in params):
        yield _note("required-there", declared, params[0], by, "required", "optional", "required")
    elif not declared.required and all(param.required for param in params):
        yield _note("required-here", declared, params[0], by, "required", "required", "optional")


def _details(declared: Declared, params: Sequence[ir.Param], by: Described) -> Iterator[Note]:
    if not any(collection_fits(declared.form, param) for param in params):
        own = forms(params[0])[0].collection
        yield _note(
            "collection-format-differs", declared, params[0], by, "encode", own, declared.form.collection
        )
    for param in params:
        if declared.form.type is not None:
            yield from _values(declared, param, by)
            yield from _bounds(declared, param, by)
        told = param.server_default
        if declared.default is not UNSAID and told is not None and _text(declared.default) != _text(told):
            yield _note(
                "server-default-differs",
                declared,
                param,
                by,
                "server_default",
                _text(told),
                _text(declared.default),
            )


def _values(declared: Declared, param: ir.Param, by: Described) -> Iterator[Note]:
    own, theirs = (tuple(map(str, values)) for values in (param.choices, declared.values))
    mine, yours = ", ".join(own) or "anything", ", ".join(theirs)
    if not theirs:
        if own:
            yield _note("values-open", declared, param, by, "choices", mine, str(declared.form))
        return
    if own and not set(theirs) <= set(own):
        yield _note("values-unknown", declared, param, by, "choices", mine, yours)
    if not own or not set(own) <= set(theirs):
        yield _note("values-gone", declared, param, by, "choices", mine, yours)


def _bounds(declared: Declared, param: ir.Param, by: Described) -> Iterator[Note]:
    # Both ends are turned so that more is tighter; no bound is the loosest.
    own = _tightness(param.minimum, param.maximum)
    theirs = _tightness(declared.minimum, declared.maximum)
    spans = _span(param.minimum, param.maximum), _span(declared.minimum, declared.maximum)
    field = "max" if own[0] == theirs[0] else "min"
    if any(there > here for here, there in zip(own, theirs, strict=True)):
        yield _note("bound-tighter", declared, param, by, field, *spans)
    if any(here > there for here, there in zip(own, theirs, strict=True)):
        yield _note("bound-wider", declared, param, by, field, *spans)


def _tightness(minimum: float | None, maximum: float | None) -> tuple[float, float]:
    loosest = float("-inf")
    return loosest if minimum is None else minimum, loosest if maximum is None else -maximum


def _span(minimum: float | None, maximum: float | None) -> str:
    ends = [f">= {minimum:g}"] if minimum is not None else []
    return " and ".join(ends + ([f"<= {maximum:g}"] if maximum is not None else [])) or "any number"


def _text(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def path_params(route: Route, path: str, by: Described) -> Iterator[Note]:
    """Compare the holes of a path, which descriptors and servers may call differently."""
    own, theirs = holes(by.operation.path), holes(path)
    origin = at(by.operation.origins, "path")
    if any(name in theirs and theirs.index(name) != place for place, name in enumerate(own)):
        told = ", ".join(own), ", ".join(theirs)
        yield Note(
            "hole-moved", f"the path has the holes {told[0]}, the server {told[1]}", origin, by, None, *told
        )
        return
    for name, there in zip(own, theirs, strict=True):
        declared = route.param(there, "path")
        params = [
            param for param in by.operation.params if param.location == "path" and name in param.wire_names
        ]
        if declared is not None and params:
            yield from pair(declared, params, by)
