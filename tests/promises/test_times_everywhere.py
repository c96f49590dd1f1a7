"""Every form of a moment is the same instant on the wire, whatever the zone of this computer."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from promise_bench import Halt, Wire, chunkedgraph, materialize_3, state

from caveclient_gen.errors import InvalidArgumentError

WHOLE = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
FINE = WHOLE.replace(microsecond=250000)
DAY = datetime(2024, 1, 2, tzinfo=UTC)
EAST = timezone(timedelta(hours=5, minutes=30))
EPOCH = WHOLE.timestamp()

FORMS: list[tuple[Any, datetime]] = [
    (WHOLE, WHOLE),
    (WHOLE.astimezone(EAST), WHOLE),
    (WHOLE.replace(tzinfo=None), WHOLE),
    (FINE, FINE),
    (date(2024, 1, 2), DAY),
    ("2024-01-02", DAY),
    ("2024-01-02T03:04:05", WHOLE),
    ("2024-01-02 03:04:05", WHOLE),
    ("2024-01-02T03:04:05Z", WHOLE),
    ("2024-01-02T03:04:05+00:00", WHOLE),
    ("2024-01-02T08:34:05+05:30", WHOLE),
    ("2024-01-02T03:04:05.25", FINE),
    ("2024-01-02T03:04:05.250000Z", FINE),
    ("20240102T030405Z", WHOLE),
    (int(EPOCH), WHOLE),
    (EPOCH, WHOLE),
    (EPOCH + 0.25, FINE),
    (np.int64(EPOCH), WHOLE),
    (np.float64(EPOCH + 0.25), FINE),
    (np.datetime64("2024-01-02T03:04:05"), WHOLE),
    (np.datetime64("2024-01-02T03:04:05.25"), FINE),
    (np.datetime64("2024-01-02"), DAY),
    (np.datetime64("2024-01-02T03:04:05.250000000", "ns"), FINE),
    (pd.Timestamp("2024-01-02T03:04:05"), WHOLE),
    (pd.Timestamp("2024-01-02T03:04:05.25Z"), FINE),
    (pd.Timestamp("2024-01-01T22:04:05", tz="America/New_York"), WHOLE),
    (pd.Series(pd.to_datetime(["2024-01-02T03:04:05"], utc=True))[0], WHOLE),
]
NO_TIMES = [
    float("nan"),
    np.datetime64("NaT", "ns"),
    pd.NaT,
    pd.NA,
    "",
    "yesterday",
    True,
    [WHOLE],
    {},
    EPOCH * 1000,
    1j,
]

RECORD = {"version": 1, "datastack": "ds", "time_stamp": "2024-01-01T00:00:00", "valid": True}


def _of_query(wire: Wire, name: str) -> datetime:
    # Not always the last request: live queries send several at once.
    queries = (parse_qs(urlsplit(request.full_url).query) for request in reversed(wire.sent))
    (text,) = next(query[name] for query in queries if name in query)
    return datetime.fromtimestamp(float(text), UTC)


def _of_body(wire: Wire) -> datetime:
    return datetime.fromisoformat(json.loads(wire.sent[-1].body or b"")["timestamp"])


def _graph(wire: Wire) -> Any:
    return chunkedgraph(transport=wire)


def _tables(wire: Wire) -> Any:
    wire.answers = {"/metadata": [RECORD]}
    return materialize_3(transport=wire, cg_client=_graph(wire))


LIVE: dict[str, Any] = {"filter_in_dict": {"pt_root_id": [1]}, "merge_reference": False, "metadata": False}
# Method -> a call with that moment, and where to find the instant on the wire.
CALLS: dict[str, Any] = {
    "get_roots": (lambda w, t: _graph(w).get_roots([1], timestamp=t), lambda w: _of_query(w, "timestamp")),
    "get_root_id": (lambda w, t: _graph(w).get_root_id(1, timestamp=t), lambda w: _of_query(w, "timestamp")),
    "client": (
        lambda w, t: chunkedgraph(transport=w, timestamp=t).get_roots([1]),
        lambda w: _of_query(w, "timestamp"),
    ),
    "is_latest_roots": (
        lambda w, t: _graph(w).is_latest_roots([1], timestamp=t),
        lambda w: _of_query(w, "timestamp"),
    ),
    "get_delta_roots": (
        lambda w, t: _graph(w).get_delta_roots(t),
        lambda w: _of_query(w, "timestamp_past"),
    ),
    "get_lineage_graph": (
        lambda w, t: _graph(w).get_lineage_graph(1, timestamp_future=t),
        lambda w: _of_query(w, "timestamp_future"),
    ),
    "upload_state_json": (
        lambda w, t: state(transport=w).upload_state_json({}, 1, t),
        lambda w: _of_query(w, "timestamp"),
    ),
    "upload_property_json": (
        lambda w, t: state(transport=w).upload_property_json({}, 1, timestamp=t),
        lambda w: _of_query(w, "timestamp"),
    ),
    "live_live_query": (lambda w, t: _tables(w).live_live_query("t", t, metadata=False), _of_body),
    "live_query": (
        lambda w, t: _tables(w).live_query("t", t, **LIVE),
        lambda w: _of_query(w, "timestamp"),
    ),
    "query_table": (
        lambda w, t: _tables(w).query_table("t", timestamp=t, **LIVE),
        lambda w: _of_query(w, "timestamp"),
    ),
    "synapse_query": (
        lambda w, t: _tables(w).synapse_query(1, timestamp=t, synapse_table="s", metadata=False),
        lambda w: _of_query(w, "timestamp"),
    ),
}


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run in a computer's zone: naive times are UTC all the same."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def instant(method: str, moment: Any) -> tuple[datetime, Any]:
    wire = Wire()
    call, found = CALLS[method]
    with pytest.raises(Halt):
        call(wire, moment)
    return found(wire), wire.bytes_sent


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("method", CALLS)
def test_the_same_instant(method: str) -> None:
    for form, moment in FORMS:
        found, sent = instant(method, form)
        assert found == moment, (form, found)
        assert sent == instant(method, moment)[1], form


@pytest.mark.parametrize("method", CALLS)
def test_now_is_the_moment_of_the_call(method: str) -> None:
    before = datetime.now(UTC)
    found, _ = instant(method, "now")
    assert before - timedelta(microseconds=1) <= found <= datetime.now(UTC)


@pytest.mark.parametrize("method", CALLS)
def test_no_time(method: str) -> None:
    for value in NO_TIMES:
        wire = Wire()
        with pytest.raises(InvalidArgumentError, match=r"^Pass .*"):
            CALLS[method][0](wire, value)
        assert not wire.sent, value


def test_instants_are_told_apart() -> None:
    """A guard of the tests above."""
    assert instant("get_roots", WHOLE)[1] != instant("get_roots", FINE)[1] != instant("get_roots", DAY)[1]
