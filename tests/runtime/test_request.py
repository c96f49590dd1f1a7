import dataclasses
import pickle
import shlex
import subprocess

import pytest

from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.request import Headers, Request, Response, scrub, without_secrets

KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("url", "query", "expected"),
    [
        ("https://h/p", (), "https://h/p"),
        ("https://h/p", (("a", "1"),), "https://h/p?a=1"),
        ("https://h/p?z=0", (("a", "1"),), "https://h/p?z=0&a=1"),
        ("https://h/p", (("ids", "1,2,3"),), "https://h/p?ids=1,2,3"),
        ("https://h/p", (("a", "1"), ("a", "2")), "https://h/p?a=1&a=2"),
        ("https://h/p", (("t", "2024-01-02T03:04:05+00:00"),), "https://h/p?t=2024-01-02T03:04:05%2B00:00"),
        ("https://h/p", (("a b", "&=#?é"),), "https://h/p?a%20b=%26%3D%23%3F%C3%A9"),
        ("https://h/p", (("a", ""),), "https://h/p?a="),
    ],
)
def test_full_url(url, query, expected):
    assert Request("GET", url, query).full_url == expected


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/p?a=1&b=2", "https://h/p?a=1&b=2"),
        ("https://h/p?middle_auth_token=s3cret&a=1", "https://h/p?middle_auth_token=REDACTED&a=1"),
        ("https://h/p?X-Goog-Signature=s3cret", "https://h/p?X-Goog-Signature=REDACTED"),
        ("https://h/p?api_key=s3cret", "https://h/p?api_key=REDACTED"),
        ("https://user:s3cret@h:1/p", "https://h:1/p"),
        (f"https://h/auth/api/v1/user/token/{KEY}/ttl", "https://h/auth/api/v1/user/token/REDACTED/ttl"),
        (f"https://h/auth/api/v1/user/token/{KEY}", "https://h/auth/api/v1/user/token/REDACTED"),
        ("https://h/p#s3cret", "https://h/p"),
        ("https://[broken", "REDACTED"),
    ],
)
def test_without_secrets(url, shown):
    assert without_secrets(url) == shown
    assert Request("GET", url).shown_url == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the token {KEY} is expired", "the token REDACTED is expired"),
        ("sent Bearer abc.def: refused", "sent Bearer REDACTED refused"),
        ("root 864691135000000000 is stale", "root 864691135000000000 is stale"),
    ],
)
def test_scrub(text, shown):
    assert scrub(text) == shown


def test_repr_shows_what_matters_and_no_secret():
    request = Request(
        "POST",
        "https://h/p",
        (("token", "s3cret"), ("a", "1")),
        (("Authorization", "Bearer s3cret"), ("Accept", "x")),
        b"12345",
        "chunkedgraph.do_merge",
        safe=False,
    )
    text = repr(request)
    assert "s3cret" not in text
    for part in (
        "POST https://h/p",
        "a=1",
        "chunkedgraph.do_merge",
        "5 bytes",
        "'Accept': 'x'",
        "safe=False",
    ):
        assert part in text


def test_requests_are_values():
    request = Request("GET", "https://h/p", (("a", "1"),))
    assert request == Request("GET", "https://h/p", (("a", "1"),))
    assert hash(request) == hash(pickle.loads(pickle.dumps(request)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.url = "https://other/"


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b'{"a": "it\'s $HOME `x`"}',
        b"@/etc/passwd",
        b"line\nline",
        bytes(range(256)),
        "Zürich".encode(),
    ],
)
def test_curl_sends_the_same_body(body, tmp_path):
    # A stand-in for curl that stores what it is told to send.
    fake = tmp_path / "curl"
    fake.write_text(
        "#!/bin/sh\n"
        f'printf "%s\\n" "$@" > {tmp_path}/args\n'
        'while [ "$#" -gt 0 ]; do if [ "$1" = --data-binary ]; then data=$2; given=1; fi; shift; done\n'
        '[ -n "$given" ] || exit 0\n'
        'case "$data" in @-) cat ;; @*) cat "${data#@}" ;; *) printf %s "$data" ;; esac'
        f" > {tmp_path}/body\n"
    )
    fake.chmod(0o755)
    request = Request("POST", "https://h/p", (("q", "a'b"),), (("X-A", "it's"),), body)
    subprocess.run(
        ["sh", "-c", request.as_curl()],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "CAVE_TOKEN": "tok"},
        check=True,
    )
    arguments = (tmp_path / "args").read_text().splitlines()
    assert "Authorization: Bearer tok" in arguments
    assert "X-A: it's" in arguments
    assert arguments[-1] == request.full_url
    stored = tmp_path / "body"
    assert (stored.read_bytes() if stored.exists() else None) == body


def test_curl_names_the_variable_not_the_token():
    request = Request("GET", "https://h/p?token=s3cret", headers=(("Authorization", "Bearer s3cret"),))
    assert "Authorization: Bearer $CAVE_TOKEN" in request.as_curl()
    assert "s3cret" not in request.as_curl()
    assert "CAVE_TOKEN" not in Request("GET", "https://h/p", auth=False).as_curl()
    assert shlex.split(Request("GET", "https://h/p", auth=False).as_curl()) == [
        "curl",
        "-X",
        "GET",
        "https://h/p",
    ]


def test_headers():
    headers = Headers([("Warning", "one"), ("warning", "two"), ("Content-Type", "a/b")])
    assert headers.get("WARNING") == "one, two"
    assert headers.get_all("Warning") == ("one", "two")
    assert headers.get("X") is None
    assert headers.get("X", "d") == "d"
    assert ("content-type" in headers, "x" in headers, 1 in headers) == (True, False, False)
    assert pickle.loads(pickle.dumps(headers)) == headers
    assert "s3cret" not in repr(Headers([("Authorization", "s3cret"), ("Cookie", "s3cret")]))


def answer(body=b"", content_type=None, status=200):
    request = Request("GET", "https://h/p", operation="info.get_datastacks")
    headers = Headers([] if content_type is None else [("content-type", content_type)])
    return Response(status, headers, body, "https://h/p", request)


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        ("Application/JSON; charset=utf-8", "application/json"),
        ("data.arrow", "data.arrow"),
        (None, ""),
        ("", ""),
    ],
)
def test_media_type(content_type, media_type):
    assert answer(content_type=content_type).media_type == media_type


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), None, "é"),
        ("é".encode("latin-1"), "text/plain; charset=latin-1", "é"),
        (b"\xff", None, "\ufffd"),
        (b"a", "text/plain; charset=no-such", "a"),
    ],
)
def test_text(body, content_type, text):
    assert answer(body, content_type).text == text


def test_json_is_exact():
    assert answer(b'{"id": 864691135000000001, "max": 18446744073709551615}').json() == {
        "id": 864691135000000001,
        "max": 18446744073709551615,
    }
    assert answer(b"[Infinity]").json() == [float("inf")]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\xfa", b'{"a":', b"[" * 100_000])
def test_what_is_no_json(body):
    with pytest.raises(DecodeError, match=r"should be JSON") as caught:
        answer(body, "text/html").json()
    assert caught.value.operation == "info.get_datastacks"
    assert "text/html" in str(caught.value)
    # the parser's own error holds all of the body; it must not travel with ours
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
