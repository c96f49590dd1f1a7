# Generated from spec/skeleton/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the skeleton service."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class CacheContents(TypedDict):
    """Skeletons that are kept."""

    num_found: int
    """Number of files."""
    files: list[str]
    """Their names."""


class SkeletonToken(TypedDict):
    """A short-lived token for reading kept skeletons where they lie."""

    token: str
    """The token."""
    token_type: NotRequired[str]
    """Always Bearer."""
    expiry: str
    """When it ends, in UTC. ISO text without zone."""
    bucket: str
    """The bucket that it opens."""
    path_template: str
    """Name of a skeleton in the bucket, with {rid} for the root id."""


class Skeleton(TypedDict):
    """A skeleton as the server writes it."""

    vertices: list[list[float]]
    """Points, in nm."""
    edges: list[list[int]]
    """Pairs of vertices."""
    root: NotRequired[int]
    """The vertex at which the skeleton begins."""
    radius: NotRequired[list[float]]
    """Radius at each vertex, in nm."""
    compartment: NotRequired[list[float]]
    """Compartment of each vertex: 1 soma, 2 axon, 3 dendrite, 4 apical dendrite."""
    mesh_to_skel_map: NotRequired[list[int]]
    """Vertex of each level 2 node."""
    lvl2_ids: NotRequired[list[int]]
    """Level 2 nodes of the cell, from skeleton version 4 on."""
    meta: NotRequired[dict[str, Any]]
    """How the skeleton was made."""
