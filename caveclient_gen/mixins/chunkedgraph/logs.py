"""What was edited, as tables.

The servers write these tables as pandas' column-wise JSON: times in milliseconds, user ids as text, ids of
roots in lists. Each becomes a frame whose columns have the same types for no row, one row and many.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.ids import as_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from caveclient_gen._generated.chunkedgraph_v1 import ChunkedGraphOperationsV1 as _Operations
    from caveclient_gen._runtime.typing import IdLike, IdsLike, TimeLike
else:
    _Operations = object

Columns = dict[str, dict[str, Any]]

_TYPES = {"operation_id": "int64", "is_merge": "bool", "in_neuron": "bool", "is_relevant": "bool"}

USER_COLUMNS = ("operation_id", "timestamp", "user_id")
RECENT_COLUMNS = (*USER_COLUMNS, "is_merge")
OBJECT_COLUMNS = (
    "operation_id",
    "timestamp",
    "user_id",
    "before_root_ids",
    "after_root_ids",
    "is_merge",
    "user_name",
    "user_affiliation",
)


def operations_frame(columns: Mapping[str, Mapping[str, Any]], expected: tuple[str, ...]) -> pd.DataFrame:
    """
    Build a frame of edits.

    Parameters
    ----------
    columns : dict
        Column -> row -> value, as servers answer.
    expected : tuple of str
        Columns that the frame has even when the answer is empty.

    Returns
    -------
    pandas.DataFrame
        One row per edit. `timestamp` is in UTC, `operation_id` int64, `user_id` int64 unless a user id is
        no number.
    """
    import pandas as pd

    lists: dict[str, list[Any]] = {name: list(column.values()) for name, column in columns.items()}
    if not any(lists.values()):
        lists = {name: lists.get(name, []) for name in (*expected, *lists)}
    return pd.DataFrame({name: _series(name, values) for name, values in lists.items()})


def _series(name: str, values: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    if name == "timestamp":
        moments = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ms", utc=True)
        return moments.astype("datetime64[ns, UTC]")
    if name == "user_id" and all(map(str.isdecimal, map(str, values))):
        return pd.Series(list(map(int, values)), dtype="int64")
    return pd.Series(values, dtype=_TYPES.get(name, "object"))


class LogsMixin(_Operations):
    """Change logs and operation logs as frames, on top of the generated operations."""

    def get_tabular_change_log(
        self, root_ids: IdsLike, filtered: bool = True, *, progress: bool | None = None
    ) -> dict[int, pd.DataFrame]:
        """
        List the edits that made each of several objects.

        Parameters
        ----------
        root_ids : int or array of int
            Roots of the objects.
        filtered : bool
            Leave out edits of parts that were split off later and are in other objects now.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict of int to pandas.DataFrame
            By root id, one row per edit: `operation_id` (int64), `timestamp` (UTC), `user_id`,
            `before_root_ids` (list of int), `after_root_ids` (list of int: only the root that stayed
            part of the object), `is_merge` (bool), `user_name`, `user_affiliation`; with
            ``filtered=False`` also `in_neuron` and `is_relevant` (bool).

        Examples
        --------
        >>> logs = client.chunkedgraph.get_tabular_change_log([288230376151712180], filtered=False)
        >>> logs[288230376151712180][["operation_id", "is_merge", "user_affiliation"]]
           operation_id  is_merge user_affiliation
        0             2     False         PI Admin
        """
        logs = self._get_tabular_change_log(root_ids, filtered=filtered, progress=progress)
        return {root_id: operations_frame(_inner(text), OBJECT_COLUMNS) for root_id, text in logs.items()}

    def get_root_tabular_change_log(self, root_id: IdLike, filtered: bool = True) -> pd.DataFrame:
        """
        List the edits that made one object.

        Parameters
        ----------
        root_id : int
            Root of the object.
        filtered : bool
            Leave out edits of parts that were split off later and are in other objects now.

        Returns
        -------
        pandas.DataFrame
            One row per edit, with the columns of `get_tabular_change_log`.
        """
        return operations_frame(self._get_root_tabular_change_log(root_id, filtered=filtered), OBJECT_COLUMNS)

    def get_tabular_change_log_recent(
        self, timestamp_start: TimeLike | None = None, *, timestamp_end: TimeLike | None = None
    ) -> pd.DataFrame:
        """
        List all edits of the segmentation in a stretch of time. Needs permission to see everybody's edits.

        Parameters
        ----------
        timestamp_start : datetime.datetime, optional
            Edits from this moment on. Left out: the whole log, which may be very long.
        timestamp_end : datetime.datetime, optional
            Edits up to this moment. Left out: the client's, else now.

        Returns
        -------
        pandas.DataFrame
            One row per edit: `operation_id` (int64), `timestamp` (UTC), `user_id`, `is_merge` (bool).
        """
        columns = self._get_tabular_change_log_recent(timestamp_start, timestamp_end=timestamp_end)
        return operations_frame(columns, RECENT_COLUMNS)

    def get_user_operations(
        self,
        user_id: IdLike,
        timestamp_start: TimeLike,
        include_undo: bool = True,
        timestamp_end: TimeLike | None = None,
    ) -> pd.DataFrame:
        """
        List the edits of one user. Needs permission to see everybody's edits.

        Parameters
        ----------
        user_id : int
            The user; 0 for everybody.
        timestamp_start : datetime.datetime
            Edits from this moment on.
        include_undo : bool
            List edits that were undone too.
        timestamp_end : datetime.datetime, optional
            Edits up to this moment. Left out: the client's, else now.

        Returns
        -------
        pandas.DataFrame
            One row per edit: `operation_id` (int64), `timestamp` (UTC), and `user_id` where it is known.
        """
        user = as_id(user_id, name="user_id")
        columns = self._get_user_operations(
            user, timestamp_start, end_time=timestamp_end, include_undone=include_undo
        )
        frame = operations_frame(columns, USER_COLUMNS)
        if "user_id" not in frame and user:
            frame["user_id"] = user  # the server leaves out what was asked for
        return frame


def _inner(text: str | Columns) -> Columns:
    """Read one log, which this route answers as JSON inside of JSON."""
    if isinstance(text, dict):
        return text
    try:
        columns: Columns = json.loads(text)
    except (TypeError, ValueError) as error:
        # Not as the cause: the parser's error holds the whole document.
        msg = f"Report this answer to the service's maintainers: a change log is no JSON ({error})."
        raise DecodeError(msg) from None
    return columns
