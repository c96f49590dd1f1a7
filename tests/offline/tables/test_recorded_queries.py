"""Each recorded query, asked of offline CAVE: the same status, headers, schema, pandas metadata and rows.

What differs on purpose stands in `DIFFERENT`, with the reason.
"""

import ast
import json
import re

import pyarrow as pa
import pytest
import requests
from bench import NOW, RECORDINGS, V1, V2, exchange, recorded_rows, roots_of_recordings

from caveclient_gen.offline.moments import iso

NAMES = sorted(
    f"{folder}/{path.name}"
    for folder in ("materialize", "routes")
    for path in (RECORDINGS / folder).iterdir()
    if re.search(
        r"_query|query_|get_count|_count|unique|live_|join_|synapse_|tables_syn|tables_cell|views_q",
        path.name,
    )
    and not re.search(
        r"segprop|_404|bad_table|bad_version|_public|no_token|v2_query|group_perm|_metadata\.", path.name
    )
)

DIFFERENT = {
    "materialize/041_query_table_reference_filter_ref.json": "500 with a Python message there, 400 here",
    "materialize/046_query_table_bad_column.json": "500 with a Python message there, 400 here",
    "materialize/025_query_table_filter_out.json": "servers ignore the exclusion",
    "routes/051_query_filter_notin.json": "servers ignore the exclusion",
    "materialize/074_live_live_query_limit.json": "servers count the rows of a version only",
    "materialize/086_live_live_query_random.json": "servers draw about as many percent",
}

MOMENTS = {
    "materialize/076_live_live_query_just_after_v1.json": V1 + 1_000_000,
    "materialize/077_live_live_query_before_v1.json": V1 - 1_000_000,
    "materialize/078_live_live_query_at_v2.json": V2,
}


def asked(served, name):
    """Ask offline CAVE what was asked; roots and moments are those of the offline dataset."""
    request = exchange(name)["request"]
    body = request.get("body", {}).get("text", "")
    for theirs, ours in roots_of_recordings(served.cave).items():
        body = body.replace(str(theirs), str(ours))
    moment = iso(MOMENTS.get(name, NOW)) + "+00:00"
    body = re.sub(r'"timestamp": "[^"]+"', f'"timestamp": "{moment}"', body)
    headers = {**request["headers"], "Authorization": "Bearer admin"}
    return requests.request(
        request["method"], served.address + request["url"], data=body.encode(), headers=headers, timeout=20
    )


def comparable(rows, known):
    """Return rows by id, with our roots for theirs, and without the labels of a server's own frame.

    A point outside of all objects has no supervoxel: 0 there, missing here.
    """
    if "__index_level_0__" in rows.column_names:
        rows = rows.drop_columns(["__index_level_0__"])
    key = next((name for name in rows.column_names if re.fullmatch(r"id\w*", name)), None)
    found = rows.sort_by(key).to_pylist() if key else rows.to_pylist()
    return [
        {
            name: True if name == "valid" else known.get(value, value or None) if _is_segment(name) else value
            for name, value in row.items()
        }
        for row in found
    ]


def _is_segment(name):
    return name.endswith(("root_id", "supervoxel_id"))


def described(schema):
    """Return what the schema tells pandas, but for releases, the number of rows, and row labels."""
    told = json.loads(schema.metadata[b"pandas"])
    told.pop("pandas_version")
    told["creator"].pop("version")
    told["columns"] = [one for one in told["columns"] if one["field_name"] != "__index_level_0__"]
    if told["index_columns"] == ["__index_level_0__"]:
        told["index_columns"] = [{"kind": "range", "name": None, "start": 0, "stop": 0, "step": 1}]
    told["index_columns"][0]["stop"] = 0
    return told


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DIFFERENT])
def test_status_headers_and_body_are_as_recorded(served, name):
    recorded = exchange(name)["response"]
    answer = asked(served, name)
    assert answer.status_code == recorded["status"]
    assert answer.headers["Content-Type"] == recorded["headers"]["Content-Type"]
    assert answer.headers.get("Content-Encoding") == recorded.get("content_encoding")
    for header in ("Cache-Control", "Vary", "Warning", "dataframe_resolution", "column_names"):
        theirs = recorded["headers"].get(header)
        ours = answer.headers.get(header)
        if header == "Warning" and theirs and "root_ids" in theirs:
            theirs, ours = re.sub(r"\d+", "", theirs), re.sub(r"\d+", "", ours)
        assert ours == theirs
    repeated = answer.raw.headers.getlist("dataframe_resolution")
    assert repeated == recorded.get("repeated_headers", {}).get("dataframe_resolution", repeated)
    if recorded["headers"]["Content-Type"] == "data.arrow":
        check_rows(served, name, answer)
    else:
        check_document(answer, recorded)


def check_rows(served, name, answer):
    """Compare schema and rows."""
    theirs, ours = recorded_rows(name), pa.ipc.open_stream(answer.content).read_all()
    index = ["__index_level_0__"]
    assert [(one.name, one.type, one.nullable) for one in ours.schema] == [
        (one.name, one.type, one.nullable) for one in theirs.schema if one.name not in index
    ]
    assert described(ours.schema) == described(theirs.schema)
    limit = re.search(r'"limit": (\d+)', exchange(name)["request"]["body"].get("text", ""))
    if limit:
        assert ours.num_rows == theirs.num_rows  # which rows, no server promises
    else:
        known = roots_of_recordings(served.cave)
        assert comparable(ours, {}) == comparable(theirs, known)


def check_document(answer, recorded):
    """Compare JSON answers."""
    theirs, ours = json.loads(recorded["body"]["text"]), answer.json()
    if isinstance(theirs, dict) and "traceback" in theirs:
        assert set(ours) == set(theirs)
        assert re.sub(r"\d{18}", "root", ours["message"]) == re.sub(r"\d{18}", "root", theirs["message"])
    elif isinstance(theirs, list):
        assert [list(row) for row in ours] == [list(row) for row in theirs]
        assert [[*map(type, row.values())] for row in ours] == [[*map(type, row.values())] for row in theirs]
    elif isinstance(theirs, dict) and "cell_type" in theirs:
        assert {name: sorted(values) for name, values in theirs.items()} == ours
    else:
        assert ours == theirs


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("routes/046_query_limit_header.json", b"zstd"),
        ("routes/048_query_lz4.json", b"lz4"),
        ("routes/047_query_no_compression.json", None),
    ],
)
def test_the_codec_inside_arrow_is_as_recorded(served, name, codec):
    import base64

    magic = {b"zstd": b"\x28\xb5\x2f\xfd", b"lz4": b"\x04\x22\x4d\x18"}
    recorded = base64.b64decode(exchange(name)["response"]["body"]["base64"])
    for body in (recorded, asked(served, name).content):
        assert [one for one, mark in magic.items() if mark in body] == ([codec] if codec else [])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("materialize/041_query_table_reference_filter_ref.json", "nuclei"),
        ("materialize/046_query_table_bad_column.json", "nope"),
    ],
)
def test_an_unknown_column_is_a_bad_request_that_begins_as_recorded(served, name, column):
    answer = asked(served, name)
    assert answer.status_code == 400
    assert json.loads(exchange(name)["response"]["body"]["text"])["message"] == f"'{column}'"
    assert answer.json()["message"].startswith(f"'{column}': there is no such column in ")


def test_an_exclusion_excludes(served):
    name = "materialize/025_query_table_filter_out.json"
    rows = pa.ipc.open_stream(asked(served, name).content).read_all()
    theirs = recorded_rows(name)
    known = roots_of_recordings(served.cave)
    excluded = known[288230376151711751]
    kept = [row for row in comparable(theirs, known) if row["pre_pt_root_id"] != excluded]
    assert 0 < len(kept) < theirs.num_rows
    assert comparable(rows, {}) == kept
    assert rows.schema.names == theirs.schema.names


def test_a_live_limit_is_kept(served):
    name = "materialize/074_live_live_query_limit.json"
    answer = asked(served, name)
    rows = pa.ipc.open_stream(answer.content).read_all()
    assert rows.schema.names == recorded_rows(name).schema.names
    assert rows.num_rows == 3 < recorded_rows(name).num_rows
    assert answer.headers["Warning"] == exchange(name)["response"]["headers"]["Warning"]
    assert len(answer.raw.headers.getlist("Warning")) == 2


def test_a_random_sample_has_as_many_rows_as_asked_for(served):
    name = "materialize/086_live_live_query_random.json"
    answers = [pa.ipc.open_stream(asked(served, name).content).read_all() for _ in range(8)]
    assert {rows.num_rows for rows in answers} == {5}
    assert len({tuple(rows["id"].to_pylist()) for rows in answers}) > 1
    assert answers[0].schema.names == recorded_rows(name).schema.names


def test_all_recorded_queries_are_among_those_compared():
    assert len(NAMES) > 50
    assert set(DIFFERENT) < set(NAMES)


def test_column_names_are_a_python_mapping(served):
    answer = asked(served, "materialize/038_query_table_reference.json")
    assert ast.literal_eval(answer.headers["column_names"])["nuclei"]["id"] == "id_ref"
