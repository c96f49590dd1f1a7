"""Make a recorded call again through the public client, and compare its result with the wire.

A recorded call says which method was called with which arguments. `replay_call` serves its exchanges
(and the few that any client needs: datastack record, versions), makes the call through `CAVEclient`
and hands back the result beside the exchanges. What a result must be is computed by the checks from
the recorded bytes with json, numpy and pyarrow alone, never with the client's own decoders.

A recording shows what the old client sent. Where that was a mistake, a `Correction` says what is
right and why, and edits the recorded request before it is served.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from replay_server import Ask, Exchange, Recording, Replay, Reply, serve

import caveclient_gen

TOKENS = {
    "editor": "e" * 32,
    "viewer": "b" * 32,
    "nobody": "0" * 32,
    "unknown": "f" * 32,
    "tosuser": "d" * 32,
}
ADMIN = "a" * 32

BACKGROUND = (
    "frame/002_CAVEclient_testds",
    "materialize/001_get_versions",
    "materialize/002_get_versions_expired",
    "materialize/005_get_versions_metadata",
    "materialize/006_get_version_metadata",
    "routes/024_info_version",
    "routes/027_schema_versions",
    "routes/029_mat_versions_api",
    "routes/030_mat_version",
    "routes/064_pcg_versions",
    "routes/065_pcg_version",
    "routes/086_state_version",
)
"""What any client may need before the call itself; an exchange of the recording comes first."""


@dataclass(frozen=True)
class Correction:
    """What the old client sent wrongly, and what is right."""

    reason: str
    edit: Callable[[Ask], Ask]


def query_edit(drop: Sequence[str] = (), **values: str) -> Callable[[Ask], Ask]:
    """Return an edit that takes parameters out of the query and sets others."""

    def edit(ask: Ask) -> Ask:
        kept = tuple((key, value) for key, value in ask.query if key not in drop and key not in values)
        return replace(ask, query=(*kept, *values.items()))

    return edit


def body_edit(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Ask], Ask]:
    """Return an edit of a JSON body."""
    return lambda ask: replace(ask, body=json.dumps(change(ask.document())).encode()) if ask.body else ask


FUTURE_LOST = Correction(
    "The old client sent `name=timestamp_future`, a slip for the bound itself; the server ignores it (F009).",
    query_edit(drop=["name", "timestamp"]),
)


def without_bound(ask: Ask) -> Ask:
    """Take the defaults out of a question for root timestamps."""
    if not ask.path.endswith("/root_timestamps"):
        return ask
    return query_edit(drop=["latest", "timestamp"])(ask)


SAID_ALREADY = Correction(
    "`latest=False` with the present as its bound is what the server takes when neither is sent.",
    without_bound,
)


def revive(value: Any) -> Any:
    """Turn what JSON can't hold back into arrays and moments."""
    if isinstance(value, dict):
        if "ndarray" in value:
            return np.array(value["ndarray"], dtype=value["dtype"])
        if "datetime" in value:
            return datetime.fromisoformat(value["datetime"])
        return {key: revive(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revive(item) for item in value]
    return value


@dataclass
class Played:
    """A call that was made again: its result or error, and what went over the wire."""

    recording: Recording
    replay: Replay
    result: Any = None
    error: Exception | None = None

    @property
    def wire(self) -> tuple[Exchange, ...]:
        """The recorded exchanges."""
        return self.recording.exchanges

    def reply_json(self, index: int = -1) -> Any:
        """Return the JSON of one recorded answer; the address as the client saw it."""
        reply = self.wire[index].reply
        return json.loads(reply.body.replace(b"http://cave.local", self.replay.address.encode()))

    def reply_ids(self, index: int = -1) -> list[int]:
        """Return the uint64 ids of a binary answer."""
        return [int(one) for one in np.frombuffer(self.wire[index].reply.body, dtype="<u8")]

    def not_asked(self) -> list[str]:
        """Return recorded requests that were not made again."""
        return [str(one.ask) for one in self.wire if not any(one.answers(ask) for ask in self.replay.asked)]


def token_for(name: str) -> str:
    """Return the made-up token of the person that a recording of `auth/` is about."""
    return next((token for who, token in TOKENS.items() if f"_{who}_" in name), ADMIN)


def background() -> list[Exchange]:
    """Return the exchanges that any client may need."""
    return [exchange for name in BACKGROUND for exchange in Recording.load(name).exchanges]


def tables_metadata() -> Exchange:
    """Put the recorded records of tables in one answer: the old client had it in store, and did not ask."""
    names = ("materialize/017_query_table_synapses", "materialize/038_query_table_reference")
    asked = [one for name in names for one in Recording.load(name).exchanges]
    records = {
        one.ask.path: json.loads(one.reply.body) for one in asked if one.ask.path.endswith("/metadata")
    }
    path = "/materialize/api/v3/datastack/testds/version/2/tables/metadata"
    body = json.dumps(list(records.values())).encode()
    return Exchange(Ask.read("GET", path, b""), Reply(200, (("Content-Type", "application/json"),), body))


def known_records(replay: Replay, datastack: str | None) -> dict[str, Any]:
    """Return the record of a datastack whose own look-up was not recorded: the virtual one of `testds`."""
    if datastack != "testds_public":
        return {}
    body = Recording.load("frame/002_CAVEclient_testds").exchanges[1].reply.body
    return {"testds_public": json.loads(body.replace(b"http://cave.local", replay.address.encode()))}


def prepared(
    name: str, corrections: Sequence[Correction] = (), now: Sequence[str] = ()
) -> tuple[Recording, list[Exchange]]:
    """Load a recording, correct what it asks, and mark what was "now"."""
    recording = Recording.load(name)
    exchanges = []
    for exchange in recording.exchanges:
        ask = exchange.ask
        for correction in corrections:
            ask = correction.edit(ask)
        present = {key for key, _ in ask.query} | (
            set(ask.document()) if isinstance(ask.document(), dict) else set()
        )
        exchanges.append(replace(exchange, ask=ask, now=frozenset(now) & present))
    return replace(recording, exchanges=tuple(exchanges)), exchanges


@contextmanager
def replayed(exchanges: Sequence[Exchange], extra: Sequence[str] = ()) -> Iterator[Replay]:
    """Serve `exchanges`, then those of the recordings `extra`, then the background."""
    more = [exchange for name in extra for exchange in Recording.load(name).exchanges]
    with serve([*exchanges, *more, *background()]) as replay:
        yield replay


def client_for(replay: Replay, datastack: str | None = "testds", token: str = ADMIN, **kwargs: Any) -> Any:
    """Return a client of the replayed deployment that keeps nothing on disk."""
    return caveclient_gen.CAVEclient(
        datastack, server_address=replay.address, auth_token=token, write_server_cache=False, **kwargs
    )


@contextmanager
def replay_call(
    name: str,
    call: Callable[[Any, Recording], Any],
    *,
    corrections: Sequence[Correction] = (),
    now: Sequence[str] = (),
    extra: Sequence[str] = (),
    made_up: Sequence[Exchange] = (),
    datastack: str | None = "testds",
    token: str | None = None,
) -> Iterator[Played]:
    """Make one recorded call again; errors of the client become `Played.error`."""
    recording, exchanges = prepared(name, corrections, now)
    with replayed([*exchanges, *made_up], extra) as replay:
        played = Played(recording, replay)
        client = client_for(
            replay, datastack, token or token_for(name), info_cache=known_records(replay, datastack)
        )
        try:
            played.result = call(client, recording)
        except caveclient_gen.errors.CAVEError as error:
            played.error = error
        assert not replay.unmatched, "\n".join(map(str, replay.unmatched)) + f"\n{played.error}"
        yield played


def arrow_table(exchange: Exchange) -> pa.Table:
    """Read the Arrow stream of a recorded answer."""
    return pa.ipc.open_stream(exchange.reply.body).read_all()


def query_exchange(played: Played) -> Exchange:
    """Return the exchange that carried the rows."""
    with_rows = [one for one in played.wire if ("Content-Type", "data.arrow") in one.reply.headers]
    return with_rows[-1]


def plain_values(column: pd.Series) -> list[Any]:
    """Return a column as plain Python values, None where a value is missing."""
    return [
        None if value is pd.NA or value is pd.NaT or value is None else value for value in column.tolist()
    ]


def assert_frame_is_table(
    frame: pd.DataFrame, table: pa.Table, *, split: bool, sort: str | None = None
) -> None:
    """Assert that a frame holds what an Arrow table holds, positions joined or not."""
    assert len(frame) == table.num_rows
    wanted: dict[str, list[Any]] = {}
    for name in table.column_names:
        if name == "__index_level_0__":  # the server's row numbers, no column of the table
            continue
        stem = name[:-2]
        is_position = stem.endswith("position") and name[-2:] in ("_x", "_y", "_z")
        if is_position and not split:
            axes = [table.column(f"{stem}_{axis}").to_pylist() for axis in "xyz"]
            wanted[stem] = [None if None in point else list(point) for point in zip(*axes, strict=True)]
        else:
            wanted[name] = table.column(name).to_pylist()
    assert set(frame.columns) == set(wanted)
    for name, values in wanted.items():
        got = frame[name]
        if name.endswith("position") and not split:
            assert [None if point is None else list(point) for point in got] == values, name
        else:
            assert plain_values(got) == values, name


def utc(text: str) -> datetime:
    """Read one of the servers' times: with or without fraction, zone or `T`."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def seconds(values: Sequence[float]) -> list[datetime]:
    """Read epoch seconds, to the millisecond that the servers keep."""
    return [datetime.fromtimestamp(round(value, 6), tz=UTC) for value in values]


def rows_of_no_version() -> Exchange:
    """Return the query of a version that is not there, which goes out beside the question for its table.

    The old client asked one after the other, so only the refusal of the first was recorded.
    """
    (refusal,) = (
        exchange
        for exchange in Recording.load("materialize/048_query_table_bad_version").exchanges
        if exchange.ask.path.endswith("/version/99/table/synapses/metadata")
    )
    forms = ("return_pyarrow", "arrow_format", "split_positions", "direct_sql_pandas")
    ask = Ask(
        "POST",
        refusal.ask.path.replace("/metadata", "/query"),
        tuple((form, "true") for form in forms),
        b"{}",
    )
    return Exchange(ask, refusal.reply)
