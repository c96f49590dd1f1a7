"""Numbers of level 2 chunks, and which segmentations have them."""

from __future__ import annotations

import copy
import difflib
import logging
from itertools import compress
from operator import not_
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.addresses import normalise_address
from caveclient_gen._runtime.errors import CAVEError, InvalidArgumentError, UnsupportedFeatureError
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen._runtime.normalise import NORMALISERS
from caveclient_gen.mixins.l2cache.frames import SHAPES, frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from caveclient_gen._generated.l2cache_v1 import L2CacheOperationsV1 as _Operations
    from caveclient_gen._generated.types_l2cache import L2Data
    from caveclient_gen._runtime.typing import IdsLike
else:
    _Operations = object

logger = logging.getLogger(__name__)

_SHOWN = 5


class L2CacheMixin(_Operations):
    """Numbers of level 2 chunks, and which segmentations have them."""

    _table_name: str | None

    @property
    def table_name(self) -> str | None:
        """Name of the segmentation table; the framework client knows it, if this client was given none."""
        if self._table_name is None and self.fc is not None:
            self._table_name = getattr(self.fc, "segmentation_table", None)
        return self._table_name

    @property
    def attributes(self) -> list[str]:
        """Names of what `get_l2data` can get here; the server is asked once an hour."""
        return sorted(SHAPES.keys() & self.cache_metadata().keys())

    def has_cache(self, datastack_name: str | None = None) -> bool:
        """Tell whether there are numbers for the level 2 chunks of a datastack.

        Parameters
        ----------
        datastack_name : str, optional
            Name of the datastack. Left out: the client's own.

        Returns
        -------
        bool
            Whether there are. False for segmentations that are not proofread.

        Examples
        --------
        >>> client.l2cache.has_cache()
        True
        """
        if datastack_name is None or datastack_name == getattr(self.fc, "datastack_name", None):
            try:
                table = self.table_name
            except UnsupportedFeatureError:  # a segmentation without level 2
                return False
            if table is None:
                raise InvalidArgumentError("Make this client with a table_name, or through a CAVEclient.")
            return table in self.table_mapping()
        info = getattr(self.fc, "info", None)
        if info is None:
            raise InvalidArgumentError(
                "Make a CAVEclient: this client alone cannot look up other datastacks."
            )
        source = info.segmentation_source(datastack_name)
        if not source.startswith("graphene://"):
            return False
        table = source.rstrip("/").rpartition("/")[2]
        return table in self._at(info.local_server(datastack_name)).table_mapping()

    def _at(self, server_address: str) -> L2CacheMixin:
        """Return a client of the cache on another server; the token goes there only if it may anyway."""
        address = normalise_address(server_address, name="local_server")
        if address == self.server_address:
            return self
        other = copy.copy(self)
        other._address = address
        return other

    def get_l2data(
        self,
        l2_ids: IdsLike,
        attributes: Iterable[str] | None = None,
        *,
        update_cache: bool | None = None,
        progress: bool | None = None,
    ) -> dict[str, L2Data]:
        """Get size, position and shape of level 2 chunks, any number of them.

        Parameters
        ----------
        l2_ids : IdsLike
            Level 2 nodes; `client.chunkedgraph.get_leaves(root_id, stop_layer=2)` lists those of a cell.
        attributes : iterable of str, optional
            What to get: "area_nm2", "chunk_intersect_count", "max_dt_nm", "mean_dt_nm", "pca", "pca_val",
            "rep_coord_nm", "size_nm3". Left out: everything.
        update_cache : bool, optional
            Have the server compute what is missing; it takes a while. It does unless told not to.
        progress : bool, optional
            Whether to show a bar if the call goes out as several requests. Left out, it is shown in
            terminals and notebooks.

        Returns
        -------
        dict of str to dict
            By id, as text, in the order of `l2_ids`: the numbers by attribute. Empty for ids that the cache
            has no numbers for, or not yet; how many these are is logged.

        Examples
        --------
        >>> data = client.l2cache.get_l2data([160032475051983415, 144256131789750273])
        >>> data["144256131789750273"]["size_nm3"]
        19660800
        >>> data["160032475051983415"]
        {}
        """
        keys, rows = self._data(
            as_ids(l2_ids, name="l2_ids"), self._checked(attributes), update_cache, progress
        )
        return dict(zip(keys, rows, strict=True))

    def get_l2data_table(
        self,
        l2_ids: IdsLike,
        attributes: Iterable[str] | None = None,
        split_columns: bool = True,
        *,
        update_cache: bool | None = None,
        progress: bool | None = None,
    ) -> pd.DataFrame:
        """Get size, position and shape of level 2 chunks as a table.

        Parameters
        ----------
        l2_ids : IdsLike
            Level 2 nodes.
        attributes : iterable of str, optional
            What to get, as for `get_l2data`. Left out: everything.
        split_columns : bool
            One column per number: "rep_coord_nm_x", "pca_0_x", "pca_val_0", "chunk_intersect_count_x_bottom"
            and so on. False: vectors stay together, as arrays of shape (3,), (3, 3), (3,) and (2, 3).
        update_cache : bool, optional
            Have the server compute what is missing; it takes a while. It does unless told not to.
        progress : bool, optional
            Whether to show a bar if the call goes out as several requests. Left out, it is shown in
            terminals and notebooks.

        Returns
        -------
        DataFrame
            A row per id, in their order, indexed by `l2_id` (int64); all columns float64. NaN where the
            cache has no number.

        Examples
        --------
        >>> ids = [144256131789750273, 160032475051983415]
        >>> client.l2cache.get_l2data_table(ids, ["size_nm3", "rep_coord_nm"]).T
        l2_id           144256131789750273  160032475051983415
        size_nm3                19660800.0                 NaN
        rep_coord_nm_x              1280.0                 NaN
        rep_coord_nm_y              1592.0                 NaN
        rep_coord_nm_z              1880.0                 NaN
        """
        ids, names = as_ids(l2_ids, name="l2_ids"), self._checked(attributes)
        try:
            _, rows = self._data(ids, names, update_cache, progress)
        except CAVEError as error:
            if error.partial is not None:
                came = as_ids(error.answered)
                rows = [error.partial.get(key, {}) for key in map(str, came.tolist())]
                error.partial = frame_of(came, rows, names, split_columns)
            raise
        return frame_of(ids, rows, names, split_columns)

    def _data(
        self,
        ids: npt.NDArray[np.int64],
        attributes: list[str] | None,
        update_cache: bool | None,
        progress: bool | None,
    ) -> tuple[list[str], list[Any]]:
        """Return ids as text and the numbers of each, in their order."""
        keys = list(map(str, ids.tolist()))
        if not keys:
            return [], []
        found: dict[str, Any] = dict(
            self._get_l2data(ids, attributes, update_cache=update_cache, progress=progress)
        )
        nothing: dict[str, Any] = {}
        rows = [found.get(key, nothing) for key in keys]
        missing = list(compress(keys, map(not_, rows)))
        if missing:
            shown = ", ".join(missing[:_SHOWN]) + (", ..." if len(missing) > _SHOWN else "")
            logger.warning("l2cache: %d of %d ids have no numbers (yet): %s", len(missing), len(keys), shown)
        return keys, rows

    def _checked(self, attributes: Iterable[str] | None) -> list[str] | None:
        """Return names of attributes, if the cache has them: the server's own refusal says nothing."""
        if attributes is None:
            return None
        names: list[str] = NORMALISERS["str_array"](attributes, "attributes")
        if not names:
            raise InvalidArgumentError("Name at least one of the attributes, or leave them out to get all.")
        # The usual names are not looked up.
        unknown = [name for name in names if name not in SHAPES]
        known = self.cache_metadata().keys() if unknown else ()
        for name in unknown:
            if name not in known:
                near = difflib.get_close_matches(name, [*SHAPES, *known], n=1)
                hint = f"Did you mean {near[0]!r}? " if near else ""
                raise InvalidArgumentError(
                    f"Pass attributes that the cache has, not {name!r}. {hint}It has {', '.join(SHAPES)}."
                )
        return names
