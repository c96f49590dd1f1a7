"""No text of a descriptor brings HTML, an entity or a link into a description."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from demo_spec import DEMO
from documents import DOCUMENTS
from hostile_texts import HOSTILE
from openapi_spec_validator import OpenAPIV31SpecValidator
from test_hostile import poisoned

from codegen import ir
from codegen.openapi import outputs_of
from codegen.openapi.words import described, markdown

WRITTEN = [
    ("plain words", "plain words"),
    ("a `code` word", "a `code` word"),
    ("boxes [[x0, y0], [x1, y1]]", "boxes [[x0, y0], [x1, y1]]"),
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
    ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),  # shown as it is written
    ("&#60;b&#62;", "&amp;#60;b&amp;#62;"),
    ("[here](javascript:alert(1))", "[here]\\(javascript:alert(1))"),
    ("![seen](https://host/x.png)", "![seen]\\(https://host/x.png)"),
    ("[a][b]", "[a]\\[b]"),
    ("[a]: javascript:x", "[a]\\: javascript:x"),
    ("<javascript:x>", "&lt;javascript:x&gt;"),
    ("a \\<b>", "a \\\\&lt;b&gt;"),  # a backslash of the text cannot undo the escape
    ("[a\\](x)", "[a\\\\]\\(x)"),
    # In code nothing can be escaped, so code with such characters becomes text.
    ("`<datastack>_x`", "&lt;datastack&gt;_x"),
    ("``a`<b>``", "a`&lt;b&gt;"),
    ("`a` <b> `c`", "`a` &lt;b&gt; `c`"),
    ("`open <b>", "`open &lt;b&gt;"),
    ("`](x)`", "]\\(x)"),
]


@pytest.mark.parametrize(("text", "written"), WRITTEN)
def test_a_text_stays_text(text, written):
    assert markdown(text) == written


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (("One.", None, "", "Two."), "One.\n\nTwo."),
        (("One\nline.\n\nAnother.",), "One line.\n\nAnother."),
        (("`a\n\n<b>`",), "`a\n\n&lt;b&gt;`"),  # code ends with its paragraph, also for who shows it
    ],
)
def test_texts_become_paragraphs(texts, written):
    assert described(*texts) == written


def descriptions(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield value
            elif key not in ("value", "x-arrow"):
                yield from descriptions(value)
    elif isinstance(node, list):
        for item in node:
            yield from descriptions(item)


RISK = re.compile(r"<|>|&(?!(?:lt|gt|amp);)|(?<!\\)\][(\[:]")


def documents_of(spec):
    return [json.loads(output.text) for output in outputs_of(spec)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_description_has_html(name):
    told = list(descriptions(DOCUMENTS[name]))
    assert len(told) > 20
    assert [text for text in told if RISK.search(text)] == []


ATTACKS = HOSTILE | {
    "tag": "<img src=x onerror=alert(1)>",
    "closing": "</code></pre><script>alert(1)</script>",
    "link": "](javascript:alert(1)) [a][b] [c]: javascript:x",
    "entity": "&#60;script&#62;",
    "half code": "` <b> ``",
}


def with_readers(poison, clean):
    """Give poisoned arms the readers of their headers back: these are words of the language, not texts."""
    if isinstance(poison, ir.Arm):
        readers = [reader for _, reader in clean.headers]
        names = [name for name, _ in poison.headers]
        return dataclasses.replace(poison, headers=tuple(zip(names, readers, strict=True)))
    if isinstance(poison, tuple):
        return tuple(with_readers(*pair) for pair in zip(poison, clean, strict=True))
    if not isinstance(poison, ir.Spec | ir.Service | ir.Api | ir.Operation):
        return poison
    parts = {"services", "apis", "operations", "response"} & {
        each.name for each in dataclasses.fields(poison)
    }
    changes = {part: with_readers(getattr(poison, part), getattr(clean, part)) for part in parts}
    return dataclasses.replace(poison, **changes)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_hostile_texts_stay_texts(text):
    """Whatever text is poisoned, on the wire or for people."""
    for document in documents_of(with_readers(poisoned(DEMO, text), DEMO)):
        assert [each for each in descriptions(document) if RISK.search(each)] == []


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_hostile_words_leave_a_document_valid_and_of_one_shape(text):
    """Only words are poisoned here: names on the wire and paths have their own rules in the loader."""
    clean, [document] = documents_of(DEMO)[0], documents_of(in_words_poisoned(text))
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert shape(document) == shape(clean)


def in_words_poisoned(text):
    def copy(node):
        if not dataclasses.is_dataclass(node):
            return type(node)(map(copy, node)) if isinstance(node, tuple) else node
        words = {
            each.name: value + text if isinstance(value := getattr(node, each.name), str) else copy(value)
            for each in dataclasses.fields(node)
            if each.metadata["facet"] == "doc" and each.name != "stability"
        }
        others = {
            each.name: copy(getattr(node, each.name))
            for each in dataclasses.fields(node)
            if each.metadata["facet"] in ("wire", "python")
        }
        return (
            node
            if isinstance(node, ir.Example | ir.Attribute)
            else dataclasses.replace(node, **words, **others)
        )

    return dataclasses.replace(DEMO, services=copy(DEMO.services))


def shape(node):
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    return [shape(item) for item in node] if isinstance(node, list) else type(node).__name__
