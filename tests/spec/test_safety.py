"""What may be sent again, and how to find out about what may not."""

import re

import pytest
from described import (
    ADMINISTRATORS,
    READ_ONLY,
    REQUESTS,
    ROOT,
    ROUTES,
    SOME_ADMINISTRATORS,
    SPOKEN,
    by_name,
)

WRITING_GETS = {
    ("GET", "/auth/api/v1/logout"),
    ("GET", "/auth/api/v1/logout_all"),
    ("GET", "/auth/api/v1/create_token"),
    ("GET", "/auth/api/v1/refresh_token"),
    ("GET", "/auth/api/v1/user/{}/update_cache"),
    ("GET", "/segmentation/1.0/{}/graph/merge"),
    ("GET", "/segmentation/1.0/{}/graph/split"),
}
"""Routes that change the state although their method says that they do not."""

READS_BY_POST = {
    "chunkedgraph.supervoxel_lookup": "a look-up, open to administrators only",
    "materialize.discover_deltalake_specs": "counts and looks at columns",
    "materialize.check_deltalake_exists": "looks for files",
}
"""Reads that need more than permission to view."""

MAY_HAPPEN_TWICE = {
    "annotation.update_metadata": "says what shall be",
    "auth.set_group_admin": "says what shall be",
    "chunkedgraph.remesh_level2_chunks": "computes the same mesh once more",
    "materialize.generate_upload_url": "an address that nobody uses is forgotten",
    "materialize.cancel_upload": "a job that was cancelled stays so",
}
"""Writes that do no harm when they happen twice."""

OTHER_CHECKS = {
    "materialize.ingest_annotation_table": "Query the table live",
    "materialize.lookup_supervoxel_ids": "Query the table live",
    "materialize.dump_csv_table": "Call it again",
    "materialize.save_upload_metadata": "Call it again",
    "state.upload_state_json": "Upload it again",
    "state.upload_property_json": "Upload them again",
}
"""Checks that name no operation: how they begin."""

UNSAFE = [each for each in REQUESTS if not each.operation.safe]


@pytest.mark.parametrize("each", REQUESTS, ids=by_name)
def test_safe_is_what_the_route_is(each):
    if each.operation.method == "GET":
        is_safe = each.key not in WRITING_GETS
    else:
        reviewed = READS_BY_POST.keys() | MAY_HAPPEN_TWICE.keys()
        is_safe = each.route.permission in READ_ONLY or each.name in reviewed
    assert each.operation.safe is is_safe


def test_writing_gets_exist():
    assert {key for routes in ROUTES.values() for key in routes} >= WRITING_GETS


@pytest.mark.parametrize("name", [*READS_BY_POST, *MAY_HAPPEN_TWICE])
def test_reviewed_operations_need_the_review(name):
    found = [each for each in REQUESTS if each.name == name]
    assert found
    assert all(each.operation.method != "GET" and each.route.permission not in READ_ONLY for each in found)


def test_no_request_makes_tokens_by_get():
    """A page may: it is opened by a person who wants one."""
    assert not [each for each in REQUESTS if each.key == ("GET", "/auth/api/v1/create_token")]


@pytest.mark.parametrize("each", UNSAFE, ids=by_name)
def test_a_person_can_follow_the_check(each):
    check = each.operation.check
    assert check is not None
    assert check.endswith(".")
    assert len(check.split()) >= 6
    if each.name in OTHER_CHECKS:
        assert check.startswith(OTHER_CHECKS[each.name])
        return
    of_this_api = {operation.name: operation for operation in each.api.operations}
    named = [of_this_api[word] for word in re.findall(r"\w+", check) if word in of_this_api and "_" in word]
    named += [of_this_api[word] for word in re.findall(r"(\w+)\(\)", check) if word in of_this_api]
    reads = [operation for operation in named if operation.safe]
    assert reads, f"names nothing to call: {check}"
    # Whoever follows it must not write: only the removal of what is one too many may stand beside.
    assert {operation.name for operation in named if not operation.safe} <= {"revoke_token"}


@pytest.mark.parametrize("each", SPOKEN, ids=by_name)
def test_who_may_call_it_is_said(each):
    if each.route is None or each.operation.kind == "url":
        return
    text = f"{each.operation.summary} {each.operation.doc or ''}".lower()
    if each.route.permission in ADMINISTRATORS | SOME_ADMINISTRATORS:
        assert "administ" in text


DESCRIPTORS = sorted((ROOT / "spec").rglob("*.yaml"))


@pytest.mark.parametrize("file", DESCRIPTORS, ids=lambda file: "/".join(file.parts[-2:]))
def test_tokens_are_placeholders(file):
    text = re.sub(r"body_hex: \S+", "", file.read_text())
    tokens = re.findall(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", text)
    assert set(tokens) <= {"0" * 32, "0123456789abcdef" * 2}
