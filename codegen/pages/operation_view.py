"""What a page says of one operation: plain values, already decided. A template only arranges them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.docstring import (
    answers_of,
    bounds_of,
    deprecation_of,
    errors_of,
    facts_of,
    instead,
    kind_of,
    notes_of,
)
from codegen.escape import annotation, literal
from codegen.example import doctest_of
from codegen.pages.ranges import range_in_words
from codegen.prose import either, sentence
from codegen.signature import Signature, signature_of
from codegen.views import is_closed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codegen import ir

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One line of the table of parameters."""

    name: str
    kind: str
    default: str
    """A value as Python writes it; nothing: it has to be given."""
    place: str
    """Where it goes in the request."""
    wire: str
    """What it is called there; nothing: as here, or it is not sent."""
    encode: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An example."""

    title: str
    doctest: str


@dataclass(frozen=True, slots=True)
class Section:
    """One operation on its service's page."""

    name: str
    old_names: tuple[str, ...]
    """Methods that do the same, and warn."""
    summary: str
    paragraphs: tuple[str, ...]
    deprecated: str
    instead: str
    signature: str
    verb: str
    route: str
    versions: str
    facts: tuple[str, ...]
    parameters: tuple[ParameterRow, ...]
    answers: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...]
    examples: tuple[Shown, ...]


def section_of(service: ir.Service, api: ir.Api, operation: ir.Operation, versions: str) -> Section:
    """Decide all that a page says of `operation`, as API version `api` has it, beside `versions`."""
    meanings = {attribute.name: sentence(attribute.doc) for attribute in service.attributes}
    deprecated = operation.deprecated
    return Section(
        name=operation.name,
        old_names=operation.aliases,
        summary=sentence(operation.summary),
        paragraphs=tuple(filter(None, re.split(r"\n[ \t]*\n", (operation.doc or "").strip()))),
        deprecated=f"Deprecated since {deprecated.since}" if deprecated else "",
        instead=(instead(deprecated) or "Do not use it in new code.") if deprecated else "",
        signature=stub_of(operation),
        verb="Makes" if operation.kind == "url" else "Sends",
        route=_route(service, operation),
        versions=versions,
        facts=tuple(_facts(service, operation)),
        parameters=tuple(_parameter(param, operation, meanings) for param in operation.arguments),
        answers=tuple(answers_of(operation)),
        errors=tuple(errors_of(operation)),
        examples=tuple(_examples(service, api, operation)),
    )


def stub_of(operation: ir.Operation) -> str:
    """Write the method as stub files do: a signature without a body."""
    choices = {
        param.name: f"Literal[{', '.join(literal(choice) for choice in param.choices)}]"
        for param in operation.arguments
        if is_closed(param)
    }
    signature = signature_of(operation, choices)
    start = "@property\n" if operation.is_property else ""
    head, tail = f"def {operation.name}(", f") -> {annotation(signature.returns)}: ..."
    parts = ["self", *_written(signature)]
    line = f"{head}{', '.join(parts)}{tail}"
    if len(line) > _WIDTH:
        line = "\n".join([head, *(f"    {part}," for part in parts), tail])
    return start + line


def _written(signature: Signature) -> list[str]:
    written: list[str] = []
    for parameter in signature.parameters:
        if parameter == signature.first_keyword:
            written.append("*")
        default = f" = {literal(parameter.default)}" if parameter.has_default else ""
        written.append(f"{parameter.name}: {annotation(parameter.annotation)}{default}")
    return written


def _route(service: ir.Service, operation: ir.Operation) -> str:
    if operation.kind == "url":
        scheme = f"{operation.scheme}://" if operation.scheme else ""
        return f"{scheme}{{{service.server.key}}}{operation.path}"
    return f"{operation.method} {operation.path}"


def versions_of(service: ir.Service) -> dict[str, str]:
    """Tell of each operation which API versions have it, and whose route each goes through."""
    words: dict[str, list[str]] = {}
    for api in reversed(service.apis):
        for operation in api.operations:
            words.setdefault(operation.name, []).append(
                f"API {api.number}"
                + (f" ({api.stability})" if api.stability != "stable" else "")
                + (f" through the route of API {operation.pin_api}" if operation.pin_api else "")
            )
    return {name: f"In {', '.join(having)}." for name, having in words.items()}


def _facts(service: ir.Service, operation: ir.Operation) -> list[str]:
    """List what else there is to know: how often it is sent, its limits, what the server needs."""
    facts = []
    if operation.kind == "request" and operation.safe:
        facts.append("May be sent again when the connection fails.")
    elif operation.kind == "request":
        facts.append(f"Is sent once. To find out whether it happened: {sentence(operation.check or '')}")
    facts += [f"At most one of {either(f'`{name}`' for name in names)}." for names in operation.exclusive]
    facts += [_always(param) for param in operation.params if param.is_const]
    facts += [f"Sends the header `{name}: {value}`." for name, value in operation.headers]
    facts += [
        sentence(feature.message).removesuffix(".") + ": then it is refused."
        for feature in service.features
        if feature.name == operation.requires
    ]
    facts += [f"Status {status} raises `{name}`." for status, name in operation.errors]
    if operation.server:
        facts.append(f"Needs server {range_in_words(operation.server)}.")
    if operation.timeout is not None:
        facts.append(f"Waits {operation.timeout:g} s for the answer.")
    return facts + notes_of(operation)


def _always(param: ir.Param) -> str:
    return f"Always sends `{'`, `'.join(param.wire_names)}` = `{literal(param.default)}`."


def _parameter(param: ir.Param, operation: ir.Operation, meanings: Mapping[str, str]) -> ParameterRow:
    old = [f"Its old name is {either(f'`{name}`' for name in param.aliases)}."] if param.aliases else []
    needs = [f"Needs server {range_in_words(param.server)}."] if param.server else []
    words = [sentence(param.doc), *facts_of(param, meanings), *bounds_of(param), *needs, *old]
    return ParameterRow(
        name=param.name,
        kind=kind_of(param),
        default="" if param.required else literal(None if param.client_default else param.default),
        place=_place(param, operation),
        wire=" + ".join(param.wire_names) if list(param.wire_names) != [param.name] else "",
        encode="" if param.encode in _AS_IT_IS or param.location == "none" else param.encode,
        words=" ".join(filter(None, [*words, *deprecation_of(param)])),
    )


_AS_IT_IS = {"scalar", "native"}
"""Encoders that need no words: the value as text, or as JSON."""


def _place(param: ir.Param, operation: ir.Operation) -> str:
    if operation.body is not None and operation.body.param == param.name:
        return "whole body"
    return "not sent" if param.location == "none" else param.location


def _examples(service: ir.Service, api: ir.Api, operation: ir.Operation) -> list[Shown]:
    """Show the examples that have an answer. Raw operations are private: their mixins have examples."""
    if operation.raw:
        return []
    return [
        Shown(example.title or "", doctest_of(operation, example, service.attribute))
        for example in shown_examples(api, operation)
    ]


def shown_examples(api: ir.Api, operation: ir.Operation) -> Sequence[ir.Example]:
    """Choose the examples of an operation that pages show."""
    return [
        example for example in operation.examples if example.has_returns and example.api in (None, api.number)
    ]
