"""Tables as requests mean them: of a version or as they are now, and who may read them.

Who may read is what the table says now, of its older versions too (`services/table_rights.py`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.versions import (
    offered_version,
    offered_versions,
    version_number,
)
from caveclient_gen.offline.services.table_rights import may_use
from caveclient_gen.offline.tables.query import Frozen, Live

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.tables.query import At
    from caveclient_gen.offline.versions import Version, View

__all__ = [
    "State",
    "TablesNow",
    "TablesOfVersion",
    "asked_state",
    "check_may_read",
    "newest_state",
    "readable",
    "readable_view",
]


def check_may_read(call: Call, table: str, record: Mapping[str, Any]) -> None:
    """Refuse those who may not see the rows of a table. `record` is what was known of it."""
    with suppress(Refusal):  # imported into one version: what was said then counts
        record = call.cave.annotations.record(table)
    permission = record.get("read_permission") or "PUBLIC"
    if may_use(call, record, permission):
        return
    if permission == "PRIVATE":
        raise aborted(401, "Unauthorized: The table can only be read by its owner")
    raise aborted(
        401,
        "Unauthorized: You cannot read because you do not share a common group with the creator of this "
        "table.",
    )


# ---- tables of a version, or of the present


class State(Protocol):
    """Tables of one moment."""

    @property
    def place(self) -> At:
        """How queries call it."""

    def record(self, table: str) -> Mapping[str, Any] | None:
        """Return what is known of a table; None if there was none."""

    def refusal(self, table: str) -> Refusal:
        """Say that there is no such table."""

    def count(self, table: str) -> int:
        """Return how many rows it has."""

    def columns(self, table: str) -> list[str]:
        """Return the names of its columns."""

    def rows(self, table: str) -> pa.Table:
        """Return all its rows, sorted by id."""


@dataclass(frozen=True)
class TablesOfVersion:
    """Tables of a version."""

    call: Call
    version: Version

    @property
    def place(self) -> At:
        """How queries call it."""
        return Frozen(self.version.number)

    def record(self, table: str) -> Mapping[str, Any] | None:
        """Return what is known of a table; None if there was none."""
        return self.version.tables.get(table)

    def refusal(self, table: str) -> Refusal:
        """Say that there is no such table."""
        place = f"version {self.version.number} in datastack {self.call.cave.facts.datastack}"
        return aborted(404, f"Analysis table '{table[:60]}' not found for {place}")

    def count(self, table: str) -> int:
        """Return how many rows it has."""
        return self.call.cave.versions.length(self.version.number, table)

    def columns(self, table: str) -> list[str]:
        """Return the names of its columns."""
        return self.call.cave.versions.columns(self.version.number, table)

    def rows(self, table: str) -> pa.Table:
        """Return all its rows, sorted by id."""
        return self.call.cave.versions.rows(self.version.number, table)


@dataclass(frozen=True)
class TablesNow:
    """Tables as they are at a moment of the present."""

    call: Call
    moment: int

    @property
    def place(self) -> At:
        """How queries call it."""
        return Live(self.moment)

    def record(self, table: str) -> Mapping[str, Any] | None:
        """Return what is known of a table; None if there is none."""
        known = self.call.cave.annotations.tables(at=self.moment)
        return self.call.cave.annotations.record(table) if table in known else None

    def refusal(self, table: str) -> Refusal:
        """Say that there is no such table."""
        return aborted(404, f"Table '{table[:60]}' not found in datastack {self.call.cave.facts.datastack}")

    def count(self, table: str) -> int:
        """Return how many rows it has."""
        return self.call.cave.annotations.count(table, at=self.moment)

    def columns(self, table: str) -> list[str]:
        """Return the names of its columns."""
        return list(self.rows(table).column_names)

    def rows(self, table: str) -> pa.Table:
        """Return all its rows, sorted by id."""
        return self.call.cave.annotations.rows_at(table, self.moment).sort_by("id")


def asked_state(call: Call) -> State:
    """Return the version that the path names; 0 is the present."""
    if version_number(call) == 0:
        return TablesNow(call, call.cave.store.clock.now())
    return TablesOfVersion(call, offered_version(call))


def newest_state(call: Call, table: str) -> State:
    """Return the newest offered version that has a table; else what is there now."""
    having = [one for one in offered_versions(call) if table in one.tables]
    if having:
        return TablesOfVersion(call, max(having, key=lambda one: (one.moment, one.number)))
    return TablesNow(call, call.cave.store.clock.now())


def readable(call: Call, state: State, table: str, most_rows: int) -> Mapping[str, Any]:
    """Return the record of a table that may be read as a whole; refuse what may not."""
    record = state.record(table)
    if record is None:
        raise state.refusal(table)
    check_may_read(call, table, record)
    count = state.count(table)
    if count > most_rows:
        raise aborted(400, f"{table} is too large to be shown as a whole: {count:,} rows of {most_rows:,}")
    return record


def readable_view(call: Call, state: State, name: str) -> View:
    """Return a view whose tables may be read; refuse what there is none of, and what the caller may not."""
    view = call.cave.versions.views().get(name)
    if view is None or (isinstance(state, TablesNow) and not view.live_compatible):
        raise aborted(404, f"View {name[:80]!r} not found in {call.cave.facts.datastack}")
    for table in call.cave.tables.tables_of_view(view):
        record = state.record(table)
        if record is None:
            raise state.refusal(table)
        check_may_read(call, table, record)
    return view
