"""Filters of pages: what goes in is what the page shows, or it is refused."""

import re

import pytest
from hostile_texts import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from codegen.escape import EscapeError
from codegen.pages import escape
from codegen.pages.escape import anchor, block, code, text, visible
from codegen.pages.proof import read

MARKDOWN = {
    "script": "<script>alert(1)</script>",
    "image that runs": '<img src=x onerror="alert(1)">',
    "tag that is never closed": "a <b c",
    "html comment": "<!-- x --> and -->",
    "entities": "&lt;b&gt; &amp; &#60;",
    "link": "[x](javascript:alert(1))",
    "image": "![x](https://example.org/x.png)",
    "reference": "[ref][id] and [id]: https://example.org",
    "cross-reference": "[caveclient_gen.errors.CAVEError][]",
    "address in brackets": "<https://example.org>",
    "emphasis": "*a* _b_ **c** __d__ ***",
    "struck": "~~a~~ ^^b^^ ==c==",
    "backticks": "a `b` c `d",
    "double backticks": "``x`` ` `` `",
    "fence": "```\nx\n```",
    "tilde fence": "~~~\nx\n~~~",
    "bar": "a | b || c",
    "bar in code": "`a | b`",
    "escaped bar": "a \\| b `c \\| d`",
    "delimiter row": "|---|:--|",
    "heading": "# x",
    "underlined": "a\n===\nb\n---",
    "list": "- x",
    "plus list": "+ x",
    "numbered": "1. x",
    "numbered with bracket": "1) x",
    "quote": "> x",
    "definition": ":   x",
    "note": '!!! danger "x"',
    "folded": "??? x",
    "directive": "::: os.system",
    "snippet": '--8<-- "x.md"',
    "attributes": "x {: #id .class } y { .z }",
    "macro": "{{ config.x }} {% include 'x' %} {# y #}",
    "renderer's own marks": "\x02amp\x03 \x02klzzwxh:0000\x03",
    "indented code": "a\n\n    code",
    "backslashes": "\\ \\\\ \\` \\[ \\<",
    "surrogate": "a\ud800b",
}
TEXTS = {**HOSTILE, **MARKDOWN}


def shown(source):
    """Read a page of one line: its texts, without the tags."""
    return "".join(words for _, words in read(source))


def words_of(value):
    """What a line should show: white space as one blank, nothing invisible."""
    return visible(" ".join(value.split()))


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS)
def test_texts_show_what_they_are(value):
    without_spans = re.sub(r"`([^`]*[^`\s][^`]*)`", lambda found: found[1].strip(), " ".join(value.split()))
    source = text(value)
    assert "\n" not in source
    assert shown(source) == visible(without_spans)
    assert {place for place, _ in read(source)} <= {"p", "p code"}


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS)
def test_code_shows_what_it_is(value):
    assert read(code(value)) == [("p code", words_of(value))]


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS)
def test_cells_stay_cells(value):
    """Two cells in a row, whatever stands in them."""
    cells = read(f"| a | b |\n|---|---|\n| {text(value)} | {code(value)} |")
    assert [place for place, _ in cells[:2]] == ["table thead tr th"] * 2
    assert cells[-1] == ("table tbody tr td code", words_of(value))
    assert {place for place, _ in cells[2:]} <= {"table tbody tr td", "table tbody tr td code"}


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS)
def test_blocks_hold_what_they_are_given(value):
    """Line for line; what cannot be seen is shown as an escape."""
    wanted = "\n".join(visible(line) for line in value.strip("\n").split("\n"))
    assert read(block(value, "text")) == [("pre code", f"{wanted}\n")]


AWKWARD = st.text(alphabet=st.sampled_from("ab1 `|\\<>[](){}*_#+-!.:=?&;~^\"'/\n\t\x02\x03\u2028"))


@given(AWKWARD | st.text())
def test_any_text_is_shown_or_refused(value):
    """The filters' own proof is one thing; here every text is rendered, those that need no proof, too."""
    line = text(value)
    assert {place for place, _ in read(line)} <= {"p", "p code"}
    plain = words_of(value).replace("`", "").replace(" ", "")
    assert shown(line).replace("`", "").replace(" ", "") == plain
    if value.split():
        assert read(code(value)) == [("p code", words_of(value))]


@given(AWKWARD | st.text())
def test_any_block_is_shown_or_refused(value):
    if value.strip():
        wanted = "\n".join(visible(line) for line in value.strip("\n").split("\n"))
        assert read(block(value, "text")) == [("pre code", f"{wanted}\n")]


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("A plain sentence.", "A plain sentence."),
        ("Names as `get_roots` are code.", "Names as `get_roots` are code."),
        ("a_b", "a\\_b"),
        ("`int | None`", "<code>int &#124; None</code>"),
        ("  two\n lines ", "two lines"),
        ("", ""),
    ],
)
def test_what_is_written(value, source):
    assert text(value) == source


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_no_code_is_refused(value):
    for write in (code, lambda value: block(value, "text")):
        with pytest.raises(EscapeError, match="leave it out"):
            write(value)


@pytest.mark.parametrize("language", ["", "py thon", "text\n```", "Text", "{.x}"])
def test_languages_are_words(language):
    with pytest.raises(EscapeError):
        block("x", language)


@pytest.mark.parametrize("name", ["", "a b", "A", "a--b", "-a", 'a" onclick="x', "é"])
def test_anchors_are_refused_not_repaired(name):
    with pytest.raises(EscapeError):
        anchor(name)


def test_the_proof_refuses_what_is_read_otherwise(monkeypatch):
    """Were a character forgotten, no page would be written."""
    monkeypatch.setattr(escape, "_plain", lambda words: words)
    for value in ("[forgotten](x)", "a <b>forgotten</b>", "a *forgotten*", "a | forgotten"):
        with pytest.raises(EscapeError):
            text(value)
