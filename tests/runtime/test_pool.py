"""A few calls at a time, in threads that nobody waits for."""

import ast
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest

import caveclient_gen
from caveclient_gen._runtime.pool import Pool, at_once, is_one_of_several


def square(number):
    if number < 0:
        raise KeyError(number)
    return number * number


@pytest.mark.parametrize(("count", "most"), [(0, 3), (1, 3), (3, 3), (10, 3), (10, 1)])
def test_each_item_is_called_once(count, most):
    pool = Pool(square, "test")
    done = list(pool.each(range(count), most))
    pool.end()
    assert sorted(done) == [(number, number * number, None) for number in range(count)]


def test_what_goes_wrong_is_told_with_its_item():
    pool = Pool(square, "test")
    done = {item: (result, type(error)) for item, result, error in pool.each([2, -1, 3], 2)}
    pool.end()
    assert done == {2: (4, type(None)), -1: (None, KeyError), 3: (9, type(None))}


def test_its_threads_know_that_others_are_at_work():
    pool = Pool(lambda item: is_one_of_several(), "test")
    assert [known for _, known, _ in pool.each([1, 2], 2)] == [True, True]
    pool.end()
    assert not is_one_of_several()


def test_never_more_than_a_few_at_once():
    under_way, seen, lock = set(), [], threading.Lock()
    three = threading.Barrier(3)

    def call(number):
        with lock:
            under_way.add(number)
            seen.append(len(under_way))
        three.wait(10)  # each three go together, so three there must be
        with lock:
            under_way.discard(number)

    pool = Pool(call, "test")
    assert len(list(pool.each(range(9), 3))) == 9
    pool.end()
    assert max(seen) == 3


def test_nothing_new_is_begun_after_the_first_answer_is_refused():
    begun = []
    pool = Pool(begun.append, "test")
    for _ in pool.each(range(100), 2):
        break
    pool.end()
    assert len(begun) <= 3


@pytest.mark.parametrize("to_be_had", [0, 1, 2])
def test_with_fewer_threads_than_wished(monkeypatch, to_be_had):
    """As where a container allows so many, or the interpreter is ending."""
    start, started = threading.Thread.start, []

    def start_or_not(thread):
        if len(started) >= to_be_had:
            raise RuntimeError("can't start new thread")
        start(thread)
        started.append(thread)

    monkeypatch.setattr(threading.Thread, "start", start_or_not)
    pool = Pool(square, "few")
    done = {item: (result, type(error)) for item, result, error in pool.each([2, -1, 3, 4], 4)}
    pool.end()
    assert done == {2: (4, type(None)), -1: (None, KeyError), 3: (9, type(None)), 4: (16, type(None))}
    one, two = at_once(lambda: 1, lambda: 2)
    assert (two(), one()) == (2, 1)


def test_threads_are_gone_when_all_is_done():
    pool = Pool(square, "gone")
    list(pool.each(range(5), 5))
    names = [thread.name for thread in pool._threads]
    pool.end()
    assert names == [f"gone-{number}" for number in range(5)]
    assert not {thread.name for thread in threading.enumerate()} & set(names)


class Item:
    pass


def test_an_idle_thread_keeps_nothing_alive():
    pool, item = Pool(lambda item: item, "test"), Item()
    there, second = weakref.ref(item), threading.Event()
    pool.begin(item, 1)
    assert pool.take()[1] is item
    del item
    pool.begin(second, 1)  # by then the thread is done with the first
    pool.take()
    pool.end()
    assert there() is None


# ---- Ctrl-C while a server is silent: the interpreter ends all the same

BEGIN = """
import _thread, sys, threading
begun, never = threading.Event(), threading.Event()

def silent(*_):
    begun.set()
    never.wait(50)

"""
INTERRUPTED = {
    "downloads": """
from datetime import UTC, datetime, timedelta
from threading import Thread
from types import SimpleNamespace
from caveclient_gen._runtime.storage import Ticket, download
reader = SimpleNamespace(
    _transport=SimpleNamespace(send=silent), storage_address="https://storage.example", timeout=None
)
ticket = Ticket("t", datetime.now(UTC) + timedelta(hours=1), "bucket", "{rid}")
Thread(target=lambda: begun.wait(20) and _thread.interrupt_main(), daemon=True).start()
download(reader, ticket, range(20), "skeleton.fetch_skeletons", print)
""",
    "tables": """
from caveclient_gen.mixins.materialize.table_manager.known_tables import together

def interrupted():
    begun.wait(20)
    raise KeyboardInterrupt

together(interrupted, silent)
""",
}


@pytest.mark.parametrize("what", INTERRUPTED)
def test_ctrl_c_ends_the_interpreter(what):
    run = subprocess.run(
        [sys.executable, "-c", BEGIN + INTERRUPTED[what]],
        capture_output=True,
        text=True,
        timeout=40,  # less than the server is silent
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stderr.rstrip().endswith("KeyboardInterrupt")


def imported_at_run_time(node):
    """Yield the modules that a piece of code imports, but for what only type checkers read."""
    if isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.ImportFrom):
        yield node.module or ""
    elif isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imported_at_run_time(child)


def test_nobody_uses_threads_that_are_waited_for():
    package = Path(caveclient_gen.__file__).parent
    users = [
        str(path)
        for path in package.rglob("*.py")
        if any(name.startswith("concurrent") for name in imported_at_run_time(ast.parse(path.read_text())))
    ]
    assert users == []


def test_calls_made_at_once_are_judged_in_the_order_of_who_asks():
    both = threading.Barrier(2)

    def right():
        both.wait(10)
        return "right"

    def wrong():
        both.wait(10)
        raise KeyError("wrong")

    first, second = at_once(right, wrong)
    assert first() == first() == "right"
    with pytest.raises(KeyError, match="wrong"):
        second()
    assert at_once() == []
