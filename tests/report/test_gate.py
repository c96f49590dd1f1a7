"""What is seen under each promise, and what may pass."""

from dataclasses import replace

import pytest
from made import ADDED, ADDRESS, ALL, CACHE, DEFAULT, REMOVED, WORDS, comparison, finding

from codegen.report.accepted import EXPIRED, RULES, UNUSED
from codegen.report.finding import Finding
from codegen.report.gate import FAIL_ON, PROMISES, exit_status, visible


def of_the_list(rule):
    return Finding(
        id=rule.id,
        wire=rule.wire,
        source=rule.source,
        silent=False,
        service="materialize",
        text="x",
        of_list=True,
    )


def seen(promise, docs, *findings):
    return [(each.id, each.level) for each in visible(comparison(*findings), promise, docs).findings]


@pytest.mark.parametrize(
    ("promise", "docs", "told"),
    [
        (
            "source",
            False,
            [
                ("param-default-changed", "breaking"),
                ("base-url-changed", "breaking"),
                ("param-removed", "breaking"),
                ("cache-ttl-changed", "warning"),
                ("op-added", "info"),
            ],
        ),
        (
            "source",
            True,
            [
                ("param-default-changed", "breaking"),
                ("base-url-changed", "breaking"),
                ("param-removed", "breaking"),
                ("cache-ttl-changed", "warning"),
                ("op-added", "info"),
                ("doc-changed", "info"),
            ],
        ),
        (
            "wire",
            True,
            [
                ("base-url-changed", "breaking"),
                ("param-default-changed", "warning"),
                ("param-removed", "warning"),
                ("op-added", "info"),
            ],
        ),
        ("silent", True, [("param-default-changed", "breaking")]),
    ],
)
def test_a_promise_says_what_is_seen_and_how_bad_it_is(promise, docs, told):
    assert seen(promise, docs, *ALL) == told


def test_under_wire_what_only_scripts_meet_is_left_out_and_the_rest_has_no_verdict_on_them():
    (left,) = visible(comparison(REMOVED, CACHE), "wire", docs=False).findings
    assert left == replace(REMOVED, source="none")
    assert left.fingerprint == REMOVED.fingerprint


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_no_promise_hides_what_is_wrong_with_the_list(promise, rule):
    assert seen(promise, False, of_the_list(rule)) == [(rule.id, "breaking")]


@pytest.mark.parametrize("promise", PROMISES)
def test_what_has_been_accepted_stays_counted(promise):
    made = comparison(ADDED, accepted=(REMOVED,))
    assert visible(made, promise, docs=False).accepted == (REMOVED,)


@pytest.mark.parametrize("promise", PROMISES)
def test_looking_twice_shows_the_same(promise):
    once = visible(comparison(*ALL), promise, docs=True)
    assert visible(once, promise, docs=True) == once


SILENT_INFO = finding("op-added", silent=True)

STATUSES = [
    # fail_on: none, info, warning, breaking, silent
    ((), (0, 0, 0, 0, 0)),
    ((ADDED,), (0, 1, 0, 0, 0)),
    ((CACHE,), (0, 1, 1, 0, 0)),
    ((REMOVED,), (0, 1, 1, 1, 0)),
    ((ADDRESS,), (0, 1, 1, 1, 0)),
    ((DEFAULT,), (0, 1, 1, 1, 1)),
    ((SILENT_INFO,), (0, 1, 0, 0, 1)),
    ((ADDED, CACHE, REMOVED), (0, 1, 1, 1, 0)),
    ((WORDS,), (0, 1, 0, 0, 0)),
    ((of_the_list(UNUSED),), (0, 1, 1, 1, 1)),
    ((of_the_list(EXPIRED),), (0, 1, 1, 1, 1)),
]


@pytest.mark.parametrize(("findings", "statuses"), STATUSES)
def test_the_exit_status_is_one_if_something_is_that_bad(findings, statuses):
    made = comparison(*findings)
    assert tuple(exit_status(made, fail_on) for fail_on in FAIL_ON) == statuses


def test_what_has_been_accepted_fails_nothing():
    made = comparison(accepted=(REMOVED, DEFAULT))
    assert {exit_status(made, fail_on) for fail_on in FAIL_ON} == {0}
