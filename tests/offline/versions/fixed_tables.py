"""Stand-ins for annotations: tables that are what a test says, at any moment."""

import pyarrow as pa


class FixedTables:
    """What `Versions` asks of annotations, answered from Arrow tables."""

    def __init__(self, tables, records=None):
        self.content = tables
        self.records = records or {}
        self.asked = []

    def tables(self, *, at=None):
        return [*self.content]

    def record(self, table):
        return {"schema_type": "bound_tag", "table_name": table, **self.records.get(table, {})}

    def rows_at(self, table, at, *, with_roots=True):
        self.asked.append((table, at))
        return self.content[table]


def tags(*ids, words=None):
    """Return rows of a bound tag: one point, its supervoxel and root, and a word."""
    count = len(ids)
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "valid": pa.array([True] * count),
            "pt_position_x": pa.array([10 * one for one in ids], pa.int32()),
            "pt_position_y": pa.array([20 * one for one in ids], pa.int32()),
            "pt_position_z": pa.array([30 * one for one in ids], pa.int32()),
            "pt_supervoxel_id": pa.array([1000 + one for one in ids], pa.int64()),
            "pt_root_id": pa.array([2**58 + one for one in ids], pa.int64()),
            "tag": pa.array(words or [f"t{one}" for one in ids], pa.string()),
        }
    )
