"""What is known of a datastack before skeletons are asked for: its cells' ids, its L2 cache, the versions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import (
    CAVEError,
    InvalidArgumentError,
    InvalidIdError,
    NotFoundError,
    UnsupportedFeatureError,
)
from caveclient_gen.mixins.skeleton.forms import WIRE_FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen._generated.skeleton_v1 import SkeletonOperationsV1 as _Operations
    from caveclient_gen.mixins.skeleton.forms import WireFormat
else:
    _Operations = object

logger = logging.getLogger(__name__)

DEFAULT_VERSION = 4
KNOWN_VERSIONS = frozenset({-1, 0, 1, 2, 3, 4})
"""Skeleton versions that need no asking; -1 is the newest, 0 the server's default."""

_ID_BITS = 64


class NoL2CacheException(UnsupportedFeatureError):  # the documented name
    """The datastack has no L2 cache, of which skeletons are made."""

    def __init__(self, value: str = "") -> None:
        super().__init__(value)
        self.value = value


class ChecksMixin(_Operations):
    """What is checked before a request; nothing that is asked for it can fail a call that would work."""

    _datastack_name: str | None
    _l2cache_known: dict[str | None, bool]

    @property
    def datastack_name(self) -> str | None:
        """Name of the client's datastack."""
        return self._datastack_name

    def get_versions(self) -> list[int] | None:
        """List the skeleton versions that the server makes.

        Returns
        -------
        list of int or None
            Versions: -1 stands for the newest, 0 for the default. None if the server is too old to tell.

        Examples
        --------
        >>> client.skeleton.get_versions()
        [-1, 0, 1, 2, 3, 4]
        """
        try:
            return self._get_versions()
        except NotFoundError:
            return None

    def _checked_version(self, skeleton_version: int | None) -> int:
        """Return a version that the server makes; a number that is unknown here is looked up."""
        if skeleton_version is None:
            return DEFAULT_VERSION
        if skeleton_version not in KNOWN_VERSIONS:
            versions = self.get_versions()
            if versions is not None and skeleton_version not in versions:
                numbers = ", ".join(map(str, sorted(versions)))
                raise InvalidArgumentError(
                    f"Pass skeleton_version as one of {numbers}: the server makes no {skeleton_version!r}."
                )
        return skeleton_version

    def _checked_format(self, output_format: str) -> WireFormat:
        """Return what the server calls a form."""
        try:
            return WIRE_FORMATS[output_format]
        except (KeyError, TypeError):
            raise InvalidArgumentError(
                f"Pass output_format as 'dict' or 'swc', not {output_format!r:.40}."
            ) from None

    def _need_l2cache(self, datastack_name: str | None) -> None:
        """Refuse what cannot work: a server would search for minutes, or queue it for ever."""
        name = self.datastack_name if datastack_name is None else datastack_name
        if self.fc is None:
            return
        if name not in self._l2cache_known:
            try:
                self._l2cache_known[name] = bool(self.fc.l2cache.has_cache(name))
            except CAVEError as error:
                # The L2 cache's service is down. That is no reason not to fetch skeletons that are kept.
                logger.info("whether %s has an L2 cache is unknown: %s", name, error)
                return
        if not self._l2cache_known[name]:
            raise NoL2CacheException(f"Use another datastack: {name!r} has no L2 cache, so no skeletons.")

    def _no_roots(self, ids: Sequence[int], datastack_name: str | None) -> dict[int, str]:
        """Tell which ids cannot be root ids, and why; the first bits of an id are its node's layer."""
        graph = self._graph(datastack_name)
        bits, top = graph.get("n_bits_for_layer_id"), graph.get("n_layers")
        if not isinstance(bits, int) or not isinstance(top, int):
            return {}
        import numpy as np

        numbers = np.asarray(ids, dtype=np.int64)
        layers = numbers >> (_ID_BITS - bits)
        wrong = layers != top
        return {
            one: f"no root id: it is of layer {layer}, and roots are of layer {top}"
            for one, layer in zip(numbers[wrong].tolist(), layers[wrong].tolist(), strict=True)
        }

    def _refuse_no_roots(self, ids: Sequence[int], datastack_name: str | None) -> None:
        wrong = self._no_roots(ids, datastack_name)
        if wrong:
            one, why = next(iter(wrong.items()))
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            raise InvalidIdError(f"Pass root ids: {one}{more} is {why}. Nothing was sent.")

    def _graph(self, datastack_name: str | None) -> dict[str, Any]:
        """Return how the segmentation numbers its nodes; empty where that is not known."""
        if self.fc is None or datastack_name not in (None, self.datastack_name):
            return {}
        try:
            graph = self.fc.chunkedgraph.segmentation_info.get("graph", {})
        except CAVEError as error:
            # The server checks ids too, only later.
            logger.info("root ids are not checked beforehand: %s", error)
            return {}
        return graph if isinstance(graph, dict) else {}
