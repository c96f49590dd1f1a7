"""How node ids are made: layer, chunk and a number, packed into 64 bits as chunkedgraph packs them.

Bits from the top: 8 for the layer, then x, y, z of the chunk (as many bits as the layer's mask says), then
the number within the chunk. Supervoxels are layer 1, chunk pieces layer 2, roots the top layer. A chunk of
layer n is 2 x 2 x 2 chunks of layer n - 1, from layer 3 on; layers 1 and 2 have the same chunks.

Source of the layout: `graph.spatial_bit_masks` and `n_bits_for_layer_id` in the info of real servers, and
the ids of the recordings (72057662757404673 is layer 1, chunk (0, 1, 0), number 1).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """Sizes of a segmentation.

    Parameters
    ----------
    resolution : tuple of float
        Size of a voxel of the segmentation, in nm.
    chunk_size : tuple of int
        Voxels of a chunk of layers 1 and 2.
    volume : tuple of int
        Voxels of the whole; it starts at 0, 0, 0.
    layers : int
        The layer of roots.
    """

    resolution: tuple[float, float, float]
    chunk_size: tuple[int, int, int]
    volume: tuple[int, int, int]
    layers: int
