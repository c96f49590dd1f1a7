"""What the materialize service answers."""

from caveclient_gen.offline.services.materialize import (
    jobs,
    layers,
    metadata,
    neuroglancer,
    queries,
    uploads,
    versions,
)
from caveclient_gen.offline.services.materialize.registry import served

__all__ = ["jobs", "layers", "metadata", "neuroglancer", "queries", "served", "uploads", "versions"]
