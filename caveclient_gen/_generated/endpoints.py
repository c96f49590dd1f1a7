# Generated from spec/. Change the descriptor and run `make generate`.
"""Addresses of the services' routes, as templates."""

from __future__ import annotations

ANNOTATION_COMMON_ROOT = "{ae_server_address}/annotation"
ANNOTATION_COMMON: dict[str, str] = {"get_api_versions": "{ae_server_address}/annotation/api/versions"}
ANNOTATION_V0_ROOT = "{ae_server_address}/annotation"
ANNOTATION_V0: dict[str, str] = {
    "datasets": "{ae_server_address}/annotation/datasets",
    "table_names": "{ae_server_address}/annotation/dataset/{dataset_name}",
    "existing_annotation": "{ae_server_address}/annotation/dataset/{dataset_name}/{table_name}/{annotation_id}",
    "new_annotation": "{ae_server_address}/annotation/dataset/{dataset_name}/{table_name}",
}
ANNOTATION_V2_ROOT = "{ae_server_address}/annotation/api/v2"
ANNOTATION_V2: dict[str, str] = {
    "tables": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table",
    "tables": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table",
    "tables": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table",
    "table_info": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}",
    "table_info": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}",
    "table_count": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/count",
    "annotations": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
    "annotations": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
    "annotations": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
    "annotations": "{ae_server_address}/annotation/api/v2/aligned_volume/{aligned_volume_name}/table/{table_name}/annotations",
}
AUTH_COMMON_ROOT = "{auth_server_address}/auth"
AUTH_COMMON: dict[str, str] = {"get_version": "{auth_server_address}/auth/version"}
AUTH_V1_ROOT = "{auth_server_address}/auth/api/v1"
AUTH_V1: dict[str, str] = {
    "get_tokens": "{auth_server_address}/auth/api/v1/user/token",
    "refresh_token": "{auth_server_address}/auth/api/v1/refresh_token",
    "create_token": "{auth_server_address}/auth/api/v1/create_token",
    "user_tokens_page": "{auth_server_address}/sticky_auth/settings/tokens",
    "get_users": "{auth_server_address}/auth/api/v1/user",
    "get_group_users": "{auth_server_address}/auth/api/v1/group/{group_id}/user",
}
CHUNKEDGRAPH_COMMON_ROOT = "{cg_server_address}/segmentation"
CHUNKEDGRAPH_COMMON: dict[str, str] = {
    "get_api_versions": "{cg_server_address}/segmentation/api/versions",
    "get_version": "{cg_server_address}/segmentation/api/version",
}
CHUNKEDGRAPH_V0_ROOT = "{cg_server_address}/segmentation/1.0"
CHUNKEDGRAPH_V0: dict[str, str] = {
    "cloudvolume_path": "graphene://{cg_server_address}/segmentation/1.0/{table_id}",
    "handle_root": "{cg_server_address}/segmentation/1.0/{table_id}/graph/root",
    "handle_children": "{cg_server_address}/segmentation/1.0/segment/{node_id}/children",
    "leaves_from_root": "{cg_server_address}/segmentation/1.0/{table_id}/segment/{root_id}/leaves",
    "contact_sites": "{cg_server_address}/segmentation/1.0/{table_id}/segment/{root_id}/contact_sites",
    "merge_log": "{cg_server_address}/segmentation/1.0/{table_id}/segment/{root_id}/merge_log",
    "change_log": "{cg_server_address}/segmentation/1.0/{table_id}/segment/{root_id}/change_log",
}
CHUNKEDGRAPH_V0_MESHING_ROOT = "{cg_server_address}/meshing/1.0"
CHUNKEDGRAPH_V1_ROOT = "{cg_server_address}/segmentation/api/v1"
CHUNKEDGRAPH_V1: dict[str, str] = {
    "info": "{cg_server_address}/segmentation/table/{table_id}/info",
    "cloudvolume_path": "graphene://{cg_server_address}/segmentation/api/v1/{table_id}",
    "oldest_timestamp": "{cg_server_address}/segmentation/api/v1/table/{table_id}/oldest_timestamp",
    "handle_root": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/{supervoxel_id}/root",
    "get_roots": "{cg_server_address}/segmentation/api/v1/table/{table_id}/roots_binary",
    "handle_roots": "{cg_server_address}/segmentation/api/v1/table/{table_id}/roots",
    "minimal_covering_nodes": "{cg_server_address}/segmentation/api/v1/table/{table_id}/minimal_covering_nodes",
    "handle_children": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/{root_id}/children",
    "leaves_from_root": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/{root_id}/leaves",
    "leaves_many": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/leaves_many",
    "get_subgraph": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/{root_id}/subgraph",
    "lvl2_graph": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/{root_id}/lvl2_graph",
    "find_path": "{cg_server_address}/segmentation/api/v1/table/{table_id}/graph/find_path",
    "contact_sites": "{cg_server_address}/segmentation/api/v1/table/{table_id}/node/{root_id}/contact_sites",
    "contact_sites_pairwise": "{cg_server_address}/segmentation/api/v1/table/{table_id}/contact_sites_pair/{root_id_1}/{root_id_2}",
    "remesh_level2_chunks": "{cg_server_address}/meshing/api/v1/table/{table_id}/remeshing",
    "do_merge": "{cg_server_address}/segmentation/api/v1/table/{table_id}/merge",
    "execute_split": "{cg_server_address}/segmentation/api/v1/table/{table_id}/split",
    "preview_split": "{cg_server_address}/segmentation/api/v1/table/{table_id}/graph/split_preview",
    "undo": "{cg_server_address}/segmentation/api/v1/table/{table_id}/undo",
    "merge_log": "{cg_server_address}/segmentation/api/v1/table/{table_id}/root/{root_id}/merge_log",
    "change_log": "{cg_server_address}/segmentation/api/v1/table/{table_id}/root/{root_id}/change_log",
    "tabular_change_log": "{cg_server_address}/segmentation/api/v1/table/{table_id}/tabular_change_log_many",
    "user_operations": "{cg_server_address}/segmentation/api/v1/table/{table_id}/user_operations",
    "operation_details": "{cg_server_address}/segmentation/api/v1/table/{table_id}/operation_details",
    "handle_lineage_graph": "{cg_server_address}/segmentation/api/v1/table/{table_id}/lineage_graph_multiple",
    "past_id_mapping": "{cg_server_address}/segmentation/api/v1/table/{table_id}/past_id_mapping",
    "delta_roots": "{cg_server_address}/segmentation/api/v1/table/{table_id}/delta_roots",
    "is_latest_roots": "{cg_server_address}/segmentation/api/v1/table/{table_id}/is_latest_roots",
    "valid_nodes": "{cg_server_address}/segmentation/api/v1/table/{table_id}/valid_nodes",
    "root_timestamps": "{cg_server_address}/segmentation/api/v1/table/{table_id}/root_timestamps",
}
CHUNKEDGRAPH_V1_MESHING_ROOT = "{cg_server_address}/meshing/api/v1"
INFO_COMMON_ROOT = "{i_server_address}/info"
INFO_COMMON: dict[str, str] = {
    "get_api_versions": "{i_server_address}/info/api/versions",
    "get_version": "{i_server_address}/info/version",
}
INFO_V1_ROOT = "{i_server_address}/info/api"
INFO_V1: dict[str, str] = {
    "datasets": "{i_server_address}/info/api/datasets",
    "dataset_info": "{i_server_address}/info/api/dataset/{dataset_name}",
}
INFO_V2_ROOT = "{i_server_address}/info/api/v2"
INFO_V2: dict[str, str] = {
    "datastacks": "{i_server_address}/info/api/v2/datastacks",
    "datastack_info": "{i_server_address}/info/api/v2/datastack/full/{datastack_name}",
    "image_sources": "{i_server_address}/info/api/v2/datastack/{datastack_name}/image_sources",
    "aligned_volumes": "{i_server_address}/info/api/v2/aligned_volume",
    "aligned_volume_info": "{i_server_address}/info/api/v2/aligned_volume/{aligned_volume_name}",
    "aligned_volume_by_id": "{i_server_address}/info/api/v2/aligned_volume/id/{aligned_volume_id}",
    "datastacks_from_aligned_volume": "{i_server_address}/info/api/v2/aligned_volume/{aligned_volume_name}/datastacks",
}
L2CACHE_COMMON_ROOT = "{l2cache_server_address}/l2cache"
L2CACHE_COMMON: dict[str, str] = {}
L2CACHE_V1_ROOT = "{l2cache_server_address}/l2cache/api/v1"
L2CACHE_V1: dict[str, str] = {
    "l2cache_table_mapping": "{l2cache_server_address}/l2cache/api/v1/table_mapping",
    "l2cache_meta": "{l2cache_server_address}/l2cache/api/v1/attribute_metadata",
    "l2cache_data": "{l2cache_server_address}/l2cache/api/v1/table/{table_id}/attributes",
}
MATERIALIZE_COMMON_ROOT = "{me_server_address}/materialize"
MATERIALIZE_COMMON: dict[str, str] = {
    "get_api_versions": "{me_server_address}/materialize/api/versions",
    "get_version": "{me_server_address}/materialize/version",
}
MATERIALIZE_V2_ROOT = "{me_server_address}/materialize/api/v2"
MATERIALIZE_V2: dict[str, str] = {
    "versions": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/versions",
    "version_metadata": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}",
    "versions_metadata": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/metadata",
    "tables": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/tables",
    "table_count": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}/count",
    "metadata": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}/metadata",
    "simple_query": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}/query",
    "join_query": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/query",
    "live_live_query": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/query",
    "ingest_annotation_table": "{me_server_address}/materialize/api/v2/materialize/run/ingest_annotations/datastack/{datastack_name}/{table_name}",
    "lookup_supervoxel_ids": "{me_server_address}/materialize/api/v2/materialize/run/lookup_svid/datastack/{datastack_name}/{table_name}",
    "get_api_versions": "{me_server_address}/api/versions",
    "annotations": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}",
    "segmentation_metadata": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/table/{table_name}/segmentation_metadata",
}
MATERIALIZE_V3_ROOT = "{me_server_address}/materialize/api/v3"
MATERIALIZE_V3: dict[str, str] = {
    "versions": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/versions",
    "version_metadata": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}",
    "versions_metadata": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/metadata",
    "tables": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/tables",
    "table_count": "{me_server_address}/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}/count",
    "metadata": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}/metadata",
    "simple_query": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}/query",
    "join_query": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/query",
    "live_live_query": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/query",
    "ingest_annotation_table": "{me_server_address}/materialize/api/v2/materialize/run/ingest_annotations/datastack/{datastack_name}/{table_name}",
    "lookup_supervoxel_ids": "{me_server_address}/materialize/api/v2/materialize/run/lookup_svid/datastack/{datastack_name}/{table_name}",
    "all_tables_metadata": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/tables/metadata",
    "unique_string_values": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/table/{table_name}/unique_string_values",
    "get_views": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/views",
    "get_view_metadata": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/views/{view_name}/metadata",
    "view_schema": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/views/{view_name}/schema",
    "view_schemas": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/views/schemas",
    "view_query": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/views/{view_name}/query",
    "neuroglancer_annotation_path": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/table/{table_name}/precomputed",
    "neuroglancer_segprop_path": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}",
    "get_api_versions": "{me_server_address}/api/versions",
    "segmentation_metadata": "{me_server_address}/materialize/api/v3/datastack/{datastack_name}/table/{table_name}/segmentation_metadata",
}
SCHEMA_COMMON_ROOT = "{emas_server_address}/schema"
SCHEMA_COMMON: dict[str, str] = {
    "get_api_versions": "{emas_server_address}/schema/versions",
    "get_version": "{emas_server_address}/schema/views/version",
}
SCHEMA_V1_ROOT = "{emas_server_address}/schema"
SCHEMA_V1: dict[str, str] = {
    "schema": "{emas_server_address}/schema/type",
    "schema_definition": "{emas_server_address}/schema/type/{schema_type}",
}
SCHEMA_V2_ROOT = "{emas_server_address}/schema/api/v2"
SCHEMA_V2: dict[str, str] = {
    "schema": "{emas_server_address}/schema/api/v2/type",
    "schema_definition": "{emas_server_address}/schema/api/v2/type/{schema_type}",
    "schema_definition_multi": "{emas_server_address}/schema/api/v2/types",
    "schema_definition_all": "{emas_server_address}/schema/api/v2/types_all",
}
SKELETON_COMMON_ROOT = "{skeleton_server_address}/skeletoncache"
SKELETON_COMMON: dict[str, str] = {"get_version": "{skeleton_server_address}/skeletoncache/api/version"}
SKELETON_V1_ROOT = "{skeleton_server_address}/skeletoncache/api/v1"
SKELETON_V1: dict[str, str] = {
    "get_versions": "{skeleton_server_address}/skeletoncache/api/versions",
    "skeleton_info": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/info",
    "skeleton_info_versioned": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/{skeleton_version}/info",
    "get_refusal_list": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/get_refusal_list",
    "get_cache_contents_via_skvn_ridprefixes_limit": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/query_cache/{skeleton_version}/{root_id_prefixes}/{limit}",
    "skeletons_exist_via_skvn_rids_as_post": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/exists",
    "get_skeleton_async_via_skvn_rid_fmt": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/async/get_skeleton/{skeleton_version}/{root_id}/{output_format}",
    "get_skeleton_via_skvn_rid_fmt": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/{skeleton_version}/{root_id}/{output_format}",
    "get_bulk_skeletons_via_skvn_rids": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/bulk/get_skeletons/{skeleton_version}/{output_format}/{gen_missing_sks}/{root_ids}",
    "gen_bulk_skeletons_via_skvn_rids_as_post": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/bulk/gen_skeletons",
    "get_cached_skeletons_bulk_as_post": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/bulk/get_cached_skeletons/{skeleton_version}/{output_format}",
    "get_skeleton_token_as_post": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/bulk/get_skeleton_token/{skeleton_version}",
    "get_version": "{skeleton_server_address}/skeletoncache/api/version",
    "bulk_skeleton_info": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/bulk/skeleton/info",
    "skeletons_exist_via_skvn_rids": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/precomputed/skeleton/exists/{skeleton_version}/{root_ids}",
    "get_skeleton_async_via_skvn_rid": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/async/get_skeleton/{skeleton_version}/{root_id}",
    "gen_bulk_skeletons_via_skvn_rids": "{skeleton_server_address}/skeletoncache/api/v1/{datastack_name}/bulk/gen_skeletons/{skeleton_version}/{root_ids}",
}
STATE_COMMON_ROOT = "{json_server_address}/nglstate"
STATE_COMMON: dict[str, str] = {"get_version": "{json_server_address}/nglstate/api/v1/version"}
STATE_V0_ROOT = "{json_server_address}/nglstate"
STATE_V0: dict[str, str] = {
    "get_state": "{json_server_address}/nglstate/{state_id}",
    "get_state_raw": "{json_server_address}/nglstate/raw/{state_id}",
    "upload_state": "{json_server_address}/nglstate/post",
}
STATE_V1_ROOT = "{json_server_address}/nglstate/api/v1"
STATE_V1: dict[str, str] = {
    "get_state": "{json_server_address}/nglstate/api/v1/{state_id}",
    "get_state_raw": "{json_server_address}/nglstate/api/v1/raw/{state_id}",
    "upload_state": "{json_server_address}/nglstate/api/v1/post",
    "upload_state_w_id": "{json_server_address}/nglstate/api/v1/post/{state_id}",
    "get_properties": "{json_server_address}/nglstate/api/v1/property/{state_id}/info",
    "get_properties_raw": "{json_server_address}/nglstate/api/v1/property/raw/{state_id}",
    "upload_properties": "{json_server_address}/nglstate/api/v1/property/post",
    "upload_properties_w_id": "{json_server_address}/nglstate/api/v1/property/post/{state_id}",
    "get_version": "{json_server_address}/nglstate/api/v1/version",
}
