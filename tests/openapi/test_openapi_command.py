"""`python -m codegen openapi`, and `generate`, which writes and keeps the documents as it does modules."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from documents import OUTPUTS, ROOT
from project_copy import make_project, run

from codegen.lock import Lock
from codegen.naming import PACKAGE
from codegen.openapi import FOLDER

LOCK = f"{PACKAGE}/LOCK.json"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("generated"))


@pytest.fixture
def project(generated, tmp_path):
    return shutil.copytree(generated, tmp_path / "project")


def documents(project):
    return sorted(path.name for path in (project / FOLDER).glob("*.json"))


def test_the_documents_of_this_project_are_up_to_date():
    assert {output.path for output in OUTPUTS} == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / FOLDER).glob("*.json")
    }
    for output in OUTPUTS:
        assert (ROOT / output.path).read_text() == output.text, output.path


def test_generate_writes_a_document_for_each_version(project, capsys):
    services = {
        f"{folder.name}-{file.stem}.json"
        for folder in (project / "spec").iterdir()
        if folder.is_dir()
        for file in folder.glob("v*.yaml")
    }
    assert set(documents(project)) == services
    assert set(Lock.read(project / LOCK).outputs) >= {f"{FOLDER}/{name}" for name in services}
    assert run(project, "generate", "--check") == 0


def edit(path):
    path.write_text(path.read_text().replace("3.1.0", "3.1.1"))


def remove(path):
    path.unlink()


def orphan(path):
    """Leave a document of a version that is gone, as an earlier run would have."""
    text = path.read_text()
    gone = path.with_name("gone-v9.json")
    gone.write_text(text)
    lock = path.parents[2] / LOCK
    known = json.loads(lock.read_text())
    known["outputs"][f"{FOLDER}/gone-v9.json"] = known["outputs"][f"{FOLDER}/{path.name}"]
    lock.write_text(json.dumps(known))


def change_spec(path):
    service, _, version = path.stem.partition("-")
    descriptor = path.parents[2] / "spec" / service / f"{version}.yaml"
    descriptor.write_text(descriptor.read_text() + "# changed\n")
    edit(path)
    lock = path.parents[2] / LOCK
    known = json.loads(lock.read_text())
    known["outputs"][f"{FOLDER}/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    lock.write_text(json.dumps(known))


FOUND = [(edit, "edited by hand"), (remove, "missing"), (orphan, "stale"), (change_spec, "changed")]


@pytest.mark.parametrize("command", ["generate", "openapi"])
@pytest.mark.parametrize(("happens", "told"), FOUND)
def test_whatever_happens_to_a_document_is_found_and_mended(project, capsys, command, happens, told):
    first = project / FOLDER / documents(project)[0]
    right = {name: (project / FOLDER / name).read_bytes() for name in documents(project)}
    happens(first)
    capsys.readouterr()
    assert run(project, command, "--check") == 1
    assert f": {told}: " in capsys.readouterr().out
    assert run(project, command) == 0
    assert {name: (project / FOLDER / name).read_bytes() for name in documents(project)} == right
    assert run(project, "openapi", "--check") == 0
    assert run(project, "generate", "--check") == 0


def test_one_service_or_one_version_leaves_the_others(project, capsys):
    first, *others = documents(project)
    for name in documents(project):
        edit(project / FOLDER / name)
    edited = {name: (project / FOLDER / name).read_bytes() for name in documents(project)}
    service, _, version = first.removesuffix(".json").partition("-v")
    assert run(project, "openapi", f"{service}@{version}") == 0
    now = {name: (project / FOLDER / name).read_bytes() for name in documents(project)}
    assert {name for name in now if now[name] != edited[name]} == {first}
    assert run(project, "openapi", service, "--check") == (
        1 if any(o.startswith(f"{service}-") for o in others) else 0
    )
    assert run(project, "openapi", f"{service}@{version}", "--check") == 0


def test_documents_alone_do_not_touch_modules(project):
    module = next((project / PACKAGE).glob("*_v*.py"))
    module.write_text("x = 1\n")
    assert run(project, "openapi") == 0
    assert module.read_text() == "x = 1\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nope", "There is no service 'nope'."),
        ("@1", "There is no service ''."),
        ("{service}@99", "has no API 99."),
        ("{service}@", "names no API version; write it as {service}@"),
    ],
)
def test_a_name_that_is_not_there_is_refused(project, capsys, name, told):
    service = documents(project)[0].partition("-")[0]
    assert run(project, "openapi", name.format(service=service)) == 2
    assert told.format(service=service) in capsys.readouterr().err


@pytest.mark.parametrize(
    "path",
    [
        "docs/openapi/../keep.json",
        "docs/openapi/a/b-v1.json",
        "docs/keep.json",
        "docs/openapi/a-v1.yaml",
        "docs/openapi/a.json",
        "docs/openapi/a-vx.json",
        "x/docs/openapi/a-v1.json",
    ],
)
def test_a_lock_cannot_make_other_files_stale(project, path):
    known = json.loads((project / LOCK).read_text())
    known["outputs"][path] = "0" * 64
    (project / LOCK).write_text(json.dumps(known))
    assert path not in Lock.read(project / LOCK).outputs
