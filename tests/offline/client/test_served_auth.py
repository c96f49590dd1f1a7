"""People, groups and tokens, by the client and by the engine that keeps them."""

import json

import pytest
import requests
from members import exercises

from caveclient_gen import auth, errors
from caveclient_gen.auth import AuthClient


@exercises("auth", "get_user_information", "get_group_users")
def test_people_are_those_of_the_dataset(served, client):
    people = {user.id: user for user in served.cave.identity.users()}
    found = client.auth.get_user_information(sorted(people))
    assert [one["id"] for one in found] == sorted(people)
    assert all(one["name"] == people[one["id"]].name for one in found)
    assert all(one["email"] == people[one["id"]].email for one in found)
    (group, *_) = client.auth.get_groups()
    members = client.auth.get_group_users(group["id"])
    assert {one["id"] for one in members} <= set(people)
    assert all(one["name"] == people[one["id"]].name for one in members)


@exercises("auth", "get_user_information")
def test_the_people_of_a_log_have_names(served, client, cells):
    log = client.chunkedgraph.get_tabular_change_log(cells.edited)[cells.edited]
    names = {one["id"]: one["name"] for one in client.auth.get_user_information(log.user_id.astype(int))}
    assert log.user_name.tolist() == [names[int(user)] for user in log.user_id]


@exercises("auth", "token", "request_header", "get_tokens")
def test_a_token_lets_plain_requests_in(served, client):
    assert client.auth.token == served.token()
    assert client.auth.request_header == {"Authorization": f"Bearer {served.token()}"}
    answer = requests.get(
        f"{served.address}/auth/api/v1/user/cache", headers=client.auth.request_header, timeout=10
    )
    assert answer.json()["id"] == 1
    tokens = client.auth.get_tokens()
    assert len(tokens) == len(served.cave.identity.tokens(1))
    assert {one["user_id"] for one in tokens} == {1}


@exercises("auth", "save_token", "get_token", "local_server", "local_server_filepath")
@exercises("auth", "setup_token", "get_new_token", "get_token_page")
@exercises("auth", "token")
def test_a_token_on_disk(served, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    mine = AuthClient(server_address=served.address, token=served.token("viewer"))
    page = mine.get_token_page(open=False)
    assert page.startswith(served.address)
    assert "server.token()" in requests.get(page, timeout=10).text  # there is no page to log in
    mine.setup_token(make_new=False, open=False)
    mine.get_new_token(open=False, no_text=False)
    assert page.rsplit("/", 1)[0] in capsys.readouterr().out
    mine.local_server = served.address
    assert mine.local_server == served.address
    mine.save_token(token=served.token("editor"), overwrite=True)
    assert mine.token == served.token("editor")
    stored = json.loads((tmp_path / mine.local_server_filepath).read_text())
    assert stored["token"] == served.token("editor")
    again = AuthClient(server_address=served.address)
    assert again.get_token() == served.token("editor")
    assert again.whoami()["name"] == "Offline Editor"


@exercises("auth", "write_token", "server_token_filename")
def test_token_files_by_their_functions(served, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    name = auth.server_token_filename(served.address)
    assert name.endswith("-cave-secret.json")
    auth.write_token(served.token("viewer"), name, "token", overwrite=True)
    assert AuthClient(server_address=served.address).whoami()["name"] == "Offline Viewer"


PEOPLE = {
    "viewer": None,
    "stranger": errors.PermissionDeniedError,
    "newcomer": errors.TermsNotAcceptedError,
}


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_query(served, frozen, person):
    materialize = served.client(person).materialize
    if PEOPLE[person] is None:
        assert len(materialize.query_table("nuclei", materialization_version=3)) == len(frozen("nuclei"))
    else:
        with pytest.raises(PEOPLE[person]):
            materialize.query_table("nuclei", materialization_version=3)


@pytest.mark.parametrize("token", ["wrong", None])
def test_a_token_that_is_none_any_more(served, token):
    token = token or served.cave.identity.issue("viewer", lifetime=0)
    with pytest.raises(errors.AuthError):
        served.client(token=token).info.get_datastack_info()


@exercises(
    "auth", "find_users", "find_users_by_name", "get_user", "get_usernames", "whoami", "get_user_groups"
)
@exercises("auth", "get_groups", "get_group", "get_group_admins", "get_token_ttl", "get_user_terms")
@exercises("auth", "get_permissions", "get_current_permissions", "get_user_permissions")
@exercises("auth", "get_permission_names", "get_permission_sets", "get_permission_set")
@exercises("auth", "get_permission_set_admins", "get_permission_set_groups", "get_group_permission_sets")
@exercises("auth", "get_table_permission_set", "get_all_terms", "get_terms", "get_missing_terms")
@exercises("auth", "get_service_accounts", "token_source")
def test_what_more_this_client_asks_auth(served, client):
    ask, people = client.auth, {user.name: user for user in served.cave.identity.users()}
    viewer = people["Offline Viewer"]
    assert [one["id"] for one in ask.find_users(viewer.email)] == [viewer.id]
    assert [one["id"] for one in ask.find_users_by_name("Offline Viewer")] == [viewer.id]
    assert ask.get_user(viewer.id)["email"] == viewer.email
    assert ask.get_usernames([viewer.id]) == {viewer.id: "Offline Viewer"}
    assert ask.whoami()["id"] == 1
    groups = {one["id"]: one["name"] for one in ask.get_groups()}
    assert {one["id"] for one in ask.get_user_groups(viewer.id)} <= set(groups)
    for number, name in groups.items():
        assert ask.get_group(number)["name"] == name
        members = {one["id"] for one in ask.get_group_users(number)}
        assert {one["id"] for one in ask.get_group_admins(number)} <= members
    (own,) = ask.get_permission_sets()
    assert own["name"] == served.cave.identity.own_permission_set == "offline"
    assert ask.get_permission_set(own["id"])["name"] == "offline"
    assert ask.get_table_permission_set("datastack", "minicortex") == "offline"
    names = {one["name"] for one in ask.get_permission_names()}
    assert {"view", "edit"} <= names
    grants = ask.get_permission_set_groups(own["id"])
    assert {one["id"] for one in grants} <= set(groups)
    assert all(ask.get_group_permission_sets(one["id"]) for one in grants)
    assert isinstance(ask.get_permission_set_admins(own["id"]), list)
    assert ask.get_permissions()["permissions_v2"] == ask.get_user_permissions(1)["permissions_v2"]
    assert ask.get_current_permissions()["permissions_v2"] == ask.get_permissions()["permissions_v2"]
    assert set(ask.get_user_permissions(viewer.id)["permissions_v2"]["offline"]) == {"view"}
    (terms,) = ask.get_all_terms()
    assert ask.get_terms(terms["id"])["name"] == terms["name"]
    assert [one["id"] for one in ask.get_user_terms(viewer.id)] == [terms["id"]]
    assert ask.get_missing_terms() == []
    missing = served.client("newcomer").auth.get_missing_terms()
    assert len(missing) == 1
    assert ask.get_service_accounts() == []
    assert ask.get_token_ttl() == -1  # it lasts
    assert served.token() not in str(ask.token_source)


@exercises("auth", "create_group", "add_user_to_group", "remove_user_from_group", "set_group_admin")
@exercises("auth", "grant_permissions", "withdraw_permission")
def test_a_group_gets_and_loses_rights(own):
    ask, stranger = own.client().auth, own.client("stranger")
    (number,) = [user.id for user in own.cave.identity.users() if user.name == "Offline Stranger"]
    (rights,) = ask.get_permission_sets()
    kinds = {one["name"]: one["id"] for one in ask.get_permission_names()}
    ask.create_group("lab")
    (lab,) = [one["id"] for one in ask.get_groups() if one["name"] == "lab"]
    ask.add_user_to_group(lab, number)
    ask.set_group_admin(lab, number, True)
    assert number in [one["id"] for one in ask.get_group_admins(lab)]
    ask.grant_permissions(rights["id"], lab, [kinds["view"]])
    assert len(stranger.materialize.query_table("nuclei", materialization_version=3)) == 20
    ask.withdraw_permission(rights["id"], lab, kinds["view"])
    with pytest.raises(errors.PermissionDeniedError):
        stranger.materialize.query_table("nuclei", materialization_version=3)
    ask.remove_user_from_group(lab, number)
    assert [one["id"] for one in ask.get_group_users(lab)] == [1]  # who made it


@pytest.mark.filterwarnings("ignore:.*refresh_token:DeprecationWarning")  # old, and still served
@exercises("auth", "create_token", "revoke_token", "refresh_token", "logout", "change_token")
def test_the_life_of_a_token(own):
    mine = own.client("viewer").auth
    second = mine.create_token("second")
    other = AuthClient(server_address=own.address, token=second)
    assert other.whoami()["name"] == "Offline Viewer"
    (number,) = [one["id"] for one in mine.get_tokens() if one["description"] == "second"]
    mine.revoke_token(number)
    with pytest.raises(errors.AuthError):
        other.whoami()
    other.change_token(token=own.cave.identity.issue("viewer", lifetime=1000))
    assert other.whoami()["name"] == "Offline Viewer"
    other.logout()
    with pytest.raises(errors.AuthError):
        other.whoami()
    alone = own.client("stranger").auth
    for one in alone.get_tokens()[1:]:
        alone.revoke_token(one["id"])
    renewed = AuthClient(server_address=own.address, token=alone.refresh_token())
    assert renewed.whoami()["name"] == "Offline Stranger"
    with pytest.raises(errors.AuthError):
        alone.whoami()
