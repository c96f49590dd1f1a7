"""What is known of tables and views.

Everybody who may view the datastack is told about every table, private ones too: only rows are kept from
them, as on real servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.json_forms import spaced_json
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.registry import served
from caveclient_gen.offline.services.materialize.versions import asked_version, version_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.versions import Version, View

__all__ = ["asked_view", "table_notice"]


# ---- tables


@served("get_tables", needs="view")
def tables(call: Call) -> Reply:
    """List the tables of a version, as API 2 does: no table is an empty list."""
    version = call.cave.versions.get(version_number(call))
    if version is None:
        number = version_number(call)
        raise aborted(404, f"version {number} does not exist for {call.cave.facts.datastack} ")
    return spaced_json([*version.tables])


@served("list_tables", needs="view")
def tables_or_null(call: Call) -> Reply:
    """List the tables of a version, as API 3 does: no table, and no version, is 404 and null."""
    version = call.cave.versions.get(version_number(call))
    if version is None or not version.tables:
        return spaced_json(None, status=404)
    return spaced_json([*version.tables])


@served("get_tables_metadata", needs="view")
def tables_metadata(call: Call) -> Reply:
    """Tell what is known of all tables of a version."""
    version = asked_version(call)
    return spaced_json([*version.tables.values()], status=200 if version.tables else 404)


@served("get_table_metadata", needs="view", apis=("3",))
def table_metadata(call: Call) -> Reply:
    """Tell what is known of one table."""
    version = asked_version(call)
    return spaced_json(_known_record(call, version))


@served("get_table_metadata", needs="view", apis=("2",))
def table_metadata_of_api_2(call: Call) -> Reply:
    """Tell what is known of one table, in the words of API 2, with its notice as a warning."""
    version = asked_version(call)
    record = dict(_known_record(call, version))
    if record.get("pcg_table_name"):
        table = record["table_name"]
        record |= {"table_name": f"{table}__{record['pcg_table_name']}", "annotation_table": table}
    return spaced_json(record, headers=table_notice(call.path["table_name"], record))


def _known_record(call: Call, version: Version) -> Mapping[str, Any]:
    table = call.path["table_name"]
    if table not in version.tables:
        stack = call.cave.facts.datastack
        text = f"No table named '{table[:60]}' found for version '{version.number}' in datastack '{stack}'"
        raise Refusal(404, text, body=text)
    return version.tables[table]


def table_notice(table: str, record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the header that tells what a table's owner wants to be known; none if there is nothing."""
    notice = record.get("notice_text")
    if not notice:
        return ()
    return (("Warning", f"Table Owner Notice on {table}: {notice}"),)


# ---- views


@served("get_views", needs="view")
def views(call: Call) -> Reply:
    """Tell what is known of all views of a version, or of the live ones (version 0)."""
    found = _views_of_version(call)
    return spaced_json(
        {name: _view_record(call, number, view, IN_A_LIST) for name, (number, view) in found.items()}
    )


@served("get_view_schemas", needs="view")
def view_schemas(call: Call) -> Reply:
    """Tell what the columns of all views are."""
    found = _views_of_version(call)
    return spaced_json(
        {name: _view_columns(view) for name, (_, view) in found.items()}, status=200 if found else 404
    )


@served("get_view_metadata", needs="view")
def view_metadata(call: Call) -> Reply:
    """Tell what is known of one view."""
    number, view = asked_view(call)
    return spaced_json(_view_record(call, number, view, ALONE))


@served("get_view_schema", needs="view")
def view_schema(call: Call) -> Reply:
    """Tell what the columns of one view are."""
    _, view = asked_view(call)
    return spaced_json(_view_columns(view))


def asked_view(call: Call) -> tuple[int, View]:
    """Return the view that the path names, with its number; refuse what there is none of."""
    found = _views_of_version(call).get(call.path["view_name"])
    if found is None:
        raise aborted(404, f"View {call.path['view_name'][:60]} not found")
    return found


def _views_of_version(call: Call) -> dict[str, tuple[int, View]]:
    """Return the views that a version has, by name and with their numbers; live ones of version 0."""
    number = version_number(call)
    if number:
        asked_version(call)
    known = enumerate(call.cave.versions.views().values(), start=1)
    return {view.name: (place, view) for place, view in known if number or view.live_compatible}


IN_A_LIST = (
    "voxel_resolution_y",
    "voxel_resolution_z",
    "id",
    "voxel_resolution_x",
    "live_compatible",
    "description",
    "notice_text",
    "datastack_name",
)
ALONE = (
    "live_compatible",
    "voxel_resolution_z",
    "voxel_resolution_x",
    "description",
    "id",
    "notice_text",
    "voxel_resolution_y",
    "datastack_name",
    "table_name",
)
"""What is told of a view, in the order of real servers."""


def _view_record(call: Call, number: int, view: View, names: Sequence[str]) -> dict[str, Any]:
    x, y, z = view.resolution
    record = {
        "id": number,
        "table_name": view.name,
        "description": view.description,
        "datastack_name": call.cave.facts.datastack,
        "voxel_resolution_x": x,
        "voxel_resolution_y": y,
        "voxel_resolution_z": z,
        "notice_text": view.notice,
        "live_compatible": view.live_compatible,
    }
    return {name: record[name] for name in names}


def _view_columns(view: View) -> dict[str, dict[str, str]]:
    return {column: {"type": kind} for column, kind in view.columns.items()}
