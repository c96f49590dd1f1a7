"""Versions: whole or not at all, and never changed afterwards."""

import shutil
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixed_tables import FixedTables, tags
from frozen_bench import ADMIN
from tubes import FACTS

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_micros, iso
from caveclient_gen.offline.versions import View
from caveclient_gen.offline.versions.engine import Versions
from caveclient_gen.offline.versions.files import reading

TABLES = {"nuclei": tags(3, 1, 2), "empty": tags(), "synapses": tags(*range(1, 101))}


@pytest.fixture
def dataset(tmp_path):
    return Dataset.create(tmp_path / "fly.cave", FACTS)


@pytest.fixture
def cave(dataset):
    with dataset.open() as cave:
        yield cave


@pytest.fixture
def versions(dataset, cave):
    return Versions(cave.store, dataset.path / "versions", FixedTables(TABLES), FACTS)


def files_below(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


# ---- making


def test_a_version_has_all_tables_sorted_by_id(versions, dataset):
    version = versions.materialize()
    assert version.number == 1
    assert [*version.tables] == ["nuclei", "empty", "synapses"]
    nuclei = pq.read_table(versions.file(1, "nuclei"))
    assert nuclei.column("id").to_pylist() == [1, 2, 3]
    assert nuclei.column("tag").to_pylist() == ["t1", "t2", "t3"]
    assert nuclei.schema == TABLES["nuclei"].schema
    assert pq.read_table(versions.file(1, "empty")).num_rows == 0
    assert versions.file(1, "nuclei") == dataset.path / "versions" / "1" / "nuclei.parquet"


def test_files_are_compressed_in_groups_that_a_filter_can_skip(cave, dataset):
    many = pa.table({"id": pa.array(range(70_000), pa.int64())})
    versions = Versions(cave.store, dataset.path / "versions", FixedTables({"many": many}), FACTS)
    versions.materialize()
    about = pq.read_metadata(versions.file(1, "many"))
    groups = [about.row_group(number).column(0) for number in range(about.num_row_groups)]
    assert len(groups) == 3
    assert {group.compression for group in groups} == {"ZSTD"}
    assert groups[1].statistics.min == 32_768


def test_a_version_is_of_one_moment(versions):
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    version = versions.materialize(at=moment, expires=moment + timedelta(days=5))
    assert version.moment == as_micros(moment)
    assert version.expires == as_micros(moment + timedelta(days=5))
    assert version.made > version.moment
    assert versions._annotations.asked == [(table, version.moment) for table in TABLES]
    assert version.has_expired(version.expires)
    assert not version.has_expired(version.expires - 1)


def test_without_words_a_version_is_of_now_and_lasts(versions, cave):
    before = cave.store.clock.now()
    version = versions.materialize()
    assert before < version.moment == version.made < cave.store.clock.now()
    assert version.expires - version.made == 36_525 * 86_400 * 1_000_000


def test_numbers_go_on_from_the_greatest(versions):
    assert [versions.materialize().number, versions.materialize(number=40).number] == [1, 40]
    assert versions.materialize().number == 41
    assert [one.number for one in versions.all()] == [1, 40, 41]


def test_versions_are_listed_by_what_they_are_of(versions):
    versions.materialize()
    versions.materialize(at=datetime(2025, 1, 1, tzinfo=UTC))
    assert [one.number for one in versions.all()] == [2, 1]
    assert versions.get(2).moment < versions.get(1).moment
    assert versions.get(3) is None


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"at": datetime(2999, 1, 1)}, 400, "to come"),
        ({"number": 1}, 409, "there is a version 1"),
        ({"number": 0}, 400, "from 1 to"),
        ({"number": -3}, 400, "from 1 to"),
        ({"number": 2**63}, 400, "from 1 to"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(versions, dataset, asked, status, words):
    versions.materialize()
    before = files_below(dataset.path / "versions")
    with pytest.raises(Refusal, match=words) as caught:
        versions.materialize(**asked)
    assert caught.value.status == status
    assert [one.number for one in versions.all()] == [1]
    assert files_below(dataset.path / "versions") == before


def test_older_versions_stay_byte_for_byte(versions, dataset):
    first = versions.materialize()
    before = files_below(dataset.path / "versions" / "1")
    versions._annotations.content = {"nuclei": tags(7)}
    versions.materialize()
    assert files_below(dataset.path / "versions" / "1") == before
    assert versions.get(1) == first
    assert pq.read_table(versions.file(2, "nuclei")).column("id").to_pylist() == [7]


def test_records_are_as_of_the_version(versions):
    versions._annotations.records = {"nuclei": {"description": "first", "created": "2025-01-01T00:00:00"}}
    versions.materialize()
    versions._annotations.records = {"nuclei": {"description": "second"}}
    second = versions.materialize()
    record = versions.get(1).tables["nuclei"]
    assert record["description"] == "first"
    assert second.tables["nuclei"]["description"] == "second"
    assert record["created"] == "2025-01-01T00:00:00"
    assert record["pcg_table_name"] == "testpcg"
    assert record["last_updated"] == iso(versions.get(1).moment)
    ids = [record["id"] for version in versions.all() for record in version.tables.values()]
    assert ids == [1, 2, 3, 4, 5, 6]


def test_a_reopened_dataset_has_its_versions(versions, dataset):
    made = versions.materialize()
    with dataset.open() as again:
        assert again.versions.all() == [made]
        assert again.versions.get(1) == made


def test_another_process_sees_a_new_version(versions, dataset):
    with dataset.open() as other:
        assert other.versions.all() == []
        versions.materialize()
        assert [one.number for one in other.versions.all()] == [1]


def test_versions_made_at_once_do_not_meet(versions, dataset):
    failed = []

    def make():
        try:
            versions.materialize()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(one.number for one in versions.all()) == [1, 2, 3, 4]
    assert sorted(folder.name for folder in (dataset.path / "versions").iterdir()) == ["1", "2", "3", "4"]


def test_a_version_is_of_one_moment_while_others_write(bench_dataset, tmp_path):
    with bench_dataset.copy(tmp_path / "busy.cave").open() as cave:
        failed = []

        def post():
            try:
                for number in range(60):
                    place = {"pt": {"position": [32, 40, 16]}, "tag": f"w{number}"}
                    cave.annotations.post(ADMIN, "tags", [place])
                    cave.annotations.post(ADMIN, "secret", [place])
            except Exception as error:
                failed.append(error)

        busy = threading.Thread(target=post)
        busy.start()
        made = [cave.versions.materialize() for _ in range(6)]
        busy.join()
        assert not failed
        for version in made:
            frozen = {
                name: pq.read_table(cave.versions.file(version.number, name)) for name in version.tables
            }
            for name, rows in frozen.items():
                assert rows.equals(cave.annotations.rows_at(name, version.moment).sort_by("id"))
            # Each word is posted to tags, then to secret: never the other way round, never two ahead.
            assert frozen["tags"].num_rows - frozen["secret"].num_rows in (0, 1)


def test_a_copy_shares_files_and_goes_its_own_way(versions, dataset, tmp_path):
    versions.materialize()
    copy = dataset.copy(tmp_path / "copy.cave")
    before = files_below(dataset.path / "versions")
    with copy.open() as cave:
        cave.versions.add_frozen(1, "more", tags(1), {})
        assert [*cave.versions.get(1).tables] == [*TABLES, "more"]
    assert files_below(dataset.path / "versions") == before
    assert [*versions.get(1).tables] == [*TABLES]


def test_a_copy_is_whole_although_versions_are_made_meanwhile(versions, dataset, tmp_path, monkeypatch):
    versions.materialize()
    really = shutil.copytree

    def copytree(*args, **kwargs):
        versions.materialize()
        target = really(*args, **kwargs)
        versions.materialize()
        return target

    monkeypatch.setattr(shutil, "copytree", copytree)
    with dataset.copy(tmp_path / "copy.cave").open() as cave:
        assert [one.number for one in cave.versions.all()] == [1]
        assert all(cave.versions.file(1, table).exists() for table in TABLES)
        assert cave.versions.materialize().number == 2
    assert len(versions.all()) > 2


# ---- dying in between

CRASH = """
    import os, sys
    from datetime import datetime
    sys.path[:0] = {paths!r}
    from fixed_tables import FixedTables, tags
    from tubes import FACTS
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.versions import engine, files
    from caveclient_gen.offline.store import Store

    left = {after}
    def dying(real):
        def run(*args, **kwargs):
            global left
            if left == 0:
                os._exit(9)
            left -= 1
            return real(*args, **kwargs)
        return run
    {place} = dying({place})
    dataset = Dataset({folder!r})
    cave = dataset.open()
    tables = FixedTables({{"nuclei": tags(1), "synapses": tags(2)}})
    versions = engine.Versions(cave.store, dataset.path / "versions", tables, FACTS)
    {act}
    """
MAKE = "versions.materialize()"
ADD = "versions.add_frozen(1, 'more', tags(1), {})"


@pytest.mark.parametrize(
    ("act", "place", "after"),
    [
        (MAKE, "engine.write_rows", 1),  # one table of two is written
        (MAKE, "engine._insert_version", 0),  # the folder has its name
        (MAKE, "Store.touch", 0),  # the records are written, not committed
        (ADD, "engine._insert_table", 0),  # the file has its name
    ],
)
def test_a_process_that_dies_leaves_nothing_half(versions, dataset, act, place, after):
    first = versions.materialize()
    before = files_below(dataset.path / "versions")
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]
    script = CRASH.format(paths=paths, after=after, place=place, act=act, folder=str(dataset.path))
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, check=False)
    assert ended.returncode == 9, ended.stderr.decode()

    assert versions.all() == [first]
    now = files_below(dataset.path / "versions")
    assert before.items() <= now.items()
    assert versions.materialize().number == 2
    assert {name for name in files_below(dataset.path / "versions") if not name.startswith("2/")} == set(
        before
    )
    assert pq.read_table(versions.file(2, "nuclei")).num_rows == 3


def test_a_mistake_while_freezing_leaves_nothing(versions, dataset):
    versions.materialize()
    before = files_below(dataset.path / "versions")
    versions._annotations.content = {"nuclei": tags(1), "Bad/../Name": tags(2)}
    with pytest.raises(Refusal, match="are named"):
        versions.materialize()
    assert [one.number for one in versions.all()] == [1]
    assert files_below(dataset.path / "versions") == before


def test_what_is_not_ours_stays_in_the_folder(versions, dataset, tmp_path):
    versions.materialize()
    note = dataset.path / "versions" / "README"
    note.write_text("mine")
    (dataset.path / "versions" / "1" / "notes.txt").write_text("mine too")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("mine as well")
    (dataset.path / "versions" / "7").symlink_to(elsewhere)
    (dataset.path / "versions" / "01").mkdir()
    (dataset.path / "versions" / "9.making").mkdir()
    (dataset.path / "versions" / "8").mkdir()
    versions.materialize()
    assert (elsewhere / "precious").exists()
    assert note.read_text() == "mine"
    assert (dataset.path / "versions" / "1" / "notes.txt").exists()
    assert sorted(one.name for one in (dataset.path / "versions").iterdir()) == [
        "01",
        "1",
        "2",
        "7",
        "README",
    ]


# ---- imports


def test_an_import_makes_its_version(versions):
    moment = datetime(2024, 5, 6, tzinfo=UTC)
    versions.add_frozen(
        783, "neurons", tags(2, 1), {"schema_type": "bound_tag", "description": "a dump"}, at=moment
    )
    versions.add_frozen(783, "more", tags(1), {})
    version = versions.get(783)
    assert version.moment == as_micros(moment)
    assert [*version.tables] == ["neurons", "more"]
    record = version.tables["neurons"]
    assert (record["schema"], record["description"], record["voxel_resolution_z"]) == (
        "bound_tag",
        "a dump",
        40.0,
    )
    assert pq.read_table(versions.file(783, "neurons")).column("id").to_pylist() == [1, 2]


def test_an_import_adds_to_a_version_that_was_frozen(versions):
    versions.materialize()
    versions.add_frozen(1, "extra", tags(1), {})
    assert [*versions.get(1).tables] == [*TABLES, "extra"]
    assert versions.materialize().number == 2
    assert versions.file(1, "extra").exists()


@pytest.mark.parametrize(
    ("number", "table", "rows", "words"),
    [
        (1, "nuclei", tags(1), "has a table nuclei already"),
        (1, "../nuclei", tags(1), "lower-case letters"),
        (1, "a/b", tags(1), "lower-case letters"),
        (1, "", tags(1), "lower-case letters"),
        (1, "n" * 300, tags(1), "lower-case letters"),
        (1, "Neurons", tags(1), "lower-case letters"),
        (0, "neurons", tags(1), "from 1 to"),
        (2**40, "neurons", tags(1), "from 1 to"),
        (1, "neurons", tags(1, 1), "an id of its own"),
        (1, "neurons", pa.table({"id": pa.array([1, None], pa.int64())}), "an id of its own"),
        (1, "neurons", pa.table({"a": [1]}), "a column id"),
        (1, "neurons", pa.table({"id": ["1"]}), "a column id"),
    ],
)
def test_an_import_that_does_not_fit_changes_nothing(versions, dataset, number, table, rows, words):
    before = versions.materialize()
    files = files_below(dataset.path)
    with pytest.raises(Refusal, match=words):
        versions.add_frozen(number, table, rows, {})
    assert versions.all() == [before]
    assert files_below(dataset.path / "versions") == {
        name.removeprefix("versions/"): content
        for name, content in files.items()
        if name.startswith("versions/")
    }


@pytest.mark.parametrize("table", ["nope", "../1/nuclei", "nuclei.parquet", "/etc/passwd", "", "nuclei\0"])
def test_only_tables_of_the_version_have_files(versions, table):
    versions.materialize()
    with pytest.raises(Refusal, match="has no table") as caught:
        versions.file(1, table)
    assert caught.value.status == 404
    with pytest.raises(Refusal):
        versions.file(2, "nuclei")


# ---- views

VIEW = View("nucleus_types", "with their type", "SELECT id FROM nuclei", {"id": "integer"}, (4.0, 4.0, 40.0))


def test_views_are_kept_in_their_order(versions, dataset):
    other = View("b", "", "SELECT 1 AS x", {"x": "float"}, (1, 2, 3), "careful", live_compatible=False)
    versions.define_view(VIEW)
    versions.define_view(other)
    changed = View("nucleus_types", "new", VIEW.sql, {"id": "integer"}, (4.0, 4.0, 40.0))
    versions.define_view(changed)
    assert versions.views() == {"nucleus_types": changed, "b": other}
    with dataset.open() as again:
        assert [*again.versions.views()] == ["nucleus_types", "b"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "../x"}, "Name a view"),
        ({"name": 'x"; DROP TABLE version; --'}, "Name a view"),
        ({"columns": {}}, "which columns"),
        ({"columns": {"a b": "integer"}}, "Name columns"),
        ({"columns": {"id": "blob"}}, "must be one of integer"),
        ({"resolution": (0, 4, 40)}, "three sizes"),
        ({"resolution": (4, 40)}, "three sizes"),
        ({"resolution": (float("nan"), 4, 40)}, "three sizes"),
        ({"sql": "DROP TABLE nuclei"}, "one SELECT"),
        ({"sql": "SELECT 1; DROP TABLE nuclei"}, "one SELECT"),
        ({"sql": "COPY (SELECT 1) TO '/tmp/x'"}, "one SELECT"),
        ({"sql": "SELEC id"}, "cannot be read"),
        ({"sql": ""}, "one SELECT"),
    ],
)
def test_views_that_could_not_be_asked_are_refused(versions, changes, words):
    fields = {name: getattr(VIEW, name) for name in ("name", "description", "sql", "columns", "resolution")}
    with pytest.raises(Refusal, match=words) as caught:
        versions.define_view(View(**{**fields, **changes}))
    assert caught.value.status == 400
    assert versions.views() == {}


def test_a_file_that_must_not_be_read_is_named_without_its_folder(tmp_path):
    file = tmp_path / "2" / "tags.parquet"
    with pytest.raises(Refusal) as refused, reading(file):
        raise PermissionError(13, f"Failed to open local file '{file}'")
    assert (
        refused.value.message == "Get the dataset again: 2/tags.parquet cannot be read (Permission denied)."
    )
