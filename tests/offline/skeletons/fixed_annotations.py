"""Annotation tables that a test writes down, in place of the engine's."""

import numpy as np
import pyarrow as pa
from tubes import SUPERVOXELS, position


class FixedAnnotations:
    """Tables by name; positions in voxels of 4 x 4 x 40 nm."""

    def __init__(self, **tables):
        self._tables = tables

    def tables(self, *, at=None):
        return list(self._tables)

    def record(self, table):
        return {f"voxel_resolution_{axis}": size for axis, size in zip("xyz", (4.0, 4.0, 40.0), strict=True)}

    def rows_at(self, table, at, *, with_roots=True):
        assert not with_roots
        return self._tables[table]


def points(names, prefix="pt"):
    """Return columns of a point at each supervoxel; one without a name lies in none."""
    places = np.array([position(name or "A00") for name in names], np.int32).reshape(-1, 3) * [2, 2, 1]
    columns = {f"{prefix}_position_{axis}": places[:, at].astype(np.int32) for at, axis in enumerate("xyz")}
    ids = pa.array([SUPERVOXELS[name] if name else None for name in names], pa.int64())
    return columns | {f"{prefix}_supervoxel_id": ids}


def nuclei(*names):
    """Return a soma table, the first nucleus with the highest id."""
    return pa.table({"id": np.arange(len(names), 0, -1), **points(names)})


def synapses(*pairs):
    """Return a synapse table: the supervoxels before and after each synapse."""
    before, after = zip(*pairs, strict=True) if pairs else ((), ())
    return pa.table(
        {"id": np.arange(len(pairs)), **points(before, "pre_pt"), **points(after, "post_pt")}
        | points(before, "ctr_pt")
    )
