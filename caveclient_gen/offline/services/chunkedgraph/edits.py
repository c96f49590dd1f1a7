"""Edits: merges, splits and their preview, undo, redo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.json_forms import graph_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_datetime
from caveclient_gen.offline.segmentation.undoing import edits_in_force
from caveclient_gen.offline.services.chunkedgraph.points import read_points, read_sides
from caveclient_gen.offline.services.chunkedgraph.registry import (
    moment,
    served,
    written,
)

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.segmentation.engine import Edit


FARTHEST_CHUNKS = 3
"""How many chunks may lie between the points of a merge, unless the caller says."""


def _done(call: Call, edit: Edit) -> Reply:
    (operation_id,) = written(call, [edit.operation_id])
    return graph_json({"new_root_ids": written(call, list(edit.new_roots)), "operation_id": operation_id})


@served("do_merge", needs="edit", apis=("1",))
def merge(call: Call) -> Reply:
    """Join two objects."""
    return _done(call, merged(call))


def merged(call: Call) -> Edit:
    """Join the objects of two points, unless these are many chunks apart: that is a mistake nearly always."""
    _check_options(call)
    a, b = read_points("The body", call.document, exactly=2)
    most = call.integer("chebyshev_distance", FARTHEST_CHUNKS)
    if most is None or most < 1:
        raise Refusal(400, f"chebyshev_distance must be 1 or more, and is {most}.")
    segmentation = call.cave.segmentation
    chunks = segmentation.layout.chunk_of(segmentation.supervoxels_of([a, b]))
    distance = int(np.abs(chunks[0] - chunks[1]).max())
    if distance > most:
        raise Refusal(
            400, f"Choose nearer points: these are {distance} chunks apart, and {most} is the most."
        )
    return segmentation.merge(call.user_id, a, b)


@served("do_merge_admin", needs="admin")
def merge_admin(call: Call) -> Reply:
    """Join two objects, for administrators. Their points may not be farther apart here either."""
    if call.flag("allow_same_segment_merge"):
        raise Refusal(400, "Leave out allow_same_segment_merge: offline CAVE joins different objects only.")
    return merge(call)


@served("execute_split", needs="edit", apis=("1",))
def split(call: Call) -> Reply:
    """Cut an object."""
    return _done(call, cut(call))


def cut(call: Call) -> Edit:
    """Cut an object between the points of a request."""
    _check_options(call)
    if not call.flag("mincut", default=True):
        raise Refusal(400, "Leave out mincut=false: offline CAVE splits by a minimum cut only.")
    sources, sinks = read_sides(call.document)
    return call.cave.segmentation.split(call.user_id, sources, sinks)


@served("preview_split", needs="view")
def preview_split(call: Call) -> Reply:
    """Answer what a split would do."""
    parts = call.cave.segmentation.preview_split(*read_sides(call.document))
    components = [written(call, part) for part in parts.components]
    return graph_json({"supervoxel_connected_components": components, "illegal_split": parts.illegal})


@served("undo_operation", needs="edit")
def undo(call: Call) -> Reply:
    """Take an edit back."""
    _check_options(call)
    return _done(call, call.cave.segmentation.undo(call.user_id, _operation_id(call)))


@served("redo_operation", needs="edit")
def redo(call: Call) -> Reply:
    """Make an edit again that was taken back."""
    _check_options(call)
    return _done(call, call.cave.segmentation.redo(call.user_id, _operation_id(call)))


@served("rollback_user", needs="admin")
def rollback(call: Call) -> Reply:
    """Take back all edits of one person that are in force, newest first: all of them, or none."""
    user = call.integer("user_id")
    if user is None:
        raise Refusal(400, "Say whose edits: user_id is missing.")
    skipped = _skipped(call)
    start, end = moment(call, "start_time"), moment(call, "end_time")
    segmentation = call.cave.segmentation
    undone = []
    with call.cave.store.write():
        in_force = edits_in_force(segmentation.operations())
        for operation in reversed(segmentation.operations(user_id=user, start=start, end=end)):
            if operation.id in in_force and operation.id not in skipped:
                _undo_within_rollback(call, operation.id)
                undone.append(operation)
    return graph_json(
        {
            "operation_id": [one.id for one in undone],
            "timestamp": [str(as_datetime(one.moment)) for one in undone],
        }
    )


def _undo_within_rollback(call: Call, operation_id: int) -> None:
    try:
        call.cave.segmentation.undo(call.user_id, operation_id)
    except Refusal as refusal:
        remedy = f"Nothing was undone. Name operation {operation_id} in skip_operation_ids to spare it"
        raise Refusal(refusal.status, f"{remedy}: {refusal.message}") from refusal


def _skipped(call: Call) -> set[int]:
    try:
        listed = json.loads(call.text("skip_operation_ids", "[]") or "[]")
    except (ValueError, RecursionError):
        listed = None
    ids = read_ids("skip_operation_ids", listed).tolist()
    call.check_number("skip_operation_ids", len(ids))
    return set(ids)


def _operation_id(call: Call) -> int:
    value = call.fields().get("operation_id")
    (operation_id,) = read_ids("operation_id", [value]).tolist()
    return int(operation_id)


def _check_options(call: Call) -> None:
    """Read how an edit is to be meshed and answered before it is made, so that nonsense changes nothing."""
    call.flag("priority", default=True)
    call.flag("remesh", default=True)
    call.flag("int64_as_str")
