"""What the segmentation is, and which versions the server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.json_forms import graph_json
from caveclient_gen.offline.segmentation.layout import LAYER_BITS
from caveclient_gen.offline.services.chunkedgraph.registry import served

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

VERSION = "2.21.1"
"""Of the server whose behaviour this is. Source: the recordings."""


@served.also("/api/version", needs="login")
def version(call: Call) -> Reply:
    """Answer the version of the server."""
    return graph_json(VERSION)


@served.also("/api/versions", needs="login")
def versions(call: Call) -> Reply:
    """Answer which versions of the API there are."""
    return graph_json([0, 1])


@served("segmentation_info", needs="view")
def info(call: Call) -> Reply:
    """Answer sizes, chunks and bits of ids: the info of a precomputed volume and of its graph."""
    layout = call.cave.segmentation.layout
    chunk, resolution = list(layout.chunk_size), [_plain(one) for one in layout.resolution]
    masks = {str(layer): bits for layer, bits in layout.masks.items()}
    return graph_json(
        {
            "app": {"supported_api_versions": [0, 1]},
            "chunks_start_at_voxel_offset": True,
            "data_dir": f"{call.address}/segmentation/table/{call.path['table_id']}",
            "data_type": "uint64",
            "graph": {
                "bounding_box": list(layout.volume),
                "chunk_size": chunk,
                "cv_mip": 0,
                "n_bits_for_layer_id": LAYER_BITS,
                "n_layers": layout.layers,
                "spatial_bit_masks": masks,
            },
            "num_channels": 1,
            "scales": [
                {
                    "chunk_sizes": [chunk],
                    "encoding": "raw",
                    "key": "_".join(map(str, resolution)),
                    "resolution": resolution,
                    "size": list(layout.volume),
                    "voxel_offset": [0, 0, 0],
                }
            ],
            "sharded_mesh": True,
            "type": "segmentation",
            "verify_mesh": False,
        }
    )


def _plain(size: float) -> Any:
    """Write a whole number of nm without a fraction, as the server does."""
    return int(size) if float(size).is_integer() else size
