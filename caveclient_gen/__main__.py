"""The command line: `caveclient-gen setup-token https://global.daf-apis.com`.

Ends with 0 if all went well, 1 if not (the reason is on stderr, first what to do) and 2 if the command
cannot be understood.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from caveclient_gen import __version__
from caveclient_gen.offline.commands import add_commands as add_offline_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(*, arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name. Left out: those of this process.

    Returns
    -------
    int
        What the process should end with.
    """
    from caveclient_gen.errors import CAVEError

    options = _parser().parse_args(arguments)
    try:
        done: bool = options.run(options)
    except CAVEError as error:
        _complain(str(error))
        return 1
    except KeyboardInterrupt:
        _complain("Stopped. Nothing more was done.")
        return 130
    return 0 if done else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="caveclient-gen", description="Tools for scripts that use CAVE.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_setup_token(commands)
    add_offline_commands(commands)
    return parser


def _add_setup_token(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "setup-token",
        help="ask for a token, try it, save it",
        description="Ask for a token at the prompt or on standard input, try it on the server, and save it.",
        allow_abbrev=False,
    )
    command.add_argument("server", metavar="SERVER", help="the server that all datastacks share")
    command.add_argument(
        "--overwrite",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="replace a token that is saved already",
    )
    command.add_argument(
        "--no-open", dest="open", action="store_false", help="do not open the page of tokens in the browser"
    )
    command.set_defaults(run=_setup_token)


def _setup_token(options: argparse.Namespace) -> bool:
    from caveclient_gen.frameworkclient import CAVEclientGlobal
    from caveclient_gen.token_setup import set_up_token

    piped = not sys.stdin.isatty()
    return set_up_token(
        CAVEclientGlobal(options.server),
        options.overwrite,
        options.open,
        ask=_read_line if piped else None,
        complain=_complain,
    )


def _read_line(prompt: str) -> str:
    """Read a token that another program pipes in: there is no terminal that could show it."""
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  a command line


if __name__ == "__main__":
    sys.exit(main())
