"""Any list length works for every call that takes a list, or the table below says why it is one request.

Each operation that may be split is called with more items than three requests carry, some of them twice,
against a server on the loopback that answers from what it is asked.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
import pytest
from promise_bench import CLIENTS, Handler, Seen, public_operations, serve

from caveclient_gen.errors import InvalidArgumentError

LISTS = ("id_array", "int_array", "str_array", "point_array")

A_FEW = "names of columns or tables: there are never many"
ONE_REQUEST = {
    "auth.grant_permissions": "a write; there are never many permissions",
    "chunkedgraph.get_minimal_covering_nodes": (
        "the smallest set that covers all nodes is not that of the parts put together"
    ),
    "chunkedgraph.rollback_user": "what one part spares another would undo: at most what an address holds",
    "skeleton.get_cache_contents": "first digits of ids stand in the address: at most what that holds",
    "annotation.delete_annotation": "a write; the server takes a body of any length",
    "materialize.lookup_supervoxel_ids": "a write; the server takes a body of any length",
    "materialize.check_deltalake_exists": A_FEW,
    "materialize.create_virtual_version": A_FEW,
    "materialize.start_upload": A_FEW,
    "materialize.neuroglancer_segprop_info": A_FEW,
    "materialize.neuroglancer_live_segprop_info": A_FEW,
    "materialize.neuroglancer_view_segprop_info": A_FEW,
}
"""Operations that take a list and are never split, and why."""

NOT_IDS = {"select_columns", "suffixes", "attributes"}
"""Lists of names beside the lists that are split."""

LARGE_DOCUMENTS = {
    "chunkedgraph.find_path": "two points",
    "chunkedgraph.do_merge": "the points of one edit belong together",
    "chunkedgraph.do_merge_admin": "the points of one edit belong together",
    "chunkedgraph.execute_split": "the points of one edit belong together",
    "chunkedgraph.preview_split": "the points of one edit belong together",
    "materialize.join_query": "two tables",
    "materialize.live_live_query": "a few tables",
}
"""Operations that take points or tables as a document."""


def operations() -> dict[str, tuple[str, Any]]:
    """Return every operation that takes a list: service and name -> client, operation."""
    found = {}
    for client, operation in public_operations():
        if any(param.type in LISTS and param.name not in NOT_IDS for param in operation.params):
            found[f"{client.split()[0]}.{operation.name}"] = (client, operation)
    return found


def splits(operation: Any) -> list[Any]:
    return [limit for limit in operation.items if limit.on_exceed == "split"]


@pytest.mark.parametrize("name", operations())
def test_every_list_may_be_long_or_there_is_a_reason(name: str) -> None:
    _, operation = operations()[name]
    assert bool(splits(operation)) is not (name in ONE_REQUEST), "split it, or say why not"


def test_the_reasons_are_about_operations_that_there_are() -> None:
    assert set(ONE_REQUEST) <= set(operations())
    named = {f"{client.split()[0]}.{operation.name}" for client, operation in public_operations()}
    assert set(LARGE_DOCUMENTS) <= named


def test_every_split_has_a_row() -> None:
    split = {
        f"{client.split()[0]}.{operation.name}"
        for client, operation in public_operations()
        if any(limit.depth == 0 for limit in splits(operation))
    }
    assert split == {row.name for row in ROWS}


def test_every_filter_by_values_is_split() -> None:
    """What the queries do with that is held in tests/materialize."""
    for client, operation in public_operations():
        if any(param.name == "filter_in_dict" for param in operation.params):
            assert [limit.param for limit in splits(operation)] == ["filter_in_dict"], (
                client,
                operation.name,
            )
            assert operation.rows.on_truncate == "split"


FIRST = 864691135000000001


@dataclass
class Row:
    """A method that takes a list, what the server answers, and what comes out of it."""

    name: str
    read: Callable[[Seen], list[Any]]
    """The items in a request."""
    answer: Callable[[list[Any]], Any]
    """What the server answers to them."""
    result: Callable[[list[Any]], Any]
    """What the call returns for all items."""
    others: dict[str, Any] = field(default_factory=dict)
    method: str | None = None
    items: Callable[[int], list[Any]] = lambda count: [FIRST + n for n in range(count)]

    def __str__(self) -> str:
        return self.name


def body(key: str) -> Callable[[Seen], list[Any]]:
    return lambda seen: json.loads(seen.body)[key]


def query(key: str) -> Callable[[Seen], list[Any]]:
    def read(seen: Seen) -> list[Any]:
        text = parse_qs(urlsplit(seen.path).query)[key][0]
        assert len(seen.path) < 4096, "servers cut addresses at 4 KB"
        return [word if word.startswith("s") else int(word) for word in text.strip("[]").split(",")]

    return read


def unique(items: list[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


def lineage(items: list[int]) -> dict[str, Any]:
    """Each root came from the one before."""
    nodes = unique([node for one in items for node in (one - 1, one)])
    links = [{"source": one - 1, "target": one} for one in unique(items)]
    return {
        "directed": True,
        "multigraph": False,
        "graph": {},
        "nodes": [{"id": node, "timestamp": 1.0} for node in nodes],
        "links": links,
    }


def sorted_graph(graph: dict[str, Any]) -> Any:
    return sorted(node["id"] for node in graph["nodes"]), sorted(x["target"] for x in graph["links"])


def graph_row(method: str, read: Any, answer: Any, result: Any, **more: Any) -> Row:
    return Row(f"chunkedgraph.{method}", read, answer, result, **more)


LOG = json.dumps({"operation_id": {"0": 2}, "timestamp": {"0": 1795351607073}, "user_id": {"0": "1"}})
ROWS = [
    graph_row(
        "get_roots",
        lambda seen: np.frombuffer(seen.body, "<u8").tolist(),
        lambda ids: (np.array(ids, "<u8") + 1).tobytes(),
        lambda ids: np.array(ids) + 1,
    ),
    graph_row(
        "get_roots_json",
        body("node_ids"),
        lambda ids: {"root_ids": [one + 1 for one in ids]},
        lambda ids: np.array(ids) + 1,
    ),
    graph_row(
        "get_leaves_many",
        body("node_ids"),
        lambda ids: {str(one): [one + 1, one + 2] for one in ids},
        lambda ids: {one: [one + 1, one + 2] for one in unique(ids)},
    ),
    graph_row(
        "supervoxel_lookup",
        lambda seen: [int(row[0]) for row in json.loads(seen.body)],
        lambda ids: [one + 1 for one in ids],
        lambda ids: np.array(ids) + 1,
    ),
    graph_row("remesh_level2_chunks", body("new_lvl2_ids"), lambda ids: None, lambda ids: None),
    graph_row(
        "get_tabular_change_log",
        body("root_ids"),
        lambda ids: {str(one): LOG for one in ids},
        lambda ids: dict.fromkeys(unique(ids), 1),
    ),
    graph_row(
        "get_operation_details",
        query("operation_ids"),
        lambda ids: {str(one): {"user": str(one)} for one in ids},
        lambda ids: {str(one): {"user": str(one)} for one in unique(ids)},
        items=lambda count: list(range(1, count + 1)),
    ),
    graph_row("get_lineage_graph", body("root_ids"), lineage, lambda ids: sorted_graph(lineage(ids))),
    graph_row(
        "get_past_ids",
        body("root_ids"),
        lambda ids: {
            "past_id_map": {str(one): [one - 1] for one in ids},
            "future_id_map": {str(one - 1): one for one in ids},
        },
        lambda ids: {
            "past_id_map": {one: [one - 1] for one in unique(ids)},
            "future_id_map": {one - 1: one for one in unique(ids)},
        },
    ),
    graph_row(
        "is_latest_roots",
        body("node_ids"),
        lambda ids: {"is_latest": [one % 3 == 0 for one in ids]},
        lambda ids: np.array(ids) % 3 == 0,
    ),
    graph_row(
        "is_valid_nodes",
        body("node_ids"),
        lambda ids: {"valid_roots": sorted({one for one in ids if one % 3}, reverse=True)},
        lambda ids: np.array(ids) % 3 != 0,
    ),
    graph_row(
        "get_root_timestamps",
        body("node_ids"),
        lambda ids: {"timestamp": [float(one % 1000) for one in ids]},
        lambda ids: [one % 1000 for one in ids],
    ),
    Row(
        "auth.get_user_information",
        query("id"),
        lambda ids: [{"id": one, "name": f"user {one}"} for one in ids],
        lambda ids: [{"id": one, "name": f"user {one}"} for one in unique(ids)],
        items=lambda count: list(range(1, count + 1)),
    ),
    Row(
        "auth.get_usernames",
        query("id"),
        lambda ids: [{"id": one, "name": f"user {one}"} for one in ids],
        lambda ids: {one: f"user {one}" for one in unique(ids)},
        items=lambda count: list(range(1, count + 1)),
    ),
    Row(
        "schema.schema_definition_multi",
        query("schema_names"),
        lambda names: {name: {"$ref": name} for name in names},
        lambda names: {name: {"$ref": name} for name in unique(names)},
        items=lambda count: [f"s{n}_some_kind_of_annotation" for n in range(count)],
    ),
    Row(
        "annotation.get_annotation",
        query("annotation_ids"),
        lambda ids: [{"id": one, "deleted": "None"} for one in ids],
        lambda ids: [{"id": one, "deleted": None} for one in ids],
        {"table_name": "tbl"},
        items=lambda count: list(range(1, count + 1)),
    ),
    Row(
        "l2cache.get_l2data",
        body("l2_ids"),
        lambda ids: {str(one): {"size_nm3": one % 1000} for one in ids},
        lambda ids: {str(one): {"size_nm3": one % 1000} for one in unique(ids)},
    ),
    Row(
        "skeleton.skeletons_exist",
        body("root_ids"),
        lambda ids: {str(one): one % 3 == 0 for one in ids} if len(ids) > 1 else ids[0] % 3 == 0,
        lambda ids: {one: one % 3 == 0 for one in unique(ids)},
    ),
    Row(
        "skeleton.get_bulk_skeletons",
        lambda seen: [int(one) for one in unquote(seen.path).partition("?")[0].rpartition("/")[2].split(",")],
        lambda ids: {str(one): "async" for one in ids},
        lambda ids: dict.fromkeys(unique(ids), "queued"),
    ),
    Row(
        "skeleton.fetch_skeletons",
        body("root_ids"),
        lambda ids: {},
        lambda ids: dict.fromkeys(unique(ids), "not kept"),
    ),
    Row("skeleton.generate_bulk_skeletons_async", body("root_ids"), len, lambda ids: len(unique(ids))),
    Row("skeleton.generate_bulk_meshworks_async", body("root_ids"), len, lambda ids: len(unique(ids))),
]
DISTINCT = {
    "annotation.get_annotation",
    "chunkedgraph.get_lineage_graph",
    "auth.get_user_information",
    "auth.get_usernames",
    "skeleton.skeletons_exist",
    "skeleton.get_bulk_skeletons",
    "skeleton.fetch_skeletons",
    "skeleton.generate_bulk_skeletons_async",
    "skeleton.generate_bulk_meshworks_async",
}
"""Methods that ask for each item once, so that items that stand twice make no difference on the wire."""
FORM: dict[str, Callable[[Any], Any]] = {
    "chunkedgraph.get_leaves_many": lambda found: {one: ids.tolist() for one, ids in found.items()},
    "chunkedgraph.get_tabular_change_log": lambda found: {one: len(frame) for one, frame in found.items()},
    "chunkedgraph.get_lineage_graph": sorted_graph,
    "skeleton.get_bulk_skeletons": lambda found: found.missing,
    "skeleton.fetch_skeletons": lambda found: found.missing,
    "chunkedgraph.get_root_timestamps": lambda found: [int(moment.timestamp()) for moment in found],
}


def arguments(row: Row, operation: Any, items: list[Any]) -> dict[str, Any]:
    if operation.name == "supervoxel_lookup":
        return {"node_ids": items, "points": [[1, 2, 3]] * len(items)}
    names = {"get_lineage_graph": "root_id"}
    return {**row.others, names.get(operation.name, splits(operation)[0].param): items}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_list_longer_than_three_requests(row: Row) -> None:
    service, _, name = row.name.partition(".")
    operation = next(
        operation for client, operation in public_operations() if client == service and operation.name == name
    )
    most = splits(operation)[0].max
    items = row.items(3 * most)
    items = [*items[:5], items[-1], *items[5:], *items[:2], items[0]]
    asked: list[list[Any]] = []
    lock = threading.Lock()

    def answer(handler: Handler, seen: Seen) -> None:
        found = row.read(seen)
        with lock:
            asked.append(found)
        handler.reply(200, row.answer(found))

    with serve(answer) as server:
        client = CLIENTS[service](server.url)
        found = getattr(client, name)(**arguments(row, operation, items))
        client._transport.close()
    sent = unique(items) if row.name in DISTINCT else items
    assert sorted(one for part in asked for one in part) == sorted(sent)
    assert max(map(len, asked)) == most
    assert len(asked) == -(-len(sent) // most)
    expected, got = row.result(items), FORM.get(row.name, lambda value: value)(found)
    if isinstance(expected, np.ndarray):
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)
    else:
        assert got == expected


def test_what_cannot_be_split_says_how_much_goes() -> None:
    client = CLIENTS["chunkedgraph"]()
    with pytest.raises(InvalidArgumentError, match=r"^Pass at most 200 items as 'skip_operation_ids'"):
        client.rollback_user(
            user_id=1, start_time="2024-01-01", end_time="2024-01-02", skip_operation_ids=range(201)
        )
