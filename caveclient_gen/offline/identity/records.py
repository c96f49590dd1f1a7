"""What is known of people and tokens, as services read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MissingTerms", "Token", "User"]


@dataclass(frozen=True)
class MissingTerms:
    """Terms that a user has not accepted."""

    dataset: str
    terms_id: int
    name: str
    dataset_id: int = 0


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
    groups: tuple[str, ...] = ()
    groups_admin: tuple[str, ...] = ()
    permission_sets_admin: tuple[tuple[int, str], ...] = ()
    """Number and name of the permission sets that they administer."""
    pi: str = ""
    created: int = 0
    """Microseconds since 1970."""
    is_service_account: bool = False

    def may(self, permission: str, dataset: str) -> bool:
        """Whether they have a permission in a permission set, terms left aside."""
        return permission in self.permissions.get(dataset, ())

    @property
    def administers_something(self) -> bool:
        """Whether they administer everything, some group or some permission set."""
        return bool(
            self.is_admin or self.groups_admin or self.permission_sets_admin or self.is_service_account
        )


@dataclass(frozen=True)
class Token:
    """What is known of a token; not the token itself. Moments are microseconds since 1970."""

    id: int
    person_id: int
    description: str | None
    created: int
    updated: int
    last_used: int | None
    expires: int | None

    def seconds_left(self, now: int) -> int:
        """Return how long it stays valid, in whole seconds; -1 if it does not expire."""
        return -1 if self.expires is None else max(0, (self.expires - now) // 1_000_000)
