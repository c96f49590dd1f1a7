"""What a query cannot do: read other files, change settings, take long, take much memory."""

import threading
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mixed import mixed_dataset

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.database import Database
from caveclient_gen.offline.tables.query import Filter, Frozen, Query
from caveclient_gen.offline.versions import View

AT = Frozen(1)


@pytest.fixture(scope="module")
def cave(tmp_path_factory):
    """A dataset with a table of every type."""
    with mixed_dataset(tmp_path_factory.mktemp("bounds") / "mixed.cave").open() as cave:
        yield cave


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A file that is not of the dataset."""
    path = tmp_path_factory.mktemp("outside") / "secret.parquet"
    pq.write_table(pa.table({"id": [1]}), path)
    return path


def view(sql, **columns):
    """Return a view with that SQL."""
    return View("odd", "for tests", sql, columns or {"id": "integer"}, (4.0, 4.0, 40.0))


def ask(cave, one, **more):
    """Answer a view that was not checked when it was defined."""
    cave.versions.views = lambda: {"odd": one}
    return cave.tables.run(Query(at=AT, tables=("odd",), of_view=True, **more))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS id; SELECT 2 AS id",
        "SELECT 1 AS id) AS whole; SELECT (1",
        "SELECT 1 AS id) AS whole --",
        "DROP TABLE mixed",
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "SET threads = 9",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "CREATE TABLE x AS SELECT 1 AS id",
        "",
        "SELEC 1",
        "SELECT * FROM read_parquet('{outside}')",
        "SELECT * FROM '{outside}'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "SELECT name AS id FROM duckdb_settings()",
        "SELECT * FROM (SELECT * FROM READ_PARQUET('{outside}'))",
        "SELECT id FROM mixed WHERE id IN (SELECT id FROM read_parquet('{outside}'))",
        "WITH a AS (SELECT * FROM read_csv('{outside}')) SELECT * FROM a",
        "SELECT table_name AS id FROM information_schema.tables",
        "SELECT id FROM main.mixed",
        "SELECT id FROM nope",
        "SELECT nope AS id FROM mixed",
        "SELECT tag AS id FROM mixed",
        "SELECT id / 0 AS other FROM mixed",
        "SELECT getvariable('x') AS id, rows FROM mixed",
    ],
)
def test_a_view_is_one_select_over_tables_and_fits_its_columns(cave, outside, sql, monkeypatch):
    monkeypatch.setattr(cave.versions, "views", cave.versions.views)
    before = outside.read_bytes()
    with pytest.raises(Refusal) as refused:
        ask(cave, view(sql.replace("{outside}", str(outside))))
    assert refused.value.status in (400, 404)
    assert outside.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM mixed WHERE id <= 3",
        "SELECT id FROM mixed WHERE id <= 3;",
        "SELECT id FROM mixed WHERE id <= 3 -- the first three",
        "WITH few AS (SELECT * FROM mixed WHERE id <= 3) SELECT few.id FROM few",
        "SELECT m.id FROM mixed AS m WHERE m.id IN (SELECT x.range + 1 FROM range(3) AS x)",
        "SELECT t.target_id // 5 AS id FROM types t WHERE t.id <= 3",
        "SELECT id FROM mixed WHERE id <= 3 UNION SELECT id FROM coarse WHERE id <= 3",
        'SELECT "id" FROM "mixed" ORDER BY id LIMIT 3',
    ],
)
def test_views_are_answered(cave, sql, monkeypatch):
    monkeypatch.setattr(cave.versions, "views", cave.versions.views)
    answer = ask(cave, view(sql))
    assert answer.rows.equals(pa.table({"id": pa.array([1, 2, 3], pa.int64())}))


def test_a_view_keeps_its_own_order_and_kinds(cave, monkeypatch):
    monkeypatch.setattr(cave.versions, "views", cave.versions.views)
    one = view(
        "SELECT id, size, tag, done, pt_position_x, pt_position_y, pt_position_z FROM mixed ORDER BY id DESC",
        id="integer",
        size="float",
        tag="string",
        done="boolean",
        pt_position="SpatialPoint",
    )
    rows = ask(cave, one, limit=5).rows
    assert rows["id"].to_pylist() == [400, 399, 398, 397, 396]
    assert [str(kind) for kind in rows.schema.types] == [
        *("int64", "double", "string", "bool"),
        *["int32"] * 3,
    ]
    box = Filter("spatial", "odd", "pt_position", [[0, 0, 0], [500, 500, 50]])
    assert 0 < ask(cave, one, filters=(box,), select=["id"]).rows.num_rows < 400


def test_a_view_without_an_order_has_the_same_pages_each_time(cave, monkeypatch):
    monkeypatch.setattr(cave.versions, "views", cave.versions.views)
    one = view(
        "SELECT pt_root_id, count(*) AS rows FROM mixed GROUP BY pt_root_id",
        pt_root_id="integer",
        rows="integer",
    )
    whole = ask(cave, one).rows
    pages = [ask(cave, one, limit=2, offset=start).rows for start in range(0, whole.num_rows, 2)]
    assert pa.concat_tables(pages).equals(whole)
    assert sum(whole["rows"].to_pylist()) == 400


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{outside}')",
        "SELECT * FROM '{outside}'",
        "COPY (SELECT 1) TO '{outside}'",
        "ATTACH '{outside}' AS other",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET memory_limit = '90GB'",
        "RESET allowed_directories",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM rows_of_this_test",
    ],
)
def test_duckdb_itself_is_locked(cave, outside, sql):
    import duckdb

    rows_of_this_test = pa.table({"id": [1]})  # a variable is no table
    assert rows_of_this_test.num_rows == 1
    before = outside.read_bytes()
    with pytest.raises(duckdb.Error):
        cave.tables._database.rows(sql.replace("{outside}", str(outside)), {}, {})
    assert outside.read_bytes() == before


def test_a_query_that_takes_too_long_is_ended(tmp_path):
    database = Database(tmp_path, patience=0.2)
    begun = time.monotonic()
    with pytest.raises(Refusal, match="Ask for less at once"):
        database.rows(
            "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7", {}, {}
        )
    assert time.monotonic() - begun < 5
    assert database.rows("SELECT 1 AS one", {}, {}).num_rows == 1
    database.close()


def test_closing_ends_what_runs(tmp_path):
    database = Database(tmp_path)
    ended = threading.Event()

    def ask():
        with pytest.raises(Refusal):
            database.rows(
                "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7",
                {},
                {},
            )
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    while not database._running:
        ended.wait(0.01)
    database.close()
    thread.join(5)
    assert ended.is_set()
    with pytest.raises(Refusal, match="the dataset was closed"):
        database.rows("SELECT 1 AS one", {}, {})
    database.close()


def test_a_query_that_needs_too_much_memory_is_refused(tmp_path):
    database = Database(tmp_path, memory="40MB")
    with pytest.raises(Refusal, match="more memory"):
        database.rows("SELECT list(range) AS many FROM range(20000000)", {}, {})
    assert database.rows("SELECT 1 AS one", {}, {}).num_rows == 1
    database.close()


def test_nothing_is_written_beside_the_dataset(cave, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in cave.dataset.path.rglob("*"))
    cave.tables.run(Query(at=AT, tables=("mixed",), filters=(Filter("in", "mixed", "id", [1]),)))
    assert list(tmp_path.iterdir()) == []
    assert sorted(path.name for path in cave.dataset.path.rglob("*")) == before


def test_many_threads_ask_at_once(cave):
    found, failed = [], []

    def ask_many(start):
        try:
            for one in range(start, start + 12):
                query = Query(
                    at=AT, tables=("mixed",), filters=(Filter("in", "mixed", "id", [one, one + 200]),)
                )
                found.append(cave.tables.run(query).rows["id"].to_pylist() == [one, one + 200])
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=ask_many, args=(start,)) for start in range(1, 97, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert found == [True] * 96


def test_folders_with_odd_names_are_read(tmp_path):
    with mixed_dataset(tmp_path / 'it\'s a "fly" [x].cave').open() as cave:
        assert cave.tables.count(Query(at=AT, tables=("types",))) == 60
