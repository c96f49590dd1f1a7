# Generated from spec/chunkedgraph/v1.yaml. Change the descriptor and run `make generate`.
"""ChunkedGraph API 1: roots, leaves, edits and lineage of the segmentation graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Body, CachePolicy, Deprecation, ItemLimit, Operation, Param

from .endpoints import CHUNKEDGRAPH_COMMON, CHUNKEDGRAPH_V1
from .services import CHUNKEDGRAPH

if TYPE_CHECKING:
    from datetime import datetime

    from caveclient_gen._runtime.answer import Answer
    from caveclient_gen._runtime.typing import (
        JSON,
        BoolArray,
        BoundsLike,
        IdArray,
        IdLike,
        IdsLike,
        IntsLike,
        TimeLike,
    )

    from .types_chunkedgraph import (
        ChangeLog,
        DeltaRoots,
        LineageGraph,
        MergeLog,
        MeshManifest,
        OperationDetails,
        OperationResult,
        PastIdMaps,
        PathBetweenPoints,
        RolledBack,
        SplitPreview,
        Subgraph,
    )


class ChunkedGraphOperationsV1(ClientBase):
    """Roots, leaves, edits and lineage of the segmentation graph.

    The interface that all servers speak today.
    """

    _service = CHUNKEDGRAPH
    _api = "1"
    _endpoints = {**CHUNKEDGRAPH_COMMON, **CHUNKEDGRAPH_V1}
    _operations = {
        "segmentation_info": Operation(
            name="segmentation_info",
            method="GET",
            path="/segmentation/table/{table_id}/info",
            safe=True,
            holes=(("table_id", "table_name"),),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=4, key=()),
        ),
        "cloudvolume_path": Operation(
            name="cloudvolume_path",
            method="GET",
            path="/segmentation/api/v1/{table_id}",
            safe=True,
            holes=(("table_id", "table_name"),),
            kind="url",
            scheme="graphene",
        ),
        "get_oldest_timestamp": Operation(
            name="get_oldest_timestamp",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/oldest_timestamp",
            safe=True,
            holes=(("table_id", "table_name"),),
            response=(Arm(decode="json", select=("iso",), cast="datetime"),),
        ),
        "get_root_id": Operation(
            name="get_root_id",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/{supervoxel_id}/root",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="supervoxel_id",
                    type="id",
                    location="path",
                    wire=("supervoxel_id",),
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
                Param(
                    name="stop_layer",
                    type="int",
                    location="query",
                    wire=("stop_layer",),
                    encode="scalar",
                    minimum=1,
                ),
            ),
            response=(Arm(decode="json", select=("root_id",), cast="id"),),
        ),
        "get_roots": Operation(
            name="get_roots",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/roots_binary",
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
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp_or_now",
                ),
                Param(
                    name="stop_layer",
                    type="int",
                    location="query",
                    wire=("stop_layer",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="assert_roots",
                    type="bool",
                    location="query",
                    wire=("assert_roots",),
                    encode="scalar",
                    choices=(True,),
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            body=Body(kind="binary", param="supervoxel_ids", dtype="<u8"),
            response=(Arm(decode="ndarray", dtype="<u8", same_length_as="supervoxel_ids"),),
            items=(ItemLimit(param="supervoxel_ids", max=100000, on_exceed="split", merge="concat"),),
        ),
        "get_roots_json": Operation(
            name="get_roots_json",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/roots",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="node_ids",
                    type="id_array",
                    location="body",
                    wire=("node_ids",),
                    encode="native",
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
                Param(
                    name="stop_layer",
                    type="int",
                    location="query",
                    wire=("stop_layer",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="assert_roots",
                    type="bool",
                    location="query",
                    wire=("assert_roots",),
                    encode="scalar",
                    choices=(True,),
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json", select=("root_ids",), cast="id_array", same_length_as="node_ids"),),
            items=(ItemLimit(param="node_ids", max=10000, on_exceed="split", merge="concat"),),
        ),
        "get_minimal_covering_nodes": Operation(
            name="get_minimal_covering_nodes",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/minimal_covering_nodes",
            safe=True,
            holes=(("table_id", "table_name"),),
            server=("<3,>=2.18.0", ">=3.0.5"),
            server_message="Covering nodes need PyChunkedGraph 2.18.0, or 3.0.5 on the third line.",
            params=(
                Param(
                    name="node_ids",
                    type="id_array",
                    location="body",
                    wire=("node_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
                Param(
                    name="as_array",
                    type="bool",
                    location="query",
                    wire=("as_array",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
            ),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
        "get_children": Operation(
            name="get_children",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/{root_id}/children",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="node_id",
                    type="id",
                    location="path",
                    wire=("root_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json", select=("children_ids",), cast="id_array"),),
        ),
        "get_leaves": Operation(
            name="get_leaves",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/{root_id}/leaves",
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
                Param(
                    name="stop_layer",
                    type="int",
                    location="query",
                    wire=("stop_layer",),
                    encode="scalar",
                    minimum=1,
                ),
            ),
            response=(Arm(decode="json", select=("leaf_ids",), cast="id_array"),),
        ),
        "get_leaves_many": Operation(
            name="get_leaves_many",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/node/leaves_many",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("node_ids",),
                    encode="native",
                    required=True,
                ),
                Param(name="bounds", type="bounds", location="query", wire=("bounds",), encode="bounds_str"),
                Param(
                    name="stop_layer",
                    type="int",
                    location="query",
                    wire=("stop_layer",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json", cast="id_array_map"),),
            items=(ItemLimit(param="root_ids", max=50, on_exceed="split", merge="dict_union"),),
        ),
        "get_l2_chunk_children": Operation(
            name="get_l2_chunk_children",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/l2_chunk_children_binary/{chunk_id}",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="chunk_id",
                    type="id",
                    location="path",
                    wire=("chunk_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
                Param(
                    name="as_array",
                    type="bool",
                    location="query",
                    wire=("as_array",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
            ),
            response=(Arm(decode="ndarray", dtype="<u8"),),
        ),
        "get_l2_chunk_children_json": Operation(
            name="get_l2_chunk_children_json",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/l2_chunk_children/{chunk_id}",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="chunk_id",
                    type="id",
                    location="path",
                    wire=("chunk_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
                Param(
                    name="as_array",
                    type="bool",
                    location="query",
                    wire=("as_array",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
            ),
            response=(Arm(decode="json", select=("l2_chunk_children",), cast="id_array"),),
        ),
        "supervoxel_lookup": Operation(
            name="supervoxel_lookup",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/supervoxel_lookup",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="nodes_and_points",
                    type="json",
                    location="body",
                    wire=("nodes_and_points",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            body=Body(kind="json", param="nodes_and_points"),
            response=(Arm(decode="json", cast="id_array"),),
            items=(ItemLimit(param="nodes_and_points", max=1000, on_exceed="split", merge="concat"),),
        ),
        "get_subgraph": Operation(
            name="get_subgraph",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/{root_id}/subgraph",
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
                Param(
                    name="only_internal_edges",
                    type="bool",
                    location="query",
                    wire=("only_internal_edges",),
                    encode="scalar",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "level2_chunk_graph": Operation(
            name="level2_chunk_graph",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/{root_id}/lvl2_graph",
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
                    name="bounds",
                    type="bounds",
                    location="query",
                    wire=("bounds",),
                    encode="bounds_str",
                    server=(">=2.15.0",),
                ),
            ),
            response=(Arm(decode="json", select=("edge_graph",), headers=(("Used-Bounds", "bool"),)),),
            envelope=True,
        ),
        "find_path": Operation(
            name="find_path",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/graph/find_path",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="ends", type="json", location="body", wire=("ends",), encode="native", required=True
                ),
                Param(
                    name="precision_mode",
                    type="bool",
                    location="query",
                    wire=("precision_mode",),
                    encode="scalar",
                    default=False,
                ),
            ),
            body=Body(kind="json", param="ends"),
            response=(Arm(decode="json"),),
        ),
        "get_contact_sites": Operation(
            name="get_contact_sites",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/{root_id}/contact_sites",
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
                    name="bounds",
                    type="bounds",
                    location="query",
                    wire=("bounds",),
                    encode="bounds_str",
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
        "get_pairwise_contact_sites": Operation(
            name="get_pairwise_contact_sites",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/node/contact_sites_pair/{root_id_1}/{root_id_2}",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_id_1",
                    type="id",
                    location="path",
                    wire=("root_id_1",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="root_id_2",
                    type="id",
                    location="path",
                    wire=("root_id_2",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="exact_location",
                    type="bool",
                    location="query",
                    wire=("exact_location",),
                    encode="scalar",
                ),
            ),
            response=(Arm(decode="json"),),
            deprecated=Deprecation(
                since="2.0.0",
                message="No PyChunkedGraph 2 server can compute contact sites: every call fails.",
            ),
        ),
        "get_mesh_manifest": Operation(
            name="get_mesh_manifest",
            method="GET",
            path="/meshing/api/v1/table/{table_id}/manifest/{node_id}:0",
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
        "remesh_level2_chunks": Operation(
            name="remesh_level2_chunks",
            method="POST",
            path="/meshing/api/v1/table/{table_id}/remeshing",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="chunk_ids",
                    type="id_array",
                    location="body",
                    wire=("new_lvl2_ids",),
                    encode="native",
                    required=True,
                ),
                Param(name="priority", type="bool", location="query", wire=("priority",), encode="scalar"),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="none"),),
            items=(ItemLimit(param="chunk_ids", max=1000, on_exceed="split", merge="concat"),),
        ),
        "do_merge": Operation(
            name="do_merge",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/merge",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="Ask get_roots for the supervoxels: one root for all of them means that the merge happened.",
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
                Param(
                    name="priority",
                    type="bool",
                    location="query",
                    wire=("priority",),
                    encode="scalar",
                    default=False,
                ),
                Param(name="remesh", type="bool", location="query", wire=("remesh",), encode="scalar"),
                Param(
                    name="chebyshev_distance",
                    type="int",
                    location="query",
                    wire=("chebyshev_distance",),
                    encode="scalar",
                    minimum=1,
                ),
            ),
            body=Body(kind="json", param="points"),
            response=(Arm(decode="json"),),
        ),
        "do_merge_admin": Operation(
            name="do_merge_admin",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/merge_admin",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="Ask get_roots for the supervoxels: one root for all of them means that the merge happened.",
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
                Param(
                    name="priority",
                    type="bool",
                    location="query",
                    wire=("priority",),
                    encode="scalar",
                    default=False,
                ),
                Param(name="remesh", type="bool", location="query", wire=("remesh",), encode="scalar"),
                Param(
                    name="chebyshev_distance",
                    type="int",
                    location="query",
                    wire=("chebyshev_distance",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="allow_same_segment_merge",
                    type="bool",
                    location="query",
                    wire=("allow_same_segment_merge",),
                    encode="scalar",
                ),
            ),
            body=Body(kind="json", param="points"),
            response=(Arm(decode="json"),),
        ),
        "execute_split": Operation(
            name="execute_split",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/split",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="Ask is_latest_roots for the root: false means that it was edited; get_tabular_change_log_recent or get_tabular_change_log names the edit.",
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
                Param(
                    name="priority",
                    type="bool",
                    location="query",
                    wire=("priority",),
                    encode="scalar",
                    default=False,
                ),
                Param(name="remesh", type="bool", location="query", wire=("remesh",), encode="scalar"),
                Param(name="mincut", type="bool", location="query", wire=("mincut",), encode="scalar"),
            ),
            response=(Arm(decode="json"),),
        ),
        "preview_split": Operation(
            name="preview_split",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/graph/split_preview",
            safe=True,
            holes=(("table_id", "table_name"),),
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
            response=(Arm(decode="json"),),
        ),
        "undo_operation": Operation(
            name="undo_operation",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/undo",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="List the newest edits with get_tabular_change_log_recent, or with get_tabular_change_log of a root concerned, and look them up with get_operation_details: the one that undid this edit has its number as undo_operation_id.",
            timeout=300,
            params=(
                Param(
                    name="operation_id",
                    type="int",
                    location="body",
                    wire=("operation_id",),
                    encode="native",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="priority",
                    type="bool",
                    location="query",
                    wire=("priority",),
                    encode="scalar",
                    default=False,
                ),
                Param(name="remesh", type="bool", location="query", wire=("remesh",), encode="scalar"),
            ),
            response=(Arm(decode="json"),),
        ),
        "redo_operation": Operation(
            name="redo_operation",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/redo",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="List the newest edits with get_tabular_change_log_recent, or with get_tabular_change_log of a root concerned, and look them up with get_operation_details: the one that repeated this edit has its number as redo_operation_id.",
            timeout=300,
            params=(
                Param(
                    name="operation_id",
                    type="int",
                    location="body",
                    wire=("operation_id",),
                    encode="native",
                    required=True,
                    minimum=0,
                ),
                Param(
                    name="priority",
                    type="bool",
                    location="query",
                    wire=("priority",),
                    encode="scalar",
                    default=False,
                ),
                Param(name="remesh", type="bool", location="query", wire=("remesh",), encode="scalar"),
            ),
            response=(Arm(decode="json"),),
        ),
        "rollback_user": Operation(
            name="rollback_user",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/rollback_user",
            safe=False,
            holes=(("table_id", "table_name"),),
            check="Ask get_user_operations for that user and stretch of time, without the edits that were undone: those still listed were not rolled back.",
            timeout=900,
            params=(
                Param(
                    name="user_id",
                    type="id",
                    location="query",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="start_time",
                    type="datetime",
                    location="query",
                    wire=("start_time",),
                    encode="epoch_seconds",
                    required=True,
                ),
                Param(
                    name="end_time",
                    type="datetime",
                    location="query",
                    wire=("end_time",),
                    encode="epoch_seconds",
                    required=True,
                ),
                Param(
                    name="skip_operation_ids",
                    type="int_array",
                    location="query",
                    wire=("skip_operation_ids",),
                    encode="json_list",
                ),
                Param(
                    name="priority",
                    type="bool",
                    location="query",
                    wire=("priority",),
                    encode="scalar",
                    default=False,
                ),
                Param(name="remesh", type="bool", location="query", wire=("remesh",), encode="scalar"),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="skip_operation_ids", max=200, on_exceed="error"),),
        ),
        "get_merge_log": Operation(
            name="get_merge_log",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/root/{root_id}/merge_log",
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
            path="/segmentation/api/v1/table/{table_id}/root/{root_id}/change_log",
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
                    name="filtered",
                    type="bool",
                    location="query",
                    wire=("filtered",),
                    encode="scalar",
                    default=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_full_change_log": Operation(
            name="get_full_change_log",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/change_log",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=900,
            response=(Arm(decode="text"),),
        ),
        "get_tabular_change_log": Operation(
            name="get_tabular_change_log",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/tabular_change_log_many",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="filtered",
                    type="bool",
                    location="query",
                    wire=("filtered",),
                    encode="scalar",
                    default=True,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json", map_keys="int"),),
            items=(ItemLimit(param="root_ids", max=20, on_exceed="split", merge="dict_union"),),
        ),
        "get_root_tabular_change_log": Operation(
            name="get_root_tabular_change_log",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/root/{root_id}/tabular_change_log",
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
                    name="filtered",
                    type="bool",
                    location="query",
                    wire=("filtered",),
                    encode="scalar",
                    default=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_tabular_change_log_recent": Operation(
            name="get_tabular_change_log_recent",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/tabular_change_log_recent",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=900,
            params=(
                Param(
                    name="timestamp_start",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                ),
                Param(
                    name="timestamp_end",
                    type="datetime",
                    location="query",
                    wire=("timestamp_end",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_user_operations": Operation(
            name="get_user_operations",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/user_operations",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="user_id",
                    type="id",
                    location="query",
                    wire=("user_id",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="start_time",
                    type="datetime",
                    location="query",
                    wire=("start_time",),
                    encode="epoch_seconds",
                    required=True,
                ),
                Param(
                    name="end_time",
                    type="datetime",
                    location="query",
                    wire=("end_time",),
                    encode="epoch_seconds",
                    client_default="timestamp_or_now",
                ),
                Param(
                    name="include_undone",
                    type="bool",
                    location="query",
                    wire=("include_undone",),
                    encode="scalar",
                    default=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_operation_details": Operation(
            name="get_operation_details",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/operation_details",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="operation_ids",
                    type="int_array",
                    location="query",
                    wire=("operation_ids",),
                    encode="json_list",
                    required=True,
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="operation_ids", max=200, on_exceed="split", merge="dict_union"),),
        ),
        "get_lineage_graph": Operation(
            name="get_lineage_graph",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/lineage_graph_multiple",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="timestamp_past",
                    type="datetime",
                    location="query",
                    wire=("timestamp_past",),
                    encode="epoch_seconds",
                ),
                Param(
                    name="timestamp_future",
                    type="datetime",
                    location="query",
                    wire=("timestamp_future",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="root_ids", max=100, on_exceed="split", merge="graph_union"),),
        ),
        "get_root_lineage_graph": Operation(
            name="get_root_lineage_graph",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/root/{root_id}/lineage_graph",
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
                    name="timestamp_past",
                    type="datetime",
                    location="query",
                    wire=("timestamp_past",),
                    encode="epoch_seconds",
                ),
                Param(
                    name="timestamp_future",
                    type="datetime",
                    location="query",
                    wire=("timestamp_future",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_past_ids": Operation(
            name="get_past_ids",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/past_id_mapping",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("root_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="timestamp_past",
                    type="datetime",
                    location="query",
                    wire=("timestamp_past",),
                    encode="epoch_seconds",
                ),
                Param(
                    name="timestamp_future",
                    type="datetime",
                    location="query",
                    wire=("timestamp_future",),
                    encode="epoch_seconds",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="root_ids", max=500, on_exceed="split", merge="map_union"),),
        ),
        "get_delta_roots": Operation(
            name="get_delta_roots",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/delta_roots",
            safe=True,
            holes=(("table_id", "table_name"),),
            timeout=300,
            params=(
                Param(
                    name="timestamp_past",
                    type="datetime",
                    location="query",
                    wire=("timestamp_past",),
                    encode="epoch_seconds",
                    required=True,
                ),
                Param(
                    name="timestamp_future",
                    type="datetime",
                    location="query",
                    wire=("timestamp_future",),
                    encode="epoch_seconds",
                    client_default="timestamp_or_now",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "is_latest_roots": Operation(
            name="is_latest_roots",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/is_latest_roots",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("node_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(
                Arm(decode="json", select=("is_latest",), cast="bool_array", same_length_as="root_ids"),
            ),
            items=(ItemLimit(param="root_ids", max=50000, on_exceed="split", merge="concat"),),
        ),
        "is_valid_nodes": Operation(
            name="is_valid_nodes",
            method="GET",
            path="/segmentation/api/v1/table/{table_id}/valid_nodes",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="node_ids",
                    type="id_array",
                    location="body",
                    wire=("node_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="start_timestamp",
                    type="datetime",
                    location="query",
                    wire=("start_timestamp",),
                    encode="epoch_seconds",
                    default="2000-01-01T00:00:00Z",
                ),
                Param(
                    name="end_timestamp",
                    type="datetime",
                    location="query",
                    wire=("end_timestamp",),
                    encode="epoch_seconds",
                    client_default="timestamp",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json", select=("valid_roots",), cast="id_array"),),
            items=(ItemLimit(param="node_ids", max=10000, on_exceed="split", merge="concat"),),
        ),
        "get_root_timestamps": Operation(
            name="get_root_timestamps",
            method="POST",
            path="/segmentation/api/v1/table/{table_id}/root_timestamps",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="root_ids",
                    type="id_array",
                    location="body",
                    wire=("node_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="latest",
                    type="bool",
                    location="query",
                    wire=("latest",),
                    encode="scalar",
                    server=("<2,>=1.25.0", "<3,>=2.17.0", ">=3.0.4"),
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="query",
                    wire=("timestamp",),
                    encode="epoch_seconds",
                    server=("<2,>=1.25.0", "<3,>=2.17.0", ">=3.0.4"),
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(
                Arm(decode="json", select=("timestamp",), cast="datetime_array", same_length_as="root_ids"),
            ),
            items=(ItemLimit(param="root_ids", max=50000, on_exceed="split", merge="concat"),),
        ),
    }

    @property
    def segmentation_info(self) -> dict[str, Any]:
        """Metadata of the segmentation.

        Voxel resolution and size under `scales`, layers and chunks of the graph under `graph`. Kept for an
        hour.

        Returns
        -------
        dict[str, Any]
            Neuroglancer's `info` document with what the graph adds to it.

        Notes
        -----
        Answers are reused for 3600 s.

        Examples
        --------
        >>> answer = client.chunkedgraph.segmentation_info
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

        Examples
        --------
        >>> client.chunkedgraph.cloudvolume_path
        'graphene://https://cave.example/segmentation/api/v1/testpcg'
        """
        answer: str = self._call("cloudvolume_path")
        return answer

    def get_oldest_timestamp(self) -> datetime:
        """Moment from which on the graph can be queried.

        Returns
        -------
        datetime
            Half a second before the first edit.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_oldest_timestamp()
        """
        answer: datetime = self._call("get_oldest_timestamp")
        return answer

    def _get_root_id(
        self, supervoxel_id: IdLike, timestamp: TimeLike | None = None, stop_layer: int | None = None
    ) -> int:
        """Look up the root of one node.

        Parameters
        ----------
        supervoxel_id : int, supervoxel id
            Supervoxel or any other node.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment, or the moment of the call.
        stop_layer : int, layer, optional
            Layer to stop at instead of the root's. At least 1.

        Returns
        -------
        int
            The root, or the node of `stop_layer`.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: int = self._call(
            "get_root_id", supervoxel_id=supervoxel_id, timestamp=timestamp, stop_layer=stop_layer
        )
        return answer

    def get_roots(
        self,
        supervoxel_ids: IdsLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        *,
        assert_roots: bool | None = None,
        progress: bool | None = None,
    ) -> IdArray:
        """Look up the roots of many supervoxels at one moment.

        A node that had no root at that moment is answered with 0, as is 0 itself.

        Parameters
        ----------
        supervoxel_ids : array of supervoxel ids, shape (n,)
            Supervoxels or other nodes to look up.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment, or the moment of the call.
        stop_layer : int, layer, optional
            Layer to stop at instead of the roots'. At least 1.
        assert_roots : bool, optional
            True: have the server fail where a node has no root at that moment, instead of answering 0. Left
            out: the server takes False. One of True.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        ndarray of int64
            Root of each node, in the order of the nodes.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 100000 `supervoxel_ids` are sent in several requests.

        Examples
        --------
        >>> client.chunkedgraph.get_roots([1, 2], timestamp="2024-01-02T03:04:05Z", stop_layer=2)
        array([10, 11])
        """
        answer: IdArray = self._call(
            "get_roots",
            supervoxel_ids=supervoxel_ids,
            timestamp=timestamp,
            stop_layer=stop_layer,
            assert_roots=assert_roots,
            progress=progress,
        )
        return answer

    def get_roots_json(
        self,
        node_ids: IdsLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        *,
        assert_roots: bool | None = None,
        progress: bool | None = None,
    ) -> IdArray:
        """Look up the roots of many nodes, sent and answered as text.

        The same as `get_roots`, for the rare server or proxy that spoils binary bodies.

        Parameters
        ----------
        node_ids : array of node ids, shape (n,)
            Nodes to look up.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment, or the moment of the call.
        stop_layer : int, layer, optional
            Layer to stop at instead of the roots'. At least 1.
        assert_roots : bool, optional
            True: have the server fail where a node has no root at that moment, instead of answering 0. Left
            out: the server takes False. One of True.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        ndarray of int64
            Root of each node, in the order of the nodes.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 10000 `node_ids` are sent in several requests.

        Examples
        --------
        >>> client.chunkedgraph.get_roots_json(
        ...     [72057594037927937, 72057800263467009],
        ...     timestamp="2024-01-02T03:04:05Z",
        ... )
        array([288230376151712144, 288230376151711751])
        """
        answer: IdArray = self._call(
            "get_roots_json",
            node_ids=node_ids,
            timestamp=timestamp,
            stop_layer=stop_layer,
            assert_roots=assert_roots,
            progress=progress,
        )
        return answer

    def get_minimal_covering_nodes(self, node_ids: IdsLike, *, timestamp: TimeLike | None = None) -> IdArray:
        """Find the smallest set of nodes that covers exactly the given ones.

        Parameters
        ----------
        node_ids : array of node ids, shape (n,)
            Nodes to cover.
        timestamp : datetime, str or float, optional
            Moment at which the covering nodes have to exist. Left out: the client's moment; None when it
            follows the present.

        Returns
        -------
        ndarray of int64
            The covering nodes.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.

        Notes
        -----
        Needs server <3,>=2.18.0 or >=3.0.5.

        Examples
        --------
        >>> client.chunkedgraph.get_minimal_covering_nodes([144115188075855873, 144185556820033539])
        array([216172782113783814])
        """
        answer: IdArray = self._call("get_minimal_covering_nodes", node_ids=node_ids, timestamp=timestamp)
        return answer

    def get_children(self, node_id: IdLike) -> IdArray:
        """List the children of a node, one layer down.

        A supervoxel has none.

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

        Examples
        --------
        >>> client.chunkedgraph.get_children(288230376151712180)
        array([216172782113783814])
        """
        answer: IdArray = self._call("get_children", node_id=node_id)
        return answer

    def get_leaves(
        self, root_id: IdLike, bounds: BoundsLike | None = None, stop_layer: int | None = None
    ) -> IdArray:
        """List the supervoxels of an object.

        A well-formed id that no node has is answered with no leaves.

        Parameters
        ----------
        root_id : int, root id
            Root or any other node.
        bounds : array of int, shape (3, 2), in voxels, optional
            Box to look in, in voxels of the base resolution.
        stop_layer : int, layer, optional
            Layer of the nodes to list: 2 for level 2 ids. Left out: the server takes 1. At least 1.

        Returns
        -------
        ndarray of int64
            Supervoxels, or nodes of `stop_layer`.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> client.chunkedgraph.get_leaves(288230376151712180)
        array([72057594037927937, 72057594037927938, 72127962782105601])
        """
        answer: IdArray = self._call("get_leaves", root_id=root_id, bounds=bounds, stop_layer=stop_layer)
        return answer

    def get_leaves_many(
        self,
        root_ids: IdsLike,
        bounds: BoundsLike | None = None,
        stop_layer: int | None = None,
        *,
        progress: bool | None = None,
    ) -> dict[int, IdArray]:
        """List the supervoxels of many objects in one request.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            Roots or other nodes.
        bounds : array of int, shape (3, 2), in voxels, optional
            Box to look in, in voxels of the base resolution.
        stop_layer : int, layer, optional
            Layer of the nodes to list: 2 for level 2 ids. Left out: the server takes 1. At least 1.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict[int, IdArray]
            Supervoxels, or nodes of `stop_layer`, by root id.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 50 `root_ids` are sent in several requests.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_leaves_many(
        ...     [288230376151712180, 288230376151712110],
        ...     stop_layer=2,
        ... )
        """
        answer: dict[int, IdArray] = self._call(
            "get_leaves_many", root_ids=root_ids, bounds=bounds, stop_layer=stop_layer, progress=progress
        )
        return answer

    def _get_l2_chunk_children(self, chunk_id: IdLike, timestamp: TimeLike | None = None) -> IdArray:
        """List the level 2 nodes of a chunk and their supervoxels.

        Parameters
        ----------
        chunk_id : int, chunk id
            Chunk: the id of a level 2 node with the node's own number set to 0.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment; None when it follows the present.

        Returns
        -------
        ndarray of int64
            Level 2 id and supervoxel id by turns.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: IdArray = self._call("get_l2_chunk_children", chunk_id=chunk_id, timestamp=timestamp)
        return answer

    def get_l2_chunk_children_json(self, chunk_id: IdLike, timestamp: TimeLike | None = None) -> IdArray:
        """List the level 2 nodes of a chunk and their supervoxels, answered as text.

        The same as `get_l2_chunk_children`, for the rare proxy that spoils binary bodies.

        Parameters
        ----------
        chunk_id : int, chunk id
            Chunk: the id of a level 2 node with the node's own number set to 0.
        timestamp : datetime, str or float, optional
            Moment to look up. Left out: the client's moment; None when it follows the present.

        Returns
        -------
        ndarray of int64
            Level 2 id and supervoxel id by turns.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_l2_chunk_children_json(144115188075855872)
        """
        answer: IdArray = self._call("get_l2_chunk_children_json", chunk_id=chunk_id, timestamp=timestamp)
        return answer

    def _supervoxel_lookup(self, nodes_and_points: JSON, *, progress: bool | None = None) -> IdArray:
        """Find the supervoxel of each node that is nearest to a point.

        For administrators of the segmentation only.

        Parameters
        ----------
        nodes_and_points : JSON value, in nm
            Rows of node id, x, y, z, in nm.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        ndarray of int64
            Supervoxel of each row, in the order of the rows.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 1000 `nodes_and_points` are sent in several requests.
        """
        answer: IdArray = self._call(
            "supervoxel_lookup", nodes_and_points=nodes_and_points, progress=progress
        )
        return answer

    def _get_subgraph(
        self, root_id: IdLike, bounds: BoundsLike | None = None, only_internal_edges: bool | None = None
    ) -> Subgraph:
        """Edges between the supervoxels of an object, in a box.

        Parameters
        ----------
        root_id : int, root id
            Root or any other node.
        bounds : array of int, shape (3, 2), in voxels, optional
            Box to look in, in voxels of the base resolution.
        only_internal_edges : bool, optional
            Leave out edges that lead out of the object. Left out: the server takes True.

        Returns
        -------
        Subgraph
            The edges.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: Subgraph = self._call(
            "get_subgraph", root_id=root_id, bounds=bounds, only_internal_edges=only_internal_edges
        )
        return answer

    def _level2_chunk_graph(
        self, root_id: IdLike, bounds: BoundsLike | None = None
    ) -> Answer[list[list[int]]]:
        """Graph of an object's level 2 nodes, the smallest pieces above supervoxels.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        bounds : array of int, shape (3, 2), in voxels, optional
            Box to look in, in voxels of the base resolution. Needs server >=2.15.0.

        Returns
        -------
        Answer[list[list[int]]]
            Pairs of level 2 ids.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        """
        answer: Answer[list[list[int]]] = self._call("level2_chunk_graph", root_id=root_id, bounds=bounds)
        return answer

    def _find_path(self, ends: JSON, precision_mode: bool = False) -> PathBetweenPoints:
        """Find a way between two points of an object, through its level 2 graph.

        Parameters
        ----------
        ends : JSON value, in nm
            Two rows of root id, x, y, z, in nm.
        precision_mode : bool, default False
            Compute the points along the way from the supervoxels instead of taking those of the chunks.
            Slow.

        Returns
        -------
        PathBetweenPoints
            The way.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: PathBetweenPoints = self._call("find_path", ends=ends, precision_mode=precision_mode)
        return answer

    def get_contact_sites(
        self, root_id: IdLike, bounds: BoundsLike, calc_partners: bool = False
    ) -> dict[int, Any]:
        """Where an object touches others.

        .. deprecated:: 2.0.0
            No PyChunkedGraph 2 server can compute contact sites: every call fails.

        No server can compute it any more; every call is answered with an error.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        bounds : array of int, shape (3, 2), in voxels
            Box to look in, in voxels of the base resolution.
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
        """
        answer: dict[int, Any] = self._call(
            "get_contact_sites", root_id=root_id, bounds=bounds, calc_partners=calc_partners
        )
        return answer

    def get_pairwise_contact_sites(
        self, root_id_1: IdLike, root_id_2: IdLike, *, exact_location: bool | None = None
    ) -> Any:
        """Where two objects touch each other.

        .. deprecated:: 2.0.0
            No PyChunkedGraph 2 server can compute contact sites: every call fails.

        No server can compute it any more; every call is answered with an error.

        Parameters
        ----------
        root_id_1 : int, root id
            Root of one object.
        root_id_2 : int, root id
            Root of the other.
        exact_location : bool, optional
            Compute where the contacts are. Left out: the server takes True.

        Returns
        -------
        Any
            The contacts.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        return self._call(
            "get_pairwise_contact_sites",
            root_id_1=root_id_1,
            root_id_2=root_id_2,
            exact_location=exact_location,
        )

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

        Examples
        --------
        >>> client.chunkedgraph.get_mesh_manifest(288230376151711751, verify=True)
        {'fragments': ['~144256131789750273:2:0:144256131789750273-0.shard:0']}
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

    def remesh_level2_chunks(
        self, chunk_ids: IdsLike, *, priority: bool | None = None, progress: bool | None = None
    ) -> None:
        """Ask for new meshes of level 2 nodes.

        The meshes are computed later; the call does not wait for them.

        Parameters
        ----------
        chunk_ids : array of node ids, shape (n,)
            Level 2 nodes.
        priority : bool, optional
            Put them at the head of the queue. Left out: the server takes True.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 1000 `chunk_ids` are sent in several requests.

        Examples
        --------
        >>> client.chunkedgraph.remesh_level2_chunks([144115188075855873])
        """
        self._call("remesh_level2_chunks", chunk_ids=chunk_ids, priority=priority, progress=progress)

    def _do_merge(
        self,
        points: JSON,
        *,
        priority: bool = False,
        remesh: bool | None = None,
        chebyshev_distance: int | None = None,
    ) -> OperationResult:
        """Merge the objects of two supervoxels.

        Parameters
        ----------
        points : JSON value, in nm
            Two rows of supervoxel id, x, y, z, in nm.
        priority : bool, default False
            Put the new meshes at the head of the queue, before those of people who are proofreading.
        remesh : bool, optional
            Compute meshes for what the edit changed. Left out: the server takes True.
        chebyshev_distance : int, optional
            Most chunks between the points. Left out: the server takes 3. At least 1.

        Returns
        -------
        OperationResult
            The operation and the roots that it made.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_roots for the supervoxels: one root for
            all of them means that the merge happened.
        """
        answer: OperationResult = self._call(
            "do_merge", points=points, priority=priority, remesh=remesh, chebyshev_distance=chebyshev_distance
        )
        return answer

    def _do_merge_admin(
        self,
        points: JSON,
        *,
        priority: bool = False,
        remesh: bool | None = None,
        chebyshev_distance: int | None = None,
        allow_same_segment_merge: bool | None = None,
    ) -> OperationResult:
        """Merge with the checks relaxed that protect proofreaders.

        For administrators of the segmentation only.

        Parameters
        ----------
        points : JSON value, in nm
            Two rows of supervoxel id, x, y, z, in nm.
        priority : bool, default False
            Put the new meshes at the head of the queue, before those of people who are proofreading.
        remesh : bool, optional
            Compute meshes for what the edit changed. Left out: the server takes True.
        chebyshev_distance : int, optional
            Most chunks between the points. Left out: the server takes 3. At least 1.
        allow_same_segment_merge : bool, optional
            Add an edge inside one object. Left out: the server takes False.

        Returns
        -------
        OperationResult
            The operation and the roots that it made.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_roots for the supervoxels: one root for
            all of them means that the merge happened.
        """
        answer: OperationResult = self._call(
            "do_merge_admin",
            points=points,
            priority=priority,
            remesh=remesh,
            chebyshev_distance=chebyshev_distance,
            allow_same_segment_merge=allow_same_segment_merge,
        )
        return answer

    def _execute_split(
        self,
        sources: JSON,
        sinks: JSON,
        *,
        priority: bool = False,
        remesh: bool | None = None,
        mincut: bool | None = None,
    ) -> OperationResult:
        """Split an object between source and sink points.

        Parameters
        ----------
        sources : JSON value, in nm
            Rows of node id, x, y, z, in nm.
        sinks : JSON value, in nm
            Rows of node id, x, y, z, in nm.
        priority : bool, default False
            Put the new meshes at the head of the queue, before those of people who are proofreading.
        remesh : bool, optional
            Compute meshes for what the edit changed. Left out: the server takes True.
        mincut : bool, optional
            Search for the best cut. False: cut only edges between the given supervoxels. Left out: the
            server takes True.

        Returns
        -------
        OperationResult
            The operation and the roots that it made.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask is_latest_roots for the root: false means that
            it was edited; get_tabular_change_log_recent or get_tabular_change_log names the edit.
        """
        answer: OperationResult = self._call(
            "execute_split", sources=sources, sinks=sinks, priority=priority, remesh=remesh, mincut=mincut
        )
        return answer

    def _preview_split(self, sources: JSON, sinks: JSON) -> SplitPreview:
        """Compute a split without doing it.

        Parameters
        ----------
        sources : JSON value, in nm
            Rows of node id, x, y, z, in nm.
        sinks : JSON value, in nm
            Rows of node id, x, y, z, in nm.

        Returns
        -------
        SplitPreview
            The parts that the split would make.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: SplitPreview = self._call("preview_split", sources=sources, sinks=sinks)
        return answer

    def undo_operation(
        self, operation_id: int, *, priority: bool = False, remesh: bool | None = None
    ) -> OperationResult:
        """Undo an edit.

        Undoing is an edit of its own, with its own entry in the operation log.

        Parameters
        ----------
        operation_id : int, operation id
            Entry of the edit in the operation log. At least 0.
        priority : bool, default False
            Put the new meshes at the head of the queue, before those of people who are proofreading.
        remesh : bool, optional
            Compute meshes for what the edit changed. Left out: the server takes True.

        Returns
        -------
        OperationResult
            The new operation and the roots that it made.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. List the newest edits with
            get_tabular_change_log_recent, or with get_tabular_change_log of a root concerned, and look them
            up with get_operation_details: the one that undid this edit has its number as undo_operation_id.

        Examples
        --------
        >>> client.chunkedgraph.undo_operation(2)
        {'new_root_ids': [288230376151712051], 'operation_id': 6}
        """
        answer: OperationResult = self._call(
            "undo_operation", operation_id=operation_id, priority=priority, remesh=remesh
        )
        return answer

    def redo_operation(
        self, operation_id: int, *, priority: bool = False, remesh: bool | None = None
    ) -> OperationResult:
        """Do an edit again that was undone.

        Parameters
        ----------
        operation_id : int, operation id
            Entry of the original edit in the operation log. At least 0.
        priority : bool, default False
            Put the new meshes at the head of the queue, before those of people who are proofreading.
        remesh : bool, optional
            Compute meshes for what the edit changed. Left out: the server takes True.

        Returns
        -------
        OperationResult
            The new operation and the roots that it made.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. List the newest edits with
            get_tabular_change_log_recent, or with get_tabular_change_log of a root concerned, and look them
            up with get_operation_details: the one that repeated this edit has its number as
            redo_operation_id.

        Examples
        --------
        >>> client.chunkedgraph.redo_operation(4)
        {'new_root_ids': [288230376151712094], 'operation_id': 10}
        """
        answer: OperationResult = self._call(
            "redo_operation", operation_id=operation_id, priority=priority, remesh=remesh
        )
        return answer

    def rollback_user(
        self,
        user_id: IdLike,
        start_time: TimeLike,
        end_time: TimeLike,
        *,
        skip_operation_ids: IntsLike | None = None,
        priority: bool = False,
        remesh: bool | None = None,
    ) -> RolledBack:
        """Undo all edits of one user in a stretch of time.

        For administrators of the whole deployment only.

        Parameters
        ----------
        user_id : int, user id
            Whose edits to undo.
        start_time : datetime, str or float
            Undo edits from this moment on.
        end_time : datetime, str or float
            Undo edits up to this moment.
        skip_operation_ids : array of int, shape (n,), optional
            Edits to leave alone.
        priority : bool, default False
            Put the new meshes at the head of the queue, before those of people who are proofreading.
        remesh : bool, optional
            Compute meshes for what the edit changed. Left out: the server takes True.

        Returns
        -------
        RolledBack
            What was undone.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Ask get_user_operations for that user and stretch
            of time, without the edits that were undone: those still listed were not rolled back.

        Notes
        -----
        At most 200 `skip_operation_ids`.

        Examples
        --------
        >>> client.chunkedgraph.rollback_user(
        ...     5,
        ...     "2024-01-01",
        ...     "2024-01-02T03:04:05Z",
        ...     skip_operation_ids=[7, 9],
        ... )
        {'operation_id': [8], 'timestamp': ['2024-01-01 05:00:00+00:00']}
        """
        answer: RolledBack = self._call(
            "rollback_user",
            user_id=user_id,
            start_time=start_time,
            end_time=end_time,
            skip_operation_ids=skip_operation_ids,
            priority=priority,
            remesh=remesh,
        )
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

        Examples
        --------
        >>> answer = client.chunkedgraph.get_merge_log(288230376151712174)
        """
        answer: MergeLog = self._call("get_merge_log", root_id=root_id)
        return answer

    def get_change_log(self, root_id: IdLike, filtered: bool = True) -> ChangeLog:
        """Count and list the edits that made an object.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        filtered : bool, default True
            Leave out edits of parts that were split off later and are in other objects now.

        Returns
        -------
        ChangeLog
            The edits.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_change_log(288230376151712180)
        """
        answer: ChangeLog = self._call("get_change_log", root_id=root_id, filtered=filtered)
        return answer

    def get_full_change_log(self) -> str:
        """All edits of the segmentation as CSV text.

        For administrators of the whole deployment only. Columns: user_id, action, root_ids, timestamp.

        Returns
        -------
        str
            CSV text with a header line.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_full_change_log()
        """
        answer: str = self._call("get_full_change_log")
        return answer

    def _get_tabular_change_log(
        self, root_ids: IdsLike, filtered: bool = True, *, progress: bool | None = None
    ) -> dict[int, str]:
        """Tables of the edits that made each of several objects.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            Roots of the objects.
        filtered : bool, default True
            Leave out edits of parts that were split off later and are in other objects now.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict[int, str]
            One JSON text per root.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 20 `root_ids` are sent in several requests.
        """
        answer: dict[int, str] = self._call(
            "get_tabular_change_log", root_ids=root_ids, filtered=filtered, progress=progress
        )
        return answer

    def _get_root_tabular_change_log(
        self, root_id: IdLike, filtered: bool = True
    ) -> dict[str, dict[str, Any]]:
        """Table of the edits that made one object.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        filtered : bool, default True
            Leave out edits of parts that were split off later and are in other objects now.

        Returns
        -------
        dict[str, dict[str, Any]]
            Column -> row -> value.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: dict[str, dict[str, Any]] = self._call(
            "get_root_tabular_change_log", root_id=root_id, filtered=filtered
        )
        return answer

    def _get_tabular_change_log_recent(
        self, timestamp_start: TimeLike | None = None, timestamp_end: TimeLike | None = None
    ) -> dict[str, dict[str, Any]]:
        """Table of all edits of the segmentation in a stretch of time.

        For administrators, and for those who may see everybody's edits.

        Parameters
        ----------
        timestamp_start : datetime, str or float, optional
            Edits from this moment on. Left out: the server takes 0.
        timestamp_end : datetime, str or float, optional
            Edits up to this moment. Left out: the client's moment; None when it follows the present.

        Returns
        -------
        dict[str, dict[str, Any]]
            Column -> row -> value.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: dict[str, dict[str, Any]] = self._call(
            "get_tabular_change_log_recent", timestamp_start=timestamp_start, timestamp_end=timestamp_end
        )
        return answer

    def _get_user_operations(
        self,
        user_id: IdLike,
        start_time: TimeLike,
        end_time: TimeLike | None = None,
        include_undone: bool = True,
    ) -> dict[str, dict[str, Any]]:
        """Table of the edits of one user.

        For administrators, and for those who may see everybody's edits.

        Parameters
        ----------
        user_id : int, user id
            The user; 0 for everybody.
        start_time : datetime, str or float
            Edits from this moment on.
        end_time : datetime, str or float, optional
            Edits up to this moment. Left out: the client's moment, or the moment of the call.
        include_undone : bool, default True
            List edits that were undone too.

        Returns
        -------
        dict[str, dict[str, Any]]
            Column -> row -> value.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: dict[str, dict[str, Any]] = self._call(
            "get_user_operations",
            user_id=user_id,
            start_time=start_time,
            end_time=end_time,
            include_undone=include_undone,
        )
        return answer

    def get_operation_details(
        self, operation_ids: IntsLike, *, progress: bool | None = None
    ) -> dict[str, OperationDetails]:
        """Look up entries of the operation log.

        Parameters
        ----------
        operation_ids : array of int, shape (n,)
            Operations to look up.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict[str, OperationDetails]
            Entries by operation id as text. Coordinates are in voxels.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 200 `operation_ids` are sent in several requests.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_operation_details([1])
        """
        answer: dict[str, OperationDetails] = self._call(
            "get_operation_details", operation_ids=operation_ids, progress=progress
        )
        return answer

    def _get_lineage_graph(
        self,
        root_ids: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        *,
        progress: bool | None = None,
    ) -> LineageGraph:
        """Graph of all roots that an object or several had and got by edits.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            Roots of the objects.
        timestamp_past : datetime, str or float, optional
            How far to go back.
        timestamp_future : datetime, str or float, optional
            How far to go forward. Left out: the client's moment; None when it follows the present.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        LineageGraph
            Roots and edits.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 100 `root_ids` are sent in several requests.
        """
        answer: LineageGraph = self._call(
            "get_lineage_graph",
            root_ids=root_ids,
            timestamp_past=timestamp_past,
            timestamp_future=timestamp_future,
            progress=progress,
        )
        return answer

    def get_root_lineage_graph(
        self,
        root_id: IdLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
    ) -> LineageGraph:
        """Graph of all roots that one object had and got by edits.

        As `get_lineage_graph`, for one root and as the server tells it.

        Parameters
        ----------
        root_id : int, root id
            Root of the object.
        timestamp_past : datetime, str or float, optional
            How far to go back.
        timestamp_future : datetime, str or float, optional
            How far to go forward. Left out: the client's moment; None when it follows the present.

        Returns
        -------
        LineageGraph
            Roots and edits.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Examples
        --------
        >>> answer = client.chunkedgraph.get_root_lineage_graph(288230376151712180)
        """
        answer: LineageGraph = self._call(
            "get_root_lineage_graph",
            root_id=root_id,
            timestamp_past=timestamp_past,
            timestamp_future=timestamp_future,
        )
        return answer

    def _get_past_ids(
        self,
        root_ids: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        *,
        progress: bool | None = None,
    ) -> PastIdMaps:
        """Map roots to the roots that were parts of them earlier.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            Roots to map.
        timestamp_past : datetime, str or float, optional
            The earlier moment. Left out: the server takes 0.
        timestamp_future : datetime, str or float, optional
            The later moment. Servers take the present whatever is said here.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        PastIdMaps
            Past and present roots.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 500 `root_ids` are sent in several requests.
        """
        answer: PastIdMaps = self._call(
            "get_past_ids",
            root_ids=root_ids,
            timestamp_past=timestamp_past,
            timestamp_future=timestamp_future,
            progress=progress,
        )
        return answer

    def _get_delta_roots(
        self, timestamp_past: TimeLike, timestamp_future: TimeLike | None = None
    ) -> DeltaRoots:
        """List the roots that edits ended, and those that they began, in a stretch of time.

        Parameters
        ----------
        timestamp_past : datetime, str or float
            From this moment on.
        timestamp_future : datetime, str or float, optional
            Up to this moment. Left out: the client's moment, or the moment of the call.

        Returns
        -------
        DeltaRoots
            Both lists.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        """
        answer: DeltaRoots = self._call(
            "get_delta_roots", timestamp_past=timestamp_past, timestamp_future=timestamp_future
        )
        return answer

    def _is_latest_roots(
        self, root_ids: IdsLike, timestamp: TimeLike | None = None, *, progress: bool | None = None
    ) -> BoolArray:
        """Tell which ids are roots at a moment.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            Ids to check.
        timestamp : datetime, str or float, optional
            Moment to check at. Left out: the client's moment; None when it follows the present.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        ndarray of bool
            One bool per id, in order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 50000 `root_ids` are sent in several requests.
        """
        answer: BoolArray = self._call(
            "is_latest_roots", root_ids=root_ids, timestamp=timestamp, progress=progress
        )
        return answer

    def _is_valid_nodes(
        self,
        node_ids: IdsLike,
        start_timestamp: TimeLike = "2000-01-01T00:00:00Z",
        end_timestamp: TimeLike | None = None,
        *,
        progress: bool | None = None,
    ) -> IdArray:
        """List those of the ids whose nodes came to be in a stretch of time.

        Parameters
        ----------
        node_ids : array of node ids, shape (n,)
            Ids to check.
        start_timestamp : datetime, str or float, default "2000-01-01T00:00:00Z"
            From this moment on.
        end_timestamp : datetime, str or float, optional
            Up to this moment. Left out: the client's moment; None when it follows the present.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        ndarray of int64
            Those of the ids that exist, in any order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 10000 `node_ids` are sent in several requests.
        """
        answer: IdArray = self._call(
            "is_valid_nodes",
            node_ids=node_ids,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            progress=progress,
        )
        return answer

    def _get_root_timestamps(
        self,
        root_ids: IdsLike,
        latest: bool | None = None,
        timestamp: TimeLike | None = None,
        *,
        progress: bool | None = None,
    ) -> list[datetime]:
        """When roots came to be, or until when they lasted.

        Parameters
        ----------
        root_ids : array of root ids, shape (n,)
            Roots to look up.
        latest : bool, optional
            Until when instead of since when. Left out: the server takes False. Needs server <2,>=1.25.0 or
            <3,>=2.17.0 or >=3.0.4.
        timestamp : datetime, str or float, optional
            With `latest`: the moment to look back from. Needs server <2,>=1.25.0 or <3,>=2.17.0 or >=3.0.4.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        list[datetime]
            One moment per root, in order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.

        Notes
        -----
        More than 50000 `root_ids` are sent in several requests.
        """
        answer: list[datetime] = self._call(
            "get_root_timestamps", root_ids=root_ids, latest=latest, timestamp=timestamp, progress=progress
        )
        return answer
