"""The forms of a query's answer: a pandas frame, an Arrow table or a polars frame, made of an Arrow table.

Arrow and polars have points in one column of fixed-size lists, a missing one as null, ids as int64 and times
in UTC. An Arrow table carries what a pandas frame has in `attrs`, as JSON in its schema's metadata; a polars
frame has no place for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.accessor import register_accessor
from caveclient_gen.mixins.materialize.axes import as_lists, filled, is_number, pieces_of
from caveclient_gen.mixins.materialize.facts import with_facts
from caveclient_gen.mixins.materialize.frames import table_to_frame
from caveclient_gen.mixins.materialize.positions import find_positions, scale_factors, without_axes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.options import Frame
    from caveclient_gen.mixins.materialize.positions import Position

OUTPUTS = ("pandas", "arrow", "polars")


def check_output(output: str, *, return_df: bool = True) -> None:
    """
    Refuse a form that an answer cannot have here, before anything is sent.

    Parameters
    ----------
    output : str
        The form.
    return_df : bool
        Whether a frame is wanted at all.

    Raises
    ------
    InvalidArgumentError
        There is no such form, or JSON records were asked for, too.
    ImportError
        polars is not installed.
    """
    if output not in OUTPUTS:
        names = ", ".join(map(repr, OUTPUTS))
        raise InvalidArgumentError(f"Pass output as one of {names}, not {output!r:.60}.")
    if output != "pandas" and not return_df:
        raise InvalidArgumentError(
            f"Leave out return_df=False with output={output!r}: JSON records have no other form."
        )
    if output == "polars":
        try:
            import polars  # noqa: F401  # to know now
        except ImportError as error:
            raise ImportError(
                "Run `pip install 'caveclient-gen[polars]'`, or pass output='arrow': polars is not installed."
            ) from error


def make_output(
    output: str,
    table: pa.Table,
    facts: Mapping[str, Any],
    *,
    split_positions: bool,
    column_map: Mapping[str, Mapping[str, str]] | None = None,
    given_resolution: Iterable[float] | None = None,
    desired_resolution: Iterable[float] | None = None,
) -> Frame:
    """
    Bring the rows of an answer into the form that was asked for.

    Parameters
    ----------
    output : str
        "pandas", "arrow" or "polars".
    table : pyarrow.Table
        The rows.
    facts : mapping
        What they are an answer to.
    split_positions, column_map, given_resolution, desired_resolution
        As `table_to_frame` takes them.

    Returns
    -------
    pandas.DataFrame, pyarrow.Table or polars.DataFrame
        The same rows in the same order.
    """
    if output == "pandas":
        register_accessor()
        frame = table_to_frame(
            table,
            split_positions=split_positions,
            column_map=column_map,
            given_resolution=given_resolution,
            desired_resolution=desired_resolution,
        )
        frame.attrs.update(facts)
        return frame
    positions = _find_numeric(table, column_map)
    factors = scale_factors(given_resolution, desired_resolution) if positions else None
    made = _split(table, positions, factors) if split_positions else _joined(table, positions, factors)
    return with_facts(made, facts) if output == "arrow" else _to_polars(made)


def _find_numeric(table: pa.Table, column_map: Mapping[str, Mapping[str, str]] | None) -> list[Position]:
    is_numeric = [is_number(field.type) for field in table.schema]
    found = find_positions(table.column_names, column_map)
    return [position for position in found if all(is_numeric[place] for place in position.places)]


def _split(table: pa.Table, positions: Iterable[Position], factors: tuple[float, ...] | None) -> pa.Table:
    """Leave positions in three columns, in the resolution that is wanted."""
    columns = {place: _in_utc(column) for place, column in enumerate(table.columns)}
    for position in positions if factors else ():
        for place, factor in zip(position.places, factors or (), strict=True):
            columns[place] = _scaled(columns[place], factor)
    return _side_by_side(table, columns, {})


def _joined(table: pa.Table, positions: Sequence[Position], factors: tuple[float, ...] | None) -> pa.Table:
    """Put one column of points in the place of the x column of each position."""
    columns = {
        place: _in_utc(table.column(place)) for place in without_axes(positions, table.num_columns)
    } | {position.places[0]: _lists_column(table, position, factors) for position in positions}
    return _side_by_side(table, columns, {position.places[0]: position.name for position in positions})


def _side_by_side(table: pa.Table, columns: Mapping[int, Any], names: Mapping[int, str]) -> pa.Table:
    """Make a table of columns by place; those that `names` does not name are called as in `table`."""
    import pyarrow as pa

    if not columns:
        return table  # made of no columns, a table would have no rows
    places = sorted(columns)
    called = [names.get(place) or table.schema.field(place).name for place in places]
    return pa.Table.from_arrays([columns[place] for place in places], called)


def _in_utc(column: Any) -> Any:
    """Give times the zone UTC: those without a zone are meant so, others are the same instants."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz != "UTC":
        return column.cast(pa.timestamp(kind.unit, "UTC"))
    return column


def _scaled(column: Any, factor: float) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.multiply(column, pa.scalar(factor, pa.float64()))


def _lists_column(table: pa.Table, position: Position, factors: tuple[float, ...] | None) -> pa.Array[Any]:
    import pyarrow as pa

    columns = [table.column(place) for place in position.places]
    kinds = {column.type for column in columns}
    if factors is not None or any(map(pa.types.is_floating, kinds)):
        dtype = "float64"
    else:
        dtype = "int32" if kinds == {pa.int32()} else "int64"
    return as_lists(*filled(table.num_rows, [pieces_of(column) for column in columns], dtype, factors))


def _to_polars(table: pa.Table) -> pl.DataFrame:
    import polars as pl

    return cast("pl.DataFrame", pl.from_arrow(table, rechunk=False))
