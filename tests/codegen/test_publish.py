"""Comparing generated files with the disk, and bringing the disk up to date."""

import json
import os

import pytest

from codegen.lock import Lock
from codegen.publish import plan
from codegen.render import Output

FOLDER = "caveclient_gen/_generated"
LOCK = f"{FOLDER}/LOCK.json"
A = f"{FOLDER}/a_v1.py"
B = f"{FOLDER}/b_v1.py"


@pytest.fixture
def project(tmp_path):
    """Two descriptors and the modules that were generated from them."""
    for name in "ab":
        (tmp_path / "spec" / name).mkdir(parents=True)
        (tmp_path / "spec" / name / "v1.yaml").write_text(f"{name}\n")
    plan(tmp_path, outputs(), LOCK).publish()
    return tmp_path


def outputs(**texts):
    texts = {"a": "a = 1\n", "b": "b = 1\n", **texts}
    return [
        Output(f"{FOLDER}/{name}_v1.py", text, (f"spec/{name}/v1.yaml",), name)
        for name, text in texts.items()
        if text
    ]


def found(project, *args, **kwargs):
    return [(mismatch.path, mismatch.kind) for mismatch in plan(project, *args, **kwargs).mismatches]


def test_what_was_published_is_as_it_should_be(project):
    assert (project / A).read_text() == "a = 1\n"
    again = plan(project, outputs(), LOCK)
    assert again.mismatches == ()
    assert again.diff() == ""
    assert again.publish() == ()


def test_changed(project):
    (project / "spec/a/v1.yaml").write_text("other\n")
    checked = plan(project, outputs(a="a = 2\n"), LOCK)
    (mismatch,) = checked.mismatches
    assert (mismatch.path, mismatch.kind) == (A, "changed")
    assert mismatch.cause == "spec/a/v1.yaml changed since"
    assert mismatch.remedy == "Run `python -m codegen generate`"
    assert "-a = 1\n+a = 2\n" in checked.diff()
    assert checked.publish() == (LOCK, A)
    assert (project / A).read_text() == "a = 2\n"
    assert found(project, outputs(a="a = 2\n"), LOCK) == []


def test_changed_by_the_generator(project):
    (mismatch,) = plan(project, outputs(a="a = 2\n"), LOCK).mismatches
    assert mismatch.cause == "the generator writes it differently now"


def test_only_a_comment_of_a_descriptor_changed(project):
    (project / "spec/a/v1.yaml").write_text("a  # why\n")
    (mismatch,) = plan(project, outputs(), LOCK).mismatches
    assert (mismatch.path, mismatch.kind, mismatch.cause) == (LOCK, "changed", "spec/a/v1.yaml changed since")


def test_missing(project):
    (project / A).unlink()
    assert found(project, outputs(), LOCK) == [(A, "missing")]
    assert plan(project, outputs(), LOCK).publish() == (A,)
    assert found(project, outputs(), LOCK) == []


def test_edited_by_hand(project):
    (project / A).write_text("a = 1  # quick fix\n")
    (mismatch,) = plan(project, outputs(), LOCK).mismatches
    assert (mismatch.path, mismatch.kind) == (A, "edited by hand")
    assert "spec/a/v1.yaml" in mismatch.remedy
    assert found(project, outputs(a="a = 2\n"), LOCK) == [(A, "edited by hand")]


def test_an_edit_that_is_what_the_spec_says_is_fine(project):
    (project / A).write_text("a = 2\n")
    assert found(project, outputs(a="a = 2\n"), LOCK) == [(LOCK, "changed")]


def test_stale(project):
    checked = plan(project, outputs(b=None), LOCK)
    assert [(mismatch.path, mismatch.kind) for mismatch in checked.mismatches] == [(B, "stale")]
    assert checked.publish() == (LOCK, B)
    assert not (project / B).exists()
    assert found(project, outputs(b=None), LOCK) == []


def test_files_that_the_lock_does_not_list_stay(project):
    mine = project / FOLDER / "mine.py"
    mine.write_text("x = 1\n")
    plan(project, outputs(b=None), LOCK).publish()
    assert mine.read_text() == "x = 1\n"


@pytest.mark.parametrize(
    "path", ["../keep.py", "/etc/hosts", "keep.py", "caveclient_gen/keep.py", f"{FOLDER}/../keep.py", "C:\\x"]
)
def test_a_lock_cannot_reach_outside(project, path):
    keep = project / "keep.py"
    keep.write_text("x")
    (project / "caveclient_gen" / "keep.py").write_text("x")
    document = json.loads((project / LOCK).read_text())
    document["outputs"][path] = "0" * 64
    (project / LOCK).write_text(json.dumps(document))
    assert plan(project, outputs(), LOCK).gone == ()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"outputs": {}}', '{"outputs": 1, "inputs": 2}', "\xff"]
)
def test_a_lock_that_cannot_be_read_is_written_anew(project, text):
    (project / LOCK).write_text(text, encoding="latin-1")
    assert Lock.read(project / LOCK) == Lock()
    assert found(project, outputs(), LOCK) == [(LOCK, "changed")]
    assert plan(project, outputs(), LOCK).publish() == (LOCK,)


def test_no_lock(project):
    (project / LOCK).unlink()
    assert found(project, outputs(a="a = 2\n"), LOCK) == [(LOCK, "missing"), (A, "changed")]


def test_all_kinds_at_once(project):
    (project / A).write_text("edited")
    (project / B).unlink()
    extra = Output(f"{FOLDER}/c_v1.py", "c = 1\n", (), "c")
    plan(project, [*outputs(), extra], LOCK).publish()
    (project / A).write_text("edited")
    (project / B).unlink()
    kinds = [str(mismatch) for mismatch in plan(project, outputs(), LOCK).mismatches]
    assert [kind.split(": ")[1] for kind in kinds] == ["edited by hand", "missing", "stale"]
    assert all("python -m codegen generate" in kind for kind in kinds)


def test_files_that_are_right_are_not_touched(project):
    for path in (A, B, LOCK):
        os.utime(project / path, ns=(1, 1))
    plan(project, outputs(a="a = 2\n"), LOCK).publish()
    assert (project / B).stat().st_mtime_ns == 1
    assert (project / A).stat().st_mtime_ns != 1
    assert (project / LOCK).stat().st_mtime_ns != 1


def test_line_ends_do_not_count(project):
    (project / A).write_bytes(b"a = 1\r\n")
    (project / "spec/a/v1.yaml").write_bytes(b"a\r\n")
    assert found(project, outputs(), LOCK) == []


def test_only_one_service(project):
    chosen = [output for output in outputs(a="a = 2\n", b="b = 2\n") if output.service == "a"]
    assert plan(project, chosen, LOCK, keep_others=True).publish() == (LOCK, A)
    assert (project / B).read_text() == "b = 1\n"
    assert found(project, outputs(a="a = 2\n"), LOCK) == []


def test_the_lock_comes_last_so_that_an_interrupted_run_can_be_finished(project, monkeypatch):
    """Stopped right before the lock: all else is right, and the next run writes the lock."""
    moved = []

    def stopped(source, target, *, move=os.replace):
        if target == project / LOCK:
            raise KeyboardInterrupt
        moved.append(target)
        move(source, target)

    schema = Output("spec/descriptor.schema.json", "{}", ())
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            plan(project, [*outputs(a="a = 2\n", b=None), schema], LOCK).publish()
    assert moved == [project / A, project / schema.path]
    assert not (project / B).exists()
    assert {path.name for path in (project / FOLDER).iterdir()} == {"LOCK.json", "a_v1.py"}
    again = [*outputs(a="a = 2\n", b=None), schema]
    assert found(project, again, LOCK) == [(LOCK, "changed")]
    assert plan(project, again, LOCK).publish() == (LOCK,)


def test_another_run_that_was_faster_does_no_harm(project):
    slow = plan(project, outputs(a="a = 2\n", b=None), LOCK)
    assert plan(project, outputs(a="a = 2\n", b=None), LOCK).publish() == (LOCK, A, B)
    slow.publish()
    assert found(project, outputs(a="a = 2\n", b=None), LOCK) == []


def test_a_failure_while_staging_changes_nothing(project, monkeypatch):
    def full(*args):
        raise OSError("disk full")

    before = {path.name: path.read_bytes() for path in (project / FOLDER).iterdir()}
    checked = plan(project, outputs(a="a = 2\n", b="b = 2\n"), LOCK)
    monkeypatch.setattr(os, "chmod", full)
    with pytest.raises(OSError, match="disk full"):
        checked.publish()
    assert {path.name: path.read_bytes() for path in (project / FOLDER).iterdir()} == before
