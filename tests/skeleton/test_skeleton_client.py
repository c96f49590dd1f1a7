"""The skeleton client: nothing is dropped in silence, and one kind of value wherever it comes from."""

import gzip
import json
import logging
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from skeleton_bench import FORK, FORK_SWC, neighbours, packed

from caveclient_gen import errors
from caveclient_gen.mixins.skeleton.forms import skeleton_of, swc_of
from caveclient_gen.skeletonservice import NoL2CacheException, SkeletonClient, Skeletons

ROOT = 4 << 56  # of layer 4, the top one of the segmentation
MANY = [ROOT + number for number in range(25)]


def same(skeleton, document=FORK):
    assert skeleton["vertices"].dtype == skeleton["radius"].dtype == np.float64
    for key in ("edges", "compartment", "mesh_to_skel_map", "lvl2_ids"):
        assert skeleton[key].dtype == np.int64, key
    for key, value in document.items():
        found = skeleton[key]
        assert (found.tolist() if isinstance(found, np.ndarray) else found) == value
    return True


# ---- any number of ids


@pytest.mark.parametrize(
    ("count", "call", "part", "requests"),
    [
        (25, lambda c, ids: c.get_bulk_skeletons(ids), "/get_skeletons/", 3),
        (1001, lambda c, ids: c.fetch_skeletons(ids), "/get_cached_skeletons/", 3),
        (1001, lambda c, ids: c.skeletons_exist(root_ids=ids), "/exists", 2),
    ],
)
def test_any_number_of_ids(client, service, count, call, part, requests):
    ids = [ROOT + number for number in range(count)]
    data = packed()
    service.kept = dict.fromkeys(ids, data)
    found = call(client, ids)
    assert list(found) == ids
    assert len(service.asked(part)) == requests


@pytest.mark.parametrize("method", ["generate_bulk_skeletons_async", "generate_bulk_meshworks_async"])
def test_generation_of_any_number(client, service, method):
    ids = [ROOT + number for number in range(10_001)]
    assert getattr(client, method)(ids) == 60.0 * len(ids)
    sent = [one for seen in service.asked("/gen_") for one in seen.json["root_ids"]]
    assert sorted(sent) == ids
    assert len(service.asked("/gen_")) == 11


def test_no_ids_send_nothing(client, service):
    assert client.get_bulk_skeletons([]) == client.fetch_skeletons([]) == {}
    assert client.skeletons_exist(root_ids=[]) == {}
    assert client.generate_bulk_skeletons_async([]) == client.generate_bulk_meshworks_async([]) == 0.0
    assert service.seen == []


def test_an_id_is_asked_for_once(client, service):
    service.kept = {ROOT: packed()}
    assert list(client.fetch_skeletons([ROOT, ROOT])) == [ROOT]
    assert service.seen[0].json["root_ids"] == [ROOT]


# ---- a reason for each id that did not come


def test_every_id_has_a_skeleton_or_a_reason(make, service, caplog):
    first, queued, invalid, layer, broken, odd, gone = MANY[:7]
    service.kept = {first: packed()}
    service.words = {
        invalid: "invalid_rid",
        layer: "invalid_layer_rid",
        broken: gzip.compress(b"{")[:12].hex(),
        odd: "something new",
    }
    service.say = {
        "/get_skeletons/": lambda seen: {k: v for k, v in service._bulk(seen).items() if k != str(gone)}
    }
    svid = 1 << 56
    found = make(over_client=neighbours()).get_bulk_skeletons([*MANY[:7], svid])
    assert same(found[first])
    assert found.missing == {queued: "queued"}
    assert found.failed[invalid] == "no root id, says the server"
    assert found.failed[layer].startswith("no root id, says the server: it is of another layer")
    assert found.failed[broken].startswith("unreadable: ")
    assert "something new" in found.failed[odd]
    assert found.failed[gone] == "the server said nothing about it"
    assert found.failed[svid] == "no root id: it is of layer 1, and roots are of layer 4"
    assert sorted([*found, *found.missing, *found.failed]) == sorted([*MANY[:7], svid])
    assert str(svid) not in service.asked("/get_skeletons/")[0].path
    assert "7 of 8 skeletons did not come" in caplog.text


def test_what_is_not_kept_is_told(client, service, caplog):
    service.kept = {MANY[0]: packed()}
    found = client.fetch_skeletons(MANY[:3])
    assert found.missing == dict.fromkeys(MANY[1:3], "not kept")
    queued = client.fetch_skeletons(MANY[:3], generate_missing_skeletons=True, log_warning=False)
    assert queued.missing == dict.fromkeys(MANY[1:3], "queued")
    assert service.seen[-1].json["generate_missing"] is True
    assert len(caplog.records) == 1


@pytest.mark.parametrize("call", ["get_bulk_skeletons", "fetch_skeletons"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, errors.ServerError), (429, errors.RateLimitError), (503, errors.ServiceUnavailableError)],
)
def test_a_service_that_fails_raises(client, service, call, status, kind):
    service.say = {"skeletons/": (status, {"Error": "no"})}
    with pytest.raises(kind):
        getattr(client, call)(MANY)


def test_a_broken_part_says_which(client, service):
    service.say = {
        "/get_skeletons/": lambda seen: (
            (500, {"Error": "x"}) if str(MANY[20]) in seen.path else service._bulk(seen)
        )
    }
    with pytest.raises(errors.ServerError) as caught:
        client.get_bulk_skeletons(MANY)
    assert "root_ids[20:25]" in caught.value.__notes__[0]
    assert caught.value.answered.tolist() == MANY[:20]


@pytest.mark.parametrize("form", ["dict", "swc"])
@pytest.mark.parametrize(
    ("call", "ids", "broken"),
    [("get_bulk_skeletons", MANY, 10), ("fetch_skeletons", range(ROOT, ROOT + 1200), 500)],
)
def test_an_error_keeps_the_skeletons_that_came(client, service, call, ids, broken, form):
    ids = list(ids)
    service.kept = {ids[0]: packed() if form == "dict" else gzip.compress(FORK_SWC.encode())}

    def answer(seen):
        asked = seen.json["root_ids"] if call == "fetch_skeletons" else list(map(int, seen.last.split(",")))
        if ids[broken] in asked:
            return 500, {"Error": "x"}
        return service._cached(seen) if call == "fetch_skeletons" else service._bulk(seen)

    service.say = {"skeletons/": answer}
    with pytest.raises(errors.ServerError) as caught:
        getattr(client, call)(ids, output_format=form)
    found = caught.value.partial
    assert type(found) is Skeletons
    assert list(found) == ids[:1]
    assert same(found[ids[0]]) if form == "dict" else list(found[ids[0]].columns)[:2] == ["id", "type"]
    assert all(why.startswith("not fetched: ") for why in found.failed.values())
    assert list(found.failed) == ids[broken : 2 * broken]
    assert sorted([*found, *found.missing, *found.failed]) == ids


@pytest.mark.parametrize(
    "body", [{"message": "1 per minute"}, {"get_skeleton() RateLimitExceeded": "1 per minute"}]
)
def test_both_forms_of_too_many_requests(client, service, body):
    service.say = {"/get_skeleton/": (429, body)}
    with pytest.raises(errors.RateLimitError, match="1 per minute"):
        client.get_skeleton(ROOT)


def test_results_are_dicts_that_survive_a_pickle(client, service):
    service.kept = {ROOT: packed()}
    found = client.fetch_skeletons([ROOT, ROOT + 1])
    copy = pickle.loads(pickle.dumps(found))
    assert isinstance(copy, dict)
    assert type(copy) is Skeletons
    assert (list(copy), copy.missing, copy.failed) == ([ROOT], {ROOT + 1: "not kept"}, {})


@pytest.mark.parametrize("key", [ROOT, str(ROOT)])
def test_a_skeleton_is_found_by_its_id_as_text_too(key):
    found = Skeletons()
    found[ROOT] = "one"
    assert (found[key], key in found, found.get(key)) == ("one", True, "one")


@pytest.mark.parametrize("key", [ROOT + 1, str(ROOT + 1), "none", None])
def test_a_skeleton_that_is_not_there(key):
    found = Skeletons()
    found[ROOT] = "one"
    assert (key in found, found.get(key), found.get(key, 5)) == (False, None, 5)
    with pytest.raises(KeyError, match=repr(key)):
        found[key]


# ---- types that stay what they are


def test_one_form_wherever_it_comes_from(client, service):
    service.kept = {ROOT: packed()}
    assert same(client.get_skeleton(ROOT))
    assert same(client.get_bulk_skeletons([ROOT])[ROOT])
    assert same(client.fetch_skeletons([ROOT])[ROOT])


def test_existence_is_a_bool_for_an_id_and_a_dict_for_a_list(client, service):
    service.kept = {ROOT: packed()}
    assert client.skeletons_exist(root_ids=ROOT) is True
    assert client.skeletons_exist(root_ids=np.int64(ROOT + 1)) is False
    assert client.skeletons_exist(root_ids=str(ROOT)) is True
    assert client.skeletons_exist(root_ids=[ROOT]) == {ROOT: True}
    assert client.skeletons_exist(root_ids=[ROOT, ROOT]) == {ROOT: True}
    assert client.skeletons_exist(root_ids=np.array([ROOT + 1, ROOT])) == {ROOT + 1: False, ROOT: True}
    with pytest.raises(errors.InvalidArgumentError, match="root_ids"):
        client.skeletons_exist()


def test_an_answer_that_leaves_an_id_out_is_no_answer(client, service):
    service.say = {"/exists": {str(ROOT): True, str(ROOT + 2): False}}
    with pytest.raises(errors.DecodeError, match=str(ROOT + 1)):
        client.skeletons_exist(root_ids=[ROOT, ROOT + 1, ROOT + 2])


@pytest.mark.parametrize(
    "ids",
    [
        np.array([ROOT, ROOT + 1]),
        np.array([ROOT, ROOT + 1], np.uint64),
        pd.Series([ROOT, ROOT + 1], dtype="Int64"),
        [np.int64(ROOT), np.uint64(ROOT + 1)],
        [str(ROOT), str(ROOT + 1)],
    ],
)
def test_ids_of_any_kind(client, service, ids):
    service.kept = {ROOT: packed(), ROOT + 1: packed()}
    expected = [ROOT, ROOT + 1]
    assert list(client.skeletons_exist(root_ids=ids)) == expected
    assert list(client.fetch_skeletons(ids)) == expected
    assert list(client.get_bulk_skeletons(ids)) == expected
    assert client.generate_bulk_skeletons_async(ids) == 120.0
    assert {type(one) for one in client.fetch_skeletons(ids)} == {int}
    assert same(client.get_skeleton(ids[0]))


@pytest.mark.parametrize(("answer", "seconds"), [(120, 120.0), (1.5, 1.5)])
def test_generation_returns_seconds(client, service, answer, seconds):
    service.say = {"/gen_skeletons": answer}
    found = client.generate_bulk_skeletons_async([ROOT])
    assert type(found) is float
    assert found == seconds
    assert service.seen[0].json["skeleton_version"] == 4


def test_swc_from_the_server_and_of_arrays_have_the_same_form(client, service):
    service.say = {"/swccompressed": gzip.compress(FORK_SWC.encode())}
    told = client.get_skeleton(ROOT, output_format="swc")
    made = swc_of(skeleton_of(FORK))
    assert list(told.dtypes) == list(made.dtypes)
    pd.testing.assert_frame_equal(told, made.iloc[:3])
    assert made.iloc[3].tolist() == [3, 2, 1.0, 1.0, 0.0, 0.4, 1]


@pytest.mark.parametrize(
    ("edges", "parents"),
    [([], [-1, -1, -1, -1]), ([[0, 1]], [-1, -1, 1, -1]), ([[3, 2], [2, 1], [1, 0]], None)],
)
def test_swc_of_skeletons_in_parts(edges, parents):
    frame = swc_of(skeleton_of({**FORK, "edges": edges}))
    assert sorted(zip(frame.x, frame.y, frame.z, strict=True)) == sorted(
        tuple(np.array(one) / 1000) for one in FORK["vertices"]
    )
    later = frame["parent"] >= 0
    assert (frame["parent"][later] < frame["id"][later]).all()
    assert (~later).sum() == len(FORK["vertices"]) - len(edges)
    assert parents is None or (frame["parent"] == -1).sum() == parents.count(-1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vertices": [[1.0, 2.0]]}, "shape"),
        ({"radius": [1.0]}, "'radius'"),
        ({"compartment": [1.5, 1, 1, 1]}, "whole numbers"),
        ({"compartment": [None, 1, 1, 1]}, "whole numbers"),
        ({"lvl2_ids": [1.5]}, "ids"),
        ({"edges": [[0.5, 1.0]]}, "array"),
        ({"edges": [[0, 4]]}, "vertices that it does not have"),
        ({"edges": [[0, -1]]}, "vertices that it does not have"),
        ({"root": None}, "one id"),
    ],
)
def test_a_skeleton_that_is_none(client, service, change, words):
    service.say = {"/get_skeleton/": packed({**FORK, **change})}
    with pytest.raises(errors.DecodeError, match=words):
        client.get_skeleton(ROOT)


def test_an_empty_skeleton(client, service):
    empty = {"vertices": [], "edges": [], "radius": [], "compartment": [], "root": 0}
    service.say = {"/get_skeleton/": packed(empty)}
    found = client.get_skeleton(ROOT)
    assert (found["vertices"].shape, found["edges"].shape) == ((0, 3), (0, 2))
    assert found["vertices"].dtype == np.float64
    assert found["edges"].dtype == np.int64


# ---- one skeleton


@pytest.mark.parametrize("text", ["1 0 0.5 x 0 0 -1", "one 0 0 0 0 0 -1", "1 0 0.5"])
def test_a_text_that_is_no_swc(client, service, text):
    service.say = {"/swccompressed": gzip.compress(text.encode())}
    with pytest.raises(errors.DecodeError, match="no SWC text"):
        client.get_skeleton(ROOT, output_format="swc")


@pytest.mark.parametrize("output_format", ["dict", "swc"])
def test_no_skeleton_is_an_error_that_says_what_to_do(client, service, output_format):
    service.say = {"/get_skeleton/": None}
    with pytest.raises(errors.NotReadyError, match=f"Try again in some minutes.*{ROOT}"):
        client.get_skeleton(ROOT, output_format=output_format)


def test_no_meshwork_is_an_error(client, service):
    service.say = {"/meshwork/": None}
    with pytest.raises(errors.NotReadyError, match="meshwork"):
        client.get_meshwork(ROOT)


def test_a_meshwork_is_an_unpacked_file(client, service):
    service.say = {"/meshwork/": gzip.compress(b"\x89HDF\r\n\x1a\nmore")}
    assert client.get_meshwork(ROOT) == b"\x89HDF\r\n\x1a\nmore"


def test_a_file_that_was_cut_is_no_skeleton(client, service):
    service.say = {"/get_skeleton/": packed()[:-9]}
    with pytest.raises(errors.DecodeError, match="Send the request again"):
        client.get_skeleton(ROOT)


@pytest.mark.parametrize(
    ("version", "route"),
    [
        ("0.23.11", "/async/"),
        ("0.13.7", "/async/"),
        (None, "/async/"),
        ("0.13.6", "/precomputed/"),
        ("0.6.0", "/precomputed/"),
    ],
)
@pytest.mark.filterwarnings("ignore:skeleton")  # that the version is unknown
def test_servers_of_all_ages(make, service, version, route):
    assert same(make(server_version=version).get_skeleton(ROOT))
    assert route in service.seen[-1].path


def test_a_server_that_is_too_old(make, service):
    with pytest.raises(errors.ServerIncompatibilityError, match=r"0\.6\.0"):
        make(server_version="0.5.0").get_skeleton(ROOT)
    assert service.seen == []


def test_making_one_may_take_minutes(client):
    waits = {
        name: client.prepare(name, root_id=ROOT).read_timeout
        for name in ("get_skeleton", "get_skeleton_at_once", "get_meshwork")
    }
    assert set(waits.values()) == {900}


# ---- what is known beforehand


def test_an_id_of_another_layer_is_refused_without_cloudvolume(make, service, monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudvolume", None)
    client = make(over_client=neighbours())
    assert same(client.get_skeleton(ROOT))
    before = len(service.seen)
    for call in (client.get_skeleton, lambda one: client.generate_bulk_skeletons_async([ROOT, one])):
        with pytest.raises(errors.InvalidIdError, match="of layer 1, and roots are of layer 4"):
            call(1 << 56)
    assert client.get_bulk_skeletons([1 << 56]).failed
    assert len(service.seen) == before


CALLS = {
    "get_skeleton": lambda c: c.get_skeleton(ROOT),
    "get_bulk_skeletons": lambda c: c.get_bulk_skeletons([ROOT]),
    "generate_bulk_skeletons_async": lambda c: c.generate_bulk_skeletons_async([ROOT]),
    "get_precomputed_skeleton_info": lambda c: c.get_precomputed_skeleton_info(4),
    "get_meshwork": lambda c: c.get_meshwork(ROOT),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_datastack_without_l2_cache(make, service, call):
    client = make(over_client=neighbours(has_cache=False))
    with pytest.raises(NoL2CacheException, match="'ds' has no L2 cache"):
        CALLS[call](client)
    assert service.seen == []


def test_the_documented_exception():
    error = NoL2CacheException("why")
    assert isinstance(error, errors.UnsupportedFeatureError)
    assert str(pickle.loads(pickle.dumps(error))) == "why"
    assert NoL2CacheException().value == ""


def test_dead_neighbours_fail_nothing(make, service):
    service.kept = {ROOT: packed()}
    client = make(over_client=neighbours(dead=True))
    assert same(client.get_skeleton(ROOT))
    assert list(client.get_bulk_skeletons([ROOT])) == [ROOT]


def test_versions_are_looked_up_only_when_unknown_here(client, service):
    service.say = {"/api/versions": [-1, 0, 4, 5]}
    client.get_skeleton(ROOT, skeleton_version=None)
    client.get_skeleton(ROOT, skeleton_version=-1)
    assert service.asked("/versions") == []
    client.get_skeleton(ROOT, skeleton_version=5)
    with pytest.raises(errors.InvalidArgumentError, match="one of -1, 0, 4, 5"):
        client.get_skeleton(ROOT, skeleton_version=9)
    assert len(service.asked("/versions")) == 1


def test_a_server_without_versions(client, service):
    assert client.get_versions() is None
    assert same(client.get_skeleton(ROOT, skeleton_version=9))


@pytest.mark.parametrize(
    ("skvn", "path"), [(4, "/skeleton/4/info"), (0, "/precomputed/skeleton/info"), (-1, "/skeleton/5/info")]
)
def test_the_info_document_is_asked_for_once(client, service, skvn, path):
    service.say = {"/info": {"@type": "x"}, "/api/versions": [-1, 0, 4, 5]}
    for _ in range(3):
        found = client.get_precomputed_skeleton_info(skvn)
        assert found == {"@type": "x"}
        found.clear()  # a copy
    assert len(service.asked(path)) == 1


@pytest.mark.parametrize("call", ["get_skeleton", "get_bulk_skeletons", "fetch_skeletons"])
@pytest.mark.parametrize("form", ["flatdict", "json", None, ["dict"]])
def test_unknown_forms(client, service, call, form):
    with pytest.raises(errors.InvalidArgumentError, match="output_format"):
        getattr(client, call)(ROOT, output_format=form)
    assert service.seen == []


@pytest.mark.parametrize(
    ("prefixes", "sent"),
    [
        (0, "0"),
        (8646, "8646"),
        ("8646", "8646"),
        ("1,2", "1,2"),
        ([1, "2"], "1,2"),
        (np.array([3, 4]), "3,4"),
    ],
)
def test_prefixes(client, service, prefixes, sent):
    service.say = {"/query_cache/": {"num_found": 0, "files": []}}
    assert client.get_cache_contents(root_id_prefixes=prefixes, limit=None) == {"num_found": 0, "files": []}
    assert service.seen[0].path.endswith(f"/query_cache/4/{sent}/0")


def test_no_prefixes(client, service):
    with pytest.raises(errors.InvalidArgumentError, match="at least one of root_id_prefixes"):
        client.get_cache_contents(root_id_prefixes=[])
    assert service.seen == []


@pytest.mark.parametrize("text", ["DATASTACK_NAME,ROOT_ID\nds,{id}\nother,5\n", "ds,{id}\nother,5\n"])
def test_the_refusal_list_has_its_head_line_once(client, service, text):
    one = 864691135000000001
    service.say = {"/get_refusal_list": gzip.compress(text.format(id=one).encode())}
    found = client.get_refusal_list()
    assert found.to_dict("list") == {"DATASTACK_NAME": ["ds", "other"], "ROOT_ID": [one, 5]}
    assert found["ROOT_ID"].dtype == np.int64


def test_an_empty_refusal_list(client, service):
    service.say = {"/get_refusal_list": gzip.compress(b"DATASTACK_NAME,ROOT_ID\n")}
    found = client.get_refusal_list()
    assert len(found) == 0
    assert found["ROOT_ID"].dtype == np.int64


@pytest.mark.parametrize("text", ["<html>no</html>", "ds,1.5", "ds,one"])
def test_a_refusal_list_that_is_none(client, service, text):
    service.say = {"/get_refusal_list": gzip.compress(text.encode())}
    with pytest.raises(errors.DecodeError, match="no list of root ids"):
        client.get_refusal_list()


# ---- the little tools, and what a client leaves alone

VALUES = [
    {"a b": "hello world"},
    {"a": ": ,", "b": [1, 2.5, None, True], "c": {"d e": "  "}},
    {"id": 2**63 + 1},
    {"text": "é\n"},
]


@pytest.mark.parametrize("spaces", [True, False])
@pytest.mark.parametrize("value", VALUES)
def test_compression_loses_nothing(value, spaces):
    data = SkeletonClient.compressDictToBytes(value, remove_spaces=spaces)
    assert SkeletonClient.decompressBytesToDict(data) == value
    assert json.loads(gzip.decompress(data)) == value


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": np.array([np.inf])}])
def test_what_json_cannot_hold_is_not_compressed(value):
    with pytest.raises(errors.InvalidArgumentError):
        SkeletonClient.compressDictToBytes(value)


def test_compression_of_arrays_and_texts():
    data = SkeletonClient.compressDictToBytes({"ids": np.array([2**60 + 1])})
    assert SkeletonClient.decompressBytesToString(data) == f'{{"ids":[{2**60 + 1}]}}'
    assert SkeletonClient.decompressBytesToString(SkeletonClient.compressStringToBytes("a b")) == "a b"
    assert data[4:8] == bytes(4), "no time in it: equal values are equal bytes"


def test_the_root_logger_is_left_alone(client, service, caplog):
    before = list(logging.getLogger().handlers)
    client.fetch_skeletons([ROOT])
    client.get_skeleton(ROOT)
    assert logging.getLogger().handlers == before
    assert caplog.records
    assert {record.name.split(".")[0] for record in caplog.records} == {"caveclient_gen"}


def test_importing_it_loads_nothing_heavy():
    heavy = "{'numpy', 'pandas', 'h5py', 'tqdm'}"
    script = f"import sys, caveclient_gen.skeletonservice; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.strip() == "[]"
