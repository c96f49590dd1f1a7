import pickle
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from toy_service import operation, param

from caveclient_gen._runtime.cache import MISS, AnswerCache, cache_key, freeze
from caveclient_gen._runtime.operation import Arm, CachePolicy

POLICY = CachePolicy(ttl=60.0, maxsize=2, key=("name",))


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def cache(now):
    return AnswerCache(clock=lambda: now[0])


def test_an_answer_lives_as_long_as_its_policy_says(cache, now):
    cache.put("look", POLICY, "k", {"a": 1})
    now[0] = 59.9
    assert cache.get("look", "k") == {"a": 1}
    now[0] = 60.0
    assert cache.get("look", "k") is MISS


def test_none_is_an_answer(cache):
    cache.put("look", POLICY, "k", None)
    assert cache.get("look", "k") is None
    assert cache.get("look", "other") is MISS
    assert cache.get("other", "k") is MISS


def test_beyond_its_size_the_least_recently_used_goes(cache):
    cache.put("look", POLICY, "a", 1)
    cache.put("look", POLICY, "b", 2)
    cache.get("look", "a")
    cache.put("look", POLICY, "c", 3)
    assert [cache.get("look", key) for key in "abc"] == [1, MISS, 3]


def test_operations_do_not_push_each_other_out(cache):
    for key in "abcd":
        cache.put("busy", POLICY, key, 0)
    cache.put("look", POLICY, "a", 1)
    assert cache.get("look", "a") == 1


@pytest.mark.parametrize("answer", [{"a": [1]}, [{"b": 1}], np.array([1, 2])], ids=["dict", "list", "array"])
def test_changing_an_answer_does_not_change_the_cache(cache, answer):
    before = repr(answer)
    cache.put("look", POLICY, "k", answer)
    for own in (answer, cache.get("look", "k")):
        own[next(iter(own)) if isinstance(own, dict) else 0] = 99
    assert repr(cache.get("look", "k")) == before


def test_arrow_tables_are_not_copied(cache):
    table = pa.table({"id": [1]})
    cache.put("look", POLICY, "k", table)
    assert cache.get("look", "k") is table


def test_a_pickle_holds_no_answers(cache):
    cache.put("look", POLICY, "k", "secret")
    data = pickle.dumps(cache)
    assert b"secret" not in data
    assert pickle.loads(data).get("look", "k") is MISS


@pytest.mark.parametrize("operation_name", [None, "look"])
def test_clear(cache, operation_name):
    cache.put("look", POLICY, "k", 1)
    cache.clear(operation_name)
    cache.clear("never used")
    assert cache.get("look", "k") is MISS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        (1, "1", False),
        (None, 0, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ([1, [2]], [1, [2, 3]], False),
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({1, 2}, {2, 1}, True),
        (np.array([1, 2]), np.array([1, 2]), True),
        (np.array([1, 2]), np.array([1, 3]), False),
        (np.array([1, 2]), np.array([[1], [2]]), False),
        (np.array([1], dtype="i8"), np.array([1], dtype="u8"), False),
        (np.array([2**53 + 1]), np.array([2**53]), False),
        (np.array([2**70], dtype=object), np.array([2**70], dtype=object), True),
        (np.array([2**70], dtype=object), np.array([2**71], dtype=object), False),
        (datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC), True),
    ],
)
def test_keys_tell_values_apart(one, other, same):
    assert (freeze(one) == freeze(other)) is same
    assert (hash(freeze(one)) == hash(freeze(other))) or not same


def test_a_key_has_what_the_policy_names_what_chooses_the_form_and_what_the_client_holds():
    look = operation(
        "look",
        param("name"),
        param("log", "bool", "none"),
        param("as_frame", "bool", "none"),
        response=(Arm("json", when=(("as_frame", True),)), Arm("text")),
        cache=POLICY,
    )

    def key(held="minnie", **values):
        return cache_key(look, {"name": "n", "log": True, "as_frame": True} | values, {"datastack": held})

    assert key() == key(log=False)
    assert len({key(), key(name="m"), key(as_frame=False), key("other")}) == 4


def test_what_cannot_be_told_apart_is_not_cached():
    look = operation("look", param("name", "any"), cache=POLICY)
    assert cache_key(look, {"name": bytearray(b"x")}, {}) is None
