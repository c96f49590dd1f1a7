"""The command line: `python -m codegen COMMAND`.

Exit status: 0 all is well; 1 something differs, or could be better; 2 the spec or the call is wrong,
or a file cannot be read or written; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.outcome import INTERRUPTED, OK, WRONG, CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECT = Path(__file__).resolve().parents[1]

COMMANDS = {
    "generate": "write caveclient_gen/_generated/ and the generated pages from spec/",
    "schema": "write spec/descriptor.schema.json",
    "openapi": "write docs/openapi/: an OpenAPI document for each API version",
    "lint": "check the descriptors and warn of what could be better",
    "explain": "show an operation complete, with the place of every value",
    "diff": "tell what differs between two specs: what breaks, for whom, and what silently changes",
    "drift": "compare the descriptors with what servers say of themselves",
    "new-version": "start the descriptor of a new API version",
}
"""What each command does, in the order in which `--help` shows them. Each is a module in `commands/`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        status = command(options)
        sys.stdout.flush()
        return status
    except CommandError as error:
        print(error.told(), file=sys.stderr)
    except BrokenPipeError:
        # `| head` has read enough: nothing is wrong, and Python must not try to write the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        # A folder that cannot be written, a full disk: the cause lies outside, a traceback helps nobody.
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}. See to it and run the same command again.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again.", file=sys.stderr)
        return INTERRUPTED
    return WRONG


class _Command(argparse.ArgumentParser):
    """The parser of one command. Its module is loaded when it is called: others need other libraries.

    Parameters
    ----------
    module : str
        Name of the module, which adds the options.
    **rest
        Of any parser.
    """

    def __init__(self, *, module: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Load the module, and let it say what can be given."""
        import_module(self._module).add(self)
        return super().parse_known_args(args, namespace)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codegen",
        description="Turn descriptors into client modules, and tell what a change of them does to people.",
        epilog="Exit status: 0 all is well; 1 something differs or could be better; 2 something is wrong.",
    )
    parser.add_argument(
        "--root", type=Path, default=PROJECT, help="folder with spec/ (default: this project)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Command)
    for name, words in COMMANDS.items():
        commands.add_parser(name, help=words, module=f"codegen.commands.{name.replace('-', '_')}")
    return parser
