"""Tables for viewers: properties of segments, and layers of annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.reading import (
    Frozen,
    Live,
    check_offered,
    newest_state,
    readable,
)
from caveclient_gen.offline.services.materialize.registry import served
from caveclient_gen.offline.services.materialize.versions import (
    asked_version,
    no_such_version,
    offered_versions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import pyarrow as pa

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.services.materialize.reading import State
    from caveclient_gen.offline.tables.query import At
    from caveclient_gen.offline.viewing.annotation_layer import AnnotationLayer

__all__: list[str] = []

Found = TypeVar("Found")

LARGEST_LAYER = 2_000_000
"""Rows of a table up to which it is made a layer of annotations, at every request anew."""


# ---- properties of segments


@served("neuroglancer_segprop_info", needs="view")
def segment_properties_of_version(call: Call) -> Reply:
    """Answer a frozen table as properties of the segments of its version."""
    version = asked_version(call)
    check_offered(call, version)
    return _properties(call, Frozen(call, version))


@served("neuroglancer_live_segprop_info", needs="view")
def segment_properties_now(call: Call) -> Reply:
    """Answer a table as properties of the segments that there are now."""
    return _properties(call, Live(call, call.cave.store.clock.now()))


def _properties(call: Call, state: State) -> Reply:
    table = call.path["table_name"]
    record = readable(call, state, table, call.cave.facts.row_cap)
    rows = state.rows(table)
    target = record.get("reference_table")
    if target and state.record(target) is not None:
        readable(call, state, target, call.cave.facts.row_cap)
        rows = _with_target(rows, state.rows(target))
    return _properties_reply(call, rows)


@served("neuroglancer_view_segprop_info", needs="view")
def segment_properties_of_view(call: Call) -> Reply:
    """Answer a view of a version (0: of now, -1: of the newest version) as properties of segments."""
    from caveclient_gen.offline.tables.query import Query

    at = _moment_of_view(call)
    name = call.path["view_name"]
    most = call.cave.facts.row_cap
    rows = call.cave.tables.run(Query(at=at, tables=(name,), of_view=True, limit=most + 1)).rows
    if rows.num_rows > most:
        raise aborted(400, f"{name} is too large to be shown as a whole: it has more than {most:,} rows")
    return _properties_reply(call, rows)


def _moment_of_view(call: Call) -> At:
    from caveclient_gen.offline.tables.query import Frozen as FrozenTables
    from caveclient_gen.offline.tables.query import Live as LiveTables

    if call.path["version"] == "-1":
        newest = offered_versions(call)
        if not newest:
            raise no_such_version(call)
        return FrozenTables(newest[-1].number)
    if call.path_id("version") == 0:
        return LiveTables(call.cave.store.clock.now())
    version = asked_version(call)
    check_offered(call, version)
    return FrozenTables(version.number)


def _properties_reply(call: Call, rows: pa.Table) -> Reply:
    """Answer rows as properties of segments, labelled as the query says."""
    from caveclient_gen.offline.viewing.segment_properties import segment_properties

    columns = call.text("label_columns") or ""
    chosen = [column.strip() for column in columns.split(",") if column.strip()]
    return Reply.json(
        _refusing(
            lambda: segment_properties(rows, label_format=call.text("label_format"), label_columns=chosen)
        ),
        compress=True,
    )


# ---- layers of annotations


@served("neuroglancer_annotation_info", needs="view")
def layer_info(call: Call) -> Reply:
    """Describe a table as a layer."""
    return Reply.json(_layer(call).info())


@served("neuroglancer_annotation", needs="view")
def layer_annotation(call: Call) -> Reply:
    """Answer one annotation of a layer."""
    found = _layer(call).one(call.path_id("id"))
    return _bytes(found, f"There is no annotation {call.path['id'][:40]} in {call.path['table_name'][:60]}")


@served("neuroglancer_annotations_of", needs="view")
def layer_annotations_of_segment(call: Call) -> Reply:
    """Answer the annotations of a layer that are on a segment."""
    column = call.path["column_name"]
    found = _layer(call).related(column, call.path_id("segid"))
    return _bytes(found, f"{call.path['table_name'][:60]} has no column of root ids {column[:60]!r}")


@served("neuroglancer_annotations_in", needs="view")
def layer_annotations_in_cell(call: Call) -> Reply:
    """Answer the annotations of a layer that are in one cell of its spatial index."""
    place = call.path_id("x_bin"), call.path_id("y_bin"), call.path_id("z_bin")
    level = call.path["spatial_level"]
    return _bytes(_layer(call).cell(level, place), f"The layer has no cell {place} in {level[:60]!r}")


def _layer(call: Call) -> AnnotationLayer:
    """Return the table that the path names as a layer: of the newest version that has it, or else of now."""
    from caveclient_gen.offline.viewing.annotation_layer import AnnotationLayer
    from caveclient_gen.offline.viewing.rows import geometries

    table = call.path["table_name"]
    state = newest_state(call, table)
    record = readable(call, state, table, LARGEST_LAYER)
    rows = state.rows(table)
    target = record.get("reference_table")
    if not geometries(rows) and target and state.record(target) is not None:
        record = readable(call, state, target, LARGEST_LAYER)
        rows = _with_target(rows, state.rows(target))
    return _refusing(lambda: AnnotationLayer(rows, _resolution(record)))


def _resolution(record: Mapping[str, Any]) -> list[float]:
    return [float(record[f"voxel_resolution_{axis}"]) for axis in "xyz"]


def _with_target(rows: pa.Table, target: pa.Table) -> pa.Table:
    from caveclient_gen.offline.viewing.rows import with_target

    return with_target(rows, target)


def _refusing(make: Callable[[], Found]) -> Found:
    """Make something; what cannot be made is refused as this service does."""
    try:
        return make()
    except Refusal as refusal:
        raise aborted(refusal.status, refusal.message) from None


def _bytes(found: bytes | None, missing: str) -> Reply:
    if found is None:
        raise aborted(404, missing)
    return Reply(found, "application/octet-stream")
