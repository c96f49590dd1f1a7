"""What the annotation service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.misfits import check_fields, misfit
from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.json_forms import spaced_json
from caveclient_gen.offline.http.refusals import Refusal, aborted, wrong_arguments
from caveclient_gen.offline.http.served import Served
from caveclient_gen.offline.services.table_rights import is_admin, is_owner, may_use

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.http.call import Call

__all__ = ["served"]

served = Served("annotation")

LARGEST_POST = 64 * 2**20


# ---- tables


@served("get_tables", needs="view", apis=("2",))
def get_tables(call: Call) -> Reply:
    """List the tables that exist, or existed at `timestamp`; without `filter_valid`, deleted ones too."""
    _check_volume(call)
    annotations, moment = call.cave.annotations, call.moment("timestamp")
    if call.flag("filter_valid", default=True):
        return spaced_json(annotations.tables(at=moment))
    return spaced_json(annotations.tables_ever(at=moment))


@served("create_table", needs="edit")
def create_table(call: Call) -> Reply:
    """Make a table and answer its name, as text."""
    _check_volume(call)
    fields = call.fields()
    wanted = ("table_name", "schema_type", "metadata")
    check_fields(fields, wanted, required=wanted)
    table, schema_type = _text(fields, "table_name"), _text(fields, "schema_type")
    metadata = _object(fields, "metadata")
    owner = metadata.get("user_id")
    if owner is not None and str(owner) != str(call.user_id) and not is_admin(call):
        raise aborted(401, "Leave out user_id: only an administrator makes tables for others.")
    return Reply.text(call.cave.annotations.create_table(call.user_id, table, schema_type, metadata))


@served("update_metadata", needs="edit")
def update_metadata(call: Call) -> Reply:
    """Change a table's metadata and answer all of it."""
    _check_volume(call)
    fields = call.fields()
    check_fields(fields, ("table_name", "metadata"), required=("table_name", "metadata"))
    table = _text(fields, "table_name")
    _check_owner(call, call.cave.annotations.record(table))
    return spaced_json(
        call.cave.annotations.update_metadata(call.user_id, table, _object(fields, "metadata"))
    )


@served("get_table_metadata", needs="view")
def get_table_metadata(call: Call) -> Reply:
    """Answer a table's metadata; servers write 201."""
    _check_volume(call)
    record = call.cave.annotations.record(call.path["table_name"])
    return spaced_json(record, status=201, headers=_notice(record))


@served("delete_table", needs="edit")
def delete_table(call: Call) -> Reply:
    """Hide a table."""
    _check_volume(call)
    table = call.path["table_name"]
    _check_owner(call, call.cave.annotations.record(table))
    call.cave.annotations.delete_table(call.user_id, table)
    return spaced_json(True)


# ---- rows


@served("get_annotation_count", needs="view")
def get_annotation_count(call: Call) -> Reply:
    """Count the rows in force."""
    table, _ = _readable(call)
    return spaced_json(call.cave.annotations.count(table))


@served("get_annotation", needs="view", apis=("2",))
def get_annotation(call: Call) -> Reply:
    """Answer rows by their ids; those that nobody knows are left out."""
    table, record = _readable(call)
    text = call.text("annotation_ids")
    if text is None:
        raise Refusal(400, "Say annotation_ids: the ids of the rows, with commas between them.")
    try:
        ids = read_ids("annotation_ids", [part.strip() for part in text.split(",")])
    except Refusal as refusal:
        raise wrong_arguments({"annotation_ids": refusal.message}) from None
    return spaced_json(call.cave.annotations.get(table, ids.tolist()), headers=_notice(record))


@served("post_annotation", needs="edit", apis=("2",), largest_body=LARGEST_POST)
def post_annotation(call: Call) -> Reply:
    """Add rows and answer their ids; all of them or none."""
    table = _writable(call)
    return spaced_json(call.cave.annotations.post(call.user_id, table, _rows(call)))


@served("update_annotation", needs="edit", largest_body=LARGEST_POST)
def update_annotation(call: Call) -> Reply:
    """Replace rows and answer old id to new id; all of them or none."""
    table = _writable(call)
    return spaced_json(call.cave.annotations.update(call.user_id, table, _rows(call)))


@served("delete_annotation", needs="edit", largest_body=LARGEST_POST)
def delete_annotation(call: Call) -> Reply:
    """Delete rows and answer which were deleted; 404 if none of them was there."""
    table = _writable(call)
    check_fields(call.fields(), ("annotation_ids",), required=("annotation_ids",))
    ids = call.ids("annotation_ids").tolist()
    deleted = call.cave.annotations.delete(call.user_id, table, ids)
    if not deleted:
        return spaced_json(f"annotation_id {ids[:100]} not in table {table}", status=404)
    return spaced_json(deleted)


# ---- API 0


@served("get_datasets", needs="login", apis=("0",))
def get_datasets(call: Call) -> Reply:
    """List the aligned volumes, under their first name."""
    return spaced_json([call.cave.facts.aligned_volume])


@served("get_tables", needs="view", apis=("0",))
def get_tables_of_dataset(call: Call) -> Reply:
    """List the tables of a dataset."""
    _check_volume(call)
    return spaced_json(call.cave.annotations.tables())


@served("get_annotation", needs="view", apis=("0",))
def get_one_annotation(call: Call) -> Reply:
    """Answer one row."""
    table, record = _readable(call)
    number = call.path_id("annotation_id")
    found = call.cave.annotations.get(table, [number])
    if not found:
        raise aborted(404, f"annotation_id [{number}] not in table {table}")
    return spaced_json(found[0], headers=_notice(record))


@served("post_annotation", needs="edit", apis=("0",), largest_body=LARGEST_POST)
def post_annotation_of_dataset(call: Call) -> Reply:
    """Add rows, which are the whole body."""
    table = _writable(call)
    if not isinstance(call.document, list):
        raise misfit("annotations", "Not a valid list.")
    return spaced_json(call.cave.annotations.post(call.user_id, table, call.document))


@served.also("/api/versions")
def versions(call: Call) -> Reply:
    """Answer which versions of the API there are."""
    return spaced_json([2])


# ---- who may


def _readable(call: Call) -> tuple[str, Mapping[str, Any]]:
    _check_volume(call)
    table = call.path["table_name"]
    record = call.cave.annotations.record(table)
    _check_allowed(call, record, record["read_permission"], "read")
    return table, record


def _writable(call: Call) -> str:
    _check_volume(call)
    table = call.path["table_name"]
    record = call.cave.annotations.record(table)
    _check_allowed(call, record, record["write_permission"], "write")
    return table


def _check_allowed(call: Call, record: Mapping[str, Any], permission: str, verb: str) -> None:
    if may_use(call, record, permission):
        return
    if permission == "GROUP":
        raise aborted(401, f"Ask its owner: who may {verb} {record['table_name']} shares a group with them.")
    raise aborted(401, f"Ask its owner: nobody else may {verb} {record['table_name']}.")


def _check_owner(call: Call, record: Mapping[str, Any]) -> None:
    if not is_owner(call, record):
        raise aborted(401, "You cannot do this because you are not the owner of this table")


# ---- reading and writing


def _check_volume(call: Call) -> None:
    name = call.path.get("aligned_volume_name") or call.path["dataset_name"]
    if name != call.cave.facts.aligned_volume:
        raise aborted(400, f"aligned volume {name[:80]} not valid")


def _rows(call: Call) -> list[Any]:
    fields = call.fields()
    check_fields(fields, ("annotations",), required=("annotations",))
    if not isinstance(fields["annotations"], list):
        raise misfit("annotations", "Not a valid list.")
    return fields["annotations"]


def _text(fields: Mapping[str, Any], name: str) -> str:
    if not isinstance(fields[name], str):
        raise misfit(name, "Not a valid string.")
    return str(fields[name])


def _object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = fields[name]
    if not isinstance(found, dict):
        raise misfit(name, "Not a valid object.")
    return found


def _notice(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the header with the owner's notice."""
    if not record["notice_text"]:
        return ()
    return (("Warning", f"Table Owner Notice: {record['notice_text']}"),)
