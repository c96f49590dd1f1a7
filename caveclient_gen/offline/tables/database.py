"""DuckDB, locked: it reads the files of one dataset's versions and nothing else, and never for long.

Rule 1: names in SQL come from the catalogue and are quoted; all else is bound, or registered as Arrow.
Rule 2: nothing of a request reaches the configuration; it is locked before the first query.
Rule 3: a query that takes too long is interrupted, and one that needs too much memory is refused.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import orjson

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.sources import clashing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

__all__ = ["Database", "last_words"]

PATIENCE = 30.0
"""Seconds that one query may take."""

PATIENCE_WITH_CURSORS = 5.0
"""Seconds in which interrupted queries must end before their database is left to itself."""

MEMORY = "2GB"

SETTINGS = {
    "threads": "2",
    "temp_directory": "",  # nothing is written beside the dataset
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # a name in SQL is never a variable of this program
}


class Database:
    """One DuckDB for all queries of a dataset; each query has a cursor of its own, and may run in any thread.

    Parameters
    ----------
    folder : Path
        What may be read: the folder with the frozen tables.
    patience : float
        Seconds that one query may take.
    memory : str
        What all queries together may take.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE, memory: str = MEMORY) -> None:
        self.patience = patience
        self._idle = threading.Condition()
        self._is_closed = False
        self._running: list[duckdb.DuckDBPyConnection] = []
        self._connection = duckdb.connect(":memory:", config={**SETTINGS, "memory_limit": memory})
        path = str(folder.resolve()).replace("'", "''")
        self._connection.execute(
            f"SET allowed_directories = ['{path}'];"
            "SET enable_external_access = false;"
            "SET lock_configuration = true;"
        )

    def rows(self, sql: str, parameters: Mapping[str, Any], registered: Mapping[str, pa.Table]) -> pa.Table:
        """Return the rows of a query.

        Parameters
        ----------
        sql : str
            One SELECT.
        parameters : dict
            Names of its holes (`$p0`) to their values.
        registered : dict
            Names of tables in it to the rows that stand for them.
        """
        with self._cursor() as cursor, _bounded(cursor, self.patience):
            for name, table in registered.items():
                cursor.register(name, table)
            found: pa.Table = cursor.sql(sql, params=dict(parameters)).to_arrow_table()
            return found

    def texts(self, sql: str, registered: Mapping[str, pa.Table]) -> list[str]:
        """Return the one column of a query, which is text."""
        return [str(text) for text in self.rows(sql, {}, registered)[0].to_pylist()]

    def records(self, rows: pa.Table) -> bytes:
        """Write rows as a JSON array of objects."""
        if not rows.num_rows:
            return b"[]"
        if clashing(rows.column_names):  # DuckDB would rename them
            return orjson.dumps(rows.to_pylist())
        written = self.texts("SELECT to_json(shown) AS text FROM shown", {"shown": rows})
        return ("[" + ",".join(written) + "]").encode()

    def check_pattern(self, pattern: str) -> str | None:
        """Return why a pattern cannot be used; None if it can."""
        with self._cursor() as cursor:
            try:
                cursor.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
            except duckdb.Error as error:
                return last_words(error)
        return None

    def syntax_of(self, sql: str) -> str:
        """Return the syntax tree of SELECTs as JSON, without running anything."""
        with self._cursor() as cursor:
            row = cursor.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        return str(row[0]) if row else "{}"

    def close(self) -> None:
        """Let go of it. What runs is interrupted, and refused as what takes too long."""
        end = time.monotonic() + PATIENCE_WITH_CURSORS
        with self._idle:
            self._is_closed = True
            while self._running and time.monotonic() < end:
                for cursor in self._running:
                    cursor.interrupt()  # again, if it had not begun
                self._idle.wait(0.02)
            if not self._running:  # a connection in use refuses to be closed
                self._connection.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._idle:
            if self._is_closed:
                raise Refusal(503, "Ask again: the dataset was closed.")
            cursor = self._connection.cursor()
            self._running.append(cursor)
        try:
            yield cursor
        finally:
            with self._idle:
                self._running.remove(cursor)
                cursor.close()
                self._idle.notify_all()


@contextmanager
def _bounded(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what takes too long; refuse what DuckDB cannot do with the values that were asked for."""
    timer = threading.Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise Refusal(400, f"Ask for less at once: a query is ended after {seconds:g} seconds.") from None
    except duckdb.OutOfMemoryException:
        raise Refusal(400, "Ask for less at once: the query needs more memory than it may use.") from None
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise Refusal(400, f"Ask for values that fit their columns: {last_words(error)}.") from None
    finally:
        timer.cancel()


def last_words(error: duckdb.Error) -> str:
    """Return what DuckDB says in one line, without the name of the error and the place in our SQL."""
    first = str(error).partition("\n")[0]
    return (first.partition(": ")[2] or first).strip().rstrip(".:")[:200]
