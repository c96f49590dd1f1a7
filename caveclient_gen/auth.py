"""Tokens: where they are kept, how to get one, and what the auth service knows of users and permissions.

A token is looked for in this order: given in the call, the token file given in the call, the environment
variable CAVE_TOKEN, the file of the server (`~/.cloudvolume/secrets/<host>-cave-secret.json`), the file for
all servers (`~/.cloudvolume/secrets/cave-secret.json`). The files are the ones that CloudVolume reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._generated.auth_v1 import AuthOperationsV1
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER, normalise_address
from caveclient_gen.mixins.auth import AuthMixin
from caveclient_gen.mixins.token_places import (
    DEFAULT_KEY,
    OLD_NAMES,
    SHARED_FILE,
    SHARED_NAME,
    TOKEN_FOLDER,
    server_token_file,
)
from caveclient_gen.mixins.tokens import TokenLookup, write_token

if TYPE_CHECKING:
    import os

    from caveclient_gen._runtime.transport import Transport

__all__ = [
    "AuthClient",
    "default_token_file",
    "default_token_key",
    "default_token_location",
    "default_token_name",
    "deprecated_token_files",
    "deprecated_token_names",
    "server_token_filename",
    "write_token",
]

default_token_location = TOKEN_FOLDER
default_token_name = SHARED_NAME
default_token_key = DEFAULT_KEY
default_token_file = SHARED_FILE
deprecated_token_names = list(OLD_NAMES)
deprecated_token_files = [f"{TOKEN_FOLDER}/{name}" for name in OLD_NAMES]


class AuthClient(AuthMixin, AuthOperationsV1):
    """The token of a user, and what the auth service knows of users, groups and permissions.

    Nothing is read or sent when it is made; files are read when the token is first needed.

    Parameters
    ----------
    token_file : str or Path, optional
        The only file to look for the token in.
    token_key : str, optional
        Key of the token in the files. "token" if left out.
    token : str, optional
        The token itself. It is not kept in pickles of this client.
    server_address : str
        The server that all datastacks share.
    local_server : str, optional
        The datastack's own server; `save_token` saves tokens for it too.
    verify, max_retries, pool_maxsize, pool_block, over_client, transport
        As for `ClientBase`.
    """

    def __init__(
        self,
        token_file: str | os.PathLike[str] | None = None,
        token_key: str | None = None,
        token: str | None = None,
        server_address: str = DEFAULT_GLOBAL_SERVER,
        *,
        local_server: str | None = None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        transport: Transport | None = None,
    ) -> None:
        address = normalise_address(server_address)
        self._lookup = TokenLookup(address, token, token_file, token_key)
        # Not through the property: readers of the code would see an attribute of this class that hides it.
        self._local_server = (
            None if local_server is None else normalise_address(local_server, name="local_server")
        )
        super().__init__(
            address,
            auth_client=self._lookup,
            verify=verify,
            max_retries=max_retries,
            pool_maxsize=pool_maxsize,
            pool_block=pool_block,
            over_client=over_client,
            transport=transport,
        )


def server_token_filename(server_address: str) -> str:
    """Return the file that holds the tokens of one server.

    Parameters
    ----------
    server_address : str
        Address of the server, with or without scheme.

    Returns
    -------
    str
        Absolute path of `<host>-cave-secret.json`.
    """
    return str(server_token_file(server_address))
