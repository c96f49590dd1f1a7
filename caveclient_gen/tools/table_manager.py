"""Tables and views as query classes: the parts of `client.materialize.tables` and `.views`.

Scripts need `client.materialize.tables` only; this is for those who build such classes themselves.
Nothing is kept in this module: what is known of tables belongs to a client, so that equal names on two
datastacks, servers or versions stay apart.

`client` is always the datastack's client, `CAVEclient(...)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.table_manager.column_info import (
    ColumnInfo,
    bound_pt_position,
    bound_pt_root_id,
    combine_names,
    get_col_info,
    get_table_info,
    get_view_info,
    make_class_vals,
)
from caveclient_gen.mixins.materialize.table_manager.conditions import (
    InvalidInequalityException,
    is_equal_like,
    is_isin_like,
    is_list_like,
)
from caveclient_gen.mixins.materialize.table_manager.known_tables import (
    by_name,
    definition_for,
    fetch_definitions,
    fetch_records,
    fetch_view_schemas,
    fetch_views,
    key_of,
    materialize_of,
    schema_client_of,
    table_layout,
    table_metadata,
    together,
    view_layout,
)
from caveclient_gen.mixins.materialize.table_manager.layout import (
    ALLOW_COLUMN_TYPES,
    BOX_ENDING,
    NUMERIC_COLUMN_TYPES,
    SPATIAL_POINT_TYPES,
    add_with_suffix,
)
from caveclient_gen.mixins.materialize.table_manager.managers import BaseManager, TableManager, ViewManager
from caveclient_gen.mixins.materialize.table_manager.table_queries import (
    FrozenViewQuery,
    QueryClass,
    RowQuery,
    TableQuery,
    ViewQuery,
    make_query_class,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from caveclient_gen.mixins.materialize.table_manager.layout import Layout

__all__ = [
    "ALLOW_COLUMN_TYPES",
    "NUMERIC_COLUMN_TYPES",
    "SPATIAL_POINT_TYPES",
    "BaseManager",
    "ColumnInfo",
    "InvalidInequalityException",
    "TableManager",
    "ViewManager",
    "add_with_suffix",
    "bound_pt_position",
    "bound_pt_root_id",
    "combine_names",
    "filter_empty",
    "get_all_table_metadata",
    "get_all_view_metadata",
    "get_col_info",
    "get_table_info",
    "get_view_info",
    "is_equal_like",
    "is_greaterthan",
    "is_greaterthan_equal",
    "is_isin_like",
    "is_lessthan",
    "is_lessthan_equal",
    "is_list_like",
    "make_class_vals",
    "make_kwargs_mixin",
    "make_query_filter",
    "make_query_filter_view",
    "pop_empty",
    "populate_schema_cache",
    "populate_table_cache",
    "rename_fields",
    "replace_empty_with_none",
    "table_metadata",
    "update_spatial_dict",
]


# ---- filters


def rename_fields(filter_dict: Mapping[str, Any], cls: type[RowQuery]) -> dict[str, Any]:
    """
    Return filters with each column under the name that its table has for it.

    Parameters
    ----------
    filter_dict : dict
        Column -> value, or table -> column -> value.
    cls : type
        The query class.

    Returns
    -------
    dict
        In the same form.

    Raises
    ------
    InvalidArgumentError
        Columns of two tables have one name: these filters must be told apart by table.
    """
    columns = cls._layout.columns
    tables = {column.table for column in columns}
    if filter_dict and tables.issuperset(filter_dict):
        return {table: rename_fields(filters, cls) for table, filters in filter_dict.items()}
    own = {column.name: column.own for column in columns}
    own |= {
        column.parameter: f"{column.own}{BOX_ENDING}" for column in columns if column.parameter not in own
    }
    renamed = {own.get(name, name): value for name, value in filter_dict.items()}
    if len(renamed) < len(filter_dict):
        raise InvalidArgumentError(
            f"Pass filters as {{table: {{column: value}}}}: {', '.join(filter_dict)} are of two tables, "
            "where some have the same name."
        )
    return renamed


def update_spatial_dict(spatial_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters by box under the names of their columns, without "_bbox"."""
    return {name.removesuffix(BOX_ENDING): box for name, box in spatial_dict.items()}


def is_lessthan(x: Any) -> bool:
    """Whether a value has a bound "<"."""
    return isinstance(x, dict) and "<" in x


def is_greaterthan(x: Any) -> bool:
    """Whether a value has a bound ">"."""
    return isinstance(x, dict) and ">" in x


def is_lessthan_equal(x: Any) -> bool:
    """Whether a value has a bound "<="."""
    return isinstance(x, dict) and "<=" in x


def is_greaterthan_equal(x: Any) -> bool:
    """Whether a value has a bound ">="."""
    return isinstance(x, dict) and ">=" in x


def pop_empty(filter_dict: dict[str, Any]) -> dict[str, Any]:
    """Take what is None out of a dict, in place, and return it. 0, "" and False stay."""
    for name in [name for name, value in filter_dict.items() if value is None]:
        del filter_dict[name]
    return filter_dict


def filter_empty(filter_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dict without its empty lists. Queries do not do this: there an empty list keeps no row."""
    return {
        name: value for name, value in filter_dict.items() if not (is_list_like(value) and not len(value))
    }


def replace_empty_with_none(filter_dict: dict[str, Any]) -> dict[str, Any] | None:
    """Return None for an empty dict."""
    return filter_dict or None


# ---- what is known of tables


def get_all_table_metadata(client: Any, meta: Iterable[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """
    Get what is known of all tables of the client's version.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.
    meta : list of dict, optional
        The records, if you have them. Left out: they are asked for.

    Returns
    -------
    dict
        Table -> its record.
    """
    materialize = materialize_of(client)
    return fetch_records(materialize, materialize.version) if meta is None else by_name(meta)


def get_all_view_metadata(client: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    Get what is known of all views of the client's version.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.

    Returns
    -------
    dict
        View -> its record; empty if there are none.
    dict
        View -> column -> {"type": ...}.
    """
    materialize = materialize_of(client)
    version = materialize.version
    return together(
        lambda: fetch_views(materialize, version), lambda: fetch_view_schemas(materialize, version)
    )


def populate_schema_cache(client: Any, schema_definitions: Mapping[str, Any] | None = None) -> None:
    """
    Let a client know the columns of all schemas.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.
    schema_definitions : dict, optional
        Schema -> its definition. Left out: they are asked for.
    """
    known = materialize_of(client)._known_tables
    definitions = schema_definitions
    known.definitions.update(
        fetch_definitions(schema_client_of(client)) if definitions is None else definitions
    )


def populate_table_cache(client: Any, metadata: Iterable[Mapping[str, Any]] | None = None) -> None:
    """
    Let a client know the records of all tables of its version.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.
    metadata : list of dict, optional
        The records. Left out: they are asked for.
    """
    materialize = materialize_of(client)
    materialize._known_tables.keep(key_of(materialize), get_all_table_metadata(client, metadata))


# ---- query classes


def make_kwargs_mixin(client: Any, is_view: bool = False, live_compatible: bool = True) -> type[RowQuery]:
    """
    Make the class that has `query()` and `live_query()`, to build query classes on.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.
    is_view : bool
        Whether queries are of views.
    live_compatible : bool
        Whether they can be live.

    Returns
    -------
    type
        The class.
    """
    view = ViewQuery if live_compatible else FrozenViewQuery
    base: type[RowQuery] = view if is_view else TableQuery
    members = {"_client": materialize_of(client), "__doc__": base.__doc__}
    return cast("type[RowQuery]", QueryClass("BaseQueryKwargs", (base,), members))


def make_query_filter(table_name: str, meta: Mapping[str, Any], client: Any) -> type[RowQuery]:
    """
    Make the query class of a table.

    Parameters
    ----------
    table_name : str
        The table.
    meta : dict
        Its record.
    client : CAVEclientFull
        The client of the datastack.

    Returns
    -------
    type
        Call it with filters; the result has `query()` and `live_query()`.
    """
    reference = meta.get("reference_table")
    layout = table_layout(
        table_name,
        meta,
        table_metadata(reference, client) if reference else None,
        lambda schema, table: definition_for(client, schema, table),
        **_place(client),
    )
    return make_query_class(materialize_of(client), layout)


def make_query_filter_view(
    view_name: str, meta: Mapping[str, Any], schema: Mapping[str, Mapping[str, Any]], client: Any
) -> type[RowQuery]:
    """
    Make the query class of a view.

    Parameters
    ----------
    view_name : str
        The view.
    meta : dict
        Its record.
    schema : dict
        Column -> {"type": ...}.
    client : CAVEclientFull
        The client of the datastack.

    Returns
    -------
    type
        Call it with filters; the result has `query()`, and `live_query()` if the view can do that.
    """
    layout: Layout = view_layout(view_name, meta, schema, **_place(client))
    return make_query_class(materialize_of(client), layout)


def _place(client: Any) -> dict[str, Any]:
    server, datastack_name, version = key_of(materialize_of(client))
    return {"server": server, "datastack_name": datastack_name, "version": version}
