"""The block of tissue: its size, its chunks, its layout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.segmentation.layout import Layout

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["RESOLUTION", "Volume", "volume_for"]

RESOLUTION = (8.0, 8.0, 40.0)
"""Voxels of the segmentation, in nm."""
CHUNK = (1024, 1024, 256)
"""Voxels of a chunk: about 8 x 8 x 10 micrometres, so that neurons have some dozens of level-2 nodes."""
DEPTH_CHUNKS = 32
USUAL = 300
USUAL_WIDTH, USUAL_THICKNESS = 20, 6
"""Chunks for `USUAL` neurons: about 110,000 of them in a cubic millimetre, as in cortex."""


@dataclass(frozen=True)
class Volume:
    """A block of cortex; x and z lie in the layers, y is the depth below the pia.

    Parameters
    ----------
    chunks : (int, int, int)
        How many there are along x, y, z.
    """

    chunks: tuple[int, int, int]

    @property
    def layout(self) -> Layout:
        """What the segmentation has to know."""
        x, y, z = (count * size for count, size in zip(self.chunks, CHUNK, strict=True))
        return Layout.fitting(RESOLUTION, CHUNK, (x, y, z))

    @property
    def size(self) -> npt.NDArray[np.float64]:
        """Its sides in micrometres."""
        size: npt.NDArray[np.float64] = np.array(self.chunks) * np.array(CHUNK) * np.array(RESOLUTION) / 1000
        return size


def volume_for(neurons: int) -> Volume:
    """Return a block in which so many neurons lie as dense as usual; its depth is always the whole cortex."""
    scale = math.sqrt(neurons / USUAL)
    width, thickness = (max(3, math.ceil(count * scale)) for count in (USUAL_WIDTH, USUAL_THICKNESS))
    return Volume((width, DEPTH_CHUNKS, thickness))
