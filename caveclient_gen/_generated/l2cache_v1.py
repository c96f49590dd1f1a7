# Generated from spec/l2cache/v1.yaml. Change the descriptor and run `make generate`.
"""L2Cache API 1: size, position and shape of level 2 chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.operation import Arm, CachePolicy, ItemLimit, Operation, Param

from .endpoints import L2CACHE_COMMON, L2CACHE_V1
from .services import L2CACHE

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import IdsLike, StrsLike

    from .types_l2cache import L2Data, L2Table


class L2CacheOperationsV1(ClientBase):
    """Size, position and shape of level 2 chunks.

    The only interface so far.
    """

    _service = L2CACHE
    _api = "1"
    _endpoints = {**L2CACHE_COMMON, **L2CACHE_V1}
    _operations = {
        "table_mapping": Operation(
            name="table_mapping",
            method="GET",
            path="/l2cache/api/v1/table_mapping",
            safe=True,
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=4, key=()),
        ),
        "cache_metadata": Operation(
            name="cache_metadata",
            method="GET",
            path="/l2cache/api/v1/attribute_metadata",
            safe=True,
            response=(Arm(decode="json"),),
            cache=CachePolicy(ttl=3600, maxsize=4, key=()),
        ),
        "get_l2data": Operation(
            name="get_l2data",
            method="POST",
            path="/l2cache/api/v1/table/{table_id}/attributes",
            safe=True,
            holes=(("table_id", "table_name"),),
            params=(
                Param(
                    name="l2_ids",
                    type="id_array",
                    location="body",
                    wire=("l2_ids",),
                    encode="native",
                    required=True,
                ),
                Param(
                    name="attributes",
                    type="str_array",
                    location="query",
                    wire=("attribute_names",),
                    encode="csv",
                ),
                Param(
                    name="update_cache",
                    type="bool",
                    location="query",
                    wire=("update_cache",),
                    encode="scalar",
                ),
                Param(
                    name="progress",
                    type="bool",
                    location="none",
                    wire=("progress",),
                    encode="native",
                    effect="progress",
                ),
            ),
            response=(Arm(decode="json"),),
            items=(ItemLimit(param="l2_ids", max=10000, on_exceed="split", merge="dict_union"),),
        ),
    }

    def table_mapping(self) -> dict[str, L2Table]:
        """List the segmentation tables that have a cache.

        Kept for an hour.

        Returns
        -------
        dict[str, L2Table]
            By name of the segmentation table: the name in the cache, and the address of the segmentation.

        Notes
        -----
        Answers are reused for 3600 s.

        Examples
        --------
        >>> answer = client.l2cache.table_mapping()
        """
        answer: dict[str, L2Table] = self._call("table_mapping")
        return answer

    def cache_metadata(self) -> dict[str, str]:
        """List all columns of the store behind the cache, and their types.

        There are many more than those that can be asked for: `attributes` has these. Kept for an hour.

        Returns
        -------
        dict[str, str]
            Type by name, as Python shows it.

        Notes
        -----
        Answers are reused for 3600 s.

        Examples
        --------
        >>> client.l2cache.cache_metadata()
        {'area_nm2': "<class 'numpy.uint32'>", 'size_nm3': "<class 'numpy.uint32'>"}
        """
        answer: dict[str, str] = self._call("cache_metadata")
        return answer

    def _get_l2data(
        self,
        l2_ids: IdsLike,
        attributes: StrsLike | None = None,
        *,
        update_cache: bool | None = None,
        progress: bool | None = None,
    ) -> dict[str, L2Data]:
        """Get size, position and shape of level 2 chunks.

        Parameters
        ----------
        l2_ids : array of node ids, shape (n,)
            Level 2 nodes.
        attributes : list of str, optional
            What to get; everything if left out.
        update_cache : bool, optional
            Have the server compute what is missing. Left out: the server takes True.
        progress : bool, optional
            Whether to show a bar if the call goes out as several requests. Left out, it is shown in
            terminals and notebooks.

        Returns
        -------
        dict[str, L2Data]
            By id, as text; empty for ids without numbers.

        Raises
        ------
        InvalidArgumentError
            An argument is not what it should be; nothing was sent.

        Notes
        -----
        More than 10000 `l2_ids` are sent in several requests.
        """
        answer: dict[str, L2Data] = self._call(
            "get_l2data", l2_ids=l2_ids, attributes=attributes, update_cache=update_cache, progress=progress
        )
        return answer
