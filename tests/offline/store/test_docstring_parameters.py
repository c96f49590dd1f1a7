"""Examples in docstrings of what `caveclient_gen.offline` offers: they run, and say what they say."""

import doctest
import importlib
import inspect

import pytest

from caveclient_gen import offline
from caveclient_gen.offline.testing.cassettes import cassette
from caveclient_gen.offline.testing.fixture import OfflineCave

WITH_EXAMPLES = [
    offline,
    offline.Dataset,
    offline.import_table,
    offline.new_dataset,
    offline.serve,
    cassette,
    OfflineCave,
]
PUBLIC = [getattr(offline, name) for name in offline.__all__] + [cassette, OfflineCave]


def name_of(one):
    return one.__name__


@pytest.mark.parametrize("documented", WITH_EXAMPLES, ids=name_of)
def test_examples_run(documented, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestFinder(recurse=False).find(documented, globs={})
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said = []
    for example in examples:
        runner.run(example, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
    assert runner.tries > 0


@pytest.mark.parametrize("documented", PUBLIC, ids=name_of)
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


def test_what_is_offered_is_listed():
    assert offline.__all__ == sorted(offline.__all__)
    assert all(hasattr(importlib.import_module(offline.__name__), name) for name in offline.__all__)
