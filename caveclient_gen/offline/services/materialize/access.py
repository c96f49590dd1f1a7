"""Which version a request is about, and whether its caller may read a table."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.refusals import Refusal, aborted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.versions import Version

__all__ = ["check_readable", "frozen_record", "version_of"]

NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def version_number(call: Call) -> int:
    """Read a version's number from the path; it may be negative, and then there is no such version."""
    text = call.path["version"]
    if not NUMBER.fullmatch(text):
        raise Refusal(404, f"A version is a whole number, and {text[:40]!r} is none.")
    return int(text)


def version_of(call: Call) -> Version:
    """Return the version that the path names; refuse one that is unknown or has expired."""
    number = version_number(call)
    version = call.cave.versions.get(number)
    if version is None:
        raise aborted(404, f"version {number} not found in {call.path['datastack_name']}")
    if version.has_expired(time.time_ns() // 1000):
        raise aborted(410, "This materialization version is not available")
    return version


def frozen_record(call: Call, version: Version, table: str) -> Mapping[str, Any]:
    """Return the record of a frozen table that the caller may read."""
    record = version.tables.get(table)
    if record is None:
        raise aborted(
            404,
            f"Analysis table {table[:80]!r} not found for version {version.number} "
            f"in datastack {call.path['datastack_name']}",
        )
    check_readable(call, table, record)
    return record


def check_readable(call: Call, table: str, record: Mapping[str, Any]) -> None:
    """Refuse a table that its owner keeps to themselves or to their groups."""
    permission = record.get("read_permission", "PUBLIC")
    if permission == "PUBLIC" or str(record.get("user_id")) == str(call.user_id):
        return
    if permission == "GROUP" and _share_a_group(call, record):
        return
    raise aborted(401, f"Ask the owner of table {table}: it may be read by {_readers(permission)} only")


def _share_a_group(call: Call, record: Mapping[str, Any]) -> bool:
    share = getattr(call.cave.identity, "share_group", None)
    return bool(share and share(call.user_id, int(record["user_id"])))


def _readers(permission: str) -> str:
    return "people who share a group with the owner" if permission == "GROUP" else "the owner"
