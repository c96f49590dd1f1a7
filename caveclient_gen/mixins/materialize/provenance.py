"""What a frame remembers of its query, in `df.attrs`.

Plain, small and comparable: pandas copies it with every derived frame, and compares it when frames are
joined. So long lists of ids are counted, not repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.times import iso_utc_micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.mixins.materialize.plan import Query
    from caveclient_gen.mixins.materialize.versions import At

_KEPT = (
    "schema_type",
    "description",
    "notice_text",
    "reference_table",
    "voxel_resolution",
    "live_compatible",
)


def table_facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a frame keeps of the record of a table or view."""
    return {name: record[name] for name in _KEPT if name in record}


def provenance(
    query: Query,
    at: At,
    tables: Mapping[str, Mapping[str, Any]],
    *,
    server: str,
    datastack_name: str | None,
    truncated: bool = False,
) -> dict[str, Any]:
    """
    Describe where the rows of a frame come from.

    Parameters
    ----------
    query : Query
        What was asked.
    at : At
        Of which version or moment.
    tables : mapping
        What is kept of each table.
    server : str
        Address of the server.
    datastack_name : str or None
        The datastack.
    truncated : bool
        The server cut its answer.

    Returns
    -------
    dict
        Texts, numbers, lists and dicts only. What was not given is left out. The resolution is that in which
        the tables are stored, unless another one is wanted: see `in_resolution`.
    """
    resolution = _resolution(query, tables)
    facts = {
        "server": server,
        "datastack_name": datastack_name,
        "table_name": query.tables[0],
        "materialization_version": at.version,
        "timestamp": iso_utc_micros(at.moment) if at.moment else None,
        "dataframe_resolution": None if resolution is None else list(resolution),
        "filters": query.filters.described() or None,
        "select_columns": query.select.described(),
        "suffixes": query.suffixes,
        "offset": query.offset,
        "limit": query.limit,
        "random_sample": query.random_sample,
    }
    given = {name: value for name, value in facts.items() if value is not None}
    return {**given, "truncated": truncated, "tables": dict(tables)}


def in_resolution(facts: Mapping[str, Any], query: Query, told: Any) -> dict[str, Any]:
    """
    Put the resolution of positions right that only an answer tells.

    Parameters
    ----------
    facts : mapping
        As `provenance` made them.
    query : Query
        What was asked.
    told : list of float or None
        What the server says of its answer.

    Returns
    -------
    dict
        The facts; an empty dict stays empty.
    """
    if not facts or told is None or query.desired_resolution is not None:
        return dict(facts)
    return {**facts, "dataframe_resolution": list(told)}


def _resolution(query: Query, tables: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return the resolution in which positions come out of here; None if nobody knows it."""
    if query.desired_resolution is not None:
        # Where the server does not bring them there, we do.
        return list(map(float, query.desired_resolution))
    stored = [record.get("voxel_resolution") for record in tables.values()]
    return stored[0] if stored and all(one == stored[0] for one in stored) else None
