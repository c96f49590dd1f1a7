"""One schema for all files: types that hold every value of every partition.

Servers make the types of an answer from its rows. A column without a value in one partition arrives
without a type, and has one in the next. So the types are joined as partitions come, and at the end the
files that were written with narrower ones are written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen.mixins.materialize.facts import facts_of_schema, schema_with_facts

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
        Columns in the order of `known`, and what the rows are an answer to, which is the same for both.

    Raises
    ------
    DecodeError
        They have other columns, types that do not fit together, or positions in another resolution.
    """
    import pyarrow as pa

    if known is None:
        return found
    facts = facts_of_schema(known)
    _check_resolution(facts, facts_of_schema(found))
    if known.equals(found):
        return known
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
    return schema_with_facts(both, facts)


def _check_resolution(facts: Mapping[str, Any], others: Mapping[str, Any]) -> None:
    one, other = (of.get("dataframe_resolution") for of in (facts, others))
    if one != other:
        raise DecodeError(
            "Extract to another folder, with desired_resolution: partitions of one table came with positions "
            f"in different resolutions ({one} and {other})."
        )


def is_same(one: pa.Schema, other: pa.Schema) -> bool:
    """Whether two schemas have the same types and metadata, however files call the values of lists."""
    return one.equals(other) and one.metadata == other.metadata


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Bring a table into a schema that holds its values; no value changes."""
    return table.select(schema.names).cast(schema) if not table.schema.equals(schema) else table
