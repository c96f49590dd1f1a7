"""The command line: what it writes, says, and exits with."""

import difflib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project_copy import make_project, replace, run, written

from codegen.cli import COMMANDS, main
from codegen.naming import PACKAGE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


def changed_lines(before, after):
    """List, per file, the lines that went and came; the lock changes with every descriptor."""
    found = {}
    for name in sorted({*before, *after} - {"LOCK.json"}):
        lines = difflib.ndiff(before.get(name, "").splitlines(), after.get(name, "").splitlines())
        changes = [line.replace("  ", "") for line in lines if line[0] in "+-"]
        if changes:
            found[name] = changes
    return found


def test_generate_writes_modules_lock_and_schema(project):
    assert set(written(project)) == {
        "LOCK.json",
        "__init__.py",
        "demo_v1.py",
        "demo_v2.py",
        "endpoints.py",
        "services.py",
        "types_demo.py",
    }
    assert (project / "spec/descriptor.schema.json").read_text().startswith("{")


def test_generating_again_changes_nothing(project, capsys):
    capsys.readouterr()
    assert run(project, "generate", "--check") == 0
    assert run(project, "generate", "--diff") == 0
    assert run(project, "generate") == 0
    assert capsys.readouterr().out == ""


EDITS = [
    pytest.param(
        "v1.yaml",
        "doc: Layer to look at.",
        "doc: Layer to search.",
        {name: ["- Layer to look at.", "+ Layer to search."] for name in ("demo_v1.py", "demo_v2.py")},
        id="a text",
    ),
    pytest.param(
        "v2.yaml",
        "doc: Refuse numbers that were replaced.",
        "doc: Refuse replaced numbers.",
        {"demo_v2.py": ["- Refuse numbers that were replaced.", "+ Refuse replaced numbers."]},
        id="a text of one version",
    ),
    pytest.param(
        "v1.yaml",
        "summary: List the neighbors of records.",
        "summary: List neighbors.",
        {
            name: ['- """List the neighbors of records.', '+ """List neighbors.']
            for name in ("demo_v1.py", "demo_v2.py")
        },
        id="a summary",
    ),
    pytest.param(
        "v1.yaml",
        "path: /table/{table_id}/neighbors\n",
        "path: /table/{table_id}/near\n",
        {
            name: [
                f'- path="/demo/api/v{number}/table/{{table_id}}/neighbors",',
                f'+ path="/demo/api/v{number}/table/{{table_id}}/near",',
            ]
            for name, number in (("demo_v1.py", 1), ("demo_v2.py", 2))
        },
        id="a path",
    ),
    pytest.param(
        "service.yaml",
        "doc: What somebody noted.",
        "doc: A note.",
        {"types_demo.py": ['- """What somebody noted."""', '+ """A note."""']},
        id="a type",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), EDITS)
def test_an_edit_changes_what_depends_on_it_and_nothing_else(project, file, old, new, expected):
    before = written(project)
    replace(project / "spec/demo" / file, old, new)
    assert run(project, "generate") == 0
    assert changed_lines(before, written(project)) == expected


def test_a_default_reaches_record_signature_and_docstring(project):
    before = written(project)
    replace(project / "spec/demo/v1.yaml", "default: 2,", "default: 3,")
    for file in ("v1.yaml", "v2.yaml"):
        replace(project / "spec/demo" / file, '{layer: "2"', '{layer: "3"')
    assert run(project, "generate") == 0
    changes = changed_lines(before, written(project))
    assert set(changes) == {"demo_v1.py", "demo_v2.py"}
    for lines in changes.values():
        came = [line for line in lines if line.startswith("+")]
        assert len(came) == 3
        assert all("default=3" in line or ("3" in line and "layer" in line) for line in came)


def test_check_after_an_edit_of_a_descriptor(project, capsys):
    before = written(project)
    replace(project / "spec/demo/v2.yaml", "doc: Refuse numbers", "doc: Accept no numbers")
    assert run(project, "generate", "--check") == 1
    remedy = "changed: spec/demo/v2.yaml changed since. Run `python -m codegen generate`"
    assert capsys.readouterr().out.splitlines() == [
        f"{PACKAGE}/demo_v2.py: {remedy}",
        f"docs/api/demo.md: {remedy}",
        f"docs/openapi/demo-v2.json: {remedy}",
    ]
    assert written(project) == before


def test_check_after_an_edit_by_hand(project, capsys):
    target = project / PACKAGE / "demo_v1.py"
    target.write_text(target.read_text() + "x = 1\n")
    assert run(project, "generate", "--check") == 1
    out = capsys.readouterr().out
    assert "demo_v1.py: edited by hand" in out
    assert "spec/demo/v1.yaml" in out
    assert run(project, "generate") == 0
    assert "the edit is discarded" in capsys.readouterr().err
    assert run(project, "generate", "--check") == 0


def test_check_tells_missing_and_stale_apart(project, capsys):
    (project / PACKAGE / "demo_v1.py").unlink()
    (project / "spec/demo/v2.yaml").unlink()
    assert run(project, "generate", "--check") == 1
    out = capsys.readouterr().out
    assert "demo_v1.py: missing" in out
    assert "demo_v2.py: stale" in out
    assert run(project, "generate") == 0
    assert "demo_v2.py" not in written(project)


def test_diff_shows_and_writes_nothing(project, capsys):
    before = written(project)
    replace(project / "spec/demo/v2.yaml", "doc: Refuse numbers", "doc: Accept no numbers")
    assert run(project, "generate", "--diff") == 1
    out = capsys.readouterr().out
    assert f"--- a/{PACKAGE}/demo_v2.py\n+++ b/{PACKAGE}/demo_v2.py\n" in out
    assert "+            Accept no numbers that were replaced.\n" in out
    assert written(project) == before


def test_a_spec_with_mistakes_writes_nothing_and_tells_all(project, capsys):
    before = written(project)
    replace(project / "spec/demo/v1.yaml", "    method: POST", "    method: PSOT")
    replace(project / "spec/demo/v2.yaml", "keyword_only: true", "keyword_onyl: true")
    assert run(project, "generate") == 2
    told = capsys.readouterr().err
    assert "spec/demo/v1.yaml:" in told
    assert "spec/demo/v2.yaml:" in told
    assert "nothing was written" in told
    assert written(project) == before


def test_only_one_service(project):
    make = (project / "spec/demo/v1.yaml").read_text()
    other = project / "spec/other"
    other.mkdir()
    (other / "v1.yaml").write_text(make.replace("/demo/", "/other/"))
    service = (project / "spec/demo/service.yaml").read_text()
    for old, new in (("demo_server", "other_server"), ("DemoClient", "OtherClient"), ("demo", "other")):
        service = service.replace(old, new)
    (other / "service.yaml").write_text(service)
    before = written(project)
    replace(project / "spec/demo/v1.yaml", "doc: Layer to look at.", "doc: Layer to search.")
    assert run(project, "generate", "--only", "other") == 0
    after = written(project)
    assert after["demo_v1.py"] == before["demo_v1.py"]
    assert "OtherOperationsV1" in after["other_v1.py"]
    assert run(project, "generate", "--check") == 1
    assert run(project, "generate") == 0
    assert run(project, "generate", "--check") == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("generate", "--only", "nothing"), "There is no service 'nothing'. Known: demo."),
        (("generate", "--only", "demos"), "There is no service 'demos'. Did you mean 'demo'?"),
        (("explain", "nothing", "get_record"), "There is no service 'nothing'"),
        (("explain", "demo", "get_recrod"), "Did you mean 'get_record'?"),
        (("explain", "demo", "get_record", "--api", "9"), "demo has no API 9. Known: 1, 2."),
        (("diff", "demo@1", "demo@3"), "demo has no API 3. Known: 1, 2."),
        (("diff", "demo", "demo@2"), "demo@2 is one API version, demo is a whole service."),
        (("diff", "dema@1", "demo@2"), "There is no service 'dema'. Did you mean 'demo'?"),
        (("diff", "demo@1"), "Name two sides, like materialize@2 materialize@3, or one revision"),
        (("diff", "--against", "main", "demo", "demo"), "With --against, name one side at most"),
    ],
)
def test_calls_that_name_nothing(project, capsys, arguments, told):
    assert run(project, *arguments) == 2
    assert told in capsys.readouterr().err


def test_explain_tells_the_newest_version_that_has_the_operation(project, capsys):
    assert run(project, "explain", "demo", "remove_record") == 0
    assert capsys.readouterr().out.startswith("demo.remove_record, API 1\n")


def test_no_spec_folder_is_a_mistake_and_makes_none(tmp_path, capsys):
    for command in ("generate", "lint", "schema"):
        assert run(tmp_path / "nowhere", command) == 2
        assert "there is no such folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("generate",), ("generate", "--check"), ("schema",)])
def test_what_cannot_be_read_or_written_is_named(project, capsys, arguments):
    shutil.rmtree(project / PACKAGE)
    (project / PACKAGE).write_text("")
    assert run(project, *arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith(str(project / PACKAGE))
    assert "run the same command again" in told


def test_an_interrupted_run_says_so_and_leaves_everything_as_it_was(project, capsys, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    replace(project / "spec/demo/v1.yaml", "doc: Layer to look at.", "doc: Layer to search.")
    before = written(project)
    monkeypatch.setattr(os, "chmod", interrupted)
    assert run(project, "generate") == 130
    assert "Run the same command again" in capsys.readouterr().err
    assert written(project) == before


def test_a_reader_who_stops_early_is_no_mistake(project):
    """As in `python -m codegen explain ... | head -1`."""
    reading, writing = os.pipe()
    os.close(reading)
    run_ = subprocess.run(
        [sys.executable, "-m", "codegen", "--root", str(project), "explain", "demo", "get_record"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (run_.returncode, run_.stderr) == (0, b"")


def test_explain_and_diff_speak(project, capsys):
    assert run(project, "explain", "demo", "get_record") == 0
    assert "spec/demo/v1.yaml:" in capsys.readouterr().out
    assert run(project, "diff", "demo@1", "demo@2") == 1
    route = "DELETE /table/{table_id}/record/{record_id}"
    assert f"op-removed: {route} is gone" in capsys.readouterr().out


def test_lint(project, capsys):
    assert run(project, "lint") in (0, 1)
    replace(project / "spec/demo/v1.yaml", "summary: Get one record.", "summary: Get one record")
    assert run(project, "lint") == 1
    assert "get_record" in capsys.readouterr().out


def test_schema(project, capsys):
    path = project / "spec/descriptor.schema.json"
    assert run(project, "schema", "--check") == 0
    path.write_text("{}")
    capsys.readouterr()
    assert run(project, "schema", "--check") == 1
    assert "descriptor.schema.json: edited by hand" in capsys.readouterr().out
    assert run(project, "schema") == 0
    assert run(project, "schema", "--check") == 0
    assert run(project, "generate", "--check") == 0


def test_each_command_is_a_module():
    modules = {path.stem.replace("_", "-") for path in (ROOT / "codegen/commands").glob("[a-z]*.py")}
    assert modules == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"usage: python -m codegen {name}" in capsys.readouterr().out


LOADED = """
import json, sys
from codegen.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
HEAVY = {"griffe", "jinja2", "libcst", "markdown", "requests"}


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (("--help",), set()),
        (("lint",), set()),
        (("explain", "demo", "get_record"), set()),
        (("diff", "demo@1", "demo@2"), set()),
        (("diff", "demo@1", "demo@2", "--format", "migrate"), set()),
        (("drift", "--help"), {"requests"}),
        (("generate", "--check"), {"jinja2", "markdown"}),
    ],
)
def test_a_command_loads_only_what_it_needs(project, tmp_path, arguments, loaded):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "--root", str(project), *arguments],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},  # the check is the first one
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    modules = json.loads(done.stderr.splitlines()[-1])
    assert {name for name in modules if name in HEAVY} == loaded


@pytest.mark.parametrize("arguments", [(), ("nothing",), ("generate", "--nothing")])
def test_wrong_arguments(project, arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(project, *arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err
