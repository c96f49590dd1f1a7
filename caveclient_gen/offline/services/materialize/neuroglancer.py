"""Tables for viewers as properties of segments; as layers of annotations they are in `layers.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.json_forms import spaced_json
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.reading import (
    TablesNow,
    TablesOfVersion,
    asked_state,
    readable,
    readable_view,
)
from caveclient_gen.offline.services.materialize.registry import served
from caveclient_gen.offline.services.materialize.versions import (
    offered_version,
    offered_versions,
    version_number,
)
from caveclient_gen.offline.tables.query import Query

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.services.materialize.reading import State

__all__: list[str] = []


@served("neuroglancer_segprop_info", needs="view")
def segment_properties_of_version(call: Call) -> Reply:
    """Answer a frozen table as properties of the segments of its version."""
    return _properties(call, TablesOfVersion(call, offered_version(call)))


@served("neuroglancer_live_segprop_info", needs="view")
def segment_properties_now(call: Call) -> Reply:
    """Answer a table as properties of the segments that there are now."""
    return _properties(call, TablesNow(call, call.cave.store.clock.now()))


def _properties(call: Call, state: State) -> Reply:
    from caveclient_gen.offline.viewing.rows import with_target

    table = call.path["table_name"]
    record = readable(call, state, table, call.cave.facts.row_cap)
    rows = state.rows(table)
    target = record.get("reference_table")
    if target and state.record(target) is not None:
        readable(call, state, target, call.cave.facts.row_cap)
        rows = with_target(rows, state.rows(target))
    return _properties_reply(call, rows)


@served("neuroglancer_view_segprop_info", needs="view")
def segment_properties_of_view(call: Call) -> Reply:
    """Answer a view of a version (0: of now, -1: of the newest version) as properties of segments."""
    name = call.path["view_name"]
    state = _state_of_view(call)
    readable_view(call, state, name)
    most = call.cave.facts.row_cap
    query = Query(at=state.place, tables=(name,), of_view=True, limit=most + 1)
    rows = call.cave.tables.run(query).rows
    if rows.num_rows > most:
        raise aborted(400, f"{name} is too large to be shown as a whole: it has more than {most:,} rows")
    return _properties_reply(call, rows)


def _state_of_view(call: Call) -> State:
    if version_number(call) == -1 and (offered := offered_versions(call)):
        return TablesOfVersion(call, offered[-1])
    return asked_state(call)


def _properties_reply(call: Call, rows: pa.Table) -> Reply:
    """Answer rows as properties of segments, labelled as the query says."""
    from caveclient_gen.offline.viewing.segment_properties import segment_properties

    columns = call.text("label_columns") or ""
    chosen = [column.strip() for column in columns.split(",") if column.strip()]
    try:
        found = segment_properties(rows, label_format=call.text("label_format"), label_columns=chosen)
    except Refusal as refusal:
        raise aborted(refusal.status, refusal.message) from None
    return spaced_json(found, compress=True, end="")
