"""One operation after all inheritance, and the file and line that says each part of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codegen import ir
from codegen.load import load_spec
from codegen.lookup import api_with, service_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WIDEST = 72


def explain(root: Path, service: str, operation: str, api: str | None = None) -> str:
    """
    Tell where every value of an operation comes from.

    Parameters
    ----------
    root : Path
        Folder with the descriptors.
    service, operation : str
        Names in the descriptors; an operation has its old names, too.
    api : str, optional
        Number of the API version. Left out: the newest one that has the operation.

    Returns
    -------
    str
        Aligned text, one value in a line.

    Raises
    ------
    SpecErrors
        The descriptors have mistakes.
    UnknownNameError
        There is no such service, API version or operation.
    """
    found = service_named(load_spec(root), service)
    version = api_with(found, operation, api)
    return _text(found, version, next(each for each in version.operations if each.answers_to(operation)))


def _text(service: ir.Service, api: ir.Api, operation: ir.Operation) -> str:
    rows = [
        *_head(service, api, operation),
        *_params(operation),
        *_arms(operation),
        *_rest(service, operation),
    ]
    width = max(len(label) for label, _, _ in rows)
    middle = min(_WIDEST, max(len(value) for _, value, _ in rows))
    lines = [f"{label:<{width}}  {value:<{middle}}  {place}".rstrip() for label, value, place in rows]
    return "\n".join([f"{service.name}.{operation.python_name}, API {api.number}", "", *lines])


_Row = tuple[str, str, str]


def _row(label: str, value: object, *origins: ir.Origin | None) -> _Row:
    places = ", ".join(dict.fromkeys(str(origin) for origin in origins if origin is not None))
    return label, _shown(value), places or "by default"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    # A route is looked for letter by letter; a sentence is known by its beginning.
    return text if len(text) <= _WIDEST or text.startswith("/") else f"{text[: _WIDEST - 1]}…"


def _head(service: ir.Service, api: ir.Api, operation: ir.Operation) -> Iterator[_Row]:
    origins = operation.origins
    yield _row("summary", operation.summary, origins.get("summary"))
    yield _row("method", operation.method, origins.get("method"))
    base = origins.get("base") or service.origins.get("server.base")
    prefix = origins.get("prefix") or origins.get("pin_api") or api.origins.get("prefix")
    yield _row("path", operation.path, base, prefix, origins.get("path"))
    for hole, attribute in operation.holes:
        yield _row(f"path.{{{hole}}}", f"client.{attribute}", service.origins.get(f"defaults.{hole}.attr"))
    yield _row("safe", operation.safe, origins.get("safe"))


def _params(operation: ir.Operation) -> Iterator[_Row]:
    for param in operation.params:
        origins = param.origins
        name = f"params.{param.name}"
        yield _row(f"{name}.type", param.type, origins.get("type"))
        yield _row(f"{name}.in", param.location, origins.get("in"))
        if param.location != "none":
            yield _row(f"{name}.wire", ", ".join(param.wire_names), origins.get("wire"))
            yield _row(f"{name}.encode", param.encode, origins.get("encode"))
        yield from _written(name, param.origins, param, ("type", "in", "wire", "encode"))


_FIELDS = {
    "min": "minimum",
    "max": "maximum",
    "const": "default",
    "property": "is_property",
    "in": "location",
}


def _written(name: str, origins: ir.Origins, owner: object, done: tuple[str, ...]) -> Iterator[_Row]:
    """Tell the fields that a descriptor writes and that have not been told yet."""
    for path, origin in origins.items():
        if path and path not in done and not set(".[") & set(path):
            value = getattr(owner, _FIELDS.get(path, path), None)
            client = getattr(owner, "client_default", None)
            told = f"client.{client}" if path == "default" and client else value
            yield _row(f"{name}.{path}" if name else path, _plain(told), origin)


def _plain(value: object) -> object:
    if isinstance(value, ir.Deprecated):
        return f"since {value.since}"
    return value


def _arms(operation: ir.Operation) -> Iterator[_Row]:
    for number, arm in enumerate(operation.response):
        name = f"response[{number}]" if len(operation.response) > 1 else "response"
        yield from _written(name, arm.origins, arm, ())


def _limit(limit: ir.ItemLimit) -> str:
    merge = f" and {limit.merge}" if limit.merge else ""
    whole = f", not with {', '.join(limit.unless)}" if limit.unless else ""
    first = f"{limit.first} at first, at most " if limit.first else ""
    return f"{first}{limit.max}, then {limit.on_exceed}{merge}{whole}"


def _rest(service: ir.Service, operation: ir.Operation) -> Iterator[_Row]:
    origins = operation.origins
    if operation.body:
        yield _row("body", f"{operation.body.kind}: {operation.body.param}", origins.get("body"))
    for status, error in operation.errors:
        place = f"errors.{status}"
        yield _row(place, error, origins.get(place) or service.origins.get(place))
    if operation.rows:
        told = f"{operation.rows.header} header, then {operation.rows.on_truncate}"
        own = f", but for the caller's own {operation.rows.limit_param}" if operation.rows.limit_param else ""
        usual = f", usually beyond {operation.rows.usual} rows" if operation.rows.usual else ""
        yield _row("limits.rows", told + own + usual, origins.get("limits.rows"))
    for limit in operation.items:
        yield _row(f"limits.{limit.key}", _limit(limit), origins.get(f"limits.{limit.key}"))
    if operation.cache:
        key = ", ".join(operation.cache.key)
        told = f"{operation.cache.ttl:g} s, {operation.cache.maxsize} answers, by {key}"
        if operation.cache.lasting:
            told += f"; {operation.cache.lasting:g} s in a cache folder"
        yield _row("cache", told, origins.get("cache"))
    done = (
        "summary",
        "method",
        "path",
        "base",
        "prefix",
        "safe",
        "params",
        "response",
        "body",
        "errors",
        "limits",
    )
    yield from _written("", origins, operation, (*done, "cache", "examples"))
    for number, example in enumerate(operation.examples):
        yield _row(f"examples[{number}]", dict(example.call), example.origins.get(""))
