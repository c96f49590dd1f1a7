"""What is known of tables and views: resolutions, references, descriptions."""

from __future__ import annotations

import copy
from typing import Any

from caveclient_gen._runtime.errors import NotFoundError
from caveclient_gen.mixins.materialize.table_manager.known_tables import KnownTables, key_of
from caveclient_gen.mixins.materialize.table_manager.managers import TableManager, ViewManager
from caveclient_gen.mixins.materialize.versions import VersionsMixin
from caveclient_gen.mixins.resolutions import with_resolution


class TablesMixin(VersionsMixin):
    """What is known of tables and views."""

    def _begin(self) -> None:
        super()._begin()
        self._known_tables = KnownTables()

    @property
    def tables(self) -> TableManager:
        """
        Query classes of all tables of the client's version.

        `tables.nuclei` or `tables["nuclei"]` is one: it shows its columns, takes filters by their names, and
        its `query()` returns a frame. A table that refers to another one is joined with it; where both have
        a column of one name, that of the table itself ends in "_ref".

        Raises
        ------
        InvalidArgumentError
            The client was made without a framework client, which knows the schema service.

        Examples
        --------
        >>> client.materialize.tables.find("nuc")
        ['nuclei']
        >>> cells = client.materialize.tables.cell_types(cell_type=["23P", "BC"])
        >>> cells.query()[["id", "pt_root_id", "cell_type"]]
           id          pt_root_id cell_type
        0   1  288230376151712180       23P
        1   4  288230376151711750        BC
        """
        key = ("tables", *key_of(self))
        return self._known_tables.manager(key, lambda: TableManager(self))

    @property
    def views(self) -> ViewManager:
        """
        Query classes of all views of the client's version, as `tables` has those of tables.

        Raises
        ------
        UnsupportedFeatureError
            The server speaks API 2 only.

        Examples
        --------
        >>> view = client.materialize.views.nucleus_types(cell_type="23P")
        >>> view
        nucleus_types(cell_type='23P')
        >>> view.query()[["id", "volume"]]
           id  volume
        0   1    10.5
        """
        key = ("views", *key_of(self))
        return self._known_tables.manager(key, lambda: ViewManager(self))

    def get_table_metadata(
        self,
        table_name: str,
        datastack_name: str | None = None,
        version: int | None = None,
        log_warning: bool = True,
    ) -> dict[str, Any]:
        """
        Get what is known of a table.

        Parameters
        ----------
        table_name : str
            The table.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        version : int, optional
            Version whose table is meant; the client's by default.
        log_warning : bool
            Log the notices that the server sends with the answer.

        Returns
        -------
        dict
            The table's record: `schema_type`, `description`, `notice_text`, `reference_table` and more.
            `voxel_resolution`: size of a voxel of the stored positions, [x, y, z] in nm, or None.

        Raises
        ------
        NotFoundError
            There is no such table or version.

        Examples
        --------
        >>> record = client.materialize.get_table_metadata("nuclei")
        >>> record["schema"], record["voxel_resolution"]
        ('nucleus_detection', [4.0, 4.0, 40.0])
        """
        version = self._version_of(datastack_name, version)
        if not log_warning:
            # What `tables` has asked for already; the notices of that answer are not at hand any more.
            key = (self.server_address, datastack_name or self._datastack_name, version)
            known = self._known_tables.records(key).get(table_name)
            if known is not None:
                return copy.deepcopy(known)
        record = self._get_table_metadata(
            table_name, datastack_name=datastack_name, version=version, log_warning=log_warning
        )
        return with_resolution(record)

    def get_tables_metadata(
        self, datastack_name: str | None = None, version: int | None = None, log_warning: bool = True
    ) -> list[dict[str, Any]]:
        """
        Get what is known of all tables of a version.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        version : int, optional
            Version whose tables are meant; the client's by default.
        log_warning : bool
            Log the notices that the server sends with the answer.

        Returns
        -------
        list of dict
            As `get_table_metadata` returns them, in no order; empty if the version has no tables.

        Raises
        ------
        NotFoundError
            There is no such version.
        UnsupportedFeatureError
            The server speaks API 2 only.
        """
        version = self._version_of(datastack_name, version)
        try:
            records = self._get_tables_metadata(
                datastack_name=datastack_name, version=version, log_warning=log_warning
            )
        except NotFoundError as error:
            # Servers say 404 and send the empty list along when a version has no tables.
            if error.data != []:
                raise
            return []
        return [with_resolution(record) for record in records]

    def get_view_schemas(
        self,
        materialization_version: int | None = None,
        datastack_name: str | None = None,
        log_warning: bool = True,
    ) -> dict[str, Any]:
        """
        Get what the columns of all views of a version hold.

        Parameters
        ----------
        materialization_version : int, optional
            Version whose views are meant, 0 for the live ones; the client's by default.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        log_warning : bool
            Log the notices that the server sends with the answer.

        Returns
        -------
        dict
            View -> column -> {"type": ...}; empty if there are no views.

        Raises
        ------
        UnsupportedFeatureError
            The server speaks API 2 only.

        Examples
        --------
        >>> schemas = client.materialize.get_view_schemas()
        >>> schemas["nucleus_types"]["pt_position"]
        {'type': 'SpatialPoint'}
        """
        version = self._version_of(datastack_name, materialization_version)
        try:
            schemas = self._get_view_schemas(
                materialization_version=version, datastack_name=datastack_name, log_warning=log_warning
            )
        except NotFoundError as error:
            # Servers say 404 and send the empty object along when there are no views.
            if error.data != {}:
                raise
            return {}
        return dict(schemas)

    def _reference_of(self, table: str, datastack_name: str | None, version: int) -> str | None:
        """Return the table that a table refers to, if it does."""
        record = self.get_table_metadata(table, datastack_name, version, log_warning=False)
        reference = record.get("reference_table")
        return str(reference) if reference else None
