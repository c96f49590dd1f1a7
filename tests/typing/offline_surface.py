"""Read by mypy, never run: what type checkers see of offline CAVE."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from caveclient_gen.frameworkclient import CAVEclient
from caveclient_gen.offline import (
    Dataset,
    Facts,
    Imported,
    Server,
    import_table,
    new_dataset,
    serve,
    starter_dataset,
)
from caveclient_gen.offline.cave import Cave
from caveclient_gen.offline.testing.cassettes import Cassette, cassette
from caveclient_gen.offline.testing.fixture import OfflineCave
from caveclient_gen.offline.versions import Version


def a_course(folder: Path) -> None:
    """A dataset, a copy of it, a server and its clients."""
    dataset = assert_type(new_dataset(folder / "a.cave", small=True, seed=3), Dataset)
    assert_type(starter_dataset(), Dataset)
    assert_type(dataset.copy("b.cave"), Dataset)
    assert_type(dataset.facts, Facts)
    with serve(dataset) as server:
        assert_type(server, Server)
        assert_type(server.client(), CAVEclient)
        assert_type(server.client("viewer"), CAVEclient)
        assert_type(server.token("viewer"), str)
        assert_type(server.address, str)
        assert_type(server.cave, Cave)
        assert_type(server.cave.versions.materialize(), Version)
    assert_type(serve(), Server)
    serve("a.cave", port=8000)
    serve(folder / "a.cave", host="127.0.0.1")
    serve(5)  # type: ignore[arg-type]  # has to be refused
    serve(dataset, 8000)  # type: ignore[call-arg, arg-type]  # has to be refused
    new_dataset(folder, seed="one")  # type: ignore[arg-type]  # has to be refused


def a_dump(folder: Path) -> None:
    """An import."""
    done = assert_type(import_table(folder, "synapses", "s.csv.gz", resolution=(4, 4, 40)), Imported)
    assert_type(done.rows, int)
    assert_type(done.left_out, tuple[str, ...])
    import_table(folder, "synapses", "s.csv.gz", resolution=4)  # type: ignore[arg-type]  # has to be refused


def a_test(cave: OfflineCave) -> None:
    """What the fixtures give."""
    assert_type(cave.client("editor"), CAVEclient)
    assert_type(cave.materialize(), int)
    cave.drop_connection(when="soon")  # type: ignore[arg-type]  # has to be refused
    with cassette("c.yaml", mode="none") as tape:
        assert_type(tape, Cassette)
        assert_type(tape.played, int)
