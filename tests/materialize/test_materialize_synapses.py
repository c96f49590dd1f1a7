"""Synapses of cells: filters, autapses, the default table."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from materialize_bench import A1, NOW, A, B, C

from caveclient_gen import errors
from caveclient_gen.mixins.materialize.rows import without_autapses


def rows(frame) -> list[int]:
    return sorted(frame["id"].tolist())


@pytest.mark.parametrize(
    ("pre", "sent"),
    [
        (A, {"filter_equal_dict": {"synapses": {"pre_pt_root_id": A}}}),
        (np.int64(A), {"filter_equal_dict": {"synapses": {"pre_pt_root_id": A}}}),
        (str(A), {"filter_equal_dict": {"synapses": {"pre_pt_root_id": A}}}),
        ([A], {"filter_in_dict": {"synapses": {"pre_pt_root_id": [A]}}}),
        (pd.Series([A, B], dtype="Int64"), {"filter_in_dict": {"synapses": {"pre_pt_root_id": [A, B]}}}),
        ({A}, {"filter_in_dict": {"synapses": {"pre_pt_root_id": [A]}}}),
        ([], {"filter_in_dict": {"synapses": {"pre_pt_root_id": []}}}),
    ],
)
def test_cells_in_any_form(bench, pre, sent):
    bench.client().synapse_query(pre_ids=pre)
    assert bench.bodies("/query")[0] == sent


@pytest.mark.parametrize("bad", [float(A), [float(A)], np.array([1.5]), ["x"], [None], [True], ""])
def test_cells_that_are_not_exact_are_refused(bench, bad):  # F079
    with pytest.raises(errors.InvalidIdError):
        bench.client().synapse_query(pre_ids=bad)
    assert bench.count("/query") == 0


def test_autapses(bench):
    client = bench.client()
    assert rows(client.synapse_query(pre_ids=B)) == [3, 5]
    assert rows(client.synapse_query(pre_ids=B, remove_autapses=False)) == [3, 4, 5]
    assert 6 in rows(client.synapse_query()), "nobody knows whether a synapse without an id is one"


def test_zeros(bench):  # F001, F029
    client = bench.client()
    assert rows(client.synapse_query(pre_ids=[B], include_zeros=False)) == [3]
    assert rows(client.synapse_query(pre_ids=[B], include_zeros=False, timestamp=NOW)) == [3]
    assert rows(client.synapse_query(post_ids=[0], timestamp=NOW)) == [5]


def test_live(bench):
    assert rows(bench.client().synapse_query(pre_ids=A1, timestamp=NOW)) == [1]
    with pytest.raises(errors.InvalidArgumentError, match="only one of"):
        bench.client().synapse_query(timestamp=NOW, materialization_version=1)


def test_truncation_is_told_by_the_reply_not_by_the_rows(bench):
    bench.cap = 4
    with pytest.raises(errors.TruncatedResultError) as caught:
        bench.client().synapse_query()
    assert caught.value.got == 4
    assert rows(caught.value.partial) == [1, 2, 3]


def test_box(bench):
    bench.client().synapse_query(post_ids=[C], bounding_box=np.array([[0, 0, 0], [9, 9, 9]]))
    assert bench.bodies("/query")[0]["filter_spatial_dict"] == {
        "synapses": {"post_pt_position": [[0, 0, 0], [9, 9, 9]]}
    }


def info(**tables):
    return SimpleNamespace(
        version=None,
        desired_resolution=None,
        info=SimpleNamespace(get_datastack_info=lambda name: {"synapse_table": tables[name]}),
    )


def test_table_of_the_datastack(bench):
    client = bench.client(synapse_table=None, over_client=info(ds="synapses"))
    assert len(client.synapse_query()) == 5
    assert client.synapse_table == "synapses"


@pytest.mark.parametrize("framework", [None, info(ds=None)])
def test_datastack_without_a_table_names_its_views(bench, framework):
    client = bench.client(synapse_table=None, over_client=framework)
    with pytest.raises(errors.InvalidArgumentError, match=r"Pass synapse_table.*nucleus_types"):
        client.synapse_query(pre_ids=A)


def test_the_sentence_stands_without_the_views(bench):
    bench.overrides["/views"] = lambda ask: (500, {"message": "out of order"})
    with pytest.raises(errors.InvalidArgumentError, match="names no table of synapses"):
        bench.client(synapse_table=None).synapse_query()


def test_autapses_are_left_out_batch_by_batch():
    """Of several parts; what is in the box is not held on to."""
    pre, post = [A, A, None], [A, B, A]
    part = pa.table({"pre_pt_root_id": pre, "post_pt_root_id": post, "id": [1, 2, 3]})
    box = [pa.concat_tables([part, part.slice(0, 1), part.slice(0, 0)])]
    left = without_autapses(box)
    assert box == []
    assert left.column("id").to_pylist() == [2, 3]
    assert left.schema == part.schema
