"""The command, as people and build servers call it."""

import json
import shutil
from pathlib import Path

import pytest
from project_copy import git, make_repository, replace, run

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "codegen" / "tiny_spec"


@pytest.fixture
def project(tmp_path):
    shutil.copytree(TINY, tmp_path / "spec")
    return make_repository(tmp_path)


def edited(project):
    """Set a bound in both API versions: one inherits it."""
    replace(project / "spec/demo/v1.yaml", "default: 2,", "default: 2, min: 2,")


def test_nothing_differs(project, capsys):
    assert run(project, "diff", "--against", "main") == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "no changes\n")


def test_a_change_against_a_revision(project, capsys):
    edited(project)
    assert run(project, "diff", "--against", "main", "--fail-on", "warning") == 1
    told = capsys.readouterr().out
    assert told.startswith("main -> spec\n")
    assert "param-bound-set: layer: min none -> 2 [in API 1 and 2]" in told
    assert "1 warning" in told


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--fail-on", "none"), 0),
        (("--fail-on", "silent"), 0),
        (("--fail-on", "warning"), 1),
        (("--fail-on", "breaking"), 0),
        (("--promise", "silent"), 0),
        (("--promise", "wire", "--fail-on", "warning"), 1),
    ],
)
def test_what_fails(project, capsys, arguments, status):
    edited(project)
    assert run(project, "diff", "--against", "main", *arguments) == status


@pytest.mark.parametrize("name", ["nope", "main:nope", "main:demo@7"])
def test_what_is_not_there(project, capsys, name):
    assert run(project, "diff", name, "demo@1") == 2
    assert capsys.readouterr().err


def test_a_broken_spec(project, capsys):
    replace(project / "spec/demo/v1.yaml", "prefix: /api/v1", "prefx: /api/v1")
    assert run(project, "diff", "--against", "main") == 2
    assert "Did you mean 'prefix'?" in capsys.readouterr().err


def test_one_finding_in_json(project, capsys):
    edited(project)
    run(project, "diff", "--against", "main", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    [finding] = document["findings"]
    assert finding["where"]["new"] == finding["where"]["old"]
    assert (finding["old"], finding["new"], finding["level"]) == (None, "2", "warning")
    assert finding["also"] == ["demo@2.get_record"]


def test_an_accepted_difference_passes_until_it_is_gone(project, capsys):
    edited(project)
    run(project, "diff", "--against", "main", "--format", "json")
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    entry = {"fingerprint": finding["fingerprint"], "id": finding["id"], "where": "demo.get_record.layer"}
    fields = ", ".join(
        f'{name}: "{value}"' for name, value in (entry | {"reason": "It was never 1."}).items()
    )
    (project / "spec/accepted.yaml").write_text(f"spec: 1\naccepted:\n  - {{{fields}}}\n")
    assert run(project, "diff", "--against", "main", "--fail-on", "warning") == 0
    assert "1 accepted" in capsys.readouterr().err
    git(project, "commit", "--quiet", "--all", "-m", "It landed")
    assert run(project, "diff", "--against", "main") == 1
    assert "unused-acceptance" in capsys.readouterr().out
    # Other comparisons say nothing of what was accepted against a revision.
    assert run(project, "diff", "demo@1", "demo@1") == 0


def test_a_new_number_is_required_on_request(project, capsys):
    replace(project / "spec/demo/v1.yaml", 'dtype: "<u8"}\n    params', 'dtype: "<i4"}\n    params')
    run(project, "diff", "--against", "main", "--require-version-bump")
    told = capsys.readouterr().out
    assert "breaking-without-version-bump: 1 change breaks installed clients of API 1" in told
    assert run(project, "diff", "demo@1", "demo@2", "--require-version-bump", "--fail-on", "none") == 0
    assert "breaking-without-version-bump" not in capsys.readouterr().out


MISUSES = [
    (("--write",), "--migrate PATH"),
    (("--show-diff",), "--migrate PATH"),
    (("--pin-defaults",), "--migrate PATH"),
    (("--python", "--migrate"), "Leave out --python or --migrate"),
    (("--format", "json", "--migrate"), "Leave out --format json, or --migrate"),
]


@pytest.mark.parametrize(("arguments", "said"), MISUSES)
def test_no_option_is_passed_over_without_a_word(project, capsys, arguments, said):
    assert run(project, "diff", "--against", "main", *arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("how", [("--format", "migrate"), ("--migrate",), ("--migrate", "script.py")])
def test_edits_of_scripts_go_to_a_file_too(project, capsys, monkeypatch, how):
    monkeypatch.chdir(project)
    (project / "script.py").write_text(
        "from caveclient_gen import CAVEclient\nCAVEclient().demo.get_record(1)\n"
    )
    replace(
        project / "spec/demo/v1.yaml", "  get_record:\n", "  read_record:\n    renamed_from: get_record\n"
    )
    replace(project / "spec/demo/v2.yaml", "  get_record:\n", "  read_record:\n")
    assert run(project, "diff", "--against", "main", *how, "--output", "edits.txt") == 1
    assert "get_record -> read_record" in (project / "edits.txt").read_text()
    assert capsys.readouterr().out == ""


def test_an_unset_variable_is_no_revision(project, capsys):
    assert run(project, "diff", "--against", "") == 2
    assert "The name of a side is empty" in capsys.readouterr().err


def test_a_version_that_inherits_needs_a_new_number_too(project, capsys):
    replace(project / "spec/demo/v1.yaml", 'dtype: "<u8"}\n    params', 'dtype: "<i4"}\n    params')
    run(project, "diff", "--against", "main", "--require-version-bump", "--format", "json")
    found = json.loads(capsys.readouterr().out)["findings"]
    bumps = [finding for finding in found if finding["id"] == "breaking-without-version-bump"]
    assert [finding["api"] for finding in bumps] == ["1", "2"]
    assert {finding["hint"] for finding in bumps} == {
        "Describe a new one: python -m codegen new-version demo 3"
    }


def test_a_known_deployment_that_falls_out_is_named(project, capsys):
    deployment = (
        "{name: here, address: 'https://here', role: local, services: [demo], versions: {demo: '5.13.2'}}"
    )
    (project / "spec/deployments.yaml").write_text(f"spec: 1\ndeployments:\n  - {deployment}\n")
    replace(
        project / "spec/demo/v1.yaml",
        "summary: Get one record.\n",
        "summary: Get one record.\n    server: '>=5.14'\n",
    )
    assert run(project, "diff", "--against", "main") == 1
    told = capsys.readouterr().out
    assert "server-constraint-tightened: server any -> >=5.14 [breaks here (5.13.2)]" in told
