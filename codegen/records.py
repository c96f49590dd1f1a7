"""The runtime's description of an operation, as records that a generated module writes down.

The generator must not import the package that it generates, so the runtime's field names stand
here in tables. A test compares them, and the defaults that are left out, with the runtime's own.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Any

from codegen.escape import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen import ir

_Fields = tuple[tuple[str, str], ...]


def _same_names(names: str) -> _Fields:
    return tuple((name, name) for name in names.split())


PARAM: _Fields = (
    *_same_names("name type location"),
    ("wire_names", "wire"),
    *_same_names(
        "encode required default client_default default_for is_const wrap server minimum maximum max_items "
        "choices effect aliases aliases_since"
    ),
)
BODY: _Fields = _same_names("kind param dtype")
ARM: _Fields = _same_names("decode when dtype media_type select cast map_keys headers status keyed_by")
ROW_LIMIT: _Fields = _same_names("header contains on_truncate limit_param usual")
ITEM_LIMIT: _Fields = _same_names("param max on_exceed merge depth unless nothing_found first")
CACHE: _Fields = _same_names("ttl maxsize key lasting")
DEPRECATION: _Fields = _same_names("since use message sunset")
FEATURE: _Fields = _same_names("name attr message")
SERVER: _Fields = _same_names(
    "base key address auth version_path api_versions_path fallback_api fallback_servers "
    "unknown_version connect_timeout read_timeout"
)
OPERATION: _Fields = _same_names(
    "name method path safe holes kind scheme headers check server server_message "
    "unknown_version requires exclusive errors timeout aliases aliases_since"
)


def operation_record(operation: ir.Operation) -> Record:
    """Describe `operation` as the runtime's `Operation(...)`."""
    parts: list[tuple[str, Any]] = [
        ("params", tuple(_record("Param", param, PARAM) for param in operation.params)),
        ("body", operation.body and _record("Body", operation.body, BODY)),
        ("response", tuple(_arm(operation, arm) for arm in operation.response)),
        ("rows", operation.rows and _record("RowLimit", operation.rows, ROW_LIMIT)),
        ("items", tuple(_record("ItemLimit", item, ITEM_LIMIT) for item in operation.items)),
        ("cache", operation.cache and _record("CachePolicy", operation.cache, CACHE)),
        ("deprecated", operation.deprecated and _record("Deprecation", operation.deprecated, DEPRECATION)),
        ("envelope", operation.has_envelope),
    ]
    plain = _record("Operation", operation, OPERATION)
    return Record("Operation", (*plain.fields, *((name, value) for name, value in parts if value)))


def service_record(service: ir.Service) -> Record:
    """Describe `service` as the runtime's `ServiceInfo(...)`; every field is written out."""
    server = tuple((name, getattr(service.server, name)) for name, _ in SERVER)
    features = tuple(_record("Feature", feature, FEATURE) for feature in service.features)
    fields = (
        ("name", service.name),
        ("attribute", service.attribute),
        *server,
        ("api_versions", tuple(sorted((api.number for api in service.apis), key=int))),
    )
    return Record("ServiceInfo", (*fields, ("features", features)) if features else fields)


def _arm(operation: ir.Operation, arm: ir.Arm) -> Record:
    record = _record("Arm", arm, ARM)
    if arm.order != "input":
        return record
    return Record("Arm", (*record.fields, ("same_length_as", operation.counted)))


def _record(name: str, source: Any, fields: Iterable[tuple[str, str]]) -> Record:
    """Copy `fields` of `source`, except those that hold their default: the runtime has the same."""
    defaults = _defaults(source.__class__)
    values = ((target, getattr(source, field), defaults[field]) for field, target in fields)
    return Record(
        name, tuple((target, value) for target, value, default in values if not _same(value, default))
    )


@cache
def _defaults(kind: type[Any]) -> dict[str, Any]:
    return {field.name: field.default for field in dataclasses.fields(kind)}


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default
