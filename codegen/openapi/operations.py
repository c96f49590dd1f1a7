"""One Operation object: the request, the answers, and what the client knows about sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi import schemas
from codegen.openapi.arguments import deprecation
from codegen.openapi.bodies import request_body
from codegen.openapi.parameters import is_set_elsewhere, parameters
from codegen.openapi.responses import responses
from codegen.openapi.servers import servers_of
from codegen.openapi.words import described
from codegen.prose import sentence

if TYPE_CHECKING:
    from codegen import ir
    from codegen.openapi.examples import Examples
    from codegen.openapi.schemas import Json


def operation_object(service: ir.Service, api: ir.Api, operation: ir.Operation, examples: Examples) -> Json:
    """Describe one operation; `servers` and `security` only where they are not the document's."""
    body = request_body(operation, examples)
    return {
        "operationId": operation.name,
        **words_of(service, api, operation),
        "parameters": parameters(service, operation, examples),
        **({"requestBody": body} if body else {}),
        "responses": responses(service, operation, examples),
        **servers_of(operation),
        **_facts(operation),
    }


def words_of(service: ir.Service, api: ir.Api, operation: ir.Operation) -> Json:
    """Return what people read of an operation, and whether they should still use it."""
    deprecated = operation.deprecated or api.deprecated
    why = f"Deprecated. {deprecated.message}" if deprecated and deprecated.message else None
    words = described(sentence(operation.summary), operation.doc, why)
    is_old = deprecated is not None or operation.stability == "legacy"
    return {
        "tags": [service.name],
        "summary": " ".join(operation.summary.split()),
        "description": words,
        **({"deprecated": True} if is_old else {}),
    }


def _facts(operation: ir.Operation) -> Json:
    headers = {name: value for name, value in operation.headers if is_set_elsewhere("header", name)}
    found: Json = {
        "x-safe": operation.safe,
        "x-check": operation.check,
        "x-server-versions": list(operation.server) or None,
        "x-server-message": operation.server_message,
        "x-unknown-version": operation.unknown_version,
        "x-requires": operation.requires,
        "x-exclusive": schemas.plain(operation.exclusive) or None,
        "x-limits": _limits(operation) or None,
        "x-cache": _cache(operation.cache),
        "x-timeout": operation.timeout,
        "x-headers": headers or None,
        "x-stability": operation.stability if operation.stability != "stable" else None,
        "x-deprecated": deprecation(operation.deprecated),
        "x-pinned-to-api": operation.pin_api,
        "x-endpoint": operation.endpoint,
    }
    return {name: value for name, value in found.items() if value is not None}


def _limits(operation: ir.Operation) -> Json:
    """Say how much one request may carry and one answer has, under the names that arguments have."""
    found: Json = {limit.key: _items(limit) for limit in operation.items}
    return {"rows": _rows(operation.rows), **found} if operation.rows else found


def _rows(limit: ir.RowLimit) -> Json:
    told = {"header": limit.header, "contains": list(limit.contains), "on-truncate": limit.on_truncate}
    more: Json = {"limit-argument": limit.limit_param, "usual": limit.usual}
    return told | {name: value for name, value in more.items() if value is not None}


def _items(limit: ir.ItemLimit) -> Json:
    told: Json = {
        "first": limit.first,
        "max": limit.max,
        "on-exceed": limit.on_exceed,
        "merge": limit.merge,
        "unless": list(limit.unless) or None,
        "nothing-found": limit.nothing_found,
    }
    return {name: value for name, value in told.items() if value is not None}


def _cache(cache: ir.Cache | None) -> Json | None:
    if cache is None:
        return None
    key = {"key": list(cache.key), "key-ignores": list(cache.key_ignores), "lasting": cache.lasting}
    return {"ttl": cache.ttl, "maxsize": cache.maxsize} | {
        name: value for name, value in key.items() if value
    }
