"""A dataset from a stranger: what it could make this machine do, and how it is refused."""

import json
import os
import sqlite3
import time
from contextlib import closing

import pytest
import requests

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, new_dataset, serve
from caveclient_gen.offline.facts import Facts


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return new_dataset(tmp_path_factory.mktemp("stranger") / "small.cave", small=True, progress=False)


@pytest.fixture
def dataset(made, tmp_path):
    return made.copy(tmp_path / "copy.cave")


def change(dataset, sql, *values):
    with closing(sqlite3.connect(dataset.path / "cave.sqlite")) as connection:
        connection.execute(sql, values)
        connection.commit()


def refused(path):
    with pytest.raises(CAVEError) as error:
        Dataset(path).open().close()
    return str(error.value)


def query(server, path):
    start = f"{server.address}/materialize/api/v3/datastack/{server.dataset.facts.datastack}/version/2"
    headers = {"Authorization": f"Bearer {server.token()}"}
    return requests.post(start + path, json={}, headers=headers, timeout=60)


# ---- dataset.json


def rewrite(dataset, **facts):
    path = dataset.path / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("format", 2),
        ("format", "1"),
        ("format", 10**400),
        ("datastack", "../../x"),
        ("datastack", ".."),
        ("datastack", "a\r\nSet-Cookie: x=1"),
        ("datastack", "x" * 100_000),
        ("datastack", None),
        ("aligned_volume", ["x"]),
        ("segmentation_table", "a/b"),
        ("synapse_table", 7),
        ("permission_set", ""),
        ("description", {"a": 1}),
        ("viewer_site", 1),
        ("row_cap", -1),
        ("row_cap", 10**400),
        ("row_cap", True),
        ("row_cap", "9"),
        ("viewer_resolution", [1, 2]),
        ("viewer_resolution", [0, 1, 1]),
        ("viewer_resolution", ["4", "4", "40"]),
        ("viewer_resolution", [float("inf"), 1, 1]),
        ("viewer_resolution", 4),
        ("image_mirrors", [1]),
        ("image_mirrors", {"a": "b"}),
        ("made", "x"),
        ("__class__", "x"),
    ],
)
def test_facts_that_are_none(dataset, fact, value):
    rewrite(dataset, **{fact: value})
    said = refused(dataset.path)
    assert "dataset.json cannot be read" in said
    assert len(said) < 1000


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[1]", "7", "null", "{}", "\x00", '{"format": 1' + " " * 2_000_000 + "}"]
)
def test_a_page_of_facts_that_is_none(dataset, text):
    (dataset.path / "dataset.json").write_text(text)
    assert "dataset.json cannot be read" in refused(dataset.path)


def test_what_this_package_writes_is_read(tmp_path):
    facts = Facts(
        datastack="fly v783 (é)",
        aligned_volume="v",
        segmentation_table=None,
        description="",
        image_mirrors=[{"name": "m", "image_source": "gs://x"}],
        made={"seed": 1},
    )
    facts.write(tmp_path / "dataset.json")
    assert Facts.load(tmp_path / "dataset.json") == facts


# ---- links and pipes


@pytest.mark.parametrize("part", ["dataset.json", "cave.sqlite", "versions"])
def test_parts_that_are_links(dataset, tmp_path, part):
    (dataset.path / part).rename(tmp_path / "elsewhere")
    (dataset.path / part).symlink_to(tmp_path / "elsewhere")
    assert refused(dataset.path).startswith(f"Put {part} itself into ")


def test_a_link_to_the_whole_folder_is_the_users_own(dataset, tmp_path):
    (tmp_path / "link").symlink_to(dataset.path)
    Dataset(tmp_path / "link").open().close()


@pytest.mark.parametrize("part", ["dataset.json", "cave.sqlite"])
def test_parts_that_are_pipes(dataset, part):
    (dataset.path / part).unlink()
    os.mkfifo(dataset.path / part)
    assert refused(dataset.path)


def test_nothing_beside_the_folder_is_removed(dataset, tmp_path):
    """Leftovers of versions are removed by their names; `versions` as a link would choose where."""
    (tmp_path / "home" / "2024").mkdir(parents=True)
    (dataset.path / "versions").rename(tmp_path / "old")
    (dataset.path / "versions").symlink_to(tmp_path / "home")
    assert refused(dataset.path)
    (dataset.path / "versions").unlink()
    (tmp_path / "old").rename(dataset.path / "versions")
    (dataset.path / "versions" / "2024").symlink_to(tmp_path / "home")
    with Dataset(dataset.path).open() as cave:
        cave.versions.materialize()
    assert (tmp_path / "home" / "2024").is_dir()


def replace_file(dataset, kind, tmp_path):
    path = dataset.path / "versions" / "2" / "nuclei.parquet"
    if kind == "folder that is a link":
        path.parent.rename(tmp_path / "2")
        path.parent.symlink_to(tmp_path / "2")
        return
    moved = tmp_path / "nuclei.parquet"
    path.rename(moved)
    if kind == "link":
        path.symlink_to(moved)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "text":
        path.write_text("PAR1 no table PAR1")
    elif kind == "cut":
        path.write_bytes(moved.read_bytes()[:-50])
    elif kind == "spoilt":
        content = bytearray(moved.read_bytes())
        content[4:600] = b"\xff" * 596
        path.write_bytes(content)


@pytest.mark.parametrize(
    "kind", ["link", "folder that is a link", "pipe", "text", "cut", "spoilt", "missing"]
)
def test_frozen_tables_that_are_none(dataset, tmp_path, kind):
    replace_file(dataset, kind, tmp_path)
    with serve(dataset) as server:
        answer = query(server, "/table/nuclei/query")
        assert answer.status_code == 400, answer.text
        assert "Get the dataset again: " in answer.json()["message"]
        assert str(dataset.path) not in answer.text
        if kind != "folder that is a link":
            assert query(server, "/table/cell_types/query").status_code == 200


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_copy_has_no_links_and_waits_for_no_pipe(dataset, tmp_path, kind):
    replace_file(dataset, kind, tmp_path)
    copy = dataset.copy(tmp_path / "again.cave")
    assert not (copy.path / "versions" / "2" / "nuclei.parquet").exists()
    assert (copy.path / "versions" / "2" / "cell_types.parquet").is_file()


@pytest.mark.parametrize("name", ["../../../../etc/passwd", "nuclei/../../x", "", "a'b", "*"])
def test_names_of_tables_that_are_paths(dataset, name):
    change(dataset, "UPDATE frozen_table SET name = ? WHERE name = 'nuclei' AND version = 2", name)
    with serve(dataset) as server:
        answer = query(server, f"/table/{requests.utils.quote(name, safe='')}/query")
        assert answer.status_code in (400, 404) or "404 Not Found" in answer.text
        assert "root:" not in answer.text


def test_a_folder_whose_name_looks_like_a_pattern(made, tmp_path):
    copy = made.copy(tmp_path / "year=2024" / "a'b[x]*?.cave")
    with serve(copy) as server:
        table = server.client().materialize.query_table("nuclei")
    assert len(table)
    assert "year" not in table


# ---- the database


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("spy", "CREATE TRIGGER spy AFTER INSERT ON token BEGIN DELETE FROM person; END"),
        ("people", "CREATE VIEW people AS SELECT * FROM person"),
        ("more", "CREATE TABLE more (a)"),
        (
            "annotation_rows_9",
            'CREATE TABLE "annotation_rows_9" (id INTEGER PRIMARY KEY, x DEFAULT (random()))',
        ),
        ("quick", "CREATE INDEX quick ON token (person_id)"),
        ("odd", "CREATE INDEX odd ON token (abs(person_id))"),
        ("words", "CREATE VIRTUAL TABLE words USING fts5(a)"),
    ],
)
def test_what_does_not_belong_into_the_database(dataset, name, sql):
    change(dataset, sql)
    said = refused(dataset.path)
    assert said.startswith("Do not use this dataset, unless you know who made it: ")
    with pytest.raises(CAVEError, match="Do not use this dataset"):
        serve(dataset)


@pytest.mark.parametrize(
    "sql",
    ["DROP TABLE revision", "ALTER TABLE token ADD COLUMN more TEXT", "ALTER TABLE state RENAME TO states"],
)
def test_tables_that_are_missing_or_other(dataset, sql):
    change(dataset, sql)
    assert "lacks the table" in refused(dataset.path)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_database_that_is_none(dataset, content):
    for file in dataset.path.glob("cave.sqlite*"):
        file.unlink()
    (dataset.path / "cave.sqlite").write_bytes(content)
    said = refused(dataset.path)
    assert said.startswith(("Get the dataset again", "Make the dataset anew"))


def test_a_missing_database(dataset):
    for file in dataset.path.glob("cave.sqlite*"):
        file.unlink()
    assert refused(dataset.path).startswith("Get the dataset again")


def test_tables_that_people_made_belong_there(dataset):
    with serve(dataset) as server:
        client = server.client()
        for number, schema in enumerate(client.schema.get_schemas()[:60]):
            try:
                client.annotation.create_table(f"mine_{number}", schema, "x", [4, 4, 40])
            except CAVEError:
                continue  # it refers to another table
    change(dataset, "ANALYZE")
    with Dataset(dataset.path).open() as cave:
        assert len(cave.annotations.tables()) > 20


def test_sql_of_the_schema_is_not_trusted(dataset):
    with dataset.open() as cave:
        assert cave.store.read().execute("PRAGMA trusted_schema").fetchone() == (0,)


# ---- views


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT id FROM range(1), LATERAL read_csv('/etc/passwd') AS q(id)",
        'SELECT 1 AS id, (WITH "/etc/passwd" AS (SELECT 1) SELECT 1) FROM "/etc/passwd"',
        'SELECT 1 AS id, (WITH "/etc/x.csv" AS (SELECT 1) SELECT 1) FROM "/etc/x.csv"',
        'SELECT 1 AS id, (WITH "http://127.0.0.1:1/x.parquet" AS (SELECT 1) SELECT 1) FROM "http://127.0.0.1:1/x.parquet"',
        "SELECT * FROM query_table('/etc/passwd')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM (SHOW ALL TABLES)",
        "DESCRIBE nuclei",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "COPY (SELECT 1) TO '/tmp/x'",
        "SELECT 1 AS id; SELECT 2 AS id",
        "SET memory_limit = '900GB'",
        "SELECT current_setting('secret_directory')::VARCHAR IS NULL AS id",
        "SELECT length(repeat('x', 4000000000)) AS id",
        "SELECT length(RPAD('x', 2000000000, 'y')) AS id",
        "SELECT length(printf('%2000000000d', 1)) AS id",
        "SELECT " + "(" * 50_000 + "1" + ")" * 50_000 + " AS id",
        "SELECT id FROM nuclei WHERE",
        "SELECT 1 AS id) AS x, (SELECT 2",
    ],
)
def test_views_that_are_more_than_a_question(dataset, sql):
    change(
        dataset,
        "INSERT INTO view_definition (name, description, sql, columns, resolution, live_compatible)"
        " VALUES ('bad', '', ?, ?, '[1, 1, 1]', 1)",
        sql,
        json.dumps({"id": "integer"}),
    )
    with serve(dataset) as server:
        begin = time.monotonic()
        answer = query(server, "/views/bad/query")
        assert answer.status_code == 400 or "404 Not Found" in answer.text, answer.text[:300]
        assert "root:" not in answer.text
        assert time.monotonic() - begin < 5


def test_a_view_that_never_ends_is_ended(dataset):
    change(
        dataset,
        "INSERT INTO view_definition (name, description, sql, columns, resolution, live_compatible)"
        " VALUES ('endless', '', ?, ?, '[1, 1, 1]', 1)",
        "WITH RECURSIVE r AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM r) SELECT id FROM r",
        json.dumps({"id": "integer"}),
    )
    with serve(dataset) as server:
        server.cave.tables._database.patience = 0.3
        answer = query(server, "/views/endless/query")
        assert answer.status_code == 400
        assert "Ask for less at once" in answer.text


def test_duckdb_is_locked(dataset):
    with dataset.open() as cave:
        connection = cave.tables._database._connection
        wanted = {
            "enable_external_access": False,
            "lock_configuration": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        for name, value in wanted.items():
            assert connection.execute(f"SELECT current_setting('{name}')").fetchone() == (value,), name


def test_an_object_that_is_part_of_itself(dataset):
    with serve(dataset) as server:
        root = int(server.client().materialize.query_table("cell_types")["pt_root_id"].iloc[0])
    change(dataset, "UPDATE OR IGNORE link SET child = -1")
    with serve(dataset) as server:
        answer = requests.get(
            f"{server.address}/skeletoncache/api/v1/{dataset.facts.datastack}/precomputed/skeleton/{root}",
            headers={"Authorization": f"Bearer {server.token()}"},
            timeout=10,
        )
        assert answer.status_code == 400
        assert "part of itself" in answer.text
