"""What a chunkedgraph client holds: a segmentation table, and the moment it is asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.times import to_utc

if TYPE_CHECKING:
    from caveclient_gen._generated.chunkedgraph_v1 import ChunkedGraphOperationsV1 as _Operations
    from caveclient_gen._runtime.typing import TimeLike
else:
    _Operations = object


class TableMixin(_Operations):
    """The table and the moment of a client."""

    _table_name: str | None
    _timestamp: datetime | None

    @property
    def table_name(self) -> str | None:
        """Name of the segmentation table; the framework client knows it, if this client was given none."""
        if self._table_name is None and self.fc is not None:
            self._table_name = getattr(self.fc, "segmentation_table", None)
        return self._table_name

    @property
    def timestamp(self) -> datetime | None:
        """
        The client's moment: what calls mean that do not say one. None: the present.

        It is the moment of the framework client's version, if that has one, and can then be set there only.
        """
        pinned = self._pinned_moment()
        return self._timestamp if pinned is None else pinned

    @timestamp.setter
    def timestamp(self, value: TimeLike | None) -> None:
        if self._pinned_moment() is not None:
            msg = "Set the version of the CAVEclient instead: this client follows that one's version."
            raise InvalidArgumentError(msg)
        self._timestamp = None if value is None else to_utc(value)

    @property
    def timestamp_or_now(self) -> datetime:
        """The client's moment, or the moment of the call (datetime.datetime, in UTC)."""
        return self.timestamp or datetime.now(UTC)

    @property
    def base_resolution(self) -> list[float]:
        """Size of the segmentation's voxels in nm: x, y and z. `bounds` count these voxels."""
        sizes: list[float] = self.segmentation_info["scales"][0]["resolution"]
        return sizes

    def _pinned_moment(self) -> datetime | None:
        pinned = getattr(self.fc, "timestamp", None)
        return None if pinned is None else to_utc(pinned)

    def _moment(self, timestamp: TimeLike | None) -> datetime:
        """Return the moment that an argument means: the client's, else the present, if it is left out."""
        return self.timestamp_or_now if timestamp is None else to_utc(timestamp)
