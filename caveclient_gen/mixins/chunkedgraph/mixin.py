"""All mixins of the chunkedgraph client in one."""

from __future__ import annotations

from caveclient_gen.mixins.chunkedgraph.edits import EditsMixin
from caveclient_gen.mixins.chunkedgraph.graphs import GraphsMixin
from caveclient_gen.mixins.chunkedgraph.lineage import LineageMixin
from caveclient_gen.mixins.chunkedgraph.logs import LogsMixin


class ChunkedGraphMixin(LineageMixin, EditsMixin, LogsMixin, GraphsMixin):
    """Roots and lineage, edits, logs and graphs; `LineageMixin` brings the roots and the table."""
