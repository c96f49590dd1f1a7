"""Defects that clients of these services have had, and the test here that would fail on each.

F001 to F107 number the known defects of caveclient 8.2.1. Each stands in `TESTED`, with the tests that hold
the correct behaviour, or in `LATER`, with the part of the client that it is about and that is yet to come.
The tests without a better home are below.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
import webbrowser
from functools import cache
from pathlib import Path

import pytest

from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.server_errors import error_for
from caveclient_gen.errors import TermsNotAcceptedError

TESTS = Path(__file__).parent
PROJECT = TESTS.parent
PACKAGE = PROJECT / "caveclient_gen"

FROZEN, LIVE = "materialize/test_materialize_frozen.py", "materialize/test_materialize_live.py"
SYNAPSES, VERSIONS = "materialize/test_materialize_synapses.py", "materialize/test_materialize_versions.py"
ROOTS, LINEAGE, LOGS = (f"chunkedgraph/test_{room}.py" for room in ("roots", "lineage", "change_logs"))
EDITS, GRAPH = "chunkedgraph/test_edits.py", "chunkedgraph/test_chunkedgraph_client.py"
TOKENS, USERS = "auth/test_tokens.py", "auth/test_auth_client.py"
INFO, FORMATS, SCHEMA = (
    "info/test_info_client.py",
    "info/test_format_utils.py",
    "schema/test_schema_client.py",
)
FRAMEWORK, LOOKUP = "framework/test_framework_client.py", "framework/test_datastack_lookup.py"
ADDRESSES, COST = "framework/test_addresses.py", "framework/test_import_cost.py"
TRANSPORT, CLIENT = "runtime/test_transport.py", "runtime/test_client.py"
REFUSALS, BASE, RETRY = "runtime/test_server_errors.py", "runtime/test_base.py", "runtime/test_retry.py"
IDS, TIMES = "promises/test_ids_everywhere.py", "promises/test_times_everywhere.py"
FRAMES = "mixins/test_frames.py"

TESTED = {
    "F001": [(FROZEN, "test_excluded_rows_never_come"), (FROZEN, "test_exclusion_in_a_join_a_view_and_live")],
    "F005": [
        ("promises/test_credentials_stay_home.py", "test_a_redirect_to_another_server_gets_no_token"),
        (TRANSPORT, "test_token_only_to_its_servers"),
        (TRANSPORT, "test_netrc_and_cookies_are_ignored"),
    ],
    "F006": [
        ("promises/test_writes_once.py", "test_a_write_is_not_repeated"),
        ("promises/test_writes_once.py", "test_every_write_is_in_the_table"),
    ],
    "F008": [(ROOTS, "test_an_error_page_is_never_ids")],
    "F009": [(LINEAGE, "test_how_far_forward")],
    "F010": [(VERSIONS, "test_records_are_of_the_version_in_use"),
             (VERSIONS, "test_records_handed_out_are_the_callers")],
    "F011": [(VERSIONS, "test_records_of_other_clients_and_datastacks_are_theirs"),
             (CLIENT, "test_clients_share_no_answers")],
    "F012": [(LIVE, "test_other_datastacks_have_other_graphs")],
    "F013": [(LIVE, "test_missing_ids_do_not_spoil_others")],
    "F014": [(EDITS, "test_the_default_resolution_has_to_be_right")],
    "F017": [(TOKENS, "test_save_without_switching"), (TOKENS, "test_place_that_cannot_be_written")],
    "F018": [(TOKENS, "test_save_by_default"), (TOKENS, "test_crash_while_writing_leaves_the_old_file")],
    "F019": [(TOKENS, "test_save_never_replaces_another_token_unasked")],
    "F020": [(TOKENS, "test_get_token_changes_nothing")],
    "F021": [(FRAMEWORK, "test_change_auth_keeps_file_and_key")],
    "F022": [(FORMATS, "test_each_viewer_gets_its_form")],
    "F023": [(FORMATS, "test_each_viewer_gets_its_form"), (FORMATS, "test_what_cannot_be_said_is_refused")],
    "F024": [(FRAMEWORK, "test_server_is_not_remembered"), (LOOKUP, "test_bad_address_is_not_remembered")],
    "F025": [(LOOKUP, "test_damaged_map_is_reported_and_kept")],
    "F026": [("promises/test_nothing_hangs.py", "test_every_request_has_an_end"),
             ("promises/test_nothing_hangs.py", "test_no_operation_waits_for_ever")],
    "F029": [(SYNAPSES, "test_zeros"), (LIVE, "test_filters")],
    "F030": [(FROZEN, "test_joined_records")],
    "F031": [(FROZEN, "test_filters_on_the_table_referred_to"),
             (LIVE, "test_cells_of_the_table_referred_to")],
    "F032": [(FROZEN, "test_counts")],
    "F033": [(FROZEN, "test_attributes_tell_what_was_asked"),
             (FROZEN, "test_attributes_of_another_datastack")],
    "F034": [(LIVE, "test_filters"), (LIVE, "test_root_ids_have_no_order")],
    "F036": [(LIVE, "test_reference_table_live")],
    "F037": [(LIVE, "test_filter_column_that_is_not_selected"), (LIVE, "test_filters")],
    "F038": [(FROZEN, "test_exclusion_after_a_limit_is_told")],
    "F040": [(TOKENS, "test_save_works_with_a_named_file")],
    "F041": [(TOKENS, "test_place_that_cannot_be_written")],
    "F044": [(VERSIONS, "test_nothing_there_is_empty_and_other_404s_are_errors")],
    "F046": [(FROZEN, "test_rows_survive_a_failing_description")],
    "F047": [("runtime/test_times.py", "test_reads_moments_as_utc"), (TIMES, "test_the_same_instant"),
             (VERSIONS, "test_times_are_aware_with_and_without_fraction"),
             (FRAMES, "test_no_timestamp_lies_after_every_other")],
    "F048": [(REFUSALS, "test_every_form_of_refusal")],
    "F049": [("test_pitfalls.py", "test_a_refusal_opens_no_page"), (REFUSALS, "test_terms_of_service")],
    "F050": [(TRANSPORT, "test_a_login_page_is_an_auth_error"),
             (TRANSPORT, "test_same_origin_redirects_are_followed_with_token")],
    "F051": [("runtime/test_versions.py", "test_nothing_in_common_is_an_error"),
             (CLIENT, "test_after_a_silent_server_the_missing_method_does_not_blame_the_server")],
    "F052": [(CLIENT, "test_construction_sends_nothing"),
             (FRAMEWORK, "test_making_and_looking_sends_nothing"),
             ("runtime/test_versions.py", "test_server_version_is_read_from_any_wording")],
    "F053": [(LOGS, "test_operations_of_a_user")],
    "F054": [(LOGS, "test_operation_ids_are_json"), (LOGS, "test_many_operations_fit_into_addresses")],
    "F055": [(IDS, "test_many_ids"), (IDS, "test_a_float_is_refused_as_an_id"), (IDS, "test_one_id")],
    "F056": [(GRAPH, "test_malformed_bounds")],
    "F057": [(LINEAGE, "test_cut_links"), (LINEAGE, "test_cut_at_the_clients_moment")],
    "F058": [(ROOTS, "test_valid_nodes_in_a_stretch_of_time"), (TRANSPORT, "test_get_may_have_a_body")],
    "F059": [(ROOTS, "test_integers_have_one_type"),
             ("runtime/test_decode.py", "test_binary_ids_are_the_callers_own")],
    "F060": [(ROOTS, "test_suggestions_step_down"), (ROOTS, "test_nothing_to_suggest")],
    "F061": [(VERSIONS, "test_version_can_be_set"), (FRAMEWORK, "test_version_is_a_whole_number")],
    "F062": [(FRAMES, "test_finds_positions_by_the_names_the_server_gives"),
             (FROZEN, "test_resolution_of_a_server_that_does_not_scale")],
    "F063": [(FRAMES, "test_deserialize_query_response"), (FRAMES, "test_deserialize_refuses_other_answers")],
    "F065": [(SCHEMA, "test_404_means_not_available"), (SCHEMA, "test_other_refusals_are_raised")],
    "F068": [(INFO, "test_mirror_does_not_replace_the_plain_record")],
    "F069": [(FORMATS, "test_unknown_form_is_refused_before_anything_else"), (INFO, "test_refusals")],
    "F070": [(INFO, "test_volume_without_token")],
    "F071": [(VERSIONS, "test_documented_arguments_stand_first_and_in_order"),
             ("test_documented_names.py", "test_signature_is_the_documented_one")],
    "F072": [(ROOTS, "test_covering_nodes_by_server_version"),
             (ROOTS, "test_last_moments_by_server_version")],
    "F073": [(FRAMEWORK, "test_client_without_datastack_says_so")],
    "F074": [(FRAMEWORK, "test_kinds"), ("runtime/test_factory.py", "test_the_documented_bases_hold")],
    "F075": [(FRAMEWORK, "test_setup_token")],
    "F076": [(LIVE, "test_root_ids_without_supervoxels_are_told"),
             (FROZEN, "test_only_selected_columns_come")],
    "F077": [(FROZEN, "test_bad_numbers_of_rows"), ("test_pitfalls.py", "test_checks_survive_optimisation")],
    "F079": [(VERSIONS, "test_filter_values_that_cannot_be_compared"),
             (SYNAPSES, "test_cells_that_are_not_exact_are_refused")],
    "F080": [(BASE, "test_encoder_writes_what_people_hold"),
             (BASE, "test_encoder_refuses_what_json_has_no_form_for")],
    "F083": [(VERSIONS, "test_records_handed_out_are_the_callers"),
             (CLIENT, "test_a_client_may_be_shared_between_threads")],
    "F085": [("test_pitfalls.py", "test_the_root_logger_is_left_alone"),
             (CLIENT, "test_notices_are_logged_once_per_client")],
    "F086": [(TRANSPORT, "test_connections_are_reused")],  # a streamed answer would keep its connection
    "F087": [(FRAMEWORK, "test_setup_token_keeps_what_is_there")],
    "F088": [(TOKENS, "test_write_token_into_a_plain_file_name"),
             (TOKENS, "test_other_keys_stay_and_the_same_token_is_no_conflict"),
             (TOKENS, "test_damaged_file_is_named_but_not_quoted")],
    "F089": [(ADDRESSES, "test_one_form"), (CLIENT, "test_addresses_have_one_form")],
    "F090": [(TRANSPORT, "test_retry_after_is_obeyed_up_to_a_bound"), (RETRY, "test_next_delay")],
    "F091": [(RETRY, "test_defaults_are_given_as_a_copy"), (RETRY, "test_only_what_is_given_changes")],
    "F094": [("runtime/test_discovery.py", "test_a_service_without_such_routes_is_not_asked"),
             ("runtime/test_prepare.py", "test_version_gates")],
    "F097": [("test_pitfalls.py", "test_what_is_imported_is_declared"),
             (COST, "test_import_loads_nothing_heavy")],
    "F098": [(VERSIONS, "test_resolution_that_is_not_known")],
    "F099": [("vectors/test_examples.py", "test_value"),
             ("vectors/test_docstrings.py", "test_docstring_example")],
    "F101": [(VERSIONS, "test_filter_values")],
    "F102": [(TRANSPORT, "test_certificates_are_checked_as_told"),
             (FRAMEWORK, "test_services_share_everything")],
    "F103": [(INFO, "test_resolution_is_read_from_one_record"), (INFO, "test_volume_by_number_is_stored")],
    "F104": [(LOOKUP, "test_forgetting"), (COST, "test_timing")],
    "F105": [(ROOTS, "test_valid_nodes")],
    "F106": [(USERS, "test_users_by_number")],
    "F107": [(FROZEN, "test_ids_stay_exact_beside_missing_ones"), (FRAMES, "test_ids_with_gaps_stay_exact")],
}  # fmt: skip
LATER = {
    "table manager": "F002 F003 F015 F045 F078 F100",
    "L2 cache": "F004 F064",
    "annotation": "F007 F035 F042 F043 F081 F082",
    "states": "F016 F066 F067 F095",
    "skeletons": "F027 F028 F039 F092 F093 F096",
    "cached client": "F084",
}
NODES = sorted({node for nodes in TESTED.values() for node in nodes})


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_defect_has_its_place():
    numbers = [*TESTED, *" ".join(LATER.values()).split()]
    assert sorted(numbers) == [f"F{number:03}" for number in range(1, 108)]


@pytest.mark.parametrize(("file", "test"), NODES, ids=list(map("::".join, NODES)))
def test_the_test_exists(file, test):
    assert test in functions(file)


# The tests without a better home

SOURCES = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "https://terms.example/1"])
def test_a_refusal_opens_no_page(monkeypatch, address):
    def refuse(url):
        raise AssertionError(url)

    for name in ("open", "open_new", "open_new_tab"):
        monkeypatch.setattr(webbrowser, name, refuse)
    body = json.dumps({"error": "missing_tos", "message": "Accept", "data": {"tos_form_url": address}})
    request = Request("GET", "https://cave.example/x")
    headers = Headers([("Content-Type", "application/json")])
    error = error_for(Response(403, headers, body.encode(), request.url, request), ())
    assert isinstance(error, TermsNotAcceptedError)
    assert error.tos_url == (address if address.startswith("https") else None)


@pytest.mark.parametrize("file", SOURCES)
def test_the_root_logger_is_left_alone(file):
    found = calls(SOURCES[file])
    of_root = {f"logging.{name}" for name in ("debug", "info", "warning", "error", "exception", "log")}
    assert not found & (of_root | {"logging.basicConfig"})
    named = [node for node in ast.walk(SOURCES[file]) if isinstance(node, ast.Call)]
    assert all(node.args for node in named if ast.unparse(node.func) == "logging.getLogger")


@pytest.mark.parametrize("file", SOURCES)
def test_checks_survive_optimisation(file):
    """`python -O` leaves out every assert."""
    assert not [node.lineno for node in ast.walk(SOURCES[file]) if isinstance(node, ast.Assert)]


def declared() -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    names = (re.split(r"[^\w.-]", text)[0] for text in [*project["dependencies"], *extras["cv"]])
    return {name.lower().replace("-", "") for name in names}


@pytest.mark.parametrize("file", SOURCES)
def test_what_is_imported_is_declared(file):
    found: set[str] = set()
    for node in ast.walk(SOURCES[file]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    packages = {name.split(".")[0] for name in found} - set(sys.stdlib_module_names) - {"caveclient_gen"}
    # polars is read where callers already have it, and never needed
    assert {name.lower().replace("_", "") for name in packages} - declared() <= {"polars"}
