"""Columns sorted by what they hold, in the form in which scripts build query classes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from caveclient_gen.mixins.materialize.table_manager.known_tables import (
    definition_for,
    schema_of,
    table_metadata,
    view_layout,
)
from caveclient_gen.mixins.materialize.table_manager.layout import (
    ALLOW_COLUMN_TYPES,
    BOUND_POINT,
    FOUND_BY,
    NUMERIC_COLUMN_TYPES,
    POSITION,
    SPATIAL_POINT_TYPES,
    SUFFIXES,
    UNBOUND_POINT,
    Column,
    add_with_suffix,
    columns_of_schema,
    points_of_schema,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ADDED = ["id"]
_OMITTED: list[str] = []
_SUFFIXES = list(SUFFIXES)


class ColumnInfo(NamedTuple):
    """Columns of a table or view, as `make_class_vals` takes them."""

    pts: list[str]
    """Points with a position and a root id; of a view, columns of positions."""
    val_cols: list[str]
    unbd_pts: list[str]
    """Points with a position only."""
    table_map: dict[str, str]
    """Column or point -> its table."""
    rename_map: dict[str, str]
    """Column or point with a suffix -> its own name."""
    table_list: list[str]
    numeric_vals: list[str]


def bound_pt_position(pt: str) -> str:
    """Return the column with the position of a point."""
    return f"{pt}_position"


def bound_pt_root_id(pt: str) -> str:
    """Return the column with the root id at a point."""
    return f"{pt}_root_id"


def combine_names(
    tableA: str,  # noqa: N803  a name that scripts pass
    namesA: Iterable[str],  # noqa: N803  known name
    tableB: str,  # noqa: N803  known name
    namesB: Iterable[str],  # noqa: N803  known name
    suffixes: Sequence[str],
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """
    Put the names of two tables together, with suffixes where both have one.

    Parameters
    ----------
    tableA, tableB : str
        The tables.
    namesA, namesB : iterable of str
        Their names.
    suffixes : sequence of 2 str
        Endings for each table.

    Returns
    -------
    list of str
        The names of both.
    dict
        Name -> its table.
    dict
        Name with a suffix -> name without.
    """
    first, second = list(namesA), list(namesB)
    with_a, renamed_a = add_with_suffix(first, second, suffixes[0])
    with_b, renamed_b = add_with_suffix(second, first, suffixes[1])
    tables = {**dict.fromkeys(with_a, tableA), **dict.fromkeys(with_b, tableB)}
    renamed = {**renamed_a, **renamed_b}
    return [*with_a, *with_b], tables, {new: old for new, old in renamed.items() if new != old}


def get_col_info(
    schema_name: str,
    client: Any,
    spatial_point: str = BOUND_POINT,
    unbound_spatial_point: str = UNBOUND_POINT,
    allow_types: Sequence[str] = ALLOW_COLUMN_TYPES,
    add_fields: Sequence[str] = _ADDED,
    omit_fields: Sequence[str] = _OMITTED,
    schema_definition: Mapping[str, Any] | None = None,
    numeric_types: Sequence[str] = NUMERIC_COLUMN_TYPES,
) -> tuple[list[str], list[str], list[str], list[str]]:
    """
    Sort the fields of a schema.

    Parameters
    ----------
    schema_name : str
        The schema.
    client : CAVEclientFull
        The client of the datastack.
    spatial_point, unbound_spatial_point : str
        Names of the definitions of points with a root id, and without.
    allow_types : list of str
        Types of columns to return: "integer", "float", "boolean", "string".
    add_fields, omit_fields : list of str
        Columns to return although the schema lacks them; columns not to return.
    schema_definition : dict, optional
        The definition, if you have it. Left out: it is asked for, if the client does not know it.
    numeric_types : list of str
        Types of columns of numbers.

    Returns
    -------
    pts, cols, numeric_cols, unbound_pts : list of str
        Points with a root id; columns; those of them that hold numbers; points without a root id.
    """
    definition = (
        definition_for(client, schema_name, schema_name) if schema_definition is None else schema_definition
    )
    points = points_of_schema(definition)
    made_of_points = {f"{point}_{part}" for point in points for part in ("position", *FOUND_BY)}
    fields = [
        column for column in columns_of_schema(definition, schema_name) if column.own not in made_of_points
    ]
    kinds = {column.own: column.kind for column in fields if column.own not in omit_fields}
    cols = [
        name for name, kind in kinds.items() if kind in allow_types and (name != "id" or name in add_fields)
    ]
    cols = list(dict.fromkeys([*add_fields, *cols]))
    numeric = [name for name in cols if kinds.get(name) in numeric_types]
    bound, unbound = (
        [point for point, kind in points.items() if kind == wanted and point not in omit_fields]
        for wanted in (spatial_point, unbound_spatial_point)
    )
    return bound, cols, numeric, unbound


def get_table_info(
    tn: str,
    meta: Mapping[str, Any],
    client: Any,
    allow_types: Sequence[str] = ALLOW_COLUMN_TYPES,
    merge_schema: bool = True,
    suffixes: Sequence[str] = _SUFFIXES,
) -> ColumnInfo:
    """
    Describe the columns of a table, and of the one that it refers to.

    Parameters
    ----------
    tn : str
        The table.
    meta : dict
        Its record.
    client : CAVEclientFull
        The client of the datastack.
    allow_types : list of str
        Types of columns to return.
    merge_schema : bool
        Describe the table that it refers to, too.
    suffixes : sequence of 2 str
        Endings where both have a name: of the table that is referred to, of this one.

    Returns
    -------
    ColumnInfo
        What `make_class_vals` takes.
    """
    pts, cols, numeric, unbound = get_col_info(schema_of(meta), client, allow_types=allow_types)
    reference = meta.get("reference_table") if merge_schema else None
    if not reference:
        owned = dict.fromkeys([*pts, *cols, *unbound], tn)
        return ColumnInfo(pts, cols, unbound, owned, {}, [tn], numeric)
    base = table_metadata(reference, client)
    others = get_col_info(schema_of(base), client, allow_types=allow_types)
    named = [
        combine_names(reference, theirs, tn, ours, suffixes)
        for theirs, ours in zip(others, (pts, cols, numeric, unbound), strict=True)
    ]
    tables: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for _, table_map, rename_map in named:
        tables.update(table_map)
        renamed.update(rename_map)
    all_pts, all_cols, _, all_unbound = (names for names, _, _ in named)
    numbers = {(reference, name) for name in others[2]} | {(tn, name) for name in numeric}
    # By the own name: a column that got a suffix holds what it held before.
    all_numeric = [name for name in all_cols if (tables[name], renamed.get(name, name)) in numbers]
    return ColumnInfo(all_pts, all_cols, all_unbound, tables, renamed, [reference, tn], all_numeric)


def get_view_info(
    view_name: str,
    meta: Mapping[str, Any],
    schema: Mapping[str, Mapping[str, Any]],
    allow_types: Sequence[str] = ALLOW_COLUMN_TYPES,
    spatial_types: Sequence[str] = SPATIAL_POINT_TYPES,
) -> ColumnInfo:
    """
    Describe the columns of a view.

    Parameters
    ----------
    view_name : str
        The view.
    meta : dict
        Its record.
    schema : dict
        Column -> {"type": ...}.
    allow_types, spatial_types : list of str
        Types of columns to return; types of positions.

    Returns
    -------
    ColumnInfo
        What `make_class_vals` takes, with `raw_points=True`.
    """
    columns = view_layout(view_name, meta, schema).columns
    pts = [name for name, spec in schema.items() if spec.get("type") in spatial_types]
    cols = [column.own for column in columns if column.kind in allow_types and column.own not in pts]
    numeric = [column.own for column in columns if column.is_numeric and column.own in cols]
    return ColumnInfo(pts, cols, [], dict.fromkeys([*pts, *cols], view_name), {}, [view_name], numeric)


def make_class_vals(
    pts: Iterable[str],
    val_cols: Iterable[str],
    unbd_pts: Iterable[str],
    table_map: Mapping[str, str],
    rename_map: Mapping[str, str],
    table_list: Sequence[str],
    numeric_vals: Iterable[str],
    raw_points: bool = False,
) -> dict[str, Column]:
    """
    Return the fields of a query class.

    Parameters
    ----------
    pts, unbd_pts : iterable of str
        Points with a root id, and without.
    val_cols : iterable of str
        Other columns.
    table_map : dict
        Column or point -> its table.
    rename_map : dict
        Column or point with a suffix -> its own name.
    table_list : list of str
        The tables; what `table_map` lacks is of the first.
    numeric_vals : iterable of str
        Those of `val_cols` that hold numbers.
    raw_points : bool
        Points are named by their columns already, as those of views are.

    Returns
    -------
    dict
        Name of the filter -> its column.
    """
    numeric = set(numeric_vals)

    def column(name: str, kind: str, ending: str = "") -> Column:
        own = rename_map.get(name, name)
        # The server puts a suffix after the column's name, not into it.
        suffix = name.removeprefix(own) if name != own else ""
        table = table_map.get(name, table_list[0])
        return Column(f"{own}{ending}{suffix}", f"{own}{ending}", table, kind)

    bound, unbound = list(pts), list(unbd_pts)
    position = bound_pt_position("") if not raw_points else ""
    found = [column(name, "integer" if name in numeric else "string") for name in val_cols]
    found += [column(name, POSITION, position) for name in [*bound, *unbound]]
    found += [] if raw_points else [column(name, "integer", bound_pt_root_id("")) for name in bound]
    return {one.parameter: one for one in found}
