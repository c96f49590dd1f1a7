"""`spec/accepted.yaml`: read strictly, and never a way to hide something for good."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from made import ADDED, ALL, DEFAULT, HOSTILE, REMOVED, RULES, comparison, finding, hostile

from codegen.load import load_spec
from codegen.problems import SpecErrors
from codegen.report.accepted import FILE, Acceptance, entry, read_accepted, settle
from codegen.report.finding import Place

ROOT = Path(__file__).parents[2]
TODAY = date(2027, 1, 1)

GOOD = """\
spec: 1
accepted:
  - fingerprint: "cc5005b9a627"
    id: param-removed
    where: materialize.query_table.limit
    reason: No server reads it.
    until: "2027-01-01"
"""


def listed(tmp_path, text):
    """Read a list from its text."""
    file = tmp_path / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return read_accepted(tmp_path)


def accepted(found, **changes):
    values = {"fingerprint": found.fingerprint, "id": found.id, "where": found.where}
    return Acceptance(**({**values, "reason": "It is meant.", "until": None, "line": 3} | changes))


def settled(findings, acceptances, covers=lambda where: True, today=TODAY):
    return settle(comparison(*findings), tuple(acceptances), covers=covers, today=today)


# ---- reading


def test_an_entry_is_read_with_its_line(tmp_path):
    assert listed(tmp_path, GOOD) == (
        Acceptance(
            "cc5005b9a627",
            "param-removed",
            "materialize.query_table.limit",
            "No server reads it.",
            date(2027, 1, 1),
            3,
        ),
    )


def test_an_entry_without_an_end_holds_for_good(tmp_path):
    (found,) = listed(tmp_path, GOOD.replace('    until: "2027-01-01"\n', ""))
    assert found.until is None
    assert not found.is_over(date(2999, 1, 1))


@pytest.mark.parametrize(
    ("today", "over"), [(date(2026, 12, 31), False), (TODAY, False), (date(2027, 1, 2), True)]
)
def test_the_last_day_still_counts(tmp_path, today, over):
    (found,) = listed(tmp_path, GOOD)
    assert found.is_over(today) is over


def test_a_project_without_a_list_accepts_nothing(tmp_path):
    assert read_accepted(tmp_path) == ()


def test_our_own_list_is_read_and_the_descriptors_beside_it_too():
    assert isinstance(read_accepted(ROOT), tuple)
    assert load_spec(ROOT / "spec").services


MISTAKES = [
    ("spec: 1\n", "", "spec/accepted.yaml:1: 'spec' is missing. Write `spec: 1`."),
    ("spec: 1", "spec: 2", "spec/accepted.yaml:1: spec: 2 is not 1, the format of this language."),
    ("accepted:", "acepted:", ":2: acepted: unknown key 'acepted'. Did you mean 'accepted'?"),
    ("    reason: No server reads it.\n", "", ":3: accepted[0]: 'reason' is missing. Say why it may stay."),
    ("reason: No server reads it.", 'reason: ""', ":6: accepted[0].reason: '' is not a sentence."),
    ("reason: No", "reson: No", ":6: accepted[0].reson: unknown key 'reson'. Did you mean 'reason'?"),
    ("reason: No server reads it.", "reason: [a]", ":6: accepted[0].reason: a list is not a sentence."),
    ('"cc5005b9a627"', "123456789012", ":3: accepted[0].fingerprint: 123456789012 is not a fingerprint"),
    ('"cc5005b9a627"', '"8D983FBC2CC4"', ":3: accepted[0].fingerprint: '8D983FBC2CC4' is not a fingerprint"),
    ("id: param-removed", "id: Param removed", "is not the name of a rule, like param-removed."),
    ('"2027-01-01"', "2027-01-01", ":7: accepted[0].until: plain 2027-01-01 is a date to some readers."),
    ('"2027-01-01"', '"1 January 2027"', "is not a date in quotes, like \"2027-01-31\"."),
    ('"2027-01-01"', '"2027-02-30"', "'2027-02-30' is no day of the calendar. Correct the date."),
    ("  - fingerprint", "  - a text\n  - fingerprint", ":3: accepted[0]: an entry must be a mapping."),
    ("reason: No", "reason: &x No", "anchors are not used here."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path, old, new, told):
    assert GOOD.count(old) == 1
    with pytest.raises(SpecErrors) as raised:
        listed(tmp_path, GOOD.replace(old, new))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "spec/accepted.yaml:1: the file is empty."),
        ("- a\n", "spec/accepted.yaml:1: the file must be a mapping. Begin it with `spec: 1`."),
        ("spec: 1\naccepted: null\n", "accepted: null is not a list."),
        ("spec: 1\naccepted: [\n", "not YAML"),
    ],
)
def test_a_file_that_is_no_list_is_told(tmp_path, text, told):
    with pytest.raises(SpecErrors) as raised:
        listed(tmp_path, text)
    assert told in str(raised.value)


def test_the_same_difference_cannot_be_accepted_twice(tmp_path):
    with pytest.raises(SpecErrors) as raised:
        listed(tmp_path, GOOD + GOOD.partition("accepted:\n")[2])
    assert str(raised.value) == (
        "spec/accepted.yaml:8: accepted[1]: 'cc5005b9a627' stands at line 3 already. Remove one of the two."
    )


def test_all_mistakes_are_told_at_once(tmp_path):
    text = GOOD.replace("spec: 1", "spec: 2").replace("reason: No", "reson: No").replace("-01-01", "-13-01")
    with pytest.raises(SpecErrors) as raised:
        listed(tmp_path, text)
    assert len(raised.value.problems) == 4


# ---- the entry to paste


@pytest.mark.parametrize("text", [text for name, text in HOSTILE.items() if name != "surrogate"])
def test_the_entry_to_paste_is_read_back_once_it_has_a_reason(tmp_path, text):
    (found,) = hostile(text).findings
    pasted = f"spec: 1\naccepted:\n  {entry(found)}\n"
    with pytest.raises(SpecErrors, match="reason: '' is not a sentence"):
        listed(tmp_path, pasted)
    (acceptance,) = listed(tmp_path, pasted.replace('reason: ""', "reason: It is meant."))
    assert acceptance.key == (found.fingerprint, found.id, found.where)


@pytest.mark.parametrize("found", ALL)
def test_the_entry_to_paste_has_one_line(found):
    assert yaml.safe_load(entry(found)) == [
        {"fingerprint": found.fingerprint, "id": found.id, "where": found.where, "reason": ""}
    ]
    assert len(entry(found).splitlines()) == 1


def test_a_long_name_is_not_broken_into_lines():
    assert "\n" not in entry(finding("param-removed", param="with blanks " * 40))


# ---- what it does to a comparison


def test_what_is_accepted_is_taken_out_and_counted():
    made = settled([REMOVED, DEFAULT], [accepted(REMOVED)])
    assert made.findings == (DEFAULT,)
    assert made.accepted == (REMOVED,)
    assert made.summary["accepted"] == 1
    assert made.summary["breaking"] == 1


def test_two_findings_with_one_fingerprint_are_accepted_together():
    twin = replace(REMOVED, hint="Other words.")
    assert twin.fingerprint == REMOVED.fingerprint
    assert settled([REMOVED, twin], [accepted(REMOVED)]).findings == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"api": "3 -> 4"},
        {"api": "2", "also": ("materialize@3.query_table",)},
        {"affects": (*REMOVED.affects, "third (4.0.0)")},
    ],
    ids=["another API version", "one more API version", "one more deployment"],
)
def test_what_is_accepted_is_not_accepted_for_more(changes):
    wider = replace(REMOVED, **changes)
    assert wider in settled([wider], [accepted(REMOVED)]).findings


def test_an_accepted_edit_may_be_seen_in_more_operations():
    """A new operation that uses the same group is told by itself."""
    wider = replace(REMOVED, also=(*REMOVED.also, "materialize.query_new"))
    assert settled([wider], [accepted(REMOVED)]).findings == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "0" * 12},
        {"id": "op-added"},
        {"where": "materialize.query_table.offset"},
        {"until": date(2026, 12, 31)},
    ],
)
def test_an_entry_that_does_not_fit_in_everything_or_is_over_accepts_nothing(changes):
    made = settled([REMOVED], [accepted(REMOVED, **changes)])
    assert REMOVED in made.findings
    assert made.accepted == ()


def test_an_entry_that_fits_nothing_is_a_finding_at_its_line():
    (found,) = settled([], [accepted(REMOVED)]).findings
    assert (found.id, found.level, found.silent) == ("unused-acceptance", "breaking", False)
    assert found.new_place == Place("spec/accepted.yaml", 3)
    assert found.where == "materialize.query_table.limit"
    assert found.text == f"no difference fits the accepted param-removed {REMOVED.fingerprint} any more."


def test_a_difference_that_reads_otherwise_now_is_pointed_at():
    made = settled([REMOVED], [accepted(REMOVED, fingerprint="0" * 12)])
    assert {each.id for each in made.findings} == {"param-removed", "unused-acceptance"}
    (hint,) = [each.hint for each in made.findings if each.id == "unused-acceptance"]
    assert hint.startswith("The difference reads otherwise now: ")
    assert hint.endswith(f"write fingerprint '{REMOVED.fingerprint}'.")


@pytest.mark.parametrize(
    ("covers", "until", "found"),
    [
        (lambda where: True, None, ["unused-acceptance"]),
        (lambda where: where.startswith("materialize"), None, ["unused-acceptance"]),
        (lambda where: where.startswith("state"), None, []),
        # Its day is over, whatever is compared; where it fits nothing, one finding is enough.
        (lambda where: where.startswith("state"), date(2026, 1, 1), ["expired-acceptance"]),
        (lambda where: True, date(2026, 1, 1), ["unused-acceptance"]),
    ],
)
def test_an_entry_is_unused_only_where_something_was_compared(covers, until, found):
    made = settled([], [accepted(REMOVED, until=until)], covers=covers)
    assert [each.id for each in made.findings] == found


def test_an_entry_that_is_over_lets_the_difference_count_again():
    made = settled([REMOVED], [accepted(REMOVED, until=date(2026, 12, 31))])
    assert [each.id for each in made.findings] == ["expired-acceptance", "param-removed"]
    assert made.findings[0].text == (
        f"param-removed {REMOVED.fingerprint} was accepted until 2026-12-31: It is meant."
    )
    assert made.findings[0].level == "breaking"


def test_entries_of_another_command_are_left_to_it():
    other = accepted(REMOVED, id="server-lost-operation", until=date(2026, 1, 1))
    assert settled([], [other]).findings == ()


def test_the_rules_about_the_list_are_added_to_those_of_the_comparison():
    made = settled([ADDED], [])
    assert set(made.rules) == {*RULES, "unused-acceptance", "expired-acceptance"}


def test_findings_about_two_entries_have_fingerprints_of_their_own():
    made = settled([], [accepted(REMOVED), accepted(REMOVED, fingerprint="0" * 12)])
    assert len({each.fingerprint for each in made.findings}) == 2
