"""Groups: list, make, change who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.json_forms import sorted_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.auth.service import (
    SUCCESS,
    matching,
    named,
    number_in_body,
    number_in_path,
    read_fields,
    require_administrator,
    require_group_administrator,
    served,
    text_in_body,
)

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

__all__: list[str] = []


@served("get_groups", needs="login")
def list_groups(call: Call) -> Reply:
    """Answer all groups, or those whose name has a text."""
    require_administrator(call)
    return sorted_json(matching(call, named(call.cave.identity.groups.all())))


@served("get_group", needs="login")
def get_group(call: Call) -> Reply:
    """Answer one group."""
    require_administrator(call)
    number, name = call.cave.identity.groups.get(number_in_path(call, "group_id"))
    return sorted_json({"id": number, "name": name})


@served("get_group_users", needs="login")
def members(call: Call) -> Reply:
    """Answer a group's members; none of a group that does not exist, as on real servers."""
    require_administrator(call)
    rows = call.cave.identity.groups.members(number_in_path(call, "group_id"))
    return sorted_json([{"admin": is_admin, "id": number, "name": name} for number, name, is_admin in rows])


@served("get_group_admins", needs="login")
def admins(call: Call) -> Reply:
    """Answer who administers a group."""
    require_administrator(call)
    rows = call.cave.identity.groups.members(number_in_path(call, "group_id"))
    return sorted_json(named((number, name) for number, name, is_admin in rows if is_admin))


@served("get_group_permission_sets", needs="login")
def permission_sets(call: Call) -> Reply:
    """Answer what a group may do in which permission sets."""
    require_administrator(call)
    rows = call.cave.identity.rights.sets_of(number_in_path(call, "group_id"))
    return sorted_json(
        [
            {"id": number, "name": name, "permission": permission, "permission_id": permission_id}
            for number, name, permission, permission_id in rows
        ]
    )


@served("create_group", needs="login")
def create(call: Call) -> Reply:
    """Make a group, which who asks then administers."""
    user = require_administrator(call)
    call.cave.identity.groups.create(text_in_body(read_fields(call), "name"), user.id)
    return sorted_json(SUCCESS)


@served("add_user_to_group", needs="login")
def add_user(call: Call) -> Reply:
    """Make somebody a member."""
    group_id = number_in_path(call, "group_id")
    require_group_administrator(call, group_id)
    call.cave.identity.groups.add(group_id, number_in_body(read_fields(call), "user_id"))
    return sorted_json(SUCCESS)


@served("set_group_admin", needs="login")
def set_admin(call: Call) -> Reply:
    """Say whether a member administers the group."""
    group_id = number_in_path(call, "group_id")
    require_group_administrator(call, group_id)
    is_admin = read_fields(call).get("admin")
    if not isinstance(is_admin, bool):
        raise Refusal(400, "admin must be true or false.")
    call.cave.identity.groups.set_admin(group_id, number_in_path(call, "user_id"), is_admin)
    return sorted_json(SUCCESS)


@served("remove_user_from_group", needs="login")
def remove_user(call: Call) -> Reply:
    """Take a member out of the group."""
    group_id = number_in_path(call, "group_id")
    user = require_group_administrator(call, group_id)
    groups = call.cave.identity.groups
    groups.remove(group_id, number_in_path(call, "user_id"), admins_too=user.is_admin)
    return sorted_json(SUCCESS)
