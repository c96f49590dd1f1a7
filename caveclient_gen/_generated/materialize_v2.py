# Generated from spec/materialize/v2.yaml. Change the descriptor and run `make generate`.
"""Materialization API 2: queries of annotation tables, frozen at a version or live at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, Body, CachePolicy, ItemLimit, Operation, Param, RowLimit

from .endpoints import MATERIALIZE_COMMON, MATERIALIZE_V2
from .services import MATERIALIZE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pyarrow as pa

    from caveclient_gen._runtime.answer import Answer
    from caveclient_gen._runtime.typing import JSON, IdsLike, ResolutionLike, StrsLike, TimeLike

    from .types_materialize import (
        CsvDump,
        DeltalakeDefaults,
        DeltalakeExists,
        DeltalakeJob,
        DeltalakePlan,
        TableMetadata,
        UploadStart,
        UploadUrl,
        VersionMetadata,
    )


class MaterializationOperationsV2(ClientBase):
    """Queries of annotation tables, frozen at a version or live at any moment.

    Frozen versions and their tables. Query routes of this version answer 500 on every server that can
    give ids exactly, so queries go to API 3.
    """

    _service = MATERIALIZE
    _api = "2"
    _endpoints = {**MATERIALIZE_COMMON, **MATERIALIZE_V2}
    _operations = {
        "get_versions": Operation(
            name="get_versions",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/versions",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="expired",
                    type="bool",
                    location="none",
                    wire=("expired",),
                    encode="native",
                    default=False,
                    choices=(False,),
                ),
            ),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=60, maxsize=32, key=("datastack_name", "expired")),
        ),
        "get_version_metadata": Operation(
            name="get_version_metadata",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/version/{version}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=100, key=("datastack_name", "version")),
        ),
        "get_timestamp": Operation(
            name="get_timestamp",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/version/{version}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json", select=("time_stamp",), cast="datetime"),),
            cache=CachePolicy(ttl=3600, maxsize=100, key=("datastack_name", "version")),
        ),
        "get_versions_metadata": Operation(
            name="get_versions_metadata",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/metadata",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="expired",
                    type="bool",
                    location="none",
                    wire=("expired",),
                    encode="native",
                    default=False,
                    choices=(False,),
                ),
            ),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=60, maxsize=32, key=("datastack_name", "expired")),
        ),
        "get_tables": Operation(
            name="get_tables",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/version/{version}/tables",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=60, maxsize=32, key=("datastack_name", "version")),
        ),
        "get_annotation_count": Operation(
            name="get_annotation_count",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}/count",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_table_metadata": Operation(
            name="get_table_metadata",
            method="GET",
            path="/materialize/api/v2/datastack/{datastack_name}/version/{version}/table/{table_name}/metadata",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
            ),
            response=(Arm(decode="json"),),
            cache=CachePolicy(
                ttl=3600, maxsize=500, key=("datastack_name", "version", "table_name"), lasting=604800
            ),
        ),
        "query_table": Operation(
            name="query_table",
            method="POST",
            path="/materialize/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}/query",
            safe=True,
            headers=(("Accept-Encoding", "zstd"),),
            server=(">=5.13.0",),
            server_message="Older servers cannot send ids exactly; queries need MaterializationEngine 5.13.0 or newer.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="filter_in_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_in_dict",),
                    encode="native",
                    wrap="table",
                ),
                Param(
                    name="filter_out_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_notin_dict",),
                    encode="native",
                    wrap="table",
                ),
                Param(
                    name="filter_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_equal_dict",),
                    encode="native",
                    wrap="table",
                ),
                Param(
                    name="filter_spatial_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_spatial_dict",),
                    encode="native",
                    wrap="table",
                ),
                Param(
                    name="filter_regex_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_regex_dict",),
                    encode="native",
                    wrap="table",
                ),
                Param(
                    name="filter_greater_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_greater_dict",),
                    encode="native",
                    wrap="table",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_less_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_less_dict",),
                    encode="native",
                    wrap="table",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_greater_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_greater_equal_dict",),
                    encode="native",
                    wrap="table",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_less_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_less_equal_dict",),
                    encode="native",
                    wrap="table",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="offset", type="int", location="body", wire=("offset",), encode="native", minimum=0
                ),
                Param(name="limit", type="int", location="body", wire=("limit",), encode="native", minimum=1),
                Param(
                    name="desired_resolution",
                    type="resolution",
                    location="body",
                    wire=("desired_resolution",),
                    encode="native",
                ),
                Param(
                    name="random_sample",
                    type="int",
                    location="query",
                    wire=("random_sample",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="as_arrow",
                    type="bool",
                    location="query",
                    wire=("return_pyarrow", "arrow_format"),
                    encode="scalar",
                    default=True,
                ),
                Param(
                    name="split_positions",
                    type="bool",
                    location="query",
                    wire=("split_positions",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
                Param(
                    name="direct_sql_pandas",
                    type="bool",
                    location="query",
                    wire=("direct_sql_pandas",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
                Param(
                    name="select_columns",
                    type="str_array",
                    location="body",
                    wire=("select_columns",),
                    encode="native",
                ),
                Param(name="count", type="bool", location="query", wire=("count",), encode="scalar"),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(
                Arm(
                    decode="arrow_stream",
                    when=(("as_arrow", True),),
                    media_type=(
                        "data.arrow",
                        "application/octet-stream",
                        "application/vnd.apache.arrow.stream",
                    ),
                    headers=(("dataframe_resolution", "float_csv"), ("column_names", "python_literal")),
                ),
                Arm(
                    decode="json",
                    when=(("as_arrow", False),),
                    headers=(("dataframe_resolution", "float_csv"), ("column_names", "python_literal")),
                ),
            ),
            rows=RowLimit(
                header="Warning",
                contains=("Limited query to", "there may be more results which are not shown"),
                on_truncate="split",
                limit_param="limit",
                usual=200000,
            ),
            items=(
                ItemLimit(
                    param="filter_in_dict",
                    max=5000,
                    on_exceed="split",
                    merge="concat",
                    depth=1,
                    unless=("limit", "offset", "random_sample", "count"),
                    first=100,
                ),
            ),
            envelope=True,
        ),
        "join_query": Operation(
            name="join_query",
            method="POST",
            path="/materialize/api/v3/datastack/{datastack_name}/version/{version}/query",
            safe=True,
            headers=(("Accept-Encoding", "zstd"),),
            server=(">=5.13.0",),
            server_message="Older servers cannot send ids exactly; queries need MaterializationEngine 5.13.0 or newer.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="tables",
                    type="json",
                    location="body",
                    wire=("tables",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="filter_in_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_in_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_out_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_notin_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_equal_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_spatial_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_spatial_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_regex_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_regex_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_greater_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_greater_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_less_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_less_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_greater_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_greater_equal_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_less_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_less_equal_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="offset", type="int", location="body", wire=("offset",), encode="native", minimum=0
                ),
                Param(name="limit", type="int", location="body", wire=("limit",), encode="native", minimum=1),
                Param(
                    name="desired_resolution",
                    type="resolution",
                    location="body",
                    wire=("desired_resolution",),
                    encode="native",
                ),
                Param(
                    name="random_sample",
                    type="int",
                    location="query",
                    wire=("random_sample",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="as_arrow",
                    type="bool",
                    location="query",
                    wire=("return_pyarrow", "arrow_format"),
                    encode="scalar",
                    default=True,
                ),
                Param(
                    name="split_positions",
                    type="bool",
                    location="query",
                    wire=("split_positions",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
                Param(
                    name="direct_sql_pandas",
                    type="bool",
                    location="query",
                    wire=("direct_sql_pandas",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
                Param(
                    name="select_columns",
                    type="str_array",
                    location="body",
                    wire=("select_columns",),
                    encode="native",
                ),
                Param(
                    name="select_column_map",
                    type="mapping",
                    location="body",
                    wire=("select_column_map",),
                    encode="native",
                ),
                Param(
                    name="suffixes", type="str_array", location="body", wire=("suffixes",), encode="native"
                ),
                Param(
                    name="suffix_map", type="mapping", location="body", wire=("suffix_map",), encode="native"
                ),
                Param(name="count", type="bool", location="query", wire=("count",), encode="scalar"),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(
                Arm(
                    decode="arrow_stream",
                    when=(("as_arrow", True),),
                    media_type=(
                        "data.arrow",
                        "application/octet-stream",
                        "application/vnd.apache.arrow.stream",
                    ),
                    headers=(("dataframe_resolution", "float_csv"), ("column_names", "python_literal")),
                ),
                Arm(
                    decode="json",
                    when=(("as_arrow", False),),
                    headers=(("dataframe_resolution", "float_csv"), ("column_names", "python_literal")),
                ),
            ),
            rows=RowLimit(
                header="Warning",
                contains=("Limited query to", "there may be more results which are not shown"),
                on_truncate="split",
                limit_param="limit",
                usual=200000,
            ),
            items=(
                ItemLimit(
                    param="filter_in_dict",
                    max=5000,
                    on_exceed="split",
                    merge="concat",
                    depth=2,
                    unless=("limit", "offset", "random_sample", "count"),
                    first=100,
                ),
            ),
            envelope=True,
        ),
        "live_live_query": Operation(
            name="live_live_query",
            method="POST",
            path="/materialize/api/v3/datastack/{datastack_name}/query",
            safe=True,
            headers=(("Accept-Encoding", "zstd"),),
            server=(">=5.13.0",),
            server_message="Older servers cannot send ids exactly; queries need MaterializationEngine 5.13.0 or newer.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table", type="str", location="body", wire=("table",), encode="native", required=True
                ),
                Param(
                    name="timestamp",
                    type="datetime",
                    location="body",
                    wire=("timestamp",),
                    encode="iso_utc_offset",
                    required=True,
                ),
                Param(name="joins", type="json", location="body", wire=("join_tables",), encode="native"),
                Param(
                    name="filter_in_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_in_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_out_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_notin_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_equal_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_spatial_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_spatial_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_regex_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_regex_dict",),
                    encode="native",
                ),
                Param(
                    name="filter_greater_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_greater_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_less_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_less_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_greater_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_greater_equal_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="filter_less_equal_dict",
                    type="mapping",
                    location="body",
                    wire=("filter_less_equal_dict",),
                    encode="native",
                    server=(">=4.34.4",),
                ),
                Param(
                    name="offset", type="int", location="body", wire=("offset",), encode="native", minimum=0
                ),
                Param(name="limit", type="int", location="body", wire=("limit",), encode="native", minimum=1),
                Param(
                    name="desired_resolution",
                    type="resolution",
                    location="body",
                    wire=("desired_resolution",),
                    encode="native",
                ),
                Param(
                    name="random_sample",
                    type="int",
                    location="query",
                    wire=("random_sample",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="as_arrow",
                    type="bool",
                    location="query",
                    wire=("return_pyarrow", "arrow_format"),
                    encode="scalar",
                    default=True,
                ),
                Param(
                    name="direct_sql_pandas",
                    type="bool",
                    location="query",
                    wire=("direct_sql_pandas",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
                Param(
                    name="merge_reference",
                    type="bool",
                    location="query",
                    wire=("merge_reference",),
                    encode="scalar",
                    default=False,
                    is_const=True,
                ),
                Param(
                    name="log_warning",
                    type="bool",
                    location="none",
                    wire=("log_warning",),
                    encode="native",
                    default=True,
                    effect="log_warnings",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
                Param(
                    name="select_columns",
                    type="mapping",
                    location="body",
                    wire=("select_columns",),
                    encode="native",
                ),
                Param(name="suffixes", type="mapping", location="body", wire=("suffixes",), encode="native"),
                Param(
                    name="allow_missing_lookups",
                    type="bool",
                    location="query",
                    wire=("allow_missing_lookups",),
                    encode="scalar",
                    default=False,
                ),
                Param(
                    name="allow_invalid_root_ids",
                    type="bool",
                    location="query",
                    wire=("allow_invalid_root_ids",),
                    encode="scalar",
                    default=False,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(
                Arm(
                    decode="arrow_stream",
                    when=(("as_arrow", True),),
                    media_type=(
                        "data.arrow",
                        "application/octet-stream",
                        "application/vnd.apache.arrow.stream",
                    ),
                    headers=(("dataframe_resolution", "float_csv"), ("column_names", "python_literal")),
                ),
                Arm(
                    decode="json",
                    when=(("as_arrow", False),),
                    headers=(("dataframe_resolution", "float_csv"), ("column_names", "python_literal")),
                ),
            ),
            rows=RowLimit(
                header="Warning",
                contains=("Limited query to", "there may be more results which are not shown"),
                on_truncate="split",
                limit_param="limit",
                usual=200000,
            ),
            items=(
                ItemLimit(
                    param="filter_in_dict",
                    max=1000,
                    on_exceed="split",
                    merge="concat",
                    depth=2,
                    unless=("limit", "offset", "random_sample"),
                    nothing_found="no results",
                ),
            ),
            envelope=True,
        ),
        "ingest_annotation_table": Operation(
            name="ingest_annotation_table",
            method="POST",
            path="/materialize/api/v2/materialize/run/ingest_annotations/datastack/{datastack_name}/{table_name}",
            safe=False,
            check="Query the table live; when its new rows have supervoxel and root ids, the job ran.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "lookup_supervoxel_ids": Operation(
            name="lookup_supervoxel_ids",
            method="POST",
            path="/materialize/api/v2/materialize/run/lookup_svid/datastack/{datastack_name}/{table_name}",
            safe=False,
            check="Query the table live; when the annotations have supervoxel ids, the job ran.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="annotation_ids",
                    type="id_array",
                    location="body",
                    wire=("annotation_ids",),
                    encode="native",
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "start_spatial_lookup": Operation(
            name="start_spatial_lookup",
            method="POST",
            path="/materialize/api/v2/run/spatial_lookup/datastack/{datastack_name}/{table_name}",
            safe=False,
            check="Call `get_spatial_lookup_status`; it tells when the job was started and how far it is.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="chunk_scale_factor",
                    type="int",
                    location="query",
                    wire=("chunk_scale_factor",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="supervoxel_batch_size",
                    type="int",
                    location="query",
                    wire=("supervoxel_batch_size",),
                    encode="scalar",
                    minimum=1,
                ),
                Param(
                    name="use_staging_database",
                    type="bool",
                    location="query",
                    wire=("use_staging_database",),
                    encode="scalar",
                ),
                Param(
                    name="resume_from_checkpoint",
                    type="bool",
                    location="query",
                    wire=("resume_from_checkpoint",),
                    encode="scalar",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_spatial_lookup_status": Operation(
            name="get_spatial_lookup_status",
            method="GET",
            path="/materialize/api/v2/status/datastack/{datastack_name}/{table_name}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="use_staging_database",
                    type="bool",
                    location="query",
                    wire=("use_staging_database",),
                    encode="scalar",
                ),
                Param(name="database", type="str", location="query", wire=("database",), encode="scalar"),
            ),
            response=(Arm(decode="json", select=("status",)),),
        ),
        "get_active_spatial_lookups": Operation(
            name="get_active_spatial_lookups",
            method="GET",
            path="/materialize/api/v2/active/datastack/{datastack_name}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="use_staging_database",
                    type="bool",
                    location="query",
                    wire=("use_staging_database",),
                    encode="scalar",
                ),
            ),
            response=(Arm(decode="json", select=("workflows",)),),
        ),
        "get_all_active_spatial_lookups": Operation(
            name="get_all_active_spatial_lookups",
            method="GET",
            path="/materialize/api/v2/all-active-direct",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            response=(Arm(decode="json", select=("workflows",)),),
        ),
        "get_spatial_lookup_details": Operation(
            name="get_spatial_lookup_details",
            method="GET",
            path="/materialize/api/v2/workflow-details/datastack/{datastack_name}/workflow/{workflow_name}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="workflow_name",
                    type="str",
                    location="path",
                    wire=("workflow_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="database_name",
                    type="str",
                    location="query",
                    wire=("database_name",),
                    encode="scalar",
                ),
                Param(
                    name="use_staging_database",
                    type="bool",
                    location="query",
                    wire=("use_staging_database",),
                    encode="scalar",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "dump_csv_table": Operation(
            name="dump_csv_table",
            method="POST",
            path="/materialize/api/v2/materialize/run/dump_csv_table/datastack/{datastack_name}/version/{version}/table_name/{table_name}/",
            safe=False,
            check="Call it again after some minutes; it says that the file exists when the first call wrote it.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            timeout=3600,
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "start_deltalake_export": Operation(
            name="start_deltalake_export",
            method="POST",
            path="/materialize/api/v2/materialize/run/write_deltalake/datastack/{datastack_name}/version/{version}/table_name/{table_name}/",
            safe=False,
            check="Call `get_deltalake_export` without a job id; it tells of the export when it was started.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="output_specs", type="json", location="body", wire=("output_specs",), encode="native"
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_deltalake_export": Operation(
            name="get_deltalake_export",
            method="GET",
            path="/materialize/api/v2/materialize/run/write_deltalake/datastack/{datastack_name}/version/{version}/table_name/{table_name}/",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="path",
                    wire=("table_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(name="job_id", type="str", location="query", wire=("job_id",), encode="scalar"),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="path",
                    wire=("version",),
                    encode="scalar",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_deltalake_defaults": Operation(
            name="get_deltalake_defaults",
            method="GET",
            path="/materialize/deltalake/api/defaults",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            response=(Arm(decode="json"),),
        ),
        "discover_deltalake_specs": Operation(
            name="discover_deltalake_specs",
            method="POST",
            path="/materialize/deltalake/api/{datastack_name}/discover-specs",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="body",
                    wire=("table_name",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="target_partition_size_mb",
                    type="int",
                    location="body",
                    wire=("target_partition_size_mb",),
                    encode="native",
                    minimum=1,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="body",
                    wire=("version",),
                    encode="native",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "check_deltalake_exists": Operation(
            name="check_deltalake_exists",
            method="POST",
            path="/materialize/deltalake/api/{datastack_name}/check-exists",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="table_name",
                    type="str",
                    location="body",
                    wire=("table_name",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="spec_names",
                    type="str_array",
                    location="body",
                    wire=("spec_names",),
                    encode="native",
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
                Param(
                    name="version",
                    type="int",
                    location="body",
                    wire=("version",),
                    encode="native",
                    client_default="version_of",
                    default_for="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "create_virtual_version": Operation(
            name="create_virtual_version",
            method="POST",
            path="/materialize/api/v2/materialize/run/create_virtual/datastack/{datastack_name}",
            safe=False,
            check="Call `get_versions` for the new datastack, `<datastack>_<virtual_version_name>`; it exists when the version was published.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="target_version",
                    type="int",
                    location="body",
                    wire=("target_version",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="tables_to_include",
                    type="str_array",
                    location="body",
                    wire=("tables_to_include",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="virtual_version_name",
                    type="str",
                    location="body",
                    wire=("virtual_version_name",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "generate_upload_url": Operation(
            name="generate_upload_url",
            method="POST",
            path="/materialize/upload/generate-presigned-url/{datastack_name}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="filename",
                    type="str",
                    location="body",
                    wire=("filename",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="content_type",
                    type="str",
                    location="body",
                    wire=("contentType",),
                    encode="native",
                    default="text/csv",
                ),
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_upload_schemas": Operation(
            name="get_upload_schemas",
            method="GET",
            path="/materialize/upload/api/get-schema-types",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="name_only",
                    type="bool",
                    location="query",
                    wire=("name_only",),
                    encode="scalar",
                    default=True,
                    is_const=True,
                ),
            ),
            response=(Arm(decode="json", select=("schemas",)),),
        ),
        "get_upload_schema": Operation(
            name="get_upload_schema",
            method="GET",
            path="/materialize/upload/api/get-schema-types",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="schema_name",
                    type="str",
                    location="query",
                    wire=("schema_name",),
                    encode="scalar",
                    required=True,
                ),
                Param(
                    name="name_only",
                    type="bool",
                    location="query",
                    wire=("name_only",),
                    encode="scalar",
                    default=False,
                    is_const=True,
                ),
            ),
            response=(Arm(decode="json", select=("schema",)),),
        ),
        "get_upload_schema_model": Operation(
            name="get_upload_schema_model",
            method="GET",
            path="/materialize/upload/api/get-schema-model",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="schema_name",
                    type="str",
                    location="query",
                    wire=("schema_name",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json", select=("model",)),),
        ),
        "save_upload_metadata": Operation(
            name="save_upload_metadata",
            method="POST",
            path="/materialize/upload/api/save-metadata",
            safe=False,
            check="Call it again with the same metadata; they are saved in place of the first ones.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="metadata",
                    type="mapping",
                    location="body",
                    wire=("metadata",),
                    encode="native",
                    required=True,
                ),
            ),
            body=Body(kind="json", param="metadata"),
            response=(Arm(decode="json"),),
        ),
        "get_upload_aligned_volumes": Operation(
            name="get_upload_aligned_volumes",
            method="GET",
            path="/materialize/upload/api/aligned_volumes",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            response=(Arm(decode="json", select=("aligned_volumes",)),),
        ),
        "start_upload": Operation(
            name="start_upload",
            method="POST",
            path="/materialize/upload/api/process/start",
            safe=False,
            check="Call `get_upload_jobs`; the job is listed when it was started.",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="filename",
                    type="str",
                    location="body",
                    wire=("filename",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="column_mapping",
                    type="mapping",
                    location="body",
                    wire=("columnMapping",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="metadata",
                    type="mapping",
                    location="body",
                    wire=("metadata",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="ignored_columns",
                    type="str_array",
                    location="body",
                    wire=("ignoredColumns",),
                    encode="native",
                    default=(),
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_upload_status": Operation(
            name="get_upload_status",
            method="GET",
            path="/materialize/upload/api/process/status/{job_id}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="job_id",
                    type="str",
                    location="path",
                    wire=("job_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "cancel_upload": Operation(
            name="cancel_upload",
            method="POST",
            path="/materialize/upload/api/process/cancel/{job_id}",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="job_id",
                    type="str",
                    location="path",
                    wire=("job_id",),
                    encode="scalar",
                    required=True,
                ),
            ),
            response=(Arm(decode="json"),),
        ),
        "get_upload_jobs": Operation(
            name="get_upload_jobs",
            method="GET",
            path="/materialize/upload/api/process/user-jobs",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            response=(Arm(decode="json", select=("jobs",)),),
        ),
        "homepage": Operation(
            name="homepage",
            method="GET",
            path="/materialize/views/datastack/{datastack_name}",
            safe=True,
            kind="url",
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            params=(
                Param(
                    name="datastack_name",
                    type="str",
                    location="path",
                    wire=("datastack_name",),
                    encode="scalar",
                    client_default="datastack_name",
                ),
            ),
        ),
        "get_server_health": Operation(
            name="get_server_health",
            method="GET",
            path="/health/ready",
            safe=True,
            errors=((404, "NotFoundError"), (410, "ExpiredVersionError")),
            response=(Arm(decode="json"),),
        ),
    }

    def get_versions(self, datastack_name: str | None = None, expired: bool = False) -> list[int]:
        """List the versions that can be queried.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        expired : bool, default False
            Expired versions are listed by API 3 only. One of False.

        Returns
        -------
        list[int]
            Version numbers, in no order; empty when there are none.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Notes
        -----
        Answers are reused for 60 s.

        Examples
        --------
        >>> client.materialize.get_versions()
        [1, 2]
        """
        answer: list[int] = self._call("get_versions", datastack_name=datastack_name, expired=expired)
        return answer

    def _get_version_metadata(
        self, version: int | None = None, datastack_name: str | None = None
    ) -> VersionMetadata:
        """Get what is known of a version.

        Parameters
        ----------
        version : int, materialization version, optional
            Version to describe. Left out: the client's materialization version; for another datastack, its
            newest.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        VersionMetadata
            The version's record.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Notes
        -----
        Answers are reused for 3600 s.
        """
        answer: VersionMetadata = self._call(
            "get_version_metadata", version=version, datastack_name=datastack_name
        )
        return answer

    def get_timestamp(self, version: int | None = None, datastack_name: str | None = None) -> datetime:
        """Get the moment at which a version was frozen.

        Parameters
        ----------
        version : int, materialization version, optional
            Version to look up. Left out: the client's materialization version; for another datastack, its
            newest.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        datetime
            The moment, aware and in UTC.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Notes
        -----
        Answers are reused for 3600 s.

        Examples
        --------
        >>> answer = client.materialize.get_timestamp(version=2)
        """
        answer: datetime = self._call("get_timestamp", version=version, datastack_name=datastack_name)
        return answer

    def _get_versions_metadata(
        self, datastack_name: str | None = None, expired: bool = False
    ) -> list[VersionMetadata]:
        """Get what is known of all versions that can be queried.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        expired : bool, default False
            Expired versions are listed by API 3 only. One of False.

        Returns
        -------
        list[VersionMetadata]
            One record per version, in no order.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Notes
        -----
        Answers are reused for 60 s.
        """
        answer: list[VersionMetadata] = self._call(
            "get_versions_metadata", datastack_name=datastack_name, expired=expired
        )
        return answer

    def get_tables(self, datastack_name: str | None = None, version: int | None = None) -> list[str]:
        """List the tables of a version.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to list. Left out: the client's materialization version; for another datastack, its
            newest.

        Returns
        -------
        list[str]
            Names of the tables, in no order; empty when there are none.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Notes
        -----
        Answers are reused for 60 s.

        Examples
        --------
        >>> client.materialize.get_tables()
        ['nuclei', 'cell_types', 'tags', 'grouped', 'secret', 'synapses']
        """
        answer: list[str] = self._call("get_tables", datastack_name=datastack_name, version=version)
        return answer

    def get_annotation_count(
        self, table_name: str, datastack_name: str | None = None, version: int | None = None
    ) -> int | None:
        """Get the number of annotations in a table.

        Parameters
        ----------
        table_name : str
            Table to count. `get_tables` lists what there is.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to count in. Left out: the client's materialization version; for another datastack, its
            newest.

        Returns
        -------
        int | None
            Number of rows; None when the server has not counted the table.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_annotation_count("synapses")
        40
        """
        answer: int | None = self._call(
            "get_annotation_count", table_name=table_name, datastack_name=datastack_name, version=version
        )
        return answer

    def _get_table_metadata(
        self,
        table_name: str,
        datastack_name: str | None = None,
        version: int | None = None,
        log_warning: bool = True,
    ) -> TableMetadata:
        """Get what is known of a table.

        Parameters
        ----------
        table_name : str
            Table to describe. `get_tables` lists what there is.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version whose table is meant. Left out: the client's materialization version; for another
            datastack, its newest.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.

        Returns
        -------
        TableMetadata
            The table's record.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Notes
        -----
        Answers are reused for 3600 s.
        In a cache folder they are kept for 7 d.
        """
        answer: TableMetadata = self._call(
            "get_table_metadata",
            table_name=table_name,
            datastack_name=datastack_name,
            version=version,
            log_warning=log_warning,
        )
        return answer

    @overload
    def _query_table(
        self,
        table: str,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: Literal[True] = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[pa.Table]: ...

    @overload
    def _query_table(
        self,
        table: str,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: Literal[False],
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[list[dict[str, Any]]]: ...

    @overload
    def _query_table(
        self,
        table: str,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: bool = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[pa.Table] | Answer[list[dict[str, Any]]]: ...

    def _query_table(
        self,
        table: str,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: bool = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[pa.Table] | Answer[list[dict[str, Any]]]:
        """Query one table of a frozen version.

        Rows come in no order.

        Parameters
        ----------
        table : str
            Table to query. `get_tables` lists what there is.
        filter_in_dict : dict, optional
            Values to keep, by column.
        filter_out_dict : dict, optional
            Values to leave out, by column. Servers accept it and ignore it, so the rows must be left out
            again on arrival.
        filter_equal_dict : dict, optional
            The value to keep, by column.
        filter_spatial_dict : dict, in voxels, optional
            Boxes [[x0, y0, z0], [x1, y1, z1]] to keep, by position column, in the voxels in which the table
            is stored.
        filter_regex_dict : dict, optional
            Patterns that a text must match, by column.
        offset : int, optional
            Rows to skip. Rows come in no order, so pages may overlap and miss rows. At least 0.
        limit : int, optional
            Most rows to return. The server caps it. At least 1.
        desired_resolution : array of float, shape (3,), in nm, optional
            Size of a voxel in which positions are returned. Positions are whole numbers, so a coarser size
            loses detail.
        random_sample : int, optional
            About how many rows of the table to draw at random before filters apply. At least 1.
        filter_greater_dict : dict, optional
            Bounds that a value must exceed, by column. Needs server >=4.34.4.
        filter_less_dict : dict, optional
            Bounds that a value must stay below, by column. Needs server >=4.34.4.
        filter_greater_equal_dict : dict, optional
            Least values, by column. Needs server >=4.34.4.
        filter_less_equal_dict : dict, optional
            Greatest values, by column. Needs server >=4.34.4.
        as_arrow : bool, default True
            Ask for an Arrow table; false asks for JSON records.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.
        select_columns : list of str, optional
            Columns to return.
        count : bool, optional
            Return only the number of rows.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to query. Left out: the client's materialization version; for another datastack, its
            newest.

        Returns
        -------
        Answer[pa.Table]
            The rows, with `as_arrow=True`.
        Answer[list[dict[str, Any]]]
            The rows, one object each; times are epoch milliseconds, with `as_arrow=False`.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        TruncatedResultError
            The server left rows out; the error holds those that came.

        Notes
        -----
        Needs server >=5.13.0.
        A list of more than 100 in `filter_in_dict` is sent in several requests. Where the server cuts an
        answer, halves of its list are asked again. Not with `limit` or `offset` or `random_sample` or
        `count`.
        """
        answer: Answer[pa.Table] | Answer[list[dict[str, Any]]] = self._call(
            "query_table",
            table=table,
            filter_in_dict=filter_in_dict,
            filter_out_dict=filter_out_dict,
            filter_equal_dict=filter_equal_dict,
            filter_spatial_dict=filter_spatial_dict,
            filter_regex_dict=filter_regex_dict,
            offset=offset,
            limit=limit,
            desired_resolution=desired_resolution,
            random_sample=random_sample,
            filter_greater_dict=filter_greater_dict,
            filter_less_dict=filter_less_dict,
            filter_greater_equal_dict=filter_greater_equal_dict,
            filter_less_equal_dict=filter_less_equal_dict,
            as_arrow=as_arrow,
            log_warning=log_warning,
            progress=progress,
            select_columns=select_columns,
            count=count,
            datastack_name=datastack_name,
            version=version,
        )
        return answer

    @overload
    def _join_query(
        self,
        tables: JSON,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: Literal[True] = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        select_column_map: Mapping[str, Any] | None = None,
        suffixes: StrsLike | None = None,
        suffix_map: Mapping[str, Any] | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[pa.Table]: ...

    @overload
    def _join_query(
        self,
        tables: JSON,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: Literal[False],
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        select_column_map: Mapping[str, Any] | None = None,
        suffixes: StrsLike | None = None,
        suffix_map: Mapping[str, Any] | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[list[dict[str, Any]]]: ...

    @overload
    def _join_query(
        self,
        tables: JSON,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: bool = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        select_column_map: Mapping[str, Any] | None = None,
        suffixes: StrsLike | None = None,
        suffix_map: Mapping[str, Any] | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[pa.Table] | Answer[list[dict[str, Any]]]: ...

    def _join_query(
        self,
        tables: JSON,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: bool = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: StrsLike | None = None,
        select_column_map: Mapping[str, Any] | None = None,
        suffixes: StrsLike | None = None,
        suffix_map: Mapping[str, Any] | None = None,
        count: bool | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> Answer[pa.Table] | Answer[list[dict[str, Any]]]:
        """Query two joined tables of a frozen version.

        Rows come in no order. Servers join the first two tables only.

        Parameters
        ----------
        tables : JSON value
            Tables and the column by which each is joined: [[table, column], [table, column]].
        filter_in_dict : dict, optional
            Values to keep, by table and column.
        filter_out_dict : dict, optional
            Values to leave out, by table and column. Servers accept it and ignore it, so the rows must be
            left out again on arrival.
        filter_equal_dict : dict, optional
            The value to keep, by table and column.
        filter_spatial_dict : dict, in voxels, optional
            Boxes [[x0, y0, z0], [x1, y1, z1]] to keep, by table and position column, in the voxels in which
            the table is stored.
        filter_regex_dict : dict, optional
            Patterns that a text must match, by table and column.
        offset : int, optional
            Rows to skip. Rows come in no order, so pages may overlap and miss rows. At least 0.
        limit : int, optional
            Most rows to return. The server caps it. At least 1.
        desired_resolution : array of float, shape (3,), in nm, optional
            Size of a voxel in which positions are returned. Positions are whole numbers, so a coarser size
            loses detail.
        random_sample : int, optional
            About how many rows of the table to draw at random before filters apply. At least 1.
        filter_greater_dict : dict, optional
            Bounds that a value must exceed, by table and column. Needs server >=4.34.4.
        filter_less_dict : dict, optional
            Bounds that a value must stay below, by table and column. Needs server >=4.34.4.
        filter_greater_equal_dict : dict, optional
            Least values, by table and column. Needs server >=4.34.4.
        filter_less_equal_dict : dict, optional
            Greatest values, by table and column. Needs server >=4.34.4.
        as_arrow : bool, default True
            Ask for an Arrow table; false asks for JSON records.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.
        select_columns : list of str, optional
            Columns to return, by their names in the result. Ambiguous; say them by table.
        select_column_map : dict, optional
            Columns to return, by table.
        suffixes : list of str, optional
            Endings for column names that both tables have, in the order of the tables. Ambiguous; say them
            by table.
        suffix_map : dict, optional
            Endings for column names that both tables have, by table.
        count : bool, optional
            Return only the number of rows.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to query. Left out: the client's materialization version; for another datastack, its
            newest.

        Returns
        -------
        Answer[pa.Table]
            The rows, with `as_arrow=True`.
        Answer[list[dict[str, Any]]]
            The rows, one object each; times are epoch milliseconds, with `as_arrow=False`.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        TruncatedResultError
            The server left rows out; the error holds those that came.

        Notes
        -----
        Needs server >=5.13.0.
        A list of more than 100 in `filter_in_dict` is sent in several requests. Where the server cuts an
        answer, halves of its list are asked again. Not with `limit` or `offset` or `random_sample` or
        `count`.
        """
        answer: Answer[pa.Table] | Answer[list[dict[str, Any]]] = self._call(
            "join_query",
            tables=tables,
            filter_in_dict=filter_in_dict,
            filter_out_dict=filter_out_dict,
            filter_equal_dict=filter_equal_dict,
            filter_spatial_dict=filter_spatial_dict,
            filter_regex_dict=filter_regex_dict,
            offset=offset,
            limit=limit,
            desired_resolution=desired_resolution,
            random_sample=random_sample,
            filter_greater_dict=filter_greater_dict,
            filter_less_dict=filter_less_dict,
            filter_greater_equal_dict=filter_greater_equal_dict,
            filter_less_equal_dict=filter_less_equal_dict,
            as_arrow=as_arrow,
            log_warning=log_warning,
            progress=progress,
            select_columns=select_columns,
            select_column_map=select_column_map,
            suffixes=suffixes,
            suffix_map=suffix_map,
            count=count,
            datastack_name=datastack_name,
            version=version,
        )
        return answer

    @overload
    def _live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: JSON | None = None,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: Literal[True] = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: Mapping[str, Any] | None = None,
        suffixes: Mapping[str, Any] | None = None,
        allow_missing_lookups: bool = False,
        allow_invalid_root_ids: bool = False,
        datastack_name: str | None = None,
    ) -> Answer[pa.Table]: ...

    @overload
    def _live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: JSON | None = None,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: Literal[False],
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: Mapping[str, Any] | None = None,
        suffixes: Mapping[str, Any] | None = None,
        allow_missing_lookups: bool = False,
        allow_invalid_root_ids: bool = False,
        datastack_name: str | None = None,
    ) -> Answer[list[dict[str, Any]]]: ...

    @overload
    def _live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: JSON | None = None,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: bool = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: Mapping[str, Any] | None = None,
        suffixes: Mapping[str, Any] | None = None,
        allow_missing_lookups: bool = False,
        allow_invalid_root_ids: bool = False,
        datastack_name: str | None = None,
    ) -> Answer[pa.Table] | Answer[list[dict[str, Any]]]: ...

    def _live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: JSON | None = None,
        filter_in_dict: Mapping[str, Any] | None = None,
        filter_out_dict: Mapping[str, Any] | None = None,
        filter_equal_dict: Mapping[str, Any] | None = None,
        filter_spatial_dict: Mapping[str, Any] | None = None,
        filter_regex_dict: Mapping[str, Any] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Mapping[str, Any] | None = None,
        filter_less_dict: Mapping[str, Any] | None = None,
        filter_greater_equal_dict: Mapping[str, Any] | None = None,
        filter_less_equal_dict: Mapping[str, Any] | None = None,
        as_arrow: bool = True,
        log_warning: bool = True,
        progress: bool | None = None,
        select_columns: Mapping[str, Any] | None = None,
        suffixes: Mapping[str, Any] | None = None,
        allow_missing_lookups: bool = False,
        allow_invalid_root_ids: bool = False,
        datastack_name: str | None = None,
    ) -> Answer[pa.Table] | Answer[list[dict[str, Any]]]:
        """Query tables as they are at any moment.

        Rows come in no order. The server maps root ids between the moment and the nearest versions.

        Parameters
        ----------
        table : str
            Table to query. `get_tables` lists what there is.
        timestamp : datetime, str or float
            Moment to query.
        joins : JSON value, optional
            Tables to join: [[table, column, other table, column], ...].
        filter_in_dict : dict, optional
            Values to keep, by table and column.
        filter_out_dict : dict, optional
            Values to leave out, by table and column. Servers accept it and ignore it, so the rows must be
            left out again on arrival.
        filter_equal_dict : dict, optional
            The value to keep, by table and column.
        filter_spatial_dict : dict, in voxels, optional
            Boxes [[x0, y0, z0], [x1, y1, z1]] to keep, by table and position column, in the voxels in which
            the table is stored.
        filter_regex_dict : dict, optional
            Patterns that a text must match, by table and column.
        offset : int, optional
            Rows to skip. Rows come in no order, so pages may overlap and miss rows. At least 0.
        limit : int, optional
            Most rows to return. The server caps it. At least 1.
        desired_resolution : array of float, shape (3,), in nm, optional
            Size of a voxel in which positions are returned. Positions are whole numbers, so a coarser size
            loses detail.
        random_sample : int, optional
            About how many rows of the table to draw at random before filters apply. At least 1.
        filter_greater_dict : dict, optional
            Bounds that a value must exceed, by table and column. Needs server >=4.34.4.
        filter_less_dict : dict, optional
            Bounds that a value must stay below, by table and column. Needs server >=4.34.4.
        filter_greater_equal_dict : dict, optional
            Least values, by table and column. Needs server >=4.34.4.
        filter_less_equal_dict : dict, optional
            Greatest values, by table and column. Needs server >=4.34.4.
        as_arrow : bool, default True
            Ask for an Arrow table; false asks for JSON records.
        log_warning : bool, default True
            Log the notices that the server sends with the answer.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.
        select_columns : dict, optional
            Columns to return, by table.
        suffixes : dict, optional
            Endings for column names that several tables have, by table.
        allow_missing_lookups : bool, default False
            Return rows whose root ids the server has not looked up yet.
        allow_invalid_root_ids : bool, default False
            Accept root ids in filters that are not valid at that moment.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        Answer[pa.Table]
            The rows, with `as_arrow=True`.
        Answer[list[dict[str, Any]]]
            The rows, one object each; times are epoch milliseconds, with `as_arrow=False`.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        ServerIncompatibilityError
            The server is too old, or too new.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        TruncatedResultError
            The server left rows out; the error holds those that came.

        Notes
        -----
        Needs server >=5.13.0.
        A list of more than 1000 in `filter_in_dict` is sent in several requests. Where the server cuts an
        answer, halves of its list are asked again. Not with `limit` or `offset` or `random_sample`.
        """
        answer: Answer[pa.Table] | Answer[list[dict[str, Any]]] = self._call(
            "live_live_query",
            table=table,
            timestamp=timestamp,
            joins=joins,
            filter_in_dict=filter_in_dict,
            filter_out_dict=filter_out_dict,
            filter_equal_dict=filter_equal_dict,
            filter_spatial_dict=filter_spatial_dict,
            filter_regex_dict=filter_regex_dict,
            offset=offset,
            limit=limit,
            desired_resolution=desired_resolution,
            random_sample=random_sample,
            filter_greater_dict=filter_greater_dict,
            filter_less_dict=filter_less_dict,
            filter_greater_equal_dict=filter_greater_equal_dict,
            filter_less_equal_dict=filter_less_equal_dict,
            as_arrow=as_arrow,
            log_warning=log_warning,
            progress=progress,
            select_columns=select_columns,
            suffixes=suffixes,
            allow_missing_lookups=allow_missing_lookups,
            allow_invalid_root_ids=allow_invalid_root_ids,
            datastack_name=datastack_name,
        )
        return answer

    def ingest_annotation_table(self, table_name: str, datastack_name: str | None = None) -> int:
        """Start the look-up of supervoxel and root ids of new annotations in a table.

        The job runs on the server; nothing tells when it is done but the table itself.

        Parameters
        ----------
        table_name : str
            Table whose annotations are new. `get_tables` lists what there is.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        int
            Status of the request; 200 when the job was started.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Query the table live; when its new rows have
            supervoxel and root ids, the job ran.

        Examples
        --------
        >>> client.materialize.ingest_annotation_table("tags")
        200
        """
        answer: int = self._call(
            "ingest_annotation_table", table_name=table_name, datastack_name=datastack_name
        )
        return answer

    def lookup_supervoxel_ids(
        self, table_name: str, annotation_ids: IdsLike | None = None, datastack_name: str | None = None
    ) -> int:
        """Start the look-up of supervoxel ids of annotations in a table.

        The job runs on the server; nothing tells when it is done but the table itself.

        Parameters
        ----------
        table_name : str
            Table whose annotations are meant. `get_tables` lists what there is.
        annotation_ids : array of annotation ids, shape (n,), optional
            Annotations to look up; all of the table when left out.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        int
            Status of the request; 200 when the job was started.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Query the table live; when the annotations have
            supervoxel ids, the job ran.

        Examples
        --------
        >>> client.materialize.lookup_supervoxel_ids("tags", annotation_ids=[3])
        200
        """
        answer: int = self._call(
            "lookup_supervoxel_ids",
            table_name=table_name,
            annotation_ids=annotation_ids,
            datastack_name=datastack_name,
        )
        return answer

    def start_spatial_lookup(
        self,
        table_name: str,
        datastack_name: str | None = None,
        *,
        chunk_scale_factor: int | None = None,
        supervoxel_batch_size: int | None = None,
        use_staging_database: bool | None = None,
        resume_from_checkpoint: bool | None = None,
    ) -> int:
        """Start the look-up of supervoxel and root ids of a table, block of space by block of space.

        Made for large tables that were uploaded as a whole.

        Parameters
        ----------
        table_name : str
            Table whose annotations are meant.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        chunk_scale_factor : int, optional
            Edge of a block, in units of 1024 voxels. Left out: the server takes 1. At least 1.
        supervoxel_batch_size : int, optional
            Points that are looked up at a time. Left out: the server takes 50. At least 1.
        use_staging_database : bool, optional
            The table stands in the staging database. Left out: the server takes False.
        resume_from_checkpoint : bool, optional
            Go on where an earlier job stopped. Left out: the server takes False.

        Returns
        -------
        int
            Status of the request; 200 when the job was started.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call `get_spatial_lookup_status`; it tells when
            the job was started and how far it is.

        Examples
        --------
        >>> client.materialize.start_spatial_lookup("tags", resume_from_checkpoint=True)
        200
        """
        answer: int = self._call(
            "start_spatial_lookup",
            table_name=table_name,
            datastack_name=datastack_name,
            chunk_scale_factor=chunk_scale_factor,
            supervoxel_batch_size=supervoxel_batch_size,
            use_staging_database=use_staging_database,
            resume_from_checkpoint=resume_from_checkpoint,
        )
        return answer

    def get_spatial_lookup_status(
        self,
        table_name: str,
        datastack_name: str | None = None,
        *,
        use_staging_database: bool | None = None,
        database: str | None = None,
    ) -> dict[str, Any]:
        """Get how far the spatial look-up of a table is.

        Parameters
        ----------
        table_name : str
            Table whose look-up is meant.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        use_staging_database : bool, optional
            The table stands in the staging database. Left out: the server takes False.
        database : str, optional
            Name of the staging database.

        Returns
        -------
        dict[str, Any]
            State, counts of blocks and rows, rate and expected end.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> answer = client.materialize.get_spatial_lookup_status("tags")
        """
        answer: dict[str, Any] = self._call(
            "get_spatial_lookup_status",
            table_name=table_name,
            datastack_name=datastack_name,
            use_staging_database=use_staging_database,
            database=database,
        )
        return answer

    def get_active_spatial_lookups(
        self, datastack_name: str | None = None, *, use_staging_database: bool | None = None
    ) -> list[dict[str, Any]]:
        """List the spatial look-ups that run in a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        use_staging_database : bool, optional
            Those in the staging database. Left out: the server takes False.

        Returns
        -------
        list[dict[str, Any]]
            One object per look-up.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_active_spatial_lookups()
        [{'table_name': 'tags', 'progress_percentage': 25.0}]
        """
        answer: list[dict[str, Any]] = self._call(
            "get_active_spatial_lookups",
            datastack_name=datastack_name,
            use_staging_database=use_staging_database,
        )
        return answer

    def get_all_active_spatial_lookups(self) -> list[dict[str, Any]]:
        """List the spatial look-ups that run in all datastacks of the server.

        Returns
        -------
        list[dict[str, Any]]
            One object per look-up.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_all_active_spatial_lookups()
        []
        """
        answer: list[dict[str, Any]] = self._call("get_all_active_spatial_lookups")
        return answer

    def get_spatial_lookup_details(
        self,
        workflow_name: str,
        datastack_name: str | None = None,
        *,
        database_name: str | None = None,
        use_staging_database: bool | None = None,
    ) -> dict[str, Any]:
        """Get the state of every block of a spatial look-up.

        Parameters
        ----------
        workflow_name : str
            Name of the look-up.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        database_name : str, optional
            Database that the look-up writes to.
        use_staging_database : bool, optional
            The look-up is in the staging database.

        Returns
        -------
        dict[str, Any]
            A summary, counts by state, and the blocks with their errors.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> answer = client.materialize.get_spatial_lookup_details("tags")
        """
        answer: dict[str, Any] = self._call(
            "get_spatial_lookup_details",
            workflow_name=workflow_name,
            datastack_name=datastack_name,
            database_name=database_name,
            use_staging_database=use_staging_database,
        )
        return answer

    def dump_csv_table(
        self, table_name: str, datastack_name: str | None = None, version: int | None = None
    ) -> CsvDump:
        """Write a table of a version to a bucket as compressed CSV.

        Only for those who administer the dataset. It takes minutes, and answers at once when the dump
        exists.

        Parameters
        ----------
        table_name : str
            Table or view to write. `get_tables` lists what there is.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to write; -1 for the newest. Left out: the client's materialization version; for another
            datastack, its newest.

        Returns
        -------
        CsvDump
            Where the files lie.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call it again after some minutes; it says that the
            file exists when the first call wrote it.

        Examples
        --------
        >>> answer = client.materialize.dump_csv_table("synapses")
        """
        answer: CsvDump = self._call(
            "dump_csv_table", table_name=table_name, datastack_name=datastack_name, version=version
        )
        return answer

    def start_deltalake_export(
        self,
        table_name: str,
        output_specs: JSON | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> DeltalakeJob:
        """Start the export of a table of a version as Delta Lake tables.

        Only for those who administer the dataset. The job runs on the server; `get_deltalake_export` tells
        how far it is.

        Parameters
        ----------
        table_name : str
            Table to export. `get_tables` lists what there is.
        output_specs : JSON value, optional
            Settings of each table to write: a list of objects with name, partition_by, partition_strategy,
            n_partitions, zorder_columns, bloom_filter_columns, bloom_filter_fpp, source_geometry_column,
            source_table, bounds and target_file_size_mb; `discover_deltalake_specs` proposes them.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to export; -1 for the newest. Left out: the client's materialization version; for
            another datastack, its newest.

        Returns
        -------
        DeltalakeJob
            Id of the job.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call `get_deltalake_export` without a job id; it
            tells of the export when it was started.

        Examples
        --------
        >>> client.materialize.start_deltalake_export(
        ...     "synapses",
        ...     output_specs=[{"name": "by_pre", "partition_by": "pre_pt_root_id"}],
        ... )
        {'message': 'export started', 'job_id': '0123456789abcdef0123456789abcdef'}
        """
        answer: DeltalakeJob = self._call(
            "start_deltalake_export",
            table_name=table_name,
            output_specs=output_specs,
            datastack_name=datastack_name,
            version=version,
        )
        return answer

    def get_deltalake_export(
        self,
        table_name: str,
        job_id: str | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> dict[str, Any]:
        """Get how far a Delta Lake export is.

        Only for those who administer the dataset.

        Parameters
        ----------
        table_name : str
            Table that is exported.
        job_id : str, optional
            Id of the job; needed where one table is exported several times.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version that is exported; -1 for the newest. Left out: the client's materialization version; for
            another datastack, its newest.

        Returns
        -------
        dict[str, Any]
            State, rows done, rows in all and the job's log.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_deltalake_export(
        ...     "synapses",
        ...     job_id="0123456789abcdef0123456789abcdef",
        ... )
        {'status': 'running', 'rows_processed': 20, 'total_rows': 40, 'log_entries': []}
        """
        answer: dict[str, Any] = self._call(
            "get_deltalake_export",
            table_name=table_name,
            job_id=job_id,
            datastack_name=datastack_name,
            version=version,
        )
        return answer

    def get_deltalake_defaults(self) -> DeltalakeDefaults:
        """Get what a Delta Lake export uses where its settings say nothing.

        Returns
        -------
        DeltalakeDefaults
            The server's settings.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_deltalake_defaults()
        {'bloom_filter_fpp': 0.001, 'output_bucket': '', 'target_partition_size_mb': 256}
        """
        answer: DeltalakeDefaults = self._call("get_deltalake_defaults")
        return answer

    def discover_deltalake_specs(
        self,
        table_name: str,
        target_partition_size_mb: int | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> DeltalakePlan:
        """Get the size of a table, its columns, and settings to export it with.

        Only for those who administer the dataset.

        Parameters
        ----------
        table_name : str
            Table to export. `get_tables` lists what there is.
        target_partition_size_mb : int, optional
            Size that a part should have in MB. At least 1.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version to export. Left out: the client's materialization version; for another datastack, its
            newest.

        Returns
        -------
        DeltalakePlan
            The table's size and the proposed settings.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> answer = client.materialize.discover_deltalake_specs("synapses")
        """
        answer: DeltalakePlan = self._call(
            "discover_deltalake_specs",
            table_name=table_name,
            target_partition_size_mb=target_partition_size_mb,
            datastack_name=datastack_name,
            version=version,
        )
        return answer

    def check_deltalake_exists(
        self,
        table_name: str,
        spec_names: StrsLike | None = None,
        datastack_name: str | None = None,
        version: int | None = None,
    ) -> DeltalakeExists:
        """Tell which Delta Lake exports of a table exist already.

        Only for those who administer the dataset.

        Parameters
        ----------
        table_name : str
            Table that was exported. `get_tables` lists what there is.
        spec_names : list of str, optional
            Names of the exports to look for.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.
        version : int, materialization version, optional
            Version that was exported. Left out: the client's materialization version; for another
            datastack, its newest.

        Returns
        -------
        DeltalakeExists
            Names of the exports that exist.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.check_deltalake_exists("synapses", spec_names=["flat"])
        {'exists': False, 'existing_specs': []}
        """
        answer: DeltalakeExists = self._call(
            "check_deltalake_exists",
            table_name=table_name,
            spec_names=spec_names,
            datastack_name=datastack_name,
            version=version,
        )
        return answer

    def create_virtual_version(
        self,
        target_version: int,
        tables_to_include: StrsLike,
        virtual_version_name: str,
        datastack_name: str | None = None,
    ) -> str:
        """Publish some tables of a version as a datastack of their own.

        Only for those who administer the dataset.

        Parameters
        ----------
        target_version : int, materialization version
            Version to publish.
        tables_to_include : list of str
            Tables to publish. `get_tables` lists what there is.
        virtual_version_name : str
            Ending of the new datastack's name.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        str
            What was created.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call `get_versions` for the new datastack,
            `<datastack>_<virtual_version_name>`; it exists when the version was published.

        Examples
        --------
        >>> client.materialize.create_virtual_version(2, ["nuclei", "synapses"], "public")
        'testds_public created'
        """
        answer: str = self._call(
            "create_virtual_version",
            target_version=target_version,
            tables_to_include=tables_to_include,
            virtual_version_name=virtual_version_name,
            datastack_name=datastack_name,
        )
        return answer

    def generate_upload_url(
        self, filename: str, content_type: str = "text/csv", datastack_name: str | None = None
    ) -> UploadUrl:
        """Get an address to which a file of annotations can be uploaded.

        Parameters
        ----------
        filename : str
            Name of the file.
        content_type : str, default "text/csv"
            Type of the file's content.
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        UploadUrl
            The address.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.generate_upload_url("tags.csv")
        {'resumableUrl': 'https://storage.example/upload/1', 'origin': 'https://cave.local'}
        """
        answer: UploadUrl = self._call(
            "generate_upload_url", filename=filename, content_type=content_type, datastack_name=datastack_name
        )
        return answer

    def get_upload_schemas(self) -> list[str]:
        """List the schemas that an uploaded table can have.

        Returns
        -------
        list[str]
            Names of the schemas.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_upload_schemas()
        ['bound_tag', 'synapse']
        """
        answer: list[str] = self._call("get_upload_schemas")
        return answer

    def get_upload_schema(self, schema_name: str) -> dict[str, Any]:
        """Get one schema that an uploaded table can have.

        Parameters
        ----------
        schema_name : str
            Name of the schema. `get_upload_schemas` lists what there is.

        Returns
        -------
        dict[str, Any]
            The schema.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_upload_schema("bound_tag")
        {'definitions': {}}
        """
        answer: dict[str, Any] = self._call("get_upload_schema", schema_name=schema_name)
        return answer

    def get_upload_schema_model(self, schema_name: str) -> dict[str, Any]:
        """Get the database columns of a schema.

        Parameters
        ----------
        schema_name : str
            Name of the schema. `get_upload_schemas` lists what there is.

        Returns
        -------
        dict[str, Any]
            Name and fields; each field has type, required and primary_key.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> answer = client.materialize.get_upload_schema_model("bound_tag")
        """
        answer: dict[str, Any] = self._call("get_upload_schema_model", schema_name=schema_name)
        return answer

    def save_upload_metadata(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Save what is known of a table that is about to be uploaded.

        Parameters
        ----------
        metadata : dict
            Object with schema_type, datastack_name, table_name, description, voxel_resolution_nm_x,
            voxel_resolution_nm_y, voxel_resolution_nm_z, write_permission and read_permission; and, where
            they apply, reference_table, notice_text, flat_segmentation_source and force_overwrite.

        Returns
        -------
        dict[str, Any]
            What the server saved.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call it again with the same metadata; they are
            saved in place of the first ones.

        Examples
        --------
        >>> client.materialize.save_upload_metadata(
        ...     {"schema_type": "bound_tag", "datastack_name": "testds", "table_name": "new_tags", "description": "tags", "voxel_resolution_nm_x": 4, "voxel_resolution_nm_y": 4, "voxel_resolution_nm_z": 40, "write_permission": "PRIVATE", "read_permission": "PUBLIC"},
        ... )
        {'status': 'success', 'result': 'saved'}
        """
        answer: dict[str, Any] = self._call("save_upload_metadata", metadata=metadata)
        return answer

    def get_upload_aligned_volumes(self) -> list[dict[str, Any]]:
        """List the datastacks and aligned volumes that tables can be uploaded to.

        Returns
        -------
        list[dict[str, Any]]
            Objects with datastack, aligned_volume and description.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_upload_aligned_volumes()
        [{'datastack': 'testds', 'aligned_volume': 'testvol', 'description': 'Imagery for tests'}]
        """
        answer: list[dict[str, Any]] = self._call("get_upload_aligned_volumes")
        return answer

    def start_upload(
        self,
        filename: str,
        column_mapping: Mapping[str, Any],
        metadata: Mapping[str, Any],
        ignored_columns: StrsLike = (),
    ) -> UploadStart:
        """Start turning an uploaded CSV file into a table.

        Parameters
        ----------
        filename : str
            Name of the uploaded file.
        column_mapping : dict
            Columns of the table, by column of the file.
        metadata : dict
            What `save_upload_metadata` takes.
        ignored_columns : list of str, default ()
            Columns of the file to leave out.

        Returns
        -------
        UploadStart
            Id of the job.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        UnknownOutcomeError
            The answer was lost, so it may have happened. Call `get_upload_jobs`; the job is listed when it
            was started.

        Examples
        --------
        >>> client.materialize.start_upload(
        ...     "tags.csv",
        ...     {"label": "tag"},
        ...     {"table_name": "new_tags"},
        ... )
        {'status': 'start', 'task_id': '7'}
        """
        answer: UploadStart = self._call(
            "start_upload",
            filename=filename,
            column_mapping=column_mapping,
            metadata=metadata,
            ignored_columns=ignored_columns,
        )
        return answer

    def get_upload_status(self, job_id: str) -> dict[str, Any]:
        """Get how far an upload job is.

        Parameters
        ----------
        job_id : str
            Id of the job. `get_upload_jobs` lists what there is.

        Returns
        -------
        dict[str, Any]
            State, phase, progress and counts of rows.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> answer = client.materialize.get_upload_status("7")
        """
        answer: dict[str, Any] = self._call("get_upload_status", job_id=job_id)
        return answer

    def cancel_upload(self, job_id: str) -> dict[str, Any]:
        """Cancel an upload job.

        Parameters
        ----------
        job_id : str
            Id of the job. `get_upload_jobs` lists what there is.

        Returns
        -------
        dict[str, Any]
            What the server did.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.cancel_upload("7")
        {'status': 'success', 'message': 'Processing cancelled'}
        """
        answer: dict[str, Any] = self._call("cancel_upload", job_id=job_id)
        return answer

    def get_upload_jobs(self) -> list[dict[str, Any]]:
        """List your upload jobs.

        Returns
        -------
        list[dict[str, Any]]
            One object per job, with job_id and what `get_upload_status` tells.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_upload_jobs()
        [{'job_id': '7', 'status': 'done'}]
        """
        answer: list[dict[str, Any]] = self._call("get_upload_jobs")
        return answer

    def _homepage(self, datastack_name: str | None = None) -> str:
        """Get the address of the page that shows the datastack's versions and tables.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's datastack.

        Returns
        -------
        str
            The address; nothing is sent.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.
        """
        answer: str = self._call("homepage", datastack_name=datastack_name)
        return answer

    def get_server_health(self) -> dict[str, Any]:
        """Tell whether the server can reach its database, and how busy it is.

        Returns
        -------
        dict[str, Any]
            State of the database; on some servers busy and total workers.

        Raises
        ------
        NotFoundError
            The server knows no such thing.
        ExpiredVersionError
            That version is no longer there.

        Examples
        --------
        >>> client.materialize.get_server_health()
        {'database': 'ok', 'busy_workers': 1, 'total_workers': 8, 'busy_fraction': 0.125}
        """
        answer: dict[str, Any] = self._call("get_server_health")
        return answer
