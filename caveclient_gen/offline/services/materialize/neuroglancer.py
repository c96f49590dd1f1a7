"""Tables for viewers as properties of segments; as layers of annotations they are in `layers.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.reading import (
    Frozen,
    Live,
    check_may_read,
    check_offered,
    readable,
)
from caveclient_gen.offline.services.materialize.registry import served
from caveclient_gen.offline.services.materialize.versions import (
    asked_version,
    offered_versions,
    version_number,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.services.materialize.reading import State
    from caveclient_gen.offline.versions import Version

__all__: list[str] = []


@served("neuroglancer_segprop_info", needs="view")
def segment_properties_of_version(call: Call) -> Reply:
    """Answer a frozen table as properties of the segments of its version."""
    return _properties(call, Frozen(call, _offered_version(call)))


@served("neuroglancer_live_segprop_info", needs="view")
def segment_properties_now(call: Call) -> Reply:
    """Answer a table as properties of the segments that there are now."""
    return _properties(call, Live(call, call.cave.store.clock.now()))


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
    from caveclient_gen.offline.tables.query import Query

    name = call.path["view_name"]
    state = _state_of_view(call)
    views = call.cave.versions.views()
    if name not in views or (isinstance(state, Live) and not views[name].live_compatible):
        raise aborted(404, f"View {name[:80]!r} not found in {call.cave.facts.datastack}")
    for table in call.cave.tables.tables_of_view(views[name]):
        record = state.record(table)
        if record is None:
            raise state.refusal(table)
        check_may_read(call, table, record)
    most = call.cave.facts.row_cap
    query = Query(at=state.place, tables=(name,), of_view=True, limit=most + 1)
    rows = call.cave.tables.run(query).rows
    if rows.num_rows > most:
        raise aborted(400, f"{name} is too large to be shown as a whole: it has more than {most:,} rows")
    return _properties_reply(call, rows)


def _state_of_view(call: Call) -> Frozen | Live:
    number = version_number(call)
    if number == 0:
        return Live(call, call.cave.store.clock.now())
    if number == -1 and (offered := offered_versions(call)):
        return Frozen(call, offered[-1])
    return Frozen(call, _offered_version(call))


def _offered_version(call: Call) -> Version:
    version = asked_version(call)
    check_offered(call, version)
    return version


def _properties_reply(call: Call, rows: pa.Table) -> Reply:
    """Answer rows as properties of segments, labelled as the query says."""
    from caveclient_gen.offline.viewing.segment_properties import segment_properties

    columns = call.text("label_columns") or ""
    chosen = [column.strip() for column in columns.split(",") if column.strip()]
    try:
        found = segment_properties(rows, label_format=call.text("label_format"), label_columns=chosen)
    except Refusal as refusal:
        raise aborted(refusal.status, refusal.message) from None
    return Reply.spaced_json(found, compress=True, end="")
