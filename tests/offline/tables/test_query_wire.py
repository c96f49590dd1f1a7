"""Answers on the wire where no exchange was recorded: headers, codecs, flags, odd types."""

import ast
import gzip
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
import requests
from bench import Guests, client_of
from mixed import mixed_dataset, resolution

from caveclient_gen.offline.http.faults import Faults
from caveclient_gen.offline.serving import serve
from caveclient_gen.offline.tables.sources import columns_of

NOTICE = "Please cite Ramón y Cajal\n(1899).\r\nSet-Cookie: a=b"
MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def odd_rows():
    """Return columns of types that imports may bring."""
    return pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "made": pa.array([MOMENT] * 3, pa.timestamp("us", tz="UTC")),
            "small": pa.array([1, 2, None], pa.int8()),
            "huge": pa.array([2**64 - 1, 0, 1], pa.uint64()),
            "score": pa.array([float("nan"), float("inf"), 0.1], pa.float64()),
            "kind": pa.array(["a", None, "b"]).dictionary_encode(),
            "parts": pa.array([[1], [], None], pa.list_(pa.int64())),
            "Größe \"'": pa.array([1, 2, 3], pa.int32()),
            "at_position_x": pa.array([1.5, -1.5, None], pa.float64()),
            "at_position_y": pa.array([1.5, -1.5, None], pa.float64()),
            "at_position_z": pa.array([1.5, -1.5, None], pa.float64()),
        }
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A dataset with odd tables, served."""
    dataset = mixed_dataset(tmp_path_factory.mktemp("wire") / "wire.cave")
    wide = pa.table({"id": [1], **{f"column_{n:05}": [n] for n in range(3000)}})
    with dataset.open() as cave:
        cave.versions.add_frozen(1, "odd", odd_rows(), {**resolution(4.0, 4.0, 40.0), "notice_text": NOTICE})
        cave.versions.add_frozen(1, "wide", wide, resolution(4.0, 4.0, 40.0))
    with serve(dataset) as server:
        server.cave.identity = Guests()
        yield server


def ask(server, table="mixed", accept="identity", body=None, **flags):
    """Ask for rows of a table, without the client."""
    url = f"{server.address}/materialize/api/v3/datastack/testds/version/1/table/{table}/query"
    flags = {"return_pyarrow": "true", "arrow_format": "true", **flags}
    headers = {"Authorization": "Bearer viewer", "Accept-Encoding": accept}
    return requests.post(url, json=body or {}, params=flags, headers=headers, timeout=20)


def test_a_notice_is_one_line_of_a_header(server):
    warning = ask(server, "odd").headers["Warning"]
    line = " ".join(NOTICE.splitlines()).replace("  ", " ")
    assert " ".join(warning.encode("latin-1").decode().split()) == f"Table Owner Notice on odd: {line}"
    assert "Set-Cookie" not in ask(server, "odd").headers


@pytest.mark.parametrize("accept", ["gzip, deflate, br", "gzip"])
def test_gzip_wraps_the_whole_answer(server, accept):
    got = ask(server, accept=accept)
    assert got.headers["Content-Encoding"] == "gzip"
    assert got.headers["Vary"] == "Accept-Encoding"
    assert pa.ipc.open_stream(got.content).read_all().num_rows == 400


@pytest.mark.parametrize(
    ("accept", "flags", "mark"),
    [
        ("zstd", {}, b"\x28\xb5\x2f\xfd"),
        ("lz4, zstd", {}, b"\x04\x22\x4d\x18"),
        ("zstd", {"ipc_compress": "false"}, None),
        ("identity", {}, None),
    ],
)
def test_the_codec_is_chosen_by_what_is_accepted(server, accept, flags, mark):
    answer = ask(server, accept=accept, **flags)
    assert "Content-Encoding" not in answer.headers
    found = [one for one in (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18") if one in answer.content]
    assert found == ([mark] if mark else [])


@pytest.mark.parametrize("yes", ["true", "True", "TRUE", "1", "on"])
def test_yes_has_many_forms(server, yes):
    assert pa.ipc.open_stream(ask(server, count=yes).content).read_all().to_pylist() == [{"count": 400}]


@pytest.mark.parametrize("no", ["false", "False", "0", ""])
def test_no_has_many_forms(server, no):
    answer = ask(server, return_pyarrow=no, body={"limit": 2})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert [row["id"] for row in answer.json()] == [1, 2]


def test_who_does_not_say_arrow_is_told_and_loses_no_warning(server):
    answer = ask(server, arrow_format="false", body={"limit": 2})
    warnings = answer.raw.headers.getlist("Warning")
    assert warnings[0] == '201 - "Limited query to 2 rows'
    assert warnings[1].startswith("Response is in pyarrow IPC format")


def test_a_count_is_not_bounded_by_a_page(server):
    answer = ask(server, count="true", body={"limit": 3, "offset": 390})
    assert pa.ipc.open_stream(answer.content).read_all().to_pylist() == [{"count": 400}]
    assert "Warning" not in answer.headers


def test_column_names_that_no_header_can_hold_are_left_out(server):
    answer = ask(server, "wide")
    assert "column_names" not in answer.headers
    assert pa.ipc.open_stream(answer.content).read_all().num_columns == 3001
    few = ask(server, "wide", body={"select_columns": ["column_00001"]})
    assert ast.literal_eval(few.headers["column_names"]) == {"wide": {"column_00001": "column_00001"}}


def test_types_that_imports_bring_are_answered(server):
    rows = pa.ipc.open_stream(ask(server, "odd").content).read_all()
    expected = odd_rows().set_column(5, "kind", pa.array(["a", None, "b"]))
    assert rows.drop_columns(["score"]).to_pylist() == expected.drop_columns(["score"]).to_pylist()
    records = ask(server, "odd", return_pyarrow="false")
    assert "NaN" not in records.text
    assert "Infinity" not in records.text
    assert [row["score"] for row in records.json()] == [None, None, 0.1]
    assert records.json()[0]["made"] == int(MOMENT.timestamp() * 1000)
    assert records.json()[0]["huge"] == 2**64 - 1
    frame = client_of(server, version=1).query_table("odd", filter_in_dict={"kind": ["a", "b"]})
    assert frame["id"].tolist() == [1, 3]
    assert frame["huge"].tolist() == [2**64 - 1, 1]


@pytest.mark.parametrize("column", ["made", "parts"])
def test_what_cannot_be_compared_is_refused(server, column):
    answer = ask(server, "odd", body={"filter_equal_dict": {"odd": {column: "2024-01-02"}}})
    assert answer.status_code == 400
    assert "cannot be compared" in answer.json()["message"]


def test_odd_column_names_are_names(server):
    name = "Größe \"'"
    answer = ask(server, "odd", body={"filter_equal_dict": {"odd": {name: 2}}, "select_columns": [name]})
    assert pa.ipc.open_stream(answer.content).read_all().to_pylist() == [{name: 2}]
    told = answer.headers["column_names"].encode("latin-1").decode()
    assert ast.literal_eval(told) == {"odd": {name: name}}


def test_positions_between_voxels_are_scaled_and_not_cut(server):
    rows = ask(server, "odd", body={"desired_resolution": [1, 2, 10], "select_columns": ["at_position"]})
    table = pa.ipc.open_stream(rows.content).read_all()
    assert table.to_pylist()[0] == {"at_position_x": 6.0, "at_position_y": 3.0, "at_position_z": 6.0}
    assert table.to_pylist()[2] == dict.fromkeys(table.column_names)


def test_a_cap_that_a_test_asked_for_is_said(server, monkeypatch):
    monkeypatch.setattr(Faults, "row_cap", property(lambda self: 7))
    answer = ask(server)
    assert answer.headers["Warning"] == '201 - "Limited query to 7 rows'
    assert pa.ipc.open_stream(answer.content).read_all().num_rows == 7


def test_a_body_may_come_compressed(server):
    url = f"{server.address}/materialize/api/v3/datastack/testds/version/1/table/mixed/query"
    headers = {"Authorization": "Bearer viewer", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps({"limit": 1}).encode())
    answer = requests.post(f"{url}?return_pyarrow=false", data=body, headers=headers, timeout=20)
    assert len(answer.json()) == 1


def test_columns_of_all_types_are_told_apart():
    columns = columns_of(odd_rows().schema)
    assert {name: column.kind for name, column in columns.items()} == {
        "id": "integer",
        "made": "other",
        "small": "integer",
        "huge": "integer",
        "score": "float",
        "kind": "string",
        "parts": "other",
        "Größe \"'": "integer",
        "at_position": "position",
    }
    assert columns["at_position"].parts == ("at_position_x", "at_position_y", "at_position_z")


def get(server, path):
    """Ask with GET below the datastack."""
    url = f"{server.address}/materialize/api/v3/datastack/testds/{path}"
    return requests.get(url, headers={"Authorization": "Bearer viewer"}, timeout=20)


def test_texts_of_a_table_that_only_versions_have(server):
    assert get(server, "table/odd/unique_string_values").json() == {"kind": ["a", "b"]}
    refused = get(server, "table/nope/unique_string_values")
    assert refused.status_code == 500
    assert refused.json()["message"].startswith("404 Not Found: Analysis table 'nope' not found")


@pytest.mark.parametrize("api", ["v2", "v3"])
def test_counts_of_a_version(server, api):
    assert get(server, "version/1/table/odd/count").json() == 3
    url = f"{server.address}/materialize/api/{api}/datastack/testds/version/9/table/odd/count"
    refused = requests.get(url, headers={"Authorization": "Bearer viewer"}, timeout=20)
    assert refused.json()["message"] == "404 Not Found: version 9 not found in testds"


def test_a_live_query_of_a_table_that_only_versions_have_is_refused(server):
    url = f"{server.address}/materialize/api/v3/datastack/testds/query"
    body = {"table": "odd", "timestamp": "2025-01-01"}
    refused = requests.post(url, json=body, headers={"Authorization": "Bearer viewer"}, timeout=20)
    assert refused.status_code == 500
    assert refused.json()["message"].startswith("404 Not Found: table 'odd' not found at that moment")
