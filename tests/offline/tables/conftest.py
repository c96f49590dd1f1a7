"""One served dataset for all tests of queries: none of them changes it."""

import pytest
from bench import Guests, bench, client_of

from caveclient_gen.offline.serving import serve


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The recorded deployment, served."""
    dataset = bench(tmp_path_factory.mktemp("tables") / "bench.cave")
    with serve(dataset) as server:
        server.cave.identity = Guests()
        yield server


@pytest.fixture(scope="session")
def materialize(served):
    """A client of it."""
    return client_of(served)


@pytest.fixture(scope="session")
def tables(served):
    """Its query engine."""
    return served.cave.tables
