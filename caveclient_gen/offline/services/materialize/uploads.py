"""Uploads of tables: what a table can be, and that files do not come this way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.schemas import schema_names, schema_of
from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.materialize.registry import served

if TYPE_CHECKING:
    from caveclient_gen.offline.annotations.schemas import Field, Schema
    from caveclient_gen.offline.http.call import Call

__all__: list[str] = []

SQL_TYPES = {
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float": "FLOAT",
    "text": "VARCHAR",
    "bool": "BOOLEAN",
}
"""What a column holds, in the words of the database of servers."""

served.not_here(
    "generate_upload_url",
    "save_upload_metadata",
    "start_upload",
    reason="It goes through a cloud bucket, and there is none; `caveclient-gen dataset import` takes CSV, "
    "Parquet and Feather files.",
)


@served("get_upload_schemas", "get_upload_schema", needs="nothing")
def upload_schemas(call: Call) -> Reply:
    """List the schemas that a table can have, or answer the document of one."""
    name = call.text("schema_name")
    if name is None or call.flag("name_only", default=True):
        return _success(schemas=[one for one in schema_names() if schema_of(one).is_table])
    return _success(schema=_known(name).document())


@served("get_upload_schema_model", needs="login")
def upload_schema_model(call: Call) -> Reply:
    """Tell the columns that a table of a schema has in a database."""
    name = call.text("schema_name")
    if name is None:
        raise _error(400, "Say which schema is meant, as schema_name.")
    schema = _known(name)
    fields = {"id": {"type": "BIGINT", "required": True, "primary_key": True}}
    for field in schema.fields:
        fields |= _columns(field)
    return _success(model={"name": name, "fields": fields})


def _columns(field: Field) -> dict[str, dict[str, Any]]:
    """Return the columns of a field: a position is one, and its segment is not said by who uploads."""
    if field.is_point:
        return {field.position: _column("GEOMETRY(POINTZ)", required=field.required)}
    return {
        column.name: _column(SQL_TYPES[column.sort], required=column.required) for column in field.columns
    }


def _column(kind: str, *, required: bool) -> dict[str, Any]:
    return {"type": kind, "required": required, "primary_key": False}


def _known(name: str) -> Schema:
    if name not in schema_names():
        raise _error(404, f"There is no schema {name[:60]!r}: get_upload_schemas lists them.")
    return schema_of(name)


@served("get_upload_aligned_volumes", needs="login")
def upload_aligned_volumes(call: Call) -> Reply:
    """List the one datastack there is."""
    facts = call.cave.facts
    one = {
        "datastack": facts.datastack,
        "aligned_volume": facts.aligned_volume,
        "description": facts.description,
    }
    return _success(aligned_volumes=[one])


@served("get_upload_jobs", needs="login")
def upload_jobs(call: Call) -> Reply:
    """List no upload: none can be started."""
    return _success(jobs=[])


@served("get_upload_status", "cancel_upload", needs="login")
def upload_job(call: Call) -> Reply:
    """Say that there is no such upload."""
    raise _error(404, "Job not found")


def _success(**parts: Any) -> Reply:
    return Reply.spaced_json({"status": "success", **parts})


def _error(status: int, text: str) -> Refusal:
    return Refusal(status, text, body={"status": "error", "message": text})
