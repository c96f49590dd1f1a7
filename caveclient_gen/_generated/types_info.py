# Generated from spec/info/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the info service."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class AlignedVolume(TypedDict):
    """A volume of aligned imagery, on which datastacks are built."""

    id: int
    """Number of the volume."""
    name: str
    """Name of the volume, as other services use it."""
    display_name: str
    """Name for people."""
    description: str
    """What the volume is."""
    image_source: str
    """Cloud path of the imagery, as neuroglancer writes it."""


class DatastackInfo(TypedDict):
    """Everything that a client must know of a datastack."""

    aligned_volume: AlignedVolume
    """The imagery underneath."""
    segmentation_source: str
    """Cloud path of the segmentation; for a proofread one, graphene://."""
    skeleton_source: str | None
    """Cloud path of skeletons."""
    analysis_database: str | None
    """Database of earlier servers."""
    viewer_site: str | None
    """Address of the neuroglancer deployment."""
    synapse_table: str | None
    """Name of the synapse table. Some public datastacks leave it out."""
    soma_table: str | None
    """Name of the nucleus or soma table."""
    local_server: str
    """Address of the datastack's own services: chunkedgraph, materialize, annotation and others."""
    description: str | None
    """What the datastack is."""
    viewer_resolution_x: float
    """Size of a voxel in the viewer along x, in nm."""
    viewer_resolution_y: float
    """Size of a voxel in the viewer along y, in nm."""
    viewer_resolution_z: float
    """Size of a voxel in the viewer along z, in nm."""
    proofreading_status_table: NotRequired[str | None]
    """Name of the table with the state of proofreading."""
    cell_identification_table: NotRequired[str | None]
    """Name of the cell type table."""
    proofreading_review_table: NotRequired[str | None]
    """Name of the table of reviews."""


class DatastackRecord(TypedDict):
    """A datastack as the info service stores it, with what the viewer shows."""

    id: int
    """Number of the datastack."""
    name: str
    """Name of the datastack."""
    display_name: str | None
    """Name for people."""
    viewer_layer_name: str | None
    """Name of the segmentation layer in the viewer."""
    base_link_id: int | None
    """Id of the neuroglancer state that a new view starts from."""
    aligned_volume: str
    """Path of the aligned volume's record."""
    segmentation_source: str
    """Cloud path of the segmentation."""
    skeleton_source: str | None
    """Cloud path of skeletons."""
    analysis_database: str | None
    """Database of earlier servers."""
    viewer_site: str | None
    """Address of the neuroglancer deployment."""
    synapse_table: str | None
    """Name of the synapse table."""
    soma_table: str | None
    """Name of the nucleus or soma table."""
    local_server: str
    """Address of the datastack's own services."""
    description: str | None
    """What the datastack is."""
    viewer_resolution_x: float
    """Size of a voxel in the viewer along x, in nm."""
    viewer_resolution_y: float
    """Size of a voxel in the viewer along y, in nm."""
    viewer_resolution_z: float
    """Size of a voxel in the viewer along z, in nm."""
    proofreading_status_table: NotRequired[str | None]
    """Name of the table with the state of proofreading."""
    cell_identification_table: NotRequired[str | None]
    """Name of the cell type table."""
    proofreading_review_table: NotRequired[str | None]
    """Name of the table of reviews."""


class ImageMirror(TypedDict):
    """Another place that holds the imagery of an aligned volume."""

    id: int
    """Number of the mirror."""
    name: str
    """Name of the mirror."""
    viewer_layer_name: str | None
    """Name of the layer in the viewer."""
    image_source: str
    """Cloud path of the imagery."""
    description: str | None
    """What is special about this mirror."""


class ImageLayer(TypedDict):
    """An image layer of the viewer."""

    name: str
    """Name of the image source."""
    ngl_image_name: str | None
    """Name of the layer in the viewer."""
    image_source: str
    """Cloud path of the imagery."""
    description: str | None
    """What the layer shows."""


class SegmentationLayer(TypedDict):
    """A segmentation layer of the viewer, one per datastack."""

    name: str
    """Name of the datastack."""
    description: str | None
    """What the datastack is."""
    segmentation_source: str
    """Cloud path of the segmentation."""
    initial_state_id: NotRequired[int]
    """Id of the neuroglancer state that a new view starts from."""
    skeleton_source: NotRequired[str | None]
    """Cloud path of skeletons."""


class ViewerLayers(TypedDict):
    """The layers of one aligned volume that the caller may see."""

    description: str | None
    """What the volume is."""
    image_layers: list[ImageLayer]
    """Imagery."""
    segmentation_layers: list[SegmentationLayer]
    """Segmentations."""
