"""Ids in every form make the same request, byte for byte; what is no exact id makes none."""

from __future__ import annotations

import inspect
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from promise_bench import (
    CLIENTS,
    METHODS,
    MOMENT,
    RECORD,
    Halt,
    Wire,
    chunkedgraph,
    materialize_3,
    public_operations,
)

from caveclient_gen.errors import InvalidArgumentError, InvalidIdError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # old methods are in the table too

# Odd and beyond 2**53: a float in between would change them.
A = 864691135000000001
B = A + 1
IDS = [A, B]
BOX = [[0, 10], [0, 10], [0, 10]]
POINTS = [[1, 2, 3], [4, 5, 6]]


@dataclass(frozen=True)
class Row:
    """A method, the argument that takes ids, and what else it needs."""

    client: str
    method: str
    argument: str
    takes: str
    """one: one id; many: any number; pair: exactly two; ints: any number, of either sign."""
    others: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.client}.{self.method}({self.argument})"

    def sent(self, value: Any) -> list[tuple[Any, ...]]:
        """Return what is on the wire after the call."""
        wire = Wire()
        self.call(wire, value)
        assert wire.sent, "nothing was sent"
        return wire.bytes_sent

    def call(self, wire: Wire, value: Any) -> None:
        client = CLIENTS[self.client](transport=wire)
        with pytest.raises(Halt):
            getattr(client, self.method)(**{self.argument: value}, **self.others)


def _graph(method: str, argument: str, takes: str, **others: Any) -> Row:
    return Row("chunkedgraph", method, argument, takes, others)


SPLIT = {"source_points": POINTS, "sink_points": POINTS}
ROWS = [
    _graph("get_root_id", "supervoxel_id", "one"),
    _graph("get_root_id", "supervoxel_id", "one", timestamp=MOMENT, level2=True),
    _graph("get_roots", "supervoxel_ids", "many"),
    _graph("get_roots", "supervoxel_ids", "many", timestamp=MOMENT, stop_layer=2),
    _graph("get_roots_json", "node_ids", "many"),
    _graph("get_minimal_covering_nodes", "node_ids", "many"),
    _graph("get_children", "node_id", "one"),
    _graph("get_leaves", "root_id", "one"),
    _graph("get_leaves", "root_id", "one", bounds=BOX, stop_layer=2),
    _graph("get_leaves_many", "root_ids", "many"),
    _graph("get_l2_chunk_children", "chunk_id", "one"),
    _graph("get_l2_chunk_children_json", "chunk_id", "one"),
    _graph("supervoxel_lookup", "node_ids", "pair", points=POINTS),
    _graph("get_subgraph", "root_id", "one", bounds=BOX),
    _graph("level2_chunk_graph", "root_id", "one"),
    _graph("find_path", "root_id", "one", src_pt=POINTS[0], dst_pt=POINTS[1]),
    _graph("get_contact_sites", "root_id", "one", bounds=BOX),
    _graph("get_pairwise_contact_sites", "root_id_1", "one", root_id_2=B),
    _graph("get_pairwise_contact_sites", "root_id_2", "one", root_id_1=B),
    _graph("get_mesh_manifest", "node_id", "one"),
    _graph("remesh_level2_chunks", "chunk_ids", "many"),
    _graph("do_merge", "supervoxels", "pair", coords=POINTS, resolution=(1, 1, 1)),
    _graph("do_merge_admin", "supervoxels", "pair", coords=POINTS, resolution=(1, 1, 1)),
    _graph("execute_split", "root_id", "one", **SPLIT),
    _graph("execute_split", "source_supervoxels", "pair", root_id=A, **SPLIT),
    _graph("execute_split", "sink_supervoxels", "pair", root_id=A, **SPLIT),
    _graph("preview_split", "root_id", "one", **SPLIT),
    _graph("preview_split", "source_supervoxels", "pair", root_id=A, **SPLIT),
    _graph("preview_split", "sink_supervoxels", "pair", root_id=A, **SPLIT),
    _graph("rollback_user", "user_id", "one", start_time=MOMENT, end_time=MOMENT),
    _graph("rollback_user", "skip_operation_ids", "ints", user_id=A, start_time=MOMENT, end_time=MOMENT),
    _graph("get_merge_log", "root_id", "one"),
    _graph("get_change_log", "root_id", "one"),
    _graph("get_tabular_change_log", "root_ids", "many"),
    _graph("get_root_tabular_change_log", "root_id", "one"),
    _graph("get_user_operations", "user_id", "one", timestamp_start=MOMENT, timestamp_end=MOMENT),
    _graph("get_operation_details", "operation_ids", "ints"),
    _graph("get_lineage_graph", "root_id", "many", timestamp_past=MOMENT, timestamp_future=MOMENT),
    _graph("get_root_lineage_graph", "root_id", "one", timestamp_past=MOMENT, timestamp_future=MOMENT),
    _graph("get_past_ids", "root_ids", "many", timestamp_past=MOMENT),
    _graph("get_latest_roots", "root_id", "many", timestamp=MOMENT),
    _graph("get_original_roots", "root_id", "many", timestamp_past=MOMENT),
    _graph("suggest_latest_roots", "root_id", "one", timestamp=MOMENT, stop_layer=2),
    _graph("is_latest_roots", "root_ids", "many", timestamp=MOMENT),
    _graph("is_valid_nodes", "node_ids", "ints", end_timestamp=MOMENT),
    _graph("get_root_timestamps", "root_ids", "many"),
    _graph("get_root_timestamps", "root_ids", "many", latest=True, timestamp=MOMENT),
    Row("materialize 2", "lookup_supervoxel_ids", "annotation_ids", "many", {"table_name": "t"}),
    Row("materialize 3", "lookup_supervoxel_ids", "annotation_ids", "many", {"table_name": "t"}),
    Row("materialize 3", "neuroglancer_annotation", "annotation_id", "one", {"table_name": "t"}),
    Row(
        "materialize 3",
        "neuroglancer_annotations_of",
        "segment_id",
        "one",
        {"table_name": "t", "column_name": "pt_root_id"},
    ),
    *(
        Row(client, "synapse_query", side, "many", {"synapse_table": "s", "materialization_version": 1})
        for client in ("materialize 2", "materialize 3")
        for side in ("pre_ids", "post_ids")
    ),
    Row("annotation", "get_annotation", "annotation_ids", "many", {"table_name": "t"}),
    Row("annotation", "delete_annotation", "annotation_ids", "many", {"table_name": "t"}),
    Row("auth", "get_user_information", "user_ids", "ints"),
    Row("auth", "get_usernames", "user_ids", "ints"),
    Row("skeleton", "get_skeleton", "root_id", "one"),
    Row("skeleton", "get_skeleton", "root_id", "one", {"output_format": "swc"}),
    Row("skeleton", "get_meshwork", "root_id", "one"),
    Row("skeleton", "skeletons_exist", "root_ids", "many"),
    Row("skeleton", "get_bulk_skeletons", "root_ids", "many"),
    Row("skeleton", "fetch_skeletons", "root_ids", "many"),
    Row("skeleton", "generate_bulk_skeletons_async", "root_ids", "many"),
    Row("skeleton", "generate_bulk_meshworks_async", "root_ids", "many"),
    Row("state", "get_state_json", "state_id", "one"),
    Row("state", "get_state_raw", "state_id", "one"),
    Row("state", "get_property_json", "state_id", "one"),
    Row("state", "get_property_raw", "state_id", "one"),
    Row("state", "upload_state_json", "state_id", "one", {"json_state": {}}),
    Row("state", "upload_property_json", "state_id", "one", {"property_json": {}}),
    Row("l2cache", "get_l2data", "l2_ids", "many"),
    Row("l2cache", "get_l2data_table", "l2_ids", "many"),
]

OF_OLD_SERVERS = {("skeleton", "get_skeleton_at_once")}
"""What a method asks instead of a server of an older version; tested beside that method."""

ONE = {
    "int": A,
    "text": str(A),
    "text with blanks": f" {A} ",
    "np.int64": np.int64(A),
    "np.uint64": np.uint64(A),
    "np.str_": np.str_(A),
    "0-d array": np.array(A),
    "item of a Series": pd.Series([A], dtype="Int64").iloc[0],
    "Arrow scalar": pa.scalar(A),
    "item of a polars Series": pl.Series([A])[0],
}
MANY = {
    "tuple": lambda: tuple(IDS),
    "range": lambda: range(A, A + 2),
    "generator": lambda: (one for one in IDS),
    "keys of a dict": lambda: dict.fromkeys(IDS).keys(),
    "deque": lambda: deque(IDS),
    "texts": lambda: list(map(str, IDS)),
    "list of np.int64": lambda: list(np.array(IDS)),
    "list of np.uint64": lambda: list(np.array(IDS, np.uint64)),
    "numbers and texts": lambda: [A, str(B)],
    "int64": lambda: np.array(IDS, np.int64),
    "uint64": lambda: np.array(IDS, np.uint64),
    "big-endian": lambda: np.array(IDS, ">i8"),
    "with strides": lambda: np.array([A, 0, B, 0])[::2],
    "object array": lambda: np.array(IDS, object),
    "array of texts": lambda: np.array(list(map(str, IDS))),
    "read-only": lambda: np.frombuffer(np.array(IDS).tobytes(), np.int64),
    "masked, nothing masked": lambda: np.ma.masked_array(IDS, mask=False),
    "Series int64": lambda: pd.Series(IDS, index=[7, 3]),
    "Series uint64": lambda: pd.Series(IDS, dtype="uint64"),
    "Series Int64": lambda: pd.Series(IDS, dtype="Int64"),
    "Series UInt64": lambda: pd.Series(IDS, dtype="UInt64"),
    "Series int64[pyarrow]": lambda: pd.Series(IDS, dtype="int64[pyarrow]"),
    "Series object": lambda: pd.Series(IDS, dtype=object),
    "Series of texts": lambda: pd.Series(list(map(str, IDS)), dtype="string"),
    "Series category": lambda: pd.Series(IDS, dtype="category"),
    "Index": lambda: pd.Index(IDS),
    "Index Int64": lambda: pd.Index(IDS, dtype="Int64"),
    "unique() of Int64": lambda: pd.Series([A, B, A], dtype="Int64").unique(),
    "unique() of pyarrow": lambda: pd.Series([A, B, A], dtype="int64[pyarrow]").unique(),
    "column of a frame": lambda: pd.DataFrame({"pt_root_id": IDS}).pt_root_id,
    "Arrow Array": lambda: pa.array(IDS),
    "Arrow uint64": lambda: pa.array(IDS, pa.uint64()),
    "Arrow ChunkedArray": lambda: pa.chunked_array([[A], [B]]),
    "Arrow scalars": lambda: list(pa.array(IDS)),
    "polars Series": lambda: pl.Series(IDS),
    "polars UInt64": lambda: pl.Series(IDS, dtype=pl.UInt64),
}
# A set keeps no order, so it holds one.
SETS = {"set": {A}, "frozenset": frozenset([A])}
SMALL = [5, 6]
SMALL_TYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32")

FLOATS = {
    "float": float(A),
    "whole float": 5.0,
    "np.float64": np.float64(A),
    "text of a float": "8.64691135e17",
    "NaN": float("nan"),
    "pd.NA": pd.NA,
    "pd.NaT": pd.NaT,
    "bool": True,
    "np.bool": np.True_,
    "words": "abc",
    "bytes": b"12",
    "beyond 64 bits": 2**63,
    "a dict": {A: 1},
    "a complex number": 1j,
}
NO_ID = {**FLOATS, "None": None, "a list": [A], "an array": np.array([A]), "negative": -1}
NO_IDS = {
    **{name: value for name, value in FLOATS.items() if name != "text of a float"},
    "float array": np.array(IDS, float),
    "float32 array": np.array([1, 2], np.float32),
    "list of floats": [float(A), float(B)],
    "one float among ints": [A, float(B)],
    "float Series": pd.Series(IDS, dtype=float),
    "ids with a gap, now floats": pd.Series([A, None]),
    "Float64 Series": pd.Series(IDS, dtype="Float64"),
    "Arrow floats": pa.array([1.0, 2.0]),
    "polars floats": pl.Series([1.0, 2.0]),
    "bools": [True, False],
    "a mask": np.array([True, False]),
    "bool Series": pd.Series([True, False]),
    "words in a list": ["abc", "def"],
    "beyond 64 bits in a list": [A, 2**63],
    "uint64 beyond int64": np.array([A, 2**63], np.uint64),
    "nested": [[A, B]],
    "2-d": np.array([IDS, IDS]),
    "a frame": pd.DataFrame({"a": IDS}),
    "times": pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"])),
}
GAPS = {
    "None inside": [A, None],
    "NaN inside": [A, float("nan")],
    "pd.NA inside": [A, pd.NA],
    "NA in Int64": pd.Series([A, None], dtype="Int64"),
    "NA in pyarrow": pd.Series([A, None], dtype="int64[pyarrow]"),
    "null in Arrow": pa.array([A, None]),
    "null in polars": pl.Series([A, None]),
    "masked": np.ma.masked_array(IDS, mask=[False, True]),
}
SIGNED = {"a negative one": [A, -1], "negative in an array": np.array([-1, A])}
REMEDY = re.compile(r"(Pass|Drop|Reload|Leave out) ")


def rows(takes: str) -> list[Any]:
    return [pytest.param(row, id=str(row)) for row in ROWS if row.takes in takes.split()]


@pytest.mark.parametrize("row", rows("one"))
def test_one_id(row: Row) -> None:
    expected = row.sent(A)
    assert {form for form, value in ONE.items() if row.sent(value) != expected} == set()


@pytest.mark.parametrize("row", rows("many pair ints"))
def test_many_ids(row: Row) -> None:
    expected = row.sent(IDS)
    assert {form for form, make in MANY.items() if row.sent(make()) != expected} == set()


@pytest.mark.parametrize("row", rows("many ints"))
def test_one_id_where_many_are_possible(row: Row) -> None:
    expected, alone = row.sent([A]), row.sent(A)
    # A query asks for one id by another filter than for a list of one.
    assert alone == expected or row.method == "synapse_query"
    assert {form for form, value in ONE.items() if row.sent(value) != alone} == set()
    assert {form for form, value in SETS.items() if row.sent(value) != expected} == set()


@pytest.mark.parametrize("row", rows("many pair ints"))
def test_small_integers(row: Row) -> None:
    expected = row.sent(SMALL)
    assert {name for name in SMALL_TYPES if row.sent(np.array(SMALL, name)) != expected} == set()
    assert {name for name in SMALL_TYPES if row.sent(pd.Series(SMALL, dtype=name)) != expected} == set()


@pytest.mark.parametrize("row", rows("one many ints"))
def test_ids_are_told_apart(row: Row) -> None:
    """A guard of the tests above: other ids make other requests."""
    assert row.sent(A) != row.sent(A + 2)


def answer_to(row: Row, value: Any) -> str:
    """Return "" if the value is refused before anything is sent, with the remedy in the first line."""
    wire = Wire()
    try:
        getattr(CLIENTS[row.client](transport=wire), row.method)(**{row.argument: value, **row.others})
    except InvalidArgumentError as error:
        return "" if REMEDY.match(str(error)) and not wire.sent else f"{error} after {wire.sent}"
    except Halt:
        return "sent"
    return "returned"


def not_refused(row: Row, forms: dict[str, Any]) -> dict[str, str]:
    answers = {form: answer_to(row, value) for form, value in forms.items()}
    return {form: answer for form, answer in answers.items() if answer}


@pytest.mark.parametrize("row", rows("one"))
def test_no_id(row: Row) -> None:
    # Without a number of one's own, the service finds one.
    may_be_none = {"None": "sent"} if row.method.startswith("upload_") else {}
    assert not_refused(row, NO_ID) == may_be_none


@pytest.mark.parametrize("row", rows("many pair ints"))
def test_no_ids(row: Row) -> None:
    assert not_refused(row, NO_IDS if row.takes == "ints" else NO_IDS | SIGNED) == {}


@pytest.mark.parametrize("row", rows("many pair ints"))
def test_gaps_between_ids(row: Row) -> None:
    if row.argument in ("source_supervoxels", "sink_supervoxels"):  # None: the server looks for it
        assert [form for form in not_refused(row, GAPS).values() if form != "sent"] == []
    else:
        assert not_refused(row, GAPS) == {}


def test_a_float_is_refused_as_an_id() -> None:
    with pytest.raises(InvalidIdError, match="integers, not as floats"):
        chunkedgraph(transport=Wire()).get_roots([float(A)])


@pytest.mark.parametrize("missing", [[A, None], [A, np.nan], [A, pd.NA]])
def test_an_unknown_supervoxel_of_a_split_is_the_root(missing: Any) -> None:
    row = _graph("execute_split", "source_supervoxels", "pair", root_id=B, **SPLIT)
    assert row.sent(missing) == row.sent([A, B])


def test_every_operation_with_ids_is_in_the_table() -> None:
    covered = {(row.client, row.method) for row in ROWS}
    wanted = {
        (client, METHODS.get(operation.name, operation.name))
        for client, operation in public_operations()
        if operation.kind == "request" and any(param.type in ("id", "id_array") for param in operation.params)
    }
    assert wanted
    assert wanted - OF_OLD_SERVERS <= covered


def test_every_public_argument_of_ids_is_in_the_table() -> None:
    covered = {(row.client, row.method, row.argument) for row in ROWS}
    wanted = set()
    for name, make in CLIENTS.items():
        for method, function in inspect.getmembers(type(make(transport=Wire())), inspect.isfunction):
            for argument, parameter in inspect.signature(function).parameters.items():
                if not method.startswith("_") and re.search(
                    "IdLike|IdsLike|OptionalIds", str(parameter.annotation)
                ):
                    wanted.add((name, method, argument))
    # Methods of API 3 stand on the client for API 2 too, where they are refused whatever is passed.
    assert {one for one in wanted - covered if one[0] != "materialize 2"} == set()


# Filters of queries.

QUERIES = ("query_table", "query_view", "join_query", "live_live_query", "live_query", "query_table live")
ID_COLUMNS = ("pt_root_id", "pre_pt_root_id", "pt_supervoxel_id", "id", "target_id")


def query(wire: Wire, method: str, name: str, column: str, value: Any) -> None:
    graph = chunkedgraph(transport=wire)
    client = materialize_3(transport=wire, cg_client=graph)
    given = {name: {column: value}}
    options: dict[str, Any] = {"materialization_version": 1, "merge_reference": False, "metadata": False}
    live = {"timestamp": MOMENT, "merge_reference": False, "metadata": False}
    calls: dict[str, Any] = {
        "query_table": lambda: client.query_table("t", **given, **options),
        "query_view": lambda: client.query_view("t", **given, materialization_version=1, metadata=False),
        "join_query": lambda: client.join_query(
            [["t", "id"], ["u", "id"]], **{name: {"t": {column: value}}}, materialization_version=1
        ),
        "live_live_query": lambda: client.live_live_query(
            "t", MOMENT, **{name: {"t": {column: value}}}, metadata=False
        ),
        "live_query": lambda: client.live_query("t", **given, **live),
        "query_table live": lambda: client.query_table("t", **given, **live),
    }
    wire.answers = {"/metadata": [RECORD], "/versions": [1]}
    calls[method]()


def filtered(method: str, name: str, column: str, value: Any) -> list[tuple[Any, ...]]:
    wire = Wire()
    with pytest.raises(Halt):
        query(wire, method, name, column, value)
    assert (
        str(A).encode() in b"".join(request.body or b"" for request in wire.sent) or name == "filter_out_dict"
    )
    return wire.bytes_sent


@pytest.mark.parametrize("column", ID_COLUMNS)
@pytest.mark.parametrize("name", ["filter_in_dict", "filter_out_dict"])
@pytest.mark.parametrize("method", QUERIES)
def test_ids_in_lists_of_filters(method: str, name: str, column: str) -> None:
    expected = filtered(method, name, column, IDS)
    found = {form: filtered(method, name, column, make()) for form, make in MANY.items()}
    assert {form for form, sent in found.items() if sent != expected} == set()


@pytest.mark.parametrize("column", ID_COLUMNS)
@pytest.mark.parametrize("method", QUERIES)
def test_ids_that_filters_equal(method: str, column: str) -> None:
    expected = filtered(method, "filter_equal_dict", column, A)
    found = {form: filtered(method, "filter_equal_dict", column, value) for form, value in ONE.items()}
    assert {form for form, sent in found.items() if sent != expected} == set()


@pytest.mark.parametrize("name", ["filter_in_dict", "filter_out_dict", "filter_equal_dict"])
@pytest.mark.parametrize("method", QUERIES)
def test_no_ids_in_filters(method: str, name: str) -> None:
    forms = NO_ID if name == "filter_equal_dict" else NO_IDS | GAPS | SIGNED
    for column in ID_COLUMNS:
        for form, value in forms.items():
            wire = Wire()
            with pytest.raises(InvalidArgumentError) as caught:
                query(wire, method, name, column, value)
            assert REMEDY.match(str(caught.value)), (form, caught.value)
            assert not wire.sent, form
