"""Every name that caveclient has and its documentation lacks: present, of its kind, with its signature.

A member that only `newer_api.json` has keeps the signature given there. A parameter that the documented API
lacks can be passed by name to ours. What differs on purpose stands in the tables below, with the reason.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import json
import os
import types
from pathlib import Path
from typing import Any, Union

import numpy as np
import pandas as pd
import pytest

from caveclient_gen import auth

DATA = Path(__file__).parent / "data"
NEWER: list[dict[str, Any]] = json.loads((DATA / "newer_api.json").read_text())
DOCUMENTED: list[dict[str, Any]] = json.loads((DATA / "documented_api.json").read_text())
ENDPOINT_TABLES = json.loads((DATA / "endpoint_tables.json").read_text())
"""Compared in endpoints/test_endpoint_tables.py."""

Param = inspect.Parameter

_KEPT = "what is left out stays as it is, and is not reset (F091)"
OTHER_DEFAULT: dict[tuple[str, str], str] = {
    ("session_config.set_session_defaults", name): _KEPT
    for name in (
        "max_retries",
        "pool_block",
        "pool_maxsize",
        "backoff_factor",
        "backoff_max",
        "status_forcelist",
    )
}
"""(member, parameter) whose default differs."""

OTHER_VALUE = {
    "session_config.SESSION_DEFAULTS": "filled from the beginning, and only to look at (F091)",
    "chunkedgraph.IntArrayLike": "an annotation: ours names more kinds of arrays",
}
"""Constants whose value differs."""

NOT_COMPARED = {
    "materializationengine.direct_sql_error_msg": "a sentence for people, in our words",
}
"""Constants whose value the list cuts short, and that no other table of facts has either."""


def name_of(member: dict[str, Any]) -> str:
    """Return the dotted name of a member, without the package."""
    if member["kind"] == "module":
        return str(member["module"]).removeprefix("caveclient.")
    parts = (member["module"].removeprefix("caveclient."), member.get("class"), member["name"])
    return ".".join(filter(None, parts))


def module_of(member: dict[str, Any]) -> types.ModuleType:
    return importlib.import_module(member["module"].replace("caveclient", "caveclient_gen", 1))


def found(member: dict[str, Any]) -> Any:
    """Return the object that a name stands for; of a class, without asking its descriptors."""
    module = module_of(member)
    if member["kind"] == "module":
        return module
    if member.get("class"):
        return inspect.getattr_static(getattr(module, member["class"]), member["name"])
    return getattr(module, member["name"])


def stated(text: str, names: dict[str, Any]) -> inspect.Signature:
    """Read "name(a: int, b=3) -> dict" as a signature; defaults may be names of the module."""
    text = text[text.index("(") :]
    depths = itertools.accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in text)
    tree = ast.parse(f"def f{text[: list(depths).index(0) + 1]}: pass")
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
    made: dict[str, Any] = {}
    exec(compile(tree, "signature", "exec"), dict(names), made)
    signature = inspect.signature(made["f"])
    return signature.replace(parameters=[p for p in signature.parameters.values() if p.name != "self"])


def actual(thing: Any) -> inspect.Signature:
    """Return the signature of a function or class as callers see it."""
    is_bound = isinstance(thing, classmethod)
    if isinstance(thing, staticmethod | classmethod):
        thing = thing.__func__
    signature = inspect.signature(thing)
    parameters = list(signature.parameters.values())
    if is_bound or (parameters and parameters[0].name == "self"):
        del parameters[0]
    return signature.replace(parameters=parameters)


def by_position(signature: inspect.Signature) -> list[str]:
    return [p.name for p in signature.parameters.values() if p.kind is Param.POSITIONAL_OR_KEYWORD]


KINDS: dict[str, Any] = {
    "module": inspect.ismodule,
    "function": inspect.isfunction,
    "class": inspect.isclass,
    "exception": lambda thing: inspect.isclass(thing) and issubclass(thing, Exception),
    "method": lambda thing: inspect.isfunction(thing) or isinstance(thing, staticmethod | classmethod),
    "property": lambda thing: hasattr(thing, "__get__") and not inspect.isfunction(thing),
    "constant": lambda thing: not inspect.isfunction(thing) and not inspect.ismodule(thing),
    "class attribute": lambda thing: not hasattr(thing, "__get__"),
}


@pytest.mark.parametrize("member", NEWER, ids=name_of)
def test_present_and_of_its_kind(member: dict[str, Any]) -> None:
    assert KINDS[member["kind"]](found(member))


@pytest.mark.parametrize(
    "member",
    [m for m in NEWER if m["kind"] in ("function", "method", "class") and m.get("signature")],
    ids=name_of,
)
def test_signature(member: dict[str, Any]) -> None:
    ours, theirs = actual(found(member)), stated(member["signature"], vars(module_of(member)))
    assert by_position(ours) == by_position(theirs)
    for name, param in theirs.parameters.items():
        mine = ours.parameters.get(name)
        assert mine is not None, f"{name} is missing"
        if (name_of(member), name) in OTHER_DEFAULT:
            assert mine.default != param.default, "an exception that is none"
        else:
            assert mine.default == param.default, name
    more = [param for name, param in ours.parameters.items() if name not in theirs.parameters]
    # Or a call with the positional arguments that people write would change its meaning.
    assert {param.kind for param in more} <= {Param.KEYWORD_ONLY}


@pytest.mark.parametrize(
    "member", [m for m in NEWER if m["kind"] == "property" and "(settable)" in m["signature"]], ids=name_of
)
def test_what_can_be_set_can_be_set(member: dict[str, Any]) -> None:
    assert found(member).fset is not None


CONSTANTS = [m for m in NEWER if m["kind"] in ("constant", "class attribute")]


def expression(member: dict[str, Any]) -> types.CodeType | None:
    """Return the value that is written out for a constant; None where the text is cut short."""
    try:
        return compile(member["signature"].partition(" = ")[2], "value", "eval")
    except SyntaxError:
        return None


def value_stated(member: dict[str, Any]) -> Any:
    """Return what the text of a constant stands for; it may name other constants of the module."""
    code = expression(member)
    assert code is not None
    names = {"os": os, "Union": Union, "np": np, "pd": pd, "auth": auth}
    return eval(code, {**names, **vars(module_of(member))})


@pytest.mark.parametrize("member", [m for m in CONSTANTS if expression(m)], ids=name_of)
def test_value(member: dict[str, Any]) -> None:
    value = found(member)
    if member["signature"].endswith(("False | True", "True | False")):
        assert isinstance(value, bool)
        return
    expected = value_stated(member)
    if name_of(member) in OTHER_VALUE:
        assert value != expected, "an exception that is none"
    elif member["module"] == "caveclient.endpoints" and isinstance(expected, dict):
        assert expected.items() <= value.items()
    else:
        assert value == expected


@pytest.mark.parametrize("member", [m for m in CONSTANTS if not expression(m)], ids=name_of)
def test_what_is_cut_short_here_is_compared_elsewhere(member: dict[str, Any]) -> None:
    is_table = member["module"] == "caveclient.endpoints" and member["name"] in ENDPOINT_TABLES
    assert is_table or name_of(member) in NOT_COMPARED


def newer_parameters() -> list[Any]:
    """List the parameters that documented members have in caveclient and not in its documentation."""
    rows = []
    for member in DOCUMENTED:
        text = member.get("newer_signature") or ""
        if "(" not in text or "(" not in (member.get("signature") or ""):
            continue
        # Defaults do not matter here, so what they name need not exist.
        known = names_in(member["signature"])
        rows += [
            pytest.param(member, name, id=f"{member['id']}-{name}")
            for name in names_in(text)
            if name not in known
        ]
    return rows


def names_in(text: str) -> list[str]:
    text = text[text.index("(") :]
    depths = itertools.accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in text)
    given = ast.parse(f"def f{text[: list(depths).index(0) + 1]}: pass").body[0].args  # type: ignore[attr-defined]  # a def
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs) if each.arg != "self"]


@pytest.mark.parametrize(("member", "name"), newer_parameters())
def test_newer_parameters_of_documented_members_are_accepted_by_name(
    member: dict[str, Any], name: str
) -> None:
    owner: Any = importlib.import_module(member["module"].replace("caveclient", "caveclient_gen", 1))
    *path, last = filter(None, member["id"].removeprefix(member["module"]).split("."))
    for part in path:
        owner = getattr(owner, part)
    accepted = accepted_by(owner, last)
    if "*args" in member["signature"]:
        assert name in accepted
    else:
        assert accepted[name] is Param.KEYWORD_ONLY


def accepted_by(owner: Any, name: str) -> dict[str, Any]:
    """List the parameters of a member by kind; with those of its parents where it hands on `**newer`."""
    own = actual(inspect.getattr_static(owner, name)).parameters
    accepted: dict[str, Any] = {}
    if inspect.isclass(owner) and any(param.kind is Param.VAR_KEYWORD for param in own.values()):
        for parent in owner.__mro__[1:]:
            if name in vars(parent):
                accepted = dict.fromkeys(actual(vars(parent)[name]).parameters, Param.KEYWORD_ONLY)
                break
    return accepted | {param.name: param.kind for param in own.values()}
