"""Who asks, and what they may do.

Every request asks `user_of`, so people and token hashes are kept in memory until something about them
changes. When a token was last used is noted in memory too, and stored when somebody lists tokens: a request
that only reads must not wait for another one's edit.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.identity.groups import Groups
from caveclient_gen.offline.identity.reading import read_guarded, read_tokens, read_users
from caveclient_gen.offline.identity.records import MissingTerms, Token, User
from caveclient_gen.offline.identity.rights import Rights
from caveclient_gen.offline.identity.standard import PEOPLE
from caveclient_gen.offline.store import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.store import Store

__all__ = ["PEOPLE", "Identity", "MissingTerms", "Token", "User"]

LONGEST_LIFETIME = 100 * 365 * 86_400.0


@dataclass(frozen=True)
class _Known:
    """People and tokens as of one revision."""

    users: Mapping[int, User]
    tokens: Mapping[bytes, tuple[bytes, Token]] = field(repr=False)
    """First half of a hash to the whole hash and the token."""
    guarded: Mapping[tuple[str, str], str]


class Identity:
    """The people of one dataset. Tokens lie in the database as SHA-256, never themselves.

    Parameters
    ----------
    store : Store
        The database.
    facts : Facts
        The dataset's names.
    """

    def __init__(self, store: Store, facts: Facts) -> None:
        self._store = store
        self._facts = facts
        self._known = Kept(store, "identity", self._read)
        self._used: dict[int, int] = {}
        self.groups = Groups(store)
        self.rights = Rights(store)

    # ---- who asks

    def user_of(self, token: str) -> User | None:
        """Return whose token it is; None if nobody's, or expired."""
        known = self._known.get()
        found = self._find(known, token)
        if found is None:
            return None
        self._used[found.id] = self._store.clock.now()
        return known.users[found.person_id]

    def user(self, number: int) -> User | None:
        """Return the user of a number; None if there is none."""
        return self._known.get().users.get(number)

    def users(self) -> list[User]:
        """Return all users, service accounts too, in the order of their numbers."""
        return list(self._known.get().users.values())

    def keys(self) -> dict[int, str]:
        """Return what `issue` calls the people whom it knows, by their numbers."""
        rows = self._store.read().execute("SELECT id, key FROM person WHERE key IS NOT NULL ORDER BY id")
        return dict(rows.fetchall())

    def permission_set(self, namespace: str, name: str) -> str | None:
        """Return the permission set of a datastack, volume or segmentation table; None if it is unknown.

        `namespace` is "datastack", "aligned_volume" or "pychunkedgraph".
        """
        return self._known.get().guarded.get((namespace, name))

    @property
    def own_permission_set(self) -> str:
        """The permission set of the dataset itself, for what names no table."""
        return self._facts.permission_set

    # ---- tokens

    def issue(self, person: str, *, lifetime: float | None = None, description: str = "") -> str:
        """Make a token (32 hex digits) for one of the dataset's people.

        `lifetime` is in seconds; with 0 or less it is expired at once.

        Raises
        ------
        CAVEError
            There is nobody of that name.
        """
        row = self._store.read().execute("SELECT id FROM person WHERE key = ?", (person,)).fetchone()
        if row is None:
            known = ", ".join(self.keys().values())
            raise CAVEError(f"Choose one of {known}: the dataset knows no {person!r}.")
        return self.issue_to(row[0], lifetime=lifetime, description=description)

    def issue_to(
        self, person_id: int, *, lifetime: float | None = None, description: str | None = None
    ) -> str:
        """Make a token for the user of a number; else like `issue`."""
        token = secrets.token_hex(16)
        with self._store.write() as connection:
            now = self._store.clock.now()
            connection.execute(
                "INSERT INTO token (person_id, hash, description, created, updated, expires)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (person_id, _hash(token), description, now, now, _end(now, lifetime)),
            )
            self._store.touch("identity")
        return token

    def token_of(self, token: str) -> Token | None:
        """Return what is known of a valid token; None if it is nobody's, or expired."""
        return self._find(self._known.get(), token)

    def tokens(self, person_id: int) -> list[Token]:
        """Return the tokens of a user that do not expire, newest first; notes down when they were used."""
        used = [(at, at, number, at) for number, at in self._used.copy().items()]
        with self._store.write() as connection:
            connection.executemany(
                "UPDATE token SET last_used = ?, updated = ? WHERE id = ? AND coalesce(last_used, 0) < ?",
                used,
            )
        rows = self._store.read().execute(
            "SELECT id, person_id, description, created, updated, last_used, expires FROM token"
            " WHERE person_id = ? AND expires IS NULL ORDER BY id DESC",
            (person_id,),
        )
        return [Token(*row) for row in rows]

    def revoke(self, person_id: int, token_id: int) -> bool:
        """Make a user's token invalid for good; False if they have none of that number."""
        with self._store.write() as connection:
            gone = connection.execute(
                "DELETE FROM token WHERE id = ? AND person_id = ?", (token_id, person_id)
            ).rowcount
            self._store.touch("identity")
        return gone > 0

    def end(self, tokens: Iterable[str]) -> None:
        """Make tokens invalid for good, whoever they belong to: those of a server that stops.

        In a folder that was deleted meanwhile there is nothing to do, and nothing is raised.
        """
        hashes = [(_hash(token),) for token in tokens]
        with suppress(sqlite3.OperationalError), self._store.write() as connection:
            connection.executemany("DELETE FROM token WHERE hash = ?", hashes)
            self._store.touch("identity")

    def exchange(self, person_id: int) -> str | None:
        """Exchange a user's only lasting token for a new one; None, and no change, if they have several."""
        with self._store.write() as connection:
            rows = connection.execute(
                "SELECT id FROM token WHERE person_id = ? AND expires IS NULL", (person_id,)
            ).fetchall()
            if len(rows) > 1:
                return None
            connection.executemany("DELETE FROM token WHERE id = ?", rows)
            return self.issue_to(person_id)

    # ---- inside

    def _find(self, known: _Known, token: str) -> Token | None:
        asked = _hash(token)
        kept, found = known.tokens.get(asked[:16], (b"", None))
        if not hmac.compare_digest(kept, asked) or found is None:
            return None
        if found.expires is not None and found.expires <= self._store.clock.now():
            return None
        return found

    def _read(self) -> _Known:
        connection = self._store.read()
        tokens = {key[:16]: (key, token) for key, token in read_tokens(connection)}
        return _Known(read_users(connection), tokens, read_guarded(connection))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _end(now: int, lifetime: float | None) -> int | None:
    if lifetime is None:
        return None
    if math.isnan(lifetime):
        raise CAVEError("Give the lifetime in seconds: it is not a number.")
    seconds = min(max(lifetime, 0.0), LONGEST_LIFETIME)
    return now + round(seconds * 1_000_000)
