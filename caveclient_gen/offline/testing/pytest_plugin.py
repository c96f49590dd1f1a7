"""Fixtures for pytest: `cave` (offline CAVE) and `cave_cassette` (recorded exchanges with a real server).

pytest finds this module by itself once the package is installed. Nothing is loaded before a test asks.

In `pyproject.toml`:

    [tool.pytest.ini_options]
    cave_dataset = "tests/data/mine.cave"      # what `cave` serves; left out: a small made-up dataset
    cave_cassettes = "tests/cassettes"         # where cassettes lie; left out: `cassettes` beside the test
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

from caveclient_gen.offline.testing import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.serving import Server
    from caveclient_gen.offline.testing.cassettes import Cassette
    from caveclient_gen.offline.testing.fixture import OfflineCave


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("cave", "CAVE")
    group.addoption(
        "--cave-record",
        choices=get_args(Mode),
        default="none",
        help="cassettes: none replays only (the default), once records what has no file, new_episodes what a "
        "file lacks, all everything anew",
    )
    parser.addini("cave_dataset", "folder of the dataset that the fixture `cave` serves", default="")
    parser.addini("cave_cassettes", "folder of the cassettes", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Say which markers there are."""
    config.addinivalue_line(
        "markers", "cave_cassette(name): the file of the cassette that `cave_cassette` replays or records"
    )


@pytest.fixture(scope="session")
def cave_dataset(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Return the dataset that `cave` serves copies of. Override this fixture to make another."""
    from caveclient_gen.offline import Dataset, new_dataset

    named = str(request.config.getini("cave_dataset"))
    if named:
        return Dataset(request.config.rootpath / named)
    return new_dataset(tmp_path_factory.mktemp("cave") / "small.cave", small=True, progress=False)


@pytest.fixture(scope="session")
def cave_server(cave_dataset: Dataset) -> Iterator[Server]:
    """Serve as long as the session lasts; `cave` exchanges the dataset behind it for each test."""
    from caveclient_gen.offline import serve

    with serve(cave_dataset) as server:
        yield server


@pytest.fixture
def cave(
    cave_server: Server, cave_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OfflineCave]:
    """Return offline CAVE with a dataset of this test's own."""
    from caveclient_gen.offline.testing.fixture import OfflineCave

    folder = tmp_path_factory.mktemp("cave_copy")
    cave_server.app.faults.clear()
    cave_server.use(cave_dataset.copy(folder / "dataset.cave"))
    yield OfflineCave(cave_server)
    cave_server.app.faults.clear()


@pytest.fixture
def cave_cassette(request: pytest.FixtureRequest) -> Iterator[Cassette]:
    """Replay recorded exchanges with real servers; record them with `pytest --cave-record=once`."""
    from caveclient_gen.offline.testing.cassettes import cassette

    with cassette(_cassette_file(request), mode=request.config.getoption("--cave-record")) as opened:
        yield opened


def _cassette_file(request: pytest.FixtureRequest) -> Path:
    marker = request.node.get_closest_marker("cave_cassette")
    folder = str(request.config.getini("cave_cassettes"))
    place = request.config.rootpath / folder if folder else request.path.parent / "cassettes"
    name: Any = marker.args[0] if marker and marker.args else f"{request.path.stem}.{request.node.name}.yaml"
    return place / str(name).replace("/", "_")
