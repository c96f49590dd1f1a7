import json
import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from toy_service import RecordingTransport, client_with, operation, param, reply

from caveclient_gen._runtime.answer import Answer, Truncation
from caveclient_gen._runtime.batch import MOST_FAILURES
from caveclient_gen._runtime.errors import (
    BadRequestError,
    CAVEError,
    DecodeError,
    HTTPStatusError,
    InvalidArgumentError,
    NotFoundError,
    RateLimitError,
    TruncatedResultError,
)
from caveclient_gen._runtime.merge import merge
from caveclient_gen._runtime.operation import Arm, ItemLimit, RowLimit
from caveclient_gen._runtime.pace import AT_FIRST


def many(on_exceed="split", merge="concat", limit=3, *, params=(), **more):
    more.setdefault("method", "POST")
    limits = (ItemLimit("ids", limit, on_exceed, merge),)
    return operation("many", param("ids", "id_array", "body"), *params, items=limits, **more)


def echo(request):
    return reply(request, json.loads(request.body)["ids"])


@pytest.mark.parametrize(
    ("count", "parts"),
    [(0, [0]), (1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (13, [3, 3, 3, 3, 1])],
)
def test_the_order_of_the_items_is_the_order_of_the_answer(count, parts):
    transport = RecordingTransport(echo)
    ids = [7_000_000_000_000_000_001 + 3 * n for n in range(count)]
    assert client_with(many(), transport=transport)._call("many", ids=ids) == ids
    assert sorted(len(json.loads(r.body)["ids"]) for r in transport.requests) == sorted(parts)


def test_parts_may_answer_in_any_order():
    last_answered = threading.Event()

    def answer(request):
        ids = json.loads(request.body)["ids"]
        if 1 in ids:
            assert last_answered.wait(10)
        if 9 in ids:
            last_answered.set()
        return reply(request, ids)

    client = client_with(many(), transport=RecordingTransport(answer))
    assert client._call("many", ids=range(1, 10)) == list(range(1, 10))


def test_only_a_few_parts_are_under_way_at_once():
    under_way, most, lock = 0, 0, threading.Lock()
    four = threading.Barrier(4)

    def answer(request):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        four.wait(10)  # each four go together, so four there must be
        with lock:
            under_way -= 1
        return echo(request)

    client_with(many(limit=1), transport=RecordingTransport(answer))._call("many", ids=range(12))
    assert most == 4


@pytest.mark.parametrize(("connections", "at_once"), [(0, 1), (1, 1), (2, 2), (100, 4)])
def test_no_more_at_once_than_there_are_connections(connections, at_once):
    under_way, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(at_once)

    def answer(request):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(10)
        with lock:
            under_way -= 1
        return echo(request)

    transport = RecordingTransport(answer)
    transport.pool_maxsize = connections
    assert client_with(many(limit=1), transport=transport)._call("many", ids=range(8)) == list(range(8))
    assert most == at_once


def test_the_other_arguments_go_with_every_part():
    transport = RecordingTransport(echo)
    op = many(params=[param("layer", "int", default=2)])
    client_with(op, transport=transport)._call("many", ids=range(5))
    assert [r.query for r in transport.requests] == [(("layer", "2"),)] * 2


@pytest.mark.parametrize(
    ("how", "answers", "merged"),
    [
        ("concat", [[1], [], [2]], [1, 2]),
        ("concat", [np.array([1]), np.array([2**53 + 1])], [1, 2**53 + 1]),
        ("concat", [pa.table({"a": [1]}), pa.table({"a": [2]})], {"a": [1, 2]}),
        ("dict_union", [{"a": 1}, {"b": 2}], {"a": 1, "b": 2}),
        ("concat", [None, None], None),
        ("sum", [60, 1.5, 0], 61.5),
        ("sum", [60, 60], 120),
        (None, [None, None], None),
        (None, [1, 2], [1, 2]),
        # an answer without rows, whose column of texts has no type
        ("concat", [pa.table({"a": pa.nulls(0)}), pa.table({"a": ["x"]})], {"a": ["x"]}),
        # a part without rows may lack columns; row labels come with some parts only
        ("concat", [pa.table({"b": pa.nulls(0)}), pa.table({"a": [1], "b": ["x"]})], {"a": [1], "b": ["x"]}),
        ("concat", [pa.table({"a": [1]}), pa.table({"a": [2], "__index_level_0__": [7]})], {"a": [1, 2]}),
        ("concat", [pa.table({"a": pa.array([1], "int32")}), pa.table({"a": [2**62]})], {"a": [1, 2**62]}),
        # a column with a gap that became float: ids stay exact
        ("concat", [pa.table({"a": [2**53 + 1]}), pa.table({"a": [3.0, None]})], {"a": [2**53 + 1, 3, None]}),
        ("concat", [pa.table({"a": [1]}), pa.table({"a": [0.5]})], {"a": [1.0, 0.5]}),
        (
            "concat",
            [pa.table({"a": [1], "b": [2]}), pa.table({"b": [3.0], "a": [4]})],
            {"a": [1, 4], "b": [2, 3]},
        ),
        (
            "map_union",
            [{"past": {1: [2]}, "future": {2: 1, 3: 1}}, {"past": {5: [2]}, "future": {2: 5, 4: 5}}],
            {"past": {1: [2], 5: [2]}, "future": {3: 1, 4: 5}},  # 2 became 1 and 5: it was split
        ),
        (
            "graph_union",
            [
                {
                    "directed": True,
                    "nodes": [{"id": 1}, {"id": 2, "t": 0}],
                    "links": [{"source": 1, "target": 2}],
                },
                {
                    "directed": True,
                    "nodes": [{"id": 2, "t": 0}, {"id": 1, "op": 7}],
                    "links": [{"source": 1, "target": 2}, {"source": 1, "target": 3}],
                },
            ],
            {
                "directed": True,
                "nodes": [{"id": 1, "op": 7}, {"id": 2, "t": 0}],
                "links": [{"source": 1, "target": 2}, {"source": 1, "target": 3}],
            },
        ),
    ],
)
def test_merge(how, answers, merged):
    whole = merge(answers, how)
    if isinstance(whole, np.ndarray):
        assert whole.dtype == np.int64
    plain = {pa.Table: lambda t: t.to_pydict(), np.ndarray: np.ndarray.tolist}
    assert plain.get(type(whole), lambda x: x)(whole) == merged


@pytest.mark.parametrize(
    "tables",
    [
        [pa.table({"a": [2**53 + 1]}), pa.table({"a": [0.5]})],  # no type has both exactly
        [pa.table({"a": [1]}), pa.table({"a": ["x"]})],
        [pa.table({"a": [1]}), pa.table({"b": [1]})],
    ],
)
def test_tables_that_do_not_fit_together_are_an_error(tables):
    with pytest.raises(DecodeError):
        merge(tables, "concat")


def test_merge_of_envelopes_keeps_headers_notices_and_cuts():
    cut = Truncation(1, "limited")
    first = Answer([1], {"res": (4.0,)}, ("a",))
    whole = merge([first, Answer([2], {}, ("a", "b"), cut)], "concat")
    assert whole == Answer([1, 2], {"res": (4.0,)}, ("a", "b"), cut)


def test_parts_of_different_kinds_are_an_error():
    with pytest.raises(DecodeError, match="NoneType, list"):
        merge([[1], None], "concat")


@pytest.mark.parametrize(
    ("how", "answers"),
    [
        ("sum", [1, None]),
        ("graph_union", [{"nodes": [], "links": []}, {"nodes": []}]),
        ("graph_union", [{"nodes": [{}], "links": []}] * 2),
        ("map_union", [{"past": {1: 2}}, {"past": None}]),
        ("dict_union", [3, 4]),
        ("concat", [np.zeros((1, 3)), np.zeros((1, 2))]),
    ],
)
def test_answers_of_another_form_are_an_error(how, answers):
    with pytest.raises(DecodeError, match=r"^Report these answers"):
        merge(answers, how)


def test_what_cannot_be_put_together_is_not_lost():
    def answer(request):
        return reply(request, ids_of(request) if 0 in ids_of(request) else {"odd": 1})

    with pytest.raises(DecodeError, match=r"^Ask for fewer items") as caught:
        client_with(many(), transport=RecordingTransport(answer))._call("many", ids=range(5))
    assert caught.value.partial == [[0, 1, 2], {"odd": 1}]
    assert list(caught.value.answered) == [0, 1, 2, 3, 4]
    assert caught.value.failed == ()


def ids_of(request):
    return json.loads(request.body)["ids"]


def refusing(*refused, status=404):
    def answer(request):
        if set(refused) & set(ids_of(request)):
            return reply(request, {"message": "no such node"}, status=status)
        return echo(request)

    return RecordingTransport(answer)


def failures(error):
    """What an error says of the items without an answer: first, last, items, class of what went wrong."""
    return [(f.first, f.last, list(f.items), type(f.error).__name__) for f in error.failed]


def test_a_refused_part_takes_nothing_with_it():
    transport = refusing(4)
    with pytest.raises(NotFoundError, match="no such node") as caught:
        client_with(many(), transport=transport)._call("many", ids=[*range(9), 0])
    error = caught.value
    assert error.partial == [0, 1, 2, 6, 7, 8, 0]
    assert list(error.answered) == [0, 1, 2, 6, 7, 8, 0]
    assert failures(error) == [(3, 5, [3, 4, 5], "NotFoundError")]
    assert error.failed[0].error is error
    assert error.failed[0].param == "ids"
    assert error.__notes__[0] == "This was the request for ids[3:6]."
    assert "Of this call's 4 requests 3 were answered" in error.__notes__[1]
    assert len(transport.requests) == 4


def finding_nothing(*ids, words="400 Bad Request: this query returned no results"):
    """Refuse, as a request without rows, those that hold none but these ids."""

    def answer(request):
        if set(ids) >= set(ids_of(request)):
            return reply(request, {"message": words}, status=400)
        return echo(request)

    return RecordingTransport(answer)


def looked_up():
    limits = (ItemLimit("ids", 3, "split", "concat", nothing_found="No results"),)
    return operation("many", param("ids", "id_array", "body"), items=limits, method="POST")


def test_parts_that_find_nothing_are_empty_however_many():
    transport = finding_nothing(*range(3, 18))
    found = client_with(looked_up(), transport=transport)._call("many", ids=range(20))
    assert found == [0, 1, 2, 18, 19]
    assert len(transport.requests) == 7


def test_a_call_of_which_all_parts_find_nothing_is_refused_as_one_request_is():
    transport = finding_nothing(*range(20))
    client = client_with(looked_up(), transport=transport)
    for ids in (range(3), range(20)):
        with pytest.raises(BadRequestError, match="returned no results") as caught:
            client._call("many", ids=ids)
        assert caught.value.failed == ()


def test_only_the_words_of_the_descriptor_mean_nothing_found():
    transport = finding_nothing(3, 4, 5, words="400 Bad Request: root ids are not valid")
    with pytest.raises(BadRequestError) as caught:
        client_with(looked_up(), transport=transport)._call("many", ids=range(9))
    assert failures(caught.value) == [(3, 5, [3, 4, 5], "BadRequestError")]


def test_what_found_nothing_counts_as_answered_beside_what_failed():
    def answer(request):
        ids = ids_of(request)
        if 3 in ids:
            return reply(request, {"message": "no results"}, status=400)
        return reply(request, {"message": "gone"}, status=404) if 6 in ids else echo(request)

    with pytest.raises(NotFoundError) as caught:
        client_with(looked_up(), transport=RecordingTransport(answer))._call("many", ids=range(9))
    assert caught.value.partial == [0, 1, 2]
    assert list(caught.value.answered) == [0, 1, 2, 3, 4, 5]
    assert failures(caught.value) == [(6, 8, [6, 7, 8], "NotFoundError")]


def test_after_a_few_refusals_the_call_ends():
    transport = refusing(*range(3000))
    with pytest.raises(NotFoundError) as caught:
        client_with(many(), transport=transport)._call("many", ids=range(3000))
    assert MOST_FAILURES <= len(transport.requests) <= MOST_FAILURES + AT_FIRST
    assert caught.value.partial is None
    assert caught.value.answered is None
    lost = [number for failure in caught.value.failed for number in failure.items]
    assert lost == list(range(3000))
    assert sum(failure.error is not None for failure in caught.value.failed) == MOST_FAILURES


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_what_is_wrong_with_all_parts_ends_the_call_at_once(status):
    raised, waited_in_vain = threading.Event(), []

    def answer(request):
        if 4 in ids_of(request):
            return reply(request, {"message": "not now"}, status=status)
        # Only the first part is answered before the error is out.
        if ids_of(request) != [0, 1, 2] and not raised.wait(5):
            waited_in_vain.append(ids_of(request))
        return echo(request)

    transport = RecordingTransport(answer)
    with pytest.raises(HTTPStatusError, match="not now") as caught:
        client_with(many(), transport=transport)._call("many", ids=range(3000))
    raised.set()
    for thread in threading.enumerate():
        if thread.name.startswith("cave-batch"):
            thread.join(10)
    assert waited_in_vain == []
    assert len(transport.requests) <= 6
    error = caught.value
    came = [] if error.answered is None else list(error.answered)
    lost = [number for failure in error.failed for number in failure.items]
    assert sorted([*came, *lost]) == list(range(3000))
    assert [f.first for f in error.failed if f.error is not None] == [3]


def test_an_error_with_what_came_survives_a_pickle():
    with pytest.raises(NotFoundError) as caught:
        client_with(many(), transport=refusing(4))._call("many", ids=range(9))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.partial == [0, 1, 2, 6, 7, 8]
    assert copy.failed[0].error is copy
    assert failures(copy) == failures(caught.value)
    assert str(copy) == str(caught.value)


def test_parts_of_a_write_go_one_after_another_until_one_fails():
    transport = RecordingTransport(
        lambda request: reply(request, {}, status=429) if b"[3," in request.body else echo(request)
    )
    op = many(safe=False, check="Count them.")
    with pytest.raises(RateLimitError) as caught:
        client_with(op, transport=transport)._call("many", ids=range(9))
    assert [ids_of(r) for r in transport.requests] == [[0, 1, 2], [3, 4, 5]]
    assert caught.value.partial == [0, 1, 2]
    assert list(caught.value.answered) == [0, 1, 2]
    assert failures(caught.value) == [
        (3, 5, [3, 4, 5], "RateLimitError"),
        (6, 8, [6, 7, 8], "NoneType"),
    ]


def test_a_write_whose_answer_was_lost_is_told_apart_from_those_not_sent():
    transport = RecordingTransport(
        lambda request: reply(request, {}, status=502) if b"[3," in request.body else echo(request)
    )
    op = many(safe=False, check="Count them.")
    with pytest.raises(CAVEError) as caught:
        client_with(op, transport=transport)._call("many", ids=range(9))
    assert [type(f.error) for f in caught.value.failed] == [type(caught.value), type(None)]


def test_an_interrupted_call_does_not_wait_for_its_parts(tmp_path):
    """In a process of its own: also the interpreter ends while a part is still under way."""
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    here = str(Path(__file__).parent)
    began = time.monotonic()
    run = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
    )
    assert "KeyboardInterrupt" in run.stderr
    assert time.monotonic() - began < 30


INTERRUPTED = """
import _thread, threading
from test_batch import many
from toy_service import RecordingTransport, client_with

begun, never = threading.Barrier(5), threading.Event()

def answer(request):
    begun.wait(20)
    never.wait(50)

def interrupt():
    begun.wait(20)
    _thread.interrupt_main()

threading.Thread(target=interrupt, daemon=True).start()
client_with(many(), transport=RecordingTransport(answer))._call("many", ids=range(12))
"""


# Lists in a mapping, and answers that the server cuts.

ROWS = RowLimit("Warning", ("Limited query to",), "split", "limit")
TABLE = {n: [n] * (1 + n % 3) for n in range(50)}
"""What the server has: rows by id."""


def query(most=4, rows=ROWS, unless=("limit",)):
    limits = (ItemLimit("where", most, "split", "concat", 1, unless),)
    params = (param("where", "mapping", "body"), param("limit", "int", "body"))
    return operation("query", *params, method="POST", items=limits, rows=rows)


def database(cap=1000):
    def answer(request):
        document = json.loads(request.body)
        where = document.get("where", {})
        found = [row for n in dict.fromkeys(where.get("a", TABLE)) for row in TABLE[n]]
        found = [row for row in found if row in where.get("b", TABLE)]
        most = min(cap, document.get("limit", cap))
        warned = [("Warning", f'201 - "Limited query to {most} rows')] if len(found) >= most else []
        return reply(request, found[:most], headers=warned)

    return RecordingTransport(answer)


def rows_of(ids):
    return sorted(row for n in set(ids) for row in TABLE[n])


def asked(transport, name="a"):
    return [json.loads(r.body)["where"][name] for r in transport.requests]


@pytest.mark.parametrize(
    ("ids", "requests"), [([], 1), ([7], 1), ([1, 1, 2], 1), (list(range(4)), 1), (list(range(13)), 4)]
)
def test_a_long_list_of_values_is_divided(ids, requests):
    transport = database()
    assert sorted(client_with(query(), transport=transport)._call("query", where={"a": ids})) == rows_of(ids)
    assert len(transport.requests) == requests


def test_a_value_that_stands_twice_in_a_list_does_not_double_its_rows():
    transport = database()
    ids = [1, 2, 3, 4, 5] * 3
    assert sorted(client_with(query(), transport=transport)._call("query", where={"a": ids})) == rows_of(ids)
    assert sorted(map(len, asked(transport))) == [1, 4]


@pytest.mark.parametrize("cap", [4, 5, 9, 20])
@pytest.mark.parametrize("most", [3, 50, 1000])
def test_a_cut_answer_is_asked_again_in_halves_until_nothing_is_missing(cap, most):
    transport = database(cap)
    ids = [*range(50), 3, 3]
    found = client_with(query(most), transport=transport)._call("query", where={"a": ids})
    assert sorted(found) == rows_of(ids)


def test_one_value_with_too_many_rows_is_an_error_that_keeps_the_rest():
    transport = database(3)  # the third of the ids has 3 rows: as many as the cap
    with pytest.raises(TruncatedResultError) as caught:
        client_with(query(50), transport=transport)._call("query", where={"a": [0, 1, 2, 3, 4]})
    error = caught.value
    assert sorted(error.partial) == [0, 1, 1, 2, 2, 2, 3, 4, 4]
    assert sorted(error.answered) == [0, 1, 3, 4]
    assert [(f.items, f.param) for f in error.failed] == [([2], "where['a']")]
    assert (error.got, error.limit) == (3, 3)


def test_when_one_list_is_down_to_one_value_the_next_is_divided():
    transport = database(3)
    where = {"a": [2, 5, 8], "b": [2, 5, 8, 11]}
    with pytest.raises(TruncatedResultError):
        client_with(query(50), transport=transport)._call("query", where=where)
    assert {(len(a), len(b)) for a, b in zip(asked(transport), asked(transport, "b"), strict=True)} >= {
        (3, 4),
        (3, 2),
        (3, 1),
    }


def test_with_a_limit_the_call_stays_one_request():
    transport = database(5)
    found = client_with(query(2), transport=transport)._call("query", where={"a": list(range(9))}, limit=3)
    assert len(found) == 3
    assert len(transport.requests) == 1


def test_without_a_list_a_cut_answer_is_an_error_as_before():
    transport = database(5)
    with pytest.raises(TruncatedResultError) as caught:
        client_with(query(), transport=transport)._call("query", where={})
    assert len(caught.value.partial) == 5
    assert caught.value.failed == ()
    assert len(transport.requests) == 1


def test_after_a_cut_the_parts_to_come_are_as_small_at_once():
    """Else each of the 100 parts would be cut before it is halved."""
    transport = database(20)
    ids = [n % 50 for n in range(50)]
    client_with(query(25), transport=transport)._call("query", where={"a": ids})
    sizes = list(map(len, asked(transport)))
    assert max(sizes[4:], default=0) < 25


def test_a_document_that_is_no_list_is_left_alone():
    limits = (ItemLimit("rows", 1, "split", "concat"),)
    op = operation("many", param("rows", "json", "body"), method="POST", items=limits)
    transport = RecordingTransport(lambda request: reply(request, json.loads(request.body)["rows"]))
    client = client_with(op, transport=transport)
    assert client._call("many", rows={"a": 1, "b": 2}) == {"a": 1, "b": 2}
    assert client._call("many", rows=[[1, 2], [3, 4]]) == [[1, 2], [3, 4]]
    assert len(transport.requests) == 3


def test_a_list_that_is_no_set_of_values_is_left_alone():
    transport = RecordingTransport(lambda request: reply(request, []))
    where = {"a": [[1], [2], [3], [4], [5]], "b": "text"}
    client_with(query(2), transport=transport)._call("query", where=where)
    assert json.loads(transport.requests[0].body)["where"] == where


def test_too_many_items_where_that_is_an_error():
    client = client_with(many("error"))
    with pytest.raises(InvalidArgumentError, match=r"^Pass at most 3 items as 'ids' to many, not 4\."):
        client._call("many", ids=range(4))
    assert client._transport.requests == []


def test_truncation_is_said_aloud_and_points_at_the_caller():
    transport = RecordingTransport(echo)
    client = client_with(many("truncate", None), transport=transport)
    with pytest.warns(UserWarning, match="the last 2 of 5 are left out") as caught:
        assert client._call("many", ids=[9, 8, 7, 6, 5]) == [9, 8, 7]
    assert caught[0].filename == __file__


def test_a_call_can_be_divided_in_one_place_only():
    limits = (ItemLimit("ids", 1, "split", "concat"), ItemLimit("more", 1, "split", "concat"))
    op = operation("many", param("ids", "id_array"), param("more", "id_array"), items=limits)
    with pytest.raises(InvalidArgumentError, match="'more'"):
        client_with(op)._call("many", ids=[1, 2], more=[1, 2])


def test_a_divided_call_cannot_be_prepared_as_one_request():
    client = client_with(many())
    assert json.loads(client.prepare("many", ids=[1, 2, 3]).body) == {"ids": [1, 2, 3]}
    with pytest.raises(InvalidArgumentError, match="at most 3 items as 'ids' to prepare many"):
        client.prepare("many", ids=range(4))


def test_each_part_must_have_one_result_per_item():
    op = many(response=(Arm("json", cast="id_array", same_length_as="ids"),))
    transport = RecordingTransport(lambda r: echo(r) if b"[0," in r.body else reply(r, [1]))
    with pytest.raises(DecodeError) as caught:
        client_with(op, transport=transport)._call("many", ids=range(6))
    assert "ids[3:6]" in caught.value.__notes__[0]
