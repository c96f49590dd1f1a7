"""Who holds a turn in this process keeps others waiting; in a forked child nobody holds it."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading

from caveclient_gen._runtime.turns import Turn


def holder(turn: Turn, done: threading.Event) -> threading.Thread:
    held = threading.Event()

    def hold() -> None:
        with turn.taken(), turn.taken():
            held.set()
            done.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    return thread


def test_one_after_the_other():
    turn, done, entered = Turn(), threading.Event(), threading.Event()
    first = holder(turn, done)

    def enter() -> None:
        with turn.taken():
            entered.set()

    second = threading.Thread(target=enter)
    second.start()
    assert not entered.wait(0.1)
    with pickle.loads(pickle.dumps(turn)).taken():  # a copy is another one
        done.set()
    assert entered.wait(5)
    first.join()
    second.join()


def test_a_fork_while_a_server_is_asked():
    """The thread that asks is not there in the child, which would wait for it for ever."""
    script = (
        "import os, signal, threading, time\n"
        "from caveclient_gen._runtime.discovery import Discovery\n"
        "from caveclient_gen._runtime.request import Headers, Response\n"
        "from toy_service import ADDRESS, SERVICE, reply\n"
        "parent = os.getpid()\n"
        "def send(request):\n    time.sleep(0.5 if os.getpid() == parent else 0)\n"
        "    return reply(request, '5.26.4')\n"
        "discovery = Discovery(SERVICE, ADDRESS, send)\n"
        "thread = threading.Thread(target=discovery.server_version)\nthread.start()\ntime.sleep(0.1)\n"
        "child = os.fork()\nsignal.alarm(8)\nassert discovery.server_version().value\n"
        "if child:\n    assert os.waitpid(child, 0)[1] == 0\n    thread.join()\nelse:\n    os._exit(0)\n"
    )
    folder = __file__.rpartition("/")[0]
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, timeout=10, cwd=folder)
