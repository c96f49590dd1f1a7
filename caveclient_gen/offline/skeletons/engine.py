"""The skeletons of a dataset: made when they are wanted, then kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.skeletons.forms import pack
from caveclient_gen.offline.skeletons.making import make_skeleton, read_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.segmentation.engine import Segmentation
    from caveclient_gen.offline.store import Store

__all__ = ["VERSIONS", "Skeletons"]

VERSIONS = (-1, 0, 1, 2, 3, 4)
"""Versions of skeletons; -1 stands for the newest, 0 for the default."""
NEWEST, DEFAULT = 4, 2
TICKET_LIFETIME = 3600
"""Seconds."""


class Skeletons:
    """The skeletons of one dataset.

    Skeletons of one version are made once and stay as they are: a root never changes, and as on servers, a
    soma or synapse that is added later does not change what was made.
    """

    def __init__(
        self, store: Store, facts: Facts, segmentation: Segmentation, annotations: Annotations
    ) -> None:
        self._store = store
        self._facts = facts
        self._segmentation = segmentation
        self._annotations = annotations

    # ---- which ids

    def of_another_layer(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell which ids cannot be roots: their first bits say another layer."""
        layout = self._segmentation.layout
        others: npt.NDArray[np.bool_] = layout.layer_of(ids) != layout.layers
        return others

    def are_roots(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell which ids are roots, of now or of the past."""
        found = ~self.of_another_layer(ids)
        found[found] = self._segmentation.exists_between(ids[found])
        return found

    # ---- what is kept

    def kept(self, ids: npt.NDArray[np.int64], version: int) -> set[int]:
        """Return those of the roots that have a skeleton of a version."""
        query = "SELECT root FROM skeleton WHERE version = ? AND root IN (SELECT value FROM json_each(?))"
        rows = self._store.read().execute(query, (version, json.dumps(ids.tolist())))
        return {root for (root,) in rows}

    def documents(self, ids: npt.NDArray[np.int64], version: int) -> dict[int, bytes]:
        """Return the skeletons that are kept, each as `forms.pack` wrote it."""
        query = (
            "SELECT root, document FROM skeleton "
            "WHERE version = ? AND root IN (SELECT value FROM json_each(?))"
        )
        return dict(self._store.read().execute(query, (version, json.dumps(ids.tolist()))))

    def with_prefixes(self, prefixes: Sequence[str], version: int) -> list[int]:
        """Return the roots with a skeleton whose ids begin with one of some digits, in order."""
        query = (
            "SELECT root FROM skeleton WHERE version = ? AND EXISTS (SELECT 1 FROM json_each(?) AS digits "
            "WHERE substr(CAST(skeleton.root AS TEXT), 1, length(digits.value)) = digits.value) ORDER BY root"
        )
        rows = self._store.read().execute(query, (version, json.dumps(list(prefixes))))
        return [root for (root,) in rows]

    # ---- making them

    def make(self, ids: npt.NDArray[np.int64], version: int) -> None:
        """Make the skeletons that are not kept yet. All ids must be roots (`are_roots`)."""
        there = self.kept(ids, version)
        wanted = [root for root in np.unique(ids).tolist() if root not in there]
        if not wanted:
            return
        made = self._store.clock.now()
        evidence = read_evidence(self._facts, self._annotations, made)
        rows = [
            (
                root,
                version,
                made,
                pack(make_skeleton(self._segmentation, root, evidence), self._facts, root, version, made),
            )
            for root in wanted
        ]
        with self._store.write() as connection:
            # Another request may have made the same in the meantime.
            connection.executemany("INSERT OR IGNORE INTO skeleton VALUES (?, ?, ?, ?)", rows)

    # ---- tokens that open them as files

    def issue_ticket(self, version: int) -> tuple[str, int]:
        """Return a short-lived token that opens the skeletons of a version, and when it ends."""
        token = secrets.token_hex(16)
        now = self._store.clock.now()
        row = _hash(token), version, now + TICKET_LIFETIME * 1_000_000
        with self._store.write() as connection:
            connection.execute("DELETE FROM skeleton_ticket WHERE expires <= ?", (now,))
            connection.execute("INSERT INTO skeleton_ticket VALUES (?, ?, ?)", row)
        return token, row[2]

    def opens(self, token: str, version: int) -> bool:
        """Whether a token opens the skeletons of a version now."""
        query = "SELECT 1 FROM skeleton_ticket WHERE hash = ? AND version = ? AND expires > ?"
        key = (_hash(token), version, self._store.clock.now())
        return self._store.read().execute(query, key).fetchone() is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
