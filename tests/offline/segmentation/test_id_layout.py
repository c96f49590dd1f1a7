"""Ids are packed as real servers pack them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tubes
from hypothesis import given
from hypothesis import strategies as st

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.layout import Layout

RECORDINGS = Path(__file__).parents[2] / "recordings"
INFO = json.loads(
    json.loads((RECORDINGS / "chunkedgraph" / "020_segmentation_info.json").read_text())["exchanges"][0][
        "response"
    ]["body"]["text"]
)

RECORDED = [
    # id, layer, chunk, number
    (72057594037927937, 1, (0, 0, 0), 1),
    (72057662757404673, 1, (0, 1, 0), 1),
    (72268906496000004, 1, (3, 3, 1), 4),
    (144115188075855873, 2, (0, 0, 0), 1),
    (144115188075855872, 2, (0, 0, 0), 0),  # the chunk itself
    (144326500533927939, 2, (3, 3, 1), 3),
    (216172782113783814, 3, (0, 0, 0), 6),
    (288230376151711746, 4, (0, 0, 0), 2),
    (288230376151712214, 4, (0, 0, 0), 470),
]


@pytest.mark.parametrize(("node", "layer", "chunk", "number"), RECORDED)
def test_recorded_ids(node, layer, chunk, number):
    layout = tubes.LAYOUT
    ids = np.array([node])
    assert layout.layer_of(ids).tolist() == [layer]
    assert layout.chunk_of(ids).tolist() == [list(chunk)]
    assert layout.number_of(ids).tolist() == [number]
    assert layout.pack(layer, np.array([chunk]), number).tolist() == [node]


def test_ids_of_all_layers_in_one_array():
    ids = np.array([row[0] for row in RECORDED])
    assert tubes.LAYOUT.layer_of(ids).tolist() == [row[1] for row in RECORDED]
    assert tubes.LAYOUT.chunk_of(ids).tolist() == [list(row[2]) for row in RECORDED]
    assert tubes.LAYOUT.number_of(ids).tolist() == [row[3] for row in RECORDED]


def test_supervoxels_of_the_recordings_are_where_their_ids_say():
    columns = tubes.supervoxels()
    assert np.array_equal(tubes.LAYOUT.chunk_of(columns.ids), tubes.LAYOUT.chunk_at(columns.position))


def test_masks_are_those_of_the_recorded_information():
    graph = INFO["graph"]
    assert {str(layer): bits for layer, bits in tubes.LAYOUT.masks.items()} == graph["spatial_bit_masks"]
    assert tubes.LAYOUT.layers == graph["n_layers"]
    scale = INFO["scales"][0]
    derived = Layout.fitting(
        tuple(map(float, scale["resolution"])), tuple(graph["chunk_size"]), tuple(scale["size"])
    )
    assert derived == tubes.LAYOUT


@pytest.mark.parametrize(
    ("volume", "layers"),
    [
        ((64, 64, 32), 3),  # one chunk: its pieces are level 2, roots are above them
        ((65, 64, 32), 3),
        ((128, 128, 64), 3),
        ((129, 64, 32), 4),
        ((256, 256, 64), 4),
        ((64, 64, 33 * 32), 8),
        ((64 * 1024, 64, 32), 12),
        ((64 * 1025, 64, 32), 13),  # more chunks than ten bits tell apart
    ],
)
def test_layers_fit_the_volume(volume, layers):
    layout = Layout.fitting((8.0, 8.0, 40.0), (64, 64, 32), volume)
    assert layout.layers == layers
    last = np.array(layout.volume)[None] - 1
    assert layout.chunk_at(last, layers).tolist() == [[0, 0, 0]]
    for layer in range(1, layers + 1):
        chunk = layout.chunk_at(last, layer)
        (node,) = layout.pack(layer, chunk, 1)
        assert 0 < node < 2**63
        assert layout.chunk_of(np.array([node])).tolist() == chunk.tolist()
    with pytest.raises(Refusal, match="layers"):
        Layout((8.0, 8.0, 40.0), (64, 64, 32), volume, layers - 1)


@given(st.data())
def test_packing_and_unpacking(data):
    sizes = st.tuples(*[st.integers(1, 2**20)] * 3)
    chunk = st.tuples(*[st.integers(1, 512)] * 3)
    try:
        layout = Layout.fitting((1.0, 1.0, 1.0), data.draw(chunk), data.draw(sizes))
    except Refusal:  # more chunks than ids have bits for
        return
    layer = data.draw(st.integers(1, layout.layers))
    voxel = np.array([[data.draw(st.integers(0, size - 1)) for size in layout.volume]])
    number = data.draw(st.integers(0, 2 ** layout.number_bits(layer) - 1))
    place = layout.chunk_at(voxel, layer)
    ids = layout.pack(layer, place, number)
    assert (layout.layer_of(ids).item(), layout.number_of(ids).item()) == (layer, number)
    assert np.array_equal(layout.chunk_of(ids), place)
    if layer <= 2:
        above = data.draw(st.integers(2, layout.layers))
        parent = layout.parent_chunk(ids, above)
        assert np.array_equal(layout.chunk_of(parent), layout.chunk_at(voxel, above))
        assert layout.number_of(parent).item() == 0


@pytest.mark.parametrize(
    "sizes",
    [
        {"resolution": (8.0, 0.0, 40.0)},
        {"chunk_size": (64, -64, 32)},
        {"volume": (256, 256, 0)},
        {"resolution": (8.0, float("nan"), 40.0)},
        {"layers": 3},
        {"layers": 16},
    ],
)
def test_sizes_that_are_none(sizes):
    with pytest.raises(Refusal) as refused:
        replace(tubes.LAYOUT, **sizes)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("chunk", "number"), [((2, 0, 0), 1), ((-1, 0, 0), 1), ((0, 0, 0), 2**53), ((0, 0, 0), -1)]
)
def test_what_does_not_fit_an_id(chunk, number):
    with pytest.raises(Refusal):
        tubes.LAYOUT.pack(4, np.array([chunk]), number)


def test_more_layers_than_needed_are_allowed():
    layout = Layout((8.0, 8.0, 40.0), (64, 64, 32), (256, 256, 64), 6)
    assert layout.masks == {1: 10, 2: 10, 3: 3, 4: 2, 5: 1, 6: 1}


def test_chunks_that_touch_bounds():
    ids = tubes.LAYOUT.pack(2, np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]]), 1)
    for bounds, expected in [
        ([[0, 64], [0, 1], [0, 1]], [True, False, False]),
        ([[63, 65], [0, 1], [0, 1]], [True, True, False]),
        ([[64, 65], [0, 1], [0, 1]], [False, True, False]),
        ([[0, 256], [0, 1], [32, 33]], [False, False, False]),
        ([[10, 10], [0, 1], [0, 1]], [False, False, False]),  # nothing is in no voxel
    ]:
        assert tubes.LAYOUT.touches(ids, np.array(bounds)).tolist() == expected
    upper = tubes.LAYOUT.pack(3, np.array([[0, 0, 0], [1, 0, 0]]), 1)
    assert tubes.LAYOUT.touches(upper, np.array([[130, 131], [0, 1], [0, 1]])).tolist() == [False, True]
