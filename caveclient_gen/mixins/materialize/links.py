"""Addresses of tables: for viewers, and for a look with a browser."""

from __future__ import annotations

import html

from caveclient_gen.mixins.materialize.versions import VersionsMixin

_FOR_NEUROGLANCER = "precomputed://middleauth+"


class Link(str):
    """An address that notebooks show as a link."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        address = html.escape(self, quote=True)
        return f'<a href="{address}" target="_blank" rel="noopener">{address}</a>'


class LinksMixin(VersionsMixin):
    """Addresses of tables and of the datastack's page."""

    @property
    def homepage(self) -> Link:
        """Address of the page that shows the datastack's versions and tables; notebooks show a link."""
        return Link(self._homepage())

    def neuroglancer_annotation_path(
        self, table_name: str, datastack_name: str | None = None, for_neuroglancer: bool = True
    ) -> str:
        """
        Get the address of a table as a layer of annotations.

        Parameters
        ----------
        table_name : str
            The table.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        for_neuroglancer : bool
            Write it as neuroglancer takes it, with the way to log in.

        Returns
        -------
        str
            The address.
        """
        address = self._neuroglancer_annotation_path(table_name, datastack_name)
        return f"{_FOR_NEUROGLANCER}{address}" if for_neuroglancer else address

    def neuroglancer_segprop_path(
        self,
        table_name: str,
        datastack_name: str | None = None,
        materialization_version: int | None = None,
        for_neuroglancer: bool = True,
    ) -> str:
        """
        Get the address of a table as properties of segments.

        Parameters
        ----------
        table_name : str
            The table.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        materialization_version : int, optional
            Version whose table is meant; the client's by default.
        for_neuroglancer : bool
            Write it as neuroglancer takes it, with the way to log in.

        Returns
        -------
        str
            The address.
        """
        version = self._version_of(datastack_name, materialization_version)
        address = self._neuroglancer_segprop_path(table_name, datastack_name, version)
        return f"{_FOR_NEUROGLANCER}{address}" if for_neuroglancer else address
