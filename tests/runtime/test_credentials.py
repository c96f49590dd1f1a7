import copy
import json
import pickle
import threading

import pytest

from caveclient_gen._runtime.credentials import (
    Credentials,
    FileToken,
    StaticToken,
    TokenProvider,
    origin_of,
)
from caveclient_gen._runtime.errors import AuthError, InvalidArgumentError

TOKEN = "s3cret" * 5


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://cave.org", ("https", "cave.org", 443)),
        ("HTTPS://Cave.ORG./x", ("https", "cave.org", 443)),
        ("http://cave.org:8000/x?y#z", ("http", "cave.org", 8000)),
        ("https://user:pw@cave.org/x", ("https", "cave.org", 443)),
        ("http://[::1]:80/", ("http", "[::1]", 80)),
        ("https://evil.org\\@cave.org/", ("https", "evil.org", 443)),
        ("cave.org", None),
        ("//cave.org", None),
        ("ftp://cave.org", None),
        ("file:///x", None),
        ("https://", None),
        ("https://cave.org:port/", None),
        ("", None),
    ],
)
def test_origin_of(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("configured", "url", "gets_it"),
    [
        ("https://cave.org", "https://cave.org/info/api/v2/datastacks", True),
        ("https://cave.org", "https://cave.org:443/x", True),
        ("https://cave.org/", "https://CAVE.org/x", True),
        ("https://cave.org", "http://cave.org/x", False),  # never in clear text
        ("https://cave.org", "https://cave.org:8443/x", False),
        ("https://cave.org", "https://sub.cave.org/x", False),
        ("https://cave.org", "https://cave.org.evil.org/x", False),
        ("https://cave.org", "https://cave.org@evil.org/x", False),
        ("https://cave.org", "https://evil.org\\@cave.org/x", False),  # dialled: evil.org
        ("https://cave.org", "https://evil.org/?https://cave.org", False),
        ("https://cave.org", "https://evil.org#@cave.org", False),
        ("http://cave.org", "http://cave.org/x", True),
        ("http://cave.org", "https://cave.org/x", True),  # an upgrade
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000/x", True),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5001/x", False),
        ("http://127.0.0.1:5000", "https://127.0.0.1/x", False),
        ("http://127.0.0.1:5000", "http://localhost:5000/x", False),
    ],
)
def test_who_gets_the_token(configured, url, gets_it):
    expected = {"Authorization": f"Bearer {TOKEN}"} if gets_it else {}
    assert Credentials(TOKEN, [configured]).header_for(url) == expected


def test_servers_can_be_added():
    credentials = Credentials(TOKEN)
    assert credentials.header_for("https://local.org/") == {}
    credentials.allow("https://local.org/")
    assert credentials.header_for("https://local.org/x")


@pytest.mark.parametrize("address", ["local.org", "ftp://local.org", "", "https://"])
def test_servers_must_be_addresses(address):
    with pytest.raises(InvalidArgumentError, match=r"^Give the server address as https://host"):
        Credentials(TOKEN, [address])


@pytest.mark.parametrize("provider", [None, StaticToken(None)])
def test_without_token(provider):
    assert Credentials(provider, ["https://cave.org"]).header_for("https://cave.org/") == {}


def test_the_token_is_asked_for_each_time():
    class Renewing:
        token = "one"

    provider = Renewing()
    assert isinstance(provider, TokenProvider)
    credentials = Credentials(provider, ["https://cave.org"])
    assert credentials.header_for("https://cave.org/") == {"Authorization": "Bearer one"}
    provider.token = "two"
    assert credentials.header_for("https://cave.org/") == {"Authorization": "Bearer two"}


@pytest.mark.parametrize("token", ["a b", "a\nX-Admin: 1", "a\r\n\r\nGET /", "tökén", "", "   ", "\0"])
def test_tokens_that_cannot_be_sent(token):
    class Provider:
        pass

    Provider.token = token
    with pytest.raises(AuthError, match=r"^Give the token as the auth server shows it") as caught:
        StaticToken(token)
    assert len(token.strip()) < 2 or token not in str(caught.value)
    if token:
        with pytest.raises(AuthError):
            Credentials(Provider(), ["https://cave.org"]).header_for("https://cave.org/")


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"Bearer {TOKEN}"}),
        ({"authorization": f"bearer  {TOKEN} "}, {"Authorization": f"Bearer {TOKEN}"}),
        ({"X-Other": "1"}, {}),
        ({}, {}),
        (None, {}),
    ],
)
def test_from_header(header, sent):
    assert Credentials.from_header(header, ["https://cave.org"]).header_for("https://cave.org/") == sent


@pytest.mark.parametrize("value", [TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer "])
def test_other_headers_are_refused(value):
    with pytest.raises(InvalidArgumentError, match=r"^Give auth_header as") as caught:
        Credentials.from_header({"Authorization": value})
    assert TOKEN not in str(caught.value)


def test_a_header_that_is_a_text_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"^Give auth_header as") as caught:
        Credentials.from_header(f"Bearer {TOKEN}")
    assert TOKEN not in str(caught.value)


def test_nothing_shows_the_token():
    for thing in (StaticToken(TOKEN), Credentials(TOKEN, ["https://cave.org"])):
        assert TOKEN not in repr(thing)
        assert TOKEN not in str(thing)
        assert TOKEN not in f"{thing}"
        assert TOKEN.encode() not in pickle.dumps(thing)
    assert "https://cave.org:443" in repr(Credentials(TOKEN, ["https://cave.org"]))


def test_copies_within_the_process_keep_the_token():
    credentials = Credentials(TOKEN, ["https://cave.org"])
    for twin in (copy.copy(credentials), copy.deepcopy(credentials)):
        assert twin.header_for("https://cave.org/") == {"Authorization": f"Bearer {TOKEN}"}


def test_an_unpickled_literal_token_says_what_to_do(monkeypatch):
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    twin = pickle.loads(pickle.dumps(Credentials(TOKEN, ["https://cave.org"])))
    assert twin.header_for("https://elsewhere.org/") == {}
    with pytest.raises(AuthError, match=r"CAVE_TOKEN.*token file"):
        twin.header_for("https://cave.org/")
    again = pickle.loads(pickle.dumps(twin))  # a pickle of a pickle knows it too
    with pytest.raises(AuthError, match="CAVE_TOKEN"):
        again.header_for("https://cave.org/")
    monkeypatch.setenv("CAVE_TOKEN", " fresh\n")
    assert again.header_for("https://cave.org/") == {"Authorization": "Bearer fresh"}


def test_an_unpickled_token_asks_its_fallback(monkeypatch, tmp_path):
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    path = tmp_path / "secret.json"
    path.write_text('{"token": "filed"}')
    token = StaticToken(TOKEN, fallback=FileToken(path))
    assert token.token == TOKEN
    assert pickle.loads(pickle.dumps(token)).token == "filed"


def test_having_had_no_token_is_no_loss():
    assert pickle.loads(pickle.dumps(StaticToken(None))).token is None


def test_file_token_is_read_late_and_anew_in_each_process(tmp_path):
    path = tmp_path / "secret.json"
    token = FileToken(path, "special")
    assert token.token is None  # no file yet: not remembered
    path.write_text(json.dumps({"special": TOKEN, "token": "other"}))
    assert token.token == TOKEN
    data = pickle.dumps(token)
    assert TOKEN.encode() not in data
    path.write_text(json.dumps({"special": "renewed"}))
    assert pickle.loads(data).token == "renewed"
    assert token.token == TOKEN
    token.reload()
    assert token.token == "renewed"
    assert TOKEN not in repr(token)


@pytest.mark.parametrize("content", ['{"other": "x"}', '{"token": ""}', '{"token": 5}', "{}"])
def test_file_without_the_key(tmp_path, content):
    path = tmp_path / "secret.json"
    path.write_text(content)
    assert FileToken(path).token is None


@pytest.mark.parametrize(
    "content", ['{"token": "s3cr', "s3cret", '["s3cret"]', '{"token": "s3 cret"}', "\udcff"]
)
def test_broken_files_are_named_but_not_quoted(tmp_path, content):
    path = tmp_path / "broken.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(AuthError, match=r"broken\.json") as caught:
        FileToken(path).token  # noqa: B018  reading it is the test
    assert "s3" not in str(caught.value)


def test_threads_may_add_servers_while_others_ask():
    credentials = Credentials(TOKEN, ["https://cave.org"])

    def add(start):
        for number in range(start, 200, 4):
            credentials.allow(f"http://cave.org:{number + 1000}")
            assert credentials.header_for("https://cave.org/")

    threads = [threading.Thread(target=add, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(credentials.origins) == 201
