"""Where tokens are kept on this computer. Apart from `tokens`, which knows what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.addresses import host_of
from caveclient_gen._runtime.private_files import expand

if TYPE_CHECKING:
    from pathlib import Path

TOKEN_FOLDER = "~/.cloudvolume/secrets"  # noqa: S105  a folder
SHARED_NAME = "cave-secret.json"
OLD_NAMES = ("chunkedgraph-secret.json",)
DEFAULT_KEY = "token"
SHARED_FILE = f"{TOKEN_FOLDER}/{SHARED_NAME}"


def server_token_file(server_address: str) -> Path:
    """Return the file that holds the tokens of one server."""
    return expand(f"{TOKEN_FOLDER}/{host_of(server_address)}-{SHARED_NAME}")
