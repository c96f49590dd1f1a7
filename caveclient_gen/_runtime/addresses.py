"""One form for every server address, found once at the boundary.

People write `www.myserver.com`, `https://www.myserver.com/` and `HTTPS://www.myserver.com:443` for the
same server. Everything behind this module sees one of them: scheme, host and port in lower case, no slash
at the end. A token belongs to a scheme, host and port, so a sloppy address would also be a leak.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from caveclient_gen._runtime.plain_errors import InvalidArgumentError

DEFAULT_GLOBAL_SERVER = "https://global.daf-apis.com"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_address(address: str, *, name: str = "server_address") -> str:
    """Return a server's address in the form that the package uses.

    Parameters
    ----------
    address : str
        Address with or without scheme. Without one it is read as https, on this machine itself as http.
    name : str
        What the caller calls this argument; for the message.

    Returns
    -------
    str
        "scheme://host[:port][/path]": lower case up to the path, no default port, no slash at the end.

    Raises
    ------
    InvalidArgumentError
        It is no http(s) address, or has a user, password, query or fragment in it.
    """
    if not isinstance(address, str):
        raise InvalidArgumentError(
            f"Give {name} as text like {DEFAULT_GLOBAL_SERVER!r}, not as {type(address).__name__}."
        )
    parts, host, port = _split(address.strip(), name)
    if parts.username is not None or parts.password is not None:
        # The address is not repeated: what stands before the @ may be a secret.
        raise InvalidArgumentError(f"Give {name} without user and password; tokens go into a token file.")
    if parts.query or parts.fragment:
        raise InvalidArgumentError(f"Give {name} without what follows '?' or '#': {address!r}.")
    shown_host = f"[{host}]" if ":" in host else host
    netloc = shown_host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{shown_host}:{port}"
    return urlunsplit(SplitResult(parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def host_of(address: str) -> str:
    """Return the host of an address, with the port if it is not the scheme's own."""
    return urlsplit(normalise_address(address)).netloc


def address_in_link(link: str) -> str:
    """Return the address of the document that a link to a viewer shows, or the link if it is no such link."""
    for mark in ("#!", "json_url="):
        _, found, after = link.partition(mark)
        if found:
            link = unquote(after)
            break
    return link.strip().removeprefix("middleauth+")


def trusted_local_server(local_server: str, global_server: str) -> str:
    """Return the address under which a datastack's own server may get the token.

    Parameters
    ----------
    local_server : str
        The address as the info service has it.
    global_server : str
        The server of that info service.

    Returns
    -------
    str
        The address. If the user chose https for the shared server, it is https here too: a record that
        says http must not send the token over the open network.
    """
    address = normalise_address(local_server, name="local_server")
    is_open = address.startswith("http://") and _scheme_for(host_of(address)) == "https"
    if is_open and normalise_address(global_server).startswith("https://"):
        return normalise_address(f"https://{address.removeprefix('http://')}")
    return address


def _split(text: str, name: str) -> tuple[SplitResult, str, int | None]:
    if not text or not text.isprintable() or any(letter.isspace() for letter in text) or "\\" in text:
        raise InvalidArgumentError(f"Give {name} as an address like {DEFAULT_GLOBAL_SERVER!r}.")
    if "://" not in text:
        text = f"{_scheme_for(text)}://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidArgumentError(f"Give {name} as host or host:port; this one has {error}.") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidArgumentError(f"Give {name} with http or https: {parts.scheme!r} is neither.")
    if not host:
        raise InvalidArgumentError(f"Give {name} with a host, like {DEFAULT_GLOBAL_SERVER!r}.")
    return parts, host, port


def _scheme_for(text: str) -> str:
    """Servers on this machine rarely speak TLS; all others are expected to."""
    host = urlsplit(f"//{text}").hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return "http"
    try:
        return "http" if ipaddress.ip_address(host).is_loopback else "https"
    except ValueError:
        return "https"
