"""Cloud paths in the forms that CloudVolume, neuroglancer and Spelunker want."""

from __future__ import annotations

from caveclient_gen.mixins.info.paths import (
    format_cave_explorer,
    format_cloudvolume,
    format_graphene,
    format_neuroglancer,
    format_precomputed_https,
    format_precomputed_neuroglancer,
    format_raw,
    format_verbose_graphene,
    output_map,
)

__all__ = [
    "format_cave_explorer",
    "format_cloudvolume",
    "format_graphene",
    "format_neuroglancer",
    "format_precomputed_https",
    "format_precomputed_neuroglancer",
    "format_raw",
    "format_verbose_graphene",
    "output_map",
]
