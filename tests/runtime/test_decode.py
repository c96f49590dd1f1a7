from __future__ import annotations

import base64
import gc
import gzip
import json
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from caveclient_gen._runtime.answer import Answer, Truncation, notices, truncation
from caveclient_gen._runtime.decode import CASTS, DECODERS, HEADER_READERS, choose_arm, decode
from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError
from caveclient_gen._runtime.operation import Arm, Operation, RowLimit
from caveclient_gen._runtime.request import Headers, Request, Response

RECORDINGS = Path(__file__).parent.parent / "recordings"
ROOT = 864691136008567725
NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
LOGIN_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>"
ROWS = RowLimit(
    header="Warning", contains=("Limited query to", "equal or more than limit"), limit_param="limit"
)


def reply(body=b"", *headers, media_type="application/json"):
    request = Request("GET", "https://host/materialize/x", operation="materialize.x")
    pairs = (("Content-Type", media_type), *headers)
    return Response(200, Headers(pairs), body, "https://host/materialize/x?middle_auth_token=secret", request)


def operation(*arms, **facts):
    return Operation(name="x", method="GET", path="/x", safe=True, response=arms, **facts)


def stream(table, compression=None):
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        for batch in table.to_batches(max_chunksize=2):
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def plain(value):
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


JSON_ANSWERS = [
    ({}, b'{"a": [1, 2]}', {"a": [1, 2]}),
    ({}, f"[{ROOT}, {2**63}]".encode(), [ROOT, 2**63]),  # integers of any size stay exact
    ({}, b"null", None),
    ({}, b'{"a": NaN, "b": Infinity}', {"a": pytest.approx(float("nan"), nan_ok=True), "b": float("inf")}),
    ({"select": ("a",)}, b'{"a": 1}', 1),
    ({"select": ("a", "b", 1)}, b'{"a": {"b": [1, 2]}}', 2),
    ({"select": (-1,)}, b"[1, 2]", 2),
    ({"select": (0,)}, b"[[]]", []),
    ({"map_keys": "int"}, f'{{"{ROOT}": "a"}}'.encode(), {ROOT: "a"}),
    ({"map_keys": "int"}, b"{}", {}),
    ({"cast": "id"}, str(ROOT).encode(), ROOT),
    ({"cast": "id"}, f'"{ROOT}"'.encode(), ROOT),  # int64_as_str
    ({"cast": "id_array"}, f'[{ROOT}, "7"]'.encode(), ("int64", [ROOT, 7])),
    ({"cast": "id_array"}, b"[]", ("int64", [])),
    ({"cast": "id_array", "select": ("ids",)}, b'{"ids": [7]}', ("int64", [7])),
    (
        {"cast": "id_array_map"},
        f'{{"{ROOT}": [1, "2"], "7": [], "8": [3]}}'.encode(),
        {ROOT: ("int64", [1, 2]), 7: ("int64", []), 8: ("int64", [3])},
    ),
    ({"cast": "id_array_map"}, b"{}", {}),
    ({"cast": "array", "dtype": "float64"}, b"[[1, 2], [null, 0.5]]", None),
    ({"cast": "array", "dtype": "int64"}, f"[[{ROOT}, 1]]".encode(), ("int64", [[ROOT, 1]])),
    ({"cast": "array", "dtype": "int64"}, f'[["{ROOT}", "1"]]'.encode(), ("int64", [[ROOT, 1]])),
    ({"cast": "array", "dtype": "uint64"}, b"[1]", ("int64", [1])),
    ({"cast": "array", "dtype": "int64"}, b"[]", ("int64", [])),
    ({"cast": "bool_array"}, b"[true, false, 1, 0]", ("bool", [True, False, True, False])),
    ({"cast": "bool_array"}, b"[]", ("bool", [])),
    ({"cast": "datetime"}, b'"2024-01-02 12:00:00+00:00"', NOON),
    ({"cast": "datetime"}, b'"2024-01-02T12:00:00"', NOON),
    ({"cast": "datetime_array"}, b"[1704196800.0, 0]", [NOON, datetime(1970, 1, 1, tzinfo=UTC)]),
    ({"cast": "datetime_array"}, b'["2024-01-02T12:00:00"]', [NOON]),
    ({"cast": "datetime_array"}, b"[]", []),
]


@pytest.mark.parametrize(("facts", "body", "expected"), JSON_ANSWERS)
def test_reads_json(facts, body, expected):
    value = decode(operation(Arm(decode="json", **facts)), {}, reply(body))
    if expected is None and facts:
        np.testing.assert_array_equal(value, [[1, 2], [np.nan, 0.5]])
    else:
        assert plain(value) == expected


def test_every_cast_and_decoder_has_a_case():
    assert {facts["cast"] for facts, *_ in JSON_ANSWERS if "cast" in facts} == set(CASTS)
    assert {arm.decode for arm, *_ in OTHER_ANSWERS} | {"json"} == set(DECODERS)
    assert {reader for reader, *_ in HEADERS} == set(HEADER_READERS)


TABLE = pa.table({"id": pa.array([1, 2, None], pa.int64()), "tag": ["a", "b", "c"]})

OTHER_ANSWERS = [
    (Arm(decode="ndarray", dtype="<u8"), np.array([ROOT, 7], "<u8").tobytes(), ("int64", [ROOT, 7])),
    (Arm(decode="ndarray", dtype=">u8"), np.array([ROOT, 7], ">u8").tobytes(), ("int64", [ROOT, 7])),
    (Arm(decode="ndarray", dtype="<i4"), np.array([-1, 7], "<i4").tobytes(), ("int64", [-1, 7])),
    (Arm(decode="ndarray", dtype="<f4"), np.array([0.5], "<f4").tobytes(), ("float64", [0.5])),
    (Arm(decode="ndarray", dtype="<u8"), b"", ("int64", [])),
    (Arm(decode="arrow_stream"), stream(TABLE), TABLE),
    (Arm(decode="arrow_stream"), stream(TABLE, "zstd"), TABLE),
    (Arm(decode="arrow_stream"), stream(TABLE, "lz4"), TABLE),
    (Arm(decode="arrow_stream"), stream(TABLE.slice(0, 0)), TABLE.slice(0, 0)),
    (Arm(decode="text"), "tabelle ü".encode(), "tabelle ü"),
    (Arm(decode="text", cast="id"), str(ROOT).encode(), ROOT),
    (Arm(decode="text"), b"", ""),
    (Arm(decode="bytes"), b"\x1f\x8b", b"\x1f\x8b"),
    (Arm(decode="none"), b"ignored", None),
    (Arm(decode="gzip_json", cast="id"), gzip.compress(str(ROOT).encode(), mtime=0), ROOT),
    (Arm(decode="gzip_json"), b'{"a": [1]}', {"a": [1]}),  # a proxy has unpacked it
    (Arm(decode="gzip_json"), b"null", None),
    (Arm(decode="gzip_text"), gzip.compress("ü\n".encode(), mtime=0), "ü\n"),
    (Arm(decode="gzip_text"), "ü\n".encode(), "ü\n"),
    (Arm(decode="gzip_bytes"), gzip.compress(b"\x89HDF", mtime=0), b"\x89HDF"),
    (Arm(decode="gzip_bytes"), b"\x89HDF", b"\x89HDF"),
]


@pytest.mark.parametrize(("arm", "body", "expected"), OTHER_ANSWERS)
def test_reads_other_forms(arm, body, expected):
    # Binary ids come labelled as HTML.
    assert plain(decode(operation(arm), {}, reply(body, media_type="text/html; charset=utf-8"))) == expected


@pytest.mark.parametrize("decoder", ["gzip_json", "gzip_text", "gzip_bytes"])
@pytest.mark.parametrize(
    "body", [gzip.compress(b'"some text"', mtime=0)[:-5], b"\x1f\x8bnonsense", LOGIN_PAGE, b""]
)
def test_a_broken_gzip_body_is_no_answer(decoder, body):
    with pytest.raises(DecodeError):
        decode(operation(Arm(decode=decoder)), {}, reply(body, media_type="application/octet-stream"))


KEYED = {"decode": "json", "keyed_by": "ids", "map_keys": "int"}


@pytest.mark.parametrize(
    ("facts", "ids", "body", "expected"),
    [
        (KEYED, [ROOT, 7], f'{{"{ROOT}": true, "7": false}}'.encode(), {ROOT: True, 7: False}),
        (KEYED, [ROOT], f'{{"{ROOT}": true}}'.encode(), {ROOT: True}),
        (KEYED, [ROOT], b"true", {ROOT: True}),
        (KEYED, [ROOT, ROOT], b"false", {ROOT: False}),
        ({**KEYED, "map_keys": None}, [7], b"true", {"7": True}),
    ],
)
def test_one_value_without_its_key(facts, ids, body, expected):
    assert decode(operation(Arm(**facts)), {"ids": np.array(ids)}, reply(body)) == expected


@pytest.mark.parametrize("ids", [[1, 2], []])
def test_one_value_for_several_items_is_no_answer(ids):
    with pytest.raises(DecodeError, match="one value came"):
        decode(operation(Arm(**KEYED)), {"ids": np.array(ids)}, reply(b"true"))


def test_binary_ids_are_the_callers_own():
    ids = decode(operation(Arm(decode="ndarray", dtype="<u8")), {}, reply(bytes(8)))
    ids[0] = 5
    assert ids.flags.owndata


IDS = Arm(decode="ndarray", dtype="<u8", same_length_as="ids")

BAD_ANSWERS = [
    (Arm(decode="json"), LOGIN_PAGE, "web page"),
    (Arm(decode="arrow_stream"), LOGIN_PAGE, "web page"),
    (Arm(decode="ndarray"), LOGIN_PAGE[:64], "web page"),  # 64 bytes: they would make eight ids
    (Arm(decode="json"), b"  <html>", "web page"),
    (Arm(decode="json"), b"", "empty"),
    (Arm(decode="arrow_stream"), b"", "empty"),
    (Arm(decode="json"), b"{", "JSON"),
    (Arm(decode="json"), b"\xff\xfe", "JSON"),
    (Arm(decode="json"), b"502 Bad Gateway", "JSON"),
    (Arm(decode="json", media_type=("text/plain",)), b"{}", "not text/plain"),
    (Arm(decode="arrow_stream", media_type=("data.arrow",)), stream(TABLE), "not data.arrow"),
    (Arm(decode="json", select=("a", "b")), b'{"a": {"c": 1}}', "no 'a.b', only the keys c"),
    (Arm(decode="json", select=("a", "b")), b'{"a": null}', "no 'a.b', only NoneType"),
    (Arm(decode="json", select=(2,)), b"[1, 2]", "no '2', only list"),
    (Arm(decode="json", select=(0,)), b'{"0": 1}', "no '0'"),
    (Arm(decode="json", map_keys="int"), b'{"a": 1}', "ids"),
    (Arm(decode="json", map_keys="int"), b"[]", "an object"),
    (Arm(decode="json", cast="id"), b"null", "one id"),
    (Arm(decode="json", cast="id"), b"1.5", "one id"),
    (Arm(decode="json", cast="id"), b"[1]", "one id"),
    (Arm(decode="json", cast="id"), b"true", "one id"),
    (Arm(decode="json", cast="id"), str(2**63).encode(), "one id"),
    (Arm(decode="json", cast="id_array"), b"[1, null]", "ids"),
    (Arm(decode="json", cast="id_array"), b"[1, 2.0]", "ids"),
    (Arm(decode="json", cast="id_array"), b'"1"', "list of ids"),
    (Arm(decode="json", cast="id_array"), f"[{2**63}]".encode(), "ids"),
    (Arm(decode="json", cast="id_array_map"), b'{"1": 5}', "list of ids"),
    (Arm(decode="json", cast="array", dtype="float64"), b"[[1], [1, 2]]", "array of float64"),
    (Arm(decode="json", cast="array", dtype="float64"), b"5", "array of float64"),
    (Arm(decode="json", cast="array", dtype="int64"), b"[1.5]", "array of int64"),
    (Arm(decode="json", cast="array", dtype="int64"), b"[null]", "array of int64"),
    (Arm(decode="json", cast="array", dtype="int64"), f"[{2**63}]".encode(), "ids"),
    (Arm(decode="json", cast="bool_array"), b"[true, null]", "list of bools"),
    (Arm(decode="json", cast="bool_array"), b"[2]", "list of bools"),
    (Arm(decode="json", cast="datetime"), b'"soon"', "a time"),
    (Arm(decode="json", cast="datetime_array"), b"[NaN]", "a time"),
    (Arm(decode="json", cast="datetime_array"), b"5", "list of times"),
    (Arm(decode="ndarray", dtype="<u8"), bytes(9), "9 bytes are no whole number"),
    (Arm(decode="ndarray", dtype="<u8"), np.array([2**63], "<u8").tobytes(), "signed 64-bit"),
    (IDS, bytes(24), "2 ids were asked for and 3 results came"),
    (Arm(decode="json", same_length_as="ids"), b"[1]", "2 ids were asked for and 1 results came"),
    (Arm(decode="arrow_stream"), b"not arrow", "Arrow stream"),
    (Arm(decode="arrow_stream"), stream(TABLE)[:-8], "cut off after 3 rows"),
    (Arm(decode="arrow_stream"), stream(TABLE)[:-100], "Arrow stream"),
]


@pytest.mark.parametrize(("arm", "body", "reason"), BAD_ANSWERS)
def test_says_what_came_instead(arm, body, reason):
    with pytest.raises(DecodeError) as caught:
        decode(operation(arm), {"ids": np.array([1, 2])}, reply(body))
    error = caught.value
    assert reason in str(error).splitlines()[0]
    assert error.operation == "materialize.x"
    assert "materialize.x" in str(error)
    assert "secret" not in str(error) + error.url
    assert "<title>" not in str(error)
    assert pickle.loads(pickle.dumps(error)).url == error.url


def test_a_count_that_fits_is_accepted():
    assert decode(operation(IDS), {"ids": np.array([1, 2])}, reply(bytes(16))).tolist() == [0, 0]


def test_a_media_type_is_compared_without_its_parameters():
    arm = Arm(decode="arrow_stream", media_type=("data.arrow",))
    answer = decode(operation(arm), {}, reply(stream(TABLE), media_type="Data.Arrow; charset=utf-8"))
    assert answer == TABLE


ARROW = Arm(decode="arrow_stream", when=(("as_arrow", True),))
RECORDS = Arm(decode="json", when=(("as_arrow", False),))


@pytest.mark.parametrize(
    ("arms", "arguments", "expected"),
    [
        ((ARROW, RECORDS), {"as_arrow": True}, ARROW),
        ((ARROW, RECORDS), {"as_arrow": False}, RECORDS),
        ((ARROW, Arm(decode="json")), {}, Arm(decode="json")),
        ((), {}, Arm(decode="none")),
    ],
)
def test_arguments_choose_the_arm(arms, arguments, expected):
    assert choose_arm(operation(*arms), arguments) == expected


def test_arguments_that_choose_no_arm_are_refused():
    with pytest.raises(InvalidArgumentError, match="none for as_arrow='maybe'"):
        choose_arm(operation(ARROW, RECORDS), {"as_arrow": "maybe"})


HEADERS = [
    ("text", ["a"], "a"),
    ("text", ["a", "b"], "a, b"),
    ("bool", ["True"], True),
    ("bool", ["false"], False),
    ("float_csv", ["4.0", "4.0", "40.0"], (4.0, 4.0, 40.0)),  # as the servers send it
    ("float_csv", ["4.0, 4.0, 40.0"], (4.0, 4.0, 40.0)),  # as a proxy joins it
    ("python_literal", ["{'t': {'id': 'id_ref'}}"], {"t": {"id": "id_ref"}}),
]


@pytest.mark.parametrize(("reader", "values", "expected"), HEADERS)
def test_reads_headers(reader, values, expected):
    arm = Arm(decode="json", headers=(("Used-Bounds", reader), ("absent", reader)))
    answer = decode(
        operation(arm, envelope=True), {}, reply(b"[1, 2]", *(("used-bounds", v) for v in values))
    )
    assert answer == Answer([1, 2], {"Used-Bounds": expected}, (), None)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        ("bool", "maybe"),
        ("float_csv", "4.0, x"),
        ("python_literal", "__import__('os').getcwd()"),
        ("python_literal", "{"),
        ("python_literal", "(" * 5000),
    ],
)
def test_an_unreadable_header_is_named(reader, text):
    arm = Arm(decode="json", headers=(("column_names", reader),))
    with pytest.raises(DecodeError, match="column_names"):
        decode(operation(arm, envelope=True), {}, reply(b"[]", ("column_names", text)))


@contextmanager
def restless() -> Iterator[None]:
    """Let threads take turns as often as they can, also in the middle of parsing: there by the collector."""
    every, thresholds = sys.getswitchinterval(), gc.get_threshold()

    def take_turns(*_):
        sum(range(50))

    gc.callbacks.append(take_turns)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(every)
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(take_turns)


def test_headers_are_read_in_many_threads():
    """Parts of a call are decoded side by side, which the parsers of some Pythons cannot stand."""
    text = repr({f"table_{n}": {"id": f"id_{n}"} for n in range(20)})
    with restless(), ThreadPoolExecutor(8) as pool:
        found = list(pool.map(HEADER_READERS["python_literal"], [text] * 1000))
    assert all(repr(each) == text for each in found)


OWNER = "Table Owner Notice on nuclei: please cite the bench"
LIVE = "result has 3 entries, which is equal or more than limit of 3 there may be more results not shown"
SUFFIXES = "Suffixes is deprecated for complex queries, as it can be ambiguous"

NOTICES = [
    ([], ()),
    ([""], ()),
    ([OWNER], (OWNER,)),
    (['201 - "Limited query to 5 rows'], ("Limited query to 5 rows",)),  # the closing quote is missing
    (['299 - "Limited query to 5 rows"'], ("Limited query to 5 rows",)),
    ([OWNER, SUFFIXES], (OWNER, SUFFIXES)),
    ([f"{OWNER}, {SUFFIXES}"], (OWNER, SUFFIXES)),  # joined on the way
    ([f'{OWNER}, 201 - "Limited query to 5 rows'], (OWNER, "Limited query to 5 rows")),
    # Sent twice, with different runs of blanks, and with commas of its own.
    ([LIVE.replace("more than", "more         than"), LIVE.replace("more than", "more     than")], (LIVE,)),
    (["Table Owner Notice on t: cite A, B, and C"], ("Table Owner Notice on t: cite A, B, and C",)),
]


@pytest.mark.parametrize(("values", "expected"), NOTICES)
def test_splits_notices(values, expected):
    assert notices(reply(b"", *(("Warning", value) for value in values))) == expected


CAPPED = '201 - "Limited query to 5 rows'

CUTS = [
    (ROWS, {}, [CAPPED], 5, Truncation(5, "Limited query to 5 rows", 5)),
    (ROWS, {}, [f"{OWNER}, {CAPPED}"], 5, Truncation(5, "Limited query to 5 rows", 5)),
    (ROWS, {"limit": None}, [CAPPED], 5, Truncation(5, "Limited query to 5 rows", 5)),
    (ROWS, {"limit": 5}, [CAPPED], 5, None),  # the caller's own limit
    (ROWS, {"limit": 5}, [CAPPED], 4, None),  # ... and one row was filtered after it
    (ROWS, {"limit": 10}, [CAPPED], 5, Truncation(5, "Limited query to 5 rows", 5)),  # lowered by the server
    (ROWS, {}, [LIVE.replace("more than", "more      than")], 5, Truncation(5, LIVE, 3)),
    (ROWS, {"limit": 3}, [LIVE], 5, None),  # a live query may return more than was asked for
    (ROWS, {}, [OWNER], 5, None),
    (ROWS, {}, [], 200_000, None),  # as many rows as a known cap, and nobody says there are more
    (None, {}, [CAPPED], 5, None),
    (RowLimit("X-Cut", ("more",)), {}, [], 5, None),
]


@pytest.mark.parametrize(("rows", "arguments", "warnings", "got", "expected"), CUTS)
def test_sees_that_an_answer_is_cut_short(rows, arguments, warnings, got, expected):
    response = reply(b"", *(("Warning", text) for text in warnings))
    assert truncation(operation(rows=rows), arguments, response, got) == expected


@pytest.mark.parametrize(
    ("wanted", "got", "is_cut"),
    [(None, 5, True), (5, 5, False), (6, 5, True)],
    ids=["none", "reached", "missed"],
)
def test_a_cap_without_a_number_is_compared_with_the_rows_that_came(wanted, got, is_cut):
    rows = RowLimit("X-Cut", ("there is more",), limit_param="limit")
    cut = truncation(operation(rows=rows), {"limit": wanted}, reply(b"", ("X-Cut", "there is more")), got)
    assert (cut is not None) is is_cut


def recorded(name):
    exchanges = json.loads((RECORDINGS / name).read_text())["exchanges"]
    response = next(e["response"] for e in exchanges if "dataframe_resolution" in e["response"]["headers"])
    repeated = response.get("repeated_headers", {})
    pairs = [(k, v) for k, text in response["headers"].items() for v in repeated.get(k, [text])]
    body = response["body"]
    content = base64.b64decode(body["base64"]) if "base64" in body else body["text"].encode()
    return Response(200, Headers(pairs), content, "https://host/x", Request("POST", "https://host/x"))


@pytest.mark.parametrize(
    ("name", "rows", "resolution", "cut"),
    [
        ("materialize/017_query_table_synapses.json", 40, (4.0, 4.0, 40.0), None),
        ("materialize/020_query_table_desired_resolution.json", 3, (1.0, 1.0, 1.0), 3),
        ("materialize/074_live_live_query_limit.json", 5, (4.0, 4.0, 40.0), 3),
        ("routes/046_query_limit_header.json", 5, (4.0, 4.0, 40.0), 5),
        ("routes/048_query_lz4.json", 40, (4.0, 4.0, 40.0), None),
        ("routes/049_query_json.json", 3, (4.0, 4.0, 40.0), 3),
    ],
)
def test_reads_recorded_queries(name, rows, resolution, cut):
    response = recorded(name)
    headers = (("dataframe_resolution", "float_csv"), ("column_names", "python_literal"))
    kind = "arrow_stream" if response.media_type == "data.arrow" else "json"
    answer = decode(operation(Arm(decode=kind, headers=headers), rows=ROWS, envelope=True), {}, response)
    assert answer.headers["dataframe_resolution"] == resolution
    assert list(answer.headers["column_names"]) == ["synapses"]
    assert (answer.value.num_rows if kind == "arrow_stream" else len(answer.value)) == rows
    assert (answer.truncated and answer.truncated.limit) == cut
    assert all("  " not in text and '"' not in text for text in answer.warnings)


def test_answers_can_be_pickled():
    answer = Answer([1], {"a": (1.0,)}, ("b",), Truncation(1, "c"))
    assert pickle.loads(pickle.dumps(answer)) == answer
