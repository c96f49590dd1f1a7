"""Writes what a seed decided into a dataset folder, through the engines that serve it later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from caveclient_gen._runtime.progress import bar
from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.extra import require_extra
from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.generator.schedule import BASE, EXPIRIES, OVER, VERSIONS
from caveclient_gen.offline.moments import MICROSECOND, as_datetime, as_micros
from caveclient_gen.offline.workplaces import workplace

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.generator.plan import Plan
    from caveclient_gen.offline.segmentation.engine import Point

__all__ = ["SMALL", "USUAL", "new_dataset"]

USUAL = (300, 50_000)
SMALL = (20, 500)
"""Neurons and synapses: of the usual dataset, and of one that tests make in a moment."""
NAME = "minicortex"
PEOPLE = {
    "proofreader1": "Proofreader One",
    "proofreader2": "Proofreader Two",
    "proofreader3": "Proofreader Three",
}
EDITOR = 2
STEPS_OF_TABLES = 5


def new_dataset(
    path: str | os.PathLike[str],
    *,
    neurons: int = USUAL[0],
    synapses: int = USUAL[1],
    seed: int = 1,
    small: bool = False,
    base: datetime | None = None,
    progress: bool | None = True,
) -> Dataset:
    """Make a dataset of a little cortex, without a download: the same one for the same numbers.

    It has neurons of nine types with their synapses, tables (`synapses`, `nuclei`, `cell_types`,
    `proofreading_status`, `tags`), views (`connections`, `nucleus_types`), a history of edits and annotations
    over a year, and three versions of which the first has expired.

    Parameters
    ----------
    path : str or Path
        The folder; it must not exist, or be empty.
    neurons, synapses : int
        How many: from 10 on, from 1 on.
    seed : int
        Another one makes another dataset.
    small : bool
        Make 20 neurons and 500 synapses, for tests.
    base : datetime, optional
        When its history begins; a year before now at the latest. By default 2024-01-01.
    progress : bool or None
        Whether to show a bar; by default if somebody watches.

    Returns
    -------
    Dataset
        The dataset.

    Raises
    ------
    CAVEError
        The folder is not empty, or a number makes no dataset. Nothing is left behind.

    Examples
    --------
    >>> from caveclient_gen.offline import new_dataset
    >>> dataset = new_dataset("tiny.cave", neurons=12, synapses=100, seed=7, progress=False)
    >>> dataset.facts.datastack
    'minicortex'
    """
    from caveclient_gen.offline.generator.plan import make_plan

    require_extra()
    began = BASE if base is None else base
    moment = as_micros(began)
    if moment + OVER // MICROSECOND > as_micros(datetime.now(UTC)):
        raise CAVEError(f"Let it begin {OVER.days} days before now at least: its history takes a year.")
    if small:
        neurons, synapses = SMALL
    target = Path(path).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CAVEError(f"Choose another folder, or empty it: {target} exists and is not empty.")
    plan = make_plan(neurons, synapses, seed)
    made = {"generator": NAME, "neurons": neurons, "synapses": synapses, "seed": seed}
    steps = len(plan.edits) + STEPS_OF_TABLES + len(VERSIONS)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made beside its place and moved there: a process that dies leaves no half dataset.
        with workplace(target.parent, f".{target.name}-") as folder:
            making = folder / "dataset"
            with bar(steps, "steps", None if progress else False) as advance:
                _build(Dataset.create(making, _facts(made)), plan, moment, advance)
            _put(making, target)
    except OSError as error:
        raise CAVEError(f"Choose another folder: {target} cannot be made ({error}).") from error
    return Dataset(path)


def _put(making: Path, target: Path) -> None:
    """Move a dataset to its place; into the folder, if there is one: somebody may stand in it."""
    if not target.exists():
        making.rename(target)
        return
    if any(target.iterdir()):
        raise CAVEError(f"Choose another folder: {target} is not empty any more.")
    for part in sorted(making.iterdir(), key=lambda part: part.name == "dataset.json"):
        part.rename(target / part.name)  # the facts last: a folder without them is no dataset


def _facts(made: dict[str, object]) -> Facts:
    return Facts(
        datastack=NAME,
        aligned_volume=f"{NAME}_volume",
        segmentation_table=f"{NAME}_pcg",
        description="A little cortex, generated: nothing in it was ever alive",
        synapse_table="synapses",
        soma_table="nuclei",
        cell_identification_table="cell_types",
        made=made,
    )


def _build(dataset: Dataset, plan: Plan, base: int, advance: Callable[[int], object]) -> None:
    from caveclient_gen.offline.generator.tables import add_tables
    from caveclient_gen.offline.identity.proofreaders import add_editors

    with dataset.open() as cave:
        # One change as far as the disk is concerned: nobody else can see the folder yet.
        with cave.store.write():
            editors = [EDITOR, *add_editors(cave.store, PEOPLE, at=base).values()]
            cave.segmentation.ingest(plan.volume.layout, plan.pieces.supervoxels, plan.pieces.edges, at=base)
            _edit(cave, plan, editors, base, advance)
            add_tables(cave, plan, base, advance)
        for number, (moment, expiry) in enumerate(zip(VERSIONS, EXPIRIES, strict=True), 1):
            began = as_datetime(base)
            cave.versions.materialize(at=began + moment, expires=began + expiry, number=number)
            advance(1)


def _edit(cave: Cave, plan: Plan, editors: list[int], base: int, advance: Callable[[int], object]) -> None:
    """Make all edits, in the order of time."""
    points = _points(plan)
    numbers: list[int] = []
    for edit in plan.edits:
        at, user = base + edit.moment, editors[edit.person]
        sources, sinks = ([points(node) for node in nodes] for nodes in (edit.sources, edit.sinks))
        if edit.kind == "merge":
            done = cave.segmentation.merge(user, sources[0], sinks[0], at=at)
        elif edit.kind == "split":
            done = cave.segmentation.split(user, sources, sinks, at=at)
        elif edit.target is not None:
            again = cave.segmentation.undo if edit.kind == "undo" else cave.segmentation.redo
            done = again(user, numbers[edit.target], at=at)
        numbers.append(done.operation_id)
        advance(1)


def _points(plan: Plan) -> Callable[[int], Point]:
    """Return a function that makes a point of a node of the tree."""
    from caveclient_gen.offline.generator.volume import RESOLUTION
    from caveclient_gen.offline.segmentation.engine import Point

    supervoxels = plan.pieces.supervoxels

    def point(node: int) -> Point:
        x, y, z = (int(at) * size for at, size in zip(supervoxels.position[node], RESOLUTION, strict=True))
        return Point(int(supervoxels.ids[node]), (x, y, z))

    return point
