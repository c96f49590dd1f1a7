"""Read a Swagger 2.0 document as flask-restx publishes it.

What has no place in a comparison (tags, security, texts of parameters' answers) is passed over. What would
be compared and cannot be understood is an error with its place, never a guess.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, cast, get_args

from codegen.drift.document import UNSAID, Declared, Document, Form, Route, Spot
from codegen.report.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPPORTED = 'Only Swagger 2.0 is read: JSON with "swagger": "2.0", as flask-restx publishes it'

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_SPOTS = {"formData": "form"}
_DEEPEST = 32
"""Most references and `allOf` that are followed one after another."""

_Json = dict[str, Any]


class DocumentError(ValueError):
    """A document cannot be read; the message names it and says what to do, and drives no terminal."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


def read_document(text: str | bytes, name: str) -> Document:
    """
    Read a document.

    Parameters
    ----------
    text : str or bytes
        The JSON.
    name : str
        What messages call it.

    Raises
    ------
    DocumentError
        It is no JSON, another format, or says something that cannot be understood.
    """
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        told = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DocumentError(f"{name}: not JSON: {told}. {SUPPORTED}.") from None
    return _Reader(tree, name).document()


def _format_of(tree: Any) -> str:
    """Name a format that is not read."""
    if isinstance(tree, dict):
        for key, called in (("openapi", "OpenAPI"), ("swagger", "Swagger"), ("asyncapi", "AsyncAPI")):
            if isinstance(tree.get(key), str):
                return f"this is {called} {tree[key]}"
    return "this is no Swagger document"


class _Reader:
    def __init__(self, tree: Any, name: str) -> None:
        self._name = name
        if not isinstance(tree, dict) or tree.get("swagger") != "2.0":
            raise DocumentError(
                f"{name}: {_format_of(tree)}. {SUPPORTED}. Convert it to Swagger 2.0, "
                "or compare with the document that the server has at its swagger.json."
            )
        self._tree: _Json = tree
        self._whole: dict[int, _Json] = {}
        """Schemas with `allOf`, put together, by the identity of what the tree has."""

    def document(self) -> Document:
        info = self._map(self._tree.get("info", {}), "info")
        base = self._text(self._tree.get("basePath", ""), "basePath").rstrip("/")
        paths = self._map(self._tree.get("paths"), "paths")
        routes = tuple(
            route
            for path, item in paths.items()
            if not path.startswith("x-")  # an extension: it says nothing of routes
            for route in self._routes(path, item)
        )
        if not routes:
            raise DocumentError(
                f"{self._name}: paths: there is no route in it. Ask the server for a whole one."
            )
        # Nothing hangs on these two, so that they may be missing, or numbers.
        title, version = (str(info.get(key) or "") for key in ("title", "version"))
        return Document(self._name, title, version, base, routes)

    def _routes(self, path: str, item: Any) -> Iterator[Route]:
        place = f"paths.{path}"
        if not path.startswith("/"):
            raise self._error(place, "a path begins with a slash")
        found = self._map(item, place)
        if "$ref" in found:
            raise self._error(place, "a path in another document is not followed; put it in here")
        shared = self._declared(found.get("parameters", []), place)
        for method in _METHODS:
            if method in found:
                yield self._route(method, path, self._map(found[method], f"{place}.{method}"), shared)

    def _route(self, method: str, path: str, found: _Json, shared: list[_Json]) -> Route:
        place = f"paths.{path}.{method}"
        own = self._declared(found.get("parameters", []), place)
        # One of the method's own takes the place of the path's, as the format has it.
        raw = {(each["name"], each["in"]): each for each in (*shared, *own)}
        bodies = [each for (_, spot), each in raw.items() if spot == "body"]
        params = [self._param(each, place) for (_, spot), each in raw.items() if spot != "body"]
        fields = self._fields(bodies[0].get("schema", {}), f"{place}.{bodies[0]['name']}") if bodies else None
        produces = self._list(found.get("produces", self._tree.get("produces")) or [], f"{place}.produces")
        return Route(
            method=method.upper(),
            path=path,
            params=(*params, *(fields or ())),
            body="none" if not bodies else "fields" if fields is not None else "whole",
            produces=tuple(self._text(each, f"{place}.produces") for each in produces),
            says_produces="produces" in found,
            deprecated=found.get("deprecated") is True,
            name=str(found.get("operationId", "")),
            text=str(found.get("summary") or found.get("description") or ""),
            more=str((found.get("summary") and found.get("description")) or ""),
            answer=self._answer(found, place),
        )

    def _declared(self, listed: Any, place: str) -> list[_Json]:
        place = f"{place}.parameters"
        found = [self._resolved(each, place) for each in self._list(listed, place)]
        for each in found:
            if not isinstance(each.get("name"), str) or _spot(each.get("in")) is None:
                raise self._error(place, "a parameter has a 'name' and a known 'in'")
        return found

    def _param(self, found: _Json, place: str) -> Declared:
        name, spot = found["name"], cast("Spot", _spot(found["in"]))
        place = f"{place}.{name}"
        form = self._form(found, place)
        if form.type == "array":
            collection = self._text(found.get("collectionFormat") or "csv", f"{place}.collectionFormat")
            form = Form(form.type, form.items, collection)
        return self._made(name, spot, form, found, found.get("required") is True, place)

    def _fields(self, schema: Any, place: str) -> list[Declared] | None:
        """Return the fields of a body; None if it is of any form."""
        whole = self._schema(schema, place)
        if "properties" not in whole:
            return None
        required = self._list(whole.get("required", []), f"{place}.required")
        fields = []
        for name, raw in self._map(whole["properties"], place).items():
            here = f"{place}.{name}"
            found = self._schema(raw, here)
            fields.append(self._made(name, "body", self._form(found, here), found, name in required, here))
        return fields

    def _made(self, name: str, spot: Spot, form: Form, found: _Json, required: bool, place: str) -> Declared:
        values = found.get("enum") or self._map(found.get("items", {}), place).get("enum") or []
        lowest, highest = (_bound(found, *keys) for keys in _BOUNDS)
        default = found.get("default", UNSAID)
        text = str(found.get("description") or "")
        listed = tuple(self._list(values, f"{place}.enum"))
        return Declared(name, spot, form, required, listed, lowest, highest, default, text)

    def _form(self, found: _Json, place: str) -> Form:
        kind = _plain_type(found.get("type"))
        if kind is None and "properties" in found:
            kind = "object"
        if kind != "array":
            return Form(kind)
        return Form(kind, _plain_type(self._schema(found.get("items", {}), place).get("type")))

    def _answer(self, found: _Json, place: str) -> Form | None:
        responses = found.get("responses")
        for status, response in responses.items() if isinstance(responses, dict) else ():
            if str(status).startswith("2") and isinstance(response, dict) and "schema" in response:
                try:
                    return self._form(self._schema(response["schema"], place), place)
                except DocumentError:
                    return None  # it is compared with nothing, so that it hinders nothing
        return None

    def _schema(self, found: Any, place: str, depth: int = 0) -> _Json:
        """Follow references and put the parts of `allOf` together."""
        schema = self._resolved(found, place)
        if "allOf" not in schema:
            return schema
        if depth > _DEEPEST:
            raise self._error(place, "its schema contains itself, or is nested too deeply")
        if id(schema) not in self._whole:  # once each: two parts that are two parts each soon are millions
            self._whole[id(schema)] = self._together(schema, place, depth)
        return self._whole[id(schema)]

    def _together(self, schema: _Json, place: str, depth: int) -> _Json:
        whole: _Json = {}
        properties: _Json = {}
        required: dict[Any, None] = {}
        own = {key: value for key, value in schema.items() if key != "allOf"}
        for part in (*self._list(schema["allOf"], f"{place}.allOf"), own):
            more = self._schema(part, place, depth + 1)
            properties |= self._map(more.get("properties", {}), place)
            names = self._list(more.get("required", []), f"{place}.required")
            required |= dict.fromkeys(self._text(name, f"{place}.required") for name in names)
            whole |= more
        whole |= {"properties": properties} if properties else {}
        whole |= {"required": list(required)} if required else {}
        return whole

    def _resolved(self, found: Any, place: str) -> _Json:
        seen = 0
        while isinstance(found, dict) and "$ref" in found:
            reference, seen = found["$ref"], seen + 1
            if seen > _DEEPEST:
                raise self._error(place, f"{reference!r} refers to itself, or through too many others")
            found = self._referred(reference, place)
        return self._map(found, place)

    def _referred(self, reference: Any, place: str) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise self._error(place, f"{reference!r} lies outside the document, where nobody looks")
        found: Any = self._tree
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) else None
        if found is None:
            raise self._error(place, f"there is no {reference!r} in the document")
        return found

    def _map(self, found: Any, place: str) -> _Json:
        if not isinstance(found, dict):
            raise self._error(place, "a JSON object should stand here")
        return found

    def _list(self, found: Any, place: str) -> list[Any]:
        if not isinstance(found, list):
            raise self._error(place, "this is no list")
        return found

    def _text(self, found: Any, place: str) -> str:
        if not isinstance(found, str):
            raise self._error(place, "a text should stand here")
        return found

    def _error(self, place: str, told: str) -> DocumentError:
        return DocumentError(
            f"{self._name}: {place}: {told}. Mend the document, or report it to whoever runs the server."
        )


_LARGEST = sys.float_info.max
"""Numbers beyond bound nothing, and cannot be written as people write numbers."""
_BOUNDS = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))


def _bound(found: _Json, key: str, exclusive: str, step: int) -> float | None:
    """Return a bound that may be reached; of whole numbers, the next one where it may not."""
    value = found.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        return None
    return value + step if found.get(exclusive) is True and found.get("type") == "integer" else value


def _spot(word: Any) -> str | None:
    spot = _SPOTS.get(word, word) if isinstance(word, str) else None
    return spot if spot in get_args(Spot) else None


def _plain_type(word: Any) -> str | None:
    """Return a type; of several, as flask-restx writes what may be null, the first that is not."""
    words = word if isinstance(word, list) else [word]
    return next((each for each in words if isinstance(each, str) and each != "null"), None)
