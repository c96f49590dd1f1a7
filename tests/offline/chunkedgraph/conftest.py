"""Servers of the edited tubes."""

import pytest
from edited_tubes import edited_tubes

from caveclient_gen.offline.serving import serve


@pytest.fixture(scope="session")
def edited_dataset(tmp_path_factory):
    """The edited tubes on disk, which no test changes."""
    return edited_tubes(tmp_path_factory.mktemp("edited_tubes") / "tubes.cave")


@pytest.fixture(scope="package")
def shared(edited_dataset, tmp_path_factory):
    """A server for tests that only read."""
    with serve(edited_dataset.copy(tmp_path_factory.mktemp("shared") / "tubes.cave")) as server:
        for person in ("admin", "editor", "viewer", "stranger"):
            server.token(person)
        yield server


@pytest.fixture
def graph(shared):
    """Its chunkedgraph, asked through the client."""
    return shared.client().chunkedgraph


@pytest.fixture
def server(edited_dataset, tmp_path):
    """A server of an own copy, for tests that edit."""
    with serve(edited_dataset.copy(tmp_path / "tubes.cave")) as server:
        yield server


@pytest.fixture
def editing(server):
    """Its chunkedgraph."""
    return server.client().chunkedgraph
