"""The tables of a generated dataset: what they are called, and their rows as time goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.annotations.resolution import resolution_fields
from caveclient_gen.offline.generator.annotations import systems
from caveclient_gen.offline.generator.schedule import ANNOTATED
from caveclient_gen.offline.generator.synapses import VOXEL
from caveclient_gen.offline.generator.volume import RESOLUTION
from caveclient_gen.offline.moments import MICROSECOND
from caveclient_gen.offline.versions import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.generator.plan import Plan

    Ints = npt.NDArray[np.int64]
    Columns = Mapping[str, npt.NDArray[Any]]

__all__ = ["TABLES", "VIEWS", "add_tables"]

ADMIN = 1
START = ANNOTATED // MICROSECOND
"""Since when the first rows are there, in microseconds after the base."""

TABLES: dict[str, tuple[str, tuple[float, float, float], str]] = {
    "synapses": ("synapse", VOXEL, "Synapses, found automatically; size is a number of voxels"),
    "nuclei": ("nucleus_detection", VOXEL, "Nuclei, found automatically; volume in cubic micrometres"),
    "cell_types": ("cell_type_reference", VOXEL, "Types of cells by their shape, as experts see them"),
    "proofreading_status": (
        "compartment_proofread_status_strategy",
        VOXEL,
        "Which cells were proofread, and how far; valid_id is the root id at that time",
    ),
    "tags": ("bound_tag", RESOLUTION, "Notes of proofreaders at places"),
}
"""Name to kind of annotation, voxels in nm, and what people read."""

VIEWS = (
    View(
        name="connections",
        description="Pairs of cells with the number of synapses between them and the sum of their sizes",
        sql="SELECT pre_pt_root_id, post_pt_root_id, count(*) AS n_syn, sum(size) AS sum_size FROM synapses"
        " WHERE pre_pt_root_id <> post_pt_root_id GROUP BY pre_pt_root_id, post_pt_root_id"
        " ORDER BY pre_pt_root_id, post_pt_root_id",
        columns={
            "pre_pt_root_id": "integer",
            "post_pt_root_id": "integer",
            "n_syn": "integer",
            "sum_size": "float",
        },
        resolution=VOXEL,
    ),
    View(
        name="nucleus_types",
        description="Nuclei with the types of their cells",
        sql="SELECT nuclei.id, pt_position_x, pt_position_y, pt_position_z, pt_root_id, volume, cell_type,"
        " classification_system FROM nuclei JOIN cell_types ON cell_types.target_id = nuclei.id"
        " ORDER BY nuclei.id",
        columns={
            "id": "integer",
            "pt_position": "SpatialPoint",
            "pt_root_id": "integer",
            "volume": "float",
            "cell_type": "string",
            "classification_system": "string",
        },
        resolution=VOXEL,
    ),
)


def add_tables(cave: Cave, plan: Plan, base: int, advance: Callable[[int], object]) -> None:
    """Make all tables, with all rows that were ever there.

    Edits must have been made: proofreading status names root ids of the past.
    """
    for name, (schema, voxel, description) in TABLES.items():
        metadata: dict[str, Any] = {"description": description, **resolution_fields(voxel)}
        if name == "cell_types":
            metadata["table_metadata"] = {"reference_table": "nuclei", "track_target_id_updates": True}
        cave.annotations.create_table(ADMIN, name, schema, metadata, at=base + START)
    _add_synapses(cave, plan, base)
    advance(1)
    for add in (_add_nuclei, _add_types, _add_status, _add_tags):
        add(cave, plan, base)
        advance(1)
    for view in VIEWS:
        cave.versions.define_view(view)


def _add_synapses(cave: Cave, plan: Plan, base: int) -> None:
    synapses, changes = plan.synapses, plan.synapse_changes
    supervoxel = plan.pieces.supervoxels.ids
    since = np.maximum(changes.since, START)
    ids = _ids_in_time(since)
    columns = {
        "id": ids,
        "pre_pt_position": synapses.pre_position,
        "pre_pt_supervoxel_id": supervoxel[synapses.pre],
        "post_pt_position": synapses.post_position,
        "post_pt_supervoxel_id": supervoxel[synapses.post],
        "ctr_pt_position": synapses.center,
        "size": synapses.size,
    }
    _add_by_moment(cave, "synapses", columns, since, base)
    for moment in np.unique(changes.until[changes.until >= 0]).tolist():
        # A row that was found in the same batch stays until the next moment.
        gone = ids[(changes.until == moment) & (since < moment)]
        cave.annotations.delete(ADMIN, "synapses", gone.tolist(), at=base + moment)


def _add_by_moment(cave: Cave, table: str, columns: Columns, since: Ints, base: int) -> None:
    for moment in np.unique(since).tolist():
        rows = np.flatnonzero(since == moment)
        part = {name: values[rows] for name, values in columns.items()}
        cave.annotations.add_columns(ADMIN, table, part, at=base + moment)


def _ids_in_time(since: Ints) -> Ints:
    """Return ids that rise with time, as in a real table."""
    ids = np.empty(len(since), np.int64)
    ids[np.argsort(since, kind="stable")] = np.arange(1, len(since) + 1)
    return ids


def _nuclei(plan: Plan) -> tuple[Ints, Ints]:
    """Return positions of nuclei, in voxels, and their supervoxels: somata stand first in the tree."""
    count = len(plan.cells.type)
    scale = np.array(RESOLUTION) / np.array(VOXEL)
    position = (plan.pieces.supervoxels.position[:count] * scale).astype(np.int64)
    return position, plan.pieces.supervoxels.ids[:count]


def _add_nuclei(cave: Cave, plan: Plan, base: int) -> None:
    position, supervoxel = _nuclei(plan)
    radius = np.cbrt(plan.cells.nucleus * 3 / 4 / np.pi)[:, None] * 1000 / np.array(VOXEL)
    columns = {
        "id": plan.nucleus_ids,
        "pt_position": position,
        "pt_supervoxel_id": supervoxel,
        "bb_start_position": np.maximum(0, position - radius).astype(np.int64),
        "bb_end_position": (position + radius).astype(np.int64),
        "volume": np.round(plan.cells.nucleus, 3),
    }
    cave.annotations.add_columns(ADMIN, "nuclei", columns, at=base + START)


def _add_types(cave: Cave, plan: Plan, base: int) -> None:
    typing, system = plan.typing, systems()
    first = np.array(typing.first, object)
    since = np.maximum(typing.since, START)
    ids = _ids_in_time(since)
    columns = {
        "id": ids,
        "target_id": plan.nucleus_ids[typing.cell],
        "classification_system": np.array([system[name] for name in typing.first], object),
        "cell_type": first,
    }
    _add_by_moment(cave, "cell_types", columns, since, base)
    wrong = np.flatnonzero(typing.corrected)
    for row in wrong[np.argsort(typing.corrected[wrong], kind="stable")].tolist():
        change = {"id": int(ids[row]), "cell_type": typing.kind[row]}
        cave.annotations.update(ADMIN, "cell_types", [change], at=base + int(typing.corrected[row]))


def _add_status(cave: Cave, plan: Plan, base: int) -> None:
    done = plan.proofreading
    position, supervoxel = _nuclei(plan)
    for row in np.argsort(done.since, kind="stable").tolist():
        since, axon_since, cell = int(done.since[row]), int(done.axon_since[row]), done.cell[row : row + 1]
        together = axon_since == since
        columns = {
            "pt_position": position[cell],
            "pt_supervoxel_id": supervoxel[cell],
            "valid_id": cave.segmentation.roots(supervoxel[cell], at=base + since),
            "status_dendrite": np.array([True]),
            "status_axon": np.array([together]),
            "strategy_dendrite": np.array([done.dendrite[row]], object),
            "strategy_axon": np.array([done.axon[row] if together else "none"], object),
        }
        (number,) = cave.annotations.add_columns(ADMIN, "proofreading_status", columns, at=base + since)
        if axon_since > since:
            root = int(cave.segmentation.roots(supervoxel[cell], at=base + axon_since)[0])
            change = {
                "id": int(number),
                "valid_id": root,
                "status_axon": True,
                "strategy_axon": done.axon[row],
            }
            cave.annotations.update(ADMIN, "proofreading_status", [change], at=base + axon_since)


def _add_tags(cave: Cave, plan: Plan, base: int) -> None:
    tags = plan.tags
    since = np.maximum(tags.since, START)
    ids = _ids_in_time(since)
    columns = {
        "id": ids,
        "pt_position": plan.pieces.supervoxels.position[tags.node],
        "pt_supervoxel_id": plan.pieces.supervoxels.ids[tags.node],
        "tag": np.array(tags.text, object),
    }
    _add_by_moment(cave, "tags", columns, since, base)
