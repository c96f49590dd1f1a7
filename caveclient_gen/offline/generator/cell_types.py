"""The cell types of the generated cortex: where they lie, how they look, whom they contact.

Numbers are round and only meant to be recognisable: the layers of somata, upright apical dendrites, basket
cells on somata, Martinotti axons in layer 1, bipolar cells on other interneurons. Lengths are those of a
miniature: a column is a quarter of a millimetre deep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "APICAL",
    "AXON",
    "BASAL",
    "EXCITATORY",
    "INHIBITORY",
    "SOMA",
    "TYPES",
    "CellType",
    "preferences",
]

SOMA, BASAL, APICAL, AXON = range(4)
"""Compartments: what a piece of a neuron is."""

EXCITATORY, INHIBITORY = "excitatory_neuron", "inhibitory_neuron"


@dataclass(frozen=True)
class Neurite:
    """How one kind of neurite grows.

    `count` of them leave the soma; each is about `steps` long; `branching` is the chance to fork at each
    step; `start` and `drift` are directions (x, depth, z; up is negative), the second pulls all the way.
    """

    count: int
    steps: int
    branching: float
    start: tuple[float, float, float] = (0, 0, 0)
    drift: tuple[float, float, float] = (0, 0, 0)


@dataclass(frozen=True)
class CellType:
    """One cell type.

    Parameters
    ----------
    name : str
        As the table of cell types has it.
    system : str
        The classification system: excitatory or inhibitory.
    share : float
        Its part of all neurons.
    depth : (float, float)
        Where its somata lie: 0 is the pia, 1 the white matter.
    basal, axon : Neurite
        Its neurites. Basal dendrites of interneurons are simply their dendrites.
    apical : Neurite or None
        The apical dendrite.
    targets : mapping
        Weight of its synapses on each type; `""` is any other.
    places : (float, float, float)
        Weight of its synapses on somata, basal and apical dendrites.
    nucleus : float
        Typical volume of its nucleus, in cubic micrometres.
    """

    name: str
    system: str
    share: float
    depth: tuple[float, float]
    basal: Neurite
    axon: Neurite
    targets: Mapping[str, float]
    places: tuple[float, float, float]
    nucleus: float
    apical: Neurite | None = None


UP, DOWN = (0.0, -1.0, 0.0), (0.0, 1.0, 0.0)
_ON_DENDRITES = (0.0, 1.0, 1.0)


def _pyramidal(
    name: str,
    share: float,
    depth: tuple[float, float],
    rise: int,
    targets: Mapping[str, float],
    *,
    nucleus: float,
    axon: tuple[float, float, float] = DOWN,
) -> CellType:
    return CellType(
        name=name,
        system=EXCITATORY,
        share=share,
        depth=depth,
        basal=Neurite(4, 8, 0.09),
        apical=Neurite(1, rise, 0.03, UP, (0.0, -0.35, 0.0)),
        axon=Neurite(1, 27, 0.09, DOWN, (axon[0] * 0.06, axon[1] * 0.06, axon[2] * 0.06)),
        targets=targets,
        places=_ON_DENDRITES,
        nucleus=nucleus,
    )


TYPES: tuple[CellType, ...] = (
    _pyramidal(
        "L23-IT",
        0.28,
        (0.14, 0.40),
        18,
        {"L23-IT": 2.0, "L5-ET": 2.0, "L5-IT": 1.6, "BC": 2.5, "": 0.7},
        nucleus=260.0,
    ),
    _pyramidal(
        "L4-IT",
        0.18,
        (0.40, 0.55),
        22,
        {"L23-IT": 2.5, "L4-IT": 1.8, "BC": 2.5, "": 0.6},
        nucleus=240.0,
        axon=UP,
    ),
    _pyramidal(
        "L5-IT",
        0.10,
        (0.56, 0.75),
        28,
        {"L23-IT": 1.2, "L5-IT": 1.8, "L5-ET": 2.2, "MC": 1.5, "": 0.6},
        nucleus=290.0,
        axon=UP,
    ),
    _pyramidal("L5-ET", 0.07, (0.58, 0.78), 42, {"L5-ET": 2.5, "MC": 4.0, "": 0.5}, nucleus=420.0),
    _pyramidal(
        "L6-CT", 0.12, (0.80, 0.97), 25, {"L6-CT": 2.0, "BC": 1.8, "L4-IT": 1.5, "": 0.4}, nucleus=230.0
    ),
    CellType(
        name="BC",
        system=INHIBITORY,
        share=0.11,
        depth=(0.15, 0.95),
        basal=Neurite(5, 9, 0.07),
        axon=Neurite(2, 28, 0.11),
        targets={"BC": 2.0, "MC": 0.3, "BPC": 0.3, "": 1.2},
        places=(30.0, 1.5, 0.3),
        nucleus=270.0,
    ),
    CellType(
        name="MC",
        system=INHIBITORY,
        share=0.07,
        depth=(0.25, 0.90),
        basal=Neurite(4, 11, 0.05),
        axon=Neurite(1, 58, 0.01, UP, (0.0, -0.50, 0.0)),
        targets={"L23-IT": 1.3, "L5-ET": 2.0, "L5-IT": 1.5, "MC": 0.05, "BPC": 0.6, "": 0.7},
        places=(0.0, 0.5, 6.0),
        nucleus=230.0,
    ),
    CellType(
        name="BPC",
        system=INHIBITORY,
        share=0.04,
        depth=(0.12, 0.60),
        basal=Neurite(2, 20, 0.04, UP, (0.0, -0.15, 0.0)),
        axon=Neurite(1, 36, 0.07, DOWN, (0.0, 0.25, 0.0)),
        targets={"MC": 14.0, "BC": 5.0, "BPC": 0.3, "NGC": 1.0, "": 0.15},
        places=(1.0, 1.0, 0.2),
        nucleus=190.0,
    ),
    CellType(
        name="NGC",
        system=INHIBITORY,
        share=0.03,
        depth=(0.02, 0.50),
        basal=Neurite(5, 7, 0.05),
        axon=Neurite(2, 20, 0.17),
        targets={"": 1.0},
        places=(0.2, 1.0, 1.5),
        nucleus=210.0,
    ),
)


def preferences() -> list[list[float]]:
    """Return the weight of synapses from each type (row) on each type (column)."""
    return [[pre.targets.get(post.name, pre.targets[""]) for post in TYPES] for pre in TYPES]
