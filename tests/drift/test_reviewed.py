"""The list of reviewed differences: what it hides, when it is wrong, how strictly it is read."""

from datetime import date

import pytest

from codegen.drift.note import finding
from codegen.drift.reviewed import Entry, apply, load_reviewed, spot
from codegen.drift.reviewed import entry as entry_for
from codegen.ir import Origin
from codegen.problems import SpecErrors

TODAY = date(2026, 6, 15)
SERVICES = ("info", "materialize")
HEAD = "spec: 1\nreviewed:\n"


def read(tmp_path, text):
    folder = tmp_path / "spec"
    folder.mkdir(exist_ok=True)
    (folder / "drift_reviewed.yaml").write_text(text)
    return load_reviewed(folder, SERVICES)


def found(rule="param-unknown", service="info", **place):
    return finding(rule, service, "words", Origin("spec/info/v2.yaml", 3), **place)


COUNT = found(api="2", operation="get_things", param="count")
ROUTE = found("route-unknown", api="2", operation="GET /info/api/v2/admin/{x}")
BASE = found("base-path-differs")


def test_without_a_file_nothing_is_reviewed(tmp_path):
    assert load_reviewed(tmp_path, SERVICES) == ()


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (COUNT, "info@2.get_things.count"),
        (ROUTE, "info@2.GET /info/api/v2/admin/{x}"),
        (BASE, "info"),
        (found(operation="GET /info/health"), "info.GET /info/health"),
    ],
)
def test_places_have_names(one, told):
    assert spot(one) == told


HIDDEN = [
    ("param-unknown", "info@2.get_things.count", COUNT, True),
    ("param-unknown", "info@*.*.count", COUNT, True),
    ("param-unknown", "info@*", COUNT, True),
    ("param-unknown", "info@2.get_things", COUNT, False),
    ("param-unknown", "info@2.get_things.coun", COUNT, False),
    ("param-unknown", "info@2.get_things.c.unt", COUNT, False),
    ("param-unknown", "info@3.get_things.count", COUNT, False),
    ("param-undeclared", "info@2.get_things.count", COUNT, False),
    ("route-unknown", "info@2.GET /info/api/v2/admin/*", ROUTE, True),
    ("route-unknown", "info@2.* /info/api/v2/admin/*", ROUTE, True),
    ("route-unknown", "info@2.GET /info/api/v2/admin/{x}", ROUTE, True),
    ("route-unknown", "info@2.POST /info/api/v2/admin/*", ROUTE, False),
    ("base-path-differs", "info", BASE, True),
]


@pytest.mark.parametrize(("what", "where", "one", "hides"), HIDDEN)
def test_what_an_entry_hides(tmp_path, what, where, one, hides):
    entries = read(tmp_path, f"{HEAD}  - what: {what}\n    where: {where}\n    reason: Because.\n")
    left, _ = apply(entries, [one], (), TODAY)
    assert left == ([] if hides else [one])


def test_several_places_with_one_reason(tmp_path):
    text = (
        f"{HEAD}  - what: param-unknown\n    where: [info@2.a.b, info@2.get_things.count]\n    reason: R.\n"
    )
    entries = read(tmp_path, text)
    left, _ = apply(entries, [COUNT], ("info",), TODAY)
    assert [(each.id, each.old) for each in left] == [("reviewed-unused", "info@2.a.b")]
    assert str(left[0].place) == "spec/drift_reviewed.yaml:4"


@pytest.mark.parametrize(
    ("compared", "what", "told"),
    [
        (("info",), "param-unknown", ["reviewed-unused"]),
        (("materialize",), "param-unknown", []),
        ((), "param-unknown", []),
        (("info",), "service-silent", []),
    ],
)
def test_only_of_what_was_compared_it_is_known_that_an_entry_has_no_use(tmp_path, compared, what, told):
    entries = read(tmp_path, f"{HEAD}  - {{what: {what}, where: info@2.a.b, reason: R.}}\n")
    assert [each.id for each in apply(entries, [], compared, TODAY)[0]] == told


@pytest.mark.parametrize(("until", "told"), [("2026-06-14", ["reviewed-expired"]), ("2026-06-15", [])])
def test_an_entry_whose_day_is_over(tmp_path, until, told):
    text = (
        f'{HEAD}  - {{what: param-unknown, where: info@2.get_things.count, reason: R., until: "{until}"}}\n'
    )
    left, _ = apply(read(tmp_path, text), [COUNT], ("info",), TODAY)
    assert [each.id for each in left] == told
    assert all("R." in each.text and until in each.text for each in left)


def test_no_entry_hides_what_is_wrong_with_the_list():
    unused = found("reviewed-unused")
    everything = Entry("reviewed-unused", "*", "R.", None, Origin("x", 1))
    assert everything.fits(unused)
    assert apply([everything], [unused], (), TODAY) == ([unused], [])


@pytest.mark.parametrize("one", [COUNT, ROUTE, BASE, found(api="2", operation="a", param="b: c #d")])
def test_the_entry_that_reports_offer_hides_what_it_is_about(tmp_path, one):
    offered = entry_for(one)
    with pytest.raises(SpecErrors, match="the reason is a text"):
        read(tmp_path, f"{HEAD}  {offered}\n")
    entries = read(tmp_path, HEAD + "  " + offered.replace('reason: ""', "reason: Because.") + "\n")
    assert apply(entries, [one], ("info",), TODAY) == ([], [one])


def entry(**fields):
    """Write an entry on one line, with something sound in all other fields."""
    sound = {"what": "route-gone", "where": "info", "reason": "R."} | fields
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in sound.items() if value is not None) + "}\n"


TOP_FAULTS = [
    ("reviewed: []\n", "1: the format of this list is 1. Write `spec: 1`."),
    ("spec: 2\nreviewed: []\n", "1: spec: the format of this list is 1."),
    ("spec: 1\n", "1: 'reviewed' has to be a list."),
    ("spec: 1\nreviewed: {}\n", "1: 'reviewed' has to be a list."),
    ("[]\n", "1: 'reviewed' has to be a list."),
    ("spec: 1\nreviewed: []\nmore: 1\n", "3: more: unknown key 'more'."),
    (f"{HEAD}  - text\n", "3: reviewed[0]: an entry is a mapping of what, where, reason, until."),
    (HEAD + entry() + entry(), "4: reviewed[1].where: this stands at line 3 already."),
]
ENTRY_FAULTS = [
    ({"what": None}, "'what' is missing."),
    ({"where": None}, "'where' is missing."),
    ({"reason": None}, "'reason' is missing. Say why it may differ."),
    ({"when": "now"}, "unknown key 'when'. Did you mean"),
    ({"what": "route-lost"}, "there is no rule 'route-lost'. Did you mean 'route-gone'?"),
    ({"what": "reviewed-unused"}, "there is no rule 'reviewed-unused'."),
    ({"where": "inof@2.x"}, "names no service at its beginning. Did you mean 'info'?"),
    ({"where": '"*"'}, "names no service at its beginning."),
    ({"where": "[]"}, "a list of places has at least one."),
    ({"where": 3}, "a place is a text."),
    ({"reason": '""'}, "the reason is a text."),
    ({"reason": "TODO"}, "left for a person to decide"),
    ({"until": '"31.1.2027"'}, 'is no day. Write it as "2027-01-31".'),
    ({"until": "2027-01-31"}, "is a date to some readers."),
]
FAULTS = [*TOP_FAULTS, *((HEAD + entry(**fields), message) for fields, message in ENTRY_FAULTS)]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_mistakes_are_told_with_their_line(tmp_path, text, message):
    with pytest.raises(SpecErrors) as caught:
        read(tmp_path, text)
    told = str(caught.value)
    assert told.startswith("spec/drift_reviewed.yaml:")
    assert message in told


def test_all_mistakes_at_once(tmp_path):
    with pytest.raises(SpecErrors) as caught:
        read(tmp_path, f"{HEAD}  - {{what: a, where: b, reason: R.}}\n  - {{what: route-gone}}\n")
    assert len(caught.value.problems) == 4
