"""A write goes out once, whatever becomes of it; what is safe is sent again."""

from __future__ import annotations

from typing import Any

import pytest
from promise_bench import CLIENTS, METHODS, MOMENT, TOKEN, public_operations, quick, serve

from caveclient_gen.errors import (
    CAVEError,
    ServiceConnectionError,
    ServiceUnavailableError,
    UnknownOutcomeError,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # old methods are in the table too

RETRIES = 2
POINTS = [[1, 2, 3], [4, 5, 6]]
MERGE: dict[str, Any] = {"supervoxels": [1, 2], "coords": POINTS, "resolution": (1, 1, 1)}
TABLE = {"table_name": "t"}
GROUP = {"group_id": 1, "user_id": 2}

WRITES: dict[str, dict[str, Any]] = {
    "do_merge": MERGE,
    "do_merge_admin": MERGE,
    "execute_split": {"source_points": POINTS, "sink_points": POINTS, "root_id": 1},
    "undo_operation": {"operation_id": 1},
    "redo_operation": {"operation_id": 1},
    "rollback_user": {"user_id": 1, "start_time": MOMENT, "end_time": MOMENT},
    "ingest_annotation_table": TABLE,
    "lookup_supervoxel_ids": TABLE | {"annotation_ids": [1]},
    "start_spatial_lookup": TABLE,
    "dump_csv_table": TABLE,
    "start_deltalake_export": TABLE,
    "create_virtual_version": {"target_version": 1, "tables_to_include": ["t"], "virtual_version_name": "v"},
    "save_upload_metadata": {"metadata": {}},
    "start_upload": {"filename": "f", "column_mapping": {}, "metadata": {}},
    "create_token": {"description": "d"},
    "revoke_token": {"token_id": 1},
    "refresh_token": {},
    "logout": {},
    "create_group": {"name": "g"},
    "add_user_to_group": GROUP,
    "remove_user_from_group": GROUP,
    "grant_permissions": {"dataset_id": 1, "group_id": 1, "permission_ids": [1]},
    "create_table": TABLE | {"schema_name": "s", "description": "d", "voxel_resolution": [4, 4, 40]},
    "delete_table": TABLE,
    "post_annotation": TABLE | {"data": {"tag": "a"}},
    "update_annotation": TABLE | {"data": {"id": 1, "tag": "a"}},
    "delete_annotation": TABLE | {"annotation_ids": [1]},
    "withdraw_permission": {"dataset_id": 1, "group_id": 1, "permission_id": 1},
    "upload_state_json": {"json_state": {}},
    "upload_state_json_with_id": {"json_state": {}, "state_id": 1},
    "upload_property_json": {"property_json": {}},
    "upload_property_json_with_id": {"property_json": {}, "state_id": 1},
}
"""Operation that changes something -> arguments of the public method."""

FROZEN: dict[str, Any] = {"materialization_version": 1, "merge_reference": False, "metadata": False}
SAFE = [
    ("chunkedgraph", "get_roots", {"supervoxel_ids": [1]}),
    ("chunkedgraph", "is_latest_roots", {"root_ids": [1]}),
    ("chunkedgraph", "get_leaves_many", {"root_ids": [1]}),
    ("chunkedgraph", "preview_split", WRITES["execute_split"]),
    ("chunkedgraph", "get_root_id", {"supervoxel_id": 1}),
    ("materialize 2", "query_table", {"table": "t"} | FROZEN),
    ("materialize 3", "query_table", {"table": "t"} | FROZEN),
    ("materialize 3", "get_tables", {"version": 1}),
    ("auth", "whoami", {}),
    ("auth", "set_group_admin", GROUP | {"admin": True}),
    ("info", "get_datastacks", {}),
    ("schema", "get_schemas", {}),
    ("skeleton", "get_skeleton", {"root_id": 1}),
    ("skeleton", "skeletons_exist", {"root_ids": [1]}),
    ("skeleton", "generate_bulk_skeletons_async", {"root_ids": [1]}),
    ("state", "get_state_json", {"state_id": 1}),
    ("l2cache", "get_l2data", {"l2_ids": [1]}),
    ("annotation", "get_annotation", TABLE | {"annotation_ids": [1]}),
    ("annotation", "update_metadata", TABLE | {"description": "d"}),
]


def writes() -> list[Any]:
    found = [(client, op) for client, op in public_operations() if not op.safe]
    return [pytest.param(client, op, id=f"{client}.{op.name}") for client, op in found]


def call(client: str, url: str, method: str, arguments: dict[str, Any]) -> list[float]:
    """Make a call with a transport that waits for nothing, and return the pauses it would have made."""
    pauses: list[float] = []
    transport = quick(TOKEN, url, retries=RETRIES, pauses=pauses)
    try:
        getattr(CLIENTS[client](url, transport), METHODS.get(method, method))(**arguments)
    finally:
        transport.close()
    return pauses


def failure(kind: type[CAVEError], client: str, url: str, method: str, arguments: dict[str, Any]) -> Any:
    with pytest.raises(kind) as caught:
        call(client, url, method, arguments)
    return caught.value


def test_every_write_is_in_the_table() -> None:
    assert {op.name for _, op in public_operations() if not op.safe} == set(WRITES)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize(("client", "operation"), writes())
def test_a_write_is_not_repeated(client: str, operation: Any, status: int) -> None:
    with serve(lambda handler, seen: handler.reply(status, {"message": "later"})) as server:
        error = failure(CAVEError, client, server.url, operation.name, WRITES[operation.name])
    assert len(server.seen) == 1
    assert server.seen[0].method == operation.method
    # A proxy's 502 and 504 lose the answer of a server that may have worked.
    assert isinstance(error, UnknownOutcomeError) == (status in (502, 504))


@pytest.mark.parametrize(("client", "operation"), writes())
def test_a_write_whose_answer_is_lost(client: str, operation: Any) -> None:
    with serve(lambda handler, seen: handler.hang_up()) as server:
        error = failure(UnknownOutcomeError, client, server.url, operation.name, WRITES[operation.name])
    assert len(server.seen) == 1
    assert operation.check
    assert operation.check in str(error).partition("\n")[0]
    assert error.check == operation.check
    assert isinstance(error.cause, ServiceConnectionError)


@pytest.mark.parametrize(("client", "operation"), writes())
def test_a_write_whose_answer_breaks_off(client: str, operation: Any) -> None:
    with serve(lambda handler, seen: (handler.reply(200, b"1", length=9), handler.hang_up())) as server:
        failure(UnknownOutcomeError, client, server.url, operation.name, WRITES[operation.name])
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize(("client", "method", "arguments"), SAFE)
def test_what_is_safe_is_repeated(client: str, method: str, arguments: Any, status: int) -> None:
    with serve(lambda handler, seen: handler.reply(status, {"message": "later"})) as server:
        failure(ServiceUnavailableError, client, server.url, method, arguments)
    assert len(server.seen) == 1 + RETRIES
    assert len({(seen.method, seen.path.partition("?")[0], seen.body) for seen in server.seen}) == 1


@pytest.mark.parametrize(("client", "method", "arguments"), SAFE)
def test_what_is_safe_is_repeated_after_a_broken_connection(client: str, method: str, arguments: Any) -> None:
    with serve(lambda handler, seen: handler.hang_up()) as server:
        failure(ServiceConnectionError, client, server.url, method, arguments)
    assert len(server.seen) == 1 + RETRIES


def test_a_server_that_comes_back_is_asked_again() -> None:
    def answer(handler: Any, seen: Any) -> None:
        if len(handler.served.seen) <= RETRIES:
            handler.reply(503, {"message": "restarting"}, Retry_After="7")
        else:
            handler.reply(200, (11).to_bytes(8, "little"))

    with serve(answer) as server:
        pauses = call("chunkedgraph", server.url, "get_roots", {"supervoxel_ids": [1]})
    assert pauses == [7.0] * RETRIES
    assert len(server.seen) == 1 + RETRIES


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_as_often_as_was_asked_for(retries: int) -> None:
    with serve(lambda handler, seen: handler.reply(503)) as server:
        transport = quick(TOKEN, server.url, retries=retries)
        with pytest.raises(ServiceUnavailableError):
            CLIENTS["chunkedgraph"](server.url, transport).get_roots([1])
        transport.close()
    assert len(server.seen) == 1 + retries
