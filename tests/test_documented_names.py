"""Every name of the documented API that this release covers: present, of its kind, with its signature.

Law: parameters have the documented names, order and defaults; whatever is newer is keyword-only after them.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"
DOCUMENTED: list[dict[str, Any]] = json.loads((DATA / "documented_api.json").read_text())

NOT_IN_THIS_RELEASE = (
    "caveclient.annotationengine",
    "caveclient.jsonservice",
    "caveclient.l2cache",
    "caveclient.skeletonservice",
    "caveclient.tools",
)
LATER = {
    "caveclient.materializationengine.MaterializationClientV2.tables": "comes with the table manager",
    "caveclient.materializationengine.MaterializationClientV2.views": "comes with the table manager",
}

OTHER_DEFAULT = {
    (
        "get_delta_roots",
        "timestamp_future",
    ): "documented as a moment frozen at import; None means now, at the call",
    ("ClientBase", "auth_header"): "may be left out where auth_client or transport gives the token",
    ("ClientBase", "api_version"): "as auth_header: the newest",
    ("ClientBase", "endpoints"): "as auth_header: the routes are known",
    ("ClientBase", "server_name"): "as auth_header: the service's own",
}


def is_covered(member: dict[str, Any]) -> bool:
    """Whether this release has the member's module."""
    return not member["module"].startswith(NOT_IN_THIS_RELEASE) and member["id"] not in LATER


COVERED = [member for member in DOCUMENTED if is_covered(member)]


def find(member: dict[str, Any]) -> Any:
    """Return the object that a documented name stands for."""
    found = importlib.import_module(member["module"].replace("caveclient", "caveclient_gen", 1))
    for part in member["id"].removeprefix(member["module"]).split("."):
        if part:
            found = inspect.getattr_static(found, part) if inspect.isclass(found) else getattr(found, part)
    return found


def documented_parameters(signature: str) -> list[tuple[str, Any]]:
    """Return names and defaults of a documented signature; Ellipsis where there is no default."""
    text = signature[signature.index("(") :]
    depths = itertools.accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in text)
    end = list(depths).index(0) + 1
    arguments = ast.parse(f"def f{text[:end]}: pass").body[0].args  # type: ignore[attr-defined]  # a def
    given = arguments.posonlyargs + arguments.args
    defaults = [...] * (len(given) - len(arguments.defaults)) + arguments.defaults
    pairs = [(one.arg, _value(default)) for one, default in zip(given, defaults, strict=True)]
    pairs += [
        (one.arg, _value(default))
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return pairs


def _value(node: Any) -> Any:
    if node is ...:
        return ...
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


@pytest.mark.parametrize("member", COVERED, ids=lambda member: member["id"])
def test_present_and_of_its_kind(member: dict[str, Any]) -> None:
    found = find(member)
    kind = member["kind"]
    if kind == "module":
        assert inspect.ismodule(found)
    elif kind in ("class", "factory", "exception", "alias"):
        assert callable(found)
        if kind == "exception":
            assert issubclass(found, Exception)
    elif kind == "property":
        assert isinstance(found, property) or hasattr(found, "__get__")
    else:
        assert callable(found) or isinstance(found, staticmethod | classmethod)


WITH_SIGNATURE = [
    m for m in COVERED if m["kind"] in ("class", "factory", "method", "function") and m.get("signature")
]


@pytest.mark.parametrize("member", WITH_SIGNATURE, ids=lambda member: member["id"])
def test_signature_is_the_documented_one(member: dict[str, Any]) -> None:
    found = find(member)
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    actual = [p for p in inspect.signature(found).parameters.values() if p.name != "self"]
    if any(p.kind is p.VAR_POSITIONAL for p in actual) or "*args" in member["signature"]:
        return
    wanted = documented_parameters(member["signature"])
    positional = [p for p in actual if p.kind is p.POSITIONAL_OR_KEYWORD]
    names = [p.name for p in positional if p.kind is not p.VAR_KEYWORD]
    if member["name"] != "BaseEncoder":
        assert names == [name for name, _ in wanted], (
            "positional parameters are the documented ones, in order"
        )
    defaults = {p.name: (... if p.default is p.empty else p.default) for p in actual}
    for name, default in wanted:
        if (member["name"], name) in OTHER_DEFAULT:
            continue
        assert defaults[name] == default or repr(defaults[name]) == str(default), name


@pytest.mark.parametrize("member", [m for m in COVERED if m.get("bases")], ids=lambda member: member["id"])
def test_documented_bases_hold(member: dict[str, Any]) -> None:
    names = {base.__name__ for base in find(member).__mro__}
    assert set(member["bases"]) <= names


def test_a_client_of_api_3_is_one_of_api_2() -> None:
    from caveclient_gen.materializationengine import MaterializationClientV2, MaterializationClientV3

    assert issubclass(MaterializationClientV3, MaterializationClientV2)
