"""The first line of an error says what to do: mistakes of a first week with CAVE, on replayed servers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from recorded import ADMIN, TOKENS, background, client_for, rows_of_no_version
from replay_server import Recording, serve

from caveclient_gen import CAVEclient, errors

NAMES = "Check the names, ids and version given to materialize.get_table_metadata: "
SYNAPSES = "materialize/017_query_table_synapses"
MOMENT = "2026-11-22T12:47:54.091753Z"


@dataclass(frozen=True)
class Mistake:
    """What somebody does, and how the first line of the error that they get begins."""

    make: Callable[[Any], object]
    error: type[Exception]
    says: str
    answers: tuple[str, ...] = ()


def filtered(**filters: Any) -> Callable[[Any], object]:
    """Query synapses with a filter."""
    return lambda client: client.materialize.query_table("synapses", **filters)


def supervoxels(values: Any) -> Callable[[Any], object]:
    """Look up roots."""
    return lambda client: client.chunkedgraph.get_roots(values)


MISTAKES = {
    "a table that is not there": Mistake(
        lambda client: client.materialize.query_table("nope"),
        errors.NotFoundError,
        f"{NAMES}No table named 'nope' found for version '2' in datastack 'testds'.",
        ("materialize/014_get_table_metadata_404",),
    ),
    "a version that is not there": Mistake(
        lambda client: client.materialize.query_table("synapses", materialization_version=99),
        errors.NotFoundError,
        f"{NAMES}version 99 not found in testds.",
        ("materialize/048_query_table_bad_version",),
    ),
    "a column that is not there": Mistake(
        filtered(filter_equal_dict={"nope": 1}),
        errors.HTTPStatusError,
        "Filter by a column that there is: there is no 'nope' in synapses.",
        (SYNAPSES, "materialize/046_query_table_bad_column"),
    ),
    "a root id that was edited since": Mistake(
        lambda client: client.materialize.live_live_query(
            "synapses",
            MOMENT,
            filter_equal_dict={"synapses": {"pre_pt_root_id": 288230376151711746}},
        ),
        errors.BadRequestError,
        "Correct the arguments of materialize.live_live_query: Some root_ids passed are not valid at the "
        "query timestamp: [288230376151711746].",
        (SYNAPSES, "materialize/068_live_live_query_invalid_root"),
    ),
    "a moment before the segmentation": Mistake(
        lambda client: client.chunkedgraph.get_root_id(72057594037927937, timestamp="2020-06-01"),
        errors.ServerError,
        "Check the names and ids given to chunkedgraph.get_root_id; if they are right, tell the service's "
        "maintainers: ",
        ("chunkedgraph/004_get_root_id_before_ingest",),
    ),
    "a live query without a moment": Mistake(
        lambda client: client.materialize.live_query("synapses", None),
        errors.InvalidArgumentError,
        "Pass a moment as timestamp, not None: 'now' is the present.",
    ),
    "filters of one table, where there may be several": Mistake(
        lambda client: client.materialize.live_live_query(
            "synapses", MOMENT, filter_equal_dict={"pre_pt_root_id": 1}
        ),
        errors.InvalidArgumentError,
        "Pass filter_equal_dict as a dict of columns, {column: value}, for 'pre_pt_root_id'",
    ),
    "a version and a moment": Mistake(
        filtered(timestamp=MOMENT, materialization_version=1),
        errors.InvalidArgumentError,
        "Pass only one of materialization_version and timestamp",
    ),
    "a box with its corners in the wrong order": Mistake(
        filtered(filter_spatial_dict={"ctr_pt_position": [[10, 10, 10], [5, 5, 5]]}),
        errors.InvalidArgumentError,
        "Pass filter_spatial_dict['ctr_pt_position'] with its lower corner below its upper one",
    ),
    "a text instead of a list": Mistake(
        filtered(filter_in_dict={"cell_type": "BC"}),
        errors.InvalidArgumentError,
        "Pass filter_in_dict['cell_type'] as a list, ['BC']",
    ),
    "bounds as corners": Mistake(
        lambda client: client.chunkedgraph.get_leaves(1, bounds=[[0, 0, 0], [10, 10, 10]]),
        errors.InvalidArgumentError,
        "Pass bounds as [[x0, x1], [y0, y1], [z0, z1]]",
    ),
    "a frame as ids": Mistake(
        supervoxels(pd.DataFrame({"id": [1, 2]})),
        errors.InvalidIdError,
        "Pass supervoxel_ids as one flat sequence, not nested: select one column",
    ),
    "a dict as ids": Mistake(
        supervoxels({"a": 1}), errors.InvalidIdError, "Pass supervoxel_ids as a sequence, not a mapping"
    ),
    "ids that are missing": Mistake(
        supervoxels([1, math.nan]), errors.InvalidIdError, "Drop missing values from supervoxel_ids first"
    ),
    "ids that were floats": Mistake(
        supervoxels(np.array([864691136008567725.0])),
        errors.InvalidIdError,
        "Pass supervoxel_ids as integers, not as floats",
    ),
    "three supervoxels to merge": Mistake(
        lambda client: client.chunkedgraph.do_merge([1, 2, 3], np.zeros((3, 3)), (1, 1, 1)),
        errors.InvalidArgumentError,
        "Pass two supervoxels, one of each object: there are 3.",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str) -> None:
    mistake = MISTAKES[name]
    exchanges = [exchange for answer in mistake.answers for exchange in Recording.load(answer).exchanges]
    with serve([*exchanges, rows_of_no_version(), *background()]) as replay:
        with pytest.raises(mistake.error) as caught:
            mistake.make(client_for(replay))
        assert replay.unmatched == []
    assert str(caught.value).splitlines()[0].startswith(mistake.says)


@pytest.mark.parametrize("desired_resolution", ["abc", [4, 4], [4, 4, 0], 4])
def test_a_resolution_is_refused_where_it_is_written(desired_resolution: Any) -> None:
    with pytest.raises(errors.InvalidArgumentError, match=r"^Pass desired_resolution as three"):
        CAVEclient("testds", "https://cave.org", auth_token=ADMIN, desired_resolution=desired_resolution)


@pytest.mark.parametrize(
    ("arguments", "variable", "source"),
    [
        ({"auth_token": TOKENS["unknown"]}, None, "given to this client"),
        ({}, TOKENS["unknown"], "environment variable CAVE_TOKEN"),
        ({}, None, "nowhere: neither CAVE_TOKEN nor "),
        ({"auth_token_file": "absent.json"}, None, "absent.json, the only file to look in, has none under"),
    ],
)
def test_a_refused_token_says_where_it_came_from(
    arguments: dict[str, Any],
    variable: str | None,
    source: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    if variable:
        monkeypatch.setenv("CAVE_TOKEN", variable)
    with serve(Recording.load("auth/021_unknown_CAVEclient").exchanges) as replay:
        client = CAVEclient("testds", replay.address, write_server_cache=False, **arguments)
        with pytest.raises(errors.AuthError) as caught:
            client.info.get_datastack_info()
    assert str(caught.value).startswith("Get a token with client.auth.setup_token()")
    [note] = caught.value.__notes__
    assert source in note
    assert TOKENS["unknown"] not in note


def test_no_server() -> None:
    client = CAVEclient("testds", "http://127.0.0.1:1", auth_token=ADMIN, max_retries=0)
    with pytest.raises(errors.ServiceConnectionError, match=r"^Check the network and the server address: "):
        client.info.get_datastack_info()
