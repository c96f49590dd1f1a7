"""Files of strangers: tables to import, schema and header files, cassettes."""

import gzip
import json
import os
import pickle
import traceback

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from pyarrow import feather
from tubes import tubes

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, import_table, serve
from caveclient_gen.offline.testing.cassettes import NotRecordedError, cassette

VOXEL = (4.0, 4.0, 40.0)


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (str(self.path),))


def imported(folder, file, **more):
    return import_table(folder, "cells", file, resolution=VOXEL, progress=False, **more)


def rows_of(folder):
    with serve(folder) as server:
        return server.client().materialize.query_table("cells")


# ---- what is no file


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.parquet", "pipe.feather", "pipe.csv.gz"])
def test_a_pipe_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(CAVEError, match="Give a file that exists"):
        imported(tmp_path / "x.cave", tmp_path / name)
    assert not (tmp_path / "x.cave").exists()


@pytest.mark.parametrize("name", ["zero.csv", "zero.parquet"])
def test_a_link_to_what_never_ends(tmp_path, name):
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(CAVEError, match="Give a file that exists"):
        imported(tmp_path / "x.cave", tmp_path / name)


@pytest.mark.parametrize("option", ["schema_file", "header"])
@pytest.mark.parametrize("kind", ["pipe", "zero", "folder", "missing"])
def test_files_beside_a_table_that_are_none(tmp_path, option, kind):
    (tmp_path / "c.csv").write_text("id\n1\n")
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(CAVEError, match="Give a file"):
        imported(tmp_path / "x.cave", tmp_path / "c.csv", **{option: path})
    assert not (tmp_path / "x.cave").exists()


def test_a_deep_schema_file(tmp_path):
    (tmp_path / "c.csv").write_text("id\n1\n")
    (tmp_path / "s.json").write_text("[" * 200_000)
    with pytest.raises(CAVEError, match="Mend the schema file"):
        imported(tmp_path / "x.cave", tmp_path / "c.csv", schema_file=tmp_path / "s.json")


# ---- names and texts


HOSTILE = [
    '"; DROP TABLE version; --',
    "../../x",
    "a' || (SELECT 1) || '",
    "a\r\nSet-Cookie: x=1",
    "x" * 5000,
    "__class__",
    "\u202ecell",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_columns(tmp_path, name):
    """A name that no column can have is refused or left out, and is never part of SQL or of a header."""
    pq.write_table(pa.table({"id": [1, 2], name: ["a", "b"]}), tmp_path / "c.parquet")
    try:
        done = imported(tmp_path / "x.cave", tmp_path / "c.parquet")
    except CAVEError:
        assert not (tmp_path / "x.cave").exists()
        return
    assert name in (*done.left_out, *done.columns)
    assert len(rows_of(tmp_path / "x.cave")) == 2


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "__class__"])
@pytest.mark.parametrize("what", ["name", "kind", "table", "reference_table", "datastack"])
def test_names_that_are_told(tmp_path, name, what):
    (tmp_path / "c.csv").write_text("id,cell\n1,a\n")
    schema = {"columns": {"cell": {what: name}}} if what in ("name", "kind") else {}
    (tmp_path / "s.json").write_text(json.dumps(schema))
    options = {what: name} if what in ("reference_table", "datastack") else {}
    table = name if what == "table" else "cells"
    with pytest.raises(CAVEError):
        import_table(
            tmp_path / "x.cave",
            table,
            tmp_path / "c.csv",
            resolution=VOXEL,
            progress=False,
            schema_file=tmp_path / "s.json",
            **options,
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.csv", "s.json"]


def test_formulas_and_markup_are_text(tmp_path):
    texts = ["=cmd|'/C calc'!A0", "@SUM(1)", "+1+1", "-2", "<script>alert(1)</script>", "{{7*7}}", "'; --"]
    lines = "".join(f'{n},"{text}"\n' for n, text in enumerate(texts, 1))
    (tmp_path / "c.csv").write_text("id,cell_type\n" + lines)
    imported(tmp_path / "x.cave", tmp_path / "c.csv")
    assert rows_of(tmp_path / "x.cave")["cell_type"].tolist() == texts


# ---- hostile content


def test_a_bomb_of_one_line_is_refused(tmp_path):
    """200 MB in 200 KB, and no end of the row: it is not taken into memory."""
    with gzip.open(tmp_path / "c.csv.gz", "wb", compresslevel=1) as file:
        file.write(b"id,cell_type\n1,")
        for _ in range(200):
            file.write(b"a" * 1_000_000)
    with pytest.raises(CAVEError):
        imported(tmp_path / "x.cave", tmp_path / "c.csv.gz")
    assert not (tmp_path / "x.cave").exists()


@pytest.mark.filterwarnings("ignore:pickle-based deserialization")  # how pyarrow 15 says that it does not,
@pytest.mark.filterwarnings("ignore:pyarrow.PyExtensionType is deprecated")  # and that it never will
def test_metadata_that_is_a_pickle_is_not_unpickled(tmp_path):
    marker = tmp_path / "made-by-the-pickle"
    load = pickle.dumps(Bomb(marker))
    field = pa.field(
        "kind",
        pa.string(),
        metadata={
            b"ARROW:extension:name": b"arrow.py_extension_type",
            b"ARROW:extension:metadata": load,
        },
    )
    schema = pa.schema([pa.field("id", pa.int64()), field], metadata={b"pandas": load, b"PANDAS_ATTRS": load})
    table = pa.table({"id": [1], "kind": ["a"]}).cast(schema)
    pq.write_table(table, tmp_path / "c.parquet")
    feather.write_feather(table, tmp_path / "c.feather")
    for name in ("c.parquet", "c.feather"):
        folder = tmp_path / f"{name}.cave"
        imported(folder, tmp_path / name)
        frame = rows_of(folder)
        assert len(frame) == 1
        frozen = pq.read_schema(folder / "versions" / "1" / "cells.parquet")
        assert load not in str(frozen.metadata).encode()
    assert not marker.exists()


@pytest.mark.filterwarnings("ignore:Feather V1 files are deprecated")  # writing one is the test
def test_the_first_format_of_feather_is_not_read(tmp_path):
    """Its reader trusts what it reads: a spoilt file would end this process."""
    table = pa.table({"id": [1, 2], "cell_type": ["a", "b"]})
    feather.write_feather(table, tmp_path / "c.feather", version=1)
    with pytest.raises(CAVEError, match="write_feather"):
        imported(tmp_path / "x.cave", tmp_path / "c.feather")
    assert not (tmp_path / "x.cave").exists()


@pytest.mark.parametrize("form", ["parquet", "feather"])
def test_spoilt_files_are_refused_at_every_place(tmp_path, form):
    table = pa.table({"id": list(range(50)), "cell_type": ["a"] * 50})
    whole = tmp_path / f"c.{form}"
    pq.write_table(table, whole) if form == "parquet" else feather.write_feather(table, whole)
    content = whole.read_bytes()
    for nth, place in enumerate(range(0, len(content) - 16, max(1, len(content) // 10))):
        spoilt = bytearray(content)
        spoilt[place : place + 16] = b"\xff" * 16
        file = tmp_path / f"s{nth}.{form}"
        file.write_bytes(spoilt)
        folder = tmp_path / f"s{nth}.cave"
        try:
            imported(folder, file)  # some places tell nothing of the rows
        except CAVEError:
            assert not folder.exists()
        else:
            Dataset(folder).open().close()


# ---- cassettes


def test_a_cassette_makes_no_objects(tmp_path):
    marker = tmp_path / "made-by-the-tape"
    tape = tmp_path / "tape.yaml"
    tape.write_text(f"interactions: !!python/object/apply:os.mkdir ['{marker}']\nversion: 1\n")
    with pytest.raises(Exception, match="python/object"), cassette(tape):
        pass
    assert not marker.exists()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(tubes(tmp_path_factory.mktemp("tapes") / "tubes.cave")) as running:
        yield running


def test_no_form_of_a_token_is_on_a_tape(server, tmp_path):
    token, odd = server.token(), "opaque-Token_of.Somebody"
    tape = tmp_path / "tape.yaml"
    with cassette(tape), requests.Session() as session:
        session.get(f"{server.address}/auth/api/v1/user/me", params={"middle_auth_token": token})
        session.get(f"{server.address}/auth/api/v1/user/me", cookies={"middle_auth_token": token})
        session.get(f"{server.address}/info/version", params={"token": odd})
        session.post(f"{server.address}/sticky_auth/api/v1/tos/1/accept", data={"middle_auth_token": odd})
        session.post(
            f"{server.address}/nglstate/api/v1/post",
            data=f"x{odd}",
            headers={"Authorization": f"Bearer {odd}"},
        )
        place = server.address.replace("//", "//name:passphrase@")
        session.get(f"{place}/info/version")
    stored = tape.read_text()
    assert "TOKEN" in stored
    for secret in (token, odd, "passphrase"):
        assert secret not in stored


def test_a_refusal_to_replay_names_no_token(server, tmp_path):
    tape = tmp_path / "tape.yaml"
    odd = "opaque-Token_of.Somebody"
    with cassette(tape):
        requests.get(f"{server.address}/info/version", timeout=10)
    with pytest.raises(NotRecordedError) as refused, cassette(tape, mode="none"):
        requests.get(f"{server.address}/auth/api/v1/user/me", params={"middle_auth_token": odd}, timeout=10)
    shown = "".join(traceback.format_exception(refused.value))
    assert "Record again" in shown
    assert odd not in shown
