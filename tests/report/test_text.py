"""`text`: what people see, letter by letter."""

import re

import pytest
from made import ADDED, ADDRESS, ALL, CACHE, DEFAULT, HOSTILE, REMOVED, comparison, finding, hostile, written

EVERYTHING = """\
materialize@2 -> materialize@3

Silent changes (1): The call still runs, but its answer can differ.
  materialize
    query_table
      ! breaking  spec/materialize/v3.yaml:13: param-default-changed: limit: \
a default that is sent has changed

Other changes (4):
  chunkedgraph
    (the service)
        breaking  spec/x.yaml: base-url-changed: the address has changed
    get_past_ids
        info      spec/chunkedgraph/v1.yaml:90: op-added: an operation is new
  materialize
    query_table, API 2 -> 3
        breaking  spec/materialize/v3.yaml:12: param-removed: limit: a parameter is gone \
[breaks minniev1 (5.13.2), wclee (4.0.0)] [used by 4 operations]
    query_table
        warning   cache-ttl-changed: cache: answers are kept for another time

3 breaking, 1 warning, 1 info; 1 of them silent
"""

EXPLAINED = """\
            why:     Scripts that pass it fail with a TypeError.
            before:
              {type: int}
            to do:   Keep `limit` as an alias of `max_rows`.
            also in: materialize.query_view, materialize.live_live_query, materialize.join_query
            accept:  - {fingerprint: "8d983fbc2cc4", id: "param-removed", \
where: "materialize.query_table.limit", reason: ""}
"""


def test_silent_changes_come_first_then_services_and_their_operations():
    assert written(comparison(*ALL), "text") == EVERYTHING


def test_a_finding_is_explained_below_its_line():
    report = written(comparison(REMOVED), "text", explain=True)
    _, _, below = report.partition("[used by 4 operations]\n")
    assert below == f"{EXPLAINED}\n1 breaking\n"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (DEFAULT, "before:\n              10\n            after:\n              500\n"),
        # Neither side has a value of its own: the rule has none either, or shows an example.
        (ADDRESS, "why:     Installed clients ask the old address.\n            to do:   Serve both.\n"),
        (CACHE, "to do:   Say it in the notes."),
    ],
)
def test_both_sides_are_shown_as_descriptors_write_them(found, told):
    assert told in written(comparison(found), "text", explain=True)


def test_the_rules_example_stands_for_a_finding_without_values():
    report = written(comparison(finding("param-removed")), "text", explain=True)
    assert "before, for example:\n              params:\n                limit: {type: int}\n" in report
    assert "after, for example:\n              params: {}\n" in report


@pytest.mark.parametrize(
    ("findings", "accepted", "line"),
    [
        ((REMOVED,), (), "1 breaking"),
        ((CACHE,), (), "1 warning"),
        ((ADDED,), (), "1 info"),
        ((DEFAULT, REMOVED, ADDED), (), "2 breaking, 1 info; 1 of them silent"),
        ((ADDED,), (REMOVED, DEFAULT), "1 info; 2 accepted in spec/accepted.yaml"),
    ],
)
def test_the_last_line_counts(findings, accepted, line):
    assert written(comparison(*findings, accepted=accepted), "text").splitlines()[-1] == line


def test_colours_add_nothing_that_letters_do_not_say():
    coloured = written(comparison(*ALL), "text", colour=True)
    assert "\x1b[1;31mbreaking\x1b[0m" in coloured
    assert "\x1b[33mwarning  \x1b[0m" not in coloured
    assert "\x1b[33mwarning \x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == EVERYTHING


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_finding_has_one_line_whatever_it_says(text):
    usual = written(hostile("x"), "text").splitlines()
    assert len(written(hostile(text), "text").splitlines()) == len(usual) == 8


def test_one_operation_that_shares_an_edit_with_none_is_not_counted():
    assert "used by" not in written(comparison(ADDED), "text")


def test_the_entry_is_that_of_the_list_which_the_command_reads():
    made = comparison(REMOVED, entry=lambda finding: f"- {{what: {finding.id}}}")
    assert "accept:  - {what: param-removed}\n" in written(made, "text", explain=True)


def test_what_is_wrong_with_the_list_itself_cannot_be_accepted():
    report = written(comparison(finding("param-removed", of_list=True)), "text", explain=True)
    assert "to do:" in report
    assert "accept:" not in report
