"""Each recorded call, made again through the public client on the mirror: it does what it did then.

Exchanges are compared elsewhere; here the client asks for itself, and reads what it gets. A call succeeds
where it succeeded, and is refused where it was refused, but for `OTHERWISE`.
"""

import json
import warnings
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from mirror import TOKENS, Mirror
from names import Names
from recorded_exchanges import FOLDERS, RECORDINGS
from walk import NOBODY_KNOWS, person, prepare

from caveclient_gen import errors
from caveclient_gen.offline.serving import serve

CLIENTS = {
    "AnnotationClient": "annotation",
    "AuthClient": "auth",
    "ChunkedGraphClient": "chunkedgraph",
    "InfoServiceClient": "info",
    "JSONService": "state",
    "L2CacheClient": "l2cache",
    "MaterializationClient": "materialize",
    "SchemaClient": "schema",
    "SkeletonClient": "skeleton",
}
ON_THIS_COMPUTER = ("AuthClient.setup_token", "AuthClient.save_token", "JSONService.save_state_json_local")
"""Calls that write files of the user."""
FRAMES = {
    "annotation/028": pd.DataFrame({"pt_position": [[100, 40, 16], [102, 40, 16]], "tag": ["df a", "df b"]}),
    "annotation/029": pd.DataFrame({"id": [1], "pt_position": [[61, 20, 16]], "tag": ["df changed"]}),
}
"""What a recorded argument was that JSON cannot hold."""
NUMBERED = {"state/002": "state/001", "state/010": "state/009"}
"""Calls whose argument is the number that an earlier call was given."""
OTHERWISE = {
    "materialize/108": "offline CAVE answers: query-precomputed",
    "chunkedgraph/014": "offline CAVE answers: graph-covering-nodes",
    "chunkedgraph/017": "offline CAVE answers: graph-find-path",
    "chunkedgraph/018": "offline CAVE answers: graph-find-path",
    "auth/032": "offline CAVE refuses: query-permissions",
    "auth/033": "offline CAVE refuses: query-permissions",
    "chunkedgraph/042": "the old client left out the end of the period, which servers ask for",
}
"""Recorded call to why it ends otherwise."""


def recorded_calls():
    """Return the recorded calls of client methods, in their order."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((RECORDINGS / folder).glob("*.json")):
            recording = json.loads(path.read_text())
            if recording["call"].partition(".")[0] in CLIENTS and recording["call"] not in ON_THIS_COMPUTER:
                found[f"{folder}/{path.stem}"] = recording
    return found


CALLS = recorded_calls()


def revived(value):
    """Turn what JSON cannot hold back into arrays and moments."""
    if isinstance(value, dict):
        if "ndarray" in value:
            return np.array(value["ndarray"], dtype=value["dtype"])
        if "datetime" in value:
            return datetime.fromisoformat(value["datetime"])
        return {key: revived(item) for key, item in value.items()}
    return [revived(item) for item in value] if isinstance(value, list) else value


def call(client, names, key, recording, earlier):
    """Make one call; return its error or None, and its result."""
    service, _, method = recording["call"].partition(".")
    args, kwargs = json.loads(names.text(json.dumps([recording["args"], recording["kwargs"]])))
    if key in FRAMES:
        args = [args[0], FRAMES[key], *args[2:]]
    if key in NUMBERED:
        args = [earlier[NUMBERED[key]]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # notices of owners, and rows that were cut: compared as headers
            found = getattr(getattr(client, CLIENTS[service]), method)
            return None, found(*revived(args), **revived(kwargs)) if callable(found) else found
    except (errors.CAVEError, TypeError) as error:  # a TypeError: an argument that there is not
        return error, None


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What came of every call, made in the recorded order."""
    mirror = Mirror(tmp_path_factory.mktemp("calls") / "mirror.cave")
    found, results = {}, {}
    with serve(mirror.dataset) as server:
        names = Names(server, mirror.shift)
        people = {who: server.client(token=token) for who, token in TOKENS.items()}
        people["unknown"] = server.client(token=NOBODY_KNOWS)
        for name, recording in CALLS.items():
            prepare(server.cave, names, name)
            key = name.partition("_")[0]
            found[name], results[key] = call(people[person(name)], names, key, recording, results)
    return found


@pytest.mark.parametrize("name", CALLS)
def test_a_call_ends_as_it_did(outcomes, name):
    succeeded, succeeded_then = outcomes[name] is None, CALLS[name]["outcome"] == "ok"
    assert (succeeded == succeeded_then) == (name.partition("_")[0] not in OTHERWISE), outcomes[name]


def test_most_recordings_are_such_calls():
    assert len(CALLS) > 200
    assert set(OTHERWISE) | set(FRAMES) <= {name.partition("_")[0] for name in CALLS}
