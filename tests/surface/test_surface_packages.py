"""Differences that no descriptor makes: in errors, exports, pickling, and modules of any kind."""

import pytest
from written_package import found, package

TREE = """\
class CAVEError(Exception):
    partial = None
class HTTPStatusError(CAVEError, OSError): ...
class NotFoundError(HTTPStatusError): ...
"""

ERRORS = [
    ("a base is gone", "(CAVEError, OSError)", "(CAVEError)", {"HTTPStatusError", "NotFoundError"}),
    ("a base has another one between", "(HTTPStatusError)", "(Refused)", set()),
    (
        "the tree begins elsewhere",
        "(Exception)",
        "(ValueError)",
        {"CAVEError", "HTTPStatusError", "NotFoundError"},
    ),
    ("a base is added", "(HTTPStatusError)", "(HTTPStatusError, KeyError)", set()),
    ("bases change places", "(CAVEError, OSError)", "(OSError, CAVEError)", set()),
]


@pytest.mark.parametrize(("old", "new", "names"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_an_error_that_except_clauses_no_longer_catch_is_told(tmp_path, old, new, names):
    after = TREE.replace(old, new) + "class Refused(HTTPStatusError): ...\n"
    one, other = package(tmp_path / "old", errors=TREE), package(tmp_path / "new", errors=after)
    prefix = "exception-base-changed caveclient_gen._runtime.errors."
    assert found(one, other) == sorted(prefix + name for name in names)


def test_what_a_class_loses_is_told_of_that_class_alone(tmp_path):
    one = package(tmp_path / "old", errors=TREE)
    other = package(tmp_path / "new", errors=TREE.replace("partial = None", "pass"))
    assert found(one, other) == ["object-removed caveclient_gen._runtime.errors.CAVEError.partial"]


EXPORTS = [
    ("a name leaves the list", '__all__ = ["a", "b"]\na = b = 1', '__all__ = ["a"]\na = b = 1', ["b"]),
    ("a name and its object are gone", '__all__ = ["a", "b"]\na = b = 1', '__all__ = ["a"]\na = 1', ["b"]),
    ("the list is gone, the names are there", '__all__ = ["a"]\na = 1', "a = 1", []),
    ("the list is gone, and a name was private", '__all__ = ["_a"]\n_a = 1', "_a = 1", ["_a"]),
    ("a name joins the list", '__all__ = ["a"]\na = b = 1', '__all__ = ["a", "b"]\na = b = 1', []),
    (
        "the list is in another order",
        '__all__ = ["a", "b"]\na = b = 1',
        '__all__ = ["b", "a"]\na = b = 1',
        [],
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "names"), [row[1:] for row in EXPORTS], ids=[row[0] for row in EXPORTS]
)
@pytest.mark.parametrize("module", ["public", "generated"])
def test_a_name_that_is_no_longer_exported_is_told_once(tmp_path, module, old, new, names):
    one = package(tmp_path / "old", **{module: old})
    other = package(tmp_path / "new", **{module: new})
    prefix = "" if module == "generated" else "caveclient_gen.public."
    assert found(one, other) == [f"all-export-removed {prefix}__all__[{name!r}]" for name in names]


PICKLING = [
    ("a function without a name", "def __init__(self): self.x = lambda: 1", True),
    ("a lock", "def __init__(self): self.x = threading.Lock()", True),
    ("a generator", "def __init__(self): self.x = (i for i in ())", True),
    ("an open file", "def get(self): self.x = open('x')", True),
    ("a method that refuses", "def __getstate__(self): raise TypeError('no')", True),
    (
        "a lock that is left out of the state",
        "def __init__(self): self.x = Lock()\n    def __getstate__(self): return {}",
        False,
    ),
    ("a lock of one call", "def get(self): x = Lock()", False),
    ("a function that is kept under a name", "def __init__(self): self.x = print", False),
]


@pytest.mark.parametrize(("text", "breaks"), [row[1:] for row in PICKLING], ids=[row[0] for row in PICKLING])
def test_a_class_that_can_no_longer_be_pickled_is_told(tmp_path, text, breaks):
    start = "class Demo(ClientBase):\n    pass\n"
    one = package(tmp_path / "old", start)
    other = package(tmp_path / "new", f"{start}    {text}\n")
    assert found(one, other) == ["no-longer-picklable Demo"] * breaks
    assert found(other, other) == []


def test_a_lost_way_to_make_the_object_anew_is_told(tmp_path):
    text = "class CAVEError(Exception):\n    def __reduce__(self): return (CAVEError, ())\n"
    one = package(tmp_path / "old", errors=text)
    other = package(tmp_path / "new", errors="class CAVEError(Exception): ...\n")
    prefix = "caveclient_gen._runtime.errors.CAVEError"
    assert found(one, other) == [f"no-longer-picklable {prefix}", f"object-removed {prefix}.__reduce__"]


CLASSES = [
    (
        "a function must no longer be awaited",
        "async def get(self): ...",
        "def get(self): ...",
        ["sync-became-async Demo.get"],
    ),
    ("an attribute holds more", "x: int", "x: int | None", ["attribute-type-changed Demo.x"]),
    ("an attribute holds less", "x: int | None", "x: int", []),
    ("an attribute is described", "x = 1", "x: int = 1", []),
    (
        "an optional argument is optional",
        "def get(self, x: Optional[int] = None): ...",
        "def get(self, x: int | None = None): ...",
        [],
    ),
    (
        "an argument cannot be None",
        "def get(self, x: int | None = 1): ...",
        "def get(self, x: int = 1): ...",
        ["annotation-narrowed Demo.get(x)"],
    ),
    (
        "keywords are no longer taken",
        "def get(self, **kwargs: Any): ...",
        "def get(self): ...",
        ["parameter-removed Demo.get(kwargs)"],
    ),
    ("what is private goes", "def _get(self): ...", "y = 1", []),
]


@pytest.mark.parametrize(
    ("old", "new", "told"), [row[1:] for row in CLASSES], ids=[row[0] for row in CLASSES]
)
def test_a_member_of_a_class_that_differs_is_told(tmp_path, old, new, told):
    one = package(tmp_path / "old", f"class Demo(ClientBase):\n    {old}\n")
    other = package(tmp_path / "new", f"class Demo(ClientBase):\n    {new}\n")
    assert found(one, other) == told


CONSTANTS = [
    ("a value", "A = 1", "A = 2", ["attribute-value-changed A"]),
    ("another form of the same", "A = 'x'", 'A = "x"', []),
    (
        "an entry",
        "A = {'x': 'a', 'y': 'b'}",
        "A = {'x': 'c'}",
        ["attribute-value-changed A['x']", "entry-removed A['y']"],
    ),
    ("an entry more, and another order", "A = {'x': 'a', 'y': 'b'}", "A = {'z': '', 'y': 'b', 'x': 'a'}", []),
    ("a mapping that is computed", "A = dict(x=1)", "A = {'x': 1}", ["attribute-value-changed A"]),
    ("two on a line", "A = {'x': 1}; B = 2", "A = {'x': 1}; B = 3", ["attribute-value-changed B"]),
    ("one that depends", "if 1:\n    A = {'x': 1}", "if 1:\n    A = {}", ["entry-removed A['x']"]),
    ("a private constant", "_A = 1", "_A = 2", []),
    ("a type with a name", "A: TypeAlias = Literal['x']", "B: TypeAlias = Literal['x']", []),
]


@pytest.mark.parametrize(
    ("old", "new", "told"), [row[1:] for row in CONSTANTS], ids=[row[0] for row in CONSTANTS]
)
def test_a_constant_that_differs_is_told(tmp_path, old, new, told):
    assert found(package(tmp_path / "old", old), package(tmp_path / "new", new)) == told
