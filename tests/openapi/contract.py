"""What an OpenAPI document allows, read with nothing but JSON Schema: no code of the generator is used.

`Contract.complaints` holds one HTTP exchange against a document and lists everything in which it differs:
a path that is not there, a parameter that is missing, unknown or of another type, a body or an answer
that breaks its schema, a content type or a status that is not described.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

HERE = "urn:document"


@dataclass(frozen=True)
class Found:
    """The operation that a request is for."""

    pointer: str
    operation: dict[str, Any]
    path_values: dict[str, str]


@dataclass(frozen=True)
class Contract:
    """One OpenAPI document."""

    document: dict[str, Any]

    @cached_property
    def _registry(self) -> Registry:
        resource = Resource(contents=self.document, specification=DRAFT202012)
        return Registry().with_resource(HERE, resource)

    @cached_property
    def _routes(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of all paths, those that say most first: they are meant where several fit."""
        ordered = sorted(self.document["paths"], key=lambda path: (-said(path), path))
        return [(_pattern(path, self._is_elsewhere(path)), path) for path in ordered]

    def _is_elsewhere(self, path: str) -> bool:
        """Whether only other servers are asked for a path."""
        return all("servers" in operation for operation in self.document["paths"][path].values())

    def find(self, method: str, path: str) -> Found | None:
        """Find the operation of a request; None if the document has none."""
        for pattern, template in self._routes:
            match = pattern.fullmatch(path)
            operation = self.document["paths"][template].get(method.lower())
            if match and operation:
                holes = re.findall(r"\{([^{}]*)\}", template)
                values = dict(zip(holes, match.groups(), strict=True))
                return Found(f"/paths/{_escaped(template)}/{method.lower()}", operation, values)
        return None

    def request_complaints(
        self, found: Found, query: list[tuple[str, str]], body: bytes, headers: dict[str, str] | None = None
    ) -> Iterator[str]:
        """Say in what a request differs from its operation; None: nobody recorded the headers."""
        parameters = found.operation["parameters"]
        known = {each["name"] for each in parameters if each["in"] == "query"}
        for name in {name for name, _ in query} - known:
            yield f"query: {name} is not described"
        for number, each in enumerate(parameters):
            pointer = f"{found.pointer}/parameters/{number}"
            sent = _sent(each, found.path_values, query, headers)
            if sent is None:
                continue
            if not sent:
                if each["required"]:
                    yield f"{each['in']}: {each['name']} is missing"
                continue
            yield from self._value_complaints(each, pointer, sent)
        yield from self._body_complaints(found, body)

    def answer_complaints(
        self, found: Found, status: int, headers: dict[str, str], body: bytes
    ) -> Iterator[str]:
        """Say in what an answer differs from its operation."""
        responses = found.operation["responses"]
        key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in responses), None)
        if key is None:
            yield f"status {status} is not described"
            return
        pointer, response = self._followed(f"{found.pointer}/responses/{key}")
        for name, value in headers.items():
            if name in response.get("headers", {}):
                yield from self._against(f"{pointer}/headers/{name}/schema", value, f"header {name}")
        label = _label(headers)
        content = response.get("content", {})
        media = next((name for name, each in content.items() if label in _labels(name, each)), None)
        if media is None:
            if content:
                yield f"answer: content type {label} is not described"
            return
        yield from self._best(f"{pointer}/content/{_escaped(media)}", content[media], body)

    def _best(self, pointer: str, media: dict[str, Any], body: bytes) -> list[str]:
        """Hold a body against the forms that it may have: the one that fits best counts."""
        forms = media.get("x-alternatives", [media])
        where = [
            f"{pointer}/x-alternatives/{number}" if len(forms) > 1 else pointer
            for number in range(len(forms))
        ]
        told = [list(self._content_complaints(at, form, body)) for at, form in zip(where, forms, strict=True)]
        return min(told, key=len)

    def _followed(self, pointer: str) -> tuple[str, dict[str, Any]]:
        node = self._at(pointer)
        if "$ref" in node:
            return self._followed(node["$ref"].removeprefix("#"))
        return pointer, node

    def _at(self, pointer: str) -> Any:
        node: Any = self.document
        for step in pointer.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]
        return node

    def _value_complaints(self, parameter: dict[str, Any], pointer: str, sent: list[str]) -> Iterator[str]:
        try:
            value, where = _read(parameter, sent)
        except ValueError as error:
            yield f"{parameter['in']}: {parameter['name']}: {error}"
            return
        yield from self._against(f"{pointer}/{where}", value, f"{parameter['in']}: {parameter['name']}")

    def _body_complaints(self, found: Found, body: bytes) -> Iterator[str]:
        described = found.operation.get("requestBody")
        if described is None:
            if body:
                yield "body: none is described"
            return
        if not body:
            # No ids are no bytes: that is a body, too.
            if described["required"] and "application/octet-stream" not in described["content"]:
                yield "body: it is missing"
            return
        [media] = described["content"]
        pointer = f"{found.pointer}/requestBody/content/{_escaped(media)}"
        schema = described["content"][media]["schema"]
        if media != "application/json":
            yield from _layout_complaints("body", schema, body)
            return
        try:
            document = json.loads(body)
        except ValueError:
            yield "body: it is no JSON"
            return
        yield from self._against(f"{pointer}/schema", document, "body")
        for name in (
            set(document) - set(schema.get("properties", document)) if isinstance(document, dict) else ()
        ):
            yield f"body: {name} is not described"

    def _content_complaints(self, pointer: str, media: dict[str, Any], body: bytes) -> Iterator[str]:
        schema = media["schema"]
        unpacked = "x-unpacked" in schema
        if unpacked:
            body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            schema = schema["x-unpacked"]
        if schema.get("format") == "binary":
            yield from _layout_complaints("answer", schema, body)
            return
        try:
            text = body.decode()
            document = json.loads(text) if _is_json(pointer, media) else text
        except ValueError as error:
            yield f"answer: it cannot be read: {error}"
            return
        yield from self._against(f"{pointer}/schema{'/x-unpacked' if unpacked else ''}", document, "answer")

    def _against(self, pointer: str, value: Any, where: str) -> Iterator[str]:
        validator = OAS31Validator(
            {"$ref": f"{HERE}#{pointer}"}, registry=self._registry, format_checker=oas31_format_checker
        )
        for error in validator.iter_errors(value):
            yield f"{where}: {'.'.join(map(str, error.absolute_path))}: {error.message}"[:300]


def said(path: str) -> int:
    """Count what a path says outside of its holes."""
    return len(re.sub(r"\{[^{}]*\}", "", path))


def _pattern(path: str, elsewhere: bool) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}]*\}", path)
    # An address that a caller names may have a path of its own before that of the operation.
    return re.compile(("(?:/.+)?" if elsewhere else "") + "([^/]+)".join(map(re.escape, parts)))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _label(headers: dict[str, str]) -> str:
    held = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return held.partition(";")[0].strip().lower()


def _labels(name: str, media: dict[str, Any]) -> set[str]:
    return {name, *media.get("x-also-labelled", ())}


def _is_json(pointer: str, media: dict[str, Any]) -> bool:
    decode = media.get("x-decode", "json" if "~1json" in pointer else "text")
    return decode in ("json", "gzip_json")


def _layout_complaints(where: str, schema: dict[str, Any], body: bytes) -> Iterator[str]:
    width = int(schema.get("x-dtype", "<u1")[2:])
    if len(body) % width:
        yield f"{where}: {len(body)} bytes are no whole number of {schema['x-dtype']}"


def _sent(
    parameter: dict[str, Any],
    path_values: dict[str, str],
    query: list[tuple[str, str]],
    headers: dict[str, str] | None,
) -> list[str] | None:
    """Return the texts that were sent for a parameter; None where nobody recorded them."""
    name = parameter["name"]
    if parameter["in"] == "path":
        return [path_values[name]]
    if parameter["in"] == "query":
        return [value for key, value in query if key == name]
    if headers is None:
        return None
    return [value for key, value in headers.items() if key.lower() == name.lower()]


def _read(parameter: dict[str, Any], sent: list[str]) -> tuple[Any, str]:
    """Read a parameter as its style says; return its value, and where its schema stands."""
    if "content" in parameter:
        return json.loads(sent[0]), "content/application~1json/schema"
    kinds = _types(parameter["schema"])
    if "array" in kinds:
        items = sent if parameter.get("explode", True) else sent[0].split(",")
        of = _types(parameter["schema"].get("items", {}))
        return [_scalar(of, item) for item in items if item], "schema"
    if len(sent) > 1:
        raise ValueError(f"it was sent {len(sent)} times")
    return _scalar(kinds, sent[0]), "schema"


def _types(schema: dict[str, Any]) -> set[str]:
    if "anyOf" in schema:
        return {kind for option in schema["anyOf"] for kind in _types(option)}
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _scalar(kinds: set[str], text: str) -> Any:
    """Read one value; the servers take `True` for `true`, and older clients send it so."""
    if "boolean" in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind, read in (("integer", int), ("number", float)):
        if kind in kinds:
            try:
                return read(text)
            except ValueError:
                continue
    return text
