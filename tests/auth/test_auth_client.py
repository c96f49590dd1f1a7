"""The auth client against its service: users, tokens, and what leaves with a request."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen.auth import AuthClient
from caveclient_gen.errors import (
    AuthError,
    CAVEError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    UnknownOutcomeError,
)

TOKEN = "0123456789abcdef0123456789abcdef"
PEOPLE = {1: "Ada", 2: "Ben", 3: "Cleo"}


class Server:
    """The auth service at the transport's seam."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.is_admin = True

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        status, document = self.answer(request)
        headers = Headers(
            [("Content-Type", "text/html" if isinstance(document, bytes) else "application/json")]
        )
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return Response(status, headers, body, request.full_url, request)

    def answer(self, request: Request) -> tuple[int, Any]:
        path = request.url.removeprefix("https://auth.org/auth/api/v1")
        if path in ("/user", "/username"):
            if path == "/user" and not self.is_admin:
                return 403, b"Requires admin privilege."
            wanted = {int(number) for number in dict(request.query)["id"].split(",")}
            return 200, [{"id": number, "name": name} for number, name in PEOPLE.items() if number in wanted]
        if path == f"/user/token/{TOKEN}/ttl":
            return 200, -1
        if path.endswith("/ttl"):
            return 404, {"error": "invalid_token", "message": "Token is invalid"}
        return 200, {"path": path}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CAVE_TOKEN", raising=False)


def make(server: Server, token: str | None = TOKEN) -> AuthClient:
    return AuthClient(token=token, server_address="auth.org", transport=server)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (3, ["Cleo"]),  # F106: one number
        ("2", ["Ben"]),
        ([3, 1], ["Cleo", "Ada"]),  # the order asked for, not the server's
        ([1, 1, 99, 2], ["Ada", "Ben"]),
        (np.array([2, 3], dtype=np.uint64), ["Ben", "Cleo"]),
        ((n for n in (1, 2)), ["Ada", "Ben"]),
    ],
)
def test_users_by_number(asked: Any, names: list[str]) -> None:
    asked = list(asked) if hasattr(asked, "__next__") else asked
    assert [user["name"] for user in make(Server()).get_user_information(asked)] == names
    assert list(make(Server()).get_usernames(asked).values()) == names


def test_no_numbers_means_nobody() -> None:
    server = Server()
    assert make(server).get_user_information([]) == []
    assert make(server).get_usernames([]) == {}
    assert server.asked == []  # the service would take it for everybody


def test_many_numbers_are_asked_in_parts() -> None:
    server = Server()
    assert len(make(server).get_user_information(range(1, 451))) == 3
    assert len(server.asked) == 3
    assert max(len(request.full_url) for request in server.asked) < 2000


@pytest.mark.parametrize("bad", [[1.5], [True], ["x"], None])
def test_numbers_are_exact(bad: Any) -> None:
    server = Server()
    with pytest.raises(InvalidArgumentError):
        make(server).get_user_information(bad)
    assert server.asked == []


def test_refusal_points_to_names() -> None:
    server = Server()
    server.is_admin = False
    with pytest.raises(PermissionDeniedError, match="admin privilege") as caught:
        make(server).get_user_information([1])
    assert "get_usernames" in caught.value.__notes__[0]


def test_life_of_a_token() -> None:
    server = Server()
    assert make(server).get_token_ttl() == -1
    other = "f" * 32
    with pytest.raises(NotFoundError) as caught:
        make(server).get_token_ttl(other)
    # The token stands in the address, which is shown nowhere.
    assert other not in str(caught.value) + repr(caught.value) + caught.value.url + repr(server.asked)
    assert other.encode() not in pickle.dumps(caught.value)
    with pytest.raises(AuthError, match="get_new_token"):
        make(server, token=None).get_token_ttl()


class LosesAnswers:
    def send(self, request: Request) -> Response:
        assert not request.safe
        raise UnknownOutcomeError("lost", check=request.check)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("create_token", {}),
        ("revoke_token", {"token_id": 1}),
        ("logout", {}),  # a GET, and yet it must not be repeated
        ("create_group", {"name": "g"}),
        ("add_user_to_group", {"group_id": 1, "user_id": 2}),
        ("remove_user_from_group", {"group_id": 1, "user_id": 2}),
        ("grant_permissions", {"dataset_id": 1, "group_id": 2, "permission_ids": [1]}),
        ("withdraw_permission", {"dataset_id": 1, "group_id": 2, "permission_id": 1}),
    ],
)
def test_writes_are_sent_once_and_say_how_to_check(method: str, arguments: dict[str, Any]) -> None:
    client = AuthClient(token=TOKEN, server_address="auth.org", transport=LosesAnswers())
    with pytest.raises(UnknownOutcomeError) as caught:
        getattr(client, method)(**arguments)
    assert caught.value.check


def test_exchanging_a_token_is_discouraged() -> None:
    with pytest.warns(DeprecationWarning, match="create_token"):
        make(Server()).refresh_token()


def test_addresses_are_made_without_asking() -> None:
    server = Server()
    client = make(server)
    assert client.server_address == "https://auth.org"
    assert client.get_token_page(open=False) == "https://auth.org/sticky_auth/settings/tokens"
    assert server.asked == []


def test_no_error_shows_the_token() -> None:
    class Refuses(Server):
        def answer(self, request: Request) -> tuple[int, Any]:
            return 401, {"error": "invalid_token", "message": "Unauthorized - Token is Invalid or Expired"}

    with pytest.raises(CAVEError) as caught:
        make(Refuses()).whoami()
    assert isinstance(caught.value, AuthError)
    assert TOKEN not in str(caught.value) + repr(caught.value)
    assert TOKEN.encode() not in pickle.dumps(caught.value)
