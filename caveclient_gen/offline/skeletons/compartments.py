"""Which parts of a cell are axon: found from where its synapses are.

Theory: every way from an input to an output passes the place where the axon begins. So it begins at the edge
that parts most pairs of one input and one output (synapse flow centrality; Schneider-Mizell et al. 2016,
eLife 5:e12059).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from caveclient_gen.offline.skeletons.tree import Floats, Tree

__all__ = ["AXON", "DENDRITE", "SOMA", "compartments"]

SOMA, AXON, DENDRITE = 1, 2, 3
"""As SWC files number them."""


def compartments(
    tree: Tree, soma: int | None, outputs: Floats, inputs: Floats, distances: Floats
) -> npt.NDArray[np.int64]:
    """Return the compartment of each vertex.

    Parameters
    ----------
    tree : Tree
        The skeleton.
    soma : int or None
        The vertex of the soma.
    outputs, inputs : array of float, (n,)
        Synapses at each vertex.
    distances : array of float, (n,)
        How far each vertex is from where the tree begins, along it.
    """
    labels = np.full(len(tree.parent), DENDRITE, np.int64)
    if outputs.sum() and not inputs.sum() and soma is None:
        labels[:] = AXON  # a piece that only gives
    elif outputs.sum() and inputs.sum():
        _mark_axon(labels, tree, soma, outputs, inputs, distances)
    if soma is not None:
        labels[soma] = SOMA
    return labels


def _mark_axon(
    labels: npt.NDArray[np.int64],
    tree: Tree,
    soma: int | None,
    outputs: Floats,
    inputs: Floats,
    distances: Floats,
) -> None:
    out_below, in_below = tree.sums_below(outputs), tree.sums_below(inputs)
    out_all, in_all = outputs.sum(), inputs.sum()
    flow = out_below * (in_all - in_below) + in_below * (out_all - out_below)
    gives = out_below / out_all > in_below / in_all
    allowed = tree.parent >= 0
    if soma is not None:
        allowed &= gives  # what has the soma is no axon
    if not (flow[allowed] > 0).any():
        return
    best = allowed & (flow == flow[allowed].max())
    node = int(np.flatnonzero(best)[np.argmin(distances[best])])
    below = tree.below(node)
    labels[below if gives[node] else ~below] = AXON
