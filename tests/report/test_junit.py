"""`junit`: read back as XML."""

from xml.etree import ElementTree as ET

import pytest
from made import ADDED, ALL, CACHE, DEFAULT, HOSTILE, REMOVED, comparison, hostile, written

from codegen.report.formats import FORMATS
from codegen.report.manner import Manner


def outcomes(report):
    """Map each case's rule to its outcome."""
    return {
        case.get("name").split()[0]: (case[0].tag if len(case) else "passed")
        for case in ET.fromstring(report).iter("testcase")
    }


@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [
        ("none", set()),
        ("breaking", {"param-removed", "param-default-changed", "base-url-changed"}),
        ("warning", {"param-removed", "param-default-changed", "base-url-changed", "cache-ttl-changed"}),
        ("silent", {"param-default-changed"}),
    ],
)
def test_what_may_not_pass_is_a_failure(fail_on, failed):
    told = outcomes(written(comparison(*ALL), "junit", fail_on=fail_on))
    assert {rule for rule, outcome in told.items() if outcome == "failure"} == failed
    assert {outcome for rule, outcome in told.items() if rule not in failed} == {"system-out"}


def test_what_has_been_accepted_is_skipped():
    report = written(comparison(ADDED, accepted=(REMOVED,)), "junit")
    assert outcomes(report) == {"op-added": "system-out", "param-removed": "skipped"}
    assert ET.fromstring(report).attrib["skipped"] == "1"


def test_suites_are_services_and_numbers_add_up():
    root = ET.fromstring(written(comparison(*ALL), "junit"))
    assert root.attrib == {
        "name": "codegen diff: materialize@2 -> materialize@3",
        "tests": "5",
        "failures": "3",
        "skipped": "0",
        "errors": "0",
    }
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("chunkedgraph", "2", "1"),
        ("materialize", "3", "2"),
    ]


def test_a_failure_says_where_and_what_to_do():
    (case,) = ET.fromstring(written(comparison(REMOVED), "junit")).iter("testcase")
    assert case.attrib == {
        "classname": "materialize.query_table",
        "name": f"param-removed limit {REMOVED.fingerprint}",
    }
    (failure,) = case
    assert failure.attrib == {"type": "param-removed", "message": "a parameter is gone"}
    assert failure.text.splitlines() == [
        "breaking: a parameter is gone",
        "old: spec/materialize/v2.yaml:41",
        "new: spec/materialize/v3.yaml:12",
        "breaks minniev1 (5.13.2), wclee (4.0.0)",
        "used by 4 operations",
        "Keep `limit` as an alias of `max_rows`.",
    ]


def test_cases_have_names_of_their_own():
    names = [
        (case.get("classname"), case.get("name"))
        for case in ET.fromstring(written(comparison(*ALL), "junit")).iter("testcase")
    ]
    assert len(set(names)) == len(names) == 5


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_it_parses_whatever_it_says(text):
    (case,) = ET.fromstring(written(hostile(text), "junit")).iter("testcase")
    (failure,) = case
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in " ".join(text.split())
    )
    assert failure.get("message") == f"t{shown}"
    assert f"new: f{shown}:3" in failure.text
    assert case.get("classname") == f"s{shown}.o{shown}"


def test_a_whole_but_empty_report_parses():
    root = ET.fromstring(FORMATS["junit"](comparison(), Manner()))
    assert (root.tag, root.get("tests"), list(root)) == ("testsuites", "0", [])


def test_what_is_accepted_names_its_list():
    made = comparison(ADDED, accepted=(REMOVED,), accepted_in="spec/drift_reviewed.yaml")
    (skipped,) = ET.fromstring(written(made, "junit")).iter("skipped")
    assert skipped.get("message") == "accepted in spec/drift_reviewed.yaml"


def test_silent_changes_say_so():
    assert "breaking, silent: a default" in written(comparison(DEFAULT, CACHE), "junit")
