"""People: who asks, who others are, what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.call import LARGEST_ID, is_number
from caveclient_gen.offline.http.json_forms import sorted_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.auth.service import (
    asker,
    http_date,
    matching,
    named,
    number_in_path,
    require_administrator,
    served,
)

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.identity.engine import User

__all__: list[str] = []

MOST_IN_A_PAGE = 1000


def record(user: User, *, full: bool) -> dict[str, Any]:
    """Write somebody's record; the full one is for superadmins, and for one's own."""
    short: dict[str, Any] = {
        "affiliations": [[]],
        "created": http_date(user.created),
        "id": user.id,
        "name": user.name,
        "pi": user.pi,
        "service_account": user.is_service_account,
    }
    if not full:
        return short
    return short | {
        "admin": user.is_admin,
        "admin_datasets": named(user.permission_sets_admin),
        "email": user.email,
        "gdpr_consent": False,
    }


def permissions(user: User) -> dict[str, Any]:
    """Write what somebody may do: what waits for terms stands in `permissions_v2_ignore_tos` only."""
    waiting = {terms.dataset for terms in user.missing_terms}
    allowed = {name: list(some) for name, some in user.permissions.items() if name not in waiting}
    return {
        "admin": user.is_admin,
        "affiliations": [[]],
        "datasets_admin": [name for _, name in user.permission_sets_admin],
        "email": user.email,
        "groups": list(user.groups),
        "groups_admin": list(user.groups_admin),
        "id": user.id,
        "missing_tos": missing(user),
        "name": user.name,
        "parent_id": None,
        "permissions": {name: _level(some) for name, some in allowed.items()},
        "permissions_v2": allowed,
        "permissions_v2_ignore_tos": {name: list(some) for name, some in user.permissions.items()},
        "pi": user.pi,
        "service_account": user.is_service_account,
    }


def _level(allowed: list[str]) -> int:
    """Return the permissions as the oldest clients know them: 2 to edit, 1 to view."""
    return 2 if "edit" in allowed else int("view" in allowed)


def missing(user: User) -> list[dict[str, Any]]:
    """Write which terms wait for somebody."""
    return [
        {
            "dataset_id": terms.dataset_id,
            "dataset_name": terms.dataset,
            "tos_id": terms.terms_id,
            "tos_name": terms.name,
        }
        for terms in user.missing_terms
    ]


@served("whoami", needs="login")
def whoami(call: Call) -> Reply:
    """Answer the record of who asks."""
    return sorted_json(record(asker(call), full=True))


@served("get_permissions", "get_current_permissions", needs="login")
def own_permissions(call: Call) -> Reply:
    """Answer what who asks may do. Nothing is kept for a while here: both routes are always current."""
    return sorted_json(permissions(asker(call)))


@served("get_missing_terms", needs="login")
def own_missing_terms(call: Call) -> Reply:
    """Answer which terms wait for who asks."""
    return sorted_json(missing(asker(call)))


@served("get_usernames", needs="login")
def usernames(call: Call) -> Reply:
    """Answer the names of users by their numbers."""
    texts = [text.strip() for text in (call.text("id") or "").split(",") if text.strip()]
    if not all(map(is_number, texts)):
        raise Refusal(400, "id must be numbers of users, with commas between them.")
    wanted = {int(text) for text in texts}
    users = call.cave.identity.users()
    return sorted_json(named((user.id, user.name) for user in users if user.id in wanted))


@served("get_user_information", "find_users", "find_users_by_name", needs="login")
def find(call: Call) -> Reply:
    """Answer the users that the query asks for; all of them in pages if it asks for none."""
    caller = require_administrator(call)
    full = caller.is_admin or caller.is_service_account
    users = [user for user in call.cave.identity.users() if not user.is_service_account]
    found = _filtered(call, users)
    if found is None:
        return sorted_json(_page(call, [record(user, full=full) for user in users]))
    return sorted_json([record(user, full=full) for user in found])


def _filtered(call: Call, users: list[User]) -> list[User] | None:
    """Return what the first filter of the query finds; None if there is no filter."""
    if ids := call.text("id"):
        wanted = {int(text) for text in ids.split(",") if is_number(text)}
        return [user for user in users if user.id in wanted]
    if email := call.text("email"):
        return [user for user in users if email.casefold() in user.email.casefold()]
    if name := call.text("name"):
        return [user for user in users if name.casefold() in user.name.casefold()]
    if call.text("from") or call.text("to"):
        first, last = call.moment("from", 0) or 0, call.moment("to", LARGEST_ID) or 0
        return [user for user in users if first <= user.created <= last]
    return None


def _page(call: Call, records: list[dict[str, Any]]) -> dict[str, Any]:
    page, size = call.integer("page", 1) or 0, call.integer("per_page", 20) or 0
    if page < 1 or not 1 <= size <= MOST_IN_A_PAGE:
        raise Refusal(400, f"page must be 1 or more, and per_page from 1 to {MOST_IN_A_PAGE}.")
    start = (page - 1) * size
    return {"items": records[start : start + size], "pages": -(-len(records) // size)}


@served("get_user", needs="login")
def get_user(call: Call) -> Reply:
    """Answer one user's record, to everybody; the full one to superadmins."""
    caller = asker(call)
    user = _user(call)
    if user.is_service_account:
        raise Refusal(404, "User doesn't exist")
    return sorted_json(record(user, full=caller.is_admin or caller.is_service_account))


def _user(call: Call) -> User:
    user = call.cave.identity.user(number_in_path(call, "user_id"))
    if user is None:
        raise Refusal(404, "User doesn't exist")
    return user


@served("get_user_groups", needs="login")
def groups_of_user(call: Call) -> Reply:
    """Answer which groups a user belongs to."""
    require_administrator(call)
    return sorted_json(named(call.cave.identity.groups.of_person(_user(call).id)))


@served("get_user_terms", needs="login")
def terms_of_user(call: Call) -> Reply:
    """Answer which terms a user accepted; none for one who does not exist, as on real servers."""
    require_administrator(call)
    return sorted_json(named(call.cave.identity.rights.accepted(number_in_path(call, "user_id"))))


@served("get_user_permissions", needs="login")
def permissions_of_user(call: Call) -> Reply:
    """Answer what a user may do."""
    require_administrator(call)
    return sorted_json(permissions(_user(call)))


@served("get_service_accounts", needs="login")
def service_accounts(call: Call) -> Reply:
    """Answer the accounts of machines."""
    caller = require_administrator(call)
    full = caller.is_admin or caller.is_service_account
    users = [user for user in call.cave.identity.users() if user.is_service_account]
    return sorted_json(matching(call, [record(user, full=full) for user in users]))
