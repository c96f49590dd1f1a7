"""The forms of a query's answer: a pandas frame, an Arrow table or a polars frame, made of an Arrow table.

Arrow and polars have points in one column of fixed-size lists, a missing one as null, ids as int64 and times
in UTC. An Arrow table carries what a pandas frame has in `attrs`, as JSON in its schema's metadata; a polars
frame has no place for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.axes import as_lists, filled, pieces_of
from caveclient_gen.mixins.materialize.facts import with_facts
from caveclient_gen.mixins.materialize.frames import (
    in_utc,
    numeric_positions,
    scaled,
    table_to_frame,
)
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
        frame = table_to_frame(
            table,
            split_positions=split_positions,
            column_map=column_map,
            given_resolution=given_resolution,
            desired_resolution=desired_resolution,
        )
        frame.attrs.update(facts)
        return frame
    positions = numeric_positions(table, find_positions(table.column_names, column_map))
    factors = scale_factors(given_resolution, desired_resolution) if positions else None
    if not split_positions:
        table = _with_lists(table, positions, factors)
    elif factors:
        table = scaled(table, positions, factors)
    table = in_utc(table)
    if output == "arrow":
        return with_facts(table, facts)
    return _to_polars(table)


def _with_lists(
    table: pa.Table, positions: Sequence[Position], factors: tuple[float, ...] | None
) -> pa.Table:
    """Put one column of points in the place of the x column of each position."""
    import pyarrow as pa

    at = {position.places[0]: position for position in positions}
    others = set(without_axes(positions, table.num_columns))
    columns: list[Any] = []
    names: list[str] = []
    for place, name in enumerate(table.column_names):
        if place in at or place in others:
            columns.append(_lists_column(table, at[place], factors) if place in at else table.column(place))
            names.append(at[place].name if place in at else name)
    # Made of no columns, a table would have no rows.
    return pa.Table.from_arrays(columns, names) if columns else table


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

    frame = pl.from_arrow(table, rechunk=False)
    if isinstance(frame, pl.Series):
        raise TypeError("polars made a column of a table")
    return frame
