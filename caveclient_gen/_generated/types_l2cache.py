# Generated from spec/l2cache/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the l2cache service."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class L2Table(TypedDict):
    """Where the numbers of one segmentation table are kept."""

    l2cache_id: str
    """Name of the table in the cache."""
    cv_path: str
    """Address of the segmentation."""


class L2Data(TypedDict):
    """Numbers of one level 2 chunk; empty if the cache has none for it."""

    area_nm2: NotRequired[int]
    """Area of the surface."""
    chunk_intersect_count: NotRequired[list[list[int]]]
    """Voxels that touch each face of the chunk: lower faces, then upper ones, along x, y and z."""
    max_dt_nm: NotRequired[int]
    """Greatest distance from the surface."""
    mean_dt_nm: NotRequired[float]
    """Mean distance from the surface."""
    pca: NotRequired[list[list[float]]]
    """Directions of the principal components, one a row."""
    pca_val: NotRequired[list[float]]
    """Sizes of the principal components."""
    rep_coord_nm: NotRequired[list[float]]
    """A point inside."""
    size_nm3: NotRequired[int]
    """Volume."""
