"""The replay server answers what was recorded, and nothing else: every other test here rests on that."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

import pytest
from replay_server import NO_MATCH, Ask, Exchange, Reply, serve

PATH = "/table/t/query"
RECORDED = Exchange(
    Ask.read("POST", f"{PATH}?a=True&n=3&ids=[1,%202]", b'{"x": [1], "y": 2}'),
    Reply(200, (("Content-Type", "application/json"),), b'{"at": "http://cave.local/x"}'),
)
NOW = Exchange(
    Ask.read("GET", "/now?timestamp=1795351689.9&stop=2"), RECORDED.reply, now=frozenset(["timestamp"])
)


@pytest.mark.parametrize(
    ("method", "url", "body", "same"),
    [
        ("POST", f"{PATH}?a=True&n=3&ids=[1,%202]", b'{"x": [1], "y": 2}', True),
        ("POST", f"{PATH}?ids=[1,2]&n=3.0&a=true", b'{"y":2,"x":[1]}', True),  # the same to a server
        ("GET", f"{PATH}?a=True&n=3&ids=[1,2]", b'{"x": [1], "y": 2}', False),
        ("POST", "/table/u/query?a=True&n=3&ids=[1,2]", b'{"x": [1], "y": 2}', False),
        ("POST", f"{PATH}?a=False&n=3&ids=[1,2]", b'{"x": [1], "y": 2}', False),
        ("POST", f"{PATH}?a=True&n=4&ids=[1,2]", b'{"x": [1], "y": 2}', False),
        ("POST", f"{PATH}?a=True&n=3&ids=[2,1]", b'{"x": [1], "y": 2}', False),
        ("POST", f"{PATH}?a=True&n=3", b'{"x": [1], "y": 2}', False),  # one less
        ("POST", f"{PATH}?a=True&n=3&ids=[1,2]&more=1", b'{"x": [1], "y": 2}', False),  # one more
        ("POST", f"{PATH}?a=True&a=True&n=3&ids=[1,2]", b'{"x": [1], "y": 2}', False),  # twice
        ("POST", f"{PATH}?a=True&n=3&ids=[1,2]", b'{"x": [1]}', False),
        ("POST", f"{PATH}?a=True&n=3&ids=[1,2]", b"", False),
        ("POST", f"{PATH}?a=True&n=3&ids=[1,2]", b"\x01\x02", False),
    ],
)
def test_only_the_same_request_is_answered(method, url, body, same):
    assert RECORDED.answers(Ask.read(method, url, body)) is same


@pytest.mark.parametrize(("offset", "same"), [(0, True), (-120, True), (7200, False), (-7200, False)])
def test_now_is_close_to_the_present(offset, same):
    assert NOW.answers(Ask.read("GET", f"/now?stop=2&timestamp={time.time() + offset}")) is same


def test_ids_beyond_a_float_are_told_apart():
    one = Exchange(Ask.read("GET", "/n?id=72057594037927937"), RECORDED.reply)
    assert not one.answers(Ask.read("GET", "/n?id=72057594037927936"))


def test_over_http():
    """An answer speaks of this server; what nothing answers gets a status of its own, and is kept."""
    with serve([NOW]) as replay:
        url = f"{replay.address}/now?stop=2&timestamp={time.time()}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert json.load(answer) == {"at": f"{replay.address}/x"}
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{replay.address}/now?stop=3&timestamp={time.time()}", timeout=5)
        with refused.value as error:
            assert error.code == NO_MATCH
            assert "Recorded for this path" in error.read().decode()
        assert [ask.path for ask in replay.unmatched] == ["/now"]
        assert len(replay.asked) == 2
