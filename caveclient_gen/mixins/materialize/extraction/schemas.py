"""One schema for all files: types that hold every value of every partition.

Servers make the types of an answer from its rows. A column without a value in one partition arrives
without a type, and has one in the next. So the types are joined as partitions come, and at the end the
files that were written with narrower ones are written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


def joined(known: pa.Schema | None, found: pa.Schema) -> pa.Schema:
    """
    Return the schema that holds what two partitions hold.

    Parameters
    ----------
    known : pyarrow.Schema or None
        Of the partitions that came before.
    found : pyarrow.Schema
        Of another one.

    Returns
    -------
    pyarrow.Schema
        Columns in the order of `known`, without metadata.

    Raises
    ------
    DecodeError
        They have other columns, or types that do not fit together.
    """
    import pyarrow as pa

    if known is None or known.equals(found):
        return found
    if set(known.names) != set(found.names):
        other = ", ".join(sorted(set(known.names) ^ set(found.names)))
        raise DecodeError(
            f"Report this to the service's maintainers: partitions of one table differ in columns ({other})."
        )
    try:
        both = pa.unify_schemas([known, found], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DecodeError(
            f"Report this to the service's maintainers: partitions of one table came in types that do not "
            f"fit together ({error})."
        ) from None
    for field in both:
        kinds = {known.field(field.name).type, found.field(field.name).type}
        if pa.types.is_floating(field.type) and any(map(pa.types.is_integer, kinds)):
            # Ids among them would lose digits.
            raise DecodeError(
                "Report this to the service's maintainers: partitions of one table came with "
                f"{field.name!r} once as whole numbers and once as floats."
            )
    return both


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Bring a table into a schema that holds its values; no value changes."""
    return table.select(schema.names).cast(schema) if not table.schema.equals(schema) else table


def described(schema: pa.Schema, provenance: str) -> pa.Schema:
    """
    Write into a schema where the rows come from, and which types pandas is to take.

    Without the latter `pandas.read_parquet` would make floats of ids as soon as one is missing.
    """
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.frames import table_to_frame

    frame = table_to_frame(schema.empty_table(), split_positions=True)
    pandas: Mapping[bytes, bytes] = pa.Schema.from_pandas(frame, preserve_index=False).metadata
    return schema.with_metadata({b"cave": provenance.encode(), b"pandas": pandas[b"pandas"]})
