"""Whole tables for viewers: of a version or as they are now, with the table that they refer to.

Who may read, as the annotation service has it: everybody who may view the datastack, unless the table is
private (its owner only) or of a group (those who are in a group with its owner); administrators always. What
counts is the permission that the table has now, for its older versions too.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.versions import offered_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.tables.query import At
    from caveclient_gen.offline.versions import Version

__all__ = ["Frozen", "Live", "State", "check_may_read", "check_offered", "newest_state", "readable"]


EVERYBODY = "default"
"""The group of all people; it says nothing about who works together."""


def check_may_read(call: Call, table: str, record: Mapping[str, Any]) -> None:
    """Refuse those who may not see the rows of a table. `record` is what was known of it."""
    with suppress(Refusal):  # imported into one version: what was said then counts
        record = call.cave.annotations.record(table)
    permission = record.get("read_permission") or "PUBLIC"
    owner = str(record.get("user_id"))
    is_admin = call.user is not None and call.user.is_admin
    if permission == "PUBLIC" or is_admin or owner == str(call.user_id):
        return
    if permission == "PRIVATE":
        raise aborted(401, "Unauthorized: The table can only be read by its owner")
    if not _shares_a_group(call, owner):
        raise aborted(
            401,
            "Unauthorized: You cannot read because you do not share a common group with the creator of this "
            "table.",
        )


def _shares_a_group(call: Call, owner: str) -> bool:
    """Whether the caller and an owner are both in some group other than the one that everybody is in."""
    known = call.cave.identity.user(int(owner)) if re.fullmatch(r"[0-9]{1,18}", owner) else None
    if known is None or call.user is None:
        return False
    return bool(set(known.groups) & set(call.user.groups) - {EVERYBODY})


def check_offered(call: Call, version: Version) -> None:
    """Refuse a version that has expired."""
    if version.has_expired(call.cave.store.clock.now()):
        raise aborted(410, "This materialization version is not available")


class State(Protocol):
    """Tables of one moment."""

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
class Frozen:
    """Tables of a version."""

    call: Call
    version: Version

    @property
    def place(self) -> At:
        """How queries call it."""
        from caveclient_gen.offline.tables.query import Frozen as FrozenTables

        return FrozenTables(self.version.number)

    def record(self, table: str) -> Mapping[str, Any] | None:
        """Return what is known of a table; None if there was none."""
        return self.version.tables.get(table)

    def refusal(self, table: str) -> Refusal:
        """Say that there is no such table."""
        place = f"version {self.version.number} in datastack {self.call.cave.facts.datastack}"
        return aborted(404, f"Analysis table '{table[:60]}' not found for {place}")

    def count(self, table: str) -> int:
        """Return how many rows it has."""
        import pyarrow.parquet as pq

        rows: int = pq.read_metadata(self.call.cave.versions.file(self.version.number, table)).num_rows
        return rows

    def columns(self, table: str) -> list[str]:
        """Return the names of its columns."""
        import pyarrow.parquet as pq

        return list(pq.read_schema(self.call.cave.versions.file(self.version.number, table)).names)

    def rows(self, table: str) -> pa.Table:
        """Return all its rows, sorted by id."""
        import pyarrow.parquet as pq

        return pq.read_table(self.call.cave.versions.file(self.version.number, table))


@dataclass(frozen=True)
class Live:
    """Tables as they are at a moment of the present."""

    call: Call
    moment: int

    @property
    def place(self) -> At:
        """How queries call it."""
        from caveclient_gen.offline.tables.query import Live as LiveTables

        return LiveTables(self.moment)

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


def newest_state(call: Call, table: str) -> State:
    """Return the newest offered version that has a table; else what is there now."""
    having = [one for one in offered_versions(call) if table in one.tables]
    if having:
        return Frozen(call, max(having, key=lambda one: (one.moment, one.number)))
    return Live(call, call.cave.store.clock.now())


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
