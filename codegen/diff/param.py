"""One argument on both sides: how it is called, what it takes, and how it is sent.

One edit is told once. What follows from another change is left out: an encoder that goes with the type or the
place, a default that nobody needs any more, a name on the wire that is the argument's own.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codegen.diff.gates import compare_ranges
from codegen.diff.lifecycle import compare_aliases, compare_deprecation
from codegen.diff.note import Note, Notes, became, shown
from codegen.diff.positions import pulls, pushes, still_runs
from codegen.diff.types import type_change
from codegen.diff.words import told_anew

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen import ir
    from codegen.diff.context import OperationPair
    from codegen.report.rule import Verdict

_COLLECTIONS = frozenset({"csv", "repeat", "json", "json_list"})
"""Encoders that write the items of a list."""


def compare_param(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    """Tell what differs of one argument."""
    parts = _PARTS if old.is_const == new.is_const else (_scope,)
    before = _with_new_names(pair, old)
    for part in parts:
        for note in part(pair, before, new):
            inner = f".{note.at}" if note.at else ""
            at, was_at = f"params.{new.name}{inner}", f"params.{old.name}{inner}"
            yield replace(note, part=new.name, at=at, was_at=was_at)


def _with_new_names(pair: OperationPair, param: ir.Param) -> ir.Param:
    """Let what refers to renamed parameters and operations refer to their new names."""
    params, operations = pair.new_name, pair.apis.new_name
    return replace(
        param,
        wrap=params.get(param.wrap or "", param.wrap),
        default_for=params.get(param.default_for or "", param.default_for),
        choices_from=operations.get(param.choices_from or "", param.choices_from),
    )


def _same(one: object, other: object) -> bool:
    """Equal, and of one type down to the last item: 1 is not True."""
    return _exact(one) == _exact(other)


def _exact(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _scope(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    before, after = (f"const {shown(each.default)}" if each.is_const else "argument" for each in (old, new))
    yield Note("param-scope-changed", f"{before} -> {after}", before, after, at="const")


def _name(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.name == new.name or old.is_const:
        return
    rule = "param-renamed-with-alias" if old.name in new.aliases else "param-renamed"
    sent = _follows_name(old, new)
    words = f"renamed: {old.name} -> {new.name}" + (", and sent under the new name" if sent else "")
    wire: Verdict | None = "breaking" if sent else None
    yield Note(rule, words, old.name, new.name, in_signature=rule == "param-renamed", wire=wire)


def _follows_name(old: ir.Param, new: ir.Param) -> bool:
    """Whether the name on the wire is the argument's own, and so another after a rename."""
    is_own = old.wire_names == (old.name,) and new.wire_names == (new.name,)
    return is_own and old.name != new.name and _has_wire_name(old) and _has_wire_name(new)


def _has_wire_name(param: ir.Param) -> bool:
    """Whether servers see its name: of a path they see the place, and what is not sent has none."""
    return param.location not in ("path", "none", "address")


def _aliases(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    yield from compare_aliases(old, new, in_signature=True)


def _type(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.type != new.type and not old.is_const:
        change = type_change(old.type, new.type)
        yield became(f"param-type-{change}", "type", old.type, new.type, at="type")


def _location(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.location != new.location:
        # Whether a server minds something that it did not get before, or gets no more, it alone knows.
        wire: Verdict | None = "warning" if "none" in (old.location, new.location) else None
        before, after = ("not sent" if each == "none" else each for each in (old.location, new.location))
        yield became("param-location-changed", "place:", before, after, at="in", wire=wire)


def _wire(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if not (_has_wire_name(old) and _has_wire_name(new)) or _follows_name(old, new):
        return
    before, after = set(old.wire_names), set(new.wire_names)
    if before > after:
        rule = "param-wire-name-dropped"
    elif before < after:
        rule = "param-wire-name-added"
    elif before != after:
        rule = "param-wire-name-changed"
    else:
        return
    yield became(rule, "wire", old.wire_names, new.wire_names, at="wire")


def _encode(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    # Each type and each place has its usual form, so those changes say it already.
    if old.encode != new.encode and old.type == new.type and old.location == new.location:
        is_list = {old.encode, new.encode} <= _COLLECTIONS and old.type.endswith("_array")
        rule = "param-collection-format-changed" if is_list else "param-encoding-changed"
        yield became(rule, "encode", old.encode, new.encode, at="encode")


def _required(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.required != new.required:
        rule = "param-became-required" if new.required else "param-became-optional"
        words = "must be given now" if new.required else "may be left out now"
        yield Note(rule, words, at="required", in_signature=new.required)


def _kind(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.is_const:
        return
    if new.keyword_only and not old.keyword_only:
        # Calls by position go on where others move up, with each value for another argument.
        silent, words = (pulls(pair, old) and still_runs(pair)) or None, "only by keyword now"
        yield Note("param-became-keyword-only", words, at="keyword_only", in_signature=True, silent=silent)
    elif old.keyword_only and not new.keyword_only:
        is_before = pushes(pair, new)
        rule = "positional-param-inserted" if is_before else "param-became-positional"
        words = f"may be given by position now{', before others' if is_before else ''}"
        yield Note(rule, words, at="keyword_only", in_signature=is_before)


def _default(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    before, after = default_of(old), default_of(new)
    if _same(before, after) or old.required != new.required:
        return
    if old.is_const:
        yield became("const-changed", "const", old.default, new.default, at="const")
    elif old.type == new.type or not (_is_literal(old) and _is_literal(new)):
        rule = _default_rule(old, new)
        wire: Verdict | None = "none" if new.location == "none" else None
        # What is no part of the answer (a bar, a line in a log) can change, but no result can.
        source: Verdict | None = "warning" if new.effect else None
        silent = False if new.effect else None
        yield became(
            rule,
            "default",
            before,
            after,
            at="default",
            in_signature=True,
            wire=wire,
            source=source,
            silent=silent,
        )


def _default_rule(old: ir.Param, new: ir.Param) -> str:
    if old.client_default and new.client_default:
        return "default-source-changed"
    if not _has_default(old):
        return "param-default-added"
    if not _has_default(new):
        return "param-default-removed"
    return "param-default-changed" if _is_literal(old) and _is_literal(new) else "param-default-became-lazy"


def _has_default(param: ir.Param) -> bool:
    return param.default is not None or param.client_default is not None


def _is_literal(param: ir.Param) -> bool:
    return param.client_default is None


def default_of(param: ir.Param) -> Any:
    """Return what an argument is when it is left out, as descriptors write it."""
    if param.client_default is None:
        return param.default
    asked = f" for {param.default_for}" if param.default_for else ""
    return f"client.{param.client_default}{asked}"


def _wrap(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.wrap != new.wrap and old.location == new.location:
        yield became("param-wrapping-changed", "wrap", old.wrap, new.wrap, at="wrap")


def _ranges(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    service = pair.apis.services.new.name
    yield from compare_ranges(service, old.server, new.server, pair.facts.deployments)


def _bounds(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    for label, before, after, up_is_narrow in (
        ("min", old.minimum, new.minimum, True),
        ("max", old.maximum, new.maximum, False),
        ("max_items", old.max_items, new.max_items, False),
    ):
        if before != after:
            yield became(_bound_rule(label, before, after, up_is_narrow), label, before, after, at=label)


def _bound_rule(label: str, old: float | None, new: float | None, up_is_narrow: bool) -> str:
    if old is None:
        return "param-bound-set"
    if new is None:
        return "param-bound-loosened"
    narrower = (new > old) == up_is_narrow
    if label == "max_items":
        return "param-max-items-decreased" if narrower else "param-max-items-increased"
    return "param-bound-tightened" if narrower else "param-bound-loosened"


def _choices(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    before, after = ({_exact(each) for each in side.choices} for side in (old, new))
    gone = [shown(each) for each in old.choices if _exact(each) not in after]
    come = [shown(each) for each in new.choices if _exact(each) not in before]
    if not (gone or come):
        return
    if not old.choices or not new.choices:
        rule = "param-became-choices" if new.choices else "param-choices-opened"
        yield became(rule, "choices", old.choices, new.choices, at="choices", nothing="any")
        return
    rule = "param-choice-removed" if gone else "param-choice-added"
    signs = [*(f"-{each}" for each in gone), *(f"+{each}" for each in come)]
    yield Note(rule, f"choices {' '.join(signs)}", shown(old.choices), shown(new.choices), at="choices")


def _documented(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    if old.choices_from != new.choices_from:
        rule = "param-choices-source-changed"
        yield became(rule, "choices_from", old.choices_from, new.choices_from, at="choices_from")
    if old.unit != new.unit:
        rule = "param-unit-changed" if old.unit and new.unit else "param-unit-documented"
        yield became(rule, "unit", old.unit, new.unit, at="unit")
    if not _same(old.server_default, new.server_default):
        both = old.server_default is not None and new.server_default is not None
        rule = "docs-default-changed" if both else "doc-changed"
        yield became(rule, "server_default", old.server_default, new.server_default, at="server_default")
    if old.effect != new.effect:
        yield became("param-effect-changed", "effect", old.effect, new.effect, at="effect")
    yield from told_anew(("doc", old.doc, new.doc), ("aliases_since", old.aliases_since, new.aliases_since))


def _life(pair: OperationPair, old: ir.Param, new: ir.Param) -> Notes:
    yield from compare_deprecation(old.deprecated, new.deprecated)


_PARTS: tuple[Callable[[OperationPair, ir.Param, ir.Param], Notes], ...] = (
    _name,
    _aliases,
    _type,
    _location,
    _wire,
    _encode,
    _required,
    _kind,
    _default,
    _wrap,
    _ranges,
    _bounds,
    _choices,
    _documented,
    _life,
)
