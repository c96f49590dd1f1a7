"""What the materialize service answers."""

from __future__ import annotations

from caveclient_gen.offline.services.materialize import queries
from caveclient_gen.offline.services.materialize.registry import served

__all__ = ["queries", "served"]
