"""Docstrings of what `caveclient_gen.offline` offers name every parameter."""

import inspect

import pytest

from caveclient_gen import offline
from caveclient_gen.offline.testing.cassettes import cassette
from caveclient_gen.offline.testing.fixture import OfflineCave

PUBLIC = [getattr(offline, name) for name in offline.__all__] + [cassette, OfflineCave]


@pytest.mark.parametrize("documented", PUBLIC, ids=lambda one: one.__name__)
def test_parameters_are_all_documented(documented):
    """Those of a public class are in its docstring, those of its methods and of functions in their own."""
    functions = [documented]
    if inspect.isclass(documented):
        functions += [
            member
            for name, member in inspect.getmembers(documented, callable)
            if not name.startswith("_") and member.__module__.startswith(offline.__name__)
        ]
    for function in functions:
        text = inspect.getdoc(function) or ""
        for name in inspect.signature(function).parameters:
            assert name == "self" or name in text, f"{function.__qualname__} says nothing of {name}"


def test_what_is_offered_is_listed_in_order():
    assert offline.__all__ == sorted(offline.__all__)
