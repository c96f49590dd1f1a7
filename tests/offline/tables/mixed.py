"""A table with every type that frozen tables have, and empty cells in all of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.facts import Facts

FACTS = Facts(
    datastack="testds",
    aligned_volume="testvol",
    segmentation_table=None,
    description="for tests of queries",
    permission_set="benchdata",
)
ROOTS = [864691135000000001, 864691135000000002, 864691135000000003, 2**62 + 1]
WORDS = ["axon", "Dendrite", "soma", "", "a'b", 'c"d', "50 %", "naïve", "new\nline"]


def mixed_rows(count=400):
    """Return the rows; every 7th cell or so is empty."""
    rng = np.random.default_rng(5)

    def some(values):
        return pa.array(values, mask=rng.random(count) < 0.15)

    columns = {"id": pa.array(np.arange(1, count + 1)), "valid": pa.array(np.ones(count, bool))}
    for axis, size in zip("xyz", (1000, 1000, 50), strict=True):
        columns[f"pt_position_{axis}"] = some(rng.integers(-5, size, count).astype(np.int32))
    columns["pt_supervoxel_id"] = some(rng.integers(7 * 10**16, 8 * 10**16, count))
    columns["pt_root_id"] = some(rng.choice(ROOTS, count))
    columns["level"] = some(rng.integers(-3, 4, count).astype(np.int32))
    columns["size"] = some((rng.integers(0, 40, count) / 10).astype(np.float32))
    columns["done"] = some(rng.random(count) < 0.5)
    columns["tag"] = pa.array(rng.choice(WORDS, count).tolist(), mask=rng.random(count) < 0.15)
    return pa.table(columns)


def types_rows():
    """Return rows that refer to every fifth row of that table."""
    return pa.table(
        {
            "id": pa.array(np.arange(1, 61)),
            "valid": pa.array(np.ones(60, bool)),
            "target_id": pa.array(np.arange(1, 61) * 5),
            "cell_type": pa.array(np.array(["BC", "MC", "23P"])[np.arange(60) % 3].tolist()),
        }
    )


def resolution(x, y, z):
    """Return a record that says the size of voxels."""
    return {
        "schema_type": "bound_tag",
        **{f"voxel_resolution_{axis}": size for axis, size in zip("xyz", (x, y, z), strict=True)},
    }


def mixed_dataset(path):
    """Make a dataset with that table, one that refers to it, and one with other voxels; version 1."""
    dataset = Dataset.create(path, FACTS)
    rows = mixed_rows()
    with dataset.open() as cave:
        cave.versions.add_frozen(1, "mixed", rows, resolution(4.0, 4.0, 40.0))
        cave.versions.add_frozen(1, "types", types_rows(), resolution(4.0, 4.0, 40.0))
        cave.versions.add_frozen(1, "coarse", rows.slice(0, 50), resolution(8.0, 8.0, 40.0))
    return dataset
