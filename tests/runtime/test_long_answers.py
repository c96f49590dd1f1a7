"""Long answers are read in other ways than short ones, and must mean the same."""

import gc
import json
import math
import weakref
from datetime import UTC, datetime

import numpy as np
import orjson
import pytest

from caveclient_gen._runtime import bulk, exact_json
from caveclient_gen._runtime.bulk import LONG, paused_gc
from caveclient_gen._runtime.casts import CASTS
from caveclient_gen._runtime.decode import decode
from caveclient_gen._runtime.encode import dump_json, encode_body
from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.id_lists import id_lists
from caveclient_gen._runtime.operation import Arm, Operation, Param
from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.times import many_from_epoch_seconds

LARGEST = 2**63 - 1
MANY = list(range(2**53 - 3, 2**53 + 10_000))
LEAVES = Arm(decode="json", select=("leaf_ids",), cast="id_array")


def read(arm, body):
    assert len(body) >= LONG
    request = Request("GET", "https://host/x", operation="chunkedgraph.x")
    operation = Operation(name="x", method="GET", path="/x", safe=True, response=(arm,))
    headers = Headers((("Content-Type", "application/json"),))
    return decode(operation, {}, Response(200, headers, body, "https://host/x", request))


def leaves(*more):
    return b'{"leaf_ids":[' + ",".join(map(str, (*MANY, *more))).encode() + b"]}\n"


PLAIN = [
    (b'{"a":[1,2]}\n', {"a": [1, 2]}),
    (b' { "a" : [0] , "12":[],"b":[9223372036854775806]}', {"a": [0], "12": [], "b": [LARGEST - 1]}),
    (b'{"a":[]}', {"a": []}),
    (b'{"a":[5,10,99,100,9007199254740993]}', {"a": [5, 10, 99, 100, 2**53 + 1]}),
]
NOT_PLAIN = [
    *(b"", b"[1]", b"{}", b'{"a":1}', b'{"a":[1]', b'{"a":[1]}}', b'{"a":[1]}x', b',"a":[1]}', b'{"a" [1]}'),
    *(b'{"a":[1],"a":[2]}', b'{"a":[[1]]}', b'{"a":[1]{"b":[2]}', b'{"a":[1] "b":[2]}', b'{"a":{"b":[1]}}'),
    *(
        b'{"a":[%s]}' % items
        for items in (b"1,", b",1", b"1,,2", b"1, 2", b" ", b"007", b"1.0", b"1e3", b"-1")
    ),
    *(b'{"a":[%s]}' % items for items in (b"+1", b'"1"', b"null", b"1 2", b"0x1", b"1;2", b"1/2", b"1\x002")),
    *(b'{"a":[1,%d]}' % large for large in (LARGEST, LARGEST + 1, 2**64, 10**30)),
]


@pytest.mark.parametrize(("body", "expected"), PLAIN)
def test_lists_of_ids(body, expected):
    found = id_lists(body)
    assert [(name, ids.tolist()) for name, ids in found.items()] == list(expected.items())
    assert all(ids.dtype == np.int64 for ids in found.values())


@pytest.mark.parametrize("body", NOT_PLAIN)
def test_what_is_left_to_the_reader_of_json(body):
    assert id_lists(body) is None


def test_long_lists_never_become_pythons_integers(monkeypatch):
    monkeypatch.setattr(Response, "json", None)
    np.testing.assert_array_equal(read(LEAVES, leaves()), MANY)
    by_root = read(
        Arm(decode="json", cast="id_array_map"), b'{"7":[],' + leaves()[1:].replace(b"leaf_ids", b"8")
    )
    assert list(by_root) == [7, 8]
    assert by_root[7].tolist() == []
    np.testing.assert_array_equal(by_root[8], MANY)


@pytest.mark.parametrize("last", [LARGEST, '"7"', "-1"])
def test_long_lists_of_other_forms(last):
    assert read(LEAVES, leaves(last))[-1] == int(str(last).strip('"'))


@pytest.mark.parametrize("last", [2**63, 1.5, 1e3, "null", "01", "", "[1]", "{}", "true"])
def test_long_lists_that_hold_no_ids(last):
    with pytest.raises(DecodeError, match=r"should (hold ids|be JSON)"):
        read(LEAVES, leaves(last))


def test_a_long_list_by_another_name():
    with pytest.raises(DecodeError, match="it has no 'leaf_ids'"):
        read(LEAVES, leaves().replace(b"leaf_ids", b"leaves"))


def same(one, other):
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and repr(one) == repr(other)


@pytest.mark.parametrize(
    ("text", "by_orjson"),
    [
        (str(2**63), True),
        ("0.00012345678901234567890123", True),
        ('{"a": 1, "b": -0, "a": 1E5}', True),
        (str(2**64 - 1), False),  # exact, but as long as what is not
        (str(2**64), False),
        (str(-(2**63) - 1), False),
        ("1" * 40, False),
        ("NaN", False),
        ("1e400", False),
        ('"\\ud800"', False),
    ],
)
@pytest.mark.parametrize("before", [0, 7, exact_json._BLOCK - 30, exact_json._BLOCK - 12])
def test_json_is_exact_however_it_is_read(text, by_orjson, before, monkeypatch):
    body = f"[{' ' * before}{text},{' ' * LONG}0.5]".encode()
    read_by = []
    for name, reader in (("orjson", orjson.loads), ("json", json.loads)):

        def spied(body, name=name, reader=reader):
            value = reader(body)
            read_by.append(name)
            return value

        monkeypatch.setattr(exact_json.json if name == "json" else orjson, "loads", spied)
    found = exact_json.read_json(body)
    monkeypatch.undo()
    assert read_by == ["orjson" if by_orjson else "json"]
    assert same(found[0], json.loads(text))


def test_other_encodings_are_read():
    document = ["ü", 2**53 + 1, " " * LONG]
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert exact_json.read_json(json.dumps(document).encode(encoding)) == document


def test_moments_are_those_of_datetime():
    random = np.random.default_rng(0)
    halves = [0.0000005, 1.0000015, -0.0000005, 1e9 + 0.9999995, -1.5, 0.0]
    seconds = [*random.uniform(-2e9, 5e9, 2000), *halves, -62135596800.0, 253402300799.0]
    expected = [datetime.fromtimestamp(one, UTC) for one in seconds]
    found = many_from_epoch_seconds(np.array(seconds))
    assert found == expected
    assert {one.tzinfo for one in found} == {UTC}


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1e18, -1e18, 10**400, True])
def test_one_wrong_moment_is_named(wrong):
    with pytest.raises(DecodeError, match=r"should hold a time"):
        CASTS["datetime_array"]([0.0, wrong], None)


@pytest.mark.parametrize("wrong", [2, -1, 256, 0.0, 1.0, "1", None, [True]])
def test_what_is_no_list_of_bools(wrong):
    with pytest.raises(DecodeError, match=r"should hold a list of bools"):
        CASTS["bool_array"]([True, wrong], None)


def test_many_ids_are_written_as_few_are():
    param = Param("ids", "id_array", "body", ("ids",), "native")
    ids = np.array([0, LARGEST, *MANY])
    for some in (ids[:3], ids):
        text = json.dumps({"ids": some.tolist()}, separators=(",", ":")).encode()
        assert dump_json({"ids": encode_body(param, some)}) == text


class Node:
    """Something that can be in a cycle, and watched."""


def test_the_collector_is_only_paused():
    lost = Node()
    lost.itself = lost
    watched = weakref.ref(lost)
    del lost
    with paused_gc():
        assert not gc.isenabled()
        assert watched() is None  # what was garbage before does not become old
        made = [[] for _ in range(10_000)]
    assert gc.isenabled()
    assert not gc.get_freeze_count()
    assert any(one is made for one in gc.get_objects(generation=2))


def test_what_the_caller_has_frozen_stays_so(monkeypatch):
    monkeypatch.setattr(bulk.gc, "get_freeze_count", lambda: 1)
    monkeypatch.setattr(bulk.gc, "unfreeze", lambda: pytest.fail("unfrozen"))
    with paused_gc():
        pass
    assert gc.isenabled()
