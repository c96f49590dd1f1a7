"""Server addresses: every way to write one, and what is none."""

from __future__ import annotations

import pytest

from caveclient_gen._runtime.addresses import host_of, normalise_address, trusted_local_server
from caveclient_gen.errors import InvalidArgumentError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://cave.org", "https://cave.org"),
        ("https://cave.org/", "https://cave.org"),  # F089: else paths begin with two slashes
        ("https://cave.org///", "https://cave.org"),
        ("www.myserver.com", "https://www.myserver.com"),  # the example of the documentation (F024)
        ("  HTTPS://Cave.ORG:443 \n", "https://cave.org"),
        ("http://cave.org:80/", "http://cave.org"),
        ("http://cave.org:8080", "http://cave.org:8080"),
        ("https://cave.org:80", "https://cave.org:80"),
        ("cave.org:8443", "https://cave.org:8443"),
        ("https://cave.org/Deep/path/", "https://cave.org/Deep/path"),  # behind a gateway
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://localhost", "https://localhost"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_one_form(written: str, meant: str) -> None:
    assert normalise_address(written) == meant
    assert normalise_address(meant) == meant


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "   ",
        "ftp://cave.org",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://cave.org:port",
        "https://cave.org:99999",
        "https://ca ve.org",
        "https://cave.org\nHost: evil.org",
        "https://cave.org\\@evil.org",
        "https://cave.org?x=1",
        "https://cave.org#x",
        "https://[::1",
        None,
        7,
        b"https://cave.org",
    ],
)
def test_no_address(bad: object) -> None:
    with pytest.raises(InvalidArgumentError, match="Give server_address"):
        normalise_address(bad)  # type: ignore[arg-type]  # that is the mistake


def test_secret_in_an_address_is_not_repeated() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        normalise_address("https://me:hunter2@cave.org")
    assert "hunter2" not in str(caught.value)


def test_host() -> None:
    assert host_of("cave.org/") == "cave.org"
    assert host_of("http://cave.org:8080") == "cave.org:8080"


@pytest.mark.parametrize(
    ("local", "shared", "used"),
    [
        ("https://local.org/", "https://cave.org", "https://local.org"),
        ("http://local.org", "https://cave.org", "https://local.org"),  # no token over the open network
        ("http://local.org:8080", "https://cave.org", "https://local.org:8080"),
        ("http://local.org", "http://cave.org", "http://local.org"),  # as the user chose
        ("http://127.0.0.1:8000", "https://cave.org", "http://127.0.0.1:8000"),
    ],
)
def test_local_server_is_no_downgrade(local: str, shared: str, used: str) -> None:
    assert trusted_local_server(local, shared) == used
