"""Annotations: get, insert, replace and delete them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import DecodeError, NotFoundError
from caveclient_gen.mixins.annotation.sending import in_batches
from caveclient_gen.mixins.annotation.volume import VolumeMixin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from caveclient_gen._generated.types_annotation import Annotation
    from caveclient_gen._runtime.jsonable import WrittenJSON
    from caveclient_gen._runtime.typing import IdLike, IdsLike

    PositionColumns = Iterable[str] | Mapping[str, str] | None
    Rows = Mapping[str, Any] | Iterable[Mapping[str, Any]]

logger = logging.getLogger(__name__)
_AT_ONCE = 250


class AnnotationsMixin(VolumeMixin):
    """Rows of tables."""

    def get_annotation(
        self,
        table_name: str,
        annotation_ids: IdLike | IdsLike,
        aligned_volume_name: str | None = None,
        *,
        progress: bool | None = None,
    ) -> list[Annotation]:
        """
        Get annotations by their ids.

        Parameters
        ----------
        table_name : str
            Name of the table.
        annotation_ids : int or array of int
            One id or several, as many as you like.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        progress : bool, optional
            Show a bar when the call goes out as several requests. Left out: where there is a terminal or a
            notebook to show it.

        Returns
        -------
        list of dict
            A row for each id, in the order of the ids; doubled where an id is. Ids that the table lacks are
            left out and named in the log. Deleted and replaced rows are there too, with `valid` False.

        Raises
        ------
        InvalidIdError
            An id is a float, a text with several ids, or no id at all.
        NotFoundError
            A server that refuses to answer when the table has none of the ids.

        Examples
        --------
        >>> row = client.annotation.get_annotation("t_synapses", [1, 2])[0]
        >>> row["pre_pt_position"], row["size"]
        ([6, 44, 16], 100.0)
        """
        ids = _as_list(annotation_ids)
        if not ids:
            return []
        found = self._found(table_name, list(dict.fromkeys(ids)), aligned_volume_name, progress)
        lacking = [one for one in dict.fromkeys(ids) if one not in found]
        if lacking:
            shown = ", ".join(map(str, lacking[:10])) + (", ..." if len(lacking) > 10 else "")
            logger.warning("get_annotation: %s lacks %d of the ids: %s", table_name, len(lacking), shown)
        return [found[one].copy() for one in ids if one in found]

    def post_annotation(
        self,
        table_name: str,
        data: Rows,
        aligned_volume_name: str | None = None,
        *,
        progress: bool | None = None,
    ) -> list[int]:
        """
        Insert annotations.

        More than 10,000 go out in batches, one after another.

        Parameters
        ----------
        table_name : str
            Name of the table.
        data : dict or iterable of dict
            One row or several, with the fields of the table's schema; points as `{"position": [x, y, z]}`, in
            voxels of the table. What is None or NaN is left out.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        progress : bool, optional
            Show a bar when there are several batches. Left out: where there is a terminal or a notebook.

        Returns
        -------
        list of int
            Ids of the new rows, in the order of `data`.

        Raises
        ------
        UnknownOutcomeError
            The answer was lost: the rows may be in. The message tells how to find out.
        PartialUploadError
            A batch failed after others were inserted; its attributes tell which rows are in, with their ids,
            which are not, and of which that is not known. `upload_staged_annotations` can find out by itself.

        Examples
        --------
        >>> client.annotation.post_annotation(
        ...     "t_tags",
        ...     [{"pt": {"position": [60 + 10 * i, 20, 16]}, "tag": f"tag {i}"} for i in range(5)],
        ... )
        [1, 2, 3, 4, 5]
        """
        from caveclient_gen.mixins.annotation.rows import clean_records, written_records

        rows = clean_records(data)
        return self._insert(
            table_name, lambda a, b: written_records(rows[a:b]), len(rows), aligned_volume_name, progress
        )

    def post_annotation_df(
        self,
        table_name: str,
        df: pd.DataFrame,
        position_columns: PositionColumns,
        aligned_volume_name: str | None = None,
        *,
        progress: bool | None = None,
    ) -> list[int]:
        """
        Insert the rows of a frame.

        Parameters
        ----------
        table_name : str
            Name of the table.
        df : pandas.DataFrame
            A column for each field. Empty cells (None, NaN, NA) are left out.
        position_columns : iterable of str, mapping of str to str, or None
            The columns with points: `["pt_position"]` goes into the field `pt`; `{"column": "pt"}` too.
            None: all
            columns whose name ends in "_position".
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        progress : bool, optional
            As for `post_annotation`.

        Returns
        -------
        list of int
            Ids of the new rows, in the order of the frame.

        Raises
        ------
        UnknownOutcomeError, PartialUploadError
            As for `post_annotation`.

        Examples
        --------
        >>> import pandas as pd
        >>> df = pd.DataFrame({"pt_position": [[100, 40, 16], [102, 40, 16]], "tag": ["df a", "df b"]})
        >>> client.annotation.post_annotation_df("t_tags", df, position_columns=["pt_position"])
        [7, 8]
        """
        from caveclient_gen.mixins.annotation.rows import RowTexts, columns_of

        rows = RowTexts(*columns_of(df, position_columns))
        return self._insert(table_name, rows.batch, len(rows), aligned_volume_name, progress)

    def update_annotation(
        self,
        table_name: str,
        data: Rows,
        aligned_volume_name: str | None = None,
        *,
        progress: bool | None = None,
    ) -> dict[int, int]:
        """
        Replace annotations: each old row becomes invalid, and a new one gets a new id.

        Parameters
        ----------
        table_name : str
            Name of the table.
        data : dict or iterable of dict
            One row or several, as for `post_annotation`, each with the `id` of the row that it replaces.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        progress : bool, optional
            As for `post_annotation`.

        Returns
        -------
        dict of int to int
            Id of the new row by that of the old.

        Raises
        ------
        PartialUploadError, UnknownOutcomeError
            As for `post_annotation`. The server replaces row by row: when it refuses one, those before it
            in the
            batch are done.

        Examples
        --------
        >>> client.annotation.update_annotation(
        ...     "t_tags", {"id": 2, "pt": {"position": [71, 20, 16]}, "tag": "tag two, changed"}
        ... )
        {2: 6}
        """
        from caveclient_gen.mixins.annotation.rows import clean_records, written_records

        rows = clean_records(data)
        old = [row.get("id") for row in rows]
        return self._replace(
            table_name, lambda a, b: written_records(rows[a:b]), old, aligned_volume_name, progress
        )

    def update_annotation_df(
        self,
        table_name: str,
        df: pd.DataFrame,
        position_columns: PositionColumns,
        aligned_volume_name: str | None = None,
        *,
        progress: bool | None = None,
    ) -> dict[int, int]:
        """
        Replace annotations by the rows of a frame.

        Parameters
        ----------
        table_name : str
            Name of the table.
        df : pandas.DataFrame
            As for `post_annotation_df`, with a column `id`: the rows that are replaced.
        position_columns : iterable of str, mapping of str to str, or None
            As for `post_annotation_df`.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        progress : bool, optional
            As for `post_annotation`.

        Returns
        -------
        dict of int to int
            Id of the new row by that of the old.

        Examples
        --------
        >>> import pandas as pd
        >>> df = pd.DataFrame({"id": [1], "pt_position": [[61, 20, 16]], "tag": ["df changed"]})
        >>> client.annotation.update_annotation_df("t_tags", df, position_columns=["pt_position"])
        {1: 9}
        """
        from caveclient_gen.mixins.annotation.rows import RowTexts, columns_of

        plain, points = columns_of(df, position_columns)
        rows = RowTexts(plain, points)
        old = next((column.cells for column in plain if column.name == "id"), [None] * len(rows))
        return self._replace(table_name, rows.batch, old, aligned_volume_name, progress)

    def delete_annotation(
        self,
        table_name: str,
        annotation_ids: IdLike | IdsLike | Rows,
        aligned_volume_name: str | None = None,
    ) -> list[int]:
        """
        Mark annotations as deleted. The server keeps the rows and marks them as not valid.

        Parameters
        ----------
        table_name : str
            Name of the table.
        annotation_ids : int, array of int, dict or list of dict
            One id or several; or rows, as `get_annotation` returns them, of which only `id` counts.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.

        Returns
        -------
        list of int
            Ids of the rows that were deleted.

        Raises
        ------
        InvalidIdError
            Something is no id, or a row has none; nothing was sent.
        NotFoundError
            The table has none of them.

        Examples
        --------
        >>> client.annotation.delete_annotation("t_tags", [5])
        [5]
        """
        ids = _as_list(_ids_of_rows(annotation_ids))
        return self._delete_annotation(table_name, ids, aligned_volume_name) if ids else []

    @staticmethod
    def process_position_columns(df: pd.DataFrame, position_columns: PositionColumns) -> list[dict[str, Any]]:
        """
        Make rows of a frame, as `post_annotation` takes them.

        Parameters
        ----------
        df : pandas.DataFrame
            The rows.
        position_columns : iterable of str, mapping of str to str, or None
            As for `post_annotation_df`.

        Returns
        -------
        list of dict
            The rows, with each point nested as `{"position": [x, y, z]}`.
        """
        from caveclient_gen.mixins.annotation.rows import columns_of, records

        return records(*columns_of(df, position_columns))

    def _found(
        self, table: str, ids: Sequence[int], volume: str | None, progress: bool | None = False
    ) -> dict[int, Annotation]:
        try:
            rows = self._get_annotation(table, ids, volume, progress=progress)
        except NotFoundError:
            # Some servers refuse when none of a request's ids is there; others answer an empty list.
            if len(ids) <= _AT_ONCE:
                raise
            rows = []
            for first in range(0, len(ids), _AT_ONCE):
                rows += self._found_few(table, ids[first : first + _AT_ONCE], volume)
        for row in rows:
            if row.get("deleted") == "None":  # servers send the text
                row["deleted"] = None
        return {row["id"]: row for row in rows}

    def _found_few(self, table: str, ids: Sequence[int], volume: str | None) -> list[Annotation]:
        try:
            return self._get_annotation(table, ids, volume)
        except NotFoundError:
            return []

    def _send_new(self, table: str, rows: WrittenJSON, count: int, volume: str | None) -> list[int]:
        ids = self._post_annotation(table, rows, volume)
        answer: Any = ids
        if not isinstance(answer, list) or len(answer) != count or set(map(type, answer)) != {int}:
            what = f"{len(answer)} ids" if isinstance(answer, list) else f"{answer!r:.60}"
            raise DecodeError(
                "Look into the table before you send these rows again: the server answered "
                f"{count} rows with {what}.",
                operation="annotation.post_annotation",
            )
        return ids

    def _send_changed(self, table: str, rows: WrittenJSON, volume: str | None) -> dict[int, int]:
        return self._update_annotation(table, rows, volume)

    def _insert(
        self,
        table: str,
        batch: Callable[[int, int], WrittenJSON],
        count: int,
        volume: str | None,
        progress: bool | None,
    ) -> list[int]:
        ids: list[int] = []

        def send(first: int, last: int) -> None:
            ids.extend(self._send_new(table, batch(first, last), last - first, volume))

        in_batches(send, count, progress, lambda: dict(enumerate(ids)), update=False)
        return ids

    def _replace(
        self,
        table: str,
        batch: Callable[[int, int], WrittenJSON],
        old: Sequence[Any],
        volume: str | None,
        progress: bool | None,
    ) -> dict[int, int]:
        from caveclient_gen._runtime.ids import as_id

        ids = [as_id(one, name=f"id of row {row}") for row, one in enumerate(old)]
        new: dict[int, int] = {}

        def send(first: int, last: int) -> None:
            new.update(self._send_changed(table, batch(first, last), volume))

        def done() -> dict[int, int]:
            return {row: new[one] for row, one in enumerate(ids) if one in new}

        in_batches(send, len(ids), progress, done, update=True)
        return new


def _ids_of_rows(given: Any) -> Any:
    """Return the ids of rows; what does not begin with a row comes back as it is."""
    from collections.abc import Mapping

    if isinstance(given, Mapping):
        return [given.get("id")]
    if isinstance(given, (list, tuple)) and given and isinstance(given[0], Mapping):
        return [one.get("id") if isinstance(one, Mapping) else one for one in given]
    return given


def _as_list(annotation_ids: IdLike | IdsLike) -> list[int]:
    from caveclient_gen._runtime.ids import as_id, as_ids

    if isinstance(annotation_ids, (int, str)) or getattr(annotation_ids, "ndim", 1) == 0:
        return [as_id(annotation_ids, name="annotation_ids")]
    ids: list[int] = as_ids(annotation_ids, name="annotation_ids").tolist()
    return ids
