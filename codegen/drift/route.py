"""One route: an operation of the descriptors against what the document says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.drift.described import Described, allows
from codegen.drift.note import Note
from codegen.drift.params import Sent, pair, path_params, sent
from codegen.drift.wire_form import media_types
from codegen.facts import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

    from codegen import ir
    from codegen.drift.document import Declared, Route

ANSWER = "answer-type-differs"
_FIELDS = ("query", "header", "body", "form")


def differences(route: Route, path: str, by: Sequence[Described], version: Version | None) -> list[Note]:
    """
    Compare the operations on a route with what a document says of it.

    Parameters
    ----------
    route : Route
        What the document says.
    path : str
        The whole path, with the names that the document gives to its holes.
    by : sequence of Described
        The operations; a difference that several have is told for the first of them.
    version : Version or None
        The server's, where it is known: older ones need not know what is described for newer ones.
    """
    if not by:
        return []
    found = [note for each in by for note in _one(route, path, each, version)]
    return [*found, *_unknown(route, by)]


def _one(route: Route, path: str, by: Described, version: Version | None) -> Iterator[Note]:
    operation = by.operation
    yield from path_params(route, path, by)
    sending = sent(operation)
    bodily = []
    for (name, spot), params in sending.items():
        declared = [each for each in route.params if each.name == name and each.spot in _FIELDS]
        here = next((each for each in declared if each.spot == spot), None)
        if here is not None:
            yield from pair(here, params, by)
        elif declared:
            there = declared[0].spot
            text = f"parameter {name!r}: it is sent in the {spot}, the server reads it from the {there}"
            yield Note("location-differs", text, at(params[0].origins, "in"), by, name, spot, there)
        elif any(allows(param.server, version) for param in params):
            if spot == "body":
                bodily.append((name, params[0]))
            else:
                yield _undeclared(name, spot, params[0], by)
    yield from _body(route, by, bodily)
    yield from _answer(route, by)
    yield from _deprecated(route, by)


def _undeclared(name: str, spot: str, param: ir.Param, by: Described) -> Note:
    text = f"{spot} parameter {name!r}: it is sent, and the document does not declare it"
    return Note("param-undeclared", text, at(param.origins), by, name, spot, None)


def _body(route: Route, by: Described, undeclared: Sequence[tuple[str, ir.Param]]) -> Iterator[Note]:
    body = by.operation.body
    if route.body == "none" and (undeclared or body is not None):
        names = ", ".join(name for name, _ in undeclared) or (body.param if body else "")
        origin = at(by.operation.origins, "body") if body else at(undeclared[0][1].origins)
        text = f"a body is sent ({names}), and the document declares none"
        yield Note("body-undeclared", text, origin, by, "body", names, None)
    elif body is not None and body.kind == "binary" and route.body == "fields":
        names = ", ".join(each.name for each in route.params if each.spot == "body")
        text = f"the body is sent as bytes, and the server reads JSON with {names}"
        yield Note("body-form-differs", text, at(by.operation.origins, "body"), by, "body", "bytes", "JSON")
    elif body is None and route.body == "fields":
        yield from (_undeclared(name, "body", param, by) for name, param in undeclared)


def _unknown(route: Route, by: Sequence[Described]) -> Iterator[Note]:
    """Yield what the server takes and none of the operations sends."""
    sending: Sent = {}
    for each in by:
        sending |= sent(each.operation)
    names = {name for name, _ in sending}
    origin = at(by[0].operation.origins)
    has_body = any(each.operation.body is not None for each in by)
    sends_body = has_body or any(spot == "body" for _, spot in sending)
    if route.body != "none" and not sends_body:
        fields = [each.name for each in route.params if each.spot == "body" and each.name not in names]
        if fields or route.body == "whole":
            text = f"the server takes a body ({', '.join(fields) or 'of any form'}), and none is sent"
            yield Note("body-unknown", text, origin, by[0], "body", None, ", ".join(fields))
    for declared in route.params:
        is_left_out = declared.spot == "path" or declared.name in names
        # One finding tells of a body that nobody sends; one that is sent whole can hold any field.
        if not is_left_out and (declared.spot != "body" or (sends_body and not has_body)):
            yield _unknown_param(declared, by[0], origin)


def _unknown_param(declared: Declared, by: Described, origin: ir.Origin) -> Note:
    rule = "required-param-unknown" if declared.required else "param-unknown"
    takes = "demands" if declared.required else "takes"
    text = f"the server {takes} the {declared.spot} parameter {declared.name!r} ({declared.form})"
    return Note(rule, text, origin, by, declared.name, None, str(declared.form))


def _answer(route: Route, by: Described) -> Iterator[Note]:
    if fits_answer(route, by) is False:
        own = ", ".join(dict.fromkeys(name for arm in by.operation.response for name in media_types(arm)))
        theirs = ", ".join(route.produces)
        text = f"the answer is read as {own}, the document says {theirs}"
        yield Note(ANSWER, text, at(by.operation.origins, "response"), by, "response", own, theirs)


def fits_answer(route: Route, by: Described) -> bool | None:
    """Whether each form of the answer has a declared type, and the other way round; None: nothing is said."""
    arms = [names for arm in by.operation.response if (names := media_types(arm))]
    declared = {_essence(name) for name in route.produces}
    if not arms or not declared or "*/*" in declared:
        return None
    return all(declared & set(arm) for arm in arms) and declared <= {name for arm in arms for name in arm}


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _deprecated(route: Route, by: Described) -> Iterator[Note]:
    own = by.operation.deprecated or by.api.deprecated
    if route.deprecated and own is None:
        yield Note("deprecated-there", "the server calls it deprecated", at(by.operation.origins), by)
    elif own is not None and not route.deprecated:
        place = "deprecated" if by.operation.deprecated else ""
        yield Note(
            "deprecated-here", "the server does not call it deprecated", at(by.operation.origins, place), by
        )
