# Generated from spec/auth/service.yaml. Change the descriptor and run `make generate`.
"""Shapes of the answers of the auth service."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Token(TypedDict):
    """A token that you have made."""

    id: int
    """Number of the token."""
    user_id: int
    """Number of its owner."""
    token: str
    """The secret itself."""
    description: str | None
    """What it was made for."""
    created: str
    """When it was made, as an HTTP date."""
    updated: str
    """When its record last changed, as an HTTP date."""
    last_used: str | None
    """When it was last used, as an HTTP date."""


class Named(TypedDict):
    """A number and the name that goes with it."""

    id: int
    """Number."""
    name: str
    """Name."""


class User(TypedDict):
    """A user. Administrators and users themselves see more than others do."""

    id: int
    """Number of the user."""
    name: str
    """Name of the user."""
    service_account: bool
    """Whether it is a machine's account."""
    created: str | None
    """When the account was made, as an HTTP date."""
    pi: str | None
    """Principal investigator."""
    affiliations: list[list[dict[str, Any]]]
    """Institutions of the user."""
    email: NotRequired[str]
    """Mail address."""
    admin: NotRequired[bool]
    """Whether the user may do everything."""
    admin_datasets: NotRequired[list[Named]]
    """Permission sets that the user administers."""
    gdpr_consent: NotRequired[bool]
    """Whether the user agreed that personal data are kept."""
    parent_id: NotRequired[int | None]
    """Owner of a machine's account."""
    parent: NotRequired[dict[str, Any] | None]
    """Owner of a machine's account."""


class MissingTerms(TypedDict):
    """Terms of service that you have to accept before you may use a permission set."""

    dataset_id: int
    """Number of the permission set."""
    dataset_name: str
    """Name of the permission set."""
    tos_id: int
    """Number of the terms."""
    tos_name: str
    """Name of the terms."""


class Permissions(TypedDict):
    """What a user may do."""

    id: int
    """Number of the user."""
    parent_id: int | None
    """Owner of a machine's account."""
    service_account: bool
    """Whether it is a machine's account."""
    name: str
    """Name of the user."""
    email: str
    """Mail address."""
    admin: bool
    """Whether the user may do everything."""
    pi: str | None
    """Principal investigator."""
    affiliations: list[list[dict[str, Any]]]
    """Institutions of the user."""
    groups: list[str]
    """Groups that the user belongs to."""
    permissions: dict[str, int]
    """By permission set: 0 none, 1 view, 2 edit. The older form."""
    permissions_v2: dict[str, list[str]]
    """By permission set: what is allowed now, like view and edit."""
    permissions_v2_ignore_tos: dict[str, list[str]]
    """The same once all terms of service are accepted."""
    missing_tos: list[MissingTerms]
    """Terms of service still to accept."""
    datasets_admin: list[str]
    """Permission sets that the user administers."""
    groups_admin: list[str]
    """Groups that the user administers."""


class GroupUser(TypedDict):
    """A member of a group."""

    id: int
    """Number of the user."""
    name: str
    """Name of the user."""
    admin: bool
    """Whether the user administers the group."""


class PermissionSet(TypedDict):
    """A set of tables that are guarded together."""

    id: int
    """Number of the permission set."""
    name: str
    """Name of the permission set."""
    tos_id: int | None
    """Number of the terms of service that come with it."""


class GroupGrant(TypedDict):
    """A permission that members of a group have on a permission set."""

    id: int
    """Number of the group or permission set."""
    name: str
    """Name of the group or permission set."""
    permission: str
    """Name of the permission, like view."""
    permission_id: int
    """Number of the permission."""


class Terms(TypedDict):
    """Terms of service."""

    id: int
    """Number of the terms."""
    name: str
    """Name of the terms."""
    text: str
    """What one agrees to."""
