import json
import threading

import numpy as np
import pyarrow as pa
import pytest
from toy_service import RecordingTransport, client_with, operation, param, reply

from caveclient_gen._runtime.answer import Answer, Truncation
from caveclient_gen._runtime.batch import merge
from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError, NotFoundError, RateLimitError
from caveclient_gen._runtime.operation import Arm, ItemLimit


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
    ],
)
def test_merge(how, answers, merged):
    whole = merge(answers, how)
    if isinstance(whole, np.ndarray):
        assert whole.dtype == np.int64
    plain = {pa.Table: lambda t: t.to_pydict(), np.ndarray: np.ndarray.tolist}
    assert plain.get(type(whole), lambda x: x)(whole) == merged


def test_merge_of_envelopes_keeps_headers_notices_and_cuts():
    cut = Truncation(1, "limited")
    first = Answer([1], {"res": (4.0,)}, ("a",))
    whole = merge([first, Answer([2], {}, ("a", "b"), cut)], "concat")
    assert whole == Answer([1, 2], {"res": (4.0,)}, ("a", "b"), cut)


def test_parts_of_different_kinds_are_an_error():
    with pytest.raises(DecodeError, match="NoneType, list"):
        merge([[1], None], "concat")


def test_the_error_of_a_part_says_which_and_the_rest_is_not_sent():
    raised, waited_in_vain = threading.Event(), []

    def answer(request):
        ids = json.loads(request.body)["ids"]
        if 4 in ids:
            return reply(request, {"message": "no such node"}, status=404)
        # Only the first part is answered before the error is out.
        if ids != [0, 1, 2] and not raised.wait(5):
            waited_in_vain.append(ids)
        return echo(request)

    transport = RecordingTransport(answer)
    with pytest.raises(NotFoundError, match="no such node") as caught:
        client_with(many(), transport=transport)._call("many", ids=range(3000))
    raised.set()
    for thread in threading.enumerate():
        if thread.name.startswith("cave-batch"):
            thread.join(10)
    assert waited_in_vain == []
    assert "This was part 2 of 1000 of the call: ids[3:6]." in caught.value.__notes__
    assert len(transport.requests) <= 6


def test_parts_of_a_write_go_one_after_another_until_one_fails():
    transport = RecordingTransport(
        lambda request: reply(request, {}, status=429) if b"[3," in request.body else echo(request)
    )
    op = many(safe=False, check="Count them.")
    with pytest.raises(RateLimitError) as caught:
        client_with(op, transport=transport)._call("many", ids=range(9))
    assert [json.loads(r.body)["ids"] for r in transport.requests] == [[0, 1, 2], [3, 4, 5]]
    assert "part 2 of 3" in caught.value.__notes__[0]


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
