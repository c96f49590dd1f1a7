"""What somebody sees who works with datasets and servers in a notebook."""

import dataclasses
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, new_dataset, serve


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return new_dataset(tmp_path_factory.mktemp("notebook") / "small.cave", small=True)


class Page(HTMLParser):
    """Collects texts of cells and captions; every tag must be closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.tags = [], [], set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.cells.append(data)


def test_a_dataset_shows_versions_tables_and_people(small):
    page = Page(small._repr_html_())
    assert {"Versions", "Tables now", "Rows by version", "Views", "Edits", "People"} < set(page.cells)
    assert {"expired", "synapses", "500", "Offline Newcomer", "terms not accepted"} < set(page.cells)
    assert "Imported tables" not in page.cells


def test_texts_are_escaped(small, tmp_path):
    copy = small.copy(tmp_path / "<script>alert(1)<script>")
    copy.facts = dataclasses.replace(copy.facts, description="<b onclick='x'>bold</b> & more")
    shown = copy._repr_html_()
    page = Page(shown)
    assert "script" not in page.tags
    assert "onclick='" not in shown
    assert "<b onclick='x'>bold</b> & more" in page.cells


def test_a_dataset_that_is_gone_shows_its_facts(small, tmp_path):
    copy = small.copy(tmp_path / "copy.cave")
    shutil.rmtree(copy.path)
    assert str(copy.path) in Page(copy._repr_html_()).cells
    assert copy.details_html() == ""
    assert repr(copy) == f"Dataset({str(copy.path)!r}, datastack='minicortex')"


def test_a_server_says_where_it_is_and_whether_it_runs(small):
    with serve(small) as server:
        assert repr(server) == f"Server({server.address!r}, {small!r})"
        assert {server.address, "running", "Versions", "People"} < set(Page(server._repr_html_()).cells)
        assert server.token() not in server._repr_html_()
        assert repr(server.cave) == f"Cave({small!r})"
    assert repr(server) == f"Server({server.address!r}, {small!r}, ended)"
    assert {server.address, "ended"} < set(Page(server._repr_html_()).cells)


def test_a_version_is_one_line(small):
    with small.open() as cave:
        first = cave.versions.all()[0]
    assert repr(first) == (
        "Version(1, of 2024-03-01T00:00:00, expires 2024-08-28T00:00:00, "
        "tables: synapses, nuclei, cell_types, proofreading_status, tags)"
    )


def test_a_server_that_ended_says_so(small):
    server = serve(small)
    assert server.start() is server
    server.stop()
    server.stop()
    for ask in (server.client, server.token, server.start, lambda: server.use(small)):
        with pytest.raises(CAVEError, match=r"^Serve the dataset again.* has ended"):
            ask()
    assert not server.is_running


def test_two_servers_of_one_dataset(small):
    with serve(small) as one, serve(Dataset(small.path)) as other:
        assert one.address != other.address
        for server in (one, other):
            assert server.client("viewer").materialize.get_versions() == [2, 3]


@pytest.mark.parametrize("port", [-1, 65_536, 10**9])
def test_a_port_that_is_none(small, port):
    with pytest.raises(CAVEError, match=r"^Choose a port from 0"):
        serve(small, port=port)


def test_a_port_that_is_taken(small):
    with serve(small) as server:
        taken = int(server.address.rsplit(":")[-1])
        with pytest.raises(CAVEError, match=r"^Choose another port: 127.0.0.1:"):
            serve(small, port=taken)


def test_an_address_that_is_not_ours(small):
    with pytest.raises(CAVEError, match=r"^Choose another address to listen on: 192.0.2.7:0"):
        serve(small, host="192.0.2.7")


FORGOTTEN = """
import sys
from caveclient_gen.offline import serve
server = serve(sys.argv[1])
server.client().materialize.get_versions()
server.cave.tables
"""


def test_who_forgets_to_stop_it_leaves_no_token(small, tmp_path):
    copy = small.copy(tmp_path / "copy.cave")
    done = subprocess.run(
        [sys.executable, "-c", FORGOTTEN, str(copy.path)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with copy.open() as cave:
        assert cave.store.read().execute("SELECT count(*) FROM token").fetchone() == (0,)
