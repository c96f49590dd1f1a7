"""Viewer states and segment properties: JSON documents under a number."""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from caveclient_gen.offline.store import Store

__all__ = ["LARGEST", "SCHEMA", "States", "Taken"]

SCHEMA = """
CREATE TABLE state (
    id INTEGER PRIMARY KEY,
    made INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;
"""
"""`document` is the JSON as it came, in zlib's format: numbers that programs would round stay as written."""

LARGEST = 32 * 2**20
"""Bytes of one document."""

FIRST_NUMBER, END_OF_NUMBERS = 10**15, 2**53
"""Numbers that servers give: sixteen digits, and still exact in browsers."""


class Taken(Exception):
    """A number has a document already."""


class States:
    """The documents of the state service. States and properties share their numbers, as on servers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, number: int) -> bytes | None:
        """Return a document in zlib's format; None if there is none of that number."""
        query = "SELECT document FROM state WHERE id = ?"
        row = self._store.read().execute(query, (number,)).fetchone()
        return None if row is None else bytes(row[0])

    def add(self, user_id: int, document: bytes, *, number: int | None = None, at: int | None = None) -> int:
        """Keep a document and return its number.

        Parameters
        ----------
        user_id : int
            Who brings it.
        document : bytes
            JSON in UTF-8. It is kept byte for byte.
        number : int, optional
            The number that it gets; a free one is drawn if left out.
        at : int, optional
            When it was made, in microseconds since 1970; now if left out.

        Raises
        ------
        Refusal
            It is no JSON.
        Taken
            The number has a document already.
        """
        if not _is_json(self._store.read(), document):
            raise Refusal(
                400, "Send the state as JSON in UTF-8 (without NaN and Infinity): this body is none."
            )
        row = (
            self._store.clock.now() if at is None else at,
            user_id,
            zlib.compress(document),
        )
        with self._store.write() as connection:
            if number is None:
                number = _free_number(connection)
            try:
                connection.execute("INSERT INTO state VALUES (?, ?, ?, ?)", (number, *row))
            except sqlite3.IntegrityError:
                raise Taken(number) from None
        return number


def _free_number(connection: sqlite3.Connection) -> int:
    while True:
        number = FIRST_NUMBER + secrets.randbelow(END_OF_NUMBERS - FIRST_NUMBER)
        if connection.execute("SELECT 1 FROM state WHERE id = ?", (number,)).fetchone() is None:
            return number


def _is_json(connection: sqlite3.Connection, document: bytes) -> bool:
    """Whether a document is JSON, which NaN and Infinity are not: browsers cannot read them.

    SQLite makes no Python objects of it, of which 32 MB of brackets would be a gigabyte.
    """
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # To SQLite, a text ends at its first NUL.
    return "\0" not in text and connection.execute("SELECT json_valid(?)", (text,)).fetchone() == (1,)
