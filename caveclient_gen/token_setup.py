"""The dialogue that sets up a computer: ask for a token, try it, save it, remember where datastacks are."""

from __future__ import annotations

from getpass import getpass
from typing import TYPE_CHECKING

import requests

from caveclient_gen import datastack_lookup
from caveclient_gen._runtime.errors import AuthException, CAVEError, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from caveclient_gen.frameworkclient import CAVEclientGlobal

__all__ = ["set_up_token"]

_TRIES = 3


def set_up_token(
    client: CAVEclientGlobal,
    overwrite: bool = True,
    open: bool = True,  # noqa: A002  as in `CAVEclient.setup_token`
    *,
    ask: Callable[[str], str] | None = None,
    complain: Callable[[str], object] | None = None,
) -> bool:
    """Ask for a token at the prompt, try it on the server, and save it.

    Parameters
    ----------
    client : CAVEclientGlobal
        Client of the server that the token is for.
    overwrite : bool
        Replace a token that is saved already.
    open : bool
        Open the page that lists tokens in the browser.
    ask : callable, optional
        Shows a prompt and returns what was typed. Left out: `getpass.getpass`, which does not show it.
    complain : callable, optional
        Shows why nothing was saved. Left out: `print`.

    Returns
    -------
    bool
        Whether a token was saved. If not, what to do was printed.
    """
    page = client.auth.get_token_page(open=open)
    _say(f"Open {page}, log in, and copy one of your tokens or make a new one.")
    ask, complain = ask or getpass, complain or _say
    datastacks = _ask_for_token(client, ask, complain)
    if datastacks is None:
        return False
    try:
        # Not as scripts have it by default: here a warning would stand beside "The token is saved."
        client.auth.save_token(overwrite=overwrite, ignore_readonly=False)
    except OSError as error:
        remedy = f"Make {error.filename} writable, or set CAVE_TOKEN: {error.strerror}."
        complain(f"{remedy}\nThe token is not saved everywhere.")
        return False
    except InvalidArgumentError as error:
        complain(f"{error}\nNothing was saved.")
        return False
    _say(f"The token is saved. You can use {len(datastacks)} datastacks.")
    for name in datastacks:
        _remember(client, name, overwrite)
    return True


def _ask_for_token(
    client: CAVEclientGlobal, ask: Callable[[str], str], complain: Callable[[str], object]
) -> list[str] | None:
    for _ in range(_TRIES):
        try:
            token = ask("Token (it is not shown while you paste it): ").strip()
            client.change_auth(auth_token=token)
            return client.info.get_datastacks()
        except AuthException:
            complain("Copy the token again, without the quotes: the server does not accept this one.")
        except (CAVEError, requests.RequestException) as error:
            complain(f"{error}\nThe token could not be tried, and nothing was saved.")
            return None
        except EOFError:
            break
    complain("Start again with a token that works. Nothing was saved.")
    return None


def _remember(client: CAVEclientGlobal, datastack: str, overwrite: bool) -> None:
    known = datastack_lookup.get_datastack_cache()
    if overwrite or datastack not in known:
        datastack_lookup.handle_server_address(datastack, client.server_address, write=True)
    try:
        client.auth.local_server = client.info.local_server(datastack)
        client.auth.save_token(overwrite=overwrite, switch_token=False)
    except CAVEError as error:
        # One datastack whose record or terms of service are not in order must not stop the others.
        _say(f"{datastack}: its own server is not known here yet. {error}")


def _say(text: str) -> None:
    print(text)  # noqa: T201  this is a dialogue
