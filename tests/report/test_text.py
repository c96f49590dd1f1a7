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
            also in: query_view, live_live_query, join_query
            accept:  - {fingerprint: "cc5005b9a627", id: "param-removed", \
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


@pytest.mark.parametrize("width", [60, 80, 200])
def test_sentences_fit_the_terminal_and_lose_no_word(width):
    found = finding("op-added", hint="Say this. " * 30, also=tuple(f"s@2.get_thing_{n}" for n in range(40)))
    laid_out = written(comparison(found), "text", explain=True, width=width).splitlines()
    plain = written(comparison(found), "text", explain=True).splitlines()
    assert max(len(line) for line in laid_out if "accept:" not in line and "op-added" not in line) <= width
    assert " ".join(" ".join(laid_out).split()) == " ".join(" ".join(plain).split())
    begun = [line for line in laid_out if line.startswith(" " * 12) and "accept:" not in line]
    assert {len(line) - len(line.lstrip()) for line in begun} == {12, 21}


WHOLE = {"operation": None, "service": "chunkedgraph"}


@pytest.mark.parametrize(
    ("findings", "heading"),
    [
        ([finding("base-url-changed", **WHOLE)], "    (the service)"),
        ([finding("base-url-changed", **WHOLE, api="1")], "    (the API version)"),
        ([finding("base-url-changed", **WHOLE, api="1"), ADDED], "    (API 1)"),
        ([finding("op-added", api="1"), finding("op-added", api="2")], "    query_table, API 1"),
    ],
)
def test_what_a_finding_is_about_stands_above_it(findings, heading):
    assert heading in written(comparison(*findings), "text").splitlines()


@pytest.mark.parametrize(
    ("changes", "remark", "others"),
    [
        ({"also": ("s@3.query_table",)}, " [in API 2 and 3]", "query_table (API 3)"),
        ({"also": ("s@2.get",)}, " [used by 2 operations]", "get (API 2)"),
        (
            {"also": ("s@10.get", "s@2.get", "s@3.query_table")},
            " [used by 2 operations, in API 2, 3 and 10]",
            "get (API 2 and 10); query_table (API 3)",
        ),
        ({"operation": None, "api": None, "also": ("s@2.get",)}, " [used by 1 operation]", "get (API 2)"),
        ({"api": "2 -> 3", "also": ("s@3.get",)}, " [used by 2 operations]", "get (API 3)"),
    ],
)
def test_where_else_an_edit_is_seen_is_counted_and_named(changes, remark, others):
    report = written(comparison(finding("op-added", **({"api": "2"} | changes))), "text", explain=True)
    line = next(line for line in report.splitlines() if "op-added" in line)
    assert line.endswith(f"an operation is new{remark}")
    assert f"also in: {others}\n" in report


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
