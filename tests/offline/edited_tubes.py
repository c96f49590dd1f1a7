"""The tubes with the history of the recorded deployment, served; and the file's whole content."""

import hashlib
import sqlite3
from contextlib import closing

import numpy as np
import tubes
from tubes import INGESTED, SUPERVOXELS, position

from caveclient_gen.offline.segmentation.engine import Point

SECOND = 1_000_000
RESOLUTION = np.array([8, 8, 40])
NAMES = {node: name for name, node in SUPERVOXELS.items()}


def ids(*names):
    """Return supervoxels by name: "A" is all of tube A, "A1" both of its second chunk."""
    return [node for name in names for other, node in SUPERVOXELS.items() if other.startswith(name)]


def named(nodes):
    """Return the names of supervoxels."""
    return sorted(NAMES[node] for node in np.asarray(nodes).tolist())


def place(name):
    """Return the middle of a supervoxel in nm."""
    return [float(one) for one in np.array(position(name)) * RESOLUTION]


def row(name):
    """Return a point of an edit as it is sent."""
    return [SUPERVOXELS[name], *place(name)]


def _point(name):
    return Point(SUPERVOXELS[name], tuple(place(name)))


def edited_tubes(path):
    """Make the dataset: C merged, A split, B merged with the end of A, D merged by somebody else."""
    dataset = tubes.tubes(path)
    with dataset.open() as cave:
        seg = cave.segmentation
        seg.merge(1, _point("C11"), _point("C20"), at=INGESTED + SECOND)
        seg.split(1, [_point("A10")], [_point("A30")], at=INGESTED + 2 * SECOND)
        seg.merge(1, _point("B20"), _point("A30"), at=INGESTED + 3 * SECOND)
        seg.merge(2, _point("D21"), _point("D30"), at=INGESTED + 4 * SECOND)
    return dataset


def fingerprint(server):
    """Return a hash of all that is stored."""
    with closing(sqlite3.connect(server.dataset.path / "cave.sqlite")) as db:
        return hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()
