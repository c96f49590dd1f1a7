"""Everything that is written by hand for the materialization client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.mixins.materialize.extraction.to_parquet import ExtractionMixin
from caveclient_gen.mixins.materialize.joins import JoinsMixin
from caveclient_gen.mixins.materialize.links import LinksMixin
from caveclient_gen.mixins.materialize.live_live import LiveLiveQueriesMixin
from caveclient_gen.mixins.materialize.synapses import SynapsesMixin
from caveclient_gen.mixins.materialize.versions import read_version
from caveclient_gen.mixins.materialize.views import ViewsMixin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class MaterializationMixin(
    SynapsesMixin, JoinsMixin, ViewsMixin, LiveLiveQueriesMixin, ExtractionMixin, LinksMixin
):
    """Versions, tables, queries, extractions and addresses."""

    def _set_datastack(
        self,
        datastack_name: str | None,
        cg_client: Any,
        synapse_table: str | None,
        version: int | None,
        desired_resolution: Iterable[float] | None,
    ) -> None:
        """Keep what calls are about. Nothing is sent: the first call tells whether the version exists."""
        self._datastack_name = datastack_name
        self._cg_client = cg_client
        self._synapse_table = synapse_table
        self._version = None if version is None else read_version(version)
        self._desired_resolution = None
        self.desired_resolution = None if desired_resolution is None else list(desired_resolution)
