"""`caveclient` is a second name of the package: same modules, same classes, and a version that fits.

What is imported is the state of a whole process, so every row runs in a process of its own.
"""

import json
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import caveclient_gen
from caveclient_gen.compat import COMPATIBLE_WITH

INSTALL = "import caveclient_gen.compat as compat\ncompat.install()\n"

NAMES = json.loads((Path(__file__).parents[1] / "data" / "documented_api.json").read_text())


def run(code, *, path=(), install=True):
    """Run code in a fresh process; `path` is where it also looks for modules."""
    script = (INSTALL if install else "") + textwrap.dedent(code)
    start = f"import sys; sys.path[:0] = {[str(one) for one in path]!r}\n"
    done = subprocess.run([sys.executable, "-c", start + script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def real(tmp_path):
    """Make a folder with a stand-in of the real package, as pip installs one."""
    package = tmp_path / "site" / "caveclient"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("__version__ = '7.0.0'\n")
    (package / "frameworkclient.py").write_text("class CAVEclient: real = True\n")
    record = tmp_path / "site" / "caveclient-7.0.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: caveclient\nVersion: 7.0.0\n")
    return tmp_path / "site"


OURS = sorted(
    module.name
    for module in pkgutil.walk_packages(caveclient_gen.__path__, "caveclient_gen.")
    if not module.name.endswith("__main__")
)


def test_every_module_is_the_same_object_under_both_names():
    code = f"""
        import importlib
        for name in {OURS!r}:
            alias = "caveclient" + name.removeprefix("caveclient_gen")
            under_alias, own = importlib.import_module(alias), importlib.import_module(name)
            assert under_alias is own, name
            assert own.__name__ == own.__spec__.name == name, own.__spec__
    """
    run(code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import caveclient; assert caveclient.CAVEclient is CAVEclient", id="package"),
        pytest.param("from caveclient import CAVEclient as one; assert one is CAVEclient", id="name"),
        pytest.param(
            "import caveclient.frameworkclient as one; assert one.CAVEclient is CAVEclient", id="module"
        ),
        pytest.param(
            "import caveclient; assert caveclient.frameworkclient.CAVEclientFull is CAVEclientFull",
            id="module of the package, not imported",
        ),
        pytest.param("from caveclient import infoservice; assert infoservice.InfoServiceClient", id="from"),
        pytest.param(
            "from caveclient.endpoints import chunkedgraph_endpoints_v1; assert chunkedgraph_endpoints_v1",
            id="constant",
        ),
        pytest.param("from caveclient import *; assert set_session_defaults and CAVEclient", id="star"),
        pytest.param("import caveclient; assert set(caveclient.__all__) <= set(dir(caveclient))", id="dir"),
        pytest.param(
            "import caveclient, importlib; importlib.reload(caveclient.endpoints)\n"
            "import caveclient_gen; assert caveclient.endpoints is caveclient_gen.endpoints",
            id="reload",
        ),
        pytest.param(
            "import pkgutil, caveclient\n"
            "assert 'caveclient.chunkedgraph' in {m.name for m in pkgutil.iter_modules(caveclient.__path__, "
            "'caveclient.')}",
            id="walk",
        ),
        pytest.param(
            "import caveclient, inspect; assert 'class CAVEclientFull' in "
            "inspect.getsource(caveclient.frameworkclient)",
            id="source",
        ),
        pytest.param(
            "import pickle, caveclient\n"
            "made = caveclient.CAVEclient('ds', server_address='http://127.0.0.1:9', auth_token='x')\n"
            "assert isinstance(made, CAVEclientFull) and isinstance(made, caveclient.CAVEclient)\n"
            "assert type(pickle.loads(pickle.dumps(made))) is CAVEclientFull",
            id="isinstance and pickle",
        ),
        pytest.param(
            "import pickle\n"
            "from caveclient_gen.errors import CAVEError\n"
            "assert pickle.loads(b'ccaveclient.frameworkclient\\nCAVEclientFull\\n.') is CAVEclientFull",
            id="pickle that names the other package",
        ),
        pytest.param(
            "import caveclient\n"
            "try:\n    caveclient.nothing_like_this\n"
            "except AttributeError as error:\n    assert \"'caveclient'\" in str(error)\n"
            "else:\n    raise SystemExit('no error')",
            id="no such name",
        ),
        pytest.param(
            "try:\n    import caveclient.nothing_like_this\n"
            "except ModuleNotFoundError as error:\n    assert error.name == 'caveclient.nothing_like_this'\n"
            "else:\n    raise SystemExit('no error')",
            id="no such module",
        ),
    ],
)
def test_imports(code):
    run(f"from caveclient_gen.frameworkclient import CAVEclient, CAVEclientFull\n{code}")


def test_every_documented_module_is_there():
    modules = sorted({entry["module"] for entry in NAMES if entry["module"] in _present()})
    assert "caveclient.materializationengine" in modules
    run(f"import importlib\nfor name in {modules!r}: importlib.import_module(name)")


def _present():
    return {"caveclient" + name.removeprefix("caveclient_gen") for name in OURS}


def test_version():
    code = """
        import caveclient, caveclient_gen, importlib.metadata as metadata
        from packaging.version import parse
        assert parse(caveclient.__version__) >= parse("8.2.1")
        assert caveclient_gen.__version__ == metadata.version("caveclient-gen") != caveclient.__version__
        for name in ("caveclient", "CAVEclient"):
            assert metadata.version(name) == caveclient.__version__
        assert metadata.distribution("caveclient").metadata["Name"] == "caveclient"
        assert metadata.packages_distributions()["caveclient"] == ["caveclient"]
        assert [one.version for one in metadata.distributions(name="caveclient")] == [caveclient.__version__]
        print(caveclient.__version__)
    """
    assert run(code) == COMPATIBLE_WITH


@pytest.mark.parametrize("first", ["", "import pkg_resources\n"], ids=["loaded after", "loaded before"])
def test_pkg_resources(first):
    code = """
        import pkg_resources
        print(pkg_resources.get_distribution("caveclient").version)
        compat.uninstall()
        try:
            pkg_resources.get_distribution("caveclient")
        except pkg_resources.DistributionNotFound:
            print("gone")
    """
    assert run(first + INSTALL + textwrap.dedent(code), install=False).split() == [COMPATIBLE_WITH, "gone"]


def test_importing_compat_changes_nothing():
    code = """
        import sys
        before = list(sys.meta_path), sys.excepthook, list(sys.path)
        import caveclient_gen.compat as compat
        assert (list(sys.meta_path), sys.excepthook, list(sys.path)) == before
        assert not compat.is_installed()
        compat.install()
        loaded = {name.partition(".")[0] for name in sys.modules}
        assert not loaded & {"caveclient", "requests", "numpy", "pandas", "pyarrow", "networkx"}, loaded
        import caveclient
        assert not {name.partition(".")[0] for name in sys.modules} & {"requests", "numpy", "pandas"}
    """
    run(code, install=False)


def test_twice_and_undone():
    code = """
        import sys
        before = list(sys.meta_path)
        for _ in range(2):
            compat.install()
        assert sys.meta_path == before
        import caveclient.frameworkclient, caveclient.base
        for _ in range(2):
            compat.uninstall()
        assert not compat.is_installed()
        assert not [name for name in sys.modules if name.partition(".")[0] == "caveclient"]
        import importlib.metadata
        for ask in (lambda: __import__("caveclient"), lambda: importlib.metadata.version("caveclient")):
            try:
                ask()
            except ImportError:
                continue
            raise SystemExit("still there")
        compat.install()
        import caveclient.frameworkclient as again, caveclient_gen.frameworkclient as own
        assert again is own
    """
    run(code)


def test_threads():
    code = """
        import importlib, threading
        names = ["caveclient.frameworkclient", "caveclient.chunkedgraph", "caveclient.base"]
        seen, start = [], threading.Barrier(12)
        def work(place):
            start.wait(timeout=30)
            compat.install()
            seen.append((names[place % 3], importlib.import_module(names[place % 3])))
        threads = [threading.Thread(target=work, args=(place,)) for place in range(12)]
        for thread in threads: thread.start()
        for thread in threads: thread.join(timeout=60)
        assert len(seen) == 12
        for name, module in seen:
            own = importlib.import_module("caveclient_gen" + name.removeprefix("caveclient"))
            assert module is own and own.__spec__.name == own.__name__, name
        import sys
        assert sum(type(finder).__name__ == "AliasFinder" for finder in sys.meta_path) == 1
    """
    run("import caveclient_gen.compat as compat\n" + textwrap.dedent(code), install=False)


def test_the_real_one_is_out_of_sight(real):
    code = """
        import caveclient, importlib.metadata
        from caveclient.frameworkclient import CAVEclient
        assert CAVEclient.__module__ == "caveclient_gen.frameworkclient"
        assert importlib.metadata.version("caveclient") == caveclient.__version__ != "7.0.0"
        compat.uninstall()
        import caveclient
        from caveclient.frameworkclient import CAVEclient
        assert CAVEclient.real and importlib.metadata.version("caveclient") == "7.0.0"
    """
    run(code, path=[real])


@pytest.mark.parametrize("first", ["import caveclient", "import caveclient.frameworkclient"])
def test_the_real_one_came_first(first, real):
    code = f"""
        {first}
        import caveclient_gen.compat as compat
        try:
            compat.install()
        except ImportError as error:
            print(error)
        assert not compat.is_installed()
        assert caveclient.__version__ == "7.0.0"
        theirs = caveclient
        compat.install(force=True)
        import caveclient, caveclient.frameworkclient as one, caveclient_gen.frameworkclient as own
        assert one is own and caveclient is not theirs
        compat.uninstall()
        import caveclient
        assert caveclient is theirs
    """
    said = run(code, path=[real], install=False)
    assert said.startswith("Call caveclient_gen.compat.install() before anything imports caveclient")
    assert str(real) in said
    assert "force=True" in said
