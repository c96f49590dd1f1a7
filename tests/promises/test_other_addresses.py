"""Operations that ask other servers than CAVE's: no token goes there, and only to where a page could go."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from promise_bench import CLIENTS, TOKEN, Handler, Seen, public_operations, serve

from caveclient_gen._runtime.transport import HTTPTransport
from caveclient_gen.errors import AuthError, CAVEError, DecodeError, InvalidArgumentError, RedirectError

STATE = {"layers": []}


def foreign() -> dict[str, tuple[str, str, str]]:
    """Return operations with a parameter in the place of the address: client, operation, parameter."""
    return {
        f"{client}.{operation.name}": (client, operation.name, param.name)
        for client, operation in public_operations()
        for param in operation.params
        if param.location == "address"
    }


def call(name: str, server: str, address: str) -> Any:
    client, operation, param = foreign()[name]
    made = CLIENTS[client](server)
    try:
        return made._call(operation, **{param: address})
    finally:
        made._transport.close()


def test_there_are_such_operations() -> None:
    assert set(foreign()) == {"state.get_neuroglancer_info", "state.get_linked_json"}


def tokens(*servers: Any) -> list[str]:
    return [seen.path for server in servers for seen in server.seen if TOKEN in repr(seen)]


@pytest.mark.parametrize("name", foreign())
def test_no_token_goes_along(name: str) -> None:
    """Not even to the CAVE server itself, if that is the address."""
    with serve(lambda h, s: h.reply(200, STATE)) as cave, serve(lambda h, s: h.reply(200, STATE)) as other:
        assert call(name, cave.url, other.url) == STATE
        assert call(name, cave.url, cave.url) == STATE
        assert (len(cave.seen), len(other.seen)) == (1, 1)
        assert tokens(cave, other) == []


@pytest.mark.parametrize("name", foreign())
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_back_to_cave_gets_none_either(name: str, status: int) -> None:
    with serve(lambda h, s: h.reply(200, STATE)) as cave:
        to_cave = {"Location": f"{cave.url}/nglstate/api/v1/5"}
        with serve(lambda h, s: h.reply(status, b"", **to_cave)) as other:
            assert call(name, cave.url, other.url) == STATE
            assert [seen.path for seen in cave.seen] == ["/nglstate/api/v1/5"]
            assert tokens(cave, other) == []


NO_ADDRESSES = [
    ("file:///etc/passwd", "with http or https: 'file' is neither"),
    ("file://host/etc/passwd", "with http or https: 'file' is neither"),
    ("gs://bucket/x", "with http or https: 'gs' is neither"),
    ("ftp://host/x", "with http or https: 'ftp' is neither"),
    ("middleauth+file:///x", "with http or https: 'middleauth+file' is neither"),
    ("javascript:alert(1)", "as host or host:port"),
    ("http://me:pw@host/x", "without user and password"),
    ("http://host\\@evil/x", "as an address like"),
    ("http://host/x\r\nX: y", "as an address like"),
    ("http:///x", "with a host"),
    ("", "as an address like"),
]


@pytest.mark.parametrize("name", foreign())
@pytest.mark.parametrize(("address", "words"), NO_ADDRESSES)
def test_what_is_no_address_is_refused(name: str, address: str, words: str) -> None:
    _, _, param = foreign()[name]
    with pytest.raises(InvalidArgumentError, match=f"^Give {param} {re.escape(words)}"):
        call(name, "http://127.0.0.1:9", address)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gs://bucket/x", "ftp://host/x"])
def test_no_redirect_leads_out_of_the_web(target: str) -> None:
    with serve(lambda h, s: h.reply(302, b"", Location=target)) as other, pytest.raises(RedirectError):
        call("state.get_linked_json", "http://127.0.0.1:9", other.url)
    assert len(other.seen) == 1


def refuse(handler: Handler, seen: Seen) -> None:
    handler.reply(401, {"error": "missing_token", "message": "log in first"})


def lead_to_login(handler: Handler, seen: Seen) -> None:
    handler.reply(302, b"", Location="/authorize")


@pytest.mark.parametrize("answer", [refuse, lead_to_login])
def test_a_login_elsewhere_is_not_about_the_token(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HTTPTransport, "token_source", "the variable CAVE_TOKEN")
    with serve(answer) as other, pytest.raises(AuthError) as caught:
        call("state.get_linked_json", "http://127.0.0.1:9", other.url)
    first = str(caught.value).partition("\n")[0]
    assert first.startswith(f"Check the address: {other.url.removeprefix('http://')} wants a login")
    assert "setup_token" not in str(caught.value)
    assert not getattr(caught.value, "__notes__", [])  # where a token came from that was not sent


SIGNED = "/a.json?X-Goog-Signature=5ecre7&alt=media"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(403, b"no", CAVEError), (200, b"<html>", DecodeError), (200, b"{", DecodeError)],
)
def test_signed_links_are_sent_whole_and_not_shown(
    status: int, body: bytes, kind: type[CAVEError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with serve(lambda h, s: h.reply(status, body)) as other, pytest.raises(kind) as caught:
        call("state.get_linked_json", "http://127.0.0.1:9", other.url + SIGNED)
    assert [seen.path for seen in other.seen] == [SIGNED]
    assert "5ecre7" not in f"{caught.value} {vars(caught.value)} {caplog.text}"
