"""The query engine: finds what is asked about, writes the SQL, and names the columns of the answer."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow.parquet as pq

from caveclient_gen.offline.annotations.resolution import resolution_of
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.tables.database import Database, last_words
from caveclient_gen.offline.tables.live import LiveTables
from caveclient_gen.offline.tables.output import ROOT
from caveclient_gen.offline.tables.query import Answer, At, Frozen, Query, check_tables
from caveclient_gen.offline.tables.sources import Source, clashing, columns_of, nearest, quoted
from caveclient_gen.offline.tables.sql import count_statement, rows_statement
from caveclient_gen.offline.tables.values import list_of
from caveclient_gen.offline.tables.views import ViewSyntax, read_view, view_source
from caveclient_gen.offline.versions.files import reading

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.store import Store
    from caveclient_gen.offline.tables.output import Output
    from caveclient_gen.offline.tables.sql import Statement
    from caveclient_gen.offline.versions import Versions, View

__all__ = ["Tables"]


class Tables:
    """Queries over the tables of one dataset.

    Whatever cannot be asked is refused (`Refusal`) and changes nothing; queries may come from any thread.

    Parameters
    ----------
    facts : Facts
        Names of the dataset.
    annotations, versions, store
        Where live tables, frozen tables and revisions are looked up.
    folder : Path
        The folder of the frozen tables: the only one that DuckDB may read.
    """

    def __init__(
        self, facts: Facts, annotations: Annotations, versions: Versions, store: Store, folder: Path
    ) -> None:
        self._facts = facts
        self._annotations = annotations
        self._versions = versions
        self._live = LiveTables(annotations, store)
        self._database = Database(folder)
        self._lock = threading.Lock()
        self._files: dict[Path, tuple[tuple[int, int], pq.FileMetaData]] = {}
        self._syntax: dict[str, ViewSyntax] = {}

    def run(self, query: Query) -> Answer:
        """Answer a query."""
        sources = self._sources(query)
        statement = rows_statement(query, sources, self._database.check_pattern)
        rows = self._ask(query, statement)
        names = [name for output in statement.found for _, name in output.parts]
        return Answer(
            rows.rename_columns(names),
            _column_names(query, sources, statement.found),
            query.resolution or sources[-1].resolution,
        )

    def count(self, query: Query) -> int:
        """Return how many rows a query finds, its limit and offset left aside."""
        statement = count_statement(query, self._sources(query), self._database.check_pattern)
        return int(self._ask(query, statement)[0][0].as_py())

    def texts(self, at: At, table: str) -> dict[str, list[str]]:
        """Return the different texts in each column of text of a table, sorted."""
        source = self._sources(Query(at=at, tables=(table,)))[0]
        return {
            name: self._database.texts(
                f"SELECT DISTINCT {source.cell(0, name)} AS text "  # noqa: S608 - quoted
                f"FROM {source.relation} AS {source.as_table(0)} "
                f"WHERE {source.cell(0, name)} IS NOT NULL ORDER BY text",
                source.registered,
            )
            for name, column in source.columns.items()
            if column.kind == "string"
        }

    def root_ids(self, query: Query) -> npt.NDArray[np.int64]:
        """Return the root ids by which a query chooses rows, each once, in the order in which they stand."""
        sources = {source.name: source for source in self._sources(query)}
        found = [np.empty(0, np.int64)]
        for one in query.filters:
            column = sources[one.table].columns.get(one.column) if one.table in sources else None
            if column is None or column.kind != "integer" or not column.name.endswith(ROOT):
                continue
            if one.kind in ("in", "equal"):
                listed = one if one.kind == "in" else replace(one, value=[one.value])
                found.append(list_of(listed, column).to_numpy().astype(np.int64))
        roots = np.concatenate(found)
        return roots[np.sort(np.unique(roots, return_index=True)[1])]

    def records(self, rows: pa.Table) -> bytes:
        """Write rows as a JSON array of objects; a missing value is null."""
        return self._database.records(rows)

    def tables_of_view(self, view: View) -> tuple[str, ...]:
        """Return the tables that a view selects from."""
        return self._read_view(view).tables

    def close(self) -> None:
        """Let go of DuckDB."""
        self._database.close()

    def _ask(self, query: Query, statement: Statement) -> pa.Table:
        try:
            return self._database.rows(statement.sql, statement.parameters, statement.registered)
        except duckdb.Error as error:
            if isinstance(error, duckdb.IOException) or type(error) is duckdb.Error:  # a file is broken
                raise Refusal(400, f"Get the dataset again: {last_words(error)}.") from None
            if not query.of_view:
                raise
            # A view's SQL is the dataset maker's, and may not fit the tables of every version.
            raise Refusal(
                400, f"View {query.tables[0]} cannot be answered here: {last_words(error)}."
            ) from None

    # ---- what is asked about

    def _sources(self, query: Query) -> list[Source]:
        check_tables(query.tables)
        if query.of_view:
            return [self._view(query.at, query.tables[0])]
        return [self._table(query.at, table) for table in query.tables]

    def _table(self, at: At, table: str) -> Source:
        return self._frozen(at.version, table) if isinstance(at, Frozen) else self._at(at.moment, table)

    def _frozen(self, number: int, table: str) -> Source:
        version = self._versions.get(number)
        if version is None or table not in version.tables:
            raise aborted(
                404,
                f"Analysis table {table[:80]!r} not found for version {number} in datastack "
                f"{self._facts.datastack}{nearest(table, version.tables if version else ())}",
            )
        path = self._versions.file(number, table)
        about = self._file(path)
        schema = about.schema.to_arrow_schema()
        written = str(path.resolve()).replace("'", "''")
        return Source(
            table,
            columns_of(schema),
            resolution_of(version.tables[table]),
            f"read_parquet('{written}', hive_partitioning = false)",  # "a=b" in a path is no column
            about.num_rows,
            names=clashing(schema.names),
        )

    def _file(self, path: Path) -> pq.FileMetaData:
        """Return what a frozen file says of itself; it is read once."""
        facts = path.stat()
        key = facts.st_mtime_ns, facts.st_size
        with self._lock:
            kept = self._files.get(path)
        if kept is None or kept[0] != key:
            with reading(path):
                kept = key, pq.read_metadata(path)
            with self._lock:
                self._files[path] = kept
        return kept[1]

    def _at(self, moment: int, table: str) -> Source:
        known = self._annotations.tables(at=moment)
        if table not in known:
            raise aborted(
                404,
                f"table {table[:80]!r} not found at that moment in {self._facts.datastack}"
                f"{nearest(table, known)}",
            )
        rows = self._live.rows(table, moment)
        name = f"live {table}"  # no table is named so: a blank is in no name
        return Source(
            table,
            columns_of(rows.schema),
            resolution_of(self._annotations.record(table)),
            quoted(name),
            rows.num_rows,
            {name: rows},
            names=clashing(rows.schema.names),
        )

    def _view(self, at: At, name: str) -> Source:
        views = self._versions.views()
        if name not in views:
            raise aborted(
                404, f"View {name[:80]!r} not found in {self._facts.datastack}{nearest(name, views)}"
            )
        return view_source(views[name], self._read_view(views[name]), partial(self._table, at))

    def _read_view(self, view: View) -> ViewSyntax:
        syntax = self._syntax.get(view.sql)
        if syntax is None:
            syntax = self._syntax[view.sql] = read_view(self._database, view)
        return syntax


def _column_names(query: Query, sources: list[Source], found: list[Output]) -> dict[str, dict[str, str]]:
    """Return where each column of each table stands; if all are asked for, in the order of the table."""
    places = {(output.table, output.column.name): output.name for output in found}
    names: dict[str, dict[str, str]] = {}
    for place, source in enumerate(sources):
        own = [column for table, column in places if table == place]
        if not query.select:
            own.sort(key=list(source.columns).index)
        names[source.name] = {column: places[place, column] for column in own}
    return names
