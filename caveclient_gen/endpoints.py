"""Templates of the services' addresses, under the names that scripts have imported for years.

`chunkedgraph_endpoints_v1["merge_log"].format(cg_server_address=..., table_id=..., root_id=...)` is an
address. The clients in this package do not need these tables: they know their routes themselves. Both
come from the same descriptors.
"""

from __future__ import annotations

from caveclient_gen._generated import endpoints as _generated
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen.mixins.state.viewers import FALLBACK_VIEWER

default_global_server_address = DEFAULT_GLOBAL_SERVER
"""Server that knows the datastacks of the public deployments."""

# materialize
materialization_common = _generated.MATERIALIZE_COMMON
mat_v2_api = _generated.MATERIALIZE_V2_ROOT
mat_v3_api = _generated.MATERIALIZE_V3_ROOT
materialization_endpoints_v2 = _generated.MATERIALIZE_V2
materialization_endpoints_v3 = _generated.MATERIALIZE_V3
materialization_api_versions = {2: materialization_endpoints_v2, 3: materialization_endpoints_v3}

# info
info_base = _generated.INFO_COMMON_ROOT
infoservice_common = _generated.INFO_COMMON
info_v1 = _generated.INFO_V1_ROOT
infoservice_endpoints_v1 = _generated.INFO_V1
info_v2 = _generated.INFO_V2_ROOT
infoservice_endpoints_v2 = _generated.INFO_V2
infoservice_api_versions = {1: infoservice_endpoints_v1, 2: infoservice_endpoints_v2}

# chunkedgraph
pcg_common = _generated.CHUNKEDGRAPH_COMMON_ROOT
chunkedgraph_endpoints_common = {
    **_generated.CHUNKEDGRAPH_COMMON,
    "info": _generated.CHUNKEDGRAPH_V1["info"],
}
pcg_legacy = _generated.CHUNKEDGRAPH_V0_ROOT
chunkedgraph_endpoints_legacy = _generated.CHUNKEDGRAPH_V0
pcg_v1 = _generated.CHUNKEDGRAPH_V1_ROOT
pcg_meshing_v1 = _generated.CHUNKEDGRAPH_V1_MESHING_ROOT
chunkedgraph_endpoints_v1 = _generated.CHUNKEDGRAPH_V1
chunkedgraph_api_versions = {0: chunkedgraph_endpoints_legacy, 1: chunkedgraph_endpoints_v1}

# schema
schema_common = _generated.SCHEMA_COMMON_ROOT
schema_endpoints_common = _generated.SCHEMA_COMMON
schema_v1 = _generated.SCHEMA_V1_ROOT
schema_endpoints_v1 = _generated.SCHEMA_V1
schema_v2 = _generated.SCHEMA_V2_ROOT
schema_endpoints_v2 = _generated.SCHEMA_V2
schema_api_versions = {1: schema_endpoints_v1, 2: schema_endpoints_v2}

# auth
auth_common = _generated.AUTH_COMMON
v1_auth = _generated.AUTH_V1_ROOT
auth_endpoints_v1 = _generated.AUTH_V1
auth_api_versions = {1: auth_endpoints_v1}

# state
jsonservice_common = _generated.STATE_COMMON
json_legacy = _generated.STATE_V0_ROOT
jsonservice_endpoints_legacy = _generated.STATE_V0
json_v1 = _generated.STATE_V1_ROOT
jsonservice_endpoints_v1 = _generated.STATE_V1
jsonservice_api_versions = {0: jsonservice_endpoints_legacy, 1: jsonservice_endpoints_v1}

# annotation
annotation_common = _generated.ANNOTATION_COMMON
anno_legacy = _generated.ANNOTATION_V0_ROOT
annotation_endpoints_legacy = _generated.ANNOTATION_V0
anno_v2 = _generated.ANNOTATION_V2_ROOT
annotation_endpoints_v2 = _generated.ANNOTATION_V2
annotation_api_versions = {0: annotation_endpoints_legacy, 2: annotation_endpoints_v2}

# l2cache
# Documented with the first part of the schema service's addresses; no template begins with it.
l2cache_common = schema_common.replace("emas_", "l2cache_")
l2cache_endpoints_common = _generated.L2CACHE_COMMON
l2cache_v1 = _generated.L2CACHE_V1_ROOT
l2cache_endpoints_v1 = _generated.L2CACHE_V1
l2cache_api_versions = {1: l2cache_endpoints_v1}

# skeleton
skeletonservice_common = _generated.SKELETON_COMMON
skeleton_v1 = _generated.SKELETON_V1_ROOT
skeleton_common = skeleton_v1.removesuffix("/v1")
skeletonservice_endpoints_v1 = _generated.SKELETON_V1
skeletonservice_api_versions = {1: skeletonservice_endpoints_v1}

# Neuroglancer, which is no service of CAVE
fallback_ngl_endpoint = f"{FALLBACK_VIEWER}/"
ngl_endpoints_common = {"get_info": "{ngl_url}/version.json", "fallback_ngl_url": fallback_ngl_endpoint}
