"""Live queries: root ids of a moment from the rows of a version."""

from __future__ import annotations

import threading

import pandas as pd
import pyarrow as pa
import pytest
from materialize_bench import A1, A2, NOW, S1, S2, A, B, C

from caveclient_gen import errors

BETWEEN = "2024-01-02T12:00:00"
"""After version 2, before the split of A."""


def roots(frame, column="pre_pt_root_id") -> list[int]:
    return frame.sort_values("id")[column].tolist()


def rows(frame) -> list[int]:
    return sorted(frame["id"].tolist())


def test_root_ids_are_those_of_the_moment(bench):
    frame = bench.client().live_query("synapses", NOW)
    assert rows(frame) == [1, 2, 3, 4, 5, 6]
    assert roots(frame) == [A1, A2, B, B, B, pd.NA]
    assert str(frame.dtypes["pre_pt_root_id"]) == "Int64"
    assert roots(bench.client().query_table("synapses", timestamp=BETWEEN))[:2] == [A, A]


def test_missing_ids_do_not_spoil_others(bench):  # F013
    bench.client().live_query("synapses", NOW)
    assert bench.bodies("/is_latest_roots") == [{"node_ids": [A, B, C]}]
    assert bench.bodies("/roots_binary") == [[S1, S2]]


FILTERS = [
    # filters, what the version is asked, which rows come
    ({"filter_equal_dict": {"pre_pt_root_id": A1}}, {"filter_in_dict": {"pre_pt_root_id": [A]}}, [1]),
    ({"filter_in_dict": {"pre_pt_root_id": [A1, A2]}}, {"filter_in_dict": {"pre_pt_root_id": [A]}}, [1, 2]),
    ({"filter_in_dict": {"pre_pt_root_id": [B]}}, {"filter_in_dict": {"pre_pt_root_id": [B]}}, [3, 4, 5]),
    # 0 is no cell, and never looked up (F029)
    (
        {"filter_in_dict": {"post_pt_root_id": [0, C]}},
        {"filter_in_dict": {"post_pt_root_id": [0, C]}},
        [3, 5, 6],
    ),
    ({"filter_out_dict": {"post_pt_root_id": [0]}}, {}, [1, 2, 3, 4, 6]),
    ({"filter_in_dict": {"post_pt_root_id": [0]}}, {"filter_in_dict": {"post_pt_root_id": [0]}}, [5]),
    # an exclusion is told from the ids of the moment: A1 goes, A2 stays
    ({"filter_out_dict": {"pre_pt_root_id": [A1]}}, {}, [2, 3, 4, 5, 6]),
    # both filters of one column hold (F034)
    (
        {"filter_in_dict": {"pre_pt_root_id": [A1, B]}, "filter_equal_dict": {"pre_pt_root_id": A1}},
        {"filter_in_dict": {"pre_pt_root_id": [A]}},
        [1],
    ),
    (
        {"filter_in_dict": {"pre_pt_root_id": [A2, B]}, "filter_equal_dict": {"pre_pt_root_id": A1}},
        {"filter_in_dict": {"pre_pt_root_id": []}},
        [],
    ),
    # other columns are asked as they are
    ({"filter_equal_dict": {"size": 3}}, {"filter_equal_dict": {"size": 3}}, [3]),
    ({"filter_in_dict": {"pre_pt_root_id": A1}}, {"filter_in_dict": {"pre_pt_root_id": [A]}}, [1]),  # F037
]


@pytest.mark.parametrize(("filters", "asked", "expected"), FILTERS)
def test_filters(bench, filters, asked, expected):
    frame = bench.client().live_query("synapses", NOW, **filters)
    sent = {name: columns for name, columns in bench.bodies("/query")[0].items() if name.startswith("filter")}
    assert {name: columns["synapses"] for name, columns in sent.items()} == asked
    assert rows(frame) == expected


def test_filter_column_that_is_not_selected(bench):  # F037
    frame = bench.client().live_query(
        "synapses",
        NOW,
        filter_equal_dict={"pre_pt_root_id": A1},
        filter_out_dict={"size": [9.0]},
        select_columns=["id"],
    )
    assert list(frame.columns) == ["id"]
    assert rows(frame) == [1]
    assert bench.bodies("/query")[0]["select_columns"] == [
        "id", "pre_pt_root_id", "size", "pre_pt_supervoxel_id",
    ]  # fmt: skip


def test_without_post_filter_split_off_parts_stay(bench):
    client = bench.client()
    filters = {"pre_pt_root_id": A1}
    assert rows(client.live_query("synapses", NOW, filter_equal_dict=filters, post_filter=False)) == [1, 2]


@pytest.mark.parametrize("name", ["filter_greater_dict", "filter_less_equal_dict"])
def test_root_ids_have_no_order(bench, name):  # F034
    with pytest.raises(errors.InvalidArgumentError, match="root ids have no order"):
        bench.client().live_query("synapses", NOW, **{name: {"pre_pt_root_id": A1}})


@pytest.mark.parametrize(
    ("root", "moment"),
    [(A, NOW), (A1, BETWEEN)],  # ended before, began after
)
def test_root_id_of_another_moment(bench, root, moment):
    with pytest.raises(ValueError, match=f"1 of 2 are not \\({root}\\)"):
        bench.client().live_query("synapses", moment, filter_in_dict={"pre_pt_root_id": [root, B]})
    assert bench.count("/query") == 0


def test_base_is_the_newest_version_before(bench):
    client = bench.client()
    for moment, version in (
        (NOW, 2),
        (BETWEEN, 2),
        ("2024-01-02T00:00:00.500000Z", 2),
        ("2024-01-01T06:00", 1),
    ):
        frame = client.live_query("synapses", moment)
        assert frame.attrs["materialization_version"] == version
    assert frame.attrs["timestamp"] == "2024-01-01T06:00:00.000000Z"
    with pytest.raises(errors.InvalidArgumentError, match="Use live_live_query for 2023"):
        client.live_query("synapses", "2023-12-31")


def test_expired_versions_are_no_base(bench):
    bench.expired = {2}
    assert bench.client().live_query("synapses", NOW).attrs["materialization_version"] == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.live_query("synapses", NOW, datastack_name="other"),
        lambda client: client.query_table("synapses", timestamp=NOW, datastack_name="other"),
    ],
)
def test_other_datastacks_have_other_graphs(bench, call):  # F012
    with pytest.raises(errors.InvalidArgumentError, match="Make a client for other"):
        call(bench.client())
    assert bench.count("/query") == 0


def test_root_ids_without_supervoxels_are_told(bench):  # F076
    with pytest.warns(UserWarning, match="pt_root_id holds the root ids of the version") as told:
        bench.client().live_query("flat", NOW)
    assert told[0].filename == __file__


def test_stale_root_without_supervoxel_is_unknown(bench):
    table = bench.tables["nuclei"]
    place = table.column_names.index("pt_supervoxel_id")
    bench.tables["nuclei"] = table.set_column(place, "pt_supervoxel_id", pa.array([None, S1], pa.int64()))
    assert roots(bench.client().live_query("nuclei", NOW), "pt_root_id") == [pd.NA, B]


def test_reference_table_live(bench):  # F036
    frame = bench.client().query_table(
        "cell_types",
        filter_equal_dict={"cell_type": "23P"},
        timestamp=NOW,
        select_columns=["id", "pt_root_id"],
    )
    assert frame.to_dict("list") == {"id": [11], "pt_root_id": [A1]}


@pytest.mark.parametrize("column", ["pt_root_id", "pt_root_id_ref"])
def test_cells_of_the_table_referred_to(bench, column):  # F031
    frame = bench.client().live_query("cell_types", NOW, filter_equal_dict={column: A1})
    assert frame[["id", "pt_root_id"]].to_dict("list") == {"id": [11], "pt_root_id": [A1]}
    # asked for what the cell was then, of the table that has the column
    assert bench.bodies("/query")[-1]["filter_in_dict"] == {"nuclei": {"pt_root_id": [A]}}
    assert bench.client().live_query("cell_types", NOW, filter_equal_dict={column: A2}).empty


def test_table_without_root_ids_needs_no_graph(bench):
    client = bench.client(cg_client=None)
    assert len(client.live_query("cell_types", NOW, merge_reference=False)) == 2
    with pytest.raises(errors.InvalidArgumentError, match="Make the client with cg_client"):
        client.live_query("synapses", NOW)


def test_map_filters(bench):
    client = bench.client()
    given = [{"pre_pt_root_id": A1, "size": 3}, None, {"post_pt_root_id": [A2, B, 0]}]
    mapped, future = client.map_filters(given, NOW, "2024-01-02T00:00:00.5")
    assert mapped == [{"pre_pt_root_id": [A], "size": 3}, None, {"post_pt_root_id": [0, A, B]}]
    assert future == {B: B}
    assert given[0] == {"pre_pt_root_id": A1, "size": 3}
    assert client.map_filters([{"size": 3}], NOW, BETWEEN) == ([{"size": 3}], {})


def test_live_live_query_sends_the_moment_as_text(bench):
    bench.client().live_live_query("synapses", "2024-01-05T01:00:00+01:00")
    assert bench.bodies("/ds/query")[0] == {
        "table": "synapses",
        "timestamp": "2024-01-05T00:00:00.000000+00:00",
    }


def test_live_live_query_at_a_version_names_the_remedy(bench):
    message = "400 Bad Request: do not use live live query to query a materialized timestamp"
    bench.overrides["/ds/query"] = lambda ask: (500, {"code": 500, "message": message})
    with pytest.raises(errors.BadRequestError) as caught:
        bench.client().live_live_query("synapses", NOW)
    assert "materialization_version" in caught.value.__notes__[0]


def test_live_live_query_of_a_table_newer_than_the_version(bench):
    bench.overrides["/table/synapses/metadata"] = lambda ask: (404, "No table named 'synapses' found")
    frame = bench.client().live_live_query("synapses", NOW)
    assert len(frame) == 6
    assert frame.attrs["tables"] == {"synapses": {}}


@pytest.mark.parametrize("joins", [[["a", "b"]], ["abcd"]])
def test_bad_joins(bench, joins):
    with pytest.raises(errors.InvalidArgumentError, match="Pass joins as"):
        bench.client().live_live_query("synapses", NOW, joins)


def test_what_cells_were_is_asked_at_once(bench):
    client = bench.client()
    client.live_query("synapses", NOW, filter_equal_dict={"pre_pt_root_id": B})  # everything is negotiated
    three = threading.Barrier(3)
    answers = {
        "/is_latest_roots": {"is_latest": [True]},
        "/root_timestamps": {"timestamp": [1e9]},
        "/past_id_mapping": {"past_id_map": {str(B): [B]}, "future_id_map": {str(B): B}},
    }

    def together(answer):
        def wait(ask):
            three.wait(10)
            return 200, answer

        return wait

    bench.overrides |= {end: together(answer) for end, answer in answers.items()}
    filters, _ = client.map_filters([{"pre_pt_root_id": [B]}], NOW, "2024-01-02")
    assert filters == [{"pre_pt_root_id": [B]}]


def test_roots_that_were_not_valid_are_named_though_their_past_is_refused(bench):
    bench.overrides["/past_id_mapping"] = lambda ask: (400, {"message": "no such root"})
    with pytest.raises(errors.InvalidArgumentError, match="1 of 1 are not"):
        bench.client().live_query("synapses", NOW, filter_equal_dict={"pre_pt_root_id": A})
    with pytest.raises(errors.BadRequestError, match="no such root"):
        bench.client().live_query("synapses", NOW, filter_equal_dict={"pre_pt_root_id": B})
