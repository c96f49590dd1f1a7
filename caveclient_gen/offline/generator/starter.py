"""The dataset that is served when nobody names one: made once per user, kept in a cache folder."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.facts import FORMAT
from caveclient_gen.offline.generator.building import new_dataset

__all__ = ["EDITION", "FOLDER_VARIABLE", "cache_folder", "starter_dataset"]

EDITION = 2
"""Counts up whenever the generator makes something else of the same seed."""
SEED = 1
FOLDER_VARIABLE = "CAVE_OFFLINE_CACHE"


def cache_folder() -> Path:
    """Return where made datasets are kept: `CAVE_OFFLINE_CACHE`, or where this system keeps caches."""
    told = os.environ.get(FOLDER_VARIABLE)
    if told:
        return Path(told).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "caveclient-gen" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "caveclient-gen"
    told = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path is to be ignored, says the rule of these folders.
    return (Path(told) if Path(told).is_absolute() else Path.home() / ".cache") / "caveclient-gen"


def starter_dataset(*, progress: bool | None = True) -> Dataset:
    """Return the usual generated dataset; it is made at the first time.

    Change nothing in it: copy it (`starter_dataset().copy(path)`), or let `serve()` serve a copy.

    Parameters
    ----------
    progress : bool or None
        Whether to show a bar while it is made; by default if somebody watches.

    Raises
    ------
    CAVEError
        The cache folder cannot be written.
    """
    path = cache_folder() / f"starter-{FORMAT}.{EDITION}-seed{SEED}"
    try:
        if path.exists():
            try:
                return Dataset(path)
            except CAVEError:
                shutil.rmtree(path)  # ours, and no dataset: what is left of one that somebody cleared
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # nobody else is to put a dataset there
        try:
            return new_dataset(path, seed=SEED, progress=progress)
        except CAVEError:
            if not path.exists():
                raise
            return Dataset(path)  # another process was faster; its dataset is the same
    except OSError as error:
        raise CAVEError(
            f"Let {FOLDER_VARIABLE} name a folder that can be written: {path.parent} cannot ({error})."
        ) from error
