"""Edits: merges and splits, and how their points are packed.

The server takes points in nm only. People have voxels of some viewer, which need not be those of the
segmentation; a wrong guess edits the wrong place, so nothing here guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.ids import as_id, as_ids
from caveclient_gen._runtime.normalise import NORMALISERS
from caveclient_gen.mixins.chunkedgraph.table import TableMixin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen._generated.types_chunkedgraph import OperationResult, SplitPreview
    from caveclient_gen._runtime.typing import IdArray, IdLike, IdsLike, PointsLike, ResolutionLike

    OptionalIds = IdsLike | Sequence[IdLike | None] | None
    Components = list[list[int]]


class _Unstated(tuple[float, ...]):
    """A default that can be told from the same value passed by the caller."""

    __slots__ = ()


_UNSTATED = _Unstated((4, 4, 40))


def rows_of_points(ids: IdArray, points: PointsLike, *, name: str) -> list[list[Any]]:
    """
    Pair ids with points as the server wants them.

    Parameters
    ----------
    ids : numpy.ndarray
        Ids of shape (n,), as int64.
    points : array of float
        Points of shape (n, 3), in nm.
    name : str
        What an error calls the points.

    Returns
    -------
    list of list
        Rows of id (int), x, y, z (float).

    Raises
    ------
    InvalidArgumentError
        The points are not n rows of three finite numbers.
    """
    array = NORMALISERS["point_array"](points, name)
    if len(array) != len(ids):
        msg = f"Pass one id per point: {len(ids)} ids do not fit {len(array)} {name}."
        raise InvalidArgumentError(msg)
    # Ids and coordinates never meet in one array: that would turn the ids into floats.
    return list(map(list, zip(ids.tolist(), *array.T.tolist(), strict=True)))


def package_split_data(
    root_id: IdLike,
    source_points: PointsLike,
    sink_points: PointsLike,
    source_supervoxels: OptionalIds,
    sink_supervoxels: OptionalIds,
) -> dict[str, list[list[Any]]]:
    """
    Pack the points of a split or of its preview.

    Parameters
    ----------
    root_id : int
        Root of the object.
    source_points, sink_points : array of float
        Points of shape (n, 3) and (m, 3), in nm.
    source_supervoxels, sink_supervoxels : list of int or None, or None
        Supervoxel of each point. None, in the list or instead of it, lets the server find it.

    Returns
    -------
    dict
        `sources` and `sinks`: rows of id, x, y, z.

    Raises
    ------
    InvalidArgumentError
        Points are missing or malformed, or there is not one supervoxel per point.
    """
    root = as_id(root_id, name="root_id")
    return {
        "sources": _side(root, source_points, source_supervoxels, "source"),
        "sinks": _side(root, sink_points, sink_supervoxels, "sink"),
    }


def _side(root_id: int, points: PointsLike, supervoxels: OptionalIds, side: str) -> list[list[Any]]:
    import numpy as np

    array = NORMALISERS["point_array"](points, f"{side}_points")
    if not len(array):
        raise InvalidArgumentError(f"Pass at least one point as {side}_points.")
    if supervoxels is None:
        ids = np.full(len(array), root_id, dtype=np.int64)
    else:
        ids = _filled(supervoxels, root_id, f"{side}_supervoxels")
    return rows_of_points(ids, array, name=f"{side}_points")


def _filled(supervoxels: Any, root_id: int, name: str) -> IdArray:
    """Put the root where no supervoxel is known: the server then looks for it near the point."""
    import numpy as np
    import pandas as pd

    if isinstance(supervoxels, (str, bytes, Mapping)) or not isinstance(supervoxels, Iterable):
        return as_ids(supervoxels, name=name)
    items = list(supervoxels)
    boxed = np.empty(len(items), dtype=object)  # objects, so that None does not turn the ids into floats
    boxed[:] = items
    boxed[pd.isna(boxed)] = root_id
    return as_ids(boxed, name=name)


class EditsMixin(TableMixin):
    """Merges and splits with points in voxels or nm, on top of the generated operations."""

    def do_merge(
        self,
        supervoxels: IdsLike,
        coords: PointsLike,
        resolution: ResolutionLike = _UNSTATED,
        *,
        priority: bool = False,
        remesh: bool | None = None,
        chebyshev_distance: int | None = None,
    ) -> OperationResult:
        """
        Merge the objects of two supervoxels. This edits the segmentation.

        Parameters
        ----------
        supervoxels : array of int
            The two supervoxels.
        coords : array of float
            A point in each of them, of shape (2, 3), in voxels of `resolution`.
        resolution : tuple of float
            Size of the voxels of `coords`, in nm; (1, 1, 1) if they are in nm. May be left out only
            where the documented default, (4, 4, 40), is the resolution of the segmentation itself: anywhere
            else the default would put the merge in another place.
        priority : bool
            Put the new meshes at the head of the queue.
        remesh : bool, optional
            Compute meshes for what the merge changed. Left out: the server's choice, True.
        chebyshev_distance : int, optional
            Most chunks between the points. Left out: the server's choice, 3.

        Returns
        -------
        dict
            `operation_id` and `new_root_ids` of the merge.

        Raises
        ------
        InvalidArgumentError
            There are not two supervoxels with a point each, or `resolution` must be said.
        BadRequestError
            The server refuses, for instance because both are one object already.
        UnknownOutcomeError
            The answer was lost: the merge may have happened. The message tells how to find out.

        Examples
        --------
        >>> supervoxels = [72057594037927939, 72268906496000004]
        >>> points_in_nm = [[80, 352, 640], [2000, 1840, 1920]]
        >>> client.chunkedgraph.do_merge(supervoxels, points_in_nm, resolution=(1, 1, 1))
        {'new_root_ids': [288230376151712144], 'operation_id': 8}
        """
        points = self._merge_points(supervoxels, coords, resolution)
        return self._do_merge(points, priority=priority, remesh=remesh, chebyshev_distance=chebyshev_distance)

    def do_merge_admin(
        self,
        supervoxels: IdsLike,
        coords: PointsLike,
        resolution: ResolutionLike,
        *,
        allow_same_segment_merge: bool = False,
        priority: bool = False,
        remesh: bool | None = None,
        chebyshev_distance: int | None = None,
    ) -> OperationResult:
        """
        Merge with the checks relaxed that protect proofreaders. For administrators of the segmentation.

        Parameters
        ----------
        supervoxels : array of int
            The two supervoxels.
        coords : array of float
            A point in each of them, of shape (2, 3), in voxels of `resolution`.
        resolution : tuple of float
            Size of the voxels of `coords`, in nm; (1, 1, 1) if they are in nm.
        allow_same_segment_merge : bool
            Add an edge inside one object.
        priority : bool
            Put the new meshes at the head of the queue.
        remesh : bool, optional
            Compute meshes for what the merge changed. Left out: the server's choice, True.
        chebyshev_distance : int, optional
            Most chunks between the points. Left out: the server's choice, 3.

        Returns
        -------
        dict
            `operation_id` and `new_root_ids` of the merge.
        """
        return self._do_merge_admin(
            self._merge_points(supervoxels, coords, resolution),
            priority=priority,
            remesh=remesh,
            chebyshev_distance=chebyshev_distance,
            allow_same_segment_merge=allow_same_segment_merge,
        )

    def execute_split(
        self,
        source_points: PointsLike,
        sink_points: PointsLike,
        root_id: IdLike,
        source_supervoxels: OptionalIds = None,
        sink_supervoxels: OptionalIds = None,
        *,
        priority: bool = False,
        remesh: bool | None = None,
        mincut: bool | None = None,
    ) -> tuple[int, list[int]]:
        """
        Split an object between source and sink points. This edits the segmentation.

        Parameters
        ----------
        source_points, sink_points : array of float
            Points on either side of the cut, of shape (n, 3) and (m, 3), in nm.
        root_id : int
            Root of the object.
        source_supervoxels, sink_supervoxels : list of int or None, optional
            Supervoxel of each point. None, in the list or instead of it, lets the server find it.
        priority : bool
            Put the new meshes at the head of the queue.
        remesh : bool, optional
            Compute meshes for what the split changed. Left out: the server's choice, True.
        mincut : bool, optional
            Search for the best cut. False cuts only edges between the given supervoxels. Left out: the
            server's choice, True.

        Returns
        -------
        operation_id : int
            Entry of the split in the operation log.
        new_root_ids : list of int
            Roots that the split made.

        Raises
        ------
        BadRequestError
            The server refuses, for instance because the points are not in one object.
        UnknownOutcomeError
            The answer was lost: the split may have happened. The message tells how to find out.

        Examples
        --------
        >>> client.chunkedgraph.execute_split(
        ...     source_points=[[560, 160, 640]],
        ...     sink_points=[[1520, 160, 640]],
        ...     root_id=288230376151711746,
        ...     source_supervoxels=[72127962782105601],
        ...     sink_supervoxels=[72268700270460929],
        ... )
        (2, [288230376151712180, 288230376151712116])
        """
        data = package_split_data(root_id, source_points, sink_points, source_supervoxels, sink_supervoxels)
        result = self._execute_split(**data, priority=priority, remesh=remesh, mincut=mincut)
        return result["operation_id"], result["new_root_ids"]

    @overload
    def preview_split(
        self,
        source_points: PointsLike,
        sink_points: PointsLike,
        root_id: IdLike,
        source_supervoxels: OptionalIds = None,
        sink_supervoxels: OptionalIds = None,
        return_additional_ccs: Literal[False] = False,
    ) -> tuple[list[int], list[int], bool]: ...

    @overload
    def preview_split(
        self,
        source_points: PointsLike,
        sink_points: PointsLike,
        root_id: IdLike,
        source_supervoxels: OptionalIds = None,
        sink_supervoxels: OptionalIds = None,
        *,
        return_additional_ccs: Literal[True],
    ) -> tuple[list[int], list[int], bool, Components]: ...

    @overload
    def preview_split(
        self,
        source_points: PointsLike,
        sink_points: PointsLike,
        root_id: IdLike,
        source_supervoxels: OptionalIds,
        sink_supervoxels: OptionalIds,
        return_additional_ccs: Literal[True],
    ) -> tuple[list[int], list[int], bool, Components]: ...

    def preview_split(
        self,
        source_points: PointsLike,
        sink_points: PointsLike,
        root_id: IdLike,
        source_supervoxels: OptionalIds = None,
        sink_supervoxels: OptionalIds = None,
        return_additional_ccs: bool = False,
    ) -> tuple[list[int], list[int], bool] | tuple[list[int], list[int], bool, Components]:
        """
        Compute a split without doing it.

        Parameters
        ----------
        source_points, sink_points : array of float
            Points on either side of the cut, of shape (n, 3) and (m, 3), in nm.
        root_id : int
            Root of the object.
        source_supervoxels, sink_supervoxels : list of int or None, optional
            Supervoxel of each point. None, in the list or instead of it, lets the server find it.
        return_additional_ccs : bool
            Return the parts without any of the points too.

        Returns
        -------
        source_connected_component : list of int
            Supervoxels of the part with most source points.
        sink_connected_component : list of int
            Supervoxels of the part with most sink points.
        successful_split : bool
            Whether the split would tell sources from sinks.
        other_connected_components : list of list of int
            Supervoxels of the other parts. Only with `return_additional_ccs`.

        Examples
        --------
        >>> sources, sinks, works = client.chunkedgraph.preview_split(
        ...     source_points=[[560, 160, 640]],
        ...     sink_points=[[1520, 160, 640]],
        ...     root_id=288230376151711746,
        ...     source_supervoxels=[72127962782105601],
        ...     sink_supervoxels=[72268700270460929],
        ... )
        >>> sources, sinks, works
        ([72127962782105601], [72268700270460929], True)
        """
        data = package_split_data(root_id, source_points, sink_points, source_supervoxels, sink_supervoxels)
        return _preview(self._preview_split(**data), return_additional_ccs)

    def _merge_points(
        self, supervoxels: IdsLike, coords: PointsLike, resolution: ResolutionLike
    ) -> list[list[Any]]:
        ids = as_ids(supervoxels, name="supervoxels")
        if len(ids) != 2:
            raise InvalidArgumentError(f"Pass two supervoxels, one of each object: there are {len(ids)}.")
        if resolution is _UNSTATED:
            self._check_documented_resolution()
        voxel = NORMALISERS["resolution"](resolution, "resolution")
        return rows_of_points(ids, NORMALISERS["point_array"](coords, "coords") * voxel, name="coords")

    def _check_documented_resolution(self) -> None:
        here = tuple(self.base_resolution)
        if here != _UNSTATED:
            msg = (
                "Pass resolution, the size in nm of the voxels that coords count: the default, "
                f"{tuple(_UNSTATED)}, is not the resolution of this segmentation, {here}. For coords in its "
                f"own voxels pass resolution={here}; for coords in nm pass resolution=(1, 1, 1)."
            )
            raise InvalidArgumentError(msg)


def _preview(
    preview: SplitPreview, with_others: bool
) -> tuple[list[int], list[int], bool] | tuple[list[int], list[int], bool, Components]:
    parts = preview["supervoxel_connected_components"]
    sources, sinks = [*parts[:2], [], []][:2]  # an illegal split may have one part only
    worked = not preview["illegal_split"]
    return (sources, sinks, worked, parts[2:]) if with_others else (sources, sinks, worked)
