"""Old names of operations and parameters: generated, imported, called and read by a type checker."""

import ast
import inspect
import linecache
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from generated_package import Double, imported
from project_copy import make_project, run, written

from caveclient_gen._runtime.errors import InvalidArgumentError
from codegen.load import load_spec

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPEC = HERE / "old_names_spec"
ROWS = b'[{"id": 1}]'
NAMES_SINCE = "Use as_names instead of names_only, its old name, deprecated since 5.1.0. In get_rows."


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("project"), SPEC)


@pytest.fixture(scope="module")
def operations(project):
    """Import what was generated as a part of the package: warnings look for the first line outside it."""
    with imported(project, "caveclient_gen._old_names") as module:
        yield {"1": module("demo_v1").DemoOperationsV1, "2": module("demo_v2").DemoOperationsV2}


def made(base, transport=None, api="2", **members):
    cls = type("Client", (base,), {"table_name": "tbl", **members})
    transport = Double(ROWS) if transport is None else transport
    return cls("https://host", api_version=api, transport=transport, server_version=None)


@pytest.fixture
def client(operations):
    return made(operations["2"])


def told(call):
    """Call something and return its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return caught


@pytest.mark.parametrize("name", ["read_table", "rows"])
def test_an_old_name_calls_the_same_operation(operations, name):
    old, new = made(operations["2"]), made(operations["2"])
    with pytest.warns(DeprecationWarning, match=f"Use get_rows instead of {name}, its old name"):
        answer = getattr(old, name)("a", 3, as_names=True, order="up")
    assert answer == new.get_rows("a", 3, as_names=True, order="up")
    assert old._transport.sent == new._transport.sent
    assert old._transport.sent[0].operation == "demo.get_rows"


def test_it_is_told_once_at_the_line_of_the_call(client):
    def calls():
        client.read_table(
            "a",
        )
        client.read_table("b")
        client.prepare("read_table", where="c")

    caught = told(calls)
    assert [str(each.message) for each in caught] == [
        "Use get_rows instead of read_table, its old name, deprecated since 5.2.0."
    ]
    assert caught[0].category is DeprecationWarning
    assert linecache.getline(caught[0].filename, caught[0].lineno).strip() == "client.read_table("


def test_an_old_name_of_a_property(client):
    assert client.get_address == "https://host/demo/api/v2/table/tbl"
    with pytest.warns(DeprecationWarning, match="^Use get_address instead of table_address, its old name.$"):
        assert client.table_address == client.get_address


def test_a_request_can_be_prepared_under_an_old_name(client):
    with pytest.warns(DeprecationWarning, match="get_rows instead of rows"):
        old = client.prepare("rows", where="a")
    assert old == client.prepare("get_rows", where="a")
    assert client._transport.sent == []


def test_both_names_share_the_cache(client):
    client.get_rows("a")
    with pytest.warns(DeprecationWarning, match="read_table"):
        client.read_table("a")
    assert len(client._transport.sent) == 1


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ({"limit": 3}, {"max_rows": 3}, "Use max_rows instead of limit, its old name. In get_rows."),
        ({"top": 3}, {"max_rows": 3}, "Use max_rows instead of top, its old name. In get_rows."),
        ({"names_only": True}, {"as_names": True}, NAMES_SINCE),
        ({"names_only": False}, {"as_names": False}, NAMES_SINCE),
        ({"sort": "up"}, {"order": "up"}, "Use order instead of sort, its old name. In get_rows."),
        ({"limit": None}, {}, None),
    ],
)
@pytest.mark.parametrize("method", ["get_rows", "rows"])
def test_an_old_name_of_a_parameter(client, method, old, new, advice):
    caught = told(lambda: getattr(client, method)("a", **old))
    client.get_rows("b", **new)
    assert [str(each.message) for each in caught if "In get_rows" in str(each.message)] == (
        [advice] if advice else []
    )
    first, *others = client._transport.sent
    assert [request.query[1:] for request in others] == [first.query[1:]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"max_rows": 7, "limit": 3}, "^Pass only 'max_rows': 'limit' is its old name.\nIn demo.get_rows.$"),
        ({"limit": 7, "top": 3}, "^Pass only 'max_rows': 'top' is its old name."),
        ({"as_names": True, "names_only": False}, "^Pass only 'as_names': 'names_only' is its old name."),
        ({"limit": "many"}, "argument 'max_rows'"),
        ({"sort": "sideways"}, "argument 'order'"),
    ],
)
def test_what_cannot_be_meant_is_refused_under_the_new_name(client, given, said):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the old name, which is not the matter here
        with pytest.raises(InvalidArgumentError, match=said):
            client.get_rows("a", **given)
    assert client._transport.sent == []


def test_a_default_beside_an_old_name_is_not_a_second_value(client):
    with pytest.warns(DeprecationWarning, match="max_rows instead of limit"):
        client.get_rows("a", 500, limit=3)
    assert dict(client._transport.sent[0].query)["max_rows"] == "3"


def test_old_names_of_parameters_cannot_be_passed_by_position(client):
    with pytest.raises(TypeError):
        client.get_rows("a", 3, False, "up", 5)


@pytest.mark.parametrize("api", ["1", "2"])
def test_an_old_name_reaches_the_operation_of_the_version_in_use(operations, api):
    """Methods are the newest version's; the server may speak the one that has the old name."""
    tables = {number: base._operations for number, base in operations.items()}
    client = made(operations["2"], api=api, _operations_by_api=tables)
    caught = told(lambda: client.read_table("a", limit=3))
    assert len(caught) == (2 if api == "2" else 0)
    name = "max_rows" if api == "2" else "limit"
    assert client._transport.sent[0].url == f"https://host/demo/api/v{api}/table/tbl/rows"
    assert dict(client._transport.sent[0].query)[name] == "3"


# What is written


def test_old_names_stand_below_the_new_one_with_its_signatures(project):
    (body,) = (
        node.body for node in ast.parse(written(project)["demo_v2.py"]).body if isinstance(node, ast.ClassDef)
    )
    methods = [node for node in body if isinstance(node, ast.FunctionDef)]
    names = list(dict.fromkeys(node.name for node in methods))
    assert names == ["get_address", "table_address", "get_rows", "read_table", "rows"]
    shapes = {
        name: [(ast.unparse(node.args), ast.unparse(node.returns)) for node in methods if node.name == name]
        for name in names
    }
    assert shapes["read_table"] == shapes["rows"] == shapes["get_rows"]
    assert len(shapes["rows"]) == 4
    assert shapes["table_address"] == shapes["get_address"]


def test_their_docstrings_say_only_what_they_are(operations):
    assert inspect.getdoc(operations["2"].read_table) == (
        "Old name of `get_rows`.\n\n.. deprecated:: 5.2.0\n    Use `get_rows` instead."
    )
    assert inspect.getdoc(operations["2"].table_address) == "Old name of `get_address`."
    words = inspect.getdoc(operations["2"].get_rows)
    assert "limit : int, optional\n    Old name of `max_rows`.\n" in words
    assert "names_only : bool, optional\n    Old name of `as_names`. Deprecated since 5.1.0.\n" in words


def test_what_was_generated_is_what_is_generated_again(project):
    assert run(project, "generate", "--check") == 0


def test_the_service_knows_its_old_name():
    assert load_spec(SPEC).service("demo").renamed_from == "demonstration"


# What type checkers see

SCRIPT = """\
from typing import Any, Literal, assert_type

from generated.demo_v2 import DemoOperationsV2

Rows = list[dict[str, Any]]


def under_either_name(client: DemoOperationsV2, decided_later: bool) -> None:
    assert_type(client.get_rows("a"), Rows)
    assert_type(client.rows("a"), Rows)
    assert_type(client.get_rows("a", as_names=True), list[str])
    assert_type(client.read_table("a", as_names=True), list[str])
    assert_type(client.read_table("a", as_names=decided_later), list[str] | Rows)
    assert_type(client.table_address, str)


def old_names_of_parameters(client: DemoOperationsV2) -> None:
    assert_type(client.get_rows("a", limit=3), Rows)
    assert_type(client.get_rows("a", limit=3, as_names=True), list[str])
    assert_type(client.get_rows("a", names_only=True), list[str] | Rows)
    assert_type(client.get_rows("a", names_only=False), list[str] | Rows)
    client.get_rows("a", sort="up")


def what_has_to_be_refused(client: DemoOperationsV2) -> None:
    client.get_rows("a", limit="many")  # type: ignore[call-overload]  # old names go by keyword  # no number
    client.get_rows("a", sort="sideways")  # type: ignore[call-overload]  # no such choice
    client.read_table()  # type: ignore[call-overload]  # the table is missing
    client.rows("a", 3, False, "up", 5)  # type: ignore[call-overload]  # one too many
"""


def test_type_checkers_see_both_names_alike(project, tmp_path):
    """Strict, and an `ignore` that is not needed is an error: what has to be refused is."""
    (tmp_path / "generated").symlink_to(project / "caveclient_gen" / "_generated")
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--explicit-package-bases",
         "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache"),
         str(tmp_path / "script.py"), str(tmp_path / "generated" / "demo_v2.py")],
        env={**os.environ, "MYPYPATH": f"{tmp_path}:{ROOT}"},
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
