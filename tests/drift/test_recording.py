"""What servers report is written into spec/deployments.yaml, and nothing else in it changes."""

import difflib
import shutil

import pytest
import yaml
from published import ROOT
from served import answer, running, whole

from codegen.cli import main
from codegen.drift.record import RecordError, Report, recorded

TEXT = """\
# Servers that people know.
spec: 1
deployments:
  - name: global
    address: https://global.daf-apis.com
    role: global                        # the server that every datastack shares: info, auth, schema
    services: [auth, info, schema]
    versions: {}
  - name: minniev1
    address: https://minniev1.microns-daf.com
    role: local                         # a datastack's own server: chunkedgraph, materialize
    services: [chunkedgraph, materialize]
    versions: {}
"""
"""A list in which nobody has been asked yet."""
MINNIE = "https://minniev1.microns-daf.com"


def report(name="minniev1", address=MINNIE, role="local", **versions):
    return Report(name, address, role, versions or {"materialize": "5.26.4"})


def changed(before, after):
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_versions_are_written_where_they_belong():
    after = recorded(TEXT, report(materialize="5.26.4", chunkedgraph="2.21.1"))
    assert changed(TEXT, after) == [
        "-     versions: {}",
        "+     versions: {chunkedgraph: \"2.21.1\", materialize: \"5.26.4\"}",
    ]  # fmt: skip
    assert after.index("2.21.1") > after.index("minniev1")


def test_a_slash_at_the_end_of_an_address_does_not_matter():
    text = TEXT.replace(MINNIE, f"{MINNIE}/")
    assert changed(text, recorded(text, report())) == [
        "-     versions: {}",
        '+     versions: {materialize: "5.26.4"}',
    ]


def test_writing_the_same_again_changes_nothing():
    once = recorded(TEXT, report())
    assert recorded(once, report()) == once


def test_services_that_did_not_answer_keep_their_version():
    once = recorded(TEXT, report(materialize="5.13.2", chunkedgraph="2.18.0"))
    twice = recorded(once, report(materialize="5.26.4"))
    entry = yaml.safe_load(twice)["deployments"][1]
    assert entry["versions"] == {"chunkedgraph": "2.18.0", "materialize": "5.26.4"}


def test_services_that_are_new_are_listed():
    after = recorded(TEXT, report(annotation="4.35.0"))
    assert yaml.safe_load(after)["deployments"][1]["services"] == [
        "chunkedgraph",
        "materialize",
        "annotation",
    ]
    assert "# a datastack's own server: chunkedgraph, materialize" in after


def test_a_deployment_that_is_new_stands_at_the_end():
    after = recorded(TEXT, report("local", "http://127.0.0.1:8080", "both", info="4.3.3", auth="2.30.3"))
    assert after.startswith(TEXT)
    assert yaml.safe_load(after)["deployments"][-1] == {
        "name": "local",
        "address": "http://127.0.0.1:8080",
        "role": "both",
        "services": ["auth", "info"],
        "versions": {"auth": "2.30.3", "info": "4.3.3"},
    }


@pytest.mark.parametrize("text", ["", "spec: 1\ndeployments: []\n", "spec: 1\ndeployments: []"])
def test_the_first_deployment(text):
    after = yaml.safe_load(recorded(text, report()))
    assert after["spec"] == 1
    assert [each["name"] for each in after["deployments"]] == ["minniev1"]


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n# The end.\n"])
def test_how_the_file_ends_does_not_matter(end):
    after = recorded(TEXT.rstrip() + end, report(materialize="5.26.4"))
    assert changed(TEXT.rstrip() + end, after) == [
        "-     versions: {}",
        '+     versions: {materialize: "5.26.4"}',
    ]


def test_comments_beside_a_value_stay():
    text = TEXT.replace("versions: {}", "versions: {}   # nobody has asked")
    assert recorded(text, report()).count("# nobody has asked") == 2


ELSEWHERE = report(address="https://elsewhere.example")
SPREAD = TEXT.replace("versions: {}", 'versions:\n      materialize: "1.0"')
UNLISTED = TEXT.replace("    services: [chunkedgraph, materialize]\n", "")
NEW = report("new", "https://new.example")
RENAMED = report("other")

FAULTS = [
    (TEXT, ELSEWHERE, "minniev1 is at https://minniev1.microns-daf.com, not at https://elsewhere.example."),
    (TEXT, RENAMED, "https://minniev1.microns-daf.com stands there as minniev1. Record under that name."),
    (SPREAD, report(), "write 'versions' of minniev1 on one line"),
    (UNLISTED, report(), "write 'services' of minniev1 on one line"),
    ("spec: 1\n", report(), "'deployments' has to be a list"),
    ("spec: 1\ndeployments: {}\n", report(), "'deployments' has to be a list"),
    ("spec: 1\ndeployments:\n  - text\n", report(), "'deployments' has to be a list of mappings"),
    (TEXT + "more: 1\n", NEW, "cannot be edited safely. Write them into it by hand"),
]


@pytest.mark.parametrize(("text", "reported", "message"), FAULTS)
def test_what_cannot_be_edited(text, reported, message):
    with pytest.raises(RecordError) as caught:
        recorded(text, reported)
    assert message in str(caught.value)


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    (tmp_path / "spec/deployments.yaml").write_text(TEXT)
    return tmp_path


def test_the_command_records_what_the_server_reports(project, capsys):
    file = project / "spec/deployments.yaml"
    with running(whole()) as deployment:
        arguments = ["--root", str(project), "drift", "--server", deployment.address, "--record", "here"]
        assert main(arguments) == 0
        entry = yaml.safe_load(file.read_text())["deployments"][-1]
        assert entry["address"] == deployment.address
        assert entry["role"] == "both"
        assert entry["versions"] == {
            "annotation": "4.35.0",
            "auth": "2.30.3",
            "chunkedgraph": "2.21.1",
            "info": "4.3.3",
            "materialize": "5.26.4",
            "schema": "5.26.3",
            "skeleton": "0.23.11",
            "state": "0.7.2",
        }
        assert "spec/deployments.yaml: here written." in capsys.readouterr().err
        # It is known from now on: what is missing is down, and what changes is told.
        deployment.answers["/materialize/version"] = answer("5.27.0")
        for path in [path for path in deployment.answers if path.startswith("/info")]:
            del deployment.answers[path]
        assert main([*arguments, "--fail-on", "info"]) == 2
    told = capsys.readouterr().out
    assert "software-changed: it runs 5.27.0, and 5.26.4 is written down" in told
    assert "service-silent: it is not there" in told
    versions = yaml.safe_load(file.read_text())["deployments"][-1]["versions"]
    assert (versions["materialize"], versions["info"]) == ("5.27.0", "4.3.3")
    assert file.read_text().startswith(TEXT)
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


def test_where_nothing_is_reported_nothing_is_recorded(project, capsys):
    with running({}) as deployment:
        assert main(["--root", str(project), "drift", "--server", deployment.address, "--record", "x"]) == 2
    assert "reports no version" in capsys.readouterr().err
    assert (project / "spec/deployments.yaml").read_text() == TEXT
