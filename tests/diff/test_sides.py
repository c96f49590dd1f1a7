"""What people can name to be compared."""

from pathlib import Path

import pytest
from project_copy import git, make_repository, replace

from codegen.diff.sides import SideError, side, sides
from codegen.lookup import UnknownNameError
from codegen.problems import SpecErrors

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "codegen" / "tiny_spec"


@pytest.fixture
def project(tmp_path):
    """A repository with two revisions: `first`, and the present."""
    folder = tmp_path / "project"
    (folder / "spec").mkdir(parents=True)
    for file in TINY.rglob("*.yaml"):
        target = folder / "spec" / file.relative_to(TINY)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    git(make_repository(folder), "tag", "first")
    replace(folder / "spec/demo/v1.yaml", "doc: Layer to look at.", "doc: Layer to search.")
    git(folder, "commit", "--quiet", "--all", "-m", "The second")
    return folder


def summary(found):
    return found.service, found.api, len(found.spec.services)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("demo@1", ("demo", "1", 1)),
        ("demo", ("demo", None, 1)),
        ("spec", (None, None, 1)),
        (".", (None, None, 1)),
        ("spec/demo", ("demo", None, 1)),
        ("spec/demo/v2.yaml", ("demo", "2", 1)),
        ("spec/demo/service.yaml", ("demo", None, 1)),
        ("main", (None, None, 1)),
        ("first:", (None, None, 1)),
        ("first:demo@1", ("demo", "1", 1)),
        ("first:demo", ("demo", None, 1)),
        ("first:spec/demo/v1.yaml", ("demo", "1", 1)),
        ("HEAD~1:spec/demo", ("demo", None, 1)),
    ],
)
def test_names(project, monkeypatch, name, expected):
    monkeypatch.chdir(project)
    assert summary(side(name, project)) == expected


def test_a_revision_is_what_was_committed(project):
    replace(project / "spec/demo/v1.yaml", "doc: Layer to search.", "doc: Not committed.")
    words = [
        next(
            p.doc
            for op in side(name, project).spec.services[0].apis[0].operations
            for p in op.params
            if p.doc.startswith(("Layer", "Not"))
        )
        for name in ("first", "main", "demo")
    ]
    assert words == ["Layer to look at.", "Layer to search.", "Not committed."]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "'nope' is no file, folder, API version or git revision. If nope is a service"),
        ("--output=x", "'--output=x' is no file, folder, API version or git revision."),
        ("first:Nope!", "'Nope!' names nothing."),
        ("first:spec/demo/v9.yaml", "There is no spec/demo/v9.yaml at first."),
        ("first:spec/../secret", "There is no spec/../secret at first."),
        ("nope:demo@1", "'nope' is no file"),
    ],
)
def test_names_that_mean_nothing(project, name, message):
    with pytest.raises(SideError, match=message.replace(".", r"\.").replace("?", r"\?")):
        side(name, project)


@pytest.mark.parametrize("name", ["demo@9", "first:demo@9", "first:nope@1", "nope@1"])
def test_services_and_versions_that_are_not_there(project, name):
    with pytest.raises(UnknownNameError):
        side(name, project)


def test_a_file_that_is_no_descriptor(project, monkeypatch):
    monkeypatch.chdir(project)
    Path("notes.yaml").write_text("spec: 1\n")
    with pytest.raises(SideError, match=r"notes\.yaml is no descriptor"):
        side("notes.yaml", project)


def test_mistakes_of_a_revision_are_told(project):
    replace(project / "spec/demo/v1.yaml", "prefix: /api/v1", "prefx: /api/v1")
    git(project, "commit", "--quiet", "--all", "-m", "Broken")
    git(project, "tag", "broken")
    with pytest.raises(SpecErrors, match="prefx"):
        side("broken", project)


def test_git_is_not_installed(project, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SideError, match="needs git; it is not installed"):
        side("main", project)


def test_git_waits_for_something(project, tmp_path, monkeypatch):
    waiting = tmp_path / "git"
    waiting.write_text("#!/bin/sh\nexec sleep 60\n")
    waiting.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("codegen.diff.sides.GIT_SECONDS", 0.2)
    with pytest.raises(SideError, match=r"git rev-parse took more than 0\.2 s\. See what it waits for"):
        side("main", project)


def test_a_folder_without_git(tmp_path):
    (tmp_path / "spec").mkdir()
    with pytest.raises(SideError, match="'main' is no file"):
        side("main", tmp_path)


def test_a_revision_without_descriptors(tmp_path):
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "Nothing")
    with pytest.raises(SideError, match="There is no spec/ at main"):
        side("main", tmp_path)


def test_a_project_below_the_top_of_its_repository(tmp_path):
    inner = tmp_path / "inner"
    (inner / "spec" / "demo").mkdir(parents=True)
    for file in (TINY / "demo").glob("*.yaml"):
        (inner / "spec" / "demo" / file.name).write_bytes(file.read_bytes())
    make_repository(tmp_path)
    assert summary(side("main:demo@1", inner)) == ("demo", "1", 1)


@pytest.mark.parametrize(
    ("old", "new", "labels"),
    [
        ("demo@1", "demo@2", ("demo@1", "demo@2")),
        ("first", "demo@2", ("first:demo@2", "demo@2")),
        ("demo", "main", ("demo", "main:demo")),
        ("first", "main", ("first", "main")),
        ("first:demo@1", "demo@1", ("first:demo@1", "demo@1")),
    ],
)
def test_a_whole_spec_is_narrowed_to_what_the_other_side_names(project, old, new, labels):
    before, after = sides(old, new, project)
    assert (before.label, after.label) == labels


def test_sides_that_cannot_be_compared(project):
    with pytest.raises(SideError, match="demo@1 is one API version, demo is a whole service"):
        sides("demo@1", "demo", project)


def test_two_services_are_not_compared():
    with pytest.raises(SideError, match="info and schema are two services"):
        sides("info", "schema", ROOT)
