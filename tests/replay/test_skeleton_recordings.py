"""Every recorded call of the skeleton service, made again; results compared with the recorded bytes."""

from __future__ import annotations

import binascii
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from recorded import Correction, Played, query_edit, replay_call, revive
from replay_server import Ask, Recording

from caveclient_gen import errors

Check = Callable[[Played], None]

TYPES = {
    "vertices": np.float64,
    "edges": np.int64,
    "radius": np.float64,
    "compartment": np.int64,
    "mesh_to_skel_map": np.int64,
    "lvl2_ids": np.int64,
}
SWC = ["id", "type", "x", "y", "z", "radius", "parent"]


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def existing(played: Played) -> None:
    wire = {int(one): there for one, there in played.reply_json().items()}
    assert played.result == wire
    assert list(played.result) == played.recording.kwargs["root_ids"]


def version(played: Played) -> None:
    assert str(played.result) == played.reply_json()


def seconds(played: Played) -> None:
    assert type(played.result) is float
    assert played.result == played.reply_json()


def refusals(played: Played) -> None:
    head, *lines = gzip.decompress(played.wire[-1].reply.body).decode().splitlines()
    assert list(played.result.columns) == head.split(",")
    assert played.result["ROOT_ID"].dtype == np.int64
    assert played.result.astype(str).to_numpy().tolist() == [line.split(",") for line in lines]


def same_skeleton(found: Any, text: bytes) -> None:
    wire = json.loads(text)
    assert set(found) == set(wire)
    for key, value in wire.items():
        if key not in TYPES:
            assert found[key] == value
            continue
        assert found[key].dtype == TYPES[key], key
        assert found[key].tolist() == value, key
    assert found["vertices"].shape == (len(wire["vertices"]), 3)
    assert found["edges"].shape == (len(wire["edges"]), 2)


def same_swc(found: Any, text: bytes) -> None:
    assert list(found.columns) == SWC
    rows = [[float(cell) for cell in line.split()] for line in text.decode().splitlines()]
    assert found.to_numpy().tolist() == rows
    assert [found[name].dtype for name in ("id", "type", "parent")] == [np.int64] * 3


def skeleton(played: Played) -> None:
    same_skeleton(played.result, gzip.decompress(played.wire[-1].reply.body))


def swc(played: Played) -> None:
    same_swc(played.result, gzip.decompress(played.wire[-1].reply.body))


def several(same: Callable[[Any, bytes], None], absent: str) -> Check:
    """Each id asked for is a skeleton of the answer, or is told with its reason."""

    def check(played: Played) -> None:
        wire = {int(one): text for one, text in played.reply_json().items()}
        there = {one: text for one, text in wire.items() if text != "async"}
        asked = played.recording.args[0]
        assert list(played.result) == [one for one in asked if one in there]
        assert played.result.missing == {one: absent for one in asked if one not in there}
        assert played.result.failed == {}
        assert all(type(one) is int for one in played.result)
        for one, text in there.items():
            data = binascii.unhexlify(text)
            same(played.result[one], gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)

    return check


def refused(words: str) -> Check:
    def check(played: Played) -> None:
        assert isinstance(played.error, errors.InvalidArgumentError), repr(played.error)
        assert isinstance(played.error, ValueError)
        assert words in str(played.error)

    return check


KNOWN = ("GET /skeletoncache/api/versions",)
"""Versions -1 to 4 are known; the old client looked them up before each call."""
KNOWN_IDS = (*KNOWN, "GET /segmentation/api/v1/table/testpcg/valid_nodes")
"""The server itself refuses ids that were never roots; the old client asked the chunkedgraph first."""

SAID_TWICE = Correction(
    "The old client says the verbosity in the query and in the body; the body is enough.",
    lambda ask: query_edit(["verbose_level"])(ask) if ask.method == "POST" else ask,
)
LOWER_CASE = Correction(
    "The old client writes Python's `False` into the address; the server reads `false` alike.",
    lambda ask: replace(ask, path=ask.path.replace("/False/", "/false/")),
)

BEHIND = (
    "skeleton/003_get_precomputed_skeleton_info",  # whether there is an L2 cache
    "skeleton/001_get_version",
    "chunkedgraph/020_segmentation_info",  # the layer of root ids
)
"""What a call may need first; the old client had it from the calls before."""


@dataclass(frozen=True)
class Case:
    """How one recording is made again, and what its result must be."""

    check: Check
    skips: tuple[str, ...] = KNOWN
    corrections: tuple[Correction, ...] = ()


CASES: dict[str, Case] = {
    "001_get_version": Case(version),
    "002_get_versions": Case(same_json, skips=()),
    "003_get_precomputed_skeleton_info": Case(same_json),
    "004_get_refusal_list": Case(refusals),
    "005_get_cache_contents": Case(same_json),
    "006_skeletons_exist": Case(existing, corrections=(SAID_TWICE,)),
    "007_skeletons_exist_one": Case(
        same_json,
        corrections=(
            SAID_TWICE,
            Correction("A single id went out as text; ids are numbers.", lambda ask: _numbers(ask)),
        ),
    ),
    "008_get_skeleton_dict": Case(skeleton, KNOWN_IDS),
    "009_get_skeleton_swc": Case(swc, KNOWN_IDS),
    "010_get_skeleton_branched": Case(skeleton, KNOWN_IDS),
    "011_get_skeleton_branched_swc": Case(swc, KNOWN_IDS),
    "012_skeletons_exist_after": Case(existing, corrections=(SAID_TWICE,)),
    "013_generate_bulk_skeletons_async": Case(seconds, corrections=(SAID_TWICE,)),
    "014_skeletons_exist_bulk": Case(existing, corrections=(SAID_TWICE,)),
    "015_get_bulk_skeletons": Case(several(same_skeleton, "queued"), KNOWN_IDS, (LOWER_CASE,)),
    "016_get_bulk_skeletons_swc": Case(several(same_swc, "queued"), KNOWN_IDS, (LOWER_CASE,)),
    "017_get_cache_contents_after": Case(same_json),
    "018_fetch_skeletons_server": Case(several(same_skeleton, "not kept")),
    "019_fetch_skeletons": Case(several(same_skeleton, "not kept")),
    "020_get_skeleton_not_root": Case(refused("of layer 1, and roots are of layer 4")),
    "021_get_skeleton_v1": Case(skeleton, KNOWN_IDS),
    "022_get_skeleton_badversion": Case(refused("-1, 0, 1, 2, 3, 4"), skips=()),
}

LEFT_OUT = {"023_server_version": "no exchange: the old client had asked before"}


def _numbers(ask: Ask) -> Ask:
    if not ask.body:
        return ask
    body = ask.document()
    body["root_ids"] = [int(one) for one in body["root_ids"]]
    return replace(ask, body=json.dumps(body).encode())


def by_recording(client: Any, recording: Recording) -> Any:
    """Call the recorded method with the recorded arguments."""
    method = getattr(client.skeleton, recording.call.split(".")[1])
    return method(*revive(recording.args), **revive(recording.kwargs))


@pytest.mark.parametrize("recording", Recording.load_all("skeleton"), ids=lambda one: one.name)
def test_recorded_call(recording: Recording, record_property: Any) -> None:
    name = recording.name.split("/")[1]
    if name in LEFT_OUT:
        assert name not in CASES
        record_property("left_out", (recording.name, LEFT_OUT[name]))
        return
    case = CASES[name]
    with replay_call(recording.name, by_recording, corrections=case.corrections, extra=BEHIND) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        assert [ask for ask in played.not_asked() if not ask.startswith(case.skips or ("-",))] == []
    record_property("replayed", recording.name)
