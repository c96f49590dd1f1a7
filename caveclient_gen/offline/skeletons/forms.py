"""The forms in which a skeleton goes out, and the one in which it is kept: JSON in gzip."""

from __future__ import annotations

import gzip
import importlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.skeletons.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.skeletons.making import Skeleton

__all__ = ["file_of", "pack", "precomputed", "swc", "unpack"]

FLOAT_COMPARTMENTS = 2
"""The last version whose compartments are floats."""
WITH_LEVEL2 = 4
"""The first version that names its level-2 nodes."""
NM_PER_UM = 1000.0
NOTHING_SIMPLIFIED = {
    "soma_radius": 0,
    "collapse_soma": False,
    "collapse_function": "sphere",
    "invalidation_d": 0,
    "smooth_vertices": False,
    "compute_radius": False,
    "shape_function": "single",
    "smooth_iterations": 0,
    "smooth_neighborhood": 0,
    "smooth_r": 0.0,
    "cc_vertex_thresh": 0,
    "remove_zero_length_edges": False,
    "collapse_params": {},
}
"""Of the settings that servers name: every level-2 node is a vertex, and stays where it is."""


def pack(skeleton: Skeleton, facts: Facts, root: int, version: int, made: int) -> bytes:
    """Write a skeleton as it is kept, and as clients get it under the name flatdict."""
    x, y, z = (None, None, None) if skeleton.soma is None else skeleton.soma.tolist()
    meta = {
        "root_id": root,
        "soma_pt_x": x,
        "soma_pt_y": y,
        "soma_pt_z": z,
        **NOTHING_SIMPLIFIED,
        "timestamp": made / 1e6,
        "skeleton_type": "level2_tree",
        "meta": {"datastack": facts.datastack, "space": "l2cache"},
        "skeleton_version": version,
    }
    kind = np.float64 if version == FLOAT_COMPARTMENTS else np.int64
    document: dict[str, Any] = {
        "meta": meta,
        "edges": np.ascontiguousarray(skeleton.edges),
        "mesh_to_skel_map": np.arange(len(skeleton.vertices)),
        "root": skeleton.root,
        "vertices": np.ascontiguousarray(skeleton.vertices),
        "compartment": skeleton.compartment.astype(kind),
        "radius": skeleton.radius,
    }
    if version >= WITH_LEVEL2:
        document["lvl2_ids"] = skeleton.lvl2_ids
    return gzip.compress(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), 6, mtime=0)


def unpack(packed: bytes) -> dict[str, Any]:
    """Read what `pack` wrote; arrays are lists."""
    document: dict[str, Any] = orjson.loads(gzip.decompress(packed))
    return document


def swc(document: Mapping[str, Any]) -> bytes:
    """Write a skeleton as SWC rows: micrometres, parents before their children."""
    vertices = np.array(document["vertices"], float).reshape(-1, 3)
    count = len(vertices)
    tree = _tree(document, count)
    row_of = np.empty(count + 1, np.int64)
    row_of[tree.order] = np.arange(count)
    row_of[-1] = -1
    table = np.column_stack(
        [
            np.arange(count),
            np.array(document["compartment"])[tree.order],
            vertices[tree.order] / NM_PER_UM,
            np.array(document["radius"])[tree.order] / NM_PER_UM,
            row_of[tree.parent[tree.order]],
        ]
    )
    return ("%i %i %.3f %.3f %.3f %.3f %i\n" * count % tuple(table.ravel())).encode()


def _tree(document: Mapping[str, Any], count: int) -> Tree:
    """Return the tree that a skeleton's edges say; they stand as child and parent, parents' edges first."""
    edges = np.array(document["edges"], np.int64).reshape(-1, 2)
    parent = np.full(count, -1, np.int64)
    parent[edges[:, 0]] = edges[:, 1]
    starts = np.flatnonzero(parent < 0)
    root = int(document["root"])
    return Tree(parent, np.concatenate([[root], starts[starts != root], edges[:, 0]]), root)


def precomputed(document: Mapping[str, Any], version: int) -> bytes:
    """Write a skeleton as Neuroglancer reads it, with the attributes that its info document names."""
    vertices = np.array(document["vertices"], "<f4").reshape(-1, 3)
    edges = np.array(document["edges"], "<u4").reshape(-1, 2)
    kind = "<f4" if version <= FLOAT_COMPARTMENTS else "u1"
    parts = (
        np.array([len(vertices), len(edges)], "<u4"),
        vertices,
        edges,
        np.array(document["radius"], "<f4"),
        np.array(document["compartment"]).astype(kind),
    )
    return b"".join(part.tobytes() for part in parts)


def file_of(document: Mapping[str, Any]) -> bytes:
    """Write a skeleton as an HDF5 file.

    Raises
    ------
    Refusal
        h5py is not installed where the server runs.
    """
    try:
        h5py: Any = importlib.import_module("h5py")
    except ImportError:
        raise Refusal(
            501, "Install h5py where offline CAVE runs (pip install h5py), or ask for another form."
        ) from None
    beside = ("radius", "compartment", "lvl2_ids")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name in ("edges", "mesh_to_skel_map", "root", "vertices"):
            file[name] = np.array(document[name], float if name == "vertices" else np.int64)
        properties = file.create_group("vertex_properties")
        for name in beside:
            if name in document:
                properties[name] = np.array(document[name])
        file["meta"] = orjson.dumps(document["meta"]).decode()
    return buffer.getvalue()
