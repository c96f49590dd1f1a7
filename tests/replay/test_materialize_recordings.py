"""Every recorded call of materialize, made again; frames compared with the recorded Arrow streams."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from recorded import (
    SAID_ALREADY,
    Correction,
    Played,
    arrow_table,
    assert_frame_is_table,
    body_edit,
    query_edit,
    query_exchange,
    replay_call,
    revive,
    rows_of_no_version,
    tables_metadata,
    utc,
)
from replay_server import Exchange, Recording

from caveclient_gen import errors

Check = Callable[[Played], None]


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def same_set(played: Played) -> None:
    """The servers list versions in any order."""
    assert sorted(played.result) == sorted(played.reply_json())


def newest(played: Played) -> None:
    assert played.result == max(played.reply_json(0))


def _with_moments(metadata: dict[str, Any]) -> dict[str, Any]:
    moments = {key: utc(metadata[key]) for key in ("time_stamp", "expires_on") if metadata.get(key)}
    return {**metadata, **moments}


def version_record(played: Played) -> None:
    assert played.result == _with_moments(played.reply_json())


def version_records(played: Played) -> None:
    assert played.result == [_with_moments(one) for one in played.reply_json()]


def version_moment(played: Played) -> None:
    assert played.result == utc(played.reply_json()["time_stamp"])


def table_record(played: Played) -> None:
    """The record as it came; the three numbers of the resolution are also joined in one list."""
    wire = played.reply_json()
    axes = [wire.pop(f"voxel_resolution_{axis}") for axis in "xyz"]
    result = dict(played.result)
    assert result.pop("voxel_resolution") == axes
    assert {key: result[key] for key in wire} == wire


def frame(played: Played) -> None:
    """The frame holds what the Arrow stream holds, cell by cell."""
    split = played.recording.kwargs.get("split_positions", False)
    assert_frame_is_table(played.result, arrow_table(query_exchange(played)), split=split)


def described(name: str) -> Check:
    """As `frame`; `df.attrs` tells which table it is."""

    def check(played: Played) -> None:
        frame(played)
        assert name in str(played.result.attrs)

    return check


def without_autapses(played: Played) -> None:
    table = arrow_table(query_exchange(played))
    kept = table.filter(pc.not_equal(table["pre_pt_root_id"], table["post_pt_root_id"]))
    assert_frame_is_table(played.result, kept, split=False)


def excluded(played: Played) -> None:
    """The server ignored the exclusion filter; no excluded row may reach the caller (F001)."""
    table = arrow_table(query_exchange(played))
    unwanted = played.recording.kwargs["filter_out_dict"]["pre_pt_root_id"]
    mask = pc.is_in(table["pre_pt_root_id"], value_set=pa.array(unwanted, pa.int64()))
    assert pc.sum(mask).as_py() > 0, "this recording no longer shows that the server ignores the filter"
    assert_frame_is_table(played.result, table.filter(pc.invert(mask)), split=False)


def selected(played: Played) -> None:
    """The server adds supervoxel columns that nobody selected; the caller gets what was selected (F076)."""
    table = arrow_table(query_exchange(played))
    select = played.recording.kwargs["select_columns"]
    if isinstance(select, dict):
        select = [column for columns in select.values() for column in columns]
    wanted = [name for name in table.column_names if name in select or name[:-2] in select]
    split = played.recording.kwargs.get("split_positions", False)
    assert_frame_is_table(played.result, table.select(wanted), split=split)


def counted(played: Played) -> None:
    assert int(played.result["count"].iloc[0]) == arrow_table(query_exchange(played))["count"][0].as_py()


def live_roots(*columns: str) -> Check:
    """A live query: rows of the frozen version, root ids brought up to date by the recorded look-up."""

    def check(played: Played) -> None:
        table = arrow_table(query_exchange(played))
        latest = next(one for one in played.wire if one.ask.path.endswith("/is_latest_roots"))
        mask = [one for one in played.wire if one.ask.path.endswith("/is_latest_roots")][-1]
        stale_ids = mask.ask.document()["node_ids"]
        is_latest = dict(zip(stale_ids, mask.reply.json()["is_latest"], strict=True))
        lookup = played.wire[[one.ask.path.endswith("/roots_binary") for one in played.wire].index(True)]
        supervoxels = np.frombuffer(lookup.ask.body, "<u8").tolist()
        now = dict(zip(supervoxels, np.frombuffer(lookup.reply.body, "<u8").tolist(), strict=True))
        for column in columns:
            roots = table[f"{column}_root_id"].to_pylist()
            voxels = table[f"{column}_supervoxel_id"].to_pylist()
            wanted = [
                root if is_latest.get(root, True) else now[voxel]
                for root, voxel in zip(roots, voxels, strict=True)
            ]
            kept = played.result.set_index("id")[f"{column}_root_id"]
            by_id = dict(zip(table["id"].to_pylist(), wanted, strict=True))
            assert kept.to_dict() == {row: by_id[row] for row in kept.index}
        assert latest is not None

    return check


def segprop_path(played: Played) -> None:
    """An address only: no exchange was recorded, none is made for it but the newest version's number."""
    assert played.result.startswith("precomputed://")
    assert "/datastack/testds/version/2/table/cell_types" in played.result
    assert not any("/table/" in ask.path for ask in played.replay.asked)


def tables_of_schemas(played: Played) -> None:
    """Each table has the columns that its schema, as recorded, gives it."""
    tables = played.result
    assert list(tables) == ["cell_types", "nuclei", "synapses"]
    definitions = played.reply_json()
    for name, points in {"synapses": ["pre_pt", "post_pt", "ctr_pt"], "nuclei": ["pt"]}.items():
        schema = definitions[tables._records[name]["schema"]]
        fields = schema["definitions"][schema["$ref"].rpartition("/")[2]]["properties"]
        filters = set(inspect.signature(tables[name]).parameters)
        assert {f"{point}_position_bbox" for point in points} <= filters
        assert {field for field, spec in fields.items() if "$ref" not in spec} <= filters


def views_of_schemas(played: Played) -> None:
    records, schemas = (one.reply.json() for one in played.wire)
    assert list(played.result) == list(records)
    for name, columns in schemas.items():
        boxes = {f"{one}_bbox" if kind["type"] == "SpatialPoint" else one for one, kind in columns.items()}
        assert set(inspect.signature(played.result[name]).parameters) == boxes


def refused(error: type[Exception], words: str) -> Check:
    """The call raises `error`, whose message holds what the server said, without its traceback."""

    def check(played: Played) -> None:
        assert isinstance(played.error, error), repr(played.error)
        assert words in str(played.error)
        assert "Traceback" not in str(played.error)

    return check


@dataclass(frozen=True)
class Case:
    """How one recording is made again, and what its result must be."""

    check: Check
    corrections: tuple[Correction, ...] = ()
    extra: tuple[str, ...] = ()
    made_up: tuple[Exchange, ...] = ()
    call: Callable[[Any, Recording], Any] | None = None
    skips: tuple[str, ...] = ()
    """Parts of recorded requests that we need not make, because we know the answer or ask elsewhere."""
    datastack: str = "testds"
    warns: str | None = None


NO_EMPTY_FILTERS = Correction(
    "The old client sent empty filter objects beside the real ones.",
    body_edit(lambda body: {key: value for key, value in body.items() if value != {"synapses": {}}}),
)
NO_FUTURE = Correction(
    "Servers ignore `timestamp_future`: the map ends now.", query_edit(["timestamp_future"])
)
KNOWN_API = ("/segmentation/api/version",)
SCHEMA = ("/schema/versions",)
NO_STALE_ROOT = ("/roots_binary",)
"""All roots were still valid: the old client asked for the roots of no supervoxels."""
PUBLIC = ("materialize/088_public_get_tables",)
SYNAPSES = ("materialize/017_query_table_synapses",)
CELL_TYPES = ("materialize/038_query_table_reference",)
TAGS = ("materialize/042_query_table_tags_text", "materialize/032_query_table_filter_regex")


MANAGED: dict[str, Any] = {"extra": ("materialize/098_tables_manager",), "made_up": (tables_metadata(),)}
BOX = [[0, 0, 0], [200, 200, 40]]

CASES: dict[str, Case] = {
    "001_get_versions": Case(same_set),
    "002_get_versions_expired": Case(same_set),
    "004_version": Case(newest, call=lambda client, _: client.materialize.version),
    "005_get_versions_metadata": Case(version_records),
    "006_get_version_metadata": Case(version_record),
    "008_get_timestamp": Case(version_moment),
    "009_get_tables": Case(same_set),
    "010_get_tables_404": Case(refused(errors.NotFoundError, "version 99 does not exist for testds")),
    "012_get_table_metadata": Case(table_record),
    "013_get_table_metadata_ref": Case(table_record),
    "014_get_table_metadata_404": Case(refused(errors.NotFoundError, "nope")),
    "016_get_unique_string_values": Case(same_json),
    "017_query_table_synapses": Case(described("synapses")),
    "018_query_table_split_positions": Case(frame, extra=SYNAPSES),
    "020_query_table_desired_resolution": Case(frame, extra=SYNAPSES),
    "021_query_table_select_columns": Case(selected, extra=SYNAPSES),
    "022_query_table_select_positions": Case(selected, extra=SYNAPSES),
    "024_query_table_filter_in": Case(frame, extra=SYNAPSES),
    "025_query_table_filter_out": Case(excluded, extra=SYNAPSES),
    "026_query_table_filter_greater": Case(frame, extra=SYNAPSES),
    "028_query_table_filter_greater_equal": Case(frame, extra=SYNAPSES),
    "029_query_table_filter_less_equal": Case(frame, extra=SYNAPSES),
    "030_query_table_filter_spatial": Case(frame, extra=SYNAPSES),
    "032_query_table_filter_regex": Case(frame),
    "033_query_table_limit": Case(frame, extra=SYNAPSES),
    "034_query_table_limit_offset": Case(frame, extra=SYNAPSES),
    "036_query_table_get_counts": Case(counted, extra=SYNAPSES),
    "037_query_table_notice": Case(described("nuclei")),
    "038_query_table_reference": Case(described("cell_types")),
    "040_query_table_reference_filter": Case(frame, extra=CELL_TYPES),
    "042_query_table_tags_text": Case(frame, extra=TAGS),
    "044_query_table_metadata_off": Case(frame, extra=SYNAPSES),
    "045_query_table_bad_table": Case(refused(errors.NotFoundError, "nope")),
    "046_query_table_bad_column": Case(refused(errors.HTTPStatusError, "nope"), extra=SYNAPSES),
    "048_query_table_bad_version": Case(
        refused(errors.NotFoundError, "version 99 not found in testds"),
        made_up=(rows_of_no_version(),),
        skips=("/version/99/table/synapses/query",),  # which nobody waits for
    ),
    "049_query_table_version": Case(frame, extra=SYNAPSES),
    "050_query_table_timestamp": Case(live_roots("pre_pt", "post_pt"), extra=SYNAPSES, skips=KNOWN_API),
    "052_join_query_select": Case(selected, extra=CELL_TYPES),
    "053_join_query_filter": Case(frame, extra=CELL_TYPES),
    "054_synapse_query_pre": Case(without_autapses, corrections=(NO_EMPTY_FILTERS,), extra=SYNAPSES),
    "056_synapse_query_bbox": Case(without_autapses, corrections=(NO_EMPTY_FILTERS,), extra=SYNAPSES),
    "057_get_views": Case(same_json),
    "058_get_view_metadata": Case(same_json),
    "060_get_view_schemas": Case(same_json),
    "061_query_view": Case(frame),
    "062_query_view_filter": Case(selected),
    "064_live_live_query": Case(frame, extra=SYNAPSES),
    "065_live_live_query_split": Case(frame, extra=SYNAPSES),
    "066_live_live_query_filter_eq": Case(frame, extra=SYNAPSES),
    "068_live_live_query_invalid_root": Case(
        refused(errors.BadRequestError, "Some root_ids passed are not valid at the query timestamp"),
        extra=SYNAPSES,
    ),
    "069_live_live_query_allow_invalid": Case(frame, extra=SYNAPSES),
    "070_live_live_query_join": Case(frame, extra=CELL_TYPES),
    "072_live_live_query_select": Case(selected, extra=SYNAPSES),
    "073_live_live_query_spatial": Case(frame, extra=SYNAPSES),
    "074_live_live_query_limit": Case(frame, extra=SYNAPSES),
    "076_live_live_query_just_after_v1": Case(frame, extra=SYNAPSES),
    "077_live_live_query_before_v1": Case(frame, extra=SYNAPSES),
    "078_live_live_query_at_v2": Case(
        refused(errors.BadRequestError, "do not use live live query to query a materialized timestamp"),
        extra=SYNAPSES,
    ),
    "080_query_table_v1": Case(frame),
    "081_query_table_timestamp_past": Case(
        live_roots("pre_pt", "post_pt"), extra=("materialize/080_query_table_v1",), skips=NO_STALE_ROOT
    ),
    "082_query_table_group_permission": Case(frame),
    "084_live_live_query_regex": Case(frame, extra=TAGS),
    "085_live_live_query_desired_resolution": Case(frame, extra=("materialize/037_query_table_notice",)),
    "086_live_live_query_random": Case(frame, extra=SYNAPSES),
    "088_public_get_tables": Case(same_set, datastack="testds_public"),
    "089_public_versions_metadata": Case(version_records, datastack="testds_public"),
    "090_public_query_table": Case(frame, datastack="testds_public", extra=PUBLIC),
    "092_public_table_metadata": Case(table_record, datastack="testds_public", extra=PUBLIC),
    "093_public_live_live_query": Case(frame, datastack="testds_public", extra=PUBLIC),
    "094_live_live_query_reference": Case(frame, extra=CELL_TYPES),
    "096_live_query_filter": Case(
        live_roots("pre_pt", "post_pt"),
        extra=SYNAPSES,
        corrections=(SAID_ALREADY, NO_FUTURE),
        skips=NO_STALE_ROOT,
    ),
    "097_live_query_join_reference": Case(live_roots("pt"), extra=CELL_TYPES),
    "108_neuroglancer_annotation_info": Case(refused(errors.BadRequestError, "do not use live live query")),
    "110_neuroglancer_segprop_info": Case(same_json),
    "112_lookup_supervoxel_ids": Case(same_json),
    "113_ingest_annotation_table": Case(same_json),
    "114_server_version": Case(
        lambda played: None,
        call=lambda client, _: str(client.materialize.server_version) == "5.26.4" or 1 / 0,
    ),
    "098_tables_manager": Case(
        tables_of_schemas,
        call=lambda client, _: client.materialize.tables,
        skips=SCHEMA,
        made_up=(tables_metadata(),),
    ),
    "100_tables_synapses_query_size": Case(
        frame, call=lambda client, _: client.materialize.tables.synapses(size=113.0).query(), **MANAGED
    ),
    "101_tables_synapses_bbox": Case(
        frame,
        call=lambda client, _: client.materialize.tables.synapses(ctr_pt_position_bbox=BOX).query(),
        **MANAGED,
    ),
    "102_tables_cell_types_query": Case(
        frame,
        call=lambda client, _: client.materialize.tables.cell_types(cell_type=["23P", "BC"]).query(),
        **MANAGED,
    ),
    "104_tables_get_count": Case(
        counted,
        call=lambda client, _: client.materialize.tables.synapses(pre_pt_root_id=288230376151711751).query(
            get_counts=True
        ),
        **MANAGED,
    ),
    "105_views_manager": Case(views_of_schemas, call=lambda client, _: client.materialize.views),
    "106_views_query": Case(
        frame, call=lambda client, _: client.materialize.views["nucleus_types"](cell_type="23P").query()
    ),
    "109_neuroglancer_segprop_path": Case(segprop_path),
    "041_query_table_reference_filter_ref": Case(refused(errors.HTTPStatusError, "nuclei"), extra=CELL_TYPES),
}

LEFT_OUT: dict[str, str] = {}


def by_recording(client: Any, recording: Recording) -> Any:
    """Call the recorded method with the recorded arguments."""
    method = getattr(client.materialize, recording.call.split(".")[1])
    return method(*revive(recording.args), **revive(recording.kwargs))


@pytest.mark.parametrize("recording", Recording.load_all("materialize"), ids=lambda one: one.name)
def test_recorded_call(recording: Recording, record_property: Any) -> None:
    name = recording.name.split("/")[1]
    if name in LEFT_OUT:
        assert name not in CASES
        record_property("left_out", (recording.name, LEFT_OUT[name]))
        return
    case = CASES[name]
    with replay_call(
        recording.name,
        case.call or by_recording,
        corrections=case.corrections,
        extra=case.extra,
        made_up=case.made_up,
        datastack=case.datastack,
    ) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        missing = [ask for ask in played.not_asked() if not any(part in ask for part in case.skips)]
        assert missing == []
    record_property("replayed", recording.name)
