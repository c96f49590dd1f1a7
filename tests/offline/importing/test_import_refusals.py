"""Files that must be refused: with a sentence that says what to do, and nothing left behind."""

import gzip
import json
import random
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, import_table

VOXEL = (4.0, 4.0, 40.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "public.cave"


def csv(tmp_path, text, name="c.csv"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path / name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "id,pt_root_id\n1,8.64691135e17\n",
            r"Export 'pt_root_id' as whole numbers: row 1 has '8.64691135e17'",
        ),
        ("id,pt_root_id\n1,5\n2,864691135000000001.0\n", r"Export 'pt_root_id' as whole numbers: row 2"),
        ("id,pt_root_id\n1,1E+17\n", r"Export 'pt_root_id'"),
        ("id,pt_root_id\n1,seven\n", r"'pt_root_id'.*row 1 has 'seven', which is no id"),
        ("id,pt_root_id\n1,99999999999999999999\n", r"'pt_root_id', near row 1: a number does not fit int64"),
        ("id,root\n1,18446744073709551615\n", r"'root', near row 1: a number does not fit int64"),
        ("id,pt_root_id\n1,9223372036854775808\n", r"'pt_root_id', near row 1: a number does not fit int64"),
        ("id,pt_root_id\n1.0,5\n", r"Export 'id' as whole numbers"),
        ("id,x_id\n,5\n", r"Give each row an id"),
        ("id\n1\n1\n", r"Give each row an id of its own: 1 comes twice"),
        ("id\n5\n2\n5\n", r"Give each row an id of its own: 5 comes twice"),
        ("id,valid\n1,maybe\n", r"'valid'.*'maybe', which is no yes or no"),
        ("id,created\n1,yesterday\n", r"'created'.*'yesterday', which is no moment"),
        ("id,created\n1,2020-13-45 99:00:00\n", r"Mend the column 'created'"),
        ("id,pt_position\n1,[1 2]\n", r"'pt_position'.*'\[1 2\]', which is no position"),
        ("id,pt_position\n1,[1 2 nan]\n", r"which is no position"),
        ("id,pt_position\n1,0101000000\n", r"which is no position"),
        ("id,pt_position\n1," + "01" + "ff" * 28 + "\n", r"no point of three numbers"),
        (
            "id,pt_position_x,pt_position_y,pt_position_z\n1,1,2,9999999999\n",
            r"row 1 is no position in voxels",
        ),
        ("id,pt_position_x,pt_position_y,pt_position_z\n1,1,2,nan\n", r"row 1 is no position in voxels"),
        ("id,pt_position_x,pt_position_y,pt_position_z\n1,1,2,z\n", r"row 1 has 'z', which is no number"),
        ("id,id\n1,2\n", r"several columns 'id'"),
        ('id,"drop table x; --"\n1,2\n', r"Rename it in a schema file.*: 'drop table x; --'"),
        (
            "id,a b\n1,2\n",
            r'Rename it in a schema file, \{"columns": \{"a b": \{"name": "a_b"\}\}\}: \'a b\' is no',
        ),
        ("id,2é\n1,2\n", r'\{"2é": \{"name": "column_2"\}\}'),
        ("id;a\n1;2\n", r"^Save .* with commas between columns: its first line has semicolons"),
        ("id\ta\n1\t2\n", r"^Save .* with commas .* tabs \(then let its name end in .tsv\)"),
        ("id,a\n1,2,3\n", r"cannot be read \(CSV parse error: .*columns"),
        ("id,a\n1\n", r"cannot be read"),
        ("id,a\n", r"Give a file with rows"),
        ("1,864691135000000001\n", r"Give the header file of .*: its first line has no names, but '1'"),
        ("", r"first line of names"),
        ("\n", r"first line of names"),
        (b"id,a\n1,\xff\xfe\n", r"^Save .* as UTF-8"),
        (b"\xff\xfe\x00", r"^Save .* as UTF-8"),
    ],
)
def test_csv_files(folder, tmp_path, text, message):
    with pytest.raises(CAVEError, match=message):
        import_table(folder, "cells", csv(tmp_path, text), resolution=VOXEL)
    assert not folder.exists()


def test_a_column_that_changes_its_mind_later(folder, tmp_path):
    rows = "".join(f"{row},{row},{'x' * 40}\n" for row in range(1, 180_000))
    file = csv(tmp_path, f"id,score,filler\n{rows}180000,0.5,\n")
    assert file.stat().st_size > 8 * 1024 * 1024, "more than is read at once"
    with pytest.raises(CAVEError, match=r"row 180000 has '0.5', a float.*schema file"):
        import_table(folder, "cells", file, resolution=VOXEL)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.csv.gz", b"this is no gzip", r"cannot be read"),
        ("c.csv.gz", gzip.compress(b"id\n1\n2\n" * 999, mtime=0)[:40], r"cannot be read"),
        ("c.parquet", b"PAR1 and nothing more", r"cannot be read"),
        ("c.feather", b"ARROW1\x00\x00", r"cannot be read"),
        ("c.feather", b"", r"cannot be read"),
        ("c.xlsx", b"PK", r"Give a file that ends in"),
    ],
)
def test_broken_files(folder, tmp_path, name, content, message):
    with pytest.raises(CAVEError, match=message):
        import_table(folder, "cells", csv(tmp_path, content, name), resolution=VOXEL)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("pt_root_id", pa.array([8.6e17]), "Export 'pt_root_id' as whole numbers or as text"),
        ("pt_root_id", pa.array([2**63], pa.uint64()), "does not fit int64"),
        ("pt_root_id", pa.array([[1]]), "^Mend the column 'pt_root_id'"),
        ("valid", pa.array([[True]]), "^Mend the column 'valid'"),
        ("pt_root_id", pa.array([Decimal(2**63)]), "'pt_root_id', near row 1: a number does not fit int64"),
        ("pt_root_id", pa.array([Decimal("1.5")]), "'pt_root_id', near row 1: a number does not fit int64"),
        ("created", pa.array([1_600_000_000]), "Export 'created' as moments, or give its kind"),
        ("stuff", pa.array([{"a": 1}]), "Leave it out in a schema file"),
        ("pt_position", pa.array([[1, 2]]), "a position has three numbers"),
        ("pt_position", pa.array([[1, 2, None]]), "no position in voxels"),
        ("pt_position", pa.array([b""]), "row 1 or after is no point of three numbers"),
        ("pt_position", pa.array([5]), "Say in a schema file what 'pt_position' is"),
    ],
)
def test_parquet_files(folder, tmp_path, column, values, message):
    pq.write_table(pa.table({"id": [1], column: values}), tmp_path / "c.parquet")
    with pytest.raises(CAVEError, match=message):
        import_table(folder, "cells", tmp_path / "c.parquet", resolution=VOXEL)
    assert not folder.exists()


def test_a_renamed_id_never_passes_through_a_float(folder, tmp_path):
    pq.write_table(pa.table({"id": [1], "root": [8.64691135e17]}), tmp_path / "c.parquet")
    (tmp_path / "s.json").write_text('{"columns": {"root": {"name": "pt_root_id"}}}')
    with pytest.raises(CAVEError, match="Export 'pt_root_id' as whole numbers or as text"):
        import_table(
            folder, "cells", tmp_path / "c.parquet", resolution=VOXEL, schema_file=tmp_path / "s.json"
        )
    assert not folder.exists()


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("{", "it is no JSON"),
        ("[]", "one JSON object"),
        ('{"colums": {}}', "'colums' is none of columns"),
        ('{"columns": []}', "must be an object"),
        ('{"columns": {"id": {"kind": "int"}}}', "`kind` is one of id, integer"),
        ('{"columns": {"id": {"nmae": "id"}}}', "write"),
        ('{"columns": {"nope": null}}', "speaks of a column 'nope'"),
        ('{"units": "um"}', "voxels or nm"),
        ('{"resolution": [4, 4]}', "three sizes"),
        ('{"resolution": [4, 4, 0]}', "above 0"),
        ('{"resolution": [4, 4, 1e999]}', "above 0"),
        ('{"description": 5}', "must be text"),
        ('{"columns": {"id": {"kind": "string"}}}', "Mend the schema file: ids are 64-bit integers"),
        ('{"columns": {"id": {"kind": "integer"}}}', "Mend the schema file: ids are 64-bit integers"),
        ('{"columns": {"a": {"name": "id"}}}', "two columns would be called 'id'"),
        ('{"schema_type": "no_such_kind"}', r"'no_such_kind' is unknown. .*get_schemas"),
        ('{"schema_type": "synapses"}', r"'synapses' is unknown. Did you mean synapse\?"),
    ],
)
def test_schema_files(folder, tmp_path, schema, message):
    file = csv(tmp_path, "id,a\n1,2\n")
    (tmp_path / "s.json").write_text(schema)
    with pytest.raises(CAVEError, match=message):
        import_table(
            folder,
            "cells",
            file,
            resolution=None if "reso" in schema else VOXEL,
            schema_file=tmp_path / "s.json",
        )
    assert not folder.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"table": "Cells; drop"}, "Name the table in lower-case letters"),
        ({"table": "../cells"}, "Name the table in lower-case letters"),
        ({"table": ""}, "Name the table"),
        ({"resolution": None}, "Say how large voxels"),
        ({"resolution": (4, 4, -1)}, "above 0"),
        ({"resolution": (4, 4, float("nan"))}, "above 0"),
        ({"file": "missing.csv"}, "Give a file that exists"),
        ({"version": 0}, "number"),
        ({"version": 2**40}, "number"),
        ({"datastack": "a/../b"}, "Name the datastack"),
        ({"reference_table": "nuclei"}, "Import nuclei first"),
        ({"header": "missing.csv"}, "Give a file that can be read"),
        ({"units": "miles"}, "Give positions in voxels or nm"),
    ],
)
def test_arguments(folder, tmp_path, changes, message):
    file = csv(tmp_path, "id\n1\n")
    given = {"table": "cells", "file": file, "resolution": VOXEL} | changes
    with pytest.raises(CAVEError, match=message):
        import_table(folder, given.pop("table"), given.pop("file"), **given)
    assert not folder.exists()


def test_a_dataset_that_was_there_stays_as_it_was(folder, tmp_path):
    good = csv(tmp_path, "id\n1\n")
    import_table(folder, "cells", good, resolution=VOXEL)
    before = sorted(path.relative_to(folder) for path in folder.rglob("*") if "sqlite" not in path.name)
    bad = csv(tmp_path, "id,pt_root_id\n1,1e17\n", "bad.csv")
    with pytest.raises(CAVEError, match="whole numbers"):
        import_table(folder, "others", bad, resolution=VOXEL)
    with pytest.raises(CAVEError, match="has a table cells already"):
        import_table(folder, "cells", good, resolution=VOXEL)
    with pytest.raises(CAVEError, match="Leave out --datastack"):
        import_table(folder, "others", good, resolution=VOXEL, datastack="another")
    assert (
        sorted(path.relative_to(folder) for path in folder.rglob("*") if "sqlite" not in path.name) == before
    )
    with Dataset(folder).open() as cave:
        assert [list(version.tables) for version in cave.versions.all()] == [["cells"]]


@pytest.mark.skipif(sys.platform == "win32", reason="files have no largest size there")
@pytest.mark.parametrize("when", ["written", "sorted"])
def test_a_disk_that_is_full_is_no_fault_of_the_file(folder, tmp_path, monkeypatch, when):
    import resource
    import signal

    from caveclient_gen.offline.importing import writing

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, largest[1]))

    def sort(*files):
        fill()
        sorted_before(*files)

    numbers = random.Random(0)
    ids = numbers.sample(range(1, 2**60), 50_000)
    file = csv(tmp_path, "id,a\n" + "".join(f"{one},{numbers.getrandbits(60)}\n" for one in ids))
    largest, sorted_before = resource.getrlimit(resource.RLIMIT_FSIZE), writing._sort
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        if when == "written":
            fill()
        monkeypatch.setattr(writing, "_sort", sort)
        with pytest.raises(CAVEError, match=r"Choose a folder that can be written: .*File too large"):
            import_table(folder, "cells", file, resolution=VOXEL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, largest)
        signal.signal(signal.SIGXFSZ, before)
    assert not folder.exists()


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "paper.txt").write_text("keep")
    with pytest.raises(CAVEError, match="not empty"):
        import_table(tmp_path / "mine", "cells", csv(tmp_path, "id\n1\n"), resolution=VOXEL)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["paper.txt"]


def test_a_file_is_no_folder(tmp_path):
    file = csv(tmp_path, "id\n1\n")
    with pytest.raises(CAVEError, match="is a file"):
        import_table(file, "cells", file, resolution=VOXEL)
    with pytest.raises(CAVEError, match="Choose a folder that can be written"):
        import_table(file / "below", "cells", file, resolution=VOXEL)
    assert file.read_text() == "id\n1\n"


def test_an_empty_folder_is_empty_again_afterwards(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(CAVEError, match="whole numbers"):
        import_table(tmp_path / "mine", "cells", csv(tmp_path, "id\n1.5\n"), resolution=VOXEL)
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_header_file_does_not_go_with_parquet(folder, tmp_path):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "c.parquet")
    with pytest.raises(CAVEError, match="Leave out the header file"):
        import_table(
            folder, "cells", tmp_path / "c.parquet", resolution=VOXEL, header=csv(tmp_path, "id\n", "h.csv")
        )


def test_an_empty_file_with_a_header(folder, tmp_path):
    with pytest.raises(CAVEError, match=r"cannot be read .*[Ee]mpty"):
        import_table(
            folder, "cells", csv(tmp_path, ""), resolution=VOXEL, header=csv(tmp_path, "id\n", "h.csv")
        )


def test_a_header_that_does_not_fit(folder, tmp_path):
    file = csv(tmp_path, "1,2,3\n")
    with pytest.raises(CAVEError, match="cannot be read"):
        import_table(folder, "cells", file, resolution=VOXEL, header=csv(tmp_path, "id,a\n", "h.csv"))
    with pytest.raises(CAVEError, match="write all names in one line"):
        import_table(folder, "cells", file, resolution=VOXEL, header=csv(tmp_path, "a,b,c\nd,e,f\n", "h.csv"))


def test_a_header_that_the_file_has_itself(folder, tmp_path):
    file = csv(tmp_path, "id,a\n1,2\n")
    with pytest.raises(CAVEError, match="Leave out the header file: the first line"):
        import_table(folder, "cells", file, resolution=VOXEL, header=csv(tmp_path, "id,a\n", "h.csv"))


def test_schema_files_are_small(folder, tmp_path):
    (tmp_path / "s.json").write_text(json.dumps({"description": "x" * 1_000_001}))
    with pytest.raises(CAVEError, match="too large"):
        import_table(
            folder, "cells", csv(tmp_path, "id\n1\n"), resolution=VOXEL, schema_file=tmp_path / "s.json"
        )
