"""Framework clients that share what the info service says of a datastack, for an hour.

A script that makes a client for every job asks the info service once, not every time:

    client = CachedClient("my_datastack", "https://global.daf-apis.com")

What one identity may see is never handed to another: the key holds a fingerprint of the token. Every
client gets a copy of its own, so changing one changes nothing for the others.
"""

from __future__ import annotations

import copy
import hashlib
import os
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from cachetools import TTLCache

from caveclient_gen import datastack_lookup
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen._runtime.lasting import kept_files
from caveclient_gen._runtime.private_files import expand
from caveclient_gen.auth import AuthClient
from caveclient_gen.frameworkclient import CAVEclient

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["CachedClient", "empty_cache_folder", "info_cache_cache", "server_key", "stored_info_cache"]

info_cache_cache: TTLCache[Hashable, dict[str, Any]] = TTLCache(maxsize=32, ttl=3600)
"""The stored records. `info_cache_cache.clear()` forgets all of them."""

_lock = threading.Lock()
_asking: WeakValueDictionary[Hashable, _Turn] = WeakValueDictionary()
# New in each process, so that a key that is printed tells nothing about the token.
_SALT = os.urandom(16)
_IDENTITY = ("auth_token_file", "auth_token_key", "auth_token")


class _Turn:
    """Held while a server is asked, so that threads that want the same record ask once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class _Same:
    """Holds a transport, and is equal only where it is the same one: transports need not be hashable."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.transport is self.transport

    def __hash__(self) -> int:
        return id(self.transport)


def server_key(datastack_name: str, server_address: str | None, **kwargs: Any) -> tuple[Hashable, ...]:
    """Return what tells stored records apart: datastack, server and who asks.

    Parameters
    ----------
    datastack_name : str
        Name of the datastack.
    server_address : str or None
        The server that all datastacks share. None: as `CAVEclient` would choose.
    **kwargs
        Further arguments of `CAVEclient`; those that say which token is used count.

    Returns
    -------
    tuple
        Hashable; holds a fingerprint of the token, never the token.

    Raises
    ------
    InvalidArgumentError
        `server_address` is no address.
    """
    found = datastack_lookup.handle_server_address(datastack_name, server_address, do_log=False)
    server = found or DEFAULT_GLOBAL_SERVER
    transport = kwargs.get("transport")
    # A transport of the caller's own has its own token, so the transport is the identity.
    return datastack_name, server, _fingerprint(server, kwargs) if transport is None else _Same(transport)


def _fingerprint(server: str, kwargs: dict[str, Any]) -> str | None:
    token_file, key, token = (kwargs.get(name) for name in _IDENTITY)
    token = AuthClient(token_file, key, token, server).token
    return None if token is None else hashlib.blake2b(token.encode(), key=_SALT, digest_size=16).hexdigest()


def stored_info_cache(datastack_name: str, server_address: str | None, **kwargs: Any) -> dict[str, Any]:
    """Return the info service's record of a datastack, at most an hour old.

    Parameters
    ----------
    datastack_name : str
        Name of the datastack.
    server_address : str or None
        The server that all datastacks share. None: as `CAVEclient` would choose.
    **kwargs
        Further arguments of `CAVEclient`.

    Returns
    -------
    dict
        The record by the datastack's name, as the `info_cache` argument of `CAVEclient` takes it; a copy.

    Raises
    ------
    NotFoundError
        The server has no such datastack.
    """
    key = server_key(datastack_name, server_address, **kwargs)
    with _lock:
        turn = _asking.setdefault(key, _Turn())
    with turn.lock:
        with _lock:
            known = info_cache_cache.get(key)
        if known is None:
            client = CAVEclient(datastack_name, server_address, **kwargs)
            client.info.get_datastack_info()
            known = client.info.info_cache
            with _lock:
                info_cache_cache[key] = known
    return copy.deepcopy(known)


def CachedClient(datastack_name: str, server_address: str | None = None, **kwargs: Any) -> CAVEclient:  # noqa: N802  a name that scripts import
    """Make a framework client that knows its datastack's record already.

    Parameters
    ----------
    datastack_name : str
        Name of the datastack.
    server_address : str, optional
        The server that all datastacks share. Left out: as `CAVEclient` would choose.
    **kwargs
        Further arguments of `CAVEclient`. With `info_cache`, that is used and nothing is stored.

    Returns
    -------
    CAVEclientFull
        The client.

    Raises
    ------
    NotFoundError
        The server has no such datastack.
    """
    if kwargs.get("info_cache") is None and not kwargs.get("global_only"):
        kwargs = {**kwargs, "info_cache": stored_info_cache(datastack_name, server_address, **kwargs)}
    return CAVEclient(datastack_name, server_address, **kwargs)


def empty_cache_folder(folder: str | os.PathLike[str]) -> int:
    """Remove the answers that clients keep in a cache folder.

    Parameters
    ----------
    folder : str or Path
        What clients were given as `cache_folder`. Other files in it stay.

    Returns
    -------
    int
        How many answers were removed.
    """
    files = kept_files(expand(folder))
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
