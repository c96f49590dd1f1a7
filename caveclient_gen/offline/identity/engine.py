"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.store import Store

__all__ = ["PEOPLE", "Identity", "MissingTerms", "User", "prepare_people"]

PEOPLE = ("admin", "editor", "viewer", "stranger", "newcomer")
"""Who every dataset knows: all rights; view and edit; view; none; view and edit after the terms."""


@dataclass(frozen=True)
class MissingTerms:
    """Terms that a user has not accepted."""

    dataset: str
    terms_id: int
    name: str


@dataclass(frozen=True)
class User:
    """Somebody with a token."""

    id: int
    name: str
    email: str
    is_admin: bool
    permissions: Mapping[str, tuple[str, ...]]
    """Permission set to what is allowed in it ("view", "edit", "admin_view", ...), terms left aside."""
    missing_terms: tuple[MissingTerms, ...] = ()

    def may(self, permission: str, dataset: str) -> bool:
        """Whether they have a permission in a permission set, terms left aside."""
        return permission in self.permissions.get(dataset, ())


class Identity:
    """The people of one dataset. Tokens lie in the database as SHA-256, never themselves."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self._store = store
        self._facts = facts

    def user_of(self, token: str) -> User | None:
        """Return whose token it is; None if nobody's, or expired."""
        raise NotImplementedError

    def issue(self, person: str, *, lifetime: float | None = None, description: str = "") -> str:
        """Make a token (32 hex digits) for one of the dataset's people.

        `lifetime` is in seconds; with 0 or less it is expired at once.
        """
        raise NotImplementedError

    def permission_set(self, namespace: str, name: str) -> str | None:
        """Return the permission set of a datastack, volume or segmentation table; None if it is unknown.

        `namespace` is "datastack", "aligned_volume" or "pychunkedgraph".
        """
        raise NotImplementedError


def prepare_people(store: Store, facts: Facts) -> None:
    """Put the standard people, groups, permissions and terms into a new dataset."""
