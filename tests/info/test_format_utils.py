"""Cloud paths: every form of input against every form of output."""

from __future__ import annotations

import pytest

from caveclient_gen import format_utils
from caveclient_gen.errors import InvalidArgumentError
from caveclient_gen.mixins.info.paths import format_source

GS = "gs://bucket/a/b"
PRE_GS = "precomputed://gs://bucket/a/b"
WEB = "https://storage.googleapis.com/bucket/a/b"
PRE_WEB = f"precomputed://{WEB}"
OTHER = "https://host.org/a/b"
PRE_OTHER = f"precomputed://{OTHER}"
GRAPH = "graphene://https://cave.org/segmentation/table/t"
LOGIN_GRAPH = "graphene://middleauth+https://cave.org/segmentation/table/t"

TABLE = [
    # source, cloudvolume, neuroglancer, spelunker
    (GS, PRE_WEB, PRE_GS, PRE_GS),  # the bucket is not lost (F022)
    (PRE_GS, PRE_GS, PRE_GS, PRE_GS),  # imagery has a form for every viewer (F023)
    (WEB, PRE_WEB, PRE_GS, PRE_GS),  # imagery over https is no segmentation (F023)
    (PRE_WEB, PRE_WEB, PRE_GS, PRE_GS),
    (OTHER, PRE_OTHER, PRE_OTHER, PRE_OTHER),  # no bucket is made up
    (PRE_OTHER, PRE_OTHER, PRE_OTHER, PRE_OTHER),
    ("precomputed://s3://b/a", "precomputed://s3://b/a", "precomputed://s3://b/a", "precomputed://s3://b/a"),
    (GRAPH, GRAPH, GRAPH, LOGIN_GRAPH),
    (LOGIN_GRAPH, LOGIN_GRAPH, LOGIN_GRAPH, LOGIN_GRAPH),  # said once, not twice
    (
        "graphene://http://127.0.0.1/t",
        *["graphene://http://127.0.0.1/t"] * 2,
        "graphene://middleauth+http://127.0.0.1/t",
    ),
]


@pytest.mark.parametrize(("source", "cloudvolume", "neuroglancer", "spelunker"), TABLE)
def test_each_viewer_gets_its_form(source: str, cloudvolume: str, neuroglancer: str, spelunker: str) -> None:
    assert format_utils.format_cloudvolume(source) == cloudvolume
    assert format_utils.format_neuroglancer(source) == neuroglancer
    assert format_utils.format_cave_explorer(source) == spelunker
    assert format_utils.format_raw(source) == source


@pytest.mark.parametrize(
    ("function", "source"),
    [
        ("format_precomputed_https", "s3://bucket/a"),  # https cannot reach it
        ("format_precomputed_https", GRAPH),
        ("format_precomputed_neuroglancer", GRAPH),
        ("format_graphene", GS),
        ("format_graphene", PRE_WEB),
        ("format_verbose_graphene", GS),  # today: UnboundLocalError
        ("format_cloudvolume", ""),
        ("format_cloudvolume", "bucket/a/b"),
        ("format_neuroglancer", None),
        ("format_cave_explorer", "https://"),
    ],
)
def test_what_cannot_be_said_is_refused(function: str, source: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is not one"):
        getattr(format_utils, function)(source)


@pytest.mark.parametrize(
    ("function", "source", "wanted"),
    [
        ("format_graphene", "https://cave.org/segmentation/table/t", GRAPH),
        ("format_verbose_graphene", "https://cave.org/segmentation/table/t", LOGIN_GRAPH),
        ("format_precomputed_https", PRE_GS, PRE_WEB),
        ("format_precomputed_neuroglancer", PRE_WEB, PRE_GS),
    ],
)
def test_single_formats(function: str, source: str, wanted: str) -> None:
    assert getattr(format_utils, function)(source) == wanted


def test_unknown_form_is_refused_before_anything_else() -> None:
    with pytest.raises(InvalidArgumentError, match="cloudvolume"):
        format_source(GS, "napari")


def test_bare_address_of_a_segmentation_is_a_graph() -> None:
    bare = GRAPH.removeprefix("graphene://")
    assert format_source(bare, "neuroglancer", is_segmentation=True) == GRAPH
    assert format_source(bare, "raw", is_segmentation=True) == bare
    assert format_source(PRE_GS, "neuroglancer", is_segmentation=True) == PRE_GS


def test_names_of_forms() -> None:
    assert sorted(format_utils.output_map) == [
        "cave-explorer",
        "cave_explorer",
        "cloudvolume",
        "neuroglancer",
        "raw",
        "spelunker",
    ]
