"""The forms of a query's answer: a pandas frame, an Arrow table or a polars frame, made of an Arrow table.

Arrow and polars have points in one column of fixed-size lists, a missing one as null, ids as int64 and times
in UTC. An Arrow table carries what a pandas frame has in `attrs`, as JSON in its schema's metadata; a polars
frame has no place for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.accessor import register_accessor
from caveclient_gen.mixins.materialize.arrays import LooseColumns
from caveclient_gen.mixins.materialize.axes import as_lists, filled, pieces_of
from caveclient_gen.mixins.materialize.facts import with_facts
from caveclient_gen.mixins.materialize.frames import numeric_positions, scales, table_to_frame
from caveclient_gen.mixins.materialize.positions import find_positions, scale_factors, without_axes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.options import Frame
    from caveclient_gen.mixins.materialize.positions import Position

    Factors = tuple[float, ...] | None
    Named = tuple[str, Any]
    """The name of a column, and the column."""

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
    rows: pa.Table | LooseColumns,
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
    rows : pyarrow.Table or LooseColumns
        The rows. Of `LooseColumns`, all are taken.
    facts : mapping
        What they are an answer to.
    split_positions, column_map, given_resolution, desired_resolution
        As `table_to_frame` takes them.

    Returns
    -------
    pandas.DataFrame, pyarrow.Table or polars.DataFrame
        The same rows in the same order.
    """
    columns = rows if isinstance(rows, LooseColumns) else LooseColumns(rows)
    if output == "pandas":
        register_accessor()
        frame = table_to_frame(
            columns,
            split_positions=split_positions,
            column_map=column_map,
            given_resolution=given_resolution,
            desired_resolution=desired_resolution,
        )
        frame.attrs.update(facts)
        return frame
    names = columns.schema.names
    positions = numeric_positions(columns, find_positions(names, column_map))
    factors = scale_factors(given_resolution, desired_resolution) if positions else None
    made = _split(columns, positions, factors) if split_positions else _joined(columns, positions, factors)
    table = _side_by_side(made, columns.num_rows)
    return with_facts(table, facts) if output == "arrow" else _to_polars(table)


def _split(columns: LooseColumns, positions: Iterable[Position], factors: Factors) -> dict[int, Named]:
    """Leave positions in three columns, in the resolution that is wanted."""
    factor = scales(positions, factors)
    names = columns.schema.names
    return {place: (name, columns.take_scaled(place, factor.get(place))) for place, name in enumerate(names)}


def _joined(columns: LooseColumns, positions: Sequence[Position], factors: Factors) -> dict[int, Named]:
    """Put one column of points in the place of the x column of each position."""
    names = columns.schema.names
    made: dict[int, Named] = {
        place: (names[place], columns.take_scaled(place, None))
        for place in without_axes(positions, len(names))
    }
    for position in positions:
        made[position.places[0]] = position.name, _lists_column(columns, position, factors)
    return made


def _lists_column(columns: LooseColumns, position: Position, factors: Factors) -> Any:
    import pyarrow as pa

    kinds = {columns.schema.field(place).type for place in position.places}
    if factors is not None or any(map(pa.types.is_floating, kinds)):
        dtype = "float64"
    else:
        dtype = "int32" if kinds == {pa.int32()} else "int64"
    # One after another, so that each column is let go once it is read.
    axes = (pieces_of(columns.take(place)) for place in position.places)
    return as_lists(*filled(columns.num_rows, axes, dtype, factors))


def _side_by_side(columns: Mapping[int, Named], rows: int) -> pa.Table:
    import pyarrow as pa

    if not columns:
        return pa.table({"": pa.nulls(rows)}).select([])  # the only way to have rows without columns
    named = [columns[place] for place in sorted(columns)]
    return pa.Table.from_arrays([column for _, column in named], [name for name, _ in named])


def _to_polars(table: pa.Table) -> pl.DataFrame:
    import polars as pl

    return cast("pl.DataFrame", pl.from_arrow(table, rechunk=False))
