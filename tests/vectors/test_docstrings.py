"""The example in every generated docstring runs, and shows what it says."""

import doctest
import inspect
import warnings
from types import SimpleNamespace

import pytest
from example_runner import Recorder, client_of, vectors

SHOWN = [
    vector
    for vector in vectors()
    if not vector.operation.raw
    and vector.example.has_returns
    and vector.example is next(example for example in vector.operation.examples if example.has_returns)
]


def docstring_of(vector, client):
    member = inspect.getattr_static(type(client), vector.operation.python_name)
    return inspect.getdoc(member)


def test_there_are_examples():
    assert len(SHOWN) > 50


@pytest.mark.parametrize("vector", SHOWN, ids=str)
def test_docstring_example(vector):
    client = client_of(vector, Recorder(vector.example.response or {}))
    names = {"client": SimpleNamespace(**{vector.service.attribute: client})}
    test = doctest.DocTestParser().get_doctest(docstring_of(vector, client), names, str(vector), None, None)
    assert len(test.examples) == 1
    written = []
    with warnings.catch_warnings():
        # Deprecated operations warn; that is looked at elsewhere.
        warnings.simplefilter("ignore")
        failed = doctest.DocTestRunner(verbose=False).run(test, out=written.append).failed
    assert not failed, "".join(written)
