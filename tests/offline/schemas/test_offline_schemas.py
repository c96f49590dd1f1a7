"""The schema service of offline CAVE: the documents of real servers, in words of its own."""

import json
from pathlib import Path

import pytest
import requests
import tubes

from caveclient_gen import errors
from caveclient_gen.offline.annotations.schemas import schema_names, schema_of
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.serving import serve

RECORDINGS = Path(__file__).parents[2] / "recordings"
WORDS = ("description", "desription")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(Dataset.create(tmp_path_factory.mktemp("schemas") / "empty.cave", tubes.FACTS)) as server:
        yield server


def recorded(name):
    """Return the exchanges of the schema service in a recording."""
    exchanges = json.loads((RECORDINGS / f"{name}.json").read_text())["exchanges"]
    return [one for one in exchanges if one["request"]["url"].startswith("/schema/")]


def ask(server, method, path, **more):
    """Ask without a token: the service wants none."""
    return requests.request(method, server.address + path, timeout=10, **more)


def without_words(value):
    """Return a document with all descriptions empty."""
    if isinstance(value, dict):
        return {
            key: "" if key in WORDS and isinstance(inner, str) else without_words(inner)
            for key, inner in value.items()
        }
    return [without_words(inner) for inner in value] if isinstance(value, list) else value


def said(value):
    """Return all descriptions of a document."""
    if isinstance(value, dict):
        own = [inner for key, inner in value.items() if key in WORDS and isinstance(inner, str)]
        return own + [text for inner in value.values() for text in said(inner)]
    return [text for inner in value for text in said(inner)] if isinstance(value, list) else []


EXCHANGES = [
    (name, number)
    for name in (
        "schema/001_get_schemas",
        "schema/002_schema_definition_synapse",
        "schema/004_schema_definition_cell_type_reference",
        "schema/005_schema_definition_bound_tag",
        "schema/006_schema_definition_simple_reference",
        "schema/008_schema_definition_multi",
        "schema/009_schema_definition_all",
        "materialize/098_tables_manager",
        "routes/026_schema_views_version",
        "routes/027_schema_versions",
    )
    for number in range(len(recorded(name)))
]


@pytest.mark.parametrize(("name", "number"), EXCHANGES)
def test_answers_are_those_of_real_servers(server, name, number):
    exchange = recorded(name)[number]
    request, response = exchange["request"], exchange["response"]
    answer = ask(server, request["method"], request["url"], data=request.get("body", {}).get("text"))
    assert answer.status_code == response["status"]
    assert answer.headers["Content-Type"] == response["headers"]["Content-Type"]
    expected, found = json.loads(response["body"]["text"]), answer.json()
    assert json.dumps(without_words(found)) == json.dumps(without_words(expected))  # the order of keys too
    assert all(said(found)) or not said(found)
    if not said(expected):
        assert answer.text == response["body"]["text"]


def test_some_exchange_has_all_kinds():
    (exchange,) = (
        exchange
        for name, number in EXCHANGES
        if "types_all" in (exchange := recorded(name)[number])["request"]["url"] and "098" in name
    )
    assert list(json.loads(exchange["response"]["body"]["text"])) == schema_names()
    assert len(schema_names()) == 57


def test_the_client(server):
    client = server.client().schema
    assert client.get_schemas() == schema_names()
    assert client.schema_definition("synapse") == schema_of("synapse").document()
    both = client.schema_definition_multi(["bound_tag", "synapse"])
    assert list(both) == ["bound_tag", "synapse"]
    assert client.schema_definition_all()["synapse"] == both["synapse"]
    with pytest.raises(errors.NotFoundError):
        client.schema_definition("no_such_schema")


def test_the_first_api(server):
    assert ask(server, "GET", "/schema/type").json() == schema_names()
    assert ask(server, "GET", "/schema/type/synapse").json() == schema_of("synapse").document()


def test_names_may_stand_in_the_body(server):
    answer = ask(server, "POST", "/schema/api/v2/types", json={"schema_names": "synapse,bound_tag"})
    assert list(answer.json()) == ["synapse", "bound_tag"]


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/schema/api/v2/type/nope", {}, 404),
        ("GET", "/schema/api/v2/type/Synapse", {}, 404),
        ("GET", "/schema/api/v2/type/..%2f..%2fetc%2fpasswd", {}, 404),
        ("GET", "/schema/api/v2/type/%00", {}, 404),
        ("GET", "/schema/api/v2/type/" + "x" * 5000, {}, 404),
        ("GET", "/schema/type/nope", {}, 404),
        ("POST", "/schema/api/v2/types?schema_names=synapse,nope", {}, 404),
        ("POST", "/schema/api/v2/types", {}, 400),
        ("POST", "/schema/api/v2/types", {"json": {"schema_names": ["synapse"]}}, 400),
        ("POST", "/schema/api/v2/types", {"json": {"schema_names": 3}}, 400),
        ("POST", "/schema/api/v2/types", {"json": ["synapse"]}, 400),
        ("POST", "/schema/api/v2/types", {"data": b"\xff{"}, 400),
        ("POST", "/schema/api/v2/types", {"data": b"[" * 100_000}, 400),
        ("POST", "/schema/api/v2/types", {"data": b"x" * 10_000_000}, 413),
    ],
)
def test_refusals(server, method, path, more, status):
    answer = ask(server, method, path, **more)
    assert answer.status_code == status
    if "%2f" not in path:  # a path with slashes is another page
        assert list(answer.json()) == ["message"]


def test_columns_stand_in_the_order_of_real_servers():
    names = [column.name for column in schema_of("derived_tag").columns]
    axes = [f"pt_position_{axis}" for axis in "xyz"]
    assert names == [*axes, "pt_supervoxel_id", "pt_dependent_chunk", "pt_level", "tag"]
    assert [field.name for field in schema_of("cell_type_reference").fields] == [
        "target_id",
        "classification_system",
        "cell_type",
    ]
    assert [name for name in schema_names() if not schema_of(name).is_table] == ["derived_spatial_point"]
