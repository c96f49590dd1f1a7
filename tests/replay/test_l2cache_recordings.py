"""Every recorded call of the L2 cache, made again; results compared with the recorded bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from recorded import Correction, Played, query_edit, replay_call
from replay_server import Recording

from caveclient_gen import errors

Check = Callable[[Played], None]
Call = Callable[[Any, Recording], Any]

SAID_ALREADY = Correction(
    "`int64_as_str=False` is what servers take when it is left out.", query_edit(["int64_as_str"])
)
AXES = "xyz"
STATS = {
    "area_nm2", "chunk_intersect_count", "max_dt_nm", "mean_dt_nm", "pca", "pca_val", "rep_coord_nm",
    "size_nm3",
}  # fmt: skip


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def data(played: Played) -> None:
    """The same as on the wire, in the order asked, and with what is missing in its place."""
    same_json(played)
    assert list(played.result) == [str(one) for one in played.recording.args[0]]


def present(played: Played) -> None:
    assert played.result is True
    assert "testpcg" in played.reply_json()


def known_attributes(played: Played) -> None:
    """Of all columns of the store, those that the service has numbers of."""
    assert played.result == sorted(STATS & played.reply_json().keys()) == sorted(STATS)


def no_version(played: Played) -> None:
    assert played.result is None


def table(played: Played) -> None:
    """Row by row what is on the wire; vectors number by number."""
    frame, wire = played.result, played.reply_json()
    assert frame.index.tolist() == played.recording.args[0]
    assert frame.index.name == "l2_id"
    assert set(frame.dtypes) == {np.dtype(float)}
    for key, numbers in wire.items():
        row = dict(frame.loc[int(key)])
        assert row == {name: one for kind, value in numbers.items() for name, one in flat(kind, value)}


def flat(kind: str, value: Any) -> list[tuple[str, float]]:
    """Name the numbers of one attribute."""
    if kind == "rep_coord_nm":
        return [(f"{kind}_{axis}", one) for axis, one in zip(AXES, value, strict=True)]
    if kind == "pca":
        return [(f"pca_{n}_{axis}", row[at]) for n, row in enumerate(value) for at, axis in enumerate(AXES)]
    if kind == "chunk_intersect_count":
        sides = dict(zip(("bottom", "top"), value, strict=True))
        return [(f"{kind}_{axis}_{side}", sides[side][at]) for side in sides for at, axis in enumerate(AXES)]
    return [(kind, value)]


def refused(error: type[Exception], words: str) -> Check:
    """The call raises `error`, whose message holds `words` and no page."""

    def check(played: Played) -> None:
        assert isinstance(played.error, error), repr(played.error)
        assert words in str(played.error)
        assert "<" not in str(played.error)

    return check


def same_call(client: Any, recording: Recording) -> Any:
    return getattr(client.l2cache, recording.call.split(".")[1])(*recording.args, **recording.kwargs)


@dataclass(frozen=True)
class Case:
    """What the result must be, the call if it is not the recorded one, and what is no longer asked."""

    check: Check = same_json
    call: Call = same_call
    extra: tuple[str, ...] = ()
    skips: str = "-"


CASES: dict[str, Case] = {
    "001_has_cache": Case(present),
    "002_has_cache_other": Case(refused(errors.PermissionDeniedError, "Missing permission: view")),
    "004_cache_metadata": Case(),
    "005_attributes": Case(known_attributes, lambda client, _: client.l2cache.attributes),
    "006_get_l2data": Case(data),
    "008_get_l2data_table": Case(table),
    "009_get_l2data_table_split": Case(table),
    "010_get_l2data_missing": Case(data),
    # The server fails with a page; so the names are looked up before it is asked.
    "012_get_l2data_bad_attribute": Case(
        refused(errors.InvalidArgumentError, "not 'nope'"),
        extra=("l2cache/004_cache_metadata",),
        skips="POST /l2cache/api/v1/table/testpcg/attributes",
    ),
    "013_server_version": Case(no_version, lambda client, _: client.l2cache.server_version),
}


@pytest.mark.parametrize("recording", Recording.load_all("l2cache"), ids=lambda one: one.name)
def test_recorded_call(recording: Recording, record_property: Any) -> None:
    case = CASES[recording.name.split("/")[1]]
    with replay_call(recording.name, case.call, corrections=(SAID_ALREADY,), extra=case.extra) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        assert [ask for ask in played.not_asked() if not ask.startswith(case.skips)] == []
    record_property("replayed", recording.name)
