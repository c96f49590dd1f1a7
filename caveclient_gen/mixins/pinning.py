"""A framework client that is pinned to a materialization version, and so to the moment of that version.

A version given when the client is made is not checked then, because making a client sends nothing; the
first call that needs its moment finds out. A version that is set later is checked at once.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, cast

from caveclient_gen._runtime.plain_errors import GlobalClientError, InvalidArgumentError

if TYPE_CHECKING:
    import threading
    from datetime import datetime


class PinningMixin:
    """The datastack of a framework client, and the version that all its calls mean."""

    _datastack_name: str | None
    _version: int | None
    _version_time: datetime | None
    _lock: threading.RLock

    @property
    def materialize(self) -> Any:
        """Tables of annotations; the framework client has it."""
        raise NotImplementedError

    @property
    def datastack_name(self) -> str | None:
        """Name of the datastack; None for a client without one."""
        return self._datastack_name

    @property
    def version(self) -> int | None:
        """Materialization version that all calls mean unless they say another; None: the newest.

        Setting it asks the server once whether there is such a version.
        """
        self._need_datastack("version")
        return self._version

    @version.setter
    def version(self, value: int | None) -> None:
        self._need_datastack("version")
        number = None if value is None else version_number(value)
        moment = None if number is None else self._moment_of(number)
        with self._lock:
            self._version, self._version_time = number, moment

    @property
    def timestamp(self) -> datetime | None:
        """Moment of `version`, in UTC, that all calls mean unless they say another; None: the present."""
        self._need_datastack("timestamp")
        with self._lock:
            if self._version is not None and self._version_time is None:
                self._version_time = self._moment_of(self._version)
            return self._version_time

    def _moment_of(self, version: int) -> datetime:
        from caveclient_gen._runtime.errors import NotFoundError

        try:
            moment = self.materialize.get_version_metadata(version)["time_stamp"]
        except NotFoundError as error:
            raise InvalidArgumentError(
                f"Choose another version: {self._datastack_name!r} has no version {version}; "
                "client.materialize.get_versions() lists what there is."
            ) from error
        return cast("datetime", moment)

    def _need_datastack(self, what: str) -> None:
        if self._datastack_name is None:
            raise GlobalClientError(
                f"Make the client with a datastack to use {what!r}: CAVEclient('my_datastack'). "
                "client.info.get_datastacks() lists them."
            )


def version_number(value: Any) -> int:
    """Return a version as an int; numpy's integers are numbers too, True is not.

    Parameters
    ----------
    value : Any
        What the caller gave.

    Raises
    ------
    InvalidArgumentError
        It is not a whole number.
    """
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        return operator.index(value)
    raise InvalidArgumentError(f"Give version as a whole number, not {type(value).__name__}.")
