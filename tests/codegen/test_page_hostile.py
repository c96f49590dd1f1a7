"""No text of a descriptor can change the shape of a generated page."""

import dataclasses

import markdown
import pytest
from demo_spec import DEMO
from test_hostile import poisoned
from test_page_filters import TEXTS

from codegen.pages import outputs_of
from codegen.pages.proof import EXTENSIONS, _Reader

SITE = ["admonition", "attr_list", "def_list", "tables", "toc", "pymdownx.highlight", "pymdownx.superfences"]
"""What the site renders with; the proofs use Markdown's own fences instead of the last two."""


def shape(source):
    """Describe a rendered page: the tags in their order, without the texts."""
    reader = _Tags()
    reader.feed(markdown.markdown(source, extensions=SITE))
    return reader.tags


class _Tags(_Reader):
    """Tags and their attributes; highlighting colours words, so spans and their lines do not count."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("span", "code"):
            self.tags.append((tag, *(pair for pair in attrs if pair[0] not in ("class", "id"))))

    def handle_endtag(self, tag):
        pass

    def handle_data(self, data):
        pass

    def handle_comment(self, data):
        self.tags.append(("comment",))


def pages(spec):
    """Write the pages of a spec."""
    return {page.path: page.text for page in outputs_of(spec)}


def shapes(spec):
    """Describe all pages; a text of several paragraphs makes several, and that is all it may do."""
    described = {path: shape(text) for path, text in pages(spec).items()}
    return {
        path: [tag for number, tag in enumerate(tags) if tag != ("p",) or tags[number - 1] != ("p",)]
        for path, tags in described.items()
    }


CLEAN = shapes(poisoned(DEMO, " x y"))
"""The demo is poisoned here, too: words in some fields add facts to a page."""


def test_the_demo_reaches_the_pages():
    written = "".join(pages(poisoned(DEMO, " POISON")).values())
    assert written.count("POISON") > 60


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_keep_the_shape_of_pages(text):
    assert shapes(poisoned(DEMO, f" x {text} y")) == CLEAN


def told(text):
    """Return the demo with `text` as what it says of services, versions and operations."""
    return _with(DEMO, text)


def _with(node, text):
    if isinstance(node, tuple):
        return tuple(_with(item, text) for item in node)
    changes = {
        field.name: _with(getattr(node, field.name), text)
        for field in dataclasses.fields(node)
        if field.name in ("services", "apis", "operations")
    }
    changes |= {name: text for name in ("summary", "doc") if hasattr(node, name)}
    return dataclasses.replace(node, **changes) if changes else node


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_that_begin_with_what_is_hostile_keep_it_too(text):
    assert shapes(told(text)) == shapes(told("x"))


def test_directives_are_only_ours():
    """What mkdocstrings would carry out is the one line that each page has."""
    for text in ("\n\n::: os.system\n\n", "::: os", "x\n::: os"):
        for path, source in pages(poisoned(DEMO, text)).items():
            lines = [line for line in source.splitlines() if line.lstrip("# ").startswith(":::")]
            wanted = 1 if path.startswith("docs/api/") else 0
            assert len(lines) == wanted
            assert all(line.startswith("::: caveclient_gen.") for line in lines)


def test_the_proof_knows_the_sites_extensions():
    own = {name for name in SITE if not name.startswith("pymdownx.")} - {"toc"}
    assert own | {"fenced_code"} == set(EXTENSIONS)
