"""Trees as arrays: the parent of each node, and sums along and below, without a loop over nodes.

Theory: whoever knows every node's ancestor 2^k steps up knows the one 2^(k+1) steps up, too. Sums of what
lies above or below a node grow in the same way, so a tree of depth d takes log2(d) rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from scipy import sparse

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

__all__ = ["Tree", "spanning_tree"]


@dataclass(frozen=True)
class Tree:
    """A tree, or several where the graph has several parts.

    Parameters
    ----------
    parent : array of int, (n,)
        The parent of each node; -1 where a tree begins.
    order : array of int, (n,)
        The nodes, each after its parent, branch by branch.
    root : int
        The node at which the tree begins; of several trees, the one that was asked for.
    """

    parent: Ints
    order: Ints
    root: int

    def _ancestors(self) -> Iterator[Ints]:
        """Yield the ancestors 1, 2, 4, ... steps up; n stands for none."""
        count = len(self.parent)
        above = np.append(np.where(self.parent < 0, count, self.parent), count)
        while (above[:-1] < count).any():
            yield above
            above = above[above]

    def sums_above(self, values: Floats) -> Floats:
        """Return for each node the sum of the values from it up to where its tree begins, both included."""
        sums = np.append(values, 0.0)
        for above in self._ancestors():
            sums = sums + sums[above]
        return sums[:-1]

    def sums_below(self, values: Floats) -> Floats:
        """Return for each node the sum of the values of it and of all that descends from it."""
        sums = np.append(values, 0.0)
        for above in self._ancestors():
            sums = sums + np.bincount(above, sums, len(sums))
            sums[-1] = 0.0
        return sums[:-1]

    def below(self, node: int) -> Bools:
        """Return which nodes descend from a node, itself included."""
        mark = np.zeros(len(self.parent))
        mark[node] = 1.0
        return self.sums_above(mark) > 0


def spanning_tree(positions: Floats, pairs: Ints, start: int | None) -> Tree:
    """Return the shortest tree that joins the nodes along edges of a graph.

    Parameters
    ----------
    positions : array of float, (n, 3)
        Where the nodes are.
    pairs : array of int, (m, 2)
        Edges between nodes, by their place in `positions`.
    start : int or None
        The node at which the tree begins; None takes an end of its longest branch.
    """
    from scipy.sparse import csgraph

    count = len(positions)
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    lengths = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    # Sparse matrices have no edges of length 0. All trees have as many edges, so one nm more on each changes
    # nothing about which tree is the shortest.
    weights = _matrix(pairs, lengths + 1, count)
    graph = csgraph.minimum_spanning_tree(weights).tocoo()
    kept = np.column_stack([graph.row, graph.col]).astype(np.int64)
    if start is not None:
        return _begun_at(count, kept, start)
    tree = _begun_at(count, kept, 0)
    steps = np.where(
        tree.parent < 0, 0.0, np.linalg.norm(positions - positions[np.maximum(tree.parent, 0)], axis=1)
    )
    return _begun_at(count, kept, int(np.argmax(tree.sums_above(steps))))


def _begun_at(count: int, pairs: Ints, start: int) -> Tree:
    """Return the tree (or trees) of edges that form no cycle, walked from `start`."""
    from scipy.sparse import csgraph

    _, part = csgraph.connected_components(_matrix(pairs, np.ones(len(pairs)), count), directed=False)
    _, starts = np.unique(part, return_index=True)
    starts[part[start]] = start
    # One more node above the first node of each part makes one walk of several.
    ends = np.vstack([pairs, np.column_stack([np.full(len(starts), count), starts])])
    order, parent = csgraph.depth_first_order(
        _matrix(ends, np.ones(len(ends)), count + 1), count, directed=False
    )
    above: Ints = parent[:count].astype(np.int64)
    above[above == count] = -1
    return Tree(above, order[1:].astype(np.int64), start)


def _matrix(pairs: Ints, weights: Floats, count: int) -> sparse.csr_array:
    """Return edges between `count` nodes as a matrix."""
    from scipy import sparse

    # Numbers of 32 bits: scipy before 1.13 walks along no others.
    a, b = pairs.T.astype(np.int32)
    return sparse.coo_array((weights, (a, b)), shape=(count, count)).tocsr()
