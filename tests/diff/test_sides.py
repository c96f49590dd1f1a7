"""What people can name to be compared."""

from pathlib import Path

import pytest
from project_copy import git, make_repository, replace

from codegen.diff.sides import SideError, side, sides, since
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
        ("first:spec", (None, None, 1)),
        ("first:./spec/", (None, None, 1)),
        ("first:.", (None, None, 1)),
        ("first:./spec/demo/v2.yaml", ("demo", "2", 1)),
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
        ("first:../spec", "There is no ../spec at first."),
        ("first:/etc/demo", "There is no /etc/demo at first."),
        ("first:nope/demo", "There is no nope/ at first."),
        ("", "The name of a side is empty."),
        (" ", "The name of a side is empty."),
        (":demo@1", "There is no revision before the colon."),
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


@pytest.mark.parametrize("name", ["broken", "broken:demo@2", "broken:spec/demo/v2.yaml"])
def test_mistakes_of_a_revision_are_told_as_its_own(project, name):
    replace(project / "spec/demo/v1.yaml", "prefix: /api/v1", "prefx: /api/v1")
    git(project, "commit", "--quiet", "--all", "-m", "Broken")
    git(project, "tag", "broken")
    with pytest.raises(SpecErrors, match=r"broken:spec/demo/v1\.yaml:\d+: prefx"):
        side(name, project)


def test_git_is_not_installed(project, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SideError, match="needs git; it is not installed"):
        side("main", project)


def test_git_waits_for_something(project, tmp_path, monkeypatch):
    waiting = tmp_path / "git"
    waiting.write_text("#!/bin/sh\nexec sleep 60\n")
    waiting.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("codegen.diff.revisions.GIT_SECONDS", 0.2)
    with pytest.raises(SideError, match=r"git rev-parse took more than 0\.2 s\. See what it waits for"):
        side("main", project)


def test_a_folder_without_git(tmp_path):
    (tmp_path / "spec").mkdir()
    with pytest.raises(SideError, match=r"'main' is no file.*git cannot look into .*not a git repository"):
        side("main", tmp_path)


def test_a_repository_that_git_does_not_trust(project, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(SideError, match=r"git cannot look into .*dubious ownership"):
        side("main", project)


def test_a_shallow_clone_says_how_to_get_the_rest(project, tmp_path):
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", project.as_uri(), str(clone))
    with pytest.raises(SideError, match="git fetch --unshallow"):
        side("first", clone)


def test_descriptors_that_are_links_out_of_the_repository(project, tmp_path):
    (project / "spec" / "demo").rename(tmp_path / "demo")
    (project / "spec" / "demo").symlink_to(tmp_path / "demo")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "-m", "Links")
    with pytest.raises(SideError, match="spec/demo at HEAD is a link that leads out of the repository"):
        side("HEAD", project)
    assert summary(side("demo", project)) == ("demo", None, 1)


def test_a_spec_folder_that_was_called_otherwise(project):
    git(project, "mv", "spec", "descriptors")
    git(project, "commit", "--quiet", "-m", "Move")
    assert summary(side("HEAD:descriptors", project)) == (None, None, 1)
    assert summary(side("HEAD:descriptors/demo/v1.yaml", project)) == ("demo", "1", 1)
    with pytest.raises(SideError, match=r"There is no spec/ in .*Name the folder of the new side"):
        since("first", None, project)


@pytest.mark.parametrize("name", ["notes", "main"])
def test_a_folder_without_descriptors_hides_no_revision(project, monkeypatch, name):
    monkeypatch.chdir(project)
    Path(name).mkdir()
    if name == "main":
        assert summary(side(name, project)) == (None, None, 1)
    else:
        with pytest.raises(SideError, match="notes holds no descriptors"):
            side(name, project)


def test_after_against_a_revision_goes_before_a_folder(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        target = tmp_path / name / "spec" / "demo"
        target.mkdir(parents=True)
        for file in (TINY / "demo").glob("*.yaml"):
            (target / file.name).write_bytes(file.read_bytes())
    replace(tmp_path / "first/spec/demo/v1.yaml", "doc: Layer to look at.", "doc: In the folder.")
    before, _ = since("first", None, project)
    assert "In the folder." not in repr(before.spec)
    before, _ = since("second", None, project)
    assert before.label == "second"


def test_paths_are_looked_for_in_the_project_too(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert summary(side("spec/demo/v2.yaml", project)) == ("demo", "2", 1)


@pytest.mark.parametrize(
    ("revision", "new", "labels"),
    [
        ("first", None, ("first", "spec")),
        ("first", "demo@2", ("first:demo@2", "demo@2")),
        ("first:demo", None, ("first:demo", "spec:demo")),
        ("first:demo@1", "demo@1", ("first:demo@1", "demo@1")),
    ],
)
def test_the_same_at_a_revision(project, revision, new, labels):
    before, after = since(revision, new, project)
    assert (before.label, after.label) == labels
    assert (before.service, before.api) == (after.service, after.api)


@pytest.mark.parametrize("broken", ["other", "demo"])
def test_a_service_in_a_folder_of_other_things(tmp_path, broken):
    """As in a folder of downloads: what is wrong beside it is not its fault."""
    for name in ("demo", "other"):
        (tmp_path / name).mkdir()
    for file in (TINY / "demo").glob("*.yaml"):
        (tmp_path / "demo" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "other" / "notes.yaml").write_text("a: 1\n")
    if broken == "other":
        assert summary(side(str(tmp_path / "demo" / "v2.yaml"), ROOT)) == ("demo", "2", 1)
        return
    replace(tmp_path / "demo/v1.yaml", "prefix: /api/v1", "prefx: /api/v1")
    with pytest.raises(SpecErrors) as told:
        side(str(tmp_path / "demo"), ROOT)
    assert {problem.origin.file.rpartition("/")[2] for problem in told.value.problems} == {"v1.yaml"}


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
