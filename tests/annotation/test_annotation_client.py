"""The annotation client: tables, rows, and what it asks of whom."""

import logging
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from annotation_bench import TOKEN

from caveclient_gen.annotationengine import AnnotationClient, AnnotationClientV2
from caveclient_gen.errors import InvalidArgumentError, InvalidIdError, NotFoundError

HEADER = {"Authorization": f"Bearer {TOKEN}"}
ROW = {"tag": "a", "pt": {"position": [1, 2, 3]}}


class Rows(dict):
    """A mapping that is a dict to nobody who asks for its type."""


def rows_of_all_kinds():
    import types

    return {
        "dict": ROW,
        "mapping": types.MappingProxyType(ROW),
        "subclass": Rows(ROW),
        "tuple": (ROW,),
        "generator": (one for one in [ROW]),
        "numpy": [{"tag": np.str_("a"), "pt": {"position": np.array([1, 2, 3])}}],
        "missing": [ROW | {"size": float("nan"), "note": None, "other": pd.NA}],
    }


@pytest.mark.parametrize("kind", rows_of_all_kinds())
def test_rows_of_all_kinds(client, server, kind):
    assert client.post_annotation("t", rows_of_all_kinds()[kind]) == [1]
    assert server.writes[0][2] == {"annotations": [ROW]}


@pytest.mark.parametrize(
    "data", ["abc", 3, [1], [["tag"]], pd.DataFrame({"tag": ["a"]}), {"size": float("inf")}]
)
def test_rows_that_are_none(client, server, data):
    with pytest.raises(InvalidArgumentError):
        client.post_annotation("t", data)
    assert server.seen == []


def test_no_rows_send_nothing(client, server):
    assert client.post_annotation("t", []) == []
    assert client.update_annotation("t", []) == {}
    assert client.get_annotation("t", []) == []
    assert client.delete_annotation("t", []) == []
    assert server.seen == []


def test_updates_name_their_rows(client, server):
    with pytest.raises(InvalidIdError, match="id of row 0"):
        client.update_annotation("t", ROW)
    assert server.seen == []


def test_many_ids(client, server, caplog):
    server.insert([ROW] * 700)
    ids = [700, 3, 3, *range(1, 600), 9999]
    with caplog.at_level(logging.WARNING):
        found = client.get_annotation("t", ids)
    assert [row["id"] for row in found] == ids[:-1]
    assert "lacks 1 of the ids: 9999" in caplog.text
    assert found[0]["deleted"] is None
    assert found[1] is not found[2]
    assert len(server.seen) == 3


def test_servers_that_refuse_when_no_id_is_there(client, server):
    server.insert([ROW] * 10)
    answer = server.answer

    def picky(method, path, query, body):
        status, value = answer(method, path, query, body)
        return (
            (500, {"code": 500, "message": "404 Not Found: annotation_id not in table"})
            if value == []
            else (status, value)
        )

    server.answer = picky
    assert [row["id"] for row in client.get_annotation("t", range(1, 600))] == list(range(1, 11))
    with pytest.raises(NotFoundError):
        client.get_annotation("t", 99)


@pytest.mark.parametrize("ids", ["1,2", 1.0, [1.5], True, [None], "abc"])
@pytest.mark.parametrize("method", ["get_annotation", "delete_annotation"])
def test_what_is_no_id(client, server, method, ids):
    with pytest.raises(InvalidIdError):
        getattr(client, method)("t", ids)
    assert server.seen == []


@pytest.mark.parametrize("rows", [{"tag": "a"}, [{"id": 1}, {"tag": "a"}], [{"id": 1.0}], {1: 2}])
def test_rows_without_an_id_are_not_deleted(client, server, rows):
    with pytest.raises(InvalidIdError):
        client.delete_annotation("t", rows)
    assert server.seen == []


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"id": 2, "tag": "a"}, [2]),
        ([{"id": 2}, {"id": np.int64(1)}], [2, 1]),
        (({"id": 3},), [3]),
        ([{"id": 2}, 1], [2, 1]),
        (pd.Series([2, 1]), [2, 1]),
        (1, [1]),
    ],
)
def test_rows_and_ids_can_be_deleted(client, server, given, sent):
    assert client.delete_annotation("t", given) == sent
    assert [body for method, _, body in server.seen if method == "DELETE"] == [{"annotation_ids": sent}]


@pytest.mark.parametrize("given", [[ROW], ROW, pd.DataFrame({"tag": ["a"]}), None])
def test_what_is_no_stage_is_not_uploaded(client, server, given):
    with pytest.raises(InvalidArgumentError, match="stage_annotations"):
        client.upload_staged_annotations(given)
    assert server.seen == []


@pytest.mark.parametrize("one", [1, np.int64(1), "1", [1], np.array([1])])
def test_one_id(client, server, one):
    server.insert([ROW])
    assert [row["id"] for row in client.get_annotation("t", one)] == [1]


def test_a_text_is_one_id(client, server):
    server.insert([ROW] * 3)
    client.get_annotation("t", "123")
    assert len(server.seen) == 1


@pytest.mark.parametrize("axes", [{}, {"voxel_resolution_x": 4.0}, {"voxel_resolution_x": None}])
def test_a_resolution_that_is_not_known(client, server, axes):
    server.answer = lambda *_: (201, {"table_name": "t", **axes})
    assert client.get_table_metadata("t") == {"table_name": "t", "voxel_resolution": None}


def test_tables_of_a_moment_are_asked_for_in_utc(client, server):
    seen = []
    server.answer = lambda method, path, query, body: (seen.append(query), (200, ["t"]))[1]
    with pytest.warns(UserWarning, match="4.35.0"):
        tables = client.get_tables(timestamp="2024-01-02T04:04:05+01:00")
    assert tables == ["t"]
    assert seen == [{"timestamp": ["2024-01-02T03:04:05.000000Z"]}]


def test_making_a_table(client, server):
    server.answer = lambda *_: (200, "t")
    client.create_table("t", "bound_tag", "words", np.array([4, 4, 40]), notice_text="None")
    client.create_table("t", "ref", "words", [4, 4, 40], "target", True, "precomputed://x", 7)
    sizes = {"voxel_resolution_x": 4.0, "voxel_resolution_y": 4.0, "voxel_resolution_z": 40.0}
    who = {"description": "words", **sizes, "read_permission": "PUBLIC", "write_permission": "PRIVATE"}
    reference = {"reference_table": "target", "track_target_id_updates": True}
    assert [body["metadata"] for _, _, body in server.seen] == [
        who | {"notice_text": ""},
        who | {"user_id": 7, "table_metadata": reference, "flat_segmentation_source": "precomputed://x"},
    ]


@pytest.mark.parametrize("size", [[4, 4], [4, 4, 0], "4,4,40", None])
def test_a_resolution_is_checked(client, server, size):
    with pytest.raises(InvalidArgumentError, match="voxel_resolution"):
        client.create_table("t", "bound_tag", "words", size)
    assert server.seen == []


def test_columns_for_points(client):
    df = pd.DataFrame({"a_position": [[1, 2, 3]], "b": [[4, 5, 6]]})
    make = client.process_position_columns
    assert make(df, {"b": "c", "a_position": "a"}) == [
        {"c": {"position": [4, 5, 6]}, "a": {"position": [1, 2, 3]}}
    ]
    assert make(df, None) == [{"b": [4, 5, 6], "a": {"position": [1, 2, 3]}}]
    assert make(df, ("a_position",)) == make(df, pd.Index(["a_position"])) == make(df, None)
    for wrong in (["b"], ["z_position"], {"z": "a"}):
        with pytest.raises(InvalidArgumentError):
            make(df, wrong)
    with pytest.raises(InvalidArgumentError, match="two of each"):
        make(df.assign(a=1), None)


def test_nothing_is_asked_of_anybody_when_a_client_is_made(server):
    class Framework:
        asked = ()

        @property
        def schema(self):
            self.asked += ("schema",)
            raise ConnectionError

    framework = Framework()
    made = AnnotationClient(server.url, None, "vol", over_client=framework, transport=object())
    assert (made.aligned_volume_name, framework.asked, server.seen) == ("vol", (), [])
    with pytest.raises(ConnectionError):
        _ = made.schema_client


def test_the_framework_client_knows_the_volume(server):
    framework = SimpleNamespace(info=SimpleNamespace(aligned_volume_name="theirs"))
    made = AnnotationClientV2(server.url, HEADER, 2, None, None, None, over_client=framework)
    made.get_annotation_count("t")
    assert [path for _, path, _ in server.seen] == ["/annotation/api/v2/aligned_volume/theirs/table/t/count"]
    made._transport.close()


def test_alone_without_a_schema_client(server):
    alone = AnnotationClientV2(server.url, HEADER, 2, None, None, "vol")
    alone.get_annotation_count("t")
    with pytest.raises(InvalidArgumentError, match="Pass schema_client"):
        alone.stage_annotations(schema_name="bound_tag")
    alone._transport.close()


def test_the_documented_order_of_arguments(server):
    made = AnnotationClient(server.url, "old name", transport=object())
    assert made.aligned_volume_name == "old name"
    assert AnnotationClient(server.url, "old", "vol", transport=object()).aligned_volume_name == "vol"
    assert isinstance(made, AnnotationClientV2)
    with pytest.raises(InvalidArgumentError, match="auth_client="):
        AnnotationClient(server.url, "vol", object(), transport=object())


def test_staging_asks_table_and_schema(client, server):
    staged = client.stage_annotations("t", annotation_resolution=[8, 8, 40])
    staged.add([1, 2, 3], "a")
    assert staged.annotation_list == [{"pt": {"position": [2, 4, 3]}, "tag": "a"}]
    with pytest.raises(InvalidArgumentError, match="Leave out schema_name"):
        client.stage_annotations("t", schema_name="synapse")
    with pytest.raises(InvalidArgumentError, match="Pass table_name"):
        client.stage_annotations()
