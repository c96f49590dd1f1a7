"""The shape of the house: which room may use which, who owns what, and what importing costs."""

import ast
import importlib
import inspect
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from caveclient_gen._runtime.client import ClientBase
from codegen.load import load_spec
from codegen.naming import operations_class

ROOT = Path(__file__).parents[1]
PACKAGE = "caveclient_gen"

LAYERS = ("_runtime", "_generated", "mixins", "public", "offline")
"""From the ground up: each may use itself and what stands below."""

OFFLINE = f"{PACKAGE}.offline"
ENGINES = (
    "annotations",
    "generator",
    "identity",
    "segmentation",
    "skeletons",
    "states",
    "tables",
    "versions",
    "viewing",
)
"""What of offline CAVE knows nothing of HTTP, but what a refusal is."""

HEAVY_OFFLINE = {"duckdb", "matplotlib", "scipy", "starlette", "uvicorn", "vcr"}
HEAVY = HEAVY_OFFLINE | {
    "numpy",
    "pandas",
    "pyarrow",
    "networkx",
    "jinja2",
    "yaml",
    "polars",
    "cloudvolume",
    "IPython",
}
WIRE = {"requests", "urllib3", "http", "urllib", "socket", "httpx"}
"""What knows HTTP: `_runtime` only, and public modules whose documented signatures have its types."""


def modules(package):
    """List the modules of a package: dotted name -> file."""
    files = sorted((ROOT / package).rglob("*.py"))
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


OURS = modules(PACKAGE)
GENERATOR = modules("codegen")
HAND_WRITTEN = {name: file for name, file in (OURS | GENERATOR).items() if "._generated" not in name}


@cache
def imports(name, *, at_run_time=False):
    """List what a module imports, as dotted names; `at_run_time` leaves out what loading it does not load."""
    file = (OURS | GENERATOR)[name]
    is_package = file.name == "__init__.py"
    found = set()
    for node in _nodes(ast.parse(file.read_text()), at_run_time):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = name.split(".")
                start = here[: len(here) - node.level + is_package]
                base = ".".join([*start, base] if base else start)
            found |= {
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in OURS | GENERATOR else base
                for alias in node.names
            }
    return found


def _nodes(tree, at_run_time):
    """Walk a tree; without the blocks for type checkers and, then, without functions: they run later."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            if at_run_time and isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if at_run_time and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            waiting.append(child)


def layer(name):
    part = name.split(".")[1] if "." in name else ""
    return part if part in LAYERS else "public"


@pytest.mark.parametrize("name", [name for name in OURS if layer(name) != "public"])
def test_imports_point_down(name):
    allowed = LAYERS[: LAYERS.index(layer(name)) + 1]
    used = {other for other in imports(name) if other.split(".")[0] == PACKAGE and other != PACKAGE}
    assert {other for other in used if layer(other) not in allowed} == set()


@pytest.mark.parametrize("name", [name for name in OURS if layer(name) == "public"])
def test_only_the_command_line_uses_offline_cave(name):
    used = {other for other in imports(name) if f"{other}.".startswith(f"{OFFLINE}.")}
    assert used <= ({f"{OFFLINE}.commands"} if name == f"{PACKAGE}.__main__" else set())


def room_of_offline(name):
    """Return the package or module below offline: "" is offline itself."""
    return [*name.split("."), ""][2]


@pytest.mark.parametrize(
    "name", [name for name in OURS if layer(name) == "offline" and room_of_offline(name) in ENGINES]
)
def test_engines_of_offline_cave_know_no_http(name):
    used = {other for other in imports(name) if other.startswith(f"{OFFLINE}.")}
    assert not {other for other in used if room_of_offline(other) in ("services", "testing", "serving")}
    assert {other for other in used if room_of_offline(other) == "http"} <= {f"{OFFLINE}.http.refusals"}
    assert not {other.split(".")[0] for other in imports(name)} & (WIRE | {"starlette", "uvicorn"})


def test_what_a_refusal_is_needs_no_server():
    used = imports(f"{OFFLINE}.http.refusals")
    assert {other for other in used if other.startswith(f"{OFFLINE}.")} == {f"{OFFLINE}.http.answers"}
    assert not {
        other for other in imports(f"{OFFLINE}.http.answers") if other.startswith(f"{OFFLINE}.http")
    } - {f"{OFFLINE}.http.sorted_json"}


@pytest.mark.parametrize("name", OURS)
def test_the_package_does_not_use_the_generator(name):
    assert not {other for other in imports(name) if other.split(".")[0] == "codegen"}


@pytest.mark.parametrize("name", GENERATOR)
def test_the_generator_does_not_use_the_package(name):
    assert not {other for other in imports(name) if other.split(".")[0] == PACKAGE}


@pytest.mark.parametrize("name", [name for name in OURS if layer(name) in ("mixins", "_generated")])
def test_only_the_runtime_talks_http(name):
    used = imports(name)
    assert not {other for other in used if other.split(".")[0] in WIRE}
    assert not used & {
        f"{PACKAGE}._runtime.{part}" for part in ("transport", "exchange", "request", "prepare")
    }


@pytest.mark.parametrize("package", [OURS, GENERATOR], ids=["caveclient_gen", "codegen"])
def test_no_circles(package):
    """Imports that run when a module is loaded form no circle."""
    below = {
        name: {other for other in imports(name, at_run_time=True) if other in package} for name in package
    }
    done = set()
    while ready := {name for name in below if name not in done and below[name] <= done | {name}}:
        done |= ready
    assert set(below) - done == set()


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_modules_are_of_a_size_that_one_can_read(name):
    assert len(HAND_WRITTEN[name].read_text().splitlines()) <= 450


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_names_say_what_is_inside(name):
    assert not {"utils", "util", "helpers", "helper", "common", "misc"} & set(name.split("."))


def test_importing_is_cheap():
    """In a process of its own: what is loaded here does not count."""
    script = f"import sys, json, {PACKAGE}; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert HEAVY & {name.split(".")[0] for name in json.loads(run.stdout)} == set()


@pytest.mark.parametrize(
    "words", [["--help"], ["serve", "--help"], ["dataset", "new", "--help"]], ids=" ".join
)
def test_help_is_cheap(words):
    script = (
        f"import sys, json\nfrom {PACKAGE}.__main__ import main\ntry:\n    main(arguments={words!r})\n"
        "except SystemExit:\n    print(json.dumps(sorted(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert HEAVY & {name.split(".")[0] for name in json.loads(run.stdout.splitlines()[-1])} == set()


def test_importing_all_generated_modules_is_cheap():
    names = [name for name in OURS if layer(name) == "_generated"]
    script = f"import sys, json\nfor n in {names!r}: __import__(n)\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert HEAVY & {name.split(".")[0] for name in json.loads(run.stdout)} == set()


# ---- generated classes and the mixins that join them


@cache
def clients():
    """List the public classes that join a generated class."""
    found = {}
    for name in OURS:
        if layer(name) == "public" and name != PACKAGE:
            members = vars(importlib.import_module(name)).values()
            found |= {cls: None for cls in members if inspect.isclass(cls) and issubclass(cls, ClientBase)}
    return [cls for cls in found if layer(cls.__module__) == "public" and any(map(is_generated, cls.__mro__))]


def is_generated(cls):
    return cls.__module__.startswith(f"{PACKAGE}._generated.")


def is_mixin(cls):
    return cls.__module__.startswith(f"{PACKAGE}.mixins.")


def generated_classes():
    found = {}
    for name in OURS:
        if layer(name) == "_generated":
            found |= {
                cls: None for cls in vars(importlib.import_module(name)).values() if inspect.isclass(cls)
            }
    return [cls for cls in found if is_generated(cls) and issubclass(cls, ClientBase)]


def methods_of(cls):
    """Map the methods of a generated class to the operations they call, by their names and old names."""
    return {
        method: name
        for name, operation in vars(cls)["_operations"].items()
        for method in (name, f"_{name}", *operation.aliases)
        if method in vars(cls)
    }


def old_names_of(cls):
    """Map the old names that a generated class keeps to the operations."""
    operations = vars(cls)["_operations"]
    return {alias: name for name, operation in operations.items() for alias in operation.aliases}


@cache
def private_uses(cls):
    """List the private names that a class reads on `self`."""
    tree = ast.parse(inspect.getsource(cls))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }


@pytest.mark.parametrize("generated", generated_classes(), ids=lambda cls: cls.__name__)
def test_each_operation_has_one_method_and_one_for_each_old_name(generated):
    old = old_names_of(generated)
    methods = methods_of(generated)
    assert old.items() <= methods.items()
    assert sorted(methods[name] for name in methods.keys() - old) == sorted(vars(generated)["_operations"])


@pytest.mark.parametrize("generated", generated_classes(), ids=lambda cls: cls.__name__)
def test_a_generated_class_has_no_other_public_methods(generated):
    public = {name for name in vars(generated) if not name.startswith("_")}
    assert public <= methods_of(generated).keys()


@pytest.mark.parametrize("generated", generated_classes(), ids=lambda cls: cls.__name__)
def test_no_operation_hides_what_every_client_has(generated):
    assert {name for name in methods_of(generated) if hasattr(ClientBase, name)} == set()


@pytest.mark.parametrize("generated", generated_classes(), ids=lambda cls: cls.__name__)
def test_every_raw_operation_belongs_to_one_mixin(generated):
    raw = {method for method in methods_of(generated) if method.startswith("_")}
    joined = [cls for cls in clients() if generated in cls.__mro__]
    if not joined and generated.__name__ in legacy():
        return
    mixins = {mixin for cls in joined for mixin in cls.__mro__ if is_mixin(mixin)}
    users = {name: sorted(mixin.__name__ for mixin in mixins if name in private_uses(mixin)) for name in raw}
    assert {name: found for name, found in users.items() if len(found) != 1} == {}


def legacy():
    """List the classes of API versions that no server speaks any more: no client joins them."""
    return {
        operations_class(service, api)
        for service in load_spec(ROOT / "spec").services
        for api in service.apis
        if api.stability == "legacy"
    }


def overridable():
    """List the operations that a mixin may override, as (service, operation)."""
    return {
        (service.name, operation.name)
        for service in load_spec(ROOT / "spec").services
        for api in service.apis
        for operation in api.operations
        if operation.override
    }


@pytest.mark.parametrize("client", clients(), ids=lambda cls: cls.__name__)
def test_mixins_hide_no_generated_method(client):
    allowed = overridable()
    mixed = {name for mixin in client.__mro__ if is_mixin(mixin) for name in vars(mixin)}
    hidden = {
        name
        for generated in filter(is_generated, client.__mro__)
        for name in methods_of(generated)
        if name in mixed and (generated._service.name, name) not in allowed
    }
    assert hidden == set()


# ---- the page that describes all this

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CHECKS = "_checks.py"


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("codegen", "codegen/diff", "caveclient_gen/_runtime")
        for path in sorted((ROOT / folder).glob("*.py"))
        if not path.name.startswith("__") and not path.name.endswith(CHECKS)
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_the_architecture_page_names_every_file(path):
    assert f"`{path.name}`" in PAGE


@pytest.mark.parametrize(
    "folder", sorted(path.parent.name for path in (ROOT / "codegen").glob("*/__init__.py"))
)
def test_the_architecture_page_names_every_room_of_the_generator(folder):
    assert f"### codegen/{folder}" in PAGE or f"`{folder}/`" in PAGE


OFFLINE_PART = PAGE[PAGE.index("### caveclient_gen/offline") : PAGE.index("## One root id")]
OFFLINE_FOLDER = ROOT / "caveclient_gen" / "offline"


@pytest.mark.parametrize("path", sorted(OFFLINE_FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_the_architecture_page_names_every_file_of_offline_cave(path):
    assert path.name == "__init__.py" or f"`{path.name}`" in OFFLINE_PART


@pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in OFFLINE_FOLDER.glob("*/__init__.py")),
    ids=lambda folder: folder.name,
)
def test_the_architecture_page_names_every_package_of_offline_cave(folder):
    (row,) = (line for line in OFFLINE_PART.splitlines() if line.startswith(f"| `{folder.name}/` |"))
    inside = [
        path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    ]
    assert [
        name for name in inside if name != "__init__" and f"`{name}`" not in row and f"`{name}/`" not in row
    ] == []
