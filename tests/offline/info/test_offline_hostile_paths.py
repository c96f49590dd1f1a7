"""Every route of state, info and skeletons, with hostile words in each of its holes."""

import re
from urllib.parse import quote

import pytest
from tubes import tubes
from wire_form import ask

from caveclient_gen.offline.http.routes import route_table
from caveclient_gen.offline.serving import serve

FIT = {
    "datastack_name": "testds",
    "aligned_volume_name": "testvol",
    "dataset_name": "testvol",
    "skeleton_version": "4",
    "skvn": "4",
    "output_format": "json",
    "generate_missing_skeletons": "true",
    "limit": "0",
}
"""What fits a hole; numbers of other holes are of things that there are not."""
HOSTILE = (
    "' OR 1=1 --",
    "%2e%2e%2fcave.sqlite",
    "-2",
    "18446744073709551616",
    "9" * 5_000,
    "\u0663",  # a digit, but not of ours
    "\0",
)
ROUTES = [
    route
    for route in route_table()
    if route.service in ("state", "info", "skeleton") and "{" in route.operation.path
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(tubes(tmp_path_factory.mktemp("hostile") / "fly.cave")) as server:
        yield server


def rows(server):
    read = server.cave.store.read()
    tables = ("state", "skeleton", "skeleton_ticket")
    return [read.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation.path)
def test_no_hostile_word_does_harm(server, route):
    path, method = route.operation.path, route.operation.method
    before = rows(server)
    for hole in re.findall(r"\{(\w+)\}", path):
        for word in HOSTILE:
            holes = {name: FIT.get(name, "999") for name in re.findall(r"\{(\w+)\}", path)} | {hole: word}
            asked = re.sub(r"\{(\w+)\}", lambda found, holes=holes: quote(holes[found[1]], safe=""), path)
            answer = ask(server, asked, method=method, data="not JSON" if method == "POST" else None)
            known = route.endpoint.is_missing and answer.status_code == 501
            assert 400 <= answer.status_code < 500 or known, (hole, word[:40], answer.text[:200])
            assert "Traceback" not in answer.text
    assert rows(server) == before
