"""Requests that mean harm: by pages of others in a browser, long paths, slow bodies, odd headers."""

import socket
import time
from contextlib import suppress
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest
import requests
from tubes import tubes

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import serve
from caveclient_gen.offline.http import app
from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.call import Call
from caveclient_gen.offline.http.refusals import Refusal, refusal_reply

ME = "/auth/api/v1/user/me"
VERSION = "/info/version"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return tubes(tmp_path_factory.mktemp("safety") / "tubes.cave")


@pytest.fixture(scope="module")
def server(dataset):
    with serve(dataset) as running:
        yield running


def get(server, path, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(server.address + path, headers=names, timeout=10, allow_redirects=False)


# ---- browsers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "2130706433"]
)
def test_a_page_whose_name_leads_here_gets_nothing(server, host):
    for path in (VERSION, ME, "/nothing"):
        answer = get(server, path, Host=host)
        assert answer.status_code == 421
        assert answer.text.startswith(
            f"Ask under {server.address}, or start the server with --public-address"
        )
        assert "evil" not in str(answer.headers)


@pytest.mark.parametrize(
    "host", ["localhost:1", "LOCALHOST", "cave.localhost:80", "127.0.0.1", "[::1]:80", "192.0.2.1:8000"]
)
def test_names_of_this_machine_are_answered(server, host):
    assert get(server, VERSION, Host=host).status_code == 200


def test_a_public_address_is_answered_and_other_names_are_not(dataset):
    with serve(dataset, public_address="http://Cave.Lab:8000/") as server:
        own = urlsplit(server.app.address)
        assert own.netloc == "Cave.Lab:8000"
        port = server._socket.getsockname()[1]
        for host, status in (("cave.lab:8000", 200), ("cave.lab", 200), ("other.lab", 421)):
            found = requests.get(f"http://127.0.0.1:{port}{VERSION}", headers={"Host": host}, timeout=10)
            assert found.status_code == status


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_cookie_that_a_page_of_others_makes_a_browser_send_is_no_token(server, sent):
    cookie = f"middle_auth_token={server.token()}"
    answer = get(server, ME, Cookie=cookie, **sent)
    assert answer.status_code in (302, 401)
    assert get(server, ME, Cookie=cookie).status_code == 200
    assert get(server, ME, Cookie=cookie, Origin=server.address).status_code == 200
    assert get(server, ME, Cookie=cookie, Sec_Fetch_Site="same-origin").status_code == 200


def test_terms_are_not_accepted_by_a_page_of_others(server):
    form = f"{server.address}/sticky_auth/api/v1/tos/1/accept"
    cookie = f"middle_auth_token={server.token('newcomer')}"
    before = server.cave.store.read().execute("SELECT count(*) FROM acceptance").fetchone()
    answer = requests.post(
        form, data={}, headers={"Cookie": cookie, "Origin": "https://evil.example"}, timeout=10
    )
    assert answer.status_code == 401
    assert server.cave.store.read().execute("SELECT count(*) FROM acceptance").fetchone() == before


def test_pages_of_others_may_read_nothing(server):
    """No answer allows another origin, with or without a token."""
    for headers in ({}, {"Authorization": f"Bearer {server.token()}"}):
        answer = get(server, ME, Origin="https://evil.example", **headers)
        assert not [name for name in answer.headers if name.lower().startswith("access-control-allow")]
        asked = requests.options(
            server.address + ME, headers={"Origin": "https://evil.example", **headers}, timeout=10
        )
        assert asked.status_code == 405


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_no_page_leads_elsewhere(server, wanted):
    for path in (
        "/sticky_auth/api/v1/authorize",
        "/auth/api/v1/authorize",
        "/sticky_auth/api/v1/tos/1/accept",
    ):
        answer = requests.get(
            server.address + path, params={"redirect": wanted}, timeout=10, allow_redirects=False
        )
        assert "Location" not in answer.headers
        assert "evil.example" not in answer.text
        assert "javascript" not in answer.text


def test_refusals_that_are_said_to_be_html_have_no_tags():
    reply = refusal_reply("auth", Refusal(400, "no <script>alert('x')</script> & so on"))
    assert reply.body == b"no &lt;script&gt;alert('x')&lt;/script&gt; &amp; so on"


# ---- bounds


def test_a_long_path_is_found_wrong_at_once(server):
    """A row of "_" can be cut into three in very many ways; none of them is tried."""
    stem = "/materialize/api/v3/datastack/testds/table/x/precomputed/spatial0/"
    for path in (
        stem + "_" * 50_000 + "/x",
        stem + "1_" * 25_000 + "/x",
        "/" + "_/" * 20_000,
        "/" + "%2F" * 9_000,
    ):
        begin = time.monotonic()
        assert get(server, path).status_code in (400, 404)
        assert time.monotonic() - begin < 1


@pytest.mark.parametrize("name", ["x", "Cookie", "Authorization"])
def test_very_long_headers_are_refused(server, name):
    """The answer may be lost, as the rest of what was sent is not read."""
    with suppress(requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        assert get(server, VERSION, **{name: "a" * 200_000}).status_code == 400
    assert get(server, VERSION).status_code == 200


def test_a_body_that_does_not_come_holds_nobody_up(server, monkeypatch):
    monkeypatch.setattr(app, "PATIENCE_WITH_BODIES", 0.3)
    host, port = urlsplit(server.address).hostname, urlsplit(server.address).port
    head = (
        f"POST /nglstate/api/v1/post HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {server.token()}\r\n"
        "Content-Length: 100\r\n\r\n{"
    )
    slow = [socket.create_connection((host, port), timeout=10) for _ in range(60)]
    try:
        for one in slow:
            one.sendall(head.encode())
        begin = time.monotonic()
        assert get(server, VERSION).status_code == 200
        assert time.monotonic() - begin < 2
        for one in slow:
            assert one.recv(4096).startswith(b"HTTP/1.1 408 ")
    finally:
        for one in slow:
            one.close()


def test_what_is_written_into_headers_stays_one_line(server):
    class Asked:
        headers = MappingProxyType({})

    sent = Reply(b"", "text/plain", headers=(("Warning", "a\r\nSet-Cookie: x=1\0\x0b\x7f 細胞 é\t!"),))
    (warning,) = [value for name, value in app._response(sent, Asked).raw_headers if name == b"warning"]
    assert warning == "a Set-Cookie: x=1    細胞 é !".encode()


@pytest.mark.parametrize("notice", ["a\r\nSet-Cookie: x=1", "細胞\x01", "\x85\u2028 x"])
def test_a_notice_of_an_owner_is_no_header_of_its_own(server, notice):
    client = server.client()
    name = f"notice_{abs(hash(notice))}"
    client.annotation.create_table(name, "bound_tag", "x", [4, 4, 40], notice_text=notice)
    answer = get(
        server,
        f"/annotation/api/v2/aligned_volume/testvol/table/{name}",
        Authorization=f"Bearer {server.token()}",
    )
    assert answer.ok
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Warning"].startswith("Table Owner Notice: ")


def test_many_connections_are_refused_and_the_server_lives_on(dataset, monkeypatch):
    from caveclient_gen.offline import serving

    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 20)
    with serve(dataset) as server:
        where = urlsplit(server.address).hostname, urlsplit(server.address).port
        held = [socket.create_connection(where, timeout=10) for _ in range(30)]
        assert get(server, VERSION).status_code == 503
        for one in held:
            one.close()
        end = time.monotonic() + 5
        while get(server, VERSION).status_code != 200:
            assert time.monotonic() < end


# ---- tokens


def test_a_request_does_not_show_its_token():
    secret = "5ec4e7" * 6
    shown = repr(
        Call(
            None,
            None,
            "http://x",
            None,
            secret,
            {"token": secret},
            {"middle_auth_token": [secret]},
            {"authorization": secret},
            secret.encode(),
            None,
        )
    )
    assert secret not in shown


def test_no_log_and_no_repr_has_a_token(dataset, caplog):
    caplog.set_level(0)
    with serve(dataset) as server:
        client = server.client()
        token = server.token()
        client.auth.whoami()
        requests.get(server.address + VERSION, headers={"Authorization": f"Bearer {token}"}, timeout=10)
        requests.get(server.address + VERSION, cookies={"middle_auth_token": token}, timeout=10)
        shown = [repr(one) for one in (server, server.app, server.cave, client, server.cave.identity)]
        with pytest.raises(CAVEError) as refused:
            server.token("nobody")
    assert token not in "".join(shown) + str(refused.value)
    assert token not in caplog.text
    assert not any(token in repr(record.__dict__) for record in caplog.records if "offline" in record.name)


def test_nothing_in_the_folder_has_a_token(dataset):
    with serve(dataset) as server:
        tokens = [server.token(person) for person in ("admin", "viewer")]
        server.client().auth.whoami()
        for file in dataset.path.rglob("*"):
            held = file.read_bytes() if file.is_file() else b""
            assert not any(token.encode() in held or bytes.fromhex(token) in held for token in tokens), file
