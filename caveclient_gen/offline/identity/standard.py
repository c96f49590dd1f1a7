"""Who and what every new dataset knows: five people, their groups, four permissions, terms of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.store import Store

__all__ = ["EVERYBODY", "PEOPLE", "prepare_people"]

PEOPLE = ("admin", "editor", "viewer", "stranger", "newcomer")
"""Who every dataset knows: all rights; view and edit; view; none; view and edit after the terms."""

EVERYBODY = "default"
"""The group of all people; it says nothing about who works together."""

PERMISSIONS = ("view", "edit", "admin_view", "admin")
GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    EVERYBODY: (PEOPLE, ()),
    "viewers": (("viewer",), ("view",)),
    "editors": (("editor", "newcomer"), ("view", "edit")),
    "admins": (("admin",), PERMISSIONS),
}
"""Group to its members and to what they may do with the dataset."""
TERMS = (
    "Offline CAVE terms of service",
    "These terms stand here so that scripts can meet terms that they have not accepted. They ask nothing.",
)


def prepare_people(store: Store, facts: Facts) -> None:
    """Put the standard people, groups, permissions and terms into a new dataset.

    Parameters
    ----------
    store : Store
        The database of the new dataset.
    facts : Facts
        The names that the permission set guards.
    """
    now = store.clock.now()
    with store.write() as connection:
        connection.execute("INSERT INTO terms VALUES (1, ?, ?)", TERMS)
        connection.execute("INSERT INTO permission_set VALUES (1, ?, 1)", (facts.permission_set,))
        connection.executemany("INSERT INTO permission VALUES (?, ?)", enumerate(PERMISSIONS, 1))
        _add_people(connection, now)
        _add_groups(connection)
        connection.execute("INSERT INTO permission_set_admin VALUES (1, 1)")
        connection.executemany("INSERT INTO guarded VALUES (?, ?, 1)", _guarded_names(facts))
        store.touch("identity")


def _add_people(connection: sqlite3.Connection, now: int) -> None:
    connection.executemany(
        "INSERT INTO person (id, key, name, email, pi, is_admin, created)"
        " VALUES (?, ?, ?, ?, 'Offline', ?, ?)",
        [
            (number, key, f"Offline {key.title()}", f"{key}@offline.test", key == "admin", now)
            for number, key in enumerate(PEOPLE, 1)
        ],
    )
    connection.execute(
        "INSERT INTO acceptance SELECT 1, id, ? FROM person WHERE key <> 'newcomer'",
        (now,),
    )


def _add_groups(connection: sqlite3.Connection) -> None:
    for number, (name, (members, permissions)) in enumerate(GROUPS.items(), 1):
        connection.execute("INSERT INTO people_group VALUES (?, ?)", (number, name))
        connection.executemany(
            "INSERT INTO membership (group_id, person_id) VALUES (?, ?)",
            [(number, PEOPLE.index(member) + 1) for member in members],
        )
        connection.executemany(
            "INSERT INTO granted VALUES (1, ?, ?)",
            [(number, PERMISSIONS.index(permission) + 1) for permission in permissions],
        )


def _guarded_names(facts: Facts) -> list[tuple[str, str]]:
    names = [("datastack", facts.datastack), ("aligned_volume", facts.aligned_volume)]
    if facts.segmentation_table is not None:
        names.append(("pychunkedgraph", facts.segmentation_table))
    return names
