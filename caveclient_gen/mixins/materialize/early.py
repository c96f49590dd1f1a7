"""What a query asks beside its rows, sent early: it then waits twice for the server, not for each question.

    version of the software, newest version     beside each other, where the query names no version
    record of the table                         beside the version of the software, or beside the query

The steps of a query stay one after the other; see `_runtime.ahead`. A query goes out before the record of its
table is there only if the record can hardly matter: one that turned out to need a join would have cost the
server its rows for nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from caveclient_gen._runtime import warming
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.tables import TablesMixin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caveclient_gen.mixins.materialize.plan import Query

T = TypeVar("T")

_PLAIN = ("synapse_table", "soma_table")
"""What the record of a datastack calls the tables that others refer to; they refer to none."""


class EarlyMixin(TablesMixin):
    """Questions that are sent before their answers are needed."""

    _synapse_table: str | None

    def _at_version(self, query: Query, version: int | None, run: Callable[[int], T]) -> T:
        """Find out the version that a query is about, and run it with that."""
        name = query.datastack_name
        said = self._said_version(name, version)
        libraries = warming.FRAMES if query.return_df else ()
        with self._asking_ahead() as begin, warming.loading(libraries):
            begin()
            if said is None:
                begin("get_versions", datastack_name=name)
                said = self._version_of(name, None)
            return run(said)

    def _begin_records(
        self,
        query: Query,
        version: int,
        alone: Callable[[], Mapping[str, Any]] | None = None,
        *,
        merge_reference: bool = False,
    ) -> None:
        """Send early what tells of the tables of a query, and the query too if it will hardly change by that.

        Parameters
        ----------
        query : Query
            What is asked.
        version : int
            Of which version.
        alone : callable, optional
            Returns the arguments of the query of its first table alone.
        merge_reference : bool
            Whether the record decides about a join.
        """
        if not merge_reference and not (query.metadata and query.return_df):
            return
        key = (self.server_address, query.datastack_name or self._datastack_name, version)
        known = self._known_tables.records(key)
        with self._asking_ahead() as begin:
            place = {"datastack_name": query.datastack_name, "version": version, "log_warning": False}
            asked = [
                begin("get_table_metadata", table_name=table, **place)
                for table in query.tables
                if known.get(table) is None
            ]
            if any(asked) and alone is not None and (not merge_reference or self._is_plain(query)):
                with suppress(InvalidArgumentError):  # of which the query itself tells
                    begin("query_table", **alone())

    def _is_plain(self, query: Query) -> bool:
        """Whether the datastack's record, if it is known, names the table as one that others refer to."""
        if query.datastack_name not in (None, self._datastack_name):
            return False
        records = getattr(getattr(self.fc, "info", None), "info_cache", {})
        record = records.get(self._datastack_name, {})
        return query.tables[0] in (self._synapse_table, *(record.get(name) for name in _PLAIN))
