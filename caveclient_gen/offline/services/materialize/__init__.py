"""What the materialize service answers."""

from caveclient_gen.offline.services.materialize import jobs, metadata, neuroglancer, versions
from caveclient_gen.offline.services.materialize.registry import served

__all__ = ["jobs", "metadata", "neuroglancer", "served", "versions"]
