"""What the materialize service answers: each module adds its operations to the registry."""

import caveclient_gen.offline.services.materialize.jobs
import caveclient_gen.offline.services.materialize.layers
import caveclient_gen.offline.services.materialize.metadata
import caveclient_gen.offline.services.materialize.neuroglancer
import caveclient_gen.offline.services.materialize.queries
import caveclient_gen.offline.services.materialize.uploads
import caveclient_gen.offline.services.materialize.versions  # noqa: F401
from caveclient_gen.offline.services.materialize.registry import served

__all__ = ["served"]
