"""More people who may edit, for datasets with a history of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.store import Store

__all__ = ["add_editors"]


def add_editors(store: Store, people: Mapping[str, str], *, at: int) -> dict[str, int]:
    """Add people who may view and edit, and who have accepted the terms.

    Parameters
    ----------
    store : Store
        The database of the dataset.
    people : mapping of str
        Key, as `Identity.issue` takes it, to name.
    at : int
        Since when they are known, in microseconds since 1970.

    Returns
    -------
    dict of int
        Key to number.

    Raises
    ------
    CAVEError
        A key is taken.
    """
    numbers = {}
    with store.write() as connection:
        for key, name in people.items():
            if connection.execute("SELECT 1 FROM person WHERE key = ?", (key,)).fetchone():
                raise CAVEError(f"Choose another key: somebody is called {key!r} already.")
            cursor = connection.execute(
                "INSERT INTO person (key, name, email, pi, is_admin, created)"
                " VALUES (?, ?, ?, 'Offline', 0, ?)",
                (key, name, f"{key}@offline.test", at),
            )
            numbers[key] = int(cursor.lastrowid or 0)
            connection.execute(
                "INSERT INTO membership (group_id, person_id)"
                " SELECT id, ? FROM people_group WHERE name IN ('default', 'editors')",
                (numbers[key],),
            )
            connection.execute("INSERT INTO acceptance SELECT id, ?, ? FROM terms", (numbers[key], at))
        store.touch("identity")
    return numbers
