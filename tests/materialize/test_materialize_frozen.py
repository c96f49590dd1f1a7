"""Queries of a frozen version, against servers with the faults that real ones have."""

from __future__ import annotations

import json
import weakref
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from materialize_bench import A1, NOW, S1, A, B, C, record

from caveclient_gen import errors
from caveclient_gen._runtime import decode
from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen.mixins.materialize.arrays import LooseColumns
from caveclient_gen.mixins.materialize.filters import table_filters
from caveclient_gen.mixins.materialize.rows import is_one_of

POINT = ["ctr_pt_position"]


def ids(frame) -> list[int]:
    return sorted(frame["id"].tolist())


EXCLUSIONS = [
    # what is excluded, which ids stay; a row without a value stays
    ({"pre_pt_root_id": [A]}, [3, 4, 5, 6]),
    ({"pre_pt_root_id": [A, B]}, [6]),
    ({"pre_pt_root_id": []}, [1, 2, 3, 4, 5, 6]),
    ({"pre_pt_root_id": [A], "post_pt_root_id": [C]}, [4, 5]),
    ({"pre_pt_root_id": A}, [3, 4, 5, 6]),
    ({"size": [1.0, 2]}, [3, 4, 5, 6]),
    ({"id": np.array([1, 2], dtype=np.uint64)}, [3, 4, 5, 6]),
    ({"id": pd.Series([1, 2], dtype="Int64")}, [3, 4, 5, 6]),
]


@pytest.mark.parametrize(("excluded", "left"), EXCLUSIONS)
def test_excluded_rows_never_come(bench, excluded, left):  # F001
    client = bench.client()
    assert ids(client.query_table("synapses", filter_out_dict=excluded)) == left


@pytest.mark.parametrize(("excluded", "left"), EXCLUSIONS)
def test_excluded_records_never_come(bench, excluded, left):  # F001
    rows = bench.client().query_table("synapses", filter_out_dict=excluded, return_df=False)
    assert sorted(row["id"] for row in rows) == left


def test_exclusion_by_a_column_that_was_not_selected(bench):  # F001, F076
    client = bench.client()
    frame = client.query_table(
        "synapses", filter_out_dict={"pre_pt_root_id": [A]}, select_columns=["id", "size"]
    )
    assert list(frame.columns) == ["id", "size"]
    assert ids(frame) == [3, 4, 5, 6]
    assert bench.bodies("/query")[0]["select_columns"] == ["id", "size", "pre_pt_root_id"]


MOMENT = datetime(2024, 1, 2, tzinfo=UTC)
NAIVE = [MOMENT.replace(tzinfo=None), None]


@pytest.mark.parametrize(
    ("column", "values", "among"),
    [
        (pa.array(NAIVE, pa.timestamp("us")), [MOMENT], [True, False]),
        (pa.array(NAIVE, pa.timestamp("ns", "UTC")), ["2024-01-02T01:00:00+01:00"], [True, False]),
        (pa.array(NAIVE, pa.timestamp("us", "UTC")), [datetime(2024, 1, 3)], [False, False]),
        (pa.array([1, 2], pa.int32()), [1.0], [True, False]),
        (pa.array([1, 2], pa.int32()), [1.5], None),  # is not 1
        (pa.array([1, 2], pa.int32()), [2**40], None),
        (pa.array([1, 2], pa.int64()), ["1"], None),
        (pa.array([2**60 + 1, 2**60], pa.int64()), [2**60 + 1], [True, False]),
        (pa.array([1.5, None], pa.float32()), [1.5], [True, False]),
        (pa.array([None, None], pa.null()), [1], [False, False]),
    ],
)
def test_values_are_compared_as_they_are(column, values, among):
    read = table_filters("t", {"filter_out_dict": {"x": values}}).for_table("t")["filter_out_dict"]["x"]
    if among is None:
        with pytest.raises(errors.InvalidArgumentError, match="like its column"):
            is_one_of(pa.chunked_array([column]), read, "filter_out_dict['x']")
    else:
        assert is_one_of(pa.chunked_array([column]), read, "x").to_pylist() == among


def test_exclusion_in_a_join_a_view_and_live(bench):  # F001
    client = bench.client()
    join = client.join_query(
        [["cell_types", "target_id"], ["nuclei", "id"]],
        filter_out_dict={"nuclei": {"pt_root_id": [A]}},
        select_columns={"cell_types": ["cell_type"]},
        suffixes={"cell_types": "_ct", "nuclei": "_n"},
    )
    assert join.to_dict("list") == {"cell_type": ["BC"]}
    bench.tables["nucleus_types"] = bench.tables["nuclei"]
    view = client.query_view("nucleus_types", filter_out_dict={"pt_root_id": [A]}, metadata=False)
    assert ids(view) == [2]
    live = client.live_live_query(
        "synapses",
        NOW,
        filter_out_dict={"synapses": {"pre_pt_root_id": [A]}},
        select_columns={"synapses": ["id"]},
    )
    assert list(live.columns) == ["id"]
    assert ids(live) == [3, 4, 5, 6]


@pytest.mark.parametrize("page", [{"limit": 6}, {"offset": 1}])
def test_exclusion_after_a_limit_is_told(bench, page):  # F038
    with pytest.warns(UserWarning, match="may be shorter than the limit") as told:
        bench.client().query_table("synapses", filter_out_dict={"id": [1]}, **page)
    assert told[0].filename == __file__


def test_counts_with_exclusions_are_refused_before_anything_is_sent(bench):
    with pytest.raises(errors.InvalidArgumentError, match="Leave out filter_out_dict with get_counts"):
        bench.client().query_table("synapses", filter_out_dict={"id": [1]}, get_counts=True)
    assert bench.count("query") == 0


@pytest.mark.parametrize("value", [[], (), np.array([]), pd.Series([], dtype="int64"), set()])
def test_an_empty_list_keeps_no_row(bench, value):  # F002
    frame = bench.client().query_table("synapses", filter_in_dict={"pre_pt_root_id": value})
    assert len(frame) == 0
    assert bench.bodies("/query")[0]["filter_in_dict"] == {"synapses": {"pre_pt_root_id": []}}
    assert frame.dtypes["pre_pt_root_id"] == bench.client().query_table("synapses").dtypes["pre_pt_root_id"]


def test_only_selected_columns_come(bench):  # F076
    frame = bench.client().query_table("synapses", select_columns=["pre_pt_root_id", *POINT])
    assert list(frame.columns) == ["ctr_pt_position", "pre_pt_root_id"]
    split = bench.client().query_table("synapses", select_columns=POINT, split_positions=True)
    assert list(split.columns) == [f"ctr_pt_position_{axis}" for axis in "xyz"]


def test_the_servers_row_labels_are_no_column(bench):
    assert "__index_level_0__" not in bench.client().live_live_query("synapses", NOW).columns


def with_ones(table):
    """The table as a version sends it whose tables are not merged."""
    for name in table.column_names:
        if name.endswith(("_root_id", "_supervoxel_id")):
            filled = pc.fill_null(table[name], 1)
            table = table.set_column(table.column_names.index(name), name, filled)
    return table


@pytest.mark.parametrize("split", [True, False])
def test_missing_ids_of_an_unmerged_version_are_missing(bench, split):
    bench.tables["synapses"], bench.merged = with_ones(bench.tables["synapses"]), False
    client = bench.client(version=2)
    frame = client.query_table("synapses", split_positions=split)
    assert frame["pre_pt_root_id"].isna().tolist() == [False] * 5 + [True]
    assert frame["pre_pt_supervoxel_id"].isna().tolist() == [False] * 5 + [True]
    assert frame["id"].tolist() == [1, 2, 3, 4, 5, 6]
    records = client.query_table("synapses", return_df=False)
    assert [one["pre_pt_root_id"] for one in records][-1] is None
    live = client.live_query("synapses", NOW)
    assert live["pre_pt_root_id"].isna().sum() == 1


def test_a_one_of_a_merged_version_is_an_id(bench):
    bench.tables["synapses"] = with_ones(bench.tables["synapses"])
    assert bench.client(version=2).query_table("synapses")["pre_pt_root_id"].tolist()[-1] == 1


def test_ids_stay_exact_beside_missing_ones(bench):  # F107
    frame = bench.client().query_table("synapses")
    assert frame.set_index("id")["pre_pt_root_id"].tolist() == [A, A, B, B, B, pd.NA]
    assert str(frame.dtypes["pre_pt_root_id"]) == "Int64"


def test_joined_records(bench):  # F030
    rows = bench.client().join_query(
        [["cell_types", "target_id"], ["nuclei", "id"]], suffixes=["_ct", "_n"], return_df=False
    )
    assert [row["cell_type"] for row in rows] == ["23P", "BC"]
    assert bench.bodies("/query")[0]["suffixes"] == ["_ct", "_n"]


@pytest.mark.parametrize(
    "tables", [["a", "b"], [["a", "x"]], [["a", "x"], ["b", "y"], ["c", "z"]], [["a"], ["b"]]]
)
def test_what_servers_would_join_otherwise_is_refused(bench, tables):
    with pytest.raises(errors.InvalidArgumentError, match="Pass two tables"):
        bench.client().join_query(tables)
    assert bench.asked == []


def test_reference_table_is_joined(bench):
    client = bench.client()
    frame = client.query_table("cell_types")
    assert frame["pt_root_id"].tolist() == [A, B]
    assert {"id", "id_ref", "cell_type", "pt_position"} <= set(frame.columns)
    body = bench.bodies("/query")[0]
    assert body == {
        "tables": [["cell_types", "target_id"], ["nuclei", "id"]],
        "suffix_map": {"cell_types": "", "nuclei": "_ref"},
    }
    alone = client.query_table("cell_types", merge_reference=False)
    assert list(alone.columns) == ["id", "target_id", "cell_type"]


BOX = [[0, 0, 0], [9, 9, 9]]


@pytest.mark.parametrize(
    ("filters", "sent"),
    [
        ({"filter_in_dict": {"id_ref": [1]}}, {"filter_in_dict": {"nuclei": {"id": [1]}}}),
        (
            {"filter_in_dict": {"id": [11], "id_ref": [1]}},
            {"filter_in_dict": {"cell_types": {"id": [11]}, "nuclei": {"id": [1]}}},
        ),
        ({"filter_equal_dict": {"pt_root_id_ref": A}}, {"filter_equal_dict": {"nuclei": {"pt_root_id": A}}}),
        ({"filter_equal_dict": {"pt_root_id": A}}, {"filter_equal_dict": {"nuclei": {"pt_root_id": A}}}),
        (
            {"filter_in_dict": {"pt_root_id": [A], "pt_supervoxel_id": [S1], "cell_type": ["23P"]}},
            {
                "filter_in_dict": {
                    "cell_types": {"cell_type": ["23P"]},
                    "nuclei": {"pt_root_id": [A], "pt_supervoxel_id": [S1]},
                }
            },
        ),
        (
            {"filter_equal_dict": {"id_ref": 1}, "filter_spatial_dict": {"pt_position": BOX}},
            {
                "filter_equal_dict": {"nuclei": {"id": 1}},
                "filter_spatial_dict": {"nuclei": {"pt_position": BOX}},
            },
        ),
    ],
)
def test_filters_on_the_table_referred_to(bench, filters, sent):  # F031
    frame = bench.client().query_table("cell_types", **filters)
    assert frame["id"].tolist() == [11]
    body = bench.bodies("/query")[-1]
    assert {name: value for name, value in body.items() if name.startswith("filter_")} == sent


@pytest.mark.parametrize("column", ["id_ref", "pt_root_id", "pt_root_id_ref"])
def test_exclusion_by_a_column_of_the_table_referred_to(bench, column):  # F001, F031
    excluded = {column: [1 if column == "id_ref" else A]}
    assert bench.client().query_table("cell_types", filter_out_dict=excluded)["id"].tolist() == [12]


def test_one_column_under_two_names_is_refused(bench):
    with pytest.raises(errors.InvalidArgumentError, match="Pass one filter for 'pt_root_id' of nuclei"):
        bench.client().query_table("cell_types", filter_in_dict={"pt_root_id": [A], "pt_root_id_ref": [B]})


@pytest.mark.parametrize(
    ("call", "words", "queries"),
    [
        (
            lambda c: c.query_table("synapses", filter_equal_dict={"nope": 1}),
            "no 'nope' in synapses.",
            1,
        ),
        (
            lambda c: c.query_table("cell_types", filter_in_dict={"nope": [1]}),
            "no 'nope' in cell_types or nuclei.",
            2,
        ),
        (
            lambda c: c.query_table("cell_types", filter_in_dict={"nuclei": {"id": [1]}}),
            "no 'nuclei' in cell_types or nuclei.",
            1,
        ),
        (
            lambda c: c.query_table("cell_types", timestamp=NOW, filter_in_dict={"nope": [1]}),
            "no 'nope' in cell_types or nuclei.",
            2,
        ),
    ],
)
def test_a_column_that_no_table_has_is_the_callers_mistake(bench, call, words, queries):
    with pytest.raises(errors.BadRequestError) as caught:
        call(bench.client())
    first, asked = str(caught.value).split("\n")[:2]
    assert first == f"Filter by a column that there is: there is {words}"
    assert "answered 500" in asked
    assert (caught.value.status, caught.value.intended_status) == (500, 400)
    assert len(bench.bodies("/query")) == queries


def test_counts(bench):  # F032
    client = bench.client()
    assert client.query_table("synapses", get_counts=True)["count"].tolist() == [6]
    assert client.query_table("cell_types", get_counts=True)["count"].tolist() == [2]
    assert bench.count("/table/cell_types/query") == 1, "counting does not run the join"
    with pytest.raises(errors.InvalidArgumentError, match="Leave out get_counts"):
        client.query_table("synapses", timestamp=NOW, get_counts=True)
    with pytest.raises(errors.InvalidArgumentError, match="return_df=False"):
        client.query_table("synapses", timestamp=NOW, return_df=False)


def test_attributes_tell_what_was_asked(bench):  # F033
    client = bench.client(desired_resolution=[8, 8, 40])
    frame = client.query_table(
        "cell_types", filter_in_dict={"id": range(11, 40)}, materialization_version=1, limit=9
    )
    assert frame.attrs == {
        "server": bench.address,
        "datastack_name": "ds",
        "table_name": "cell_types",
        "materialization_version": 1,
        "dataframe_resolution": [8.0, 8.0, 40.0],
        "filters": {"filter_in_dict": {"cell_types": {"id": "29 values"}}},
        "suffixes": {"cell_types": "", "nuclei": "_ref"},
        "limit": 9,
        "truncated": False,
        "tables": {
            name: {
                "schema_type": "synapse",
                "description": f"about {name}",
                "notice_text": None,
                "reference_table": reference,
                "voxel_resolution": [4.0, 4.0, 40.0],
            }
            for name, reference in (("cell_types", "nuclei"), ("nuclei", None))
        },
    }
    assert json.loads(json.dumps(frame.attrs)) == frame.attrs
    assert pd.concat([frame, frame]).attrs == frame.attrs
    assert client.query_table("synapses", metadata=False).attrs == {}


def test_attributes_of_another_datastack(bench):  # F033
    frame = bench.client().query_table("synapses", datastack_name="other")
    assert (frame.attrs["datastack_name"], frame.attrs["materialization_version"]) == ("other", 7)


def test_rows_survive_a_failing_description(bench):  # F046
    bench.overrides["/metadata"] = lambda ask: (500, {"code": 500, "message": "out of order"})
    with pytest.warns(UserWarning, match="df.attrs tells nothing of synapses"):
        frame = bench.client().query_table("synapses", merge_reference=False)
    assert ids(frame) == [1, 2, 3, 4, 5, 6]


def test_truncated_answer_raises_with_what_came(bench):
    bench.cap = 3
    with pytest.raises(errors.TruncatedResultError) as caught:
        bench.client().query_table("synapses", filter_out_dict={"id": [1]})
    assert caught.value.got == 3
    assert ids(caught.value.partial) == [2, 3]
    assert caught.value.partial.attrs["truncated"] is True


def test_own_limit_is_no_truncation(bench):
    frame = bench.client().query_table("synapses", limit=2)
    assert len(frame) == 2
    assert frame.attrs["truncated"] is False
    assert len(bench.client().live_live_query("synapses", NOW, limit=2)) == 2


def test_resolution(bench):
    client = bench.client(desired_resolution=(8, 8, 40))
    client.query_table("synapses")
    client.query_table("synapses", desired_resolution=[1, 1, 1])
    assert [body["desired_resolution"] for body in bench.bodies("/query")] == [[8.0, 8.0, 40.0], [1, 1, 1]]


def test_resolution_of_a_server_that_does_not_scale(bench):  # F062
    bench.sends_resolution = False
    frame = bench.client().query_table("synapses", desired_resolution=[8, 8, 40])
    assert frame.set_index("id")["ctr_pt_position"][1].tolist() == [5.0, 5.0, 10.0]
    bench.records[("nuclei", 2)] = record("nuclei", size=16.0)
    with pytest.raises(errors.InvalidArgumentError, match="Leave out desired_resolution"):
        bench.client().query_table("cell_types", desired_resolution=[8, 8, 40])


@pytest.mark.parametrize("name", ["limit", "random_sample"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3"])
def test_bad_numbers_of_rows(bench, name, value):  # F077
    with pytest.raises(ValueError, match=f"Pass {name} as a whole number"):
        bench.client().query_table("synapses", **{name: value})
    assert bench.count("query") == 0


def test_version_and_moment_exclude_each_other(bench):
    with pytest.raises(
        errors.InvalidArgumentError, match="only one of materialization_version and timestamp"
    ):
        bench.client().query_table("synapses", materialization_version=1, timestamp=NOW)


def test_old_server(bench):
    bench.software = "5.12.9"
    with pytest.raises(errors.ServerIncompatibilityError, match=r"5\.13\.0"):
        bench.client().query_table("synapses")
    assert bench.count("query") <= 1  # sent beside the question for the version; nobody takes its answer


def test_unknown_table_and_version(bench):
    with pytest.raises(errors.NotFoundError):
        bench.client().query_table("nope")
    with pytest.raises(errors.NotFoundError, match="version 99"):
        bench.client().query_table("synapses", materialization_version=99)


def test_root_ids_pass_through_whole(bench):
    frame = bench.client().query_table("synapses")
    again = bench.client().query_table(
        "synapses", filter_in_dict={"pre_pt_root_id": frame["pre_pt_root_id"].dropna()}
    )
    assert len(again) == 5
    assert A1 not in set(frame["pre_pt_root_id"].dropna())


def test_the_table_is_let_go_before_its_frame_is_made(bench, monkeypatch):
    tables, held = [], []
    take = LooseColumns.take

    def reading(body):
        table = read_stream(body)
        tables.append(weakref.ref(table))
        return table

    def taking(columns, place):
        held.append(tables[-1]())
        return take(columns, place)

    monkeypatch.setattr(decode, "read_stream", reading)
    monkeypatch.setattr(LooseColumns, "take", taking)
    client = bench.client()
    frame = client.query_table("synapses")
    assert ids(frame) == [1, 2, 3, 4, 5, 6]
    assert held == [None] * 9
    bench.cap = 4
    with pytest.raises(errors.TruncatedResultError) as caught:
        client.query_table("synapses")
    assert ids(caught.value.partial) == [1, 2, 3, 4]
