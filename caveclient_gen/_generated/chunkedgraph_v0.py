# Generated from spec/chunkedgraph/v0.yaml. Change the descriptor and run `make generate`.
"""ChunkedGraph API 0: roots, leaves, edits and lineage of the segmentation graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Body, CachePolicy, Deprecation, Operation, Param

from .endpoints import CHUNKEDGRAPH_COMMON, CHUNKEDGRAPH_V0
from .services import CHUNKEDGRAPH

if TYPE_CHECKING:
    from datetime import datetime

    from caveclient_gen._runtime.typing import JSON, BoundsLike, IdArray, IdLike, IdsLike, TimeLike

    from .types_chunkedgraph import ChangeLog, MergeLog, MeshManifest


class ChunkedGraphOperationsV0(ClientBase):
    """Roots, leaves, edits and lineage of the segmentation graph.

    The interface of the first servers. Servers of today still answer some of it; use API 1.

    This API version is legacy.
    """

    _service = CHUNKEDGRAPH
    _api = "0"
    _endpoints = {**CHUNKEDGRAPH_COMMON, **CHUNKEDGRAPH_V0}
    _operations = {
        "segmentation_info": Operation(
            name="segmentation_info",
            method="GET",
            path="/segmentation/1.0/{table_id}/info",
            safe=True,
            holes=(("table_id", "table_name"),),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=4, key=()),
        ),
        "cloudvolume_path": Operation(
            name="cloudvolume_path",
            method="GET",
            path="/segmentation/1.0/{table_id}",
            safe=True,
            holes=(("table_id", "table_name"),),
            kind="url",
            scheme="graphene",
        ),
        "get_oldest_timestamp": Operation(
            name="get_oldest_timestamp",
            method="GET",
            path="/segmentation/1.0/{table_id}/graph/oldest_timestamp",
            safe=True,
            holes=(("table_id", "table_name"),),
            response=(Arm(decode="json", select=("iso",), cast="datetime"),),
        ),
        "get_roots": Operation(
            name="get_roots",
            method="POST",
            path="/segmentation/1.0/{table_id}/graph/root",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="supervoxel_ids",
                    type="id_array",
                    location="body",
                    wire=("supervoxel_ids",),
                    encode="native",
                    required=True,
                    max_items=1,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp_or_now",
                ),
            ),
            body=Body(kind="json", param="supervoxel_ids"),
            response=(Arm(decode="ndarray", dtype="<u8", same_length_as="supervoxel_ids"),),
        ),
        "get_root_id": Operation(
            name="get_root_id",
            method="GET",
            path="/segmentation/1.0/{table_id}/graph/{atomic_id}/root",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="supervoxel_id",
                    type="id",
                    location="path",
                    wire=("atomic_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp_or_now",
                ),
            ),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
        "get_children": Operation(
            name="get_children",
            method="GET",
            path="/segmentation/1.0/{table_id}/segment/{node_id}/children",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="node_id",
                    type="id",
                    location="path",
                    wire=("node_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
        "get_leaves": Operation(
            name="get_leaves",
            method="GET",
            path="/segmentation/1.0/{table_id}/segment/{root_id}/leaves",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(name="bounds", type="bounds", location="query", wire=("bounds",), encode="bounds_str"),
            ),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
        "get_contact_sites": Operation(
            name="get_contact_sites",
            method="GET",
            path="/segmentation/1.0/{table_id}/segment/{root_id}/contact_sites",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="calc_partners",
                    type="bool",
                    location="query",
                    wire=("partners",),
                    encode="scalar",
                    default=False,
                ),
            ),
            response=(Arm(decode="json", map_keys="int"),),
            deprecated=Deprecation(
                since="2.0.0",
                message="No PyChunkedGraph 2 server can compute contact sites: every call fails.",
            ),
        ),
        "get_merge_log": Operation(
            name="get_merge_log",
            method="GET",
            path="/segmentation/1.0/{table_id}/segment/{root_id}/merge_log",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_change_log": Operation(
            name="get_change_log",
            method="GET",
            path="/segmentation/1.0/{table_id}/segment/{root_id}/change_log",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_mesh_manifest": Operation(
            name="get_mesh_manifest",
            method="GET",
            path="/meshing/1.0/{table_id}/manifest/{node_id}:0",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="node_id",
                    type="id",
                    location="path",
                    wire=("node_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(name="verify", type="bool", location="query", wire=("verify",), encode="scalar"),
                Param(name="bounds", type="bounds", location="query", wire=("bounds",), encode="bounds_str"),
                Param(
                    name="start_layer",
                    type="int",
                    location="query",
                    wire=("start_layer",),
                    encode="scalar",
                    minimum=2,
                ),
                Param(
                    name="return_seg_ids",
                    type="bool",
                    location="query",
                    wire=("return_seg_ids",),
                    encode="scalar",
                ),
                Param(
                    name="prepend_seg_ids",
                    type="bool",
                    location="query",
                    wire=("prepend_seg_ids",),
                    encode="scalar",
                ),
                Param(
                    name="return_seg_id_layers",
                    type="bool",
                    location="body",
                    wire=("return_seg_id_layers",),
                    encode="native",
                ),
                Param(
                    name="return_seg_chunk_coordinates",
                    type="bool",
                    location="body",
                    wire=("return_seg_chunk_coordinates",),
                    encode="native",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "do_merge": Operation(
            name="do_merge",
            method="POST",
            path="/segmentation/1.0/{table_id}/graph/merge",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="Ask get_root_id for both supervoxels: one root for both means that the merge happened.",
            timeout=300,
            params=(
                Param(
                    name="points",
                    type="json",
                    location="body",
                    wire=("points",),
                    encode="native",
                    required=True,
                ),
            ),
            body=Body(kind="json", param="points"),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
        "execute_split": Operation(
            name="execute_split",
            method="POST",
            path="/segmentation/1.0/{table_id}/graph/split",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="Ask get_root_id for a source and a sink supervoxel: two roots mean that the split happened.",
            timeout=300,
            params=(
                Param(
                    name="sources",
                    type="json",
                    location="body",
                    wire=("sources",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="sinks",
                    type="json",
                    location="body",
                    wire=("sinks",),
                    encode="native",
                    required=True,
                ),
            ),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
    }

    @property
    def segmentation_info(self) -> dict[str, Any]:
        """Metadata of the segmentation.

        Returns
        -------
        dict[str, Any]
            Neuroglancer's `info` document with what the graph adds to it.

        Notes
        -----
        This operation is legacy.
        Answers are reused for 3600 s.

        Examples
        --------
        >>> client.chunkedgraph.segmentation_info
        {'scales': [{'resolution': [8, 8, 40]}]}
        """
        answer: dict[str, Any] = self._call("segmentation_info")
        return answer

    @property
    def cloudvolume_path(self) -> str:
        """Address of the segmentation for CloudVolume and Neuroglancer.

        Returns
        -------
        str
            The address; nothing is sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.cloudvolume_path
        'graphene://https://cave.example/segmentation/1.0/testpcg'
        """
        answer: str = self._call("cloudvolume_path")
        return answer

    def get_oldest_timestamp(self) -> datetime:
        """Moment from which on the graph can be queried.

        Returns
        -------
        datetime
            Half a second before the first edit.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_oldest_timestamp()
        """
        answer: datetime = self._call("get_oldest_timestamp")
        return answer

    def get_roots(self, supervoxel_ids: IdsLike, timestamp: TimeLike | None = None) -> IdArray:
        """Look up the root of one supervoxel, given in a list.

        The server looks only at the first id; more than one is refused here.

        Parameters
        ----------
        supervoxel_ids : array of supervoxel ids, shape (n,)
            The supervoxel. At most 1 items.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment, or the moment of the call.

        Returns
        -------
        ndarray of int64
            Its root. One per item, in the same order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_roots([1])
        array([10])
        """
        answer: IdArray = self._call("get_roots", supervoxel_ids=supervoxel_ids, timestamp=timestamp)
        return answer

    def get_root_id(self, supervoxel_id: IdLike, timestamp: TimeLike | None = None) -> IdArray:
        """Look up the root of one supervoxel.

        Parameters
        ----------
        supervoxel_id : int, supervoxel id
            The supervoxel.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment, or the moment of the call.

        Returns
        -------
        ndarray of int64
            Its root.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_root_id(1)
        array([10])
        """
        answer: IdArray = self._call("get_root_id", supervoxel_id=supervoxel_id, timestamp=timestamp)
        return answer

    def get_children(self, node_id: IdLike) -> IdArray:
        """List the children of a node, one layer down.

        Parameters
        ----------
        node_id : int, node id
            Node to look below.

        Returns
        -------
        ndarray of int64
            The children.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_children(12)
        array([10])
        """
        answer: IdArray = self._call("get_children", node_id=node_id)
        return answer

    def get_leaves(self, root_id: IdLike, bounds: BoundsLike | None = None) -> IdArray:
        """List the supervoxels of an object.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        bounds : array of int, shape (3, 2), in voxels, optional
            Box to look in, in voxels of the base resolution.

        Returns
        -------
        ndarray of int64
            The supervoxels.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_leaves(12, bounds=[[0, 256], [0, 256], [0, 64]])
        array([10, 11])
        """
        answer: IdArray = self._call("get_leaves", root_id=root_id, bounds=bounds)
        return answer

    def get_contact_sites(self, root_id: IdLike, calc_partners: bool = False) -> dict[int, Any]:
        """Where an object touches others.

        .. deprecated:: 2.0.0
            No PyChunkedGraph 2 server can compute contact sites: every call fails.

        No server can compute it any more; every call is answered with an error.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        calc_partners : bool, default False
            Name the objects that are touched.

        Returns
        -------
        dict[int, Any]
            Contacts by id.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.
        """
        answer: dict[int, Any] = self._call("get_contact_sites", root_id=root_id, calc_partners=calc_partners)
        return answer

    def get_merge_log(self, root_id: IdLike) -> MergeLog:
        """List the merges that made an object.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.

        Returns
        -------
        MergeLog
            Supervoxels that were joined, and the points that people set, per merge.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_merge_log(12)
        {'merge_edge_coords': [], 'merge_edges': []}
        """
        answer: MergeLog = self._call("get_merge_log", root_id=root_id)
        return answer

    def get_change_log(self, root_id: IdLike) -> ChangeLog:
        """Count and list the edits that made an object.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.

        Returns
        -------
        ChangeLog
            The edits.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_change_log(12)
        {'n_mergers': 0, 'n_splits': 0, 'operations_ids': [], 'past_ids': [], 'user_info': {}}
        """
        answer: ChangeLog = self._call("get_change_log", root_id=root_id)
        return answer

    def get_mesh_manifest(
        self,
        node_id: IdLike,
        verify: bool | None = None,
        *,
        bounds: BoundsLike | None = None,
        start_layer: int | None = None,
        return_seg_ids: bool | None = None,
        prepend_seg_ids: bool | None = None,
        return_seg_id_layers: bool | None = None,
        return_seg_chunk_coordinates: bool | None = None,
    ) -> MeshManifest:
        """List the pieces of an object's mesh.

        Parameters
        ----------
        node_id : int, node id
            Root or any other node.
        verify : bool, optional
            List only pieces that exist. Left out: the server takes False.
        bounds : array of int, shape (3, 2), in voxels, optional
            Box to look in, in voxels of the base resolution.
        start_layer : int, layer, optional
            Layer whose pieces to begin with. Lower layers have smaller pieces. At least 2.
        return_seg_ids : bool, optional
            Name the node of each piece. Left out: the server takes False.
        prepend_seg_ids : bool, optional
            Write the node before the name of each piece. Left out: the server takes False.
        return_seg_id_layers : bool, optional
            Name the layer of the node of each piece. Left out: the server takes False.
        return_seg_chunk_coordinates : bool, optional
            Name the chunk of the node of each piece. Left out: the server takes False.

        Returns
        -------
        MeshManifest
            The pieces.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.get_mesh_manifest(12)
        {'fragments': []}
        """
        answer: MeshManifest = self._call(
            "get_mesh_manifest",
            node_id=node_id,
            verify=verify,
            bounds=bounds,
            start_layer=start_layer,
            return_seg_ids=return_seg_ids,
            prepend_seg_ids=prepend_seg_ids,
            return_seg_id_layers=return_seg_id_layers,
            return_seg_chunk_coordinates=return_seg_chunk_coordinates,
        )
        return answer

    def do_merge(self, points: JSON) -> IdArray:
        """Merge the objects of two supervoxels.

        Parameters
        ----------
        points : JSON value, in nm
            Two rows of supervoxel id, x, y, z, in nm.

        Returns
        -------
        ndarray of int64
            The new root.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_root_id for both supervoxels: one root for
            both means that the merge happened.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.do_merge([[1, 80.0, 352.0, 640.0], [2, 320.0, 352.0, 640.0]])
        array([10])
        """
        answer: IdArray = self._call("do_merge", points=points)
        return answer

    def execute_split(self, sources: JSON, sinks: JSON) -> IdArray:
        """Split an object between source and sink points.

        Parameters
        ----------
        sources : JSON value, in nm
            Rows of node id, x, y, z, in nm.
        sinks : JSON value, in nm
            Rows of node id, x, y, z, in nm.

        Returns
        -------
        ndarray of int64
            The new roots.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_root_id for a source and a sink
            supervoxel: two roots mean that the split happened.

        Notes
        -----
        This operation is legacy.

        Examples
        --------
        >>> client.chunkedgraph.execute_split(
        ...     [[1, 560.0, 160.0, 640.0]],
        ...     [[2, 1520.0, 160.0, 640.0]],
        ... )
        array([10, 11])
        """
        answer: IdArray = self._call("execute_split", sources=sources, sinks=sinks)
        return answer
