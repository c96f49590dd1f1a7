"""The examples in hand-written docstrings run as they stand, against replayed servers.

Generated methods have theirs from `spec/`; those run in tests/vectors. Examples are written as a reader
would type them, so of the answers below some are recorded, and some, for what no server of ours answered
(splits, a map of past ids), made up in the form that the descriptors give.
"""

from __future__ import annotations

import doctest
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from recorded import (
    FUTURE_LOST,
    SAID_ALREADY,
    Correction,
    body_edit,
    client_for,
    prepared,
    query_edit,
    replayed,
    tables_metadata,
)
from replay_server import Ask, Exchange, Replay, Reply

from caveclient_gen import (
    endpoints,
    format_utils,
    jsonservice,
    materializationengine,
    positions,
    session_config,
)
from caveclient_gen.annotationengine import AnnotationClientV2
from caveclient_gen.auth import AuthClient
from caveclient_gen.chunkedgraph import ChunkedGraphClientV1
from caveclient_gen.emannotationschemas import SchemaClient
from caveclient_gen.frameworkclient import CAVEclient, CAVEclientFull
from caveclient_gen.infoservice import InfoServiceClientV2
from caveclient_gen.jsonservice import JSONServiceV1
from caveclient_gen.l2cache import L2CacheClientLegacy
from caveclient_gen.materializationengine import MaterializationClientV3
from caveclient_gen.skeletonservice import SkeletonClient

SHOWN_SERVER = "https://cave.example.org"
"""How the examples write the address that the replay has during the test."""

GRAPH = "/segmentation/api/v1/table/testpcg"
JSON_TYPE = (("Content-Type", "application/json"),)

NO_SUFFIXES = Correction(
    "No column is in both selections, so none needs a suffix.",
    body_edit(lambda body: {key: value for key, value in body.items() if key != "suffixes"}),
)
NO_EMPTY_FILTERS = Correction(
    "The old client sent empty filter objects beside the real ones.",
    body_edit(lambda body: {key: value for key, value in body.items() if value != {"synapses": {}}}),
)
NO_FUTURE = Correction(
    "Servers ignore `timestamp_future`: the map ends now.", query_edit(["timestamp_future"])
)
VERBOSITY = Correction(
    "The old client says the verbosity in the query and in the body; the body is enough.",
    lambda ask: query_edit(["verbose_level"])(ask) if ask.method == "POST" else ask,
)
LOWER_CASE = Correction(
    "The old client writes Python's `False` into the address; the server reads `false` alike.",
    lambda ask: replace(ask, path=ask.path.replace("/False/", "/false/")),
)

SAID_BY_DEFAULT = Correction("What servers take when it is left out.", query_edit(["int64_as_str"]))

RECORDED: tuple[tuple[str, tuple[Correction, ...], tuple[str, ...]], ...] = (
    ("chunkedgraph/001_get_root_id", (), ("timestamp",)),
    ("chunkedgraph/020_segmentation_info", (), ()),
    ("chunkedgraph/025_is_latest_roots", (), ("timestamp",)),
    ("chunkedgraph/026_is_valid_nodes", (), ("end_timestamp",)),
    ("chunkedgraph/040_get_tabular_change_log_unfiltered", (), ()),
    ("chunkedgraph/045_get_lineage_graph", (FUTURE_LOST,), ()),
    ("chunkedgraph/048_get_latest_roots_multi", (SAID_ALREADY,), ("timestamp", "timestamp_future")),
    ("chunkedgraph/049_get_original_roots", (SAID_ALREADY,), ("timestamp",)),
    ("chunkedgraph/050_suggest_latest_roots", (), ("timestamp",)),
    ("chunkedgraph/057_do_merge_far", (), ()),
    ("materialize/012_get_table_metadata", (), ()),
    ("materialize/017_query_table_synapses", (), ()),
    ("materialize/020_query_table_desired_resolution", (), ()),
    ("materialize/036_query_table_get_counts", (), ()),
    ("materialize/038_query_table_reference", (), ()),
    ("materialize/052_join_query_select", (NO_SUFFIXES,), ()),
    ("materialize/054_synapse_query_pre", (NO_EMPTY_FILTERS,), ()),
    ("materialize/058_get_view_metadata", (), ()),
    ("materialize/060_get_view_schemas", (), ()),
    ("materialize/062_query_view_filter", (), ()),
    ("materialize/066_live_live_query_filter_eq", (), ()),
    ("materialize/096_live_query_filter", (SAID_ALREADY, NO_FUTURE), ()),
    ("materialize/098_tables_manager", (), ()),
    ("materialize/102_tables_cell_types_query", (), ()),
    ("materialize/106_views_query", (), ()),
    ("info/012_get_datastacks_by_aligned_volume", (), ()),
    ("info/013_get_aligned_volume_info_by_id", (), ()),
    ("auth/002_get_user_information", (), ()),
    ("schema/008_schema_definition_multi", (), ()),
    ("skeleton/001_get_version", (), ()),
    ("skeleton/002_get_versions", (), ()),
    ("skeleton/003_get_precomputed_skeleton_info", (), ()),
    ("skeleton/004_get_refusal_list", (), ()),
    ("skeleton/005_get_cache_contents", (), ()),
    ("skeleton/006_skeletons_exist", (VERBOSITY,), ()),
    ("skeleton/010_get_skeleton_branched", (), ()),
    ("skeleton/013_generate_bulk_skeletons_async", (VERBOSITY,), ()),
    ("skeleton/015_get_bulk_skeletons", (LOWER_CASE,), ()),
    ("skeleton/018_fetch_skeletons_server", (), ()),
    ("schema/009_schema_definition_all", (), ()),
    ("state/008_get_state_json_4242", (), ()),
    ("l2cache/001_has_cache", (), ()),
    ("l2cache/010_get_l2data_missing", (SAID_BY_DEFAULT,), ()),
    ("annotation/002_create_table_synapses", (), ()),
    ("annotation/010_get_tables", (), ()),
    ("annotation/017_post_annotation_tags", (), ()),
    ("annotation/020_get_annotation", (), ()),
    ("annotation/024_update_annotation", (), ()),
    ("annotation/026_delete_annotation", (), ()),
    ("annotation/028_post_annotation_df", (), ()),
    ("annotation/029_update_annotation_df", (), ()),
    ("annotation/030_stage_annotations", (), ()),
    ("annotation/032_update_metadata", (), ()),
)

SPLIT = {
    "sources": [[72127962782105601, 560.0, 160.0, 640.0]],
    "sinks": [[72268700270460929, 1520.0, 160.0, 640.0]],
}


def answered(method: str, url: str, body: Any, answer: Any, now: tuple[str, ...] = ()) -> Exchange:
    """Return an exchange of the segmentation server that is made up."""
    ask = Ask.read(method, GRAPH + url, json.dumps(body).encode() if body else b"")
    return Exchange(ask, Reply(200, JSON_TYPE, json.dumps(answer).encode()), frozenset(now))


L2_IDS = [144256131789750273, 160032475051983415]
L2_NUMBERS = {str(L2_IDS[0]): {"size_nm3": 19660800, "rep_coord_nm": [1280, 1592, 1880]}, str(L2_IDS[1]): {}}

MADE_UP = (
    Exchange(
        Ask.read("POST", "/nglstate/api/v1/post", b'{"layers": []}'),
        Reply(200, JSON_TYPE, b'"http://cave.local/nglstate/api/v1/1"'),
    ),
    Exchange(
        Ask.read(
            "POST",
            "/l2cache/api/v1/table/testpcg/attributes?attribute_names=size_nm3,rep_coord_nm",
            json.dumps({"l2_ids": L2_IDS}).encode(),
        ),
        Reply(200, JSON_TYPE, json.dumps(L2_NUMBERS).encode()),
    ),
    tables_metadata(),
    Exchange(
        Ask.read("GET", "/materialize/api/v3/datastack/testds/version/2/table/synapses/count"),
        Reply(200, JSON_TYPE, b"40"),
    ),
    answered(
        "POST",
        "/is_latest_roots?timestamp=0",
        {"node_ids": [288230376151712174, 288230376151712180]},
        {"is_latest": [True, True]},
        now=("timestamp",),
    ),
    answered(
        "POST",
        "/graph/split_preview",
        SPLIT,
        {
            "supervoxel_connected_components": [[72127962782105601], [72268700270460929]],
            "illegal_split": False,
        },
    ),
    answered(
        "POST",
        "/split?priority=false",
        SPLIT,
        {"new_root_ids": [288230376151712180, 288230376151712116], "operation_id": 2},
    ),
    answered(
        "GET",
        "/past_id_mapping?timestamp_past=1735776000.0",
        {"root_ids": [288230376151712180]},
        {"past_id_map": {"288230376151712180": [288230376151711746]}, "future_id_map": {}},
    ),
    answered(
        "GET",
        "/delta_roots?timestamp_past=1735776000.0&timestamp_future=1795392000.0",
        None,
        {"old_roots": [288230376151711746], "new_roots": [288230376151712180, 288230376151712116]},
    ),
)

CLIENTS = {
    "annotation": AnnotationClientV2,
    "auth": AuthClient,
    "chunkedgraph": ChunkedGraphClientV1,
    "info": InfoServiceClientV2,
    "materialize": MaterializationClientV3,
    "schema": SchemaClient,
    "skeleton": SkeletonClient,
    "state": JSONServiceV1,
    "l2cache": L2CacheClientLegacy,
    "client": CAVEclientFull,
}
MODULES = (endpoints, format_utils, jsonservice, materializationengine, positions, session_config)

MUST_SHOW = {
    "annotation": "create_table get_annotation post_annotation post_annotation_df stage_annotations",
    "chunkedgraph": (
        "do_merge execute_split get_delta_roots get_latest_roots get_lineage_graph get_past_ids get_root_id "
        "get_tabular_change_log preview_split suggest_latest_roots"
    ),
    "client": "CAVEclient",
    "info": "get_datastack_info segmentation_source",
    "skeleton": "fetch_skeletons get_bulk_skeletons get_skeleton skeletons_exist",
    "l2cache": "get_l2data get_l2data_table has_cache",
    "materialize": (
        "get_table_metadata join_query live_live_query live_query query_table query_view synapse_query "
        "tables views"
    ),
    "state": "build_neuroglancer_url get_state_json upload_state_json",
}
"""Methods that people look up most: these must have an example."""


def written_here(member: Any) -> bool:
    """Whether a method or property is hand-written, not generated or inherited from the standard library."""
    function = getattr(member, "fget", None) or getattr(member, "__func__", member)
    module = getattr(function, "__module__", "") or ""
    return module.startswith("caveclient_gen.") and "._generated" not in module


def members() -> Iterator[tuple[str, Any]]:
    """Walk over the hand-written public members of the clients, and the public functions beside them."""
    for owner, cls in CLIENTS.items():
        for name in dir(cls):
            member = inspect.getattr_static(cls, name)
            if not name.startswith("_") and written_here(member):
                yield f"{owner}.{name}", member
    for module in MODULES:
        for name in getattr(module, "__all__", dir(module)):
            function = getattr(module, name)
            if inspect.isfunction(function) and not name.startswith("_"):
                yield f"{module.__name__.partition('.')[2]}.{name}", function


MEMBERS = dict(members())
MEMBERS_AND_CLASSES = {**MEMBERS, "client.CAVEclient": CAVEclient}
SHOWN = {
    name: member for name, member in MEMBERS_AND_CLASSES.items() if ">>>" in (inspect.getdoc(member) or "")
}


def answers() -> list[Exchange]:
    """Return all exchanges that the examples may need."""
    recorded = [prepared(name, corrections, now)[1] for name, corrections, now in RECORDED]
    return [*MADE_UP, *(exchange for exchanges in recorded for exchange in exchanges)]


class Checker(doctest.OutputChecker):
    """Compare what an example prints with what it says, at the address that the examples show."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        """Compare."""
        return super().check_output(want, got.replace(self.replay.address, SHOWN_SERVER), optionflags)


def functions_beside() -> dict[str, Any]:
    return {
        name: getattr(module, name)
        for module in MODULES
        for name in dir(module)
        if inspect.isfunction(getattr(module, name))
    }


@pytest.mark.parametrize("name", SHOWN)
def test_example(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", lambda url: None)
    written: list[str] = []
    with replayed(answers()) as replay:
        names = {**functions_beside(), "client": client_for(replay), "CAVEclient": CAVEclient, "pd": pd}
        test = doctest.DocTestParser().get_doctest(inspect.getdoc(SHOWN[name]) or "", names, name, None, None)
        assert test.examples
        before = session_config.get_session_defaults()
        failed = doctest.DocTestRunner(Checker(replay), verbose=False).run(test, out=written.append).failed
        session_config.set_session_defaults(**before)
        assert not failed, "".join(written)
        assert replay.unmatched == []


@pytest.mark.parametrize(
    "name", [f"{owner}.{name}" for owner, names in MUST_SHOW.items() for name in names.split()]
)
def test_there_is_an_example(name: str) -> None:
    assert name in SHOWN


@pytest.mark.parametrize("name", MEMBERS)
def test_docstring_is_complete(name: str) -> None:
    """One sentence, then every parameter by name, then what comes back."""
    member = MEMBERS[name]
    text = inspect.getdoc(member) or ""
    assert re.match(r"[A-Z][^\n]+\.", text), "the first line is a sentence"
    function = getattr(member, "__func__", member)
    if isinstance(member, property) or not inspect.isfunction(function):
        return
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        if parameter.name != "self":
            assert re.search(rf"^[\w*, ]*(?<!\w){parameter.name}(?!\w)", text, re.MULTILINE), parameter.name
    if signature.return_annotation not in (None, "None", "NoReturn"):
        assert re.search(r"^(Returns|Yields)\n-------$", text, re.MULTILINE)
