"""Requests that were once made to the servers directly, made through the client where an operation fits.

They show routes that the old client never reached, and how servers refuse.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
from recorded import ADMIN, TOKENS, Correction, Played, arrow_table, body_edit, query_edit, replay_call
from replay_server import Recording

from caveclient_gen import errors
from caveclient_gen.chunkedgraph import ChunkedGraphClient

Check = Callable[[Played], None]
ROOTS = [288230376151712144, 288230376151711751]


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def ids(key: str) -> Check:
    """The result is the array of ids under `key`."""

    def check(played: Played) -> None:
        assert played.result.tolist() == [int(one) for one in played.reply_json()[key]]

    return check


def rows(played: Played) -> None:
    """The raw query hands back the Arrow table as it came, with the headers that describe it."""
    answer = played.result
    assert isinstance(answer.value, pa.Table)
    assert answer.value.equals(arrow_table(played.wire[0]))
    assert tuple(answer.headers["dataframe_resolution"]) == (4.0, 4.0, 40.0)


def cut(played: Played) -> None:
    """As `rows`; the caller asked for five, so five are no truncation, but the notice is handed over."""
    rows(played)
    assert played.result.truncated is None
    assert any("Limited query to 5 rows" in notice for notice in played.result.warnings)


def counted(played: Played) -> None:
    """The count is a table of one cell."""
    assert played.result.value.equals(arrow_table(played.wire[0]))


def version(text: str) -> Check:
    """The version that the server reports is read."""

    def check(played: Played) -> None:
        assert str(played.result) == text

    return check


def refused(error: type[Exception], words: str) -> Check:
    """The call raises `error`, whose message holds what the server said."""

    def check(played: Played) -> None:
        assert isinstance(played.error, error), repr(played.error)
        assert words in str(played.error)
        assert "Traceback" not in str(played.error)

    return check


@dataclass(frozen=True)
class Case:
    """The call that makes the recorded request, and what its result must be."""

    call: Callable[[Any], Any]
    check: Check = same_json
    corrections: tuple[Correction, ...] = ()
    now: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    token: str | None = None


MOMENT = Correction(
    "Without a timestamp the server takes now; the client says so.", query_edit(timestamp="0")
)
NOW = ("timestamp",)


def other_table(client: Any, table: str) -> Any:
    """Return a chunkedgraph client for another table."""
    return ChunkedGraphClient(client.chunkedgraph.server_address, table, auth_client=client.auth)


def query(client: Any, **arguments: Any) -> Any:
    """Query the synapses through the raw operation."""
    return client.materialize._query_table("synapses", version=2, **arguments)


CASES: dict[str, Case] = {
    "001_auth_user_me": Case(lambda client: client.auth.whoami()),
    "002_auth_user_me_viewer": Case(lambda client: client.auth.whoami(), token="viewer"),
    "003_auth_user_cache": Case(lambda client: client.auth.get_permissions()),
    "004_auth_user_cache_viewer": Case(lambda client: client.auth.get_permissions(), token="viewer"),
    "005_auth_my_permissions": Case(lambda client: client.auth.get_current_permissions()),
    "006_auth_username": Case(
        lambda client: client.auth.get_usernames([1, 2, 3]), lambda played: _names(played)
    ),
    "007_auth_username_unknown": Case(
        lambda client: client.auth.get_usernames([1, 999]), lambda played: _names(played)
    ),
    "008_auth_user_missing": Case(lambda client: client.auth.get_missing_terms()),
    "009_auth_create_token": Case(lambda client: client.auth.create_token("made for a recording")),
    "013_auth_table_dataset": Case(
        lambda client: client.auth.get_table_permission_set("datastack", "testds")
    ),
    "015_auth_groups": Case(lambda client: client.auth.get_groups()),
    "016_auth_datasets": Case(lambda client: client.auth.get_permission_sets()),
    "021_info_ngl_info": Case(lambda client: client.info.get_viewer_layers()),
    "022_info_aligned_volume": Case(lambda client: client.info.get_aligned_volume_info_by_name("testvol")),
    "023_info_datastack": Case(lambda client: client.info.get_datastack_record("testds")),
    "025_info_image_sources": Case(lambda client: client.info.get_image_mirrors()),
    "024_info_version": Case(lambda client: client.info.server_version, version("4.3.3")),
    "026_schema_views_version": Case(lambda client: client.schema.server_version, version("5.26.3")),
    "030_mat_version": Case(lambda client: client.materialize.server_version, version("5.26.4")),
    "065_pcg_version": Case(lambda client: client.chunkedgraph.server_version, version("2.21.1")),
    "031_mat_v3_count": Case(lambda client: client.materialize.get_annotation_count("synapses", version=2)),
    "032_mat_v3_tables": Case(lambda client: client.materialize.list_tables(version=2)),
    "034_mat_v3_count_unknown": Case(
        lambda client: client.materialize.get_annotation_count("nope", version=2),
        refused(errors.NotFoundError, "Analysis table 'nope' not found"),
    ),
    "035_mat_v3_tables_unknown_version": Case(
        lambda client: client.materialize.list_tables(version=99), refused(errors.NotFoundError, "")
    ),
    "036_mat_unknown_datastack": Case(
        lambda client: client.materialize.get_versions("nope"),
        refused(errors.UnknownDatastackError, "nope"),
        (Correction("The client says what the server would take.", query_edit(expired="false")),),
    ),
    "037_mat_live_segprop_info": Case(
        lambda client: client.materialize.neuroglancer_live_segprop_info("nuclei")
    ),
    "038_mat_segprop_info": Case(
        lambda client: client.materialize.neuroglancer_segprop_info("nuclei", materialization_version=2)
    ),
    "039_mat_view_segprop": Case(
        lambda client: client.materialize.neuroglancer_view_segprop_info("nucleus_types")
    ),
    "040_mat_precomputed_info": Case(
        lambda client: client.materialize.neuroglancer_annotation_info("synapses"),
        refused(errors.BadRequestError, "do not use live live query"),
    ),
    "041_mat_precomputed_by_id": Case(
        lambda client: client.materialize.neuroglancer_annotation("synapses", 1),
        refused(errors.BadRequestError, "do not use live live query"),
    ),
    "042_mat_precomputed_related": Case(
        lambda client: client.materialize.neuroglancer_annotations_of("synapses", "pre_pt_root_id", ROOTS[1]),
        refused(errors.BadRequestError, "do not use live live query"),
    ),
    "044_mat_lookup_status": Case(
        lambda client: client.materialize.get_spatial_lookup_status("synapses"),
        refused(errors.NotFoundError, "No workflow data found"),
    ),
    "045_mat_deltalake_defaults": Case(lambda client: client.materialize.get_deltalake_defaults()),
    "046_query_limit_header": Case(lambda client: query(client, limit=5), cut),
    "048_query_lz4": Case(lambda client: query(client), rows),
    "049_query_json": Case(
        lambda client: query(client, limit=3, as_arrow=False).value,
        same_json,
        (
            Correction(
                "One argument says the form of the answer, under both names.",
                query_edit(arrow_format="false"),
            ),
        ),
    ),
    "050_query_count": Case(lambda client: query(client, count=True), counted),
    # Not by `api_version`: which API a server of this version speaks is known without asking.
    "029_mat_versions_api": Case(
        lambda client: max(client.materialize._discovery.api_versions().value), version("3")
    ),
    "051_query_filter_notin": Case(lambda client: query(client, filter_out_dict={"id": [1, 2, 3]}), rows),
    "053_query_filter_in_empty_list": Case(lambda client: query(client, filter_in_dict={"id": []}), rows),
    "054_query_id_range": Case(
        lambda client: query(client, filter_greater_equal_dict={"id": 10}, filter_less_dict={"id": 20}), rows
    ),
    "066_pcg_roots_json": Case(
        lambda client: client.chunkedgraph.get_roots_json([72057594037927937, 72057800263467009]),
        ids("root_ids"),
        (MOMENT,),
        NOW,
    ),
    "068_pcg_root_lineage_get": Case(lambda client: client.chunkedgraph.get_root_lineage_graph(ROOTS[0])),
    "070_pcg_tabular_change_log_recent": Case(
        lambda client: client.chunkedgraph.get_tabular_change_log_recent(),
        lambda played: _log(played),
    ),
    "072_pcg_leaves_many": Case(
        lambda client: client.chunkedgraph.get_leaves_many(ROOTS, stop_layer=2),
        lambda played: _leaves(played),
    ),
    "073_pcg_manifest": Case(
        lambda client: client.chunkedgraph.get_mesh_manifest(ROOTS[1], verify=True),
        refused(errors.ServerError, "mesh"),
    ),
    "074_pcg_merge_viewer_403": Case(
        lambda client: client.chunkedgraph.do_merge(
            [72057594037927937, 72057800263467009], [[1, 1, 1], [2, 2, 2]], resolution=(1, 1, 1)
        ),
        refused(errors.PermissionDeniedError, "Missing permission: edit"),
        token="viewer",
    ),
    "075_pcg_bad_root": Case(
        lambda client: client.chunkedgraph.get_root_id(123),
        refused(errors.ServerError, "Cannot find root id 123"),
        (MOMENT,),
        NOW,
    ),
    "076_pcg_is_latest": Case(
        lambda client: client.chunkedgraph.is_latest_roots([ROOTS[0], ROOTS[1], ROOTS[0]]),
        lambda played: _mask(played),
    ),
    "079_pcg_operation_details": Case(
        lambda client: client.chunkedgraph.get_operation_details([1, 2, 3]),
        lambda played: _details(played),
    ),
    "080_pcg_undo": Case(lambda client: client.chunkedgraph.undo_operation(4)),
    "081_pcg_redo": Case(lambda client: client.chunkedgraph.redo_operation(4)),
    "011_auth_token_ttl": Case(lambda client: client.auth.get_token_ttl("9e561e6cc0eed99bfd93a77a9a1380e9")),
    "012_auth_revoke_token": Case(lambda client: client.auth.revoke_token(8)),
    "014_auth_version": Case(lambda client: client.auth.server_version, version("2.30.3")),
    "043_mat_precomputed_spatial": Case(
        lambda client: client.materialize.neuroglancer_annotations_in("synapses", "0", 0, 0, 0),
        refused(errors.BadRequestError, "do not use live live query"),
    ),
    "067_pcg_roots_json_str": Case(
        lambda client: client.chunkedgraph.get_roots_json([72057594037927937, 72057800263467009]),
        ids("root_ids"),
        (
            MOMENT,
            Correction("Ids as text are not asked for, and read all the same.", query_edit(["int64_as_str"])),
        ),
        NOW,
    ),
    "069_pcg_root_tabular_change_log": Case(
        lambda client: client.chunkedgraph.get_root_tabular_change_log(ROOTS[0]),
        lambda played: _log(played),
        (Correction("The client says what the server would take.", query_edit(filtered="true")),),
    ),
    "083_skel_refusal": Case(
        lambda client: client.skeleton.get_refusal_list()["ROOT_ID"].tolist(),
        lambda played: _refused_cells(played),
        (Correction("The client says what the server would take.", query_edit(verbose_level="0")),),
        extra=("skeleton/001_get_version",),
    ),
    "084_skel_info": Case(
        lambda client: client.skeleton.get_precomputed_skeleton_info(0),
        extra=("skeleton/003_get_precomputed_skeleton_info",),
    ),
    "085_skel_exists_post": Case(
        lambda client: client.skeleton.skeletons_exist(root_ids=[*ROOTS, ROOTS[0]]),
        lambda played: _exist(played),
        (
            Correction(
                "Each id is asked about once; the verbosity is what the server would take.",
                body_edit(lambda body: {**body, "root_ids": body["root_ids"][:2], "verbose_level": 0}),
            ),
        ),
        extra=("skeleton/001_get_version",),
    ),
    "082_l2_mapping": Case(lambda client: client.l2cache.table_mapping()),
    "086_state_version": Case(lambda client: client.state.server_version, version("0.7.2")),
    "087_state_raw": Case(lambda client: client.state.get_state_raw(4242), lambda played: _packed(played)),
    "088_state_missing": Case(
        lambda client: client.state.get_state_json(999999),
        refused(errors.NotFoundError, "state.get_state_json"),
    ),
    "078_pcg_unknown_table": Case(
        lambda client: other_table(client, "nope").segmentation_info,
        refused(errors.UnknownDatastackError, "nope"),
    ),
}

PROBE = "a request that no client makes: it shows how servers answer it"
ONE_API = "not asked: the client speaks one API version of this service"
LEFT_OUT = {
    "010_auth_tokens_after": "the same request as auth/001_get_tokens",
    "017_auth_no_token": PROBE,
    "018_auth_bad_token": PROBE,
    "019_auth_malformed": PROBE,
    "020_info_versions": ONE_API,
    "027_schema_versions": ONE_API,
    "028_annotation_versions": ONE_API,
    "033_mat_v2_count": "the route of API 2; API 3 has its own, 031_mat_v3_count",
    "047_query_no_compression": PROBE,
    "052_query_filter_out_rejected": PROBE,
    "055_query_malformed_json": PROBE,
    "056_query_unknown_field": PROBE,
    "057_query_no_token": PROBE,
    "058_v2_query_500": "no server answers queries of API 2: the client for API 2 sends them to API 3",
    "059_swagger_mat": "a document for people",
    "060_swagger_info": "a document for people",
    "061_swagger_annotation": "a document for people",
    "062_swagger_schema": "a document for people",
    "063_swagger_skeleton": "a document for people",
    "064_pcg_versions": ONE_API,
    "071_pcg_l2_chunk_children": "the client asks the route that answers the same in bytes",
    "077_pcg_is_latest_zero": "0 is no root: the client answers that itself and sends the others",
    "089_html_404": PROBE,
    "090_front_404": PROBE,
}


def _names(played: Played) -> None:
    assert played.result == {one["id"]: one["name"] for one in played.reply_json()}


def _refused_cells(played: Played) -> None:
    lines = gzip.decompress(played.wire[0].reply.body).decode().splitlines()
    assert played.result == [int(line.split(",")[1]) for line in lines[1:]]


def _exist(played: Played) -> None:
    assert played.result == {int(one): there for one, there in played.reply_json().items()}
    assert list(played.result) == ROOTS


def _packed(played: Played) -> None:
    assert played.result == played.wire[0].reply.body
    assert json.loads(zlib.decompress(played.result))["layers"][0]["name"] == "seg"


def _mask(played: Played) -> None:
    assert played.result.tolist() == played.reply_json()["is_latest"]


def _leaves(played: Played) -> None:
    assert {root: leaves.tolist() for root, leaves in played.result.items()} == {
        int(root): leaves for root, leaves in played.reply_json().items()
    }


def _details(played: Played) -> None:
    assert {str(key): value for key, value in played.result.items()} == played.reply_json()


def _log(played: Played) -> None:
    wire = played.reply_json()
    assert played.result["operation_id"].tolist() == list(wire["operation_id"].values())


@pytest.mark.parametrize("recording", Recording.load_all("routes"), ids=lambda one: one.name)
def test_direct_request(recording: Recording, record_property: Any) -> None:
    name = recording.name.split("/")[1]
    if name in LEFT_OUT:
        assert name not in CASES
        assert LEFT_OUT[name], f"{name} needs a reason or a case"
        record_property("left_out", (recording.name, LEFT_OUT[name]))
        return
    case = CASES[name]
    with replay_call(
        recording.name,
        lambda client, _: case.call(client),
        token=TOKENS.get(case.token or "", ADMIN),
        corrections=case.corrections,
        now=case.now,
        extra=case.extra,
    ) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        assert played.not_asked() == []
    record_property("replayed", recording.name)
