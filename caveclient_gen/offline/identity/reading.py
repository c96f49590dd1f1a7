"""Reads people, tokens and what is guarded from the database, all at once, to be kept in memory."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.identity.records import MissingTerms, Token, User

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

__all__ = ["read_guarded", "read_tokens", "read_users"]

PERMISSIONS = """
SELECT DISTINCT m.person_id, s.name, p.id, p.name
FROM membership m JOIN granted g USING (group_id) JOIN permission_set s ON s.id = g.permission_set_id
JOIN permission p ON p.id = g.permission_id
ORDER BY m.person_id, s.id, p.id
"""
MISSING = """
SELECT DISTINCT m.person_id, s.name, t.id, t.name, s.id
FROM membership m JOIN granted g USING (group_id) JOIN permission_set s ON s.id = g.permission_set_id
JOIN terms t ON t.id = s.terms_id
LEFT JOIN acceptance a ON a.terms_id = t.id AND a.person_id = m.person_id
WHERE a.at IS NULL ORDER BY m.person_id, s.id
"""
"""Terms of permission sets that people have some permission in, and have not accepted."""
GROUPS = """
SELECT m.person_id, g.name, m.is_admin FROM membership m JOIN people_group g ON g.id = m.group_id
ORDER BY m.person_id, g.id
"""
ADMINS = """
SELECT a.person_id, s.id, s.name
FROM permission_set_admin a JOIN permission_set s ON s.id = a.permission_set_id
ORDER BY a.person_id, s.id
"""
PEOPLE = "SELECT id, name, email, is_admin, pi, created, is_service_account FROM person ORDER BY id"


def read_users(connection: sqlite3.Connection) -> dict[int, User]:
    """Return all people by number."""
    permissions: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for person, name, _, permission in connection.execute(PERMISSIONS):
        permissions[person][name] = (*permissions[person].get(name, ()), permission)
    missing: dict[int, list[MissingTerms]] = defaultdict(list)
    for person, *terms in connection.execute(MISSING):
        missing[person].append(MissingTerms(*terms))
    groups: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for person, name, is_admin in connection.execute(GROUPS):
        groups[person].append((name, is_admin))
    sets: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for person, number, name in connection.execute(ADMINS):
        sets[person].append((number, name))

    def user(row: tuple[Any, ...]) -> User:
        number, name, email, is_admin, pi, created, is_service_account = row
        return User(
            number,
            name,
            email,
            bool(is_admin),
            permissions[number],
            tuple(missing[number]),
            tuple(group for group, _ in groups[number]),
            tuple(group for group, is_group_admin in groups[number] if is_group_admin),
            tuple(sets[number]),
            pi,
            created,
            bool(is_service_account),
        )

    return {row[0]: user(row) for row in connection.execute(PEOPLE).fetchall()}


def read_tokens(connection: sqlite3.Connection) -> Iterator[tuple[bytes, Token]]:
    """Yield each token's hash and what is known of the token."""
    rows = connection.execute(
        "SELECT hash, id, person_id, description, created, updated, last_used, expires FROM token"
    )
    for key, *more in rows:
        yield key, Token(*more)


def read_guarded(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Return the permission set of every guarded name, by namespace and name."""
    rows = connection.execute(
        "SELECT g.namespace, g.name, s.name"
        " FROM guarded g JOIN permission_set s ON s.id = g.permission_set_id"
    )
    return {(namespace, name): permission_set for namespace, name, permission_set in rows}
