"""Tables to Parquet, by the client, from a real server: whole, divided, interrupted, on any executor."""

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from members import exercises

from caveclient_gen import errors
from caveclient_gen._runtime.times import iso_utc_micros
from caveclient_gen.mixins.materialize.extraction import driver, folder_lock, settling
from caveclient_gen.mixins.materialize.extraction.journal import JOURNAL
from caveclient_gen.offline import serve
from caveclient_gen.positions import read_attrs, xyz

FEW = 120
"""Rows per file, of 499 synapses."""
QUERIES = "materialize.query_table"


@pytest.fixture(scope="module")
def running(small):
    with serve(small) as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    """A server whose faults nobody else meets; the next attempt after a failure comes at once."""
    monkeypatch.setattr(driver, "PAUSES", (0.0,) * 3)
    yield running
    running.app.faults.clear()


@pytest.fixture
def mat(server):
    return server.client().materialize


def in_order(frame):
    return frame.sort_values("id", ignore_index=True)


def same(extraction, frame):
    """Whether a dataset holds the rows of a frame, in all ways in which people read it."""
    frame = in_order(frame)
    pd.testing.assert_frame_equal(in_order(extraction.to_pandas()), frame)
    pd.testing.assert_frame_equal(in_order(pd.read_parquet(extraction.folder)), frame)
    assert extraction.rows == len(frame) == ds.dataset(extraction.folder).count_rows()
    schemas = {str(pq.read_schema(file)) + str(pq.read_schema(file).metadata) for file in extraction.files}
    assert len(schemas) == 1


def points(rows, name):
    return xyz(rows, name)[np.argsort(np.asarray(rows["id"]))]


def tells_of_its_query(extraction, mat, frame):
    """Whether a dataset says the same as the frame of a query, in all ways in which people read it."""
    moment = iso_utc_micros(mat.get_version_metadata()["time_stamp"])
    assert extraction.attrs == {**frame.attrs, "timestamp": moment}
    for read in (
        extraction.to_pandas(),
        pd.read_parquet(extraction.folder),
        pq.read_table(extraction.folder),
        extraction.dataset().to_table(),
    ):
        assert read_attrs(read) == extraction.attrs
        for name in frame.cave.positions:
            assert np.array_equal(points(read, name), points(frame, name), equal_nan=True)


ASKED = {
    "all": ("synapses", lambda c: {}),
    "equal": ("synapses", lambda c: {"filter_equal_dict": {"pre_pt_root_id": c.pre}}),
    "bounds of ids": (
        "synapses",
        lambda c: {"filter_greater_equal_dict": {"id": 100}, "filter_less_dict": {"id": 400}},
    ),
    "left out": ("synapses", lambda c: {"filter_out_dict": {"pre_pt_root_id": [c.pre]}}),
    "box, in nm": (
        "synapses",
        lambda c: {
            "filter_spatial_dict": {"ctr_pt_position": [[0, 0, 0], [9000, 30000, 3000]]},
            "desired_resolution": [1, 1, 1],
        },
    ),
    "some columns": ("synapses", lambda c: {"select_columns": ["size", "ctr_pt_position", "id"]}),
    "some columns, of the other table": (
        "cell_types",
        lambda c: {"select_columns": {"cell_types": ["cell_type"], "nuclei": ["id", "pt_position"]}},
    ),
    "joined": ("cell_types", lambda c: {}),
    "not joined": ("cell_types", lambda c: {"merge_reference": False}),
    "joined, by the other table": ("cell_types", lambda c: {"filter_greater_dict": {"id_ref": 3}}),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
@exercises("materialize", "to_parquet")
def test_the_rows_are_those_of_a_query(mat, cells, tmp_path, name):
    table, make = ASKED[name]
    asked = make(cells)
    found = mat.to_parquet(table, tmp_path, rows_per_file=8 if table == "cell_types" else FEW, **asked)
    frame = mat.query_table(table, split_positions=True, **asked)
    same(found, frame)
    tells_of_its_query(found, mat, frame)
    assert len(found.files) > (name != "equal")
    assert found.counted >= found.rows > 0


def test_a_list_of_cells_is_divided(mat, tmp_path):
    whole = mat.query_table("synapses", split_positions=True)
    roots = whole["pre_pt_root_id"].dropna().unique()
    wanted = [*roots, *roots]  # a value that comes twice gives each row once
    found = mat.to_parquet("synapses", tmp_path, filter_in_dict={"pre_pt_root_id": wanted}, rows_per_file=FEW)
    same(found, whole[whole["pre_pt_root_id"].isin(roots)])
    plan = json.loads((tmp_path / JOURNAL).read_text().partition("\n")[0])["plan"]
    assert [one["first"] for one in plan] == [None] * len(plan)
    assert plan[-1]["values"][1] == len(roots)


def test_positions_as_points(mat, tmp_path, monkeypatch):
    monkeypatch.setattr(settling, "write_file", None)  # files of one schema are not written twice
    asked = {"split_positions": False, "select_columns": ["id", "ctr_pt_position"]}
    found = mat.to_parquet("synapses", tmp_path, rows_per_file=FEW, **asked)
    rows, expected = found.dataset().to_table(), mat.query_table("synapses", output="arrow", **asked)
    assert rows.schema.equals(expected.schema)
    assert rows.sort_by("id").to_pylist() == expected.sort_by("id").to_pylist()
    frame = mat.query_table("synapses", **asked)
    tells_of_its_query(found, mat, frame)
    cells = found.to_pandas()["ctr_pt_position"]
    assert {cell.dtype for cell in cells} == {cell.dtype for cell in frame["ctr_pt_position"]}
    assert repr(found).startswith("Extraction('synapses' at version 3: 499 rows in 6 files, ")


def test_nothing_found_is_a_dataset_without_rows(mat, tmp_path):
    found = mat.to_parquet("synapses", tmp_path, filter_equal_dict={"pre_pt_root_id": 7})
    assert found.rows == found.counted == 0
    asked = mat.query_table("synapses", filter_equal_dict={"pre_pt_root_id": 7}, split_positions=True)
    pd.testing.assert_frame_equal(found.to_pandas(), asked)
    tells_of_its_query(found, mat, asked)


def test_answers_that_the_server_cuts_are_divided(server, mat, tmp_path):
    whole = mat.query_table("synapses", split_positions=True)
    server.app.faults._cap(50)
    found = mat.to_parquet("synapses", tmp_path, rows_per_file=FEW)
    same(found, whole)
    assert len(found.files) >= 10


EXTRACT = """
import time
from caveclient_gen import CAVEclient
from caveclient_gen.mixins.materialize.extraction import job

write_file, turns = job.write_file, iter(range(5))

def write_five(*args):
    if next(turns, None) is None:
        time.sleep(60)  # hang, to be killed in the middle
    return write_file(*args)

job.write_file = write_five
client = CAVEclient({datastack!r}, server_address={address!r}, auth_token={token!r})
client.materialize.to_parquet("synapses", {folder!r}, rows_per_file=60, workers=2)
"""


def test_killed_and_called_again(server, mat, tmp_path):
    script = EXTRACT.format(
        datastack=server.dataset.facts.datastack,
        address=server.address,
        token=server.token(),
        folder=str(tmp_path),
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        until = time.monotonic() + 40
        while len(list(tmp_path.glob("part-*"))) < 5 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"done": {"key": [11')  # as if it had been killed here
    (tmp_path / ".part-000009.parquet.0f.tmp").write_bytes(b"half")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("part-*")}
    assert len(before) == 5
    same(mat.to_parquet("synapses", tmp_path), mat.query_table("synapses", split_positions=True))
    kept = [path for path, written in before.items() if path.stat().st_mtime_ns == written]
    assert len(kept) >= len(before) - 2  # those under way were in place, and not yet in the manifest
    assert list(tmp_path.glob(".part-*")) == []


def test_a_finished_one_asks_nothing_and_another_query_is_refused(server, mat, tmp_path):
    options = {"materialization_version": 3, "rows_per_file": FEW}
    first = mat.to_parquet("synapses", tmp_path, **options)
    server.app.faults.fail_next(500, on="materialize")
    assert mat.to_parquet("synapses", tmp_path, **options) == first
    assert len(server.app.faults.waiting) == 1
    assert server.token() not in (tmp_path / JOURNAL).read_text()
    with pytest.raises(
        errors.InvalidArgumentError, match=r"^Choose another folder: .*version was 3, and is 2"
    ):
        mat.to_parquet("synapses", tmp_path, materialization_version=2)
    server.app.faults.clear()
    first.files[2].unlink()
    assert mat.to_parquet("synapses", tmp_path, **options).rows == 499
    assert first.files[2].exists()


def test_folders_that_cannot_be_used(mat, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(
        errors.InvalidArgumentError, match=r"^Choose a new or empty folder: .* holds notes.txt"
    ):
        mat.to_parquet("synapses", tmp_path)
    with pytest.raises(errors.CAVEError, match=r"^Choose a folder that can be written"):
        mat.to_parquet("synapses", tmp_path / "notes.txt" / "below")
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / JOURNAL).write_text("{}\n")
    with pytest.raises(errors.CAVEError, match=r"^Extract to another folder, or remove this one: .* damaged"):
        mat.to_parquet("synapses", folder)


def test_one_at_a_time(mat, tmp_path):
    take = (
        "import sys, pathlib\n"
        "from caveclient_gen.mixins.materialize.extraction.folder_lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", take, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert other.stdout.readline() == "held\n"
    with pytest.raises(errors.CAVEError, match=r"^Wait for the other extraction"):
        mat.to_parquet("synapses", tmp_path)
    other.communicate("", timeout=10)
    with folder_lock.locked(tmp_path), pytest.raises(errors.CAVEError, match=r"^Wait for the other"):
        mat.to_parquet("synapses", tmp_path)
    assert mat.to_parquet("synapses", tmp_path).rows == 499


def test_a_full_disk_leaves_nothing_half_in_place(mat, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, hard))
    try:
        with pytest.raises(errors.CAVEError, match=r"^Free space on the disk"):
            mat.to_parquet("synapses", tmp_path, rows_per_file=FEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    assert mat.to_parquet("synapses", tmp_path, rows_per_file=FEW).rows == 499


def test_a_failure_that_passes_and_one_that_stays(server, mat, tmp_path, monkeypatch):
    rows_of, refused = type(mat)._rows_of_partition, []

    def ask(self, query, version, partition, facts):
        if partition.key == (2,) and len(refused) < 6:
            refused.append(partition)
            server.app.faults.fail_next(500, on=QUERIES)
        return rows_of(self, query, version, partition, facts)

    monkeypatch.setattr(type(mat), "_rows_of_partition", ask)
    with pytest.raises(errors.ServerError) as caught:
        mat.to_parquet("synapses", tmp_path, rows_per_file=FEW, workers=1)
    assert len(refused) == len(driver.PAUSES) + 1
    lost = len(list(tmp_path.glob("part-*")))
    assert lost == 5
    assert f"rows in {lost} files are in {tmp_path}: call to_parquet again" in caught.value.__notes__[-1]
    assert mat.to_parquet("synapses", tmp_path, workers=1).rows == 499
    assert len(refused) == 6


def test_interrupted(server, mat, tmp_path, monkeypatch):
    keep, kept = driver.Driver._keep, []

    def keep_two(self, *args):
        keep(self, *args)
        kept.append(args)
        if len(kept) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(driver.Driver, "_keep", keep_two)
    with pytest.raises(KeyboardInterrupt) as caught:
        mat.to_parquet("synapses", tmp_path, rows_per_file=FEW)
    assert " rows in 2 files are in " in caught.value.__notes__[0]
    monkeypatch.undo()
    before = {path: path.stat().st_mtime_ns for path in caught_files(tmp_path)}
    assert mat.to_parquet("synapses", tmp_path, rows_per_file=FEW).rows == 499
    assert all(path.stat().st_mtime_ns == written for path, written in before.items())


def caught_files(folder):
    """Return the files that the manifest names."""
    lines = map(json.loads, (folder / JOURNAL).read_text().splitlines()[1:])
    return [folder / f"part-{line['done']['key'][0]:06d}.parquet" for line in lines]


def test_an_executor_of_threads(mat, tmp_path, capsys):
    with ThreadPoolExecutor(2) as executor:
        found = mat.to_parquet("synapses", tmp_path, rows_per_file=FEW, executor=executor, progress=True)
    assert "499" in capsys.readouterr().err
    same(found, mat.query_table("synapses", split_positions=True))
    assert len(found.files) > 4


@pytest.mark.filterwarnings("ignore:materialize")  # in the worker, about what it could not ask
def test_a_worker_without_a_token_says_what_to_do(server, mat, tmp_path, monkeypatch):
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    fork = multiprocessing.get_context("fork")
    folder = tmp_path / "there"
    with (
        ProcessPoolExecutor(1, mp_context=fork) as executor,
        pytest.raises(errors.AuthException, match=r"^Set the environment variable CAVE_TOKEN"),
    ):
        mat.to_parquet("synapses", folder, rows_per_file=FEW, executor=executor)
    monkeypatch.setenv("CAVE_TOKEN", server.token())
    with ProcessPoolExecutor(1, mp_context=fork) as executor:
        assert mat.to_parquet("synapses", folder, executor=executor).rows == 499


def test_a_dask_cluster(server, mat, tmp_path, monkeypatch):
    """A worker process on this machine, asked through the executor of the cluster's client."""
    import distributed  # here, because it takes half a second

    monkeypatch.setenv("CAVE_TOKEN", server.token())
    cluster = distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        host="127.0.0.1",
        # Even without dashboards there are pages, by default at a fixed port for all to see.
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        local_directory=str(tmp_path / "dask"),
    )
    with cluster, distributed.Client(cluster, timeout=30) as dask:
        dask.wait_for_workers(1, timeout=30)
        with pytest.raises(errors.InvalidArgumentError, match=r"^Pass executor=client.get_executor\(\)"):
            mat.to_parquet("synapses", tmp_path / "rows", executor=dask)
        found = mat.to_parquet(
            "synapses", tmp_path / "rows", rows_per_file=FEW, executor=dask.get_executor(), workers=4
        )
    same(found, mat.query_table("synapses", split_positions=True))
    assert len(found.files) > 4


def test_what_cannot_be_extracted(server, mat, tmp_path):
    with pytest.raises(errors.InvalidArgumentError, match=r"^Pass materialization_version instead"):
        mat.to_parquet("synapses", tmp_path, timestamp="2024-01-01")
    view = next(iter(mat.get_views(3)))
    with pytest.raises(errors.InvalidArgumentError, match=r"^Ask for the view .* with query_view"):
        mat.to_parquet(view, tmp_path)
    with pytest.raises(errors.NotFoundError):
        mat.to_parquet("nope", tmp_path)
    with pytest.raises(errors.BadRequestError, match=r"^Filter by a column that there is"):
        mat.to_parquet("synapses", tmp_path, filter_equal_dict={"nope": 1})
