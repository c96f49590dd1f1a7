"""How large parts are and how many go at once: arithmetic on numbers, then the calls that follow from it."""

import json
import threading
from collections import Counter
from dataclasses import replace

import pytest
from toy_service import RecordingTransport, client_with, operation, param, reply

from caveclient_gen._runtime import session_defaults
from caveclient_gen._runtime.errors import NotFoundError, TruncatedResultError
from caveclient_gen._runtime.operation import ItemLimit, RowLimit
from caveclient_gen._runtime.pace import AT_FIRST, Pace

CUT = TruncatedResultError(got=100, limit=100)


def came(pace, count, rows=0, seconds=0.0, at=0.0, **more):
    pace.came(count, rows, at, at + seconds, **more)
    return pace.size


def test_lists_that_are_only_too_long_go_out_as_large_as_they_may():
    pace = Pace(5000, 4)
    assert (pace.at_once, pace.next_size(20_000, 20_000), pace.next_size(5001, 5001)) == (4, 5000, 5000)
    assert came(pace, 5000, 10**6, 1.4) == 5000
    assert came(pace, 17, 17, 0.1) == 5000
    assert pace.at_once == 4


def test_the_pace_recovers_from_one_value_with_many_rows():
    pace = Pace(64, 4)
    for count in (64, 32, 16, 8, 4, 2):
        pace.cut(count, CUT)
    assert pace.size == 1
    for count, size in ((1, 2), (2, 4), (2, 4), (1, 4), (4, 8), (8, 16), (16, 32), (32, 64), (64, 64)):
        assert came(pace, count, count // 2) == size


def test_after_a_cut_parts_grow_only_as_far_as_half_of_the_cap():
    pace = Pace(64, 4)
    pace.cut(64, CUT)
    for size in (33, 33):
        assert came(pace, 32, 48) == size  # one and a half rows each: half of 100


@pytest.mark.parametrize(
    ("rows", "seconds", "size"),
    [
        (100, 0.05, 1600),  # 16 times as many, whatever the time and the rows allow
        (0, 0.05, 1600),
        (25_000, 0.05, 400),  # half of 200,000 rows
        (100, 0.3, 500),  # a second and a half
        (100, 3.0, 100),  # long, but no reason to send smaller ones
        (100, 30.0, 5),
        (10**9, 0.05, 1),
    ],
)
def test_what_came_decides_on_what_follows(rows, seconds, size):
    assert came(Pace(5000, 8, 100, 200_000), 100, rows, seconds) == size


def test_all_answers_tell_how_many_rows_an_item_has():
    """One item with very many rows does not make all parts small."""
    pace = Pace(5000, 8, 100, 200_000)
    came(pace, 100, 1000)
    came(pace, 1000, 19_000)
    assert came(pace, 1000, 22_000) == 5000
    assert came(pace, 5000, 200_000) == 100_000 * 7100 // 242_000


def test_a_server_that_sends_more_at_once_gets_larger_parts_and_one_that_sends_less_smaller_ones():
    for cap, size in ((1_000_000, 200), (100_000, 50)):
        pace = Pace(5000, 8, 100, 200_000)
        pace.cut(200, TruncatedResultError(got=cap, limit=cap))
        assert came(pace, 100, 100 * 1000) == size


def test_the_last_parts_keep_all_workers_busy():
    pace = Pace(5000, 4, 100, 200_000)
    came(pace, 100, 100, 0.05)
    assert pace.at_once == 4
    sent, rest = [], 5000
    while rest:
        sent.append(min(rest, pace.next_size(rest, rest)))
        rest -= sent[-1]
    assert sent == [1250, 938, 800, 800, 606, 606]


def test_workers_begin_few_and_are_halved_when_the_server_wants_a_pause():
    pace = Pace(5000, 8, 100)
    assert pace.at_once == AT_FIRST
    for at_once in (5, 6, 7, 8, 8):
        came(pace, 100, at=1.0)
        assert pace.at_once == at_once
    came(pace, 100, at=2.0, seconds=3.0, paused=True)
    came(pace, 100, at=4.5, seconds=1.0, paused=True)  # was under way then: the same event
    assert pace.at_once == 4
    came(pace, 100, at=6.0)
    assert pace.at_once == 4, "for the rest of the call"
    for at, at_once in ((7, 2), (8, 1), (9, 1)):
        came(pace, 100, at=at, seconds=0.5, paused=True)
        assert pace.at_once == at_once


# Calls

ROWS = RowLimit("Warning", ("Limited query to",), "split", "limit", usual=200)


def query(first=4, most=50):
    limits = (ItemLimit("where", most, "split", "concat", 1, ("limit",), first=first),)
    params = (param("where", "mapping", "body"), param("limit", "int", "body"))
    return operation("query", *params, method="POST", items=limits, rows=ROWS)


def sizes(transport):
    return [len(json.loads(r.body)["where"]["a"]) for r in transport.requests]


def database(rows_of=lambda n: 1, cap=200):
    def answer(request):
        ids = json.loads(request.body)["where"]["a"]
        rows = [n for n in ids for _ in range(rows_of(n))]
        warned = [("Warning", f'201 - "Limited query to {cap} rows')] if len(rows) >= cap else []
        return reply(request, rows[:cap], headers=warned)

    return RecordingTransport(answer)


@pytest.mark.parametrize("ids", [[], [1], [1, 2, 3, 4], [1, 2, 3, 4] * 5])
def test_what_the_first_request_may_carry_is_one_request(ids):
    transport = database()
    client_with(query(), transport=transport)._call("query", where={"a": ids})
    assert sizes(transport) == [len(ids)]


def test_parts_begin_small_and_grow():
    transport = database()
    ids = list(range(100, 140)) + list(range(20)) + [100]
    found = client_with(query(), transport=transport)._call("query", where={"a": ids})
    assert found == ids[:-1], "the order is that of the items, each once"
    assert sizes(transport)[:AT_FIRST] == [4] * AT_FIRST
    assert max(sizes(transport)) > 4
    assert len(sizes(transport)) < 12


def test_a_cut_answer_is_rare_where_rows_can_be_foreseen():
    transport = database(lambda n: 30 if n % 40 == 7 else 3)
    found = client_with(query(8, 1000), transport=transport)._call("query", where={"a": list(range(1000))})
    assert Counter(found) == {n: 30 if n % 40 == 7 else 3 for n in range(1000)}
    assert sum(sizes(transport)) == 1000, "nothing was asked for twice"


def test_such_a_call_may_be_prepared_and_kept_whole():
    transport = database()
    client = client_with(query(), transport=transport)
    assert len(json.loads(client.prepare("query", where={"a": list(range(50))}).body)["where"]["a"]) == 50
    client._call("query", where={"a": list(range(30))}, limit=9)
    assert sizes(transport) == [30]


def test_a_refused_part_of_such_a_call_loses_no_other():
    base = database()

    def answer(request):
        if 9 in json.loads(request.body)["where"]["a"]:
            return reply(request, {"message": "gone"}, status=404)
        return base.send(request)

    with pytest.raises(NotFoundError) as caught:
        client_with(query(), transport=RecordingTransport(answer))._call("query", where={"a": [*range(60)]})
    (lost,) = caught.value.failed
    assert 9 in lost.items
    assert list(caught.value.answered) == [n for n in range(60) if n not in lost.items]
    assert caught.value.partial == list(caught.value.answered)


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (2, 2), (8, 8), (12, 10)])
def test_how_many_go_at_once_is_a_default_of_the_process(monkeypatch, at_once, most):
    """And no more than the connections that are kept: 10."""
    defaults = replace(session_defaults.current(), parallel_requests=at_once)
    monkeypatch.setattr(session_defaults, "_current", defaults)
    under_way, seen, lock, full = 0, 0, threading.Lock(), threading.Event()

    def answer(request):
        nonlocal under_way, seen
        with lock:
            under_way += 1
            seen = max(seen, under_way)
            if seen == most:
                full.set()
            begun = len(transport.requests) > 2 * AT_FIRST  # those before make room for more
        if begun:
            assert full.wait(10)
        with lock:
            under_way -= 1
        return reply(request, json.loads(request.body)["where"]["a"])

    transport = RecordingTransport(answer)
    transport.pool_maxsize = 10
    ids = list(range(60))
    assert client_with(query(1, 2), transport=transport)._call("query", where={"a": ids}) == ids
    assert seen == most


def test_where_requests_had_to_be_repeated_fewer_go_at_once():
    under_way, seen, lock = 0, [], threading.Lock()

    def answer(request):
        nonlocal under_way
        with lock:
            under_way += 1
            seen.append(under_way)
            number = len(seen)
        together.wait(0.01)
        with lock:
            under_way -= 1
        ids = json.loads(request.body)["where"]["a"]
        return replace(reply(request, ids), attempts=2 if number <= AT_FIRST else 1)

    together = threading.Event()
    ids = list(range(40))
    transport = RecordingTransport(answer)
    assert client_with(query(1, 2), transport=transport)._call("query", where={"a": ids}) == ids
    assert max(seen[: AT_FIRST + 1]) > 1
    assert max(seen[2 * AT_FIRST :]) <= AT_FIRST // 2
