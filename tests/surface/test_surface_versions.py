"""The API versions and the spec of the project, and two trees of it."""

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from surface_spec import SERVICE, V1, said, side, spec_of, swapped

from codegen.diff.compare import compare as spec_diff
from codegen.diff.sides import SideError
from codegen.load import load_spec
from codegen.lookup import UnknownNameError
from codegen.surface.compare import compare, surface_changes
from codegen.surface.prediction import unpredicted
from codegen.surface.rules import BY_ID
from codegen.surface.trees import CURRENT

ROOT = CURRENT.parent

VERSIONS = [
    ("materialize", "2", "3"),
    ("chunkedgraph", "0", "1"),
    ("state", "0", "1"),
    ("annotation", "0", "2"),
    ("info", "1", "2"),
    ("schema", "1", "2"),
]


@cache
def project():
    return load_spec(ROOT / "spec")


@cache
def versions(service, old, new):
    return compare(side(project(), service, old), side(project(), service, new))


def without(spec, service, operation):
    """Return the spec without an operation, in all API versions of a service."""
    changed = spec.service(service)
    apis = tuple(
        replace(api, operations=tuple(each for each in api.operations if each.name != operation))
        for api in changed.apis
    )
    services = (replace(each, apis=apis) if each == changed else each for each in spec.services)
    return replace(spec, services=tuple(services))


@pytest.mark.parametrize("pair", VERSIONS)
@pytest.mark.parametrize("step", [1, -1], ids=["up", "down"])
def test_two_versions_are_compared_as_if_they_had_the_same_names(pair, step):
    service, old, new = pair[0], *pair[1:][::step]
    changes = versions(service, old, new)
    assert {change.service for change in changes} == {service}
    assert {change.api for change in changes} == {f"{old} -> {new}"}
    assert {change.kind for change in changes} <= set(BY_ID)
    removed = [change.name for change in changes if change.kind == "object-removed"]
    # Members, never the whole module or class: those have only another number.
    assert all(name.count(".") == 2 for name in removed if not name.startswith("endpoints."))


@pytest.mark.parametrize("pair", VERSIONS)
@pytest.mark.parametrize("step", [1, -1], ids=["up", "down"])
def test_the_spec_diff_of_two_versions_foresees_all(pair, step):
    service, old, new = pair[0], *pair[1:][::step]
    found = spec_diff(side(project(), service, old), side(project(), service, new)).findings
    assert [said(change) for change in unpredicted(versions(service, old, new), found)] == []


@pytest.mark.parametrize("pair", VERSIONS)
def test_every_public_method_that_the_next_version_lacks_is_told_and_no_other(pair):
    service, old, new = pair
    before, after = (
        {each.python_name for each in project().service(service).api(number).operations}
        for number in (old, new)
    )
    lost = {name for name in before - after if not name.startswith("_")}
    told = [change for change in versions(*pair) if change.kind == "object-removed"]
    assert {change.path.rpartition(".")[2] for change in told if change.operation} == lost


@pytest.mark.parametrize("pair", VERSIONS)
def test_lines_are_those_of_the_generated_files(pair):
    for change in versions(*pair):
        word = change.path.split("(")[0].split("[")[-1].rstrip("]").rpartition(".")[2].strip("'")
        places = {old: place for old, place in ((True, change.old_place), (False, change.new_place)) if place}
        for is_old, place in places.items():
            line = (ROOT / place.file).read_text().splitlines()[place.line - 1]
            named = word if is_old or change.kind != "entry-removed" else "{"
            assert named.replace(f"_V{pair[1]}", f"_V{pair[2]}") in line or named in line


def test_a_version_has_no_change_against_itself():
    assert versions("materialize", "3", "3") == ()


def test_a_lost_operation_is_told_of_every_version_that_has_it():
    changes = surface_changes(project(), without(project(), "materialize", "get_tables"))
    told = {(change.kind, change.api, change.operation) for change in changes}
    assert told == {
        ("entry-removed", "2", "get_tables"),
        ("entry-removed", "3", "get_tables"),
        ("object-removed", "2", "get_tables"),
        ("object-removed", "3", "get_tables"),
    }


def test_a_service_is_compared_alone():
    smaller = without(without(project(), "materialize", "get_tables"), "info", "get_datastacks")
    changes = compare(side(project(), "info"), side(smaller, "info"))
    assert {(change.service, change.operation) for change in changes} == {("info", "get_datastacks")}


def test_a_version_of_one_spec_is_compared_with_the_same_of_another():
    smaller = without(project(), "materialize", "get_tables")
    changes = compare(side(project(), "materialize", "3"), side(smaller, "materialize", "3"))
    assert {change.api for change in changes} == {"3"}


def test_a_lost_version_claims_its_class_and_addresses(tmp_path):
    second = 'api: "2"\nprefix: /api/v2\nextends: v1\noperations: {}\n'
    old, new = spec_of(tmp_path / "old", v2=second), spec_of(tmp_path / "new")
    assert [said(change) for change in surface_changes(old, new)] == ["object-removed demo_v2"]


def test_a_lost_service_is_told_by_its_modules():
    smaller = replace(
        project(), services=tuple(each for each in project().services if each.name != "l2cache")
    )
    told = [said(change) for change in surface_changes(project(), smaller)]
    assert told == ["object-removed types_l2cache", "object-removed l2cache_v1"]


def test_a_shape_is_compared_when_versions_of_two_specs_are(tmp_path):
    changed = swapped(SERVICE, ("      id: {type: int, doc: Its id.}\n", ""))
    old, new = spec_of(tmp_path / "old"), spec_of(tmp_path / "new", service=changed)
    changes = compare(side(old, "demo", "1"), side(new, "demo", "1"))
    assert [said(change) for change in changes] == ["key-removed types_demo.Row.id"]


def test_numbers_that_begin_alike_are_told_apart(tmp_path):
    tenth = swapped(V1, ('api: "1"', 'api: "10"'), ("prefix: /api/v1", "prefix: /api/v10"))
    tenth = swapped(tenth.replace("/demo/api/v1/", "/demo/api/v10/"), ("path: /status", "path: /now"))
    spec = spec_of(tmp_path, v10=tenth)
    for old, new in (("1", "10"), ("10", "1")):
        changes = compare(side(spec, "demo", old), side(spec, "demo", new))
        assert [change.path.rpartition(".")[2] for change in changes] == [
            f"DEMO_V{old}_ROOT",
            f"DEMO_V{old}['status']",
        ]


# ---- the hand-written part of two trees


def tree(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Copy the part of the package that is compared, with replaced texts in some files."""
    package = folder / CURRENT.name
    shutil.copytree(CURRENT, package, ignore=shutil.ignore_patterns("_generated", "__pycache__", "compat"))
    for file, old, new in edits:
        path = package / file
        path.write_text(swapped(path.read_text(), (old, new)))
    return package


def test_errors_and_exports_of_two_trees_are_compared(tmp_path):
    package = tree(
        tmp_path,
        (
            "_runtime/errors.py",
            "class ExpiredVersionError(HTTPStatusError)",
            "class ExpiredVersionError(CAVEError)",
        ),
        ("materializationengine.py", '    "SERVER_KEY",\n', ""),
    )
    changes = compare(side(project()), side(project()), (CURRENT, package))
    assert [(change.kind, change.name, change.service) for change in changes] == [
        ("exception-base-changed", "caveclient_gen._runtime.errors.ExpiredVersionError", None),
        ("all-export-removed", "caveclient_gen.materializationengine.__all__['SERVER_KEY']", None),
    ]
    assert not any(change.is_generated for change in changes)


def test_a_tree_that_is_the_same_has_no_change(tmp_path):
    assert compare(side(project()), side(project()), (CURRENT, tree(tmp_path))) == ()


def test_a_name_of_the_runtime_that_means_less_narrows_what_uses_it(tmp_path):
    package = tree(
        tmp_path,
        ("_runtime/typing.py", 'IdLike: TypeAlias = "int | str | np', 'IdLike: TypeAlias = "int | np'),
    )
    spec = spec_of(tmp_path)
    changes = compare(side(spec), side(spec), (CURRENT, package))
    assert [said(change) for change in changes] == [
        "annotation-narrowed demo_v1.delete_row(row_id): IdLike -> IdLike",
        "annotation-narrowed demo_v1.get_roots(ids): IdsLike -> IdsLike",
    ]


# ---- what cannot be compared


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            ("materialize", "2"),
            ("materialize", None),
            "materialize@2 is one API version, ",
        ),
        (
            ("materialize", "2"),
            (None, None),
            "spec is a whole spec. Name two",
        ),
        ((None, None), ("materialize", None), "spec is a whole spec, materialize is one service"),
        (("materialise", "3"), ("materialise", "3"), "There is no service 'materialise'. Did you mean"),
        (("materialize", "9"), ("materialize", "3"), "materialize has no API 9. Known: 2, 3."),
    ],
)
def test_sides_that_cannot_be_compared_are_refused(old, new, message):
    with pytest.raises((SideError, UnknownNameError), match=f"(?i){message}"):
        compare(side(project(), *old), side(project(), *new))
