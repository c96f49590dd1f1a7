"""Packages written for `caveclient` do their work on this package, and it comes out the same.

Each job runs in a process of its own, started by `python -m caveclient_gen.compat`. If the real caveclient
is at hand (`CAVECLIENT_FOLDER`, which `make test-downstream` sets), the job is done with it as well.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from deployment import (
    BRANCH,
    BRANCHES_AT,
    FROZEN,
    LIVE,
    ROOT,
    STEP,
    TRUNK,
    chunk_edges,
    chunk_ids,
    chunk_of,
    chunk_positions,
    recorded_table,
    serve_deployment,
)

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]

JOBS = (
    "viewer_state",
    "points_from_cells",
    "neuron_link",
    "segment_properties",
    "parsed_state",
    "skeleton",
    "meshwork",
    "served_skeleton",
    "level2_of_synapses",
)


def do(job, home, *, real=None):
    """Do a job with this package, or with the real caveclient from the folder `real`."""
    start = [sys.executable] if real else [sys.executable, "-m", "caveclient_gen.compat"]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(real or PROJECT)}
    with serve_deployment() as deployment:
        run = subprocess.run(
            [*start, str(HERE / "jobs.py"), deployment.address, job],
            capture_output=True,
            text=True,
            env=environment,
            timeout=300,
        )
    assert run.returncode == 0, run.stderr
    assert deployment.unknown == []
    escaped = deployment.address.replace(":", "%3A").replace("/", "%2F")
    out = run.stdout.splitlines()[-1].replace(deployment.address, "SERVER").replace(escaped, "SERVER")
    return json.loads(out)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Do each job once."""
    home = tmp_path_factory.mktemp("home")
    results = {}

    def result(job):
        if job not in results:
            results[job] = do(job, home)
        return results[job]

    return result


def comparable(result):
    """Take out what no two runs share, and the two differences that are meant.

    Points get random ids. Ids of segments are int64 in all our answers. For a viewer whose address does
    not tell its family, the real client asks the viewer, and takes a missing answer for the oldest family;
    ours asks nobody and takes today's.
    """
    text = re.sub(r'"id": "[0-9a-f]{40}"', '"id": "random"', json.dumps(result, sort_keys=True))
    text = text.replace('"uint64"', '"int64"')
    return json.loads(text.replace("/?json_url=SERVER", "/#!middleauth+SERVER"))


@pytest.mark.parametrize("job", JOBS)
def test_as_with_the_real_one(job, done, tmp_path):
    real = os.environ.get("CAVECLIENT_FOLDER")
    if not real:
        pytest.skip("CAVECLIENT_FOLDER names no folder with the real caveclient")
    assert comparable(done(job)) == comparable(do(job, tmp_path, real=real))


def test_skeleton_is_the_cell(done):
    skeleton = done("skeleton")
    places, ids = chunk_positions(), chunk_ids()
    found = np.array(skeleton["vertices"]["values"])
    order = [skeleton["vertex of chunk"][str(one)] for one in ids]
    np.testing.assert_array_equal(np.array(skeleton["mesh vertices"]["values"])[order], places)
    assert {tuple(row) for row in found} <= {tuple(row) for row in places}
    ends = {tuple(found[index]) for index in skeleton["ends"]["values"]} | {tuple(found[skeleton["root"]])}
    assert ends == {tuple(places[index]) for index in (0, TRUNK - 1, TRUNK + BRANCH - 1)}
    assert [tuple(found[index]) for index in skeleton["branches"]["values"]] == [tuple(places[BRANCHES_AT])]
    index = {one: place for place, one in enumerate(ids.tolist())}
    pairs = np.vectorize(index.get)(chunk_edges())
    length = np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1).sum()
    assert skeleton["length"] == pytest.approx(length, abs=STEP / 1000)


@pytest.mark.parametrize("side", ["pre", "post"])
def test_synapses_sit_on_their_chunks(side, done):
    columns = {name: values for name, _, values in done("meshwork")[side]}
    table = recorded_table(LIVE).to_pylist()
    expected = {
        row["id"]: int(chunk_of(row[f"{side}_pt_supervoxel_id"]))
        for row in table
        if row[f"{side}_pt_root_id"] == ROOT and row["pre_pt_root_id"] != row["post_pt_root_id"]
    }
    assert expected
    assert dict(zip(columns["id"], columns[f"{side}_pt_level2_id"], strict=True)) == expected


def test_points_are_where_the_synapses_are(done):
    state = done("viewer_state")["state"]
    layer = next(layer for layer in state["layers"] if layer["name"] == "synapses")
    rows = recorded_table(FROZEN).to_pylist()[:5]
    expected = [[row[f"ctr_pt_position_{axis}"] for axis in "xyz"] for row in rows]
    scale = np.array([layer["source"][0]["transform"]["outputDimensions"][axis][0] for axis in "xyz"]) * 1e9
    found = np.array([one["point"] for one in layer["annotations"]]) * scale
    np.testing.assert_allclose(found, np.array(expected) * [4, 4, 40])
    segments = [str(one["segments"][0][0]) for one in layer["annotations"]]
    assert segments == [str(row["pre_pt_root_id"]) for row in rows]


def test_what_was_uploaded_is_the_state(done):
    result = done("viewer_state")
    named = {one: {layer["name"]: layer for layer in result[one]["layers"]} for one in ("uploaded", "state")}
    uploaded, state = named["uploaded"], named["state"]
    assert uploaded.keys() == state.keys() == {"imagery", "segmentation", "synapses"}
    assert uploaded["segmentation"]["segments"] == [str(ROOT)]
    points = [[one["point"] for one in layers["synapses"]["annotations"]] for layers in (uploaded, state)]
    assert points[0] == points[1]
    assert "SERVER/nglstate/api/v1/1" in result["link"]
