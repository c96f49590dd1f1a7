"""Skeletons in HDF5 files, as they lie in the storage."""

from __future__ import annotations

import importlib
import io
import json
from typing import Any

from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen.mixins.skeleton.forms import Skeleton, decompressed, skeleton_of

_FLATTENED = "vertex_properties"
"""Group whose members stand beside the vertices in the other forms."""


def need_reader() -> None:
    """Load what reads HDF5, before anything is asked for.

    Raises
    ------
    ImportError
        h5py is not installed.
    """
    try:
        importlib.import_module("h5py")
    except ImportError as error:
        raise ImportError(
            "Install h5py to read skeletons from the storage (pip install h5py), or pass method='server'."
        ) from error


def read_file(data: bytes) -> Skeleton:
    """Read a skeleton from the bytes of its file."""
    h5py = importlib.import_module("h5py")
    try:
        with h5py.File(io.BytesIO(decompressed(data)), "r") as file:
            document = _members(file)
    except (OSError, KeyError, ValueError) as error:
        raise DecodeError(f"Ask for this skeleton again: its file cannot be read ({error}).") from None
    beside = document.pop(_FLATTENED, {})
    return skeleton_of({**document, **beside})


def _members(group: Any) -> dict[str, Any]:
    held = {name: _plain(value) for name, value in group.attrs.items()}
    for name, item in group.items():
        held[name] = _members(item) if hasattr(item, "items") else _plain(item[()])
    return held


def _plain(value: Any) -> Any:
    """Return numbers and arrays as they are, texts as text; JSON in a text is read."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
