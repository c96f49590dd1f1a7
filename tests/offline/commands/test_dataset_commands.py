"""`caveclient-gen dataset ...`, in this process and in one of its own."""

import json
import stat
import subprocess
import sys

import pytest

from caveclient_gen import CAVEclient
from caveclient_gen.__main__ import main
from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, extra, import_table, new_dataset, serve


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return new_dataset(tmp_path_factory.mktemp("commands") / "small.cave", small=True)


def run(*words):
    return main(arguments=[str(word) for word in words])


def test_new_makes_the_dataset_that_was_asked_for(tmp_path, capsys):
    path = tmp_path / "d"
    assert run("dataset", "new", path, "--small", "--seed", 5, "--synapses", 40, "--base", "2022-05-01") == 0
    assert Dataset(path).facts.made == {
        "generator": "minicortex",
        "neurons": 20,
        "synapses": 40,
        "seed": 5,
    }
    assert f"caveclient-gen serve {path}" in capsys.readouterr().out


def test_new_refuses_a_folder_with_things_in_it(tmp_path, capsys):
    (tmp_path / "mine").write_text("keep")
    assert run("dataset", "new", tmp_path, "--small") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Choose another folder")


def test_describe_for_people(made, capsys):
    assert run("dataset", "describe", made.path) == 0
    page = capsys.readouterr().out
    lines = page.splitlines()
    assert lines[0] == "minicortex: A little cortex, generated: nothing in it was ever alive"
    assert "Made" not in page
    versions = lines[lines.index("Versions") + 2 :][:3]
    assert [line.split()[0] for line in versions] == ["1", "2", "3"]
    assert ["expired" in line for line in versions] == [True, False, False]
    tables = lines[lines.index("Tables now") + 2 :][:5]
    assert tables[0].split()[:3] == ["synapses", "500", "synapse"]
    views = lines[lines.index("Views") + 2 :][:2]
    assert views[1].split()[:2] == ["nucleus_types", "id,"]
    assert [line for line in lines if line.endswith("terms not accepted")]
    assert all(line == line.rstrip() for line in lines)


def test_describe_for_programs(made, capsys):
    assert run("dataset", "describe", made.path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [version["has_expired"] for version in found["versions"]] == [True, False, False]
    tables = {table["name"]: table for table in found["tables"]}
    assert tables["synapses"]["rows"] == 500
    assert tables["cell_types"]["reference_table"] == "nuclei"
    assert tables["tags"]["voxel_resolution"] == [8.0, 8.0, 40.0]
    with made.open() as cave:
        log = cave.segmentation.operations()
    kinds = ("merge", "split", "undo", "redo")
    assert sum(sum(one[kind] for kind in kinds) for one in found["edits"]) == len(log)
    assert found["segmentation"]["roots"] > 20
    assert found["segmentation"]["supervoxels"] > found["segmentation"]["level2_nodes"] > 500
    assert {person["name"] for person in found["people"]} >= {"Offline Admin", "Proofreader One"}
    assert [view["name"] for view in found["views"]] == ["connections", "nucleus_types"]


def test_describe_a_dataset_without_segmentation(tmp_path, capsys):
    (tmp_path / "c.csv").write_text("id,pt_root_id\n1,5\n")
    words = ("dataset", "import", tmp_path / "d", tmp_path / "c.csv", "--table", "cells")
    assert run(*words, "--resolution", 4, 4, 40) == 0
    assert "Imported 1 rows into cells, version 1: id, valid, pt_root_id" in capsys.readouterr().out
    assert run("dataset", "describe", tmp_path / "d") == 0
    page = capsys.readouterr().out
    assert "segmentation    none" in page
    assert "import c.csv" in page
    lines = page.splitlines()
    imported = lines[lines.index("Imported tables") + 2].split()
    assert imported[:7] == ["cells", "1", "unknown", "4", "x", "4", "x"]
    assert run("dataset", "describe", tmp_path / "d", "--json") == 0
    assert json.loads(capsys.readouterr().out)["segmentation"] is None


def test_import_says_what_it_did(tmp_path, capsys):
    (tmp_path / "c.csv").write_text(",seg\n0,5\n1,6\n")
    (tmp_path / "s.json").write_text('{"columns": {"seg": {"name": "pt_root_id", "kind": "id"}}}')
    code = run(
        *("dataset", "import", tmp_path / "d", tmp_path / "c.csv", "--table", "cells"),
        *("--resolution", 4, 4, 40, "--schema-file", tmp_path / "s.json", "--version", 7),
        *("--datastack", "mine", "--at", "2023-01-01", "--description", "Cells"),
    )
    out = capsys.readouterr().out.splitlines()
    assert code == 0
    assert out == [
        "Imported 2 rows into cells, version 7: id, valid, pt_root_id",
        "The file has no column id: rows are numbered from 1.",
        "No --schema: query_table has it, client.materialize.tables and synapse_query do not.",
        "Left out: the column without a name, which numbers rows",
    ]
    assert Dataset(tmp_path / "d").facts.datastack == "mine"


def test_import_refuses_in_one_sentence(tmp_path, capsys):
    (tmp_path / "c.csv").write_text("id,pt_root_id\n1,1.5e17\n")
    code = run(
        *("dataset", "import", tmp_path / "d", "--table", "cells"),
        *("--resolution", 4, 4, 40, tmp_path / "c.csv"),
    )
    assert code == 1
    assert capsys.readouterr().err.startswith("Export 'pt_root_id' as whole numbers: row 1 has '1.5e17'")
    assert not (tmp_path / "d").exists()


def test_materialize_makes_the_next_version(tmp_path, capsys):
    dataset = new_dataset(tmp_path / "d", small=True)
    assert run("dataset", "materialize", dataset.path, "--expires", "2090-01-01") == 0
    assert capsys.readouterr().out.startswith("Version 4 is a picture of ")
    with dataset.open() as cave:
        newest = cave.versions.all()[-1]
        assert newest.number == 4
        assert list(newest.tables) == ["synapses", "nuclei", "cell_types", "proofreading_status", "tags"]
    assert run("dataset", "materialize", dataset.path, "--number", 4) == 1
    assert "Choose another number" in capsys.readouterr().err
    assert run("dataset", "materialize", dataset.path, "--at", "2990-01-01") == 1
    assert "to come" in capsys.readouterr().err


def test_copy_makes_a_dataset_of_its_own(made, tmp_path, capsys):
    assert run("dataset", "copy", made.path, tmp_path / "ada.cave") == 0
    assert capsys.readouterr().out == f"Copied {made.path} to {tmp_path / 'ada.cave'}.\n"
    with Dataset(tmp_path / "ada.cave").open() as cave:
        cave.versions.materialize()
    with made.open() as cave:
        assert [version.number for version in cave.versions.all()] == [1, 2, 3]
    assert run("dataset", "copy", made.path, tmp_path / "ada.cave") == 1
    assert capsys.readouterr().err.startswith("Choose another folder, or empty it")


def test_people_of_a_course_edit_under_their_names(made, tmp_path, capsys):
    """Two students on one server; each sees the other's edit, with the name of who made it."""
    dataset = made.copy(tmp_path / "course.cave")
    for person, more in (("ada", ("--name", "Ada Lovelace")), ("ben", ()), ("ada", ())):
        file = tmp_path / f"{person}.json"
        assert run("dataset", "person", dataset.path, person, "--token-file", file, *more) == 0
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert capsys.readouterr().out.splitlines() == [
        f"The first token of ada: {tmp_path / 'ada.json'}",
        f"The first token of ben: {tmp_path / 'ben.json'}",
        f"Another token of ada: {tmp_path / 'ada.json'}",
    ]
    assert run("dataset", "describe", dataset.path) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "Lovelace" in line] == [
        ["9", "ada", "Ada", "Lovelace", "edit,", "view"]
    ]
    with serve(dataset) as server:
        ada, ben = (
            CAVEclient(
                "minicortex",
                server_address=server.address,
                auth_token_file=tmp_path / f"{person}.json",
                write_server_cache=False,
            )
            for person in ("ada", "ben")
        )
        newest = server.cave.segmentation.operations()[-1]
        ben.chunkedgraph.undo_operation(newest.id)
        assert sorted(ada.chunkedgraph.get_latest_roots(newest.new_roots[0])) != [newest.new_roots[0]]
        undone = server.cave.segmentation.operations()[-1]
        assert (undone.kind, server.cave.identity.user(undone.user_id).name) == ("undo", "ben")
        assert ada.auth.get_usernames([undone.user_id]) == {undone.user_id: "ben"}


def test_people_that_are_refused(made, tmp_path, capsys):
    token = ("--token-file", tmp_path / "t")
    dataset = made.copy(tmp_path / "d")
    assert run("dataset", "person", dataset.path, "ada") == 1
    assert capsys.readouterr().err.startswith("Give --token-file FILE")
    assert run("dataset", "person", dataset.path, "editor", "--name", "Me", *token) == 1
    assert capsys.readouterr().err.startswith("Leave out --name")
    assert run("dataset", "person", dataset.path, "ada", "--token-file", "/dev/null/t") == 1
    assert capsys.readouterr().err.startswith("Choose another file for the token")
    with pytest.raises(SystemExit):
        run("dataset", "person", dataset.path, "Ada; DROP TABLE person", *token)
    assert "small letters" in capsys.readouterr().err
    with dataset.open() as cave:
        assert "ada" not in cave.identity.keys().values()
        assert cave.store.read().execute("SELECT count(*) FROM token").fetchone() == (0,)


@pytest.mark.parametrize("words", [("describe",), ("materialize",)])
def test_a_folder_without_dataset(tmp_path, capsys, words):
    assert run("dataset", *words, tmp_path) == 1
    assert "caveclient-gen dataset new" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("dataset",),
        ("dataset", "new"),
        ("dataset", "new", "x", "--seed", "many"),
        ("dataset", "new", "x", "--base", "someday"),
        ("dataset", "import", "x", "y"),
        ("dataset", "import", "x", "y", "--table", "z", "--resolution", "4", "4"),
        ("dataset", "import", "x", "y", "--table", "z", "--units", "miles"),
        ("serve", "--port", "70000"),
        ("serve", "--port", "-1"),
        ("serve", "--por", "1"),
    ],
)
def test_commands_that_cannot_be_understood(words, capsys):
    with pytest.raises(SystemExit) as end:
        run(*words)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_missing_extra_is_named_in_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name in ("duckdb", "uvicorn") else name)
    assert run("dataset", "new", tmp_path / "d", "--small") == 1
    assert capsys.readouterr().err == (
        "Run `pip install 'caveclient-gen[offline]'`: offline CAVE needs duckdb, uvicorn.\n"
    )


def test_a_missing_extra_is_named_in_python_too(monkeypatch, made, tmp_path):
    """Before anything is made: no folder is left behind."""
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == "scipy" else name)
    (tmp_path / "c.csv").write_text("id,pt_root_id\n1,5\n")
    for begin in (
        serve,
        lambda: serve(made),
        made.open,
        lambda: new_dataset(tmp_path / "d", small=True),
        lambda: import_table(tmp_path / "d", "cells", tmp_path / "c.csv", resolution=(4, 4, 40)),
    ):
        with pytest.raises(CAVEError, match=r"^Run `pip install 'caveclient-gen\[offline\]'`.* needs scipy"):
            begin()
    assert [file.name for file in tmp_path.iterdir()] == ["c.csv"]


def test_help_is_light():
    """In a process of its own: what is loaded here does not count."""
    script = (
        "import sys\nfrom caveclient_gen.__main__ import main\n"
        "try:\n    main(arguments=['--help'])\nexcept SystemExit:\n    print('LOADED', sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    shown, loaded = done.stdout.split("LOADED")
    assert "serve" in shown
    assert "dataset" in shown
    heavy = ("numpy", "pandas", "pyarrow", "duckdb", "scipy", "networkx", "starlette", "uvicorn")
    assert not [name for name in heavy if f"'{name}'" in loaded]
