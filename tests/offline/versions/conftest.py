"""One bench for all tests that only read it, served once; and copies for those that change it."""

import pytest
from frozen_bench import bench

from caveclient_gen.offline import serve


@pytest.fixture(scope="session")
def bench_dataset(tmp_path_factory):
    return bench(tmp_path_factory.mktemp("versions") / "bench.cave")


@pytest.fixture(scope="session")
def bench_server(bench_dataset):
    with serve(bench_dataset) as server:
        yield server


@pytest.fixture
def own_server(bench_dataset, tmp_path):
    with serve(bench_dataset.copy(tmp_path / "own.cave")) as server:
        yield server
