"""What became of rows whose answer was lost: they are looked for in the table."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import CAVEError
from caveclient_gen.mixins.annotation.annotations import AnnotationsMixin
from caveclient_gen.mixins.annotation.tables import TablesMixin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.mixins.annotation.ledger import Sent
    from caveclient_gen.mixins.annotation.staging import StagedAnnotations

logger = logging.getLogger(__name__)


class SettlingMixin(TablesMixin, AnnotationsMixin):
    """Ask the table about rows that may be in it."""

    def _settle_unknown(self, staged: StagedAnnotations, table: str) -> None:
        for sent in list(staged._ledger.sent):
            if staged.is_update:
                self._settle_update(staged, sent, table)
            elif staged.id_field:
                self._settle_named(staged, sent, table)
            else:
                self._settle_new(staged, sent, table)

    def _settle_update(self, staged: StagedAnnotations, sent: Sent, table: str) -> None:
        from caveclient_gen.mixins.annotation.recovery import is_same

        rows, every = sent.rows.tolist(), staged._rows
        old = self._look(table, [every[row]["id"] for row in rows], sent.volume)
        new_of = {row: old.get(every[row]["id"], {}).get("superceded_id") for row in rows}
        new = self._look(table, [one for one in new_of.values() if one is not None], sent.volume)
        ours = [row for row in rows if new_of[row] in new and is_same(every[row], new[new_of[row]])]
        # A row that nothing replaced can be sent, once the server is not at it any more.
        again = [row for row in rows if every[row]["id"] in old and new_of[row] is None]
        staged._ledger.mark_uploaded(ours, [new_of[row] for row in ours])
        if not sent.may_come_for():
            staged._ledger.mark_pending(again)

    def _settle_named(self, staged: StagedAnnotations, sent: Sent, table: str) -> None:
        from caveclient_gen.mixins.annotation.recovery import is_same

        every = staged._rows
        ids = {row: every[row]["id"] for row in sent.rows.tolist()}
        there = self._look(table, list(ids.values()), sent.volume)
        ours = [row for row, one in ids.items() if one in there and is_same(every[row], there[one])]
        if len(ours) == len(ids):
            staged._ledger.mark_uploaded(ours, list(ids.values()))
        elif not there and not sent.may_come_for():
            staged._ledger.mark_pending(list(ids))

    def _settle_new(self, staged: StagedAnnotations, sent: Sent, table: str) -> None:
        """
        Decide by two witnesses: by how much the table grew, and whether the rows can be found in it.

        A batch is one transaction, so it is in as a whole or not at all. Where the witnesses contradict each
        other (somebody deleted as many rows, or had inserted the same before), nothing is decided.
        """
        from caveclient_gen.mixins.annotation.recovery import find_rows, search_after

        before, after, every = sent.count_before, sent.after_id, staged._rows
        count = None if before is None else self._count(table, sent.volume)
        grown = None if count is None or before is None else count - before

        def look(ids: Sequence[int]) -> dict[int, Any]:
            return self._look(table, ids, sent.volume)

        if after is None and grown is not None and before is not None:
            after = search_after(before, look)
        if after is None:
            return
        ids = find_rows([every[row] for row in sent.rows], after, look)
        is_newer = sent.after_id is not None  # what is found was inserted after this stage's earlier rows
        if ids is not None and (is_newer or (grown is not None and grown >= len(ids))):
            staged._ledger.mark_uploaded(sent.rows, ids)
        elif ids is None and grown is not None and 0 <= grown < len(sent.rows) and not sent.may_come_for():
            staged._ledger.mark_pending(sent.rows)

    def _look(self, table: str, ids: Sequence[int], volume: str | None) -> dict[int, Any]:
        from caveclient_gen._runtime.errors import NotFoundError

        try:
            return dict(self._found(table, list(ids), volume)) if ids else {}
        except NotFoundError:
            return {}

    def _has_grown(self, sent: Sent, table: str) -> bool:
        count = None if sent.count_before is None else self._count(table, sent.volume)
        return (
            count is not None
            and sent.count_before is not None
            and count - sent.count_before >= len(sent.rows)
        )

    def _count(self, table: str, volume: str | None) -> int | None:
        try:
            return self.get_annotation_count(table, volume)
        except CAVEError as error:
            # It only helps to find out about a lost answer; the upload itself can do without.
            logger.debug("upload_staged_annotations: no count of %s: %s", table, error)
            return None
