"""Parameters of a new operation, from what a document declares."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from codegen.drift.document import UNSAID, Declared, holes
from codegen.drift.yaml_text import Todo
from codegen.grammar import identifier_fault
from codegen.language import WIRE_NAME
from codegen.prose import sentence
from codegen.vocabulary import RESERVED_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.drift.document import Route

Fields = dict[str, Any]

_SCALARS = {"boolean": "bool", "integer": "int", "number": "float", "string": "str"}
_ARRAYS = {"integer": "int_array", "string": "str_array"}
_LIKE_AN_ID = re.compile(r"(?:^|_)r?ids?$")
"""Names of what may be ids of 64 bits; documents call them integers, as they call all numbers."""
_ENCODERS = {"csv": None, "multi": "repeat"}


class Params:
    """Writes parameters as the version before writes those of the same holes.

    Parameters
    ----------
    service : ir.Service
        The service.
    parent : ir.Api
        The version that is extended.
    """

    def __init__(self, service: ir.Service, parent: ir.Api) -> None:
        self._filled = {hole for hole, _ in service.hole_defaults}
        self._known = _known_holes(parent)

    def of(self, path: str, route: Route) -> tuple[Mapping[str, Fields], Fields | None]:
        """Return the parameters by Python name, required ones first, and the body where it is sent whole."""
        found = [self._hole(hole, route) for hole in holes(path) if hole not in self._filled]
        found += [(each.name, _declared(each)) for each in route.params if each.spot != "path"]
        named: dict[str, Fields] = {}
        for wire, fields in found:
            name = _python_name(wire, fields, named)
            named[name] = fields if name == wire or "wire" in fields else _with_wire(fields, wire)
        body: Fields | None = None
        if route.body == "whole":
            whole = {"type": "json", "in": "body", "required": True, "doc": Todo("what it holds")}
            name = _python_name("document", whole, named)
            named[name], body = whole, {"json": name}
        for fields in named.values():
            if fields.get("default_for") not in (None, *named):
                del fields["default_for"]
        ordered = sorted(named.items(), key=lambda entry: not entry[1].get("required", False))
        return dict(ordered), body

    def _hole(self, hole: str, route: Route) -> tuple[str, Fields]:
        known = self._known.get(hole)
        if known is not None:
            return known[0], dict(known[1])
        declared = route.param(hole, "path") or Declared(hole, "path")
        fields = _declared(declared)
        if declared.form.type is None:
            fields["type"] = "str"
        return hole, fields


def _known_holes(parent: ir.Api) -> Mapping[str, tuple[str, Fields]]:
    """Return how the version before writes each hole most often; its text only where all have the same."""
    written: dict[str, list[ir.Param]] = {}
    for operation in parent.operations:
        for param in operation.params:
            if param.location == "path" and len(param.wire_names) == 1:
                written.setdefault(param.wire_names[0], []).append(param)
    return {hole: _usual(params) for hole, params in written.items()}


def _usual(params: list[ir.Param]) -> tuple[str, Fields]:
    ways = Counter(repr((param.name, _as_written(param))) for param in params)
    usual = max(params, key=lambda param: ways[repr((param.name, _as_written(param)))])
    docs = {param.doc for param in params}
    doc = docs.pop() if len(docs) == 1 else Todo("what it means")
    return usual.name, {**_as_written(usual), "doc": doc}


def _as_written(param: ir.Param) -> Fields:
    default = f"client.{param.client_default}" if param.client_default else param.default
    wire = param.wire_names[0] if param.wire_names[0] != param.name else None
    values = {
        "type": param.type,
        "in": "path",
        "wire": wire,
        "required": param.required or None,
        "default": default,
        "default_for": param.default_for,
        "unit": param.unit,
    }
    return {key: value for key, value in values.items() if value is not None}


def _declared(declared: Declared) -> Fields:
    kind, encode = _type(declared)
    fields: Fields = {
        "type": kind,
        "in": declared.spot if declared.spot != "form" else Todo("forms cannot be sent"),
    }
    if declared.required or declared.spot == "path":
        fields["required"] = True
    if encode is not None:
        fields["encode"] = encode
    if declared.values and not isinstance(kind, Todo) and kind not in _ARRAYS.values():
        fields["choices"] = list(declared.values)
    for key, bound in (("min", declared.minimum), ("max", declared.maximum)):
        if bound is not None:
            fields[key] = bound
    if declared.default is not UNSAID and declared.default is not None and not declared.required:
        fields["server_default"] = declared.default
    told = sentence(declared.text)
    fields["doc"] = told[:1].upper() + told[1:] if told else Todo("what it means")
    return fields


def _type(declared: Declared) -> tuple[str, str | None]:
    form = declared.form
    if form.type == "integer" and _LIKE_AN_ID.search(declared.name):
        return Todo("id or int"), None
    if form.type in _SCALARS:
        return _SCALARS[form.type], None
    if form.type == "object" and declared.spot == "body":
        return "mapping", None
    if form.type == "array" and form.items in _ARRAYS:
        collection = form.collection or "csv"
        kind = _ARRAYS[form.items or ""]
        if form.items == "integer" and _LIKE_AN_ID.search(declared.name):
            kind = Todo("id_array or int_array")
        if declared.spot == "body" or collection in _ENCODERS:
            return kind, _ENCODERS.get(collection) if declared.spot == "query" else None
        return kind, Todo(f"arrays joined as {re.sub('[^a-z]', '', collection)}")
    if form.type == "array" and declared.spot == "body":
        return "json", None
    said = re.sub(r"[^a-z ]", "", str(form).replace("(", "").replace(")", ""))
    return Todo(f"the document says {said}"), None


def _python_name(wire: str, fields: Fields, taken: Mapping[str, Fields]) -> str:
    name = re.sub(r"[^A-Za-z0-9_]+", "_", wire).strip("_")
    name = name if name[:1].isalpha() else f"value_{name}".rstrip("_")
    if identifier_fault(name, RESERVED_PARAMETERS):
        name = f"{name}_value"
    if name in taken:
        name = f"{name}_in_{fields['in']}" if not isinstance(fields["in"], Todo) else f"{name}_in_form"
    return name


def _with_wire(fields: Fields, wire: str) -> Fields:
    is_known = re.fullmatch(WIRE_NAME.pattern or "", wire) is not None
    return {
        **fields,
        "wire": wire if is_known else Todo("the language cannot write the name that the document has"),
    }
