"""Attributes of level-2 nodes, as the L2 cache has them.

A real cache measures voxels. Here a supervoxel is a box of its size around its position, longer along x than
it is wide, and the attributes are those of the boxes of a node:

- `size_nm3`: voxels times the size of a voxel;
- `area_nm2`: the surface of a cube of that size, times what neurites have more of it than a cube (1.3);
- `max_dt_nm`, `mean_dt_nm`: the radius of a tube with that size and that length, and a third of it;
- `rep_coord_nm`: a supervoxel near the middle;
- `pca`, `pca_val`: axes and variances of the supervoxels' positions, and of the boxes' own extent;
- `chunk_intersect_count`: voxels on the lower and upper faces of the chunk along x, y and z: the areas of the
  edges that lead to supervoxels in the chunk behind that face.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.segmentation.nodes import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.offline.segmentation.engine import Segmentation
    from caveclient_gen.offline.segmentation.records import Floats, Ids

__all__ = ["ATTRIBUTES", "attributes_of"]

ATTRIBUTES = {
    "area_nm2": "uint32",
    "chunk_intersect_count": "uint16",
    "max_dt_nm": "uint16",
    "mean_dt_nm": "float16",
    "pca": "float16",
    "pca_val": "float32",
    "rep_coord_nm": "uint16",
    "size_nm3": "uint32",
}
"""Name to numpy type. Source: the recorded metadata (`l2cache/004`)."""

MORE_SURFACE = 1.3
"""A tube has more surface than a cube of its size."""
MOST_COUNT = 2**16 - 1


def attributes_of(segmentation: Segmentation, nodes: Ids, names: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Return attributes of level-2 nodes, by node; what is no level-2 node is left out.

    Parameters
    ----------
    segmentation : Segmentation
        Where they are.
    nodes : numpy.ndarray
        Ids, of shape (n,), int64.
    names : sequence of str
        Which attributes, of `ATTRIBUTES`.
    """
    known = np.unique(nodes[segmentation.is_node(nodes, layer=2)])
    if not len(known):
        return {}
    columns = _columns(segmentation, known)
    rows = zip(*(columns[name] for name in names), strict=True)
    return {node: dict(zip(names, row, strict=True)) for node, row in zip(known.tolist(), rows, strict=True)}


def _columns(segmentation: Segmentation, nodes: Ids) -> dict[str, list[Any]]:
    layout = segmentation.layout
    resolution = np.array(layout.resolution, np.float64)
    supervoxels, owner = segmentation.parts(nodes)
    place = segmentation.positions(supervoxels)
    size = segmentation.sizes(supervoxels) * resolution.prod()
    half = _half_extents(size)

    volume = np.bincount(owner, size, len(nodes))
    axes, variances = _principal_axes(place, half, size, owner, len(nodes))
    length = np.sqrt(12 * variances[:, 0])
    radius = np.sqrt(volume / (np.pi * length))
    return {
        "size_nm3": np.rint(volume).astype(np.int64).tolist(),
        "area_nm2": np.rint(6 * volume ** (2 / 3) * MORE_SURFACE).astype(np.int64).tolist(),
        "max_dt_nm": np.rint(radius).astype(np.int64).tolist(),
        "mean_dt_nm": (radius / 3).astype(np.float16).astype(np.float64).tolist(),
        "rep_coord_nm": segmentation.positions(nodes).tolist(),
        "pca": axes.astype(np.float16).astype(np.float64).tolist(),
        "pca_val": variances.astype(np.float32).astype(np.float64).tolist(),
        "chunk_intersect_count": _faces(segmentation, supervoxels, owner, len(nodes)),
    }


def _half_extents(size: Floats) -> Floats:
    """Return half the sides of the boxes, in nm: twice as long along x as along y and z."""
    side = np.cbrt(size / 2)
    return np.stack((side, side / 2, side / 2), axis=1)


def _principal_axes(place: Floats, half: Floats, size: Floats, owner: Ids, n: int) -> tuple[Floats, Floats]:
    """Return the axes (as rows, longest first) and the variances of the boxes of each node."""
    total = np.bincount(owner, size, n)
    middle = np.stack([np.bincount(owner, size * place[:, axis], n) / total for axis in range(3)], axis=1)
    away = place - middle[owner]
    spread = size[:, None, None] * (
        away[:, :, None] * away[:, None, :] + np.eye(3) * (half**2 / 3)[:, None, :]
    )
    covariance = np.zeros((n, 3, 3))
    np.add.at(covariance, owner, spread)
    values, vectors = np.linalg.eigh(covariance / total[:, None, None])
    axes = np.swapaxes(vectors, 1, 2)[:, ::-1]
    # Either direction is right; the one in which most of it is positive is always the same one.
    axes *= np.where(axes.sum(axis=2, keepdims=True) < 0, -1, 1)
    return axes, np.maximum(values[:, ::-1], 1.0)


def _faces(segmentation: Segmentation, supervoxels: Ids, owner: Ids, n: int) -> list[list[list[int]]]:
    """Return voxels of each node that touch the lower and the upper faces of its chunk."""
    pairs, area = segmentation.contacts(supervoxels)
    near, far = np.concatenate((pairs, pairs[:, ::-1])).T
    area = np.concatenate((area, area))
    step = segmentation.layout.chunk_of(far) - segmentation.layout.chunk_of(near)
    # A replaced node and the one in its place have supervoxels in common: such an edge counts for both.
    order = np.argsort(supervoxels, kind="stable")
    first, last = (np.searchsorted(supervoxels[order], near, side) for side in ("left", "right"))
    counts = np.where(np.abs(step).sum(axis=1) == 1, last - first, 0)
    edge = np.repeat(np.arange(len(near)), counts)
    node = owner[order[ranges(first, counts)]]
    axis, is_upper = np.abs(step[edge]).argmax(axis=1), step[edge].sum(axis=1) > 0
    sums = np.bincount((node * 2 + is_upper) * 3 + axis, area[edge].astype(np.float64), n * 6)
    found: list[list[list[int]]] = np.minimum(sums, MOST_COUNT).astype(np.int64).reshape(n, 2, 3).tolist()
    return found
