"""Differences that no recording shows, each tried on offline CAVE."""

import dataclasses
import json
import zlib

import numpy as np
import pyarrow as pa
import pytest
import requests
from differences import DIFFERENCES
from mirror import TOKENS, Mirror
from tubes import SUPERVOXELS

from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.moments import as_seconds
from caveclient_gen.offline.serving import serve
from caveclient_gen.offline.states import LARGEST

AUTH = "/auth/api/v1"
GRAPH = "/segmentation/api/v1/table/testpcg"
SKELETONS = "/skeletoncache/api/v1/testds"
STATES = "/nglstate/api/v1"
TABLES = "/materialize/api/v3/datastack/testds"
ARROW = "return_pyarrow=true&arrow_format=true&direct_sql_pandas=true"
TRIED = {}
"""Difference to the test that tries it."""


def tries(*differences):
    """Say which differences a test tries."""

    def keep(test):
        TRIED.update(dict.fromkeys(differences, test.__name__))
        return test

    return keep


def rows_of(answer):
    """Return the rows of an Arrow answer."""
    assert answer.headers["Content-Type"] == "data.arrow", answer.text
    return pa.ipc.open_stream(answer.content).read_all()


class Asking:
    """Asks the mirror with nothing but requests."""

    def __init__(self, server, shift):
        self.server = server
        self.cave = server.cave
        self.shift = shift

    def __call__(self, method, path, body=None, *, person="admin", headers=(), **more):
        """Return the answer."""
        sent = {"Authorization": f"Bearer {TOKENS[person]}", **dict(headers)}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        if body is not None:
            sent["Content-Type"] = "application/json"
        return requests.request(
            method,
            self.server.address + path,
            data=data,
            headers=sent,
            allow_redirects=False,
            timeout=20,
            **more,
        )

    @property
    def root(self):
        """An object that came about by a split."""
        return int(self.cave.segmentation.roots([72057594037927937])[0])


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """The mirror, served."""
    mirror = Mirror(tmp_path_factory.mktemp("tried") / "mirror.cave")
    with serve(mirror.dataset) as server:
        yield Asking(server, mirror.shift)


@tries("annotation-all-or-none")
def test_rows_are_updated_together_or_not_at_all(ask):
    path = "/annotation/api/v2/aligned_volume/testvol/table/tags/annotations"
    before = ask("GET", f"{path}?annotation_ids=1").json()
    rows = [{"id": one, "pt": {"position": [60, 20, 16]}, "tag": "changed"} for one in (1, 999)]
    assert ask("PUT", path, {"annotations": rows}).status_code == 400
    assert ask("GET", f"{path}?annotation_ids=1").json() == before


@tries("auth-tokens-not-shown")
def test_tokens_are_shown_once(ask):
    made = ask("POST", f"{AUTH}/user/token", {"description": "tried"}, person="editor").json()
    assert len(made) == 32
    listed = ask("GET", f"{AUTH}/user/token", person="editor").json()
    assert {one["token"] for one in listed} == {"(not stored)"}


@tries("auth-pages", "auth-login-redirect")
def test_browsers_come_back_without_a_query_from_a_page_that_says_where_tokens_come_from(ask):
    path = "/info/api/v2/datastack/full/testds"
    sent = requests.get(f"{ask.server.address}{path}?a=b", allow_redirects=False, timeout=20)
    assert sent.status_code == 302
    where = sent.headers["Location"]
    assert where.endswith(requests.utils.quote(path))
    page = requests.get(where, timeout=20)
    assert page.status_code == 401
    assert "no page to log in" in page.text


@tries("auth-bad-numbers")
def test_ids_of_users_are_numbers(ask):
    assert ask("GET", f"{AUTH}/username?id=1,x").status_code == 400


@tries("auth-unknown-names")
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("group/99/user", {"user_id": 1}, 404),
        ("group/3/user", {"user_id": 99}, 404),
        ("dataset/1/group", {"group_id": 99, "permission_ids": [1]}, 404),
        ("dataset/1/group", {"group_id": 3, "permission_ids": [99]}, 404),
        ("dataset/1/group", {"group_id": 3}, 400),
    ],
)
def test_changes_name_what_exists(ask, path, body, status):
    assert ask("POST", f"{AUTH}/{path}", body).status_code == status


@tries("auth-plain-text")
@pytest.mark.parametrize("text", ["%", "_"])
def test_searches_are_for_text(ask, text):
    assert ask("GET", f"{AUTH}/user", params={"name": text}).json() == []
    assert len(ask("GET", f"{AUTH}/user", params={"name": "Bench"}).json()) == len(TOKENS)


@tries("auth-page-size")
def test_pages_of_people_are_bounded(ask):
    assert ask("GET", f"{AUTH}/user?per_page=1000").status_code == 200
    assert ask("GET", f"{AUTH}/user?per_page=1001").status_code == 400


@tries("auth-at-once")
def test_rights_change_at_once(ask):
    path = "/info/api/v2/datastack/full/testds"
    assert ask("GET", path, person="nobody").status_code == 403
    assert ask("POST", f"{AUTH}/group/3/user", {"user_id": 4}).status_code == 200
    assert ask("GET", path, person="nobody").status_code == 200
    assert ask("DELETE", f"{AUTH}/group/3/user/4").status_code == 200
    assert ask("GET", path, person="nobody").status_code == 403


@tries("graph-past-ids-bound")
def test_future_ids_are_those_of_the_bound(ask):
    (split,) = ask.cave.segmentation.operations([2])
    path = f"{GRAPH}/past_id_mapping?timestamp_past=0&timestamp_future={as_seconds(split.moment) - 1}"
    (before,) = split.old_roots
    found = ask("GET", path, {"root_ids": [ask.root]}).json()
    assert found["future_id_map"] == {str(before): before}


@tries("graph-unknown-operation")
def test_there_is_no_such_operation(ask):
    assert ask("GET", f"{GRAPH}/operation_details?operation_ids=[99]").status_code == 404


@tries("query-through-text")
def test_types_are_the_same_with_and_without_text_between(ask):
    path = f"{TABLES}/version/2/table/synapses/query?return_pyarrow=true&arrow_format=true&direct_sql_pandas="
    direct, through_text = (rows_of(ask("POST", path + flag, {})) for flag in ("true", "false"))
    assert through_text.schema.equals(direct.schema)
    assert str(direct.schema.field("valid").type) == "bool"


@tries("query-live-nothing")
def test_a_live_query_may_find_nothing(ask):
    body = {"table": "synapses", "timestamp": "2100-01-01", "filter_equal_dict": {"synapses": {"size": -1}}}
    rows = rows_of(ask("POST", f"{TABLES}/query?{ARROW}", body))
    assert (rows.num_rows, "pre_pt_root_id" in rows.column_names) == (0, True)


@tries("query-row-cap")
def test_the_most_rows_are_those_of_the_dataset(ask):
    assert (
        Facts(datastack="a", aligned_volume="b", segmentation_table=None, description="").row_cap == 500_000
    )
    facts = dataclasses.replace(ask.cave.facts, row_cap=7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ask.cave, "facts", facts)
        answer = ask("POST", f"{TABLES}/version/2/table/synapses/query?{ARROW}", {})
    assert rows_of(answer).num_rows == 7
    assert "Limited query to 7 rows" in answer.headers["Warning"]


@tries("jobs-at-once")
def test_new_rows_have_their_supervoxels_at_once(ask):
    path = "/annotation/api/v2/aligned_volume/testvol/table/tags/annotations"
    row = {"pt": {"position": [10, 20, 16]}, "tag": "new"}
    (number,) = ask("POST", path, {"annotations": [row]}).json()
    body = {"table": "tags", "timestamp": "2100-01-01", "filter_equal_dict": {"tags": {"id": number}}}
    rows = rows_of(ask("POST", f"{TABLES}/query?{ARROW}", body))
    assert rows["pt_supervoxel_id"].to_pylist() == [SUPERVOXELS["A00"]]
    status = ask("GET", "/materialize/api/v2/status/datastack/testds/tags")
    assert (status.status_code, status.json()["status"]) == (404, "error")


@tries("skeleton-storage")
def test_tokens_open_files_of_the_same_server(ask):
    ask.cave.skeletons.make(np.array([ask.root]), 4)
    client = ask.server.client()
    assert client.skeleton.storage_address.startswith(ask.server.address)
    assert list(client.skeleton.fetch_skeletons([ask.root], method="gcs")) == [ask.root]


@tries("skeleton-many-ids")
def test_ids_in_paths_are_bounded(ask):
    ids = ",".join(map(str, range(1, 12)))
    assert ask("GET", f"{SKELETONS}/bulk/get_skeletons/4/flatdict/False/{ids}").status_code == 400


@tries("skeleton-no-roots", "skeleton-formats")
def test_skeletons_are_of_roots_in_formats_that_exist(ask):
    path = f"{SKELETONS}/async/get_skeleton/4"
    assert ask("GET", f"{path}/123/flatdict").status_code == 400
    refused = ask("GET", f"{path}/{ask.root}/none")
    assert refused.status_code == 400
    assert "swccompressed" in refused.json()["Error"]
    for _ in range(2):
        assert ask("GET", f"{path}/{ask.root}/h5").content.startswith(b"\x89HDF")


@tries("skeleton-infos")
def test_records_of_all_versions(ask):
    path = f"{SKELETONS}/precomputed/skeleton"
    records = [ask("GET", f"{path}/{version}/info").json() for version in (-1, 4)]
    assert records[0] == records[1]
    assert ask("GET", f"{path}/0/info").status_code == 200


@tries("skeleton-refusals")
def test_no_cell_is_refused(ask):
    answer = ask("GET", f"{SKELETONS}/precomputed/skeleton/get_refusal_list")
    lines = zlib.decompress(answer.content, 31).decode().splitlines()
    assert len(lines) == 1


@tries("other-hosts")
def test_a_made_up_host_is_refused(ask):
    assert ask("GET", "/info/version").status_code == 200
    assert ask("GET", "/info/version", headers={"Host": "cave.example"}).status_code == 421


@tries("cookies-of-other-pages")
@pytest.mark.parametrize(("origin", "status"), [(None, 200), ("https://example.com", 401)])
def test_a_cookie_of_another_page_is_no_token(ask, origin, status):
    headers = {"Cookie": f"middle_auth_token={ask.server.token()}"} | ({"Origin": origin} if origin else {})
    answer = requests.get(f"{ask.server.address}/auth/api/v1/user/me", headers=headers, timeout=10)
    assert answer.status_code == status


@tries("state-bad-json")
@pytest.mark.parametrize(
    ("body", "status"), [(b"{bad", 400), (b'{"a": NaN}', 400), (b'"' + b"a" * LARGEST + b'"', 413)]
)
def test_states_are_json(ask, body, status):
    assert ask("POST", f"{STATES}/post", body).status_code == status


@tries("state-bad-numbers")
def test_ids_of_states_are_numbers(ask):
    assert ask("GET", f"{STATES}/abc").status_code == 404


@tries("state-labels")
@pytest.mark.parametrize(("accepted", "label"), [("gzip", None), ("deflate", "deflate"), ("identity", None)])
def test_what_is_deflated_is_said_to_be(ask, accepted, label):
    address = ask("POST", f"{STATES}/post", {"layers": []}).json()
    path = address.removeprefix(ask.server.address)
    answer = ask("GET", path, headers={"Accept-Encoding": accepted}, stream=True)
    assert answer.headers.get("Content-Encoding") == label
    wire = answer.raw.read(decode_content=False)
    assert json.loads(zlib.decompress(wire) if label else wire) == {"layers": []}


@tries("state-other-addresses")
@pytest.mark.parametrize(
    ("path", "status"), [("/nglstate/", 404), (f"{STATES}/post", 404), (f"{STATES}/property/post", 405)]
)
def test_nothing_else_is_there(ask, path, status):
    assert ask("GET", path).status_code == status


def test_every_difference_is_shown_by_a_recording_or_tried():
    recorded = {one.id for one in DIFFERENCES if one.recorded}
    assert recorded | set(TRIED) == {one.id for one in DIFFERENCES}
    assert not recorded & set(TRIED)
    assert len({one.id for one in DIFFERENCES}) == len(DIFFERENCES)
