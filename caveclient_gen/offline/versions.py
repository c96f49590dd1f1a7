"""Materialized versions: what exists, when it is of, when it expires, and where its frozen tables lie.

`materialize` freezes the annotations and their roots as of a moment into one Parquet file per table:
`versions/<version>/<table>.parquet`, columns as `Annotations.rows_at` gives them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.store import Store

__all__ = ["SCHEMA", "Version", "Versions", "View"]

SCHEMA = ""


@dataclass(frozen=True)
class Version:
    """One frozen version.

    Parameters
    ----------
    number : int
        As clients write it.
    moment : int
        What it is a picture of, in microseconds since 1970.
    made : int
        When it was made, the same.
    expires : int
        When servers stop to offer it, the same.
    tables : dict
        Name to the record that servers give of the table (`.../table/<name>/metadata`), as of then.
    """

    number: int
    moment: int
    made: int
    expires: int
    tables: Mapping[str, Mapping[str, Any]]

    def has_expired(self, now: int) -> bool:
        """Whether it is offered no more."""
        return self.expires <= now


@dataclass(frozen=True)
class View:
    """A query that is asked by its name.

    Parameters
    ----------
    name, description : str
        For people.
    sql : str
        One SELECT over tables of a version, in DuckDB's words. Positions are three columns (`pt_position_x`).
    columns : dict
        Name to kind ("integer", "float", "string", "boolean", "SpatialPoint"), in the order of the answer.
    resolution : tuple of float
        Size of the voxels that positions are in, in nm.
    """

    name: str
    description: str
    sql: str
    columns: Mapping[str, str]
    resolution: tuple[float, float, float]
    notice: str | None = None
    live_compatible: bool = True


class Versions:
    """The frozen versions and views of a dataset."""

    def __init__(self, store: Store, folder: Path, annotations: Annotations) -> None:
        self._store = store
        self._folder = folder
        self._annotations = annotations

    def all(self) -> list[Version]:
        """Return all versions, oldest first, expired ones too."""
        raise NotImplementedError

    def get(self, number: int) -> Version | None:
        """Return one version, expired or not; None if there is none of that number."""
        raise NotImplementedError

    def file(self, number: int, table: str) -> Path:
        """Return where a frozen table lies. `table` must be one of the version's."""
        raise NotImplementedError

    def materialize(
        self, *, at: datetime | None = None, expires: datetime | None = None, number: int | None = None
    ) -> Version:
        """Freeze all tables as of `at` (now) into a new version; the files first, then its record."""
        raise NotImplementedError

    def add_frozen(self, number: int, table: str, rows: pa.Table, record: Mapping[str, Any]) -> None:
        """Add a table that exists in one version only (an imported dump); the version is made if need be."""
        raise NotImplementedError

    def views(self) -> dict[str, View]:
        """Return the views by name."""
        raise NotImplementedError

    def define_view(self, view: View) -> None:
        """Add or replace a view."""
        raise NotImplementedError
