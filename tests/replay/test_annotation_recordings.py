"""Every recorded call of the annotation service, made again; results compared with the recorded bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from recorded import Played, replay_call, revive
from replay_server import Recording

from caveclient_gen import errors

Check = Callable[[Played], None]
AXES = ("voxel_resolution_x", "voxel_resolution_y", "voxel_resolution_z")


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def the_name(played: Played) -> None:
    """The server answers with the name of the table, as plain text."""
    assert played.result == played.wire[-1].reply.body.decode() == played.recording.args[0]


def rows(played: Played) -> None:
    """Rows as the server sent them, but for the text that it sends for "not deleted"."""
    assert played.result == [{**row, "deleted": None} for row in played.reply_json()]


def new_ids(played: Played) -> None:
    assert played.result == {int(old): new for old, new in played.reply_json().items()}


def metadata(played: Played) -> None:
    wire = played.reply_json()
    sizes = [wire.pop(axis) for axis in AXES]
    assert played.result == {**wire, "voxel_resolution": sizes}


def staged(played: Played) -> None:
    """The fields are those of the schema, and the table's resolution converts points."""
    assert played.result.table_name == "t_tags"
    assert played.result.fields == ["pt_position", "tag", "valid"]
    assert played.result.fields_required == ["pt_position", "tag"]
    assert not len(played.result)


def refused(error: type[Exception], words: str) -> Check:
    """The call raises `error`, whose message holds what the server said."""

    def check(played: Played) -> None:
        assert isinstance(played.error, error), repr(played.error)
        assert words in str(played.error)
        assert "Traceback" not in str(played.error)

    return check


POSTED = pd.DataFrame({"pt_position": [[100, 40, 16], [102, 40, 16]], "tag": ["df a", "df b"]})
CHANGED = pd.DataFrame({"id": [1], "pt_position": [[61, 20, 16]], "tag": ["df changed"]})


@dataclass(frozen=True)
class Case:
    """What the result of a recorded call must be; frames were recorded as they print."""

    check: Check
    frame: pd.DataFrame | None = None


CASES = {
    "001_get_tables_empty": Case(same_json),
    "002_create_table_synapses": Case(the_name),
    "004_create_table_cell_types": Case(the_name),
    "005_create_table_tags": Case(the_name),
    "006_create_table_scratch": Case(the_name),
    "008_create_table_badname": Case(refused(errors.BadRequestError, "Invalid table name")),
    "009_create_table_badschema": Case(refused(errors.BadRequestError, "not a known annotation type")),
    "010_get_tables": Case(same_json),
    "012_get_table_metadata_unknown": Case(refused(errors.ServerError, "nope")),
    "013_get_annotation_count_0": Case(same_json),
    "014_post_annotation_synapses": Case(same_json),
    "016_post_annotation_cell_types": Case(same_json),
    "017_post_annotation_tags": Case(same_json),
    "018_post_annotation_bad": Case(refused(errors.NotFoundError, "list index out of range")),
    "020_get_annotation": Case(rows),
    "021_get_annotation_one": Case(rows),
    "022_get_annotation_none": Case(rows),
    "024_update_annotation": Case(new_ids),
    "025_update_annotation_unknown": Case(refused(errors.BadRequestError, "No row was found")),
    "026_delete_annotation": Case(same_json),
    "028_post_annotation_df": Case(same_json, POSTED),
    "029_update_annotation_df": Case(new_ids, CHANGED),
    "030_stage_annotations": Case(staged),
    "032_update_metadata": Case(metadata),
    "033_get_table_metadata_tags": Case(metadata),
    "034_delete_table": Case(same_json),
}
LEFT_OUT = {"036_server_version": "no exchange: the service does not tell its version"}

EVERY = Recording.load_all("annotation")


@pytest.mark.parametrize("recording", EVERY, ids=lambda one: one.name)
def test_recorded_call(recording: Recording, record_property: Any) -> None:
    name = recording.name.split("/")[1]
    if name in LEFT_OUT:
        assert name not in CASES
        assert not recording.exchanges
        record_property("left_out", (recording.name, LEFT_OUT[name]))
        return
    case = CASES[name]
    args = revive(recording.args)
    if case.frame is not None:
        assert args[1] == str(case.frame)
        args[1] = case.frame

    def call(client: Any, _: Recording) -> Any:
        return getattr(client.annotation, recording.call.split(".")[1])(*args, **revive(recording.kwargs))

    with replay_call(recording.name, call) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        assert played.not_asked() == []
    record_property("replayed", recording.name)


def test_every_recording_has_its_row() -> None:
    assert {one.name.split("/")[1] for one in EVERY} == set(CASES) | set(LEFT_OUT)
