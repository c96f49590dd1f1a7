"""One edit of a descriptor, and what scripts lose by it."""

import pytest
from more_single_edits import EDITS, NOTHING
from surface_spec import said, spec_of

from codegen.surface.compare import surface_changes
from codegen.surface.rules import BY_ID

HAND_MADE = {
    "all-export-removed",
    "class-base-removed",
    "exception-base-changed",
    "mixin-hook-missing",
    "no-longer-picklable",
    "sync-became-async",
}
"""Kinds that no edit of a descriptor makes; their tests write the modules themselves."""


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return spec_of(tmp_path_factory.mktemp("before"))


def told(old, new):
    return sorted(map(said, surface_changes(old, new)))


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_what_an_edit_takes_from_scripts_is_told(before, tmp_path, edit):
    assert told(before, spec_of(tmp_path, **edit.files)) == sorted(edit.changes)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_what_undoing_an_edit_takes_from_scripts_is_told(before, tmp_path, edit):
    assert told(spec_of(tmp_path, **edit.files), before) == sorted(edit.undone)


@pytest.mark.parametrize("edit", NOTHING, ids=lambda edit: edit.title)
def test_an_edit_that_scripts_do_not_see_is_not_told(before, tmp_path, edit):
    after = spec_of(tmp_path, **edit.files)
    assert told(before, after) == told(after, before) == []


def test_every_kind_has_an_edit():
    lines = [line for edit in EDITS for line in (*edit.changes, *edit.undone)]
    assert {line.partition(" ")[0] for line in lines} == set(BY_ID) - HAND_MADE


def test_a_spec_is_as_it_is(before):
    assert surface_changes(before, before) == ()
