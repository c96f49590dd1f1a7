"""Versions: which there are, of when they are, how long they are offered; and the server's own version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.http.sorted_json import sorted_json
from caveclient_gen.offline.moments import iso
from caveclient_gen.offline.services.materialize.registry import served

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.versions import Version

__all__ = ["asked_version", "offered_versions", "version_number"]

MIRRORED = "5.26.4"
"""The release of the real service whose answers these are."""


NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def version_number(call: Call) -> int:
    """Read a version's number from the path; it may be negative, and then there is no such version."""
    text = call.path["version"]
    if not NUMBER.fullmatch(text):
        raise Refusal(404, f"A version is a whole number, and {text[:40]!r} is none.")
    return int(text)


def asked_version(call: Call) -> Version:
    """Return the version that the path names, expired or not; refuse as most routes do."""
    number = version_number(call)
    version = call.cave.versions.get(number)
    if version is None:
        raise aborted(404, f"version {number} not found in {call.cave.facts.datastack}")
    return version


def offered_versions(call: Call, *, expired: bool = False) -> list[Version]:
    """Return the versions that can be queried (and, if asked for, those that expired) by their number."""
    now = call.cave.store.clock.now()
    known: Iterable[Version] = call.cave.versions.all()
    return sorted((one for one in known if expired or not one.has_expired(now)), key=lambda one: one.number)


@served("get_versions", needs="view")
def versions(call: Call) -> Reply:
    """List versions."""
    return Reply.spaced_json([one.number for one in offered_versions(call, expired=_wants_expired(call))])


@served("get_versions_metadata", needs="view")
def versions_metadata(call: Call) -> Reply:
    """Tell what is known of all versions."""
    found = offered_versions(call, expired=_wants_expired(call))
    if not found:
        raise Refusal(404, "No valid versions found", body="No valid versions found")
    return Reply.spaced_json([_record(call, one) for one in found])


@served("get_version_metadata", "get_timestamp", needs="view")
def version_metadata(call: Call) -> Reply:
    """Tell what is known of one version, expired or not."""
    version = call.cave.versions.get(version_number(call))
    if version is None:
        raise Refusal(404, "No version found", body="No version found")
    return Reply.spaced_json(_record(call, version))


def _wants_expired(call: Call) -> bool:
    """Whether expired versions are asked for: API 2 knows no such question."""
    if "/api/v2/" in call.operation.path:
        return False
    try:
        return call.flag("expired")
    except Refusal as refusal:
        body = {"errors": {"expired": refusal.message}, "message": "Input payload validation failed"}
        raise Refusal(400, refusal.message, wire_status=500, body=body) from None


def _record(call: Call, version: Version) -> dict[str, Any]:
    expired = version.has_expired(call.cave.store.clock.now())
    return {
        "datastack": call.cave.facts.datastack,
        "id": version.number,
        "expires_on": iso(version.expires),
        "version": version.number,
        "is_merged": True,
        "status": "EXPIRED" if expired else "AVAILABLE",
        "valid": not expired,
        "time_stamp": iso(version.moment),
    }


@served.also("/version")
def server_version(call: Call) -> Reply:
    """Tell the release that is mirrored."""
    return sorted_json(MIRRORED)


@served.also("/api/versions")
def api_versions(call: Call) -> Reply:
    """List the generations of routes."""
    return sorted_json([2, 3])


@served("get_server_health", needs="nothing")
def health(call: Call) -> Reply:
    """Ask the database for a sign of life."""
    call.cave.store.read().execute("SELECT 1").fetchone()
    return sorted_json({"database": "ok"})
