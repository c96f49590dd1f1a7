"""The recorded session of the annotation service, asked again byte for byte."""

import json

import pytest
import requests
from offline_annotations import VOLUME, ask, ask_again, metadata, recorded, tag, without_moments

TABLES_BEFORE = ("nuclei", "cell_types", "tags", "grouped", "secret", "synapses")

SESSION = [
    "001_get_tables_empty",
    "002_create_table_synapses",
    "003",  # not recorded: t_nuclei
    "004_create_table_cell_types",
    "005_create_table_tags",
    "006_create_table_scratch",
    "008_create_table_badname",
    "009_create_table_badschema",
    "010_get_tables",
    "013_get_annotation_count_0",
    "014_post_annotation_synapses",
    "015",  # not recorded: six nuclei
    "016_post_annotation_cell_types",
    "017_post_annotation_tags",
    "020_get_annotation",
    "021_get_annotation_one",
    "022_get_annotation_none",
    "024_update_annotation",
    "026_delete_annotation",
    "028_post_annotation_df",
    "029_update_annotation_df",
    "030_stage_annotations",
    "032_update_metadata",
    "033_get_table_metadata_tags",
    "034_delete_table",
]


@pytest.fixture
def cave(server):
    """The engines behind the server."""
    return server.cave


@pytest.fixture
def bench(server):
    """A server that is where the recorded one was when the session began."""
    annotations = server.cave.annotations
    for name in TABLES_BEFORE:
        annotations.create_table(1, name, "bound_tag", metadata())
    return server


def fill_gap(server, name):
    """Do what the session did and nobody recorded."""
    annotations = server.cave.annotations
    if name == "003":
        more = {"notice_text": "please cite the bench"}
        annotations.create_table(1, "t_nuclei", "nucleus_detection", metadata(**more))
    else:
        nuclei = [{"pt": {"position": [40 * n, 40, 16]}, "volume": 10.5 * n} for n in range(1, 7)]
        annotations.post(1, "t_nuclei", nuclei)


def compare(exchange, answer):
    """Hold an answer against the recorded one: equal but for moments, tracebacks and the order of keys."""
    response = exchange["response"]
    assert answer.status_code == response["status"], answer.text
    assert answer.headers["Content-Type"] == response["headers"]["Content-Type"]
    assert answer.headers.get("Warning") == response["headers"].get("Warning")
    expected, found = without_moments(response["body"]["text"]), without_moments(answer.text)
    if response["headers"]["Content-Type"] != "application/json":
        assert found == expected
        return
    expected, found = json.loads(expected), json.loads(found)
    if isinstance(expected, dict) and "traceback" in expected:
        assert isinstance(found.pop("traceback"), list)
        del expected["traceback"]
    assert found == expected
    if isinstance(expected, dict):
        assert list(found) == list(expected)


def test_the_recorded_session(bench):
    for name in SESSION:
        if "_" not in name:
            fill_gap(bench, name)
            continue
        for exchange in recorded(f"annotation/{name}"):
            if exchange["request"]["url"].startswith("/annotation"):
                compare(exchange, ask_again(bench, exchange))


def test_bodies_end_as_recorded(bench):
    exchange = recorded("annotation/001_get_tables_empty")[0]
    assert ask_again(bench, exchange).text == exchange["response"]["body"]["text"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("012_get_table_metadata_unknown", 404),
        ("018_post_annotation_bad", 422),
        ("025_update_annotation_unknown", 400),
    ],
)
def test_accidents_of_servers_are_clear_refusals(bench, name, status):
    annotations = bench.cave.annotations
    annotations.create_table(1, "t_tags", "bound_tag", metadata())
    annotations.post(1, "t_tags", [tag(16)])
    answer = ask_again(bench, recorded(f"annotation/{name}")[0])
    assert answer.status_code == status
    body = answer.json()
    assert list(body) == ["code", "message", "traceback"]
    assert body["code"] == status
    assert body["message"]


def test_versions_are_told_without_a_token(server):
    for name in ("026_schema_views_version", "027_schema_versions", "028_annotation_versions"):
        (exchange,) = recorded(f"routes/{name}")
        answer = requests.get(server.address + exchange["request"]["url"], timeout=10)
        assert answer.status_code == exchange["response"]["status"]
        assert answer.headers["Content-Type"] == exchange["response"]["headers"]["Content-Type"]
        assert answer.text == exchange["response"]["body"]["text"]


def test_no_answer_is_compressed(server, tags):
    answer = ask(server, "GET", f"{VOLUME}/{tags}", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


def test_deleted_ids_that_nobody_knows(server, tags):
    answer = ask(server, "DELETE", f"{VOLUME}/{tags}/annotations", json={"annotation_ids": [77, 78]})
    assert answer.status_code == 404
    assert answer.json() == "annotation_id [77, 78] not in table tags"


def test_tables_of_a_moment_and_deleted_ones(server, annotations, tags):
    annotations.create_table(1, "later", "bound_tag", metadata())
    annotations.delete_table(1, "later")
    made = annotations.record("later")["created"]

    def ask_tables(**query):
        return ask(server, "GET", VOLUME, params=query).json()

    assert ask_tables() == ["tags"]
    assert ask_tables(filter_valid="false") == ["tags", "later"]
    assert ask_tables(timestamp=made + "+00:00") == ["tags", "later"]
    assert ask_tables(timestamp="2001-01-01T00:00:00Z", filter_valid="false") == []
    record = ask(server, "GET", f"{VOLUME}/later").json()
    assert record["valid"] is False
    assert record["deleted"] > record["created"]


def test_the_first_api(server, tags):
    client = server.client()
    base = "/annotation/dataset/testvol"
    assert ask(server, "GET", "/annotation/datasets").json() == ["testvol"]
    assert ask(server, "GET", base).json() == ["tags"]
    answer = ask(server, "POST", f"{base}/tags", json=[tag(112, "by the first API")])
    assert answer.json() == [4]
    row = ask(server, "GET", f"{base}/tags/4").json()
    assert row["tag"] == "by the first API"
    assert row["pt_position"] == [112, 20, 16]
    assert client.annotation.get_annotation_count("tags") == 4
    unknown = ask(server, "GET", f"{base}/tags/5")
    assert unknown.status_code == 500
    assert unknown.json()["message"].startswith("404 Not Found: ")
    assert ask(server, "POST", f"{base}/tags", json={"pt": 1}).status_code == 500
    assert ask(server, "GET", f"{base}/tags/five").status_code == 404


def test_a_notice_of_any_letters_fits_a_header(server, annotations, tags):
    annotations.update_metadata(1, tags, {"notice_text": "cite\r\nSet-Cookie: a=b \u4e2d \xe9"})
    answer = ask(server, "GET", f"{VOLUME}/{tags}")
    assert answer.headers["Warning"].encode("latin-1").decode() == (
        "Table Owner Notice: cite Set-Cookie: a=b \u4e2d \xe9"
    )
    assert "Set-Cookie" not in answer.headers
    assert "\u4e2d" in answer.json()["notice_text"]
