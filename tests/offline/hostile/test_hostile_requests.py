"""Every route, asked by somebody who means no good: a clear refusal, and nothing is changed."""

import hashlib
import json
import re
import sqlite3
from pathlib import Path

import pytest
import requests

from caveclient_gen.offline import new_dataset, serve
from caveclient_gen.offline.http.routes import route_table

NASTY = (
    "'; DROP TABLE annotation; --",
    '" OR 1=1 --',
    "../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fdataset.json",
    "a\x00b",
    "9" * 400,
    "-1",
    "1e400",
    "ⅷ",
    "${jndi:ldap://x}",
    "{{7*7}}",
    " ",
)
BODIES = {
    "half of a JSON object": b'{"a": ',
    "no JSON": b"\x00\xff\xfe not json",
    "a number": b"7",
    "text": b'"; DROP TABLE root; --"',
    "a deep list": b"[" * 100_000 + b"]" * 100_000,
    "a list": b"[[1, 2, 3, 4]]",
    "infinity": b'{"node_ids": [Infinity], "timestamp": NaN}',
    "huge numbers": json.dumps({"node_ids": [2**70], "root_ids": [-1], "limit": 10**30}).encode(),
    "SQL everywhere": json.dumps(
        {
            key: {"synapses": {"id; DROP TABLE x": "' OR 1=1"}}
            for key in ("filter_in_dict", "filter_equal_dict", "filter_regex_dict", "filter_spatial_dict")
        }
        | {"table": "synapses; DROP TABLE x", "limit": "1; DROP TABLE x", "select_columns": ['"; --']}
    ).encode(),
    "half of an Arrow stream": b"\xff\xff\xff\xff\x10\x00\x00\x00\x0c\x00",
}
ROUTES = route_table()
RECORDED_REFUSAL = re.compile(
    r'"message": ?"(4\d\d |Cannot find root id |Input payload validation failed)|^{"schema_errors": ?{'
)
HARMLESS = {"GET", "HEAD"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    dataset = new_dataset(tmp_path_factory.mktemp("hostile") / "small.cave", small=True, progress=False)
    with serve(dataset) as running:
        running.token("admin")
        yield running


class Watch:
    """Tells whether anything on disk changed: at once if nothing was written, else by reading it all."""

    def __init__(self, server):
        self.server = server
        self.connection = sqlite3.connect(server.dataset.path / "cave.sqlite", check_same_thread=False)
        self.writes, self.files, self.digest = self.written(), self.frozen(), state_of(server)

    def written(self):
        return self.connection.execute("PRAGMA data_version").fetchone()[0]

    def frozen(self):
        found = Path(self.server.dataset.path).rglob("*")
        return {
            str(file): file.stat().st_mtime_ns for file in found if not file.name.startswith("cave.sqlite")
        }

    def saw_a_change(self):
        """Whether it is another state than at the last look."""
        if (self.written(), self.frozen()) == (self.writes, self.files):
            return False
        before = self.digest
        self.writes, self.files, self.digest = self.written(), self.frozen(), state_of(self.server)
        return self.digest != before


@pytest.fixture(scope="module")
def watch(server):
    return Watch(server)


def state_of(server):
    """Return a digest of all that is kept on disk, tokens and their use left aside."""
    digest = hashlib.sha256()
    connection = sqlite3.connect(server.dataset.path / "cave.sqlite")
    for line in connection.iterdump():
        if not re.match(r'INSERT INTO "?(token|revision|skeleton|uses?)', line):
            digest.update(line.encode("utf-8", "surrogateescape"))
    connection.close()
    for file in sorted(Path(server.dataset.path).rglob("*")):
        if file.is_file() and not file.name.startswith("cave.sqlite"):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def ordinary(server):
    """Return what holes are filled with when nothing is wrong with them."""
    facts = server.dataset.facts
    return {
        "datastack_name": facts.datastack,
        "aligned_volume_name": facts.aligned_volume,
        "table_id": facts.segmentation_table,
        "table_name": "synapses",
        "view_name": "connections",
        "version": "2",
        "root_id": "1",
        "dataset_name": facts.aligned_volume,
    }


def fill(path, values, hole=None, nasty=""):
    """Fill the holes of a path, one of them with something nasty."""

    def value(found):
        name = found.group(1)
        return requests.utils.quote(nasty if name == hole else values.get(name, "1"), safe="")

    return re.sub(r"\{(\w+)\}", value, path)


def is_clear_refusal(answer):
    """Whether an answer is a 4xx: on the status line, or as recorded servers say it in a 500."""
    if 400 <= answer.status_code < 500 or answer.status_code == 501:
        return True
    return answer.status_code == 500 and RECORDED_REFUSAL.search(answer.text) is not None


def asked(server, route, path, **more):
    headers = {"Authorization": f"Bearer {server.token('admin')}", **more.pop("headers", {})}
    return requests.request(
        route.operation.method,
        server.address + path,
        headers=headers,
        timeout=30,
        allow_redirects=False,
        **more,
    )


def name_of(route):
    return f"{route.service}.{route.operation.name}"


NOBODY = {"table_name": "no_such_table", "user_id": "999", "group_id": "999", "token_id": "999"}
ACTS_ON_ITS_ADDRESS = {
    # The address alone says what to do, so what else is sent does not matter: it must name nothing.
    "delete_table",
    "remove_user_from_group",
    "revoke_token",
    "set_group_admin",
    "withdraw_permission",
}
LEAVES = {"logout", "refresh_token"}
"""They end the token that asks."""


def usual_path(server, route):
    """Return the path of a route with nothing wrong in it."""
    values = ordinary(server)
    return fill(
        route.operation.path, values | NOBODY if route.operation.name in ACTS_ON_ITS_ADDRESS else values
    )


WITH_HOLES = [route for route in ROUTES if "{" in route.operation.path]
WITH_BODY = [route for route in ROUTES if route.operation.method not in HARMLESS]


@pytest.mark.parametrize("route", WITH_HOLES, ids=name_of)
def test_nasty_names_in_paths(server, watch, route):
    """Text of people (a state's id, a group) may be anything; what it names does not exist."""
    values = ordinary(server)
    for hole in re.findall(r"\{(\w+)\}", route.operation.path):
        for nasty in NASTY:
            path = fill(route.operation.path, values, hole, nasty)
            answer = asked(server, route, path, json={} if route in WITH_BODY else None)
            assert answer.status_code != 500 or is_clear_refusal(answer) or route.service == "state", (
                path,
                answer.text[:300],
            )
            assert "Traceback" not in answer.text, path
    assert not watch.saw_a_change()


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_nasty_bodies(server, watch, route):
    path = usual_path(server, route)
    for name, body in BODIES.items():
        for kind in ("application/json", "application/octet-stream"):
            answer = asked(server, route, path, data=body, headers={"Content-Type": kind})
            assert answer.status_code < 500 or is_clear_refusal(answer) or route.service == "state", (
                name,
                answer.status_code,
                answer.text[:300],
            )
    assert not watch.saw_a_change() or route.operation.name in KEEPS_ANY_BODY


KEEPS_ANY_BODY = {
    # What they are given is not about the dataset: any JSON is a state, and no body is needed for a token.
    "create_token",
    "GET /auth/api/v1/create_token",
    "refresh_token",
    "upload_state_json",
    "upload_state_json_with_id",
    "upload_property_json",
    "upload_property_json_with_id",
}


@pytest.mark.parametrize("route", [one for one in WITH_BODY if one.service != "state"], ids=name_of)
def test_ten_megabytes(server, watch, route):
    if route.endpoint.largest_body > 10_000_000:
        body = b'{"annotations": [' + b'{"x": 1},' * 1_111_111 + b'{"x": 1}]}'
    else:
        body = b"\x01" * 10_000_000
    answer = asked(server, route, usual_path(server, route), data=body)
    assert is_clear_refusal(answer), (answer.status_code, answer.text[:300])
    assert not watch.saw_a_change()


QUERIES = {
    "limit": ["-5", "1e99", "9" * 40, "1; DROP TABLE x", "NaN"],
    "offset": ["-1", "9" * 40],
    "timestamp": ["NaN", "1e300", "'; --", "9999-99-99", "-1e18"],
    "bounds": ["9-1_0-1_0-1", "0-1", "a-b_c-d_e-f", "-".join(["9" * 50] * 2) + "_0-1_0-1"],
    "stop_layer": ["-1", "99", "x", "1.5"],
    "operation_ids": ["[", "[1e9999]", '["x"]', "[" * 5000],
    "random_sample": ["-1", "1e99", "x"],
    "page": ["-1", "x", "9" * 30],
    "per_page": ["-1", "x", "9" * 30],
    "id": ["' OR 1=1", "9" * 30],
    "attribute_names": ["__class__", "x" * 5000],
    "annotation_ids": ["1;2", "x", "9" * 30],
    "split_positions": ["maybe"],
}


@pytest.mark.parametrize("route", [one for one in ROUTES if one.operation.name not in LEAVES], ids=name_of)
def test_nasty_queries(server, watch, route):
    """Each of its own parameters, and those that others have: no crash, no change."""
    path = usual_path(server, route)
    for name, values in QUERIES.items():
        for value in values:
            answer = asked(server, route, path, params={name: value})
            assert answer.status_code < 500 or is_clear_refusal(answer) or route.service == "state", (
                name,
                value[:40],
                answer.text[:300],
            )
    assert not watch.saw_a_change() or route.operation.name in KEEPS_ANY_BODY


@pytest.mark.parametrize("route", [one for one in ROUTES if one.endpoint.needs != "nothing"], ids=name_of)
def test_wrong_tokens(server, watch, route):
    path = usual_path(server, route)
    for header in (
        "Bearer " + "f" * 32,
        "Bearer ' OR 1=1 --",
        "Basic YTpi",
        "Bearer",
        "bearer " + server.token(),
    ):
        answer = asked(server, route, path, headers={"Authorization": header})
        assert answer.status_code in (400, 401), (header, answer.status_code)
    assert not watch.saw_a_change()


def test_the_server_lives_on(server):
    client = server.client()
    assert len(client.materialize.query_table("nuclei"))
