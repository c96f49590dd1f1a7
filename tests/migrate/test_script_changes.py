"""What findings ask of scripts: what is touched, which edit, and whether a person is needed."""

from dataclasses import replace

import pytest
from changed_spec import (
    AS_LIST,
    LIMIT,
    NAME,
    RENAMED_ARGUMENT,
    RENAMED_OPERATION,
    both,
    finding,
    planned,
)

from codegen import ir
from codegen.diff.rules import RULES
from codegen.load import load_spec
from codegen.migrate import advice

RAW = "  get_rows:\n    raw: true\n"

ROWS = [
    pytest.param(
        RENAMED_OPERATION,
        finding("op-renamed", "list_rows"),
        ("name", "get_rows -> list_rows", True),
        id="the finding names the new operation",
    ),
    pytest.param(
        RENAMED_OPERATION,
        finding("op-renamed", "get_rows", old="get_rows", new="list_rows"),
        ("name", "get_rows -> list_rows", True),
        id="the finding names the old operation",
    ),
    pytest.param(
        RENAMED_OPERATION,
        finding("op-renamed-with-alias", "list_rows", source="info"),
        ("name", "get_rows -> list_rows", True),
        id="an old name that still works is worth mending",
    ),
    pytest.param({"v1": ((NAME, RAW),)}, finding("op-became-raw"), ("use", "", False), id="became raw"),
    pytest.param(
        RENAMED_ARGUMENT,
        finding("param-renamed", param="max_rows"),
        ("spelled", "limit= -> max_rows=", True),
        id="renamed argument",
    ),
    pytest.param(
        {"service": ((LIMIT, ""),)},
        finding("param-removed", param="limit"),
        ("given", "limit= -> nothing", False),
        id="an argument is never dropped without a person",
    ),
    pytest.param(
        {"v1": ((AS_LIST, AS_LIST.replace("default: true", "default: false")),)},
        finding("param-default-changed", param="as_list", silent=True),
        ("left out", "add as_list=True to keep what the call means", False),
        id="default",
    ),
    pytest.param(
        {"service": ((LIMIT, LIMIT.replace("min: 1", "min: 1, default: 10")),)},
        finding("param-default-added", param="limit", silent=True),
        ("left out", "", False),
        id="None cannot be pinned: it means left out",
    ),
    pytest.param(
        {"service": ((LIMIT, LIMIT.replace("min: 1", "min: 5")),)},
        finding("param-bound-tightened", param="limit"),
        ("value", "", False),
        id="bound",
    ),
    pytest.param(
        {"v1": ((AS_LIST, AS_LIST.replace("default: true", "default: true, keyword_only: true")),)},
        finding("param-became-keyword-only", param="as_list"),
        ("positions", "by position -> by name", True),
        id="keyword only",
    ),
    pytest.param(
        {},
        finding("response-select-changed", param="response", silent=True),
        ("use", "", False),
        id="answers that differ without an error",
    ),
    pytest.param(
        {"service": (("client: DemoClient", "client: RowsClient"),)},
        finding("client-class-renamed", None, api=None),
        ("names", "DemoClient -> RowsClient", True),
        id="class",
    ),
    pytest.param(
        {"service": (("attribute: demo", "attribute: rows"), ("module: demo", "module: rowservice"))},
        finding("service-renamed", None, api=None),
        ("names", "demo -> rows, demo -> rowservice", True),
        id="attribute and module",
    ),
    pytest.param(
        {},
        finding("a-rule-of-tomorrow", param="limit"),
        ("given", "", False),
        id="a rule without a row, about an argument",
    ),
    pytest.param({}, finding("a-rule-of-tomorrow"), ("use", "", False), id="a rule without a row"),
    pytest.param(
        {},
        finding("a-rule-of-tomorrow", None, api=None),
        ("nothing", "", False),
        id="what scripts do not name",
    ),
    pytest.param(
        {},
        finding("stability-beta-changed", param="limit", source="warning", text="param-removed: is gone"),
        ("given", "limit= -> nothing", False),
        id="beta stands for another rule",
    ),
]


@pytest.mark.parametrize(("edits", "told", "expected"), ROWS)
def test_a_finding_asks_of_scripts(edits, told, expected, tmp_path):
    [change] = planned(both(tmp_path, **edits), told)
    assert (change.touches, change.edit, change.automatic) == expected
    assert change.finding is told
    assert "{" not in change.sentence


NOT_TOLD = [
    finding("op-path-changed", source="none"),
    finding("optional-param-added", source="info"),
    finding("timeout-lowered", source="warning"),
    finding("versions-reversed", None, source="warning"),
    finding("sunset-moved-earlier"),
    finding("doc-changed", docs=True),
    finding("op-added", "a_new_one", source="info"),
]


@pytest.mark.parametrize("told", NOT_TOLD, ids=lambda told: told.id)
def test_what_asks_nothing_of_scripts_is_not_told(told, tmp_path):
    assert planned(both(tmp_path), told) == ()


def test_hand_written_methods_must_be_looked_at(tmp_path):
    old, new = both(tmp_path, **RENAMED_ARGUMENT)
    raw = [load_spec_with(tmp_path / side, RAW) for side in ("old", "new")]
    [change] = planned(tuple(raw), finding("param-renamed", param="max_rows"))
    assert (change.touches, change.automatic) == ("use", False)
    assert "hand-written" in change.sentence
    assert "changed: max_rows: what differs." in change.sentence
    [generated] = planned((old, new), finding("param-renamed", param="max_rows"))
    assert generated.automatic


def load_spec_with(root, text):
    file = root / "spec" / "demo" / "v1.yaml"
    file.write_text(file.read_text().replace(NAME, text))
    return load_spec(root / "spec")


def test_an_edit_that_operations_share_is_told_for_each(tmp_path):
    told = finding("response-key-removed", None, "Row", also=("demo.get_rows", "demo@1.delete_row"))
    changes = planned(both(tmp_path), told)
    assert [change.label for change in changes] == ["client.demo.get_rows", "client.demo.delete_row"]


def test_what_two_api_versions_say_is_told_once(tmp_path):
    more = 'api: "2"\nextends: v1\nprefix: /api/v2\noperations:\n  get_rows: {summary: Get rows.}\n'
    for side in both(tmp_path, **RENAMED_ARGUMENT) and ("old", "new"):
        (tmp_path / side / "spec" / "demo" / "v2.yaml").write_text(more)
    specs = tuple(load_spec(tmp_path / side / "spec") for side in ("old", "new"))
    told = [finding("param-renamed", param="max_rows", api=api) for api in ("1", "2")]
    [change] = planned(specs, *told)
    assert change.finding.api == "2"
    assert change.automatic
    [older] = planned(specs, told[0])
    assert not older.automatic


def test_the_replacement_that_a_deprecation_names_is_the_edit(tmp_path):
    deprecated = '  get_rows:\n    deprecated: {since: "1.0", use: get_roots}\n'
    specs = both(tmp_path, v1=((NAME, deprecated),))
    [change] = planned(specs, finding("deprecated", source="info"))
    assert change.edit == "client.demo.get_rows -> client.demo.get_roots"


def test_a_service_under_another_name_is_told_as_scripts_know_it(tmp_path):
    old, new = both(tmp_path)
    [service] = new.services
    renamed = ir.Spec((replace(service, name="rows", attribute="rows", renamed_from="demo"),))
    told = [finding("op-removed"), finding("service-renamed", None), finding("service-renamed", None)]
    changes = planned((old, renamed), *(replace(each, service="rows") for each in told))
    assert [(change.label, [name.new for name in change.names]) for change in changes] == [
        ("client.demo.get_rows", []),
        ("client.demo", ["rows"]),
    ]


def test_the_table_names_rules_that_there_are():
    named = {*advice.RULES, *advice.NOT_FOR_SCRIPTS, *(rule for rule, _ in advice.SAME_AS)}
    # Told by the comparison of the generated Python, which has rules of its own.
    assert named - set(RULES) == {"object-kind-changed"}
    assert set(advice.SAME_AS.values()) <= set(advice.RULES)


def test_deployments_that_a_change_breaks_are_named(tmp_path):
    [change] = planned(both(tmp_path), finding("server-constraint-tightened", affects=("old (1.2)",)))
    assert "breaks old (1.2)" in change.sentence


def test_every_row_of_the_table_can_be_said():
    words = "attribute call method new_method kind_edit param new_param pin replacement renames about text"
    said = dict.fromkeys(words.split(), "x")
    plain = [advice.CALLS, advice.SILENT_CALLS, advice.ARGUMENT, advice.SILENT_ARGUMENT]
    for row in [*advice.RULES.values(), *plain, advice.ELSEWHERE, advice.HAND_WRITTEN]:
        assert row.sentence.format_map(said).endswith(".")
        row.edit.format_map(said)


def test_texts_of_specs_are_never_templates(tmp_path):
    [change] = planned(both(tmp_path), finding("op-removed", text="{call.__class__} {0}"))
    assert "{call.__class__} {0}" in change.sentence
