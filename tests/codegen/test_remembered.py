"""What a check remembers: it is short where nothing changed, and never takes a wrong tree for a right one."""

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from project_copy import make_project, replace, run

from codegen import remembered
from codegen.commands import generate
from codegen.places import LOCK, PACKAGE, SCHEMA

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("made"))


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    """A project that is known to be as it should be; the generator is a folder of two files."""
    folder = tmp_path / "project"
    shutil.copytree(made, folder)
    generator = tmp_path / "generator"
    (generator / "templates").mkdir(parents=True)
    (generator / "load.py").write_text("x = 1\n")
    (generator / "templates/a.j2").write_text("a\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(remembered, "GENERATOR", generator)
    monkeypatch.setattr(remembered, "LOADED", ())
    remembered.remember(folder, remembered.inputs_of(folder), (folder / LOCK).read_text())
    assert is_known(folder)
    return folder


def is_known(project):
    inputs = remembered.inputs_of(project)
    return inputs is not None and remembered.right_files(project, inputs) is not None


def test_the_short_way_says_the_same_and_plans_nothing(project, capsys, monkeypatch):
    def told(*words):
        capsys.readouterr()
        assert run(project, *words) == 0
        return capsys.readouterr()

    calls = [
        ("generate", "--check"),
        ("generate", "--diff"),
        ("generate", "--check", "--diff"),
        ("generate",),
    ]
    monkeypatch.setattr(remembered, "LOADED", ("sys",))
    whole = [told(*words) for words in calls]
    monkeypatch.setattr(remembered, "LOADED", ())
    monkeypatch.setattr(generate, "_planned", None)
    assert [told(*words) for words in calls] == whole
    assert "generated files are what the descriptors say" in whole[0].err


CHANGES = {
    "a descriptor": lambda project: append(project / "spec/demo/v1.yaml", "# why\n"),
    "a descriptor's name": lambda project: (project / "spec/demo/v2.yaml").rename(
        project / "spec/demo/v3.yaml"
    ),
    "one more descriptor": lambda project: (project / "spec/demo/v9.yaml").write_text('api: "9"\n'),
    "a folder where a descriptor belongs": lambda project: (project / "spec/demo/v9.yaml").mkdir(),
    "a descriptor is gone": lambda project: (project / "spec/demo/v2.yaml").unlink(),
    "known deployments": lambda project: (project / "spec/deployments.yaml").write_text("spec: 1\n"),
    "a module": lambda project: append(project / PACKAGE / "demo_v1.py", "x = 1\n"),
    "a module is gone": lambda project: (project / PACKAGE / "demo_v1.py").unlink(),
    "a page": lambda project: append(project / "docs/api/demo.md", "x"),
    "a document": lambda project: append(project / "docs/openapi/demo-v1.json", "\n"),
    "the schema": lambda project: append(project / SCHEMA, "\n"),
    "the schema is gone": lambda project: (project / SCHEMA).unlink(),
    "the lock": lambda project: append(project / LOCK, "\n"),
    "the lock and a module that fits it": lambda project: forged(project),
    "the lock is gone": lambda project: (project / LOCK).unlink(),
    "no lock at all": lambda project: (project / LOCK).write_text("{"),
}


def append(file, text):
    file.write_text(file.read_text() + text)


def forged(project):
    """Edit a module, and let the lock say that it belongs so."""
    file = project / PACKAGE / "demo_v1.py"
    append(file, "x = 1\n")
    lock = json.loads((project / LOCK).read_text())
    lock["outputs"][f"{PACKAGE}/demo_v1.py"] = remembered._hashed(file.read_bytes())
    (project / LOCK).write_text(json.dumps(lock, indent=2) + "\n")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changed_is_looked_at_in_full(project, change):
    change(project)
    assert not is_known(project)
    assert run(project, "generate", "--check") != 0
    assert not is_known(project)


GENERATORS = {
    "a module of the generator": lambda folder: (folder / "load.py").write_text("x = 2\n"),
    "a template": lambda folder: (folder / "templates/a.j2").write_text("b\n"),
    "one more module": lambda folder: (folder / "more.py").write_text(""),
    "a module is gone": lambda folder: (folder / "load.py").unlink(),
}


@pytest.mark.parametrize("change", GENERATORS.values(), ids=GENERATORS)
def test_another_generator_is_not_known(project, change):
    change(remembered.GENERATOR)
    assert not is_known(project)


@pytest.mark.parametrize("library", remembered.LIBRARIES)
def test_another_version_of_a_library_is_not_known(project, monkeypatch, library):
    def version(name, *, asked=metadata.version):
        return "0.0.1" if name == library else asked(name)

    monkeypatch.setattr(metadata, "version", version)
    assert not is_known(project)


def test_another_python_is_not_known(project, monkeypatch):
    monkeypatch.setattr(sys, "version", "4.0")
    assert not is_known(project)


def test_what_was_right_is_known_again_in_any_folder(project, tmp_path):
    file = project / "spec/demo/v1.yaml"
    before = file.read_text()
    replace(file, "doc: Layer to look at.", "doc: Layer to search.")
    assert not is_known(project)
    assert run(project, "generate") == 0
    assert is_known(project)
    shutil.copytree(project, tmp_path / "elsewhere")
    assert is_known(tmp_path / "elsewhere")
    file.write_text(before)
    assert not is_known(project)
    assert run(project, "generate") == 0
    assert is_known(project)


def test_a_whole_check_that_finds_nothing_is_remembered(project):
    append(project / "spec/demo/v1.yaml", "# why\n")
    assert run(project, "generate", "--check") == 1
    assert not is_known(project)
    assert run(project, "generate", "--only", "demo") == 0
    assert not is_known(project)
    assert run(project, "generate", "--check") == 0
    assert is_known(project)


def test_line_ends_do_not_count(project):
    for path in (f"{PACKAGE}/demo_v1.py", LOCK, "spec/demo/v1.yaml"):
        file = project / path
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert is_known(project)
    assert run(project, "generate", "--check") == 0


def test_an_edit_that_is_taken_back_during_the_check_is_not_remembered(project):
    append(project / "spec/demo/v1.yaml", "# one\n")
    inputs = remembered.inputs_of(project)
    append(project / "spec/demo/v1.yaml", "# two\n")
    replace(project / "spec/demo/v1.yaml", "# two\n", "")
    assert remembered.inputs_of(project).digest == inputs.digest
    remembered.remember(project, inputs, (project / LOCK).read_text())
    assert not is_known(project)


def test_a_generator_in_memory_is_not_the_one_on_the_disk(project, monkeypatch):
    monkeypatch.setattr(remembered, "LOADED", ("codegen.remembered",))
    assert not is_known(project)


def test_links_and_pipes_are_left_to_the_whole_check(project, tmp_path):
    (tmp_path / "other").mkdir()
    (project / "spec/other").symlink_to(tmp_path / "other")
    assert remembered.inputs_of(project) is None
    (project / "spec/other").unlink()
    assert is_known(project)
    os.mkfifo(project / "spec/pipe.yaml")
    assert remembered.inputs_of(project) is None


def test_who_cannot_keep_anything_checks_in_full(project, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull + "/nowhere")
    assert not is_known(project)
    assert run(project, "generate", "--check") == 0
    assert not is_known(project)


def test_what_is_kept_stays_small_and_says_nothing_of_the_project(project, monkeypatch):
    monkeypatch.setattr(remembered, "KEPT", 3)
    for number in range(5):
        append(project / "spec/demo/v1.yaml", f"# {number}\n")
        remembered.remember(project, remembered.inputs_of(project), f"{number}")
    (file,) = (path for path in Path(os.environ["XDG_CACHE_HOME"]).rglob("*") if path.is_file())
    lines = file.read_text().splitlines()
    assert len(lines) == 3
    assert all(len(line) == 64 and set(line) <= set("0123456789abcdef") for line in lines)


LOADED = """
import json, sys
before = set(sys.modules)
from codegen.cli import main
status = main()
print(json.dumps([status, sorted({name.partition(".")[0] for name in set(sys.modules) - before})]))
"""


def test_all_that_the_generator_loads_is_part_of_what_it_depends_on(made, tmp_path):
    """And the second time, nothing of it is loaded."""
    found = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", LOADED, "--root", str(made), "generate", "--check"],
            cwd=ROOT,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        status, names = json.loads(done.stdout)
        assert status == 0
        found.append(set(names) - sys.stdlib_module_names - {"codegen"})
    whole, short = found
    packages = metadata.packages_distributions()
    libraries = {package.lower() for name in whole for package in packages.get(name, ())}
    assert {"jinja2", "markdown", "pyyaml"} <= libraries <= set(remembered.LIBRARIES)
    assert short == set()
