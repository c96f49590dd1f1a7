"""Queries of frozen tables, joined tables, views, and tables at any moment; counts and different texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.live import live_query
from caveclient_gen.offline.services.materialize.query_bodies import JOIN, SIMPLE, read_body, read_filters
from caveclient_gen.offline.services.materialize.query_form import read_form
from caveclient_gen.offline.services.materialize.reading import Frozen as FrozenTables
from caveclient_gen.offline.services.materialize.reading import check_may_read, check_offered
from caveclient_gen.offline.services.materialize.registry import served
from caveclient_gen.offline.services.materialize.versions import asked_version, offered_versions
from caveclient_gen.offline.tables.query import Frozen, Join, Live, Query, check_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.tables.query import At
    from caveclient_gen.offline.versions import Version

__all__: list[str] = []

FROZEN_LIMIT = '201 - "Limited query to {} rows'
LIVE_LIMITS = tuple(
    f"result has {{0}} entries, which is equal or more {' ' * blanks}than limit of {{0}} "
    "there may be more results which are not shown"
    for blanks in (8, 4)
)
"""What servers say when an answer has as many rows as it may have; a live query says it twice."""

SUFFIXES_ARE_OLD = (
    "Suffixes is deprecated for complex queries as it can be ambiguous what you desire, please pass "
    "suffix_map as a dictionary to explicitly set suffixes for individual tables. "
    "Upgrade caveclient to >=5.0.0"
)


@served("query_table", needs="view")
def query_table(call: Call) -> Reply:
    """Answer rows of one frozen table."""
    version = _version(call)
    table = call.path["table_name"]
    record = _frozen_record(call, version, table)
    body = read_body(call, SIMPLE)
    query = Query(
        at=Frozen(version.number),
        tables=(table,),
        select=body.get("select_columns"),
        with_supervoxels=True,
        **_common(body),
    )
    return _answer(call, query, _notices({table: record}))


@served("join_query", needs="view")
def join_query(call: Call) -> Reply:
    """Answer rows of frozen tables that are joined."""
    version = _version(call)
    body = read_body(call, JOIN, "tables")
    if not body["tables"] or not all(len(pair) == 2 for pair in body["tables"]):
        raise Refusal(400, "tables must be [[table, column], [table, column], ...].")
    tables = [table for table, _ in body["tables"]]
    check_tables(tables)
    records = {table: _frozen_record(call, version, table) for table in tables}
    first, by = body["tables"][0]
    query = Query(
        at=Frozen(version.number),
        tables=tuple(tables),
        joins=tuple(Join(table, column, first, by) for table, column in body["tables"][1:]),
        select=body.get("select_column_map") or body.get("select_columns"),
        suffixes=_suffixes(tables, body),
        with_supervoxels=True,
        **_common(body),
    )
    warnings = _notices(records)
    return _answer(call, query, [*warnings, SUFFIXES_ARE_OLD] if body.get("suffixes") else warnings)


@served("query_view", needs="view")
def query_view(call: Call) -> Reply:
    """Answer rows of a view, of a version or (version 0) of the present."""
    name = call.path["view_name"]
    at = _state_of_view(call, name)
    body = read_body(call, SIMPLE)
    query = Query(at=at, tables=(name,), of_view=True, select=body.get("select_columns"), **_common(body))
    notice = call.cave.versions.views()[name].notice
    return _answer(call, query, _notices({name: {"notice_text": notice}}))


@served("live_live_query", needs="view")
def live_live_query(call: Call) -> Reply:
    """Answer rows of tables at a moment."""
    query, warnings = live_query(call)
    return _answer(call, query, warnings, LIVE_LIMITS)


@served("get_annotation_count", needs="view")
def get_annotation_count(call: Call) -> Reply:
    """Answer how many rows a frozen table has."""
    version = _version(call)
    table = call.path["table_name"]
    _frozen_record(call, version, table)
    return Reply.spaced_json(call.cave.tables.length(version.number, table))


@served("get_unique_string_values", needs="view")
def get_unique_string_values(call: Call) -> Reply:
    """Answer the different texts of a table's columns: now, or in the newest version that has it."""
    table = call.path["table_name"]
    now = call.cave.store.clock.now()
    if table in call.cave.annotations.tables(at=now):
        check_may_read(call, table, call.cave.annotations.record(table))
        return Reply.spaced_json(call.cave.tables.texts(Live(now), table))
    version = next((one for one in reversed(offered_versions(call)) if table in one.tables), None)
    if version is None:
        raise aborted(
            404, f"Analysis table {table[:80]!r} not found in datastack {call.path['datastack_name']}"
        )
    _frozen_record(call, version, table)
    return Reply.spaced_json(call.cave.tables.texts(Frozen(version.number), table))


def _version(call: Call) -> Version:
    version = asked_version(call)
    check_offered(call, version)
    return version


def _frozen_record(call: Call, version: Version, table: str) -> Mapping[str, Any]:
    """Return the record of a frozen table; refuse what there is not, or not for the caller."""
    record = version.tables.get(table)
    if record is None:
        raise FrozenTables(call, version).refusal(table)
    check_may_read(call, table, record)
    return record


def _answer(
    call: Call, query: Query, warnings: Sequence[str], limits: Sequence[str] = (FROZEN_LIMIT,)
) -> Reply:
    """Run a query within the cap of rows, and say in headers whether it was met."""
    from caveclient_gen.offline.services.materialize.query_replies import count_reply, rows_reply

    form = read_form(call)
    cap = call.cave.facts.row_cap if call.faults.row_cap is None else call.faults.row_cap
    limit = cap if query.limit is None else min(query.limit, cap)
    query = replace(query, limit=limit, sample=form.sample)
    if form["count"]:
        count = call.cave.tables.count(query)
        nothing = call.cave.tables.run(replace(query, limit=0, offset=0))
        return count_reply(call, form, nothing, count, warnings)
    answer = call.cave.tables.run(query)
    if answer.rows.num_rows == limit:
        warnings = [*(text.format(limit) for text in limits), *warnings]
    return rows_reply(call, form, answer, warnings)


def _common(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "filters": read_filters(body),
        "offset": body.get("offset", 0),
        "limit": body.get("limit"),
        "resolution": body.get("desired_resolution"),
    }


def _suffixes(tables: Sequence[str], body: Mapping[str, Any]) -> dict[str, str]:
    if body.get("suffix_map"):
        return dict(body["suffix_map"])
    if len(body.get("suffixes", ())) > len(tables):
        raise Refusal(400, f"suffixes has more endings than there are tables ({len(tables)}).")
    return dict(zip(tables, body.get("suffixes", ()), strict=False))


def _notices(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"Table Owner Notice on {table}: {record['notice_text']}"
        for table, record in records.items()
        if record.get("notice_text")
    ]


def _state_of_view(call: Call, name: str) -> At:
    version = _version(call) if call.path["version"] != "0" else None
    at: At = Frozen(version.number) if version else Live(call.cave.store.clock.now())
    views = call.cave.versions.views()
    if name not in views or (isinstance(at, Live) and not views[name].live_compatible):
        raise aborted(404, f"View {name[:80]!r} not found in {call.path['datastack_name']}")
    for table in call.cave.tables.tables_of_view(views[name]):
        if version:
            _frozen_record(call, version, table)
        else:
            check_may_read(call, table, call.cave.annotations.record(table))
    return at
