"""The deployment of the recordings, made again in offline CAVE: its names, people, rows, versions and edits.

Everything happens in the recorded order and as far apart as then; all moments are moved by `shift`, so
that the last of them is just over. Rows are read from the recorded answers. Supervoxels have the
recorded ids; nodes above them get ids of their own, which `names.py` pairs with the recorded ones.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from recorded_exchanges import arrow_rows
from tubes import FACTS, INGESTED, LAYOUT, NUCLEUS_TYPES, SUPERVOXELS, edges, position, supervoxels

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.moments import as_datetime, as_micros
from caveclient_gen.offline.segmentation.engine import Point

SECOND = 1_000_000
HOUR = 3_600 * SECOND


def recorded_moment(text: str) -> int:
    """Return a recorded moment in microseconds since 1970."""
    return as_micros(datetime.fromisoformat(f"2026-11-22T{text}+00:00"))


MADE = recorded_moment("12:46:18.800000")
POSTED = recorded_moment("12:46:19.300000")
V1 = recorded_moment("12:46:35.311195")
MERGED_C = recorded_moment("12:46:46.600000")
SPLIT_A = recorded_moment("12:46:47.073000")
MERGED_B = recorded_moment("12:46:47.383000")
CHANGED = recorded_moment("12:46:48.270335")
V2 = recorded_moment("12:46:55.416791")
MERGED_D = recorded_moment("12:47:07.465000")
CHANGED_LATER = recorded_moment("12:47:08.628951")
ENDED = recorded_moment("12:54:34.500000")
"""When the last exchange was recorded."""

TABLES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "nuclei": (
        "nucleus_detection",
        "Nuclei of the test bench",
        {"notice_text": "please cite the bench"},
    ),
    "cell_types": (
        "cell_type_reference",
        "Cell types (reference to nuclei)",
        {"table_metadata": {"reference_table": "nuclei", "track_target_id_updates": True}},
    ),
    "tags": (
        "bound_tag",
        "free tags",
        {"voxel_resolution_x": 8.0, "voxel_resolution_y": 8.0, "write_permission": "PUBLIC"},
    ),
    "grouped": (
        "bound_tag",
        "readable by members of a common group",
        {"read_permission": "GROUP", "write_permission": "GROUP"},
    ),
    "secret": ("bound_tag", "readable by its owner only", {"read_permission": "PRIVATE"}),
    "synapses": ("synapse", "Synapses of the test bench", {}),
}
"""Table to its schema, description, and what else was said when it was made."""
PLAIN = {
    "voxel_resolution_x": 4.0,
    "voxel_resolution_y": 4.0,
    "voxel_resolution_z": 40.0,
    "read_permission": "PUBLIC",
    "write_permission": "PRIVATE",
}

PEOPLE = {"admin": "PI Admin", "editor": "PI", "viewer": "PI", "nobody": "PI", "tosuser": "PI"}
"""Who, in the order of their numbers, and for whom they work."""
TOKENS = {"admin": "a" * 32, "editor": "e" * 32, "viewer": "b" * 32, "nobody": "0" * 32, "tosuser": "d" * 32}
GROUPS = {
    "default": ("admin",),
    "default_bench": ("editor", "viewer", "nobody", "tosuser"),
    "viewers": ("viewer", "tosuser"),
    "editors": ("editor",),
    "admins": ("admin",),
    "tosgroup": ("tosuser",),
}
GRANTED = {
    ("benchdata", "viewers"): ("view",),
    ("benchdata", "editors"): ("view", "edit"),
    ("benchdata", "admins"): ("edit", "view", "admin", "admin_view"),
    ("tosdata", "tosgroup"): ("view",),
}
PERMISSIONS = ("edit", "view", "admin", "admin_view")


class Mirror:
    """The mirror before it is served.

    Attributes
    ----------
    dataset : Dataset
        The folder.
    shift : int
        By how many microseconds its moments are later than the recorded ones.
    """

    def __init__(self, path: Path) -> None:
        self.shift = (time.time_ns() // 1000 - ENDED) // SECOND * SECOND
        facts = dataclasses.replace(
            FACTS,
            display_name="Test datastack",
            volume_display_name="Test volume",
            volume_description="aligned volume of the real-server test bench",
            image_source="precomputed://https://cave.local/img/testvol",
            image_mirrors=[
                {
                    "name": f"img_{letter}",
                    "viewer_layer_name": f"img{letter.upper()}",
                    "image_source": f"precomputed://gs://nowhere/img_{letter}",
                    "description": f"image source {letter}",
                }
                for letter in "ab"
            ],
        )
        self.dataset = Dataset.create(path, facts)
        with self.dataset.open() as cave:
            cave.segmentation.ingest(LAYOUT, supervoxels(), edges(), at=INGESTED + self.shift)
            know_people(cave.store, at=MADE + self.shift - 60_000_000)
            self._make(cave)

    def _make(self, cave: Any) -> None:
        at = self.shift
        for name, (schema, description, more) in TABLES.items():
            known = {**PLAIN, "description": description, "user_id": "1", **more}
            cave.annotations.create_table(1, name, schema, known, at=MADE + at)
        _post_all(cave, POSTED + at)
        expires = as_datetime(V1 + at + 119 * HOUR)
        cave.versions.materialize(at=as_datetime(V1 + at), number=1, expires=expires)
        cave.segmentation.merge(1, _point("C11", 120), _point("C20", 132), at=MERGED_C + at)
        cave.segmentation.split(1, [_point("A10", 70)], [_point("A11", 190)], at=SPLIT_A + at)
        cave.segmentation.merge(1, _point("B20", 140), _point("A20", 140), at=MERGED_B + at)
        second = "materialize/017_query_table_synapses"
        cave.annotations.post(1, "synapses", [_synapse(second, 41)], at=CHANGED + at)
        cave.annotations.delete(1, "synapses", [4], at=CHANGED + at + 1000)
        changed = {"id": 5, **_synapse(second, 42)}
        cave.annotations.update(1, "synapses", [changed], at=CHANGED + at + 2000)
        cave.versions.materialize(at=as_datetime(V2 + at), number=2)
        cave.versions.define_view(NUCLEUS_TYPES)
        cave.segmentation.merge(1, _point("D21"), _point("D30"), at=MERGED_D + at)
        live = "materialize/064_live_live_query"
        rows = [_synapse(live, one) for one in (43, 44)]
        cave.annotations.post(1, "synapses", rows, at=CHANGED_LATER + at)
        cave.annotations.delete(1, "synapses", [7], at=CHANGED_LATER + at + 1000)


def know_people(store: Any, *, at: int) -> None:
    """Replace the standard people of a dataset by those of the recordings, with their made-up tokens."""
    numbers = {key: number for number, key in enumerate(PEOPLE, 1)}
    groups = {name: number for number, name in enumerate(GROUPS, 1)}
    sets = {"benchdata": 1, "tosdata": 2}
    with store.write() as db:
        for table in ("granted", "membership", "people_group", "acceptance", "permission"):
            db.execute(f"DELETE FROM {table}")
        db.executemany(
            "UPDATE person SET key = ?, name = ?, email = ?, pi = ?, created = ? WHERE id = ?",
            [
                (key, f"Bench {key.title()}", f"{key}@bench.test", PEOPLE[key], at, number)
                for key, number in numbers.items()
            ],
        )
        db.execute("INSERT INTO terms VALUES (2, 'bench terms', 'terms')")
        db.execute("UPDATE permission_set SET terms_id = NULL")
        db.execute("INSERT INTO permission_set VALUES (2, 'tosdata', 2)")
        db.execute("INSERT INTO guarded VALUES ('datastack', 'flatds', 2)")
        db.executemany("INSERT INTO permission VALUES (?, ?)", enumerate(PERMISSIONS, 1))
        for name, members in GROUPS.items():
            db.execute("INSERT INTO people_group VALUES (?, ?)", (groups[name], name))
            db.executemany(
                "INSERT INTO membership VALUES (?, ?, 0)", [(groups[name], numbers[key]) for key in members]
            )
        for (name, group), permissions in GRANTED.items():
            rows = [(sets[name], groups[group], PERMISSIONS.index(one) + 1) for one in permissions]
            db.executemany("INSERT INTO granted VALUES (?, ?, ?)", rows)
        db.executemany(
            "INSERT INTO token (id, person_id, hash, description, created, updated)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number + 1, number, hashlib.sha256(TOKENS[key].encode()).digest(), f"bench {key}", at, at)
                for key, number in numbers.items()
            ],
        )
        db.execute(
            "UPDATE sqlite_sequence SET seq = 7 WHERE name = 'token'"
        )  # one was made and revoked before
        store.touch("identity")


def _post_all(cave: Any, at: int) -> None:
    _add(cave, "nuclei", arrow_rows("materialize/037_query_table_notice"), ("pt",), ("volume",), at)
    types = arrow_rows("materialize/038_query_table_reference")
    _add(cave, "cell_types", types, (), ("target_id", "classification_system", "cell_type"), at)
    _add(cave, "tags", arrow_rows("materialize/042_query_table_tags_text"), ("pt",), ("tag",), at)
    _add(cave, "grouped", arrow_rows("auth/032_viewer_query_grouped"), ("pt",), ("tag",), at)
    _add(cave, "secret", arrow_rows("auth/033_editor_query_secret"), ("pt",), ("tag",), at)
    synapses = arrow_rows("materialize/080_query_table_v1")
    _add(cave, "synapses", synapses, ("pre_pt", "post_pt", "ctr_pt"), ("size",), at)


def _add(cave: Any, table: str, rows: Any, points: Any, plain: Any, at: int) -> None:
    columns = {"id": rows["id"].to_numpy()}
    for point in points:
        axes = [rows[f"{point}_position_{axis}"].to_numpy() for axis in "xyz"]
        columns[f"{point}_position"] = np.stack(axes, axis=1)
        if f"{point}_supervoxel_id" in rows.column_names:
            columns[f"{point}_supervoxel_id"] = rows[f"{point}_supervoxel_id"].to_numpy()
    for name in plain:
        columns[name] = np.array(rows[name].to_pylist())
    cave.annotations.add_columns(1, table, columns, at=at)


def _point(name: str, x: int | None = None) -> Point:
    """Return a click on a supervoxel: in its middle, or where it was when it was recorded."""
    middle, y, z = position(name)
    return Point(SUPERVOXELS[name], ((middle if x is None else x) * 8.0, y * 8.0, z * 40.0))


def _synapse(name: str, one: int) -> dict[str, Any]:
    (row,) = (row for row in arrow_rows(name).to_pylist() if row["id"] == one)
    points = {
        point: {"position": [row[f"{point}_position_{axis}"] for axis in "xyz"]}
        for point in ("pre_pt", "post_pt", "ctr_pt")
    }
    return {**points, "size": row["size"]}
