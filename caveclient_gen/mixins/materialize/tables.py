"""What is known of tables and views: resolutions, references, descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from caveclient_gen._runtime.errors import NotFoundError, UnsupportedFeatureError
from caveclient_gen.mixins.materialize.versions import VersionsMixin

if TYPE_CHECKING:
    from collections.abc import Mapping


_AXES = ("voxel_resolution_x", "voxel_resolution_y", "voxel_resolution_z")


def with_resolution(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a table with its resolution as one list; None where it is not known."""
    sizes = [record.get(axis) for axis in _AXES]
    others = {name: value for name, value in record.items() if name not in _AXES}
    return {**others, "voxel_resolution": None if None in sizes else sizes}


class TablesMixin(VersionsMixin):
    """What is known of tables and views."""

    @property
    def tables(self) -> NoReturn:
        """Tables as attributes; not in this release."""
        raise UnsupportedFeatureError(
            "Use query_table(name, ...) meanwhile, and get_tables() to list the names: this release has no "
            "`tables` yet."
        )

    @property
    def views(self) -> NoReturn:
        """Views as attributes; not in this release."""
        raise UnsupportedFeatureError(
            "Use query_view(name, ...) meanwhile, and get_views() to list the names: this release has no "
            "`views` yet."
        )

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
