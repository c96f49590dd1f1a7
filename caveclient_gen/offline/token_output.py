"""Where commands put tokens: on the terminal, or into a file for its owner alone. Never into a log."""

from __future__ import annotations

import sys

from caveclient_gen._runtime.private_files import expand, write_object
from caveclient_gen.errors import CAVEError

__all__ = ["check_output", "write_token"]


def check_output(token_file: str | None) -> None:
    """Refuse to print a token where it would stay."""
    if token_file is None and not sys.stdout.isatty():
        raise CAVEError(
            "Give --token-file FILE: the output is not a terminal, and a token should not be in a log."
        )


def write_token(token_file: str, token: str) -> str:
    """Write a token as clients read it (`auth_token_file=`), and return where.

    Raises
    ------
    CAVEError
        The file cannot be written.
    """
    path = expand(token_file)
    try:
        write_object(path, {"token": token})
    except OSError as error:
        raise CAVEError(f"Choose another file for the token: {path} cannot be written ({error}).") from error
    return str(path)
