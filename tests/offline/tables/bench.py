"""The deployment of the recordings in offline CAVE: the same tables, rows, versions and edits.

Rows are those of the recorded answers, so that offline answers can be held against recorded ones. Roots
have other ids, as the segmentation makes its own.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from tubes import NUCLEUS_TYPES, SUPERVOXELS, position, tubes

from caveclient_gen.auth import AuthClient
from caveclient_gen.materializationengine import MaterializationClient
from caveclient_gen.offline.identity.engine import User
from caveclient_gen.offline.moments import as_micros
from caveclient_gen.offline.segmentation.engine import Point

RECORDINGS = Path(__file__).parents[2] / "recordings"


def at(minute):
    """Return a moment of the dataset's history."""
    return as_micros(datetime(2025, 3, 1, 12, minute, tzinfo=UTC))


MADE, POSTED, V1, EDITED, V2, LATER, NOW = (at(minute) for minute in (0, 1, 10, 15, 20, 30, 40))


def exchange(name):
    """Return the last exchange of a recording that is a query or the like."""
    exchanges = json.loads((RECORDINGS / name).read_text())["exchanges"]
    return next(
        one
        for one in exchanges
        if any(word in one["request"]["url"] for word in ("/query", "/count", "/unique"))
    )


def recorded_rows(name):
    """Return the rows of a recorded answer."""
    body = exchange(name)["response"]["body"]["base64"]
    return pa.ipc.open_stream(base64.b64decode(body)).read_all()


def bench(path):
    """Make the dataset."""
    dataset = tubes(path)
    with dataset.open() as cave:
        _make_tables(cave)
        cave.versions.materialize(at=_moment(V1), number=1)
        _edit(cave)
        cave.versions.materialize(at=_moment(V2), number=2)
        cave.versions.define_view(NUCLEUS_TYPES)
        _edit_later(cave)
    return dataset


def _moment(micros):
    return datetime.fromtimestamp(micros / 1e6, UTC)


def _make_tables(cave):
    voxel = {f"voxel_resolution_{axis}": size for axis, size in zip("xyz", (4, 4, 40), strict=True)}
    coarse = {**voxel, "voxel_resolution_x": 8, "voxel_resolution_y": 8}
    known = {"description": "of the test bench", "user_id": "1"}
    tables = {
        "synapses": ("synapse", {**voxel, **known}),
        "nuclei": ("nucleus_detection", {**voxel, **known, "notice_text": "please cite the bench"}),
        "cell_types": (
            "cell_type_reference",
            {
                **voxel,
                **known,
                "table_metadata": {"reference_table": "nuclei", "track_target_id_updates": True},
            },
        ),
        "tags": ("bound_tag", {**coarse, **known}),
        "secret": ("bound_tag", {**voxel, **known, "read_permission": "PRIVATE"}),
    }
    for name, (schema, metadata) in tables.items():
        cave.annotations.create_table(1, name, schema, metadata, at=MADE)
    synapses = recorded_rows("materialize/080_query_table_v1.json")
    _add(cave, "synapses", synapses, ("pre_pt", "post_pt", "ctr_pt"), ("size",))
    _add(cave, "nuclei", recorded_rows("materialize/037_query_table_notice.json"), ("pt",), ("volume",))
    types = recorded_rows("materialize/038_query_table_reference.json")
    _add(cave, "cell_types", types, (), ("target_id", "classification_system", "cell_type"))
    tags = recorded_rows("materialize/042_query_table_tags_text.json")
    _add(cave, "tags", tags, ("pt",), ("tag",))
    _add(cave, "secret", tags, ("pt",), ("tag",))


def _add(cave, table, rows, points, plain):
    columns = {"id": rows["id"].to_numpy()}
    for point in points:
        axes = [rows[f"{point}_position_{axis}"].to_numpy() for axis in "xyz"]
        columns[f"{point}_position"] = np.stack(axes, axis=1)
        if f"{point}_supervoxel_id" in rows.column_names:
            columns[f"{point}_supervoxel_id"] = rows[f"{point}_supervoxel_id"].to_numpy()
    for name in plain:
        columns[name] = np.array(rows[name].to_pylist())
    cave.annotations.add_columns(1, table, columns, at=POSTED)


def _point(name):
    x, y, z = position(name)
    return Point(SUPERVOXELS[name], (x * 8.0, y * 8.0, z * 40.0))


def _recorded_synapse(name, one):
    (row,) = (row for row in recorded_rows(name).to_pylist() if row["id"] == one)
    points = {
        point: {"position": [row[f"{point}_position_{axis}"] for axis in "xyz"]}
        for point in ("pre_pt", "post_pt", "ctr_pt")
    }
    return {**points, "size": row["size"]}


def _edit(cave):
    cave.segmentation.merge(1, _point("C11"), _point("C20"), at=EDITED)
    cave.segmentation.split(1, [_point("A10")], [_point("A11")], at=EDITED + 1_000_000)
    cave.segmentation.merge(1, _point("B11"), _point("A20"), at=EDITED + 2_000_000)
    second = "materialize/017_query_table_synapses.json"
    cave.annotations.post(1, "synapses", [_recorded_synapse(second, 41)], at=EDITED + 3_000_000)
    cave.annotations.delete(1, "synapses", [4], at=EDITED + 4_000_000)
    changed = {"id": 5, **_recorded_synapse(second, 42)}
    cave.annotations.update(1, "synapses", [changed], at=EDITED + 5_000_000)


def _edit_later(cave):
    live = "materialize/064_live_live_query.json"
    cave.segmentation.merge(1, _point("D21"), _point("D30"), at=LATER)
    rows = [_recorded_synapse(live, one) for one in (43, 44)]
    cave.annotations.post(1, "synapses", rows, at=LATER + 1_000_000)
    cave.annotations.delete(1, "synapses", [7], at=LATER + 2_000_000)


def roots_of_recordings(cave):
    """Return recorded root ids with the ids that this segmentation gave the same objects."""
    known = {}
    for name, moment in (
        ("materialize/080_query_table_v1.json", V1),
        ("materialize/017_query_table_synapses.json", V2),
        ("materialize/064_live_live_query.json", NOW),
    ):
        rows = recorded_rows(name)
        for point in ("pre_pt", "post_pt"):
            own = cave.segmentation.roots(rows[f"{point}_supervoxel_id"].to_numpy(), at=moment)
            known.update(zip(rows[f"{point}_root_id"].to_pylist(), own.tolist(), strict=True))
    return known


PEOPLE = {
    "admin": User(1, "admin", "admin@example.org", True, {"benchdata": ("view", "edit")}),
    "viewer": User(3, "viewer", "viewer@example.org", False, {"benchdata": ("view",)}),
    "stranger": User(4, "stranger", "stranger@example.org", False, {}),
}


class Guests:
    """Stands in for the people of a dataset: a person's name is their token."""

    def user_of(self, token):
        """Return whose token it is."""
        return PEOPLE.get(token)

    def permission_set(self, namespace, name):
        """Return the permission set of a datastack."""
        return "benchdata" if (namespace, name) == ("datastack", "testds") else None


def client_of(server, person="admin", **more):
    """Return a client of the server's materialize service."""
    auth = AuthClient(token=person, server_address=server.address)
    return MaterializationClient(server.address, "testds", auth, synapse_table="synapses", **more)
