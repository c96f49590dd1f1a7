"""Which changes of the surface the spec diff accounts for, and how they are told."""

from dataclasses import replace

import pytest
from surface_spec import side

from codegen.diff.compare import compare as spec_diff
from codegen.diff.rules import RULES as SPEC_RULES
from codegen.load import load_spec
from codegen.report.finding import Finding, Place
from codegen.report.formats import FORMATS
from codegen.report.manner import Manner
from codegen.surface.change import SurfaceChange
from codegen.surface.findings import UNFORESEEN, findings, with_surface
from codegen.surface.prediction import PREDICTED_BY, unpredicted
from codegen.surface.rules import BY_ID, OF_THE_ANSWER, RULES
from codegen.surface.trees import CURRENT

CLASS = "caveclient_gen._generated.demo_v1.DemoOperationsV1"


def change(kind, **known):
    return SurfaceChange(
        kind, f"{CLASS}.get_rows", **{"service": "demo", "api": "1", "operation": "get_rows"} | known
    )


def finding(rule, **known):
    return Finding(
        **{
            "id": rule,
            "wire": "breaking",
            "source": "breaking",
            "silent": False,
            "service": "demo",
            "text": "It differs.",
            "operation": "get_rows",
        }
        | known
    )


GONE = change("object-removed")
LIMIT = change("parameter-removed", param="limit")
MOVED = change("parameter-moved")
ANSWER = change("return-type-changed", param="response")
KEY = change("key-removed", operation=None, api=None)
ROUTE = change("attribute-value-changed")
HOOK = change("mixin-hook-missing")

NEW_SERVICE = {"service": "new", "old": "demo", "new": "new"}

ACCOUNTED = [
    ("the same operation", GONE, finding("op-removed")),
    ("another version of it", GONE, finding("op-removed", api="2")),
    ("a verdict that warns", GONE, finding("op-removed", source="warning")),
    ("an announced end", GONE, finding("removed-after-sunset", wire="info", source="info")),
    ("the whole service", GONE, finding("service-removed", operation=None)),
    ("a rename, told at the new name", GONE, finding("op-renamed", operation="list_rows", old="get_rows")),
    (
        "a service of another name",
        GONE,
        finding("service-renamed", service="new", old="demo", new="new", operation=None),
    ),
    (
        "what was beta",
        GONE,
        finding("stability-beta-changed", text="op-removed: It is gone.", source="warning"),
    ),
    (
        "the end of an old name",
        LIMIT,
        finding("alias-removed", param="max_rows", old="limit", operation=None),
    ),
    ("a shape under another name", ANSWER, finding("response-type-removed", operation=None, param=None)),
    ("an edit that is seen elsewhere, too", GONE, finding("op-removed", operation="x", also=("get_rows",))),
    ("the same, with all of its path", GONE, finding("op-removed", operation="x", also=("demo@2.get_rows",))),
    ("the same parameter", LIMIT, finding("param-removed", param="limit")),
    ("the operation as a whole", LIMIT, finding("param-removed")),
    ("a renamed parameter", LIMIT, finding("param-renamed", param="most", old="limit")),
    ("another parameter that moves this one", MOVED, finding("positional-param-inserted", param="first")),
    ("the answer", ANSWER, finding("response-decoder-changed", param="response")),
    ("the shape", KEY, finding("response-key-removed", operation=None, param="Row")),
    ("a route, which scripts do not see", ROUTE, finding("op-path-changed", source="none")),
    ("a raw operation", HOOK, finding("op-renamed", old="get_rows", operation="list_rows")),
]

NOT_ACCOUNTED = [
    ("nothing", GONE, None),
    ("another rule", GONE, finding("param-removed")),
    ("another operation", GONE, finding("op-removed", operation="get_row")),
    (
        "an operation whose name begins alike",
        GONE,
        finding("op-removed", operation="x", also=("get_rows_of",)),
    ),
    ("another service", GONE, finding("op-removed", service="other")),
    ("a verdict that says nothing to scripts", GONE, finding("op-removed", source="none")),
    ("another parameter", LIMIT, finding("param-removed", param="offset")),
    ("a parameter whose name begins alike", LIMIT, finding("param-removed", param="limits")),
    ("another part of the call", ANSWER, finding("response-dtype-changed", param="cache")),
    ("a shape of another service", KEY, finding("response-key-removed", service="other", operation=None)),
    (
        "another change of what was beta",
        GONE,
        finding("stability-beta-changed", text="param-removed: It is gone."),
    ),
    (
        "a value that is called like the service",
        GONE,
        finding("op-removed", service="new", old="demo", new="new"),
    ),
]


@pytest.mark.parametrize(
    ("change", "finding"), [row[1:] for row in ACCOUNTED], ids=[row[0] for row in ACCOUNTED]
)
def test_a_finding_accounts_for_a_change(change, finding):
    assert unpredicted([change], [finding]) == ()


@pytest.mark.parametrize(
    ("change", "finding"), [row[1:] for row in NOT_ACCOUNTED], ids=[row[0] for row in NOT_ACCOUNTED]
)
def test_a_finding_does_not_account_for_a_change(change, finding):
    assert unpredicted([change], [finding] if finding else []) == (change,)


def test_what_is_renamed_is_found_under_its_new_name():
    told = [
        finding("op-renamed-with-alias", operation="list_rows", old="get_rows", source="info"),
        finding("param-renamed-with-alias", operation="list_rows", param="most", old="limit", source="info"),
        finding("param-became-required", operation="list_rows", param="most"),
    ]
    assert unpredicted([change("parameter-became-required", param="limit")], told) == ()
    assert unpredicted([change("parameter-became-required", param="offset")], told) != ()


def test_every_rule_that_foresees_is_one_of_the_spec_diff():
    assert set().union(*PREDICTED_BY.values()) <= set(SPEC_RULES)


def test_every_kind_that_a_descriptor_can_bring_about_is_foreseen_by_some_rule():
    assert {kind for kind, rules in PREDICTED_BY.items() if not rules} == {
        "all-export-removed",
        "class-base-removed",
        "exception-base-changed",
        "no-longer-picklable",
        "sync-became-async",
    }


def test_every_change_is_asked_about_though_the_findings_come_once():
    told = iter([finding("op-removed", operation="a"), finding("param-removed", param="limit")])
    assert unpredicted(iter([LIMIT, GONE, LIMIT]), told) == (GONE,)


def test_what_people_write_needs_no_prediction():
    error = SurfaceChange("exception-base-changed", "caveclient_gen._runtime.errors.CAVEError")
    assert unpredicted([error], []) == ()
    [told] = findings([error], [])
    assert UNFORESEEN not in told.text
    assert told.service == "caveclient_gen"


# ---- how changes are told


@pytest.mark.parametrize("kind", sorted(BY_ID))
def test_a_change_of_any_kind_is_told(kind):
    old, new = Place("a.py", 3), Place("a.py", 4)
    one = change(kind, old="what it was", new="what it is", old_place=old, new_place=new)
    [told] = findings([one], [])
    assert told.text.startswith("demo_v1.DemoOperationsV1.get_rows: ")
    assert told.text.endswith(f" ({UNFORESEEN})")
    assert "None" not in told.text
    assert (told.id, told.wire, told.source) == (kind, "none", BY_ID[kind].source)
    assert (told.where, told.api, told.place) == ("demo.get_rows", "1", new)


def test_a_change_that_was_foreseen_names_the_rule():
    [told] = findings([GONE], [finding("op-removed")])
    assert told.text == "demo_v1.DemoOperationsV1.get_rows: is gone"
    assert told.hint == "See op-removed, from which this follows."


def test_what_a_descriptor_says_is_told_as_it_is():
    [told] = findings([replace(ANSWER, old="Literal['{old}', '%s']", new="{new}")], [])
    assert "returned Literal['{old}', '%s'], returns {new}" in told.text


def test_changes_are_told_in_the_order_of_all_findings():
    told = findings([ROUTE, LIMIT, MOVED, GONE], [])
    assert [each.id for each in told] == [
        "parameter-moved",
        "object-removed",
        "parameter-removed",
        "attribute-value-changed",
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_any_report_tells_them_beside_what_the_spec_diff_found(name):
    spec = load_spec(CURRENT.parent / "spec")
    old, new = side(spec, "info", "1"), side(spec, "info", "2")
    alone = spec_diff(old, new)
    comparison = with_surface(alone, old, new)
    assert set(comparison.findings) > set(alone.findings)
    report = FORMATS[name](comparison, Manner(explain=True))
    assert "info_v1.InfoServiceOperationsV1.get_datasets" in report
    assert UNFORESEEN not in report
    assert "object-removed" in report


def test_fingerprints_tell_the_versions_of_an_operation_apart():
    one, other = findings([GONE, replace(GONE, path=GONE.path.replace("V1", "V2"), api="2")], [])
    assert one.fingerprint != other.fingerprint


# ---- the rules


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_all_that_people_need(rule):
    assert all(text.endswith(".") for text in (rule.what, rule.why, rule.safely))
    assert rule.before != rule.after
    assert rule.wire == "none"
    assert bool(rule.mirror) != bool(rule.waiver)
    assert set(rule.mirror) <= set(BY_ID)


def test_every_rule_stands_once_and_in_every_table():
    assert len(BY_ID) == len(RULES)
    assert set(PREDICTED_BY) == set(BY_ID)
    assert set(BY_ID) > OF_THE_ANSWER
