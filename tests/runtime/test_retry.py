from datetime import UTC, datetime

import pytest
import requests
from http_loopback import replies, serve

from caveclient_gen import session_config
from caveclient_gen._runtime import session_defaults
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.retry import RetryPolicy, next_delay, read_retry_after

DEFAULT = RetryPolicy()
PATIENT = RetryPolicy(max_retries=2000, backoff_factor=1)
STEADY = RetryPolicy(jitter=False)


@pytest.mark.parametrize(
    ("policy", "attempts", "facts", "delay"),
    [
        (DEFAULT, 1, {"safe": True, "status": 503}, 0.05),  # half of 0.1: spread is 0.5
        (DEFAULT, 2, {"safe": True, "status": 503}, 0.1),
        (DEFAULT, 3, {"safe": True, "status": 503}, 0.2),
        (DEFAULT, 4, {"safe": True, "status": 503}, None),  # three retries are four attempts
        (DEFAULT, 1, {"safe": True}, 0.05),  # no answer at all
        (DEFAULT, 1, {"safe": False}, None),
        (DEFAULT, 1, {"safe": False, "status": 503}, None),
        (DEFAULT, 1, {"safe": False, "status": 503, "retry_after": 1.0}, None),
        (DEFAULT, 1, {"safe": True, "status": 200}, None),
        (DEFAULT, 1, {"safe": True, "status": 404}, None),
        (DEFAULT, 1, {"safe": True, "status": 500}, None),
        (DEFAULT, 1, {"safe": True, "status": 429}, 0.5),  # a limit asks for more patience
        (DEFAULT, 1, {"safe": True, "status": 503, "retry_after": 7.0}, 7.0),
        (DEFAULT, 1, {"safe": True, "status": 503, "retry_after": 60.0}, 60.0),
        (DEFAULT, 1, {"safe": True, "status": 503, "retry_after": 61.0}, None),  # tell the caller instead
        (DEFAULT, 1, {"safe": True, "status": 503, "retry_after": 0.0}, 0.05),
        (STEADY, 1, {"safe": True, "status": 503}, 0.1),
        (PATIENT, 30, {"safe": True, "status": 503}, 60.0),  # half of backoff_max
        (PATIENT, 1999, {"safe": True, "status": 503}, 60.0),
        (RetryPolicy(max_retries=0), 1, {"safe": True, "status": 503}, None),
        (RetryPolicy(statuses=(500,)), 1, {"safe": True, "status": 503}, None),
        (RetryPolicy(backoff_factor=0), 1, {"safe": True, "status": 429}, 0.0),
    ],
)
def test_next_delay(policy, attempts, facts, delay):
    assert next_delay(policy, attempts, spread=0.5, **facts) == (
        None if delay is None else pytest.approx(delay)
    )


@pytest.mark.parametrize("name", ["max_retries", "backoff_factor", "backoff_max", "retry_after_max"])
@pytest.mark.parametrize("value", [-1, float("nan"), "3", True])
def test_numbers_from_zero_up(name, value):
    with pytest.raises(InvalidArgumentError, match=f"^Give {name}"):
        RetryPolicy(**{name: value})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 11:43:27 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:43:27 -0000", 60.0),
        ("Sun, 22 Nov 2026 12:43:27 +0100", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),  # past
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),  # a digit to Python, not to HTTP
        ("9" * 400, 999999999999.0),
        ("Sun, 99 Nov 2026 11:43:27 GMT", None),
    ],
)
def test_read_retry_after(text, seconds):
    assert read_retry_after(text, datetime(2026, 11, 22, 11, 42, 27, tzinfo=UTC)) == seconds


@pytest.fixture(autouse=True)
def _defaults(monkeypatch):
    monkeypatch.setattr(session_defaults, "_current", session_defaults.SessionDefaults())


def test_defaults_are_given_as_a_copy():
    before = session_config.get_session_defaults()
    assert before == {
        "max_retries": 3,
        "pool_block": False,
        "pool_maxsize": 10,
        "backoff_factor": 0.1,
        "backoff_max": 120,
        "status_forcelist": (429, 502, 503, 504),
        "progress": "auto",
        "parallel_requests": 8,
    }
    before["max_retries"] = 99
    assert session_config.get_session_defaults()["max_retries"] == 3


def test_only_what_is_given_changes():
    session_config.set_session_defaults(max_retries=5, status_forcelist=[503])
    session_config.set_session_defaults(pool_maxsize=20, pool_block=True)
    session_config.set_session_defaults(max_retries=0)
    defaults = session_config.get_session_defaults()
    assert defaults["max_retries"] == 0
    assert defaults["pool_maxsize"] == 20
    assert defaults["pool_block"] is True
    assert defaults["status_forcelist"] == (503,)
    assert defaults["backoff_factor"] == 0.1


@pytest.mark.parametrize(
    "bad",
    [
        {"max_retries": -1},
        {"max_retries": 2.5},
        {"pool_maxsize": 0},
        {"pool_maxsize": 2.5},
        {"pool_maxsize": "3"},
        {"pool_maxsize": True},
        {"backoff_factor": -0.1},
        {"status_forcelist": 503},
        {"status_forcelist": "503"},
        {"status_forcelist": ["503"]},
        {"progress": "often"},
        {"parallel_requests": 0},
    ],
)
def test_bad_defaults_change_nothing(bad):
    before = session_config.get_session_defaults()
    with pytest.raises(InvalidArgumentError, match=r"^Give "):
        session_config.set_session_defaults(**bad)
    assert session_config.get_session_defaults() == before


@pytest.mark.parametrize(
    ("method", "retries", "sent"),
    [("GET", None, 1), ("GET", 2, 3), ("POST", 2, 1), ("PUT", 2, 1), ("DELETE", 2, 1)],
)
def test_patch_session(method, retries, sent):
    session_config.set_session_defaults(backoff_factor=0)
    with serve(replies(503, headers=[("Retry-After", "3600")])) as it, requests.Session() as session:
        session.trust_env = False
        session_config.patch_session(session, retries, pool_maxsize=3, pool_block=True)
        assert session.request(method, it.url, timeout=5).status_code == 503
        assert session.get_adapter("https://x")._pool_maxsize == 3
        assert session.get_adapter("http://x")._pool_block is True
    assert len(it.seen) == sent
