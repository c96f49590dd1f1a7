"""Tables for viewers as layers of annotations.

A layer is of the newest version that has the table, so that its description, its index and its annotations
fit together while a viewer asks for one after the other; a table that is newer than all versions is shown as
of now. (Real servers mean the same, and refuse tables that changed after the newest version.)
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from caveclient_gen.offline.annotations.resolution import resolution_of
from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import spaced_json
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.services.materialize.reading import TablesOfVersion, newest_state, readable
from caveclient_gen.offline.services.materialize.registry import served
from caveclient_gen.offline.versions.files import read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.viewing.annotation_layer import AnnotationLayer

__all__: list[str] = []

LARGEST_LAYER = 2_000_000
"""Rows of a table up to which it is made a layer."""

KEPT_LAYERS = 2
"""How many layers of frozen tables are kept between requests: a viewer asks for one many times."""


@served("neuroglancer_annotation_info", needs="view")
def layer_info(call: Call) -> Reply:
    """Describe a table as a layer."""
    return spaced_json(_layer(call).info(), end="")


@served("neuroglancer_annotation", needs="view")
def layer_annotation(call: Call) -> Reply:
    """Answer one annotation of a layer."""
    found = _layer(call).one(call.path_id("id"))
    return _bytes(found, f"There is no annotation {call.path['id'][:40]} in {call.path['table_name'][:60]}")


@served("neuroglancer_annotations_of", needs="view")
def layer_annotations_of_segment(call: Call) -> Reply:
    """Answer the annotations of a layer that are on a segment."""
    column = call.path["column_name"]
    found = _layer(call).related(column, call.path_id("segid"))
    return _bytes(found, f"{call.path['table_name'][:60]} has no column of root ids {column[:60]!r}")


@served("neuroglancer_annotations_in", needs="view")
def layer_annotations_in_cell(call: Call) -> Reply:
    """Answer the annotations of a layer that are in one cell of its spatial index."""
    place = call.path_id("x_bin"), call.path_id("y_bin"), call.path_id("z_bin")
    level = call.path["spatial_level"]
    return _bytes(_layer(call).cell(level, place), f"The layer has no cell {place} in {level[:60]!r}")


def _layer(call: Call) -> AnnotationLayer:
    """Return the table that the path names as a layer. It may be placed by the table that it refers to."""
    from caveclient_gen.offline.viewing.rows import geometries

    table = call.path["table_name"]
    state = newest_state(call, table)
    record = readable(call, state, table, LARGEST_LAYER)
    target = record.get("reference_table")
    tables = [table]
    if target and not geometries(state.columns(table)) and state.record(target) is not None:
        record = readable(call, state, target, LARGEST_LAYER)
        tables.append(target)
    resolution = resolution_of(record)
    try:
        if isinstance(state, TablesOfVersion):
            files = [call.cave.versions.file(state.version.number, name) for name in tables]
            return _layer_of_files(tuple(_stamped(file) for file in files), resolution)
        return _layer_of_rows([state.rows(name) for name in tables], resolution)
    except Refusal as refusal:
        raise aborted(refusal.status, refusal.message) from None


def _stamped(file: Path) -> tuple[Path, int, int]:
    """Return a file with what tells it from another one at the same place."""
    facts = file.stat()
    return file, facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=KEPT_LAYERS)
def _layer_of_files(
    files: tuple[tuple[Path, int, int], ...], resolution: tuple[float, ...]
) -> AnnotationLayer:
    return _layer_of_rows([read_rows(file) for file, _, _ in files], resolution)


def _layer_of_rows(tables: Sequence[pa.Table], resolution: Sequence[float]) -> AnnotationLayer:
    """Return the first table as a layer, beside the one that it refers to if there is a second one."""
    from caveclient_gen.offline.viewing.annotation_layer import AnnotationLayer
    from caveclient_gen.offline.viewing.rows import with_target

    rows = with_target(*tables) if len(tables) > 1 else tables[0]
    return AnnotationLayer(rows, resolution)


def _bytes(found: bytes | None, missing: str) -> Reply:
    if found is None:
        raise aborted(404, missing)
    return Reply(found, "application/octet-stream")
