"""What must be refused: with a clear 4xx (or the 500 that stands for one), and without changing anything."""

import contextlib
import json

import numpy as np
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from offline_annotations import VOLUME, ask, contents, metadata, tag, taken_back

from caveclient_gen.offline.annotations.engine import MOST_ROWS
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.serving import serve

ROWS = f"{VOLUME}/tags/annotations"


@pytest.fixture(scope="module")
def shared(tmp_path_factory, segmented):
    """A server with a table of three tags, which no test here may change."""
    with serve(segmented.copy(tmp_path_factory.mktemp("hostile") / "hostile.cave")) as server:
        server.cave.annotations.create_table(1, "tags", "bound_tag", metadata())
        server.cave.annotations.post(1, "tags", [tag(x) for x in (16, 48, 80)])
        server.cave.annotations.create_table(1, "cells", "nucleus_detection", metadata())
        server.cave.annotations.create_table(
            1, "enums", "bouton_shape", metadata(table_metadata={"reference_table": "tags"})
        )
        server.cave.annotations.create_table(1, "wholes", "spine_with_info", metadata())
        server.cave.annotations.create_table(1, "flags", "bound_tag_bool", metadata())
        yield server


@pytest.fixture(autouse=True)
def unchanged(shared):
    """Nothing of the database differs after a test."""
    before = contents(shared.cave.store)
    yield
    assert contents(shared.cave.store) == before


def assert_refused(answer):
    """Refused as a 4xx, or as the 500 by which annotation servers mean one."""
    assert answer.headers["Content-Type"] == "application/json", answer.text[:300]
    if answer.status_code == 500:
        body = answer.json()
        means = body.get("message", "")
        assert "schema_errors" in body or "errors" in body or means[:1] == "4", answer.text[:300]
        assert "Report this" not in means
    else:
        assert 400 <= answer.status_code < 500, answer.text[:300]
    assert len(answer.content) < 2000


def post(shared, rows, *, table="tags"):
    body = rows if isinstance(rows, str | bytes) else json.dumps({"annotations": rows})
    return ask(shared, "POST", f"{VOLUME}/{table}/annotations", data=body)


DEEP = 400
WRONG_ROWS = {
    "no row": [1],
    "a row that is null": [None],
    "a row that is a list": [[1, 2]],
    "nothing": [{}],
    "no point": [{"tag": "a"}],
    "no tag": [{"pt": {"position": [1, 2, 3]}}],
    "a point that is a list": [{"pt": [1, 2, 3], "tag": "a"}],
    "a point that is text": [{"pt": "1,2,3", "tag": "a"}],
    "a point without position": [{"pt": {}, "tag": "a"}],
    "two numbers": [{"pt": {"position": [1, 2]}, "tag": "a"}],
    "four numbers": [{"pt": {"position": [1, 2, 3, 4]}, "tag": "a"}],
    "text in a position": [{"pt": {"position": ["1", "2", "3"]}, "tag": "a"}],
    "null in a position": [{"pt": {"position": [1, None, 3]}, "tag": "a"}],
    "true in a position": [{"pt": {"position": [True, True, True]}, "tag": "a"}],
    "an object in a position": [{"pt": {"position": [1, {}, 3]}, "tag": "a"}],
    "a position of positions": [{"pt": {"position": [[1, 2, 3]] * 3}, "tag": "a"}],
    "a huge position": [{"pt": {"position": [10**30, 2, 3]}, "tag": "a"}],
    "a position beyond 32 bits": [{"pt": {"position": [2**31, 2, 3]}, "tag": "a"}],
    "the second of two": [tag(1), {"pt": {"position": [1, 2]}, "tag": "a"}],
    "a tag that is a number": [tag(1, 3)],
    "a tag that is a list": [tag(1, ["a"])],
    "half a letter": [tag(1, "\ud800")],
    "a zero in a text": [tag(1, "a\0b")],
    "an id that is text": [tag(1, id="4")],
    "an id that is true": [tag(1, id=True)],
    "an id of zero": [tag(1, id=0)],
    "an id below zero": [tag(1, id=-4)],
    "a huge id": [tag(1, id=2**63)],
    "the largest id and another row": [tag(1, id=2**63 - 1), tag(2)],
    "an id that exists": [tag(1, id=2)],
    "an id twice": [tag(1, id=7), tag(1, id=7)],
    "a deep position": [{"pt": {"position": json.loads("[" * DEEP + "]" * DEEP)}, "tag": "a"}],
    "a deep tag": [tag(1, json.loads("[" * DEEP + "]" * DEEP))],
    "more rows than allowed": [tag(1)] * (MOST_ROWS + 1),
}


@pytest.mark.parametrize("name", WRONG_ROWS)
def test_wrong_rows(shared, name):
    assert_refused(post(shared, WRONG_ROWS[name]))


@pytest.mark.parametrize("name", [name for name in WRONG_ROWS if name != "an id that exists"])
def test_wrong_rows_in_updates(shared, name):
    rows = [
        {"id": place + 1, **row} if isinstance(row, dict) else row
        for place, row in enumerate(WRONG_ROWS[name])
    ]
    if name in ("nothing", "no point", "no tag", "a point without position"):
        rows[0]["tag"] = 3  # without it, what is left out stays
    assert_refused(ask(shared, "PUT", ROWS, data=json.dumps({"annotations": rows})))


@pytest.mark.parametrize(
    ("rows", "means"),
    [
        ([tag(1)] * (MOST_ROWS + 1), "413 Request Entity Too Large: "),
        ([tag(1, 3)], "422 Unprocessable Entity: "),
        ([{"tag": "a"}], "422 Unprocessable Entity: "),
    ],
)
def test_what_servers_refuse_on_purpose(shared, rows, means):
    """HTTP 500, and what is meant at the start of the message."""
    answer = post(shared, rows)
    assert answer.status_code == 500
    assert answer.json()["message"].startswith(means)


OTHER_TABLES = {
    "a choice that is none": ("enums", {"target_id": 1, "shape": "sphere"}),
    "a target that nobody has": ("enums", {"target_id": 99, "shape": "potato"}),
    "a target that is text": ("enums", {"target_id": "x", "shape": "potato"}),
    "a huge target": ("enums", {"target_id": 10**25, "shape": "potato"}),
    "a volume that is text": ("cells", {"pt": {"position": [1, 2, 3]}, "volume": "much"}),
    "a volume that is true": ("cells", {"pt": {"position": [1, 2, 3]}, "volume": True}),
    "a volume beyond 32 bits": ("cells", {"pt": {"position": [1, 2, 3]}, "volume": 1e39}),
    "a volume beyond 32 bits in text": ("cells", {"pt": {"position": [1, 2, 3]}, "volume": "1e39"}),
    "a huge volume": ("cells", {"pt": {"position": [1, 2, 3]}, "volume": 10**400}),
    "half a box": ("cells", {"pt": {"position": [1, 2, 3]}, "bb_start": {"position": [1]}}),
    "a fraction of an input": ("wholes", {"pt": {"position": [1, 2, 3]}, "n_inputs": 1.5}),
    "inputs beyond 32 bits": ("wholes", {"pt": {"position": [1, 2, 3]}, "n_inputs": 2**31}),
    "inputs in many digits": ("wholes", {"pt": {"position": [1, 2, 3]}, "n_inputs": "1" * 5000}),
    "neither yes nor no": ("flags", {"pt": {"position": [1, 2, 3]}, "tag": "perhaps"}),
    "two": ("flags", {"pt": {"position": [1, 2, 3]}, "tag": 2}),
}


@pytest.mark.parametrize("name", OTHER_TABLES)
def test_wrong_values(shared, name):
    table, row = OTHER_TABLES[name]
    assert_refused(post(shared, [row], table=table))


BODIES = {
    "nothing": b"",
    "no JSON": b"{annotations",
    "not UTF-8": b'{"annotations": ["\xff\xfe"]}',
    "a list": b"[]",
    "a text": b'"x"',
    "rows that are no list": b'{"annotations": {"pt": 1}}',
    "rows that are null": b'{"annotations": null}',
    "more than rows": b'{"annotations": [], "table": "x"}',
    "deep": b'{"annotations": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of many digits": b'{"annotations": [' + b"1" * 10_000 + b"]}",
    "no number": b'{"annotations": [{"pt": {"position": [NaN, 1, 1]}, "tag": "a"}]}',
    "endless": b'{"annotations": [{"pt": {"position": [Infinity, 1, 1]}, "tag": "a"}]}',
    "half a letter as a name": b'{"annotations": [], "\\ud800": 1}',
}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("name", BODIES)
def test_wrong_bodies(shared, name, method):
    assert_refused(ask(shared, method, ROWS, data=BODIES[name]))


def test_a_volume_that_is_no_number(shared):
    row = b'{"annotations": [{"pt": {"position": [1, 2, 3]}, "volume": NaN}]}'
    assert_refused(post(shared, row, table="cells"))


def test_ten_megabytes_of_nonsense(shared):
    assert_refused(post(shared, b"x" * 10_000_000))
    assert_refused(post(shared, json.dumps({"annotations": "x" * 10_000_000})))
    assert_refused(ask(shared, "POST", VOLUME, data=b" " * 10_000_000))


def test_a_body_beyond_all_bounds(shared):
    answer = post(shared, b" " * (64 * 2**20 + 1))
    assert answer.status_code == 413
    assert "Send less at once" in answer.json()["message"]


@pytest.mark.parametrize(
    "ids",
    [
        None,
        [],
        "1",
        {"a": 1},
        ["x"],
        [1.5],
        [True],
        [-1],
        [2**63],
        [None],
        [[1]],
        ["1; DROP TABLE annotation_table"],
    ],
)
def test_wrong_ids_in_deletions(shared, ids):
    assert_refused(ask(shared, "DELETE", ROWS, json={"annotation_ids": ids}))


@pytest.mark.parametrize(
    "ids", [None, "", "x", "1,", "1.5", "-1", str(2**63), "1) OR 1=1 --", "\u0661", "9" * 5000]
)
def test_wrong_ids_in_questions(shared, ids):
    assert_refused(ask(shared, "GET", ROWS, params={} if ids is None else {"annotation_ids": ids}))


NAMES = [
    "",
    "1",
    "_",
    "1a",
    "Tags",
    "a b",
    "a-b",
    "a\n",
    "\u00e9",
    "\uff41",
    "a\0",
    "\ud800",
    "x" * 64,
    "x" * 100_000,
    'a"; DROP TABLE annotation_table; --',
    "a'; DELETE FROM annotation_table; --",
    "../../etc/passwd",
    "tags",
    3,
    None,
    ["a"],
    {"a": 1},
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:30])
def test_wrong_names_of_tables(shared, name):
    body = {"table_name": name, "schema_type": "bound_tag", "metadata": metadata()}
    assert_refused(ask(shared, "POST", VOLUME, data=json.dumps(body)))


WRONG_METADATA = {
    "not an object": "x",
    "nothing": {},
    "no description": {**metadata(), "description": None},
    "an empty description": metadata(description=""),
    "a description that is a list": metadata(description=["x"]),
    "half a letter": metadata(description="\ud800"),
    "a zero": metadata(description="a\0"),
    "an endless description": metadata(description="x" * 200_000),
    "no resolution": {"description": "x"},
    "no size of voxels": metadata(voxel_resolution_x=0),
    "voxels below nothing": metadata(voxel_resolution_x=-8),
    "voxels that are text": metadata(voxel_resolution_x="8"),
    "voxels that are true": metadata(voxel_resolution_x=True),
    "endless voxels": metadata(voxel_resolution_x=float("inf")),
    "voxels that are no number": metadata(voxel_resolution_x=float("nan")),
    "voxels of many digits": metadata(voxel_resolution_x=10**400),
    "an unknown permission": metadata(read_permission="EVERYBODY"),
    "a permission that is a list": metadata(write_permission=["PUBLIC"]),
    "a field that nobody knows": metadata(valid=True),
    "SQL in a field": metadata(**{"description = 'x' --": 1}),
    "an owner that is a list": metadata(user_id=[1]),
    "an owner that is a name": metadata(user_id="me"),
    "an owner below nobody": metadata(user_id=-1),
    "an owner of many digits": metadata(user_id="9" * 5000),
    "an owner in other digits": metadata(user_id="\u0661"),
    "a reference that is text": metadata(table_metadata="tags"),
    "a reference to a number": metadata(table_metadata={"reference_table": 3}),
    "a reference that nobody knows": metadata(table_metadata={"target": "tags"}),
    "SQL in a reference": metadata(table_metadata={"reference_table": "x'; DROP TABLE annotation_table; --"}),
    "tracking that is text": metadata(
        table_metadata={"reference_table": "tags", "track_target_id_updates": "x"}
    ),
}


@pytest.mark.parametrize("name", WRONG_METADATA)
def test_wrong_metadata(shared, name):
    for schema in ("bound_tag", "cell_type_reference"):
        body = {"table_name": "fresh", "schema_type": schema, "metadata": WRONG_METADATA[name]}
        assert_refused(ask(shared, "POST", VOLUME, data=json.dumps(body)))


@pytest.mark.parametrize(
    "name", [name for name in WRONG_METADATA if name not in ("nothing", "no resolution", "no description")]
)
def test_wrong_changes_of_metadata(shared, name):
    changes = WRONG_METADATA[name]
    assert_refused(ask(shared, "PUT", VOLUME, data=json.dumps({"table_name": "tags", "metadata": changes})))


@pytest.mark.parametrize("schema", ["", "Synapse", "synapse'", 3, None, ["synapse"], "\ud800", "x" * 100_000])
def test_wrong_schemas(shared, schema):
    body = {"table_name": "fresh", "schema_type": schema, "metadata": metadata()}
    assert_refused(ask(shared, "POST", VOLUME, data=json.dumps(body)))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"table_name": "a"}', b'{"x": 1}', b"\x00\xff"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_wrong_bodies_about_tables(shared, method, body):
    assert_refused(ask(shared, method, VOLUME, data=body))


@pytest.mark.parametrize(
    "name", ["nope", "tags'", "tags%00", "%ff", "annotation_table", "..%2Ftags", "x" * 5000]
)
def test_tables_that_nobody_knows(shared, name):
    whole = f"{VOLUME}/{name}"
    for method, path, more in [
        ("GET", whole, {}),
        ("DELETE", whole, {}),
        ("GET", f"{whole}/count", {}),
        ("GET", f"{whole}/annotations?annotation_ids=1", {}),
        ("POST", f"{whole}/annotations", {"json": {"annotations": [tag(1)]}}),
        ("PUT", f"{whole}/annotations", {"json": {"annotations": [tag(1, id=1)]}}),
        ("DELETE", f"{whole}/annotations", {"json": {"annotation_ids": [1]}}),
    ]:
        answer = ask(shared, method, path, **more)
        assert 400 <= answer.status_code < 500, (method, path)


@pytest.mark.parametrize(
    "query", [{"timestamp": "yesterday"}, {"timestamp": "1e400"}, {"filter_valid": "perhaps"}]
)
def test_wrong_questions_for_tables(shared, query):
    assert_refused(ask(shared, "GET", VOLUME, params=query))


@pytest.mark.parametrize("token", [None, "", "wrong", "x" * 10_000])
def test_nobody_without_a_token(shared, token):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    for method, path in [("GET", VOLUME), ("POST", VOLUME), ("POST", ROWS), ("DELETE", f"{VOLUME}/tags")]:
        answer = requests.request(method, shared.address + path, headers=headers, timeout=10, data=b"{}")
        assert answer.status_code in (400, 401)


WRONG_COLUMNS = {
    "no columns": {},
    "columns of two lengths": {"pt_position": np.zeros((2, 3)), "tag": np.array(["a"])},
    "a column that nobody knows": {"pt_position": np.zeros((1, 3)), "tag": np.array(["a"]), "x": np.zeros(1)},
    "a flat position": {"pt_position": np.zeros(3), "tag": np.array(["a"] * 3)},
    "no position": {"tag": np.array(["a"])},
    "an empty position": {"pt_position": np.full((1, 3), np.nan), "tag": np.array(["a"])},
    "half a position": {"pt_position": np.array([[1, np.nan, 1]]), "tag": np.array(["a"])},
    "an empty tag": {"pt_position": np.zeros((1, 3)), "tag": np.array([None])},
    "a tag that is a number": {"pt_position": np.zeros((1, 3)), "tag": np.zeros(1)},
    "ids that are fractions": {
        "pt_position": np.zeros((1, 3)),
        "tag": np.array(["a"]),
        "id": np.array([1.5]),
    },
    "ids below one": {"pt_position": np.zeros((1, 3)), "tag": np.array(["a"]), "id": np.array([0])},
    "an id twice": {"pt_position": np.zeros((2, 3)), "tag": np.array(["a"] * 2), "id": np.array([7, 7])},
    "supervoxels of nobody": {
        "pt_position": np.zeros((1, 3)),
        "tag": np.array(["a"]),
        "pt_supervoxel_id": np.array([12]),
    },
}


@pytest.mark.parametrize("name", WRONG_COLUMNS)
def test_wrong_columns(shared, name):
    with pytest.raises(Refusal):
        shared.cave.annotations.add_columns(1, "tags", WRONG_COLUMNS[name])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
POINTS = st.one_of(
    ANYTHING,
    st.fixed_dictionaries(
        {"position": st.lists(st.integers(-(2**33), 2**33) | st.floats(), min_size=3, max_size=3)}
    ),
)
NUCLEI = st.fixed_dictionaries(
    {"pt": POINTS},
    optional={
        "bb_start": POINTS,
        "volume": ANYTHING,
        "id": ANYTHING,
        "pt_position": ANYTHING,
        "valid": ANYTHING,
    },
)


@given(rows=st.lists(NUCLEI, max_size=3))
@settings(max_examples=80, deadline=None)
def test_any_rows_are_taken_or_refused(shared, rows):
    """Rows that nobody thought of: refused, or in the table as they can be read again."""
    annotations = shared.cave.annotations
    before = contents(shared.cave.store)
    with contextlib.suppress(Refusal), taken_back(shared.cave.store):
        ids = annotations.post(1, "cells", rows)
        found = annotations.get("cells", ids)
        assert {row["id"] for row in found} == set(ids)
        assert len(found) == len(rows) == annotations.rows_at("cells", 2**60).num_rows
        json.dumps(found, allow_nan=False)
    assert contents(shared.cave.store) == before


def test_sql_is_only_text(shared):
    """Not refused: it is a tag like any other."""
    nasty = "'); DROP TABLE annotation_table; --"
    with taken_back(shared.cave.store):
        (one,) = shared.cave.annotations.post(1, "tags", [tag(1, nasty)])
        assert shared.cave.annotations.get("tags", [one])[0]["tag"] == nasty
