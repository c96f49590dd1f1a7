"""Libraries loaded while a call waits: in a thread that ends with the call, and says nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from caveclient_gen._runtime import warming


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return a function that writes a module of some code; it can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def write(name: str, code: str) -> str:
        (tmp_path / f"{name}.py").write_text(code)
        made.append(name)
        return name

    yield write
    for name in made:
        sys.modules.pop(name, None)


def loaders() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "cave-loading"]


def test_it_is_loaded_when_the_block_ends(module):
    name = module("slow_one", "import time\ntime.sleep(0.1)\ndone = True\n")
    with warming.loading((name,)):
        begun = time.perf_counter()
        assert loaders()
    assert time.perf_counter() - begun > 0.05
    assert sys.modules[name].done
    assert not loaders()


def test_an_error_waits_and_an_interrupt_does_not(module):
    name = module("slow_two", "import time\ntime.sleep(0.2)\n")
    with pytest.raises(ValueError, match="mine"), warming.loading((name,)):
        raise ValueError("mine")
    assert not loaders()
    name = module("slow_three", "import time\ntime.sleep(0.2)\n")
    with pytest.raises(KeyboardInterrupt), warming.loading((name,)):
        raise KeyboardInterrupt
    (still,) = loaders()
    still.join(5)


@pytest.mark.parametrize("code", ["import nothing_of_that_name", "raise SystemExit", "def ("])
def test_a_broken_one_says_so_where_it_is_used(module, capfd, code):
    name = module("broken_one", code)
    with warming.loading((name, "json")):
        pass
    assert capfd.readouterr() == ("", "")
    with pytest.raises((ImportError, SystemExit, SyntaxError)):
        __import__(name)


def test_nothing_is_done_for_what_is_loaded():
    with warming.loading(("json", "threading")):
        assert not loaders()


def test_a_fork_in_the_middle(tmp_path):
    """The child would wait for ever for the lock of an import that nobody goes on with."""
    (tmp_path / "slow_four.py").write_text("import time\ntime.sleep(0.3)\n")
    script = (
        "import os, threading, time\nfrom caveclient_gen._runtime import warming\n"
        "def call():\n    with warming.loading(('slow_four',)):\n        time.sleep(0.5)\n"
        "thread = threading.Thread(target=call)\nthread.start()\ntime.sleep(0.1)\n"
        "child = os.fork()\nimport slow_four\n"
        "if child:\n    assert os.waitpid(child, 0)[1] == 0\n    thread.join()\nelse:\n    os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, timeout=20, cwd=tmp_path)


def test_a_fork_while_one_begins(tmp_path):
    """The child would wait for ever for the lock that is held then."""
    for name in ("slow_five", "slow_six"):
        (tmp_path / f"{name}.py").write_text("")
    script = (
        "import os, signal, threading, time\nfrom caveclient_gen._runtime import warming\n"
        "class SlowToStart(threading.Thread):\n    def start(self):\n"
        "        super().start()\n        time.sleep(0.3)\n"
        "warming.threading = type('Slow', (), {**vars(threading), 'Thread': SlowToStart})\n"
        "def call(name):\n    with warming.loading((name,)):\n        pass\n"
        "thread = threading.Thread(target=call, args=('slow_five',))\nthread.start()\ntime.sleep(0.1)\n"
        "child = os.fork()\nsignal.alarm(8)\ncall('slow_six')\n"
        "if child:\n    assert os.waitpid(child, 0)[1] == 0\n    thread.join()\nelse:\n    os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, timeout=10, cwd=tmp_path)
