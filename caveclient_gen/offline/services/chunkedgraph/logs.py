"""The operation log: what was edited, by whom and when."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.json_forms import graph_json, sorted_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_datetime
from caveclient_gen.offline.segmentation.undoing import edits_in_force
from caveclient_gen.offline.services.chunkedgraph.registry import (
    moment,
    reply_text,
    served,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.segmentation.engine import Operation

SPLIT_BOX = [240, 240, 24]
"""How far around the points of a split a real server looks, in voxels; it stands in its log."""


# ---- of one root


@served("get_merge_log", needs="view")
def merge_log(call: Call) -> Reply:
    """Answer the merges that made a root: which supervoxels were joined, and where was clicked, in voxels."""
    merges = [
        entry
        for entry in _history(call)
        if entry.is_merge and entry.source_positions and entry.sink_positions
    ]
    coordinates = [[list(entry.source_positions), list(entry.sink_positions)] for entry in merges]
    return graph_json(
        {"merge_edge_coords": coordinates, "merge_edges": [entry.added_edges.tolist() for entry in merges]}
    )


@served("get_change_log", needs="view")
def change_log(call: Call) -> Reply:
    """Answer how many merges and splits made a root, by person, and which roots it was before."""
    root = call.path_id("root_id")
    log = _history(call)
    if call.flag("filtered"):
        log = [entry for entry, (_, relevant) in zip(log, _places(call, root, log), strict=True) if relevant]
    people: dict[str, dict[str, int]] = {}
    for entry in log:
        counts = people.setdefault(str(entry.user_id), {"n_mergers": 0, "n_splits": 0})
        counts["n_mergers" if entry.is_merge else "n_splits"] += 1
    past = sorted({old for entry in log for old in entry.old_roots})
    return graph_json(
        {
            "n_mergers": sum(entry.is_merge for entry in log),
            "n_splits": sum(not entry.is_merge for entry in log),
            "operations_ids": [entry.id for entry in log],
            "past_ids": written(call, past),
            "user_info": people,
        }
    )


def _history(call: Call) -> list[Operation]:
    until = moment(call, "timestamp")
    log = call.cave.segmentation.history(call.path_id("root_id"))
    return [entry for entry in log if until is None or entry.moment <= until]


@served("get_root_tabular_change_log", needs="view")
def tabular_change_log(call: Call) -> Reply:
    """Answer the edits of one root as a table."""
    return reply_text(_table_of(call, call.path_id("root_id")))


@served("get_tabular_change_log", needs="view")
def tabular_change_logs(call: Call) -> Reply:
    """Answer the edits of several roots, each table as JSON within JSON."""
    roots = call.ids("root_ids").tolist()
    call.check_number("root_ids", len(roots))
    return graph_json({str(root): json.dumps(_table_of(call, root), separators=(",", ":")) for root in roots})


def _table_of(call: Call, root: int) -> dict[str, dict[str, Any]]:
    log = call.cave.segmentation.history(root)
    # The other part of a split is not named (recorded: 040).
    family = {root}.union(*(entry.old_roots for entry in log))
    places = _places(call, root, log)
    filtered = call.flag("filtered", default=True)
    kept = [row for row in range(len(log)) if places[row][1] or not filtered]
    columns: dict[str, Callable[[int], Any]] = {
        "operation_id": lambda row: log[row].id,
        "timestamp": lambda row: log[row].moment // 1000,
        "user_id": lambda row: str(log[row].user_id),
        "before_root_ids": lambda row: list(log[row].old_roots),
        "after_root_ids": lambda row: [new for new in log[row].new_roots if new in family],
        "is_merge": lambda row: log[row].is_merge,
        **(
            {}
            if filtered
            else {"in_neuron": lambda row: places[row][0], "is_relevant": lambda row: places[row][1]}
        ),
        "user_name": lambda row: _person(call, log[row].user_id)[0],
        "user_affiliation": lambda row: _person(call, log[row].user_id)[1],
    }
    return {name: {str(row): cell(row) for row in kept} for name, cell in columns.items()}


def _places(call: Call, root: int, log: Sequence[Operation]) -> list[tuple[bool, bool]]:
    """Return of each edit whether it was in what is this root today, and whether it matters for it.

    A merge matters if both sides are in the root, a split if only one is; an edit that was undone, and its
    undo, do not. What real servers filter comes to the same (recordings: routes/069, where a split and its
    undo are left out).
    """
    if not log:
        return []
    (inside,) = call.cave.segmentation.leaves(np.array([root]))
    in_force = edits_in_force(log)
    found = []
    for entry in log:
        sides = np.isin(np.concatenate((entry.added_edges, entry.removed_edges)).reshape(-1, 2), inside)
        both, some = bool(sides.all(axis=1).any()), bool(sides.any())
        lasts = entry.target is None and entry.id in in_force
        found.append((some, lasts and (both if entry.is_merge else some and not both)))
    return found


def _person(call: Call, user_id: int) -> tuple[str, str]:
    user = call.cave.identity.user(user_id)
    return (user.name, user.pi) if user else (f"user {user_id}", "")


# ---- of all


@served("get_tabular_change_log_recent", needs="view")
def recent(call: Call) -> Reply:
    """Answer the edits of a period as a table."""
    _check_may_see_people(call)
    log = call.cave.segmentation.operations(
        start=moment(call, "timestamp"), end=moment(call, "timestamp_end")
    )
    return reply_text(
        {
            "operation_id": _column(entry.id for entry in log),
            "timestamp": _column(entry.moment // 1000 for entry in log),
            "user_id": _column(str(entry.user_id) for entry in log),
            "is_merge": _column(entry.is_merge for entry in log),
        }
    )


@served("get_user_operations", needs="view")
def user_operations(call: Call) -> Reply:
    """Answer the edits of one person in a period; 0 is everybody."""
    _check_may_see_people(call)
    user, end = call.integer("user_id"), moment(call, "end_time")
    if end is None:
        raise Refusal(400, "Timestamp parameter end_time is not a valid unix timestamp")
    if user is None:
        raise Refusal(400, "Say whose edits: user_id is missing.")
    everybody = user == 0
    log = call.cave.segmentation.operations(
        user_id=None if everybody else user, start=moment(call, "start_time"), end=end
    )
    if not call.flag("include_undone"):
        in_force = edits_in_force(call.cave.segmentation.operations())
        log = [entry for entry in log if entry.kind != "undo" and (entry.target or entry.id) in in_force]
    return reply_text(
        {
            "operation_id": _column(entry.id for entry in log),
            "timestamp": _column(entry.moment // 1000 for entry in log),
        }
    )


def _check_may_see_people(call: Call) -> None:
    dataset = call.cave.identity.own_permission_set
    if call.user is not None and not call.user.may("admin_view", dataset):
        data = {"auth_dataset": dataset, "required_permission": "admin_view"}
        text = f"Missing permission: admin_view for dataset {dataset}"
        body = {"data": data, "error": "missing_permission", "message": text}
        raise Refusal(403, text, reply=sorted_json(body, status=403))


def _column(values: Iterable[Any]) -> dict[str, Any]:
    """Write a column as pandas does: row number to value."""
    return {str(row): value for row, value in enumerate(values)}


@served("get_full_change_log", needs="admin")
def full_change_log(call: Call) -> Reply:
    """Answer the whole log as CSV."""
    until = moment(call, "timestamp")
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("user_id", "action", "root_ids", "timestamp"))
    for entry in call.cave.segmentation.operations(end=until):
        action = "merge" if entry.is_merge else "split"
        when = as_datetime(entry.moment).replace(tzinfo=None)
        table.writerow((entry.user_id, action, list(entry.new_roots), when))
    headers = (("Content-Disposition", "attachment; filename=change_log.csv"),)
    return Reply(text.getvalue().encode(), "text/csv", headers=headers, compress=True)


@served("get_operation_details", needs="view")
def operation_details(call: Call) -> Reply:
    """Answer entries of the log with all that they hold."""
    try:
        listed = json.loads(call.text("operation_ids") or "")
    except (ValueError, RecursionError):
        raise Refusal(400, "operation_ids must be a JSON list of numbers: operation_ids=[1,2].") from None
    ids = read_ids("operation_ids", listed).tolist()
    call.check_number("operation_ids", len(ids))
    found = {entry.id: entry for entry in call.cave.segmentation.operations(ids)}
    unknown = [one for one in ids if one not in found]
    if unknown:
        raise Refusal(404, f"There is no operation {unknown[0]}.")
    return graph_json({str(one): _details(found[one]) for one in ids})


def _details(entry: Operation) -> dict[str, Any]:
    when = str(as_datetime(entry.moment))
    facts: dict[str, Any] = {
        "operation_exception": "",
        "operation_status": 0,
        "operation_ts": when,
        "roots": entry.new_roots,
        "timestamp": when,
        "user": str(entry.user_id),
    }
    if entry.kind in ("undo", "redo"):
        facts[f"{entry.kind}_operation_id"] = entry.target
        return facts
    facts |= {"source_coords": entry.source_positions, "sink_coords": entry.sink_positions}
    if entry.kind == "merge":
        return facts | {"added_edges": entry.added_edges}
    return facts | {
        "bb_offset": SPLIT_BOX,
        "removed_edges": entry.removed_edges,
        "source_ids": entry.source_nodes,
        "sink_ids": entry.sink_nodes,
    }
