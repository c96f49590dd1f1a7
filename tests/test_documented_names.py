"""Every name of the documented API: present, of its kind, with its signature.

Law: parameters have the documented names, order and defaults; whatever is newer is keyword-only after them.
Where we differ, it stands in `EXCEPTIONS`, with the reason. An exception that is none any more fails, too.
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

MAY_BE_LEFT_OUT = "Documented as required; may be left out, since the client can find it."
EXCEPTIONS = {
    ("caveclient.chunkedgraph.ChunkedGraphClientV1.get_delta_roots", "timestamp_future"): (
        "The document shows the moment of its own making; None means now, at the call."
    ),
    ("caveclient.base.ClientBase", "auth_header"): MAY_BE_LEFT_OUT,
    ("caveclient.base.ClientBase", "api_version"): MAY_BE_LEFT_OUT,
    ("caveclient.base.ClientBase", "endpoints"): MAY_BE_LEFT_OUT,
    ("caveclient.base.ClientBase", "server_name"): MAY_BE_LEFT_OUT,
    ("caveclient.materializationengine.MaterializationClientV3", "*args"): (
        "The document hides the parameters; they are those of API 2, by name."
    ),
}
"""(member, parameter) -> why it is not as documented."""


def find(member: dict[str, Any]) -> Any:
    """Return the object that a documented name stands for."""
    found = importlib.import_module(member["module"].replace("caveclient", "caveclient_gen", 1))
    for part in member["id"].removeprefix(member["module"]).split("."):
        if part:
            found = inspect.getattr_static(found, part) if inspect.isclass(found) else getattr(found, part)
    return found


def documented_parameters(signature: str) -> inspect.Signature:
    """Return the parameters of a documented signature; defaults are values, or text where they are code."""
    text = signature[signature.index("(") :]
    depths = itertools.accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in text)
    end = list(depths).index(0) + 1
    arguments = ast.parse(f"def f{text[:end]}: pass").body[0].args  # type: ignore[attr-defined]  # a def
    given = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(given) - len(arguments.defaults)) + arguments.defaults
    kind = inspect.Parameter
    found = [
        kind(one.arg, kind.POSITIONAL_OR_KEYWORD, default=_value(default))
        for one, default in zip(given, defaults, strict=True)
    ]
    if arguments.vararg:
        found.append(kind(arguments.vararg.arg, kind.VAR_POSITIONAL))
    found += [
        kind(one.arg, kind.KEYWORD_ONLY, default=_value(default))
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        found.append(kind(arguments.kwarg.arg, kind.VAR_KEYWORD))
    return inspect.Signature(found)


def _value(node: ast.expr | None) -> Any:
    if node is None:
        return inspect.Parameter.empty
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def actual_parameters(found: Any) -> list[inspect.Parameter]:
    """Return the parameters of what we have, without `self`."""
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    return [p for p in inspect.signature(found).parameters.values() if p.name != "self"]


def differences(wanted: inspect.Signature, actual: list[inspect.Parameter]) -> dict[str, str]:
    """Say in which parameters a signature differs from the documented one."""
    found: dict[str, str] = {}
    ours = {p.name: p for p in actual}
    positional = [p.name for p in actual if p.kind is p.POSITIONAL_OR_KEYWORD]
    documented = [p for p in wanted.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    for place, name in enumerate(positional):
        if place >= len(documented) or documented[place].name != name:
            found[name] = f"positional number {place + 1} here"
    for place, parameter in enumerate(wanted.parameters.values()):
        name, stars = parameter.name, {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
        if parameter.kind in stars:
            if name not in ours or ours[name].kind is not parameter.kind:
                found[f"{stars[parameter.kind]}{name}"] = "not taken here"
        elif name not in ours:
            found[name] = "missing here"
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD and positional[place : place + 1] != [name]:
            found[name] = f"positional number {place + 1} in the document"
        elif ours[name].default != parameter.default and repr(ours[name].default) != str(parameter.default):
            found[name] = f"default {ours[name].default!r} instead of {parameter.default!r}"
    return found


@pytest.mark.parametrize("member", DOCUMENTED, ids=lambda member: member["id"])
def test_present_and_of_its_kind(member: dict[str, Any]) -> None:
    found = find(member)
    kind = member["kind"]
    if kind == "module":
        assert inspect.ismodule(found)
    elif kind in ("class", "factory", "exception", "alias"):
        assert inspect.isclass(found)
        assert kind != "exception" or issubclass(found, Exception)
    elif kind == "property":
        assert hasattr(found, "__get__")
        assert not inspect.isroutine(found)
    else:
        assert inspect.isroutine(found)


WITH_SIGNATURE = [
    m for m in DOCUMENTED if m["kind"] in ("class", "factory", "method", "function") and m.get("signature")
]


@pytest.mark.parametrize("member", WITH_SIGNATURE, ids=lambda member: member["id"])
def test_signature_is_the_documented_one(member: dict[str, Any]) -> None:
    wanted = documented_parameters(member["signature"])
    found = differences(wanted, actual_parameters(find(member)))
    excused = {name for whose, name in EXCEPTIONS if whose == member["id"]}
    if "*args" in excused:
        assert "*args" in found
        return
    assert set(found) == excused, found


def test_exceptions_are_of_documented_members() -> None:
    assert {whose for whose, _ in EXCEPTIONS} <= {member["id"] for member in WITH_SIGNATURE}


@pytest.mark.parametrize(
    ("ours", "number"),
    [
        ("(a, b=1, *, c=2)", 0),
        ("(a, b=1, *, c=2, newer=3)", 0),
        ("(b=1, a=1, *, c=2)", 2),
        ("(a, b=2, *, c=2)", 1),
        ("(a, b=1, newer=3, *, c=2)", 1),
        ("(a, *, c=2)", 1),
        ("(a, *, b=1, c=2)", 1),
        ("(a, b=1, c=2)", 1),
        ("(a, b=1)", 1),
    ],
)
def test_differences_are_seen(ours: str, number: int) -> None:
    actual = list(documented_parameters(ours).parameters.values())
    assert len(differences(documented_parameters("(a, b=1, *, c=2)"), actual)) == number


@pytest.mark.parametrize("member", [m for m in DOCUMENTED if m.get("bases")], ids=lambda member: member["id"])
def test_documented_bases_hold(member: dict[str, Any]) -> None:
    names = {base.__name__ for base in find(member).__mro__}
    assert set(member["bases"]) <= names


def test_a_client_of_api_3_is_one_of_api_2() -> None:
    from caveclient_gen.materializationengine import MaterializationClientV2, MaterializationClientV3

    assert issubclass(MaterializationClientV3, MaterializationClientV2)
