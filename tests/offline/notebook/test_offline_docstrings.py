"""Every example in a docstring of offline CAVE does what it says."""

import doctest
import importlib
import pkgutil

import pytest

from caveclient_gen import offline
from caveclient_gen.offline import new_dataset


def examples():
    """Find the docstrings with examples that run."""
    names = [module.name for module in pkgutil.walk_packages(offline.__path__, f"{offline.__name__}.")]
    found = []
    for name in names:
        module = importlib.import_module(name)
        found += [test for test in doctest.DocTestFinder().find(module, name) if test.examples]
    return found


SHOWN = examples()


@pytest.fixture(scope="module")
def fly(tmp_path_factory):
    return new_dataset(tmp_path_factory.mktemp("examples") / "fly.cave", small=True)


def test_the_main_calls_have_examples():
    shown = {test.name.rsplit(".", 1)[-1] for test in SHOWN}
    assert {"serve", "new_dataset", "import_table", "OfflineCave"} <= shown


@pytest.mark.parametrize("test", SHOWN, ids=lambda test: test.name)
def test_docstring_example_runs(test, fly, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fly.copy("fly.cave")
    (tmp_path / "cells.csv").write_text("id,pt_root_id,cell_type\n1,864691135000000001,23P\n2,,MC\n")
    written = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=written.append).failed
    assert not failed, "".join(written)
