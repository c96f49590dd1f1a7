"""A dataset like the deployment of the recordings: eight tubes along x, cut into 64 supervoxels.

Names, sizes, supervoxel ids and history are those of `tests/recordings/deployment.json`.
"""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.moments import as_micros
from caveclient_gen.offline.segmentation.engine import Edges, Supervoxels
from caveclient_gen.offline.segmentation.layout import Layout
from caveclient_gen.offline.versions import View

DEPLOYMENT = json.loads((Path(__file__).parents[1] / "recordings" / "deployment.json").read_text())
SUPERVOXELS = DEPLOYMENT["segmentation"]["svs"]
"""Name ("A00": tube A, first chunk, first supervoxel) to id."""

LAYOUT = Layout(resolution=(8.0, 8.0, 40.0), chunk_size=(64, 64, 32), volume=(256, 256, 64), layers=4)
INGESTED = as_micros(datetime(2025, 1, 1, tzinfo=UTC))
FACTS = Facts(
    datastack="testds",
    aligned_volume="testvol",
    segmentation_table="testpcg",
    description="main datastack",
    synapse_table="synapses",
    soma_table="nuclei",
    cell_identification_table="cell_types",
    permission_set="benchdata",
    row_cap=500_000,
)
GAPS = (("C11", "C20"), ("D21", "D30"))
"""Where a tube was not recognised as one object."""
BRIDGES = (("G31", "H31"),)
"""Where two tubes are one object."""

NUCLEUS_TYPES = View(
    name="nucleus_types",
    description="nuclei with their type",
    sql=(
        "SELECT n.id, n.pt_position_x, n.pt_position_y, n.pt_position_z, n.pt_root_id, n.volume, "
        "c.cell_type, c.classification_system FROM nuclei n JOIN cell_types c ON c.target_id = n.id"
    ),
    columns={
        "id": "integer",
        "pt_position": "SpatialPoint",
        "pt_root_id": "integer",
        "volume": "float",
        "cell_type": "string",
        "classification_system": "string",
    },
    resolution=(4.0, 4.0, 40.0),
)
"""The view of the recordings."""


def position(name):
    """Return the middle of a supervoxel, in voxels of the segmentation."""
    y, z = DEPLOYMENT["segmentation"]["tubes"][name[0]]
    return [int(name[1]) * 64 + int(name[2]) * 32 + 16, y, z]


def supervoxels():
    """Return the 64 supervoxels."""
    names = sorted(SUPERVOXELS)
    ids = np.array([SUPERVOXELS[name] for name in names], np.int64)
    return Supervoxels(ids, np.array([position(name) for name in names]), np.full(64, 32 * 12 * 10))


def edges():
    """Return the edges along tubes: strong within a chunk, weaker across, none at gaps."""
    names = sorted(SUPERVOXELS)
    pairs = [pair for pair in itertools.pairwise(names) if pair[0][0] == pair[1][0]]
    pairs = [pair for pair in pairs if pair not in GAPS] + list(BRIDGES)
    within = np.array([a[:2] == b[:2] for a, b in pairs])
    return Edges(
        np.array([SUPERVOXELS[a] for a, _ in pairs], np.int64),
        np.array([SUPERVOXELS[b] for _, b in pairs], np.int64),
        np.where(within, 0.9, 0.8).astype(np.float32),
        np.where(within, 120, 100).astype(np.int64),
    )


def tubes(path):
    """Make the dataset with its segmentation, before any edit, without tables."""
    dataset = Dataset.create(path, FACTS)
    with dataset.open() as cave:
        cave.segmentation.ingest(LAYOUT, supervoxels(), edges(), at=INGESTED)
    return dataset
