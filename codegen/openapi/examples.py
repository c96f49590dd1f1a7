"""The examples of descriptors, taken apart: what each shows of a parameter, of the body, of an answer.

What belongs together has one key, `example-1`, in every place where a document shows it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from codegen.example import arm_of
from codegen.openapi.schemas import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codegen import ir
    from codegen.openapi.schemas import Json

_HOLE = re.compile(r"\{([^{}]*)\}")
_FIRST_REFUSAL = 400


@dataclass(frozen=True)
class Answer:
    """What an example shows of an answer."""

    key: str
    status: int
    media_type: str | None
    """As the server labels it; None: the example does not say."""
    arm: ir.Arm | None
    raises: str | None
    shown: Json
    """An Example object."""

    @property
    def is_refusal(self) -> bool:
        """Whether the server refused; an answer with an empty list under 404 may still be a success."""
        accepted = self.arm.status if self.arm else ()
        return self.status >= _FIRST_REFUSAL and self.status not in accepted


@dataclass(frozen=True)
class Examples:
    """The examples of one operation that hold for one API version."""

    operation: ir.Operation
    number: str
    types: Mapping[str, Json]
    """Schemas of the answer types: they tell whether an example is a whole answer."""
    prefix: str = ""
    """Before every key, where several operations are shown in one place."""

    @cached_property
    def _fitting(self) -> list[tuple[str, ir.Example]]:
        numbered = enumerate(self.operation.examples, 1)
        return [
            (f"{self.prefix}example-{n}", each) for n, each in numbered if each.api in (None, self.number)
        ]

    def of_parameter(self, param: ir.Param, name: str) -> Json:
        """Show the values of one parameter under one of its names on the wire."""
        found: Json = {}
        for key, example, request in self._requests():
            texts = _texts(self.operation.path, request, param.location, name)
            if not texts:
                continue
            try:
                found[key] = _shown(example, {"value": _read(param, texts)})
            except ValueError:
                continue  # not a value of its type: it shows nothing
        return found

    def of_hole(self, hole: str) -> Json:
        """Show the values of a part of the path that no argument fills."""
        filled = [
            (key, example, _texts(self.operation.path, request, "path", hole))
            for key, example, request in self._requests()
        ]
        return {key: _shown(example, {"value": texts[0]}) for key, example, texts in filled if texts}

    def of_body(self) -> Json:
        """Show request bodies."""
        return {
            key: _shown(example, content)
            for key, example, request in self._requests()
            if (content := _content(request))
        }

    @cached_property
    def answers(self) -> list[Answer]:
        """What servers answered."""
        return [
            Answer(
                key=key,
                status=example.response.get("status", 200),
                media_type=_media_type(example.response),
                arm=arm_of(self.operation, example),
                raises=example.raises,
                shown=_shown(example, _content(example.response) | _raised(example)),
            )
            for key, example in self._fitting
            if example.response is not None
        ]

    def _requests(self) -> Iterator[tuple[str, ir.Example, Mapping[str, Any]]]:
        for key, example in self._fitting:
            if example.request is not None:
                yield key, example, example.request


def _shown(example: ir.Example, content: Json) -> Json:
    return {"summary": example.title, **content} if example.title else content


def _content(message: Mapping[str, Any]) -> Json:
    """Show a body: JSON and text as they are, bytes as hexadecimal digits, tables by their columns."""
    for field in ("json", "text"):
        if field in message:
            value = plain(message[field])
            written = json.dumps(value, ensure_ascii=False)
            # Only a key stands so in JSON: within a text its quotes would have backslashes.
            return {"x-json": written} if '"$ref":' in written else {"value": value}
    for field in ("body_hex", "arrow"):
        if field in message:
            return {f"x-{field.removeprefix('body_')}": plain(message[field])}
    return {}


def _raised(example: ir.Example) -> Json:
    """Say that an answer ends in an error: a refusal, or a success that cannot be right."""
    return {"x-errors": [example.raises]} if example.raises else {}


def _media_type(response: Mapping[str, Any]) -> str | None:
    for name, value in response.get("headers", {}).items():
        if name.lower() == "content-type":
            return str(value).partition(";")[0].strip().lower()
    if "json" in response:
        return "application/json"
    return "text/plain" if "text" in response else None


def _texts(template: str, request: Mapping[str, Any], location: str, name: str) -> list[str]:
    if location == "path":
        found = _path_values(template, str(request.get("path", "")))
        return [found[name]] if name in found else []
    held = request.get("query" if location == "query" else "headers", {}).get(name)
    if held is None:
        return []
    return [str(item) for item in held] if isinstance(held, (list, tuple)) else [str(held)]


def _path_values(template: str, path: str) -> dict[str, str]:
    """Read the values of the holes off a path that fits a template."""
    names, pattern = _reader(template)
    match = pattern.fullmatch(path)
    return dict(zip(names, map(unquote, match.groups()), strict=True)) if match else {}


@cache
def _reader(template: str) -> tuple[list[str], re.Pattern[str]]:
    parts = _HOLE.split(template)
    pattern = "".join("([^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return parts[1::2], re.compile(pattern)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "bool": _boolean,
    "int": int,
    "id": int,
    "float": float,
    "id_array": int,
    "int_array": int,
    "point": float,
    "point_array": float,
    "resolution": float,
}
"""Type -> reader of one of its items."""


def _read(param: ir.Param, texts: list[str]) -> Any:
    """Read what an encoder wrote; ValueError if it did not."""
    item = _SCALARS.get(param.type, str)
    if param.encode == "repeat":
        return [item(text) for text in texts]
    if param.encode == "csv":
        return [item(text) for text in texts[0].split(",")] if texts[0] else []
    return _READERS.get(param.encode, item)(texts[0])


_READERS: Mapping[str, Callable[[str], Any]] = {
    "epoch_seconds": float,
    "json": json.loads,
    "json_list": json.loads,
    "native": json.loads,
}
"""Encoder -> reader of what it writes, where that is not one scalar or a list."""
