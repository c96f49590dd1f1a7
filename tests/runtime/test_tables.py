"""How a call is fitted to the operations of a client: old names of operations and of parameters."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from toy_service import ADDRESS, RecordingTransport, ToyClient, client_with, operation, param

from caveclient_gen._runtime.errors import InvalidArgumentError, UnsupportedFeatureError
from caveclient_gen._runtime.operation import CachePolicy, Deprecation

OLD_NAMES = operation(
    "look",
    param("a", default="x", aliases=("b", "c")),
    param("ids", "id_array", aliases=("roots",), aliases_since="4.0"),
    exclusive=(("a", "ids"),),
    aliases=("gaze",),
    aliases_since="5.0",
)


@pytest.mark.parametrize(
    ("name", "given", "query", "advice"),
    [
        ("look", {"a": "y"}, {"a": "y"}, []),
        ("look", {"a": "x", "b": None, "c": None}, {"a": "x"}, []),
        (
            "gaze",
            {"a": "y"},
            {"a": "y"},
            ["Use look instead of gaze, its old name, deprecated since 5.0."],
        ),
        ("look", {"b": "y"}, {"a": "y"}, ["Use a instead of b, its old name. In look."]),
        ("look", {"a": "x", "c": "y"}, {"a": "y"}, ["Use a instead of c, its old name. In look."]),
        (
            "gaze",
            {"roots": np.array([1, 2])},
            {"a": "x", "ids": "1,2"},
            [
                "Use look instead of gaze, its old name, deprecated since 5.0.",
                "Use ids instead of roots, its old name, deprecated since 4.0. In look.",
            ],
        ),
    ],
)
def test_old_names_mean_the_new_ones(name, given, query, advice):
    client = client_with(OLD_NAMES)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            client._call(name, **given)
    assert [str(each.message) for each in caught] == advice
    assert {(each.category, each.filename) for each in caught} <= {(DeprecationWarning, __file__)}
    assert [dict(request.query) for request in client._transport.requests] == [query, query]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": "y", "b": "z"}, "^Pass only 'a': 'b' is its old name.\nIn toy.look.$"),
        ({"a": "y", "b": "y"}, "^Pass only 'a': 'b' is its old name."),
        ({"b": "y", "c": "z"}, "^Pass only 'a': 'c' is its old name."),
        ({"ids": np.array([1]), "roots": [2]}, "^Pass only 'ids': 'roots' is its old name."),
        ({"b": "y", "roots": [2]}, "^Pass one of 'a', 'ids': in look they exclude each other."),
        ({"roots": [1.5]}, "In toy.look, argument 'ids'."),
        ({"d": 1}, "^Leave out 'd': look takes a, ids.$"),
    ],
)
@pytest.mark.filterwarnings("ignore:Use .* its old name:DeprecationWarning")  # the test above looks at it
def test_errors_speak_of_the_new_names(given, said):
    client = client_with(OLD_NAMES)
    with pytest.raises(InvalidArgumentError, match=said):
        client._call("look", **given)
    assert client._transport.requests == []


def test_both_names_of_an_operation_share_one_answer():
    client = client_with(replace(OLD_NAMES, cache=CachePolicy(60.0, 10, ("a", "ids"))))
    client._call("look", a="y")
    with pytest.warns(DeprecationWarning, match="look instead of gaze"):
        client._call("gaze", a="y")
    assert len(client._transport.requests) == 1


def test_an_old_name_of_what_is_deprecated_is_told_both():
    client = client_with(replace(OLD_NAMES, deprecated=Deprecation("6.0", use="stare")))
    with pytest.warns(DeprecationWarning, match="instead of") as caught:
        client._call("gaze")
    assert [str(each.message) for each in caught] == [
        "Use look instead of gaze, its old name, deprecated since 5.0.",
        "Use stare instead of look: deprecated since 6.0.",
    ]


def speaking(api, by_api):
    """Make a client of a class that knows several API versions, and whose server speaks one."""
    namespace = {"_operations_by_api": by_api, "_operations": by_api["3"]}
    made = type("MadeToyClient", (ToyClient,), namespace)
    return made(ADDRESS, transport=RecordingTransport({}), api_version=api, server_version="5.0.0")


@pytest.mark.parametrize(
    ("api", "name", "given", "query"),
    [
        ("2", "gaze", {"b": "y"}, {"b": "y"}),  # where it is still the name, nothing is old
        ("2", "gaze", {"b": "y", "a": None}, {"b": "y"}),
        ("2", "gaze", {"b": None, "a": "x"}, {}),
        ("3", "look", {"a": "y"}, {"a": "y"}),
    ],
)
def test_a_name_is_what_the_version_in_use_calls_it(api, name, given, query):
    old = operation("gaze", param("b"))
    client = speaking(api, {"2": {"gaze": old}, "3": {"look": OLD_NAMES}})
    client._call(name, **given)
    assert dict(client._transport.requests[0].query) == query


def test_an_old_name_is_refused_by_a_version_that_has_neither():
    by_api = {"2": {"look": operation()}, "3": {"look": OLD_NAMES}}
    client = speaking("2", by_api)
    client._call("look", b=None)
    with pytest.raises(UnsupportedFeatureError, match="Leave out 'b': API version 2"):
        client._call("look", b="y")
    with pytest.raises(UnsupportedFeatureError, match="Use a server that speaks API 3 for 'gaze'"):
        client._call("gaze")
