"""What stands on the wire: as recorded from real servers; for hostile requests a refusal and no change."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest
import requests

from caveclient_gen.offline.http.routes import all_served
from caveclient_gen.offline.http.served import operations_of

RECORDINGS = Path(__file__).parents[2] / "recordings"
BASE = "/materialize/api/v3/datastack/testds"

SAME = "the same body"
ALIKE = "the same names in the same order, with values of the same kinds"

MIRRORED = [
    ("materialize/001_get_versions", SAME),
    ("materialize/005_get_versions_metadata", ALIKE),
    ("materialize/006_get_version_metadata", ALIKE),
    ("materialize/009_get_tables", SAME),
    ("materialize/010_get_tables_404", SAME),
    ("materialize/012_get_table_metadata", ALIKE),
    ("materialize/013_get_table_metadata_ref", ALIKE),
    ("materialize/014_get_table_metadata_404", SAME),
    ("materialize/057_get_views", SAME),
    ("materialize/058_get_view_metadata", SAME),
    ("materialize/060_get_view_schemas", SAME),
    ("materialize/110_neuroglancer_segprop_info", ALIKE),
    ("materialize/112_lookup_supervoxel_ids", SAME),
    ("materialize/113_ingest_annotation_table", SAME),
    ("routes/029_mat_versions_api", SAME),
    ("routes/030_mat_version", SAME),
    ("routes/032_mat_v3_tables", SAME),
    ("routes/035_mat_v3_tables_unknown_version", SAME),
    ("routes/036_mat_unknown_datastack", SAME),
    ("routes/037_mat_live_segprop_info", ALIKE),
    ("routes/038_mat_segprop_info", ALIKE),
    ("routes/039_mat_view_segprop", ALIKE),
    ("routes/044_mat_lookup_status", SAME),
    ("routes/045_mat_deltalake_defaults", SAME),
]


@pytest.fixture
def ask(bench_server):
    return asking(bench_server)


def asking(server, person="admin"):
    def ask(path, method="GET", token=None, **more):
        headers = {"Authorization": f"Bearer {token or server.token(person)}", **more.pop("headers", {})}
        return requests.request(method, f"{server.address}{path}", headers=headers, timeout=10, **more)

    return ask


def shape(value):
    """Return the names and kinds of a document, without its values."""
    if isinstance(value, dict):
        return [(name, shape(part)) for name, part in value.items()]
    if isinstance(value, list):
        return [shape(part) for part in value]
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return "text"
        return "moment"
    return type(value).__name__


@pytest.mark.parametrize(("recording", "how"), MIRRORED)
def test_as_recorded(ask, recording, how):
    document = json.loads((RECORDINGS / f"{recording}.json").read_text())
    exchange = document["exchanges"][0]
    asked, expected = exchange["request"], exchange["response"]
    body = asked.get("body", {}).get("text")
    answer = ask(asked["url"], asked["method"], data=body, headers=asked["headers"])
    assert answer.status_code == expected["status"]
    for name, value in expected["headers"].items():
        assert answer.headers[name] == value
    assert answer.headers.get("Content-Encoding") == expected.get("content_encoding")
    ours, theirs = answer.json(), json.loads(expected["body"]["text"])
    if isinstance(theirs, dict) and "traceback" in theirs:
        ours["traceback"] = theirs["traceback"]
    if how is SAME:
        assert json.dumps(ours) == json.dumps(theirs)
    else:
        assert shape(ours) == shape(theirs)


def test_words_of_segment_properties_are_those_recorded(ask):
    for name, table in (
        ("materialize/110_neuroglancer_segprop_info", "table/cell_types"),
        ("routes/039_mat_view_segprop", "view/nucleus_types"),
    ):
        document = json.loads((RECORDINGS / f"{name}.json").read_text())
        theirs = json.loads(document["exchanges"][0]["response"]["body"]["text"])["inline"]["properties"]
        assert ask(f"{BASE}/version/2/{table}/info").json()["inline"]["properties"] == theirs


# ---- API 2


def test_api_2_does_not_know_of_expired_versions(ask):
    base = "/materialize/api/v2/datastack/testds"
    assert ask(f"{base}/versions?expired=true").json() == [1, 2]
    assert [one["version"] for one in ask(f"{base}/metadata?expired=true").json()] == [1, 2]
    assert ask(f"{base}/version/9").json()["status"] == "EXPIRED"


def test_a_question_that_is_neither_yes_nor_no_is_refused(ask):
    answer = ask(f"{BASE}/versions?expired=maybe")
    assert answer.status_code == 500
    assert answer.json()["message"] == "Input payload validation failed"
    assert [*answer.json()["errors"]] == ["expired"]


def test_api_2_names_the_segmentation_and_warns(ask):
    base = "/materialize/api/v2/datastack/testds/version/2/table"
    answer = ask(f"{base}/nuclei/metadata")
    assert answer.json()["table_name"] == "nuclei__testpcg"
    assert answer.json()["annotation_table"] == "nuclei"
    assert answer.headers["Warning"] == "Table Owner Notice on nuclei: please cite the bench"
    assert ask(f"{base}/cell_types/metadata").json()["table_name"] == "cell_types"
    assert "Warning" not in ask(f"{BASE}/version/2/table/nuclei/metadata").headers


def test_a_notice_is_one_line_whatever_its_owner_wrote(own_server):
    cave = own_server.cave
    cave.annotations.update_metadata(1, "nuclei", {"notice_text": "two\r\nSet-Cookie: lines\n\u03bb \u2028"})
    number = cave.versions.materialize().number
    answer = asking(own_server)(
        f"/materialize/api/v2/datastack/testds/version/{number}/table/nuclei/metadata"
    )
    warning = answer.headers["Warning"].encode("latin-1").decode()
    assert warning == "Table Owner Notice on nuclei: two Set-Cookie: lines \u03bb"
    assert "Set-Cookie" not in answer.headers


# ---- who may


@pytest.mark.parametrize(
    ("person", "table", "status"),
    [
        ("admin", "secret", None),
        ("viewer", "secret", 401),
        ("editor", "secret", 401),
        ("viewer", "grouped", 401),
        ("admin", "grouped", None),
        ("viewer", "tags", None),
    ],
)
@pytest.mark.parametrize(
    "route",
    [
        "version/2/table/{table}/info",
        "table/{table}/info",
        "table/{table}/precomputed/info",
        "table/{table}/precomputed/by_id/1",
        "table/{table}/precomputed/pt_root_id/1",
        "table/{table}/precomputed/spatial_overview/0_0_0",
    ],
)
def test_rows_are_shown_to_those_who_may_read_them(bench_server, person, table, status, route):
    answer = asking(bench_server, person)(f"{BASE}/{route.format(table=table)}")
    if status is None:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 500
        assert answer.json()["message"].startswith(f"{status} Unauthorized: ")


def test_a_table_that_became_private_is_so_in_old_versions(own_server):
    viewer = asking(own_server, "viewer")
    assert viewer(f"{BASE}/version/1/table/tags/info").status_code == 200
    own_server.cave.annotations.update_metadata(1, "tags", {"read_permission": "PRIVATE"})
    assert viewer(f"{BASE}/version/1/table/tags/info").json()["message"].startswith("401 ")


def test_a_reference_shows_no_more_than_its_target_may(own_server):
    viewer = asking(own_server, "viewer")
    own_server.cave.annotations.update_metadata(1, "nuclei", {"read_permission": "PRIVATE"})
    for path in (
        "version/2/table/cell_types/info",
        "table/cell_types/precomputed/info",
        "version/2/view/nucleus_types/info",
    ):
        assert viewer(f"{BASE}/{path}").json()["message"].startswith("401 ")


def test_health_asks_for_no_token(bench_server):
    answer = requests.get(f"{bench_server.address}/health/ready", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})


# ---- jobs and uploads


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/materialize/api/v2/active/datastack/testds", 200, {"status": "success", "workflows": []}),
        ("GET", "/materialize/api/v2/all-active-direct", 200, {"status": "success", "workflows": []}),
        (
            "GET",
            "/materialize/api/v2/workflow-details/datastack/testds/workflow/tags",
            404,
            {"status": "error", "message": "No workflow data found for workflow tags"},
        ),
        ("GET", "/materialize/upload/api/process/user-jobs", 200, {"status": "success", "jobs": []}),
        (
            "GET",
            "/materialize/upload/api/process/status/7",
            404,
            {"status": "error", "message": "Job not found"},
        ),
        (
            "POST",
            "/materialize/upload/api/process/cancel/7",
            404,
            {"status": "error", "message": "Job not found"},
        ),
        (
            "GET",
            "/materialize/upload/api/aligned_volumes",
            200,
            {
                "status": "success",
                "aligned_volumes": [
                    {"datastack": "testds", "aligned_volume": "testvol", "description": "main datastack"}
                ],
            },
        ),
    ],
)
def test_there_is_never_a_job(ask, method, path, status, body):
    answer = ask(path, method)
    assert (answer.status_code, answer.json()) == (status, body)


def test_schemas_of_uploads(bench_server):
    mat = bench_server.client().materialize
    schemas = mat.get_upload_schemas()
    assert "bound_tag" in schemas
    assert "synapse" in schemas
    assert "$ref" in json.dumps(mat.get_upload_schema("bound_tag"))
    assert mat.get_upload_schema_model("bound_tag") == {
        "name": "bound_tag",
        "fields": {
            "id": {"type": "BIGINT", "required": True, "primary_key": True},
            "pt_position": {"type": "GEOMETRY(POINTZ)", "required": True, "primary_key": False},
            "tag": {"type": "VARCHAR", "required": True, "primary_key": False},
        },
    }


def test_a_look_up_finds_supervoxels(own_server):
    cave = own_server.cave
    client = own_server.client()
    cave.annotations.post(1, "tags", [{"pt": {"position": [32, 40, 16]}, "tag": "new"}])
    assert client.materialize.lookup_supervoxel_ids("tags", [4]) == 200
    assert client.materialize.ingest_annotation_table("tags") == 200
    ids = client.materialize.neuroglancer_live_segprop_info("tags")["inline"]["ids"]
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ('{"ids": [1]}', {"ids": ["Unknown field."]}),
        ('{"annotation_ids": 1}', {"annotation_ids": ["Not a valid list."]}),
    ],
)
def test_bodies_that_do_not_fit_are_refused_by_field(ask, body, errors):
    path = "/materialize/api/v2/materialize/run/lookup_svid/datastack/testds/tags"
    answer = ask(path, "POST", data=body)
    assert (answer.status_code, answer.json()) == (500, {"schema_errors": errors})


NOT_HERE = {
    "check_deltalake_exists",
    "create_virtual_version",
    "discover_deltalake_specs",
    "dump_csv_table",
    "generate_upload_url",
    "get_deltalake_export",
    "save_upload_metadata",
    "start_deltalake_export",
    "start_spatial_lookup",
    "start_upload",
}


def test_what_is_not_here_is_listed():
    assert {name for _, name in all_served()["materialize"].missing} == NOT_HERE


@pytest.mark.parametrize("name", sorted(NOT_HERE))
def test_what_is_not_here_says_why(bench_server, ask, name):
    before = everything(bench_server)
    operation = operations_of("materialize")["3"][name]
    path = operation.path.format(datastack_name="testds", version=2, table_name="tags")
    answer = ask(path, operation.method, json={})
    assert answer.status_code == 501
    reason = all_served()["materialize"].missing["3", name]
    assert answer.json()["message"] == f"Not in offline CAVE: materialize.{name}. {reason}"
    assert everything(bench_server) == before


# ---- hostile requests

TRICKS = [
    "..%2f..%2fcave.sqlite",
    "%2e%2e",
    "nuclei%00",
    "nuclei'--",
    "nuclei;DROP TABLE version",
    '"; DROP TABLE frozen_table; --',
    "x" * 5_000,
    "%f0%9f%92%a3",
    "NUCLEI",
    "nuclei.parquet",
]
NUMBERS = [
    "-1",
    "99",
    "18446744073709551616",
    "9" * 400,
    "9" * 5_000,
    "1e3",
    "0x2",
    "2.0",
    "\u0662",
    "",
    "2 ",
    "NaN",
    "None",
]


@pytest.mark.parametrize(
    "route",
    [
        "version/2/table/{}/metadata",
        "version/2/table/{}/info",
        "table/{}/info",
        "table/{}/precomputed/info",
        "table/{}/precomputed/by_id/1",
        "table/tags/precomputed/{}/1",
        "table/tags/precomputed/{}/0_0_0",
        "table/tags/precomputed/by_id/{}",
        "table/tags/precomputed/pt_root_id/{}",
        "table/tags/precomputed/spatial_overview/0_0_{}",
        "version/2/views/{}/metadata",
        "version/2/views/{}/schema",
        "version/2/view/{}/info",
        "version/{}/tables",
        "version/{}/tables/metadata",
        "version/{}",
        "version/{}/views",
        "version/{}/views/schemas",
        "version/{}/table/tags/info",
        "versions?expired={}",
        "version/2/table/tags/info?label_columns={}",
        "version/2/table/tags/info?label_format={{{}}}",
    ],
)
def test_tricks_are_refused_and_change_nothing(bench_server, bench_dataset, ask, route):
    before = everything(bench_server)
    for trick in TRICKS:
        refused(ask(f"{BASE}/{route.format(trick)}"))
    assert everything(bench_server) == before


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "route",
    [
        "version/{}/tables",
        "version/{}/tables/metadata",
        "version/{}",
        "version/{}/views/nucleus_types/metadata",
        "version/{}/table/tags/metadata",
        "version/{}/table/tags/info",
        "table/tags/precomputed/by_id/{}",
        "table/tags/precomputed/spatial_overview/{}_0_0",
    ],
)
def test_numbers_that_are_none_are_refused(ask, route, number):
    refused(ask(f"{BASE}/{route.format(number)}"))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"1",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"annotation_ids": ["1; DROP TABLE version"]}',
        b'{"annotation_ids": [-1]}',
        b'{"annotation_ids": [18446744073709551616]}',
        b'{"annotation_ids": [[1]]}',
        b'{"annotation_ids": [1e400]}',
    ],
)
def test_bodies_that_are_none_are_refused(bench_server, ask, body):
    before = everything(bench_server)
    path = "/materialize/api/v2/materialize/run/lookup_svid/datastack/testds/tags"
    refused(ask(path, "POST", data=body))
    refused(ask(path.replace("tags", "..%2ftags"), "POST", data=b"{}"))
    assert everything(bench_server) == before


@pytest.mark.parametrize("path", ["versions", "version/2/table/tags/info", "table/tags/precomputed/info"])
def test_without_a_token_nothing_is_told(bench_server, ask, path):
    assert ask(f"{BASE}/{path}", token="0" * 32).status_code == 401
    assert requests.get(f"{bench_server.address}{BASE}/{path}", timeout=10).status_code == 401


def test_a_viewer_starts_no_look_up(bench_server):
    viewer = asking(bench_server, "viewer")
    for job in ("lookup_svid", "ingest_annotations"):
        answer = viewer(f"/materialize/api/v2/materialize/run/{job}/datastack/testds/tags", "POST", json={})
        assert answer.status_code == 403


def refused(answer):
    """Check that an answer is a refusal in a form of this service, and tells nothing of our insides."""
    assert "Report this" not in answer.text
    assert "Traceback" not in answer.text
    if answer.status_code == 500:
        body = answer.json()
        assert {"schema_errors", "errors"} & body.keys() or 400 <= int(body["message"][:3]) < 500
    else:
        assert 400 <= answer.status_code < 500


def everything(server):
    """Return what must not change: each row of the database but tokens, and each frozen file."""
    database = server.cave.store.read()
    names = [
        name
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if "token" not in name and name != "revision"
    ]
    rows = {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    folder = server.dataset.path / "versions"
    files = {file: hashlib.sha256(file.read_bytes()).digest() for file in folder.rglob("*.parquet")}
    return rows, files
