"""Upload of staged annotations: every row once, whatever happens on the way.

Rows go out in batches, one after another. Before a batch is sent its rows are marked as unknown; the answer
makes them uploaded, a refusal makes them pending again. What stays unknown is looked for at the beginning
of the next call, and is sent again only when it surely is not in the table.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import CAVEError, DecodeError, InvalidArgumentError
from caveclient_gen._runtime.progress import bar
from caveclient_gen.mixins.annotation.sending import (
    MOST_ROWS,
    attempt,
    is_over,
    may_be_in,
    partial_upload,
    span,
)
from caveclient_gen.mixins.annotation.settling import SettlingMixin

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from caveclient_gen._runtime.typing import ResolutionLike
    from caveclient_gen.mixins.annotation.ledger import Sent
    from caveclient_gen.mixins.annotation.staging import StagedAnnotations

_OPERATIONS = {False: "annotation.post_annotation", True: "annotation.update_annotation"}


class UploadsMixin(SettlingMixin):
    """Collect annotations, and upload them."""

    def stage_annotations(
        self,
        table_name: str | None = None,
        schema_name: str | None = None,
        update: bool = False,
        id_field: bool = False,
        table_resolution: ResolutionLike | None = None,
        annotation_resolution: ResolutionLike | None = None,
    ) -> StagedAnnotations:
        """
        Get something to collect annotations in, which checks each against the table's schema.

        Parameters
        ----------
        table_name : str, optional
            The table that they are for.
        schema_name : str, optional
            Name of the schema; needed only without a table.
        update : bool
            The rows will replace others, whose ids they name.
        id_field : bool
            The rows will name their own ids; not needed with `update`.
        table_resolution : list of float, optional
            Size of the voxels that the table's points count, in nm. Left out: as the table says.
        annotation_resolution : list of float, optional
            Size of the voxels that your points count, in nm: they are converted.

        Returns
        -------
        StagedAnnotations
            Empty; `add` and `add_dataframe` fill it, `upload_staged_annotations` uploads it.

        Examples
        --------
        >>> staged = client.annotation.stage_annotations("t_tags")
        >>> staged.add(pt_position=[60, 20, 16], tag="tag 0")
        >>> staged
        Staged annotations for table 't_tags' (1 new annotations, 0 uploaded)
        """
        from caveclient_gen.mixins.annotation.staging import StagedAnnotations

        if table_name is not None:
            table = self.get_table_metadata(table_name)
            if schema_name is not None and schema_name != table["schema_type"]:
                raise InvalidArgumentError(
                    f"Leave out schema_name: the schema of {table_name} is {table['schema_type']!r}, not "
                    f"{schema_name!r}."
                )
            schema_name = table["schema_type"]
            if table_resolution is None:
                table_resolution = table["voxel_resolution"]
        if schema_name is None:
            raise InvalidArgumentError("Pass table_name, or the schema_name of the annotations.")
        return StagedAnnotations(
            self.schema_client.schema_definition(schema_name),
            name=schema_name,
            update=update,
            id_field=id_field,
            table_resolution=table_resolution,
            annotation_resolution=annotation_resolution,
            table_name=table_name,
        )

    def upload_staged_annotations(
        self,
        staged_annos: StagedAnnotations,
        aligned_volume_name: str | None = None,
        *,
        batch_size: int = MOST_ROWS,
        progress: bool | None = True,
        retries: int = 3,
    ) -> list[int] | dict[int, int]:
        """
        Upload staged annotations: those that are not in the table yet, each once.

        When this fails midway, call it again with the same stage. It first finds out about the rows whose
        answer was lost, by reading the table, and goes on with those that are not in. A stage can be pickled
        in between; pickle it after the call, since the copy knows only what the stage knew then.

        Parameters
        ----------
        staged_annos : StagedAnnotations
            The rows, with the name of their table.
        aligned_volume_name : str, optional
            Name of the aligned volume; the client's by default.
        batch_size : int
            Rows in one request, at most 10,000.
        progress : bool, optional
            Show a bar when there are several batches, and a terminal or a notebook to show it; False never
            does.
        retries : int
            How often a batch is sent again that the server did not take: no connection could be made, or the
            answer was "not now" (503, 429) and the table has not grown. After any other failure nothing is
            sent again.

        Returns
        -------
        list of int or dict of int to int
            Ids of the rows that this call uploaded, or found to be in the table, in their order; for
            updates, the new id by the old. `staged_annos.annotation_dataframe(include_tracking=True)` has
            those of all calls.

        Raises
        ------
        UnknownUploadError
            Of some rows it is not known whether they are in the table. Its attributes `uploaded`, `unknown`
            and `pending` count the rows of the stage from 0.
        PartialUploadError
            Some rows were uploaded and others refused.
        """
        from caveclient_gen.mixins.annotation.staging import StagedAnnotations

        if not isinstance(staged_annos, StagedAnnotations):
            raise InvalidArgumentError(
                "Pass staged_annos as stage_annotations makes it, rows to post_annotation: this is of type "
                f"{type(staged_annos).__name__}."
            )
        table = staged_annos.table_name
        if not table:
            raise InvalidArgumentError("Set staged_annos.table_name first: it says where the rows go.")
        size = _checked_size(batch_size)
        if not _is_int(retries) or retries < 0:
            raise InvalidArgumentError(f"Pass retries as 0 or more, not {retries!r}.")
        volume = aligned_volume_name or self.aligned_volume_name
        with staged_annos._uploading:  # a second thread would send the same rows
            before = staged_annos._ledger.states.copy()
            self._settle_unknown(staged_annos, table)
            if staged_annos.unknown_rows:
                raise _undecided(staged_annos, staged_annos.unknown_rows)
            self._upload_pending(staged_annos, table, volume, size, progress, retries)
            return _news(staged_annos, before)

    def _upload_pending(
        self,
        staged: StagedAnnotations,
        table: str,
        volume: str | None,
        size: int,
        progress: bool | None,
        retries: int,
    ) -> None:
        from caveclient_gen.mixins.annotation.ledger import Sent

        pending = staged._pending()
        _refuse_doubled_ids(staged, pending)
        count = self._count(table, volume) if len(pending) and not staged.id_field else None
        shown = None if progress is not False and len(pending) > size else False
        with bar(len(pending), "annotations", shown) as advance:
            for first in range(0, len(pending), size):
                rows = pending[first : first + size]
                sent = Sent(rows, volume, count, _newest_id(staged))
                self._upload_batch(staged, table, sent, retries)
                count = None if count is None else count + len(rows)
                advance(len(rows))

    def _upload_batch(self, staged: StagedAnnotations, table: str, sent: Sent, retries: int) -> None:
        ledger, rows = staged._ledger, sent.rows
        body = staged._as_json(rows)

        def send() -> list[int]:
            if staged.is_update:
                every = staged._rows
                old = [every[row]["id"] for row in rows]
                return _new_ids(self._send_changed(table, body, sent.volume), old)
            return self._send_new(table, body, len(rows), sent.volume)

        ledger.begin(sent)
        try:
            ids = attempt(send, retries, lambda: self._has_grown(sent, table))
        except BaseException as error:  # interrupts too: what was sent stays unknown
            if may_be_in(error, update=staged.is_update):
                sent.failed_at = time.time()
                sent.is_over = is_over(error, sent.failed_at - sent.sent_at)
            else:
                ledger.mark_pending(rows)
            told = _told(error, staged) if isinstance(error, Exception) else None
            if told is None:
                raise
            raise told from error
        ledger.mark_uploaded(rows, ids)


def _checked_size(size: int) -> int:
    if not _is_int(size) or not 1 <= size <= MOST_ROWS:
        raise InvalidArgumentError(
            f"Pass batch_size from 1 to {MOST_ROWS}, which servers take, not {size!r}."
        )
    return size


def _is_int(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _newest_id(staged: StagedAnnotations) -> int | None:
    ids = staged._ledger.ids
    return int(ids.max()) if len(ids) and ids.max() >= 0 else None


def _refuse_doubled_ids(staged: StagedAnnotations, pending: np.ndarray) -> None:
    if not staged.id_field:
        return
    every = staged._rows
    ids = [every[row]["id"] for row in pending]
    doubled = sorted(one for one, times in Counter(ids).items() if times > 1)
    if doubled:
        raise InvalidArgumentError(
            f"Stage one row for each id: {', '.join(map(str, doubled[:5]))} stand in several rows. Nothing "
            "was sent."
        )


def _new_ids(new: dict[int, int], old: Sequence[int]) -> list[int]:
    lacking = [one for one in old if one not in new]
    if lacking:
        raise DecodeError(
            f"Look into the table before you send these rows again: the server's answer to {len(old)} "
            f"updates lacks {len(lacking)} of them, {lacking[0]} for one.",
            operation=_OPERATIONS[True],
        )
    return [new[one] for one in old]


def _states(staged: StagedAnnotations) -> tuple[dict[int, int], list[int], list[int]]:
    from caveclient_gen.mixins.annotation.ledger import UPLOADED

    rows = staged._ledger.rows(UPLOADED)
    uploaded = dict(zip(rows.tolist(), staged._ledger.ids[rows].tolist(), strict=True))
    return uploaded, staged.unknown_rows, staged._pending().tolist()


def _told(error: Exception, staged: StagedAnnotations) -> CAVEError | None:
    uploaded, unknown, pending = _states(staged)
    if unknown:
        remedy = (
            "Call upload_staged_annotations again with the same stage: it finds out about the rows whose "
            "answer was lost, and sends only what is not in."
        )
    else:
        remedy = (
            "Mend what the server refuses, and call upload_staged_annotations again with the same stage: it "
            "sends only what is not in."
        )
    return partial_upload(error, remedy, uploaded, unknown, pending)


def _undecided(staged: StagedAnnotations, unknown: list[int]) -> CAVEError:
    from caveclient_gen._runtime.errors import UnknownUploadError

    uploaded, _, pending = _states(staged)
    check = (
        "Look for the rows in the table (get_annotation, get_annotation_count), then say what you found: "
        "staged.mark_uploaded(rows, ids) or staged.mark_not_uploaded(rows)."
    )
    doubt = (
        f"The table does not tell whether the {len(unknown)} rows{span(unknown)} are in, so nothing was sent."
    )
    text = f"{check}\n{doubt}"
    seconds = max((sent.may_come_for() for sent in staged._ledger.sent), default=0.0)
    if seconds:
        minutes = math.ceil(seconds / 60)
        text = (
            f"Call upload_staged_annotations again with the same stage in about {minutes} min: the server "
            f"may still be at the rows it was sent.\n{doubt}\nIf you know better: {check}"
        )
    operation = _OPERATIONS[staged.is_update]
    return UnknownUploadError(
        text, check=check, operation=operation, uploaded=uploaded, unknown=unknown, pending=pending
    )


def _news(staged: StagedAnnotations, before: np.ndarray) -> list[int] | dict[int, int]:
    from caveclient_gen.mixins.annotation.ledger import UPLOADED

    rows = staged._ledger.rows(UPLOADED)
    rows = rows[before[rows] != UPLOADED]
    ids: list[int] = staged._ledger.ids[rows].tolist()
    if not staged.is_update:
        return ids
    every = staged._rows
    return {every[row]["id"]: new for row, new in zip(rows, ids, strict=True)}
