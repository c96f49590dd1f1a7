"""Extractions: partitions, counts that do not fit, types that differ from file to file."""

import threading

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from materialize_bench import record

from caveclient_gen import errors
from caveclient_gen.mixins.materialize.extraction import driver
from caveclient_gen.mixins.materialize.extraction.extent import find_extent
from caveclient_gen.mixins.materialize.extraction.files import Gate, write_file
from caveclient_gen.mixins.materialize.extraction.journal import Done, Journal
from caveclient_gen.mixins.materialize.extraction.partitions import (
    Partition,
    by_ids,
    by_values,
    divided,
    pieces_for,
)
from caveclient_gen.mixins.materialize.extraction.schemas import joined
from caveclient_gen.mixins.materialize.extraction.settling import settle
from caveclient_gen.mixins.materialize.facts import facts_of_schema, schema_with_facts, with_facts
from caveclient_gen.positions import read_attrs, xyz

TABLES = {
    "dense": list(range(1, 2001)),
    "one": [17],
    "far away": [10**17 + 3 * n for n in range(1000)],
    "thin": [n * 10**15 for n in range(1, 900)],
    "two heaps": [*range(1, 1000), *range(2**62, 2**62 + 1000)],
    "below zero": list(range(-500, 500)),
    "both ends": [-(2**63), 0, 2**63 - 1],
}


def finder(ids, asked):
    def find(first, end):
        asked.append((first, end))
        return next(
            (one for one in ids if (first is None or one >= first) and (end is None or one < end)), None
        )

    return find


@pytest.mark.parametrize("name", TABLES)
def test_partitions_hold_every_id_once_and_not_too_many(name):
    ids, asked = TABLES[name], []
    extent = find_extent(finder(ids, asked), len(ids))
    assert extent.low <= min(ids)
    assert max(ids) < extent.end
    assert len(asked) < 140
    most, waiting, done = 100, by_ids(Partition(()), extent, pieces_for(len(ids), 100)), {}
    while waiting:
        partition = waiting.pop(0)
        mine = [one for one in ids if partition.holds(one, one)]
        if len(mine) > most:
            parts = divided(partition, len(mine), most, lambda: extent)
            assert len(parts) > 1
            waiting = [*parts, *waiting]
        else:
            done[partition.file] = mine
    in_order = [one for file in sorted(done) for one in done[file]]
    assert in_order == ids


def test_a_table_without_rows_has_no_extent():
    assert find_extent(lambda first, end: None, 5) is None


def test_a_list_is_divided_before_ids_are():
    parts = by_values(Partition(()), 0, 12_000, 1)
    assert [part.values for part in parts] == [(0, 4000), (4000, 8000), (8000, 12_000)]
    halves = divided(Partition((0,), values=(3, 5)), 10, 8, None)
    assert [(half.key, half.values) for half in halves] == [((0, 0), (3, 4)), ((0, 1), (4, 5))]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(driver, "PAUSES", (0.0,))


def counting(bench, monkeypatch, answer):
    """Let a server count in another way."""
    reply = type(bench)._reply

    def changed(self, ask, table, *args, **kwargs):
        return answer(reply, self, ask, table, *args, **kwargs)

    monkeypatch.setattr(type(bench), "_reply", changed)


def test_fewer_rows_than_the_server_counts_are_an_error(bench, tmp_path, monkeypatch, impatient):
    bench.overrides["/count"] = lambda ask: (200, 6)

    def one_is_lost(reply, self, ask, table, *args):
        lost = table if ask.query.get("count") == "true" else table.slice(1)
        return reply(self, ask, lost, *args)

    counting(bench, monkeypatch, one_is_lost)
    with pytest.raises(errors.TruncatedResultError, match=r"sent 5 rows of a partition in which it counts 6"):
        bench.client().to_parquet("synapses", tmp_path)
    assert list(tmp_path.glob("part-*")) == []


def test_fewer_rows_in_all_partitions_than_were_counted_at_once(bench, tmp_path, monkeypatch):
    """Partitions that agree with their own counts, and lack rows that the whole had."""
    bench.overrides["/count"] = lambda ask: (200, None)

    def first_is_left_out(reply, self, ask, table, *args):
        is_partition = any("greater" in name or "less" in name for name in ask.body)
        return reply(self, ask, table.slice(1) if is_partition else table, *args)

    counting(bench, monkeypatch, first_is_left_out)
    with pytest.raises(errors.TruncatedResultError, match=r"together 4 rows came, and the server counts 6"):
        bench.client().to_parquet("synapses", tmp_path, rows_per_file=4)
    assert '"finished"' not in (tmp_path / "_extraction.jsonl").read_text()


def test_where_the_server_does_not_count_it_is_said(bench, tmp_path, monkeypatch):
    def refusing(reply, self, ask, *args):
        if ask.query.get("count") == "true":
            return {"http": 500, "code": 500, "message": "no counts here"}
        return reply(self, ask, *args)

    counting(bench, monkeypatch, refusing)
    bench.overrides["/count"] = lambda ask: (200, None)
    with pytest.warns(UserWarning, match=r"not checked against a count.*no counts here"):
        found = bench.client().to_parquet("nuclei", tmp_path, rows_per_file=4)
    assert (found.rows, found.counted) == (2, None)
    assert "not counted by the server" in repr(found)


def test_a_record_that_says_another_number_is_told(bench, tmp_path):
    bench.overrides["/count"] = lambda ask: (200, 7)
    with pytest.warns(UserWarning, match=r"record of the table says 7 rows; in the partitions it counts 6"):
        found = bench.client().to_parquet("synapses", tmp_path, rows_per_file=4)
    assert (found.rows, found.counted) == (6, 6)


def test_a_count_that_takes_too_long_is_done_in_the_partitions(bench, tmp_path, monkeypatch):
    def too_slow(reply, self, ask, *args):
        if ask.query.get("count") == "true" and not ask.body:
            return {"http": 504, "message": "upstream request timeout"}
        return reply(self, ask, *args)

    counting(bench, monkeypatch, too_slow)
    bench.overrides["/count"] = lambda ask: (200, None)
    found = bench.client(max_retries=0).to_parquet("synapses", tmp_path, rows_per_file=4)
    assert (found.rows, found.counted) == (6, 6)


def test_a_long_list_goes_out_in_pieces_from_the_first_request_on(bench, tmp_path):
    """Filters of a joined table are tried out with a limit, under which a list would not be divided."""
    wanted = [*range(100, 12_000), 1, 2]
    found = bench.client().to_parquet("cell_types", tmp_path, filter_in_dict={"id_ref": wanted})
    assert found.to_pandas()["cell_type"].tolist() == ["23P", "BC"]
    lists = [body["filter_in_dict"]["nuclei"]["id"] for body in bench.bodies("/query")]
    assert max(map(len, lists)) <= 5000
    assert len(lists) == 1 + 3 + 3 + 1  # tried out, counted, counted in partitions, and one has rows


def test_missing_ids_and_types_are_as_in_a_query(bench, tmp_path):
    bench.overrides["/count"] = lambda ask: (200, 6)
    bench.merged = False
    bench.tables["synapses"] = bench.tables["synapses"].set_column(
        4, "pre_pt_supervoxel_id", pa.array([5, 1, 5, 5, 5, 5], pa.int64())
    )
    found = bench.client().to_parquet("synapses", tmp_path).to_pandas()
    asked = bench.client().query_table("synapses", split_positions=True)
    assert found.equals(asked)
    assert found["pre_pt_supervoxel_id"].isna().tolist() == [False, True, False, False, False, False]


def test_files_get_one_schema_though_types_came_late(tmp_path):
    """A column without a value has no type on the wire; the next partition knows it."""
    tables = [
        pa.table({"id": pa.array([1, 2], pa.int64()), "tag": pa.nulls(2), "n": pa.array([1, 2], pa.int32())}),
        pa.table(
            {"id": pa.array([3], pa.int64()), "tag": ["a"], "n": pa.array([2**40], pa.int64())},
        ),
    ]
    plan = [Partition((0,), end=3), Partition((1,), first=3)]
    journal = Journal.begin(tmp_path, {"query": {}, "total": 3, "recorded": None, "counts": True}, plan)
    for partition, table in zip(plan, tables, strict=True):
        size = write_file(tmp_path, partition.file, with_facts(table, {"table_name": "t"}))
        journal.put_done(partition, Done(len(table), len(table), size))
    settle(journal, None)
    schemas = [pq.read_schema(file) for file in journal.files()]
    assert schemas[0].equals(schemas[1], check_metadata=True)
    assert facts_of_schema(schemas[0]) == {"table_name": "t"}
    assert ds.dataset(tmp_path).to_table().to_pydict() == {
        "id": [1, 2, 3],
        "tag": [None, None, "a"],
        "n": [1, 2, 2**40],
    }
    again = Journal.read(tmp_path)
    assert again.finished
    assert again.waiting == {}


def test_large_ids_and_missing_points(bench, tmp_path):
    bench.overrides["/count"] = lambda ask: (200, 3)
    ids = pa.array([2**63 - 1, 2**62 + 1, -5], pa.int64())
    points = {
        f"pt_position{axis}": pa.array(values, pa.int32())
        for axis, values in (("_x", [1, None, 3]), ("_y", [4, None, None]), ("_z", [7, None, 9]))
    }
    bench.tables["far"] = pa.table({"id": ids, **points})
    asked = {"rows_per_file": 2, "split_positions": False}
    if int(pa.__version__.partition(".")[0]) < 19:
        with pytest.raises(errors.InvalidArgumentError, match=r"^Update pyarrow, or leave out split_pos"):
            bench.client().to_parquet("far", tmp_path, **asked)
        return
    found = bench.client().to_parquet("far", tmp_path, **asked)
    assert len(found.files) > 1
    expected = bench.client().query_table("far", output="arrow").sort_by("id")
    assert found.dataset().to_table().to_pylist() == expected.to_pylist()
    assert expected["pt_position"].to_pylist() == [[3, None, 9], None, [1, 4, 7]]
    frame = found.to_pandas()
    assert frame["id"].tolist() == [-5, 2**62 + 1, 2**63 - 1]
    assert frame["pt_position"][1] is None
    for one in (frame, found.dataset().to_table()):
        nm = [[12.0, np.nan, 360.0], [np.nan] * 3, [4.0, 16.0, 280.0]]
        assert np.array_equal(xyz(one, "pt"), nm, equal_nan=True)


def test_the_resolution_that_the_server_tells_is_kept(bench, tmp_path):
    bench.overrides["/count"] = lambda ask: (200, 6)
    bench.records["synapses", 2] = record("synapses", size=8.0)
    found = bench.client().to_parquet("synapses", tmp_path)
    asked = bench.client().query_table("synapses", output="arrow")
    assert read_attrs(asked)["dataframe_resolution"] == [4.0, 4.0, 40.0]
    assert found.attrs == {**read_attrs(asked), "timestamp": found.attrs["timestamp"]}


def test_nobody_writes_once_an_extraction_has_ended():
    gate, written, is_writing, may_end = Gate(), [], threading.Event(), threading.Event()

    def write():
        with gate:
            is_writing.set()
            may_end.wait(10)
            written.append(True)

    thread = threading.Thread(target=write)
    thread.start()
    is_writing.wait(10)
    threading.Timer(0.05, may_end.set).start()
    gate.close()
    assert written == [True]
    thread.join(10)
    with pytest.raises(errors.CAVEError, match=r"^Call again"), gate:
        pass


def test_no_type_holds_ids_and_floats():
    ids, floats = pa.schema({"id": pa.int64()}), pa.schema({"id": pa.float64()})
    with pytest.raises(errors.DecodeError, match=r"'id' once as whole numbers and once as floats"):
        joined(ids, floats)
    with pytest.raises(errors.DecodeError, match=r"differ in columns"):
        joined(ids, pa.schema({"other": pa.int64()}))
    nm, voxels = (schema_with_facts(ids, {"dataframe_resolution": size}) for size in ([1, 1, 1], [4, 4, 40]))
    with pytest.raises(errors.DecodeError, match=r"^Extract to another folder, with desired_resolution"):
        joined(nm, voxels)
