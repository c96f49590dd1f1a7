"""Permission sets, what groups may do in them, and the terms of service that stand before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.offline.store import Store

__all__ = ["Rights"]

Grant = tuple[int, str, str, int]
"""Number and name of a group or permission set; name and number of a permission."""


class Rights:
    """The permission sets of one dataset.

    Parameters
    ----------
    store : Store
        The database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def permission_sets(self) -> list[tuple[int, str, int | None]]:
        """Return number, name and terms of all permission sets."""
        query = "SELECT id, name, terms_id FROM permission_set ORDER BY id"
        return self._store.read().execute(query).fetchall()

    def permission_set(self, number: int) -> tuple[int, str, int | None]:
        """Return number, name and terms of one permission set.

        Raises
        ------
        Refusal
            404: there is none of that number.
        """
        found = next((row for row in self.permission_sets() if row[0] == number), None)
        if found is None:
            raise Refusal(404, "dataset doesn't exist")
        return found

    def admins(self, number: int) -> list[tuple[int, str]]:
        """Return number and name of those who administer a permission set."""
        query = (
            "SELECT p.id, p.name FROM person p JOIN permission_set_admin a ON a.person_id = p.id"
            " WHERE a.permission_set_id = ? ORDER BY p.id"
        )
        return self._store.read().execute(query, (number,)).fetchall()

    def permissions(self) -> list[tuple[int, str]]:
        """Return number and name of the permissions that there are."""
        return self._store.read().execute("SELECT id, name FROM permission ORDER BY id").fetchall()

    def groups_of(self, number: int) -> list[Grant]:
        """Return which groups may do what in a permission set."""
        query = (
            "SELECT g.id, g.name, p.name, p.id FROM granted r JOIN people_group g ON g.id = r.group_id"
            " JOIN permission p ON p.id = r.permission_id WHERE r.permission_set_id = ? ORDER BY g.id, p.id"
        )
        return self._store.read().execute(query, (number,)).fetchall()

    def sets_of(self, group_id: int) -> list[Grant]:
        """Return what a group may do in which permission sets."""
        query = (
            "SELECT s.id, s.name, p.name, p.id"
            " FROM granted r JOIN permission_set s ON s.id = r.permission_set_id"
            " JOIN permission p ON p.id = r.permission_id WHERE r.group_id = ? ORDER BY s.id, p.id"
        )
        return self._store.read().execute(query, (group_id,)).fetchall()

    def grant(self, number: int, group_id: int, permissions: Sequence[int]) -> None:
        """Give a group permissions in a permission set: all of them or, if it is refused, none.

        Raises
        ------
        Refusal
            404: no such permission set, group or permission; 422: the group has one of them already.
        """
        with self._store.write() as connection:
            self._check(number, group_id, permissions)
            have = {row[3] for row in self.groups_of(number) if row[0] == group_id}
            if have & set(permissions):
                raise Refusal(422, "Group already has that permission.")
            connection.executemany(
                "INSERT INTO granted VALUES (?, ?, ?)",
                [(number, group_id, permission) for permission in dict.fromkeys(permissions)],
            )
            self._store.touch("identity")

    def withdraw(self, number: int, group_id: int, permission: int) -> None:
        """Take a permission in a permission set away from a group; nothing changes if it has none.

        Raises
        ------
        Refusal
            404: no such permission set, group or permission.
        """
        with self._store.write() as connection:
            self._check(number, group_id, [permission])
            connection.execute(
                "DELETE FROM granted WHERE permission_set_id = ? AND group_id = ? AND permission_id = ?",
                (number, group_id, permission),
            )
            self._store.touch("identity")

    # ---- terms of service

    def terms(self) -> list[tuple[int, str, str]]:
        """Return number, name and text of all terms."""
        return self._store.read().execute("SELECT id, name, text FROM terms ORDER BY id").fetchall()

    def terms_of(self, number: int) -> tuple[int, str, str]:
        """Return number, name and text of terms.

        Raises
        ------
        Refusal
            404: there are none of that number.
        """
        found = next((row for row in self.terms() if row[0] == number), None)
        if found is None:
            raise Refusal(404, "tos doesn't exist")
        return found

    def accepted(self, person_id: int) -> list[tuple[int, str]]:
        """Return number and name of the terms that somebody accepted."""
        query = (
            "SELECT t.id, t.name FROM terms t JOIN acceptance a ON a.terms_id = t.id"
            " WHERE a.person_id = ? ORDER BY t.id"
        )
        return self._store.read().execute(query, (person_id,)).fetchall()

    def accept(self, person_id: int, number: int) -> None:
        """Note that somebody accepts terms; once more changes nothing.

        Raises
        ------
        Refusal
            404: there are no such terms.
        """
        with self._store.write() as connection:
            self.terms_of(number)
            connection.execute(
                "INSERT INTO acceptance VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (number, person_id, self._store.clock.now()),
            )
            self._store.touch("identity")

    def _check(self, number: int, group_id: int, permissions: Sequence[int]) -> None:
        self.permission_set(number)
        find_group = "SELECT 1 FROM people_group WHERE id = ?"
        if not self._store.read().execute(find_group, (group_id,)).fetchone():
            raise Refusal(404, "Group doesn't exist")
        if not set(permissions) <= {known for known, _ in self.permissions()}:
            raise Refusal(404, "Permission doesn't exist")
