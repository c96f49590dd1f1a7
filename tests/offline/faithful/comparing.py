"""What an answer of the mirror has else than the recorded one: first its form, then its values.

Form: status, media type, headers, compression, field names and their order, types; for refusals the typed
error that clients make of it. Values: everything else that one can see, ids and moments in recorded words.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.server_errors import error_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from walk import Asked

NOT_OF_THE_ANSWER = {
    "date",
    "server",
    "content-length",
    "content-encoding",
    "connection",
    "transfer-encoding",
}
"""Headers of connections, which were not recorded, and the compression, which is compared by itself."""
OF_THE_RUN = {
    "created",
    "deleted",
    "duration",
    "expires_on",
    "last_modified",
    "last_updated",
    "last_used",
    "token",
    "traceback",
    "updated",
}
"""Fields whose values are different in every run of any server."""
CODECS = {"zstd": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18"}

WAYS_OF_WRITING: dict[str, dict[str, Any]] = {
    "spaced": {},
    "compact": {"separators": (",", ":")},
    "compact in UTF-8": {"separators": (",", ":"), "ensure_ascii": False},
    "indented": {"indent": 4},
}
ORDER = "the same in another order"
"""What is noted of values that only stand in another order."""


@dataclass
class Differences:
    """What is not as recorded."""

    form: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    def check(self, what: str, recorded: Any, ours: Any) -> None:
        """Note a difference of form."""
        if recorded != ours:
            self.form.append(f"{what}: recorded {_short(recorded)}, ours {_short(ours)}")

    def check_value(self, what: str, recorded: Any, ours: Any) -> None:
        """Note all differences of values, each with where it is: "content.each[].name"."""
        if recorded != ours and _in_one_order(recorded) == _in_one_order(ours):
            self.values.append(f"{ORDER}: {what}")
            return
        for place, theirs, own in _differing(recorded, ours):
            self.values.append(f"{what}{place}: recorded {_short(theirs)}, ours {_short(own)}")

    @property
    def places(self) -> set[str]:
        """Where values differ."""
        return {line.partition(":")[0] for line in self.values}


def compare(asked: Asked) -> Differences:
    """Return how an answer differs from the recorded one."""
    found = Differences()
    found.check("status", asked.recorded.status, asked.status)
    _compare_headers(asked, found)
    if asked.recorded.status >= 400 or asked.status >= 400:
        _compare_errors(asked, found)
    if asked.recorded.media_type == "data.arrow":
        _compare_arrow(asked, found)
    else:
        _compare_documents(asked, found)
    return found


# ---- headers


def _compare_headers(asked: Asked, found: Differences) -> None:
    repeated = {name: ", ".join(values) for name, values in asked.recorded.repeated.items()}
    recorded = {name.lower(): value for name, value in {**repeated, **asked.recorded.headers}.items()}
    ours = {name.lower(): value for name, value in asked.headers.items()}
    for name in sorted((set(recorded) | set(ours)) - NOT_OF_THE_ANSWER):
        theirs, own = recorded.get(name), ours.get(name)
        theirs = theirs and theirs.replace("https://cave.local", "http://cave.local")  # as behind a proxy
        if own is not None:
            own = asked.names.recorded_text(own)
        if name == "warning" and theirs and own:
            theirs, own = (re.sub(r"\d+", "0", text) for text in (theirs, own))
        found.check(f"header {name}", theirs, own)
    for name, values in asked.recorded.repeated.items():
        found.check(f"header {name} each time", values, asked.repeated.get(name.lower()))
    found.check("compression", asked.recorded.encoding, asked.headers.get("Content-Encoding"))


# ---- refusals


def _compare_errors(asked: Asked, found: Differences) -> None:
    request = Request(asked.recorded.method, f"http://cave.local{asked.recorded.url}")
    errors = []
    for status, headers, body in (
        (asked.recorded.status, asked.recorded.headers, asked.recorded.answer),
        (asked.status, dict(asked.headers), asked.body),
    ):
        if status < 400:
            errors.append("none")
            continue
        response = Response(status, Headers(headers.items()), body, request.url, request)
        errors.append(type(error_for(response)).__name__)
    found.check("typed error", *errors)


# ---- Arrow


def _compare_arrow(asked: Asked, found: Differences) -> None:
    if asked.headers.get("Content-Type") != "data.arrow":
        return
    theirs, ours = (pa.ipc.open_stream(body).read_all() for body in (asked.recorded.answer, asked.body))
    found.check("columns", _fields(theirs.schema), _fields(ours.schema))
    found.check("what is told to pandas", _told_to_pandas(theirs.schema), _told_to_pandas(ours.schema))
    codecs = [
        [name for name, mark in CODECS.items() if mark in body]
        for body in (asked.recorded.answer, asked.body)
    ]
    found.check("codec of columns", *codecs)
    found.check_value("rows", theirs.num_rows, ours.num_rows)
    if theirs.num_rows == ours.num_rows:
        found.check_value("cells", _rows(theirs, None), _rows(ours, asked.names))


def _fields(schema: pa.Schema) -> list[Any]:
    return [(one.name, str(one.type), one.nullable) for one in schema if one.name != "__index_level_0__"]


def _told_to_pandas(schema: pa.Schema) -> Any:
    """Return what the schema tells pandas, but for releases and for row labels, which are no data."""
    told = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    if not told:
        return told
    told.pop("pandas_version")
    told["creator"].pop("version")
    told["columns"] = [one for one in told["columns"] if one["field_name"] != "__index_level_0__"]
    told["index_columns"] = [one for one in told["index_columns"] if one != "__index_level_0__"]
    told["index_columns"] = [{**one, "stop": 0} for one in told["index_columns"]]
    plain = [{"kind": "range", "name": None, "start": 0, "stop": 0, "step": 1}]
    told["index_columns"] = told["index_columns"] or plain
    return told


def _rows(table: pa.Table, names: Any) -> list[Any]:
    """Return rows in one order; a point outside of all objects has 0 there, and nothing here."""
    found = []
    for row in table.to_pylist():
        row.pop("__index_level_0__", None)
        for name in row:
            if name.endswith(("root_id", "supervoxel_id")):
                row[name] = (names.recorded_ids([row[name]])[0] if names else row[name]) or None
        found.append(row)
    return sorted(found, key=repr)


# ---- documents, text, bytes


def _compare_documents(asked: Asked, found: Differences) -> None:
    if "roots_binary" in asked.recorded.url:
        found.check("number of ids", len(asked.recorded.answer), len(asked.body))
        theirs = _ids(asked.recorded.answer)
        found.check_value("ids", theirs, asked.names.recorded_ids(_ids(asked.body)))
        return
    theirs, layout = _opened(asked.recorded.answer)
    ours, own_layout = _opened(asked.body)
    found.check("layout", layout, own_layout)
    if layout != own_layout:
        return
    if isinstance(ours, str):
        ours = asked.names.recorded_text(ours)
    elif layout.endswith("json"):
        ours = asked.names.recorded_value(json.loads(asked.names.recorded_text(json.dumps(ours))))
    if layout == "json":
        written, own = (_ways_of_writing(body) for body in (asked.recorded.answer, asked.body))
        if not written & own:
            found.check("way of writing", sorted(written), sorted(own))
    form, own_form = _agreed(shape(theirs), shape(ours))
    found.check(
        "fields and types" if form != own_form else "order of fields", *map(json.dumps, (form, own_form))
    )
    found.check_value("content", lasting(theirs), lasting(ours))


def _ids(body: bytes) -> list[int]:
    import numpy as np

    return [int(one) for one in np.frombuffer(body, "<u8")]


def _opened(body: bytes) -> tuple[Any, str]:
    """Return a body as a value, and how it is laid out."""
    if body[:2] == b"\x1f\x8b":
        value, layout = _opened(gzip.decompress(body))
        return value, f"gzip of {layout}"
    if body[:1] == b"\x78" and len(body) > 2:
        try:
            value, layout = _opened(zlib.decompress(body))
        except zlib.error:
            return body, "bytes"
        return value, f"zlib of {layout}"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body, "bytes"
    try:
        return json.loads(text), "json"
    except ValueError:
        return text, "page" if text.lstrip().startswith("<") else "lines of numbers" if _is_numbers(
            text
        ) else "text"


def _ways_of_writing(body: bytes) -> set[str]:
    """Return in which ways a JSON document may have been written, spaces and line ends included."""
    text = body.decode()
    value = json.loads(text)
    return {
        f"{way} and then {end!r}"
        for way, options in WAYS_OF_WRITING.items()
        for end in ("", "\n")
        if json.dumps(value, **options) + end == text
    }


def _is_numbers(text: str) -> bool:
    return bool(text.strip()) and re.fullmatch(r"[-\d.e\s]+", text) is not None


def shape(value: Any) -> Any:
    """Return names and types of a JSON value; a mapping by id is known by its values, a list by its kinds."""
    if isinstance(value, dict):
        if value and all(re.fullmatch(r"\d+", key) for key in value):
            return {"each id": _kinds(value.values())}
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return _kinds(value)
    if isinstance(value, str):
        return _text_shape(value)
    return type(value).__name__


def _kinds(values: Any) -> list[Any]:
    kinds: list[Any] = []
    for one in values:
        found = shape(one)
        if repr(found) not in [repr(kind) for kind in kinds]:
            kinds.append(found)
    return sorted(kinds, key=repr)


def _text_shape(value: str) -> Any:
    if re.fullmatch(r"(?:[0-9a-f]{2}){20,}", value):
        document, layout = _opened(bytes.fromhex(value))
        return {f"in hexadecimal digits, {layout}": shape(document)}
    if value[:1] in "{[" and value[-1:] in "}]":
        try:
            return {"JSON in text": shape(json.loads(value))}
        except ValueError:
            return "str"
    return "str"


def _agreed(theirs: Any, ours: Any) -> tuple[Any, Any]:
    """Return two shapes, in which an empty list agrees with every list."""
    return _without_empty(theirs, ours), _without_empty(ours, theirs)


def _without_empty(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _without_empty(value, other.get(key, value)) for key, value in one.items()}
    if isinstance(one, list) and isinstance(other, list):
        if not one or not other:
            return []
        if len(one) == len(other):
            return [_without_empty(a, b) for a, b in zip(one, other, strict=True)]
    return one


def lasting(value: Any) -> Any:
    """Return a JSON value without what is different in every run."""
    if isinstance(value, dict):
        known = OF_THE_RUN | ({"timestamp"} if "duration" in value or "skeleton_type" in value else set())
        return {key: lasting(one) for key, one in value.items() if key not in known}
    if isinstance(value, list):
        return [lasting(one) for one in value]
    if isinstance(value, str) and value[:1] == "{":
        try:
            return lasting(json.loads(value))
        except ValueError:
            return value
    return value


def _in_one_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_one_order(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((_in_one_order(one) for one in value), key=repr)
    return value


def _differing(theirs: Any, ours: Any) -> Iterator[tuple[str, Any, Any]]:
    """Find where two values differ, and what stands there; ids among names are "each"."""
    if isinstance(theirs, dict) and isinstance(ours, dict) and theirs.keys() == ours.keys():
        for key in theirs:
            name = "each" if re.fullmatch(r"\d+", key) else key
            for place, one, other in _differing(theirs[key], ours[key]):
                yield f".{name}{place}", one, other
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for first, second in zip(theirs, ours, strict=True):
            for place, one, other in _differing(first, second):
                yield f"[]{place}", one, other
    elif theirs != ours:
        yield "", theirs, ours


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 700 else f"{text[:500]}..."
