"""One edit of a descriptor, and what scripts lose by it."""

import pytest
from more_single_edits import EDITS, NOTHING
from surface_spec import copies, said, spec_of

from codegen import ir
from codegen.diff.compare import compare as spec_diff
from codegen.surface.compare import compare, surface_changes
from codegen.surface.prediction import unpredicted
from codegen.surface.rules import BY_ID

HAND_MADE = {
    "all-export-removed",
    "class-base-removed",
    "exception-base-changed",
    "mixin-hook-misfit",
    "mixin-hook-missing",
    "no-longer-picklable",
    "sync-became-async",
}
"""Kinds that no edit of a descriptor makes; their tests write the modules themselves."""


ALL = {edit.title: edit for edit in (*EDITS, *NOTHING)}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return spec_of(tmp_path_factory.mktemp("before")).service("demo")


@pytest.fixture(scope="module")
def both(before, tmp_path_factory):
    """Both sides of all edits at once, each in a service of its own."""
    after = [spec_of(tmp_path_factory.mktemp("after"), **edit.files).service("demo") for edit in ALL.values()]
    return copies([before] * len(after)), copies(after)


@pytest.fixture(scope="module")
def made(both):
    return compare(*both)


@pytest.fixture(scope="module")
def undone(both):
    return compare(*both[::-1])


def sorted_by_edit(changes):
    """Return the changes in short, by the title of the edit."""
    found = {title: [] for title in ALL}
    titles = dict(enumerate(ALL))
    for change in changes:
        number = int(change.service.removeprefix("service_"))
        text = (
            said(change)
            .replace(f"service_{number}_", "demo_")
            .replace(f"types_service_{number}", "types_demo")
        )
        found[titles[number]].append(text.replace(f"SERVICE_{number}_", "DEMO_"))
    return {title: sorted(told) for title, told in found.items()}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_what_an_edit_takes_from_scripts_is_told(made, edit):
    assert sorted_by_edit(made)[edit.title] == sorted(edit.changes)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_what_undoing_an_edit_takes_from_scripts_is_told(undone, edit):
    assert sorted_by_edit(undone)[edit.title] == sorted(edit.undone)


@pytest.mark.parametrize("edit", NOTHING, ids=lambda edit: edit.title)
def test_an_edit_that_scripts_do_not_see_is_not_told(made, edit):
    assert sorted_by_edit(made)[edit.title] == []


def test_the_spec_diff_foresees_every_change(both, made):
    assert unforeseen(made, *both) == []


def test_the_spec_diff_foresees_every_change_that_undoing_makes(both, undone):
    assert unforeseen(undone, *both[::-1]) == []


def unforeseen(changes, old, new):
    return list(map(said, unpredicted(changes, spec_diff(old, new).findings)))


def test_every_kind_has_an_edit():
    lines = [line for edit in EDITS for line in (*edit.changes, *edit.undone)]
    assert {line.partition(" ")[0] for line in lines} == set(BY_ID) - HAND_MADE


def test_a_spec_is_as_it_is(before):
    spec = ir.Spec((before,))
    assert surface_changes(spec, spec) == ()
