"""The token of a client: found, shown how to get, saved. And look-ups of users by several numbers."""

from __future__ import annotations

import logging
import os
import warnings
import webbrowser
from typing import TYPE_CHECKING

from caveclient_gen._runtime.addresses import normalise_address
from caveclient_gen._runtime.credentials import TOKEN_VARIABLE, FileToken, checked_token
from caveclient_gen._runtime.errors import AuthError, InvalidArgumentError, PermissionDeniedError
from caveclient_gen._runtime.private_files import expand
from caveclient_gen.mixins.token_places import DEFAULT_KEY, SHARED_FILE, server_token_file
from caveclient_gen.mixins.tokens import TokenLookup, check_free, save_everywhere

if TYPE_CHECKING:
    from pathlib import Path

    from caveclient_gen._generated.auth_v1 import AuthOperationsV1 as _Operations
    from caveclient_gen._generated.types_auth import User
    from caveclient_gen._runtime.typing import IdLike, IdsLike
else:
    _Operations = object

logger = logging.getLogger(__name__)


class AuthMixin(_Operations):
    """The token of a client and look-ups of users."""

    _lookup: TokenLookup
    _local_server: str | None

    @property
    def token(self) -> str | None:
        """The token that proves to the servers who you are; None if there is none.

        Looked for in this order: given in the call, the token file given in the call, the environment
        variable CAVE_TOKEN, the file of this server, the file for all servers.

        Raises
        ------
        AuthError
            A token file is damaged; or this client was pickled with a token that was given to it, and
            there is none where it is now.
        """
        return self._lookup.token

    @property
    def token_source(self) -> str:
        """Where the token comes from, in words that do not show it."""
        return self._lookup.token_source

    @property
    def request_header(self) -> dict[str, str]:
        """Header that carries the token; empty if there is none. Send it to CAVE servers only."""
        token = self.token
        return {"Authorization": f"Bearer {token}"} if token else {}

    @property
    def local_server(self) -> str | None:
        """Address of the datastack's own server; tokens are saved for it too, as CloudVolume looks there."""
        return self._local_server

    @local_server.setter
    def local_server(self, address: str | None) -> None:
        self._local_server = None if address is None else normalise_address(address, name="local_server")

    @property
    def local_server_filepath(self) -> str | None:
        """File that holds the tokens of the datastack's own server; None while that server is not known."""
        return None if self._local_server is None else str(server_token_file(self._local_server))

    def get_token(self, token_key: str | None = None) -> str | None:
        """Return a token from the token files; the client goes on using the one it has.

        Parameters
        ----------
        token_key : str, optional
            Key of the token in the files. Left out: the token that the client uses.

        Returns
        -------
        str or None
            The token. None if there is none under this key.
        """
        if token_key is None or token_key == self._lookup.token_key:
            return self.token
        return self._lookup.in_files(token_key)

    def get_token_page(self, open: bool = True) -> str:  # noqa: A002  documented name
        """Return the address of the page that lists your tokens.

        Parameters
        ----------
        open : bool
            Open it in the browser, too.

        Returns
        -------
        str
            Address of the page.

        Examples
        --------
        >>> client.auth.get_token_page(open=False)
        'https://cave.example.org/sticky_auth/settings/tokens'
        """
        address = self._token_page()
        if open:
            webbrowser.open(address)
        return address

    def get_new_token(self, open: bool = False, *, no_text: bool = False) -> None:  # noqa: A002  documented name
        """Print how to get a new token and where to save it.

        The tokens that you have stay valid. `create_token()` makes one without a browser, if you have one.

        Parameters
        ----------
        open : bool
            Open the page that makes a token in the browser, too.
        no_text : bool
            Print nothing.
        """
        address = self._new_token_page()
        if not no_text:
            _say(
                f"To get a new token:\n"
                f"  1. Open {address}, log in and accept the terms of service, if you are asked to.\n"
                f"  2. Copy the text in quotes that the page shows: that is your token.\n"
                f"  3. Save it with client.auth.save_token(token='...'). It goes to {self._main_file()}.\n"
                f"{self._other_way()}\n"
                f"Each opening of the page makes one more token; client.auth.get_tokens() lists them."
            )
        if open:
            webbrowser.open(address)

    def setup_token(self, make_new: bool = True, open: bool = True) -> None:  # noqa: A002  documented name
        """Print how to set up this computer with a token, new or one that you have.

        Parameters
        ----------
        make_new : bool
            Make a new token. False: look up one that you have.
        open : bool
            Open the page in the browser, too.
        """
        if make_new:
            self.get_new_token(open=open)
            return
        address = self.get_token_page(open=open)
        _say(
            f"To use a token that you have:\n"
            f"  1. Open {address} and log in, if you are asked to.\n"
            f"  2. Copy one of the tokens that the page lists.\n"
            f"     None there? client.auth.get_new_token() says how to make one.\n"
            f"  3. Save it with client.auth.save_token(token='...'). It goes to {self._main_file()}.\n"
            f"{self._other_way()}"
        )

    def save_token(
        self,
        token: str | None = None,
        token_key: str = DEFAULT_KEY,
        overwrite: bool = False,
        token_file: str | os.PathLike[str] | None = None,
        switch_token: bool = True,
        write_to_server_file: bool = True,
        *,
        ignore_readonly: bool = True,
        local_server: bool = True,
    ) -> None:
        """Save a token on this computer, in files that only you may read.

        Nothing is written unless all files may be: another token in one of them is an error.

        Parameters
        ----------
        token : str, optional
            The token. Left out: the one that the client uses.
        token_key : str
            Key to save it under.
        overwrite : bool
            Replace other tokens that are there under this key.
        token_file : str or Path, optional
            File to save it in. Left out: the one that the client was made with, or the one for all servers.
        switch_token : bool
            Use this token from now on.
        write_to_server_file : bool
            Save it in the file of this server too, so that this computer can hold tokens of several servers.
        ignore_readonly : bool
            Warn instead of raising when a file cannot be written.
        local_server : bool
            Save it for the datastack's own server too, if that is known; CloudVolume looks there.

        Raises
        ------
        InvalidArgumentError
            There is no token to save; or another one is there, and `overwrite` is False.
        OSError
            A file cannot be written, and `ignore_readonly` is False.
        """
        token = self.token if token is None else checked_token(token, "the token to save")
        if token is None:
            raise InvalidArgumentError("Pass the token to save; get_new_token() says how to get one.")
        main = self._main_file() if token_file is None else expand(token_file)
        paths = self._files_to_write(main, write_to_server_file, local_server)
        for path in paths:
            check_free(path, token_key, token, overwrite)
        failed = save_everywhere(paths, token_key, token, ignore_readonly)
        if failed:
            names = ", ".join(map(str, failed))
            warnings.warn(f"The token was not saved in {names}: cannot write there.", stacklevel=2)
        if switch_token:
            saved = [path for path in paths if path not in failed]
            self._lookup.switch_to(token, FileToken(saved[0], token_key) if saved else None)
            if os.environ.get(TOKEN_VARIABLE, token) != token:
                logger.warning(
                    "Unset %s: it holds another token, which new sessions will use.", TOKEN_VARIABLE
                )

    def change_token(
        self,
        token: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        token_key: str | None = None,
    ) -> None:
        """Use another token from now on; nothing is saved.

        Parameters
        ----------
        token : str, optional
            The token. Left out: it is looked for again, in the files.
        token_file : str or Path, optional
            The only file to look in. Left out: the same as before.
        token_key : str, optional
            Key of the token in the files. Left out: the same as before.
        """
        self._lookup.reconfigure(token, token_file, token_key)

    def get_token_ttl(self, token: str | None = None) -> int:
        """Tell how long a token stays valid.

        Parameters
        ----------
        token : str, optional
            One of your tokens. Left out: the one that the client uses.

        Returns
        -------
        int
            Seconds; -1 if it does not expire.

        Raises
        ------
        NotFoundError
            It is not one of your tokens.
        """
        asked = self.token if token is None else token
        if asked is None:
            raise AuthError("Save a token first: there is none to ask about. get_new_token() says how.")
        return self._get_token_ttl(asked)

    def get_user_information(self, user_ids: IdsLike | IdLike, *, progress: bool | None = None) -> list[User]:
        """Get the records of users, if you administer some group or permission set.

        Everybody may look up names: see `get_usernames`.

        Parameters
        ----------
        user_ids : int or sequence of int
            Numbers of the users.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        list of User
            One record per user, in the order asked for. Numbers that no user has are left out.

        Raises
        ------
        PermissionDeniedError
            You administer nothing.

        Examples
        --------
        >>> [user["name"] for user in client.auth.get_user_information([1, 2, 3])]
        ['Bench Admin', 'Bench Editor', 'Bench Viewer']
        """
        ids = _distinct(user_ids)
        if not ids:
            return []  # the server would take no numbers for all users
        try:
            records = {record["id"]: record for record in self._get_user_information(ids, progress=progress)}
        except PermissionDeniedError as error:
            error.add_note("Names alone are there for everybody: client.auth.get_usernames(user_ids).")
            raise
        return [records[number] for number in ids if number in records]

    def get_usernames(self, user_ids: IdsLike | IdLike, *, progress: bool | None = None) -> dict[int, str]:
        """Look up the names of users.

        Parameters
        ----------
        user_ids : int or sequence of int
            Numbers of the users.
        progress : bool, optional
            Show a bar when the call goes out as several requests; by default in a terminal or notebook.

        Returns
        -------
        dict of int to str
            Name by number, in the order asked for. Numbers that no user has are left out.
        """
        ids = _distinct(user_ids)
        if not ids:
            return {}
        names = {record["id"]: record["name"] for record in self._get_usernames(ids, progress=progress)}
        return {number: names[number] for number in ids if number in names}

    def _other_way(self) -> str:
        return f"Or set the environment variable {TOKEN_VARIABLE}. Keep tokens out of notebooks and scripts."

    def _main_file(self) -> Path:
        return self._lookup.token_file or expand(SHARED_FILE)

    def _files_to_write(self, main: Path, for_server: bool, for_local_server: bool) -> list[Path]:
        paths = [main]
        if for_server:
            paths.append(server_token_file(self._lookup.server_address))
        if for_local_server and self._local_server is not None:
            paths.append(server_token_file(self._local_server))
        return list(dict.fromkeys(paths))


def _distinct(user_ids: IdsLike | IdLike) -> list[int]:
    from caveclient_gen._runtime.ids import as_ids

    return list(dict.fromkeys(as_ids(user_ids, name="user_ids").tolist()))


def _say(text: str) -> None:
    print(text)  # noqa: T201  the documented job of these methods is to tell a person at a prompt what to do
