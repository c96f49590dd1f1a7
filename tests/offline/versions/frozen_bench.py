"""The deployment of the recordings, as far as versions show it: tables, edits, two versions and a view.

Their numbers are those of the recordings, 1 and 2; 9 is older and has expired. After the second one a merge
is visible to live answers only.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from tubes import LAYOUT, NUCLEUS_TYPES, SUPERVOXELS, position, tubes

from caveclient_gen.offline.segmentation.engine import Point

ADMIN = 1
NOBODY = "999"
"""Somebody who shares no group with anybody."""
NUCLEI = ("A11", "B01", "C01", "D01", "E01", "F01")
TYPES = ("23P", "4P", "5P", "BC", "MC", "NGC")
MADE = datetime(2025, 1, 2, tzinfo=UTC)
EXPIRED = datetime(2025, 2, 1, tzinfo=UTC)
FIRST = datetime(2025, 3, 1, tzinfo=UTC)
SECOND = datetime(2025, 4, 1, 12, 30, 15, 250, tzinfo=UTC)
RESOLUTION = {"voxel_resolution_x": 4.0, "voxel_resolution_y": 4.0, "voxel_resolution_z": 40.0}


def bench(path):
    """Make the dataset."""
    dataset = tubes(path)
    with dataset.open() as cave:
        _fill(cave.annotations)
        cave.versions.materialize(at=FIRST)
        _merge(cave, "C11", "C20", FIRST + timedelta(days=1))
        cave.annotations.delete(ADMIN, "synapses", [4], at=micros(FIRST + timedelta(days=2)))
        cave.versions.materialize(at=SECOND)
        cave.versions.materialize(at=EXPIRED, expires=EXPIRED + timedelta(days=5), number=9)
        _merge(cave, "D21", "D30", SECOND + timedelta(days=1))
        cave.versions.define_view(NUCLEUS_TYPES)
    return dataset


def micros(moment):
    return int(moment.timestamp()) * 1_000_000


def voxels(names):
    """Return where supervoxels are in the voxels of the tables, (n, 3)."""
    return np.array([position(name) for name in names], np.int64) * [2, 2, 1]


def _fill(annotations):
    def make(table, schema, description, **more):
        annotations.create_table(
            ADMIN, table, schema, {"description": description, **RESOLUTION, **more}, at=micros(MADE)
        )

    make("nuclei", "nucleus_detection", "Nuclei of the test bench", notice_text="please cite the bench")
    make(
        "cell_types",
        "cell_type_reference",
        "Cell types",
        table_metadata={"reference_table": "nuclei", "track_target_id_updates": True},
    )
    make("tags", "bound_tag", "words")
    make("grouped", "bound_tag", "of a group", read_permission="GROUP", user_id=NOBODY)
    make("secret", "bound_tag", "for its owner", read_permission="PRIVATE")
    make("synapses", "synapse", "synapses")

    def add(table, **columns):
        annotations.add_columns(ADMIN, table, columns, at=micros(MADE))

    add("nuclei", pt_position=voxels(NUCLEI), volume=np.arange(6) + 10.5)
    add(
        "cell_types",
        target_id=np.arange(1, 7),
        cell_type=np.array(TYPES, object),
        classification_system=np.array(["bench"] * 6, object),
    )
    for table in ("tags", "grouped", "secret"):
        words = np.array(["one", "two", "three"], object)
        add(table, pt_position=voxels(["A00", "B10", "C20"]), tag=words)
    pairs = [("A10", "B10"), ("B20", "C10"), ("C30", "D10"), ("D20", "E10"), ("E20", "F20")] * 4
    pre, post = (voxels([pair[side] for pair in pairs]) for side in (0, 1))
    add(
        "synapses",
        pre_pt_position=pre,
        post_pt_position=post,
        ctr_pt_position=(pre + post) // 2,
        size=np.arange(20) * 1.5,
    )


def _merge(cave, a, b, moment):
    one, two = (
        Point(SUPERVOXELS[name], tuple(np.array(position(name)) * LAYOUT.resolution)) for name in (a, b)
    )
    cave.segmentation.merge(ADMIN, one, two, at=micros(moment))


def imported_rows():
    """Return rows of a table that stands in one version only."""
    return pa.table({"id": pa.array([2, 1], pa.int64()), "valid": [True, True], "note": ["b", "a"]})
