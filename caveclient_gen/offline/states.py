"""Viewer states and segment properties: JSON documents under a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caveclient_gen.offline.store import Store

__all__ = ["SCHEMA", "States"]

SCHEMA = ""


class States:
    """The documents of the state service."""

    def __init__(self, store: Store) -> None:
        self._store = store
