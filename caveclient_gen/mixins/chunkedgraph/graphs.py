"""Graphs between the nodes of one object, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import ServerIncompatibilityError
from caveclient_gen._runtime.ids import as_id, as_ids
from caveclient_gen.mixins.chunkedgraph.edits import rows_of_points

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from caveclient_gen._generated.chunkedgraph_v1 import ChunkedGraphOperationsV1 as _Operations
    from caveclient_gen._runtime.typing import BoundsLike, FloatArray, IdArray, IdLike, PointLike
else:
    _Operations = object


class GraphsMixin(_Operations):
    """Subgraphs and paths as arrays, on top of the generated operations."""

    def get_subgraph(
        self, root_id: IdLike, bounds: BoundsLike | None, *, only_internal_edges: bool | None = None
    ) -> tuple[IdArray, FloatArray, npt.NDArray[np.int32]]:
        """
        Edges between the supervoxels of an object, in a box.

        Parameters
        ----------
        root_id : int
            Root, or any other node.
        bounds : array of int
            Box of shape (3, 2), x, y, z by lower and upper bound, in voxels of the base resolution. None: all
            of the object, which takes long for a large one.
        only_internal_edges : bool, optional
            Leave out edges that lead out of the object. Left out: the server's choice, True.

        Returns
        -------
        edges : numpy.ndarray
            Pairs of supervoxels, as int64 of shape (n, 2).
        affinities : numpy.ndarray
            Affinity of each edge, as float64. Infinite for edges that no cut may pass.
        areas : numpy.ndarray
            Contact area of each edge in voxel faces, as int32.
        """
        import numpy as np

        graph = self._get_subgraph(root_id, bounds=bounds, only_internal_edges=only_internal_edges)
        return (
            np.array(graph["nodes"], dtype=np.int64).reshape(-1, 2),
            np.array(graph["affinities"], dtype=np.float64),
            np.array(graph["areas"], dtype=np.int32),
        )

    def level2_chunk_graph(self, root_id: IdLike, *, bounds: BoundsLike | None = None) -> list[list[int]]:
        """
        Graph of an object's level 2 nodes, the smallest pieces above supervoxels.

        Parameters
        ----------
        root_id : int
            Root of the object.
        bounds : array of int, optional
            Box of shape (3, 2), x, y, z by lower and upper bound, in voxels of the base resolution. Needs
            server >=2.15.0.

        Returns
        -------
        list of list of int
            Pairs of level 2 ids.

        Raises
        ------
        ServerIncompatibilityError
            The server cannot limit the graph to a box.
        """
        answer = self._level2_chunk_graph(root_id, bounds=bounds)
        if bounds is not None and answer.headers.get("Used-Bounds") is not True:
            # A graph of the whole object would look like one of the box.
            msg = "Ask without bounds and choose from the whole graph: this server ignored the box."
            raise ServerIncompatibilityError(msg)
        edges: list[list[int]] = answer.value
        return edges

    def find_path(
        self, root_id: IdLike, src_pt: PointLike, dst_pt: PointLike, precision_mode: bool = False
    ) -> tuple[FloatArray, IdArray, IdArray]:
        """
        Find a way between two points of an object, through its level 2 graph.

        Parameters
        ----------
        root_id : int
            Root of the object.
        src_pt, dst_pt : array of float
            First and last point, x, y and z, in nm.
        precision_mode : bool
            Compute the points along the way from the supervoxels instead of taking those of the chunks. Slow.

        Returns
        -------
        centroids_list : numpy.ndarray
            Points along the way, as float64 of shape (n, 3), in nm.
        l2_path : numpy.ndarray
            Level 2 ids along the way, as int64.
        failed_l2_ids : numpy.ndarray
            Level 2 ids without a centroid, as int64.

        Raises
        ------
        BadRequestError
            The points are not in one object.
        """
        import numpy as np

        root = np.full(2, as_id(root_id, name="root_id"), dtype=np.int64)
        ends: list[Any] = rows_of_points(root, [src_pt, dst_pt], name="src_pt and dst_pt")
        path = self._find_path(ends, precision_mode=precision_mode)
        return (
            np.array(path["centroids_list"], dtype=np.float64).reshape(-1, 3),
            as_ids(path["l2_path"]),
            as_ids(path["failed_l2_ids"]),
        )
