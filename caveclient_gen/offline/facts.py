"""What stands in a dataset's `dataset.json`: facts that no request changes."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caveclient_gen.errors import CAVEError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FORMAT", "Facts"]

FORMAT = 1
"""The layout of dataset folders that this package writes and reads."""

LARGEST = 1_000_000
"""Bytes of `dataset.json`."""
NAMES = ("datastack", "aligned_volume", "permission_set")
TABLES = (
    "segmentation_table",
    "synapse_table",
    "soma_table",
    "cell_identification_table",
    "proofreading_status_table",
    "proofreading_review_table",
)
NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
"""Names stand in addresses, headers and names of files."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and resolutions of a dataset.

    Parameters
    ----------
    datastack, aligned_volume, segmentation_table : str
        Names under which the services know it. `segmentation_table` is None if it has no segmentation.
    description : str
        One sentence for people.
    viewer_resolution : tuple of float
        Size of one voxel in viewers, in nm.
    synapse_table, soma_table, cell_identification_table : str or None
        What the datastack's record names.
    proofreading_status_table, proofreading_review_table : str or None
        The same.
    display_name, volume_display_name : str or None
        Names of datastack and volume for people; the plain names if None.
    volume_description : str
        What the volume is, in one sentence.
    image_source : str or None
        Cloud path of the imagery. None gives a path below the server, where nothing lies.
    image_mirrors : list of dict
        Other places of the imagery: `name`, `image_source`, and `viewer_layer_name` and `description` if
        wanted.
    skeleton_source : str or None
        Cloud path of skeletons, for viewers.
    viewer_site : str or None
        Address of a viewer. None gives an address of the server, where none is.
    permission_set : str
        Under which name auth knows who may see and edit it.
    row_cap : int
        Most rows in one answer to a query.
    made : dict
        How the dataset came about (generator and seed, or import and source), for people.
    """

    datastack: str
    aligned_volume: str
    segmentation_table: str | None
    description: str
    viewer_resolution: tuple[float, float, float] = (4.0, 4.0, 40.0)
    synapse_table: str | None = None
    soma_table: str | None = None
    cell_identification_table: str | None = None
    proofreading_status_table: str | None = None
    proofreading_review_table: str | None = None
    display_name: str | None = None
    volume_display_name: str | None = None
    volume_description: str = "An aligned volume of offline CAVE. There is no imagery of it."
    image_source: str | None = None
    image_mirrors: list[dict[str, str]] = field(default_factory=list)
    skeleton_source: str | None = None
    viewer_site: str | None = None
    permission_set: str = "offline"
    row_cap: int = 500_000
    made: dict[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write `dataset.json`."""
        path.write_text(json.dumps({"format": FORMAT, **dataclasses.asdict(self)}, indent=2) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Facts:
        """Read `dataset.json`.

        Raises
        ------
        CAVEError
            It cannot be read, or was written in another format.
        """
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError(f"it has more than {LARGEST:,} bytes")
            data = json.loads(path.read_text("utf-8"))
            if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
                raise ValueError(f"its format is not {FORMAT}")
            facts = cls(**{**data, "viewer_resolution": tuple(data["viewer_resolution"])})
            _check(facts)
            return facts
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise CAVEError(
                f"Make the dataset anew with `caveclient-gen dataset new`: {path} cannot be read ({error})."
            ) from error


def _check(facts: Facts) -> None:
    """Raise `ValueError` if a fact is not what it should be: the file may be a stranger's."""
    for field_ in dataclasses.fields(facts):
        value, told = getattr(facts, field_.name), str(field_.type)
        if told.startswith("str") and not (isinstance(value, str) or (value is None and "None" in told)):
            raise ValueError(f"{field_.name} is no text")
    for name in (*NAMES, *TABLES):
        value = getattr(facts, name)
        if value is not None and (not NAME.fullmatch(value) or value in (".", "..")):
            raise ValueError(f"{name} is no name")
    cap: Any = facts.row_cap
    if type(cap) is not int or not 0 < cap < 2**31:
        raise ValueError("row_cap is no number of rows")
    sizes: Any = facts.viewer_resolution
    if len(sizes) != 3 or not all(type(one) in (int, float) and 0 < one < math.inf for one in sizes):
        raise ValueError("viewer_resolution is no three sizes in nm")
    mirrors: Any = facts.image_mirrors
    if not isinstance(mirrors, list) or not all(
        isinstance(one, dict) and all(isinstance(text, str) for text in one.values()) for one in mirrors
    ):
        raise ValueError("image_mirrors is no list of places")
    made: Any = facts.made
    if not isinstance(made, dict):
        raise ValueError("made is no object")
