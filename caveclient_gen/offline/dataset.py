"""A dataset on disk: a folder with a database, frozen tables and a page of facts.

    fly.cave/
        dataset.json                   names and resolutions (`facts.py`)
        cave.sqlite                    segmentation, annotations, people, states: all that requests change
        versions/3/synapses.parquet    one file per table of a materialized version

A frozen table never changes once it is written, so copies of a dataset may share it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.extra import require_extra
from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.store import Store
from caveclient_gen.offline.strangers import refuse_links

if TYPE_CHECKING:
    from caveclient_gen.offline.cave import Cave

__all__ = ["Dataset"]


class Dataset:
    """A dataset folder.

    Parameters
    ----------
    path : str or Path
        The folder. It must exist: `Dataset.create`, `new_dataset` and `import_table` make folders.

    Attributes
    ----------
    path : Path
        The folder.
    facts : Facts
        Names and resolutions.

    Raises
    ------
    CAVEError
        There is no dataset in that folder.

    Examples
    --------
    >>> from caveclient_gen.offline import new_dataset
    >>> original = new_dataset("original.cave", small=True, progress=False)
    >>> mine = original.copy("mine.cave")
    >>> with mine.open() as cave:
    ...     cave.versions.materialize().number
    4
    >>> with original.open() as cave:
    ...     [version.number for version in cave.versions.all()]
    [1, 2, 3]
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not (self.path / "dataset.json").is_file():
            raise CAVEError(
                f"Make one with `caveclient-gen dataset new {self.path}`: there is no offline dataset there."
            )
        refuse_links(self.path)
        self.facts = Facts.load(self.path / "dataset.json")

    def __repr__(self) -> str:
        return f"Dataset({str(self.path)!r}, datastack={self.facts.datastack!r})"

    def _repr_html_(self) -> str:
        from caveclient_gen.offline.notebooks import as_table

        facts = self.facts
        rows = {
            "datastack": facts.datastack,
            "about": facts.description,
            "made": ", ".join(f"{name} {value}" for name, value in facts.made.items()) or "by hand",
            "segmentation": facts.segmentation_table or "none",
            "synapse table": facts.synapse_table,
            "folder": self.path,
        }
        return as_table("Dataset of offline CAVE", rows) + self.details_html()

    def details_html(self) -> str:
        """Return versions, tables and people for notebooks; nothing if it cannot be opened any more."""
        from caveclient_gen.offline.describe import as_html, describe
        from caveclient_gen.offline.http.refusals import Refusal

        try:
            return as_html(describe(self))
        except (CAVEError, Refusal, OSError, sqlite3.Error):
            return ""

    @classmethod
    def create(cls, path: str | os.PathLike[str], facts: Facts) -> Dataset:
        """Make an empty dataset: no segmentation, no tables, the standard people.

        Parameters
        ----------
        path : str or Path
            The folder; it must not exist, or be empty.
        facts : Facts
            Names and resolutions.

        Raises
        ------
        CAVEError
            The folder exists already and is not empty.
        """
        from caveclient_gen.offline.database import SCHEMAS
        from caveclient_gen.offline.identity.standard import prepare_people

        folder = Path(path)
        if folder.exists() and any(folder.iterdir()):
            raise CAVEError(f"Choose another folder, or empty it: {folder} exists and is not empty.")
        folder.mkdir(parents=True, exist_ok=True)
        store = Store.create(folder / "cave.sqlite", SCHEMAS)
        prepare_people(store, facts)
        store.close()
        (folder / "versions").mkdir()
        facts.write(folder / "dataset.json")  # last: a folder without it is no dataset
        return cls(folder)

    def open(self) -> Cave:
        """Open it: the engines that the services ask. Close it when it is no longer needed.

        Raises
        ------
        CAVEError
            Its database cannot be opened, or not be written; or the packages of the extra are missing.
        """
        require_extra()
        from caveclient_gen.offline.cave import Cave

        try:
            return Cave(self)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> CAVEError:
        return CAVEError(
            f"Use a copy of it in a folder that can be written: {self.path / 'cave.sqlite'} cannot be used "
            f"({error}). SQLite makes files beside it, even to read it."
        )

    def copy(self, path: str | os.PathLike[str]) -> Dataset:
        """Copy it: what is changed in the copy does not change this one.

        Frozen tables are shared by hard links where the disk allows it, since nothing changes them.

        Parameters
        ----------
        path : str or Path
            The folder of the copy; it must not exist, or be empty.

        Raises
        ------
        CAVEError
            The folder exists and is not empty.
        """
        target = Path(path)
        if target.exists() and any(target.iterdir()):
            raise CAVEError(f"Choose another folder, or empty it: {target} exists and is not empty.")
        target.mkdir(parents=True, exist_ok=True)
        with (
            closing(sqlite3.connect(self.path / "cave.sqlite")) as source,
            closing(sqlite3.connect(target / "cave.sqlite")) as copy,
        ):
            try:
                source.backup(copy)
            except sqlite3.OperationalError as error:
                raise self._unusable(error) from error
        # After the database: a version that is made meanwhile is files without a record, not the reverse.
        shutil.copytree(
            self.path / "versions", target / "versions", ignore=_no_files, copy_function=_link_or_copy
        )
        shutil.copy2(self.path / "dataset.json", target / "dataset.json")
        return Dataset(target)


def _no_files(folder: str, names: list[str]) -> list[str]:
    """Return what is neither a file nor a folder: no link is followed, no pipe is waited for."""
    paths = {name: Path(folder, name) for name in names}
    return [
        name for name, path in paths.items() if path.is_symlink() or not (path.is_file() or path.is_dir())
    ]


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
