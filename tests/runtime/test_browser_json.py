"""JSON for browsers: what they would round is text, all else is as it was, what JSON cannot say is named."""

import json
from collections import OrderedDict, deque
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from caveclient_gen._runtime import browser_json as module
from caveclient_gen._runtime.browser_json import browser_json, browser_value
from caveclient_gen.errors import InvalidArgumentError

ROOT = 864691135000000001
LIMIT = 2**53

WRITTEN = [
    ({}, {}),
    ({"a": [1, 2.5, True, None, "é"]}, {"a": [1, 2.5, True, None, "é"]}),
    ([LIMIT], [LIMIT]),
    ([-LIMIT], [-LIMIT]),
    ([LIMIT + 1], [str(LIMIT + 1)]),
    ([-LIMIT - 1], [str(-LIMIT - 1)]),
    ({"segments": [ROOT, 5]}, {"segments": [str(ROOT), "5"]}),
    ({"a": [ROOT, "x", 1.5]}, {"a": [str(ROOT), "x", 1.5]}),
    ({"deep": {"er": [[{"id": ROOT}]]}}, {"deep": {"er": [[{"id": str(ROOT)}]]}}),
    ([0.1234567890123456, -1.2345678901234567], [0.1234567890123456, -1.2345678901234567]),
    ({"text": f"id:{ROOT},-{ROOT}"}, {"text": f"id:{ROOT},-{ROOT}"}),
    ({str(ROOT): 1}, {str(ROOT): 1}),
    ({ROOT: [1]}, {str(ROOT): [1]}),
    (np.int64(5), "5"),
    ({"a": np.uint64(ROOT)}, {"a": str(ROOT)}),
    (np.array([1, 2]), [1, 2]),
    (np.array([[1, ROOT]]), [["1", str(ROOT)]]),
    (np.array([0.5, 1]), [0.5, 1.0]),
    (np.array([], int), []),
    (np.array([True]), [True]),
    (np.float64(0.5), 0.5),
    (np.array(["a"]), ["a"]),
    (np.array([ROOT, "x", None], object), [str(ROOT), "x", None]),
    (np.array(["2024-01-02"], "datetime64[ns]"), ["2024-01-02T00:00:00+00:00"]),
    (list(np.array([ROOT, 1])), [str(ROOT), "1"]),
    (pd.Series([ROOT, 1]), [str(ROOT), "1"]),
    (pd.Series([ROOT, 1], dtype="Int64"), [str(ROOT), "1"]),
    (pd.Index([3, 4]), [3, 4]),
    ({"a": {3, 1}}, {"a": [1, 3]}),
    # a set beside what makes the writer go the long way: a null, a key that is a number
    ({"a": {ROOT}, "b": None}, {"a": [str(ROOT)], "b": None}),
    ({"a": {ROOT, 1}, 5: {"b": (ROOT,)}}, {"a": ["1", str(ROOT)], "5": {"b": [str(ROOT)]}}),
    ({"a": deque([ROOT]), "b": None}, {"a": [str(ROOT)], "b": None}),
    ({"a": {ROOT: 1}.keys(), "b": None}, {"a": [str(ROOT)], "b": None}),
    ((1, (2, ROOT)), [1, ["2", str(ROOT)]]),
    (OrderedDict(b=1, a=ROOT), {"b": 1, "a": str(ROOT)}),
    (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02T00:00:00+00:00"),
    (datetime(2024, 1, 2), "2024-01-02T00:00:00+00:00"),
    (datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2024-01-01T22:00:00+00:00"),
    ({"lone surrogate": "\ud800"}, {"lone surrogate": "\ud800"}),
    # long lists are written as a whole
    ({"a": [ROOT, 1] * 60}, {"a": [str(ROOT), "1"] * 60}),
    ({"a": [-ROOT, 1] * 60, "b": None}, {"a": [str(-ROOT), "1"] * 60, "b": None}),
    ({"a": [LIMIT, 1] * 60}, {"a": [LIMIT, 1] * 60}),
    ({"a": [True, ROOT] * 60}, {"a": [True, str(ROOT)] * 60}),
    ({"a": [2**70, 1] * 60}, {"a": [str(2**70), "1"] * 60}),
    ({"a": [2**64 - 1, 1] * 60}, {"a": [str(2**64 - 1), "1"] * 60}),
    ({"a": [np.int64(1), np.uint8(2)] * 60}, {"a": ["1", "2"] * 60}),
    ({"a": [np.int64(ROOT), 2] * 60}, {"a": [str(ROOT), 2] * 60}),
    ({"a": np.array([ROOT, 1] * 60)[::2]}, {"a": [str(ROOT)] * 60}),
    ({"a": np.array([ROOT, 1] * 60, "uint64")}, {"a": [str(ROOT), "1"] * 60}),
    ({"a": np.arange(120, dtype="int16")}, {"a": list(range(120))}),
    # a null takes nothing of what stands elsewhere
    ({"a": [{"b": None, "c": [ROOT, 1]}, {5: 1}]}, {"a": [{"b": None, "c": [str(ROOT), "1"]}, {"5": 1}]}),
    ({"a": None, "b": [np.array([0.5, 1])] * 120}, {"a": None, "b": [[0.5, 1.0]] * 120}),
    ({"a": None, "b": np.array([[ROOT, 1]])}, {"a": None, "b": [[str(ROOT), "1"]]}),
    ({"a": [], "b": {}, "c": None}, {"a": [], "b": {}, "c": None}),
]
REFUSED = [
    ({"a": [1, {"b": float("nan")}]}, r"value\.a\[1\]\.b is nan"),
    ({"a": np.array([1.0, np.inf])}, r"value\.a\[1\] is inf"),
    ({"a": [np.float64("nan")]}, r"value\.a\[0\] is nan"),
    ({"a": pd.Series([1, None], dtype="Int64")}, "NA"),
    ({"a": object()}, r"value\.a as something JSON has"),
    ({"a": b"x"}, r"value\.a as something"),
    ({(1, 2): 1}, "texts or integers as keys"),
    ({"x": None, "a": (0.5, float("nan"))}, r"value\.a\[1\] is nan"),
    ({"x": None, "a": float("nan")}, r"value\.a is nan"),
    ({"x": None, "a": {float("nan")}}, r"value\.a\[0\] is nan"),
    ({"x": None, "a": [1, float("-inf")]}, r"value\.a\[1\] is -inf"),
    ({"x": ROOT, "a": [float("inf")]}, r"value\.a\[0\] is inf"),
    ({"x": None, "a": [{"b": np.array([1, np.nan])}] * 120}, r"value\.a\[0\]\.b\[1\] is nan"),
    ({"a": [{"b": np.array([1, np.inf])}]}, r"value\.a\[0\]\.b\[1\] is inf"),
    ({"a": [1, np.timedelta64(5, "s")]}, r"value\.a\[1\] as something"),
    ({"a": [ROOT, float("nan")] * 60}, r"value\.a\[1\] is nan"),
]


@pytest.mark.parametrize(("value", "wanted"), WRITTEN, ids=range(len(WRITTEN)))
def test_written(value, wanted):
    found = json.loads(browser_json(value))
    assert found == wanted
    assert json.dumps(found) == json.dumps(wanted)  # 1 is not 1.0, and not True


@pytest.mark.parametrize(("value", "words"), REFUSED, ids=range(len(REFUSED)))
def test_refused(value, words):
    with pytest.raises(InvalidArgumentError, match=words):
        browser_json(value)


def test_what_contains_itself_is_refused():
    endless = {}
    endless["self"] = endless
    with pytest.raises(InvalidArgumentError, match="contains itself"):
        browser_json(endless)


def test_a_long_integer_is_found_wherever_it_stands():
    """Also among much text that looks like one."""
    for place in range(40):
        text = {"pad": "x" * place, "ids": [str(ROOT)] * 3, "n": -ROOT, "f": 0.1234567890123456}
        assert json.loads(browser_json(text))["n"] == str(-ROOT)


@pytest.mark.parametrize(
    ("value", "wanted"), [(np.int64(1), "1"), (np.array([1]), [1]), ({2, 1}, [1, 2]), (np.float32(0.5), 0.5)]
)
def test_default_of_json(value, wanted):
    assert browser_value(value) == wanted


def test_a_null_is_no_reason_to_go_the_long_way(monkeypatch):
    monkeypatch.setattr(module, "dump_json", None)
    state = {"layers": [{"selected": None, "segments": [ROOT, 1], "points": [[0.5, 1, np.float64(2)]] * 10}]}
    wanted = {"layers": [{**state["layers"][0], "segments": [str(ROOT), "1"]}]}
    assert json.loads(browser_json(state)) == wanted


@pytest.mark.parametrize("place", [100_001, 100_002])
def test_a_null_is_found_wherever_it_stands(place):
    assert module._has_null(b"x" * place + b"null" + b"x" * 7)
    assert not module._has_null(b"x" * place + b"ul" + b"x" * 7)
    assert not module._has_null(b"x" * place)


def test_what_is_plain_is_written_without_being_walked(monkeypatch):
    """Ten times as fast; here told by what is not called."""
    monkeypatch.setattr(module, "_exact", None)
    state = {"layers": [{"segments": [str(ROOT)] * 10, "points": [[0.1 + 0.2, 1, 2]] * 10}]}
    assert json.loads(browser_json(state)) == state
