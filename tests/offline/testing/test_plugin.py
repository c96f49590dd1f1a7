"""The fixtures as a user's tests have them: in a pytest of its own, in a folder of its own."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tubes import tubes

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path):
    """Write a test file and run it; returns the outcome counts' line and all output."""

    def run(text, *options, ini=""):
        (tmp_path / "pytest.ini").write_text(f"[pytest]\nfilterwarnings = error\n{ini}\n")
        (tmp_path / "test_mine.py").write_text(text)
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
        plugin = ("-p", "caveclient_gen.offline.testing.pytest_plugin", "-p", "no:cacheprovider")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *plugin, *options],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout + done.stderr

    return run


def test_pytest_finds_the_plugin():
    (found,) = [one for one in entry_points(group="pytest11") if one.name == "caveclient-gen"]
    assert found.value == "caveclient_gen.offline.testing.pytest_plugin"


SMALL_DATASET = """
import pytest
from caveclient_gen.errors import PermissionDeniedError, ServiceUnavailableError, UnknownOutcomeError


def test_tables(cave):
    client = cave.client()
    cells = client.materialize.query_table("cell_types")
    assert len(cells) > 5
    assert cave.address.startswith("http://127.0.0.1:")
    assert cave.datastack in repr(cave)


def test_a_change(cave):
    client = cave.client("editor")
    client.annotation.create_table("mine", "bound_tag", "of this test", [4, 4, 40])
    assert "mine" in client.annotation.get_tables()


def test_no_change_of_another_test_is_seen(cave):
    assert "mine" not in cave.client().annotation.get_tables()


def test_reads_are_repeated(cave):
    client = cave.client()
    cave.fail_next(status=503, times=2, on="query_table")
    assert len(client.materialize.query_table("nuclei"))
    assert not cave.faults_waiting


def test_a_fault_is_forgotten_after_its_test(cave):
    cave.fail_next(status=500, times=99)


def test_nothing_fails_here(cave):
    assert cave.client().info.get_datastacks() == [cave.datastack]


def test_a_cut_answer_is_not_taken_for_a_whole_one(cave):
    client = cave.client()
    whole = client.materialize.get_annotation_count("synapses")
    cave.truncate_at(100)
    from caveclient_gen.errors import TruncatedResultError
    with pytest.raises(TruncatedResultError):
        client.materialize.query_table("synapses")
    cave.truncate_at(None)
    assert len(client.materialize.query_table("synapses")) == whole


def test_people(cave):
    with pytest.raises(PermissionDeniedError):
        cave.client("stranger").materialize.get_tables()


def test_an_expired_token(cave):
    from caveclient_gen.errors import AuthError
    client = cave.client(token=cave.token("viewer", lifetime=0))
    with pytest.raises(AuthError):
        client.materialize.get_tables()


def test_a_version_is_made(cave):
    client = cave.client()
    newest = max(client.materialize.get_versions())
    assert cave.materialize() > newest
    assert cave.engines.versions.get(newest) is not None
"""


def test_a_small_dataset_without_asking_for_one(run):
    said = run(SMALL_DATASET)
    assert "10 passed" in said, said


def test_a_dataset_of_the_project(run, tmp_path):
    tubes(tmp_path / "data" / "mine.cave")
    said = run(
        "def test_mine(cave):\n    assert cave.client().chunkedgraph.table_name == 'testpcg'\n",
        ini="cave_dataset = data/mine.cave",
    )
    assert "1 passed" in said, said


CASSETTE = """
import pytest
from caveclient_gen import CAVEclient

def test_roots(cave_cassette):
    client = CAVEclient("testds", server_address="{address}", auth_token="{token}", write_server_cache=False)
    assert client.chunkedgraph.get_roots([72057594037927937]).tolist()[0] > 0
    assert {condition}
"""


def test_a_cassette_is_recorded_and_replayed(run, tmp_path):
    from caveclient_gen.offline import serve

    with serve(tubes(tmp_path / "tubes.cave")) as server:
        facts = {"address": server.address, "token": server.token()}
        said = run(CASSETTE.format(**facts, condition="cave_cassette.recorded"), "--cave-record=once")
    assert "1 passed" in said, said
    (tape,) = (tmp_path / "cassettes").iterdir()
    assert tape.name == "test_mine.test_roots.yaml"
    assert facts["token"] not in tape.read_text()
    said = run(CASSETTE.format(**{**facts, "token": "a" * 32}, condition="cave_cassette.played"))
    assert "1 passed" in said, said


def test_a_cassette_that_is_missing_says_how_to_record_it(run):
    said = run(CASSETTE.format(address="http://127.0.0.1:1", token="a" * 32, condition="True"))
    assert "--cave-record=once" in said
    assert "1 error" in said, said
