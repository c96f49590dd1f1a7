"""Every example in a docstring of offline CAVE does what it says, in a folder where nothing is yet."""

import doctest
import importlib
import pkgutil

import pytest

from caveclient_gen import offline


def examples():
    """Find the docstrings with examples that run."""
    names = [module.name for module in pkgutil.walk_packages(offline.__path__, f"{offline.__name__}.")]
    found = []
    for name in [offline.__name__, *names]:
        module = importlib.import_module(name)
        found += [test for test in doctest.DocTestFinder().find(module, name) if test.examples]
    return found


SHOWN = examples()


def test_the_main_calls_have_examples():
    shown = {test.name.rsplit(".", 1)[-1] for test in SHOWN}
    wanted = {"offline", "Dataset", "serve", "new_dataset", "import_table", "cassette", "OfflineCave"}
    assert wanted <= shown


@pytest.mark.parametrize("test", SHOWN, ids=lambda test: test.name)
def test_docstring_example_runs(test, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=written.append).failed
    assert not failed, "".join(written)
