"""What became of rows whose answer was lost: decided by two witnesses, and left open where they disagree."""

import pickle
import threading

import numpy as np
import pandas as pd
import pytest

from caveclient_gen.errors import (
    AuthError,
    HTTPStatusError,
    InvalidArgumentError,
    PermissionDeniedError,
    ServiceConnectionError,
    UnknownOutcomeError,
    UnknownUploadError,
)
from caveclient_gen.mixins.annotation import ledger, recovery, sending

OLD = {"tag": "old", "pt": {"position": [1, 2, 3]}}


def frame(count):
    points = [[one, one + 1, one + 2] for one in range(count)]
    return pd.DataFrame({"pt_position": points, "tag": [f"tag {one}" for one in range(count)]})


def staged_with(client, count, **options):
    staged = client.stage_annotations("t", **options)
    staged.add_dataframe(frame(count))
    return staged


def lose(client, staged, **options):
    with pytest.raises(UnknownUploadError) as caught:
        client.upload_staged_annotations(staged, **options)
    return caught.value


def ours(server):
    return [row["tag"] for _, row in sorted(server.rows.items()) if row["valid"] and row["tag"][:4] == "tag "]


def assert_each_is_in_once(server, staged):
    count = len(staged)
    assert ours(server) == [f"tag {one}" for one in range(count)]
    tracked = staged.annotation_dataframe(include_tracking=True)
    assert [server.rows[one]["tag"] for one in tracked["new_id"]] == tracked["tag"].tolist()


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    taken = []
    monkeypatch.setattr(sending.time, "sleep", taken.append)
    return taken


@pytest.mark.parametrize("batch", [1, 2], ids=["first", "second"])
@pytest.mark.parametrize(("how", "posts"), [("lost", 3), ("gone", 3), ("denied", 3), ("dropped", 4)])
@pytest.mark.parametrize("others", [0, 3, 2000])
def test_other_people_write_in_between(client, server, batch, how, posts, others):
    server.insert([OLD] * 4)
    server.scripted[("POST", batch)] = how
    staged = staged_with(client, 30)
    lose(client, staged, batch_size=10)
    server.insert([OLD] * others)
    if how == "dropped" and others > 10:
        # The table grew by more than the batch, so its size says nothing.
        lose(client, staged, batch_size=10)
        assert len(server.writes) == batch
        staged.mark_not_uploaded(staged.unknown_rows)
    client.upload_staged_annotations(staged, batch_size=10)
    assert_each_is_in_once(server, staged)
    assert len(server.writes) == posts


@pytest.mark.parametrize("others", [1, 3])
def test_ids_between_those_of_other_people(client, server, others):
    server.insert([OLD] * 4)
    server.others = others
    server.scripted[("POST", 2)] = "lost"
    staged = staged_with(client, 300)
    lose(client, staged, batch_size=100)
    assert len(client.upload_staged_annotations(staged, batch_size=100)) == 200
    assert_each_is_in_once(server, staged)
    assert len(server.writes) == 3


@pytest.mark.parametrize(("how", "posts"), [("lost", 1), ("dropped", 2)])
def test_a_table_with_many_rows_that_were_replaced(client, server, how, posts):
    """The newest id is far beyond the number of rows."""
    for number in server.insert([OLD] * 60_000)[:-50]:
        server.rows[number]["valid"] = False
    server.scripted[("POST", 1)] = how
    staged = staged_with(client, 5)
    lose(client, staged)
    client.upload_staged_annotations(staged)
    assert_each_is_in_once(server, staged)
    assert len(server.writes) == posts


def test_a_table_that_did_not_grow_because_others_deleted_rows(client, server):
    server.insert([OLD] * 40)
    server.scripted[("POST", 1)] = "lost"
    staged = staged_with(client, 5)
    lose(client, staged)
    for number in range(1, 6):
        server.rows[number]["valid"] = False
    assert str(lose(client, staged)).startswith("Look for the rows in the table")
    assert len(server.writes) == 1


def test_the_same_rows_were_deleted_before(client, server):
    """What was deleted is not what was sent."""
    for number in server.insert([{"tag": "tag 0", "pt": {"position": [0, 1, 2]}}]):
        server.rows[number]["valid"] = False
    server.scripted[("POST", 1)] = "dropped"
    staged = staged_with(client, 1)
    lose(client, staged)
    assert client.upload_staged_annotations(staged) == [2]
    assert_each_is_in_once(server, staged)


def test_not_now_after_the_commit_is_not_sent_again(client, server):
    server.scripted[("POST", 1)] = "denied"
    staged = staged_with(client, 3)
    error = lose(client, staged)
    assert error.unknown == [0, 1, 2]
    assert "the server answered 503" in str(error)
    assert client.upload_staged_annotations(staged) == [1, 2, 3]
    assert len(server.writes) == 1


def test_without_a_count_the_rows_after_known_ones_are_found(client, server):
    server.can_count = False
    server.scripted[("POST", 2)] = "lost"
    staged = staged_with(client, 30)
    lose(client, staged, batch_size=10)
    client.upload_staged_annotations(staged, batch_size=10)
    assert_each_is_in_once(server, staged)


def test_an_update_that_may_still_be_under_way(client, server, monkeypatch):
    """Rows of an update that nothing replaced yet may be the next that the server comes to."""
    server.insert([OLD] * 4)
    staged = client.stage_annotations("t", update=True)
    staged.add_dataframe(frame(4).assign(id=range(1, 5)))
    server.scripted[("PUT", 1)] = 504
    lose(client, staged)
    assert str(lose(client, staged)).startswith("Call upload_staged_annotations again with the same stage in")
    assert len(server.writes) == 1
    now = sending.time.time()
    monkeypatch.setattr(sending.time, "time", lambda: now + ledger.SETTLED_AFTER + 60)
    assert client.upload_staged_annotations(staged) == {1: 5, 2: 6, 3: 7, 4: 8}


def named(client, **changes):
    staged = client.stage_annotations("t", id_field=True)
    staged.add_dataframe(frame(3).assign(id=[100, 200, 300], **changes))
    return staged


def test_named_rows_that_may_still_come(client, server):
    server.scripted[("POST", 1)] = 504
    staged = named(client)
    lose(client, staged)
    assert "min: the server may still be at" in str(lose(client, staged))
    assert len(server.writes) == 1


def test_named_rows_of_which_some_are_somebody_elses(client, server):
    server.insert([{**OLD, "id": 200}])
    server.scripted[("POST", 1)] = "dropped"
    staged = named(client)
    lose(client, staged)
    assert lose(client, staged).unknown == [0, 1, 2]
    assert len(server.writes) == 1


def test_named_rows_that_were_there_before_with_other_content(client, server):
    server.insert([{**OLD, "id": one} for one in (100, 200)])
    server.insert([{"id": 300, "tag": "tag 2", "pt": {"position": [2, 3, 4]}}])
    server.scripted[("POST", 1)] = "dropped"
    staged = named(client)
    lose(client, staged)
    assert lose(client, staged).uploaded == {}


def test_an_update_that_the_server_does_not_confirm(client, server):
    server.insert([OLD] * 2)
    server.scripted[("PUT", 1)] = (200, {"1": 3})
    staged = client.stage_annotations("t", update=True)
    staged.add_dataframe(frame(2).assign(id=[1, 2]))
    assert "lacks 1 of them, 2 for one" in str(lose(client, staged))


def test_a_doubled_id_is_refused(client, server):
    staged = client.stage_annotations("t", update=True)
    staged.add_dataframe(frame(3).assign(id=[7, 8, 7]))
    with pytest.raises(InvalidArgumentError, match="one row for each id: 7 stand"):
        client.upload_staged_annotations(staged)
    assert server.writes == []


def test_two_threads_with_one_stage(client, server):
    staged = staged_with(client, 200)
    threads = [
        threading.Thread(target=client.upload_staged_annotations, args=(staged,), kwargs={"batch_size": 20})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(server.writes) == 10
    assert_each_is_in_once(server, staged)


def test_rows_are_looked_for_in_the_volume_they_were_sent_to(client, server):
    server.scripted[("POST", 1)] = "lost"
    staged = staged_with(client, 3)
    lose(client, staged)
    seen = len(server.seen)
    client.upload_staged_annotations(staged, "elsewhere")
    asked = {path for _, path, _ in server.seen[seen:]}
    assert asked
    assert all("/aligned_volume/vol/" in path for path in asked)


def test_rows_that_are_in_cannot_be_marked_as_not_uploaded(client, server):
    staged = staged_with(client, 3)
    client.upload_staged_annotations(staged)
    with pytest.raises(InvalidArgumentError, match=r"^Leave out the rows 1 to 2"):
        staged.mark_not_uploaded([1, 2])
    assert client.upload_staged_annotations(staged) == []


@pytest.mark.parametrize("rows", [[-1], [3], [0, 2**40]])
def test_rows_are_counted_from_0(client, rows):
    staged = staged_with(client, 3)
    with pytest.raises(InvalidArgumentError):
        staged.mark_uploaded(rows, [7] * len(rows))


def test_clearing_rows_that_may_be_in_is_told(client, server, caplog):
    server.scripted[("POST", 1)] = "lost"
    staged = staged_with(client, 3)
    lose(client, staged)
    staged.clear_annotations()
    assert "Look whether the rows 0 to 2 (3 in all) are in 't'" in caplog.text
    assert staged.unknown_rows == []


@pytest.mark.parametrize("change", ["purge", "add", "pickle"])
def test_a_stage_that_changes_between_the_calls(client, server, change):
    server.scripted[("POST", 2)] = "lost"
    staged = staged_with(client, 30)
    lose(client, staged, batch_size=10)
    if change == "purge":
        staged.purge_uploaded_annotations()
        assert staged.unknown_rows == list(range(10))
    elif change == "add":
        staged.add(pt_position=[30, 31, 32], tag="tag 30")
    else:
        staged = pickle.loads(pickle.dumps(staged))
    client.upload_staged_annotations(staged, batch_size=10)
    assert ours(server) == [f"tag {one}" for one in range(31 if change == "add" else 30)]


def test_an_interrupted_list_says_what_is_in(client, server, monkeypatch):
    monkeypatch.setattr("caveclient_gen.mixins.annotation.sending.MOST_ROWS", 2)
    real = client._send_new

    def interrupted(*arguments):
        if len(server.writes) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(client, "_send_new", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.post_annotation("t", [OLD] * 6)
    assert caught.value.__notes__ == ["Rows 4 to 5 may be in. Those before are, with the ids 1 to 4."]


def refused(status, said=""):
    return HTTPStatusError("no", status=500, intended_status=status, server_message=said)


@pytest.mark.parametrize(
    ("error", "seconds", "over"),
    [
        (HTTPStatusError("", status=502), 3, True),
        (HTTPStatusError("", status=502), 60, False),  # a proxy that waited no longer
        (HTTPStatusError("", status=500), 60, True),
        (HTTPStatusError("", status=504), 3, False),
        (UnknownOutcomeError("", cause=HTTPStatusError("", status=502)), 3, True),
        (UnknownOutcomeError("", cause=ServiceConnectionError("")), 3, False),
        (KeyboardInterrupt(), 3, False),
    ],
)
def test_when_a_server_is_done(error, seconds, over):
    assert sending.is_over(error, seconds) is over


@pytest.mark.parametrize(
    ("failed_at", "is_over", "now", "seconds"),
    [
        (1010, False, 1010, 300),
        (1010, False, 1300, 10),
        (1010, False, 1400, 0),
        (1010, True, 1010, 0),
        (None, False, 1010, 590),  # nobody saw it end: it may have taken as long as requests ever do
        (None, False, 1601, 0),
    ],
)
def test_how_long_rows_may_still_come(monkeypatch, failed_at, is_over, now, seconds):
    sent = ledger.Sent(np.arange(2), sent_at=1000, failed_at=failed_at, is_over=is_over)
    monkeypatch.setattr(ledger.time, "time", lambda: now)
    assert sent.may_come_for() == seconds


@pytest.mark.parametrize(
    ("error", "update", "may"),
    [
        (refused(422), False, False),
        (refused(404, "list index out of range"), False, False),
        (refused(404, "(psycopg2.OperationalError) server closed the connection"), False, True),
        (AuthError("", status=401), True, False),
        (PermissionDeniedError("", status=403), True, False),
        (refused(409), True, True),
        (refused(500), False, True),
    ],
)
def test_what_a_refusal_leaves_open(error, update, may):
    assert sending.may_be_in(error, update=update) is may


@pytest.mark.parametrize(
    ("sent", "kept", "same"),
    [
        ({"size": 0.1}, {"size": 0.10000000149011612}, True),  # single precision
        ({"size": 0.1}, {"size": 0.1001}, False),
        ({"size": 2.0}, {"size": 2}, True),
        ({"size": 0.1}, {"size": None}, False),
        ({"target_id": 2**60 + 1}, {"target_id": 2**60}, False),
        ({"pt": {"position": [1.9, 2, 3]}}, {"pt_position": [1, 2, 3]}, True),  # cut to integers
        ({"pt": {"position": [1, 2, 3]}}, {"pt_position": [2, 2, 3]}, False),
        ({"pt": {"position": [1, 2, 3]}}, {"pt_position": [1, 2]}, False),
        ({"pt": {"position": [1, 2, 3]}}, {"pt_position": None}, False),
        ({"id": 5, "tag": "a"}, {"id": 6, "tag": "a"}, True),  # of an update: the row that it replaces
        ({"valid": True, "tag": "a"}, {"valid": False, "tag": "a"}, True),
        ({"note": 1, "tag": "a"}, {"tag": "a"}, True),
        ({"id": 5, "valid": True}, {"id": 5, "valid": True}, False),  # nothing that tells rows apart
    ],
)
def test_whether_a_row_is_what_was_sent(sent, kept, same):
    assert recovery.is_same(sent, kept) is same


def rows_at(*places):
    """Return a table that has row n of `staged` at the n-th of the places; None is somebody else's."""
    return {
        number: {"id": number, "tag": "not ours" if tag is None else f"tag {tag}"}
        for number, tag in enumerate(places, start=1)
    }


STAGED = [{"tag": f"tag {one}"} for one in range(3)]


@pytest.mark.parametrize(
    ("table", "ids"),
    [
        (rows_at(0, 1, 2), [1, 2, 3]),
        (rows_at(None, 0, None, 1, 2), [2, 4, 5]),
        (rows_at(0, None, 0, 1, 2), [3, 4, 5]),  # somebody else's row is like ours
        (rows_at(0, None, 0, None, 1, 2), None),  # and it cannot be told which is ours
        (rows_at(0, 1), None),
        (rows_at(0, 2, 1), None),
        ({}, None),
    ],
)
def test_rows_are_found_by_what_is_in_them(table, ids):
    assert (
        recovery.find_rows(STAGED, 0, lambda some: {one: table[one] for one in some if one in table}) == ids
    )


def test_the_search_ends_a_little_after_the_rows():
    table, asked = rows_at(None, 0, 1, 2), []

    def look(ids):
        asked.append(ids)
        return {one: table[one] for one in ids if one in table}

    assert recovery.find_rows(STAGED, 0, look) == [2, 3, 4]
    assert len(asked) == 2


@pytest.mark.parametrize("newest", [0, 40, 999, 5000, 1_234_567])
def test_where_to_search(newest):
    asked = []

    def look(ids):
        asked.append(ids)
        return {one: {} for one in ids if one <= newest}

    start = recovery.search_after(40, look)
    assert 40 <= start <= max(40, newest)
    assert newest - start <= recovery._MOST_SEARCHED + 250
    assert len(asked) < 50
