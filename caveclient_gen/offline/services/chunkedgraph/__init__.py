"""What the chunkedgraph service answers."""

from __future__ import annotations

from caveclient_gen.offline.services.chunkedgraph import (
    edits,
    graphs,
    info,
    legacy,
    lineage,
    logs,
    nodes,
)
from caveclient_gen.offline.services.chunkedgraph.registry import served

__all__ = ["edits", "graphs", "info", "legacy", "lineage", "logs", "nodes", "served"]
