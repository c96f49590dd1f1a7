"""Groups of people: who belongs to them, and who administers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from caveclient_gen.offline.store import Store

__all__ = ["Groups"]


class Groups:
    """The groups of one dataset.

    Parameters
    ----------
    store : Store
        The database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[tuple[int, str]]:
        """Return number and name of all groups."""
        return self._store.read().execute("SELECT id, name FROM people_group ORDER BY id").fetchall()

    def get(self, group_id: int) -> tuple[int, str]:
        """Return number and name of one group.

        Raises
        ------
        Refusal
            404: there is none of that number.
        """
        row: tuple[int, str] | None = (
            self._store.read()
            .execute("SELECT id, name FROM people_group WHERE id = ?", (group_id,))
            .fetchone()
        )
        if row is None:
            raise Refusal(404, "Group doesn't exist")
        return row

    def of_person(self, person_id: int) -> list[tuple[int, str]]:
        """Return number and name of the groups that somebody belongs to."""
        query = (
            "SELECT g.id, g.name FROM people_group g JOIN membership m ON m.group_id = g.id"
            " WHERE m.person_id = ? ORDER BY g.id"
        )
        return self._store.read().execute(query, (person_id,)).fetchall()

    def members(self, group_id: int) -> list[tuple[int, str, bool]]:
        """Return number and name of a group's members, and whether they administer it."""
        query = (
            "SELECT p.id, p.name, m.is_admin FROM person p JOIN membership m ON m.person_id = p.id"
            " WHERE m.group_id = ? ORDER BY p.id"
        )
        rows = self._store.read().execute(query, (group_id,))
        return [(number, name, bool(is_admin)) for number, name, is_admin in rows]

    def create(self, name: str, creator: int) -> None:
        """Make a group, which its creator belongs to and administers.

        Raises
        ------
        Refusal
            422: there is a group of that name.
        """
        with self._store.write() as connection:
            if connection.execute("SELECT 1 FROM people_group WHERE name = ?", (name,)).fetchone():
                raise Refusal(422, "Group already exists.")
            number = connection.execute("INSERT INTO people_group (name) VALUES (?)", (name,)).lastrowid
            connection.execute("INSERT INTO membership VALUES (?, ?, 1)", (number, creator))
            self._store.touch("identity")

    def add(self, group_id: int, person_id: int) -> None:
        """Make somebody a member.

        Raises
        ------
        Refusal
            404: no such group or user; 422: a member already.
        """
        with self._store.write() as connection:
            self.get(group_id)
            if not connection.execute("SELECT 1 FROM person WHERE id = ?", (person_id,)).fetchone():
                raise Refusal(404, "User doesn't exist")
            if self._role(group_id, person_id) is not None:
                raise Refusal(422, "User already belongs to group.")
            connection.execute("INSERT INTO membership VALUES (?, ?, 0)", (group_id, person_id))
            self._store.touch("identity")

    def set_admin(self, group_id: int, person_id: int, is_admin: bool) -> None:
        """Say whether a member administers the group.

        Raises
        ------
        Refusal
            404: no member of the group.
        """
        with self._store.write() as connection:
            changed = connection.execute(
                "UPDATE membership SET is_admin = ? WHERE group_id = ? AND person_id = ?",
                (is_admin, group_id, person_id),
            ).rowcount
            if not changed:
                raise Refusal(404, "User doesn't belong to group")
            self._store.touch("identity")

    def remove(self, group_id: int, person_id: int, *, admins_too: bool) -> None:
        """Take a member out of the group.

        Raises
        ------
        Refusal
            404: no member of the group; 403: an administrator of it, and `admins_too` is false.
        """
        with self._store.write() as connection:
            role = self._role(group_id, person_id)
            if role is None:
                raise Refusal(404, "User doesn't belong to group")
            if role and not admins_too:
                raise Refusal(403, "Only superadmins can remove group admins.")
            connection.execute(
                "DELETE FROM membership WHERE group_id = ? AND person_id = ?", (group_id, person_id)
            )
            self._store.touch("identity")

    def _role(self, group_id: int, person_id: int) -> bool | None:
        row = (
            self._store.read()
            .execute(
                "SELECT is_admin FROM membership WHERE group_id = ? AND person_id = ?", (group_id, person_id)
            )
            .fetchone()
        )
        return None if row is None else bool(row[0])
