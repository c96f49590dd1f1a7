"""Jobs: look-ups and exports.

What real servers do later, in a queue, is done before the answer here; so there is never a job to ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.http.sorted_json import sorted_json
from caveclient_gen.offline.services.materialize.registry import served

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

__all__: list[str] = []

# ---- supervoxels of points


@served("lookup_supervoxel_ids", needs="edit")
def lookup_supervoxel_ids(call: Call) -> Reply:
    """Look up the supervoxels of some annotations of a table, or of all."""
    fields = call.fields()
    for name in fields:
        if name != "annotation_ids":
            raise _schema_errors(name[:60], "Unknown field.")
    asked = fields.get("annotation_ids")
    if asked is not None and not isinstance(asked, list):
        raise _schema_errors("annotation_ids", "Not a valid list.")
    ids = None if asked is None else read_ids("annotation_ids", asked).tolist()
    call.cave.annotations.look_up(call.path["table_name"], ids)
    return Reply.spaced_json(200)


@served("ingest_annotation_table", needs="edit")
def ingest_annotation_table(call: Call) -> Reply:
    """Look up the supervoxels of all annotations of a table that have none."""
    call.cave.annotations.look_up(call.path["table_name"])
    return Reply.spaced_json(200)


def _schema_errors(field: str, text: str) -> Refusal:
    """Refuse a body as the service's schemas do: HTTP 500, the mistakes by field."""
    return Refusal(400, text, wire_status=500, body={"schema_errors": {field: [text]}})


# ---- look-ups block by block

served.not_here(
    "start_spatial_lookup",
    reason="Points get their supervoxels as soon as they are posted; `lookup_supervoxel_ids` does it for the "
    "rest.",
)


@served("get_spatial_lookup_status", needs="edit")
def spatial_lookup_status(call: Call) -> Reply:
    """Say that no look-up was started."""
    text = f"No workflow data found for table {call.path['table_name'][:60]}"
    raise Refusal(404, text, body={"status": "error", "message": text})


@served("get_active_spatial_lookups", needs="edit")
def active_spatial_lookups(call: Call) -> Reply:
    """List no look-up: none ever runs."""
    return Reply.spaced_json({"status": "success", "workflows": []})


@served("get_all_active_spatial_lookups", needs="login")
def all_active_spatial_lookups(call: Call) -> Reply:
    """List no look-up: none ever runs."""
    return Reply.spaced_json({"status": "success", "workflows": []})


@served("get_spatial_lookup_details", needs="view")
def spatial_lookup_details(call: Call) -> Reply:
    """Say that no look-up was started."""
    text = f"No workflow data found for workflow {call.path['workflow_name'][:60]}"
    raise Refusal(404, text, body={"status": "error", "message": text})


# ---- exports

served.not_here(
    "dump_csv_table",
    reason="It writes into a cloud bucket, and there is none; the Parquet files of a version lie in the "
    "dataset's folder.",
)
served.not_here(
    "start_deltalake_export",
    "get_deltalake_export",
    "discover_deltalake_specs",
    "check_deltalake_exists",
    reason="It is about a cloud bucket, and there is none; the Parquet files of a version lie in the "
    "dataset's folder.",
)
served.not_here(
    "create_virtual_version",
    reason="A dataset is one datastack; `Dataset.copy` makes a second one from it.",
)


@served("get_deltalake_defaults", needs="login")
def deltalake_defaults(call: Call) -> Reply:
    """Tell what exports use where nothing is said: as a server without a bucket does."""
    return sorted_json({"bloom_filter_fpp": 0.001, "output_bucket": "", "target_partition_size_mb": 256})
