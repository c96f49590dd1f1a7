"""Every route refuses those who lack the token, the permission or the rights that it needs; few need none."""

import re
from collections import Counter

import pytest
import requests
from guarded_routes import SCRIPT, guarded_server
from tubes import FACTS

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.routes import all_served, route_table

NAMES = {
    "table_id": "testpcg",
    "datastack_name": "testds",
    "aligned_volume_name": "testvol",
    "dataset_name": "testvol",
}
ROUTES = [
    (route.operation.method, route.operation.path, route.endpoint.needs)
    for route in route_table()
    if route.endpoint.needs != "nothing"
]


def asked_of(*needs):
    """Parametrise over the routes that need one of these."""
    found = [route for route in ROUTES if route[2] in needs]
    return pytest.mark.parametrize(
        ("method", "path", "needs"), found, ids=[f"{method} {path}" for method, path, _ in found]
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with guarded_server(Dataset.create(tmp_path_factory.mktemp("access") / "fly.cave", FACTS)) as server:
        yield server


@pytest.fixture(scope="module")
def ask(server):
    """Ask a route as somebody, with one connection for all tests."""
    with requests.Session() as session:

        def ask(method, path, person):
            filled = re.sub(r"\{(\w+)\}", lambda hole: NAMES.get(hole[1], "1"), path)
            headers = {"Authorization": f"Bearer {server.token(person)}"} if person else SCRIPT
            return session.request(method, server.address + filled, headers=headers, timeout=10)

        yield ask


def test_the_table_has_routes_to_try():
    count = Counter(needs for _, _, needs in ROUTES)
    assert count["login"] > 30
    assert sum(count.values()) > 150


OPEN = {
    "info": {"get_aligned_volume_info_by_id"},
    "l2cache": {"cache_metadata", "table_mapping"},
    "materialize": {"get_server_health", "get_upload_schemas"},
    "schema": {"get_schemas", "schema_definition", "schema_definition_all", "schema_definition_multi"},
    "skeleton": {"get_versions"},
}
"""Operations that need no token, as servers have it."""
OPEN_PAGES = {
    "GET /auth/api/v1/authorize",
    "GET /auth/api/v1/tos/{tos_id}/accept",
    "POST /auth/api/v1/tos/{tos_id}/accept",
    "GET /sticky_auth/api/v1/authorize",
    "GET /sticky_auth/api/v1/tos/{tos_id}/accept",
    "POST /sticky_auth/api/v1/tos/{tos_id}/accept",
    "GET /sticky_auth/settings/tokens",
    "GET /skeletoncache/download/storage/v1/b/{bucket}/o/{name}",
}
"""Other routes that need none: those that browsers are sent to, and files, which have tokens of their own."""


def test_nothing_else_is_open():
    found = {}
    for route in route_table():
        name = route.operation.name
        tells_versions = re.fullmatch(r"GET /\S+/versions?", name)
        if route.endpoint.needs == "nothing" and not tells_versions and name not in OPEN_PAGES:
            found.setdefault(route.service, set()).add(name)
    assert found == OPEN


@pytest.mark.parametrize("service", ["annotation", "chunkedgraph", "info", "l2cache", "materialize"])
def test_what_changes_a_dataset_needs_the_right_to_edit(service):
    """Operations that are not served change nothing."""
    missing = {name for _, name in all_served()[service].missing}
    needs = {
        route.operation.name: route.endpoint.needs
        for route in route_table()
        if route.service == service and not route.operation.safe and route.operation.name not in missing
    }
    assert {name for name, need in needs.items() if need not in ("edit", "admin")} == set()


@asked_of("login", "view", "edit", "admin")
def test_no_token_is_refused(ask, method, path, needs):
    answer = ask(method, path, None)
    assert answer.status_code == 401
    assert answer.json()["error"] == "no_token"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="http://')


@asked_of("view", "edit")
def test_somebody_without_rights_is_refused(ask, method, path, needs):
    answer = ask(method, path, "stranger")
    assert (answer.status_code, answer.json()["error"]) == (403, "missing_permission")
    assert answer.json()["data"] == {"auth_dataset": "benchdata", "required_permission": needs}


@asked_of("view", "edit")
def test_somebody_who_has_not_accepted_the_terms_is_refused(ask, method, path, needs):
    answer = ask(method, path, "newcomer")
    assert (answer.status_code, answer.json()["error"]) == (403, "missing_tos")
    assert answer.json()["data"]["tos_form_url"].endswith("/tos/1/accept")


@asked_of("edit")
def test_somebody_who_may_only_view_changes_nothing(ask, method, path, needs):
    answer = ask(method, path, "viewer")
    assert (answer.status_code, answer.json()["error"]) == (403, "missing_permission")
    assert answer.json()["data"] == {"auth_dataset": "benchdata", "required_permission": "edit"}


@asked_of("admin")
def test_what_needs_all_rights_is_refused_to_editors(ask, method, path, needs):
    answer = ask(method, path, "editor")
    assert (answer.status_code, answer.text) == (403, "Requires superadmin privilege.")
