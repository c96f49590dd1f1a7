"""Run a program that was written for `caveclient` on this package.

    python -m caveclient_gen.compat script.py [ARGS]
    python -m caveclient_gen.compat -m module [ARGS]
    python -m caveclient_gen.compat -c code [ARGS]

The program sees what Python itself would show it: its own `sys.argv`, `sys.path[0]` and `__main__`. Its exit
code is the exit code, and a traceback begins in the program.
"""

from __future__ import annotations

import builtins
import os
import runpy
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn

from caveclient_gen.compat import COMPATIBLE_WITH, install

USAGE = "usage: python -m caveclient_gen.compat [-h] (SCRIPT | -m MODULE | -c CODE) [ARGS ...]"
WHAT = "Run SCRIPT, MODULE or CODE, with caveclient_gen in the place of caveclient."
_OWN_FRAMES = (__file__, runpy.__file__, "<frozen runpy>")


def main(arguments: list[str]) -> None:
    """Run what the command line names.

    Parameters
    ----------
    arguments : list of str
        The command line after `python -m caveclient_gen.compat`.
    """
    if not arguments:
        _give_up(f"Name a script, or pass -m MODULE or -c CODE.\n{USAGE}")
    first, rest = arguments[0], arguments[1:]
    if first in ("-h", "--help"):
        sys.stdout.write(f"{USAGE}\n\n{WHAT}\n")
        return
    if first in ("-V", "--version"):
        sys.stdout.write(f"caveclient {COMPATIBLE_WITH}, as provided by caveclient_gen\n")
        return
    runners = {"-m": run_module, "-c": run_code}
    if first[:2] in runners:
        target, rest = (first[2:], rest) if first[2:] else (rest[0] if rest else "", rest[1:])
        if not target:
            _give_up(f"Say what to run after {first[:2]}.\n{USAGE}")
        run = runners[first[:2]]
    elif first.startswith("-") and first != "-":
        _give_up(f"Leave out {first!r}: there is no such option. Options of the script follow it.\n{USAGE}")
    else:
        target, run = first, run_script
    sys.argv = [target if run is run_script else first[:2], *rest]
    sys.excepthook = _tell_without_own_frames
    try:
        install()
    except ImportError as error:
        _give_up(str(error))
    run(target)


def run_script(path: str) -> None:
    """Run a file, or a folder or archive that has a `__main__.py`; "-" is the standard input."""
    if path == "-":
        _first_on_path("")
        _run_as_main(compile(sys.stdin.read(), "<stdin>", "exec", dont_inherit=True))
        return
    if not os.path.exists(path):
        _give_up(f"Check the path: there is no file {path!r} in {os.getcwd()!r}.\n{USAGE}")
    place = os.path.join(os.getcwd(), path)
    inside = PathFinder.find_spec("__main__", [place])
    if inside is not None and inside.loader is not None:
        _first_on_path(place)
        loader: Any = inside.loader
        _run_as_main(loader.get_code("__main__"), inside)
        return
    if os.path.isdir(path):
        _give_up(f"Name a script: the folder {path!r} has no __main__.py.\n{USAGE}", code=1)
    _first_on_path(os.path.dirname(os.path.realpath(path)))
    with open(place, "rb") as file:
        _run_as_main(compile(file.read(), place, "exec", dont_inherit=True), place)


def run_module(name: str) -> None:
    """Run a module as `python -m` does."""
    try:
        there = find_spec(name)
    except ModuleNotFoundError as error:
        if not error.name or not f"{name}.".startswith(f"{error.name}."):
            raise
        there = None
    if there is None:
        _give_up(f"Check the name: there is no module {name!r}.", code=1)
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def run_code(code: str) -> None:
    """Run a piece of code as `python -c` does."""
    _first_on_path("")
    _run_as_main(compile(code, "<string>", "exec", dont_inherit=True))


def _run_as_main(code: CodeType, origin: ModuleSpec | str | None = None) -> None:
    # Not by runpy: its module is gone when the program ends, but threads and exit handlers may need it.
    main_module = ModuleType("__main__")
    names = vars(main_module)
    names["__builtins__"] = builtins
    if isinstance(origin, str):
        names.update(__file__=origin, __loader__=SourceFileLoader("__main__", origin), __cached__=None)
    elif origin is not None:
        names.update(__file__=origin.origin, __loader__=origin.loader, __spec__=origin, __package__="")
    sys.modules["__main__"] = main_module
    exec(code, names)  # noqa: S102  it is what this program is for


def _first_on_path(folder: str) -> None:
    _drop_own_place_on_path()
    if not sys.flags.safe_path:
        sys.path.insert(0, folder)


def _drop_own_place_on_path() -> None:
    # `python -m` has put the current folder there.
    if not sys.flags.safe_path and sys.path and sys.path[0] == os.getcwd():
        del sys.path[0]


def _tell_without_own_frames(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    while trace is not None and trace.tb_frame.f_code.co_filename in _OWN_FRAMES:
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)


def _give_up(message: str, code: int = 2) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
