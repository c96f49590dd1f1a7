"""The public method: a table, or the rows of a query, to a dataset of Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import CAVEError, InvalidArgumentError
from caveclient_gen.mixins.materialize.extraction.asking import AskingMixin
from caveclient_gen.mixins.materialize.filters import read_limit, table_filters
from caveclient_gen.mixins.materialize.plan import Query, read_selection

if TYPE_CHECKING:
    import os
    from concurrent.futures import Executor

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.extraction.result import Extraction
    from caveclient_gen.mixins.materialize.options import Filter, Select


class ExtractionMixin(AskingMixin):
    """Whole tables to Parquet."""

    def to_parquet(
        self,
        table: str,
        folder: str | os.PathLike[str],
        *,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        filter_greater_dict: Filter | None = None,
        filter_less_dict: Filter | None = None,
        filter_greater_equal_dict: Filter | None = None,
        filter_less_equal_dict: Filter | None = None,
        select_columns: Select | None = None,
        datastack_name: str | None = None,
        materialization_version: int | None = None,
        timestamp: TimeLike | None = None,
        split_positions: bool = True,
        merge_reference: bool = True,
        desired_resolution: ResolutionLike | None = None,
        rows_per_file: int = 200_000,
        executor: Executor | None = None,
        workers: int = 4,
        progress: bool | None = None,
    ) -> Extraction:
        """
        Extract a table of a version, of any length, to a folder of Parquet files.

        Rows come in partitions, by ranges of their ids, a few at a time; each is checked against the
        server's count and written to a file of its own. A call that was interrupted or killed is made
        again with the same arguments, and goes on where it was.

        Parameters
        ----------
        table : str
            The table.
        folder : str or path
            Where the files go. A new or empty one, or that of an extraction to go on with.
        filter_in_dict, filter_out_dict, filter_equal_dict, filter_spatial_dict, filter_regex_dict
            Which rows to extract, as for `query_table`. Lists of values may be of any length.
        filter_greater_dict, filter_less_dict, filter_greater_equal_dict, filter_less_equal_dict
            Bounds of values, as for `query_table`.
        select_columns : list of str, optional
            Columns to extract; all by default. `{table: columns}` where the table refers to another.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        materialization_version : int, optional
            The version; the client's by default.
        timestamp : datetime.datetime, str or float, optional
            Not possible: rows of a moment change while they are extracted.
        split_positions : bool
            Write a position as three columns; else as one column of lists of three.
        merge_reference : bool
            If the table refers to another one, join that, as `query_table` does.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are written, in nm; the client's by default, else as stored.
        rows_per_file : int
            Most rows of a file. Not more than the server sends at once, which is 200,000 by default.
        executor : concurrent.futures.Executor, optional
            Who extracts the partitions: threads, processes, or a cluster (`dask_client.get_executor()`).
            Workers write to `folder`, so all must see it; each finds the token by itself (`CAVE_TOKEN`, or a
            token file). By default threads of this process.
        workers : int
            Partitions under way at the same time; each is a request to the server.
        progress : bool, optional
            Show a bar; by default in a terminal or notebook.

        Returns
        -------
        Extraction
            `folder`, `files`, `rows`; `dataset()` opens the files with pyarrow, `to_pandas()` reads them.

        Raises
        ------
        InvalidArgumentError
            The folder holds something else, or an extraction of another query; or `table` is a view.
        TruncatedResultError
            The server sent another number of rows than it counts. What is done is kept.
        CAVEError
            Partitions failed, the folder cannot be written, or another process extracts to it. What is done
            is kept.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> synapses = client.materialize.to_parquet("synapses", "synapses_v2", materialization_version=2)
        >>> synapses.rows, [file.name for file in synapses.files]
        (40, ['part-000000.parquet'])
        """
        # Here, because most scripts never extract: importing the client should not cost them anything.
        from caveclient_gen.mixins.materialize.extraction.extracting import extract
        from caveclient_gen.mixins.materialize.extraction.files import disk_error

        if timestamp is not None:
            raise InvalidArgumentError(
                "Pass materialization_version instead of timestamp: rows of a moment would change while they "
                "are extracted. For a live table, ask live_query in parts."
            )
        _check_executor(executor)
        filters = {
            "filter_in_dict": filter_in_dict,
            "filter_out_dict": filter_out_dict,
            "filter_equal_dict": filter_equal_dict,
            "filter_spatial_dict": filter_spatial_dict,
            "filter_regex_dict": filter_regex_dict,
            "filter_greater_dict": filter_greater_dict,
            "filter_less_dict": filter_less_dict,
            "filter_greater_equal_dict": filter_greater_equal_dict,
            "filter_less_equal_dict": filter_less_equal_dict,
        }
        query = Query(
            tables=(table,),
            filters=table_filters(table, filters),
            select=read_selection(select_columns),
            datastack_name=datastack_name,
            desired_resolution=self._resolution(desired_resolution),
            split_positions=split_positions,
        ).checked()
        version = self._version_of(datastack_name, materialization_version)
        try:
            return extract(
                self,
                query,
                version,
                folder,
                merge_reference=merge_reference,
                most=read_limit(rows_per_file, "rows_per_file", 1) or 1,
                executor=executor,
                workers=read_limit(workers, "workers", 1) or 1,
                progress=progress,
            )
        except OSError as error:
            if isinstance(error, CAVEError):  # those of the network are both
                raise
            raise disk_error(error, folder) from error


def _check_executor(executor: object) -> None:
    if hasattr(executor, "get_executor"):
        raise InvalidArgumentError(
            "Pass executor=client.get_executor(), not the client of the cluster itself."
        )
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InvalidArgumentError(
            f"Pass executor as a concurrent.futures.Executor, not as {type(executor).__name__}."
        )
