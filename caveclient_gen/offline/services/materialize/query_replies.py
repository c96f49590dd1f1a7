"""Answers to queries, as servers write them: an Arrow stream or JSON records, and what stands in headers.

Servers make a frame of the rows and write that, so the schema tells pandas which types to take. The same is
written here from the Arrow types alone: pandas is not loaded for it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from caveclient_gen.offline.http.answers import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.services.materialize.query_form import Form
    from caveclient_gen.offline.tables.query import Answer

__all__ = ["count_reply", "rows_reply"]

Codec = Literal["lz4", "zstd"]

UPGRADE = "Response is in pyarrow IPC format: pass arrow_format=true to say that you expect it"
LONGEST_HEADER = 60_000
"""Beyond it, HTTP libraries refuse an answer as a whole."""

PANDAS_TYPES = {
    pa.bool_(): ("bool", "boolean"),
    **{
        getattr(pa, f"{kind}{bits}")(): (f"{kind}{bits}", f"{name}{bits}")
        for kind, name in (("int", "Int"), ("uint", "UInt"))
        for bits in (8, 16, 32, 64)
    },
    pa.float32(): ("float32", "Float32"),
    pa.float64(): ("float64", "Float64"),
    pa.string(): ("unicode", "string"),
}
"""Arrow type to what pandas calls it, and the type of its own that a frame is to have."""


def rows_reply(call: Call, form: Form, answer: Answer, warnings: Sequence[str]) -> Reply:
    """Answer rows."""
    return _reply(call, form, answer, warnings, answer.rows, is_nullable=True)


def count_reply(call: Call, form: Form, answer: Answer, count: int, warnings: Sequence[str]) -> Reply:
    """Answer how many rows there are. `answer` tells which columns rows would have had."""
    rows = pa.table({"count": pa.array([count], pa.int64())})
    return _reply(call, form, answer, warnings, rows, is_nullable=False)


def _reply(
    call: Call, form: Form, answer: Answer, warnings: Sequence[str], rows: pa.Table, *, is_nullable: bool
) -> Reply:
    accepted = call.headers.get("accept-encoding", "")
    if form["return_pyarrow"] and not form["arrow_format"]:
        warnings = [*warnings, UPGRADE]
    headers = [("Warning", text) for text in warnings]
    headers += [("dataframe_resolution", str(size)) for size in answer.resolution]
    names = repr({table: dict(columns) for table, columns in answer.column_names.items()})
    if len(names.encode("utf-8", "replace")) <= LONGEST_HEADER:
        headers.append(("column_names", names))
    if not form["return_pyarrow"]:
        return Reply(
            call.cave.tables.records(_for_json(rows)),
            "application/json",
            headers=tuple(headers),
            compress=True,
        )
    body = _stream(rows, _codec(accepted) if form["ipc_compress"] else None, is_nullable=is_nullable)
    headers.insert(0, ("Cache-Control", "no-cache"))
    # gzip around the whole only where the caller offers it: `zstd` chooses what is inside Arrow.
    return Reply(body, "data.arrow", headers=tuple(headers), compress="gzip" in accepted)


def _codec(accepted: str) -> Codec | None:
    if "lz4" in accepted:
        return "lz4"
    return "zstd" if "zstd" in accepted else None


def _stream(rows: pa.Table, codec: Codec | None, *, is_nullable: bool) -> bytes:
    rows = rows.combine_chunks()
    described = rows.replace_schema_metadata({"pandas": _pandas_metadata(rows, is_nullable=is_nullable)})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_stream(sink, described.schema, options=options) as writer:
        writer.write_table(described)
    return sink.getvalue().to_pybytes()


def _pandas_metadata(rows: pa.Table, *, is_nullable: bool) -> str:
    """Describe a frame of these rows with a plain index, in the JSON that pandas and pyarrow agreed on."""
    columns = []
    for column in rows.schema:
        kind, own = PANDAS_TYPES.get(column.type, ("object", "object"))
        columns.append(
            {
                "name": column.name,
                "field_name": column.name,
                "pandas_type": kind,
                "numpy_type": own if is_nullable else kind,
                "metadata": None,
            }
        )
    index = {
        "name": None,
        "field_name": None,
        "pandas_type": "unicode",
        "numpy_type": "object",
        "metadata": {"encoding": "UTF-8"},
    }
    return json.dumps(
        {
            "index_columns": [{"kind": "range", "name": None, "start": 0, "stop": rows.num_rows, "step": 1}],
            "column_indexes": [index],
            "columns": columns,
            "creator": {"library": "pyarrow", "version": pa.__version__},
            "pandas_version": _pandas_version(),
        }
    )


@cache
def _pandas_version() -> str:
    try:
        return version("pandas")
    except PackageNotFoundError:
        return "2.3.0"


def _for_json(rows: pa.Table) -> pa.Table:
    """Return rows as JSON can hold them: times as epoch milliseconds, nothing for what is no number."""
    for place, column in enumerate(rows.schema):
        values = rows[place]
        if pa.types.is_timestamp(column.type):
            values = values.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
        elif pa.types.is_floating(column.type):
            values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, column.type))
        rows = rows.set_column(place, column.name, values)
    return rows
