"""How parameters of descriptors cross the network, in the words of Swagger documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.drift.document import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codegen import ir

ANYTHING = Form()
_TEXT = Form("string")
_NUMBER = Form("number")

_SCALARS = {
    "bool": Form("boolean"),
    "int": Form("integer"),
    "id": Form("integer"),
    "float": _NUMBER,
    "str": _TEXT,
    "datetime": _TEXT,
}
_ITEMS = {
    "id_array": "integer",
    "int_array": "integer",
    "str_array": "string",
    "bounds": "array",
    "point": "number",
    "point_array": "array",
    "resolution": "number",
}


def _native(param: ir.Param) -> tuple[Form, ...]:
    if param.type in _ITEMS:
        return (Form("array", _ITEMS[param.type]),)
    return (_SCALARS.get(param.type, Form("object") if param.type == "mapping" else ANYTHING),)


def _joined(param: ir.Param) -> tuple[Form, ...]:
    # A server may split the text itself, and a hole of a path is a text to it always: the wire is the same.
    return (Form("array", _ITEMS.get(param.type), "csv"), _TEXT)


_FORMS: Mapping[str, Callable[[ir.Param], tuple[Form, ...]]] = {
    "scalar": _native,
    "native": _native,
    "csv": _joined,
    "repeat": lambda param: (Form("array", _ITEMS.get(param.type), "multi"),),
    "epoch_seconds": lambda _: (_NUMBER,),
    "iso_utc_micros": lambda _: (_TEXT,),
    "iso_utc_offset": lambda _: (_TEXT,),
    "json": lambda _: (_TEXT,),
    "json_list": lambda _: (_TEXT,),
    "bounds_str": lambda _: (_TEXT,),
    "browser_json": lambda _: (ANYTHING,),
}
"""For each encoder, the forms that mean the same on the wire; the first is what messages name."""


def forms(param: ir.Param) -> tuple[Form, ...]:
    """Return the forms in which a document may declare a parameter that is sent as this one is."""
    return (Form("object"),) if param.wrap is not None else _FORMS[param.encode](param)


def type_fits(declared: Form, param: ir.Param) -> bool:
    """Whether what is sent has the declared type; what is not said fits."""
    return any(_same_type(declared, own) for own in forms(param))


def collection_fits(declared: Form, param: ir.Param) -> bool:
    """Whether an array becomes text in the declared way."""
    if declared.type != "array" or declared.collection is None:
        return True
    return any(own.collection in (None, declared.collection) for own in forms(param) if own.type == "array")


def _same_type(declared: Form, own: Form) -> bool:
    if declared.type is None or own.type is None:
        return True
    if declared.type != own.type:
        return False
    return declared.items is None or own.items is None or declared.items == own.items


_MEDIA: Mapping[str, tuple[str, ...]] = {
    "json": ("application/json",),
    "arrow_stream": ("application/vnd.apache.arrow.stream", "application/octet-stream"),
    "text": ("text/plain", "text/html"),
    "none": (),
}
_BYTES = ("application/octet-stream",)


def media_types(arm: ir.Arm) -> tuple[str, ...]:
    """Return the media types that an answer of this form has; none: it can be any."""
    return arm.media_type or _MEDIA.get(arm.decode, _BYTES)
