"""The auth service of offline CAVE through the client: every method, and what changes really change."""

import pytest
from guarded_routes import EDIT, VIEW, ask, guarded_server
from tubes import FACTS

from caveclient_gen import errors
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.routes import is_asked
from caveclient_gen.offline.http.served import operations_of
from caveclient_gen.offline.services.auth import served

TERMS = "Offline CAVE terms of service"
SETS_OF_EDITORS = [
    {"id": 1, "name": "benchdata", "permission": "view", "permission_id": 1},
    {"id": 1, "name": "benchdata", "permission": "edit", "permission_id": 2},
]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return Dataset.create(tmp_path_factory.mktemp("auth") / "fly.cave", FACTS)


@pytest.fixture(scope="module")
def running(original):
    with guarded_server(original) as server:
        yield server


@pytest.fixture
def server(original, running, tmp_path):
    running.use(original.copy(tmp_path / "copy.cave"))
    return running


@pytest.fixture
def auth(server):
    return server.client().auth


def test_every_operation_that_is_asked_has_a_handler():
    asked = {name for name, operation in operations_of("auth")["1"].items() if is_asked(operation)}
    assert {name for _, name in served.endpoints} == asked
    assert len(asked) == 38
    assert served.missing == {}


# ---- tokens


def test_tokens_come_and_go(server):
    auth = server.client("viewer").auth
    token = auth.create_token("laptop")
    assert server.client(token=token).auth.whoami()["name"] == "Offline Viewer"
    assert auth.get_token_ttl(token) == auth.get_token_ttl() == -1
    first, second = auth.get_tokens()
    assert (first["description"], second["description"]) == ("laptop", "offline server")
    assert first["user_id"] == 3
    assert first["token"] == "(not stored)"
    assert first["last_used"].endswith(" GMT")
    assert auth.revoke_token(first["id"]) == "success"
    assert auth.get_tokens() == [second | auth.get_tokens()[0]]
    with pytest.raises(errors.AuthError):
        server.client(token=token).auth.whoami()
    with pytest.raises(errors.NotFoundError):
        auth.get_token_ttl(token)
    with pytest.raises(errors.NotFoundError):
        auth.revoke_token(first["id"])


def test_a_token_without_description(server):
    auth = server.client("viewer").auth
    auth.create_token()
    newest = auth.get_tokens()[0]
    assert (newest["description"], newest["last_used"]) == (None, None)


def test_tokens_of_others_are_not_seen_or_revoked(server, auth):
    viewer = server.client("viewer").auth
    mine = auth.create_token("mine")
    number = auth.get_tokens()[0]["id"]
    assert number not in {token["id"] for token in viewer.get_tokens()}
    with pytest.raises(errors.NotFoundError):
        viewer.revoke_token(number)
    with pytest.raises(errors.NotFoundError):
        viewer.get_token_ttl(mine)
    assert auth.get_token_ttl(mine) == -1


def test_a_revoked_number_is_not_given_again(auth):
    auth.create_token()
    first = auth.get_tokens()[0]["id"]
    auth.revoke_token(first)
    auth.create_token()
    assert auth.get_tokens()[0]["id"] > first


@pytest.mark.filterwarnings("ignore:.*refresh_token:DeprecationWarning")  # old, and still served
def test_the_only_token_is_exchanged(server):
    auth = server.client("viewer").auth
    new = auth.refresh_token()
    with pytest.raises(errors.AuthError):
        auth.whoami()
    renewed = server.client(token=new).auth
    assert renewed.whoami()["id"] == 3
    renewed.create_token()
    with pytest.raises(errors.BadRequestError, match="several"):
        renewed.refresh_token()
    assert renewed.whoami()["id"] == 3


def test_logout_ends_a_temporary_token_only(server):
    temporary = server.cave.identity.issue("viewer", lifetime=1000)
    auth = server.client(token=temporary).auth
    assert 990 <= auth.get_token_ttl() <= 1000
    assert auth.get_tokens() == []
    assert auth.logout() == "success"
    with pytest.raises(errors.AuthError):
        auth.whoami()
    lasting = server.client("viewer").auth
    with pytest.raises(errors.BadRequestError, match="Can't logout an API Key"):
        lasting.logout()
    assert lasting.whoami()["id"] == 3


def test_the_address_of_the_page_that_makes_a_token_makes_one(server, auth, capsys):
    auth.get_new_token(no_text=False)
    assert f"{server.address}/auth/api/v1/create_token" in capsys.readouterr().out
    token = ask(server, "/auth/api/v1/create_token", person="viewer").json()
    assert ask(server, VIEW, token=token).json() == {"asked": "Offline Viewer"}
    assert ask(server, "/auth/api/v1/create_token").status_code == 302


def test_the_address_of_the_page_of_tokens_is_answered(server, auth):
    page = auth.get_token_page(open=False)
    assert page.startswith(server.address)
    answer = ask(server, page.removeprefix(server.address))
    assert (answer.status_code, "server.token()" in answer.text) == (401, True)


# ---- people


def test_who_am_i(server, auth):
    me = auth.whoami()
    assert (me["id"], me["name"], me["email"], me["admin"]) == (
        1,
        "Offline Admin",
        "admin@offline.test",
        True,
    )
    assert me["admin_datasets"] == [{"id": 1, "name": "benchdata"}]
    stranger = server.client("stranger").auth.whoami()
    assert (stranger["id"], stranger["admin"], stranger["admin_datasets"]) == (4, False, [])


def test_what_may_i(server, auth):
    assert auth.get_permissions() == auth.get_current_permissions()
    assert auth.get_permissions()["permissions_v2"] == {"benchdata": ["view", "edit", "admin_view", "admin"]}
    viewer = server.client("viewer").auth.get_permissions()
    assert viewer["permissions"] == {"benchdata": 1}
    assert viewer["groups"] == ["default", "viewers"]
    newcomer = server.client("newcomer").auth.get_permissions()
    assert newcomer["permissions"] == newcomer["permissions_v2"] == {}
    assert newcomer["permissions_v2_ignore_tos"] == {"benchdata": ["view", "edit"]}
    assert [terms["tos_name"] for terms in newcomer["missing_tos"]] == [TERMS]
    stranger = server.client("stranger").auth.get_permissions()
    assert stranger["permissions_v2_ignore_tos"] == {}
    assert stranger["missing_tos"] == []


def test_others(auth):
    found = auth.get_user_information([3, 1, 999])
    assert {user["name"] for user in found} == {"Offline Admin", "Offline Viewer"}
    assert auth.get_usernames([1, 3, 999]) == {1: "Offline Admin", 3: "Offline Viewer"}
    assert [user["id"] for user in auth.find_users("VIEWER@")] == [3]
    assert [user["id"] for user in auth.find_users_by_name("offline e")] == [2]
    assert auth.find_users_by_name("%") == []
    assert auth.get_user(3)["email"] == "viewer@offline.test"
    assert auth.get_user_groups(3) == [{"id": 1, "name": "default"}, {"id": 2, "name": "viewers"}]
    assert auth.get_user_terms(3) == [{"id": 1, "name": TERMS}]
    assert auth.get_user_terms(5) == auth.get_user_terms(999) == []
    assert auth.get_user_permissions(3)["permissions"] == {"benchdata": 1}
    assert auth.get_service_accounts() == auth.get_service_accounts("x") == []
    for method in (auth.get_user, auth.get_user_groups, auth.get_user_permissions):
        with pytest.raises(errors.NotFoundError, match="User doesn't exist"):
            method(999)


def test_many_users_are_asked_in_several_requests(auth):
    assert len(auth.get_user_information(range(1, 500))) == 5
    assert len(auth.get_usernames(range(1, 500))) == 5


def test_ordinary_people_see_short_records_of_others(server):
    viewer = server.client("viewer").auth
    assert set(viewer.get_user(1)) == {"affiliations", "created", "id", "name", "pi", "service_account"}
    assert viewer.get_usernames([1]) == {1: "Offline Admin"}


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("get_user_information", [1]),
        ("find_users", ["a"]),
        ("find_users_by_name", ["a"]),
        ("get_user_groups", [1]),
        ("get_user_terms", [1]),
        ("get_user_permissions", [1]),
        ("get_service_accounts", []),
        ("get_groups", []),
        ("get_group", [1]),
        ("get_group_users", [1]),
        ("get_group_admins", [1]),
        ("get_group_permission_sets", [1]),
        ("create_group", ["mine"]),
        ("add_user_to_group", [2, 4]),
        ("set_group_admin", [2, 3, True]),
        ("remove_user_from_group", [2, 3]),
        ("get_permission_set", [1]),
        ("get_permission_set_admins", [1]),
        ("get_permission_set_groups", [1]),
        ("grant_permissions", [1, 2, [2]]),
        ("withdraw_permission", [1, 2, 1]),
        ("get_terms", [1]),
    ],
)
@pytest.mark.parametrize("person", ["editor", "stranger"])
def test_those_who_administer_nothing_are_refused(server, auth, person, method, arguments):
    with pytest.raises(errors.PermissionDeniedError, match=r"Requires .*admin privilege"):
        getattr(server.client(person).auth, method)(*arguments)
    assert len(auth.get_groups()) == 4
    assert [user["id"] for user in auth.get_group_users(2)] == [3]
    assert len(auth.get_permission_set_groups(1)) == 7


# ---- groups


def test_the_groups_of_a_new_dataset(auth):
    assert [group["name"] for group in auth.get_groups()] == ["default", "viewers", "editors", "admins"]
    assert auth.get_groups("EDIT") == [{"id": 3, "name": "editors"}]
    assert auth.get_group(2) == {"id": 2, "name": "viewers"}
    assert auth.get_group_users(2) == [{"admin": False, "id": 3, "name": "Offline Viewer"}]
    assert auth.get_group_users(999) == auth.get_group_admins(999) == []
    assert auth.get_group_permission_sets(3) == SETS_OF_EDITORS
    assert auth.get_group_permission_sets(999) == []
    with pytest.raises(errors.NotFoundError, match="Group doesn't exist"):
        auth.get_group(999)


def test_a_group_gives_rights_and_takes_them(server, auth):
    def allowed():
        tried = (VIEW, "GET"), (EDIT, "POST")
        return [ask(server, path, method=method, person="stranger").status_code for path, method in tried]

    assert allowed() == [403, 403]
    assert auth.create_group("tracers") == "success"
    (group,) = auth.get_groups("tracers")
    assert auth.get_group_admins(group["id"]) == [{"id": 1, "name": "Offline Admin"}]
    assert auth.add_user_to_group(group["id"], 4) == "success"
    assert allowed() == [403, 403]
    assert auth.grant_permissions(1, group["id"], [1]) == "success"
    assert allowed() == [200, 403]
    auth.grant_permissions(1, group["id"], [2])
    assert allowed() == [200, 200]
    auth.withdraw_permission(1, group["id"], 2)
    auth.withdraw_permission(1, group["id"], 2)  # once more changes nothing
    assert allowed() == [200, 403]
    assert auth.remove_user_from_group(group["id"], 4) == "success"
    assert allowed() == [403, 403]


def test_who_administers_a_group_may_change_it_and_no_other(server, auth):
    viewer = server.client("viewer").auth
    auth.set_group_admin(2, 3, True)
    assert auth.get_group_admins(2) == [{"id": 3, "name": "Offline Viewer"}]
    assert viewer.get_permissions()["groups_admin"] == ["viewers"]
    assert viewer.add_user_to_group(2, 4) == "success"
    assert ask(server, VIEW, person="stranger").status_code == 200
    assert viewer.get_user_information([1])[0].get("email") is None
    with pytest.raises(errors.PermissionDeniedError, match="Requires group admin privilege"):
        viewer.add_user_to_group(3, 4)
    with pytest.raises(errors.PermissionDeniedError, match="Requires dataset admin privilege"):
        viewer.grant_permissions(1, 2, [2])
    with pytest.raises(errors.PermissionDeniedError, match="Only superadmins can remove group admins"):
        viewer.remove_user_from_group(2, 3)
    viewer.remove_user_from_group(2, 4)
    auth.set_group_admin(2, 3, False)
    with pytest.raises(errors.PermissionDeniedError):
        viewer.add_user_to_group(2, 4)


def test_what_cannot_be_in_groups_is_refused(auth):
    with pytest.raises(errors.BadRequestError, match="Group already exists"):
        auth.create_group("viewers")
    with pytest.raises(errors.BadRequestError, match="User already belongs to group"):
        auth.add_user_to_group(2, 3)
    with pytest.raises(errors.NotFoundError, match="User doesn't exist"):
        auth.add_user_to_group(2, 999)
    with pytest.raises(errors.NotFoundError, match="Group doesn't exist"):
        auth.add_user_to_group(999, 3)
    for call in (lambda: auth.set_group_admin(2, 4, True), lambda: auth.remove_user_from_group(2, 4)):
        with pytest.raises(errors.NotFoundError, match="User doesn't belong to group"):
            call()


# ---- permission sets and terms


def test_permission_sets(server, auth):
    assert auth.get_permission_sets() == [{"id": 1, "name": "benchdata", "tos_id": 1}]
    assert server.client("viewer").auth.get_permission_sets() == []
    assert auth.get_permission_set(1)["name"] == "benchdata"
    assert auth.get_permission_set_admins(1) == [{"id": 1, "name": "Offline Admin"}]
    grants = auth.get_permission_set_groups(1)
    assert {"id": 2, "name": "viewers", "permission": "view", "permission_id": 1} in grants
    names = [permission["name"] for permission in auth.get_permission_names()]
    assert names == ["view", "edit", "admin_view", "admin"]
    assert [permission["id"] for permission in auth.get_permission_names("view")] == [1, 3]
    with pytest.raises(errors.NotFoundError):
        auth.get_permission_set(999)


def test_which_set_guards_what(server):
    auth = server.client("stranger").auth
    for service, table in (
        ("datastack", "testds"),
        ("aligned_volume", "testvol"),
        ("pychunkedgraph", "testpcg"),
    ):
        assert auth.get_table_permission_set(service, table) == "benchdata"
        with pytest.raises(errors.NotFoundError):
            auth.get_table_permission_set(service, "nope")


def test_grants_that_cannot_be(auth):
    with pytest.raises(errors.BadRequestError, match="already"):
        auth.grant_permissions(1, 2, [2, 1])
    for arguments in ((9, 2, [1]), (1, 99, [1]), (1, 2, [2, 99])):
        with pytest.raises(errors.NotFoundError):
            auth.grant_permissions(*arguments)
    for arguments in ((9, 2, 1), (1, 99, 1), (1, 2, 99)):
        with pytest.raises(errors.NotFoundError):
            auth.withdraw_permission(*arguments)
    assert [grant["permission_id"] for grant in auth.get_group_permission_sets(2)] == [1]


def test_terms(server, auth):
    (terms,) = auth.get_all_terms()
    assert (terms["id"], terms["name"]) == (1, TERMS)
    assert auth.get_terms(1) == terms
    assert auth.get_all_terms("nothing of this name") == []
    assert server.client("viewer").auth.get_missing_terms() == []
    with pytest.raises(errors.NotFoundError, match="tos doesn't exist"):
        auth.get_terms(2)
