"""Queries at any moment: which moments and roots are refused, what is joined, what is kept in memory."""

import pyarrow as pa
import pytest
import requests
from bench import LATER, NOW, V1, V2, at
from tubes import INGESTED, SUPERVOXELS

from caveclient_gen.offline.moments import iso
from caveclient_gen.offline.tables.query import Live, Query

QUERY = (
    "/materialize/api/v3/datastack/testds/query?return_pyarrow=true&arrow_format=true&direct_sql_pandas=true"
)


def ask(served, moment, table="synapses", person="admin", flags="", **body):
    """Ask at a moment."""
    time = moment if isinstance(moment, str) else f"{iso(moment)}+00:00"
    return requests.post(
        f"{served.address}{QUERY}{flags}",
        json={"table": table, "timestamp": time, **body},
        headers={"Authorization": f"Bearer {person}", "Accept-Encoding": "zstd"},
        timeout=20,
    )


def rows_of(answer):
    """Return the rows of an answer."""
    assert answer.status_code == 200, answer.text
    return pa.ipc.open_stream(answer.content).read_all()


@pytest.mark.parametrize(
    "moment", [at(5), V1 - 1, V1 + 1, V2 - 1, V2 + 1, LATER + 1, NOW, at(59), "2199-01-01"]
)
def test_rows_are_those_of_the_moment(served, moment):
    micros = 7 * 10**15 if isinstance(moment, str) else moment
    rows = rows_of(ask(served, moment)).sort_by("id")
    expected = served.cave.annotations.rows_at("synapses", micros)
    assert rows.select(expected.column_names).equals(expected.sort_by("id"))


def test_a_naive_time_is_utc_and_zones_are_read(served):
    answers = [
        rows_of(ask(served, time))["pre_pt_root_id"].to_pylist()
        for time in ("2025-03-01T12:25:00", "2025-03-01T12:25:00Z", "2025-03-01T14:25:00+02:00")
    ]
    assert answers[0] == answers[1] == answers[2]
    other = rows_of(ask(served, "2025-03-01T12:05:00"))["pre_pt_root_id"].to_pylist()
    assert other != answers[0]


@pytest.mark.parametrize("version", [V1, V2])
def test_the_moment_of_a_version_is_refused_for_tables_that_changed_since(served, version):
    answer = ask(served, version)
    assert answer.status_code == 500
    assert answer.json()["message"].startswith("400 Bad Request: do not use live live query")
    assert rows_of(ask(served, version, "tags")).num_rows == 5  # it did not change


def test_a_table_that_did_not_exist_yet_is_not_found(served):
    answer = ask(served, INGESTED + 1)
    assert answer.status_code == 500
    assert answer.json()["message"].startswith("404 Not Found: table 'synapses'")


def test_root_ids_must_be_of_the_moment(served):
    segmentation = served.cave.segmentation
    node = SUPERVOXELS["C00"]
    old, new = (int(segmentation.roots([node], at=moment)[0]) for moment in (V1, NOW))
    assert old != new
    for kind, value in (("in", [old, new, 5]), ("equal", old)):
        refused = ask(served, NOW, **{f"filter_{kind}_dict": {"synapses": {"pre_pt_root_id": value}}})
        shown = [old, 5] if kind == "in" else [old]
        text = f"Some root_ids passed are not valid at the query timestamp: {shown}"
        assert (refused.status_code, refused.json()["message"]) == (500, f"400 Bad Request: {text}")
        allowed = ask(
            served,
            NOW,
            flags="&allow_invalid_root_ids=true",
            **{f"filter_{kind}_dict": {"synapses": {"pre_pt_root_id": value}}},
        )
        assert allowed.headers["Warning"] == text
        roots = set(rows_of(allowed)["pre_pt_root_id"].to_pylist())
        assert roots == ({new} if kind == "in" else set())
    assert rows_of(ask(served, V1 + 1, filter_equal_dict={"synapses": {"pre_pt_root_id": old}})).num_rows > 0


def test_many_stale_roots_do_not_burst_a_header(served):
    many = {"synapses": {"pre_pt_root_id": list(range(1, 3000))}}
    answer = ask(served, NOW, flags="&allow_invalid_root_ids=true", filter_in_dict=many)
    assert answer.status_code == 200
    assert answer.headers["Warning"].endswith("and 2949 more")


def test_tables_are_joined_in_either_direction(served):
    forward = ask(served, NOW, "cell_types", join_tables=[["cell_types", "target_id", "nuclei", "id"]])
    backward = ask(served, NOW, "cell_types", join_tables=[["nuclei", "id", "cell_types", "target_id"]])
    assert rows_of(forward).equals(rows_of(backward))
    assert rows_of(forward).num_rows == 6
    named = ask(
        served,
        NOW,
        "cell_types",
        join_tables=[["cell_types", "target_id", "nuclei", "id"]],
        suffixes={"cell_types": "", "nuclei": "_ref"},
        filter_in_dict={"cell_types": {"cell_type": ["BC", "MC"]}},
        filter_greater_dict={"nuclei": {"volume": 0}},
        select_columns={"cell_types": ["id", "cell_type"], "nuclei": ["id", "pt_position"]},
    )
    assert rows_of(named).column_names == [
        "id",
        "cell_type",
        "id_ref",
        *(f"pt_position_{axis}" for axis in "xyz"),
    ]
    assert sorted(rows_of(named)["cell_type"].to_pylist()) == ["BC", "MC"]


def test_a_reference_is_merged_if_that_is_wanted(served):
    rows = rows_of(ask(served, NOW, "cell_types", flags="&merge_reference=true"))
    assert rows.column_names[5:8] == ["id_ref", "valid_ref", "volume"]
    assert rows["id_ref"].to_pylist() == rows["target_id"].to_pylist()


def test_counts_and_json_at_a_moment(served):
    assert rows_of(ask(served, NOW, flags="&count=true")).to_pylist() == [{"count": 41}]
    answer = ask(served, NOW, flags="&return_pyarrow=false", limit=2)
    assert answer.headers["Content-Type"] == "application/json"
    assert [row["id"] for row in answer.json()] == [1, 2]
    assert "there may be more results which are not shown" in answer.headers["Warning"]


def test_views_of_the_present(served, materialize):
    url = f"{served.address}/materialize/api/v3/datastack/testds/version/0/views/nucleus_types/query"
    answer = requests.post(
        f"{url}?return_pyarrow=true&arrow_format=true",
        json={},
        headers={"Authorization": "Bearer viewer"},
        timeout=20,
    )
    assert rows_of(answer).num_rows == 6


def test_a_private_table_is_for_its_owner(served):
    assert rows_of(ask(served, NOW, "secret")).num_rows == 5
    refused = ask(served, NOW, "secret", person="viewer")
    assert refused.status_code == 500
    assert refused.json()["message"].startswith("401 Unauthorized: ")
    joined = ask(served, NOW, "tags", person="viewer", join_tables=[["tags", "id", "secret", "id"]])
    assert joined.json()["message"].startswith("401 Unauthorized: ")


def test_a_moment_is_looked_up_once_until_something_changes(served, monkeypatch):
    asked = []
    rows_at = served.cave.annotations.rows_at

    def count(table, moment):
        asked.append((table, moment))
        return rows_at(table, moment)

    monkeypatch.setattr(served.cave.annotations, "rows_at", count)
    tables, moment = served.cave.tables, at(50)
    query = Query(at=Live(moment), tables=("tags",))
    for _ in range(3):
        assert tables.run(query).rows.num_rows == 5
    assert asked == [("tags", moment)]
    store = served.cave.store
    with store.write():
        store.touch("anything")
    assert tables.run(query).rows.num_rows == 5
    assert asked == [("tags", moment)] * 2
    for second in range(12):  # no more than a few are kept
        tables.run(Query(at=Live(moment + second), tables=("tags",)))
    tables.run(query)
    assert len(asked) == 2 + 11 + 1


def test_an_annotation_is_seen_at_once(tmp_path):
    from bench import bench

    with bench(tmp_path / "edited.cave").open() as cave:
        moment = cave.store.clock.now() + 10**9
        query = Query(at=Live(moment), tables=("tags",))
        assert cave.tables.count(query) == 5
        row = {"pt": {"position": [60, 20, 16]}, "tag": "new"}
        cave.annotations.post(1, "tags", [row])
        assert cave.tables.count(query) == 6


def test_no_row_waits_for_a_look_up(served):
    """A point outside of all objects has no root, and is answered whether or not that was allowed."""
    for flags in ("", "&allow_missing_lookups=true", "&allow_missing_lookups=false"):
        rows = rows_of(ask(served, NOW, "nuclei", flags=flags))
        assert rows.num_rows == 7
        assert rows["pt_root_id"].null_count == 1
