from __future__ import annotations

import enum
import json
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caveclient_gen._runtime.encode import ENCODERS, dump_json, encode_body, encode_path, encode_query
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.jsonable import WrittenJSON, is_plain, jsonable
from caveclient_gen._runtime.normalise import normalise
from caveclient_gen._runtime.operation import Param

ROOT = 864691136008567725
NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
ISO_OFFSET = "2024-01-02T12:00:00.000000+00:00"


def param(type_name, encode):
    return Param(name="thing", type=type_name, location="query", wire=("thing",), encode=encode)


# type, encoder, value -> texts in a query, value in a JSON body
WRITTEN = [
    ("bool", "scalar", True, ["true"], True),
    ("bool", "scalar", np.bool_(False), ["false"], False),
    ("int", "scalar", np.int64(5), ["5"], 5),
    ("float", "scalar", 4, ["4.0"], 4.0),
    ("float", "scalar", 1e-7, ["1e-07"], 1e-07),
    ("str", "scalar", "a b&c", ["a b&c"], "a b&c"),
    ("id", "scalar", ROOT, [str(ROOT)], ROOT),
    ("any", "scalar", "now", ["now"], "now"),
    ("datetime", "epoch_seconds", "2024-01-02T03:04:05Z", ["1704164645.0"], 1704164645.0),
    ("datetime", "epoch_seconds", 1704164645.123456, ["1704164645.123456"], 1704164645.123456),
    ("datetime", "iso_utc_micros", NOON, ["2024-01-02T12:00:00.000000Z"], "2024-01-02T12:00:00.000000Z"),
    (
        "datetime",
        "iso_utc_offset",
        NOON,
        ["2024-01-02T12:00:00.000000+00:00"],
        "2024-01-02T12:00:00.000000+00:00",
    ),
    ("id_array", "csv", [ROOT, 7], [f"{ROOT},7"], f"{ROOT},7"),
    ("id_array", "csv", [], [""], ""),
    ("str_array", "csv", ["a", "b"], ["a,b"], "a,b"),
    ("point", "csv", [1, 2.5, 3], ["1.0,2.5,3.0"], "1.0,2.5,3.0"),
    ("id_array", "repeat", [ROOT, 7], [str(ROOT), "7"], [ROOT, 7]),
    ("id_array", "repeat", [], [], []),
    ("id_array", "json_list", [ROOT, 7], [f"[{ROOT},7]"], f"[{ROOT},7]"),
    ("id_array", "json_list", ROOT, [f"[{ROOT}]"], f"[{ROOT}]"),
    ("mapping", "json", {"a": [1, "x"]}, ['{"a":[1,"x"]}'], '{"a":[1,"x"]}'),
    ("mapping", "browser_json", {"id": ROOT}, [f'{{"id":"{ROOT}"}}'], f'{{"id":"{ROOT}"}}'.encode()),
    ("bounds", "bounds_str", [[0, 256], [0, 256], [0, 64]], ["0-256_0-256_0-64"], "0-256_0-256_0-64"),
    ("bounds", "native", [[0, 2], [0, 2], [0, 2]], ["[[0,2],[0,2],[0,2]]"], [[0, 2], [0, 2], [0, 2]]),
    ("id_array", "native", [ROOT], [f"[{ROOT}]"], [ROOT]),
    ("resolution", "native", (4, 4, 40), ["[4,4,40]"], [4, 4, 40]),
    ("mapping", "native", {"a": {3}}, ['{"a":[3]}'], {"a": [3]}),
]


@pytest.mark.parametrize(("type_name", "encode", "value", "texts", "document"), WRITTEN)
def test_writes_values(type_name, encode, value, texts, document):
    what = param(type_name, encode)
    normal = normalise(what, value)
    assert encode_query(what, normal) == texts
    assert json.dumps(encode_body(what, normal), default=repr) == json.dumps(document, default=repr)
    if len(texts) == 1:
        assert encode_path(what, normal) == texts[0]


def test_every_encoder_has_a_case():
    assert {row[1] for row in WRITTEN} == set(ENCODERS)


@pytest.mark.parametrize(
    ("type_name", "encode", "value"),
    [
        ("str_array", "csv", ["a,b"]),
        ("any", "scalar", [1]),
        ("any", "scalar", None),
        ("any", "scalar", float("nan")),
    ],
)
def test_refuses_what_an_encoder_cannot_say(type_name, encode, value):
    with pytest.raises(InvalidArgumentError, match="thing"):
        encode_query(param(type_name, encode), value)


def test_a_path_takes_one_value():
    with pytest.raises(InvalidArgumentError, match="exactly one"):
        encode_path(param("id_array", "repeat"), np.array([1, 2]))


class Color(enum.IntEnum):
    RED = 3


JSONABLE = [
    (None, None),
    (True, True),
    (np.bool_(True), True),
    (2**63, 2**63),
    (np.uint64(2**63), 2**63),
    (Color.RED, 3),
    (np.float32(0.5), 0.5),
    (np.float64(0.1), 0.1),
    (np.str_("a"), "a"),
    (np.array(5), 5),
    (pa.scalar(5), 5),
    ((1, 2), [1, 2]),
    ({3, 1, 2}, [1, 2, 3]),
    ({"b", "a"}, ["a", "b"]),
    ({(2, 1), (1, 2)}, [[1, 2], [2, 1]]),
    (range(3), [0, 1, 2]),
    ((i for i in (1, "a")), [1, "a"]),
    ({"a": 1}.keys(), ["a"]),
    (np.array([ROOT, 7], dtype=np.uint64), [ROOT, 7]),
    (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    (np.array([0.5, 1.5]), [0.5, 1.5]),
    (np.array(["a"]), ["a"]),
    (np.array([1, "a", None], dtype=object), [1, "a", None]),
    ([np.int64(ROOT), 7], [ROOT, 7]),
    ([1, 2.5], [1, 2.5]),
    (pd.Series([ROOT], dtype="Int64"), [ROOT]),
    (pd.Series([ROOT]), [ROOT]),
    (pd.Series(["a"]), ["a"]),
    (pd.Index([1]), [1]),
    (pa.array([ROOT]), [ROOT]),
    (pa.chunked_array([[ROOT]]), [ROOT]),
    (pl.Series([ROOT]), [ROOT]),
    (NOON, "2024-01-02T12:00:00+00:00"),
    (datetime(2024, 1, 2, 12), "2024-01-02T12:00:00+00:00"),  # naive is UTC
    (datetime(2024, 1, 2, 14, tzinfo=timezone(timedelta(hours=2))), "2024-01-02T12:00:00+00:00"),
    (date(2024, 1, 2), "2024-01-02"),
    (pd.Timestamp("2024-01-02T12"), "2024-01-02T12:00:00+00:00"),
    (np.datetime64("2024-01-02T12"), "2024-01-02T12:00:00+00:00"),
    (np.array(["2024-01-02T12"], dtype="M8[ns]"), ["2024-01-02T12:00:00+00:00"]),
    (pd.Series([pd.Timestamp("2024-01-02T12")]), ["2024-01-02T12:00:00+00:00"]),
    ({"a": {"b": (np.int8(1), {2})}}, {"a": {"b": [1, [2]]}}),
    ({5: 1, np.int64(ROOT): 2}, {"5": 1, str(ROOT): 2}),
    ([], []),
    ({}, {}),
]


@pytest.mark.parametrize(("value", "expected"), JSONABLE)
def test_converts_what_people_hold(value, expected):
    converted = jsonable(value)
    assert converted == expected
    assert json.loads(dump_json(converted)) == expected
    assert type(converted) is type(expected)


UNSAYABLE = [
    (float("nan"), "filters is nan"),
    ({"size": [1.0, float("nan")]}, r"filters\.size\[1\] is nan"),
    ({"a": {"b": float("inf")}}, r"filters\.a\.b is inf"),
    ({"a": pd.NA}, r"filters\.a is <NA>"),
    ({"a": pd.NaT}, r"filters\.a is NaT"),
    ({"a": np.array([0.0, np.nan])}, r"filters\.a\[1\] is nan"),
    ({"a": np.array([[0.0], [np.nan]])}, r"filters\.a\[1\]\[0\] is nan"),
    ({"a": pd.Series([1, None], dtype="Int64")}, r"filters\.a\[1\]"),
    ({"a": pd.Series([1.0, None])}, r"filters\.a\[1\] is nan"),
    ({"a": np.datetime64("NaT", "ns")}, r"filters\.a"),
    ({"a": b"x"}, r"filters\.a as something JSON has"),
    ({"a": object()}, r"filters\.a as something JSON has"),
    ({"a": timedelta(1)}, r"filters\.a"),
    ({"a": np.timedelta64(1, "s")}, r"filters\.a"),
    ({"a": 3 + 1j}, r"filters\.a"),
    ({"a": pd.DataFrame({"x": [1]})}, r"filters\.a"),
    ({"a": pa.table({"x": [1]})}, r"filters\.a"),
    ({1.5: 1}, "keys of filters"),
    ({None: 1}, "keys of filters"),
    ({True: 1}, "keys of filters"),
    ({np.bool_(True): 1}, "keys of filters"),
]


@pytest.mark.parametrize(("value", "reason"), UNSAYABLE)
def test_refuses_what_json_cannot_say_with_its_path(value, reason):
    with pytest.raises(InvalidArgumentError, match=reason):
        jsonable(value, "filters")


def test_refuses_what_contains_itself():
    loop = []
    loop.append(loop)
    with pytest.raises(InvalidArgumentError, match="contains itself"):
        jsonable(loop)


def test_shares_nothing_with_its_source():
    source = {"a": [1, 2]}
    jsonable(source)["a"].append(3)
    assert source == {"a": [1, 2]}


def test_json_that_is_written_already_goes_out_as_it_stands():
    rows = WrittenJSON(b'[{"a":1.50}]')
    assert dump_json(jsonable(rows)) == b'[{"a":1.50}]'
    assert dump_json({"rows": jsonable(rows), 'b"': ["c"]}) == b'{"rows":[{"a":1.50}],"b\\"":["c"]}'


class Text(str):
    """A text of a kind of its own."""


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ([], True),
        ([{"a": [1, 2.5, True, "é", {"b": []}]}], True),
        ([None], False),
        ([{"a": [float("nan")]}], False),
        ([{1: "a"}], False),
        ([{"a": (1,)}], False),
        ([Text("a")], False),
        ([np.float64(1)], False),
    ],
)
def test_what_is_json_already_is_told(value, plain):
    assert is_plain(value) is plain
    if plain:
        assert jsonable(value) == value


def test_what_contains_itself_is_not_json_already():
    loop = []
    loop.append(loop)
    assert not is_plain(loop)


def test_json_is_compact_and_ascii():
    assert dump_json({"b": [1, 2], "a": "ü"}) == b'{"b":[1,2],"a":"\\u00fc"}'


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_integers_never_change(values):
    for form in (
        values,
        np.array(values, dtype=np.int64),
        pd.Series(values, dtype="Int64"),
        pa.array(values, pa.int64()),
    ):
        assert json.loads(dump_json(jsonable(form))) == values
