"""Roots and other nodes: who is whose root, since when, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.ids import as_id, as_ids, as_integers
from caveclient_gen.mixins.chunkedgraph.edits import rows_of_points
from caveclient_gen.mixins.chunkedgraph.table import TableMixin

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

    from caveclient_gen._runtime.typing import (
        BoolArray,
        FloatArray,
        IdArray,
        IdLike,
        IdsLike,
        PointsLike,
        TimeLike,
    )

# Servers keep times to the millisecond, so this is the last moment before another.
_JUST_BEFORE = timedelta(milliseconds=1)


class RootsMixin(TableMixin):
    """Look-ups of single roots and lists of them, on top of the generated operations."""

    def get_root_id(
        self, supervoxel_id: IdLike, timestamp: TimeLike | None = None, level2: bool = False
    ) -> np.int64:
        """
        Look up the root of one supervoxel.

        Parameters
        ----------
        supervoxel_id : int
            Supervoxel, or any other node.
        timestamp : datetime.datetime, optional
            Moment to look up. Left out: the client's, else now.
        level2 : bool
            Return the level 2 node instead of the root.

        Returns
        -------
        numpy.int64
            The root, or the level 2 node.

        Raises
        ------
        ServerError
            The id is no node, or was none at that moment.

        Examples
        --------
        >>> int(client.chunkedgraph.get_root_id(72057594037927937))
        288230376151712180
        """
        import numpy as np

        node = self._get_root_id(supervoxel_id, timestamp=timestamp, stop_layer=2 if level2 else None)
        return np.int64(node)

    def is_latest_roots(
        self, root_ids: IdsLike, timestamp: TimeLike | None = None, *, progress: bool | None = None
    ) -> BoolArray:
        """
        Tell which ids are roots at a moment.

        Parameters
        ----------
        root_ids : int or array of int
            Ids to check. 0 is never a root.
        timestamp : datetime.datetime, optional
            Moment to check at. Left out: the client's, else now.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        numpy.ndarray
            One bool per id, in order.

        Examples
        --------
        >>> client.chunkedgraph.is_latest_roots([288230376151712180, 1234])
        array([ True, False])
        """
        import numpy as np

        ids = as_ids(root_ids, name="root_ids")
        asked = ids != 0  # some servers refuse the whole list for a zero in it
        if len(ids) and asked.all():
            return self._is_latest_roots(ids, timestamp=timestamp, progress=progress)
        is_latest = np.zeros(len(ids), dtype=bool)
        if asked.any():
            is_latest[asked] = self._is_latest_roots(ids[asked], timestamp=timestamp, progress=progress)
        return is_latest

    def is_valid_nodes(
        self,
        node_ids: IdsLike,
        start_timestamp: TimeLike | None = None,
        end_timestamp: TimeLike | None = None,
        *,
        progress: bool | None = None,
    ) -> BoolArray:
        """
        Tell which ids are nodes that came to be in a stretch of time.

        A node may be a root, a supervoxel or anything between; a root that was edited since is still a node.

        Parameters
        ----------
        node_ids : int or array of int
            Ids to check. 0 and negative numbers are never nodes.
        start_timestamp : datetime.datetime, optional
            Nodes from this moment on. Left out: the year 2000, which is before any segmentation.
        end_timestamp : datetime.datetime, optional
            Nodes up to this moment. Left out: the client's, else now.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        numpy.ndarray
            One bool per id, in order.

        Examples
        --------
        >>> client.chunkedgraph.is_valid_nodes([288230376151712180, 72057594037927937, 288230376151719999])
        array([ True,  True, False])
        """
        import numpy as np

        ids = as_integers(node_ids, name="node_ids")
        possible = ids > 0
        if not possible.any():
            return np.zeros(len(ids), dtype=bool)
        times: dict[str, Any] = {"end_timestamp": end_timestamp, "progress": progress}
        if start_timestamp is not None:
            times["start_timestamp"] = start_timestamp
        valid = self._is_valid_nodes(ids[possible], **times)
        return np.isin(ids, valid) & possible

    def get_root_timestamps(
        self,
        root_ids: IdsLike,
        *,
        latest: bool = False,
        timestamp: TimeLike | None = None,
        progress: bool | None = None,
    ) -> npt.NDArray[np.object_]:
        """
        Tell when roots came to be or, with `latest`, until when they lasted.

        Parameters
        ----------
        root_ids : int or array of int
            Roots to look up.
        latest : bool
            Return the last moment at which each root was valid: 1 ms before the edit that ended it or, for
            a root that still is one, 1 ms before `timestamp`. Needs server >=2.17.0 (first line >=1.25.0,
            third line >=3.0.4).
        timestamp : datetime.datetime, optional
            With `latest`, the moment to look back from. Left out: the client's, else now.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        numpy.ndarray
            One aware UTC datetime per root, in order (dtype object).

        Examples
        --------
        >>> born = client.chunkedgraph.get_root_timestamps([288230376151712174, 288230376151712180])
        >>> print(born[1])
        2026-11-22 12:46:47.073000+00:00
        """
        import numpy as np

        ids = as_ids(root_ids, name="root_ids")
        moments = np.empty(len(ids), dtype=object)
        if not len(ids):
            return moments
        if not latest:
            # Neither argument is sent then: older servers know only this form of the question.
            moments[:] = self._get_root_timestamps(ids, timestamp=timestamp, progress=progress)
            return moments
        moments[:] = self._get_root_timestamps(
            ids, latest=True, timestamp=self._moment(timestamp), progress=progress
        )
        # The server names the moment of the edit, at which the root is gone already.
        moments -= _JUST_BEFORE
        return moments

    def get_delta_roots(
        self, timestamp_past: TimeLike, timestamp_future: TimeLike | None = None
    ) -> tuple[IdArray, IdArray]:
        """
        List the roots that a stretch of time ended and began.

        Parameters
        ----------
        timestamp_past : datetime.datetime
            From this moment on.
        timestamp_future : datetime.datetime, optional
            Up to this moment. Left out: the client's, else now.

        Returns
        -------
        old_roots : numpy.ndarray
            Roots that were edited away, as int64. May name one several times.
        new_roots : numpy.ndarray
            Roots that edits made, as int64.

        Examples
        --------
        >>> old, new = client.chunkedgraph.get_delta_roots("2025-01-02", "2026-11-23")
        >>> old, new
        (array([288230376151711746]), array([288230376151712180, 288230376151712116]))
        """
        delta = self._get_delta_roots(timestamp_past, timestamp_future=timestamp_future)
        return as_ids(delta["old_roots"]), as_ids(delta["new_roots"])

    def get_l2_chunk_children(self, chunk_id: IdLike, *, timestamp: TimeLike | None = None) -> IdArray:
        """
        List the level 2 nodes of a chunk and their supervoxels.

        Parameters
        ----------
        chunk_id : int
            Chunk: the id of a level 2 node with the node's own number set to 0.
        timestamp : datetime.datetime, optional
            Moment to look up. Left out: the client's, else now.

        Returns
        -------
        numpy.ndarray
            Pairs of level 2 id and supervoxel id, as int64 of shape (n, 2).
        """
        return self._get_l2_chunk_children(chunk_id, timestamp=timestamp).reshape(-1, 2)

    def supervoxel_lookup(
        self, node_ids: IdsLike, points: PointsLike, *, progress: bool | None = None
    ) -> IdArray:
        """
        Find the supervoxel of each node that is nearest to a point. For administrators of the segmentation.

        Parameters
        ----------
        node_ids : int or array of int
            Roots or other nodes, one per point.
        points : array of float
            Points of shape (n, 3), in nm.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        numpy.ndarray
            One supervoxel per node, in order, as int64.
        """
        rows = rows_of_points(as_ids(node_ids, name="node_ids"), points, name="points")
        return self._supervoxel_lookup(rows, progress=progress)

    @overload
    def suggest_latest_roots(
        self,
        root_id: IdLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        return_all: Literal[False] = False,
        return_fraction_overlap: Literal[False] = False,
    ) -> int: ...

    @overload
    def suggest_latest_roots(
        self,
        root_id: IdLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        *,
        return_all: Literal[False] = False,
        return_fraction_overlap: Literal[True],
    ) -> tuple[int, float]: ...

    @overload
    def suggest_latest_roots(
        self,
        root_id: IdLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        *,
        return_all: Literal[True],
        return_fraction_overlap: Literal[False] = False,
    ) -> IdArray: ...

    @overload
    def suggest_latest_roots(
        self,
        root_id: IdLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        *,
        return_all: Literal[True],
        return_fraction_overlap: Literal[True],
    ) -> tuple[IdArray, FloatArray]: ...

    @overload
    def suggest_latest_roots(
        self,
        root_id: IdLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        return_all: bool = False,
        return_fraction_overlap: bool = False,
    ) -> int | IdArray | tuple[int, float] | tuple[IdArray, FloatArray]: ...

    def suggest_latest_roots(
        self,
        root_id: IdLike,
        timestamp: TimeLike | None = None,
        stop_layer: int | None = None,
        return_all: bool = False,
        return_fraction_overlap: bool = False,
    ) -> int | IdArray | tuple[int, float] | tuple[IdArray, FloatArray]:
        """
        Suggest which current object an old root is now, by the chunks that both have.

        Edits give new ids to the chunks they touch, so this measures how much of the object was left alone.
        Every suggestion is a root at `timestamp`.

        Parameters
        ----------
        root_id : int
            Root that may be outdated.
        timestamp : datetime.datetime, optional
            Moment at which the suggestions are roots; after `root_id` came to be. Left out: the client's,
            else now.
        stop_layer : int, optional
            Layer of the chunks that are compared. Higher layers are coarser and faster. Left out: four
            below the top. Where nothing of the object is left at a layer, the ones below are tried.
        return_all : bool
            Return all suggestions, the most overlap first.
        return_fraction_overlap : bool
            Return the fractions of the old object's chunks too.

        Returns
        -------
        int, numpy.ndarray, or a tuple of that and its fractions
            The best root, or all of them as int64; with `return_fraction_overlap` a pair with the
            fraction (float) or fractions (float64) of the chunks.

        Raises
        ------
        InvalidArgumentError
            The id has no chunks at all, or none that belongs to an object at that moment.

        Examples
        --------
        >>> client.chunkedgraph.suggest_latest_roots(288230376151712180, return_fraction_overlap=True)
        (288230376151712180, 1.0)
        """
        root = as_id(root_id, name="root_id")
        roots, fractions = self._overlaps(root, self._moment(timestamp), self._starting_layer(stop_layer))
        if return_all:
            return (roots, fractions) if return_fraction_overlap else roots
        best = int(roots[0])
        return (best, float(fractions[0])) if return_fraction_overlap else best

    def _starting_layer(self, stop_layer: int | None) -> int:
        if stop_layer is None:
            return max(1, int(self.segmentation_info.get("graph", {}).get("n_layers", 6)) - 4)
        return max(1, stop_layer)

    def _overlaps(self, root_id: int, moment: datetime, layer: int) -> tuple[IdArray, FloatArray]:
        """Roots at a moment that share chunks with a root, and the share of its chunks, the largest first."""
        import numpy as np

        for stop_layer in range(layer, 0, -1):
            chunks = self.get_leaves(root_id, stop_layer=stop_layer)
            if not len(chunks):
                continue
            roots, counts = np.unique(self.get_roots(chunks, timestamp=moment), return_counts=True)
            keep = roots != 0
            if stop_layer > 1:
                # Chunks that were edited away still point to the root of their time. Supervoxels never do.
                keep &= self.is_latest_roots(roots, timestamp=moment)
            if keep.any():
                roots, counts = roots[keep], counts[keep]
                order = np.argsort(-counts, kind="stable")
                return roots[order], counts[order] / len(chunks)
        msg = f"Check root_id with is_valid_nodes: {root_id} has no chunks in any object at {moment}."
        raise InvalidArgumentError(msg)
