"""What a first query asks: how many requests, which of them beside each other, and whose error it is."""

from __future__ import annotations

import threading
from typing import Any

import pandas as pd
import pytest
from materialize_bench import record

from caveclient_gen import CAVEclient, errors

DS = "/materialize/api/v3/datastack/ds"
INFO, SOFTWARE, VERSIONS = "/info/api/v2/datastack/full/ds", "/materialize/version", f"{DS}/versions"


def table(name: str, what: str) -> str:
    return f"{DS}/version/2/table/{name}/{what}"


def begin(bench: Any, *, synapse_table: str = "synapses", **more: Any) -> Any:
    """Make a framework client whose datastack is on the bench, which answers for the info service, too."""
    info = {
        "local_server": bench.address,
        "synapse_table": synapse_table,
        "segmentation_source": "graphene://x/tbl",
    }
    bench.overrides[INFO] = lambda ask: (200, info)
    token = {"auth_token": "t" * 32, "write_server_cache": False}
    return CAVEclient("ds", server_address=bench.address, **{**token, **more})


def let_meet(bench: Any, *groups: set[str]) -> None:
    """Answer the requests of a group only when all of them have come."""
    barriers = [(group, threading.Barrier(len(group))) for group in groups]
    answer = bench.answer

    def wait_and_answer(ask: Any) -> Any:
        for group, barrier in barriers:
            if ask.path in group:
                barrier.wait(timeout=5)
        return answer(ask)

    bench.answer = wait_and_answer


def paths(bench: Any) -> list[str]:
    return sorted(ask.path for ask in bench.asked)


def test_three_round_trips(bench):
    record_and_rows = {table("synapses", "metadata"), table("synapses", "query")}
    let_meet(bench, {SOFTWARE, VERSIONS}, record_and_rows)
    frame = begin(bench).materialize.query_table("synapses")
    assert len(frame) == 6
    assert frame.attrs["tables"]["synapses"]["description"] == "about synapses"
    assert paths(bench) == sorted([INFO, SOFTWARE, VERSIONS, *record_and_rows])


def test_with_a_version(bench):
    let_meet(bench, {SOFTWARE, table("nuclei", "metadata")})
    assert len(begin(bench, version=2).materialize.query_table("nuclei")) == 2
    expected = [INFO, SOFTWARE, table("nuclei", "metadata"), table("nuclei", "query")]
    assert paths(bench) == sorted(expected)


def test_two_round_trips_with_a_version(bench):
    beside_each_other = {SOFTWARE, table("synapses", "metadata"), table("synapses", "query")}
    let_meet(bench, beside_each_other)
    assert len(begin(bench, version=2).materialize.query_table("synapses")) == 6
    assert paths(bench) == sorted([INFO, *beside_each_other])


def test_rows_of_a_server_that_is_too_old_are_not_given(bench):
    bench.software = "5.12.9"
    with pytest.raises(errors.ServerIncompatibilityError, match=r"5\.13\.0"):
        begin(bench, version=2).materialize.query_table("synapses")


def test_where_nothing_depends_on_the_record(bench):
    let_meet(bench, {SOFTWARE, VERSIONS}, {table("synapses", "metadata"), table("synapses", "query")})
    assert len(begin(bench).materialize.synapse_query()) == 5
    assert len(bench.asked) == 5


def test_no_rows_are_asked_for_in_vain(bench):
    frame = begin(bench).materialize.query_table("cell_types")
    assert list(frame["cell_type"]) == ["23P", "BC"]
    assert [path for path in paths(bench) if path.endswith("query")] == [f"{DS}/version/2/query"]


def test_later_queries_ask_for_rows_only(bench):
    tables = begin(bench).materialize
    first = tables.query_table("synapses")
    bench.asked.clear()
    pd.testing.assert_frame_equal(tables.query_table("synapses"), first)
    assert paths(bench) == [table("synapses", "query")]


def test_an_early_request_that_is_not_needed_may_fail(bench):
    bench.overrides[table("cell_types", "query")] = lambda ask: (500, {"message": "too heavy"})
    frame = begin(bench, synapse_table="cell_types").materialize.query_table("cell_types")
    assert list(frame["cell_type"]) == ["23P", "BC"]
    assert bench.count("/table/cell_types/query") == 1


@pytest.mark.parametrize("first", ["metadata", "query"])
def test_the_error_is_that_of_the_earlier_step(bench, first):
    """Whichever answer comes first: an unknown table is found by its record, as without early requests."""
    come = threading.Event()
    other = {"metadata": "query", "query": "metadata"}[first]
    bench.overrides[table("nope", first)] = lambda ask: (come.set(), (404, {"message": f"no {first}"}))[1]
    bench.overrides[table("nope", other)] = lambda ask: (come.wait(5), (404, {"message": f"no {other}"}))[1]
    with pytest.raises(errors.NotFoundError, match="no metadata") as caught:
        begin(bench, synapse_table="nope").materialize.query_table("nope")
    assert caught.value.operation == "materialize.get_table_metadata"
    assert caught.traceback[0].path.name == "test_first_query.py"


def test_an_address_that_cannot_be_found_is_asked_for_once(bench):
    client = begin(bench)
    bench.overrides[INFO] = lambda ask: (404, {"message": "no such datastack"})
    with pytest.raises(errors.NotFoundError, match="no such datastack"):
        client.materialize.query_table("synapses")
    assert paths(bench) == [INFO]


def test_arguments_are_refused_before_anything_is_asked(bench):
    with pytest.raises(errors.InvalidArgumentError):
        begin(bench).materialize.query_table("synapses", materialization_version="two")
    assert bench.asked == []


def test_columns_of_a_table_that_is_joined(bench):
    """Which only the record allows: the query that would go out early cannot be written."""
    bench.records[("synapses", 2)] = record("synapses")
    with pytest.raises(errors.InvalidArgumentError, match="nuclei is not part of this query"):
        begin(bench).materialize.query_table("synapses", select_columns={"nuclei": ["id"]})


def test_threads_that_begin_together(bench):
    tables = begin(bench).materialize
    frames: list[Any] = []
    threads = [threading.Thread(target=lambda: frames.append(tables.query_table("synapses"))) for _ in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [len(frame) for frame in frames] == [6, 6, 6]
    assert bench.count("/info/") == 1
