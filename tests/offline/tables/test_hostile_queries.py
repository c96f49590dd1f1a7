"""Hostile requests: each gets a 4xx, or a 500 that means one, in materialize's form; nothing changes."""

import json
import re
import time

import pyarrow as pa
import pytest
import requests
from bench import NOW

from caveclient_gen.offline.moments import iso
from caveclient_gen.offline.versions import View

BASE = "/materialize/api/v3/datastack/testds"
FLAGS = "?return_pyarrow=true&arrow_format=true&split_positions=true&direct_sql_pandas=true"
SYNAPSES = f"{BASE}/version/2/table/synapses/query{FLAGS}"
JOIN = f"{BASE}/version/2/query{FLAGS}"
VIEW = f"{BASE}/version/2/views/nucleus_types/query{FLAGS}"
LIVE = f"{BASE}/query{FLAGS}"
TIME = f"{iso(NOW)}+00:00"
PAIR = [["cell_types", "target_id"], ["nuclei", "id"]]
SQL = "x'; DROP TABLE synapses; --"
MANY = [["tags", "id", f"t{n}", "id"] for n in range(50_000)]
DEEP = "[" * 100_000 + "]" * 100_000

REFUSED = [
    # bodies that are none
    (SYNAPSES, b"{not json", "400 Bad Request: The browser (or proxy) sent a request"),
    (SYNAPSES, b"\xff\xfe{}", "400 Bad Request"),
    (SYNAPSES, DEEP.encode(), "400 Bad Request"),
    (SYNAPSES, b'{"limit": ' + b"9" * 5000 + b"}", "400 Bad Request"),
    (SYNAPSES, b"[]", "_schema"),
    (SYNAPSES, b'"text"', "_schema"),
    (SYNAPSES, b"null", "_schema"),
    # fields
    (SYNAPSES, {SQL: 1}, "Unknown field."),
    (SYNAPSES, b'{"half \\ud800": 1}', "Unknown field."),
    (SYNAPSES, {"limit": "five"}, "Not a valid integer."),
    (SYNAPSES, {"limit": 5.5}, "Not a valid integer."),
    (SYNAPSES, {"limit": True}, "Not a valid integer."),
    (SYNAPSES, {"limit": None}, "Field may not be null."),
    (SYNAPSES, {"limit": [5]}, "Not a valid integer."),
    (SYNAPSES, {"limit": "1; DROP TABLE x"}, "Not a valid integer."),
    (SYNAPSES, {"limit": -1}, "must not be negative"),
    (SYNAPSES, {"offset": -(10**30)}, "must not be negative"),
    (SYNAPSES, {"select_columns": "id"}, "Not a valid list."),
    (SYNAPSES, {"select_columns": [1]}, "Not a valid string."),
    (SYNAPSES, {"select_columns": [SQL]}, "there is no such column"),
    (SYNAPSES, {"select_columns": ["*"]}, "there is no such column"),
    (SYNAPSES, {"select_columns": {"synapses": ["id"]}}, "Not a valid list."),
    (SYNAPSES, {"desired_resolution": [1, 1]}, "Length must be 3."),
    (SYNAPSES, {"desired_resolution": [0, 1, 1]}, "Not a valid number."),
    (SYNAPSES, {"desired_resolution": [-4, 4, 40]}, "Not a valid number."),
    (SYNAPSES, b'{"desired_resolution": [NaN, 1, 1]}', "Not a valid number."),
    (SYNAPSES, b'{"desired_resolution": [Infinity, 1, 1]}', "Not a valid number."),
    (SYNAPSES, {"desired_resolution": ["1", "1", "1"]}, "Not a valid number."),
    (SYNAPSES, {"desired_resolution": [1e-300, 1, 1]}, "fit their columns"),
    # filters
    (SYNAPSES, {"filter_in_dict": []}, "Not a valid mapping type."),
    (SYNAPSES, {"filter_in_dict": {"synapses": [1]}}, "{table: {column: value}}"),
    (SYNAPSES, {"filter_in_dict": {"synapses": "id"}}, "{table: {column: value}}"),
    (SYNAPSES, {"filter_in_dict": {SQL: {"id": [1]}}}, "which the query is not about"),
    (SYNAPSES, {"filter_in_dict": {"nuclei": {"id": [1]}}}, "which the query is not about"),
    (SYNAPSES, {"filter_in_dict": {"synapses": {SQL: [1]}}}, "there is no such column"),
    (SYNAPSES, {"filter_in_dict": {"synapses": {'id" OR 1=1 --': [1]}}}, "there is no such column"),
    (SYNAPSES, {"filter_in_dict": {"synapses": {"id": [SQL]}}}, "whole numbers"),
    (SYNAPSES, {"filter_in_dict": {"synapses": {"id": {"a": [1]}}}}, "a list of whole numbers"),
    (SYNAPSES, {"filter_equal_dict": {"synapses": {"id": SQL}}}, "whole numbers"),
    (SYNAPSES, {"filter_equal_dict": {"synapses": {"id": 10**30}}}, "whole numbers"),
    (SYNAPSES, b'{"filter_less_dict": {"synapses": {"size": NaN}}}', "finite numbers"),
    (SYNAPSES, b'{"filter_in_dict": {"synapses": {"size": [Infinity]}}}', "finite numbers"),
    (SYNAPSES, {"filter_regex_dict": {"synapses": {"size": ".*"}}}, "column of text"),
    (SYNAPSES, {"filter_spatial_dict": {"synapses": {"ctr_pt_position": SQL}}}, "must be a box"),
    (SYNAPSES, {"filter_spatial_dict": {"synapses": {"size": [[0, 0, 0], [1, 1, 1]]}}}, "about positions"),
    (SYNAPSES.replace("synapses", "tags"), {"filter_regex_dict": {"tags": {"tag": "(" * 500}}}, "of RE2"),
    (
        SYNAPSES.replace("synapses", "tags"),
        {"filter_regex_dict": {"tags": {"tag": "x{1000}{1000}"}}},
        "of RE2",
    ),
    (
        SYNAPSES.replace("synapses", "tags"),
        {"filter_regex_dict": {"tags": {"tag": "a" * 10**6}}},
        "at most 1000",
    ),
    # joins
    (JOIN, {}, "Missing data for required field."),
    (JOIN, {"tables": []}, "[[table, column], [table, column], ...]"),
    (JOIN, {"tables": [["cell_types"]]}, "[[table, column], [table, column], ...]"),
    (JOIN, {"tables": [["cell_types", 1]]}, "Not a valid string."),
    (JOIN, {"tables": "cell_types"}, "Not a valid list."),
    (JOIN, {"tables": [[SQL, "id"], ["nuclei", "id"]]}, "404 Not Found: Analysis table"),
    (JOIN, {"tables": [["cell_types", SQL], ["nuclei", "id"]]}, "there is no such column"),
    (JOIN, {"tables": [["cell_types", "cell_type"], ["nuclei", "id"]]}, "ids or text"),
    (JOIN, {"tables": [["nuclei", "id"], ["nuclei", "id"]]}, "Name each table once"),
    (JOIN, {"tables": PAIR, "suffix_map": {"cell_types": "", "nuclei": ""}}, "several columns are named"),
    (JOIN, {"tables": PAIR, "suffix_map": {SQL: "_a"}}, "which the query is not about"),
    (JOIN, {"tables": PAIR, "suffix_map": {"nuclei": "x" * 10_000}}, "at most 40"),
    (JOIN, {"tables": PAIR, "suffix_map": {"nuclei": "\r\nSet-Cookie: a=b"}}, "printable"),
    (JOIN, {"tables": PAIR, "suffix_map": {"nuclei": 5}}, "Not a valid string."),
    (JOIN, {"tables": PAIR, "suffixes": ["a", "b", "c"]}, "more endings than there are tables"),
    (JOIN, {"tables": PAIR, "select_column_map": {"nuclei": [SQL]}}, "there is no such column"),
    (JOIN, {"tables": PAIR, "select_column_map": {SQL: ["id"]}}, "which the query is not about"),
    (JOIN, {"tables": PAIR, "select_columns": ["nope"]}, "there is no such column in cell_types or nuclei"),
    # views
    (VIEW, {"filter_equal_dict": {"nucleus_types": {"nope": 1}}}, "there is no such column"),
    (VIEW, {"filter_equal_dict": {"nucleus_types": {"cell_type": 5}}}, "must hold text"),
    (VIEW.replace("nucleus_types", "nope"), {}, "404 Not Found: View 'nope' not found"),
    # live
    (LIVE, {}, "Missing data for required field."),
    (LIVE, {"table": "synapses", "timestamp": 1.7e9}, "Not a valid datetime."),
    (LIVE, {"table": "synapses", "timestamp": SQL}, "Not a valid datetime."),
    (LIVE, {"table": "synapses", "timestamp": "9999-99-99"}, "Not a valid datetime."),
    (LIVE, {"table": SQL, "timestamp": TIME}, "404 Not Found: table"),
    (LIVE, {"table": ["synapses"], "timestamp": TIME}, "Not a valid string."),
    (LIVE, {"table": "synapses", "timestamp": TIME, "join_tables": [["a"]]}, "join_tables must be"),
    (LIVE, {"table": "tags", "timestamp": TIME, "join_tables": [["a", "b", "c", "d"]]}, "one more table"),
    (
        LIVE,
        {"table": "tags", "timestamp": TIME, "join_tables": [["tags", "id", "nope", "id"]]},
        "404 Not Found",
    ),
    (LIVE, {"table": "tags", "timestamp": TIME, "select_columns": ["id"]}, "Not a valid mapping type."),
    (
        LIVE,
        {"table": "tags", "timestamp": TIME, "filter_in_dict": {"tags": {"pt_root_id": [SQL]}}},
        "whole numbers",
    ),
    (JOIN, {"tables": [["nuclei", "id"]] * 50_000}, "at most 10 tables"),
    (JOIN, {"tables": [[f"t{n}", "id"] for n in range(50_000)]}, "at most 10 tables"),
    (LIVE, {"table": "tags", "timestamp": TIME, "join_tables": MANY}, "at most 10 tables"),
    (
        JOIN,
        {"tables": PAIR, "suffix_map": {f"t{n}": "" for n in range(50_000)}},
        "which the query is not about",
    ),
    (SYNAPSES, {"select_columns": [f"c{n}" for n in range(50_000)]}, "there is no such column"),
    (SYNAPSES, {f"field_{n}": 1 for n in range(50_000)}, "Unknown field."),
    # addresses
    (SYNAPSES.replace("synapses", "x%27%3B%20DROP%20TABLE%20y"), {}, "404 Not Found: Analysis table"),
    (SYNAPSES.replace("synapses", "%2e%2e%2fsecret"), {}, ""),
    (SYNAPSES.replace("version/2", "version/99"), {}, "404 Not Found: version 99 not found in testds"),
    (SYNAPSES.replace("version/2", "version/-1"), {}, ""),
    (SYNAPSES.replace("version/2", f"version/{9**40}"), {}, ""),
    (SYNAPSES.replace("version/2", "version/2%20OR%201"), {}, ""),
    (SYNAPSES + "&count=perhaps", {}, "Input payload validation failed"),
    (SYNAPSES + "&random_sample=-5", {}, "Input payload validation failed"),
    (SYNAPSES + "&random_sample=0", {}, "Input payload validation failed"),
    (SYNAPSES + "&random_sample=1e9", {}, "Input payload validation failed"),
    (SYNAPSES + f"&random_sample={9**40}", {}, "Input payload validation failed"),
    (SYNAPSES + "&random_sample=5)%20UNION%20SELECT%201", {}, "Input payload validation failed"),
]


def post(served, url, body, person="admin"):
    """Ask, with a body of bytes or a document."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {person}", "Content-Type": "application/json"}
    return requests.post(served.address + url, data=data, headers=headers, timeout=20)


def state(served):
    """Return what a request could have changed."""
    files = {path: path.read_bytes() for path in sorted(served.dataset.path.rglob("*.parquet"))}
    return served.cave.store.revisions(), files


@pytest.fixture(scope="module")
def untouched(served):
    """The dataset, which must be the same when all is over."""
    before = state(served)
    yield served
    assert state(served) == before


@pytest.mark.parametrize(("url", "body", "said"), REFUSED, ids=range(len(REFUSED)))
def test_hostile_requests_are_refused(untouched, url, body, said):
    begun = time.monotonic()
    answer = post(untouched, url, body)
    assert time.monotonic() - begun < 5
    document = answer.json() if answer.headers["Content-Type"] == "application/json" else None
    if document is None:
        assert answer.status_code == 404
        return
    message = json.dumps(document) if "message" not in document else document["message"]
    assert said in message
    assert len(answer.content) < 2000
    if answer.status_code == 500:
        assert set(document) <= {"schema_errors", "errors", "message", "code", "traceback"}
        assert "code" not in document or re.match(r"4\d\d [A-Z]", message)
    else:
        assert 400 <= answer.status_code < 500
        assert set(document) == {"code", "message", "traceback"}
        assert document["code"] == answer.status_code
    for secret in (str(untouched.dataset.path), "read_parquet", "SELECT", "Traceback"):
        assert secret not in message.replace(SQL, "")


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({"filter_in_dict": {"synapses": {"id": list(range(1_000_000))}}}, 40),
        ({"filter_in_dict": {"synapses": {"id": list(range(1000, 901_000))}}}, 0),
        ({"filter_notin_dict": {"synapses": {"id": list(range(1, 900_000))}}}, 0),
        ({"limit": 10**30}, 40),
        ({"limit": "3"}, 3),
        ({"offset": 10**30}, 0),
        ({"filter_in_dict": {}}, 40),
        ({"filter_in_dict": {"synapses": {}}}, 40),
        ({"filter_greater_dict": {"synapses": {"size": 1e300}}}, 0),
        ({"filter_greater_dict": {"synapses": {"id": -(2**63)}}}, 40),
    ],
    ids=range(10),
)
def test_large_but_sound_requests_are_answered_exactly(untouched, body, rows):
    answer = post(untouched, SYNAPSES, body)
    assert answer.status_code == 200, answer.text
    assert pa.ipc.open_stream(answer.content).read_all().num_rows == rows


@pytest.mark.parametrize("text", [SQL, "' OR '1'='1", "\\", "%", "\x00", "", "x" * 100_000, "💀", "$p0", "?"])
def test_any_text_is_only_a_text(untouched, text):
    body = {"filter_equal_dict": {"tags": {"tag": text}}}
    answer = post(untouched, SYNAPSES.replace("synapses", "tags"), body)
    assert answer.status_code == 200, answer.text
    assert pa.ipc.open_stream(answer.content).read_all().num_rows == 0


def test_a_body_that_is_too_long_is_refused(untouched):
    answer = post(untouched, SYNAPSES, b" " * 10_000_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(("person", "status"), [("nobody", 401), ("stranger", 403)])
@pytest.mark.parametrize("url", [SYNAPSES, JOIN, VIEW, LIVE])
def test_nobody_else_may_ask(untouched, person, status, url):
    assert post(untouched, url, {}, person).status_code == status


def test_a_private_table_of_a_version_is_for_its_owner(untouched):
    pair = [["tags", "id"], ["secret", "id"]]
    queries = [
        (SYNAPSES.replace("synapses", "secret"), {}),
        (JOIN, {"tables": pair}),
        (JOIN, {"tables": pair[::-1]}),
    ]
    for url, body in queries:
        assert post(untouched, url, body).status_code == 200
        refused = post(untouched, url, body, "viewer")
        assert refused.status_code == 500
        assert refused.json()["message"].startswith("401 Unauthorized: ")
    for path in ("version/2/table/secret/count", "table/secret/unique_string_values"):
        url = f"{untouched.address}{BASE}/{path}"
        answers = [
            requests.get(url, headers={"Authorization": f"Bearer {person}"}, timeout=20)
            for person in ("admin", "viewer")
        ]
        assert [one.status_code for one in answers] == [200, 500]
        assert answers[1].json()["message"].startswith("401 Unauthorized: ")


def test_a_view_does_not_show_a_private_table(untouched, monkeypatch):
    shown = View(
        "shown", "of a private table", "SELECT id, tag FROM secret", {"id": "integer"}, (4.0, 4.0, 40.0)
    )
    monkeypatch.setattr(untouched.cave.versions, "views", lambda: {"shown": shown})
    for version in (2, 0):
        url = VIEW.replace("nucleus_types", "shown").replace("version/2", f"version/{version}")
        assert post(untouched, url, {}).status_code == 200
        assert post(untouched, url, {}, "viewer").json()["message"].startswith("401 Unauthorized: ")


def test_an_expired_version_is_gone(tmp_path):
    from datetime import UTC, datetime

    from bench import Guests
    from mixed import mixed_dataset

    from caveclient_gen.offline.serving import serve

    dataset = mixed_dataset(tmp_path / "old.cave")
    with serve(dataset) as server:
        server.cave.identity = Guests()
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        server.cave.versions.materialize(number=2, expires=long_ago)
        for url in (SYNAPSES, JOIN, f"{BASE}/version/2/views/nucleus_types/query{FLAGS}"):
            answer = post(server, url, {})
            assert answer.status_code == 500
            said = "410 Gone: This materialization version is not available"
            assert answer.json()["message"] == said
