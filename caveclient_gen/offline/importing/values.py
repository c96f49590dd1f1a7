"""One column of a file as one kind of value, exactly: an id never passes through a float."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from caveclient_gen.errors import CAVEError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

__all__ = ["as_kind", "guess_kind"]

WHOLE = r"^\s*[+-]?[0-9]+\s*$"
NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$|^\s*[+-]?([nN]a[nN]|[iI]nf(inity)?)\s*$"
ZONE = r"(Z|[+-]\d\d(:?\d\d)?)"
MOMENT = rf"^\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?{ZONE}?)?$"
YES, NO = ("t", "true", "1", "yes", "y"), ("f", "false", "0", "no", "n")
WRITTEN_AS_FLOAT = r"^\s*[+-]?[0-9]*\.?[0-9]+[eE]|^\s*[+-]?[0-9]+\.[0-9]*\s*$"


def guess_kind(name: str, values: Any) -> str:
    """Say what a column looks like, from its first values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    for test, answer in (
        (pa.types.is_integer, "id"),
        (_is_whole_decimal, "id"),
        (pa.types.is_floating, "float"),
        (pa.types.is_decimal, "float"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_temporal, "time"),
        (pa.types.is_list, "position"),
        (pa.types.is_large_list, "position"),
        (pa.types.is_fixed_size_list, "position"),
        (pa.types.is_binary, "position"),
        (pa.types.is_large_binary, "position"),
        (pa.types.is_nested, None),
    ):
        if test(kind):
            if answer is None:
                raise CAVEError(f"Leave it out in a schema file: the column {name!r} holds {kind}.")
            return answer
    present = _text(name, values).drop_null()
    if not len(present) or kind == pa.null():
        return "string"
    for pattern, answer in ((WHOLE, "id"), (NUMBER, "float"), (r"^[tf]$|^[tT]rue$|^[fF]alse$", "boolean")):
        if pc.all(pc.match_substring_regex(present, pattern)).as_py():
            return answer
    return "string"


def as_kind(name: str, kind: str, values: Any, first_row: int) -> Any:
    """Convert a column.

    Parameters
    ----------
    name : str
        For messages.
    kind : str
        "id", "integer", "float", "string", "boolean" or "time".
    values : Any
        What the file has.
    first_row : int
        The number of the first of these rows, for messages.

    Raises
    ------
    CAVEError
        A value is of another kind. The message names the first one and its row.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return _READERS[kind](name, values, first_row)


def _whole(name: str, values: Any, first_row: int, *, kind: pa.DataType, what: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(values.type) and (
        what == "id" or not pc.all(pc.equal(pc.floor(values), values), min_count=0).as_py()
    ):
        raise CAVEError(
            f"Export {name!r} as whole numbers or as text: the file holds them as {values.type}, "
            f"which keeps 16 digits of an id at most."
        )
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    if not any(test(values.type) for test in numbers):
        text = _text(name, values)
        _refuse_others(name, text, WHOLE, first_row, what)
        values = pc.utf8_trim_whitespace(text)
        values = pc.replace_substring_regex(values, r"^\+", "")
    try:
        return values.cast(kind)
    except pa.ArrowInvalid as error:
        raise CAVEError(
            f"Mend the column {name!r}, near row {first_row}: a number does not fit {kind} "
            f"({str(error)[:120]})."
        ) from None


def _id(name: str, values: Any, first_row: int) -> Any:
    import pyarrow as pa

    return _whole(name, values, first_row, kind=pa.int64(), what="id")


def _integer(name: str, values: Any, first_row: int) -> Any:
    import pyarrow as pa

    return _whole(name, values, first_row, kind=pa.int32(), what="integer")


def _float(name: str, values: Any, first_row: int) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if _is_text(values.type):
        text = _text(name, values)
        _refuse_others(name, text, NUMBER, first_row, "number")
        return _cast(name, pc.utf8_trim_whitespace(text), pa.float64())
    return _cast(name, values, pa.float32() if values.type == pa.float32() else pa.float64())


def _boolean(name: str, values: Any, first_row: int) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(values.type):
        return values
    text = pc.utf8_lower(pc.utf8_trim_whitespace(_text(name, values)))
    _refuse_others(name, text, f"^({'|'.join((*YES, *NO))})$", first_row, "yes or no (t or f)")
    return pc.if_else(pc.is_null(text), pa.scalar(None, pa.bool_()), pc.is_in(text, value_set=pa.array(YES)))


def _string(name: str, values: Any, first_row: int) -> Any:
    return _text(name, values)


def _time(name: str, values: Any, first_row: int) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = pa.timestamp("us", tz="UTC")
    if _is_text(values.type):
        text = pc.utf8_trim_whitespace(_text(name, values))
        _refuse_others(name, text, MOMENT, first_row, "moment")
        return _cast(name, _with_zone(text), pa.timestamp("ns", tz="UTC")).cast(kind, safe=False)
    if pa.types.is_timestamp(values.type) and values.type.tz is None:
        return pc.assume_timezone(values.cast(pa.timestamp("us"), safe=False), "UTC")
    if pa.types.is_timestamp(values.type):
        return values.cast(kind, safe=False)
    if pa.types.is_integer(values.type):
        raise CAVEError(
            f"Export {name!r} as moments, or give its kind in a schema file: the file holds them as "
            f"{values.type}, and does not say since when they count, nor in what."
        )
    return _cast(name, _cast(name, values, pa.timestamp("us")), kind)


def _with_zone(text: Any) -> Any:
    """Write moments with their zone, which is UTC where they say none, as in databases of CAVE."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.if_else(
        pc.equal(pc.utf8_length(text), pa.scalar(10, pa.int32())),
        pc.binary_join_element_wise(text, "00:00", " "),
        text,
    )
    text = pc.replace_substring_regex(text, r"(\.\d{1,9})\d*", r"\1")
    has_zone = pc.match_substring_regex(text, rf":.*{ZONE}$")
    return pc.if_else(has_zone, text, pc.binary_join_element_wise(text, "Z", ""))


def _cast(name: str, values: Any, kind: pa.DataType) -> Any:
    import pyarrow as pa

    try:
        return values.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise CAVEError(f"Mend the column {name!r}: {str(error).splitlines()[0][:200]}.") from None


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_whole_decimal(kind: pa.DataType) -> bool:
    """Whether it is how some databases write 64-bit integers."""
    import pyarrow as pa

    return isinstance(kind, pa.Decimal128Type | pa.Decimal256Type) and kind.scale == 0


def _text(name: str, values: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values if values.type == pa.string() else _cast(name, values, pa.string())


def _refuse_others(name: str, text: Any, pattern: str, first_row: int, what: str) -> None:
    """Refuse the first value that does not look as it must."""
    import pyarrow.compute as pc

    fits = pc.fill_null(pc.match_substring_regex(text, pattern), True)
    if pc.all(fits, min_count=0).as_py():
        return
    place = pc.index(fits, False).as_py()
    value = text[place].as_py()
    where = f"row {first_row + place} has {value[:60]!r}"
    if what in ("id", "integer") and re.match(WRITTEN_AS_FLOAT, value):
        raise CAVEError(
            f"Export {name!r} as whole numbers: {where}, a float, which keeps 16 digits of an id at most. "
            "If it is no id, say so in a schema file."
        )
    raise CAVEError(
        f"Mend the column {name!r}, or give its kind in a schema file: {where}, which is no {what}."
    )


_READERS: dict[str, Callable[[str, Any, int], Any]] = {
    "id": _id,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "string": _string,
    "time": _time,
}
