"""What must hold for one parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from codegen import alias_checks, ir
from codegen.facts import Facts, at
from codegen.grammar import identifier_fault, range_fault
from codegen.language import HEADER, HOLE
from codegen.literals import article, conforms
from codegen.problems import Problem, suggest
from codegen.vocabulary import ARRAYS, ENCODERS, FORBIDDEN_HEADERS, RESERVED_PARAMETERS

ParamCheck = Callable[[ir.Param, Facts], Iterator[Problem]]

_NUMBERS = ("int", "float", "id")
_UNTYPED = ("any", "json")
_OF_ARGUMENTS = (
    "default", "required", "keyword_only", "effect", "choices", "min", "max", "max_items", "aliases",
    "aliases_since",
)  # fmt: skip
"""What means nothing for a constant."""


def _name(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    fault = identifier_fault(param.name, RESERVED_PARAMETERS)
    if fault:
        yield Problem(at(param.origins), fault, "Choose another name and say `wire`.")


def _complete(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    if not param.is_const:
        for field in ("type", "doc"):
            if field not in param.origins:
                yield Problem(at(param.origins), f"{field!r} is missing.")
    if "in" not in param.origins and param.location == "none" and param.effect is None:
        yield Problem(
            at(param.origins), "'in' is missing.", "in: path, query, body, header, address or none."
        )


def _const(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    if not param.is_const:
        return
    for field in _OF_ARGUMENTS:
        if field in param.origins:
            yield Problem(
                at(param.origins, field), f"{field!r} means nothing beside 'const', which is no argument."
            )
    if param.location == "none" and "in" in param.origins:
        yield Problem(at(param.origins, "in"), "a constant that is not sent does nothing.", "Remove it.")
    if param.default is None:
        yield Problem(at(param.origins, "const"), "a constant null is never sent.", "Remove it.")
    elif not conforms(param.type, param.default):
        yield Problem(at(param.origins, "const"), f"{_show(param.default)} is not {article(param.type)}.")


def _default(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    if param.is_const or "default" not in param.origins:
        return
    origin = at(param.origins, "default")
    if param.required:
        yield Problem(origin, "a required parameter has no default.", "Remove one of the two.")
    elif param.client_default is not None:
        yield from _client_default(param.client_default, param, facts, origin)
    elif param.default is not None and not conforms(param.type, param.default):
        yield Problem(origin, f"{_show(param.default)} is not {article(param.type)}.")


def _client_default(name: str, param: ir.Param, facts: Facts, origin: ir.Origin) -> Iterator[Problem]:
    held = facts.attributes.get(name)
    if held is None:
        known = suggest(name, facts.attributes)
        yield Problem(origin, f"the service's 'attributes' have no {name!r}.", known)
    elif not _fits(held, param.type):
        yield Problem(origin, f"client.{name} is {article(held)}, the parameter {article(param.type)}.")


def _fits(held: str, wanted: str) -> bool:
    both_numbers = held in _NUMBERS and wanted in _NUMBERS
    return held == wanted or both_numbers or wanted in _UNTYPED or held in _UNTYPED


def _choices(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    for position, choice in enumerate(param.choices):
        if not conforms(param.type, choice):
            origin = at(param.origins, f"choices[{position}]")
            yield Problem(origin, f"{_show(choice)} is not {article(param.type)}.")
    is_literal = param.choices and not param.is_const and param.default is not None
    if is_literal and param.default not in param.choices:
        yield Problem(at(param.origins, "default"), f"{_show(param.default)} is not one of the choices.")


def _bounds(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    for field in ("min", "max"):
        if field in param.origins and param.type not in _NUMBERS:
            yield Problem(
                at(param.origins, field), f"{field!r} bounds numbers, and this is {article(param.type)}."
            )
    if "max_items" in param.origins and param.type not in ARRAYS:
        yield Problem(
            at(param.origins, "max_items"), f"'max_items' counts items, and this is {article(param.type)}."
        )
    low, high = param.minimum, param.maximum
    if low is not None and high is not None and low > high:
        yield Problem(at(param.origins, "min"), f"min {low} is above max {high}.")
    value = param.default
    if type(value) in (int, float) and not _lies_between(value, low, high):
        yield Problem(at(param.origins, "default"), f"{value} lies outside min and max.")


def _lies_between(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _encode(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    if param.location in ("none", "address"):
        if "encode" in param.origins:
            what = "it is not sent" if param.location == "none" else "an address is written as it is"
            yield Problem(at(param.origins, "encode"), f"{what}, so nothing encodes it.", "Remove it.")
        return
    if not param.encode:
        fitting = [
            name
            for name, word in ENCODERS.items()
            if word.writes(param.type) and param.location in word.places
        ]
        message = f"{article(param.type)} has no usual form in a {param.location}: 'encode' is missing."
        yield Problem(at(param.origins), message, f"Known: {', '.join(fitting)}.")
        return
    word = ENCODERS[param.encode]
    origin = at(param.origins, "encode")
    if not word.writes(param.type):
        fitting = [name for name, each in ENCODERS.items() if each.writes(param.type)]
        yield Problem(
            origin, f"{param.encode} does not write {article(param.type)}.", f"Known: {', '.join(fitting)}."
        )
    elif param.location not in word.places:
        yield Problem(origin, f"{param.encode} does not write into a {param.location}.")


def _wire(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    origin = at(param.origins, "wire")
    if param.location in ("none", "address") and "wire" in param.origins:
        what = "it is not sent" if param.location == "none" else "it is where the call goes"
        yield Problem(origin, f"{what}, so it has no name on the wire.", "Remove it.")
    if len(set(param.wire_names)) < len(param.wire_names):
        yield Problem(origin, "a name on the wire stands here twice.")
    if param.location == "path":
        if len(param.wire_names) != 1 or not re.fullmatch(str(HOLE.pattern), param.wire_names[0]):
            yield Problem(origin, "a path parameter fills one hole.")
        elif (
            not param.required
            and not param.is_const
            and param.default is None
            and param.client_default is None
        ):
            yield Problem(
                at(param.origins), "a hole of the path is never empty.", "Say `required` or a `default`."
            )
    if param.location == "header":
        for name in param.wire_names:
            if not re.fullmatch(str(HEADER.pattern), name) or name.lower() in FORBIDDEN_HEADERS:
                yield Problem(origin, f"{name!r} is no header that a parameter may set.")


def _server(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    for text in param.server:
        fault = range_fault(text)
        if fault:
            yield Problem(at(param.origins, "server"), fault)


def _effect(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    if param.effect is None:
        return
    if param.location != "none":
        yield Problem(
            at(param.origins, "effect"), "a parameter that is sent has no effect of its own.", "Say in: none."
        )
    if param.type != "bool":
        yield Problem(at(param.origins, "type"), f"{param.effect} is switched by a bool.")


def _show(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


PARAM_CHECKS: tuple[tuple[ParamCheck, tuple[str, ...]], ...] = (
    (_name, ()),
    (_complete, ()),
    (_const, ("const", "type", "in")),
    (_default, ("default", "type", "required")),
    (_choices, ("choices", "type", "default")),
    (_bounds, ("min", "max", "max_items", "type", "default")),
    (_encode, ("encode", "type", "in")),
    (_wire, ("wire", "in", "required", "default")),
    (_server, ("server",)),
    (_effect, ("effect", "in", "type")),
    (alias_checks.of_parameter, ("aliases", "aliases_since", "required", "const")),
)
"""Each check, and the fields that it reads."""
