"""All tables of a version, or all views, by name: `client.materialize.tables` and `.views`.

Two requests, sent at once, tell of all of them; query classes are made one by one, when they are first used.
A manager is about one version, and never changes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.table_manager import table_text
from caveclient_gen.mixins.materialize.table_manager.known_tables import (
    Records,
    by_name,
    definition_of,
    fetch_definitions,
    fetch_records,
    fetch_view_schemas,
    fetch_views,
    key_of,
    materialize_of,
    schema_client_of,
    table_layout,
    together,
    view_layout,
)
from caveclient_gen.mixins.materialize.table_manager.layout import suggestion
from caveclient_gen.mixins.materialize.table_manager.table_queries import RowQuery, make_query_class

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from caveclient_gen.mixins.materialize.table_manager.layout import Layout


class UnknownTableError(InvalidArgumentError, KeyError):
    """There is no table or view of that name."""

    __str__ = Exception.__str__  # KeyError's would show the message in quotes


class BaseManager(Mapping[str, type[RowQuery]]):
    """Query classes by name: `tables["name"]` for any name, `tables.name` for most.

    A name that this object uses itself (`find`, `keys`, ...) is reached in brackets only.
    """

    _kind: ClassVar[str] = "table"
    _head: ClassVar[tuple[str, ...]] = ("table",)
    _facts: ClassVar[tuple[str, ...]] = ()
    """What lists show of a record."""

    def __init__(self) -> None:
        self._materialize: Any = None
        self._version: int | None = None
        self._records: Records = {}
        self._made: dict[str, type[RowQuery]] = {}
        self._lock = threading.RLock()

    def _begin(self, materialize: Any, version: int, records: Records) -> None:
        self._materialize, self._version, self._records = materialize, version, records

    @property
    def table_names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._records)

    def find(self, search_str: str) -> list[str]:
        """
        Find names that contain a text, in small or capital letters.

        Parameters
        ----------
        search_str : str
            The text.

        Returns
        -------
        list of str
            The names, sorted.
        """
        text = search_str.casefold()
        return [name for name in self.table_names if text in name.casefold()]

    def to_frame(self) -> pd.DataFrame:
        """
        Put what is known into a frame; nothing is asked for.

        Returns
        -------
        pandas.DataFrame
            A row per table or view, in the order of their names, which are the index; a column per fact.
        """
        import pandas as pd

        facts = [self._records[name] or {} for name in self.table_names]
        return pd.DataFrame(facts, index=pd.Index(self.table_names, name=self._kind))

    def __getitem__(self, name: str) -> type[RowQuery]:
        if name not in self._records:
            self._refuse(name)
        with self._lock:
            if name not in self._made:
                self._made[name] = make_query_class(self._materialize, self._layout(name))
            return self._made[name]

    def _layout(self, name: str) -> Layout:
        raise NotImplementedError

    def _place(self) -> dict[str, Any]:
        materialize = self._materialize
        return {
            "datastack_name": materialize.datastack_name,
            "version": self._version,
            "server": materialize.server_address,
        }

    def _refuse(self, name: object) -> NoReturn:
        raise UnknownTableError(
            f"Choose one of the {self._title()}: there is no {name!r}.{suggestion(name, self._records)}"
        )

    def _title(self) -> str:
        if self._materialize is None:
            return f"0 {self._kind}s"
        kind = self._kind if len(self) == 1 else f"{self._kind}s"
        return f"{len(self)} {kind} of {self._materialize.datastack_name}, version {self._version}"

    def __getattr__(self, name: str) -> type[RowQuery]:
        # Reached for names that nothing else has. `_records` is asked for before __init__ has run, by copy.
        if name == "_records" or (name not in self._records and name.startswith("_")):
            raise AttributeError(name, name=name, obj=self)
        if name not in self._records:
            near = suggestion(name, self._records)
            raise AttributeError(f"No {self._kind} {name!r} among the {self._title()}.{near}", name=name)
        return self[name]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *filter(table_text.is_plain_name, self._records)})

    def _ipython_key_completions_(self) -> list[str]:
        return self.table_names

    def __iter__(self) -> Iterator[str]:
        return iter(self.table_names)

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, name: object) -> bool:
        return name in self._records

    # As a mapping it would be compared by its items, which would make all query classes.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def _rows(self) -> list[list[str]]:
        known = ((name, self._records[name] or {}) for name in self.table_names)
        return [
            [name, *(table_text.one_line(record.get(fact)) for fact in self._facts)] for name, record in known
        ]

    def __repr__(self) -> str:
        return table_text.list_text(self._title(), self._head, self._rows(), 'find("text"), table_names')

    def _repr_html_(self) -> str:
        return table_text.list_html(self._title(), self._head, self._rows())


class TableManager(BaseManager):
    """
    Query classes of all tables of a version.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.
    metadata : list or dict, optional
        Records of the tables, as `get_tables_metadata` returns them. Left out: they are asked for.
    schema : dict, optional
        Definitions of the schemas, as `schema_definition_all` returns them. Left out: they are asked for.

    Examples
    --------
    >>> tables = client.materialize.tables
    >>> tables.find("nuc")
    ['nuclei']
    """

    _head = ("table", "schema", "refers to", "description")
    _facts = ("schema", "reference_table", "description")

    def __init__(
        self,
        client: Any,
        metadata: Iterable[Mapping[str, Any]] | Mapping[str, Any] | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        materialize = materialize_of(client)
        version = materialize.version
        self._schema_client = None if schema is not None else schema_client_of(client)
        known = materialize._known_tables
        records, definitions = self._fetch(materialize, version, metadata, schema)
        self._begin(materialize, version, records)
        self._definitions = {**known.definitions, **definitions}
        known.keep(key_of(materialize), records)

    def _fetch(
        self, materialize: Any, version: int, metadata: Any, schema: Mapping[str, Any] | None
    ) -> tuple[Records, dict[str, Any]]:
        if metadata is not None and schema is not None:
            return by_name(metadata), dict(schema)
        if metadata is not None:
            return by_name(metadata), fetch_definitions(self._schema_client)
        if schema is not None:
            return fetch_records(materialize, version), dict(schema)
        return together(
            lambda: fetch_records(materialize, version), lambda: fetch_definitions(self._schema_client)
        )

    def _record(self, name: str) -> dict[str, Any]:
        record = self._records[name]
        if record is None:
            record = self._materialize.get_table_metadata(name, version=self._version, log_warning=False)
            self._records[name] = record
        return record

    def _definition(self, schema: str, table: str) -> Mapping[str, Any]:
        if schema not in self._definitions:
            self._definitions[schema] = definition_of(self._schema_client, schema, table)
        definition: Mapping[str, Any] = self._definitions[schema]
        return definition

    def _layout(self, name: str) -> Layout:
        record = self._record(name)
        reference = record.get("reference_table")
        base = self._record(reference) if reference in self._records else None
        return table_layout(
            name, record, base, lambda schema, table: self._definition(schema, table), **self._place()
        )


class ViewManager(BaseManager):
    """
    Query classes of all views of a version.

    Parameters
    ----------
    client : CAVEclientFull
        The client of the datastack.
    view_metadata : dict, optional
        Records of the views, as `get_views` returns them. Left out: they are asked for.
    view_schema : dict, optional
        Columns of the views, as `get_view_schemas` returns them. Left out: they are asked for.
    """

    _kind = "view"
    _head = ("view", "live", "description")
    _facts = ("live_compatible", "description")

    def __init__(
        self,
        client: Any,
        view_metadata: Mapping[str, Any] | None = None,
        view_schema: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        materialize = materialize_of(client)
        version = materialize.version
        records, schemas = together(
            lambda: fetch_views(materialize, version) if view_metadata is None else dict(view_metadata),
            lambda: fetch_view_schemas(materialize, version) if view_schema is None else dict(view_schema),
        )
        self._begin(materialize, version, records)
        self._schemas: dict[str, Any] = schemas

    def _layout(self, name: str) -> Layout:
        if name not in self._schemas:
            self._schemas[name] = self._materialize.get_view_schema(name, self._version)
        return view_layout(name, self._records[name] or {}, self._schemas[name], **self._place())
