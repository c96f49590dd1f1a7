"""Annotation tables as services see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.segmentation.engine import Segmentation
    from caveclient_gen.offline.store import Store

__all__ = ["Annotations"]


class Annotations:
    """The annotation tables of one dataset.

    Moments are microseconds since 1970. Whatever cannot be done raises
    `caveclient_gen.offline.http.refusals.Refusal`, in the words of annotation servers where they are known.
    """

    def __init__(self, store: Store, facts: Facts, segmentation: Segmentation) -> None:
        self._store = store
        self._facts = facts
        self._segmentation = segmentation

    def tables(self, *, at: int | None = None) -> list[str]:
        """Return the names of the tables that exist at a moment, in the order in which they were made."""
        raise NotImplementedError

    def record(self, table: str) -> dict[str, Any]:
        """Return a table's metadata, as the annotation service answers it. Refuses unknown names."""
        raise NotImplementedError

    def create_table(
        self,
        user_id: int,
        table: str,
        schema_type: str,
        metadata: Mapping[str, Any],
        *,
        at: int | None = None,
    ) -> str:
        """Make a table. Refuses bad names, unknown schemas, tables that exist, missing reference tables."""
        raise NotImplementedError

    def update_metadata(self, user_id: int, table: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Change description, notice, permissions or flat segmentation of a table."""
        raise NotImplementedError

    def delete_table(self, user_id: int, table: str, *, at: int | None = None) -> None:
        """Hide a table from now on; its rows stay in older versions."""
        raise NotImplementedError

    def count(self, table: str, *, at: int | None = None) -> int:
        """Return how many rows are valid at a moment."""
        raise NotImplementedError

    def get(self, table: str, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return rows as the annotation service answers them; unknown ids are left out."""
        raise NotImplementedError

    def post(
        self, user_id: int, table: str, rows: Sequence[Mapping[str, Any]], *, at: int | None = None
    ) -> list[int]:
        """Add rows (nested, as the service takes them) and return their ids; all or none.

        Points get their supervoxels at once.
        """
        raise NotImplementedError

    def add_columns(
        self,
        user_id: int,
        table: str,
        columns: Mapping[str, npt.NDArray[Any]],
        *,
        at: int | None = None,
    ) -> npt.NDArray[np.int64]:
        """Add many rows by columns, for generators and imports.

        Positions are (n, 3) in the table's voxels under `pt_position`; `pt_supervoxel_id` if it is known;
        `id` if it is chosen.
        """
        raise NotImplementedError

    def update(
        self, user_id: int, table: str, rows: Sequence[Mapping[str, Any]], *, at: int | None = None
    ) -> dict[int, int]:
        """Replace rows: old id to new id. All or none."""
        raise NotImplementedError

    def delete(self, user_id: int, table: str, ids: Sequence[int], *, at: int | None = None) -> list[int]:
        """Delete rows and return which were deleted. All or none."""
        raise NotImplementedError

    def look_up(self, table: str, ids: Sequence[int] | None = None) -> int:
        """Look up supervoxels of rows that have none yet; return how many found one."""
        raise NotImplementedError

    def rows_at(self, table: str, at: int, *, with_roots: bool = True) -> pa.Table:
        """Return the rows of a table that are valid at a moment, as frozen tables hold them.

        Columns: `id` int64, `valid` bool, then the schema's fields in the order in which real servers answer
        them. A position is three int32 columns (`pt_position_x`, `_y`, `_z`, in the table's voxels), followed
        by `pt_supervoxel_id` and `pt_root_id` (int64, as of `at`; null without a supervoxel) where the schema
        binds the point to the segmentation. Floats are float32, text is string, references int64 `target_id`.
        """
        raise NotImplementedError
