"""Staged annotations go into the table once, whatever happens on the way."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest

from caveclient_gen.errors import (
    BadRequestError,
    HTTPStatusError,
    InvalidArgumentError,
    PartialUploadError,
    UnknownOutcomeError,
    UnknownUploadError,
)
from caveclient_gen.mixins.annotation import ledger, rows, sending, uploads


def frame(count, first=0):
    points = np.arange(3 * count).reshape(-1, 3) + first
    return pd.DataFrame(
        {"pt_position": points.tolist(), "tag": [f"tag {one}" for one in range(first, first + count)]}
    )


def staged_with(client, count, **options):
    staged = client.stage_annotations("t", **options)
    staged.add_dataframe(frame(count))
    return staged


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    taken = []
    monkeypatch.setattr(sending.time, "sleep", taken.append)
    return taken


def states(staged):
    tracked = staged.annotation_dataframe(include_tracking=True)
    return tracked["is_uploaded"].astype("boolean").tolist(), tracked["new_id"].tolist()


def test_an_upload_in_batches(client, server):
    staged = staged_with(client, 25)
    assert client.upload_staged_annotations(staged, batch_size=10) == list(range(1, 26))
    assert [len(body["annotations"]) for _, _, body in server.writes] == [10, 10, 5]
    assert server.contents() == [f"tag {one}" for one in range(25)]
    assert states(staged) == ([True] * 25, list(range(1, 26)))
    assert client.upload_staged_annotations(staged) == []
    assert len(server.writes) == 3


@pytest.mark.parametrize("others", [0, 7, 3000])
def test_an_answer_lost_after_the_commit(client, server, others):
    """25,000 rows: the second batch is in, its answer is a 502. Nothing is posted twice."""
    server.scripted[("POST", 2)] = "lost"
    staged = staged_with(client, 25_000)
    with pytest.raises(UnknownUploadError) as caught:
        client.upload_staged_annotations(staged)
    error = caught.value
    assert isinstance(error, UnknownOutcomeError)
    assert error.uploaded == {row: row + 1 for row in range(10_000)}
    assert error.unknown == list(range(10_000, 20_000))
    assert error.pending == list(range(20_000, 25_000))
    assert str(error).startswith("Call upload_staged_annotations again")
    assert len(server.writes) == 2
    assert pickle.loads(pickle.dumps(error)).unknown == error.unknown

    server.insert([{"tag": "somebody else's", "pt": {"position": [1, 2, 3]}}] * others)
    news = client.upload_staged_annotations(staged)
    assert len(news) == 15_000
    assert len(server.writes) == 3
    mine = [tag for tag in server.contents() if tag.startswith("tag ")]
    assert mine == [f"tag {row}" for row in range(25_000)]
    ids = staged.annotation_dataframe(include_tracking=True)["new_id"]
    assert [server.rows[one]["tag"] for one in ids] == [f"tag {row}" for row in range(25_000)]


@pytest.mark.parametrize("how", ["dropped", "gone"])
def test_an_answer_lost_in_the_first_batch(client, server, how):
    server.insert([{"tag": "old", "pt": {"position": [0, 0, 0]}}] * 4)
    server.scripted[("POST", 1)] = how
    staged = staged_with(client, 5)
    with pytest.raises(UnknownUploadError) as caught:
        client.upload_staged_annotations(staged)
    assert caught.value.unknown == [0, 1, 2, 3, 4]
    assert client.upload_staged_annotations(staged) == [5, 6, 7, 8, 9]
    assert len(server.writes) == (2 if how == "dropped" else 1)
    assert server.contents() == ["old"] * 4 + [f"tag {one}" for one in range(5)]


def test_what_may_still_be_under_way_is_not_sent_again(client, server, monkeypatch):
    """After a 504 the server may be at it: that nothing is in the table yet says nothing, for a while."""
    server.scripted[("POST", 1)] = 504
    staged = staged_with(client, 3)
    with pytest.raises(UnknownUploadError):
        client.upload_staged_annotations(staged)
    with pytest.raises(UnknownUploadError, match="mark_not_uploaded"):
        client.upload_staged_annotations(staged)
    assert len(server.writes) == 1
    now = sending.time.time()
    monkeypatch.setattr(sending.time, "time", lambda: now + ledger.SETTLED_AFTER + 60)
    assert client.upload_staged_annotations(staged) == [1, 2, 3]
    assert len(server.writes) == 2


def test_the_caller_decides_where_the_table_does_not_tell(client, server):
    server.can_count = False
    server.insert([{"tag": "old", "pt": {"position": [0, 0, 0]}}] * 4)
    server.scripted[("POST", 1)] = "lost"
    staged = staged_with(client, 4)
    for _ in range(2):
        with pytest.raises(UnknownUploadError):
            client.upload_staged_annotations(staged)
    assert len(server.writes) == 1
    assert staged.unknown_rows == [0, 1, 2, 3]
    staged.add([7, 8, 9], "more")
    assert [str(one) for one in states(staged)[0]] == ["<NA>"] * 4 + ["False"]
    assert states(staged)[1] == [pd.NA] * 5
    assert "4 unknown" in repr(staged)
    with pytest.raises(InvalidArgumentError, match="Settle the rows"):
        staged.table_name = "other"
    staged.mark_uploaded([0, 1], [5, 6])
    staged.mark_not_uploaded([2, 3])
    server.rows.pop(7), server.rows.pop(8)
    assert client.upload_staged_annotations(staged) == [9, 10, 11]
    assert states(staged) == ([True] * 5, [5, 6, 9, 10, 11])


@pytest.mark.parametrize(
    ("status", "again"), [(503, True), (429, True), (500, False), (502, False), (504, False)]
)
def test_only_what_was_surely_not_taken_is_sent_again(client, server, pauses, status, again):
    server.scripted = {("POST", 1): status, ("POST", 2): status, ("POST", 3): status}
    staged = staged_with(client, 3)
    if again:
        assert client.upload_staged_annotations(staged) == [1, 2, 3]
        assert pauses == [1.0, 2.0, 4.0]
    else:
        with pytest.raises(UnknownUploadError):
            client.upload_staged_annotations(staged)
        assert pauses == []
    assert len(server.writes) == (4 if again else 1)


def test_no_retries_is_one_attempt(client, server):
    server.scripted[("POST", 1)] = 503
    staged = staged_with(client, 3)
    with pytest.raises(Exception, match="503"):
        client.upload_staged_annotations(staged, retries=0)
    assert len(server.writes) == 1
    assert staged.unknown_rows == []
    assert client.upload_staged_annotations(staged, retries=0) == [1, 2, 3]


@pytest.mark.parametrize("answer", [[1, 2], {"ids": 3}, ["1", "2", "3"]])
def test_an_answer_that_makes_no_sense_is_not_sent_again(client, server, answer):
    """The rows are in by then: keeping the books failed, not the upload."""
    server.scripted[("POST", 1)] = (200, answer)
    staged = staged_with(client, 3)
    with pytest.raises(UnknownUploadError):
        client.upload_staged_annotations(staged)
    assert len(server.writes) == 1
    assert client.upload_staged_annotations(staged) == [1, 2, 3]
    assert len(server.writes) == 1


def test_a_refusal_leaves_rows_pending(client, server):
    refusal = (500, {"code": 500, "message": "422 Unprocessable Entity: no such field"})
    server.answer, answer = (
        (lambda *request: refusal if request[0] == "POST" else answer(*request)),
        server.answer,
    )
    staged = staged_with(client, 3)
    with pytest.raises(BadRequestError):
        client.upload_staged_annotations(staged)
    assert staged.unknown_rows == []
    assert len(staged.annotation_list_nonuploaded) == 3


def test_a_refusal_after_a_batch(client, server):
    staged = staged_with(client, 6)
    real = server.answer

    def answer(method, *request):
        if method == "POST" and len(server.writes) == 2:
            return 500, {"code": 500, "message": "413 Request Entity Too Large: limit"}
        return real(method, *request)

    server.answer = answer
    with pytest.raises(PartialUploadError) as caught:
        client.upload_staged_annotations(staged, batch_size=3)
    assert not isinstance(caught.value, UnknownOutcomeError)
    assert caught.value.uploaded == {0: 1, 1: 2, 2: 3}
    assert caught.value.pending == [3, 4, 5]
    assert isinstance(caught.value.cause, BadRequestError)


def test_ids_of_their_own_tell_for_sure(client, server):
    server.can_count = False
    server.scripted[("POST", 1)] = "lost"
    staged = client.stage_annotations("t", id_field=True)
    staged.add_dataframe(frame(4).assign(id=[100, 200, 300, 400]))
    with pytest.raises(UnknownUploadError):
        client.upload_staged_annotations(staged)
    assert client.upload_staged_annotations(staged) == [100, 200, 300, 400]
    assert len(server.writes) == 1


@pytest.mark.parametrize("how", ["lost", "middle", "dropped"])
def test_updates(client, server, how):
    server.insert([{"tag": "old", "pt": {"position": [one, 0, 0]}} for one in range(6)])
    staged = client.stage_annotations("t", update=True)
    staged.add_dataframe(frame(6).assign(id=range(1, 7)))
    server.scripted[("PUT", 1)] = how
    with pytest.raises(UnknownUploadError) as caught:
        client.upload_staged_annotations(staged)
    assert caught.value.unknown == list(range(6))
    assert client.upload_staged_annotations(staged) == {old: old + 6 for old in range(1, 7)}
    assert server.contents() == [f"tag {one}" for one in range(6)]
    assert len(server.rows) == 12


def test_an_interrupt_leaves_rows_unknown(client, server, monkeypatch):
    staged = staged_with(client, 2)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(client, "_send_new", interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.upload_staged_annotations(staged)
    assert staged.unknown_rows == [0, 1]


def test_a_stage_survives_pickling_midway(client, server):
    server.scripted[("POST", 2)] = "lost"
    staged = staged_with(client, 6)
    with pytest.raises(UnknownUploadError):
        client.upload_staged_annotations(staged, batch_size=3)
    again = pickle.loads(pickle.dumps(staged))
    assert client.upload_staged_annotations(again) == [4, 5, 6]
    assert len(server.writes) == 2


@pytest.mark.parametrize(
    "options", [{"batch_size": 0}, {"batch_size": 10_001}, {"retries": -1}, {"retries": True}]
)
def test_options_are_checked(client, options):
    with pytest.raises(InvalidArgumentError, match=r"^Pass "):
        client.upload_staged_annotations(staged_with(client, 1), **options)


@pytest.mark.parametrize(("size", "writes"), [(1, 3), (np.int64(2), 2), (10_000, 1)])
def test_sizes_of_batches(client, server, size, writes):
    assert client.upload_staged_annotations(staged_with(client, 3), batch_size=size) == [1, 2, 3]
    assert len(server.writes) == writes


@pytest.mark.parametrize(
    ("progress", "size", "wish"), [(True, 2, None), (None, 2, None), (False, 2, False), (True, 3, False)]
)
def test_a_bar_is_for_several_batches(client, monkeypatch, progress, size, wish):
    seen = []
    real = uploads.bar
    monkeypatch.setattr(uploads, "bar", lambda *given: (seen.append(given), real(*given))[1])
    client.upload_staged_annotations(staged_with(client, 3), batch_size=size, progress=progress)
    assert seen == [(3, "annotations", wish)]


def test_a_stage_needs_a_table(client):
    with pytest.raises(InvalidArgumentError, match="table_name"):
        client.upload_staged_annotations(client.stage_annotations(schema_name="bound_tag"))


def test_a_list_in_batches(client, server):
    rows = [{"pt": {"position": [one, 1, 2]}, "tag": f"tag {one}"} for one in range(20_001)]
    assert client.post_annotation("t", rows) == list(range(1, 20_002))
    assert [len(body["annotations"]) for _, _, body in server.writes] == [10_000, 10_000, 1]


@pytest.mark.parametrize(("how", "unknown"), [("lost", 10_000), (503, 0)])
def test_a_frame_whose_second_batch_fails(client, server, how, unknown):
    server.scripted[("POST", 2)] = how
    with pytest.raises(PartialUploadError) as caught:
        client.post_annotation_df("t", frame(25_000), None)
    error = caught.value
    assert error.uploaded == {row: row + 1 for row in range(10_000)}
    assert error.unknown == list(range(10_000, 10_000 + unknown))
    assert error.pending == list(range(10_000 + unknown, 25_000))
    assert isinstance(error, UnknownOutcomeError) == bool(unknown)
    assert len(server.writes) == 2


def test_rows_of_one_request_fail_with_the_error_itself(client, server, monkeypatch):
    monkeypatch.setattr(sending, "MOST_ROWS", 3)
    server.scripted[("POST", 1)] = 500
    with pytest.raises(HTTPStatusError) as caught:
        client.post_annotation_df("t", frame(3), None)
    assert not isinstance(caught.value, PartialUploadError)
    assert len(server.writes) == 1


def test_a_frame_of_updates_that_fails(client, server):
    server.insert([{"tag": "old", "pt": {"position": [0, 0, 0]}}] * 10_002)
    server.scripted[("PUT", 2)] = "middle"
    with pytest.raises(PartialUploadError) as caught:
        client.update_annotation_df("t", frame(10_002).assign(id=range(10_002, 0, -1)), None)
    new = caught.value.uploaded
    assert [server.rows[new[row]]["tag"] for row in (0, 9_999)] == ["tag 0", "tag 9999"]
    assert caught.value.unknown == [10_000, 10_001]


def test_what_a_frame_becomes_on_the_wire(client, server):
    df = pd.DataFrame(
        {
            "pt_position": [[1, 2, 3], np.array([4, 5, 6])],
            "tag": ['q"uo,{te', None],
            "size": [1.5, np.nan],
            "target_id": pd.array([2**60 + 1, None], dtype="Int64"),
            "valid": [True, False],
        }
    )
    client.post_annotation_df("t", df, {"pt_position": "centre"})
    assert server.writes[0][2] == {
        "annotations": [
            {
                "tag": 'q"uo,{te',
                "size": 1.5,
                "target_id": 2**60 + 1,
                "valid": True,
                "centre": {"position": [1, 2, 3]},
            },
            {"valid": False, "centre": {"position": [4, 5, 6]}},
        ]
    }
    made = client.process_position_columns(df, {"pt_position": "centre"})
    assert json.loads(json.dumps(made)) == server.writes[0][2]["annotations"]


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA])
def test_points_that_are_missing(client, server, nothing):
    df = pd.DataFrame({"pt_position": [[1, 2, 3], nothing, [0.5, 1, 2]], "tag": list("abc")})
    client.post_annotation_df("t", df, None)
    assert server.writes[0][2]["annotations"] == [
        {"pt": {"position": [1, 2, 3]}, "tag": "a"},
        {"tag": "b"},
        {"pt": {"position": [0.5, 1, 2]}, "tag": "c"},
    ]
    assert client.process_position_columns(df, None) == server.writes[0][2]["annotations"]


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", "uint64", "bool"])
def test_numbers_of_any_width(client, server, kind):
    """In single precision 0.1 is another number, and it is sent with all digits that it has."""
    df = pd.DataFrame({"pt_position": [[1, 2, 3]] * 2, "size": np.array([0.1, 1]).astype(kind)})
    client.post_annotation_df("t", df, None)
    sent = server.writes[0][2]["annotations"]
    assert [row["size"] for row in sent] == df["size"].tolist()
    assert sent == client.process_position_columns(df, None)


FRAMES = {
    "numbers": {"id": np.arange(30), "size": np.linspace(0, 1, 30), "valid": [True, False] * 15},
    "long ids": {"id": np.arange(2**63, 2**63 + 30, dtype=np.uint64), 'a "b"': [-(2**60)] * 30},
    "texts": {"tag": [f'"{{,é{row}' for row in range(30)], "valid": np.ones(30, bool)},
    "gaps": {"size": [None, 1.5, float("nan")] * 10, "tag": ["a", None, "b"] * 10},
    "gaps and none": {"tag": ["a", None, "b"] * 10, "size": np.arange(30.0)},
    "nested": {"more": [{"a": [row, None]} for row in range(30)], "tag": list("abc") * 10},
}
CELLS = {
    "none": None,
    "lists": [[row, 2, 3] for row in range(30)],
    "arrays": list(np.arange(90).reshape(30, 3)),
    "floats": list(np.arange(90).reshape(30, 3) / 4),
    "some": [None if row % 3 else (row, 2, 3) for row in range(30)],
}


@pytest.mark.parametrize("cells", CELLS)
@pytest.mark.parametrize("columns", FRAMES)
def test_any_part_of_a_frame_is_written_as_its_rows(columns, cells):
    df = pd.DataFrame(FRAMES[columns] | ({} if cells == "none" else {"pt_position": CELLS[cells]}))
    read = rows.columns_of(df, None)
    wanted = rows.records(*read)
    for first, last in ((0, 30), (7, 22), (29, 30)):
        found = json.loads(rows.RowTexts(*read).batch(first, last))
        assert found == wanted[first:last]
        assert [json.dumps(one, sort_keys=True) for one in found] == [
            json.dumps(one, sort_keys=True) for one in wanted[first:last]
        ]  # 1 is not 1.0, and not True


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([np.array([2**60 + 1, 2, 3])] * 2, [2**60 + 1, 2, 3]),
        ([np.array([1, 2, 3], "uint8")] * 2, [1, 2, 3]),
        ([np.array([0.1, 2, 3], "float32")] * 2, [float(np.float32(0.1)), 2.0, 3.0]),
        ([np.array([1, 2, 3]), np.array([1.0, 2, 3])], [1, 2, 3]),
        ([np.array([1, 2, 3], object)] * 2, [1, 2, 3]),
        ([np.arange(9).reshape(3, 3)[:, 1]] * 2, [1, 4, 7]),
    ],
)
def test_points_in_arrays(client, server, cells, wanted):
    client.post_annotation_df("t", pd.DataFrame({"pt_position": cells}), None)
    sent = server.writes[0][2]["annotations"]
    assert json.dumps(sent) == json.dumps([{"pt": {"position": wanted}}] * 2)


@pytest.mark.parametrize(
    "wrong", [np.zeros((3, 3)), np.array([1, np.nan, 2]), np.array([1, 2]), np.array(["a", "b", "c"])]
)
def test_arrays_that_are_no_points(client, server, wrong):
    df = pd.DataFrame({"pt_position": [np.array([1, 2, 3]), wrong]})
    with pytest.raises(InvalidArgumentError, match="Give row 1 of 'pt_position' as three numbers"):
        client.post_annotation_df("t", df, None)
    assert server.seen == []


def test_a_staged_frame_is_sent_as_its_rows(client, server):
    """From its columns, or as dicts once somebody has looked at them."""
    df = frame(5).assign(valid=[True, None, False, None, True])
    for look in (False, True):
        staged = client.stage_annotations("t")
        staged.add_dataframe(df)
        if look:
            staged.add([9, 9, 9], "one more")
        client.upload_staged_annotations(staged, batch_size=3)
        assert [row for _, _, body in server.writes for row in body["annotations"]] == staged.annotation_list
        server.seen.clear()
