"""Generated pages: where they stand, what is on them, and that everything is on one of them once."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from demo_spec import DEMO
from jinja2 import nodes
from project_copy import make_project, run
from test_templates import ALLOWED

from codegen import ir
from codegen.load import load_spec
from codegen.lock import Lock
from codegen.pages import outputs_of
from codegen.pages.diff_rules import rules_page
from codegen.pages.escape import FILTERS
from codegen.pages.operation_view import stub_of
from codegen.pages.proof import read
from codegen.pages.ranges import range_in_words
from codegen.pages.rendering import TEMPLATES, templates
from codegen.pages.service_view import current_operations, service_page
from codegen.pages.support import support_page
from codegen.report.rule import Rule

ROOT = Path(__file__).parents[2]
SPEC = load_spec(ROOT / "spec")
PAGES = {page.path: page for page in outputs_of(SPEC)}


def test_there_is_a_page_for_each_service_and_two_for_all():
    services = [f"docs/api/{service.name}.md" for service in SPEC.services]
    assert sorted(PAGES) == sorted([*services, "docs/support.md", "docs/diff-rules.md"])


@pytest.mark.parametrize("service", SPEC.services, ids=lambda service: service.name)
def test_a_page_depends_on_its_descriptors(service):
    page = PAGES[f"docs/api/{service.name}.md"]
    assert page.service == service.name
    assert page.inputs[0] == f"spec/{service.name}/service.yaml"
    assert len(page.inputs) == 1 + len(service.apis)


def test_pages_are_written_kept_and_removed(tmp_path, capsys):
    """As the modules are: `generate` writes them, `--check` finds what is not as it should be."""
    project = make_project(tmp_path)
    pages = sorted((project / "docs").rglob("*.md"))
    assert {page.name for page in pages} >= {"support.md", "diff-rules.md"}
    assert run(project, "generate", "--check") == 0
    (first,) = (page for page in pages if page.parent.name == "api")
    first.write_text(first.read_text() + "By hand.\n")
    (project / "docs" / "support.md").unlink()
    capsys.readouterr()
    assert run(project, "generate", "--check") == 1
    told = capsys.readouterr().out
    assert f"docs/api/{first.name}: edited by hand" in told
    assert "docs/support.md: missing" in told
    assert run(project, "generate") == 0
    assert "By hand" not in first.read_text()


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [
        ("docs/api/info.md", True),
        ("docs/support.md", True),
        ("docs/diff-rules.md", True),
        ("docs/index.md", False),
        ("docs/api/../index.md", False),
        ("docs/api/info.md/../../x.md", False),
        ("docs/api/info.html", False),
        ("docs/api/a/b.md", False),
        ("README.md", False),
    ],
)
def test_the_lock_names_no_other_pages(tmp_path, path, is_kept):
    """What it lists may be removed."""
    file = tmp_path / "LOCK.json"
    file.write_text(Lock({}, {path: "0" * 64}).text())
    assert (path in Lock.read(file).outputs) == is_kept


def test_writing_all_pages_is_quick():
    start = time.process_time()
    outputs_of(SPEC)
    assert time.process_time() - start < 0.5


# ---- the page of a service


@pytest.mark.parametrize("service", SPEC.services, ids=lambda service: service.name)
def test_every_operation_stands_on_its_page_once(service):
    text = PAGES[f"docs/api/{service.name}.md"].text
    methods = re.findall(r"^### (\w+) \{ #caveclient_gen\.", text, re.MULTILINE)
    requests = re.findall(r"^### Request of (\w+) \{ #request-\1 \}$", text, re.MULTILINE)
    gone = re.findall(r"^\| `(\w+)` \| \d+ \|", text.partition("## No longer spoken")[2], re.MULTILINE)
    names = {operation.name for api in service.apis for operation in api.operations}
    assert sorted({*methods, *requests, *gone}) == sorted(names)
    assert len(set(methods + requests)) == len(methods + requests)
    assert set(gone).isdisjoint(methods + requests)


def test_the_newest_version_that_servers_speak_is_shown():
    shown = {
        f"{service.name}.{operation.name}": api.number
        for service in SPEC.services
        for api, operation in current_operations(service)
    }
    assert (shown["materialize.query_table"], shown["chunkedgraph.get_roots"]) == ("3", "1")
    assert "info.get_datasets" not in shown


def row_of(text, name):
    """Find the row of a table that is about `name`; its cells."""
    (line,) = (line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_what_a_section_tells():
    """One operation of the demo, fact by fact."""
    (page,) = (page for page in outputs_of(DEMO) if page.path == "docs/api/demo.md")
    section = page.text.partition("### get_roots {")[2].partition("\n### ")[0]
    for words in (
        "Look up the root id of many supervoxels at one moment.",
        "There is more to say.",
        "```pyi\ndef get_roots(",
        "- Sends `POST /demo/api/v1/table/{table_id}/roots_binary`",
        "- In API 1 (beta).",
        "- Needs server from 2.18.0, below 3; or from 3.0.5, below 4.",
        "- At most one of `note` or `mode`.",
        "- Answers are reused for 3600 s.",
        "- More than 10 `supervoxel_ids` are sent in several requests.",
        "- Status 404 raises `NotFoundError`.",
        "| `ndarray of int64` | Roots. One per item, in the same order. |",
        "[`TruncatedResultError`][caveclient_gen.errors.TruncatedResultError]",
        "```pycon\n>>> ",
    ):
        assert words in section, words
    name, kind, default, place, words = row_of(section, "supervoxel_ids")
    assert (name, default) == ("`supervoxel_ids`", "required")
    assert "supervoxel ids" in kind
    assert place.startswith(("body", "whole body"))
    assert "At most 100 items." in words


def test_old_names_stand_beside_the_new():
    """They are methods, too, and so are hidden from the docstrings of the class."""
    service = DEMO.services[0]
    old = ir.Operation(name="x", summary="X.", method="GET", path="/x", safe=True, aliases=("w", "v"))
    param = ir.Param("a", "int", "query", ("a",), "scalar", "A.", aliases=("b",))
    api = replace(service.apis[0], operations=(replace(old, params=(param,)),), stability="stable")
    page = service_page(replace(service, apis=(api,)))
    assert {"x", "w", "v"} <= set(page.hidden)
    pages = outputs_of(ir.Spec((replace(service, apis=(api,)),)))
    (text,) = (page.text for page in pages if page.path.startswith("docs/api/"))
    assert "#### w { #caveclient_gen.demo.DemoClient.w }\n\nAn old name of `x`; it does the same." in text
    assert "Its old name is `b`." in row_of(text, "a")[-1]


def test_deprecation_is_a_note():
    text = PAGES["docs/api/auth.md"].text.partition("### refresh_token {")[2].partition("\n### ")[0]
    note = [words for place, words in read(text) if place.startswith("div")]
    assert note[0] == "Deprecated since 0.1.0"
    assert "Use " in note[1]


def test_versions_and_pins_are_told():
    text = PAGES["docs/api/materialize.md"].text.partition("### get_tables {")[2]
    assert text.partition("- In ")[2].startswith("API 3 through the route of API 2, API 2.")


def test_shared_members_and_operations_are_hidden_from_the_class():
    page = service_page(SPEC.service("info"))
    assert {"prepare", "get_datastacks"} <= set(page.hidden)
    assert "get_datastack_info" not in page.hidden


@pytest.mark.parametrize(
    ("changes", "stub"),
    [
        ({}, "def x(self) -> Any: ..."),
        ({"is_property": True}, "@property\ndef x(self) -> Any: ..."),
        (
            {
                "params": (
                    ir.Param("a", "int", "query", ("a",), "scalar", "A.", required=True),
                    ir.Param(
                        "b", "str", "query", ("b",), "scalar", "B.", keyword_only=True, choices=("x", "y")
                    ),
                )
            },
            "def x(self, a: int, *, b: Literal['x', 'y'] | None = None) -> Any: ...",
        ),
    ],
)
def test_signatures(changes, stub):
    operation = ir.Operation(name="x", summary="X.", method="GET", path="/x", safe=True)
    assert stub_of(replace(operation, **changes)) == stub


# ---- ranges and the support matrix


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ((), ""),
        ((">=5.13.0",), "from 5.13.0"),
        (("<3,>=2.18.0", ">=3.0.5"), "from 2.18.0, below 3; or from 3.0.5"),
        ((">=1, <2",), "from 1, below 2"),
        (("==1.2",), "only 1.2"),
        ((">1,!=1.5,<=2",), "after 1, not 1.5, up to 2"),
        (("~=1.4.2",), "from 1.4.2 in the same line"),
    ],
)
def test_ranges_in_words(ranges, words):
    assert range_in_words(ranges) == words


def test_the_support_matrix():
    tables = {table.service: table for table in support_page(SPEC).tables}
    rows = by_operation(tables["materialize"])
    assert tables["materialize"].columns == (("2", "stable"), ("3", "stable"))
    assert rows["get_tables"].cells == ("yes", "yes, route of API 2")
    assert rows["query_view"].cells == ("–", "yes")
    of_all, of_some = rows["query_table"].needs
    assert of_all == "server from 5.13.0"
    assert "`filter_greater_dict`" in of_some
    assert of_some.endswith(": server from 4.34.4")
    assert not tables["annotation"].told
    assert by_operation(tables["info"])["get_datasets"].cells == ("legacy", "–")


def by_operation(table):
    """Find the row of each operation; there is one."""
    found = [(named.name, row) for row in table.rows for named in row.operations]
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.mark.parametrize("service", SPEC.services, ids=lambda service: service.name)
def test_operations_of_the_matrix_that_say_the_same_share_a_row(service):
    (table,) = (table for table in support_page(SPEC).tables if table.service == service.name)
    assert set(by_operation(table)) == {op.name for api in service.apis for op in api.operations}
    alike = [row.cells for row in table.rows if not row.needs]
    assert len(set(alike)) == len(alike)
    assert [len(row.operations) for row in table.rows if row.needs] == [1] * sum(
        bool(row.needs) for row in table.rows
    )
    assert sorted(table.rows, key=lambda row: not row.needs) == list(table.rows)


def test_every_range_of_the_spec_is_in_the_matrix():
    text = PAGES["docs/support.md"].text
    for service in SPEC.services:
        part = text.partition(f"\n## {service.name}\n")[2].partition("\n## ")[0]
        for name in {operation.name for api in service.apis for operation in api.operations}:
            (row,) = (line for line in part.splitlines() if re.search(rf"^\|[^|]*`{name}`[^|]*\|", line))
            newest = [
                api.operation(name) for api in service.apis if name in {o.name for o in api.operations}
            ][-1]
            needs = row.strip("|").split(" | ")[-1]
            assert range_in_words(newest.server) in needs
            for param in newest.params:
                assert not param.server or f"`{param.name}`" in needs


# ---- the rules of the diff

RULES = {
    rule.id: rule
    for rule in (
        Rule(
            "thing-added",
            "info",
            "none",
            "A thing is new",
            "Nobody has to do anything.",
            "Add it.",
            mirror=("thing-removed",),
        ),
        Rule(
            "thing-removed",
            "breaking",
            "breaking",
            "A thing is gone",
            "Calls of it fail | all of them.",
            "Deprecate it first.",
            mirror=("thing-added", "thing-removed"),
            before="operations:\n  get: {summary: Get it.}\n",
            after="operations: {}\n",
        ),
        Rule(
            "default-moved",
            "warning",
            "breaking",
            "What <b>is</b> sent when `x` is left out",
            "Calls that leave it out mean something else.",
            "Give the new behaviour a name of its own.",
            waiver="It is the same difference the other way round",
            silent=True,
        ),
        Rule(
            "word-changed",
            "none",
            "info",
            "A word",
            "It reads otherwise.",
            "Go on.",
            waiver="As above",
            docs=True,
        ),
    )
}


def test_the_page_of_the_rules():
    text = rules_page(RULES)
    assert "knows 4 kinds" in text
    assert re.findall(r"^## (\w+) \{ #\1 \}$", text, re.MULTILINE) == ["breaking", "info"]
    assert "the worse of the two: [breaking](#breaking), [info](#info)." in text
    assert re.findall(r"^### [\w\\-]+ \{ #([\w-]+) \}$", text, re.MULTILINE) == [
        "default-moved",
        "thing-removed",
        "thing-added",
        "word-changed",
    ]


def test_a_rule_on_its_page():
    text = rules_page(RULES)
    removed = text.partition("### thing-removed")[2].partition("\n### ")[0]
    for words in (
        "A thing is gone.",
        "Calls of it fail \\| all of them.",
        "*wire* **breaking**, *source* **breaking**.\n",
        "Before:\n\n```yaml\noperations:\n  get: {summary: Get it.}\n```",
        "After:\n\n```yaml\noperations: {}\n```",
        "Deprecate it first.",
        "The other way round: [`thing-added`](#thing-added).",
        "The other way round it is the same rule.",
    ):
        assert words in removed, words
    assert "silent" not in removed
    moved = text.partition("### default-moved")[2].partition("\n### ")[0]
    assert "*wire* **warning**, *source* **breaking**, **silent**.\n" in moved
    assert "What &#60;b&#62;is&#60;/b&#62; sent" in moved
    assert "There is no rule for the other way round: It is the same" in moved
    assert "*wire* **not affected**, *source* **info**.\n" in text
    assert "shown on request" in text.partition("### word-changed")[2]


def test_a_mirror_that_is_no_rule_is_refused():
    rules = {"a": replace(RULES["thing-added"], id="a", mirror=("nothing",))}
    with pytest.raises(ValueError, match="rule a names nothing as its mirror"):
        rules_page(rules)


def test_rules_reach_the_outputs():
    (page,) = (page for page in outputs_of(DEMO, RULES) if page.path == "docs/diff-rules.md")
    assert page.text == rules_page(RULES)


# ---- templates

FILES = sorted(path.name for path in TEMPLATES.glob("*.j2"))


def test_there_are_templates():
    assert FILES == ["diff_rules.md.j2", "service.md.j2", "support.md.j2"]


@pytest.mark.parametrize("name", FILES)
def test_every_output_of_a_template_passes_one_filter(name):
    tree = templates().parse((TEMPLATES / name).read_text())
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            if not isinstance(node, nodes.TemplateData):
                assert isinstance(node, nodes.Filter), (name, node.lineno)
                assert node.name in FILTERS
                assert not list(node.node.find_all(nodes.Filter))


@pytest.mark.parametrize("name", FILES)
def test_templates_only_loop_and_choose(name):
    tree = templates().parse((TEMPLATES / name).read_text())
    assert {type(node) for node in tree.find_all((nodes.Stmt, nodes.Call))} <= set(ALLOWED)
