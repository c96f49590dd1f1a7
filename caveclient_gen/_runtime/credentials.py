"""Who gets the token, and where the token comes from.

Rules
-----
1. The token goes only to origins (scheme, host, port) that were configured as CAVE servers.
2. A token for `http://host` may also go to `https://host`; never the other way round.
3. The token is asked for at each request, so a token that was renewed meanwhile is used at once.
4. No repr shows it and no pickle holds it. A pickle holds where to find it; a token that was given
   literally has no such place, so its copy in another process asks the environment, then complains.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from caveclient_gen._runtime.errors import AuthError, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKEN_VARIABLE = "CAVE_TOKEN"  # noqa: S105  the variable's name, not a token
_DEFAULT_PORTS = {"http": 80, "https": 443}
# What may stand in a header without changing its meaning; a line break would begin another header.
_SENDABLE = re.compile(r"[\x21-\x7e]+")

Origin = tuple[str, str, int]


def origin_of(url: str) -> Origin | None:
    """Return (scheme, host, port) of an http(s) address; None if it is not one."""
    # With the parser that opens the connection. Another one may see another host in the same text
    # ("http://a\\@b/"), and then the token would follow the one while the request follows the other.
    try:
        parts = parse_url(url)
    except LocationParseError:
        return None
    scheme, host = parts.scheme or "", (parts.host or "").rstrip(".")
    port = parts.port if parts.port is not None else _DEFAULT_PORTS.get(scheme)
    return (scheme, host, port) if host and port is not None and scheme in _DEFAULT_PORTS else None


def upgraded(origin: Origin) -> Origin:
    """Return the https origin of an http host on the standard ports; any other origin unchanged."""
    # Another port of the same host may belong to somebody else, so only 80 -> 443 counts as the same server.
    return ("https", origin[1], 443) if origin[0] == "http" and origin[2] == 80 else origin


@runtime_checkable
class TokenProvider(Protocol):
    """What hands out the token; None means that there is none and requests go without."""

    @property
    def token(self) -> str | None:
        """The token as of now."""
        ...


class StaticToken:
    """A token that was given literally.

    Parameters
    ----------
    token : str or None
        The token.
    fallback : TokenProvider, optional
        Asked instead, after CAVE_TOKEN, once this object has been unpickled and holds no token any more.
    """

    __slots__ = ("_fallback", "_lost", "_token")

    def __init__(self, token: str | None, fallback: TokenProvider | None = None) -> None:
        self._token = None if token is None else checked_token(token, "the token given")
        self._fallback = fallback
        self._lost = False

    @property
    def token(self) -> str | None:
        """The token; after unpickling, the one in CAVE_TOKEN or of the fallback.

        Raises
        ------
        AuthError
            The object was unpickled, and neither has a token.
        """
        if not self._lost:
            return self._token
        found = os.environ.get(TOKEN_VARIABLE) or (self._fallback.token if self._fallback else None)
        if found:
            return checked_token(found, f"the token in {TOKEN_VARIABLE}")
        raise AuthError(
            f"Set the environment variable {TOKEN_VARIABLE}, or save the token to a token file with"
            " client.auth.save_token(): this client was unpickled, and pickles hold no token given as text.",
            intended_status=401,
        )

    def __getstate__(self) -> dict[str, Any]:
        return {"fallback": self._fallback, "had_token": self._token is not None or self._lost}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._token = None
        self._fallback = state["fallback"]
        self._lost = state["had_token"]

    # A copy stays in this process, so it may share the token, which a pickle may not.
    def __copy__(self) -> StaticToken:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> StaticToken:
        return self

    def __repr__(self) -> str:
        return f"StaticToken({'hidden' if self._token else None})"


class FileToken:
    """A token in a JSON file; read at first use, in each process anew.

    Parameters
    ----------
    path : str or Path
        The file: `{"token": "..."}`.
    key : str
        Key of the token in it.
    """

    __slots__ = ("_lock", "_token", "key", "path")

    def __init__(self, path: str | Path, key: str = "token") -> None:
        self.path = Path(path).expanduser()
        self.key = key
        self._token: str | None = None
        self._lock = threading.Lock()

    @property
    def token(self) -> str | None:
        """The token in the file; None if there is no file, or no such key in it.

        Raises
        ------
        AuthError
            The file cannot be read, or is not a JSON object.
        """
        with self._lock:
            if self._token is None:
                self._token = self._read()
            return self._token

    def reload(self) -> None:
        """Forget what was read, so that the next use reads the file again."""
        with self._lock:
            self._token = None

    def _read(self) -> str | None:
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            # ValueError: its text may quote the file, so only its kind is told.
            raise AuthError(
                f"Mend or remove the token file {self.path}: it cannot be read ({type(error).__name__}).",
                intended_status=401,
            ) from None
        if not isinstance(document, dict):
            raise AuthError(
                f'Mend or remove the token file {self.path}: it should read {{"{self.key}": "..."}}.',
                intended_status=401,
            )
        found = document.get(self.key)
        return checked_token(found, f"the token in {self.path}") if isinstance(found, str) and found else None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.key)

    def __repr__(self) -> str:
        return f"FileToken({str(self.path)!r}, key={self.key!r})"


def checked_token(token: str, what: str) -> str:
    """Return a token without surrounding blanks, if it can stand in a header.

    Raises
    ------
    AuthError
        It holds blanks, line breaks or characters beyond ASCII. The message does not show it.
    """
    token = token.strip()
    if not _SENDABLE.fullmatch(token):
        raise AuthError(
            f"Give the token as the auth server shows it: {what} is empty, or holds blanks or letters"
            " that no token has.",
            intended_status=401,
        )
    return token


class Credentials:
    """The token and the servers it may go to; safe to share between threads.

    Parameters
    ----------
    provider : TokenProvider, str or None
        Where the token comes from; a literal token is wrapped in a `StaticToken`.
    addresses : iterable of str
        Addresses of the CAVE servers that may get it: "https://global.daf-apis.com".
    """

    __slots__ = ("_origins", "_provider")

    def __init__(self, provider: TokenProvider | str | None = None, addresses: Iterable[str] = ()) -> None:
        self._provider = StaticToken(provider) if isinstance(provider, str) else provider
        self._origins: frozenset[Origin] = frozenset()
        for address in addresses:
            self.allow(address)

    @classmethod
    def from_header(cls, auth_header: Mapping[str, str] | None, addresses: Iterable[str] = ()) -> Credentials:
        """Return credentials for a header as `auth.request_header` gives it.

        Parameters
        ----------
        auth_header : mapping or None
            `{"Authorization": "Bearer ..."}`; empty or None for requests without a token.
        addresses : iterable of str
            As for the class.

        Raises
        ------
        InvalidArgumentError
            The header is not a bearer header. The message does not show it.
        """
        if auth_header is not None and not isinstance(auth_header, Mapping):
            raise InvalidArgumentError('Give auth_header as {"Authorization": "Bearer <token>"}.')
        value = next((v for k, v in (auth_header or {}).items() if k.lower() == "authorization"), None)
        if value is None:
            return cls(None, addresses)
        scheme, _, token = value.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise InvalidArgumentError('Give auth_header as {"Authorization": "Bearer <token>"}.')
        return cls(token, addresses)

    @property
    def provider(self) -> TokenProvider | None:
        """Where the token comes from."""
        return self._provider

    @property
    def token_source(self) -> str | None:
        """Where the token comes from, in words that do not show it; None if its provider cannot tell."""
        return getattr(self._provider, "token_source", None)

    @property
    def origins(self) -> frozenset[Origin]:
        """The (scheme, host, port) that may get the token."""
        return self._origins

    def allow(self, address: str) -> None:
        """Let one more CAVE server have the token.

        Parameters
        ----------
        address : str
            Its address: "https://minnie.microns-daf.com".

        Raises
        ------
        InvalidArgumentError
            It is not an http or https address.
        """
        origin = origin_of(address)
        if origin is None:
            raise InvalidArgumentError(f"Give the server address as https://host, not {address!r}.")
        # A new set in one assignment: threads see the old one or the new one.
        self._origins |= {origin, upgraded(origin)}

    def header_for(self, url: str) -> dict[str, str]:
        """Return the authorization header for an address: empty where the token must not go.

        Parameters
        ----------
        url : str
            The full address of one request.

        Returns
        -------
        dict of str
            `{"Authorization": "Bearer ..."}` or nothing.

        Raises
        ------
        AuthError
            The token was lost in a pickle, or its file is broken.
        """
        if self._provider is None or origin_of(url) not in self._origins:
            return {}
        token = self._provider.token
        return {"Authorization": f"Bearer {checked_token(token, 'the token')}"} if token else {}

    def __getstate__(self) -> tuple[TokenProvider | None, frozenset[Origin]]:
        return self._provider, self._origins

    def __setstate__(self, state: tuple[TokenProvider | None, frozenset[Origin]]) -> None:
        self._provider, self._origins = state

    def __repr__(self) -> str:
        servers = sorted(f"{scheme}://{host}:{port}" for scheme, host, port in self._origins)
        return f"Credentials({type(self._provider).__name__}, servers={servers})"
