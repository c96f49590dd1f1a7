"""Lineage: what became of roots, and what they came from.

Every edit ends some roots and begins others. The lineage graph has an edge from each root to what an edit
made of it; roots that nothing leads away from are the latest, roots that nothing leads to the originals.

A recorded lineage is not always complete. So roots that are found through it are checked against the
segmentation itself, and where one fails, the answer is computed from supervoxels, which no edit changes.
"""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen._runtime.times import to_utc
from caveclient_gen.mixins.chunkedgraph.lineage_graphs import ids_of, to_networkx, without_links_across
from caveclient_gen.mixins.chunkedgraph.roots import RootsMixin

if TYPE_CHECKING:
    from datetime import datetime

    import networkx as nx
    import numpy as np
    import numpy.typing as npt

    from caveclient_gen._generated.types_chunkedgraph import LineageGraph
    from caveclient_gen._runtime.typing import IdArray, IdsLike, TimeLike

logger = logging.getLogger(__name__)


def _int_keys(mapping: dict[str, Any]) -> dict[int, Any]:
    return dict(zip(map(int, mapping), mapping.values(), strict=True))


class LineageMixin(RootsMixin):
    """Lineage as dict or networkx graph, and the roots it leads to, on top of the generated operations."""

    @overload
    def get_lineage_graph(
        self,
        root_id: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        as_nx_graph: Literal[False] = False,
        exclude_links_to_future: bool = False,
        exclude_links_to_past: bool = False,
        *,
        progress: bool | None = None,
    ) -> LineageGraph: ...

    @overload
    def get_lineage_graph(
        self,
        root_id: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        *,
        as_nx_graph: Literal[True],
        exclude_links_to_future: bool = False,
        exclude_links_to_past: bool = False,
        progress: bool | None = None,
    ) -> nx.DiGraph[int]: ...

    @overload
    def get_lineage_graph(
        self,
        root_id: IdsLike,
        timestamp_past: TimeLike | None,
        timestamp_future: TimeLike | None,
        as_nx_graph: Literal[True],
        exclude_links_to_future: bool = False,
        exclude_links_to_past: bool = False,
        *,
        progress: bool | None = None,
    ) -> nx.DiGraph[int]: ...

    @overload
    def get_lineage_graph(
        self,
        root_id: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        as_nx_graph: bool = False,
        exclude_links_to_future: bool = False,
        exclude_links_to_past: bool = False,
        *,
        progress: bool | None = None,
    ) -> LineageGraph | nx.DiGraph[int]: ...

    def get_lineage_graph(
        self,
        root_id: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        as_nx_graph: bool = False,
        exclude_links_to_future: bool = False,
        exclude_links_to_past: bool = False,
        *,
        progress: bool | None = None,
    ) -> LineageGraph | nx.DiGraph[int]:
        """
        Graph of all roots that an object, or several, had and got by edits.

        Parameters
        ----------
        root_id : int or array of int
            Root or roots. Each counts once.
        timestamp_past : datetime.datetime, optional
            How far to go back. Left out: to the beginning.
        timestamp_future : datetime.datetime, optional
            How far to go forward. Left out: to the client's moment, else to now.
        as_nx_graph : bool
            Return a networkx graph instead of a dict.
        exclude_links_to_future : bool
            Leave out roots that began after `timestamp_future`, and the links to them. Otherwise a link that
            crosses that moment is kept.
        exclude_links_to_past : bool
            Leave out roots that began before `timestamp_past`, and the links from them. Otherwise a link that
            crosses that moment is kept.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict or networkx.DiGraph
            Roots as `nodes`, edits as `links`; times are unix seconds.

        Examples
        --------
        >>> graph = client.chunkedgraph.get_lineage_graph(288230376151712180)
        >>> graph["links"]
        [{'source': 288230376151711746, 'target': 288230376151712180}]

        >>> graph = client.chunkedgraph.get_lineage_graph(288230376151712180, as_nx_graph=True)
        >>> list(graph.predecessors(288230376151712180))
        [288230376151711746]
        """
        import numpy as np

        past = None if timestamp_past is None else to_utc(timestamp_past, name="timestamp_past")
        future = self.timestamp
        if timestamp_future is not None:
            future = to_utc(timestamp_future, name="timestamp_future")
        graph = self._get_lineage_graph(
            np.unique(as_ids(root_id, name="root_id")),
            timestamp_past=past,
            timestamp_future=future,
            progress=progress,
        )
        past_cut = past if exclude_links_to_past else None
        future_cut = future if exclude_links_to_future else None
        if past_cut is not None or future_cut is not None:
            graph = without_links_across(graph, past=past_cut, future=future_cut)
        return to_networkx(graph) if as_nx_graph else graph

    def get_latest_roots(
        self,
        root_id: IdsLike,
        timestamp: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
    ) -> IdArray:
        """
        List the roots that hold parts of an object at a moment.

        Every id returned is a root at that moment. Where the recorded lineage is incomplete, the answer comes
        from the object's supervoxels, which takes longer.

        Parameters
        ----------
        root_id : int or array of int
            Root or roots.
        timestamp : datetime.datetime, optional
            The moment, before or after the roots came to be. Left out: the client's, else now.
        timestamp_future : datetime.datetime, optional
            Old name of `timestamp`.

        Returns
        -------
        numpy.ndarray
            The roots at that moment, sorted, as int64.

        Raises
        ------
        InvalidArgumentError
            Both names of the moment are used.

        Examples
        --------
        >>> client.chunkedgraph.get_latest_roots([288230376151712180, 288230376151712174])
        array([288230376151712174, 288230376151712180])
        """
        import numpy as np

        moment = self._moment(_renamed(timestamp, timestamp_future))
        roots = np.unique(as_ids(root_id, name="root_id"))
        if not len(roots):
            return roots
        began = self.get_root_timestamps(roots)
        younger = np.asarray(began > moment, dtype=bool)
        found = [
            self._successors(roots[~younger], began[~younger], moment),
            self._ancestors(roots[younger], began[younger], moment),
        ]
        return self._checked(np.unique(np.concatenate(found)), moment)

    def get_original_roots(self, root_id: IdsLike, timestamp_past: TimeLike | None = None) -> IdArray:
        """
        List the roots that an object, or several, came from.

        Parameters
        ----------
        root_id : int or array of int
            Root or roots.
        timestamp_past : datetime.datetime, optional
            How far to go back; every id returned then is a root at that moment. Left out: to the beginning.

        Returns
        -------
        numpy.ndarray
            The original roots, sorted, as int64.

        Examples
        --------
        >>> client.chunkedgraph.get_original_roots(288230376151712174)
        array([288230376151711748, 288230376151711753])
        """
        import numpy as np

        past = None if timestamp_past is None else to_utc(timestamp_past, name="timestamp_past")
        roots = np.unique(as_ids(root_id, name="root_id"))
        if not len(roots):
            return roots
        originals = np.unique(self._ancestors(roots, self.get_root_timestamps(roots), past))
        return originals if past is None else self._checked(originals, past)

    def get_past_ids(
        self,
        root_ids: IdsLike,
        timestamp_past: TimeLike | None = None,
        timestamp_future: TimeLike | None = None,
        *,
        progress: bool | None = None,
    ) -> dict[str, dict[int, Any]]:
        """
        Map roots to the roots that were parts of them earlier, and those to what became of them.

        Parameters
        ----------
        root_ids : int or array of int
            Roots to map.
        timestamp_past : datetime.datetime, optional
            The earlier moment. Left out: the beginning.
        timestamp_future : datetime.datetime, optional
            No server heeds it: the later moment is always the present.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict
            `past_id_map`: by given root, the list of its roots at the earlier moment.
            `future_id_map`: by past root, the one root that became of it; past roots that were split
            since are left out.

        Examples
        --------
        >>> maps = client.chunkedgraph.get_past_ids([288230376151712180], timestamp_past="2025-01-02")
        >>> maps["past_id_map"]
        {288230376151712180: [288230376151711746]}
        """
        if timestamp_future is not None:
            msg = "Leave timestamp_future out: servers map to the present whatever it says."
            warnings.warn(msg, UserWarning, stacklevel=2)
        maps = self._get_past_ids(
            root_ids, timestamp_past=timestamp_past, timestamp_future=timestamp_future, progress=progress
        )
        return {
            "past_id_map": _int_keys(maps["past_id_map"]),
            "future_id_map": _int_keys(maps["future_id_map"]),
        }

    def _successors(self, roots: IdArray, began: npt.NDArray[np.object_], moment: datetime) -> IdArray:
        """Roots at the forward ends of the lineage."""
        if not len(roots):
            return roots
        graph = self.get_lineage_graph(roots, began.min(), moment, exclude_links_to_future=True)
        return _ends(graph, "source")

    def _ancestors(self, roots: IdArray, began: npt.NDArray[np.object_], past: datetime | None) -> IdArray:
        """Roots at the backward ends of the lineage."""
        if not len(roots):
            return roots
        return _ends(self.get_lineage_graph(roots, past, began.max()), "target")

    def _checked(self, roots: IdArray, moment: datetime) -> IdArray:
        """Keep what is a root at a moment, and replace the rest by the roots of its supervoxels."""
        import numpy as np

        holds = self.is_latest_roots(roots, timestamp=moment)
        if holds.all():
            return roots
        stale = roots[~holds]
        logger.warning(
            "The lineage is incomplete at %d roots; looking up their supervoxels instead.", len(stale)
        )
        leaves = np.unique(np.concatenate([stale[:0], *self.get_leaves_many(stale).values()]))
        if not len(leaves):
            return roots[holds]
        current = self.get_roots(leaves, timestamp=moment)
        return np.unique(np.concatenate([roots[holds], current[current != 0]]))


def _ends(graph: LineageGraph, side: Literal["source", "target"]) -> IdArray:
    """Nodes that are on this side of no link."""
    import numpy as np

    nodes = ids_of(graph["nodes"], "id")
    return nodes[~np.isin(nodes, ids_of(graph["links"], side))]


def _renamed(timestamp: TimeLike | None, timestamp_future: TimeLike | None) -> TimeLike | None:
    if timestamp_future is None:
        return timestamp
    if timestamp is not None:
        raise InvalidArgumentError("Pass timestamp alone: timestamp_future is its old name.")
    warnings.warn("Use timestamp instead of timestamp_future.", DeprecationWarning, stacklevel=3)
    return timestamp_future
