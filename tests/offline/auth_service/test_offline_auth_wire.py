"""The auth service of offline CAVE on the wire: as recorded from real servers, and unmoved by bad input."""

import json
import sqlite3
from pathlib import Path

import pytest
from guarded_routes import ask, guarded_server
from tubes import FACTS

from caveclient_gen.offline.dataset import Dataset

RECORDINGS = Path(__file__).parents[2] / "recordings"
API = "/auth/api/v1"
JSON = {"Content-Type": "application/json"}

# name of the recording, and who asked
MIRRORED = {
    "auth/001_get_tokens": "admin",
    "auth/002_get_user_information": "admin",
    "auth/004_get_group_users": "admin",
    "auth/005_get_group_users_404": "admin",
    "auth/010_editor_get_tokens": "editor",
    "auth/013_viewer_get_tokens": "viewer",
    "auth/014_viewer_get_user_information": "viewer",
    "auth/016_nobody_get_tokens": "stranger",
    "auth/017_nobody_get_user_information": "stranger",
    "routes/001_auth_user_me": "admin",
    "routes/002_auth_user_me_viewer": "viewer",
    "routes/003_auth_user_cache": "admin",
    "routes/004_auth_user_cache_viewer": "viewer",
    "routes/005_auth_my_permissions": "viewer",
    "routes/006_auth_username": "viewer",
    "routes/007_auth_username_unknown": "viewer",
    "routes/008_auth_user_missing": "newcomer",
    "routes/009_auth_create_token": "viewer",
    "routes/013_auth_table_dataset": "viewer",
    "routes/014_auth_version": None,
    "routes/015_auth_groups": "admin",
}
WORD_FOR_WORD = {
    "auth/005_get_group_users_404",
    "auth/014_viewer_get_user_information",
    "auth/017_nobody_get_user_information",
    "routes/013_auth_table_dataset",
    "routes/014_auth_version",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with guarded_server(Dataset.create(tmp_path_factory.mktemp("wire") / "fly.cave", FACTS)) as server:
        yield server


def shape(value):
    """Return keys in their order, and types; a list is known by its first value."""
    if isinstance(value, dict):
        return [(key, shape(one)) for key, one in value.items()]
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    return type(value).__name__


@pytest.mark.parametrize("name", MIRRORED)
def test_as_recorded(server, name):
    exchange = json.loads((RECORDINGS / f"{name}.json").read_text())["exchanges"][-1]
    request, response = exchange["request"], exchange["response"]
    answer = ask(
        server,
        request["url"],
        method=request["method"],
        person=MIRRORED[name],
        headers=request["headers"],
        data=request.get("body", {}).get("text"),
    )
    told = response["body"]["text"]
    assert answer.status_code == response["status"]
    assert answer.headers["Content-Type"] == response["headers"]["Content-Type"]
    for header in ("Vary", "Content-Encoding", "WWW-Authenticate"):
        assert header not in answer.headers
    if name in WORD_FOR_WORD:
        assert answer.text == told
    else:
        assert shape(answer.json()) == shape(json.loads(told))
        assert answer.text.endswith("\n") == told.endswith("\n")
        assert answer.text == json.dumps(answer.json(), separators=(",", ":")) + "\n"


def test_the_life_of_a_token_as_recorded(server):
    path = f"{API}/user/token"
    body = b'{"description": "made for a recording"}'
    token = ask(server, path, method="POST", person="viewer", headers=JSON, data=body).json()
    assert len(bytes.fromhex(token)) == 16
    newest = ask(server, path, person="viewer").json()[0]
    recorded = json.loads((RECORDINGS / "routes/010_auth_tokens_after.json").read_text())["exchanges"][-1]
    assert shape(newest) == shape(json.loads(recorded["response"]["body"]["text"])[0])
    assert newest["description"] == "made for a recording"
    assert ask(server, f"{path}/{token}/ttl", person="viewer").text == "-1\n"
    answer = ask(server, f"{path}/{newest['id']}", method="DELETE", person="viewer")
    assert answer.text == '"success"\n'
    answer = ask(server, f"{path}/{newest['id']}", method="DELETE", person="viewer")
    assert (answer.status_code, answer.text) == (404, "Token doesn't exist")


def test_all_users_come_in_pages(server):
    def page(query):
        return ask(server, f"{API}/user?{query}", person="admin")

    assert [user["id"] for user in page("").json()["items"]] == [1, 2, 3, 4, 5]
    second = page("page=2&per_page=2").json()
    assert ([user["id"] for user in second["items"]], second["pages"]) == ([3, 4], 3)
    assert page("page=9").json() == {"items": [], "pages": 1}
    assert page("from=0").json()[0]["id"] == 1
    assert page("to=0").status_code == 200
    for query in ("page=0", "per_page=0", "per_page=1001", "page=x", "from=x", f"page={2**63}"):
        assert page(query).status_code == 400, query


def test_ids_of_users_that_are_none(server):
    dropped = ask(server, f"{API}/user?id=1,x,{'9' * 5000},-1,3", person="admin")
    assert [user["id"] for user in dropped.json()] == [1, 3]
    assert ask(server, f"{API}/username", person="viewer").json() == []
    for ids in ("x", "1,x", "-1", "9" * 5000, "1;DROP TABLE person", "%C2%B2"):
        assert ask(server, f"{API}/username?id={ids}", person="viewer").status_code == 400, ids


def test_a_group_admin_sees_short_records(server):
    server.cave.identity.groups.set_admin(2, 3, True)
    answer = ask(server, f"{API}/user?id=1", person="viewer")
    assert list(answer.json()[0]) == ["affiliations", "created", "id", "name", "pi", "service_account"]
    server.cave.identity.groups.set_admin(2, 3, False)


BODIES = [
    (b"", JSON, 400),
    (b"{", JSON, 400),
    (b"[]", JSON, 400),
    (b"null", JSON, 400),
    (b'"text"', JSON, 400),
    (b"[" * 100_000, JSON, 400),
    (b"\xff\xfe", JSON, 400),
    (b"{}", JSON, 400),
    (b"{}", {}, 415),
    (b"user_id=3", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    (b" " * (8 * 2**20 + 1), JSON, 413),
]
CHANGES = [
    ("POST", "/group"),
    ("POST", "/group/2/user"),
    ("PUT", "/group/2/user/3"),
    ("POST", "/dataset/1/group"),
]


@pytest.fixture
def unchanged(server):
    """Fail if the test changes anything about people."""

    def content():
        with sqlite3.connect(server.dataset.path / "cave.sqlite") as connection:
            lines = [line for line in connection.iterdump() if '"token"' not in line]
        connection.close()
        return lines

    server.token("admin")
    before = content()
    yield
    assert content() == before


@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize(("body", "headers", "status"), BODIES)
def test_bad_bodies(server, unchanged, method, path, body, headers, status):
    answer = ask(server, API + path, method=method, person="admin", headers=headers, data=body)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "value", [None, "3", 3.0, 1e400, True, -1, 2**63, 10**400, [3], {"a": 3}, "3; DROP TABLE person"]
)
@pytest.mark.parametrize("name", ["user_id", "group_id", "permission_ids"])
def test_bad_numbers(server, unchanged, name, value):
    fields = {"group_id": 2, "permission_ids": [2]} | {name: value}
    path = "/group/2/user" if name == "user_id" else "/dataset/1/group"
    if name == "permission_ids" and value == [3]:
        value = fields[name] = [[3]]
    body = json.dumps(fields)
    answer = ask(server, API + path, method="POST", person="admin", headers=JSON, data=body)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", [None, "", "  ", 3, ["a"], "x" * 201, "a\0b", "\ud800"])
def test_bad_names_of_groups(server, unchanged, name):
    body = json.dumps({"name": name})
    answer = ask(server, f"{API}/group", method="POST", person="admin", headers=JSON, data=body)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["'); DROP TABLE person; --", '"', "<script>", "../../etc", "名前", "%s"])
def test_names_are_only_names(server, name):
    body = json.dumps({"name": name})
    answer = ask(server, f"{API}/group", method="POST", person="admin", headers=JSON, data=body)
    assert answer.json() == "success"
    found = ask(server, f"{API}/group", person="admin", params={"name": name}).json()
    assert [group["name"] for group in found] == [name]


@pytest.mark.parametrize("description", [3, ["a"], {"a": 1}, "x" * 1001, "a\0b", "\ud800"])
def test_bad_descriptions(server, description):
    before = len(ask(server, f"{API}/user/token", person="viewer").json())
    body = json.dumps({"description": description})
    answer = ask(server, f"{API}/user/token", method="POST", person="viewer", headers=JSON, data=body)
    assert answer.status_code == 400
    assert len(ask(server, f"{API}/user/token", person="viewer").json()) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff"])
def test_a_token_is_made_whatever_the_body_is(server, body):
    answer = ask(server, f"{API}/user/token", method="POST", person="stranger", data=body)
    assert len(bytes.fromhex(answer.json())) == 16


HOLES = [
    "/user/{}",
    "/user/{}/group",
    "/user/{}/tos",
    "/user/{}/permissions",
    "/group/{}",
    "/group/{}/user",
    "/group/{}/admin",
    "/group/{}/dataset",
    "/dataset/{}",
    "/dataset/{}/admin",
    "/dataset/{}/group",
    "/tos/{}",
]


@pytest.mark.parametrize("path", HOLES)
@pytest.mark.parametrize("value", ["x", "-1", "1.0", "9" * 5000, str(2**63), "%C2%B2", "1'", "%00", "%2e%2e"])
def test_what_is_no_number_is_no_page(server, path, value):
    answer = ask(server, API + path.format(value), person="admin")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("value", ["x", "-1", "9" * 5000, "0", str(2**63 - 1)])
def test_tokens_that_are_none(server, value):
    path = f"{API}/user/token/{value}"
    assert ask(server, path, method="DELETE", person="admin").status_code == 404
    answer = ask(server, f"{path}/ttl", person="admin")
    assert (answer.status_code, answer.json()["error"]) == (404, "invalid_token")


def test_an_unknown_table(server):
    for path in ("/service/datastack/table/nope/dataset", "/service/x'--/table/testds/dataset"):
        answer = ask(server, API + path, person="viewer")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_refused_grants_are_json_texts(server, unchanged):
    body = json.dumps({"group_id": 2, "permission_ids": [1]})
    answer = ask(server, f"{API}/dataset/1/group", method="POST", person="admin", headers=JSON, data=body)
    assert (answer.status_code, type(answer.json())) == (422, str)
    assert answer.headers["Content-Type"] == "application/json"
