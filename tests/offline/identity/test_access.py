"""Refusals of the authorization layer over HTTP: as recorded from real servers."""

import json
import logging
import shutil
from pathlib import Path

import pytest
import requests
from guarded_routes import EDIT, SCRIPT, VIEW, ask, guarded_server
from tubes import FACTS

from caveclient_gen import errors
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.serving import serve

RECORDINGS = Path(__file__).parents[2] / "recordings"
ME = "/auth/api/v1/user/me"
ACCEPT = "/sticky_auth/api/v1/tos/1/accept"


def recorded(name):
    """Return the last answer of a recording."""
    return json.loads((RECORDINGS / f"{name}.json").read_text())["exchanges"][-1]["response"]


def assert_as_recorded(server, answer, name):
    """Compare status, media type, challenge and the whole body."""
    response = recorded(name)
    assert answer.status_code == response["status"]
    for header in ("Content-Type", "WWW-Authenticate"):
        told = response["headers"].get(header)
        assert answer.headers.get(header) == (told and told.replace("https://cave.local", server.address))
    assert answer.text == response["body"]["text"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return Dataset.create(tmp_path_factory.mktemp("access") / "fly.cave", FACTS)


@pytest.fixture(scope="module")
def running(original):
    with guarded_server(original) as server:
        yield server


@pytest.fixture
def server(original, running, tmp_path):
    running.use(original.copy(tmp_path / "copy.cave"))
    return running


# ---- tokens


def test_a_bad_token(server):
    assert_as_recorded(server, ask(server, ME, token="0123"), "routes/018_auth_bad_token")


@pytest.mark.parametrize("header", ["Basic abc", "bearer abc", "Bearer", "Bearer  ", "abc"])
def test_a_malformed_header(server, header):
    answer = ask(server, ME, headers={"Authorization": header})
    assert_as_recorded(server, answer, "routes/019_auth_malformed")


@pytest.mark.parametrize("path", [ME, VIEW])
@pytest.mark.parametrize("header", ["X-Requested-With", "Origin"])
def test_a_script_without_token(server, path, header):
    answer = ask(server, path, headers={header: "x"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="{server.address}/sticky_auth/api/v1/authorize"'
    )
    assert answer.json() == {"error": "no_token", "message": "Unauthorized - No Token Provided"}


def test_a_browser_without_token_is_sent_to_a_page_that_says_what_to_do(server):
    answer = ask(server, ME)
    assert answer.status_code == 302
    there = f"http%3A//{server.address.removeprefix('http://').replace(':', '%3A')}{ME}"
    assert answer.headers["Location"] == f"{server.address}/sticky_auth/api/v1/authorize?redirect={there}"
    page = requests.get(server.address + ME, timeout=10)
    assert page.status_code == 401
    assert "server.token()" in page.text


def test_a_browser_with_a_bad_cookie_is_sent_there_too(server):
    assert ask(server, ME, headers={"Cookie": "middle_auth_token=0123"}).status_code == 302
    answer = ask(server, ME, headers={"Cookie": "middle_auth_token=0123", **SCRIPT})
    assert_as_recorded(server, answer, "routes/018_auth_bad_token")


def test_the_header_goes_before_the_cookie_and_the_cookie_before_the_query(server):
    admin, viewer, editor = (server.token(person) for person in ("admin", "viewer", "editor"))
    cookie = {"Cookie": f"middle_auth_token={viewer}"}
    query = f"?middle_auth_token={editor}"
    assert ask(server, ME + query, token=admin, headers=cookie).json()["id"] == 1
    assert ask(server, ME + query, headers=cookie).json()["id"] == 3
    assert ask(server, ME + query).json()["id"] == 2


def test_no_redirect_carries_a_token(server):
    answer = ask(server, f"{ME}?middle_auth_token=0123456789")
    assert answer.status_code == 302
    assert "0123456789" not in str(answer.headers)


@pytest.mark.parametrize("host", ["[", "evil.test", "a b", "evil:99999999", "é".encode().decode("latin-1")])
def test_a_made_up_host_changes_no_address(server, host):
    for headers, status in (({"Host": host}, 302), ({"Host": host, **SCRIPT}, 401)):
        answer = ask(server, ME, headers=headers)
        assert answer.status_code in (status, 400, 421)
        assert "evil" not in str(answer.headers)
    assert ask(server, "/auth/api/v1/nothing", headers={"Host": host}).status_code in (400, 404, 421)


def test_expired_and_revoked_tokens(server):
    expired = server.cave.identity.issue("viewer", lifetime=0)
    assert_as_recorded(server, ask(server, VIEW, token=expired), "routes/018_auth_bad_token")
    with pytest.raises(errors.AuthError):
        server.client(token=expired).auth.whoami()
    client = server.client("viewer")
    token = client.auth.create_token()
    assert ask(server, VIEW, token=token).json() == {"asked": "Offline Viewer"}
    client.auth.revoke_token(client.auth.get_tokens()[0]["id"])
    assert_as_recorded(server, ask(server, VIEW, token=token), "routes/018_auth_bad_token")
    assert ask(server, VIEW, person="viewer").status_code == 200


def test_small_answers_are_sent_at_once(server):
    headers = {"Authorization": f"Bearer {server.token()}"}
    with requests.Session() as session:
        took = sorted(
            session.get(server.address + ME, headers=headers, timeout=10).elapsed.total_seconds()
            for _ in range(40)
        )
    assert took[20] < 0.035  # delayed acknowledgements would make it 40 ms


def test_tokens_of_a_server_end_with_it(original, tmp_path):
    dataset = original.copy(tmp_path / "once.cave")
    with serve(dataset) as once:
        token = once.token("viewer")
        lasting = once.client("viewer").auth.create_token("kept")
        assert ask(once, ME, token=token).status_code == 200
    with serve(dataset) as again:
        assert ask(again, ME, token=token).status_code == 401
        assert ask(again, ME, token=lasting).status_code == 200
        before = again.token("admin")
        again.use(original.copy(tmp_path / "other.cave"))
        assert ask(again, ME, token=before).status_code == 401
        again.use(dataset)
        assert ask(again, ME, token=before).status_code == 401


def test_a_server_stops_when_its_folder_is_gone(original, tmp_path):
    with serve(original.copy(tmp_path / "gone.cave")) as server:
        assert ask(server, ME, person="viewer").status_code == 200
        shutil.rmtree(tmp_path / "gone.cave")


# ---- permissions


def test_who_may_view_and_edit(server):
    def tried(path, method):
        people = ("admin", "editor", "viewer", "stranger", "newcomer")
        return [ask(server, path, method=method, person=person).status_code for person in people]

    assert tried(VIEW, "GET") == [200, 200, 200, 403, 403]
    assert tried(EDIT, "POST") == [200, 200, 403, 403, 403]


def test_a_viewer_who_edits(server):
    answer = ask(server, EDIT, method="POST", person="viewer")
    assert_as_recorded(server, answer, "routes/074_pcg_merge_viewer_403")


def test_somebody_without_rights_through_the_client(server):
    with pytest.raises(errors.PermissionDeniedError, match="view") as refused:
        server.client("stranger").info.get_datastack_info()
    assert not isinstance(refused.value, errors.TermsNotAcceptedError)


def test_unknown_names(server):
    nope = VIEW.replace("testds", "nope")
    answer = ask(server, nope, person="admin")
    assert_as_recorded(server, answer, "routes/036_mat_unknown_datastack")
    answer = ask(server, EDIT.replace("testpcg", "nope"), method="POST", person="admin")
    assert_as_recorded(server, answer, "routes/078_pcg_unknown_table")


@pytest.mark.parametrize("name", ["testds'--", "%2e%2e%2f", "x" * 5000, "%00", "é", "{}", "testds "])
def test_hostile_names(server, name):
    answer = ask(server, VIEW.replace("testds", name), person="admin")
    assert answer.status_code in (400, 404)
    assert ask(server, VIEW, person="viewer").status_code == 200


# ---- terms of service


def test_terms_are_accepted_with_the_link_of_the_error(server):
    client = server.client("newcomer")
    with pytest.raises(errors.TermsNotAcceptedError, match=ACCEPT) as refused:
        client.info.get_datastack_info()
    url = refused.value.tos_url
    assert url == server.address + ACCEPT
    assert (refused.value.tos_id, refused.value.tos_name) == (1, "Offline CAVE terms of service")
    assert client.auth.get_missing_terms() == [
        {
            "dataset_id": 1,
            "dataset_name": "benchdata",
            "tos_id": 1,
            "tos_name": "Offline CAVE terms of service",
        }
    ]
    page = requests.get(url, timeout=10)
    assert page.status_code == 200
    assert "Offline CAVE terms of service" in page.text
    assert ask(server, VIEW, person="newcomer").status_code == 403  # to look is not to accept
    done = requests.post(url, data={"middle_auth_token": server.token("newcomer")}, timeout=10)
    assert done.status_code == 200
    assert client.auth.get_missing_terms() == []
    assert server.client().auth.get_user_terms(5) == [{"id": 1, "name": "Offline CAVE terms of service"}]
    assert ask(server, VIEW, person="newcomer").json() == {"asked": "Offline Newcomer"}
    assert ask(server, EDIT, method="POST", person="newcomer").status_code == 200


def test_terms_are_accepted_with_a_token_in_the_header_and_twice(server):
    for _ in range(2):
        assert ask(server, ACCEPT, method="POST", person="newcomer").status_code == 200
    assert ask(server, VIEW, person="newcomer").status_code == 200


def test_a_browser_is_sent_to_the_terms(server):
    cookie = {"Cookie": f"middle_auth_token={server.token('newcomer')}"}
    answer = ask(server, VIEW, headers=cookie)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{server.address}{ACCEPT}?redirect=http")


@pytest.mark.parametrize(
    "body", [b"", b"middle_auth_token=", b"middle_auth_token=0123", b"\xff\xfe", b"&" * 10_000, b"a=1&" * 50]
)
def test_terms_are_not_accepted_by_nobody(server, body):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = ask(server, ACCEPT, method="POST", headers=form, data=body)
    assert answer.status_code == 401
    assert "Nothing was accepted" in answer.text
    assert ask(server, VIEW, person="newcomer").status_code == 403


@pytest.mark.parametrize("number", ["2", "0", "x", "-1", str(2**63), "9" * 5000])
def test_other_terms_do_not_exist(server, number):
    for method in ("GET", "POST"):
        path = ACCEPT.replace("/1/", f"/{number}/")
        assert ask(server, path, method=method, person="newcomer").status_code == 404


def test_a_stranger_is_not_asked_for_terms(server):
    answer = ask(server, VIEW, person="stranger")
    assert answer.json()["error"] == "missing_permission"


def test_terms_are_named_only_to_those_whom_they_would_help(server):
    groups = server.cave.identity.groups
    groups.remove(3, 5, admins_too=True)
    groups.add(2, 5)
    assert ask(server, VIEW, person="newcomer").json()["error"] == "missing_tos"
    assert ask(server, EDIT, method="POST", person="newcomer").json()["error"] == "missing_permission"


# ---- secrets


def test_no_answer_and_no_log_shows_a_token(server, caplog):
    caplog.set_level(logging.DEBUG)
    tokens = [server.token(person) for person in ("admin", "viewer", "newcomer")]
    wrong = "fedcba9876543210fedcba9876543210"
    answers = [ask(server, path, token=token) for path in (ME, VIEW, EDIT) for token in (*tokens, wrong)]
    answers.append(ask(server, ACCEPT, method="POST", data={"middle_auth_token": wrong}))
    answers.append(ask(server, f"/auth/api/v1/user/token/{wrong}/ttl", token=tokens[0]))
    offline = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("urllib3")
    )
    for answer in answers:
        for token in (*tokens, wrong):
            assert token not in answer.text + str(answer.headers)
            assert token not in offline
    assert all(token not in repr(server) for token in tokens)
