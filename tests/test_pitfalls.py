"""Defects that clients of these services have had, and the test here that would fail on each.

`defects.py` has the table; `pytest -k F001` runs the tests of a defect. The tests without a better home are
below.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import webbrowser
from functools import cache
from pathlib import Path

import pytest
from defects import TESTED

from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.server_errors import error_for
from caveclient_gen.errors import TermsNotAcceptedError

TESTS = Path(__file__).parent
PROJECT = TESTS.parent
PACKAGE = PROJECT / "caveclient_gen"
NODES = sorted({node for nodes in TESTED.values() for node in nodes})


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_defect_has_its_place():
    assert list(TESTED) == [f"F{number:03}" for number in range(1, 108)]


@pytest.mark.parametrize(("file", "test"), NODES, ids=list(map("::".join, NODES)))
def test_the_test_exists(file, test):
    assert test in functions(file)


def test_the_tests_of_a_defect_can_be_run():
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "-k", "F104"]
    found = subprocess.run([*command, str(TESTS / "framework")], capture_output=True, text=True, timeout=60)
    collected = {line.partition("[")[0] for line in found.stdout.splitlines() if "::" in line}
    assert collected == {f"tests/{file}::{test}" for file, test in TESTED["F104"]}, found.stdout


# The tests without a better home

SOURCES = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "https://terms.example/1"])
def test_a_refusal_opens_no_page(monkeypatch, address):
    def refuse(url):
        raise AssertionError(url)

    for name in ("open", "open_new", "open_new_tab"):
        monkeypatch.setattr(webbrowser, name, refuse)
    body = json.dumps({"error": "missing_tos", "message": "Accept", "data": {"tos_form_url": address}})
    request = Request("GET", "https://cave.example/x")
    headers = Headers([("Content-Type", "application/json")])
    error = error_for(Response(403, headers, body.encode(), request.url, request), ())
    assert isinstance(error, TermsNotAcceptedError)
    assert error.tos_url == (address if address.startswith("https") else None)


@pytest.mark.parametrize("file", SOURCES)
def test_the_root_logger_is_left_alone(file):
    found = calls(SOURCES[file])
    of_root = {f"logging.{name}" for name in ("debug", "info", "warning", "error", "exception", "log")}
    assert not found & (of_root | {"logging.basicConfig"})
    named = [node for node in ast.walk(SOURCES[file]) if isinstance(node, ast.Call)]
    assert all(node.args for node in named if ast.unparse(node.func) == "logging.getLogger")


@pytest.mark.parametrize("file", SOURCES)
def test_checks_survive_optimisation(file):
    """`python -O` leaves out every assert."""
    assert not [node.lineno for node in ast.walk(SOURCES[file]) if isinstance(node, ast.Assert)]


IMPORTED_AS = {"pyyaml": "yaml", "vcrpy": "vcr"}
"""Packages whose modules have another name."""


def declared() -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    names = (
        re.split(r"[^\w.-]", text)[0]
        for text in [
            *project["dependencies"],
            *(text for name in ("cv", "offline", "polars", "skeletons", "testing") for text in extras[name]),
        ]
    )
    return {IMPORTED_AS.get(name, name.lower().replace("-", "")) for name in names}


@pytest.mark.parametrize("file", SOURCES)
def test_what_is_imported_is_declared(file):
    found: set[str] = set()
    for node in ast.walk(SOURCES[file]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    packages = {name.split(".")[0] for name in found} - set(sys.stdlib_module_names) - {"caveclient_gen"}
    assert {name.lower().replace("_", "") for name in packages} - declared() == set()
