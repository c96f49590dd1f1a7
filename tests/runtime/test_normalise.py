from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.normalise import NORMALISERS, normalise
from caveclient_gen._runtime.operation import Param

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
BOX = [[0, 256], [0, 256], [0, 64]]


def param(type_name, **facts):
    return Param(name="thing", type=type_name, location="body", wire=("thing",), encode="native", **facts)


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


ACCEPTED = [
    ("bool", True, True),
    ("bool", np.bool_(False), False),
    ("int", 3, 3),
    ("int", np.int32(3), 3),
    ("int", np.array(3), 3),
    ("int", -(2**70), -(2**70)),
    ("float", 1, 1.0),
    ("float", np.float32(0.5), 0.5),
    ("float", np.int8(2), 2.0),
    ("str", "a", "a"),
    ("str", np.str_("a"), "a"),
    ("str", "", ""),
    ("datetime", "2024-01-02T12:00:00Z", NOON),
    ("datetime", datetime(2024, 1, 2, 12), NOON),
    ("id", "864691136008567725", 864691136008567725),
    ("id_array", 5, [5]),
    ("id_array", {5}, [5]),
    ("id_array", pd.Series([5, 5], dtype="Int64"), [5, 5]),
    ("int_array", [-1, 1], [-1, 1]),
    ("str_array", ["b", "a"], ["b", "a"]),
    ("str_array", {"b", "a"}, ["a", "b"]),  # a set has no order of its own
    ("str_array", (x for x in "ab"), ["a", "b"]),
    ("str_array", pd.Series(["a"]), ["a"]),
    ("str_array", np.array(["a"]), ["a"]),
    ("str_array", pa.array(["a"]), ["a"]),
    ("str_array", [], []),
    ("bounds", BOX, BOX),
    ("bounds", np.array(BOX, dtype=np.uint16), BOX),
    ("bounds", np.array(BOX, dtype=float), BOX),
    ("point", (1, 2, 3), [1, 2, 3]),
    ("point", [1, 2.5, 3], [1.0, 2.5, 3.0]),
    ("point", pd.Series([1, 2, 3], dtype="Int64"), [1, 2, 3]),
    ("point_array", [[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]),
    ("point_array", [], []),
    ("point_array", pd.Series([np.array([1, 2, 3])]), [[1, 2, 3]]),  # a position column
    ("point_array", pd.DataFrame({"x": [1], "y": [2], "z": [3]}), [[1, 2, 3]]),
    ("resolution", (4, 4, 40), [4, 4, 40]),
    ("resolution", [0.5, 1, 2], [0.5, 1.0, 2.0]),
    ("mapping", {"a": 1}, {"a": 1}),
    ("json", [1, {"a": None}], [1, {"a": None}]),
    ("any", b"raw", b"raw"),
]


@pytest.mark.parametrize(("type_name", "value", "expected"), ACCEPTED)
def test_brings_values_into_one_form(type_name, value, expected):
    normal = normalise(param(type_name), value)
    assert plain(normal) == expected
    assert type(plain(normal)) is type(expected)


REFUSED = [
    ("bool", 1, "True or False"),
    ("bool", "true", "True or False"),
    ("int", True, "an int"),
    ("int", 1.0, "an int"),
    ("int", "1", "an int"),
    ("int", np.array([1]), "an int"),
    ("float", "1", "a number"),
    ("float", True, "a number"),
    ("float", float("nan"), "finite"),
    ("float", float("-inf"), "finite"),
    ("str", 5, "text"),
    ("str", b"a", "text"),
    ("datetime", True, "none of them"),
    ("id", 1.0, "float"),
    ("id_array", [1.5], "float"),
    ("int_array", [True], "bools"),
    ("str_array", "abc", "list of texts"),  # would be read letter by letter
    ("str_array", 5, "list of texts"),
    ("str_array", ["a", 5], "int 5"),
    ("str_array", ["a", None], "NoneType None"),
    ("bounds", [[0, 0, 0], [256, 256, 64]], "numpy.transpose"),
    ("bounds", [[0, 256]], "shape"),
    ("bounds", [[0, 256], [0, 256], [0]], "different lengths"),
    ("bounds", [[0, 256], [0, 256], [0.5, 64]], "whole voxels"),
    ("bounds", [[0, 256], [-1, 256], [0, 64]], "not negative"),
    ("bounds", [[0, 256], [5, 5], [0, 64]], "lower end"),
    ("bounds", [[0, 256], [0, 256], [0, None]], "numbers"),
    ("bounds", "0-256_0-256_0-64", "as [[x0"),
    ("bounds", 5, "as [[x0"),
    ("point", [1, 2], "shape"),
    ("point", [1, 2, float("nan")], "finite"),
    ("point", [1, 2, "3"], "numbers"),
    ("point", [True, False, True], "numbers"),
    ("point", {"x": 1}, "three numbers"),
    ("point", np.array([1, 2, 2**63], dtype=np.uint64), "64 bits"),
    ("point_array", [1, 2, 3], "[[1, 2, 3]]"),
    ("point_array", [[1, 2]], "shape"),
    ("point_array", [[1, 2, 3], [1, 2, None]], "numbers"),
    ("resolution", [4, 4], "three positive"),
    ("resolution", [4, 4, 0], "three positive"),
    ("mapping", [("a", 1)], "a dict"),
    ("mapping", "a", "a dict"),
]


@pytest.mark.parametrize(("type_name", "value", "reason"), REFUSED)
def test_refuses_other_values_by_name(type_name, value, reason):
    with pytest.raises(InvalidArgumentError) as caught:
        normalise(param(type_name), value)
    first_line = str(caught.value).splitlines()[0]
    assert reason in first_line
    assert "thing" in first_line


LIMITS = [
    ("int", {"minimum": 1}, 1, None),
    ("int", {"minimum": 1}, 0, "at least 1"),  # not even a falsy value slips through
    ("int", {"maximum": 10}, 10, None),
    ("int", {"maximum": 10}, 11, "at most 10"),
    ("float", {"minimum": 0.5}, 0.4, "at least 0.5"),
    ("id_array", {"minimum": 1}, [1, 2], None),
    ("id_array", {"minimum": 1}, [0, 2], "at least 1"),
    ("id_array", {"minimum": 1}, [], None),
    ("id_array", {"max_items": 2}, [1, 2], None),
    ("id_array", {"max_items": 2}, [1, 2, 3], "at most 2"),
    ("str_array", {"max_items": 1}, ["a", "b"], "at most 1"),
    ("str", {"choices": ("flat", "swc")}, "swc", None),
    ("str", {"choices": ("flat", "swc")}, "swcc", "Did you mean 'swc'"),
    ("str_array", {"choices": ("flat", "swc")}, ["flat", "x"], "one of 'flat', 'swc'"),
    ("int", {"choices": (1, 2)}, 3, "one of 1, 2"),
    ("int_array", {"choices": (1, 2)}, [1, 2], None),
]


@pytest.mark.parametrize(("type_name", "limits", "value", "reason"), LIMITS)
def test_checks_the_limits_of_the_descriptor(type_name, limits, value, reason):
    if reason is None:
        assert plain(normalise(param(type_name, **limits), value)) == value
    else:
        with pytest.raises(InvalidArgumentError, match=reason):
            normalise(param(type_name, **limits), value)


@pytest.mark.parametrize("type_name", NORMALISERS)
def test_none_means_left_out(type_name):
    assert normalise(param(type_name), None) is None
    with pytest.raises(InvalidArgumentError, match="required"):
        normalise(param(type_name, required=True), None)


def test_leaves_the_callers_data_alone():
    filters, ids = {"a": [1]}, np.array([3, 1], dtype=np.int64)
    normalise(param("mapping"), filters)["b"] = 2
    normalise(param("id_array"), ids)[:] = 0
    assert filters == {"a": [1]}
    assert ids.tolist() == [3, 1]
