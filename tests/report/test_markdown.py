"""`markdown`: rendered by two readers, and looked at the way a browser would."""

import json
from html.parser import HTMLParser

import markdown
import pytest
from made import ADDED, ALL, DEFAULT, HOSTILE, REMOVED, comparison, hostile, written
from markdown_it import MarkdownIt

from codegen.report.markdown import code, escaped

SHORT = """\
## `materialize@2` → `materialize@3`

2 breaking, 1 info; 1 of them silent.

### Silent changes (1)

The call still runs, but its answer can differ.

#### materialize

- **breaking** `materialize.query_table.limit`: a default that is sent has changed. \
([`param-default-changed`](docs/diff-rules.md#param-default-changed), `spec/materialize/v3.yaml:13`) \
<!-- fingerprint: 163af4de6411 -->

### Breaking (1)

#### materialize, API 2 -&gt; 3

- `materialize.query_table.limit`: a parameter is gone. \
Breaks minniev1 (5.13.2), wclee (4.0.0). Used by 4 operations. \
([`param-removed`](docs/diff-rules.md#param-removed), `spec/materialize/v3.yaml:12`) \
<!-- fingerprint: cc5005b9a627 -->
    **To do:** Keep `limit` as an alias of `max_rows`.

### Info (1)

#### chunkedgraph

- `chunkedgraph.get_past_ids`: an operation is new. \
([`op-added`](docs/diff-rules.md#op-added), `spec/chunkedgraph/v1.yaml:90`) \
<!-- fingerprint: 9aaf7550608a -->
"""

EXTENSIONS = [
    "attr_list",
    "md_in_html",
    "tables",
    "toc",
    "admonition",
    "pymdownx.superfences",
    "pymdownx.mark",
    "pymdownx.keys",
    "pymdownx.tilde",
    "pymdownx.caret",
    "pymdownx.critic",
    "pymdownx.magiclink",
]
"""What sites switch on that gives more characters a meaning."""


def by_commonmark(text):
    return MarkdownIt("gfm-like", {"linkify": False}).render(text)


def by_python_markdown(text):
    return markdown.markdown(text, extensions=EXTENSIONS)


READERS = [by_commonmark, by_python_markdown]


class Page(HTMLParser):
    """The elements and the words of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.comments, self.links = set(), [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name, value)
            if name == "href":
                self.links.append(value)

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.comments.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


OURS = {"h2", "h3", "h4", "p", "ul", "li", "code", "strong", "a", "pre", "div", "span"}
"""The elements that a report is made of, and those that readers put around code."""


def test_a_report_is_read_as_text_too():
    assert written(comparison(REMOVED, DEFAULT, ADDED), "markdown") == SHORT


def test_links_begin_where_they_are_told_to():
    report = written(comparison(*ALL), "markdown", rules_page="../diff-rules.md")
    assert "(../diff-rules.md#param-removed)" in report
    assert "docs/diff-rules.md" not in report


def test_rules_that_have_no_page_are_not_linked():
    """The page has the rules of the diff."""
    report = written(comparison(REMOVED, kind="drift"), "markdown")
    assert "(`param-removed`," in report
    assert "diff-rules.md" not in report


@pytest.mark.parametrize("read", READERS)
def test_both_readers_see_headings_items_and_code(read):
    page = Page(read(written(comparison(*ALL), "markdown", explain=True)))
    assert page.tags >= {"h2", "h3", "h4", "ul", "li", "code", "strong", "a", "pre"}
    assert [comment.strip() for comment in page.comments] == [
        f"fingerprint: {print_}" for print_ in fingerprints(written(comparison(*ALL), "json"))
    ]


def fingerprints(report):
    """List them in the order of the headings: silent ones, then by level."""
    found = json.loads(report)["findings"]
    order = ("breaking", "warning", "info")
    ordered = sorted(
        found, key=lambda each: (not each["silent"], order.index(each["level"]), each["service"])
    )
    return [each["fingerprint"] for each in ordered]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_becomes_anything_but_text(read, text, explain):
    usual = Page(read(written(hostile("x"), "markdown", explain=explain)))
    page = Page(read(written(hostile(text), "markdown", explain=explain)))
    assert page.tags - {"span"} == usual.tags - {"span"}
    assert page.tags <= OURS
    assert page.links == usual.links == ["docs/diff-rules.md#param-removed"]
    assert len(page.comments) == 1


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_escaped_text_reads_as_itself(read, text):
    shown = " ".join(text.split())
    visible = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown
    )
    named = visible.replace(" `x` ", " x ")
    assert Page(read(f"- x {escaped(text)} x")).text == f"x {named} x"
    assert Page(read(f"- x {code(text)} x")).text == f"x {visible} x"


@pytest.mark.parametrize(
    ("text", "written_as"),
    [
        ("query_table", "query_table"),
        ("_private", "&#95;private"),
        ("Keep `limit` here.", "Keep `limit` here."),
        ("Keep `a b` here.", "Keep &#96;a b&#96; here."),
        ("Keep ``limit`` here.", "Keep &#96;&#96;limit&#96;&#96; here."),
        ("10 -> 500", "10 -&gt; 500"),
        ("a: b", "a: b"),
        ("a = b + c", "a = b + c"),
        ("@user", "&#64;user"),
    ],
)
def test_only_what_is_special_is_escaped(text, written_as):
    assert escaped(text) == written_as


@pytest.mark.parametrize(
    ("text", "written_as"),
    [
        ("x", "`x`"),
        ("", '`""`'),
        ("*x*", "`*x*`"),
        ("a`b", "<code>a&#96;b</code>"),
        ("<b>", "<code>&lt;b&gt;</code>"),
    ],
)
def test_code_stands_between_backticks_or_in_an_element(text, written_as):
    assert code(text) == written_as
