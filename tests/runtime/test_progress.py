"""When a call that goes out as several requests shows a bar."""

import io
import sys
import threading
from types import SimpleNamespace

import pytest
from test_batch import echo, many
from toy_service import RecordingTransport, client_with, param

from caveclient_gen import session_config
from caveclient_gen._runtime import progress, session_defaults
from caveclient_gen._runtime.progress import bar


class Screen(io.StringIO):
    def __init__(self, is_terminal):
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self):
        return self._is_terminal


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(progress, "_DELAY", 0)
    monkeypatch.setattr(progress, "_REDRAWN_AFTER", 0)
    monkeypatch.setattr(session_defaults, "_current", session_defaults.SessionDefaults())


@pytest.fixture
def screen(monkeypatch):
    def use(is_terminal, in_notebook=False):
        found = Screen(is_terminal)
        monkeypatch.setattr(sys, "stderr", found)
        shell = type("ZMQInteractiveShell" if in_notebook else "TerminalInteractiveShell", (), {})()
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
        monkeypatch.setattr(progress, "find_spec", lambda name: None)
        return found

    return use


# progress=, the process's default, terminal, notebook -> is there a bar
CASES = [
    (None, "auto", False, False, False),
    (None, "auto", True, False, True),
    (None, "auto", False, True, True),
    (True, "auto", False, False, True),
    (False, "auto", True, True, False),
    (None, False, True, True, False),
    (None, True, False, False, True),
    (True, False, False, False, True),
    (False, True, True, False, False),
]


@pytest.mark.parametrize(("wish", "default", "terminal", "notebook", "shown"), CASES)
def test_who_sees_a_bar(screen, wish, default, terminal, notebook, shown):
    session_config.set_session_defaults(progress=default)
    seen = screen(terminal, notebook)
    with bar(10, "root_ids", wish) as advance:
        advance(4)
        advance(6)
    assert ("10/10" in seen.getvalue() and "root_ids/s" in seen.getvalue()) is shown
    assert bool(seen.getvalue()) is shown


@pytest.mark.parametrize(("wish", "shown"), [(None, False), (True, True)])
def test_what_is_over_soon_shows_a_bar_only_if_that_is_asked_for(screen, monkeypatch, wish, shown):
    monkeypatch.setattr(progress, "_DELAY", 1000)
    seen = screen(True)
    with bar(10, "ids", wish) as advance:
        advance(10)
    assert bool(seen.getvalue().strip()) is shown


def client(*params):
    op = many(params=[*params, param("progress", "bool", "none", effect="progress")])
    return client_with(op, transport=RecordingTransport(echo))


@pytest.mark.parametrize(("count", "shown"), [(0, False), (3, False), (4, True), (9, True)])
@pytest.mark.parametrize("wish", [None, True])
def test_one_request_never_shows_a_bar(screen, count, shown, wish):
    seen = screen(True)
    assert client()._call("many", ids=range(count), progress=wish) == list(range(count))
    assert (f"{count}/{count}" in seen.getvalue()) is shown
    assert bool(seen.getvalue()) is shown


def test_progress_is_not_sent_and_tells_no_answers_apart(screen):
    screen(False)
    it = client()
    it._call("many", ids=range(4), progress=True)
    assert all(b"progress" not in r.body and not r.query for r in it._transport.requests)


class WriteOnly:
    """What scripts put in the place of a console to keep what is written."""

    def write(self, text):
        raise AssertionError(text)


def closed():
    found = io.StringIO()
    found.close()
    return found


@pytest.mark.parametrize("make", [lambda: None, WriteOnly, closed])
def test_nothing_is_shown_without_a_console(monkeypatch, make):
    monkeypatch.setattr(sys, "stderr", make())
    with bar(10, "ids", None) as advance:
        advance(10)


def test_a_bar_ends_with_an_error_and_is_deaf_afterwards(screen):
    seen = screen(True)
    kept = []

    def fail():
        with bar(10, "ids", True) as advance:
            kept.append(advance)
            advance(1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    written = seen.getvalue()
    assert written.endswith("\r")  # the line is cleared
    kept[0](5)
    assert seen.getvalue() == written


def test_any_thread_may_advance(screen):
    seen = screen(True)
    with bar(400, "ids", True) as advance:
        threads = [threading.Thread(target=lambda: [advance(1) for _ in range(100)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert "400/400" in seen.getvalue()


def test_a_bar_starts_no_thread_of_its_own(screen):
    screen(True)
    before = threading.active_count()
    with bar(10, "ids", True):
        assert threading.active_count() == before
