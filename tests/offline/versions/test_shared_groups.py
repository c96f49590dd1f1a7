"""Tables of a group: who is in one with the owner."""

from types import SimpleNamespace

import pytest

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.materialize.reading import check_may_read

PEOPLE = {
    1: ("default", "admins"),
    2: ("default", "editors"),
    3: ("default", "viewers"),
    4: ("default", "editors"),
}


def call_of(person, *, is_admin=False, record=None):
    def known(table):
        if record is None:
            raise Refusal(404, "no such table")
        return record

    user = SimpleNamespace(id=person, is_admin=is_admin, groups=PEOPLE[person])
    users = {number: SimpleNamespace(id=number, groups=groups) for number, groups in PEOPLE.items()}
    cave = SimpleNamespace(
        identity=SimpleNamespace(user=users.get), annotations=SimpleNamespace(record=known)
    )
    return SimpleNamespace(cave=cave, user=user, user_id=person)


@pytest.mark.parametrize(
    ("permission", "owner", "may_read"),
    [
        ("PUBLIC", "2", {1, 2, 3, 4}),
        ("PRIVATE", "2", {1, 2}),
        ("GROUP", "2", {1, 2, 4}),
        ("GROUP", "3", {1, 3}),
        ("GROUP", "99", {1}),  # nobody's any more
        ("GROUP", "somebody", {1}),
        ("GROUP", "9" * 5_000, {1}),
        (None, "2", {1, 2, 3, 4}),
    ],
)
@pytest.mark.parametrize("is_frozen_only", [True, False])
def test_who_may_read(permission, owner, may_read, is_frozen_only):
    record = {"read_permission": permission, "user_id": owner}
    refused = {}
    for person in PEOPLE:
        call = call_of(person, is_admin=person == 1, record=None if is_frozen_only else record)
        try:
            check_may_read(call, "tags", record if is_frozen_only else {"read_permission": "PUBLIC"})
        except Refusal as refusal:
            refused[person] = (refusal.status, refusal.wire_status)
    assert refused == dict.fromkeys(PEOPLE.keys() - may_read, (401, 500))
