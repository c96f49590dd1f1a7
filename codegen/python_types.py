"""Python types of arguments and answers, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.escape import literal

if TYPE_CHECKING:
    from codegen import ir

ARGUMENTS = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "datetime": "TimeLike",
    "id": "IdLike",
    "id_array": "IdsLike",
    "int_array": "IntsLike",
    "str_array": "StrsLike",
    "bounds": "BoundsLike",
    "point": "PointLike",
    "point_array": "PointsLike",
    "resolution": "ResolutionLike",
    "mapping": "Mapping[str, Any]",
    "json": "JSON",
    "any": "Any",
}
"""Type of a parameter in the spec -> annotation of the argument."""

CASTS = {
    "id": "int",
    "id_array": "IdArray",
    "datetime": "datetime",
    "datetime_array": "list[datetime]",
    "id_array_map": "dict[int, IdArray]",
    "bool_array": "BoolArray",
}
"""Cast of an answer -> annotation of the value. `array` follows its dtype."""

DECODES = {
    "arrow_stream": "pa.Table",
    "text": "str",
    "bytes": "bytes",
    "none": "None",
    "gzip_text": "str",
    "gzip_bytes": "bytes",
}
"""Decoder of an answer -> annotation of the value, where nothing else decides."""

ALIASES = frozenset(
    [
        "JSON",
        "BoolArray",
        "BoundsLike",
        "FloatArray",
        "IdArray",
        "IdLike",
        "IdsLike",
        "IntsLike",
        "PointLike",
        "PointsLike",
        "ResolutionLike",
        "StrsLike",
        "TimeLike",
    ]
)
"""Annotations that the runtime's `typing` names; a generated module imports those that it uses."""

_ARRAYS = {"f": "FloatArray", "b": "BoolArray", "i": "IdArray", "u": "IdArray"}


def argument(param: ir.Param) -> str:
    """Annotate the argument that `param` becomes, without regard to its default."""
    return ARGUMENTS[param.type]


def answer(operation: ir.Operation, arm: ir.Arm) -> str:
    """Annotate what `operation` returns when the answer takes the form of `arm`."""
    if operation.kind == "url":
        return "str"
    value = _value(arm)
    return f"Answer[{value}]" if operation.has_envelope else value


def union(annotations: tuple[str, ...]) -> str:
    """Join the annotations of several arms, each once; Any swallows the others."""
    distinct = tuple(dict.fromkeys(annotations))
    return "Any" if "Any" in distinct else " | ".join(distinct)


def only(value: object) -> str:
    """Annotate an argument that must be exactly `value`."""
    return f"Literal[{literal(value)}]"


def _value(arm: ir.Arm) -> str:
    if arm.cast == "array" or (arm.decode == "ndarray" and arm.cast is None):
        return _array(arm.dtype or "")
    if arm.cast is not None:
        return CASTS[arm.cast]
    if arm.decode in DECODES:
        return DECODES[arm.decode]
    if arm.returns is not None:
        return arm.returns
    return "dict[int, Any]" if arm.map_keys == "int" else "Any"


def _array(dtype: str) -> str:
    kind = dtype.lstrip("<>=|")[:1]
    return _ARRAYS[kind]
