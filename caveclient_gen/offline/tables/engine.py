"""The query engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.versions import Versions

__all__ = ["Tables"]


class Tables:
    """Queries over the tables of one dataset."""

    def __init__(self, facts: Facts, annotations: Annotations, versions: Versions) -> None:
        self._facts = facts
        self._annotations = annotations
        self._versions = versions

    def close(self) -> None:
        """Let go of DuckDB."""
