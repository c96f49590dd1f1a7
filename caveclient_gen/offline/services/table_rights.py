"""Who may use the rows of a table: one rule, which the services of annotations and of versions both ask.

Everybody who may view (or edit) the volume, unless the table is PRIVATE (its owner only) or of a GROUP (those
who are in a group with its owner); administrators always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.call import is_number
from caveclient_gen.offline.identity.standard import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.http.call import Call

__all__ = ["is_admin", "is_owner", "may_use"]


def may_use(call: Call, record: Mapping[str, Any], permission: str) -> bool:
    """Whether who asks may read or write the rows of a table.

    Parameters
    ----------
    call : Call
        The request.
    record : dict
        What is known of the table; its `user_id` is the owner.
    permission : str
        "PUBLIC", "GROUP" or "PRIVATE": what the table has for reading, or for writing.
    """
    if permission == "PUBLIC" or is_owner(call, record):
        return True
    return permission == "GROUP" and _share_a_group(call, str(record.get("user_id")))


def is_owner(call: Call, record: Mapping[str, Any]) -> bool:
    """Whether a table belongs to who asks; to administrators all do."""
    return is_admin(call) or str(record.get("user_id")) == str(call.user_id)


def is_admin(call: Call) -> bool:
    """Whether who asks has all rights."""
    return call.user is not None and call.user.is_admin


def _share_a_group(call: Call, owner: str) -> bool:
    """Whether the caller and an owner are both in some group other than the one that everybody is in."""
    known = call.cave.identity.user(int(owner)) if is_number(owner) else None
    if known is None or call.user is None:
        return False
    return bool(set(known.groups) & set(call.user.groups) - {EVERYBODY})
