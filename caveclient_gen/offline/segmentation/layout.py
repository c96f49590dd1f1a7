"""How node ids are made: layer, chunk and a number, packed into 64 bits as chunkedgraph packs them.

Bits from the top: 8 for the layer, then x, y, z of the chunk (as many bits as the layer's mask says), then
the number within the chunk. Supervoxels are layer 1, chunk pieces layer 2, roots the top layer. A chunk of
layer n is 2 x 2 x 2 chunks of layer n - 1, from layer 3 on; layers 1 and 2 have the same chunks.

Source of the layout: `graph.spatial_bit_masks` and `n_bits_for_layer_id` in the info of real servers, and
the ids of the recordings (72057662757404673 is layer 1, chunk (0, 1, 0), number 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from caveclient_gen.offline.http.refusals import Refusal

__all__ = ["LAYER_BITS", "Layout"]

Ints = npt.NDArray[np.int64]

LAYER_BITS = 8
"""Bits of the layer in an id."""
CHUNK_BITS = 10
"""Bits of one coordinate of a chunk in layers 1 and 2, unless the volume has more chunks than that."""
MOST_LAYERS = 15
"""With more, fewer than 17 bits would be left for the number of a node within its chunk."""


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
        The layer of roots. `Layout.fitting` finds the least that has the volume in one chunk.

    Raises
    ------
    Refusal
        400: a size is not positive, or the layers do not fit the volume.
    """

    resolution: tuple[float, float, float]
    chunk_size: tuple[int, int, int]
    volume: tuple[int, int, int]
    layers: int

    def __post_init__(self) -> None:
        for name, sizes in (
            ("resolution", self.resolution),
            ("chunk_size", self.chunk_size),
            ("volume", self.volume),
        ):
            given = tuple(sizes)  # whatever a caller gives
            if len(given) != 3 or not all(np.isfinite(size) and size > 0 for size in given):
                raise Refusal(400, f"{name} must be three positive numbers, and is {sizes}.")
        least = least_layers(self.chunk_size, self.volume)
        if not least <= self.layers <= MOST_LAYERS:
            raise Refusal(
                400,
                f"Choose {least} to {MOST_LAYERS} layers, or other chunks: {self.layers} layers do not fit "
                f"a volume of {self.volume} voxels in chunks of {self.chunk_size}.",
            )

    @classmethod
    def fitting(
        cls,
        resolution: tuple[float, float, float],
        chunk_size: tuple[int, int, int],
        volume: tuple[int, int, int],
    ) -> Layout:
        """Return the layout with the fewest layers whose top chunk holds the whole volume."""
        return cls(resolution, chunk_size, volume, least_layers(chunk_size, volume))

    # ---- bits

    def bits(self, layer: int) -> int:
        """Return how many bits a coordinate of a chunk of this layer has."""
        if layer <= 2:
            return max(CHUNK_BITS, self.layers - 2)
        return max(1, self.layers - layer)

    @property
    def masks(self) -> dict[int, int]:
        """Layer to bits of a chunk's coordinate: `spatial_bit_masks` of servers."""
        return {layer: self.bits(layer) for layer in range(1, self.layers + 1)}

    @cached_property
    def _bits(self) -> Ints:
        """Bits by layer, for whole arrays; layers that do not exist have those of the top."""
        bits = np.full(2**LAYER_BITS, self.bits(self.layers), np.int64)
        bits[: self.layers + 1] = [self.bits(layer) for layer in range(self.layers + 1)]
        return bits

    def number_bits(self, layer: int) -> int:
        """Return how many bits are left for the number of a node within its chunk."""
        return 64 - LAYER_BITS - 3 * self.bits(layer)

    # ---- ids

    def layer_of(self, ids: Ints) -> Ints:
        """Return the layer of each id; it need not exist."""
        layers: Ints = np.asarray(ids, np.int64) >> (64 - LAYER_BITS) & (2**LAYER_BITS - 1)
        return layers

    def chunk_of(self, ids: Ints) -> Ints:
        """Return the chunk of each id, (n, 3), in chunks of its own layer."""
        ids = np.asarray(ids, np.int64)
        bits = self._bits[self.layer_of(ids)]
        shifts = 64 - LAYER_BITS - bits[:, None] * np.array([1, 2, 3])
        chunks: Ints = ids[:, None] >> shifts & ((1 << bits) - 1)[:, None]
        return chunks

    def number_of(self, ids: Ints) -> Ints:
        """Return the number of each id within its chunk."""
        ids = np.asarray(ids, np.int64)
        left = 64 - LAYER_BITS - 3 * self._bits[self.layer_of(ids)]
        numbers: Ints = ids & ((np.int64(1) << left) - 1)
        return numbers

    def pack(self, layer: int, chunks: Ints, numbers: Ints | int = 0) -> Ints:
        """Return the ids of nodes of one layer.

        Parameters
        ----------
        layer : int
            1 for supervoxels.
        chunks : array of shape (n, 3)
            In chunks of that layer.
        numbers : array or int
            Within the chunk, from 1 on; 0 gives the id of the chunk itself.
        """
        bits, left = self.bits(layer), self.number_bits(layer)
        chunks, numbers = np.asarray(chunks, np.int64), np.asarray(numbers, np.int64)
        if (chunks < 0).any() or (chunks >> bits).any():
            raise Refusal(400, f"A chunk of layer {layer} has coordinates from 0 to {2**bits - 1}.")
        if (numbers < 0).any() or (numbers >> left).any():
            raise Refusal(400, f"A chunk of layer {layer} has room for {2**left - 1:,} nodes, and is full.")
        x, y, z = (chunks << left + bits * np.array([2, 1, 0])).T
        packed: Ints = (np.int64(layer) << 64 - LAYER_BITS) | x | y | z | numbers
        return packed

    # ---- chunks

    @property
    def chunks(self) -> tuple[int, int, int]:
        """How many chunks of layers 1 and 2 the volume has along each axis."""
        x, y, z = (-(-size // chunk) for size, chunk in zip(self.volume, self.chunk_size, strict=True))
        return x, y, z

    def chunk_at(self, voxels: Ints, layer: int = 1) -> Ints:
        """Return the chunk of a layer that each voxel (n, 3) is in."""
        return self.chunk_above(np.asarray(voxels, np.int64) // np.array(self.chunk_size), 1, layer)

    def chunk_above(self, chunks: Ints, layer: int, above: int) -> Ints:
        """Return the chunk of layer `above` that each chunk (n, 3) of `layer` is in."""
        steps: Ints = np.asarray(chunks, np.int64) >> (max(above, 2) - max(layer, 2))
        return steps

    def parent_chunk(self, ids: Ints, layer: int) -> Ints:
        """Return the id (number 0) of the chunk of a layer that each supervoxel or level-2 node is in."""
        return self.pack(layer, self.chunk_above(self.chunk_of(ids), 2, layer))

    def touches(self, ids: Ints, bounds: Ints) -> npt.NDArray[np.bool_]:
        """Whether the chunk of each node has a voxel within bounds.

        Parameters
        ----------
        ids : array
            Nodes of any layer.
        bounds : array of shape (3, 2)
            First voxel, and the one after the last, along each axis.
        """
        size = np.array(self.chunk_size) << np.maximum(self.layer_of(ids) - 2, 0)[:, None]
        first = self.chunk_of(ids) * size
        begin, end = np.asarray(bounds, np.int64).T
        inside = (first < end) & (first + size > begin) & (begin < end)
        return np.asarray(inside.all(axis=1), np.bool_)


def least_layers(chunk_size: tuple[int, int, int], volume: tuple[int, int, int]) -> int:
    """Return the least layer of which one chunk holds the whole volume; roots are layer 3 at least."""
    chunks = max(-(-size // chunk) for size, chunk in zip(volume, chunk_size, strict=True))
    return max(3, 2 + (int(chunks) - 1).bit_length())
