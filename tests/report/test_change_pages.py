"""`docs/changes/`: every difference of two API versions stands on its page once, and as text."""

import re
from pathlib import Path

import pytest
from made import ALL, HOSTILE, comparison, hostile
from test_markdown import OURS, READERS, Page

from codegen.deployments import load_deployments
from codegen.diff.change_pages import body, outputs_of
from codegen.load import load_spec
from codegen.report.markdown import sections

ROOT = Path(__file__).parents[2]
SPEC = load_spec(ROOT / "spec")
PAGES = {page.path: page.text for page in outputs_of(SPEC, load_deployments(ROOT / "spec"))}


def test_there_is_a_page_for_each_step_and_a_list_of_them():
    steps = [path for path in PAGES if not path.endswith("index.md")]
    assert len(steps) == sum(len(service.apis) - 1 for service in SPEC.services) > 0
    index = PAGES["docs/changes/index.md"]
    assert all(f"({path.rpartition('/')[2]}) | " in index for path in steps)


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("index.md")])
def test_a_page_counts_what_it_shows(path):
    text = PAGES[path]
    counts = [int(number) for number in re.findall(r"^## .* \((\d+)\)$", text, re.MULTILINE)]
    items = re.findall(r"^- ", text, re.MULTILINE)
    assert sum(counts) == len(items) > 0
    tally = text.split("\n\n")[2].partition(". The service")[0]
    by_level = [int(number) for number in re.findall(r"(\d+) (?:breaking|warnings?|info)", tally)]
    assert sum(by_level) == len(items)


def test_findings_of_a_rule_stand_together():
    lines = "\n".join(body(comparison(*ALL)))
    for title, _, findings in sections(comparison(*ALL).findings):
        part = lines.partition(f"## {title} (")[2].partition("\n## ")[0]
        rules = re.findall(r"^\*\*\[`([a-z-]+)`\]", part, re.MULTILINE)
        assert rules == sorted({finding.id for finding in findings})


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_becomes_anything_but_text(read, text):
    usual, page = (Page(read("\n".join(body(hostile(words))))) for words in ("x", text))
    assert page.tags - {"span"} == usual.tags - {"span"}
    assert page.tags <= OURS
    assert page.links == usual.links == ["../diff-rules.md#param-removed"]
    assert page.comments == []
