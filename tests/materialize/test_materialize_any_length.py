"""Queries by any number of ids, against a server that cuts answers: complete, or an error says what is not.

The server answers with real Arrow, filters by the ids that it is sent, and caps every answer.
"""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from materialize_bench import A1, NOW, S1, A, B, C, positions

from caveclient_gen.errors import (
    BadRequestError,
    CAVEError,
    NotFoundError,
    ServiceUnavailableError,
    TruncatedResultError,
)

FIRST = 864691135000000001
CELLS = np.arange(FIRST, FIRST + 11_000, dtype=np.int64)


def many_synapses(cells, per_cell) -> pa.Table:
    """Return synapses: `per_cell` from each cell, to the cell after it."""
    pre = np.repeat(cells, per_cell)
    count = len(pre)
    return pa.table(
        {
            "id": pa.array(np.arange(1, count + 1), pa.int64()),
            **positions("ctr_pt_position", [1] * count),
            "pre_pt_supervoxel_id": pa.array(np.full(count, S1), pa.int64()),
            "pre_pt_root_id": pa.array(pre, pa.int64()),
            "post_pt_supervoxel_id": pa.array(np.full(count, S1), pa.int64()),
            "post_pt_root_id": pa.array(pre + 1, pa.int64()),
            "size": pa.array(np.ones(count), pa.float32()),
        }
    )


def queries(bench):
    return bench.bodies("/query")


def lengths(bench, column="pre_pt_root_id"):
    return [len(body["filter_in_dict"]["synapses"][column]) for body in queries(bench)]


@pytest.fixture
def dense(bench):
    """2200 synapses of 1100 cells, 100 at once."""
    bench.tables["synapses"] = many_synapses(CELLS[:1100], 2)
    bench.cap = 100
    return bench


def test_synapses_of_thousands_of_cells(bench):
    bench.tables["synapses"] = many_synapses(CELLS, 2)
    frame = bench.client().synapse_query(pre_ids=CELLS)
    assert sorted(frame["id"]) == list(range(1, 22_001))
    assert sum(lengths(bench)) == 11_000
    assert sorted(lengths(bench))[0] == 100, "parts begin small"
    assert max(lengths(bench)) > 1000, "and grow"
    assert len(lengths(bench)) < 30
    assert frame["pre_pt_root_id"].dtype == "Int64"
    assert frame.attrs["truncated"] is False
    assert frame.attrs["filters"] == {"filter_in_dict": {"synapses": {"pre_pt_root_id": "11000 values"}}}


@pytest.mark.parametrize("side", ["pre", "post"])
def test_cut_answers_are_asked_again_until_they_are_complete(dense, side):
    cells = CELLS[:1100] + (side == "post")
    frame = dense.client().synapse_query(**{f"{side}_ids": cells})
    assert sorted(frame["id"]) == list(range(1, 2201))
    assert frame.attrs["truncated"] is False
    assert list(frame.index) == list(range(2200))


def test_ids_that_stand_twice_bring_their_rows_once(dense):
    ids = pd.Series([*CELLS[:700], *CELLS[:700]], dtype="Int64")
    frame = dense.client().synapse_query(pre_ids=ids)
    assert sorted(frame["id"]) == list(range(1, 1401))


def test_both_sides(dense):
    """Connections among cells: both lists go along."""
    cells = CELLS[:600]
    frame = dense.client().synapse_query(pre_ids=cells, post_ids=cells)
    assert sorted(frame["id"]) == list(range(1, 2 * 599 + 1))  # the last one's partner is not among them


def test_the_frame_is_as_if_it_had_been_one_answer(dense):
    by_parts = dense.client().synapse_query(pre_ids=CELLS[:500], remove_autapses=False)
    dense.cap = 200_000
    at_once = dense.client().synapse_query(pre_ids=CELLS[:500], remove_autapses=False)
    order = by_parts.sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(order, at_once.sort_values("id", ignore_index=True))
    assert by_parts.attrs == at_once.attrs


def sparse(bench):
    """Tables with missing values, which one part may have and another not."""
    ids = list(range(300))
    at = [n if n % 7 else None for n in ids]
    bench.tables["nuclei"] = pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            **positions("pt_position", at),
            "pt_supervoxel_id": pa.array([S1] * 300, pa.int64()),
            "pt_root_id": pa.array([A if n % 5 else None for n in ids], pa.int64()),
            "number": pa.array([n if n > 200 else None for n in ids], pa.int64()),
            "tag": pa.array(["x" if n > 250 else None for n in ids], pa.string()),
        }
    )
    bench.tables["cell_types"] = pa.table(
        {
            "id": pa.array([1000 + n for n in ids], pa.int64()),
            "target_id": pa.array(ids, pa.int64()),
            "cell_type": pa.array(["BC" if n % 2 else None for n in ids], pa.string()),
        }
    )


TWICE = {"id": [*range(300), *range(50)]}
ALIKE = {
    "all": lambda c: c.query_table("nuclei", filter_in_dict=TWICE),
    "split": lambda c: c.query_table("nuclei", filter_in_dict=TWICE, split_positions=True),
    "some": lambda c: c.query_table("nuclei", filter_in_dict=TWICE, select_columns=["id", "pt_position"]),
    "scaled": lambda c: c.query_table("nuclei", filter_in_dict=TWICE, desired_resolution=[1, 1, 1]),
    "without": lambda c: c.query_table(
        "nuclei", filter_in_dict=TWICE, filter_out_dict={"tag": ["x"]}, select_columns=["id", "number"]
    ),
    "bare": lambda c: c.query_table("nuclei", filter_in_dict=TWICE, metadata=False),
    "moment": lambda c: c.query_table("nuclei", filter_in_dict=TWICE, timestamp="2024-01-02T12:00:00Z"),
    "both tables": lambda c: c.query_table("cell_types", filter_in_dict={"id_ref": range(300)}),
    "some of both": lambda c: c.query_table(
        "cell_types",
        filter_in_dict={"target_id": range(300), "id_ref": range(250)},
        select_columns={"cell_types": ["id", "cell_type"], "nuclei": ["pt_position"]},
    ),
    "view": lambda c: c.query_view("nuclei", filter_in_dict=TWICE, metadata=False),
    "live": lambda c: c.live_live_query("nuclei", NOW, filter_in_dict={"nuclei": TWICE}),
}


@pytest.mark.parametrize("call", ALIKE.values(), ids=ALIKE)
def test_parts_are_as_one_answer(bench, call):
    """The same rows once each, types, index and attrs, whatever the query."""
    sparse(bench)
    bench.cap = 70
    by_parts = call(bench.client())
    assert len(queries(bench)) > 2
    bench.cap = 200_000
    at_once = call(bench.client())
    order = by_parts.sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(order, at_once.sort_values("id", ignore_index=True))
    assert by_parts.attrs == at_once.attrs
    assert list(by_parts.index) == list(range(len(at_once)))


def test_requests_are_few(dense):
    """The parts learn from each other how small they must be: 22 would do if all were known before."""
    dense.client().synapse_query(pre_ids=CELLS[:1100])
    assert len(queries(dense)) < 110


def test_one_cell_beyond_the_cap_is_an_error_that_keeps_the_others(bench):
    table = many_synapses(CELLS[:30], 2)
    bench.tables["synapses"] = pa.concat_tables([table, many_synapses(CELLS[10:11], 100)])
    bench.cap = 50
    with pytest.raises(TruncatedResultError) as caught:
        bench.client().synapse_query(pre_ids=CELLS[:30])
    error = caught.value
    assert [list(failure.items) for failure in error.failed] == [[int(CELLS[10])]]
    assert sorted(error.answered) == sorted(set(CELLS[:30].tolist()) - {int(CELLS[10])})
    found = Counter(error.partial["pre_pt_root_id"])
    assert found == {**dict.fromkeys(CELLS[:30].tolist(), 2), int(CELLS[10]): 50}
    assert isinstance(error.partial["ctr_pt_position"].iloc[0], np.ndarray)


def test_with_a_limit_it_is_one_request_as_the_server_cuts_it(dense):
    with pytest.raises(TruncatedResultError):
        dense.client().synapse_query(pre_ids=CELLS[:1100], limit=500)
    frame = dense.client().query_table("synapses", filter_in_dict={"pre_pt_root_id": CELLS}, limit=70)
    assert len(frame) == 70
    assert lengths(dense) == [1100, 11_000]


def test_counts_are_one_request(bench):
    bench.tables["synapses"] = many_synapses(CELLS, 1)
    frame = bench.client().query_table("synapses", filter_in_dict={"pre_pt_root_id": CELLS}, get_counts=True)
    assert frame["count"].tolist() == [11_000]
    assert lengths(bench) == [11_000]


def test_without_a_list_a_cut_answer_is_an_error(dense):
    with pytest.raises(TruncatedResultError) as caught:
        dense.client().query_table("synapses")
    assert len(caught.value.partial) == 100
    assert caught.value.failed == ()


def test_exclusions_hold_for_every_part(dense):
    frame = dense.client().query_table(
        "synapses",
        filter_in_dict={"pre_pt_root_id": CELLS[:300]},
        filter_out_dict={"id": list(range(1, 301))},
        select_columns=["size"],
    )
    assert list(frame.columns) == ["size"]
    assert len(frame) == 300


def test_records_come_in_parts_too(dense):
    rows = dense.client().query_table(
        "synapses", filter_in_dict={"pre_pt_root_id": CELLS[:300]}, return_df=False
    )
    assert sorted(row["id"] for row in rows) == list(range(1, 601))


def test_views(bench):
    bench.tables["nucleus_types"] = pa.table({"id": pa.array(range(6000), pa.int64())})
    bench.cap = 900
    frame = bench.client().query_view("nucleus_types", filter_in_dict={"id": range(6000)}, metadata=False)
    assert sorted(frame["id"]) == list(range(6000))


def test_a_table_with_the_one_it_refers_to(bench):
    bench.tables["cell_types"] = pa.table(
        {
            "id": pa.array(range(300), pa.int64()),
            "target_id": pa.array([1 + n % 2 for n in range(300)], pa.int64()),
            "cell_type": pa.array(["BC"] * 300),
        }
    )
    bench.cap = 80
    frame = bench.client().query_table("cell_types", filter_in_dict={"id": range(300)})
    assert sorted(frame["id"]) == list(range(300))
    assert {"cell_type", "id_ref", "pt_root_id"} <= set(frame.columns)


def test_joins(bench):
    bench.cap = 2
    frame = bench.client().join_query(
        [["cell_types", "target_id"], ["nuclei", "id"]], filter_in_dict={"nuclei": {"pt_root_id": [A, B, C]}}
    )
    assert sorted(frame["cell_type"]) == ["23P", "BC"]


def test_live_queries(bench):
    """Root ids of the moment are made earlier ones, these are divided, and the rows are renewed."""
    bench.cap = 3
    frame = bench.client().live_query(
        "synapses", NOW, filter_in_dict={"pre_pt_root_id": [A1, C], "id": [1, 2, 3, 4]}
    )
    assert sorted(frame["id"]) == [1]
    asked = [len(body["filter_in_dict"]["synapses"]["id"]) for body in queries(bench)]
    assert asked == [4] or sorted(asked) == [2, 2, 4]


def test_live_live_queries(bench):
    bench.tables["synapses"] = many_synapses(CELLS[:2500], 2)
    bench.cap = 700
    frame = bench.client().live_live_query(
        "synapses", NOW, filter_in_dict={"synapses": {"pre_pt_root_id": CELLS[:2500]}}
    )
    assert sorted(frame["id"]) == list(range(1, 5001))
    assert max(lengths(bench)) == 1000


def varied(bench, change):
    """Let the server change the rows of each answer, and its headers."""
    reply = bench._reply

    def answer(ask, table, names, live=False):
        return reply(ask, *change(table, names), live)

    bench._reply = answer


def first_pre(table):
    return table["pre_pt_root_id"][0].as_py() if table.num_rows else None


def test_live_live_parts_with_and_without_row_labels(bench):
    """Servers send the labels of their own frame with some answers, and with others not."""
    bench.tables["synapses"] = many_synapses(CELLS[:2500], 2)

    def change(table, names):
        labelled = first_pre(table) != CELLS[1000]
        return table if labelled else table.drop_columns(["__index_level_0__"]), names

    varied(bench, change)
    where = {"synapses": {"pre_pt_root_id": CELLS[:2500]}}
    frame = bench.client().live_live_query("synapses", NOW, filter_in_dict=where)
    assert sorted(frame["id"]) == list(range(1, 5001))
    assert not [name for name in frame.columns if name.startswith("__")]


def test_live_live_parts_without_rows(bench):
    """A part without rows: refused in so many words, or sent with fewer columns and headers."""
    bench.tables["synapses"] = many_synapses(CELLS[3000:3500], 2)
    answer = bench._live

    def refuse(ask):
        status, headers, body = answer(ask)
        asked = ask.body["filter_in_dict"]["synapses"]["pre_pt_root_id"]
        if asked[0] == CELLS[1000]:
            message = "400 Bad Request: This query on table synapses returned no results"
            return {"http": 500, "code": 500, "message": message}
        if asked[0] != CELLS[3000]:
            del headers["dataframe_resolution"]
        return status, headers, body

    bench._live = refuse
    varied(
        bench,
        lambda table, names: (table, names) if table.num_rows else (table.select(["id"]), {}),
    )
    where = {"synapses": {"pre_pt_root_id": CELLS[:3500]}}
    frame = bench.client().live_live_query("synapses", NOW, filter_in_dict=where)
    assert sorted(frame["id"]) == list(range(1, 1001))
    assert isinstance(frame["ctr_pt_position"].iloc[0], np.ndarray)
    assert frame.attrs["dataframe_resolution"] == [4.0, 4.0, 40.0]


@pytest.mark.parametrize("count", [10, 2500])
def test_a_live_live_query_without_rows_is_refused_with_an_explanation(bench, count):
    message = "400 Bad Request: This query on table synapses returned no results"
    bench._live = lambda ask: {"http": 500, "code": 500, "message": message}
    where = {"synapses": {"pre_pt_root_id": CELLS[:count]}}
    with pytest.raises(BadRequestError, match="returned no results") as caught:
        bench.client().live_live_query("synapses", NOW, filter_in_dict=where)
    assert "No row matches" in caught.value.__notes__[-1]
    assert caught.value.failed == ()


def test_a_part_that_fails_loses_no_other(bench):
    """What came is in the error, as a frame; what did not, with its reason."""
    bench.tables["synapses"] = many_synapses(CELLS, 1)
    answer = bench._materialize

    def refuse(ask, parts):
        if CELLS[5000] in ((ask.body or {}).get("filter_in_dict", {}).get("synapses", {})).get(
            "pre_pt_root_id", []
        ):
            return {"http": 500, "code": 500, "message": "404 Not Found: something is gone"}
        return answer(ask, parts)

    bench._materialize = refuse
    with pytest.raises(NotFoundError) as caught:
        bench.client().synapse_query(pre_ids=CELLS)
    error: CAVEError = caught.value
    (lost,) = error.failed
    assert lost.first <= 5000 <= lost.last
    assert list(lost.items) == CELLS[lost.first : lost.last + 1].tolist()
    assert sorted(error.partial["id"]) == [*range(1, lost.first + 1), *range(lost.last + 2, 11_001)]
    assert "see `partial`" in "".join(error.__notes__)


def test_rows_are_kept_even_if_no_frame_can_be_made_of_them(bench, monkeypatch):
    bench.tables["synapses"] = many_synapses(CELLS[:2], 30)
    bench.cap = 20
    client = bench.client()

    def fail(*_, **__):
        raise ServiceUnavailableError("Try again later.")

    monkeypatch.setattr(client, "_frame", fail)
    with pytest.raises(TruncatedResultError) as caught:
        client.synapse_query(pre_ids=CELLS[:2])
    assert caught.value.partial.num_rows == 40
    assert "as the server sent them: Try again later." in "".join(caught.value.__notes__)


def test_columns_whose_type_an_empty_part_does_not_know(bench):
    """pandas on the server writes a column of texts without values as one without a type."""
    ids = list(range(6000))
    types = ["x" if n == 5500 else None for n in ids]
    bench.tables["flat"] = pa.table({"id": pa.array(ids, pa.int64()), "label": pa.array(types, pa.string())})
    reply = bench._reply

    def typeless(ask, table, names, live=False):
        if table["label"].null_count == len(table):
            table = table.set_column(1, "label", pa.nulls(len(table)))
        return reply(ask, table, names, live)

    bench._reply = typeless
    frame = bench.client().query_table("flat", filter_in_dict={"id": ids}, metadata=False)
    assert 1 < len(queries(bench)) < 20
    assert frame["label"].dtype == "string"
    assert frame["label"].dropna().tolist() == ["x"]


def test_progress_is_an_argument_of_every_query(bench, capfd):
    bench.tables["synapses"] = many_synapses(CELLS[:20], 2)
    bench.cap = 15
    client = bench.client()
    where = {"pre_pt_root_id": CELLS[:20]}
    client.query_table("synapses", filter_in_dict=where)
    assert capfd.readouterr().err == ""
    calls = {
        "synapse_query": lambda: client.synapse_query(pre_ids=CELLS[:20], progress=True),
        "query_table": lambda: client.query_table("synapses", filter_in_dict=where, progress=True),
        "query_view": lambda: client.query_view(
            "synapses", filter_in_dict=where, metadata=False, progress=True
        ),
        "live_live_query": lambda: client.live_live_query(
            "synapses", NOW, filter_in_dict={"synapses": where}, progress=True
        ),
    }
    for name, call in calls.items():
        assert len(call()) == 40
        assert "pre_pt_root_id/s" in capfd.readouterr().err, name
    assert all("progress" not in json.dumps(body) for body in queries(bench))
