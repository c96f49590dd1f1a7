"""Skeletons straight from the storage: files, their token, and what becomes of each id."""

import gzip
import io
import pickle
import pprint
import threading
import traceback
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from skeleton_bench import FORK, FORK_SWC, TOKEN, SkeletonServer, packed, running

from caveclient_gen import errors
from caveclient_gen._runtime.storage import WORKERS, Ticket, Tickets, download, request_for
from caveclient_gen.mixins.skeleton import bulk
from caveclient_gen.mixins.skeleton.forms import swc_frame

ROOT = 4 << 56
SECRET = "ya29.made-up-token"
BUCKET, TEMPLATE = "a bucket", "v4/ds/skeleton__{rid}__x.h5.gz"


def document(**change):
    ends = (datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None).isoformat()
    return {"token": SECRET, "token_type": "Bearer", "expiry": ends, "bucket": BUCKET} | {
        "path_template": TEMPLATE,
        **change,
    }


def ticket(**change):
    return Ticket.read(document(**change))


class Bucket(SkeletonServer):
    """The storage: files by root id; what is not there is a 404."""

    def answer(self, seen):
        assert seen.path.startswith(f"/download/storage/v1/b/{BUCKET}/o/v4/ds/skeleton__")
        assert seen.query == {"alt": "media"}
        one = int(seen.path.split("__")[1])
        for part, answer in self.say.items():
            if part in ("", str(one)):
                return answer(seen) if callable(answer) else answer
        return self.kept.get(one, (404, {"error": {"code": 404, "message": "No such object"}}))


@pytest.fixture
def bucket():
    with running(Bucket()) as server:
        yield server


@pytest.fixture
def client(make, service, bucket):
    made = make()
    made.storage_address = bucket.url
    service.say = {"/get_skeleton_token/": lambda seen: document()}
    return made


def fetched(client, ids, **change):
    return download(client, ticket(**change), ids, "skeleton.fetch_skeletons", lambda count: None)


# ---- files


def test_a_status_for_each_id(client, bucket):
    ids = [ROOT + number for number in range(20)]
    bucket.kept = {one: str(one).encode() for one in ids[:18]}
    bucket.say = {str(ids[3]): (500, {"error": "x"}), str(ids[4]): (403, {"error": "x"})}
    found = fetched(client, ids)
    assert list(found) == ids
    assert isinstance(found[ids[3]], errors.ServerError)
    assert isinstance(found[ids[4]], errors.PermissionDeniedError)
    assert {type(found[one]) for one in ids[18:]} == {errors.NotFoundError}
    there = [one for one in ids[:18] if one not in ids[3:5]]
    assert [found[one] for one in there] == [str(one).encode() for one in there]


def test_a_few_at_a_time(client, bucket):
    together, lock = threading.Barrier(WORKERS), threading.Lock()
    counts = {"now": 0, "most": 0, "all": 0}

    def answer(seen):
        with lock:
            counts["now"] += 1
            counts["all"] += 1
            counts["most"] = max(counts["most"], counts["now"])
            first = counts["all"] <= WORKERS
        if first:
            together.wait(10)  # breaks if they come one after another
        with lock:
            counts["now"] -= 1
        return b"x"

    bucket.say = {"": answer}
    found = fetched(client, [ROOT + number for number in range(5 * WORKERS)])
    assert set(found.values()) == {b"x"}
    assert counts == {"now": 0, "most": WORKERS, "all": 5 * WORKERS}


def test_a_safe_download_is_repeated(make, bucket):
    client = make(max_retries=2)
    client._transport._sleep = lambda seconds: None
    client.storage_address = bucket.url
    bucket.say = {"": lambda seen: (503, {}) if len(bucket.seen) < 3 else b"x"}
    assert fetched(client, [ROOT]) == {ROOT: b"x"}


def test_a_refused_token_ends_the_call(client, bucket):
    bucket.say = {"": (401, {"error": {"message": "Invalid Credentials"}})}
    with pytest.raises(errors.AuthError) as caught:
        fetched(client, [ROOT + number for number in range(100)])
    assert len(bucket.seen) < 100
    assert "your own CAVE token was not sent there" in caught.value.__notes__[0]


def test_a_fault_of_our_own_is_no_answer_about_a_file(client, monkeypatch):
    def broken(request):
        raise ZeroDivisionError

    monkeypatch.setattr(client._transport, "send", broken)
    with pytest.raises(ZeroDivisionError):
        fetched(client, [ROOT])


# ---- the two tokens


def everything(error):
    stored = pickle.dumps(error).decode("latin-1")
    answer = getattr(error, "response", None)
    more = f"{answer.text} {answer.headers} {answer.request.headers}" if answer is not None else ""
    return "".join(traceback.format_exception(error)) + pprint.pformat(vars(error)) + stored + more


def test_each_token_goes_to_its_own_server(client, bucket, service):
    bucket.kept = {ROOT: b"x"}
    client._tickets.get("x", lambda: client._get_skeleton_token("ds"))
    fetched(client, [ROOT])
    assert [seen.headers["Authorization"] for seen in bucket.seen] == [f"Bearer {SECRET}"]
    assert TOKEN not in repr(bucket.seen)
    assert [seen.headers["Authorization"] for seen in service.seen] == [f"Bearer {TOKEN}"]
    assert SECRET not in repr(service.seen)


def test_the_storage_gets_no_cave_token_even_where_it_might(client, bucket):
    client._transport.credentials.allow(bucket.url)
    bucket.kept = {ROOT: b"x"}
    fetched(client, [ROOT])
    assert [seen.headers["Authorization"] for seen in bucket.seen] == [f"Bearer {SECRET}"]


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 120), (3, 3)])
def test_how_long_a_file_may_take(timeout, seconds):
    assert request_for(ticket(), ROOT, "https://storage.example", timeout=timeout).read_timeout == seconds


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_gets_neither(client, bucket, status):
    with running(SkeletonServer()) as other:
        other.say = {"/x": b"elsewhere"}
        bucket.say = {"": (status, b"", {"Location": f"{other.url}/x"})}
        assert fetched(client, [ROOT]) == {ROOT: b"elsewhere"}
        assert [seen.path for seen in other.seen] == ["/x"]
        assert "Authorization" not in other.seen[0].headers
        assert SECRET not in repr(other.seen)


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"error": f"token {SECRET} has expired"}),
        (403, {"error": SECRET}),
        (500, f"Authorization: Bearer {SECRET}".encode()),
        (404, b"", {"WWW-Authenticate": f"Bearer {SECRET}"}),
    ],
)
def test_errors_do_not_show_the_storages_token(client, bucket, answer):
    bucket.say = {"": answer}
    try:
        error = fetched(client, [ROOT])[ROOT]
    except errors.CAVEError as raised:
        error = raised
    assert isinstance(error, errors.CAVEError)
    assert SECRET not in everything(error)


def test_nothing_shows_or_stores_the_storages_token(client):
    kept = client._tickets.get("x", document)
    request = request_for(kept, ROOT, client.storage_address)
    shown = [
        repr(kept),
        repr(request),
        request.as_curl(),
        repr(client),
        pprint.pformat(vars(client._tickets)),
    ]
    assert SECRET not in "".join(shown)
    assert SECRET.encode() not in pickle.dumps(client)
    with pytest.raises(TypeError):
        pickle.dumps(kept)


def test_a_ticket_is_kept_until_shortly_before_its_end():
    tickets, asked = Tickets(), []

    def ask(minutes):
        asked.append(minutes)
        return document(expiry=(datetime.now(UTC) + timedelta(minutes=minutes)).isoformat())

    for minutes in (4, 60, 60):
        tickets.get("x", lambda minutes=minutes: ask(minutes))
    assert asked == [4, 60]
    tickets.get("y", lambda: ask(60))
    tickets.forget()
    tickets.get("x", lambda: ask(60))
    assert asked == [4, 60, 60, 60]


@pytest.mark.parametrize(
    "change",
    [
        {"token": None},
        {"token": "two words"},
        {"token": "a\r\nX: y"},
        {"expiry": None},
        {"bucket": 3},
        {"path_template": "x"},
        {"path_template": None},
    ],
)
def test_what_is_no_ticket(change):
    with pytest.raises(errors.DecodeError) as caught:
        ticket(**change)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["../{rid}", "a/{rid}?x=1", "{rid}#y", "%2e%2e/{rid}"])
def test_names_of_files_cannot_lead_elsewhere(name):
    url = request_for(ticket(path_template=name, bucket="b/../c"), 7, "https://storage.example").url
    tail = url.removeprefix("https://storage.example/download/storage/v1/b/")
    bucket_part, _, object_part = tail.partition("/o/")
    assert bucket_part == "b%2F..%2Fc"
    assert not set(object_part) & set("/?#")


# ---- whole calls, which need what reads the files


def hdf5(document=FORK, compress=True, nested=True):
    import h5py

    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        group = file.create_group("vertex_properties") if nested else file
        for name, value in document.items():
            if name == "meta":
                file.create_dataset(name, data='{"soma_pt_x": null}')
            else:
                (group if name in ("radius", "compartment") else file).create_dataset(
                    name, data=np.array(value)
                )
    data = held.getvalue()
    return gzip.compress(data) if compress else data


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("compress", [True, False])
def test_a_file_holds_what_the_service_sends(client, bucket, service, compress, nested):
    service.kept = {ROOT: packed()}
    bucket.kept = {ROOT: hdf5(compress=compress, nested=nested)}
    told, read = client.fetch_skeletons([ROOT])[ROOT], client.fetch_skeletons([ROOT], method="gcs")[ROOT]
    assert set(told) == set(read)
    for key, value in told.items():
        if isinstance(value, np.ndarray):
            assert value.dtype == read[key].dtype
            assert value.tolist() == read[key].tolist()
        else:
            assert value == read[key]
            assert type(value) is type(read[key])


def test_swc_from_a_file(client, bucket):
    bucket.kept = {ROOT: hdf5()}
    found = client.fetch_skeletons([ROOT], output_format="swc", method="gcs")[ROOT]
    pd.testing.assert_frame_equal(found.iloc[:3], swc_frame(FORK_SWC))


def test_a_reason_for_each_id_that_did_not_come(client, bucket, service):
    first, absent, broken, refused = (ROOT + number for number in range(4))
    bucket.kept = {first: hdf5(), broken: b"no file"}
    bucket.say = {str(refused): (403, {"error": "x"})}
    found = client.fetch_skeletons([first, absent, broken, refused], method="gcs")
    assert list(found) == [first]
    assert found.missing == {absent: "not kept"}
    assert found.failed[broken].startswith("unreadable: ")
    assert found.failed[refused].startswith("not fetched: ")
    queued = client.fetch_skeletons([first, absent], method="gcs", generate_missing_skeletons=True)
    assert queued.missing == {absent: "queued"}
    assert service.asked("/gen_skeletons")[0].json["root_ids"] == [absent]
    assert len(service.asked("/get_skeleton_token/")) == 1


@pytest.mark.parametrize("status", [403, 500, 503])
def test_an_outage_does_not_look_like_no_skeletons(client, bucket, status):
    bucket.say = {"": (status, {"error": "x"})}
    with pytest.raises(errors.HTTPStatusError):
        client.fetch_skeletons([ROOT, ROOT + 1], method="gcs")


def test_more_than_one_round(client, bucket):
    ids = [ROOT + number for number in range(501)]
    bucket.kept = dict.fromkeys(ids[::2], hdf5())
    found = client.fetch_skeletons(ids, method="gcs", log_warning=False)
    assert list(found) == ids[::2]
    assert list(found.missing) == ids[1::2]


def test_a_refused_ticket_is_forgotten(client, bucket, service):
    bucket.say = {"": (401, {"error": "x"})}
    for _ in range(2):
        with pytest.raises(errors.AuthError):
            client.fetch_skeletons([ROOT], method="gcs")
    assert len(service.asked("/get_skeleton_token/")) == 2


def test_a_token_that_is_refused_later_loses_no_file(client, bucket, monkeypatch):
    monkeypatch.setattr(bulk, "STORAGE_ROUND", 2)
    ids = [ROOT + number for number in range(5)]
    bucket.kept = {ids[0]: hdf5()}
    bucket.say = {str(ids[2]): (401, {"error": {"message": "Invalid Credentials"}})}
    with pytest.raises(errors.AuthError) as caught:
        client.fetch_skeletons(ids, method="gcs")
    found = caught.value.partial
    assert (list(found), found.missing, list(found.failed)) == (ids[:1], {ids[1]: "not kept"}, ids[2:])
    assert SECRET not in everything(caught.value)


def test_without_h5py_it_says_what_to_do(client, service, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(ImportError, match="Install h5py"):
        client.fetch_skeletons([ROOT], method="gcs")
    assert service.seen == []


def test_other_methods(client):
    with pytest.raises(errors.InvalidArgumentError, match="'server' or 'gcs'"):
        client.fetch_skeletons([ROOT], method="s3")
