"""Queries of tables at any moment: which moments and root ids servers refuse, and what is joined."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.moments import as_micros
from caveclient_gen.offline.services.materialize.query_bodies import LIVE, read_body, read_filters
from caveclient_gen.offline.services.materialize.query_form import read_form
from caveclient_gen.offline.services.materialize.reading import check_may_read
from caveclient_gen.offline.services.materialize.versions import offered_versions
from caveclient_gen.offline.tables.query import MOST_TABLES, Join, Live, Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.services.materialize.query_form import Form

__all__ = ["live_query"]

SHOWN = 50
"""How many root ids a refusal or a header names."""


def live_query(call: Call) -> tuple[Query, list[str]]:
    """Read a live query; return it with what its answer warns of."""
    form = read_form(call)
    body = read_body(call, LIVE, "table", "timestamp")
    moment = body["timestamp"]
    tables, joins = _joined(call, form, body)
    records = {table: _record(call, table, moment) for table in tables}
    for record in records.values():
        _check_moment(call, moment, record)
    query = Query(
        at=Live(moment),
        tables=tuple(tables),
        joins=tuple(joins),
        filters=read_filters(body),
        select=body.get("select_columns"),
        suffixes=_suffixes(form, body, tables),
        offset=body.get("offset", 0),
        limit=body.get("limit"),
        resolution=body.get("desired_resolution"),
        segmentation_last=len(tables) == 1 and _has_changed(call, moment, records[tables[0]]),
    )
    return query, _warn_of_roots(call, form, query, moment)


def _joined(call: Call, form: Form, body: Mapping[str, Any]) -> tuple[list[str], list[Join]]:
    tables: list[str] = [body["table"]]
    joins: list[Join] = []
    entries = body.get("join_tables", [])
    if len(entries) >= MOST_TABLES:
        raise Refusal(400, f"Join at most {MOST_TABLES} tables in one query.")
    for entry in entries:
        if len(entry) != 4:
            raise Refusal(400, "join_tables must be [[table, column, other table, its column], ...].")
        left, left_column, right, right_column = entry
        if left in tables and right not in tables:
            joins.append(Join(right, right_column, left, left_column))
        elif right in tables and left not in tables:
            joins.append(Join(left, left_column, right, right_column))
        else:
            raise Refusal(400, "Each entry of join_tables must join one more table to those before it.")
        tables.append(joins[-1].table)
    if form["merge_reference"] and not joins:
        reference = _record(call, tables[0], body["timestamp"]).get("reference_table")
        if reference:
            joins.append(Join(reference, "id", tables[0], "target_id"))
            tables.append(reference)
    return tables, joins


def _suffixes(form: Form, body: Mapping[str, Any], tables: Sequence[str]) -> dict[str, str]:
    if form["merge_reference"] and len(tables) == 2 and "suffixes" not in body:
        return {tables[0]: "", tables[1]: "_ref"}
    return dict(body.get("suffixes", {}))


def _record(call: Call, table: str, moment: int) -> Mapping[str, Any]:
    annotations = call.cave.annotations
    if table not in annotations.tables(at=moment):
        stack = call.path["datastack_name"]
        said = f"table {table[:80]!r} not found at that moment in datastack {stack}"
        if table in call.cave.versions.views():
            said += "; it is a view: ask for it at a version, or at version 0 for the present"
        raise aborted(404, said)
    record = annotations.record(table)
    check_may_read(call, table, record)
    return record


def _check_moment(call: Call, moment: int, record: Mapping[str, Any]) -> None:
    """Refuse the moment of a version for a table that changed since: that version has the answer.

    One that has expired has no answer any more, so its moment is one like any other.
    """
    for version in offered_versions(call):
        if version.moment == moment and _modified(record) > moment:
            raise aborted(400, "do not use live live query to query a materialized timestamp")


def _has_changed(call: Call, moment: int, record: Mapping[str, Any]) -> bool:
    """Whether a table changed since the version from which a server would start."""
    moments = [version.moment for version in offered_versions(call)]
    if not moments:
        return False
    return _modified(record) > max((one for one in moments if one <= moment), default=min(moments))


def _modified(record: Mapping[str, Any]) -> int:
    text = record.get("last_modified")
    return as_micros(datetime.fromisoformat(text).replace(tzinfo=UTC)) if text else 0


def _warn_of_roots(call: Call, form: Form, query: Query, moment: int) -> list[str]:
    """Refuse root ids in filters that are none at the moment; or warn of them, if that is wanted."""
    segmentation = call.cave.segmentation
    roots = call.cave.tables.root_ids(query)
    if not len(roots) or not segmentation.exists:
        return []
    invalid = roots[~segmentation.is_latest(roots, at=moment)].tolist()
    if not invalid:
        return []
    shown = str(invalid) if len(invalid) <= SHOWN else f"{invalid[:SHOWN]} and {len(invalid) - SHOWN} more"
    said = f"Some root_ids passed are not valid at the query timestamp: {shown}"
    if not form["allow_invalid_root_ids"]:
        raise aborted(400, said)
    return [said]
