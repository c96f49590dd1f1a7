"""What people can name to be compared."""

import subprocess
from pathlib import Path

import pytest
from project_copy import replace

from codegen.diff.sides import SideError, side, sides
from codegen.lookup import UnknownNameError
from codegen.problems import SpecErrors

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "codegen" / "tiny_spec"


def git(folder, *arguments):
    settings = [
        "-c",
        "user.name=Somebody",
        "-c",
        "user.email=somebody@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    subprocess.run(["git", "-C", str(folder), *settings, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path):
    """A repository with two revisions: `first`, and the present."""
    folder = tmp_path / "project"
    (folder / "spec").mkdir(parents=True)
    for file in TINY.rglob("*.yaml"):
        target = folder / "spec" / file.relative_to(TINY)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "The first")
    git(folder, "tag", "first")
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
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "The first")
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
