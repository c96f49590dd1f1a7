"""From the answer of a server to the value of a call.

    choose the arm -> check the media type -> decode the body -> select -> map keys -> cast
                   -> one result per item, if promised -> headers, notices, truncation

`DECODERS` has one function per decoder of the descriptor language, `HEADER_READERS` one per way to read
a header, `CASTS` (in `casts`) one per cast. An answer that is not what the descriptor promises is a
`DecodeError` whose first line says what came instead: a page, nothing, half an array.
"""

from __future__ import annotations

import ast
import gzip
import re
import threading
import zlib
from collections.abc import Callable, Mapping, Sized
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.answer import Answer, notices, truncation
from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen._runtime.bulk import LONG, paused_gc
from caveclient_gen._runtime.casts import CASTS, map_int_keys
from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError
from caveclient_gen._runtime.id_lists import id_lists
from caveclient_gen._runtime.operation import Arm
from caveclient_gen._runtime.request import scrub, without_secrets

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.request import Response

__all__ = ["CASTS", "DECODERS", "HEADER_READERS", "choose_arm", "decode", "row_count"]

_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_MANY_OBJECTS = 1_000_000
"""Bytes of JSON that may become so many objects that walking them takes a while."""
_GZIP = b"\x1f\x8b"


def decode(operation: Operation, arguments: Mapping[str, Any], response: Response) -> Any:
    """
    Turn a successful answer into the value of the call.

    Parameters
    ----------
    operation : Operation
        What was called.
    arguments : mapping
        The normalised arguments, which choose the form of the answer.
    response : Response
        The answer; its status has been checked.

    Returns
    -------
    Any
        The value, or an `Answer` around it if the operation hands out headers.

    Raises
    ------
    DecodeError
        If the answer is not what the descriptor promises.
    """
    arm = choose_arm(operation, arguments)
    try:
        _check_media_type(arm, response)
        value = DECODERS[arm.decode](arm, response)
        value = _keyed(arm, arguments, value)
        _check_count(arm, arguments, value)
        if not operation.envelope:
            return value
        headers = _read_headers(arm, response)
    except DecodeError as error:
        told, cause = _in_context(error, response), error.__cause__
    else:
        cut = truncation(operation, arguments, response, row_count(value))
        return Answer(value, headers, notices(response), cut)
    # Not from there: readers quote the values that they refuse, and some libraries pickle that, too.
    raise told from cause


def choose_arm(operation: Operation, arguments: Mapping[str, Any]) -> Arm:
    """
    Return the form of the answer that these arguments ask for.

    Parameters
    ----------
    operation : Operation
        What is called.
    arguments : mapping
        The normalised arguments, defaults included.

    Returns
    -------
    Arm
        The first arm whose conditions all hold.

    Raises
    ------
    InvalidArgumentError
        If there is none.
    """
    for arm in operation.response:
        if all(arguments.get(name) == wanted for name, wanted in arm.when):
            return arm
    if not operation.response:
        return Arm(decode="none")
    names = sorted({name for arm in operation.response for name, _ in arm.when})
    given = ", ".join(f"{name}={arguments.get(name)!r:.40}" for name in names)
    msg = f"Choose another form of answer: {operation.name} has none for {given}."
    raise InvalidArgumentError(msg)


def row_count(value: Any) -> int:
    """
    Return how many rows or items a decoded value has.

    Parameters
    ----------
    value : Any
        A table, array, list, mapping, or single value.

    Returns
    -------
    int
        Its rows; 1 for a single value.
    """
    rows = getattr(value, "num_rows", None)
    if isinstance(rows, int):
        return rows
    return len(value) if isinstance(value, Sized) and not isinstance(value, (str, bytes)) else 1


def _in_context(error: DecodeError, response: Response) -> DecodeError:
    if error.url:
        return error
    url, operation = without_secrets(response.url), response.request.operation
    kind = response.media_type or "no content type"
    facts = f"{operation or response.request.method}: {url} answered {response.status} with {kind}, "
    return DecodeError(
        f"{scrub(str(error))}\n{facts}{len(response.body)} bytes", url=url, operation=operation
    )


def _check_media_type(arm: Arm, response: Response) -> None:
    is_data = arm.decode in ("json", "ndarray", "arrow_stream", "gzip_json", "gzip_text", "gzip_bytes")
    if is_data and _PAGE.match(response.body):
        msg = (
            "Check the token and the server address: the answer is a web page instead of data, "
            "as from a login page or a proxy."
        )
        raise DecodeError(msg)
    if is_data and not response.body and arm.decode != "ndarray":
        msg = "Send the request again: the answer is empty, and should hold data."
        raise DecodeError(msg)
    if arm.media_type and response.media_type not in arm.media_type:
        expected = " or ".join(arm.media_type)
        msg = (
            f"Check the server address: the answer is {response.media_type or 'of no type'}, not {expected}."
        )
        raise DecodeError(msg)


def _check_count(arm: Arm, arguments: Mapping[str, Any], value: Any) -> None:
    if arm.same_length_as is None:
        return
    asked = arguments.get(arm.same_length_as)
    if asked is not None and row_count(value) != len(asked):
        counts = f"{len(asked)} {arm.same_length_as} were asked for and {row_count(value)} results came"
        msg = f"Do not use this answer: {counts}, so they cannot be matched."
        raise DecodeError(msg)


def _keyed(arm: Arm, arguments: Mapping[str, Any], value: Any) -> Any:
    """Put a value that came bare under the one item that was asked about."""
    if arm.keyed_by is None or isinstance(value, dict):
        return value
    asked = arguments.get(arm.keyed_by)
    items = [] if asked is None else list(dict.fromkeys(_plain_items(asked)))
    if len(items) != 1:
        msg = f"Do not use this answer: {len(items)} {arm.keyed_by} were asked for, and one value came."
        raise DecodeError(msg)
    return {items[0] if arm.map_keys == "int" else str(items[0]): value}


def _plain_items(items: Any) -> list[Any]:
    plain: list[Any] = items.tolist() if hasattr(items, "tolist") else list(items)
    return plain


# Decoders


def _decode_json(arm: Arm, response: Response) -> Any:
    if len(response.body) >= LONG and (ids := _ids_at_once(arm, response.body)) is not None:
        return ids
    if len(response.body) < _MANY_OBJECTS:
        return _shaped(arm, response.json())
    with paused_gc():
        return _shaped(arm, response.json())


def _ids_at_once(arm: Arm, body: bytes) -> Any:
    """Read lists of ids without making Python's integers of them; None where that cannot be done."""
    if arm.map_keys is not None or arm.keyed_by is not None:
        return None
    is_map = arm.cast == "id_array_map" and not arm.select
    is_list = arm.cast == "id_array" and len(arm.select) == 1
    lists = id_lists(body) if is_map or is_list else None
    if lists is None:
        return None
    return map_int_keys(lists) if is_map else lists.get(str(arm.select[0]))


def _shaped(arm: Arm, document: Any) -> Any:
    value = _selected(arm.select, document)
    if arm.keyed_by is not None and not isinstance(value, dict):
        return value  # without a key: `_keyed` finds it
    if arm.map_keys == "int":
        value = map_int_keys(value)
    return value if arm.cast is None else CASTS[arm.cast](value, arm.dtype)


def _selected(path: tuple[str | int, ...], document: Any) -> Any:
    value = document
    for depth, step in enumerate(path):
        is_there = (
            (isinstance(value, dict) and step in value)
            if isinstance(step, str)
            else (isinstance(value, list) and -len(value) <= step < len(value))
        )
        if not is_there:
            missing = ".".join(map(str, path[: depth + 1]))
            found = (
                f"the keys {', '.join(sorted(value))}" if isinstance(value, dict) else type(value).__name__
            )
            msg = (
                f"Report this answer to the service's maintainers: it has no {missing!r}, only {found:.200}."
            )
            raise DecodeError(msg)
        value = value[step]
    return value


def _decode_ndarray(arm: Arm, response: Response) -> npt.NDArray[Any]:
    import numpy as np

    layout = np.dtype(arm.dtype or "<u8")
    if len(response.body) % layout.itemsize:
        msg = f"Send the request again: {len(response.body)} bytes are no whole number of {layout} values."
        raise DecodeError(msg)
    raw = np.frombuffer(response.body, dtype=layout) if response.body else np.empty(0, dtype=layout)
    if layout.kind not in "iu":
        return raw.astype(np.float64 if layout.kind == "f" else layout)
    if layout.kind == "u" and raw.size and raw.max() > np.iinfo(np.int64).max:
        msg = f"Report this answer to the service's maintainers: {raw.max()} is no id, ids are signed 64-bit."
        raise DecodeError(msg)
    return raw.astype(np.int64)


def _decode_arrow(arm: Arm, response: Response) -> pa.Table:
    return read_stream(response.body)


def _decode_text(arm: Arm, response: Response) -> Any:
    return response.text if arm.cast is None else CASTS[arm.cast](response.text, arm.dtype)


def _decode_bytes(arm: Arm, response: Response) -> bytes:
    return response.body


def _gunzipped(response: Response) -> bytes:
    """Undo the gzip that some servers send without saying so; a proxy may have undone it already."""
    if not response.body.startswith(_GZIP):
        return response.body
    try:
        return gzip.decompress(response.body)
    except (EOFError, OSError, zlib.error) as error:
        msg = f"Send the request again: the answer is no whole gzip file ({error})."
        raise DecodeError(msg) from None


def _decode_gzip_json(arm: Arm, response: Response) -> Any:
    return _decode_json(arm, replace(response, body=_gunzipped(response)))


def _decode_gzip_text(arm: Arm, response: Response) -> Any:
    return _decode_text(arm, replace(response, body=_gunzipped(response)))


def _decode_gzip_bytes(arm: Arm, response: Response) -> bytes:
    return _gunzipped(response)


def _decode_none(arm: Arm, response: Response) -> None:
    return None


DECODERS: Mapping[str, Callable[[Arm, Response], Any]] = {
    "json": _decode_json,
    "ndarray": _decode_ndarray,
    "arrow_stream": _decode_arrow,
    "text": _decode_text,
    "bytes": _decode_bytes,
    "none": _decode_none,
    "gzip_json": _decode_gzip_json,
    "gzip_text": _decode_gzip_text,
    "gzip_bytes": _decode_gzip_bytes,
}
"""Decoder name -> function of the arm and the answer."""


# Headers


def _read_headers(arm: Arm, response: Response) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, reader in arm.headers:
        values = response.headers.get_all(name)
        if not values:
            continue
        # A header may be sent several times, or arrive joined: both are one text here.
        text = ", ".join(values)
        try:
            read[name] = HEADER_READERS[reader](text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
            msg = (
                f"Report this answer to the service's maintainers: header {name} is unreadable: {text!r:.80}."
            )
            raise DecodeError(msg) from error
    return read


def _read_bool(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    word = text.strip().lower()
    if word not in words:
        raise ValueError(word)
    return words[word]


def _read_floats(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split(",")))


_LITERALS = threading.Lock()
_TRIES = 10


def _read_literal(text: str) -> Any:
    """Read the repr of a dict, as servers send it; nothing in it is run."""
    for _ in range(_TRIES):
        with suppress(SystemError), _LITERALS:
            return ast.literal_eval(text)
    # Python before 3.11.10 and 3.12.6 raises SystemError at random when two threads parse at the same time
    # (CPython's issue 106905). The lock keeps our own threads apart, another try those of others.
    raise ValueError("Python's parser was disturbed by other threads")


HEADER_READERS: Mapping[str, Callable[[str], Any]] = {
    "text": str.strip,
    "bool": _read_bool,
    "float_csv": _read_floats,
    "python_literal": _read_literal,
}
"""Reader name -> function of the header's text; repeated headers are joined by commas first."""
