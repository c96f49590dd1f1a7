"""How a skeleton is made of a root's level-2 graph, and of the tables that tell of its soma and synapses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.annotations.resolution import resolution_of
from caveclient_gen.offline.skeletons.compartments import compartments
from caveclient_gen.offline.skeletons.tree import spanning_tree

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.segmentation.engine import Segmentation
    from caveclient_gen.offline.skeletons.tree import Ints

__all__ = ["Evidence", "Skeleton", "make_skeleton", "read_evidence"]

NO_IDS = np.empty(0, np.int64)
NO_POSITIONS = np.empty((0, 3))


@dataclass(frozen=True)
class Evidence:
    """What tables tell: supervoxels of somas, and where these are in nm; supervoxels of synapses."""

    somas: Ints
    soma_positions: npt.NDArray[np.float64]
    outputs: Ints
    inputs: Ints


@dataclass(frozen=True)
class Skeleton:
    """A skeleton: vertices at level-2 nodes, positions and radii in nm."""

    lvl2_ids: Ints
    vertices: npt.NDArray[np.float64]
    edges: Ints
    root: int
    radius: npt.NDArray[np.float64]
    compartment: Ints
    soma: npt.NDArray[np.float64] | None


def read_evidence(facts: Facts, annotations: Annotations, at: int) -> Evidence:
    """Read the soma table and the synapse table as of a moment; a table that there is not says nothing."""
    there = set(annotations.tables())
    somas, positions, outputs, inputs = NO_IDS, NO_POSITIONS, NO_IDS, NO_IDS
    if facts.soma_table in there:
        rows = annotations.rows_at(facts.soma_table, at, with_roots=False).sort_by("id")
        somas = _ids(rows, "pt_supervoxel_id")
        if len(somas):
            positions = _positions(rows, annotations.record(facts.soma_table))
    if facts.synapse_table in there:
        rows = annotations.rows_at(facts.synapse_table, at, with_roots=False)
        outputs, inputs = _ids(rows, "pre_pt_supervoxel_id"), _ids(rows, "post_pt_supervoxel_id")
    return Evidence(somas, positions, outputs, inputs)


def _ids(rows: pa.Table, column: str) -> Ints:
    """Return supervoxels; 0 where there is none."""
    import pyarrow.compute as pc

    if column not in rows.column_names:
        return NO_IDS
    filled: Any = pc.fill_null(rows[column], 0)  # type: ignore[type-var]  # the stubs know no plain numbers
    ids: Ints = filled.to_numpy().astype(np.int64)
    return ids


def _positions(rows: pa.Table, record: dict[str, Any]) -> npt.NDArray[np.float64]:
    voxels = np.column_stack([rows[f"pt_position_{axis}"].to_numpy() for axis in "xyz"])
    positions: npt.NDArray[np.float64] = voxels * np.array(resolution_of(record))
    return positions


def make_skeleton(segmentation: Segmentation, root: int, evidence: Evidence) -> Skeleton:
    """Return the skeleton of a root: the shortest tree through its level-2 nodes, begun at the soma."""
    graph = segmentation.level2_graph(root)
    nodes = np.unique(graph.nodes)
    vertices = segmentation.positions(nodes)
    supervoxels, vertex_of = segmentation.parts(nodes)
    order = np.argsort(supervoxels)
    supervoxels, vertex_of = supervoxels[order], vertex_of[order]

    soma, soma_position = _soma(evidence, supervoxels, vertices)
    tree = spanning_tree(vertices, np.searchsorted(nodes, graph.edges.reshape(-1, 2)), soma)
    children = tree.order[tree.parent[tree.order] >= 0]
    edges = np.column_stack([children, tree.parent[children]])
    steps = np.zeros(len(nodes))
    steps[edges[:, 0]] = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    counts = [
        np.bincount(vertex_of[_places(supervoxels, ids)], minlength=len(nodes)).astype(float)
        for ids in (evidence.outputs, evidence.inputs)
    ]
    labels = compartments(tree, soma, counts[0], counts[1], tree.sums_above(steps))
    volume = segmentation.sizes(nodes) * float(np.prod(segmentation.layout.resolution))
    radius = np.cbrt(volume * 3 / (4 * np.pi))  # of a ball that is as large, as servers have it
    return Skeleton(nodes, vertices, edges, tree.root, radius, labels, soma_position)


def _soma(
    evidence: Evidence, supervoxels: Ints, vertices: npt.NDArray[np.float64]
) -> tuple[int | None, npt.NDArray[np.float64] | None]:
    """Return the vertex nearest to the cell's first soma, and where that is."""
    mine = np.flatnonzero(np.isin(evidence.somas, supervoxels))
    if not len(mine):
        return None, None
    position = evidence.soma_positions[mine[0]]
    return int(np.argmin(np.linalg.norm(vertices - position, axis=1))), position


def _places(sorted_ids: Ints, ids: Ints) -> Ints:
    """Return where those of `ids` that are in `sorted_ids` stand there."""
    if not len(sorted_ids):
        return NO_IDS
    places = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    found: Ints = places[sorted_ids[places] == ids]
    return found
