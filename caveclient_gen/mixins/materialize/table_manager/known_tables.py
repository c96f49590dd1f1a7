"""What one client knows of its tables and views, and how it finds that out.

Two requests tell of all tables, two of all views; they go out at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from cachetools import LRUCache

from caveclient_gen._runtime.errors import (
    CAVEError,
    InvalidArgumentError,
    NotFoundError,
    UnsupportedFeatureError,
)
from caveclient_gen._runtime.pool import at_once
from caveclient_gen._runtime.turns import Turn
from caveclient_gen.mixins.materialize.table_manager.layout import (
    Layout,
    columns_of_schema,
    columns_of_view,
    joined_columns,
)
from caveclient_gen.mixins.resolutions import with_resolution

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

logger = logging.getLogger(__name__)

Records = dict[str, dict[str, Any] | None]
"""Name -> what is known of it; None where that is still to be asked."""

A = TypeVar("A")
B = TypeVar("B")

_VERSIONS_KEPT = 8


class KnownTables:
    """What one client knows of its tables. Thread-safe; pickling keeps none of it."""

    def __init__(self) -> None:
        # Two, so that nobody who only looks a record up waits for the requests of somebody else.
        self._making = Turn()
        self._lock = threading.Lock()
        self._managers: LRUCache[Hashable, Any] = LRUCache(2 * _VERSIONS_KEPT)
        self._records: LRUCache[Hashable, Records] = LRUCache(_VERSIONS_KEPT)
        self.definitions: dict[str, Any] = {}
        """Definitions of schemas that were asked for one by one, or put here beforehand."""

    def manager(self, key: Hashable, make: Callable[[], A]) -> A:
        """Return the manager of a key; it is made once, however many threads ask."""
        with self._making.taken():
            if key not in self._managers:
                self._managers[key] = make()
            manager: A = self._managers[key]
            return manager

    def keep(self, key: Hashable, records: Records) -> None:
        """Keep the records of a version."""
        with self._lock:
            self._records[key] = records

    def records(self, key: Hashable) -> Records:
        """Return the records of a version; empty if they were not asked for yet."""
        with self._lock:
            return self._records.get(key, {})

    def __reduce__(self) -> tuple[type[KnownTables], tuple[()]]:
        return KnownTables, ()


def materialize_of(client: Any) -> Any:
    """Return the materialization client of a framework client; it may be that one itself."""
    return getattr(client, "materialize", client)


def schema_client_of(client: Any) -> Any:
    """Return the schema client of a framework client, or of what belongs to one."""
    owner = client if hasattr(client, "schema") else getattr(client, "fc", None)
    if owner is None:
        raise InvalidArgumentError(
            "Use CAVEclient(...).materialize.tables: a materialization client by itself has no schema "
            "service to ask for the columns. query_table() and get_tables() work without."
        )
    return owner.schema


def together(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Call both at once, and return both results."""
    one, two = at_once(first, second)
    return one(), two()


# ---- what is asked of servers


def key_of(materialize: Any) -> tuple[Any, ...]:
    """Return what the tables of a client depend on."""
    return materialize.server_address, materialize.datastack_name, materialize.version


def by_name(records: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> Records:
    """Return records by the name of their table; a mapping is that already."""
    if isinstance(records, Mapping):
        return dict(records)
    return {str(record.get("table_name") or record.get("table")): dict(record) for record in records}


def fetch_records(materialize: Any, version: int) -> Records:
    """Ask for the records of all tables; with API 2 for their names, and for a record when it is needed."""
    try:
        return by_name(materialize.get_tables_metadata(version=version, log_warning=False))
    except UnsupportedFeatureError:
        return dict.fromkeys(materialize.get_tables(version=version))


def fetch_definitions(schema_client: Any) -> dict[str, Any]:
    """Ask for the definitions of all schemas; those that do not come are asked for when they are needed."""
    try:
        return schema_client.schema_definition_all() or {}
    except CAVEError as error:
        logger.warning("columns of tables are asked for one by one: %s", str(error).partition("\n")[0])
        return {}


def fetch_views(materialize: Any, version: int) -> Records:
    """Ask for the records of all views: none, if there are none."""
    try:
        return dict(materialize.get_views(version=version))
    except NotFoundError as error:
        return _none_if_there_are_none(error)


def fetch_view_schemas(materialize: Any, version: int) -> dict[str, Any]:
    """Ask for the columns of all views: none, if there are none."""
    try:
        return dict(materialize.get_view_schemas(version, log_warning=False))
    except NotFoundError as error:
        return _none_if_there_are_none(error)


def _none_if_there_are_none(error: NotFoundError) -> dict[str, Any]:
    # Servers say 404 where there are no views. What they do not find otherwise (the version), they say
    # under status 500, with the 404 in the message.
    if error.status != 404:
        raise error
    return {}


# ---- layouts


def schema_of(record: Mapping[str, Any]) -> str:
    """Return the schema of a table's record."""
    return str(record.get("schema") or record.get("schema_type"))


def definition_of(schema_client: Any, schema: str, table: str) -> dict[str, Any]:
    """Ask for the definition of one schema."""
    try:
        if schema_client is None:
            raise UnsupportedFeatureError(f"Pass the definition of {schema!r}, too.")
        definition: dict[str, Any] = schema_client.schema_definition(schema)
    except CAVEError as error:
        error.add_note(
            f"The columns of {table!r} follow from its schema. query_table({table!r}) works without."
        )
        raise
    return definition


def definition_for(client: Any, schema: str, table: str) -> Mapping[str, Any]:
    """Return the definition of a schema; it is asked for if the client does not know it."""
    definitions = materialize_of(client)._known_tables.definitions
    if schema not in definitions:
        definitions[schema] = definition_of(schema_client_of(client), schema, table)
    definition: Mapping[str, Any] = definitions[schema]
    return definition


def table_metadata(table_name: str, client: Any, meta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    Get what is known of a table.

    Parameters
    ----------
    table_name : str
        The table.
    client : CAVEclientFull
        The client of the datastack.
    meta : dict, optional
        The record, if you have it. Left out: it is asked for, if the client does not know it.

    Returns
    -------
    dict
        The record.
    """
    if meta is not None:
        return dict(meta)
    record: dict[str, Any] = materialize_of(client).get_table_metadata(table_name, log_warning=False)
    return record


def table_layout(
    name: str,
    record: Mapping[str, Any],
    base: Mapping[str, Any] | None,
    definition: Callable[[str, str], Mapping[str, Any]],
    **place: Any,
) -> Layout:
    """
    Lay out the columns of a table, with those of the table that it refers to.

    Parameters
    ----------
    name : str
        The table.
    record : mapping
        Its record.
    base : mapping or None
        The record of the table that it refers to, if that is to be joined.
    definition : callable
        Finds the definition of a schema: (schema, table) -> JSON Schema.
    **place
        `datastack_name`, `version`, `server`.

    Returns
    -------
    Layout
        All of it.
    """
    columns = columns_of_schema(definition(schema_of(record), name), name)
    if base is None:
        return Layout(name, tuple(columns), record, **place)
    reference = str(record["reference_table"])
    others = columns_of_schema(definition(schema_of(base), reference), reference)
    return Layout(name, tuple(joined_columns(others, columns)), record, reference=reference, **place)


def view_layout(name: str, record: Mapping[str, Any], schema: Mapping[str, Any], **place: Any) -> Layout:
    """
    Lay out the columns of a view.

    Parameters
    ----------
    name : str
        The view.
    record : mapping
        Its record.
    schema : mapping
        Column -> {"type": ...}.
    **place
        `datastack_name`, `version`, `server`.

    Returns
    -------
    Layout
        All of it.
    """
    facts = record if "voxel_resolution" in record else with_resolution(record)
    return Layout(name, tuple(columns_of_view(schema, name)), facts, is_view=True, **place)
