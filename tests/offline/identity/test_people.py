"""The people of a dataset and their tokens, without HTTP."""

import dataclasses
import hashlib
import hmac
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from tubes import FACTS

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.identity import engine
from caveclient_gen.offline.identity.engine import PEOPLE, Identity
from caveclient_gen.offline.store import Store


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return Dataset.create(tmp_path_factory.mktemp("people") / "fly.cave", FACTS)


@pytest.fixture
def database(original, tmp_path):
    return original.copy(tmp_path / "copy.cave").path / "cave.sqlite"


@pytest.fixture
def store(database):
    store = Store(database)
    yield store
    store.close()


@pytest.fixture
def identity(store):
    return Identity(store, FACTS)


def test_the_standard_people(identity):
    users = {person: identity.user_of(identity.issue(person)) for person in PEOPLE}
    assert [user.id for user in users.values()] == [1, 2, 3, 4, 5]
    may = {
        person: [permission for permission in ("view", "edit", "admin") if user.may(permission, "benchdata")]
        for person, user in users.items()
    }
    assert may == {
        "admin": ["view", "edit", "admin"],
        "editor": ["view", "edit"],
        "viewer": ["view"],
        "stranger": [],
        "newcomer": ["view", "edit"],
    }
    assert [person for person, user in users.items() if user.is_admin] == ["admin"]
    assert [person for person, user in users.items() if user.missing_terms] == ["newcomer"]
    assert not users["admin"].may("view", "another set")


def test_tokens_are_random_and_lasting(identity):
    tokens = {identity.issue("viewer") for _ in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch("[0-9a-f]{32}", token) for token in tokens)
    assert {identity.user_of(token).email for token in tokens} == {"viewer@offline.test"}


@pytest.mark.parametrize(
    "wrong", ["", "0" * 32, "x" * 100_000, "Bearer", "é", "\ud800", "\0", "' OR 1=1 --", "%"]
)
def test_wrong_tokens_are_nobodys(identity, wrong):
    identity.issue("admin")
    assert identity.user_of(wrong) is None
    assert identity.token_of(wrong) is None


def test_a_hash_is_no_token(identity):
    token = identity.issue("admin")
    assert identity.user_of(hashlib.sha256(token.encode()).hexdigest()) is None
    assert identity.user_of(token.upper()) is None
    assert identity.user_of(token[:-1]) is None


@pytest.mark.parametrize("lifetime", [0, -1, float("-inf")])
def test_a_token_without_lifetime_is_expired(identity, lifetime):
    assert identity.user_of(identity.issue("admin", lifetime=lifetime)) is None


def test_a_token_ends_at_its_moment(identity, store, monkeypatch):
    token = identity.issue("viewer", lifetime=100)
    assert identity.token_of(token).seconds_left(store.clock.now()) in (99, 100)
    now = store.clock.now()
    monkeypatch.setattr(store.clock, "now", lambda: now + 90_000_000)
    assert identity.user_of(token).name == "Offline Viewer"
    monkeypatch.setattr(store.clock, "now", lambda: now + 100_000_001)
    assert identity.user_of(token) is None


@pytest.mark.parametrize("lifetime", [1e300, float("inf")])
def test_a_huge_lifetime_is_a_long_one(identity, store, lifetime):
    token = identity.issue("viewer", lifetime=lifetime)
    assert identity.user_of(token) is not None
    assert identity.token_of(token).seconds_left(store.clock.now()) > 99 * 365 * 86_400


def test_tokens_for_nobody_are_refused(identity):
    with pytest.raises(CAVEError, match="Choose one of admin, editor"):
        identity.issue("somebody")
    with pytest.raises(CAVEError, match="lifetime"):
        identity.issue("viewer", lifetime=float("nan"))


def test_no_token_lies_on_disk(identity, database, store):
    token = identity.issue("admin", description="laptop")
    identity.user_of(token)
    identity.tokens(1)
    store.close()
    for file in database.parent.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert token.encode() not in content, file
            assert bytes.fromhex(token) not in content, file
    with sqlite3.connect(database) as connection:
        (stored,) = connection.execute("SELECT hash FROM token").fetchone()
    connection.close()
    assert stored == hashlib.sha256(token.encode()).digest()


def test_no_repr_shows_a_token_or_its_hash(identity):
    token = identity.issue("admin")
    stored = hashlib.sha256(token.encode()).digest()
    shown = repr((identity, identity.user_of(token), identity.token_of(token), identity._known.get()))
    assert token not in shown
    assert stored.hex() not in shown
    assert repr(stored) not in shown


def test_hashes_are_compared_in_constant_time(identity, monkeypatch):
    token = identity.issue("admin")
    compared = []

    def compare(one, other):
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(engine, "hmac", SimpleNamespace(compare_digest=compare))
    assert identity.user_of(token) is not None
    assert compared == [(hashlib.sha256(token.encode()).digest(),) * 2]


def test_a_hash_that_begins_alike_is_another(identity):
    token = identity.issue("admin")
    known = identity._known.get()
    ((start, (stored, found)),) = known.tokens.items()
    known.tokens[start] = (stored[:-1] + bytes([stored[-1] ^ 1]), found)
    assert identity.user_of(token) is None


def test_asking_reads_no_table_again(identity, store):
    token = identity.issue("viewer")
    identity.user_of(token)
    asked = []
    store.read().set_trace_callback(asked.append)
    for _ in range(10):
        identity.user_of(token)
        identity.permission_set("datastack", "testds")
    store.read().set_trace_callback(None)
    assert all("FROM revision" in statement for statement in asked)
    assert len(asked) == 20


def test_many_threads_ask_while_tokens_are_made_and_revoked(identity):
    lasting = identity.issue("viewer")

    def come_and_go(_):
        token = identity.issue("editor")
        seen = identity.user_of(token).id, identity.user_of(lasting).id, len(identity.tokens(3))
        (number,) = [identity.token_of(token).id]
        return seen, identity.revoke(2, number), identity.user_of(token)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(come_and_go, range(40)))
    assert results == [((2, 3, 1), True, None)] * 40
    assert identity.tokens(2) == []


def test_another_process_sees_changes(identity, database):
    other_store = Store(database)
    other = Identity(other_store, FACTS)
    token = identity.issue("viewer")
    assert other.user_of(token).may("view", "benchdata")
    identity.rights.withdraw(1, 2, 1)
    assert not other.user_of(token).may("view", "benchdata")
    assert other.revoke(3, other.token_of(token).id)
    assert identity.user_of(token) is None
    other_store.close()


def test_the_last_use_is_noted_when_tokens_are_listed(identity):
    token = identity.issue("viewer")
    assert identity.tokens(3)[0].last_used is None
    identity.user_of(token)
    (first,) = identity.tokens(3)
    assert first.last_used > first.created
    assert identity.tokens(3) == [first]


def test_what_is_guarded(identity):
    assert identity.permission_set("datastack", "testds") == "benchdata"
    assert identity.permission_set("aligned_volume", "testvol") == "benchdata"
    assert identity.permission_set("pychunkedgraph", "testpcg") == "benchdata"
    assert identity.permission_set("datastack", "testpcg") is None
    assert identity.permission_set("datastack", "' OR 1=1 --") is None


def test_a_refused_grant_grants_nothing(identity):
    viewer = identity.issue("viewer")
    for permissions, status in (([2, 99], 404), ([2, 1], 422), ([2, 2**63 - 1], 404)):
        with pytest.raises(Refusal) as refused:
            identity.rights.grant(1, 2, permissions)
        assert refused.value.status == status
    assert not identity.user_of(viewer).may("edit", "benchdata")
    identity.rights.grant(1, 2, [2, 2])
    assert identity.user_of(viewer).may("edit", "benchdata")


def test_an_only_token_is_exchanged_and_of_several_none(identity):
    token = identity.issue("viewer")
    temporary = identity.issue("viewer", lifetime=100)
    new = identity.exchange(3)
    assert identity.user_of(token) is None
    assert identity.user_of(new).id == identity.user_of(temporary).id == 3
    identity.issue("viewer")
    assert identity.exchange(3) is None
    assert identity.user_of(new).id == 3


def test_a_dataset_without_segmentation_guards_two_names(tmp_path):
    facts = dataclasses.replace(FACTS, segmentation_table=None)
    dataset = Dataset.create(tmp_path / "flat.cave", facts)
    store = Store(dataset.path / "cave.sqlite")
    identity = Identity(store, facts)
    assert identity.permission_set("datastack", "testds") == "benchdata"
    assert identity.permission_set("pychunkedgraph", "testpcg") is None
    store.close()
