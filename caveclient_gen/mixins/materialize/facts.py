"""What the rows of an Arrow table are an answer to: `df.attrs` as JSON in the metadata of its schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

METADATA_KEY = b"cave"
"""Where the metadata of a schema has the facts, as JSON."""

_PANDAS_KEY = b"PANDAS_ATTRS"
"""Where `DataFrame.to_parquet` writes `attrs`, and `pandas.read_parquet` looks for them."""

PANDAS_TYPES = {
    "bool": "boolean",
    "int8": "Int8",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "uint8": "UInt8",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float": "Float32",
    "double": "Float64",
    "string": "string",
    "large_string": "string",
}
"""Arrow's name of a type -> pandas' name of the nullable one, of which our frames are."""


def facts_of_schema(schema: pa.Schema) -> dict[str, Any]:
    """Read what the rows of a table are an answer to; empty if its schema does not say."""
    metadata = schema.metadata or {}
    text = metadata.get(METADATA_KEY) or metadata.get(_PANDAS_KEY)
    facts: dict[str, Any] = json.loads(text) if text else {}
    return facts


def with_facts(table: pa.Table, facts: Mapping[str, Any]) -> pa.Table:
    """Write into the schema of a table what its rows are an answer to, as `schema_with_facts` does."""
    return table.replace_schema_metadata(schema_with_facts(table.schema, facts).metadata)


def schema_with_facts(schema: pa.Schema, facts: Mapping[str, Any]) -> pa.Schema:
    """
    Write into a schema what the rows of its tables are an answer to.

    Parameters
    ----------
    schema : pyarrow.Schema
        The schema. What the server wrote about its own frame goes.
    facts : mapping
        As `df.attrs` has them; none if empty.

    Returns
    -------
    pyarrow.Schema
        The same columns. What `to_pandas()` and `pandas.read_parquet` make of tables has the types and
        `attrs` of our own frames; without that, ids beside a missing one would become floats.
    """
    columns = [
        {
            "name": field.name,
            "field_name": field.name,
            "pandas_type": str(field.type),
            "numpy_type": PANDAS_TYPES[str(field.type)],
            "metadata": None,
        }
        for field in schema
        if str(field.type) in PANDAS_TYPES
    ]
    # "attributes" is where newer versions of pyarrow look for `attrs`.
    for_pandas = {"columns": columns, "index_columns": [], "column_indexes": [], "attributes": dict(facts)}
    metadata = {b"pandas": json.dumps(for_pandas).encode()}
    if facts:
        metadata[METADATA_KEY] = metadata[_PANDAS_KEY] = json.dumps(dict(facts)).encode()
    return schema.with_metadata(metadata)
