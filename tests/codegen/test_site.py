"""The site of `make docs`: built without a warning, whole, and without asking other hosts for anything."""

import importlib
import inspect
import os
import re
import resource
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from caveclient_gen._runtime.client import ClientBase
from codegen.load import load_spec
from codegen.pages.proof import EXTENSIONS
from codegen.pages.service_view import SHARED, current_operations

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "docs" / "mkdocs" / "mkdocs.yml"
SERVICES = load_spec(ROOT / "spec").services

FETCHED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "use": "href",
}
"""What a browser asks for by itself, when it shows a page."""


class Page(HTMLParser):
    """The parts of a page that the tests look at."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.fetched, self.styles = [], [], [], []
        self._in_style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if given.get(FETCHED.get(tag)):
            self.fetched.append(given[FETCHED[tag]])
        self.styles.append(given.get("style") or "")
        self._in_style = tag == "style"

    def handle_data(self, data):
        if self._in_style:
            self.styles.append(data)


def worked():
    """Count the seconds that processes begun here have worked; waiting for a busy machine does not count."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the site in a process of its own; return where it is, what was said, and the seconds of work."""
    site = tmp_path_factory.mktemp("site")
    before = worked()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", CONFIG, "--site-dir", site],
        cwd=ROOT,
        # The theme's makers announce their next product at each build.
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return site, done.stdout + done.stderr, worked() - before


@pytest.fixture(scope="module")
def pages(built):
    """Read the pages, by their path in the site."""
    site, _, _ = built
    return {
        path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def test_nothing_is_said_but_that_it_is_built(built):
    _, said, _ = built
    assert "WARNING" not in said
    assert re.fullmatch(
        r"INFO +-  Cleaning .*\nINFO +-  Building .*\nINFO +-  Documentation built .*\n", said
    ), said


def test_it_is_built_in_time(built):
    """It is about five seconds of work."""
    assert 0 < built[2] < 20


def test_every_page_is_there(pages):
    """Each Markdown file under docs/ is a page, and each page is one of them or is kept elsewhere."""
    written = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        for path in (ROOT / "docs").rglob("*.md")
    }
    assert set(pages) - {"404.html"} == written | {"changelog.html", "descriptors.html"}


def test_pages_ask_no_other_host_for_anything(pages):
    asked = {
        (name, address)
        for name, page in pages.items()
        for address in page.fetched
        if urlsplit(address).netloc or address.startswith("//")
    }
    assert asked == set()
    drawn = {(name, style) for name, page in pages.items() for style in page.styles if "//" in style}
    assert drawn == set()


def test_style_sheets_ask_no_other_host_for_anything(built):
    """Addresses of namespaces in drawings are names, and nobody asks for them."""
    site, _, _ = built
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        asked = re.findall(r"(?:url\(|@import\s)[\"']?((?:https?:)?//[^)\"']*)", text)
        assert asked == [], sheet.name


def test_internal_links_are_whole(pages, built):
    """Every link to a page or a file of the site, and to a place on it."""
    site, _, _ = built
    broken = []
    for name, page in pages.items():
        if name == "404.html":  # its links are from the server's root, wherever that is
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = os.path.normpath(os.path.join(os.path.dirname(name), parts.path)) if parts.path else name
            if path not in pages and (site / path).is_file() and not parts.fragment:
                continue
            target = pages.get(path)
            place = unquote(parts.fragment)
            # "__" begins what the theme's own scripts make of a page
            if target is None or (place and not place.startswith("__") and place not in target.ids):
                broken.append((name, link))
    assert broken == []


def test_what_is_kept_elsewhere_is_shown_as_it_is(pages, built):
    """Pages link to its place in the project, as a code host needs it; the site has another place for it."""
    site, _, _ = built
    for kept, shown in (
        ("spec/descriptor.schema.json", "schemas/descriptor.schema.json"),
        ("codegen/report/comparison.schema.json", "schemas/comparison.schema.json"),
    ):
        assert (site / shown).read_bytes() == (ROOT / kept).read_bytes()
        assert shown in pages["machine-readable.html"].links
    assert {"limits", "old-names", "response-arm"} <= set(pages["descriptors.html"].ids)
    assert "../descriptors.html" in pages["guides/change-a-service.html"].links
    assert "changelog.html#different-from-caveclient-on-purpose" in pages["compat.html"].links
    assert [link for page in pages.values() for link in page.links if link.endswith(".md")] == []


def test_every_openapi_document_is_found(pages):
    """In the list of them all, and on the page of its service."""
    documents = sorted((ROOT / "docs" / "openapi").glob("*.json"))
    assert documents
    for document in documents:
        assert f"openapi/{document.name}" in pages["machine-readable.html"].links
        service = document.stem.rpartition("-")[0]
        assert f"../openapi/{document.name}" in pages[f"api/{service}.html"].links


def test_every_page_is_found_from_the_sidebar(pages):
    """But those of single pairs of API versions, which the list of changes links to."""
    menu = {os.path.normpath(link) for link in pages["index.html"].links if "#" not in link}
    changes = {f"changes/{link}" for link in pages["changes/index.html"].links}
    assert {name for name in pages if name not in menu | changes} == {"404.html"}


def test_parameters_that_are_described_together_keep_their_own_defaults(built):
    """`verify, max_retries, pool_maxsize`: the first one's default and type are not those of the others."""
    site, _, _ = built
    words = re.sub(r"<[^>]+>|\s+", "", (site / "api" / "info.html").read_text(encoding="utf-8"))
    assert "verify(bool|str,default:True)" in words
    assert "pool_block(bool|None,default:None)" in words
    mocks = re.sub(r"<[^>]+>|\s+", "", (site / "tools.html").read_text(encoding="utf-8"))
    assert (
        "materialization_server_version(strorVersion,default:DEFAULT_MATERIALIZATION_SERVER_VERSON)" in mocks
    )


def test_other_links_are_those_of_the_texts(pages):
    """Links that somebody may follow: no `javascript:`, and no address that a descriptor smuggled in."""
    schemes = {urlsplit(link).scheme for page in pages.values() for link in page.links}
    assert schemes <= {"", "http", "https"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_public_member_is_found_once(pages, service):
    """Generated section or docstring: a reader finds each method of the client, and finds it once."""
    client = getattr(importlib.import_module(f"caveclient_gen.{service.module}"), service.client)
    prefix = f"caveclient_gen.{service.module}.{service.client}."
    public = {name for name in dir(client) if not name.startswith("_")} - set(SHARED)
    # What only API versions have that no server speaks is in a table of its own.
    spoken = {operation.name for _, operation in current_operations(service)}
    found = [
        name.removeprefix(prefix) for name in pages[f"api/{service.name}.html"].ids if name.startswith(prefix)
    ]
    assert sorted(found) == sorted(public)
    assert public & spoken


def test_what_all_clients_share_is_on_one_page(pages):
    assert tuple(sorted(name for name in dir(ClientBase) if not name.startswith("_"))) == SHARED
    ids = pages["client.html"].ids
    assert [name for name in SHARED if f"caveclient_gen.base.ClientBase.{name}" not in ids] == []


def test_the_docstrings_are_those_of_this_folder(pages, built):
    """Another copy of the package may be installed; the site is about the one beside it."""
    site, _, _ = built
    text = (site / "api" / "chunkedgraph.html").read_text(encoding="utf-8")
    client = importlib.import_module("caveclient_gen.chunkedgraph").ChunkedGraphClient
    assert Path(inspect.getfile(client)).is_relative_to(ROOT)
    assert (inspect.getdoc(client.get_root_id) or "").splitlines()[0] in text


def test_the_proofs_know_the_sites_extensions():
    """What gives Markdown more meaning on the site must be known where pages prove themselves."""
    listed = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["markdown_extensions"]
    names = {name if isinstance(name, str) else next(iter(name)) for name in listed}
    fences = {"pymdownx.superfences", "pymdownx.highlight"}
    assert names - fences - {"toc"} | {"fenced_code"} == set(EXTENSIONS)
    assert fences <= names


def test_terms_of_the_glossary():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^(\*\*.+)\n:   \S", text, re.MULTILINE)
    assert len(terms) >= 25
    bold = [
        word.lower()
        for line in re.findall(r"^\*\*.+", text, re.MULTILINE)
        for word in re.findall(r"\*\*(.+?)\*\*", line)
    ]
    assert len(set(bold)) == len(bold)
