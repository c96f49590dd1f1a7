"""Faults that tests ask for: each happens to the requests it is meant for, as often as asked."""

import pytest
import requests
from tubes import tubes

from caveclient_gen.errors import InvalidArgumentError, ServiceUnavailableError, UnknownOutcomeError
from caveclient_gen.offline import serve
from caveclient_gen.offline.testing.fixture import OfflineCave


@pytest.fixture
def cave(tmp_path):
    with serve(tubes(tmp_path / "tubes.cave")) as server:
        yield OfflineCave(server)


def versions(cave):
    return requests.get(f"{cave.address}/info/version", timeout=5)


def test_a_refusal_as_often_as_asked(cave):
    cave.fail_next(status=503, times=2, retry_after=0.5)
    first, second, third = (versions(cave) for _ in range(3))
    assert [first.status_code, second.status_code, third.status_code] == [503, 503, 200]
    assert first.headers["Retry-After"] == "0.5"
    assert cave.faults_waiting == []


@pytest.mark.parametrize("on", ["get_datastacks", "info", "info.get_datastacks"])
def test_only_what_it_is_meant_for(cave, on):
    cave.fail_next(status=400, on=on, message="nothing today")
    assert requests.get(f"{cave.address}/nglstate/api/v1/version", timeout=5).status_code == 401
    answer = requests.get(f"{cave.address}/info/api/v2/datastacks", timeout=5)
    assert answer.status_code == 400
    assert answer.json()["message"] == "nothing today"


def test_what_did_not_happen_is_told(cave):
    cave.fail_next(status=500, times=3, on="do_merge")
    assert cave.faults_waiting == ["status 500 for do_merge, 3 times"]


def test_the_client_repeats_reads_and_not_writes(cave):
    client = cave.client()
    cave.fail_next(status=503, times=2, on="get_datastacks")
    assert client.info.get_datastacks() == ["testds"]
    assert cave.faults_waiting == []
    cave.fail_next(status=503, times=2, on="upload_state_json")
    with pytest.raises(ServiceUnavailableError):
        client.state.upload_state_json({"layers": []})
    assert cave.faults_waiting == ["status 503 for upload_state_json, 1 times"]


def test_a_write_whose_answer_was_lost_is_told_as_such(cave):
    client = cave.client()
    states = cave.engines.store.read().execute("SELECT count(*) FROM state")
    (before,) = states.fetchone()
    cave.drop_connection(on="upload_state_json", when="after")
    with pytest.raises(UnknownOutcomeError):
        client.state.upload_state_json({"layers": []})
    assert cave.engines.store.read().execute("SELECT count(*) FROM state").fetchone() == (before + 1,)


def test_a_dropped_connection_without_an_answer(cave):
    cave.drop_connection()
    with pytest.raises(requests.ConnectionError):
        versions(cave)
    assert versions(cave).status_code == 200


def test_a_connection_dropped_within_the_answer(cave):
    cave.drop_connection(after_bytes=2)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        versions(cave)
    assert versions(cave).status_code == 200


def test_a_delay_is_noticed_by_a_client_that_does_not_wait(cave):
    cave.delay(2.0)
    with pytest.raises(requests.Timeout):
        requests.get(f"{cave.address}/info/version", timeout=0.2)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fail_next", {"status": 200}),
        ("fail_next", {"times": 0}),
        ("delay", {"seconds": -1}),
        ("truncate_at", {"rows": 0}),
        ("drop_connection", {"times": -1}),
        ("drop_connection", {"when": "soon"}),  # it would wait for ever
        ("drop_connection", {"after_bytes": -1}),
    ],
)
def test_nonsense_is_refused(cave, name, arguments):
    with pytest.raises(InvalidArgumentError):
        getattr(cave, name)(**arguments)
    assert cave.faults_waiting == []
