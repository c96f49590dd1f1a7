"""Who may see, fill and change which table."""

import pytest
from offline_annotations import VOLUME, ask, metadata, tag

from caveclient_gen import errors
from caveclient_gen.offline.serving import serve

OWNERS = {"admin": 1, "editor": 2, "viewer": 3}


@pytest.fixture(scope="module")
def shared(tmp_path_factory, segmented):
    """A server with a table of the editor for each pair of permissions."""
    with serve(segmented.copy(tmp_path_factory.mktemp("may") / "may.cave")) as server:
        for kind in ("PRIVATE", "GROUP", "PUBLIC"):
            more = metadata(read_permission=kind, write_permission=kind)
            server.cave.annotations.create_table(OWNERS["editor"], kind.lower(), "bound_tag", more)
            server.cave.annotations.post(OWNERS["editor"], kind.lower(), [tag(16)])
        yield server


READS = [
    ("editor", "private", True),
    ("editor", "group", True),
    ("viewer", "private", False),
    ("viewer", "group", False),  # the group of all people is no group of theirs
    ("viewer", "public", True),
    ("admin", "private", True),
    ("admin", "group", True),
]


@pytest.mark.parametrize(("person", "table", "may"), READS)
def test_reading(shared, person, table, may):
    client = shared.client(person).annotation
    if may:
        assert client.get_annotation_count(table) >= 1
        assert client.get_annotation(table, [1])[0]["tag"] == "a tag"
    else:
        for read in (client.get_annotation_count, lambda table: client.get_annotation(table, [1])):
            with pytest.raises(errors.PermissionDeniedError):
                read(table)


def test_refusals_are_written_as_servers_write_them(shared):
    answer = ask(shared, "GET", f"{VOLUME}/private/count", person="viewer")
    assert answer.status_code == 500
    assert answer.json()["code"] == 500
    assert answer.json()["message"].startswith("401 Unauthorized: ")


@pytest.mark.parametrize(("table", "may"), [("private", False), ("group", True), ("public", True)])
def test_people_of_one_group_write(shared, table, may):
    """Somebody who may edit, is no owner, and shares a group with the owner."""
    server = shared
    newcomer = server.cave.identity.user(5)
    assert set(newcomer.groups) & set(server.cave.identity.user(2).groups) > {"default"}
    with server.cave.store.write() as connection:
        connection.execute("INSERT OR IGNORE INTO acceptance VALUES (1, 5, 0)")
        server.cave.store.touch("identity")
    answers = [
        ask(
            server,
            "POST",
            f"{VOLUME}/{table}/annotations",
            person="newcomer",
            json={"annotations": [tag(48)]},
        ),
        ask(
            server,
            "PUT",
            f"{VOLUME}/{table}/annotations",
            person="newcomer",
            json={"annotations": [tag(48, id=1)]},
        ),
        ask(
            server, "DELETE", f"{VOLUME}/{table}/annotations", person="newcomer", json={"annotation_ids": [1]}
        ),
    ]
    assert [answer.ok for answer in answers[:1]] == [may]
    if not may:
        assert all(answer.json()["message"].startswith("401 Unauthorized") for answer in answers)


def test_only_who_may_edit_writes_to_a_public_table(shared):
    answer = ask(
        shared, "POST", f"{VOLUME}/public/annotations", person="viewer", json={"annotations": [tag(48)]}
    )
    assert answer.status_code == 403
    assert answer.json()["error"] == "missing_permission"


@pytest.mark.parametrize("person", ["viewer", "stranger"])
def test_making_tables_needs_edit(shared, person):
    client = shared.client(person)
    with pytest.raises(errors.PermissionDeniedError):
        client.annotation.create_table(
            "mine", "bound_tag", "x", voxel_resolution=[8, 8, 40], aligned_volume_name="testvol"
        )
    assert "mine" not in shared.cave.annotations.tables()


def test_only_owners_and_administrators_change_and_delete_tables(shared):
    annotations = shared.cave.annotations
    annotations.create_table(1, "of_admin", "bound_tag", metadata(write_permission="PUBLIC"))
    annotations.create_table(2, "of_editor", "bound_tag", metadata())
    editor, admin = shared.client("editor").annotation, shared.client("admin").annotation
    with pytest.raises(errors.PermissionDeniedError, match="not the owner"):
        editor.update_metadata("of_admin", description="mine now")
    with pytest.raises(errors.PermissionDeniedError, match="not the owner"):
        editor.delete_table("of_admin")
    assert editor.update_metadata("of_editor", user_id=1)["user_id"] == "1"
    with pytest.raises(errors.PermissionDeniedError):
        editor.update_metadata("of_editor", user_id=2)
    assert admin.update_metadata("of_editor", user_id=2)["user_id"] == "2"
    assert admin.delete_table("of_editor") is True


def test_nobody_makes_tables_for_others(shared):
    body = {"table_name": "gift", "schema_type": "bound_tag", "metadata": metadata(user_id="1")}
    answer = ask(shared, "POST", VOLUME, person="editor", json=body)
    assert answer.status_code == 500
    assert answer.json()["message"].startswith("401 Unauthorized")
    body["metadata"]["user_id"] = "2"
    assert ask(shared, "POST", VOLUME, person="editor", json=body).text == "gift"
    assert shared.cave.annotations.record("gift")["user_id"] == "2"


def test_tables_of_people_that_nobody_knows(shared):
    annotations = shared.cave.annotations
    annotations.create_table(1, "orphan", "bound_tag", metadata(user_id=10**17, read_permission="GROUP"))
    assert ask(shared, "GET", f"{VOLUME}/orphan/count", person="admin").json() == 0
    answer = ask(shared, "GET", f"{VOLUME}/orphan/count", person="editor")
    assert answer.json()["message"].startswith("401 Unauthorized")


def test_other_volumes(shared):
    answer = ask(shared, "GET", VOLUME.replace("testvol", "nowhere"))
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_table_id"
