"""Where tokens are kept on this computer, which one is used, and how one is saved.

The order of look-up, the first that has a token wins:

1. a token given in the call;
2. a token file given in the call, which then is the only file asked;
3. the environment variable CAVE_TOKEN;
4. the file of this server, `<host>-cave-secret.json`;
5. the file for all servers, `cave-secret.json`, and after it the name it had long ago.

Files are found once, when the look-up is built, and read at first use; so building a client neither reads
nor fails, and a copy in another process reads for itself.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.credentials import (
    TOKEN_VARIABLE,
    FileToken,
    StaticToken,
    checked_token,
)
from caveclient_gen._runtime.errors import AuthError, InvalidArgumentError
from caveclient_gen._runtime.private_files import (
    DamagedFileError,
    expand,
    keep_damaged,
    read_object,
    write_object,
)
from caveclient_gen.mixins.token_places import (
    DEFAULT_KEY,
    OLD_NAMES,
    SHARED_NAME,
    TOKEN_FOLDER,
    server_token_file,
)

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


class TokenLookup:
    """The token of one server, found where the user keeps it; shared by all clients of that server.

    Parameters
    ----------
    server_address : str
        The server that the token is for.
    token : str, optional
        A token, instead of looking for one.
    token_file : str or Path, optional
        The only file to look in.
    token_key : str, optional
        Key of the token in the files. "token" if left out.
    """

    def __init__(
        self,
        server_address: str,
        token: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        token_key: str | None = None,
    ) -> None:
        self.server_address = server_address
        self.token_file: Path | None = None if token_file is None else expand(token_file)
        self.token_key = token_key or DEFAULT_KEY
        self._files = self._find_files()
        self._given = None if token is None else StaticToken(token, fallback=_FirstFile(self._files))

    @property
    def token(self) -> str | None:
        """The token as of now; None if there is none anywhere.

        Raises
        ------
        AuthError
            A file on the way is damaged, or the token given was lost in a pickle and there is no other.
        """
        return self._look_up()[0]

    @property
    def token_source(self) -> str:
        """Where the token comes from, in words that do not show it."""
        try:
            return self._look_up()[1]
        except AuthError as error:
            return str(error).partition("\n")[0]

    @property
    def files(self) -> tuple[FileToken, ...]:
        """The files that are asked, in order."""
        return self._files

    def in_files(self, key: str) -> str | None:
        """Return the token under another key, from the first of the files that has it."""
        return _FirstFile(tuple(FileToken(file.path, key) for file in self._files)).token

    def reconfigure(
        self,
        token: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        token_key: str | None = None,
    ) -> None:
        """Use another token from now on; file and key stay as they are when they are left out.

        Parameters
        ----------
        token : str, optional
            A token. Left out: it is looked for again, in the files.
        token_file : str or Path, optional
            The only file to look in.
        token_key : str, optional
            Key of the token in the files.
        """
        changed = TokenLookup(
            self.server_address, token, token_file or self.token_file, token_key or self.token_key
        )
        # Given after the check of the token, and in one go: other threads use this object meanwhile.
        self.__dict__.update(changed.__dict__)

    def switch_to(self, token: str, saved_in: FileToken | None) -> None:
        """Use a token that was just saved; copies in other processes will find it in `saved_in`."""
        self._given = StaticToken(token, fallback=saved_in or _FirstFile(self._files))

    def _find_files(self) -> tuple[FileToken, ...]:
        if self.token_file is not None:
            return (FileToken(self.token_file, self.token_key),)
        shared = (f"{TOKEN_FOLDER}/{name}" for name in (SHARED_NAME, *OLD_NAMES))
        paths = (server_token_file(self.server_address), *map(expand, shared))
        return tuple(FileToken(path, self.token_key) for path in paths)

    def _look_up(self) -> tuple[str | None, str]:
        if self._given is not None:
            return self._given.token, "given to this client"
        if self.token_file is None:
            # Asked each time: a notebook may set it after the client was built.
            named = os.environ.get(TOKEN_VARIABLE)
            if named:
                variable = f"environment variable {TOKEN_VARIABLE}"
                return checked_token(named, f"the {variable}"), variable
        for file in self._files:
            token = file.token
            if token:
                return token, f"file {file.path}, key {file.key!r}"
        looked = ", ".join(str(file.path) for file in self._files)
        if self.token_file is not None:
            return None, f"nowhere: {looked}, the only file to look in, has none under {self.token_key!r}"
        return None, f"nowhere: neither {TOKEN_VARIABLE} nor {looked} has one"

    def __repr__(self) -> str:
        return f"TokenLookup({self.server_address!r}, files={[str(file.path) for file in self._files]})"


class _FirstFile:
    """The token of the first file that has one."""

    def __init__(self, files: tuple[FileToken, ...]) -> None:
        self._files = files

    @property
    def token(self) -> str | None:
        return next(filter(None, (file.token for file in self._files)), None)


def write_token(
    token: str,
    filepath: str | os.PathLike[str],
    key: str,
    overwrite: bool = True,
    *,
    ignore_readonly: bool = False,
) -> None:
    """Save a token under a key of a JSON file that only its owner may read.

    Parameters
    ----------
    token : str
        The token.
    filepath : str or Path
        The file; `~` is the home. Made when missing, with its folders. Its other keys stay.
    key : str
        Key to save it under.
    overwrite : bool
        Replace another token that is there under this key.
    ignore_readonly : bool
        Log a warning instead of raising when the file cannot be written.

    Raises
    ------
    InvalidArgumentError
        There is another token under this key, or the file is damaged, and `overwrite` is False.
    OSError
        The file cannot be written.
    """
    path = expand(filepath)
    token = checked_token(token, "the token to save")
    check_free(path, key, token, overwrite)
    try:
        _put(path, key, token)
    except OSError as error:
        if not ignore_readonly:
            raise
        logger.warning("The token was not saved in %s: %s", path, error.strerror)


def check_free(path: Path, key: str, token: str, overwrite: bool) -> None:
    """Refuse to replace another token, unless that is wanted; nothing is written.

    Raises
    ------
    InvalidArgumentError
        There is another token under the key, or the file is damaged, and `overwrite` is False.
    """
    if overwrite:
        return
    try:
        there = (read_object(path) or {}).get(key)
    except DamagedFileError as error:
        raise InvalidArgumentError(f"{error} Or pass overwrite=True: it is then moved aside.") from None
    if there is not None and there != token:
        raise InvalidArgumentError(
            f"Pass overwrite=True to replace the token in {path}: another one is there under {key!r}."
        )


def save_everywhere(paths: list[Path], key: str, token: str, ignore_readonly: bool) -> list[Path]:
    """Save a token in several files and return those that could not be written.

    Parameters
    ----------
    paths : list of Path
        The files, as `expand` gives them.
    key : str
        Key to save it under.
    token : str
        The token.
    ignore_readonly : bool
        Go on when a file cannot be written.
    """
    failed = []
    for path in paths:
        try:
            _put(path, key, token)
        except OSError:
            if not ignore_readonly:
                raise
            failed.append(path)
    return failed


def _put(path: Path, key: str, token: str) -> None:
    content: dict[str, Any] | None
    try:
        content = read_object(path)
    except DamagedFileError:
        keep_damaged(path)
        content = None
    # The same token under the same key needs no write: the folder may be read-only.
    if content is None or content.get(key) != token:
        write_object(path, {**(content or {}), key: token})
