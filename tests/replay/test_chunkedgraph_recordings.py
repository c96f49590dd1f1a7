"""Every recorded call of chunkedgraph, made again; results compared with the recorded bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from recorded import (
    FUTURE_LOST,
    SAID_ALREADY,
    Correction,
    Played,
    query_edit,
    replay_call,
    revive,
    seconds,
    utc,
)
from replay_server import Ask, Exchange, Recording, Reply

from caveclient_gen import errors

Check = Callable[[Played], None]


def ids(key: str) -> Check:
    """The result is the list of ids under `key`, exact, as an int64 array."""

    def check(played: Played) -> None:
        assert played.result.dtype == np.int64
        assert played.result.flags.writeable
        assert played.result.tolist() == played.reply_json()[key]

    return check


def binary_ids(played: Played) -> None:
    assert played.result.dtype == np.int64
    assert played.result.tolist() == played.reply_ids()


def root_id(played: Played) -> None:
    assert played.result == played.reply_json()["root_id"]


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def subgraph(played: Played) -> None:
    wire = played.reply_json()
    nodes, affinities, areas = played.result
    assert nodes.tolist() == wire["nodes"]
    assert nodes.dtype == np.int64
    assert affinities.tolist() == wire["affinities"]
    assert areas.tolist() == wire["areas"]


def leaves_many(played: Played) -> None:
    assert {root: leaves.tolist() for root, leaves in played.result.items()} == {
        int(root): leaves for root, leaves in played.reply_json().items()
    }


def latest_mask(played: Played) -> None:
    assert played.result.dtype == np.bool_
    assert played.result.tolist() == played.reply_json()["is_latest"]


def valid_mask(played: Played) -> None:
    valid = set(played.reply_json()["valid_roots"])
    assert played.result.tolist() == [node in valid for node in played.recording.args[0]]


def root_times(played: Played) -> None:
    assert list(played.result) == seconds(played.reply_json()["timestamp"])


def latest_root_times(played: Played) -> None:
    """A root that is still latest exists until the moment asked for; reported a millisecond before it."""
    moments = [pd.Timestamp(moment) for moment in seconds(played.reply_json()["timestamp"])]
    assert [pd.Timestamp(one) for one in played.result] == [
        one - pd.Timedelta(milliseconds=1) for one in moments
    ]


def oldest(played: Played) -> None:
    assert played.result == utc(played.reply_json()["iso"])


def edit_result(played: Played) -> None:
    assert played.result == played.reply_json()


def operation_details(played: Played) -> None:
    wire = played.reply_json()
    assert {str(key): value for key, value in played.result.items()} == wire


def change_logs(played: Played) -> None:
    """The server wraps JSON in JSON, one table per root, times in milliseconds."""
    wire = {int(root): json.loads(text) for root, text in played.reply_json().items()}
    assert set(played.result) == set(wire)
    for root, columns in wire.items():
        frame = played.result[root]
        assert set(frame.columns) == set(columns)
        for name, cells in columns.items():
            got = frame[name].tolist()
            if name == "timestamp":
                assert got == seconds([cell / 1000 for cell in cells.values()])
            else:
                assert [_plain(one) for one in got] == [_plain(one) for one in cells.values()], name


def _plain(cell: Any) -> Any:
    if isinstance(cell, np.ndarray):
        return cell.tolist()
    return int(cell) if isinstance(cell, str) and cell.isdigit() else cell


def lineage_dict(played: Played) -> None:
    wire = played.reply_json()
    assert {(one["source"], one["target"]) for one in played.result["links"]} == {
        (one["source"], one["target"]) for one in wire["links"]
    }
    assert [node["id"] for node in played.result["nodes"]] == [node["id"] for node in wire["nodes"]]


def lineage_nx(played: Played) -> None:
    wire = played.reply_json()
    assert isinstance(played.result, nx.DiGraph)
    assert set(played.result.edges) == {(one["source"], one["target"]) for one in wire["links"]}
    assert set(played.result.nodes) == {node["id"] for node in wire["nodes"]}


def _lineage(played: Played) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(node["id"] for node in played.reply_json()["nodes"])
    graph.add_edges_from((one["source"], one["target"]) for one in played.reply_json()["links"])
    return graph


def lineage_sinks(played: Played) -> None:
    graph = _lineage(played)
    assert set(played.result.tolist()) == {node for node in graph if graph.out_degree(node) == 0}


def lineage_sources(played: Played) -> None:
    graph = _lineage(played)
    assert set(played.result.tolist()) == {node for node in graph if graph.in_degree(node) == 0}


def most_leaves(played: Played) -> None:
    roots = played.reply_ids(-1)
    assert played.result == max(set(roots), key=roots.count)


def delta(played: Played) -> None:
    old, new = played.result
    assert old.dtype == new.dtype == np.int64
    assert old.tolist() == played.reply_json()["old_roots"]
    assert new.tolist() == played.reply_json()["new_roots"]


def nothing(played: Played) -> None:
    assert played.result is None
    assert not played.not_asked()


def refused(error: type[Exception], words: str) -> Check:
    """The call raises `error`, whose message holds what the server said."""

    def check(played: Played) -> None:
        assert isinstance(played.error, error), played.error
        assert words in str(played.error)
        assert "Traceback" not in str(played.error)

    return check


@dataclass(frozen=True)
class Case:
    """How one recording is made again, and what its result must be."""

    check: Check
    now: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    extra: tuple[str, ...] = ()
    call: Callable[[Any, Recording], Any] | None = None
    made_up: tuple[Exchange, ...] = ()
    """Answers to questions that the old client never asked."""


END_TIME = Correction(
    "The old client left out `end_time`, without which the server refuses; ours sends now (F053).",
    query_edit(drop=["include_undo"], end_time="0", include_undone="true"),
)
NOW = ("timestamp",)
BOTH_LATEST = Exchange(
    Ask(
        "POST",
        "/segmentation/api/v1/table/testpcg/is_latest_roots",
        (("timestamp", "0"),),
        b'{"node_ids": [288230376151712174, 288230376151712180]}',
    ),
    Reply(200, (("Content-Type", "application/json"),), b'{"is_latest": [true, true]}'),
    now=frozenset(["timestamp"]),
)
"""What a lineage calls latest is asked for again, because lineages were found to be wrong."""

CASES: dict[str, Case] = {
    "001_get_root_id": Case(root_id, NOW),
    "002_get_root_id_l2": Case(root_id, NOW),
    "004_get_root_id_before_ingest": Case(
        refused(errors.HTTPStatusError, "Cannot find root id 72057594037927937")
    ),
    "005_get_roots": Case(binary_ids, NOW),
    "006_get_roots_zero": Case(binary_ids, NOW),
    "008_get_roots_ts": Case(binary_ids),
    "009_get_leaves": Case(ids("leaf_ids")),
    "010_get_leaves_l2": Case(ids("leaf_ids")),
    "012_get_leaves_many": Case(leaves_many),
    "013_get_children": Case(ids("children_ids")),
    # The old client took the bytes of this refusal for node ids (F008).
    "014_get_minimal_covering_nodes": Case(
        refused(errors.ServerError, "need at least one array to concatenate")
    ),
    "016_get_subgraph": Case(subgraph),
    "017_find_path": Case(refused(errors.ServerError, "cannot be outside of inclusive range 0 to 256")),
    "018_find_path_precision": Case(
        refused(errors.ServerError, "cannot be outside of inclusive range 0 to 256")
    ),
    "020_segmentation_info": Case(same_json, call=lambda client, _: client.chunkedgraph.segmentation_info),
    "024_get_oldest_timestamp": Case(oldest),
    "025_is_latest_roots": Case(latest_mask),
    "026_is_valid_nodes": Case(valid_mask),
    "028_get_root_timestamps_latest": Case(latest_root_times, NOW),
    "029_get_merge_log_empty": Case(same_json),
    "030_get_change_log_empty": Case(same_json),
    "032_do_merge_C": Case(refused(errors.BadRequestError, "Supervoxels must belong to different objects")),
    "033_preview_split_A": Case(
        refused(errors.BadRequestError, "Supervoxels must belong to the same object")
    ),
    "034_execute_split_A": Case(
        refused(errors.BadRequestError, "Supervoxels must belong to the same segment")
    ),
    "036_is_latest_roots_past": Case(latest_mask),
    "037_get_merge_log": Case(same_json),
    "038_get_change_log": Case(same_json),
    "040_get_tabular_change_log_unfiltered": Case(change_logs),
    "041_get_operation_details": Case(operation_details),
    "042_get_user_operations": Case(
        refused(errors.BadRequestError, "end_time"), now=("end_time",), corrections=(END_TIME,)
    ),
    "044_get_oldest_timestamp_after_edit": Case(oldest),
    "045_get_lineage_graph": Case(lineage_dict, corrections=(FUTURE_LOST,)),
    "046_get_lineage_graph_nx": Case(lineage_nx, corrections=(FUTURE_LOST,)),
    "048_get_latest_roots_multi": Case(
        lineage_sinks,
        now=("timestamp", "timestamp_future"),
        corrections=(SAID_ALREADY,),
        made_up=(BOTH_LATEST,),
    ),
    "049_get_original_roots": Case(lineage_sources, now=NOW, corrections=(SAID_ALREADY,)),
    "050_suggest_latest_roots": Case(most_leaves, now=NOW, extra=("chunkedgraph/020_segmentation_info",)),
    "052_get_delta_roots": Case(delta),
    "053_get_root_timestamps_many": Case(root_times, NOW, (SAID_ALREADY,)),
    "054_undo_operation_split": Case(edit_result),
    "056_do_merge_bad_same": Case(
        refused(errors.BadRequestError, "Supervoxels must belong to different objects")
    ),
    "057_do_merge_far": Case(edit_result),
    "058_get_root_id_bad": Case(refused(errors.HTTPStatusError, "Cannot find root id 123456789"), NOW),
    "060_remesh_level2_chunks": Case(nothing),
    "061_server_version": Case(
        lambda played: None,
        call=lambda client, _: str(client.chunkedgraph.server_version) == "2.21.1" or 1 / 0,
    ),
    "021_base_resolution": Case(
        lambda played: _resolution(played),
        extra=("chunkedgraph/020_segmentation_info",),
        call=lambda client, _: client.chunkedgraph.base_resolution,
    ),
    "022_cloudvolume_path": Case(
        lambda played: _address_only(played), call=lambda client, _: client.chunkedgraph.cloudvolume_path
    ),
}


def _resolution(played: Played) -> None:
    info = Recording.load("chunkedgraph/020_segmentation_info").exchanges[0].reply.json()
    assert list(played.result) == info["scales"][0]["resolution"]


def _address_only(played: Played) -> None:
    assert played.result == f"graphene://{played.replay.address}/segmentation/api/v1/testpcg"
    assert [ask.path for ask in played.replay.asked if ask.path.startswith("/segmentation")] == []


def by_recording(client: Any, recording: Recording) -> Any:
    """Call the recorded method with the recorded arguments."""
    method = getattr(client.chunkedgraph, recording.call.split(".")[1])
    return method(*revive(recording.args), **revive(recording.kwargs))


@pytest.mark.parametrize("recording", Recording.load_all("chunkedgraph"), ids=lambda one: one.name)
def test_recorded_call(recording: Recording, record_property: Any) -> None:
    case = CASES[recording.name.split("/")[1]]
    with replay_call(
        recording.name,
        case.call or by_recording,
        corrections=case.corrections,
        now=case.now,
        extra=case.extra,
        made_up=case.made_up,
    ) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        assert played.not_asked() == []
    record_property("replayed", recording.name)
