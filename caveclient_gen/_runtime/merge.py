"""The answers of the parts of a call, put together as if it had been one request.

concat       lists, arrays, Arrow tables: one after another
dict_union   mappings: the entries of all
map_union    mappings of mappings: the entries of each inner one. Where parts contradict each other,
             there is no one answer, and the entry is left out
graph_union  graphs of nodes and links: each node and each link once
sum          numbers
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.answer import Answer
from caveclient_gen._runtime.decode import row_count
from caveclient_gen._runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

_ROW_LABELS = re.compile(r"__index_level_\d+__")


def merge(answers: Sequence[Any], how: str | None) -> Any:
    """Put the answers of all parts together, in their order.

    Parameters
    ----------
    answers : sequence
        At least one, all of one kind. Of `Answer`s the values are merged.
    how : str or None
        A name in `MERGERS`; None where nothing comes back.

    Returns
    -------
    Any
        One answer of the same kind.

    Raises
    ------
    DecodeError
        The answers do not fit together.
    """
    first = answers[0]
    if isinstance(first, Answer):
        return _merged_envelope(answers, how)
    if how != "sum" and any(type(answer) is not type(first) for answer in answers):
        kinds = ", ".join(sorted({type(answer).__name__ for answer in answers}))
        raise DecodeError(
            f"Ask for fewer items at a time: the parts of this call answered in kinds ({kinds})."
        )
    if first is None:
        return None
    try:
        return MERGERS[how](answers) if how is not None else list(answers)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DecodeError(
            "Report these answers to the service's maintainers: they are not what the parts of a call should "
            f"be, and cannot be put together ({type(error).__name__}: {error})."
        ) from None


def _merged_envelope(answers: Sequence[Answer[Any]], how: str | None) -> Answer[Any]:
    # What headers tell of an answer's columns, they may lack where there are no rows.
    speaker = next((answer for answer in answers if row_count(answer.value)), answers[0])
    return replace(
        speaker,
        value=merge([answer.value for answer in answers], how),
        warnings=tuple(dict.fromkeys(text for answer in answers for text in answer.warnings)),
        truncated=next((answer.truncated for answer in answers if answer.truncated), None),
    )


def _concat(answers: Sequence[Any]) -> Any:
    first = answers[0]
    if isinstance(first, list):
        return [item for answer in answers for item in answer]
    arrow_table = getattr(sys.modules.get("pyarrow"), "Table", None)  # not yet, while it is being loaded
    if arrow_table is not None and isinstance(first, arrow_table):
        return _concat_tables(answers)
    import numpy as np

    return np.concatenate(answers)


def _dict_union(answers: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    union: dict[Any, Any] = {}
    for answer in answers:
        union.update(answer)
    return union


def _map_union(answers: Sequence[Mapping[str, Mapping[Any, Any]]]) -> dict[str, dict[Any, Any]]:
    names = dict.fromkeys(name for answer in answers for name in answer)
    return {name: _without_contradictions([answer.get(name, {}) for answer in answers]) for name in names}


def _without_contradictions(maps: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    union = _dict_union(maps)
    if len(union) == sum(map(len, maps)):  # no key comes twice
        return union
    wrong = {key for each in maps for key, value in each.items() if union[key] != value}
    return {key: value for key, value in union.items() if key not in wrong}


def _graph_union(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    nodes: dict[Any, dict[str, Any]] = {}
    for answer in answers:
        for node in answer["nodes"]:
            # At the rim of one part's graph a node may lack what another part's graph knows of it.
            nodes[node["id"]] = {**nodes.get(node["id"], {}), **node}
    links = {(link["source"], link["target"]): link for answer in answers for link in answer["links"]}
    return {**answers[0], "nodes": list(nodes.values()), "links": list(links.values())}


def _concat_tables(tables: Sequence[pa.Table]) -> pa.Table:
    import pyarrow as pa

    # Servers write the length of their own frame there.
    tables = [_without_row_labels(table).replace_schema_metadata(None) for table in tables]
    if all(table.schema == tables[0].schema for table in tables):
        return pa.concat_tables(tables)
    if not _same_names(tables):
        # Where there are no rows, servers may have left columns out.
        tables = [table for table in tables if table.num_rows] or tables[:1]
    names = tables[0].column_names
    if not _same_names(tables):
        raise DecodeError("Ask for fewer items at a time: the parts of this call answered in other columns.")
    columns = {name: _one_column(name, [table.column(name) for table in tables]) for name in names}
    return pa.table(columns)


def _without_row_labels(table: pa.Table) -> pa.Table:
    """Drop the labels of the server's own frame, which it sends with some answers and not with others."""
    return table.drop_columns([name for name in table.column_names if _ROW_LABELS.fullmatch(name)])


def _same_names(tables: Sequence[pa.Table]) -> bool:
    return all(sorted(table.column_names) == sorted(tables[0].column_names) for table in tables)


def _one_column(name: str, columns: list[Any]) -> Any:
    """Join the pieces of a column in a type that holds every value of them exactly."""
    import pyarrow as pa

    for kind in _types(columns):
        try:
            # Safe casts: one that changed a digit of an id would raise.
            pieces: list[Any] = [column.cast(kind) for column in columns]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        # Into a table and out of it, which joins the pieces without copying.
        return pa.concat_tables([pa.table({name: piece}) for piece in pieces]).column(0)
    kinds = ", ".join(sorted({str(column.type) for column in columns}))
    raise DecodeError(f"Ask for fewer items at a time: parts of this call have {name!r} as {kinds}.")


def _types(columns: list[Any]) -> list[pa.DataType]:
    """Return the types to try: those that occur, what widens them, integers before floats."""
    import pyarrow as pa

    found = [column.type for column in columns if not pa.types.is_null(column.type)]
    if not found:
        return [pa.null()]
    kinds = list(dict.fromkeys(found))
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
        return [*sorted(kinds, key=_width), pa.int64(), pa.float64()] if len(kinds) > 1 else kinds
    related = (pa.types.is_string, pa.types.is_large_string), (pa.types.is_timestamp,)
    is_family = any(all(any(is_one(kind) for is_one in family) for kind in kinds) for family in related)
    # Arrow would also write numbers as texts, which is no answer to anything.
    return kinds if len(kinds) == 1 or is_family else []


def _width(kind: Any) -> tuple[bool, int]:
    import pyarrow as pa

    return pa.types.is_floating(kind), -kind.bit_width


MERGERS: Mapping[str, Callable[[Any], Any]] = {
    "concat": _concat,
    "dict_union": _dict_union,
    "map_union": _map_union,
    "sum": sum,
    "graph_union": _graph_union,
}
"""Name in a descriptor -> what puts answers together."""
