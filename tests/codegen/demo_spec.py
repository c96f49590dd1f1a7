"""A small resolved spec that uses everything the renderer can write."""

from codegen import ir

TYPES = (
    ir.NamedType(
        "RootId",
        (
            ir.TypeField("root_id", "int", doc="Root that holds the node."),
            ir.TypeField("note", "str | None", required=False, doc="What somebody noted."),
        ),
        doc="Answer of the root look-up.",
    ),
    ir.NamedType("Links", (ir.TypeField("next-page", "str | None", doc="Where it goes on."),), doc="Links."),
)

GET_ROOTS = ir.Operation(
    name="get_roots",
    summary="Look up the root id of many supervoxels at one moment.",
    doc="Roots change when the segmentation is edited.\n\nThere is more to say.",
    method="POST",
    path="/demo/api/v1/table/{table_id}/roots_binary",
    safe=True,
    endpoint="get_roots",
    endpoint_path="/demo/api/v1/table/{table_id}/roots",
    params=(
        ir.Param(
            "supervoxel_ids",
            "id_array",
            "body",
            ("supervoxel_ids",),
            "native",
            "Supervoxels to look up.",
            required=True,
            unit="supervoxel_id",
            max_items=100,
        ),
        ir.Param(
            "timestamp",
            "datetime",
            "query",
            ("timestamp",),
            "epoch_seconds",
            "Moment to look up.",
            client_default="timestamp_or_now",
            deprecated=ir.Deprecated("2.0", use="moment", message="It has a new name."),
        ),
        ir.Param(
            "stop_layer",
            "int",
            "query",
            ("stop_layer", "layer"),
            "scalar",
            "Chunk layer to stop at.",
            minimum=1,
            maximum=20,
            server=(">=2.0",),
            unit="layer",
            server_default=5,
        ),
        ir.Param(
            "note", "str", "query", ("note",), "scalar", "A note.", default="none", choices_from="get_notes"
        ),
        ir.Param(
            "mode", "str", "query", ("mode",), "scalar", "How.", default="fast", choices=("fast", "slow")
        ),
        ir.Param("flag", "str", "query", ("flag",), "scalar", "Always sent.", default="yes", is_const=True),
    ),
    holes=(("table_id", "table_name"),),
    body=ir.Body("binary", "supervoxel_ids", "<u8"),
    headers=(("Accept-Encoding", "zstd"),),
    response=(ir.Arm("ndarray", dtype="<u8", order="input", doc="Roots.", media_type=("text/html",)),),
    server=("<3,>=2.18.0", "<4,>=3.0.5"),
    server_message="Roots need a newer chunkedgraph.",
    requires="l2cache",
    exclusive=(("note", "mode"),),
    errors=((404, "NotFoundError"),),
    rows=ir.RowLimit("Warning", ("Limited query to",)),
    items=(ir.ItemLimit("supervoxel_ids", 10, "split", "concat"),),
    cache=ir.Cache(3600, 100, ("supervoxel_ids", "timestamp", "stop_layer", "note", "mode")),
    timeout=60.0,
    deprecated=ir.Deprecated("3.0", use="get_root_ids", message="Too slow.", sunset="4.0"),
    examples=(
        ir.Example(
            title="Two supervoxels",
            call=(("supervoxel_ids", [1, 2]), ("note", "a note")),
            client=(("table_name", "tbl"),),
            request={"path": "/demo/api/v1/table/tbl/roots_binary"},
            response={"body_hex": "0a000000000000000b00000000000000"},
            has_returns=True,
            returns=[10, 11],
        ),
    ),
)

GET_RECORD = ir.Operation(
    name="get_record",
    summary="Get a record.",
    method="GET",
    path="/demo/api/v1/record/{record_id}",
    safe=True,
    params=(
        ir.Param("record_id", "id", "path", ("record_id",), "scalar", "Number of the record.", required=True),
        ir.Param("layer", "int", "query", ("layer",), "scalar", "Layer."),
        ir.Param("as_list", "bool", "none", ("as_list",), "scalar", "Return a list.", default=False),
        ir.Param("kind", "str", "query", ("kind",), "scalar", "Kind.", choices=("a", "b"), keyword_only=True),
    ),
    response=(
        ir.Arm("json", when=(("as_list", True),), returns="list[RootId]", doc="All of them."),
        ir.Arm("json", returns="RootId", doc="One."),
    ),
    examples=(
        ir.Example(
            call=(("record_id", 1),),
            has_returns=True,
            returns={"root_id": 5},
            response={"json": {"root_id": 5}},
        ),
    ),
)

CREATE = ir.Operation(
    name="create",
    summary="Create a record.",
    method="POST",
    path="/demo/api/v1/record",
    safe=False,
    check="Look whether `get_record` has it.",
    raw=True,
    params=(ir.Param("text", "str", "body", ("text",), "native", "Its text.", required=True),),
    response=(ir.Arm("json", headers=(("Used-Bounds", "bool"),), select=("created", "id"), cast="id"),),
)

VOLUME = ir.Operation(
    name="volume_path",
    summary="Where the volume is.",
    method="GET",
    path="/demo/{table_id}",
    safe=True,
    kind="url",
    scheme="graphene",
    endpoint="volume_path",
    is_property=True,
    holes=(("table_id", "table_name"),),
    examples=(ir.Example(call=(), has_returns=True, returns="graphene://https://host/demo/tbl"),),
)

REMOVE = ir.Operation(
    name="remove",
    summary="Remove a record.",
    method="DELETE",
    path="/demo/api/v1/record/{record_id}",
    safe=True,
    params=(
        ir.Param("record_id", "id", "path", ("record_id",), "scalar", "Number of the record.", required=True),
    ),
    response=(ir.Arm("none"),),
)


SEARCH = ir.Operation(
    name="search",
    summary="Search records in parts.",
    method="POST",
    path="/demo/api/v1/search",
    safe=True,
    params=(
        ir.Param("where", "mapping", "body", ("where",), "native", "Values by column."),
        ir.Param("names", "str_array", "body", ("names",), "native", "Names to look for."),
        ir.Param("limit", "int", "body", ("limit",), "native", "Most records."),
        ir.Param("quiet", "bool", "none", ("quiet",), "native", "No notices.", effect="log_warnings"),
        ir.Param(
            "progress",
            "bool",
            "none",
            ("progress",),
            "native",
            "A bar.",
            keyword_only=True,
            effect="progress",
        ),
    ),
    response=(
        ir.Arm("gzip_json", keyed_by="names", map_keys="int", returns="dict[int, RootId]", doc="Them."),
    ),
    rows=ir.RowLimit("Warning", ("Limited query to",), "split", "limit"),
    items=(
        ir.ItemLimit("where", 5, "split", "dict_union", depth=2, unless=("limit",)),
        ir.ItemLimit("names", 7, "truncate"),
    ),
)

ELSEWHERE = ir.Operation(
    name="ask_elsewhere",
    summary="Ask another server.",
    method="GET",
    path="/",
    safe=True,
    params=(ir.Param("host", "str", "address", ("host",), "scalar", "Its address.", required=True),),
    response=(ir.Arm("gzip_text", doc="Its words."),),
)


LOOK = ir.Operation(
    name="look",
    summary="Look at a record.",
    method="GET",
    path="/demo/api/v1/look",
    safe=True,
    params=(
        ir.Param(
            "most",
            "int",
            "query",
            ("most",),
            "scalar",
            "Most records.",
            default=5,
            aliases=("limit", "top"),
            aliases_since="5.2",
        ),
        ir.Param("plain", "bool", "none", ("plain",), "scalar", "As text.", default=False, aliases=("text",)),
    ),
    response=(
        ir.Arm("text", when=(("plain", True),), doc="Its text."),
        ir.Arm("json", returns="RootId", doc="It."),
    ),
    aliases=("gaze", "view"),
    aliases_since="5.3",
)


def service(*operations: ir.Operation, name: str = "demo") -> ir.Service:
    """Make a service of these operations."""
    return ir.Service(
        name=name,
        client="DemoClient",
        attribute=name,
        module=name,
        summary="Roots and records.",
        server=ir.Server("/demo", "demo_server_address", "local", version_path="/version", fallback_api="1"),
        apis=(
            ir.Api(
                name,
                "1",
                "/api/v1",
                operations,
                doc="The first API.",
                stability="beta",
                deprecated=ir.Deprecated("9", message="Old."),
                extra_endpoints=(ir.ExtraEndpoint("page", "/demo/page", "A page."),),
            ),
        ),
        extra_endpoints=(ir.ExtraEndpoint("help", "/demo/help", "Another page."),),
        attributes=(
            ir.Attribute("table_name", "str", "tbl", "Name of the table."),
            ir.Attribute("timestamp_or_now", "datetime", "2024-01-02T03:04:05Z", "The client's moment."),
        ),
        features=(ir.Feature("l2cache", "has_l2cache", "This datastack has no L2 cache."),),
        types=TYPES,
    )


ALL = (GET_ROOTS, GET_RECORD, CREATE, VOLUME, REMOVE, SEARCH, ELSEWHERE, LOOK)
DEMO = ir.Spec((service(*ALL),))
