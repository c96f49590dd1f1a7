"""What an extraction leaves: a dataset of Parquet files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Extraction:
    """
    A table, or the rows of a query, as a dataset of Parquet files on this disk.

    Any reader of Parquet reads the files: pandas, pyarrow and Dask take the folder, polars and DuckDB
    `folder/*.parquet`. They have one schema, whose metadata tells of the query as that of an Arrow table from
    `query_table` does: `caveclient_gen.positions.read_attrs` reads it.

    Attributes
    ----------
    folder : pathlib.Path
        Where the files are.
    files : tuple of pathlib.Path
        The files, in the order of their partitions.
    rows : int
        Rows in all files.
    counted : int or None
        Rows that the server counts, which are all here (before `filter_out_dict`). None: it did not count.
    bytes : int
        Size of all files.
    attrs : dict
        What the rows are an answer to, as `df.attrs` has it: the server, datastack, table, version and its
        `timestamp`, filters, columns, and the resolution of positions.
    """

    folder: Path
    files: tuple[Path, ...]
    rows: int
    counted: int | None
    bytes: int
    attrs: dict[str, Any]

    def __repr__(self) -> str:
        size = f"{self.bytes / 1e6:,.1f} MB"
        checked = "all that the server counts" if self.counted is not None else "not counted by the server"
        return (
            f"Extraction({self.attrs['table_name']!r} at version {self.attrs['materialization_version']}: "
            f"{self.rows:,} rows in {len(self.files):,} files, {size}, {checked}; {str(self.folder)!r})"
        )

    def dataset(self) -> Any:
        """Return the files as a `pyarrow.dataset.Dataset`, which reads only the columns and rows it needs."""
        import pyarrow.dataset as ds

        return ds.dataset([str(path) for path in self.files], format="parquet")

    def to_pandas(self, columns: list[str] | None = None) -> pd.DataFrame:
        """
        Read the files into one frame, like that of `query_table`. It has to fit into memory.

        Parameters
        ----------
        columns : list of str, optional
            Columns to read; all by default.

        Returns
        -------
        pandas.DataFrame
            The rows. Positions stand as they do in the files, in three columns or as points in one.
        """
        from caveclient_gen.mixins.materialize.arrays import LooseColumns
        from caveclient_gen.mixins.materialize.outputs import make_output

        rows = LooseColumns(self.dataset().to_table(columns=columns))
        frame = make_output("pandas", rows, self.attrs, split_positions=True)
        return cast("pd.DataFrame", frame)
