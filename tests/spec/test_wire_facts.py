"""Units, ids, times and switches: what the servers mean, and what a naive client gets wrong."""

import pytest
from described import REQUESTS, SPOKEN, by_name

TIMES = {
    ("annotation", "query"): "iso_utc_micros",
    ("chunkedgraph", "query"): "epoch_seconds",  # ISO text is refused there
    ("state", "query"): "epoch_seconds",
    ("materialize", "body"): "iso_utc_offset",  # a number is refused there
}
ID_UNITS = {"supervoxel_id", "root_id", "node_id", "chunk_id"}

PARAMS = [(each, param) for each in REQUESTS for param in each.operation.params]
QUERIES = [each for each in REQUESTS if each.operation.path.endswith("/query")]
ALWAYS_SET = (
    ("direct_sql_pandas", "/query", "without it, ids with gaps are floats and booleans text"),
    ("as_array", "/l2_chunk_children/{chunk_id}", "without it, the server fails"),
    ("as_array", "/l2_chunk_children_binary/{chunk_id}", "without it, the answer is a pickle"),
    ("as_array", "/minimal_covering_nodes", "with it, the answer is an array of bytes"),
)


def of_type(kind):
    found = [(each, param) for each, param in PARAMS if param.type == kind]
    assert found
    return pytest.mark.parametrize(
        ("each", "param"), found, ids=[f"{each}.{param.name}" for each, param in found]
    )


@of_type("datetime")
def test_times(each, param):
    assert param.encode == TIMES[(each.service.name, param.location)]


@pytest.mark.parametrize("each", SPOKEN, ids=by_name)
def test_ids_are_exact(each):
    typed = {param.type for param in each.operation.params if param.unit in ID_UNITS}
    assert typed <= {"id", "id_array"}


@of_type("bounds")
def test_bounds(each, param):
    assert (param.encode, param.unit) == ("bounds_str", "voxel")


@pytest.mark.parametrize("each", SPOKEN, ids=by_name)
def test_points_of_the_graph_are_in_nm(each):
    """Edits, paths and look-ups take rows of id and point; wrong units edit another place."""
    for param in each.operation.params:
        if each.service.name == "chunkedgraph" and param.type == "json":
            assert param.unit == "nm"
            assert "nm" in param.doc


@pytest.mark.parametrize("each", QUERIES, ids=by_name)
def test_queries(each):
    operation, params = each.operation, {param.name: param for param in each.operation.params}
    assert params["as_arrow"].wire_names == ("return_pyarrow", "arrow_format")
    assert params["as_arrow"].default is True
    assert params["desired_resolution"].unit == "nm"
    assert params["filter_spatial_dict"].unit == "voxel"
    # Servers refuse the name that they read, and do not read the name that they accept.
    assert params["filter_out_dict"].wire_names == ("filter_notin_dict",)
    # gzip would wrap the answer once more; zstd chooses the compression inside Arrow.
    assert dict(operation.headers)["Accept-Encoding"] == "zstd"
    assert set(operation.rows.contains) == {
        "Limited query to",
        "there may be more results which are not shown",
    }
    headers = {"dataframe_resolution": "float_csv", "column_names": "python_literal"}
    assert all(dict(arm.headers) == headers for arm in operation.response)
    assert {arm.decode for arm in operation.response} == {"arrow_stream", "json"}


@pytest.mark.parametrize(("name", "ending", "reason"), ALWAYS_SET)
def test_switches_that_are_always_set(name, ending, reason):
    found = [each.operation for each in REQUESTS if each.operation.path.endswith(ending)]
    assert found, reason
    for operation in found:
        switch = next(param for param in operation.params if param.name == name)
        assert switch.is_const
        assert switch.default is True


@pytest.mark.parametrize("name", ["assert_roots"])
def test_switches_that_cannot_be_unset(name):
    """Servers take any text for true, "false" too: so only true may be sent."""
    found = [param for _, param in PARAMS if param.name == name]
    assert found
    assert all(param.choices == (True,) and param.default is None for param in found)


@pytest.mark.parametrize("each", REQUESTS, ids=by_name)
def test_binary_ids_are_little_endian(each):
    layouts = [arm.dtype for arm in each.operation.response if arm.decode == "ndarray"]
    if each.operation.body is not None and each.operation.body.kind == "binary":
        layouts.append(each.operation.body.dtype)
    assert set(layouts) <= {"<u8"}


def test_user_operations_always_has_an_end():
    """The server trips over its own default."""
    operation = next(each.operation for each in REQUESTS if each.name == "chunkedgraph.get_user_operations")
    end = next(param for param in operation.params if param.name == "end_time")
    assert end.client_default == "timestamp_or_now"
