"""Versions: which frozen state of the tables is meant, and when it was frozen.

A query is about a version or about a moment, never about both. Where a call says neither, the framework
client's pinned version holds; without one, this client's own. That one is found out once, at the first
call that needs it, so that all queries of a script see the same state.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.times import read_time, to_utc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from caveclient_gen._generated.materialize_v3 import MaterializationOperationsV3 as _Operations
    from caveclient_gen._runtime.typing import TimeLike
else:
    _Operations = object

_TIMES = ("time_stamp", "expires_on")


@dataclass(frozen=True, slots=True)
class At:
    """What a query is about: a version, or a moment."""

    version: int | None = None
    moment: datetime | None = None


def with_moments(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a version with its times as aware datetimes in UTC."""
    moments = {name: read_time(record[name]) for name in _TIMES if record.get(name) is not None}
    return {**record, **moments}


def read_version(value: Any) -> int:
    """Read a version number: an int or a numpy integer."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise InvalidArgumentError(
            f"Pass the version as an int, not as {type(value).__name__} {value!r:.60}."
        )
    return number


class VersionsMixin(_Operations):
    """Versions of a datastack, and the one that this client uses."""

    _datastack_name: str | None
    _version: int | None

    @property
    def datastack_name(self) -> str | None:
        """Name of the datastack that calls are about."""
        return self._datastack_name

    @property
    def version(self) -> int:
        """
        Version that calls are about when they don't say another.

        It is the framework client's, if that has one pinned; else the one set here; else the newest,
        which is looked up once. Set None to look it up again.
        """
        pinned = self._pinned_version()
        if pinned is not None:
            return pinned
        if self._version is None:
            self._version = self.most_recent_version()
        return self._version

    @version.setter
    def version(self, value: int | None) -> None:
        pinned = self._pinned_version()
        if value is None:
            self._version = None
            return
        number = read_version(value)
        if pinned is not None and number != pinned:
            raise InvalidArgumentError(
                f"Set the version on the framework client, `client.version = {number}`: it has version "
                f"{pinned} pinned for all its services."
            )
        known = self._known_versions()
        if number not in known:
            listed = ", ".join(map(str, sorted(known))) or "none"
            raise InvalidArgumentError(
                f"Choose a version of {self._datastack_name}: there is no {number}. Versions: {listed}."
            )
        self._version = number

    def most_recent_version(self, datastack_name: str | None = None) -> int:
        """
        Find the newest version that can be queried.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack; the client's by default.

        Returns
        -------
        int
            The version's number.

        Raises
        ------
        InvalidArgumentError
            The datastack has no version.

        Examples
        --------
        >>> client.materialize.most_recent_version()
        2
        """
        versions = self.get_versions(datastack_name)
        if not versions:
            name = datastack_name or self._datastack_name
            raise InvalidArgumentError(
                f"Query {name} live, with a timestamp, or pass an expired version: it has no version now."
            )
        return max(versions)

    def get_version_metadata(
        self, version: int | None = None, datastack_name: str | None = None
    ) -> dict[str, Any]:
        """
        Get what is known of a version.

        Parameters
        ----------
        version : int, optional
            The version; the client's by default.
        datastack_name : str, optional
            Name of the datastack; the client's by default.

        Returns
        -------
        dict
            `time_stamp`: when the tables were frozen; `expires_on`: when they are dropped (both
            aware datetimes in UTC); `version`, `datastack`, `id`, `valid`, `status` and `is_merged`.

        Raises
        ------
        NotFoundError
            There is no such version.

        Examples
        --------
        >>> print(client.materialize.get_version_metadata()["time_stamp"])
        2026-11-22 12:46:55.416791+00:00
        """
        version = self._version_of(datastack_name, version)
        return with_moments(self._get_version_metadata(version=version, datastack_name=datastack_name))

    def get_versions_metadata(
        self, datastack_name: str | None = None, expired: bool = False
    ) -> list[dict[str, Any]]:
        """
        Get what is known of all versions.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        expired : bool
            List versions too that have expired. Needs API 3.

        Returns
        -------
        list of dict
            As `get_version_metadata` returns them, in no order.

        Raises
        ------
        NotFoundError
            There is no version.

        Examples
        --------
        >>> [record["version"] for record in client.materialize.get_versions_metadata()]
        [1, 2]
        """
        records = self._get_versions_metadata(datastack_name=datastack_name, expired=expired)
        return [with_moments(record) for record in records]

    def _pinned_version(self) -> int | None:
        """Return the framework client's version, if it has one."""
        pinned = getattr(self.fc, "version", None)
        return None if pinned is None else read_version(pinned)

    def _known_versions(self) -> list[int]:
        speaks_expired = str(self.api_version) != "2"
        return self.get_versions(expired=speaks_expired)

    def version_of(self, datastack_name: str | None = None) -> int:
        """
        Find the version that calls about a datastack mean when they don't say one.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack; the client's by default.

        Returns
        -------
        int
            The client's version for its own datastack; the newest of any other one, because the numbers
            of one datastack say nothing about another.

        Raises
        ------
        InvalidArgumentError
            The datastack has no version.
        """
        if datastack_name in (None, self._datastack_name):
            return self.version
        return self.most_recent_version(datastack_name)

    def _said_version(self, datastack_name: str | None, version: int | None) -> int | None:
        """Return the version that a call means, if that is known without asking the server."""
        if version is not None:
            return read_version(version)
        if datastack_name not in (None, self._datastack_name):
            return None
        pinned = self._pinned_version()
        return self._version if pinned is None else pinned

    def _version_of(self, datastack_name: str | None, version: int | None) -> int:
        return self.version_of(datastack_name) if version is None else read_version(version)

    def _moment(self, version: int | None, timestamp: TimeLike | None) -> datetime | None:
        """Return the moment that a query is about; None if it is about a version."""
        if timestamp is None:
            return None
        if version is not None:
            raise InvalidArgumentError(
                "Pass only one of materialization_version and timestamp: a version has its own moment."
            )
        return to_utc(timestamp)

    def _base_of(self, moment: datetime) -> dict[str, Any]:
        """Return the newest version that was frozen at `moment` or before."""
        versions = self.get_versions_metadata()
        usable = [one for one in versions if one.get("valid", True) and one["time_stamp"] <= moment]
        if not usable:
            first = min((one["time_stamp"] for one in versions), default=None)
            since = f"the first version is of {first.isoformat()}" if first else "there is no version"
            raise InvalidArgumentError(
                f"Use live_live_query for {moment.isoformat()}: a live query starts from a version that was "
                f"frozen before, and {since}."
            )
        return max(usable, key=operator.itemgetter("time_stamp"))
