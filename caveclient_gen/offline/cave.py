"""An open dataset: one engine per kind of thing that services are asked about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from caveclient_gen.offline.annotations.engine import Annotations
from caveclient_gen.offline.identity.engine import Identity
from caveclient_gen.offline.segmentation.engine import Segmentation
from caveclient_gen.offline.skeletons.engine import Skeletons
from caveclient_gen.offline.states import States
from caveclient_gen.offline.store import Store
from caveclient_gen.offline.strangers import refuse_strange_tables
from caveclient_gen.offline.versions import Versions

if TYPE_CHECKING:
    from types import TracebackType

    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.tables.engine import Tables

__all__ = ["Cave"]


class Cave:
    """The engines of one dataset, on one database.

    Parameters
    ----------
    dataset : Dataset
        The folder.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.facts: Facts = dataset.facts
        self.store = Store(dataset.path / "cave.sqlite")
        try:
            refuse_strange_tables(self.store)
        except BaseException:  # whatever it was, also an interrupt: nobody else would close the file
            self.store.close()
            raise
        self.identity = Identity(self.store, self.facts)
        self.segmentation = Segmentation(self.store)
        self.annotations = Annotations(self.store, self.facts, self.segmentation)
        self.versions = Versions(self.store, dataset.path / "versions", self.annotations, self.facts)
        self.states = States(self.store)
        self.skeletons = Skeletons(self.store, self.facts, self.segmentation, self.annotations)

    def __repr__(self) -> str:
        return f"Cave({self.dataset!r})"

    @cached_property
    def tables(self) -> Tables:
        """Queries. DuckDB is loaded at the first one."""
        from caveclient_gen.offline.tables.engine import Tables

        return Tables(self.facts, self.annotations, self.versions, self.store, self.dataset.path / "versions")

    def close(self) -> None:
        """Close files and connections."""
        if "tables" in self.__dict__:
            self.tables.close()
        self.store.close()

    def __enter__(self) -> Cave:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
