"""Which server each datastack is on, remembered between sessions.

A small file in the folder of the tokens maps datastack names to server addresses, so that
`CAVEclient("my_datastack")` finds its server after it has been named once. A framework client writes to it
only after the server has shown that it has the datastack, and never replaces what is there.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime import private_files
from caveclient_gen._runtime.addresses import normalise_address
from caveclient_gen._runtime.plain_errors import InvalidArgumentError
from caveclient_gen.mixins.token_places import TOKEN_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

logger = logging.getLogger(__name__)

DEFAULT_LOCATION = TOKEN_FOLDER
DEFAULT_DATASTACK_FILE = "cave_datastack_to_server_map.json"

PathLike = str | os.PathLike[str]


def read_map(filename: PathLike | None = None) -> dict[str, Any]:
    """Read the map.

    Parameters
    ----------
    filename : str or Path, optional
        File of the map. Left out: the one in the folder of the tokens.

    Returns
    -------
    dict
        Server address by datastack name. Empty, with a warning in the log, if the file cannot be read.
    """
    path = _path(filename)
    try:
        return private_files.read_object(path) or {}
    except (private_files.DamagedFileError, OSError) as error:
        # A damaged map must not stop anybody's work: the server can still be named.
        logger.warning("Name the server with server_address=, the map of servers cannot be read: %s", error)
        return {}


def is_writable(filename: PathLike) -> bool:
    """Tell whether the map can be written; nothing is written.

    Parameters
    ----------
    filename : str or Path
        File of the map.
    """
    return private_files.is_writable(private_files.expand(filename))


def write_map(data: dict[str, Any], filename: PathLike | None = None) -> bool:
    """Replace the map, in one step; a damaged one is kept as `<name>.damaged`.

    Parameters
    ----------
    data : dict
        Server address by datastack name.
    filename : str or Path, optional
        File of the map.

    Returns
    -------
    bool
        Whether it was written. If not, the log says why.
    """
    path = _path(filename)
    try:
        try:
            private_files.read_object(path)
        except private_files.DamagedFileError:
            private_files.keep_damaged(path)
        private_files.write_object(path, data)
    except OSError as error:
        logger.warning("The map of servers was not saved in %s: %s", path, error.strerror)
        return False
    return True


def handle_server_address(
    datastack: str | None,
    server_address: str | None,
    filename: PathLike | None = None,
    write: bool = False,
    do_log: bool = True,
) -> str | None:
    """Return the server to use for a datastack, and remember it if wanted.

    Parameters
    ----------
    datastack : str or None
        Name of the datastack.
    server_address : str or None
        The server, if the caller names one; it always wins.
    filename : str or Path, optional
        File of the map.
    write : bool
        Remember `server_address` for this datastack, in place of what was there.
    do_log : bool
        Log what was looked up or remembered.

    Returns
    -------
    str or None
        The server's address in one form. None if neither the caller nor the map names one.

    Raises
    ------
    InvalidArgumentError
        `server_address` is no address.
    """
    if datastack is None:
        return None if server_address is None else normalise_address(server_address)
    known = read_map(filename)
    if server_address is None:
        return _stored_address(datastack, known, filename, do_log)
    address = normalise_address(server_address)
    if write and known.get(datastack) != address:
        written = write_map({**known, datastack: address}, filename)
        if written and do_log:
            logger.info("%s is remembered to be on %s", datastack, address)
    return address


def get_datastack_cache(filename: PathLike | None = None) -> dict[str, Any]:
    """Return what is remembered: server address by datastack name.

    Parameters
    ----------
    filename : str or Path, optional
        File of the map.
    """
    return read_map(filename)


def reset_server_address_cache(
    datastack: str | Iterable[str] | None, filename: PathLike | None = None
) -> None:
    """Forget the servers of datastacks.

    Parameters
    ----------
    datastack : str, iterable of str or None
        Names of the datastacks; None for all. Names that are not remembered are passed over.
    filename : str or Path, optional
        File of the map.
    """
    known = read_map(filename)
    names = {datastack} if isinstance(datastack, str) else set(known if datastack is None else datastack)
    kept = {name: address for name, address in known.items() if name not in names}
    if len(kept) < len(known):
        write_map(kept, filename)


def _path(filename: PathLike | None) -> Path:
    return private_files.expand(
        f"{DEFAULT_LOCATION}/{DEFAULT_DATASTACK_FILE}" if filename is None else filename
    )


def _stored_address(
    datastack: str, known: dict[str, Any], filename: PathLike | None, do_log: bool
) -> str | None:
    stored = known.get(datastack)
    if stored is None:
        return None
    try:
        address = normalise_address(stored)
    except InvalidArgumentError as error:
        logger.warning("Name the server with server_address=: %s holds a bad one. %s", _path(filename), error)
        return None
    if do_log:
        logger.info("%s is on %s, as remembered in %s", datastack, address, _path(filename))
    return address
