"""Change logs and operation logs as frames: one set of types for no row, one row and many."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from caveclient_gen.errors import DecodeError

ROOT = 288230376151712144
COLUMNS = {
    "operation_id": {"1": 3, "3": 8},
    "timestamp": {"1": 1795351607383, "3": 1795351692147},
    "user_id": {"1": "1", "3": "12"},
    "before_root_ids": {"1": [288230376151711747, 288230376151712116], "3": [ROOT - 1]},
    "after_root_ids": {"1": [288230376151712110], "3": [ROOT]},
    "is_merge": {"1": True, "3": True},
    "user_name": {"1": "Ada", "3": "Grace"},
    "user_affiliation": {"1": "", "3": ""},
}
EMPTY = {name: {} for name in COLUMNS}
NUMBERS = {
    "operation_id": "int64",
    "timestamp": "datetime64[ns, UTC]",
    "user_id": "int64",
    "is_merge": "bool",
}


def types(frame, names=NUMBERS):
    return {name: str(frame[name].dtype) for name in names}


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (COLUMNS, 2),
        ({name: dict([*column.items()][:1]) for name, column in COLUMNS.items()}, 1),
        (EMPTY, 0),
        ({}, 0),
    ],
)
def test_types_do_not_depend_on_the_rows(graph, client, columns, rows):
    graph.answers |= {
        "tabular_change_log": columns,
        "tabular_change_log_many": {str(ROOT): json.dumps(columns)},
    }
    single = client.get_root_tabular_change_log(ROOT)
    many = client.get_tabular_change_log([ROOT])
    assert list(many) == [ROOT]
    for frame in (single, many[ROOT]):
        assert (len(frame), types(frame), list(frame)) == (rows, NUMBERS, list(COLUMNS))
        assert list(frame.index) == list(range(rows))
    assert [(one.method, one.query, one.body) for one in graph.seen] == [
        ("GET", {"filtered": "true"}, b""),
        ("GET", {"filtered": "true"}, b'{"root_ids":[%d]}' % ROOT),
    ]


def test_values(graph, client):
    graph.answers["tabular_change_log"] = COLUMNS
    frame = client.get_root_tabular_change_log(ROOT, filtered=False)
    assert frame["timestamp"].tolist() == [
        pd.Timestamp(1795351607383, unit="ms", tz="UTC"),
        pd.Timestamp(1795351692147, unit="ms", tz="UTC"),
    ]
    assert frame["user_id"].tolist() == [1, 12]
    assert frame["before_root_ids"].tolist() == list(COLUMNS["before_root_ids"].values())
    assert graph.seen[0].query == {"filtered": "false"}


def test_user_ids_that_are_names(graph, client):
    for name in ("ada", ""):
        graph.answers["tabular_change_log"] = COLUMNS | {"user_id": {"1": name, "3": "12"}}
        assert client.get_root_tabular_change_log(ROOT)["user_id"].tolist() == [name, "12"]


def test_a_broken_inner_document(graph, client):
    graph.answers["tabular_change_log_many"] = {str(ROOT): '{"operation_id": {'}
    with pytest.raises(DecodeError, match="no JSON") as caught:
        client.get_tabular_change_log([ROOT])
    assert caught.value.__cause__ is None


def test_recent_edits(graph, make):
    graph.answers["tabular_change_log_recent"] = {}
    frame = make(timestamp="2024-01-03").get_tabular_change_log_recent("2024-01-02")
    assert types(frame) == NUMBERS
    assert graph.seen[0].query == {"timestamp": "1704153600.0", "timestamp_end": "1704240000.0"}


@pytest.mark.parametrize(("include_undo", "sent"), [(True, "true"), (False, "false")])
def test_operations_of_a_user(graph, client, include_undo, sent):
    """F053: the server reads `include_undone`, wants an end, and leaves out the user."""
    graph.answers["user_operations"] = {"operation_id": {"0": 7}, "timestamp": {"0": 1795351606600}}
    frame = client.get_user_operations(5, datetime(2024, 1, 1), include_undo)
    assert frame.to_dict("list") == {
        "operation_id": [7],
        "timestamp": [pd.Timestamp(1795351606600, unit="ms", tz="UTC")],
        "user_id": [5],
    }
    query = graph.seen[0].query
    end = datetime.fromtimestamp(float(query.pop("end_time")), UTC)
    assert abs(end - datetime.now(UTC)) < timedelta(minutes=1)
    assert query == {"user_id": "5", "start_time": "1704067200.0", "include_undone": sent}


def test_operations_of_everybody(graph, client):
    graph.answers["user_operations"] = {}
    frame = client.get_user_operations(0, "2024-01-01", timestamp_end="2024-01-02")
    assert (len(frame), list(frame)) == (0, ["operation_id", "timestamp", "user_id"])
    assert graph.seen[0].query["user_id"] == "0"
    assert graph.seen[0].query["end_time"] == "1704153600.0"


def test_nobody_is_named_when_everybody_is_asked_for(graph, client):
    graph.answers["user_operations"] = {"operation_id": {"0": 7}, "timestamp": {"0": 1795351606600}}
    assert list(client.get_user_operations(0, "2024-01-01")) == ["operation_id", "timestamp"]


@pytest.mark.parametrize("ids", [[1, 2], (1, 2), pd.Series([1, 2]), pd.array([1, 2], dtype="Int64")])
def test_operation_ids_are_json(graph, client, ids):
    """F054: never a Python repr."""
    graph.answers["operation_details"] = {"1": {"user": "1"}, "2": {"user": "1"}}
    assert list(client.get_operation_details(ids)) == ["1", "2"]
    assert graph.seen[0].query == {"operation_ids": "[1,2]"}


def test_many_operations_fit_into_addresses(graph, client):
    """F054: long lists exceed what servers take in an address."""

    def details(seen):
        return {str(one): {"user": "1"} for one in json.loads(seen.query["operation_ids"])}

    graph.answers["operation_details"] = details
    wanted = range(10_000_000, 10_000_450)
    assert list(client.get_operation_details(wanted)) == [str(one) for one in wanted]
    assert len(graph.seen) == 3
