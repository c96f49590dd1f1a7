"""Permission sets (the service calls them datasets), permissions and terms of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.json_forms import sorted_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.auth.service import (
    SUCCESS,
    asker,
    checked_number,
    matching,
    named,
    number_in_body,
    number_in_path,
    read_fields,
    require_administrator,
    require_set_administrator,
    served,
)

if TYPE_CHECKING:
    from typing import Any

    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

__all__: list[str] = []

MOST_PERMISSIONS = 1000


def _record(row: tuple[int, str, int | None]) -> dict[str, Any]:
    return {"id": row[0], "name": row[1], "tos_id": row[2]}


@served("get_permission_sets", needs="login")
def list_sets(call: Call) -> Reply:
    """Answer the permission sets that who asks administers; all of them to superadmins."""
    user = asker(call)
    own = {number for number, _ in user.permission_sets_admin}
    rows = call.cave.identity.rights.permission_sets()
    return sorted_json([_record(row) for row in rows if user.is_admin or row[0] in own])


@served("get_permission_set", needs="login")
def get_set(call: Call) -> Reply:
    """Answer one permission set."""
    require_administrator(call)
    return sorted_json(_record(call.cave.identity.rights.permission_set(number_in_path(call, "dataset_id"))))


@served("get_permission_set_admins", needs="login")
def admins(call: Call) -> Reply:
    """Answer who administers a permission set."""
    number = number_in_path(call, "dataset_id")
    require_set_administrator(call, number)
    return sorted_json(named(call.cave.identity.rights.admins(number)))


@served("get_permission_set_groups", needs="login")
def groups(call: Call) -> Reply:
    """Answer which groups may do what in a permission set."""
    number = number_in_path(call, "dataset_id")
    require_set_administrator(call, number)
    return sorted_json(
        [
            {"id": group_id, "name": name, "permission": permission, "permission_id": permission_id}
            for group_id, name, permission, permission_id in call.cave.identity.rights.groups_of(number)
        ]
    )


@served("grant_permissions", needs="login")
def grant(call: Call) -> Reply:
    """Give a group permissions. Refusals here are JSON texts, unlike elsewhere in this service."""
    number = number_in_path(call, "dataset_id")
    require_set_administrator(call, number)
    fields = read_fields(call)
    try:
        group_id = number_in_body(fields, "group_id")
        permissions = fields.get("permission_ids")
        if not isinstance(permissions, list) or len(permissions) > MOST_PERMISSIONS:
            raise Refusal(400, f"permission_ids must be a list of at most {MOST_PERMISSIONS} numbers.")
        numbers = [checked_number("permission_ids", value) for value in permissions]
        call.cave.identity.rights.grant(number, group_id, numbers)
    except Refusal as refusal:
        written = sorted_json(refusal.message, status=refusal.status)
        raise Refusal(refusal.status, refusal.message, reply=written) from None
    return sorted_json(SUCCESS)


@served("withdraw_permission", needs="login")
def withdraw(call: Call) -> Reply:
    """Take a permission away from a group."""
    number = number_in_path(call, "dataset_id")
    require_set_administrator(call, number)
    group_id, permission_id = number_in_path(call, "group_id"), number_in_path(call, "permission_id")
    call.cave.identity.rights.withdraw(number, group_id, permission_id)
    return sorted_json(SUCCESS)


@served("get_permission_names", needs="login")
def permission_names(call: Call) -> Reply:
    """Answer the permissions that there are."""
    return sorted_json(matching(call, named(call.cave.identity.rights.permissions())))


@served("get_table_permission_set", needs="login")
def set_of_table(call: Call) -> Reply:
    """Answer which permission set guards a datastack, an aligned volume or a segmentation."""
    found = call.cave.identity.permission_set(call.path["service"], call.path["table"])
    if found is None:
        raise Refusal(404, "No dataset is known for this service and table.")
    return sorted_json(found)


@served("get_all_terms", needs="login")
def all_terms(call: Call) -> Reply:
    """Answer the terms that there are."""
    rows = call.cave.identity.rights.terms()
    records = [{"id": number, "name": name, "text": text} for number, name, text in rows]
    return sorted_json(matching(call, records))


@served("get_terms", needs="login")
def get_terms(call: Call) -> Reply:
    """Answer one of the terms."""
    require_administrator(call)
    number, name, text = call.cave.identity.rights.terms_of(number_in_path(call, "tos_id"))
    return sorted_json({"id": number, "name": name, "text": text})
